//! Making a ledger, and filling it with the rows a province has already.

use super::sheet::Sheet;
use super::{State, keep, lock, state};
use crate::domain::rows::{Kind, OrgId, Organisation, Row};
use crate::domain::value::{Cell, Value};
use crate::domain::work::Named;
use crate::hub::audit::{self, Head, Record};
use crate::hub::checkpoint;
use crate::hub::engine::{self, Engine, EngineError};
use crate::hub::rows::{self, Bulk, blob};
use crate::hub::schema;
use uuid::Uuid;

/// Whether a place holds a ledger already.
///
/// # Errors
/// What the engine says.
pub fn exists(engine: &mut dyn Engine) -> Result<bool, EngineError> {
    version(engine).map(|version| version.is_some())
}

/// The version of the ledger in a place; nothing when there is none.
///
/// # Errors
/// What the engine says.
pub fn version(engine: &mut dyn Engine) -> Result<Option<i64>, EngineError> {
    match engine::first(engine, "SELECT \"version\" FROM \"hub\" WHERE \"one\" = 1", &[]) {
        Ok(row) => Ok(row.and_then(|r| r[0].as_int())),
        Err(EngineError::Broken(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Makes a ledger of an earlier version one of this.
///
/// # Errors
/// What the engine says; the ledger is as it was then.
pub fn raise(engine: &mut dyn Engine) -> Result<(), EngineError> {
    let earlier = |found: Option<i64>| found.filter(|v| (1..schema::VERSION).contains(v));
    if earlier(version(engine)?).is_none() {
        return Ok(());
    }
    engine.begin()?;
    let done = raise_in(engine, earlier);
    match done {
        Ok(()) => engine.commit(),
        Err(e) => {
            engine.rollback();
            Err(e)
        }
    }
}

fn raise_in(engine: &mut dyn Engine, earlier: impl Fn(Option<i64>) -> Option<i64>) -> Result<(), EngineError> {
    engine.execute("UPDATE \"hub\" SET \"seq\" = \"seq\" WHERE \"one\" = 1", &[])?;
    // Another may have done it meanwhile.
    let Some(found) = earlier(version(engine)?) else { return Ok(()) };
    let done = usize::try_from(found - 1).unwrap_or(0);
    schema::STEPS.iter().skip(done).try_for_each(|step| engine.script(step))?;
    engine.execute("UPDATE \"hub\" SET \"version\" = ?1 WHERE \"one\" = 1", &[Value::Int(schema::VERSION)])?;
    tracing::info!(found, now = schema::VERSION, "the ledger has become one of this version");
    Ok(())
}

/// Makes the tables of an empty ledger.
///
/// # Errors
/// What the engine says; also when there are such tables.
pub fn create(engine: &mut dyn Engine, hub_id: Uuid) -> Result<State, EngineError> {
    engine.begin()?;
    create_in(engine, hub_id)?;
    engine.commit()?;
    state(engine)
}

fn create_in(engine: &mut dyn Engine, hub_id: Uuid) -> Result<(), EngineError> {
    engine.script(&schema::tables())?;
    let sql = "INSERT INTO \"hub\" VALUES (1, ?1, ?2, 1, 0, 0, ?3, 0, 0)";
    engine.execute(sql, &[Value::Int(schema::VERSION), blob(hub_id), Value::Blob(vec![0; 32])])?;
    checkpoint::make_key(engine)
}

/// A load of many rows, a thousand at a number, in one transaction: a load that is broken off leaves an empty ledger.
pub struct Loading<'a> {
    sheet: Sheet<'a>,
    state: State,
    waiting: Vec<Row>,
    loaded: u64,
}

/// Rows under one number: a page of the feed never splits a number.
const UNDER_ONE: usize = 1_000;

impl<'a> Loading<'a> {
    /// Makes an empty ledger and begins a load into it, both in one transaction: what is broken off leaves no ledger.
    ///
    /// # Errors
    /// As [`create`].
    pub fn create(engine: &'a mut dyn Engine, hub_id: Uuid) -> Result<Loading<'a>, EngineError> {
        engine.begin()?;
        let made = create_in(engine, hub_id).and_then(|()| state(engine));
        match made {
            Ok(state) => Ok(Loading { sheet: Sheet::new(engine), state, waiting: Vec::new(), loaded: 0 }),
            Err(e) => {
                engine.rollback();
                Err(e)
            }
        }
    }

    /// Begins a load into an empty ledger.
    ///
    /// # Errors
    /// What the engine says; when the ledger has rows already.
    pub fn begin(engine: &'a mut dyn Engine) -> Result<Loading<'a>, EngineError> {
        engine.begin()?;
        let state = lock(engine)?;
        if state.seq > 0 {
            engine.rollback();
            return Err(EngineError::Broken("the ledger has rows already".into()));
        }
        Ok(Loading { sheet: Sheet::new(engine), state, waiting: Vec::new(), loaded: 0 })
    }

    /// The codes reference files add to a set.
    ///
    /// # Errors
    /// What the engine says.
    pub fn named(&mut self, set: Named, codes: &[String]) -> Result<(), EngineError> {
        let rows = codes
            .iter()
            .zip(0..)
            .map(|(code, place)| vec![Value::Text(set.set().to_owned()), Value::Int(place), Value::Text(code.clone())]);
        let rows: Vec<Vec<Value>> = rows.collect();
        let bulk = Bulk::new("named", &["set", "place", "code"], &["set", "place"], &[]);
        self.sheet.engine(|e| bulk.write(e, &rows))
    }

    /// Takes in a row; organisations come before what belongs to them.
    ///
    /// # Errors
    /// What the engine says.
    pub fn push(&mut self, row: Row) -> Result<(), EngineError> {
        self.waiting.push(row);
        if self.waiting.len() == UNDER_ONE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.state.seq += 1;
        self.sheet.put(self.state.seq, self.waiting.iter().map(|r| (r, true)))?;
        self.sheet.write()?;
        self.loaded += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }

    /// Ends the load with a record of it; the number of rows.
    ///
    /// # Errors
    /// What the engine says.
    pub fn finish(mut self, at: i64, person: &str, org: &Organisation, origin: &str) -> Result<u64, EngineError> {
        self.flush()?;
        let reason = format!("{} rows", self.loaded);
        let OrgId(id) = org.id;
        let record = Record {
            at,
            person,
            org: id,
            org_name: &org.name,
            role: "office",
            origin,
            command: "hub.load",
            kind: "hub",
            target: self.state.hub_id,
            target_code: "",
            reason: &reason,
            outcome: "done",
            detail: "[]",
            seq: None,
        };
        let mut head: Head = self.state.audit;
        self.sheet.engine(|e| {
            audit::append(e, &mut head, &record)?;
            (self.state.audit, self.state.last_at) = (head, at);
            keep(e, &self.state)?;
            checkpoint::make(e, &self.state)?;
            e.commit()
        })?;
        Ok(self.loaded)
    }
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        // After a commit there is nothing to take back.
        self.sheet.engine(|e| e.rollback());
    }
}

/// The organisation with this code, or else this name.
///
/// # Errors
/// What the engine says.
pub fn organisation(engine: &mut dyn Engine, called: &str) -> Result<Option<Organisation>, EngineError> {
    use crate::domain::record::Record as _;
    use crate::domain::work::Rows;
    let rows = rows::LedgerRows::new(engine);
    for column in ["code", "name"] {
        let found = rows.find(Kind::Organisation, column, &called.to_owned().to_value());
        let found = match found {
            Ok(found) => found,
            Err(why) => return Err(rows.failure().unwrap_or(EngineError::Broken(why))),
        };
        if let Some(org) = found.into_iter().find_map(Organisation::from_row) {
            return Ok(Some(org));
        }
    }
    Ok(None)
}
