//! What all who listen are told: the head has moved, something is off sale, an access has ended.
//!
//! Owns the watch over the ledger, which other processes may write: read once for all streams, and only while somebody listens.

use super::receipts;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::domain::value::Value;
use crate::hub::engine::{self, Bell, Engine, EngineError};
use crate::hub::ledger;
use crate::hub::pull;
use crate::wire::protocol::{Head, Urgent};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;

/// How often the head is looked at, for what another process wrote, and how far apart two calls are at least.
const LOOK: Duration = Duration::from_millis(50);
/// How often revocations are looked for and receipts written.
const SECOND: Duration = Duration::from_secs(1);
/// Most rows that travel in an event.
const ROWS: usize = 64;

/// Something for every stream, as its data.
#[derive(Debug, Clone)]
pub(super) enum News {
    Wake(Arc<str>),
    Urgent(Arc<str>),
    /// Consoles with open streams whose access has ended.
    Revoked(Arc<BTreeSet<Uuid>>),
}

/// The data of a call to pull, as the hub stands.
pub(super) fn wake(shared: &Shared) -> String {
    let head = *shared.head.borrow();
    text(&Head { epoch: shared.epoch.load(Ordering::Relaxed), head })
}

fn text(of: &impl serde::Serialize) -> String {
    // Numbers and texts: this cannot fail.
    serde_json::to_string(of).unwrap_or_default()
}

/// Somebody who listens, as long as this lives.
pub(super) struct Listening(Arc<Shared>);

impl Listening {
    pub(super) fn begin(shared: &Arc<Shared>) -> Result<Listening, Refusal> {
        let listening = Listening(Arc::clone(shared));
        if shared.listeners.fetch_add(1, Ordering::Relaxed) >= shared.limits.listeners {
            return Err(Refusal::away("too many consoles listen; come again, or pull"));
        }
        Ok(listening)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The tasks that watch.
pub(super) struct Watching(JoinSet<()>);

/// Begins to watch; by a `bell` what another hub wrote is seen at once.
pub(super) fn start(shared: &Arc<Shared>, bell: Option<Bell>) -> Watching {
    let mut tasks = JoinSet::new();
    tasks.spawn(announce(Arc::clone(shared)));
    tasks.spawn(look(Arc::clone(shared)));
    tasks.spawn(each_second(Arc::clone(shared)));
    if let Some(bell) = bell {
        tasks.spawn(bell.serve(shared.head.subscribe(), Arc::clone(&shared.rung)));
    }
    Watching(tasks)
}

impl Watching {
    /// Ends the tasks, so that none holds on to the ledger.
    pub(super) async fn end(mut self) {
        self.0.shutdown().await;
    }
}

/// Tells everybody when the head has moved: at once, then not before a while.
async fn announce(shared: Arc<Shared>) {
    let mut watching = shared.head.subscribe();
    let mut last = *watching.borrow_and_update();
    while watching.changed().await.is_ok() {
        let head = *watching.borrow_and_update();
        if shared.news.receiver_count() > 0 {
            match shared.look(move |engine| urgent(engine, last, head)).await {
                Ok((epoch, rows)) if !rows.is_empty() => {
                    tell(&shared, News::Urgent(text(&Urgent { epoch, head, rows }).into()));
                }
                Ok(_) => {}
                // The rows come with the next page.
                Err(e) => tracing::warn!(error = %e, "urgent rows were not read"),
            }
            let epoch = shared.epoch.load(Ordering::Relaxed);
            tell(&shared, News::Wake(text(&Head { epoch, head }).into()));
        }
        last = head;
        sleep(LOOK).await;
    }
}

fn tell(shared: &Shared, news: News) {
    // Nobody listens any more: nobody misses it.
    let _ = shared.news.send(news);
}

/// The epoch and what must be seen at once; nothing when that is more than fits into an event.
fn urgent(engine: &mut dyn Engine, after: i64, upto: i64) -> Result<(i64, Vec<String>), EngineError> {
    let epoch = ledger::state(engine)?.epoch;
    let rows = pull::urgent(engine, after, upto, ROWS + 1)?;
    Ok((epoch, if rows.len() > ROWS { Vec::new() } else { rows }))
}

/// Looks at the head while somebody listens.
async fn look(shared: Arc<Shared>) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = shared.rung.notified() => {}
        }
        if shared.listeners.load(Ordering::Relaxed) == 0 {
            continue;
        }
        match shared.look(numbers).await {
            Ok((epoch, seq)) => shared.stands(epoch, seq),
            Err(e) => {
                tracing::warn!(error = %e, "the head cannot be read");
                sleep(SECOND).await;
            }
        }
    }
}

fn numbers(engine: &mut dyn Engine) -> Result<(i64, i64), EngineError> {
    let row = engine::first(engine, "SELECT \"epoch\", \"seq\" FROM \"hub\" WHERE \"one\" = 1", &[])?;
    let int = |i: usize| row.as_ref().and_then(|r| r[i].as_int());
    int(0).zip(int(1)).ok_or_else(|| EngineError::Broken("no ledger here".into()))
}

/// What need not be done more often: whether the ledger is still here, accesses that have ended, receipts, old counts of requests.
async fn each_second(shared: Arc<Shared>) {
    let mut ticks = interval(SECOND / 2);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if shared.look(ledger::state).await == Err(EngineError::Moved) {
            tracing::warn!("the ledger has moved to another place; the hub ends");
            shared.moved.store(true, Ordering::Relaxed);
            shared.stop.tell();
            return;
        }
        let open: BTreeSet<Uuid> = shared.streams().keys().copied().collect();
        if !open.is_empty() {
            match shared.look(revoked).await {
                Ok(all) => {
                    let ended: BTreeSet<Uuid> = open.intersection(&all).copied().collect();
                    if !ended.is_empty() {
                        tell(&shared, News::Revoked(Arc::new(ended)));
                    }
                }
                Err(e) => tracing::warn!(error = %e, "revocations cannot be read"),
            }
        }
        receipts::write(&shared).await;
        shared.rates.forget();
    }
}

fn revoked(engine: &mut dyn Engine) -> Result<BTreeSet<Uuid>, EngineError> {
    let all = engine::all(engine, "SELECT \"id\" FROM \"device\" WHERE \"revoked_at\" IS NOT NULL", &[])?;
    let id = |row: Vec<Value>| match &row[0] {
        Value::Blob(id) => Uuid::from_slice(id).ok(),
        _ => None,
    };
    Ok(all.into_iter().filter_map(id).collect())
}
