//! Orders out of a database that is damaged, into one that is new.
//!
//! Owns that every order that can be read is taken over as it was, whatever else of the file cannot. Decides nothing about them.

use super::COLUMNS;
use super::journal::{self, Journal};
use crate::store::link;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params_from_iter};
use std::path::Path;

/// What was saved.
#[derive(Debug, Default)]
pub struct Saved {
    /// Their values by [`COLUMNS`], and their ids.
    rows: Vec<Vec<Value>>,
    /// The last number that was given; an order made from now on must not have one of those.
    last_n: i64,
    /// Numbers that lie in a part that cannot be read, and are not in the journal either.
    pub unreadable: Vec<i64>,
    /// Up to where the table was read, one way or the other.
    read_to: i64,
}

impl Saved {
    /// Orders that were read.
    pub fn orders(&self) -> usize {
        self.rows.len()
    }
}

/// Numbers before the last that are looked for one by one where the table cannot be read through: what is older is safe at the hub.
const BACK: i64 = 10_000;

/// Reads every order that can be read.
pub fn salvage(db: &Connection) -> Saved {
    let given = db.query_row("SELECT last_n FROM hub", [], |r| r.get(0)).unwrap_or(0);
    let mut saved = Saved { last_n: given, ..Saved::default() };
    let sql = format!("SELECT {COLUMNS}, id FROM outbox WHERE n > ?1 ORDER BY n LIMIT 1");
    let mut at = 0;
    // Row by row: one that is damaged must not take the others along.
    loop {
        match db.query_row(&sql, [at], values).optional() {
            Ok(Some(row)) => at = saved.take(row),
            Ok(None) => {
                saved.read_to = given;
                return saved;
            }
            Err(_) => break,
        }
    }
    let one = format!("SELECT {COLUMNS}, id FROM outbox WHERE n = ?1");
    for n in (at + 1).max(saved.last_n - BACK)..=saved.last_n {
        match db.query_row(&one, [n], values).optional() {
            Ok(Some(row)) => _ = saved.take(row),
            Ok(None) => {}
            Err(_) => saved.unreadable.push(n),
        }
    }
    saved.read_to = saved.last_n;
    saved
}

impl Saved {
    /// Takes from the journal of the database what could not be read in it.
    pub fn complete(&mut self, database: &Path) {
        let (last, unreadable) = (self.read_to, std::mem::take(&mut self.unreadable));
        let Journal { mut made, withdrawn } = journal::read(database);
        for n in unreadable {
            match made.remove(&n).as_ref().and_then(journal::values) {
                Some(row) => _ = self.take(row),
                None if withdrawn.contains(&n) => {}
                None => self.unreadable.push(n),
            }
        }
        // What was made after the last that is known here: of a file that cannot be read at all, everything.
        for row in made.split_off(&(last + 1)).values().filter_map(journal::values) {
            self.take(row);
        }
        self.rows.sort_by_key(|row| if let Some(Value::Integer(n)) = row.first() { *n } else { 0 });
    }
}

fn values(r: &rusqlite::Row<'_>) -> rusqlite::Result<Vec<Value>> {
    (0..COLUMNS.split(',').count() + 1).map(|i| r.get(i)).collect()
}

impl Saved {
    /// Keeps a row; its number.
    fn take(&mut self, row: Vec<Value>) -> i64 {
        let n = if let Some(Value::Integer(n)) = row.first() { *n } else { 0 };
        self.last_n = self.last_n.max(n);
        self.rows.push(row);
        n
    }
}

/// Puts saved orders into a new database, all of them or none. Those the hub had accepted are fetched as rows: they stay until they
/// are safe there.
///
/// # Errors
/// What SQLite says.
pub fn take_over(db: &mut Connection, saved: &Saved) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let marks = vec!["?"; COLUMNS.split(',').count() + 1].join(", ");
    let sql = format!("INSERT INTO outbox ({COLUMNS}, id) VALUES ({marks})");
    for row in &saved.rows {
        tx.execute(&sql, params_from_iter(row))?;
    }
    if let Some(mut link) = link::get(&tx)? {
        link.last_n = saved.last_n;
        link::put(&tx, &link)?;
    }
    tx.commit()
}
