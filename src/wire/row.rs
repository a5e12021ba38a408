//! A row as it travels: kind, id and every value in the order of the kind's columns. The schema's number on the page says
//! which columns those are.
//!
//! Form 1: `["counter","0197…",[…]]`; bytes as hexadecimal text, no value as `null`. One line a row: ordinary tools read it.

use super::change::write_value;
use crate::domain::record::{Column, Meta};
use crate::domain::rows::{Kind, Row};
use crate::domain::value::{CellType, Value};
use serde_json::Value as Json;
use uuid::Uuid;

/// The number of the form in which rows and commands travel. A hub serves its own and the one before.
pub const SCHEMA: u32 = 1;

/// A line that is not a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a row: {0}")]
pub struct RowError(pub String);

/// A row as one line.
pub fn to_line(row: &Row) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(256);
    let mut values = Vec::with_capacity(Meta::COLUMNS.len());
    row.meta().cells(&mut values);
    values.extend(row.cells());
    let _ = write!(out, r#"["{}","{}",["#, row.kind().table(), row.uuid().simple());
    for (n, value) in values.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_value(&mut out, value);
    }
    out.push_str("]]");
    out
}

/// Reads [`to_line`]'s text.
///
/// # Errors
/// When it is no row of a kind this version knows.
pub fn from_line(line: &str) -> Result<Row, RowError> {
    let bad = |what: &str| RowError(what.to_owned());
    let json: Json = serde_json::from_str(line).map_err(|e| RowError(e.to_string()))?;
    from_json(json).map_err(|e| bad(&e.0))
}

/// As [`from_line`], of JSON that is read already.
///
/// # Errors
/// As [`from_line`].
pub fn from_json(json: Json) -> Result<Row, RowError> {
    let bad = |what: String| RowError(what);
    let Json::Array(parts) = json else { return Err(bad("no list".into())) };
    let Ok([kind, id, values]) = <[Json; 3]>::try_from(parts) else { return Err(bad("not three parts".into())) };
    let kind = kind.as_str().and_then(Kind::parse).ok_or_else(|| bad(format!("{kind} is no kind")))?;
    let id = id.as_str().and_then(|t| Uuid::parse_str(t).ok()).ok_or_else(|| bad(format!("{id} is no id")))?;
    let Json::Array(values) = values else { return Err(bad("no values".into())) };
    let columns = || Meta::COLUMNS.iter().chain(kind.columns());
    if values.len() != columns().count() {
        return Err(bad(format!("{} values for a {}", values.len(), kind.table())));
    }
    let mut cells = Vec::with_capacity(values.len());
    for (column, value) in columns().zip(values) {
        cells.push(cell(column, value)?);
    }
    let mut cells = cells.into_iter();
    let meta = Meta::from_cells(&mut cells).map_err(|e| bad(e.to_string()))?;
    Row::from_cells(kind, id, meta, &mut cells).map_err(|e| bad(e.to_string()))
}

fn cell(column: &Column, value: Json) -> Result<Value, RowError> {
    let bad = |value: &Json| RowError(format!("{} is {value}", column.name));
    Ok(match (column.cell, value) {
        (_, Json::Null) => Value::Null,
        (CellType::Int, Json::Number(n)) => Value::Int(n.as_i64().ok_or_else(|| bad(&Json::Number(n)))?),
        (CellType::Text, Json::String(t)) => Value::Text(t),
        (CellType::Blob, Json::String(t)) => Value::Blob(bytes(&t).ok_or_else(|| bad(&Json::String(t)))?),
        (_, other) => return Err(bad(&other)),
    })
}

/// Hexadecimal text as bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|p| std::str::from_utf8(p).ok().filter(|p| p.len() == 2).and_then(|p| u8::from_str_radix(p, 16).ok()))
        .collect()
}
