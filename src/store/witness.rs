//! What this console can show of its hub's audit: the signed ends it has seen, and what contradicted them.
//!
//! Owns which of them are kept. What contradicts is kept as it came, is in the audit here, and is on the watch board from then on;
//! it keeps no row from coming. Must not talk to the hub.

use super::audit::{self, Entry};
use super::link::{self, Link};
use super::{StoreError, level};
use crate::domain::actor::Actor;
use crate::sqlite::DbError;
use crate::wire::checkpoint::Checkpoint;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;

/// The command under which a contradiction is in the audit.
pub const CONTRADICTED: &str = "hub.contradicted";

/// What is wrong with a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The hub's key has not signed it.
    Forged,
    /// One of the same epoch and number with another hash is held: a record up to there is another now.
    Differs,
    /// One with a higher number, or of a later epoch, is held: records are gone.
    Behind,
}

impl Fault {
    pub const fn code(self) -> &'static str {
        match self {
            Fault::Forged => "forged",
            Fault::Differs => "differs",
            Fault::Behind => "behind",
        }
    }
}

/// Takes in a checkpoint as the hub sent it, checked by the hub's public key; what is wrong with it, when that is new.
///
/// # Errors
/// What is wrong with the file.
pub fn take(
    db: &mut Connection,
    path: &Path,
    public: &str,
    checkpoint: &Checkpoint,
    now: Timestamp,
) -> Result<Option<Fault>, StoreError> {
    let failed = |e: rusqlite::Error| StoreError::Db(DbError::of(path, &e));
    // Mostly it is the one of the page before.
    if is_here(db, checkpoint).map_err(failed)? {
        return Ok(None);
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found = take_in(&tx, public, checkpoint, now).map_err(failed)?;
    tx.commit().map_err(failed)?;
    Ok(found)
}

/// As [`take`], inside the caller's transaction or load.
///
/// # Errors
/// What SQLite says.
pub fn take_in(
    db: &Connection,
    public: &str,
    checkpoint: &Checkpoint,
    now: Timestamp,
) -> rusqlite::Result<Option<Fault>> {
    let Some(link) = link::get(db)? else { return Ok(None) };
    if is_here(db, checkpoint)? {
        return Ok(None);
    }
    let Some(fault) = fault(db, &link, public, checkpoint)? else {
        keep(db, checkpoint, "", now)?;
        thin(db, checkpoint.epoch)?;
        return Ok(None);
    };
    // One of each sort shows what there is to show: who sends many fills no disk.
    let sql = "SELECT 1 FROM checkpoint WHERE fault = ?1 AND (fault = 'forged' OR epoch = ?2 AND (fault = 'behind' OR no = ?3))";
    let args = params![fault.code(), checkpoint.epoch, checkpoint.no];
    if db.prepare_cached(sql)?.exists(args)? {
        return Ok(None);
    }
    keep(db, checkpoint, fault.code(), now)?;
    note(db, &link, (fault, checkpoint), now)?;
    Ok(Some(fault))
}

/// Whether exactly this one is kept.
fn is_here(db: &Connection, c: &Checkpoint) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM checkpoint WHERE epoch = ?1 AND no = ?2 AND hash = ?3 AND signature = ?4";
    db.prepare_cached(sql)?.exists(params![c.epoch, c.no, c.hash, c.signature])
}

fn fault(db: &Connection, link: &Link, public: &str, c: &Checkpoint) -> rusqlite::Result<Option<Fault>> {
    if !c.is_signed(link.hub, public) {
        return Ok(Some(Fault::Forged));
    }
    let sql = "SELECT hash FROM checkpoint WHERE fault = '' AND epoch = ?1 AND no = ?2";
    let held: Option<String> = db.prepare_cached(sql)?.query_row(params![c.epoch, c.no], |r| r.get(0)).optional()?;
    if let Some(held) = held {
        return Ok((held != c.hash).then_some(Fault::Differs));
    }
    let sql = "SELECT 1 FROM checkpoint WHERE fault = '' AND (epoch > ?1 OR epoch = ?1 AND no > ?2)";
    Ok(db.prepare_cached(sql)?.exists(params![c.epoch, c.no])?.then_some(Fault::Behind))
}

fn keep(db: &Connection, c: &Checkpoint, fault: &str, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO checkpoint VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db.prepare_cached(sql)?
        .execute(params![c.epoch, c.no, c.hash, c.at, c.signature, now.as_millisecond(), fault])
        .map(drop)
}

/// Lets go of what shows nothing more: behind the newest thousand of an epoch the first of each day stays.
fn thin(db: &Connection, epoch: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM checkpoint AS c WHERE fault = '' AND epoch = ?1 \
               AND no < (SELECT no FROM checkpoint WHERE fault = '' AND epoch = ?1 ORDER BY no DESC LIMIT 1 OFFSET 999) \
               AND EXISTS (SELECT 1 FROM checkpoint d WHERE d.fault = '' AND d.epoch = ?1 AND d.no < c.no \
               AND d.at / 86400000 = c.at / 86400000)";
    db.prepare_cached(sql)?.execute([epoch]).map(drop)
}

/// Writes a contradiction into the audit here.
fn note(db: &Connection, link: &Link, (fault, c): (Fault, &Checkpoint), now: Timestamp) -> rusqlite::Result<()> {
    let reason = format!("{}: {}/{} {}", fault.code(), c.epoch, c.no, c.hash);
    record(db, link, CONTRADICTED, &reason, now)
}

/// Writes into the audit here what the hub has done.
///
/// # Errors
/// What SQLite says.
pub(super) fn record(
    db: &Connection,
    link: &Link,
    command: &str,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let org = level::organisation(db, &link.org_code)?;
    let actor = Actor {
        name: "gongfu sync".into(),
        org_id: org.as_ref().map(|o| o.id.0).unwrap_or_default(),
        org_name: org.as_ref().map(|o| o.name.clone()).unwrap_or_default(),
        role: link.role,
        division_code: org.map(|o| o.division_code).unwrap_or_default(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    };
    let entry = Entry {
        at: now,
        actor: &actor,
        command,
        kind: "hub",
        target: link.hub,
        target_code: "",
        reason,
        outcome: audit::DONE,
        changes: &[],
        detail: "[]",
    };
    audit::append(db, &entry).map(drop)
}

/// Forgets everything: the console is of another hub from now on.
///
/// # Errors
/// What SQLite says.
pub fn forget(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM checkpoint", []).map(drop)
}

/// How many checkpoints contradict what this console has seen.
///
/// # Errors
/// What SQLite says.
pub fn contradictions(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count(*) FROM checkpoint WHERE fault <> ''")?.query_row([], |r| r.get(0))
}

/// The checkpoints nothing was wrong with when they came, the oldest first.
///
/// # Errors
/// What SQLite says.
pub fn held(db: &Connection) -> rusqlite::Result<Vec<Checkpoint>> {
    let sql = "SELECT epoch, no, hash, at, signature FROM checkpoint WHERE fault = '' ORDER BY epoch, no";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |r| {
        Ok(Checkpoint { epoch: r.get(0)?, no: r.get(1)?, hash: r.get(2)?, at: r.get(3)?, signature: r.get(4)? })
    })?;
    rows.collect()
}
