//! The thread on which a gift pack is worked out.

use super::{Loop, Message};
use crate::console::compose::{Task, work};
use crate::store::reads::Slot;

impl Loop<'_> {
    /// Works a pack out on a thread of its own. What was asked before was ended by who asks now.
    pub(super) fn compose(&self, slot: Slot, serial: u64, task: Task) {
        let send = self.send.clone();
        // The loop is gone only when the program ends.
        let run = move || work(&task, |word| send.send(Message::Composed { slot, serial, word }).is_ok());
        if let Err(e) = std::thread::Builder::new().name("pack".into()).spawn(run) {
            tracing::warn!(error = %e, "no thread to work a pack out on");
        }
    }
}
