//! The hub's audit: a record for every order, also the refused ones, chained as the consoles chain theirs.
//!
//! Owns appending and checking; the chain's end is in the ledger's `hub` row, written in the same transaction.

use super::engine::{self, Engine, EngineError};
use super::rows::{Bulk, blob};
use crate::domain::value::Value;
use crate::wire::record::digest;
use std::sync::LazyLock;
use uuid::Uuid;

/// What is written down about an order.
pub struct Record<'a> {
    pub at: i64,
    pub person: &'a str,
    pub org: Uuid,
    pub org_name: &'a str,
    pub role: &'a str,
    pub origin: &'a str,
    pub command: &'a str,
    pub kind: &'a str,
    pub target: Uuid,
    pub target_code: &'a str,
    pub reason: &'a str,
    /// `done`, or the code of the refusal.
    pub outcome: &'a str,
    /// The row changes, by [`to_json`](crate::wire::change::to_json).
    pub detail: &'a str,
    /// The number its rows have in the feed, where it changed any. Where to find it, and no part of the chain.
    pub seq: Option<i64>,
}

/// The end of the chain: number and hash of the last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    pub no: i64,
    pub hash: [u8; 32],
}

const COLUMNS: &[&str] = &[
    "no",
    "at",
    "person",
    "org_id",
    "org_name",
    "role",
    "origin",
    "command",
    "kind",
    "target",
    "target_code",
    "reason",
    "outcome",
    "detail",
    "hash",
    "seq",
];

static BULK: LazyLock<Bulk> = LazyLock::new(|| Bulk::fresh("audit", COLUMNS));

/// Appends a record after `head`, which moves on. The caller keeps it.
///
/// # Errors
/// What the engine says.
pub fn append(engine: &mut dyn Engine, head: &mut Head, r: &Record<'_>) -> Result<(), EngineError> {
    let row = chain(head, r);
    write(engine, &[row])
}

/// Writes records that were chained, in their order.
pub(super) fn write(engine: &mut dyn Engine, rows: &[Vec<Value>]) -> Result<(), EngineError> {
    BULK.write(engine, rows)
}

/// A record as it is stored, chained after `head`, which moves on.
pub(super) fn chain(head: &mut Head, r: &Record<'_>) -> Vec<Value> {
    let no = head.no + 1;
    let texts =
        [r.person, r.org_name, r.role, r.origin, r.command, r.kind, r.target_code, r.reason, r.outcome, r.detail];
    let hash = digest(&head.hash, no, r.at, r.org.as_bytes(), r.target.as_bytes(), &texts);
    let text = |t: &str| Value::Text(t.to_owned());
    let row = vec![
        Value::Int(no),
        Value::Int(r.at),
        text(r.person),
        blob(r.org),
        text(r.org_name),
        text(r.role),
        text(r.origin),
        text(r.command),
        text(r.kind),
        blob(r.target),
        text(r.target_code),
        text(r.reason),
        text(r.outcome),
        text(r.detail),
        Value::Blob(hash.to_vec()),
        r.seq.map_or(Value::Null, Value::Int),
    ];
    *head = Head { no, hash };
    row
}

/// Records behind a number, as they are stored.
pub(super) fn page(engine: &mut dyn Engine, after: i64, limit: i64) -> Result<Vec<Vec<Value>>, EngineError> {
    let names = COLUMNS.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {names} FROM \"audit\" WHERE \"no\" > ?1 ORDER BY \"no\" LIMIT ?2");
    engine::all(engine, &sql, &[Value::Int(after), Value::Int(limit)])
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Whole(Head),
    /// The record with this number is not what was written, or is not there.
    Broken {
        no: i64,
    },
}

/// Records read at once.
const STEP: i64 = 1_000;

/// Checks the whole chain against the end kept apart.
///
/// # Errors
/// What the engine says.
pub fn verify(engine: &mut dyn Engine, end: Head) -> Result<Verdict, EngineError> {
    verify_telling(engine, end, &mut |_| true)
}

/// As [`verify`], telling the number it has come to; ends there when the answer is no.
///
/// # Errors
/// As [`verify`].
pub fn verify_telling(
    engine: &mut dyn Engine,
    end: Head,
    each: &mut dyn FnMut(i64) -> bool,
) -> Result<Verdict, EngineError> {
    let names = COLUMNS.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {names} FROM \"audit\" WHERE \"no\" > ?1 AND \"no\" <= ?2 ORDER BY \"no\"");
    let (mut head, mut step) = (Head::default(), STEP);
    loop {
        let (mut broken, mut read) = (None, 0_i64);
        let from = head.no;
        let page = engine.query(&sql, &[Value::Int(from), Value::Int(from + step)], &mut |row| {
            read += 1;
            match follows(&head, &row) {
                Some(next) if broken.is_none() => head = next,
                Some(_) => {}
                None => _ = broken.get_or_insert(head.no + 1),
            }
        });
        match page {
            Ok(()) => {}
            // One that cannot even be read is looked for by itself.
            Err(EngineError::Broken(_)) if broken.is_none() && step > 1 => {
                step = 1;
                continue;
            }
            Err(EngineError::Broken(_)) => broken = broken.or(Some(head.no + 1)),
            Err(away) => return Err(away),
        }
        if let Some(no) = broken {
            return Ok(Verdict::Broken { no });
        }
        if read < step || !each(head.no) {
            break;
        }
    }
    // What was cut off, or put in at the end.
    Ok(if head == end { Verdict::Whole(head) } else { Verdict::Broken { no: head.no.min(end.no) + 1 } })
}

/// The head after a record as it is stored, when its hash is what it must be.
fn follows(head: &Head, row: &[Value]) -> Option<Head> {
    let text = |i: usize| row.get(i).and_then(Value::as_text);
    let bytes = |i: usize| match row.get(i) {
        Some(Value::Blob(b)) => Some(b.as_slice()),
        _ => None,
    };
    let no = row.first()?.as_int().filter(|n| *n == head.no + 1)?;
    let texts =
        [text(2)?, text(4)?, text(5)?, text(6)?, text(7)?, text(8)?, text(10)?, text(11)?, text(12)?, text(13)?];
    let hash = digest(&head.hash, no, row.get(1)?.as_int()?, bytes(3)?, bytes(9)?, &texts);
    (bytes(14)? == hash).then_some(Head { no, hash })
}
