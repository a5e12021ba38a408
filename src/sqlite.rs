//! Opening SQLite files the one right way, and saying in one word what is wrong with one.
//!
//! Owns pragmas, the version and file-system checks, and the mapping of SQLite's codes to [`DbError`]; must not know
//! any table. Store and hub open through here only.

mod error;
pub mod files;
pub mod migrate;

pub use error::DbError;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// `application_id` of our files: "GFU1".
pub const APPLICATION_ID: i32 = 0x4746_5531;

/// Versions before this can corrupt a WAL file that several processes share.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Version of the SQLite in the program.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// Instructions of SQLite between two looks at a stop flag: a fraction of a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

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
pub fn open(path: &Path, how: Use) -> Result<Connection, DbError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(DbError::OldSqlite(rusqlite::version().to_owned()));
    }
    if let Some(kind) = path.parent().and_then(network_kind) {
        return Err(DbError::Network { path: path.to_path_buf(), kind });
    }
    let there = path.exists();
    if !there && how == Use::Read {
        return Err(DbError::Missing(path.to_path_buf()));
    }
    if path.is_dir() {
        return Err(DbError::Other(path.to_path_buf(), "is a directory".into()));
    }
    // SQLite would replay what another database left into the new one, or throw it away.
    if let Some(left) = files::leftover(path) {
        return Err(DbError::Leftover(left));
    }
    if !there {
        // For its owner only: contacts are in it. Another process that is faster has made it so, too.
        match files::create_private(path) {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(DbError::io(path, &e)),
            _ => {}
        }
    }
    let failed = |e: rusqlite::Error| DbError::of(path, &e);
    let (db, id, tables) = match connect(path, how, false) {
        Err(e) if how == Use::Read && is_barred(&e) => match may_be_still(path) {
            true => connect(path, how, true).map_err(failed)?,
            false if error::is_read_only(path.parent().unwrap_or(path)) || !is_readable(path) => {
                return Err(DbError::Unreadable(path.to_path_buf()));
            }
            false => return Err(failed(e)),
        },
        other => other.map_err(failed)?,
    };
    if id != APPLICATION_ID && (tables > 0 || id != 0) {
        return Err(DbError::Foreign(path.to_path_buf()));
    }
    if there && id == 0 {
        return Err(DbError::Empty(path.to_path_buf()));
    }
    prepare(&db, how).map_err(failed)?;
    Ok(db)
}

/// Opens a file that [`open`] finds damaged, to save what can still be read.
///
/// # Errors
/// When not even that is possible.
#[expect(clippy::disallowed_methods, reason = "what is damaged cannot be opened the right way")]
pub fn open_damaged(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE;
    let db = Connection::open_with_flags(path, flags).map_err(|e| DbError::of(path, &e))?;
    db.execute_batch("PRAGMA query_only=ON").map_err(|e| DbError::of(path, &e))?;
    Ok(db)
}

/// Opens and looks whose file it is: gives `application_id` and the number of tables and other objects. That comes
/// first, for switching the journal writes to the file.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may open a database")]
fn connect(path: &Path, how: Use, still: bool) -> rusqlite::Result<(Connection, i32, i64)> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match how {
            Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Use::Write | Use::Load => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
    let db = match path.to_str().filter(|_| still) {
        Some(text) => {
            let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
            let uri = format!("file:{text}?immutable=1");
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
        }
        None => Connection::open_with_flags(path, flags)?,
    };
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    let id = db.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    let tables = db.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    Ok((db, id, tables))
}

/// Whether it may be for want of a right that a file could not be opened for reading.
fn is_barred(e: &rusqlite::Error) -> bool {
    let code = e.sqlite_error_code();
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

/// Whether a file may be read as one that does not change: to read a write-ahead database SQLite makes a file beside
/// it, which cannot be done here, and nobody writes now, for a writer has such files.
fn may_be_still(path: &Path) -> bool {
    is_readable(path)
        && error::is_read_only(path.parent().unwrap_or(path))
        && ["-wal", "-journal"].iter().all(|s| !files::beside(path, s).exists())
}

/// Whether the system lets us write a database: the file itself, and files beside it.
pub fn may_write(path: &Path) -> bool {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok() && !error::is_read_only(dir)
}

fn is_readable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::READ_OK).is_ok()
}

/// Copies the database at `source` into the new file `copy`, which will be known as `named`: whole, checked, on the
/// disk and for its owner only. The database may be in use.
///
/// # Errors
/// What is wrong with either of the two, naming the one it is wrong with.
pub fn copy(source: &Path, copy: &Path, named: &Path, stop: &Stop) -> Result<(), DbError> {
    let blame = |e: rusqlite::Error| match DbError::of(source, &e) {
        about_source @ (DbError::Corrupt(..) | DbError::Locked(_)) => about_source,
        _ => DbError::of(named, &e),
    };
    let system = |e: std::io::Error| DbError::io(named, &e);
    let db = open(source, Use::Read)?;
    // The connection stays read-only; this only lets it write the copy.
    db.execute_batch("PRAGMA query_only=OFF").map_err(blame)?;
    files::create_private(copy).map_err(system)?;
    stop_when(&db, stop).map_err(blame)?;
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(blame)?;
    let check = open(copy, Use::Read)?;
    if let Some(verdict) = fault(&check).map_err(blame)? {
        return Err(DbError::Corrupt(source.to_path_buf(), verdict));
    }
    std::fs::File::open(copy).and_then(|f| f.sync_all()).map_err(system)
}

/// What SQLite finds wrong with the file of a database first; nothing when it is whole.
///
/// # Errors
/// What SQLite says.
pub fn fault(db: &Connection) -> rusqlite::Result<Option<String>> {
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

/// Takes a database out of use: under another name, with nothing of it left beside its own, and nothing lost. Gives the new
/// name; nothing when there is no file.
///
/// # Errors
/// [`DbError::Locked`] while anybody has it open; what is wrong with it otherwise, unless it is damaged: that is no reason to
/// keep it.
pub fn retire(path: &Path) -> Result<Option<std::path::PathBuf>, DbError> {
    if !path.exists() {
        return Ok(None);
    }
    match open(path, Use::Write) {
        // Leaving the write-ahead log folds that file in, and fails while anybody else has the database open.
        Ok(db) => match db.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(())).map_err(|e| DbError::of(path, &e)) {
            Ok(()) | Err(DbError::Corrupt(..)) => {}
            Err(e) => return Err(e),
        },
        Err(DbError::Corrupt(..) | DbError::Empty(_)) => {}
        Err(e) => return Err(e),
    }
    files::set_aside(path).map(Some).map_err(|e| DbError::io(path, &e))
}

/// Pages in the write-ahead file from which it is moved into the database once there is nothing else to do.
const CHECKPOINT_AFTER: i64 = 1_000;

/// Pages in the write-ahead file at which a commit itself moves them: a process that only ever writes and goes would leave it
/// to nobody.
pub const CHECKPOINT_LATEST: i64 = 4_000;

/// Moves a write-ahead file that has grown into the database, as far as no reader still needs it. For moments when nobody waits.
///
/// # Errors
/// What SQLite says.
pub fn tidy(db: &Connection) -> rusqlite::Result<()> {
    let pages = db.query_row("PRAGMA wal_checkpoint(NOOP)", [], |r| Ok(r.get::<_, i64>(1)? - r.get::<_, i64>(2)?))?;
    if pages > CHECKPOINT_AFTER { db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) } else { Ok(()) }
}

fn prepare(db: &Connection, how: Use) -> rusqlite::Result<()> {
    // A writer meets every kind of row there is, with what reads and changes it; a reader asks some tens of questions.
    db.set_prepared_statement_cache_capacity(if how == Use::Read { 64 } else { 256 });
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
            // Room for a delisting: what does not fit is written twice. Pages are only taken when they are needed.
            let cache = if how == Use::Write { 16_384 } else { 131_072 };
            db.execute_batch(&format!(
                "PRAGMA synchronous={sync}; PRAGMA cache_size=-{cache}; PRAGMA wal_autocheckpoint={CHECKPOINT_LATEST}; PRAGMA journal_size_limit=67108864;"
            ))
        }
    }
}

/// Set by whoever wants long work to end: the person who pressed Ctrl-C.
pub type Stop = Arc<AtomicBool>;

/// Makes every statement of the connection end with an interruption once `stop` is set.
///
/// # Errors
/// What SQLite says.
pub fn stop_when(db: &Connection, stop: &Stop) -> rusqlite::Result<()> {
    let stop = Arc::clone(stop);
    db.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || stop.load(Ordering::Relaxed)))
}

/// Lets a connection see one moment of the database until the value goes; does nothing inside a transaction, which has
/// such a moment already.
///
/// # Errors
/// What SQLite says.
pub fn snapshot(db: &Connection) -> rusqlite::Result<Option<rusqlite::Transaction<'_>>> {
    if db.is_autocommit() { db.unchecked_transaction().map(Some) } else { Ok(None) }
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
