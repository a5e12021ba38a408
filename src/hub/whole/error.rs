//! Why work on a whole ledger was not done, each with a code the locale files explain (`hub-fail-<code>`).

use super::folder;
use super::verify::Fault;
use crate::hub::engine::{EngineError, Place};
use crate::hub::lock::Lock;
use crate::hub::schema::VERSION;
use crate::sqlite::DbError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why it was not done; nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// Something is wrong with a file.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something is wrong with the ledger or the server it lies on.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A place that must be empty is not.
    #[error("{0} holds a ledger already")]
    Taken(Place),
    #[error("there is no ledger in {0}")]
    NoLedger(Place),
    /// The ledger is of another version of the program.
    #[error("the ledger in {place} is of version {found}")]
    Version { place: Place, found: i64 },
    /// The folder of a file is not there.
    #[error("there is no folder {0}")]
    NoFolder(PathBuf),
    /// A hub serves the ledger, or other such work is under way.
    #[error("a hub serves {0}")]
    Served(Place),
    /// A file that must not be overwritten is there already.
    #[error("{0} exists")]
    Exists(PathBuf),
    /// Files are not how this ledger is kept.
    #[error("{0} is on a database server")]
    OnServer(Place),
    /// The copy that was to count is not whole.
    #[error("{path} is not whole: {fault:?}")]
    NotWhole { path: PathBuf, fault: Fault },
    /// What was given as a backup is none.
    #[error("{0} is no backup of a ledger")]
    NoBackup(PathBuf),
    /// The backup is of another hub's ledger.
    #[error("{0} is of another hub")]
    OtherHub(PathBuf),
    /// What was read back is not what was read.
    #[error("the table {0} was not copied whole")]
    Differs(String),
    /// The person ended it.
    #[error("stopped")]
    Stopped,
}

impl HubError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            HubError::Db(e) => e.code(),
            HubError::Engine(EngineError::Away(_)) => "away",
            HubError::Engine(EngineError::Broken(_)) => "ledger",
            HubError::Engine(EngineError::Moved) => "moved",
            HubError::Engine(EngineError::Arriving) => "arriving",
            HubError::Taken(_) => "taken",
            HubError::NoLedger(_) => "no-ledger",
            HubError::Version { found, .. } if *found < VERSION => "older",
            HubError::Version { .. } => "version",
            HubError::NoFolder(_) => "no-folder",
            HubError::Served(_) => "served",
            HubError::Exists(_) => "exists",
            HubError::OnServer(_) => "on-server",
            HubError::NotWhole { .. } => "not-whole",
            HubError::NoBackup(_) => "no-backup",
            HubError::OtherHub(_) => "other-hub",
            HubError::Differs(_) => "differs",
            HubError::Stopped => "stopped",
        }
    }

    /// The values the sentence names.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            HubError::Db(e) => e.args(),
            HubError::Engine(EngineError::Away(why) | EngineError::Broken(why)) => vec![("why", why.clone())],
            HubError::Taken(p) | HubError::NoLedger(p) | HubError::Served(p) | HubError::OnServer(p) => {
                vec![("place", p.to_string())]
            }
            HubError::Version { place, found } => {
                vec![("place", place.to_string()), ("found", found.to_string()), ("known", VERSION.to_string())]
            }
            HubError::NoFolder(p) | HubError::Exists(p) | HubError::NoBackup(p) | HubError::OtherHub(p) => {
                vec![("path", p.display().to_string())]
            }
            HubError::NotWhole { path, fault } => {
                let mut args = vec![("path", path.display().to_string())];
                args.extend(fault.args());
                args
            }
            HubError::Differs(table) => vec![("table", table.clone())],
            HubError::Engine(EngineError::Moved | EngineError::Arriving) | HubError::Stopped => Vec::new(),
        }
    }

    /// What is wrong with the file of a ledger: one that is not there, empty or another program's is no ledger.
    pub(super) fn file(e: DbError, place: &Place) -> HubError {
        match (e, place) {
            (DbError::Interrupted(_), _) => HubError::Stopped,
            (DbError::Missing(p) | DbError::Empty(p) | DbError::Foreign(p), Place::Sqlite(own)) if p == *own => {
                HubError::NoLedger(place.clone())
            }
            (e, _) => e.into(),
        }
    }

    /// What the system says about a file.
    pub(super) fn io(path: &Path, e: &std::io::Error) -> HubError {
        match e.kind() {
            ErrorKind::AlreadyExists => HubError::Exists(path.to_path_buf()),
            ErrorKind::NotFound if !folder(path).exists() => HubError::NoFolder(folder(path).to_path_buf()),
            _ => DbError::io(path, e).into(),
        }
    }
}

/// Takes the lock of a place for work that must have it alone.
pub(super) fn alone(place: &Place) -> Result<Lock, HubError> {
    Lock::hold(place).map_err(|e| match (e.kind(), place) {
        (ErrorKind::WouldBlock, _) => HubError::Served(place.clone()),
        (_, Place::Sqlite(path)) => HubError::io(path, &e),
        (_, Place::Postgres(_)) => EngineError::Broken(e.to_string()).into(),
    })
}
