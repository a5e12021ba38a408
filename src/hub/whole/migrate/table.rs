//! One table from a ledger into another: all of it first, then what has changed since.
//!
//! Owns that every row written is read back, and what is remembered of it. Knows no table by name and ends no transaction.

use super::sum::Sum;
use crate::domain::value::Value;
use crate::hub::engine::{self, Engine, EngineError};
use crate::hub::rows::Bulk;
use crate::hub::schema::Shape;
use crate::hub::whole::HubError;
use std::collections::HashMap;

/// Rows read at once.
const PAGE: i64 = 500;

/// Takes a page of rows.
type Taker<'a> = dyn FnMut(&[Vec<Value>]) -> Result<(), HubError> + 'a;

/// A table that is being copied, and what is in the copy.
pub(super) struct Table {
    shape: Shape,
    bulk: Bulk,
    /// `"a", "b"`: all columns, and those of the key.
    names: String,
    key: String,
    marks: String,
    /// Of the rows as they were read back.
    sum: Sum,
    /// Each row by its key, both as hashes: a table of a million rows takes some tens of megabytes.
    rows: HashMap<u64, u64>,
}

impl Table {
    pub(super) fn new(shape: Shape) -> Table {
        let quoted =
            |names: &mut dyn Iterator<Item = &String>| names.map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
        let names: Vec<&str> = shape.columns.iter().map(String::as_str).collect();
        let key: Vec<&str> = shape.key.iter().map(|n| names[*n]).collect();
        Table {
            bulk: Bulk::new(&shape.table, &names, &key, &[]),
            names: quoted(&mut shape.columns.iter()),
            key: quoted(&mut shape.key.iter().map(|n| &shape.columns[*n])),
            marks: (1..=shape.key.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", "),
            sum: Sum::default(),
            rows: HashMap::new(),
            shape,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.shape.table
    }

    /// The rows of the copy, and what they come to.
    pub(super) fn counted(&self) -> (u64, String) {
        (self.rows.len() as u64, self.sum.text())
    }

    /// How many rows there are.
    pub(super) fn count(&self, engine: &mut dyn Engine) -> Result<u64, EngineError> {
        let count = engine::first(engine, &format!("SELECT count(*) FROM \"{}\"", self.shape.table), &[])?;
        Ok(count.and_then(|r| r[0].as_int()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.shape.key.iter().map(|n| row[*n].clone()).collect()
    }

    fn hashed(&self, row: &[Value]) -> (u64, u64) {
        (Sum::of(&self.key_of(row)).short(), Sum::of(row).short())
    }

    /// Copies every row and reads it back; `tell` is told of rows read and of rows read back.
    pub(super) fn copy(
        &mut self,
        source: &mut dyn Engine,
        target: &mut dyn Engine,
        tell: &mut dyn FnMut(usize) -> Result<(), HubError>,
    ) -> Result<(), HubError> {
        let mut here = Sum::default();
        self.each(source, &mut |page| {
            self.bulk.write(target, page)?;
            page.iter().for_each(|row| here.add(row));
            tell(page.len())
        })?;
        self.read(target, tell)?;
        if here == self.sum { Ok(()) } else { Err(HubError::Differs(self.shape.table.clone())) }
    }

    /// Reads what the copy holds.
    pub(super) fn read(
        &mut self,
        target: &mut dyn Engine,
        tell: &mut dyn FnMut(usize) -> Result<(), HubError>,
    ) -> Result<(), HubError> {
        let (mut sum, mut rows) = (Sum::default(), HashMap::new());
        self.each(target, &mut |page| {
            page.iter().for_each(|row| sum.add(row));
            rows.extend(page.iter().map(|row| self.hashed(row)));
            tell(page.len())
        })?;
        (self.sum, self.rows) = (sum, rows);
        Ok(())
    }

    /// Copies the rows that are other than they were, and says whether both are the same then.
    pub(super) fn follow(&mut self, source: &mut dyn Engine, target: &mut dyn Engine) -> Result<(), HubError> {
        let (mut here, mut changed, mut read) = (Sum::default(), Vec::new(), 0_usize);
        self.each(source, &mut |page| {
            read += page.len();
            for row in page {
                here.add(row);
                let (key, hash) = self.hashed(row);
                if self.rows.get(&key) != Some(&hash) {
                    changed.push(row.clone());
                }
            }
            Ok(())
        })?;
        for row in &changed {
            if let Some(old) = self.one(target, row)? {
                self.sum.take(&old);
            }
        }
        self.bulk.write(target, &changed)?;
        for row in &changed {
            let Some(new) = self.one(target, row)? else { continue };
            self.sum.add(&new);
            let (key, hash) = self.hashed(&new);
            self.rows.insert(key, hash);
        }
        // Nothing is ever deleted from a ledger that is served: a row that went would show here.
        if here == self.sum && read == self.rows.len() {
            Ok(())
        } else {
            Err(HubError::Differs(self.shape.table.clone()))
        }
    }

    /// The row of the copy with the key of this one.
    fn one(&self, target: &mut dyn Engine, row: &[Value]) -> Result<Option<Vec<Value>>, EngineError> {
        let Table { names, key, marks, .. } = self;
        let sql = format!("SELECT {names} FROM \"{}\" WHERE ({key}) = ({marks})", self.shape.table);
        engine::first(target, &sql, &self.key_of(row))
    }

    /// Reads a table page by page.
    fn each(&self, engine: &mut dyn Engine, page: &mut Taker<'_>) -> Result<(), HubError> {
        let Table { names, key, marks, .. } = self;
        let table = &self.shape.table;
        let first = format!("SELECT {names} FROM \"{table}\" ORDER BY {key} LIMIT {PAGE}");
        let next = format!("SELECT {names} FROM \"{table}\" WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {PAGE}");
        let mut after = None::<Vec<Value>>;
        loop {
            let found = match &after {
                None => engine::all(engine, &first, &[])?,
                Some(after) => engine::all(engine, &next, after)?,
            };
            let Some(last) = found.last() else { return Ok(()) };
            after = Some(self.key_of(last));
            page(&found)?;
        }
    }
}
