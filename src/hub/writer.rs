//! The one thread that writes: orders of all consoles queue here and are taken together, up to 64 or what came within 5 ms.
//!
//! Owns the queue and the head that everybody watches. Must not decide or know HTTP.

use super::engine::{EngineError, Pool};
use super::ledger::{self, Device};
use crate::base::clock::Clock;
use crate::wire::order::{Answer, Order, Outcome};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Orders taken in one transaction.
const TOGETHER: usize = 64;
/// How long the first of a batch waits for others.
const WAIT: Duration = Duration::from_millis(5);
/// Orders that may wait; who comes after is asked to come later.
const QUEUE: usize = 4_096;
/// When to come again, as the answer says it.
const LATER: u64 = 500;

struct Waiting {
    device: Device,
    order: Order,
    answer: oneshot::Sender<Answer>,
}

/// The writer's queue. The thread ends when the last of them goes.
#[derive(Clone)]
pub struct Writer {
    queue: SyncSender<Waiting>,
}

impl Writer {
    /// Starts the thread; `head` is told the last number whenever it moves.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(pool: Arc<Pool>, clock: Clock, head: watch::Sender<i64>) -> std::io::Result<Writer> {
        let (queue, waiting) = sync_channel(QUEUE);
        std::thread::Builder::new().name("hub writer".into()).spawn(move || serve(&pool, clock, &head, &waiting))?;
        Ok(Writer { queue })
    }

    /// Hands an order in; the answer comes when it is on the disk.
    pub fn submit(&self, device: Device, order: Order) -> oneshot::Receiver<Answer> {
        let (send, receive) = oneshot::channel();
        let waiting = Waiting { device, order, answer: send };
        if let Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) = self.queue.try_send(waiting) {
            later(back);
        }
        receive
    }
}

fn later(one: Waiting) {
    let answer = Answer { id: one.order.id, outcome: Outcome::Later { after_ms: LATER } };
    // Who asked may be gone by now.
    let _ = one.answer.send(answer);
}

fn serve(pool: &Pool, clock: Clock, head: &watch::Sender<i64>, queue: &Receiver<Waiting>) {
    while let Ok(first) = queue.recv() {
        let batch = gather(queue, first);
        let orders: Vec<(Device, Order)> = batch.iter().map(|w| (w.device.clone(), w.order.clone())).collect();
        match take(pool, clock, &orders) {
            // One that cannot be written must not keep the others: each by itself.
            Err(EngineError::Broken(e)) if batch.len() > 1 => {
                tracing::error!(error = %e, orders = batch.len(), "a batch was not taken; taking each by itself");
                for waiting in batch {
                    let one = [(waiting.device.clone(), waiting.order.clone())];
                    tell(head, vec![waiting], take(pool, clock, &one));
                }
            }
            taken => tell(head, batch, taken),
        }
    }
}

/// Tells everybody what became of their orders, and the head to who watches it.
fn tell(head: &watch::Sender<i64>, batch: Vec<Waiting>, taken: Result<Vec<Answer>, EngineError>) {
    match taken {
        Ok(answers) => {
            let last = answers.iter().filter_map(|a| match a.outcome {
                Outcome::Accepted { seq, .. } => Some(seq),
                _ => None,
            });
            if let Some(last) = last.max() {
                head.send_if_modified(|head| std::mem::replace(head, last.max(*head)) < last);
            }
            for (waiting, answer) in batch.into_iter().zip(answers) {
                // Who asked may be gone by now.
                let _ = waiting.answer.send(answer);
            }
        }
        Err(e) => {
            tracing::error!(error = %e, orders = batch.len(), "a batch was not taken");
            batch.into_iter().for_each(later);
        }
    }
}

fn gather(queue: &Receiver<Waiting>, first: Waiting) -> Vec<Waiting> {
    let until = Instant::now() + WAIT;
    let mut batch = vec![first];
    // What is there already goes at once; only a crowd is waited for.
    while batch.len() < TOGETHER {
        let patience = if batch.len() > 1 { until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        match queue.recv_timeout(patience) {
            Ok(next) => batch.push(next),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    batch
}

fn take(pool: &Pool, clock: Clock, orders: &[(Device, Order)]) -> Result<Vec<Answer>, EngineError> {
    let mut engine = pool.get()?;
    ledger::take(engine.as_mut(), clock.now(), orders)
}
