//! The requests of the thread: what it sends, each answered by a message.
//!
//! Owns the way to the hub and what goes out on it. What an answer does is the thread's.

use super::super::ahead::Ahead;
use super::super::core::{Ear, Position};
use super::super::http::Caller;
use super::{Carrier, Message, aside};
use crate::wire::protocol::LONGEST_WAIT;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The way to the hub, with a thread for it.
pub(super) struct Line {
    pub(super) caller: Arc<Caller>,
    pages: Ahead,
    pub(super) runtime: Runtime,
}

impl Line {
    pub(super) fn new(caller: Caller) -> std::io::Result<Line> {
        Ok(Line { pages: Ahead::new(caller.clone()), caller: Arc::new(caller), runtime: aside::runtime()? })
    }
}

impl Carrier {
    /// Tells how far the console has read, when the hub does not know.
    pub(super) fn tell_receipt(&mut self) {
        let (core, now) = (self.desk.core(), self.started.elapsed());
        let here = core.position();
        if core.rests() && core.trouble().is_none() && self.receipt.is_due(here, now) {
            let (caller, tell, pulls) = (Arc::clone(&self.line.caller), self.tell.clone(), self.pulls);
            self.line.runtime.spawn(async move {
                let told = caller.receipt(here).await;
                let _ = tell.send(Message::Told(here, pulls, told.ok()));
            });
        }
    }

    /// Tells how far the console has read, before it ends.
    pub(super) fn last_receipt(&mut self) {
        let here = self.desk.core().position();
        if self.desk.core().trouble().is_none() && self.receipt.is_due(here, self.started.elapsed()) {
            // One that is lost comes with the next pull.
            let told = self.line.runtime.block_on(self.line.caller.receipt(here)).ok();
            if let Some(checkpoint) = told.and_then(|t| t.checkpoint) {
                self.desk.witness(&checkpoint, self.clock.now());
            }
        }
    }

    pub(super) fn push(&mut self) {
        let orders = match self.desk.outgoing(self.when()) {
            Ok(orders) => orders,
            Err(effects) => return self.carry_out(effects),
        };
        let (caller, tell) = (Arc::clone(&self.line.caller), self.tell.clone());
        self.line.runtime.spawn(async move {
            let answered = caller.push(&orders).await;
            let _ = tell.send(Message::Pushed(answered));
        });
    }

    pub(super) fn pull(&mut self, at: Position) {
        let when = self.when();
        self.desk.asks(when);
        self.pulls += 1;
        // What was asked for ahead has told the hub nothing.
        if !self.line.pages.is_coming(at) {
            self.receipt.pulled(at, when.moment);
        }
        let (pages, tell) = (self.line.pages.clone(), self.tell.clone());
        self.line.runtime.spawn(async move {
            let answered = pages.page(at).await;
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
