//! What the person and the terminal send, as events, and the thread that reads them.
//!
//! The thread reads bytes from the terminal device, decodes them and sends one `Input` per burst. It
//! decides nothing about keys; it only says whether a burst is too fast to have been typed. It ends
//! with `Event::Gone` when the terminal is lost and never spins. A terminal's answers to queries are
//! events of their own, so that one arriving seconds late is never taken for keys.

mod decode;
mod pace;
mod reader;

pub use decode::Decoder;
pub use pace::Pace;
pub use reader::{Reader, ReaderOptions};

use super::backend::Reply;
use super::keys::Chord;
use std::time::Instant;

/// One thing that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key, or a character that can be one.
    Key(Chord),
    /// Characters that can only be text: what an input method commits.
    Text(String),
    /// A bracketed paste, as sent; fields clean it.
    Paste(String),
    /// The terminal has a new size: columns, rows.
    Resize(u16, u16),
    /// The terminal answered a query.
    Reply(Reply),
    /// The console was stopped and continues: everything on the screen has to be written again.
    Resumed,
    /// It was asked to stop where nobody could continue it.
    Unstoppable,
    /// A signal asks the console to end.
    Stop(i32),
    /// The terminal is lost.
    Gone,
}

/// Events that arrived together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// When the first byte was read.
    pub at: Instant,
    /// More keys arrived at once than anyone types, or something was pasted.
    pub hasty: bool,
    /// What arrived, in order; never empty.
    pub events: Vec<Event>,
}

impl Input {
    /// A single event nobody typed: a signal, a new size.
    pub fn notice(at: Instant, event: Event) -> Self {
        Self { at, hasty: false, events: vec![event] }
    }

    /// Whether a key in here may start an action that changes something.
    ///
    /// A paste into a list, or a script that types, must not: keys in a hasty burst only move and filter.
    pub fn may_change(&self) -> bool {
        !self.hasty
    }
}
