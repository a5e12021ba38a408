//! What a batch has read and what it will write.
//!
//! Owns that a row is read once and that everything is written many rows a statement: each statement is a trip to the database. Whoever
//! has a sheet holds the ledger's lock, so what was read stays true. Begins and ends no transaction, decides nothing.

use crate::domain::rows::{Kind, Organisation, Row};
use crate::domain::value::Value;
use crate::domain::work::{Named, Rows};
use crate::hub::engine::{Engine, EngineError};
use crate::hub::rows::{self, Bulk, LedgerRows, blob};
use crate::wire::row;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

/// Codes looked for at once.
const AT_ONCE: i64 = 64;

static FEED: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::new("feed", &["kind", "id", "seq", "org", "area", "body"], &["kind", "id"], &[]));

/// The rows of a ledger as they will be when the batch is written.
pub(super) struct Sheet<'a> {
    rows: LedgerRows<'a>,
    held: RefCell<Held>,
}

#[derive(Default)]
struct Held {
    /// Rows as they are or will be; `None`: there is no such row.
    rows: HashMap<(Kind, Uuid), Option<Row>>,
    unwritten: HashMap<Kind, Unwritten>,
    /// The last place given in a kind's table.
    last: HashMap<Kind, i64>,
    sets: HashMap<Named, Vec<String>>,
    /// Codes that no row of the kind's table has, as far as was asked.
    free: HashSet<(Kind, String)>,
    /// The division every organisation answers for: where rows without a county of their own belong.
    divisions: HashMap<Uuid, String>,
    /// Numbers the feed does not have yet, each row's last one.
    feed: Vec<(Kind, Uuid, i64)>,
    fed: HashMap<(Kind, Uuid), usize>,
}

/// Rows of one kind that the table does not have yet, each with its place: 0 when it has one.
#[derive(Default)]
struct Unwritten {
    list: Vec<(Uuid, i64)>,
    ids: HashSet<Uuid>,
    codes: HashSet<String>,
    /// Whether one of them is in the table as it was.
    changed: bool,
}

impl Unwritten {
    fn note(&mut self, row: &Row, place: i64) {
        self.codes.extend(code_of(row));
        // Changed once more before it was written: as new as it was.
        if self.ids.insert(row.uuid()) {
            self.list.push((row.uuid(), place));
            self.changed |= place == 0;
        }
    }
}

fn code_of(row: &Row) -> Option<String> {
    let place = row.kind().columns().iter().position(|c| c.name == "code")?;
    row.cell(place).as_text().map(str::to_owned)
}

impl<'a> Sheet<'a> {
    pub(super) fn new(engine: &'a mut dyn Engine) -> Sheet<'a> {
        Sheet { rows: LedgerRows::new(engine), held: RefCell::default() }
    }

    /// The engine, for what is no row.
    pub(super) fn engine<T>(&self, what: impl FnOnce(&mut dyn Engine) -> T) -> T {
        self.rows.engine(what)
    }

    /// Why rows could not be read, when they could not.
    pub(super) fn failure(&self) -> Option<EngineError> {
        self.rows.failure()
    }

    /// Reads rows that will be asked for, many a statement.
    ///
    /// # Errors
    /// What the engine says.
    pub(super) fn read_ahead(&self, kind: Kind, ids: &[Uuid]) -> Result<(), EngineError> {
        let found = self.engine(|e| rows::of_ids(e, kind, ids))?;
        let mut held = self.held.borrow_mut();
        for id in ids {
            held.rows.entry((kind, *id)).or_insert(None);
        }
        for row in found {
            held.hold(row);
        }
        Ok(())
    }

    /// Takes changed rows in, each with whether it is new, under `seq`.
    ///
    /// # Errors
    /// What the engine says.
    pub(super) fn put<'r>(&self, seq: i64, changed: impl Iterator<Item = (&'r Row, bool)>) -> Result<(), EngineError> {
        for (row, new) in changed {
            let (kind, id) = (row.kind(), row.uuid());
            let last = if new { self.last(kind)? + 1 } else { 0 };
            let mut held = self.held.borrow_mut();
            if new {
                held.last.insert(kind, last);
            }
            held.unwritten.entry(kind).or_default().note(row, last);
            match held.fed.get(&(kind, id)).copied() {
                Some(place) => held.feed[place].2 = seq,
                None => {
                    let place = held.feed.len();
                    held.fed.insert((kind, id), place);
                    held.feed.push((kind, id, seq));
                }
            }
            held.hold(row.clone());
        }
        Ok(())
    }

    /// Writes what is not written yet, and forgets the rows.
    ///
    /// # Errors
    /// What the engine says.
    pub(super) fn write(&self) -> Result<(), EngineError> {
        let kinds: Vec<Kind> = self.held.borrow().unwritten.keys().copied().collect();
        kinds.into_iter().try_for_each(|kind| self.write_kind(kind))?;
        let feed = std::mem::take(&mut self.held.borrow_mut().feed);
        let mut lines = Vec::with_capacity(feed.len());
        for (kind, id, seq) in feed {
            let Some(row) = self.held.borrow().rows.get(&(kind, id)).cloned().flatten() else { continue };
            lines.push(vec![
                Value::Text(kind.table().to_owned()),
                blob(id),
                Value::Int(seq),
                blob(row.meta().org),
                Value::Text(self.area(&row)?),
                Value::Text(row::to_line(&row)),
            ]);
        }
        self.engine(|e| FEED.write(e, &lines))?;
        let mut held = self.held.borrow_mut();
        held.fed.clear();
        held.rows.clear();
        Ok(())
    }

    /// Writes the rows of one kind that its table does not have yet.
    fn write_kind(&self, kind: Kind) -> Result<(), EngineError> {
        let Some(unwritten) = self.held.borrow_mut().unwritten.remove(&kind) else { return Ok(()) };
        self.held.borrow_mut().free.retain(|(of, code)| *of != kind || !unwritten.codes.contains(code));
        let held = self.held.borrow();
        let row = |(id, place): &(Uuid, i64)| held.rows.get(&(kind, *id))?.as_ref().map(|row| (row, *place));
        let rows: Vec<(&Row, i64)> = unwritten.list.iter().filter_map(row).collect();
        self.engine(|e| rows::put(e, kind, &rows))
    }

    /// The new rows of a kind that the table does not have yet and whose `column` equals `value`, as they came. Changed ones are
    /// written first: where among the others they stand, the table knows.
    fn new_ones(&self, kind: Kind, column: &str, value: &Value) -> Result<Vec<Row>, EngineError> {
        if self.held.borrow().unwritten.get(&kind).is_some_and(|u| u.changed) {
            self.write_kind(kind)?;
        }
        let held = self.held.borrow();
        let (Some(unwritten), Some(place)) =
            (held.unwritten.get(&kind), kind.columns().iter().position(|c| c.name == column))
        else {
            return Ok(Vec::new());
        };
        let row = |(id, _): &(Uuid, i64)| held.rows.get(&(kind, *id))?.clone();
        Ok(unwritten.list.iter().filter_map(row).filter(|row| row.cell(place) == *value).collect())
    }

    /// The last place given in a kind's table.
    fn last(&self, kind: Kind) -> Result<i64, EngineError> {
        if let Some(last) = self.held.borrow().last.get(&kind) {
            return Ok(*last);
        }
        let last = self.engine(|e| rows::last(e, kind))?;
        self.held.borrow_mut().last.insert(kind, last);
        Ok(last)
    }

    /// The county or division a row belongs to: its own, or that of its organisation.
    fn area(&self, row: &Row) -> Result<String, EngineError> {
        if let Some(own) = own_area(row) {
            return Ok(own);
        }
        let org = row.meta().org;
        if let Some(known) = self.held.borrow().divisions.get(&org) {
            return Ok(known.clone());
        }
        let found =
            self.fetch(Kind::Organisation, org).map_err(|why| self.failure().unwrap_or(EngineError::Broken(why)))?;
        let Some(Row::Organisation(Organisation { division_code, .. })) = found else { return Ok(String::new()) };
        Ok(division_code)
    }
}

impl Held {
    fn hold(&mut self, row: Row) {
        if let Row::Organisation(o) = &row {
            self.divisions.insert(o.id.0, o.division_code.clone());
        }
        self.rows.insert((row.kind(), row.uuid()), Some(row));
    }
}

/// The county or division a row names itself.
pub(in crate::hub) fn own_area(row: &Row) -> Option<String> {
    let place = row.kind().columns().iter().position(|c| matches!(c.name, "county_code" | "division_code"))?;
    row.cell(place).as_text().filter(|code| !code.is_empty()).map(str::to_owned)
}

impl Rows for Sheet<'_> {
    fn fetch(&self, kind: Kind, id: Uuid) -> Result<Option<Row>, String> {
        if let Some(known) = self.held.borrow().rows.get(&(kind, id)) {
            return Ok(known.clone());
        }
        let found = self.rows.fetch(kind, id)?;
        let mut held = self.held.borrow_mut();
        match &found {
            Some(row) => held.hold(row.clone()),
            None => _ = held.rows.insert((kind, id), None),
        }
        Ok(found)
    }

    fn find(&self, kind: Kind, column: &'static str, value: &Value) -> Result<Vec<Row>, String> {
        let new = self.new_ones(kind, column, value).map_err(|e| self.rows.failed(e))?;
        let mut found = self.rows.find(kind, column, value)?;
        found.extend(new);
        Ok(found)
    }

    fn count(&self, kind: Kind, only: Option<(&'static str, &Value)>) -> Result<i64, String> {
        // Rows are never deleted, so the last place is the count.
        let Some((column, value)) = only else { return self.last(kind).map_err(|e| self.rows.failed(e)) };
        let new = self.new_ones(kind, column, value).map_err(|e| self.rows.failed(e))?;
        Ok(self.rows.count(kind, only)? + i64::try_from(new.len()).unwrap_or(0))
    }

    fn free_code(&self, kind: Kind, from: i64, code: &dyn Fn(i64) -> String) -> Result<String, String> {
        let mut number = from;
        loop {
            let first = code(number);
            let mut held = self.held.borrow_mut();
            if held.free.contains(&(kind, first.clone())) {
                if !held.unwritten.get(&kind).is_some_and(|u| u.codes.contains(&first)) {
                    return Ok(first);
                }
                number += 1;
                continue;
            }
            // The next of the batch will ask for the next.
            let some: Vec<String> = (number..number + AT_ONCE).map(code).collect();
            let taken = self.engine(|e| rows::codes(e, kind, &some)).map_err(|e| self.rows.failed(e))?;
            number += i64::from(taken.contains(&first));
            held.free.extend(some.into_iter().filter(|c| !taken.contains(c)).map(|c| (kind, c)));
        }
    }

    fn reference(&self, set: Named) -> Result<Vec<String>, String> {
        if let Some(known) = self.held.borrow().sets.get(&set) {
            return Ok(known.clone());
        }
        let found = self.rows.reference(set)?;
        self.held.borrow_mut().sets.insert(set, found.clone());
        Ok(found)
    }
}
