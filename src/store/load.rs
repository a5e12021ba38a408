//! Bulk loading of rows that can be made again: the demo, the first rows of a hub. Indices and running totals are taken
//! away while rows come in and built afterwards, which is several times faster than keeping them up.
//!
//! A demo is all or nothing: it is loaded into a new file that takes its name only when it is complete. One load at a time in
//! a directory, and none takes the place of a database that came meanwhile. A hub's rows come into a database that has its name
//! already, page by page: `unbuilt` says what is still to be made when they are all there.

use super::audit::{self, Entry};
use super::rows::{insert_sql, put};
use super::{FILE, schema, setting};
use crate::domain::actor::Actor;
use crate::domain::rows::{Kind, Row};
use crate::sqlite::{self, DbError, Stop, Use, files, migrate};
use crate::wire::change;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Rows between two commits: bounds the write-ahead file.
const BATCH: usize = 50_000;

/// Loads rows into a new database.
pub struct Loader {
    db: Connection,
    path: PathBuf,
    target: PathBuf,
    pending: usize,
    /// After the connection, so that it is closed when the file goes.
    _unfinished: Unfinished,
    /// Keeps other loads out of the directory.
    _held: File,
    /// Rows loaded so far.
    pub rows: u64,
}

/// A file that goes when its load ends before it had its name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-journal", "-shm"] {
            // Not there when the load was finished: it has its name then.
            let _ = std::fs::remove_file(files::beside(&self.0, ending));
        }
    }
}

impl Loader {
    /// Begins a load that will become the database of `dir`.
    ///
    /// # Errors
    /// When the directory has a database already, another load runs in it or it cannot be written.
    pub fn begin(dir: &Path) -> Result<Loader, DbError> {
        Loader::begin_until(dir, &Stop::default())
    }

    /// As [`Loader::begin`], ended by `stop`: nothing is left behind then.
    ///
    /// # Errors
    /// As [`Loader::begin`].
    pub fn begin_until(dir: &Path, stop: &Stop) -> Result<Loader, DbError> {
        let target = dir.join(FILE);
        let held = files::hold(dir).map_err(|e| match e.kind() {
            ErrorKind::WouldBlock => DbError::Locked(target.clone()),
            _ => DbError::io(&target, &e),
        })?;
        if target.exists() {
            return Err(taken(target));
        }
        let path = dir.join(format!("{FILE}.loading"));
        for ending in ["", "-wal", "-journal", "-shm"] {
            // What an interrupted load left behind: nobody loads here now.
            let _ = std::fs::remove_file(files::beside(&path, ending));
        }
        let unfinished = Unfinished(path.clone());
        let mut db = sqlite::open(&path, Use::Load)?;
        migrate::run(&mut db, &path, schema::STEPS)?;
        let failed = |e: rusqlite::Error| DbError::of(&path, &e);
        // A file nobody else sees: no journal to keep, exclusive from start to end.
        db.execute_batch("PRAGMA journal_mode=OFF; PRAGMA locking_mode=EXCLUSIVE;").map_err(failed)?;
        strip(&db).map_err(failed)?;
        sqlite::stop_when(&db, stop).map_err(failed)?;
        db.execute_batch("BEGIN").map_err(failed)?;
        let path = path.clone();
        Ok(Loader { db, path, target, pending: 0, _unfinished: unfinished, _held: held, rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn push(&mut self, row: &Row) -> Result<(), DbError> {
        let kind = row.kind();
        // Every row is new: no index to find a conflict by is there.
        let write = |db: &Connection| put(&mut *db.prepare_cached(insert_sql(kind))?, row, 0);
        write(&self.db).map_err(|e| DbError::of(&self.path, &e))?;
        self.rows += 1;
        self.pending += 1;
        if self.pending >= BATCH {
            self.pending = 0;
            self.db.execute_batch("COMMIT; BEGIN").map_err(|e| DbError::of(&self.path, &e))?;
        }
        Ok(())
    }

    /// Runs statements of other store modules on the database being loaded.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DbError> {
        work(&self.db).map_err(|e| DbError::of(&self.path, &e))
    }

    /// Writes down in the audit that rows were loaded, by whom and from where.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn note(&self, at: Timestamp, actor: &Actor, command: &str, reason: &str) -> Result<(), DbError> {
        let kind = command.split('.').next().unwrap_or_default();
        let entry = Entry {
            at,
            actor,
            command,
            kind,
            target: actor.org_id,
            target_code: "",
            reason,
            outcome: audit::DONE,
            changes: &[],
            detail: &change::to_json(&[]),
        };
        self.with(|db| audit::append(db, &entry)).map(|_| ())
    }

    /// Builds indices and totals and gives the file its name. `progress` is told how many of how many steps are done.
    ///
    /// # Errors
    /// What is wrong with the file; the target is not there then.
    pub fn finish(mut self, mut progress: impl FnMut(usize, usize)) -> Result<(), DbError> {
        self.db.execute_batch("COMMIT").map_err(|e| DbError::of(&self.path, &e))?;
        build(&mut self.db, &mut progress).map_err(|e| DbError::of(&self.path, &e))?;
        self.name()
    }

    /// Gives the file its name as it is, without totals and with no index but those by which a row is known: whoever brings the rest
    /// builds the others.
    ///
    /// # Errors
    /// What is wrong with the file; the target is not there then.
    pub fn leave(self) -> Result<(), DbError> {
        let ids = "SELECT no, sql FROM unbuilt WHERE what = 'index' AND sql LIKE 'CREATE UNIQUE INDEX %(id)'";
        self.with(|db| {
            let read = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?));
            let ids: Vec<(i64, String)> = db.prepare(ids)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
            for (no, sql) in ids {
                db.execute_batch(&sql)?;
                db.execute("DELETE FROM unbuilt WHERE no = ?1", [no])?;
            }
            db.execute_batch("COMMIT")
        })?;
        self.name()
    }

    fn name(self) -> Result<(), DbError> {
        let failed = |e: rusqlite::Error| DbError::of(&self.path, &e);
        self.db.execute_batch("PRAGMA locking_mode=NORMAL").map_err(failed)?;
        self.db.query_row("SELECT count(*) FROM goal", [], |r| r.get::<_, i64>(0)).map_err(failed)?;
        let wal: String = self.db.query_row("PRAGMA journal_mode=WAL", [], |r| r.get(0)).map_err(failed)?;
        debug_assert_eq!(wal, "wal");
        let (path, target) = (self.path.clone(), self.target.clone());
        self.db.close().map_err(|(_, e)| DbError::of(&path, &e))?;
        publish(&path, target)
    }
}

/// Gives a finished database its name; see [`files::publish`].
///
/// # Errors
/// When a database is there already, or what is wrong with the directory.
pub fn publish(made: &Path, target: PathBuf) -> Result<(), DbError> {
    files::publish(made, &target).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => taken(target),
        _ => DbError::io(&target, &e),
    })
}

fn taken(target: PathBuf) -> DbError {
    DbError::Other(target, "exists already".into())
}

/// Takes away every index of the rows and every trigger that keeps totals; `unbuilt` has them from then on.
///
/// # Errors
/// What SQLite says.
pub fn strip(db: &Connection) -> rusqlite::Result<()> {
    let mut statement = db.prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL \
         AND (type = 'index' OR (type = 'trigger' AND name LIKE '%\\_tally\\_%' ESCAPE '\\'))",
    )?;
    let read = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?));
    let found = statement.query_map([], read)?.collect::<rusqlite::Result<Vec<(String, String, String, String)>>>()?;
    drop(statement);
    for (what, name, table, sql) in found.iter().filter(|(_, _, table, _)| Kind::parse(table).is_some()) {
        tracing::trace!(what, name, table, "taken away until all rows are there");
        db.execute_batch(&format!("DROP {what} \"{name}\""))?;
        db.execute("INSERT INTO unbuilt (what, sql) VALUES (?1, ?2)", [what, sql])?;
    }
    Ok(())
}

/// Whether rows come into this database for the first time and are not all there yet.
///
/// # Errors
/// What SQLite says.
pub fn is_stripped(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("SELECT EXISTS (SELECT 1 FROM unbuilt)", [], |r| r.get(0))
}

/// Prepares a connection for rows that can be fetched again: a commit need not reach the disk by itself, what others commit takes it
/// along, and what is written ahead may grow to 64 MiB before a commit moves it.
///
/// # Errors
/// What SQLite says.
pub fn hurry(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-131072; PRAGMA wal_autocheckpoint=16000;")
}

/// Takes [`hurry`] back.
///
/// # Errors
/// What SQLite says.
pub fn slow_down(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;")?;
    db.pragma_update(None, "wal_autocheckpoint", sqlite::CHECKPOINT_LATEST)
}

/// Builds what was taken away. Each index is a transaction, so that others may write in between; broken off, the rest is built by
/// the next who tries. `progress` is told how many of how many steps are done.
///
/// # Errors
/// What SQLite says.
pub fn build(db: &mut Connection, progress: &mut dyn FnMut(usize, usize)) -> rusqlite::Result<()> {
    let indices = "SELECT no, sql FROM unbuilt WHERE what = 'index' ORDER BY no";
    let read = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?));
    let indices: Vec<(i64, String)> = db.prepare(indices)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    let steps = indices.len() + 1;
    for (done, (no, sql)) in indices.iter().enumerate() {
        progress(done, steps);
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.execute("DELETE FROM unbuilt WHERE no = ?1", [no])?;
        tx.commit()?;
    }
    progress(indices.len(), steps);
    // From the moment the totals are counted they are kept.
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(TOTALS)?;
    let triggers = "SELECT sql FROM unbuilt ORDER BY no";
    let triggers: Vec<String> = tx.prepare(triggers)?.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    triggers.iter().try_for_each(|sql| tx.execute_batch(sql))?;
    tx.execute_batch("DELETE FROM unbuilt")?;
    // Who has counted rows counts them anew.
    setting::bump(&tx, setting::ROWS_GONE)?;
    tx.commit()?;
    // The samples of every index would be read by every opening, which is most of what an opening costs; the counts
    // of the first table are what our statements are planned with.
    db.execute_batch("PRAGMA optimize=0x10002; DROP TABLE IF EXISTS sqlite_stat4;")?;
    progress(steps, steps);
    Ok(())
}

/// The running totals as the triggers would have left them.
const TOTALS: &str = "
DELETE FROM tally;
INSERT INTO tally SELECT 'catalog_entry', state || '/' || trace, count(*), 0 FROM catalog_entry GROUP BY 2;
INSERT INTO tally SELECT 'supplier', state, count(*), 0 FROM supplier GROUP BY 2;
INSERT INTO tally SELECT 'purchase', state, count(*), sum(amount_fen) FROM purchase GROUP BY 2;
INSERT INTO tally SELECT 'counter', state || '/' || venue_type || '/' || demo_room, count(*), 0 FROM counter GROUP BY 2;
";

/// Marks the database as a demo whose clock starts at `start`, and for whom it was made.
///
/// # Errors
/// What SQLite says.
pub fn mark(db: &Connection, demo_start: Option<Timestamp>, profile_org: &str) -> rusqlite::Result<()> {
    if let Some(start) = demo_start {
        setting::set(db, setting::DEMO, &start.to_string())?;
    }
    setting::set(db, setting::PROFILE_ORG, profile_org)
}
