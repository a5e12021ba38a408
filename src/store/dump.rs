//! All rows of a kind, one after the other in the order they arrived: what a hub's ledger is filled with.
//!
//! Owns that they are streamed: however many there are, one is in memory. The caller keeps one moment of the database.

use super::convert;
use crate::domain::rows::{Kind, Row};
use rusqlite::Connection;

/// Hands on every row of `kind`, ordered by `seq`; ends with the first error of `each`.
///
/// # Errors
/// What SQLite or `each` says.
pub fn rows<E: From<rusqlite::Error>>(
    db: &Connection,
    kind: Kind,
    each: &mut dyn FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    let sql = format!("SELECT {} FROM \"{}\" ORDER BY seq", convert::column_names(kind), kind.table());
    let mut statement = db.prepare(&sql)?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        each(convert::row(kind, row)?)?;
    }
    Ok(())
}
