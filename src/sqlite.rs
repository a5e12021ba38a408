//! Opening SQLite files the one right way, and saying in one word what is wrong with one.
//!
//! Owns pragmas, the version and file-system checks, and the mapping of SQLite's codes to [`DbError`]; must not know
//! any table. Store and hub open through here only.

pub mod migrate;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};

/// `application_id` of our files: "GFU1".
pub const APPLICATION_ID: i32 = 0x4746_5531;

/// Versions before this can corrupt a WAL file that several processes share.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What is wrong with a database, in the words the locale files explain (`db-<code>`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    #[error("{0} is locked by another program")]
    Locked(PathBuf),
    #[error("the disk of {0} is full")]
    Full(PathBuf),
    #[error("{0} cannot be written")]
    ReadOnly(PathBuf),
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
            | DbError::Missing(p) => {
                vec![path(p)]
            }
            DbError::Corrupt(p, why) | DbError::Other(p, why) => vec![path(p), ("why", why.clone())],
            DbError::Newer { path: p, found, known } => {
                vec![path(p), ("found", found.to_string()), ("known", known.to_string())]
            }
            DbError::Network { path: p, kind } => vec![path(p), ("kind", kind.clone())],
            DbError::OldSqlite(version) => vec![("version", version.clone())],
        }
    }

    /// Says what an SQLite error means for the file at `path`.
    pub fn of(path: &Path, e: &rusqlite::Error) -> DbError {
        let p = path.to_path_buf();
        match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::Locked(p),
            Some(ErrorCode::DiskFull) => DbError::Full(p),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => DbError::ReadOnly(p),
            // SQLite only says that it cannot open; why is in the directory.
            Some(ErrorCode::CannotOpen) => match path.parent() {
                Some(dir) if !dir.as_os_str().is_empty() && !dir.exists() => DbError::Missing(p),
                Some(dir) if is_read_only(dir) => DbError::ReadOnly(p),
                _ => DbError::Other(p, e.to_string()),
            },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DbError::Corrupt(p, e.to_string()),
            _ => DbError::Other(p, e.to_string()),
        }
    }
}

/// Version of the SQLite in the program.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// How a connection will be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Writes what a person did: every commit is on the disk before it is acknowledged.
    Write,
    /// Reads only.
    Read,
    /// Loads data that can be made again (demo, first sync): commits need not reach the disk one by one.
    Load,
}

/// Opens the file at `path`; [`Use::Write`] and [`Use::Load`] create it when it is missing.
///
/// # Errors
/// What [`DbError`] lists.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may open a database")]
pub fn open(path: &Path, how: Use) -> Result<Connection, DbError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(DbError::OldSqlite(rusqlite::version().to_owned()));
    }
    if let Some(kind) = path.parent().and_then(network_kind) {
        return Err(DbError::Network { path: path.to_path_buf(), kind });
    }
    let flags = match how {
        Use::Read if !path.exists() => return Err(DbError::Missing(path.to_path_buf())),
        Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Use::Write | Use::Load => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let failed = |e: rusqlite::Error| DbError::of(path, &e);
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(failed)?;
    db.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    // Whose file it is comes first: switching the journal writes to it.
    let id: i32 = db.query_row("PRAGMA application_id", [], |r| r.get(0)).map_err(failed)?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).map_err(failed)?;
    if id != APPLICATION_ID && tables > 0 {
        return Err(DbError::Foreign(path.to_path_buf()));
    }
    prepare(&db, how).map_err(failed)?;
    Ok(db)
}

fn prepare(db: &Connection, how: Use) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(64);
    db.execute_batch(
        "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;",
    )?;
    match how {
        Use::Read => db.execute_batch("PRAGMA query_only=ON; PRAGMA cache_size=-4096;"),
        Use::Write | Use::Load => {
            let mode = enter_wal(db)?;
            if mode != "wal" {
                // A file that cannot be written keeps the journal it has, without an error.
                let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
                return Err(rusqlite::Error::SqliteFailure(code, Some(format!("the journal stays {mode}"))));
            }
            let sync = if how == Use::Write { "FULL" } else { "OFF" };
            let cache = if how == Use::Write { 4096 } else { 131_072 };
            db.execute_batch(&format!(
                "PRAGMA synchronous={sync}; PRAGMA cache_size=-{cache}; PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=67108864;"
            ))
        }
    }
}

/// Switches to the write-ahead log; several processes that make one new file at once take turns. The switch itself
/// does not wait for a lock as other statements do, so the waiting is done here.
fn enter_wal(db: &Connection) -> rusqlite::Result<String> {
    let mut tries = 0;
    loop {
        match db.query_row("PRAGMA journal_mode=WAL", [], |r| r.get(0)) {
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && tries < 100 => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            other => return other,
        }
    }
}

fn is_read_only(dir: &Path) -> bool {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    rustix::fs::access(dir, rustix::fs::Access::WRITE_OK).is_err()
}

/// The name of the network file system `dir` lies on, or `None` for a local one.
pub fn network_kind(dir: &Path) -> Option<String> {
    file_system(dir).filter(|(_, network)| *network).map(|(name, _)| name)
}

/// Name of the file system of `dir` and whether it is a network one; `None` when it cannot be asked.
pub fn file_system(dir: &Path) -> Option<(String, bool)> {
    const KNOWN: &[(u64, &str, bool)] = &[
        (0x6969, "NFS", true),
        (0xFF53_4D42, "CIFS", true),
        (0xFE53_4D42, "SMB2", true),
        (0x517B, "SMB", true),
        (0x0102_1997, "9P", true),
        (0x6573_5546, "FUSE", false),
        (0xEF53, "ext", false),
        (0x5846_5342, "XFS", false),
        (0x9123_683E, "Btrfs", false),
        (0x0102_1994, "tmpfs", false),
        (0x794C_7630, "overlay", false),
        (0x2FC1_2FC1, "ZFS", false),
    ];
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let stat = rustix::fs::statfs(dir).ok()?;
    let magic = u64::try_from(stat.f_type).unwrap_or(0) & 0xFFFF_FFFF;
    let known = KNOWN.iter().find(|(m, ..)| *m == magic);
    Some(known.map_or_else(|| (format!("0x{magic:x}"), false), |(_, name, network)| ((*name).to_owned(), *network)))
}
