//! The first load of a console, beside inserting the same rows by rusqlite alone.

use super::field::{Field, Serving, unsound};
use super::{rate, rows};
use crate::base::clock::Clock;
use crate::domain::codes::Role;
use crate::domain::record::Meta;
use crate::domain::rows::{Kind, Organisation, Row};
use crate::domain::value::Value;
use crate::hub::ledger::Loading;
use crate::proof::fault::Fault;
use crate::setup::DEMO_ORG;
use crate::sqlite::{self, Stop, Use};
use crate::sync::first::{self, Ask, Stage};
use crate::wire::protocol::PAGE;
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Synced {
    pub rows: u64,
    /// The same rows by rusqlite alone, a second: into a database others may use meanwhile, with the id as their key; into a file that
    /// nobody else sees, kept by no journal; and there without any index.
    pub bare: f64,
    pub alone: f64,
    pub heap: f64,
    /// Rows a second until the last was written; and until the whole database was there, made from nothing with indices and totals.
    pub transfer: f64,
    pub whole: f64,
    pub seconds: f64,
    /// Bytes of the pages as they travelled, for a row.
    pub bytes: f64,
    /// Most memory the hub held.
    pub memory: Option<u64>,
    pub pages: u64,
}

/// Rows between two commits of the simple thing: a page.
const BATCH: usize = PAGE;

/// Measures with about `many` rows in `dir`.
///
/// # Errors
/// When a part fails.
pub fn sync(dir: &Path, binary: &Path, many: u64, mut tell: impl FnMut(&str)) -> Result<Synced, Fault> {
    tell("rows and hub");
    let mut kept: Vec<Row> = Vec::new();
    let field = Field::make(dir, binary, None, |engine| {
        let mut load = Loading::create(engine, Uuid::from_u128(0xBE))?;
        let mut union = None;
        rows::each(many, &mut |row| {
            if let Row::Organisation(o) = &row
                && o.code == DEMO_ORG
            {
                union = Some(o.clone());
            }
            load.push(row.clone())?;
            kept.push(row);
            Ok(())
        })?;
        let union: Organisation = union.ok_or_else(|| unsound("the demo has no union"))?;
        load.finish(Clock::Real.now().as_millisecond(), "bench", &union, "bench")?;
        Ok(())
    })?;
    let union = kept.iter().find_map(|r| match r {
        Row::Organisation(o) if o.code == DEMO_ORG => Some(o.id.0),
        _ => None,
    });
    tell("bare rusqlite");
    let n = kept.len() as u64;
    let heap = rate(n, bare(&dir.join("heap.db"), &kept, ("BLOB", ALONE))?);
    let alone = rate(n, bare(&dir.join("alone.db"), &kept, ("BLOB PRIMARY KEY", ALONE))?);
    let bare = rate(n, bare(&dir.join("bare.db"), &kept, ("BLOB PRIMARY KEY", SHARED))?);
    drop(kept);
    let serving = field.serve()?;
    tell("first load");
    let home = dir.join("console");
    std::fs::create_dir_all(&home)?;
    let code = field.code(union.unwrap_or_default(), Role::Office)?;
    let (transfer, whole) = load(&home, &field, &serving, &code)?;
    let came = field.counted(&serving, "gongfu_hub_rows_total")?;
    if came != n {
        return Err(unsound(format!("{came} rows came of {n}")));
    }
    let bytes = field.counted(&serving, "gongfu_hub_page_bytes_total")?;
    Ok(Synced {
        rows: n,
        bare,
        alone,
        heap,
        transfer: rate(n, transfer),
        whole: rate(n, whole),
        seconds: whole.as_secs_f64(),
        bytes: rate(bytes, Duration::from_secs(n.max(1))),
        memory: serving.running.memory().map(|(_, most)| most),
        pages: field.counted(&serving, "gongfu_hub_pulls_total")?,
    })
}

/// How long it took to write all rows into their tables, and how long until the whole database was there, from nothing.
fn load(home: &Path, field: &Field, serving: &Serving, code: &str) -> Result<(Duration, Duration), Fault> {
    let ask = Ask { url: &serving.url, ca: Some(field.ca()), code, name: "bench" };
    let key = first::enrol(home, &ask).map_err(unsound)?;
    // Tables are there for the bare inserts, too, before their clock starts.
    let making = Instant::now();
    first::prepare(home, &key, Clock::Real).map_err(unsound)?;
    let made = making.elapsed();
    let begun = Instant::now();
    let mut written = None;
    let loaded = first::load(home, &key, Clock::Real, &Stop::default(), |stage| {
        if matches!(stage, Stage::Indices { .. }) {
            written.get_or_insert(begun.elapsed());
        }
    });
    loaded.map_err(unsound)?;
    let loaded = begun.elapsed();
    Ok((written.unwrap_or(loaded), made + loaded))
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

/// What a console's database is while rows come: written ahead, so that others may read and write, and whole after any end.
const SHARED: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;";
/// A file that is thrown away when anything goes wrong.
const ALONE: &str = "PRAGMA journal_mode=OFF; PRAGMA locking_mode=EXCLUSIVE;";

/// The simple thing: a table a kind with such an id, no other index, one prepared statement a kind, a page of rows a transaction.
fn bare(path: &Path, rows: &[Row], (id, how): (&str, &str)) -> Result<Duration, Fault> {
    let db = sqlite::open(path, Use::Load)?;
    db.execute_batch(how)?;
    let mut sql: HashMap<Kind, String> = HashMap::new();
    for kind in Kind::ALL {
        let names = Meta::COLUMNS.iter().chain(kind.columns()).map(|c| c.name).collect::<Vec<_>>();
        db.execute_batch(&format!("CREATE TABLE \"{}\" (id {id}, {})", kind.table(), names.join(", ")))?;
        let marks = vec!["?"; names.len() + 1].join(", ");
        sql.insert(*kind, format!("INSERT INTO \"{}\" VALUES ({marks})", kind.table()));
    }
    // What the rows are made of is made before the clock starts.
    let ready: Vec<(&str, Vec<Value>)> = rows
        .iter()
        .map(|row| {
            let mut cells = vec![Value::Blob(row.uuid().as_bytes().to_vec())];
            row.meta().cells(&mut cells);
            cells.extend(row.cells());
            (sql.get(&row.kind()).map_or("", String::as_str), cells)
        })
        .collect();
    let begun = Instant::now();
    for some in ready.chunks(BATCH) {
        db.execute_batch("BEGIN")?;
        for (sql, cells) in some {
            db.prepare_cached(sql)?.execute(rusqlite::params_from_iter(cells.iter().map(Arg)))?;
        }
        db.execute_batch("COMMIT")?;
    }
    Ok(begun.elapsed())
}
