//! What every request shares: the ledger, the writer, the head, who listens.
//!
//! Owns the way from the runtime to the ledger: calls that block run on threads that may, and never all connections at once.

use super::limits::{Limits, Rates};
use super::meters::Meters;
use super::news::News;
use super::receipts::Receipts;
use super::refusal::Refusal;
use super::{Options, Stop};
use crate::base::clock::Clock;
use crate::hub::engine::{Engine, EngineError, Pool};
use crate::hub::ledger::State;
use crate::hub::writer::Writer;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, broadcast, watch};
use uuid::Uuid;

/// Short questions to the ledger at once, and pages at once. Some connections are left for the writer and for whoever watches.
const ASKS: usize = 5;
const PAGES: usize = 4;
/// Bodies that are inflated and read at once: each may become large.
const READS: usize = 4;
/// Events a slow stream may be behind before it is told the head instead.
const BEHIND: usize = 64;

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) demo: bool,
    /// The public key consoles seal to.
    pub(super) seal: String,
    pub(super) writer: Writer,
    pub(super) stop: Stop,
    /// The ledger was moved while this hub served it.
    pub(super) moved: AtomicBool,
    pub(super) rates: Rates,
    pub(super) meters: Meters,
    pub(super) receipts: Receipts,
    /// The last number given, as far as this process knows.
    pub(super) head: watch::Sender<i64>,
    pub(super) epoch: AtomicI64,
    pub(super) hub: Uuid,
    /// Another hub has rung: the head is looked at at once.
    pub(super) rung: Arc<Notify>,
    pub(super) news: broadcast::Sender<News>,
    /// Streams and long polls: while there are any, the head is watched for what other processes write.
    pub(super) listeners: AtomicUsize,
    /// Open streams of each console.
    pub(super) streams: Mutex<HashMap<Uuid, usize>>,
    pub(super) in_work: Arc<Semaphore>,
    /// Threads for bodies.
    pub(super) reads: Arc<Semaphore>,
    pool: Arc<Pool>,
    asks: Arc<Semaphore>,
    pages: Arc<Semaphore>,
}

impl Shared {
    pub(super) fn new(
        options: &Options,
        (pool, writer): (Arc<Pool>, Writer),
        head: watch::Sender<i64>,
        (state, seal): (&State, String),
        stop: Stop,
    ) -> Arc<Shared> {
        Arc::new(Shared {
            clock: options.clock,
            limits: options.limits.clone(),
            demo: options.demo,
            seal,
            writer,
            stop,
            moved: AtomicBool::new(false),
            rates: Rates::new(),
            meters: Meters::new(),
            receipts: Receipts::default(),
            head,
            epoch: AtomicI64::new(state.epoch),
            hub: state.hub_id,
            rung: Arc::default(),
            news: broadcast::Sender::new(BEHIND),
            listeners: AtomicUsize::new(0),
            streams: Mutex::new(HashMap::new()),
            in_work: Arc::new(Semaphore::new(options.limits.in_work)),
            reads: Arc::new(Semaphore::new(READS)),
            pool,
            asks: Arc::new(Semaphore::new(ASKS)),
            pages: Arc::new(Semaphore::new(PAGES)),
        })
    }

    /// Asks the ledger something short.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        how: impl FnOnce(&mut dyn Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Refusal> {
        Ok(self.with(&self.asks, how).await?)
    }

    /// Reads a page, which may take a while: it holds up no short question.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        how: impl FnOnce(&mut dyn Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Refusal> {
        Ok(self.with(&self.pages, how).await?)
    }

    /// As [`Shared::ask`], by the hub itself, for which a connection is always left.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        how: impl FnOnce(&mut dyn Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let pool = Arc::clone(&self.pool);
        on_a_thread(move || how(pool.get()?.as_mut())).await
    }

    async fn with<T: Send + 'static>(
        &self,
        gate: &Arc<Semaphore>,
        how: impl FnOnce(&mut dyn Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let permit = Arc::clone(gate).acquire_owned().await;
        let pool = Arc::clone(&self.pool);
        on_a_thread(move || {
            // Whoever asked may have gone: the connection is in use until this is done.
            let _permit = permit;
            how(pool.get()?.as_mut())
        })
        .await
    }

    /// Takes note of how the ledger stands, which another process may have moved.
    pub(super) fn stands(&self, epoch: i64, seq: i64) {
        let same = self.epoch.swap(epoch, Ordering::Relaxed) == epoch;
        self.head.send_if_modified(|head| {
            // After a restore the head may be lower than it was.
            let moved = if same { seq > *head } else { seq != *head };
            if moved {
                *head = seq;
            }
            moved
        });
    }

    pub(super) fn streams(&self) -> MutexGuard<'_, HashMap<Uuid, usize>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs what blocks on a thread that may.
async fn on_a_thread<T: Send + 'static>(
    how: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    match tokio::task::spawn_blocking(how).await {
        Ok(done) => done,
        // The hub ends, or the call went wrong as nobody foresaw: whoever asked goes on.
        Err(e) if e.is_cancelled() => Err(EngineError::Away("the hub ends".into())),
        Err(e) => Err(EngineError::Broken(format!("a call of the ledger did not end: {e}"))),
    }
}
