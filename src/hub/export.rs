//! A hub's audit in a file: every record, the checkpoints and the public key, of one moment; and the check of such a file, for which
//! no hub is needed.
//!
//! Owns the writing. The form of a line is [`crate::wire::export`]'s.

mod check;

pub use check::{Agreement, Fault, Report, Verdict, Witness, check};

use super::audit;
use super::checkpoint;
use super::engine::{self, Engine, EngineError};
use super::ledger;
use crate::domain::value::Value;
use crate::wire::export::{FORM, First, Header, Mark, Record, write};
use crate::wire::record::hex;
use std::io::{BufWriter, Write};

/// Records read at once.
const PAGE: i64 = 1_000;

/// What kept an export from being written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Ledger(#[from] EngineError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Who waits for it does not any more.
    #[error("stopped")]
    Stopped,
}

/// Writes the audit of a ledger as it is at one moment; `each` is told how many records are written, of how many, and ends it by
/// saying no.
///
/// # Errors
/// What the ledger or the file says; [`ExportError::Stopped`].
pub fn export(
    engine: &mut dyn Engine,
    made_at: i64,
    to: impl Write,
    each: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Header, ExportError> {
    engine.snapshot()?;
    let done = export_in(engine, made_at, &mut BufWriter::new(to), each);
    engine.rollback();
    done
}

fn export_in(
    engine: &mut dyn Engine,
    made_at: i64,
    to: &mut impl Write,
    each: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Header, ExportError> {
    let state = ledger::state(engine)?;
    let secret = checkpoint::secret(engine)?;
    let count = engine::first(engine, "SELECT count(*) FROM \"checkpoint\"", &[])?;
    let header = Header {
        form: FORM,
        hub: state.hub_id,
        epoch: state.epoch,
        records: state.audit.no,
        head: hex(&state.audit.hash),
        checkpoints: count.and_then(|r| r[0].as_int()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        public: checkpoint::public(engine)?,
        made_at: made_at.max(state.last_at),
    };
    writeln!(to, "{}", write(&First::sign(header.clone(), &secret)))?;
    let of = u64::try_from(header.records).unwrap_or(0);
    let (mut last, mut done) = (0, 0);
    loop {
        let page = audit::page(engine, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = end[0].as_int().unwrap_or(i64::MAX);
        for row in &page {
            writeln!(to, "{}", write(&record(row)?))?;
        }
        done += page.len() as u64;
        if !each(done.min(of), of) {
            return Err(ExportError::Stopped);
        }
    }
    let sql = format!("SELECT {} FROM \"checkpoint\" ORDER BY \"epoch\", \"no\"", checkpoint::COLUMNS);
    for row in engine::all(engine, &sql, &[])? {
        writeln!(to, "{}", write(&Mark { checkpoint: checkpoint::of_row(&row)? }))?;
    }
    to.flush()?;
    Ok(header)
}

fn record(row: &[Value]) -> Result<Record, EngineError> {
    let bad = || EngineError::Broken("a record of the audit cannot be read".into());
    let int = |i: usize| row.get(i).and_then(Value::as_int).ok_or_else(bad);
    let text = |i: usize| row.get(i).and_then(Value::as_text).map(str::to_owned).ok_or_else(bad);
    let bytes = |i: usize| if let Some(Value::Blob(b)) = row.get(i) { Ok(hex(b)) } else { Err(bad()) };
    Ok(Record {
        no: int(0)?,
        at: int(1)?,
        person: text(2)?,
        org_id: bytes(3)?,
        org_name: text(4)?,
        role: text(5)?,
        origin: text(6)?,
        command: text(7)?,
        kind: text(8)?,
        target: bytes(9)?,
        target_code: text(10)?,
        reason: text(11)?,
        outcome: text(12)?,
        detail: text(13)?,
        hash: bytes(14)?,
    })
}
