//! A ledger in an SQLite file.

use super::{Engine, EngineError};
use crate::domain::value::Value;
use crate::sqlite::{self, Use};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Row, ToSql};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// One connection to the file; goes back to where it came from.
pub struct Sqlite<'a> {
    db: Option<Connection>,
    home: &'a Files,
}

/// Idle connections that are kept. Each has a cache of its own: what an hour of sixteen at once would hold for good is opened anew.
const KEPT: usize = 4;

/// What a reader keeps of the file, as SQLite counts it: less than nothing is KiB.
const READER_KIB: i64 = -1_024;

/// The file and its idle connections.
pub(super) struct Files {
    path: PathBuf,
    read: bool,
    idle: Mutex<Vec<Connection>>,
}

impl Files {
    pub(super) fn new(path: PathBuf, read: bool) -> Files {
        Files { path, read, idle: Mutex::new(Vec::new()) }
    }

    pub(super) fn get(&self) -> Result<Sqlite<'_>, EngineError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => self.open()?,
        };
        Ok(Sqlite { db: Some(db), home: self })
    }

    /// Opens the file; a new one is marked as ours at once.
    fn open(&self) -> Result<Connection, EngineError> {
        let new = !self.read && !self.path.exists();
        let how = if self.read { Use::Read } else { Use::Write };
        let db = sqlite::open(&self.path, how).map_err(|e| EngineError::Broken(e.to_string()))?;
        if self.read {
            // Many read at once, and the system keeps the pages anyway.
            db.pragma_update(None, "cache_size", READER_KIB).map_err(|e| said(&e))?;
        }
        if new {
            db.pragma_update(None, "application_id", sqlite::APPLICATION_ID).map_err(|e| said(&e))?;
        }
        Ok(db)
    }
}

impl Drop for Sqlite<'_> {
    fn drop(&mut self) {
        self.rollback();
        if let Some(db) = self.db.take() {
            let mut idle = self.home.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < KEPT {
                idle.push(db);
            }
        }
    }
}

struct Arg<'a>(&'a Value);

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Text(t) => ValueRef::Text(t.as_bytes()),
            Value::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

fn said(e: &rusqlite::Error) -> EngineError {
    match e.sqlite_error_code() {
        // Another process writes, or the disk is full for now.
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull) => {
            EngineError::Away(e.to_string())
        }
        _ => EngineError::Broken(e.to_string()),
    }
}

fn values(row: &Row<'_>, columns: usize) -> rusqlite::Result<Vec<Value>> {
    let value = |i| {
        Ok(match row.get_ref(i)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(n) => Value::Int(n),
            ValueRef::Text(_) => Value::Text(row.get(i)?),
            ValueRef::Blob(b) => Value::Blob(b.to_vec()),
            ValueRef::Real(_) => {
                return Err(rusqlite::Error::InvalidColumnType(i, "real".into(), rusqlite::types::Type::Real));
            }
        })
    };
    (0..columns).map(value).collect()
}

impl Sqlite<'_> {
    fn db(&self) -> Result<&Connection, EngineError> {
        self.db.as_ref().ok_or_else(|| EngineError::Broken("the connection is gone".into()))
    }
}

impl Engine for Sqlite<'_> {
    fn query(&mut self, sql: &str, args: &[Value], each: &mut dyn FnMut(Vec<Value>)) -> Result<(), EngineError> {
        let mut read = || {
            let mut statement = self.db.as_ref().ok_or(rusqlite::Error::InvalidQuery)?.prepare_cached(sql)?;
            let columns = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(args.iter().map(Arg)))?;
            while let Some(row) = rows.next()? {
                each(values(row, columns)?);
            }
            Ok(())
        };
        read().map_err(|e: rusqlite::Error| said(&e))
    }

    fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64, EngineError> {
        let mut statement = self.db()?.prepare_cached(sql).map_err(|e| said(&e))?;
        let changed = statement.execute(rusqlite::params_from_iter(args.iter().map(Arg))).map_err(|e| said(&e))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn script(&mut self, sql: &str) -> Result<(), EngineError> {
        self.db()?.execute_batch(sql).map_err(|e| said(&e))
    }

    fn begin(&mut self) -> Result<(), EngineError> {
        self.script("BEGIN IMMEDIATE")
    }

    fn snapshot(&mut self) -> Result<(), EngineError> {
        self.script("BEGIN")
    }

    fn still(&mut self, _tables: &[String]) -> Result<(), EngineError> {
        // Whoever may write keeps all others from it.
        self.begin()
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        self.script("COMMIT")
    }

    fn rollback(&mut self) {
        if self.db.as_ref().is_some_and(|db| !db.is_autocommit()) {
            let _ = self.script("ROLLBACK").inspect_err(|e| tracing::warn!(error = %e, "a transaction stays open"));
        }
    }
}
