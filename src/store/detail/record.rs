//! One audit record as it was written, with every field it changed.

use crate::domain::rows::Kind;
use crate::store::convert;
use crate::wire::change::{self, FieldChange};
use crate::wire::record::hex;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use uuid::Uuid;

/// The record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub no: i64,
    pub at: Timestamp,
    pub person: String,
    pub org: String,
    pub role: String,
    /// Terminal and address it was asked from.
    pub origin: String,
    pub command: String,
    /// Kind and id of the row it is about, when it is about one.
    pub target: Option<(Kind, Uuid)>,
    pub code: String,
    pub reason: String,
    pub outcome: String,
    pub fields: Vec<FieldChange>,
    /// Codes of the rows changed, by their id in hexadecimal.
    pub codes: HashMap<String, String>,
    pub hash: String,
}

/// Rows whose codes are looked up: a change of thousands is told by their number.
const NAMED: usize = 200;

/// Reads the record with this number.
///
/// # Errors
/// What SQLite says.
pub fn record(db: &Connection, no: i64) -> rusqlite::Result<Option<Record>> {
    let sql = "SELECT at, person, org_name, role, origin, command, target, target_code, reason, outcome, detail, hash \
               FROM audit WHERE no = ?1";
    let read = db.prepare_cached(sql)?.query_row([no], |r| {
        let command: String = r.get(5)?;
        let kind = command.split('.').next().and_then(Kind::parse);
        let id = convert::uuid(r, 6)?;
        Ok(Record {
            no,
            at: Timestamp::from_millisecond(r.get(0)?).unwrap_or_default(),
            person: r.get(1)?,
            org: r.get(2)?,
            role: r.get(3)?,
            origin: r.get(4)?,
            target: kind.filter(|_| !id.is_nil()).map(|kind| (kind, id)),
            command,
            code: r.get(7)?,
            reason: r.get(8)?,
            outcome: r.get(9)?,
            fields: change::from_json(&r.get::<_, String>(10)?),
            codes: HashMap::new(),
            hash: hex(&r.get::<_, Vec<u8>>(11)?),
        })
    });
    let Some(mut record) = read.optional()? else { return Ok(None) };
    for field in record.fields.iter().take(NAMED) {
        if record.codes.contains_key(&field.id) {
            continue;
        }
        let (Some(kind), Ok(id)) = (Kind::parse(&field.kind), Uuid::parse_str(&field.id)) else { continue };
        if kind.columns().iter().any(|c| c.name == "code") {
            let sql = format!("SELECT code FROM \"{}\" WHERE id = ?1", kind.table());
            let code = db.prepare_cached(&sql)?.query_row([id.as_bytes().as_slice()], |r| r.get(0)).optional()?;
            record.codes.insert(field.id.clone(), code.unwrap_or_default());
        }
    }
    Ok(Some(record))
}
