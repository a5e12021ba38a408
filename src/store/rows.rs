//! Single rows in and out: the domain's [`Rows`] over SQLite, and writing a changed row.

use super::convert::{self, Bind, BindShown};
use super::reference;
use crate::base::pinyin;
use crate::domain::record::Meta;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::{Shown, Value};
use crate::domain::work::{Named, Rows};
use rusqlite::{Connection, OptionalExtension, Statement};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

/// The rows of an open database, inside whatever transaction it is in.
pub struct SqlRows<'a> {
    db: &'a Connection,
    /// What SQLite said when rows could not be read: the domain only passes its sentence on.
    failure: RefCell<Option<rusqlite::Error>>,
}

impl<'a> SqlRows<'a> {
    pub fn new(db: &'a Connection) -> SqlRows<'a> {
        SqlRows { db, failure: RefCell::new(None) }
    }

    /// Why rows could not be read, when they could not.
    pub fn into_failure(self) -> Option<rusqlite::Error> {
        self.failure.into_inner()
    }

    fn said(&self, e: rusqlite::Error) -> String {
        let why = e.to_string();
        self.failure.replace(Some(e));
        why
    }
}

impl Rows for SqlRows<'_> {
    fn fetch(&self, kind: Kind, id: Uuid) -> Result<Option<Row>, String> {
        let read = || {
            self.db
                .prepare_cached(fetch_sql(kind))?
                .query_row([id.as_bytes().as_slice()], |r| convert::row(kind, r))
                .optional()
        };
        read().map_err(|e| self.said(e))
    }

    fn find(&self, kind: Kind, column: &'static str, value: &Value) -> Result<Vec<Row>, String> {
        let names = convert::column_names(kind);
        let sql = format!("SELECT {names} FROM \"{}\" WHERE {column} = ?1 ORDER BY seq", kind.table());
        let read = || {
            let mut statement = self.db.prepare_cached(&sql)?;
            statement.query_map([Bind(value)], |r| convert::row(kind, r))?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|e| self.said(e))
    }

    fn count(&self, kind: Kind, only: Option<(&'static str, &Value)>) -> Result<i64, String> {
        let read = || match only {
            // Rows are never deleted, so the last number is the count, at any size.
            None => {
                let sql = format!("SELECT coalesce(max(seq), 0) FROM \"{}\"", kind.table());
                self.db.prepare_cached(&sql)?.query_row([], |r| r.get(0))
            }
            // Over a million entries are listed: their running total is kept, each state's in parts by trace.
            Some(("state", Value::Text(state))) if kind == Kind::CatalogEntry => {
                let sql =
                    "SELECT coalesce(sum(n), 0) FROM tally WHERE kind = 'catalog_entry' AND key >= ?1 AND key < ?2";
                let (from, to) = (format!("{state}/"), format!("{state}0"));
                self.db.prepare_cached(sql)?.query_row([from, to], |r| r.get(0))
            }
            Some((column, value)) => {
                let sql = format!("SELECT count(*) FROM \"{}\" WHERE {column} = ?1", kind.table());
                self.db.prepare_cached(&sql)?.query_row([Bind(value)], |r| r.get(0))
            }
        };
        read().map_err(|e: rusqlite::Error| self.said(e))
    }

    fn reference(&self, set: Named) -> Result<Vec<String>, String> {
        let added = match set {
            Named::Venue => reference::venues(self.db),
            Named::Category => reference::categories(self.db),
        };
        let mut codes = added.map_err(|e| self.said(e))?;
        // The file of venue types stands for itself; a file of specialties only adds categories.
        if set == Named::Category || codes.is_empty() {
            codes.splice(0..0, set.shipped().iter().map(|c| (*c).to_owned()));
            let mut seen = std::collections::HashSet::new();
            codes.retain(|c| seen.insert(c.clone()));
        }
        Ok(codes)
    }
}

/// The statement that reads a row of `kind` by its id.
fn fetch_sql(kind: Kind) -> &'static str {
    static SQL: LazyLock<HashMap<Kind, String>> = LazyLock::new(|| {
        let of = |k: Kind| format!("SELECT {} FROM \"{}\" WHERE id = ?1", convert::column_names(k), k.table());
        per_kind(of)
    });
    SQL.get(&kind).map_or("", String::as_str)
}

/// Statements made once: a decision may read and write thousands of rows.
fn per_kind(of: impl Fn(Kind) -> String) -> HashMap<Kind, String> {
    Kind::ALL.iter().map(|k| (*k, of(*k))).collect()
}

/// Place of the `name` column among a kind's own columns; such kinds also keep a pinyin sort key.
pub fn name_column(kind: Kind) -> Option<usize> {
    kind.columns().iter().position(|c| c.name == "name")
}

/// The statement that writes a whole row of `kind`: a new id inserts, a known one updates.
pub fn put_sql(kind: Kind) -> &'static str {
    static SQL: LazyLock<HashMap<Kind, String>> = LazyLock::new(|| per_kind(whole_row));
    SQL.get(&kind).map_or("", String::as_str)
}

/// As [`put_sql`] where no row is known yet: a known id is an error.
pub fn insert_sql(kind: Kind) -> &'static str {
    put_sql(kind).split(" ON CONFLICT").next().unwrap_or_default()
}

fn whole_row(kind: Kind) -> String {
    let mut names: Vec<&str> = vec!["id"];
    names.extend(Meta::COLUMNS.iter().chain(kind.columns()).map(|c| c.name));
    if name_column(kind).is_some() {
        names.push("name_key");
    }
    names.push("change_no");
    let marks = (1..=names.len()).map(|i| format!("?{i}")).collect::<Vec<_>>().join(", ");
    let sets = names[1..].iter().map(|n| format!("{n} = excluded.{n}")).collect::<Vec<_>>().join(", ");
    let names = names.join(", ");
    format!("INSERT INTO \"{}\" ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}", kind.table())
}

/// Writes a row with a statement made from [`put_sql`].
///
/// # Errors
/// What SQLite says.
pub fn put(statement: &mut Statement<'_>, row: &Row, change_no: i64) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(1, row.uuid().as_bytes().as_slice())?;
    let (mut place, mut bound) = (2, Ok(()));
    let mut bind = |value: Shown<'_>| {
        if bound.is_ok() {
            bound = statement.raw_bind_parameter(place, BindShown(value));
        }
        place += 1;
    };
    row.meta().show(&mut bind);
    row.show(&mut bind);
    bound?;
    if let Some(name) = name_column(row.kind()) {
        let name = row.cell(name);
        statement.raw_bind_parameter(place, pinyin::key(name.as_text().unwrap_or_default()))?;
        place += 1;
    }
    statement.raw_bind_parameter(place, change_no)?;
    statement.raw_execute().map(|_| ())
}
