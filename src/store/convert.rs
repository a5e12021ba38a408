//! Between domain values and SQLite's: the one place where a [`Value`] is bound or read.

use crate::domain::record::{Column, Meta};
use crate::domain::rows::{Kind, Row};
use crate::domain::value::{Shown, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Error, ToSql};
use uuid::Uuid;

/// A value to bind.
pub struct Bind<'a>(pub &'a Value);

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(reference(Shown::of(self.0))))
    }
}

/// A value of a row to bind, as it lies there.
pub struct BindShown<'a>(pub Shown<'a>);

impl ToSql for BindShown<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(reference(self.0)))
    }
}

fn reference(value: Shown<'_>) -> ValueRef<'_> {
    match value {
        Shown::Null => ValueRef::Null,
        Shown::Int(n) => ValueRef::Integer(n),
        Shown::Text(t) => ValueRef::Text(t.as_bytes()),
        Shown::Blob(b) => ValueRef::Blob(b),
    }
}

/// Reads a column as a domain value.
///
/// # Errors
/// For a real number or text that is not UTF-8: our tables hold neither.
pub fn value(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Text(t) => Value::Text(text(t, index)?),
        ValueRef::Blob(b) => Value::Blob(b.to_vec()),
        ValueRef::Real(_) => return Err(Error::InvalidColumnType(index, "real".into(), rusqlite::types::Type::Real)),
    })
}

fn text(bytes: &[u8], index: usize) -> rusqlite::Result<String> {
    let bad = |e| Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(e));
    std::str::from_utf8(bytes).map(str::to_owned).map_err(bad)
}

/// Reads an id column.
///
/// # Errors
/// When it is not 16 bytes.
pub fn uuid(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(index).map(Uuid::from_bytes)
}

/// `id, org_id, rev, …, own columns` of a kind, for SELECT and INSERT.
pub fn column_names(kind: Kind) -> String {
    let names = Meta::COLUMNS.iter().chain(kind.columns()).map(|c: &Column| c.name);
    std::iter::once("id").chain(names).collect::<Vec<_>>().join(", ")
}

/// Reads a row selected with [`column_names`].
///
/// # Errors
/// When a value does not fit its column.
pub fn row(kind: Kind, from: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let id = uuid(from, 0)?;
    let count = Meta::COLUMNS.len() + kind.columns().len();
    // Room for all of them at once: one decision may read thousands of rows.
    let mut values = Vec::with_capacity(count);
    for i in 1..=count {
        values.push(value(from, i)?);
    }
    let mut values = values.into_iter();
    let bad = |e: crate::domain::value::CellError| {
        Error::FromSqlConversionFailure(0, rusqlite::types::Type::Null, Box::new(e))
    };
    let meta = Meta::from_cells(&mut values).map_err(bad)?;
    Row::from_cells(kind, id, meta, &mut values).map_err(bad)
}
