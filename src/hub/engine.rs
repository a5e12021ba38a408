//! Where a ledger lies: SQLite in a file, or PostgreSQL 15 and newer.
//!
//! Owns [`Engine`], the one trait between the ledger's SQL and a database. The SQL is the same for both: `?1` marks, BIGINT, TEXT and
//! BYTEA columns, `ON CONFLICT`, `RETURNING`; no sequences, triggers, JSON operators or advisory locks. Must not know what a row means.

mod bell;
mod postgres;
mod sqlite;

pub use bell::Bell;
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use crate::domain::value::Value;
use std::fmt;
use std::path::PathBuf;

/// What is wrong with the place a ledger lies in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The database is not reachable now; the same may work later.
    #[error("the ledger is not reachable: {0}")]
    Away(String),
    /// The database says no to this very statement, or is damaged.
    #[error("the ledger: {0}")]
    Broken(String),
    /// The ledger was moved to another place, and goes on there.
    #[error("the ledger has moved to another place")]
    Moved,
    /// The ledger is being moved here, or that was broken off.
    #[error("the ledger has not arrived here in full")]
    Arriving,
}

/// One connection to a ledger. Positions of marks ascend by first appearance: SQLite numbers them so.
pub trait Engine: Send {
    /// Runs a statement and hands on each row.
    ///
    /// # Errors
    /// What the database says.
    fn query(&mut self, sql: &str, args: &[Value], each: &mut dyn FnMut(Vec<Value>)) -> Result<(), EngineError>;

    /// Runs a statement that gives no rows; the number of rows it changed.
    ///
    /// # Errors
    /// What the database says.
    fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64, EngineError>;

    /// Runs a statement of a transaction whose success need not be known before the next answer: that of a query, or of the
    /// commit, which tells its failure. A server is sent it together with that one, so that it costs no waiting of its own.
    ///
    /// # Errors
    /// What the database says, here or later.
    fn defer(&mut self, sql: &str, args: Vec<Value>) -> Result<(), EngineError> {
        self.execute(sql, &args).map(drop)
    }

    /// Runs several statements without marks.
    ///
    /// # Errors
    /// What the database says.
    fn script(&mut self, sql: &str) -> Result<(), EngineError>;

    /// Begins a transaction that may write.
    ///
    /// # Errors
    /// What the database says.
    fn begin(&mut self) -> Result<(), EngineError>;

    /// Begins a transaction that sees one moment of the ledger and keeps nobody from writing.
    ///
    /// # Errors
    /// What the database says.
    fn snapshot(&mut self) -> Result<(), EngineError>;

    /// Begins a transaction that sees the last state of these tables and lets nobody write to them.
    ///
    /// # Errors
    /// What the database says.
    fn still(&mut self, tables: &[String]) -> Result<(), EngineError>;

    /// Makes the transaction last: it is on the disk when this returns.
    ///
    /// # Errors
    /// What the database says; whether the transaction lasts is unknown then.
    fn commit(&mut self) -> Result<(), EngineError>;

    /// Takes the transaction back; does nothing without one.
    fn rollback(&mut self);
}

/// The first row of a query.
///
/// # Errors
/// As [`Engine::query`].
pub fn first(engine: &mut dyn Engine, sql: &str, args: &[Value]) -> Result<Option<Vec<Value>>, EngineError> {
    let mut found = None;
    engine.query(sql, args, &mut |row| _ = found.get_or_insert(row))?;
    Ok(found)
}

/// Every row of a query.
///
/// # Errors
/// As [`Engine::query`].
pub fn all(engine: &mut dyn Engine, sql: &str, args: &[Value]) -> Result<Vec<Vec<Value>>, EngineError> {
    let mut rows = Vec::new();
    engine.query(sql, args, &mut |row| rows.push(row))?;
    Ok(rows)
}

/// The place of a ledger, as `--store` names it. Shown without the password an address may have.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    Sqlite(PathBuf),
    /// A PostgreSQL address: `postgres://user@host/database`.
    Postgres(String),
}

impl Place {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    pub fn parse(text: &str) -> Option<Place> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|p| !p.is_empty()) {
            return Some(Place::Sqlite(PathBuf::from(path)));
        }
        let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        postgres.then(|| Place::Postgres(text.to_owned()))
    }

    /// Whether an address of a server can be read in full; a file's name always can.
    pub fn is_understood(&self) -> bool {
        match self {
            Place::Sqlite(_) => true,
            Place::Postgres(address) => postgres::is_understood(address),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(address) => f.write_str(&postgres::shown(address)),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Connections to one ledger, made when they are asked for and kept for the next who asks.
pub struct Pool {
    kind: Kind,
}

enum Kind {
    Sqlite(sqlite::Files),
    Postgres(postgres::Connections),
}

impl Pool {
    /// Makes ready for a place; connects to nothing yet.
    ///
    /// # Errors
    /// When the address is not understood.
    pub fn new(place: &Place, runtime: tokio::runtime::Handle) -> Result<Pool, EngineError> {
        Pool::with(place, runtime, false)
    }

    /// As [`Pool::new`], for looking only: no file is made where there is none, and none is written.
    ///
    /// # Errors
    /// As [`Pool::new`].
    pub fn to_read(place: &Place, runtime: tokio::runtime::Handle) -> Result<Pool, EngineError> {
        Pool::with(place, runtime, true)
    }

    fn with(place: &Place, runtime: tokio::runtime::Handle, read: bool) -> Result<Pool, EngineError> {
        let kind = match place {
            Place::Sqlite(path) => Kind::Sqlite(sqlite::Files::new(path.clone(), read)),
            Place::Postgres(address) => Kind::Postgres(postgres::Connections::new(address, runtime)?),
        };
        Ok(Pool { kind })
    }

    /// A connection. Blocks: not for the runtime's own threads.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub fn get(&self) -> Result<Box<dyn Engine + '_>, EngineError> {
        Ok(match &self.kind {
            Kind::Sqlite(files) => Box::new(files.get()?),
            Kind::Postgres(connections) => Box::new(connections.get()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_an_address_shows_its_password() {
        for address in [
            "postgres://hub:s3cret@db.local:5433/gongfu",
            "postgresql://hub:s3cret@db.local:5433/gongfu?password=s3cret",
            "postgres://hub@db.local:5433/gongfu?password=s3cret&application_name=a@b",
        ] {
            let place = Place::parse(address).unwrap();
            assert_eq!(place.to_string(), "postgres://hub@db.local:5433/gongfu");
            assert_eq!(format!("{place:?}"), place.to_string());
        }
        let odd = Place::parse("postgres://hub:s3/cr?et@db:port/x").unwrap();
        assert_eq!(odd.to_string(), "postgres://…");
        assert_eq!(Place::parse("sqlite:/srv/hub.db").unwrap().to_string(), "sqlite:/srv/hub.db");
        assert!(["", "sqlite:", "/srv/hub.db", "mysql://x"].iter().all(|t| Place::parse(t).is_none()));
    }
}
