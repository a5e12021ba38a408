//! The audit: one record per command, also for refused ones, chained by SHA-256 from the first on.
//!
//! Only [`append`] writes; the table refuses updates and deletes. [`verify`] names the first record that was altered,
//! removed or inserted. Cutting off the end shows against the head kept in `setting`, and goes on to show when records
//! follow: the chain continues from that head, never from what the table happens to end with.

use super::setting;
use crate::domain::actor::Actor;
use crate::domain::work::Change;
use crate::wire::record::{digest, hex};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

/// Outcome of a command that was carried out; any other outcome is a refusal code.
pub const DONE: &str = "done";

/// What is written down about a command.
pub struct Entry<'a> {
    pub at: Timestamp,
    pub actor: &'a Actor,
    pub command: &'a str,
    pub kind: &'a str,
    pub target: Uuid,
    pub target_code: &'a str,
    pub reason: &'a str,
    pub outcome: &'a str,
    /// The rows it changed.
    pub changes: &'a [Change],
    /// The changes as text, by [`to_json`](crate::wire::change::to_json).
    pub detail: &'a str,
}

/// Appends a record inside the caller's transaction and gives its number. When the end of the table is not the head
/// kept apart, the record is written all the same, for work must go on, and [`verify`] names the place for ever.
///
/// # Errors
/// What SQLite says.
pub fn append(db: &Connection, entry: &Entry<'_>) -> rusqlite::Result<i64> {
    let (last, previous) = head(db)?;
    let no = last + 1;
    let origin = entry.actor.origin();
    let at = entry.at.as_millisecond();
    let org = entry.actor.org_id.as_bytes().as_slice();
    let texts = [
        entry.actor.name.as_str(),
        &entry.actor.org_name,
        entry.actor.role.code(),
        &origin,
        entry.command,
        entry.kind,
        entry.target_code,
        entry.reason,
        entry.outcome,
        entry.detail,
    ];
    let hash = digest(&previous, no, at, org, entry.target.as_bytes(), &texts);
    db.prepare_cached("INSERT INTO audit VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)")?.execute(
        params![
            no,
            at,
            texts[0],
            org,
            texts[1],
            texts[2],
            texts[3],
            texts[4],
            texts[5],
            entry.target.as_bytes().as_slice(),
            texts[6],
            texts[7],
            texts[8],
            texts[9],
            hash.as_slice(),
        ],
    )?;
    let mut touch = db.prepare_cached("INSERT OR IGNORE INTO audit_touch VALUES (?1, ?2)")?;
    // In the order of their ids, as the table has them: neighbours are written together.
    let mut touched: Vec<Uuid> = entry.changes.iter().map(|c| c.after.uuid()).chain([entry.target]).collect();
    touched.sort_unstable();
    touched.dedup();
    for id in touched {
        touch.execute(params![id.as_bytes().as_slice(), no])?;
    }
    setting::set(db, setting::AUDIT_HEAD, &format!("{no}:{}", hex(&hash)))?;
    Ok(no)
}

/// Number and hash the next record follows; 0 and zeros before the first. The hash is the one kept apart: records that
/// were cut off or put in at the end leave a gap that no later record closes.
fn head(db: &Connection) -> rusqlite::Result<(i64, [u8; 32])> {
    let (last, hash): (i64, [u8; 32]) = db
        .prepare_cached("SELECT no, hash FROM audit ORDER BY no DESC LIMIT 1")?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?
        .unwrap_or_default();
    let kept = setting::get(db, setting::AUDIT_HEAD)?;
    let kept = kept.as_deref().map_or(Some((0, [0; 32])), parse_head).unwrap_or_default();
    if kept != (last, hash) {
        tracing::warn!(
            table = last,
            kept = kept.0,
            "the audit does not end where it was left; run gongfu audit verify"
        );
    }
    Ok((last.max(kept.0), kept.1))
}

/// Reads `no:hash`; `None` when it is nothing of the kind.
fn parse_head(text: &str) -> Option<(i64, [u8; 32])> {
    let (no, hash) = text.split_once(':')?;
    let digits = hash.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some((no.parse().ok()?, bytes))
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every record is as it was written.
    Whole { records: i64, head: String },
    /// The record with this number is not what was written: altered, or inserted.
    Altered { no: i64 },
    /// The record with this number is not there.
    Missing { no: i64 },
}

/// Checks the whole chain, record by record; `progress` is told the number of records checked.
///
/// # Errors
/// What SQLite says.
pub fn verify(db: &Connection, mut progress: impl FnMut(i64)) -> rusqlite::Result<Verdict> {
    let mut statement = db.prepare(
        "SELECT no, at, person, org_id, org_name, role, origin, command, kind, target, target_code, reason, outcome, \
         detail, hash FROM audit ORDER BY no",
    )?;
    let mut rows = statement.query([])?;
    let (mut last, mut previous) = (0_i64, [0_u8; 32]);
    while let Some(row) = rows.next()? {
        let no: i64 = row.get(0)?;
        if no != last + 1 {
            // A gap: the record after the last good one is gone. A number below 1 was put in.
            return Ok(if no < 1 { Verdict::Altered { no } } else { Verdict::Missing { no: last + 1 } });
        }
        let text = |i: usize| row.get_ref(i).and_then(|v| v.as_str().map_err(Into::into));
        let blob = |i: usize| row.get_ref(i).and_then(|v| v.as_blob().map_err(Into::into));
        let texts =
            [text(2)?, text(4)?, text(5)?, text(6)?, text(7)?, text(8)?, text(10)?, text(11)?, text(12)?, text(13)?];
        let hash = digest(&previous, no, row.get(1)?, blob(3)?, blob(9)?, &texts);
        if blob(14)? != hash {
            return Ok(Verdict::Altered { no });
        }
        (last, previous) = (no, hash);
        if no % 10_000 == 0 {
            progress(no);
        }
    }
    let written = setting::get(db, setting::AUDIT_HEAD)?.unwrap_or_else(|| format!("0:{}", hex(&[0; 32])));
    let head = format!("{last}:{}", hex(&previous));
    if written == head {
        return Ok(Verdict::Whole { records: last, head: hex(&previous) });
    }
    let written_no: i64 = written.split(':').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    Ok(if written_no > last { Verdict::Missing { no: last + 1 } } else { Verdict::Altered { no: written_no + 1 } })
}
