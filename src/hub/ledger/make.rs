//! Making a ledger, and filling it with the rows a province has already.

use super::{State, keep, lock, state};
use crate::domain::rows::{Kind, OrgId, Organisation, Row};
use crate::domain::value::{Cell, Value};
use crate::domain::work::Named;
use crate::hub::audit::{self, Head, Record};
use crate::hub::checkpoint;
use crate::hub::engine::{self, Engine, EngineError};
use crate::hub::rows::{self, Bulk, blob};
use crate::hub::schema;
use crate::wire::row;
use std::collections::HashMap;
use std::sync::LazyLock;
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
        Err(away @ EngineError::Away(_)) => Err(away),
        Err(EngineError::Broken(_)) => Ok(None),
    }
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

static FEED: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::new("feed", &["kind", "id", "seq", "org", "area", "body"], &["kind", "id"], &[]));

/// The division every organisation answers for: where rows without a county of their own belong.
pub(super) type Divisions = HashMap<Uuid, String>;

pub(super) fn divisions(engine: &mut dyn Engine) -> Result<Divisions, EngineError> {
    let all = engine::all(engine, "SELECT \"id\", \"division_code\" FROM \"organisation\"", &[])?;
    let one = |r: Vec<Value>| match (&r[0], r[1].as_text()) {
        (Value::Blob(id), Some(code)) => Uuid::from_slice(id).ok().map(|id| (id, code.to_owned())),
        _ => None,
    };
    Ok(all.into_iter().filter_map(one).collect())
}

/// Writes the latest of each changed row, into its table and into the feed under `seq`. New rows first come first.
pub(super) fn write<'a>(
    engine: &mut dyn Engine,
    divisions: &mut Divisions,
    seq: i64,
    changed: impl Iterator<Item = (&'a Row, bool)>,
) -> Result<(), EngineError> {
    let mut places: HashMap<(Kind, Uuid), (usize, usize)> = HashMap::new();
    let mut kinds: Vec<(Kind, Vec<(&Row, bool)>)> = Vec::new();
    for (row, new) in changed {
        let kind = row.kind();
        if let Row::Organisation(o) = row {
            divisions.insert(o.id.0, o.division_code.clone());
        }
        let list = kinds.iter().position(|(k, _)| *k == kind).unwrap_or_else(|| {
            kinds.push((kind, Vec::new()));
            kinds.len() - 1
        });
        match places.get(&(kind, row.uuid())) {
            // Changed twice by one command: the later one counts, and it is as new as the first.
            Some((list, place)) => kinds[*list].1[*place].0 = row,
            None => {
                places.insert((kind, row.uuid()), (list, kinds[list].1.len()));
                kinds[list].1.push((row, new));
            }
        }
    }
    for (kind, rows) in &kinds {
        rows::put(engine, *kind, rows)?;
        let lines = rows.iter().map(|(row, _)| {
            let org = row.meta().org;
            vec![
                Value::Text(kind.table().to_owned()),
                blob(row.uuid()),
                Value::Int(seq),
                blob(org),
                Value::Text(area(row, divisions)),
                Value::Text(row::to_line(row)),
            ]
        });
        let lines: Vec<Vec<Value>> = lines.collect();
        FEED.write(engine, &lines)?;
    }
    Ok(())
}

/// The county or division a row belongs to: its own, or that of its organisation.
fn area(row: &Row, divisions: &Divisions) -> String {
    own_area(row).unwrap_or_else(|| divisions.get(&row.meta().org).cloned().unwrap_or_default())
}

/// The county or division a row names itself.
pub(in crate::hub) fn own_area(row: &Row) -> Option<String> {
    let place = row.kind().columns().iter().position(|c| matches!(c.name, "county_code" | "division_code"))?;
    row.cell(place).as_text().filter(|code| !code.is_empty()).map(str::to_owned)
}

/// A load of many rows, a thousand at a number, in one transaction: a load that is broken off leaves an empty ledger.
pub struct Loading<'a> {
    engine: &'a mut dyn Engine,
    state: State,
    divisions: Divisions,
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
            Ok(state) => Ok(Loading { engine, state, divisions: HashMap::new(), waiting: Vec::new(), loaded: 0 }),
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
        Ok(Loading { engine, state, divisions: HashMap::new(), waiting: Vec::new(), loaded: 0 })
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
        Bulk::new("named", &["set", "place", "code"], &["set", "place"], &[]).write(self.engine, &rows)
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
        let rows = self.waiting.iter().map(|r| (r, true));
        write(self.engine, &mut self.divisions, self.state.seq, rows)?;
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
        audit::append(self.engine, &mut head, &record)?;
        (self.state.audit, self.state.last_at) = (head, at);
        keep(self.engine, &self.state)?;
        checkpoint::make(self.engine, &self.state)?;
        self.engine.commit()?;
        Ok(self.loaded)
    }
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        // After a commit there is nothing to take back.
        self.engine.rollback();
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
            Err(why) => return Err(rows.into_failure().unwrap_or(EngineError::Broken(why))),
        };
        if let Some(org) = found.into_iter().find_map(Organisation::from_row) {
            return Ok(Some(org));
        }
    }
    Ok(None)
}
