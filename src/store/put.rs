//! Changed rows into their tables: a new row whole, a changed one only where it changed, so that the indices of all its
//! other columns are left alone.
//!
//! Owns the statements of one batch of changes; must not begin or end a transaction.

use super::convert::Bind;
use super::rows::{name_column, put, put_sql};
use crate::base::pinyin;
use crate::domain::record::Meta;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::Value;
use crate::domain::work::Change;
use rusqlite::{CachedStatement, Connection, Error};
use std::collections::HashMap;

/// The statements a batch of changes needs, each made once: a delisting writes as many rows as there are counters.
pub struct Puts<'a> {
    db: &'a Connection,
    inserts: HashMap<Kind, CachedStatement<'a>>,
    /// By the columns that changed, one bit each.
    updates: HashMap<(Kind, u64), CachedStatement<'a>>,
}

impl<'a> Puts<'a> {
    pub fn new(db: &'a Connection) -> Puts<'a> {
        Puts { db, inserts: HashMap::new(), updates: HashMap::new() }
    }

    /// Writes one change with its number.
    ///
    /// # Errors
    /// What SQLite says; that the row to be changed is not there.
    pub fn put(&mut self, change: &Change, change_no: i64) -> rusqlite::Result<()> {
        match &change.before {
            Some(before) => self.update(before, &change.after, change_no),
            None => self.insert(&change.after, change_no),
        }
    }

    fn insert(&mut self, row: &Row, change_no: i64) -> rusqlite::Result<()> {
        let kind = row.kind();
        let statement = match self.inserts.entry(kind) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(self.db.prepare_cached(put_sql(kind))?),
        };
        put(statement, row, change_no)
    }

    fn update(&mut self, before: &Row, after: &Row, change_no: i64) -> rusqlite::Result<()> {
        let (kind, id) = (after.kind(), after.uuid());
        let (old, new) = (meta(before), meta(after));
        let first = Meta::COLUMNS.len();
        let changed = |place: &usize| old.get(*place) != new.get(*place);
        let columns = (0..first).filter(changed).fold(after.differing(before) << first, |set, place| set | 1 << place);
        let statement = match self.updates.entry((kind, columns)) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(self.db.prepare_cached(&update_sql(kind, columns))?)
            }
        };
        let mut place = 0;
        let mut next = || {
            place += 1;
            place
        };
        for place in places(columns) {
            match new.get(place) {
                Some(value) => statement.raw_bind_parameter(next(), Bind(value))?,
                None => statement.raw_bind_parameter(next(), Bind(&after.cell(place - first)))?,
            }
        }
        if let Some(name) = name_place(kind).filter(|n| columns >> n & 1 == 1) {
            let name = after.cell(name - first);
            statement.raw_bind_parameter(next(), pinyin::key(name.as_text().unwrap_or_default()))?;
        }
        statement.raw_bind_parameter(next(), change_no)?;
        statement.raw_bind_parameter(next(), id.as_bytes().as_slice())?;
        match statement.raw_execute()? {
            1 => Ok(()),
            n => Err(Error::StatementChangedRows(n)),
        }
    }
}

/// The values every row has, in the order of their columns.
fn meta(row: &Row) -> Vec<Value> {
    let mut out = Vec::with_capacity(Meta::COLUMNS.len());
    row.meta().cells(&mut out);
    out
}

/// The places a set of bits names.
fn places(set: u64) -> impl Iterator<Item = usize> {
    (0..64).filter(move |place| set >> place & 1 == 1)
}

/// Place of the name among all columns but the id.
fn name_place(kind: Kind) -> Option<usize> {
    name_column(kind).map(|n| Meta::COLUMNS.len() + n)
}

fn update_sql(kind: Kind, columns: u64) -> String {
    let all = Meta::COLUMNS.iter().chain(kind.columns()).map(|c| c.name).enumerate();
    let mut sets: Vec<&str> = all.filter(|(n, _)| columns >> n & 1 == 1).map(|(_, name)| name).collect();
    if name_place(kind).is_some_and(|n| columns >> n & 1 == 1) {
        sets.push("name_key");
    }
    sets.push("change_no");
    format!("UPDATE \"{}\" SET {} = ? WHERE id = ?", kind.table(), sets.join(" = ?, "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_every_kind_have_a_bit_each() {
        for kind in Kind::ALL {
            let columns = Meta::COLUMNS.len() + kind.columns().len();
            assert!(columns < 64, "{} has {columns} columns", kind.table());
            let all = update_sql(*kind, (1 << columns) - 1);
            let names = usize::from(name_place(*kind).is_some());
            assert_eq!(all.matches('?').count(), columns + names + 2, "{all}");
        }
        assert!(update_sql(Kind::Counter, 0).starts_with("UPDATE \"counter\" SET change_no = ? WHERE id = ?"));
    }
}
