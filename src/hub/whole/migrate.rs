//! A ledger from one place into another, while a hub serves it: everything is copied and read back first; then nobody writes for the
//! moment it takes to bring what has changed since; then the old ledger says that it has moved, and its hub ends.
//!
//! Owns the order of these steps: at no moment two ledgers take orders, and what is broken off can be begun or ended again. What is
//! moved keeps hub, epoch and numbers: consoles notice nothing.

mod sum;
mod table;

use super::error::HubError;
use super::fresh::make;
use super::{Watch, known};
use crate::domain::value::Value;
use crate::hub::engine::{self, Engine, EngineError, Place, Pool};
use crate::hub::ledger;
use crate::hub::schema::{self, ARRIVING, MOVED, VERSION};
use table::Table;
use tokio::runtime::Handle;

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub table: String,
    pub rows: u64,
    /// Of the values of all its rows, in whatever order, in hexadecimal.
    pub checksum: String,
}

/// Moves the ledger of a place into another, which must have none. A hub may serve it meanwhile: it ends when all is there.
///
/// # Errors
/// When there is no ledger, the other place has one, or what was read back there is not the same. The old ledger goes on then; a new
/// one that was made in part takes no orders, and the next try makes it anew.
pub fn migrate(from: &Place, to: &Place, runtime: &Handle, watch: &mut Watch<'_>) -> Result<Vec<Counted>, HubError> {
    if matches!(from, Place::Sqlite(path) if !path.exists()) {
        return Err(HubError::NoLedger(from.clone()));
    }
    let pool = Pool::new(from, runtime.clone())?;
    let mut source = pool.get()?;
    if ledger::version(source.as_mut())? == Some(MOVED) {
        return arrived(source.as_mut(), to, runtime);
    }
    ledger::raise(source.as_mut())?;
    known(source.as_mut(), from)?;
    clear(to, runtime)?;
    source.snapshot()?;
    let copied = make(to, runtime, |target| {
        target.begin()?;
        let copied = all(source.as_mut(), target, watch)?;
        target.commit()?;
        Ok::<_, HubError>(copied)
    })?;
    // From here on the old ledger takes nothing.
    mark(source.as_mut(), MOVED)?;
    source.commit()?;
    takes_over(to, runtime)?;
    Ok(copied)
}

fn all(source: &mut dyn Engine, target: &mut dyn Engine, watch: &mut Watch<'_>) -> Result<Vec<Counted>, HubError> {
    target.script(&schema::tables())?;
    let mut tables: Vec<Table> = schema::shapes().into_iter().map(Table::new).collect();
    let mut of = 0;
    for table in &tables {
        of += table.count(source)?;
    }
    // Each row is read here and read back there.
    let (mut done, of) = (0, of * 2);
    for table in &mut tables {
        table.copy(source, target, &mut |rows| {
            done += rows as u64;
            watch.at(done, of)
        })?;
    }
    source.rollback();
    let names: Vec<String> = tables.iter().map(|t| t.name().to_owned()).collect();
    source.still(&names)?;
    // Another may have moved it meanwhile.
    ledger::state(source)?;
    tables.iter_mut().try_for_each(|table| table.follow(source, target))?;
    mark(target, ARRIVING)?;
    Ok(tables.iter().map(told).collect())
}

/// Says in a ledger what has become of it.
fn mark(engine: &mut dyn Engine, version: i64) -> Result<(), EngineError> {
    engine.execute("UPDATE \"hub\" SET \"version\" = ?1 WHERE \"one\" = 1", &[Value::Int(version)]).map(drop)
}

/// The new ledger takes orders from now on.
fn takes_over(to: &Place, runtime: &Handle) -> Result<(), HubError> {
    let pool = Pool::new(to, runtime.clone())?;
    Ok(mark(pool.get()?.as_mut(), VERSION)?)
}

/// Takes away what a move that was broken off has left: it has never taken an order.
fn clear(to: &Place, runtime: &Handle) -> Result<(), HubError> {
    if matches!(to, Place::Sqlite(path) if !path.exists()) {
        return Ok(());
    }
    let pool = Pool::new(to, runtime.clone())?;
    let mut engine = pool.get()?;
    if ledger::version(engine.as_mut())? != Some(ARRIVING) {
        return Ok(());
    }
    if let Place::Sqlite(path) = to {
        drop(engine);
        drop(pool);
        return std::fs::remove_file(path).map_err(|e| HubError::io(path, &e));
    }
    let names: Vec<String> = schema::shapes().into_iter().map(|s| format!("\"{}\"", s.table)).collect();
    Ok(engine.script(&format!("DROP TABLE {}", names.join(", ")))?)
}

/// Ends a move that was broken off at its very end: the old ledger says that it has moved, and the new one takes no orders yet.
fn arrived(source: &mut dyn Engine, to: &Place, runtime: &Handle) -> Result<Vec<Counted>, HubError> {
    if matches!(to, Place::Sqlite(path) if !path.exists()) {
        return Err(EngineError::Moved.into());
    }
    let pool = Pool::new(to, runtime.clone())?;
    let mut target = pool.get()?;
    if ledger::version(target.as_mut())? != Some(ARRIVING) || stands(source)? != stands(target.as_mut())? {
        return Err(EngineError::Moved.into());
    }
    mark(target.as_mut(), VERSION)?;
    let mut counted = Vec::new();
    for mut table in schema::shapes().into_iter().map(Table::new) {
        table.read(target.as_mut(), &mut |_| Ok(()))?;
        counted.push(told(&table));
    }
    Ok(counted)
}

/// Where a ledger stands, whatever has become of it.
fn stands(engine: &mut dyn Engine) -> Result<Option<Vec<Value>>, EngineError> {
    let sql = "SELECT \"hub_id\", \"epoch\", \"seq\", \"audit_no\", \"audit_hash\" FROM \"hub\" WHERE \"one\" = 1";
    engine::first(engine, sql, &[])
}

fn told(table: &Table) -> Counted {
    let (rows, checksum) = table.counted();
    Counted { table: table.name().to_owned(), rows, checksum }
}
