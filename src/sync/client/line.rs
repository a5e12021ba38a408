//! The requests of the thread: what it sends, each answered by a message.
//!
//! Owns the way to the hub and what goes out on it. What an answer does is the thread's.

use super::super::core::{Ear, Event, Failure, Position};
use super::super::http::Caller;
use super::{BYTES, Desk, Message, aside};
use crate::store::outbox;
use crate::wire::protocol::{LONGEST_WAIT, ORDERS, PAGE, Standing};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The way to the hub, with a thread for it.
pub(super) struct Line {
    pub(super) caller: Arc<Caller>,
    pub(super) runtime: Runtime,
}

impl Line {
    pub(super) fn new(caller: Caller) -> std::io::Result<Line> {
        Ok(Line { caller: Arc::new(caller), runtime: aside::runtime()? })
    }
}

impl Desk {
    /// Tells how far the console has read, when the hub does not know.
    pub(super) fn tell_receipt(&mut self) {
        let (here, now) = (self.core.position(), self.now());
        if self.core.rests() && self.core.trouble().is_none() && self.receipt.is_due(here, now) {
            let (caller, tell, pulls) = (Arc::clone(&self.line.caller), self.tell.clone(), self.pulls);
            self.line.runtime.spawn(async move {
                let told = caller.receipt(here).await;
                let _ = tell.send(Message::Told(here, pulls, told.ok()));
            });
        }
    }

    /// Tells how far the console has read, before it ends.
    pub(super) fn last_receipt(&mut self) {
        let here = self.core.position();
        if self.core.trouble().is_none() && self.receipt.is_due(here, self.now()) {
            // One that is lost comes with the next pull.
            let told = self.line.runtime.block_on(self.line.caller.receipt(here)).ok();
            if let Some(checkpoint) = told.and_then(|t| t.checkpoint) {
                self.witness(&checkpoint);
            }
        }
    }

    pub(super) fn push(&mut self) {
        let mut orders = match outbox::waiting(&self.db, ORDERS) {
            Ok(orders) => orders,
            Err(e) => {
                tracing::warn!(error = %e, "the outbox cannot be read");
                return self.take(Event::NotPushed(Failure::Disk));
            }
        };
        let mut bytes = 0;
        let fits = orders.iter().take_while(|o| {
            bytes += o.len() + 1;
            bytes <= BYTES
        });
        let fits = fits.count().max(1);
        orders.truncate(fits);
        if orders.is_empty() {
            let position = self.core.position();
            let standing =
                Standing { epoch: position.epoch, head: position.head, safe: 0, scope: position.scope, at: 0 };
            return self.take(Event::Pushed { standing, more: false });
        }
        self.asked_at = Some(self.clock.now().as_millisecond());
        let (caller, tell) = (Arc::clone(&self.line.caller), self.tell.clone());
        self.line.runtime.spawn(async move {
            let answered = caller.push(&orders).await;
            let _ = tell.send(Message::Pushed(answered));
        });
    }

    pub(super) fn pull(&mut self, at: Position) {
        self.asked_at = Some(self.clock.now().as_millisecond());
        self.pulled = Some(at);
        self.pulls += 1;
        self.receipt.pulled(at, self.now());
        let (caller, tell) = (Arc::clone(&self.line.caller), self.tell.clone());
        self.line.runtime.spawn(async move {
            let answered = caller.pull(at, PAGE).await;
            let _ = tell.send(Message::Pulled(answered));
        });
    }

    pub(super) fn listen(&mut self, ear: Ear, at: Position) {
        self.hang_up();
        let (caller, tell, no) = (Arc::clone(&self.line.caller), self.tell.clone(), self.ear_no);
        self.ear = Some(self.line.runtime.spawn(async move {
            let message = match ear {
                Ear::Stream => {
                    let to = tell.clone();
                    let ended = caller.listen(move |heard| _ = to.send(Message::Heard(no, heard))).await;
                    Message::Closed(no, ended.err())
                }
                Ear::LongPoll | Ear::Poll => {
                    let wait = if ear == Ear::LongPoll { LONGEST_WAIT } else { 0 };
                    let answered = caller.head(at.head, wait).await;
                    Message::Polled(no, answered.map(|(_, head)| (head.epoch, head.head)))
                }
            };
            let _ = tell.send(message);
        }));
    }

    pub(super) fn hang_up(&mut self) {
        self.ear_no += 1;
        if let Some(ear) = self.ear.take() {
            ear.abort();
        }
    }
}
