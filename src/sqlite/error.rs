//! What can be wrong with a database file, in one word each, and how the words of SQLite and the system map to them.

use rusqlite::ErrorCode;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What is wrong with a database, in the words the locale files explain (`db-<code>`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    #[error("{0} is locked by another program")]
    Locked(PathBuf),
    #[error("the disk of {0} is full")]
    Full(PathBuf),
    #[error("{0} cannot be written")]
    ReadOnly(PathBuf),
    /// The disk or the driver failed; not for lack of room.
    #[error("{0} cannot be read or written: {1}")]
    Io(PathBuf, String),
    #[error("{0} cannot be read: no right to, or its write-ahead file needs a folder that can be written")]
    Unreadable(PathBuf),
    /// The person stopped the work; nothing was changed.
    #[error("the work on {0} was stopped")]
    Interrupted(PathBuf),
    /// A file with nothing in it lies where the database should be.
    #[error("{0} is empty")]
    Empty(PathBuf),
    /// What a database that is gone left beside its name.
    #[error("{0} lies there without its database")]
    Leftover(PathBuf),
    #[error("{path} was written by an older version (schema {found}, this program knows {known})")]
    Older { path: PathBuf, found: i64, known: i64 },
    #[error("{0} is damaged: {1}")]
    Corrupt(PathBuf, String),
    #[error("{path} was written by a newer version (schema {found}, this program knows {known})")]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error("{0} is a database of another program")]
    Foreign(PathBuf),
    #[error("{0} does not exist")]
    Missing(PathBuf),
    #[error("{path} lies on a network file system ({kind}), where SQLite cannot lock safely")]
    Network { path: PathBuf, kind: String },
    #[error("SQLite {0} is too old")]
    OldSqlite(String),
    #[error("{0}: {1}")]
    Other(PathBuf, String),
}

impl DbError {
    /// Stable code; the locale files hold `db-<code>` with sentence and hint.
    pub fn code(&self) -> &'static str {
        match self {
            DbError::Locked(_) => "locked",
            DbError::Full(_) => "full",
            DbError::ReadOnly(_) => "read-only",
            DbError::Io(..) => "io",
            DbError::Unreadable(_) => "unreadable",
            DbError::Interrupted(_) => "interrupted",
            DbError::Empty(_) => "empty",
            DbError::Leftover(_) => "leftover",
            DbError::Older { .. } => "older",
            DbError::Corrupt(..) => "corrupt",
            DbError::Newer { .. } => "newer",
            DbError::Foreign(_) => "foreign",
            DbError::Missing(_) => "missing",
            DbError::Network { .. } => "network",
            DbError::OldSqlite(_) => "old-sqlite",
            DbError::Other(..) => "other",
        }
    }

    /// The values the sentence names.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        let path = |p: &Path| ("path", p.display().to_string());
        match self {
            DbError::Locked(p)
            | DbError::Full(p)
            | DbError::ReadOnly(p)
            | DbError::Foreign(p)
            | DbError::Unreadable(p)
            | DbError::Interrupted(p)
            | DbError::Empty(p)
            | DbError::Leftover(p)
            | DbError::Missing(p) => vec![path(p)],
            DbError::Corrupt(p, why) | DbError::Io(p, why) | DbError::Other(p, why) => {
                vec![path(p), ("why", why.clone())]
            }
            DbError::Newer { path: p, found, known } | DbError::Older { path: p, found, known } => {
                vec![path(p), ("found", found.to_string()), ("known", known.to_string())]
            }
            DbError::Network { path: p, kind } => vec![path(p), ("kind", kind.clone())],
            DbError::OldSqlite(version) => vec![("version", version.clone())],
        }
    }

    /// Says what an SQLite error means for the file at `path`.
    pub fn of(path: &Path, e: &rusqlite::Error) -> DbError {
        let p = path.to_path_buf();
        if is_misfit(e) {
            return DbError::Corrupt(p, e.to_string());
        }
        match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::Locked(p),
            Some(ErrorCode::OperationInterrupted) => DbError::Interrupted(p),
            Some(ErrorCode::DiskFull) => DbError::Full(p),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => DbError::ReadOnly(p),
            // SQLite only says that it cannot open; why is in the directory.
            Some(ErrorCode::CannotOpen) => match path.parent() {
                Some(dir) if !dir.as_os_str().is_empty() && !dir.exists() => DbError::Missing(p),
                Some(dir) if is_read_only(dir) => DbError::ReadOnly(p),
                _ => DbError::Other(p, e.to_string()),
            },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DbError::Corrupt(p, e.to_string()),
            Some(ErrorCode::SystemIoFailure) if is_writing(e) && no_room(path) => DbError::Full(p),
            Some(ErrorCode::SystemIoFailure) => DbError::Io(p, e.to_string()),
            _ => DbError::Other(p, e.to_string()),
        }
    }

    /// Says what an error of the system means for the file at `path`.
    pub fn io(path: &Path, e: &std::io::Error) -> DbError {
        let p = path.to_path_buf();
        match e.kind() {
            kind if is_full(kind) => DbError::Full(p),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => DbError::ReadOnly(p),
            ErrorKind::NotFound => DbError::Missing(p),
            _ => DbError::Other(p, e.to_string()),
        }
    }
}

/// A value that does not fit what its column holds: our own rows always do.
fn is_misfit(e: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        e,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}

/// Whether SQLite failed to write, rather than to read. It calls only one of the causes a full disk; a quota is
/// another.
fn is_writing(e: &rusqlite::Error) -> bool {
    use rusqlite::ffi;
    const WRITING: &[i32] = &[
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
        ffi::SQLITE_IOERR_SHMSIZE,
        ffi::SQLITE_IOERR_CLOSE,
    ];
    e.sqlite_error().is_some_and(|e| WRITING.contains(&e.extended_code))
}

/// Whether there is no room for more: neither SQLite nor its caller keeps what the system said, so it is asked again.
fn no_room(path: &Path) -> bool {
    use rustix::process::{Resource, getrlimit};
    if getrlimit(Resource::Fsize).current.is_some() {
        return true;
    }
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let attempt = tempfile::tempfile_in(dir).and_then(|mut file| {
        file.write_all(&[1; 1 << 16])?;
        file.sync_all()
    });
    attempt.is_err_and(|e| is_full(e.kind()))
}

fn is_full(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// Whether this process may not write in a directory.
pub(super) fn is_read_only(dir: &Path) -> bool {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    rustix::fs::access(dir, rustix::fs::Access::WRITE_OK).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Error, ffi};

    fn code(e: &Error) -> &'static str {
        DbError::of(Path::new("/tmp/x.db"), e).code()
    }

    fn sqlite(extended: i32) -> Error {
        Error::SqliteFailure(ffi::Error::new(extended), None)
    }

    #[test]
    fn every_failure_has_the_code_of_its_cause() {
        assert_eq!(code(&sqlite(ffi::SQLITE_FULL)), "full");
        assert_eq!(code(&sqlite(ffi::SQLITE_IOERR_READ)), "io");
        assert_eq!(code(&sqlite(ffi::SQLITE_IOERR_WRITE)), "io", "there is room in the directory");
        assert_eq!(code(&sqlite(ffi::SQLITE_CORRUPT_INDEX)), "corrupt");
        assert_eq!(code(&Error::InvalidColumnType(1, "x".into(), rusqlite::types::Type::Null)), "corrupt");
        assert_eq!(code(&Error::IntegralValueOutOfRange(1, 7)), "corrupt");
        for (kind, expected) in [
            (ErrorKind::StorageFull, "full"),
            (ErrorKind::QuotaExceeded, "full"),
            (ErrorKind::PermissionDenied, "read-only"),
            (ErrorKind::ReadOnlyFilesystem, "read-only"),
            (ErrorKind::NotFound, "missing"),
            (ErrorKind::Interrupted, "other"),
        ] {
            assert_eq!(DbError::io(Path::new("x"), &kind.into()).code(), expected);
        }
    }
}
