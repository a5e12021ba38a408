//! Checkpoints: signed ends of the audit, for consoles to keep; and the key they are signed by.
//!
//! Owns when one is made: with the records, every hundred of them or after a minute. The key lies in the ledger and not in a file
//! beside it: hubs that share a database must sign alike, and whoever puts a backup back or moves a ledger must go on with the key
//! consoles know. A ledger's file is its owner's alone; the key opens nothing, it only signs.

use super::audit::Head;
use super::device::random;
use super::engine::{self, Engine, EngineError};
use super::ledger::{State, lock};
use crate::domain::value::Value;
use crate::wire::checkpoint::{Checkpoint, public_of};
use crate::wire::record::hex;

/// Records after which a checkpoint is made, and milliseconds.
const RECORDS: i64 = 100;
pub const MILLISECONDS: i64 = 60_000;

/// Makes the key of a new ledger, inside the caller's transaction.
pub(super) fn make_key(engine: &mut dyn Engine) -> Result<(), EngineError> {
    let args = [Value::Blob(random::<32>()?.to_vec())];
    engine.execute("INSERT INTO \"hub_key\" (\"one\", \"secret\") VALUES (1, ?1)", &args).map(drop)
}

/// The key that signs.
pub(super) fn secret(engine: &mut dyn Engine) -> Result<[u8; 32], EngineError> {
    let row = engine::first(engine, "SELECT \"secret\" FROM \"hub_key\" WHERE \"one\" = 1", &[])?;
    match row.and_then(|r| r.into_iter().next()) {
        Some(Value::Blob(bytes)) => <[u8; 32]>::try_from(bytes).ok(),
        _ => None,
    }
    .ok_or_else(|| EngineError::Broken("the ledger has no key to sign with".into()))
}

/// The public key of the hub, hexadecimal.
///
/// # Errors
/// What the engine says.
pub fn public(engine: &mut dyn Engine) -> Result<String, EngineError> {
    Ok(public_of(&secret(engine)?))
}

pub(super) const COLUMNS: &str = "\"epoch\", \"no\", \"hash\", \"at\", \"signature\"";

/// A checkpoint from its [`COLUMNS`].
pub(super) fn of_row(row: &[Value]) -> Result<Checkpoint, EngineError> {
    let bad = || EngineError::Broken("a checkpoint cannot be read".into());
    let int = |i: usize| row.get(i).and_then(Value::as_int).ok_or_else(bad);
    let bytes = |i: usize| if let Some(Value::Blob(b)) = row.get(i) { Ok(hex(b)) } else { Err(bad()) };
    Ok(Checkpoint { epoch: int(0)?, no: int(1)?, hash: bytes(2)?, at: int(3)?, signature: bytes(4)? })
}

/// The last one made.
///
/// # Errors
/// What the engine says.
pub fn latest(engine: &mut dyn Engine) -> Result<Option<Checkpoint>, EngineError> {
    let sql = format!("SELECT {COLUMNS} FROM \"checkpoint\" ORDER BY \"epoch\" DESC, \"no\" DESC LIMIT 1");
    engine::first(engine, &sql, &[])?.map(|row| of_row(&row)).transpose()
}

/// Makes one when it is time, inside the caller's transaction, with the ledger as it will be after it.
pub(super) fn when_due(engine: &mut dyn Engine, state: &State) -> Result<(), EngineError> {
    let last = latest(engine)?.filter(|c| c.epoch == state.epoch);
    let due = last.is_none_or(|c| {
        let (records, time) = (state.audit.no - c.no, state.last_at - c.at);
        records >= RECORDS || records > 0 && time >= MILLISECONDS
    });
    if due { make(engine, state) } else { Ok(()) }
}

/// Makes one of the end of the audit, unless there is one or no record; inside the caller's transaction.
pub(super) fn make(engine: &mut dyn Engine, state: &State) -> Result<(), EngineError> {
    let Head { no, hash } = state.audit;
    if no == 0 {
        return Ok(());
    }
    let secret = secret(engine)?;
    let made = Checkpoint::sign(&secret, state.hub_id, (state.epoch, no, state.last_at), &hash);
    let signature = crate::wire::record::unhex(&made.signature).unwrap_or_default();
    let sql = format!("INSERT INTO \"checkpoint\" ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
    let hash = Value::Blob(hash.to_vec());
    engine.defer(&sql, vec![Value::Int(made.epoch), Value::Int(no), hash, Value::Int(made.at), Value::Blob(signature)])
}

/// Makes one of records that have none yet, in a transaction of its own.
///
/// # Errors
/// What the engine says.
pub fn seal(engine: &mut dyn Engine) -> Result<(), EngineError> {
    engine.begin()?;
    let done = lock(engine).and_then(|state| make(engine, &state));
    match done {
        Ok(()) => engine.commit(),
        Err(e) => {
            engine.rollback();
            Err(e)
        }
    }
}
