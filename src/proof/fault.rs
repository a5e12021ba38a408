//! What can go wrong on a day: a promise that was not kept, or a part that failed.

use crate::hub::engine::EngineError;
use crate::hub::whole::HubError;
use crate::sqlite::DbError;
use crate::store::{SqlError, StoreError};
use crate::wire::order::FormError;
use crate::wire::row::RowError;

/// A promise of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// In the end nothing waits and nobody is behind.
    Drained,
    /// In the end every console shows what the hub has for it, row by row.
    Converged,
    /// A console shows nothing outside its scope.
    Scope,
    /// Every order has an outcome, and both ends know the same one.
    Outcome,
    /// What was acknowledged to a person is not lost.
    Kept,
    /// No order takes effect twice; numbers have no gaps.
    Once,
    /// The orders, taken again in their order, give the rows: nobody overwrote what they had not seen.
    Replay,
    /// The audit of hub and consoles is whole.
    Audit,
    /// Rows come though no order goes out.
    Apart,
    /// A part failed that must not.
    Sound,
}

impl Promise {
    const ALL: [Promise; 10] = [
        Promise::Drained,
        Promise::Converged,
        Promise::Scope,
        Promise::Outcome,
        Promise::Kept,
        Promise::Once,
        Promise::Replay,
        Promise::Audit,
        Promise::Apart,
        Promise::Sound,
    ];

    /// Reads [`Promise::name`].
    pub fn parse(name: &str) -> Option<Promise> {
        Promise::ALL.into_iter().find(|p| p.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Promise::Drained => "drained",
            Promise::Converged => "converged",
            Promise::Scope => "scope",
            Promise::Outcome => "outcome",
            Promise::Kept => "kept",
            Promise::Once => "once",
            Promise::Replay => "replay",
            Promise::Audit => "audit",
            Promise::Apart => "apart",
            Promise::Sound => "sound",
        }
    }
}

/// A promise that was broken, and where it shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", promise.name())]
pub struct Fault {
    pub promise: Promise,
    pub what: String,
}

impl Fault {
    pub(super) fn new(promise: Promise, what: impl Into<String>) -> Fault {
        Fault { promise, what: what.into() }
    }
}

macro_rules! unsound { ($($error:ty),*) => { $(
    impl From<$error> for Fault {
        fn from(e: $error) -> Fault {
            Fault::new(Promise::Sound, e.to_string())
        }
    }
)* } }
unsound!(EngineError, HubError, DbError, StoreError, SqlError, FormError, RowError, std::io::Error);
