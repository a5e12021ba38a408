//! Databases in temporary directories: the small province, and the demo province made once per run.

use super::memory::Memory;
use super::province::NOW;
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::rows::{Kind, Row};
use gongfu::store::load::Loader;
use gongfu::store::{FILE, Store, convert};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;
use uuid::Uuid;

/// A database that goes away with this value.
pub struct Temporary {
    pub dir: TempDir,
}

impl Temporary {
    pub fn empty() -> Temporary {
        Temporary { dir: tempfile::tempdir().expect("a temporary directory") }
    }

    /// With these rows, loaded in the order their kinds refer to each other.
    pub fn of(rows: &Memory) -> Temporary {
        let new = Temporary::empty();
        let mut loader = Loader::begin(new.dir.path()).expect("a new database");
        for row in Kind::ALL.iter().flat_map(|k| rows.of(*k)) {
            loader.push(row).expect("a row that fits");
        }
        loader.finish(|_, _| {}).expect("a whole database");
        new
    }

    /// A copy of the demo at scale 1.
    pub fn demo() -> Temporary {
        let new = Temporary::empty();
        std::fs::copy(demo_dir().join(FILE), new.file()).expect("a copy");
        new
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join(FILE)
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Opened at the fixed instant, with real ids.
    pub fn open(&self) -> Store {
        open(self.path())
    }
}

pub fn open(dir: &Path) -> Store {
    let clock = Clock::Fixed(NOW);
    Store::open(dir, clock, Ids::real(clock), false).expect("a database that opens")
}

/// The demo, made by the first test that asks; never written to.
pub fn demo_dir() -> &'static Path {
    static DEMO: OnceLock<TempDir> = OnceLock::new();
    DEMO.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        gongfu::setup::demo(dir.path(), 1, 1, |_| {}).expect("the demo");
        dir
    })
    .path()
}

/// A reader of the demo.
pub fn demo() -> Connection {
    let clock = Clock::Fixed(NOW);
    let store = Store::open(demo_dir(), clock, Ids::real(clock), true).expect("the demo opens");
    store.connect().expect("a reader")
}

/// A connection behind the store's back, as an intruder or another program would have it.
#[expect(clippy::disallowed_methods, reason = "tests do what the product never does")]
pub fn raw(file: &Path) -> Connection {
    Connection::open(file).expect("a connection")
}

/// Every row of a database as the domain sees them.
pub fn read_all(db: &Connection) -> Memory {
    let mut out = Memory::default();
    for kind in Kind::ALL {
        let sql = format!("SELECT {} FROM \"{}\" ORDER BY seq", convert::column_names(*kind), kind.table());
        let mut statement = db.prepare(&sql).expect("sql");
        let rows = statement.query_map([], |r| convert::row(*kind, r)).expect("rows");
        rows.for_each(|r| out.append(r.expect("a row")));
    }
    out
}

/// One number out of a database.
pub fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |r| r.get(0)).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// An id column as an id.
pub fn id(row: &rusqlite::Row<'_>, i: usize) -> Uuid {
    convert::uuid(row, i).expect("an id")
}

/// Every row of a kind, without the domain's reading.
pub fn rows_of(memory: &Memory) -> Vec<Row> {
    Kind::ALL.iter().flat_map(|k| memory.of(*k)).cloned().collect()
}
