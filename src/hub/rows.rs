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
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

/// Rows written or looked for with one statement where there are as many, the most first: a few sizes, so that a connection knows every
/// statement after a while.
const TOGETHER: [usize; 4] = [64, 16, 4, 1];

/// The rows of a ledger, inside the engine's transaction.
pub struct LedgerRows<'a> {
    engine: RefCell<&'a mut dyn Engine>,
    failure: RefCell<Option<EngineError>>,
}

impl<'a> LedgerRows<'a> {
    pub fn new(engine: &'a mut dyn Engine) -> LedgerRows<'a> {
        LedgerRows { engine: RefCell::new(engine), failure: RefCell::new(None) }
    }

    /// Why rows could not be read, when they could not; told once.
    pub fn failure(&self) -> Option<EngineError> {
        self.failure.take()
    }

    /// The engine, for what is no row.
    pub(super) fn engine<T>(&self, what: impl FnOnce(&mut dyn Engine) -> T) -> T {
        what(&mut **self.engine.borrow_mut())
    }

    /// Keeps why something failed, and gives the sentence for it.
    pub(super) fn failed(&self, e: EngineError) -> String {
        let why = e.to_string();
        self.failure.replace(Some(e));
        why
    }

    fn read<T>(&self, how: impl FnOnce(&mut dyn Engine) -> Result<T, EngineError>) -> Result<T, String> {
        self.engine(how).map_err(|e| self.failed(e))
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
            None => return self.read(|e| last(e, kind)),
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

/// The last place given in a kind's table.
///
/// # Errors
/// What the engine says.
pub fn last(engine: &mut dyn Engine, kind: Kind) -> Result<i64, EngineError> {
    let sql = format!("SELECT coalesce(max(\"ord\"), 0) FROM \"{}\"", kind.table());
    Ok(engine::first(engine, &sql, &[])?.and_then(|r| r[0].as_int()).unwrap_or(0))
}

/// Hands on every row a query gives whose `WHERE` ends in the name of a column, for those with these ids in it, many a statement.
///
/// # Errors
/// What the engine says.
pub fn each_of(
    engine: &mut dyn Engine,
    sql: &str,
    ids: &[Uuid],
    each: &mut dyn FnMut(Vec<Value>),
) -> Result<(), EngineError> {
    let values: Vec<Value> = ids.iter().map(|id| blob(*id)).collect();
    each_in(engine, sql, &values, each)
}

fn each_in(
    engine: &mut dyn Engine,
    sql: &str,
    values: &[Value],
    each: &mut dyn FnMut(Vec<Value>),
) -> Result<(), EngineError> {
    for some in values.chunks(TOGETHER[0]) {
        let size = TOGETHER.into_iter().rev().find(|size| *size >= some.len()).unwrap_or(TOGETHER[0]);
        let marks = (1..=size).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
        // One that is asked for twice comes once.
        let args: Vec<Value> = some.iter().chain(some.last().into_iter().cycle()).take(size).cloned().collect();
        engine.query(&format!("{sql} IN ({marks})"), &args, each)?;
    }
    Ok(())
}

/// Those of some codes that rows of a kind have.
///
/// # Errors
/// What the engine says.
pub fn codes(engine: &mut dyn Engine, kind: Kind, codes: &[String]) -> Result<HashSet<String>, EngineError> {
    let values: Vec<Value> = codes.iter().map(|code| Value::Text(code.clone())).collect();
    let mut found = HashSet::new();
    let sql = format!("SELECT \"code\" FROM \"{}\" WHERE \"code\"", kind.table());
    each_in(engine, &sql, &values, &mut |row| found.extend(row[0].as_text().map(str::to_owned)))?;
    Ok(found)
}

/// The rows of a kind with these ids, as many as there are.
///
/// # Errors
/// What the engine says; `Broken` when one cannot be read.
pub fn of_ids(engine: &mut dyn Engine, kind: Kind, ids: &[Uuid]) -> Result<Vec<Row>, EngineError> {
    let (mut found, mut bad) = (Vec::with_capacity(ids.len()), None);
    each_of(engine, &format!("{} WHERE \"id\"", select(kind)), ids, &mut |values| match row(kind, values) {
        Ok(row) => found.push(row),
        Err(e) => bad = Some(e),
    })?;
    bad.map_or(Ok(found), Err)
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

    /// As [`Bulk::new`] for rows that are never there yet: one that is there is an error.
    pub fn fresh(table: &str, names: &[&str]) -> Bulk {
        Bulk { tail: String::new(), ..Bulk::new(table, names, &[], &[]) }
    }

    /// Writes rows of as many values as there are names; none twice.
    ///
    /// # Errors
    /// What the engine says.
    pub fn write(&self, engine: &mut dyn Engine, mut rows: &[Vec<Value>]) -> Result<(), EngineError> {
        for size in TOGETHER {
            let sql = if rows.len() < size { continue } else { self.sql(size) };
            while let Some((some, rest)) = rows.split_at_checked(size) {
                engine.defer(&sql, some.concat())?;
                rows = rest;
            }
        }
        Ok(())
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

/// Writes rows of one kind, none of them twice, each with its place in the table: 0, which is nobody's, when it has one already.
///
/// # Errors
/// What the engine says.
pub fn put(engine: &mut dyn Engine, kind: Kind, rows: &[(&Row, i64)]) -> Result<(), EngineError> {
    let Some(bulk) = BULKS.get(&kind) else { return Ok(()) };
    let values = rows.iter().map(|(row, place)| {
        let mut out = vec![blob(row.uuid()), Value::Int(*place)];
        row.meta().cells(&mut out);
        out.extend(row.cells());
        out
    });
    let values: Vec<Vec<Value>> = values.collect();
    bulk.write(engine, &values)
}
