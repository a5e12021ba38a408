//! Which consoles have a row as it stands now: those whose cursor is at or past the number of its latest change.
//!
//! Owns who is counted: consoles with access whose scope has the row. What a console has told lately may not be in the ledger yet:
//! the caller brings it.

use super::engine::{self, Engine, EngineError};
use super::ledger::Device;
use super::pull::Eye;
use super::rows::blob;
use crate::domain::codes::Role;
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::wire::protocol::{Behind, Receipts};
use std::collections::HashMap;
use uuid::Uuid;

/// A cursor and when it was told, in milliseconds since 1970.
pub type Told = (i64, i64);

/// Where a row stands in the feed, and whose it is.
struct Place {
    seq: i64,
    org: Uuid,
    area: String,
}

/// Who has the latest of a row; nothing when there is no such row. `told` is what consoles have said since the ledger was written.
///
/// # Errors
/// What the engine says.
pub fn of(
    engine: &mut dyn Engine,
    kind: Kind,
    id: Uuid,
    told: &HashMap<Uuid, Told>,
) -> Result<Option<Receipts>, EngineError> {
    let Some(place) = place(engine, kind, id)? else { return Ok(None) };
    let sql = "SELECT d.\"id\", d.\"name\", d.\"org_id\", d.\"role\", d.\"scope\", d.\"cursor\", d.\"seen_at\", \
               o.\"name\", o.\"division_code\" FROM \"device\" d JOIN \"organisation\" o ON o.\"id\" = d.\"org_id\" \
               WHERE d.\"revoked_at\" IS NULL ORDER BY d.\"enrolled_at\", d.\"id\"";
    let mut out = Receipts { seq: place.seq, have: 0, of: 0, missing: Vec::new() };
    for row in engine::all(engine, sql, &[])? {
        let text = |i: usize| row[i].as_text().unwrap_or_default().to_owned();
        let int = |i: usize| row[i].as_int();
        let device = device(&row)?;
        if !Eye::new(&device, &text(8)).sees(kind, &place.area, place.org) {
            continue;
        }
        let (cursor, seen_at) = match told.get(&device.id) {
            Some((cursor, at)) if int(6).is_none_or(|seen| seen <= *at) => (*cursor, Some(*at)),
            _ => (int(5).unwrap_or(0), int(6)),
        };
        out.of += 1;
        if cursor >= place.seq {
            out.have += 1;
        } else {
            out.missing.push(Behind { name: device.name, org: text(7), behind: place.seq - cursor, seen_at });
        }
    }
    Ok(Some(out))
}

fn place(engine: &mut dyn Engine, kind: Kind, id: Uuid) -> Result<Option<Place>, EngineError> {
    let sql = "SELECT \"seq\", \"org\", \"area\" FROM \"feed\" WHERE \"kind\" = ?1 AND \"id\" = ?2";
    let args = [Value::Text(kind.table().to_owned()), blob(id)];
    let Some(row) = engine::first(engine, sql, &args)? else { return Ok(None) };
    let bad = || EngineError::Broken(format!("the line of {id} in the feed cannot be read"));
    let Value::Blob(org) = &row[1] else { return Err(bad()) };
    let org = Uuid::from_slice(org).map_err(|_| bad())?;
    let seq = row[0].as_int().ok_or_else(bad)?;
    Ok(Some(Place { seq, org, area: row[2].as_text().unwrap_or_default().to_owned() }))
}

fn device(row: &[Value]) -> Result<Device, EngineError> {
    let bad = || EngineError::Broken("a device cannot be read".into());
    let id = |value: &Value| match value {
        Value::Blob(b) => Uuid::from_slice(b).map_err(|_| bad()),
        _ => Err(bad()),
    };
    Ok(Device {
        id: id(&row[0])?,
        name: row[1].as_text().unwrap_or_default().to_owned(),
        org: id(&row[2])?,
        role: row[3].as_text().and_then(Role::parse).ok_or_else(bad)?,
        scope: row[4].as_int().unwrap_or(0),
        signer: None,
    })
}
