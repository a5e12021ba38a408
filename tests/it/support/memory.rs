//! The domain's rows in memory: the second storage, against which decisions and the SQLite store are compared.

use gongfu::domain::record::Record;
use gongfu::domain::rows::{Kind, Row};
use gongfu::domain::value::Value;
use gongfu::domain::work::{Change, Named, NewId, Rows};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows by kind, in the order they were made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    rows: HashMap<Kind, Vec<Row>>,
}

impl Memory {
    /// Adds a row as it is, or takes the place of the one with its id.
    pub fn put(&mut self, row: Row) {
        let rows = self.rows.entry(row.kind()).or_default();
        match rows.iter_mut().find(|r| r.uuid() == row.uuid()) {
            Some(old) => *old = row,
            None => rows.push(row),
        }
    }

    /// Adds a row that is known to be new.
    pub fn append(&mut self, row: Row) {
        self.rows.entry(row.kind()).or_default().push(row);
    }

    pub fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            self.put(change.after.clone());
        }
    }

    /// Every row of a kind.
    pub fn of(&self, kind: Kind) -> &[Row] {
        self.rows.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Every row of a type.
    pub fn all<R: Record>(&self) -> Vec<R> {
        self.of(R::KIND).iter().cloned().filter_map(R::from_row).collect()
    }

    pub fn get<R: Record>(&self, id: Uuid) -> R {
        let row = self.of(R::KIND).iter().find(|r| r.uuid() == id).cloned();
        row.and_then(R::from_row).expect("a row with this id")
    }
}

fn cell(row: &Row, column: &str) -> Value {
    let place = row.kind().columns().iter().position(|c| c.name == column).expect("a column of the kind");
    row.cells().swap_remove(place)
}

impl Rows for Memory {
    fn fetch(&self, kind: Kind, id: Uuid) -> Result<Option<Row>, String> {
        Ok(self.of(kind).iter().find(|r| r.uuid() == id).cloned())
    }

    fn find(&self, kind: Kind, column: &'static str, value: &Value) -> Result<Vec<Row>, String> {
        Ok(self.of(kind).iter().filter(|r| cell(r, column) == *value).cloned().collect())
    }

    fn count(&self, kind: Kind, only: Option<(&'static str, &Value)>) -> Result<i64, String> {
        let n = match only {
            None => self.of(kind).len(),
            Some((column, value)) => self.of(kind).iter().filter(|r| cell(r, column) == *value).count(),
        };
        Ok(i64::try_from(n).expect("a small number"))
    }

    fn reference(&self, set: Named) -> Result<Vec<String>, String> {
        Ok(set.shipped().iter().map(|c| (*c).to_owned()).collect())
    }
}

/// Text of a row's column; empty when it has none.
pub fn text(row: &Row, column: &str) -> String {
    let place = row.kind().columns().iter().position(|c| c.name == column);
    place.and_then(|i| row.cells()[i].as_text().map(str::to_owned)).unwrap_or_default()
}

/// The row with one column set to a text, whatever the rules say.
pub fn with_text(row: &Row, column: &str, to: &str) -> Row {
    let place = row.kind().columns().iter().position(|c| c.name == column).expect("a column of the kind");
    let mut cells = row.cells();
    cells[place] = Value::Text(to.to_owned());
    Row::from_cells(row.kind(), row.uuid(), row.meta().clone(), &mut cells.into_iter()).expect("a value that fits")
}

/// Ids 1, 2, 3, …
#[derive(Debug, Clone, Default)]
pub struct Count(pub u128);

impl NewId for Count {
    fn new_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}
