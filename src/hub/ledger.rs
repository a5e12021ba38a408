//! The ledger: what the hub holds to be true. Orders in, each once; rows, feed, result and audit in one transaction.
//!
//! Owns the order of things: whoever holds the lock of the `hub` row decides and gives the next numbers, so that they have no gaps
//! and rise as they become visible, on both engines and with several hubs on one database. Decides nothing: the domain does.

mod make;
mod note;
mod seen;
mod sheet;
mod take;

pub use make::{Loading, create, exists, organisation, raise, version};
pub use note::{By, Deed, noted};
pub(super) use sheet::own_area;
pub use take::{Device, FORGED, take};

use super::audit::Head;
use super::engine::{self, Engine, EngineError};
use super::schema::{ARRIVING, MOVED, VERSION};
use crate::domain::value::Value;
use uuid::Uuid;

/// The one row of the ledger's own state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub hub_id: Uuid,
    /// Rises by one with every restore: numbers given before it may never have been.
    pub epoch: i64,
    /// The last number given.
    pub seq: i64,
    pub audit: Head,
    /// When the last order was taken, in milliseconds since 1970: time never goes back in a ledger.
    pub last_at: i64,
    /// The last number that survives the loss of this machine: what the last verified backup off it holds.
    pub safe: i64,
}

/// The state as it is visible now.
///
/// # Errors
/// What the engine says; `Broken` when this is no ledger of this version.
pub fn state(engine: &mut dyn Engine) -> Result<State, EngineError> {
    let sql = "SELECT \"version\", \"hub_id\", \"epoch\", \"seq\", \"audit_no\", \"audit_hash\", \"last_at\", \"safe\" FROM \"hub\" \
               WHERE \"one\" = 1";
    let row = engine::first(engine, sql, &[])?.ok_or_else(|| EngineError::Broken("no ledger here".into()))?;
    let bad = || EngineError::Broken("the ledger's own row cannot be read".into());
    let int = |i: usize| row[i].as_int().ok_or_else(bad);
    let bytes = |i: usize| if let Value::Blob(b) = &row[i] { Ok(b.as_slice()) } else { Err(bad()) };
    match int(0)? {
        VERSION => {}
        MOVED => return Err(EngineError::Moved),
        ARRIVING => return Err(EngineError::Arriving),
        other => return Err(EngineError::Broken(format!("the ledger is of version {other}"))),
    }
    Ok(State {
        hub_id: Uuid::from_slice(bytes(1)?).map_err(|_| bad())?,
        epoch: int(2)?,
        seq: int(3)?,
        audit: Head { no: int(4)?, hash: bytes(5)?.try_into().map_err(|_| bad())? },
        last_at: int(6)?,
        safe: int(7)?,
    })
}

/// Notes that what has numbers up to `seq` is safe off this machine; never takes that back.
///
/// # Errors
/// What the engine says.
pub fn mark_safe(engine: &mut dyn Engine, epoch: i64, seq: i64) -> Result<(), EngineError> {
    let sql =
        "UPDATE \"hub\" SET \"safe\" = ?1 WHERE \"one\" = 1 AND \"epoch\" = ?2 AND \"safe\" < ?1 AND \"seq\" >= ?1";
    engine.execute(sql, &[Value::Int(seq), Value::Int(epoch)]).map(drop)
}

/// Takes the lock that orders everything, inside the engine's transaction, and gives the state it stands at.
pub(super) fn lock(engine: &mut dyn Engine) -> Result<State, EngineError> {
    engine.defer("UPDATE \"hub\" SET \"seq\" = \"seq\" WHERE \"one\" = 1", Vec::new())?;
    state(engine)
}

fn keep(engine: &mut dyn Engine, state: &State) -> Result<(), EngineError> {
    let sql =
        "UPDATE \"hub\" SET \"seq\" = ?1, \"audit_no\" = ?2, \"audit_hash\" = ?3, \"last_at\" = ?4 WHERE \"one\" = 1";
    let hash = Value::Blob(state.audit.hash.to_vec());
    engine.defer(sql, vec![Value::Int(state.seq), Value::Int(state.audit.no), hash, Value::Int(state.last_at)])
}
