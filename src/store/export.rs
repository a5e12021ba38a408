//! Rows that leave the console in a file, for others to work with.
//!
//! Owns that old data do not leave without a word on why, and that the word is written down. Writes no file.

use super::audit::{self, Entry};
use super::link::{self, Link};
use super::{FILE, StoreError};
use crate::domain::actor::Actor;
use crate::domain::refusal::Refusal;
use crate::sqlite::{self, DbError, Use};
use crate::wire::change;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Data that were level with the hub longer ago than this are old: 24 hours, in milliseconds.
pub(super) const OLD_MS: i64 = 24 * 3_600_000;

/// How many whole hours ago the data were level with the hub, when that makes them old.
pub(super) fn old_for(link: &Link, now: Timestamp) -> Option<i64> {
    let age = now.as_millisecond() - link.level_at;
    (age > OLD_MS).then_some(age / 3_600_000)
}

/// Whether rows may leave: on a console whose data are old it takes a reason. `Ok(true)` says that the reason is to be kept by
/// [`note`].
///
/// # Errors
/// `data-old-export`; what is wrong with the file.
pub fn may_leave(db: &Connection, dir: &Path, now: Timestamp, reason: &str) -> Result<bool, StoreError> {
    let link = link::get(db).map_err(|e| DbError::of(&dir.join(FILE), &e))?;
    match link.and_then(|link| old_for(&link, now)) {
        None => Ok(false),
        Some(_) if !reason.trim().is_empty() => Ok(true),
        Some(hours) => Err(StoreError::Refused(Refusal::new("data-old-export").with("hours", hours.to_string()))),
    }
}

/// Writes down who took old rows of a list out, and why.
///
/// # Errors
/// What is wrong with the file.
pub fn note(dir: &Path, now: Timestamp, actor: &Actor, list: &str, reason: &str) -> Result<(), StoreError> {
    let path = dir.join(FILE);
    let mut db = sqlite::open(&path, Use::Write)?;
    let failed = |e: rusqlite::Error| StoreError::Db(DbError::of(&path, &e));
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let entry = Entry {
        at: now,
        actor,
        command: "list.export",
        kind: "list",
        target: actor.org_id,
        target_code: list,
        reason: &crate::base::text::clean(reason),
        outcome: audit::DONE,
        changes: &[],
        detail: &change::to_json(&[]),
    };
    audit::append(&tx, &entry).map_err(failed)?;
    tx.commit().map_err(failed)
}
