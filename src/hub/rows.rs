//! The ledger's rows in and out: what a decision reads, and what it changed.
//!
//! Owns the rows' SQL on both engines; begins and ends no transaction.

use super::engine::{self, Engine, EngineError};
use super::schema::columns;
use crate::domain::record::Meta;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::Value;
use crate::domain::work::{Named, Rows};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// Rows written with one statement where there are as many.
const TOGETHER: usize = 50;

/// The rows of a ledger, inside the engine's transaction.
pub struct LedgerRows<'a> {
    engine: RefCell<&'a mut dyn Engine>,
    failure: RefCell<Option<EngineError>>,
}

impl<'a> LedgerRows<'a> {
    pub fn new(engine: &'a mut dyn Engine) -> LedgerRows<'a> {
        LedgerRows { engine: RefCell::new(engine), failure: RefCell::new(None) }
    }

    /// Why rows could not be read, when they could not.
    pub fn into_failure(self) -> Option<EngineError> {
        self.failure.into_inner()
    }

    fn read<T>(&self, how: impl FnOnce(&mut dyn Engine) -> Result<T, EngineError>) -> Result<T, String> {
        let mut engine = self.engine.borrow_mut();
        how(&mut **engine).map_err(|e| {
            let why = e.to_string();
            self.failure.replace(Some(e));
            why
        })
    }
}

/// A text made once for every kind.
fn per_kind(of: impl Fn(Kind) -> String) -> HashMap<Kind, String> {
    Kind::ALL.iter().map(|k| (*k, of(*k))).collect()
}

/// `SELECT id, … FROM table`.
fn select(kind: Kind) -> String {
    let names: Vec<String> = columns(kind).map(|c| format!("\"{}\"", c.name)).collect();
    format!("SELECT \"id\", {} FROM \"{}\"", names.join(", "), kind.table())
}

static BY_ID: LazyLock<HashMap<Kind, String>> =
    LazyLock::new(|| per_kind(|k| format!("{} WHERE \"id\" = ?1", select(k))));

/// A row from its id and the values of [`columns`].
///
/// # Errors
/// `Broken` when a value does not fit its column.
pub fn row(kind: Kind, values: Vec<Value>) -> Result<Row, EngineError> {
    let bad = |what: String| EngineError::Broken(format!("a {} cannot be read: {what}", kind.table()));
    let mut values = values.into_iter();
    let Some(Value::Blob(id)) = values.next() else { return Err(bad("no id".into())) };
    let id = Uuid::from_slice(&id).map_err(|e| bad(e.to_string()))?;
    let meta = Meta::from_cells(&mut values).map_err(|e| bad(e.to_string()))?;
    Row::from_cells(kind, id, meta, &mut values).map_err(|e| bad(e.to_string()))
}

/// An id as a ledger keeps it.
pub fn blob(id: Uuid) -> Value {
    Value::Blob(id.as_bytes().to_vec())
}

impl Rows for LedgerRows<'_> {
    fn fetch(&self, kind: Kind, id: Uuid) -> Result<Option<Row>, String> {
        self.read(|e| match engine::first(e, BY_ID.get(&kind).map_or("", String::as_str), &[blob(id)])? {
            Some(values) => row(kind, values).map(Some),
            None => Ok(None),
        })
    }

    fn find(&self, kind: Kind, column: &'static str, value: &Value) -> Result<Vec<Row>, String> {
        let sql = format!("{} WHERE \"{column}\" = ?1 ORDER BY \"ord\"", select(kind));
        self.read(|e| {
            let found = engine::all(e, &sql, std::slice::from_ref(value))?;
            found.into_iter().map(|values| row(kind, values)).collect()
        })
    }

    fn count(&self, kind: Kind, only: Option<(&'static str, &Value)>) -> Result<i64, String> {
        // Rows are never deleted, so the last number is the count.
        let (sql, args) = match only {
            None => (format!("SELECT coalesce(max(\"ord\"), 0) FROM \"{}\"", kind.table()), Vec::new()),
            Some((column, value)) => {
                let sql = format!("SELECT count(*) FROM \"{}\" WHERE \"{column}\" = ?1", kind.table());
                (sql, vec![value.clone()])
            }
        };
        self.read(|e| Ok(engine::first(e, &sql, &args)?.and_then(|r| r[0].as_int()).unwrap_or(0)))
    }

    fn reference(&self, set: Named) -> Result<Vec<String>, String> {
        let sql = "SELECT \"code\" FROM \"named\" WHERE \"set\" = ?1 ORDER BY \"place\"";
        let found = self.read(|e| engine::all(e, sql, &[Value::Text(set.set().to_owned())]))?;
        let kept = found.into_iter().filter_map(|r| r[0].as_text().map(str::to_owned)).collect::<Vec<_>>();
        if !kept.is_empty() {
            return Ok(kept);
        }
        Ok(set.shipped().iter().map(|c| (*c).to_owned()).collect())
    }
}

/// Writes several statements' worth of rows at once: `INSERT … VALUES (…), (…) ON CONFLICT … DO UPDATE`.
pub struct Bulk {
    head: String,
    tail: String,
    width: usize,
}

impl Bulk {
    /// Into `table`, whose `key` columns say which row it is; the columns in `once` keep their first value.
    pub fn new(table: &str, names: &[&str], key: &[&str], once: &[&str]) -> Bulk {
        let quoted = |names: &[&str]| names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ");
        let kept = |n: &&&str| !key.contains(n) && !once.contains(n);
        let sets: Vec<String> = names.iter().filter(kept).map(|n| format!("\"{n}\" = excluded.\"{n}\"")).collect();
        Bulk {
            head: format!("INSERT INTO \"{table}\" ({}) VALUES ", quoted(names)),
            tail: format!(" ON CONFLICT ({}) DO UPDATE SET {}", quoted(key), sets.join(", ")),
            width: names.len(),
        }
    }

    /// Writes rows of as many values as there are names; none twice.
    ///
    /// # Errors
    /// What the engine says.
    pub fn write(&self, engine: &mut dyn Engine, rows: &[Vec<Value>]) -> Result<(), EngineError> {
        let whole = rows.len() / TOGETHER * TOGETHER;
        for some in rows[..whole].chunks(TOGETHER) {
            engine.execute(&self.sql(TOGETHER), &some.concat())?;
        }
        let one = self.sql(1);
        rows[whole..].iter().try_for_each(|r| engine.execute(&one, r).map(drop))
    }

    fn sql(&self, rows: usize) -> String {
        let one = |r: usize| {
            let marks: Vec<String> = (0..self.width).map(|c| format!("?{}", r * self.width + c + 1)).collect();
            format!("({})", marks.join(", "))
        };
        format!("{}{}{}", self.head, (0..rows).map(one).collect::<Vec<_>>().join(", "), self.tail)
    }
}

static BULKS: LazyLock<HashMap<Kind, Bulk>> = LazyLock::new(|| {
    let of = |kind: Kind| {
        let names: Vec<&str> = ["id", "ord"].into_iter().chain(columns(kind).map(|c| c.name)).collect();
        // The place a row was made at never changes.
        Bulk::new(kind.table(), &names, &["id"], &["ord"])
    };
    Kind::ALL.iter().map(|k| (*k, of(*k))).collect()
});

/// Writes rows of one kind, none of them twice, each with whether it is new: new ones get the next places.
///
/// # Errors
/// What the engine says.
pub fn put(engine: &mut dyn Engine, kind: Kind, rows: &[(&Row, bool)]) -> Result<(), EngineError> {
    let Some(bulk) = BULKS.get(&kind) else { return Ok(()) };
    let sql = format!("SELECT coalesce(max(\"ord\"), 0) FROM \"{}\"", kind.table());
    let mut last = engine::first(engine, &sql, &[])?.and_then(|r| r[0].as_int()).unwrap_or(0);
    let values = rows.iter().map(|(row, new)| {
        last += i64::from(*new);
        // A row that is there keeps its place: 0 is nobody's.
        let mut out = vec![blob(row.uuid()), Value::Int(if *new { last } else { 0 })];
        row.meta().cells(&mut out);
        out.extend(row.cells());
        out
    });
    let values: Vec<Vec<Value>> = values.collect();
    bulk.write(engine, &values)
}
