//! What a console says and asks beside orders and pages: how far it has read, and which consoles have a row.
//!
//! Owns when the receipt is told: a pull tells it of the cursor it asks from, so that of the last page would wait for the next.
//! Touches no row.

use super::super::core::{Failure, Moment, Position};
use super::super::http::{Caller, Said};
use crate::domain::rows::Kind;
use crate::wire::protocol::Receipts;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// How often a console that hears nothing new says that it is there.
const AGAIN: Duration = Duration::from_secs(60);
/// How long after a failure the receipt is told again.
const PAUSE: Duration = Duration::from_secs(10);

/// Who gets the answer to a question; called on a thread of the network.
pub type Answer = Box<dyn FnOnce(Result<Receipts, Said>) + Send>;

/// Which consoles have this row.
pub(super) struct Question {
    pub(super) kind: Kind,
    pub(super) id: Uuid,
    pub(super) answer: Answer,
}

/// One thread for the network: the caller's own does the rest.
pub(super) fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

/// Asks the hub, and hands on what it says.
pub(super) fn ask(runtime: &Runtime, caller: &Arc<Caller>, question: Question) {
    let caller = Arc::clone(caller);
    runtime.spawn(async move { (question.answer)(caller.receipts(question.kind, question.id).await) });
}

/// Asks the hub which consoles have a row, and waits for the answer.
///
/// # Errors
/// What the hub says, or why it was not asked.
pub fn receipts(caller: &Caller, kind: Kind, id: Uuid) -> Result<Receipts, Said> {
    let runtime = runtime().map_err(|e| {
        tracing::warn!(error = %e, "no thread for the network");
        Said::Failure(Failure::Away)
    })?;
    runtime.block_on(caller.receipts(kind, id))
}

/// When a console tells how far it has read.
#[derive(Debug, Default)]
pub(super) struct Receipt {
    /// What the hub has been told last, and when.
    told: Option<(Position, Moment)>,
    busy: bool,
    not_before: Moment,
}

impl Receipt {
    /// A page is asked for after this position.
    pub(super) fn pulled(&mut self, at: Position, now: Moment) {
        self.told = Some((at, now));
    }

    /// Whether a console that rests at this position is to tell it now; it does then.
    pub(super) fn is_due(&mut self, at: Position, now: Moment) -> bool {
        let new = self.told.is_none_or(|(told, when)| {
            (told.epoch, told.scope, told.cursor) != (at.epoch, at.scope, at.cursor)
                || now.saturating_sub(when) >= AGAIN
        });
        let due = new && !self.busy && now >= self.not_before && at.epoch > 0;
        self.busy |= due;
        due
    }

    /// It was told at `now`, or could not be.
    pub(super) fn ended(&mut self, at: Position, done: bool, now: Moment) {
        self.busy = false;
        if done {
            self.told = Some((at, now));
        } else {
            self.not_before = now + PAUSE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_last_page_brought_is_told_once_and_then_each_minute() {
        let (from, at) =
            (Position { epoch: 1, scope: 1, cursor: 4, head: 9 }, Position { epoch: 1, scope: 1, cursor: 9, head: 9 });
        let secs = Duration::from_secs;
        let mut receipt = Receipt::default();
        receipt.pulled(from, secs(1));
        assert!(receipt.is_due(at, secs(2)));
        assert!(!receipt.is_due(at, secs(3)), "one at a time");
        receipt.ended(at, false, secs(4));
        assert!(!receipt.is_due(at, secs(13)));
        assert!(receipt.is_due(at, secs(14)), "again after a failure");
        receipt.ended(at, true, secs(14));
        assert!(!receipt.is_due(at, secs(73)));
        assert!(receipt.is_due(at, secs(74)));
        receipt.ended(at, true, secs(74));
        // A pull from here says the same.
        receipt.pulled(at, secs(100));
        assert!(!receipt.is_due(at, secs(159)));
        assert!(receipt.is_due(Position { epoch: 2, ..at }, secs(101)), "another epoch");
        assert!(!Receipt::default().is_due(Position::default(), secs(1)), "who has nothing has no receipt");
    }
}
