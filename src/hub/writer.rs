//! The one thread that writes: orders of all consoles queue here and are taken together, about 64 or what came within 5 ms.
//!
//! Owns the queue and the head that everybody watches. Must not decide or know HTTP.

use super::checkpoint;
use super::engine::{EngineError, Pool};
use super::ledger::{self, Device};
use crate::base::clock::Clock;
use crate::wire::order::{Answer, Order, Outcome};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Orders taken in one transaction, and most that may be handed in at once.
pub const TOGETHER: usize = 64;
/// How long the first of a batch waits for others.
const WAIT: Duration = Duration::from_millis(5);
/// Hands that may wait; who comes after is asked to come later.
const QUEUE: usize = 4_096;
/// How long the last records wait for a checkpoint.
const SEAL: Duration = Duration::from_millis(checkpoint::MILLISECONDS.unsigned_abs());
/// When to come again, in milliseconds, as an answer says it.
pub const LATER: u64 = 500;

/// Orders of one console that stay together: a later one may need what an earlier one makes.
struct Waiting {
    device: Device,
    orders: Vec<Order>,
    answer: oneshot::Sender<Vec<Answer>>,
}

/// What a writer has done since it began.
#[derive(Debug, Default)]
pub struct Done {
    pub batches: AtomicU64,
    pub orders: AtomicU64,
    /// Microseconds from the beginning of a batch until it was on the disk, in all.
    pub micros: AtomicU64,
}

/// The writer's queue. The thread ends when the last of them goes.
#[derive(Clone)]
pub struct Writer {
    queue: SyncSender<Waiting>,
    done: Arc<Done>,
}

impl Writer {
    /// Starts the thread; `head` is told the last number whenever it moves.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(pool: Arc<Pool>, clock: Clock, head: watch::Sender<i64>) -> std::io::Result<(Writer, JoinHandle<()>)> {
        let (queue, waiting) = sync_channel(QUEUE);
        let done = Arc::new(Done::default());
        let desk = Desk { pool, clock, head, done: Arc::clone(&done) };
        let thread = std::thread::Builder::new().name("hub writer".into()).spawn(move || desk.serve(&waiting))?;
        Ok((Writer { queue, done }, thread))
    }

    /// Hands orders of one console in, at most [`TOGETHER`]; the answers come when they are on the disk, one each. No answer at
    /// all: not now, and whatever comes behind them must wait, too.
    pub fn submit(&self, device: Device, orders: Vec<Order>) -> oneshot::Receiver<Vec<Answer>> {
        let (answer, receive) = oneshot::channel();
        // What does not fit is dropped, and with it the sender of the answer.
        let _ = self.queue.try_send(Waiting { device, orders, answer });
        receive
    }

    pub fn done(&self) -> &Done {
        &self.done
    }
}

/// An answer for an order that could not be taken now.
pub fn later(order: &Order) -> Answer {
    Answer { id: order.id, outcome: Outcome::Later { after_ms: LATER } }
}

struct Desk {
    pool: Arc<Pool>,
    clock: Clock,
    head: watch::Sender<i64>,
    done: Arc<Done>,
}

impl Desk {
    fn serve(&self, queue: &Receiver<Waiting>) {
        // What was written before this hub began may have no checkpoint yet.
        let mut owed = Some(Instant::now());
        loop {
            let first = match owed {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => queue.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            let first = match first {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => {
                    owed = if self.seal() { None } else { Some(Instant::now() + SEAL) };
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            owed = owed.or_else(|| Some(Instant::now() + SEAL));
            let batch = gather(queue, first);
            let orders = batch.iter().flat_map(|w| w.orders.iter().map(|o| (w.device.clone(), o.clone())));
            let orders: Vec<(Device, Order)> = orders.collect();
            match self.take(&orders) {
                Ok(answers) => tell(batch, answers),
                // One that cannot be written must not keep the others: each by itself.
                Err(EngineError::Broken(e)) => {
                    tracing::error!(error = %e, orders = orders.len(), "a batch was not taken; taking each by itself");
                    self.each(batch, &orders);
                }
                // Without an answer everybody comes again.
                Err(e) => tracing::error!(error = %e, orders = orders.len(), "a batch was not taken"),
            }
        }
        if owed.is_some() {
            self.seal();
        }
    }

    /// Makes a checkpoint of the last records, when they have none; whether that could be.
    fn seal(&self) -> bool {
        let sealed = self.pool.get().and_then(|mut engine| checkpoint::seal(engine.as_mut()));
        sealed.inspect_err(|e| tracing::warn!(error = %e, "no checkpoint was made")).is_ok()
    }

    fn each(&self, batch: Vec<Waiting>, orders: &[(Device, Order)]) {
        let mut answers = Vec::with_capacity(orders.len());
        for one in orders {
            match self.take(std::slice::from_ref(one)) {
                Ok(mut answer) => answers.append(&mut answer),
                Err(EngineError::Broken(e)) => {
                    tracing::error!(error = %e, order = %one.1.id, "an order was not taken");
                    answers.push(later(&one.1));
                }
                Err(e) => {
                    tracing::error!(error = %e, "the rest of a batch was not taken");
                    break;
                }
            }
        }
        tell(batch, answers);
    }

    /// Takes orders in one transaction and tells the head to who watches it.
    fn take(&self, orders: &[(Device, Order)]) -> Result<Vec<Answer>, EngineError> {
        let begun = Instant::now();
        let mut engine = self.pool.get()?;
        let answers = ledger::take(engine.as_mut(), self.clock.now(), orders)?;
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.done.micros.fetch_add(micros, Ordering::Relaxed);
        self.done.batches.fetch_add(1, Ordering::Relaxed);
        self.done.orders.fetch_add(orders.len() as u64, Ordering::Relaxed);
        let last = answers.iter().filter_map(|a| match a.outcome {
            Outcome::Accepted { seq, .. } => Some(seq),
            _ => None,
        });
        if let Some(last) = last.max() {
            self.head.send_if_modified(|head| std::mem::replace(head, last.max(*head)) < last);
        }
        Ok(answers)
    }
}

/// Tells everybody what became of their orders; who is not answered in full is not answered.
fn tell(batch: Vec<Waiting>, answers: Vec<Answer>) {
    let mut answers = answers.into_iter();
    for waiting in batch {
        let own: Vec<Answer> = answers.by_ref().take(waiting.orders.len()).collect();
        if own.len() == waiting.orders.len() {
            // Who asked may be gone by now.
            let _ = waiting.answer.send(own);
        }
    }
}

fn gather(queue: &Receiver<Waiting>, first: Waiting) -> Vec<Waiting> {
    let until = Instant::now() + WAIT;
    let mut orders = first.orders.len();
    let mut batch = vec![first];
    // What is there already goes at once; only a crowd is waited for.
    while orders < TOGETHER {
        let patience = if batch.len() > 1 { until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        match queue.recv_timeout(patience) {
            Ok(next) => {
                orders += next.orders.len();
                batch.push(next);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    batch
}
