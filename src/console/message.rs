//! Everything the event loop may receive, and everything it may be asked to do. Both are closed: background work
//! answers with a message, never by calling back.

use super::compose::{Task, Word};
use super::input::Input;
use crate::domain::codes::EvidenceKind;
use crate::domain::command::Command;
use crate::domain::rows::Kind;
use crate::store::list::ListKind;
use crate::store::reads::{News, Request, Slot};
use crate::store::{Done, StoreError};
use crate::sync::http::Said;
use crate::sync::join::Step;
use crate::wire::protocol::Receipts;
use std::path::PathBuf;
use uuid::Uuid;

/// What happened.
#[derive(Debug)]
pub enum Message {
    /// Keys, text, a new size, a signal.
    Input(Input),
    /// The reader has news.
    News(News),
    /// The writer answered what was submitted about these records.
    Submitted { what: String, about: Vec<(Kind, Uuid)>, result: Result<Done, StoreError> },
    /// Text was put on the clipboard, or the program that was to do it failed.
    Copied { text: String, done: bool },
    /// The hub said which consoles have a record, or why it did not.
    Receipts { kind: Kind, id: Uuid, answer: Result<Receipts, Said> },
    /// The clock moved to another minute, or a notice has been shown long enough.
    Tick,
    /// What was worked out of a gift pack.
    Composed { slot: Slot, serial: u64, word: Word },
    /// How far enrolling is.
    Joining(Step),
    /// Enrolling is done, with a sentence on what came; or why not.
    Joined(Result<String, NotJoined>),
    /// Settings were read again: the new ones, or a sentence with file and line.
    Settings(Result<Box<super::Settings>, String>),
}

impl From<Input> for Message {
    fn from(input: Input) -> Message {
        Message::Input(input)
    }
}

/// What was typed to enrol.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempt {
    pub code: String,
    pub hub: String,
    /// File with the authority to trust.
    pub ca: Option<PathBuf>,
    /// Goes on where enrolling was broken off: the code is used up, the key is here.
    pub goes_on: bool,
}

/// Why enrolling did not end well: a sentence, the next step, and the hub whose key is here all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJoined {
    pub words: String,
    pub hint: String,
    pub begun: Option<String>,
}

/// A row a command was decided on by looking: refused when it changed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub kind: Kind,
    pub id: Uuid,
    pub rev: i64,
}

/// What the loop does for the app; only the loop touches store and terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Ask(Slot, Request),
    WantColumn(ListKind),
    /// Submits commands; `what` names them in the answer's notice, `about` the records the answer is for, whatever is
    /// on the screen by then.
    Submit {
        commands: Vec<Command>,
        seen: Vec<Seen>,
        about: Vec<(Kind, Uuid)>,
        what: String,
    },
    /// Copies a file to the evidence beside the database and attaches it to an incident.
    Attach {
        incident: Uuid,
        kind: EvidenceKind,
        title: String,
        path: PathBuf,
        what: String,
    },
    /// Takes an order to the hub back, or asks for it once more.
    Order {
        n: i64,
        again: bool,
    },
    /// Settles a conflict field by field, as it was shown at this revision of the record.
    Merge {
        n: i64,
        rev: i64,
        mine: Vec<&'static str>,
        theirs: Vec<&'static str>,
    },
    /// Works a gift pack out beside the screen; the answers carry both numbers.
    Compose {
        slot: Slot,
        serial: u64,
        task: Task,
    },
    /// Makes this a console of a hub.
    Enrol(Attempt),
    /// Ends the attempt to enrol at its next step.
    StopEnrolling,
    /// Asks the hub which consoles have a record; without a hub nobody answers.
    Receipts {
        kind: Kind,
        id: Uuid,
    },
    /// Puts text on the clipboard of the person's own machine.
    Copy(String),
    Bell,
    Repaint,
    /// Steps aside for the shell (Ctrl-Z).
    Suspend,
    Quit,
}
