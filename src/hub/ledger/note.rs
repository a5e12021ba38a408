//! What an operator of the hub does at its own machine, with a record of it in the same transaction.
//!
//! Owns that none of it goes unrecorded. Decides nothing: the deed says itself whether it was done.

use super::{State, keep, lock};
use crate::base::text;
use crate::domain::value::Value;
use crate::hub::audit::{self, Record};
use crate::hub::checkpoint;
use crate::hub::engine::{self, Engine, EngineError};
use uuid::Uuid;

/// Longest name and origin a record keeps, in characters.
const NAME: usize = 60;

/// Who does it and when, in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    pub person: String,
    /// Account, terminal and SSH client in one line.
    pub origin: String,
    pub at: i64,
}

/// What was done, as the audit keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed<T> {
    pub command: &'static str,
    pub target: Uuid,
    pub target_code: String,
    pub reason: String,
    /// What the caller gets.
    pub gives: T,
}

/// The organisation the ledger was made by, for records of the hub itself: id and name as its first record has them.
fn home(engine: &mut dyn Engine) -> Result<(Uuid, String), EngineError> {
    let sql = "SELECT \"org_id\", \"org_name\" FROM \"audit\" WHERE \"no\" = 1";
    let Some(row) = engine::first(engine, sql, &[])? else { return Ok((Uuid::nil(), String::new())) };
    let id = if let Value::Blob(b) = &row[0] { Uuid::from_slice(b).unwrap_or_default() } else { Uuid::nil() };
    Ok((id, row[1].as_text().unwrap_or_default().to_owned()))
}

/// Does something to the ledger and writes it down, both or neither; nothing when `deed` has nothing to do. The time `deed` is
/// given is never before that of the last record.
///
/// # Errors
/// What the engine says.
pub fn noted<T>(
    engine: &mut dyn Engine,
    by: &By,
    deed: impl FnOnce(&mut dyn Engine, &mut State, i64) -> Result<Option<Deed<T>>, EngineError>,
) -> Result<Option<T>, EngineError> {
    engine.begin()?;
    let done = noted_in(engine, by, deed);
    match &done {
        Ok(Some(_)) => engine.commit()?,
        _ => engine.rollback(),
    }
    done
}

fn noted_in<T>(
    engine: &mut dyn Engine,
    by: &By,
    deed: impl FnOnce(&mut dyn Engine, &mut State, i64) -> Result<Option<Deed<T>>, EngineError>,
) -> Result<Option<T>, EngineError> {
    let mut state = lock(engine)?;
    let at = by.at.max(state.last_at);
    let Some(done) = deed(engine, &mut state, at)? else { return Ok(None) };
    let (org, org_name) = home(engine)?;
    let short = |t: &str| text::clean(t).chars().take(NAME).collect::<String>();
    let record = Record {
        at,
        person: &short(&by.person),
        org,
        org_name: &org_name,
        role: "office",
        origin: &short(&by.origin),
        command: done.command,
        kind: "hub",
        target: done.target,
        target_code: &done.target_code,
        reason: &text::clean(&done.reason),
        outcome: "done",
        detail: "[]",
        seq: None,
    };
    audit::append(engine, &mut state.audit, &record)?;
    state.last_at = at;
    keep(engine, &state)?;
    // What is done at the hub's own machine is rare, and the first that consoles should be able to show.
    checkpoint::make(engine, &state)?;
    Ok(Some(done.gives))
}
