//! Taking orders: each looked up first, then decided on the rows as they are, then written with its number, its answer and its record.
//!
//! Owns the one transaction of a batch. A refused order changes nothing but the audit and keeps no other from being taken.

use super::seen::holds;
use super::sheet::Sheet;
use super::{State, keep, lock};
use crate::base::ids::Ids;
use crate::base::text;
use crate::domain::actor::Actor;
use crate::domain::codes::Role;
use crate::domain::decide::decide;
use crate::domain::refusal::Stop;
use crate::domain::rows::{Kind, Organisation, Row};
use crate::domain::value::{Cell, Value};
use crate::domain::work::{Decision, Rows, Work};
use crate::hub::audit::{self, Record};
use crate::hub::checkpoint;
use crate::hub::engine::{Engine, EngineError};
use crate::hub::rows::{self, Bulk, blob};
use crate::wire::change;
use crate::wire::order::{Answer, Order, Outcome};
use crate::wire::row::SCHEMA;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

/// The refusal of an order that its console has not signed.
pub const FORGED: &str = "order-forged";
/// Longest name and origin a record keeps, in characters.
const NAME: usize = 60;

/// The console an order came from, as the hub enrolled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: Uuid,
    pub name: String,
    pub org: Uuid,
    pub role: Role,
    /// Rises by one when what the device may see becomes another.
    pub scope: i64,
    /// The public key its orders are signed by, in hexadecimal; a console of before there was one signs none.
    pub signer: Option<String>,
}

/// Takes a batch in one transaction, in order; one answer each. The rows are on the disk when this returns.
///
/// # Errors
/// What the engine says; nothing of the batch is taken then, or, after a commit nobody confirmed, all of it: the same orders may be
/// sent again.
pub fn take(engine: &mut dyn Engine, now: Timestamp, batch: &[(Device, Order)]) -> Result<Vec<Answer>, EngineError> {
    engine.begin()?;
    let done = take_in(engine, now, batch);
    match done {
        Ok(answers) => engine.commit().map(|()| answers),
        Err(e) => {
            engine.rollback();
            Err(e)
        }
    }
}

fn take_in(engine: &mut dyn Engine, now: Timestamp, batch: &[(Device, Order)]) -> Result<Vec<Answer>, EngineError> {
    let state = lock(engine)?;
    // Two hubs on one ledger may differ by some milliseconds: no record is older than the one before.
    let last = Timestamp::from_millisecond(state.last_at).unwrap_or(now);
    let (known, here) = (known(engine, batch)?, here(engine, batch)?);
    let sheet = Sheet::new(engine);
    read_ahead(&sheet, batch)?;
    let mut desk = Desk { sheet, state, now: now.max(last), known, here, records: Vec::new(), results: Vec::new() };
    let answers = batch.iter().map(|(device, order)| desk.answer(device, order)).collect::<Result<Vec<_>, _>>()?;
    desk.state.last_at = desk.now.as_millisecond();
    desk.sheet.write()?;
    desk.sheet.engine(|engine| {
        audit::write(engine, &desk.records)?;
        RESULTS.write(engine, &desk.results)?;
        keep(engine, &desk.state)?;
        checkpoint::when_due(engine, &desk.state)
    })?;
    Ok(answers)
}

static RESULTS: LazyLock<Bulk> =
    LazyLock::new(|| Bulk::fresh("result", &["id", "device", "n", "at", "answer", "seq", "signed"]));

/// What was answered to those orders of a batch that came before.
fn known(engine: &mut dyn Engine, batch: &[(Device, Order)]) -> Result<HashMap<Uuid, Answer>, EngineError> {
    let ids: Vec<Uuid> = batch.iter().map(|(_, order)| order.id).collect();
    let (mut known, mut bad) = (HashMap::new(), None);
    rows::each_of(
        engine,
        "SELECT \"answer\" FROM \"result\" WHERE \"id\"",
        &ids,
        &mut |row| match serde_json::from_str::<Answer>(row[0].as_text().unwrap_or_default()) {
            Ok(answer) => _ = known.insert(answer.id, answer),
            Err(e) => bad = Some(EngineError::Broken(format!("a stored answer: {e}"))),
        },
    )?;
    bad.map_or(Ok(known), Err)
}

/// The devices of a batch that are not revoked.
fn here(engine: &mut dyn Engine, batch: &[(Device, Order)]) -> Result<HashSet<Uuid>, EngineError> {
    let mut ids: Vec<Uuid> = batch.iter().map(|(device, _)| device.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut here = HashSet::new();
    let sql = "SELECT \"id\" FROM \"device\" WHERE \"revoked_at\" IS NULL AND \"id\"";
    rows::each_of(engine, sql, &ids, &mut |row| {
        if let Value::Blob(id) = &row[0] {
            here.extend(Uuid::from_slice(id));
        }
    })?;
    Ok(here)
}

/// Reads the rows that a batch names in so many words: deciding reads whatever else it needs.
fn read_ahead(sheet: &Sheet<'_>, batch: &[(Device, Order)]) -> Result<(), EngineError> {
    let mut named: BTreeMap<&str, (Kind, BTreeSet<Uuid>)> = BTreeMap::new();
    for (device, order) in batch {
        let seen = order.seen.iter().map(|s| (s.kind, s.id));
        for (kind, id) in seen.chain(order.command.target()).chain([(Kind::Organisation, device.org)]) {
            named.entry(kind.table()).or_insert_with(|| (kind, BTreeSet::new())).1.insert(id);
        }
    }
    named.into_values().try_for_each(|(kind, ids)| sheet.read_ahead(kind, &ids.into_iter().collect::<Vec<_>>()))
}

struct Desk<'a> {
    sheet: Sheet<'a>,
    state: State,
    now: Timestamp,
    known: HashMap<Uuid, Answer>,
    here: HashSet<Uuid>,
    /// Records and results to write when all are decided.
    records: Vec<Vec<Value>>,
    results: Vec<Vec<Value>>,
}

impl Desk<'_> {
    fn answer(&mut self, device: &Device, order: &Order) -> Result<Answer, EngineError> {
        let answer = |outcome| Answer { id: order.id, outcome };
        if let Some(known) = self.known.get(&order.id) {
            return Ok(known.clone());
        }
        if order.schema != SCHEMA {
            return Ok(answer(Outcome::Upgrade { min: SCHEMA }));
        }
        let Some(actor) = self.actor(device, order)? else {
            return Ok(answer(Outcome::Denied { code: "device-unknown".into(), args: Vec::new() }));
        };
        if device.signer.is_some() && order.signed.is_none() {
            self.note(&actor, order, FORGED, None)?;
            let outcome = Outcome::Denied { code: FORGED.into(), args: Vec::new() };
            // Not kept: the console itself may send the same order, signed.
            return Ok(answer(outcome));
        }
        let outcome = match self.conflict(order)? {
            Some(conflict) => {
                self.note(&actor, order, "record-changed", None)?;
                conflict
            }
            None => self.decide(&actor, order)?,
        };
        let answer = answer(outcome);
        self.keep_answer(device, order, &answer)?;
        Ok(answer)
    }

    fn fetch(&self, kind: Kind, id: Uuid) -> Result<Option<Row>, EngineError> {
        self.sheet.fetch(kind, id).map_err(|why| self.sheet.failure().unwrap_or(EngineError::Broken(why)))
    }

    /// The person, for the device's organisation and in its role. `None` when the device was revoked meanwhile.
    fn actor(&mut self, device: &Device, order: &Order) -> Result<Option<Actor>, EngineError> {
        let here = self.here.contains(&device.id);
        let org = self.fetch(Kind::Organisation, device.org)?;
        let Some(Row::Organisation(Organisation { name, division_code, .. })) = org.filter(|_| here) else {
            return Ok(None);
        };
        let short = |t: &str| text::clean(&t.chars().take(NAME).collect::<String>());
        Ok(Some(Actor {
            name: short(&order.by.name),
            org_id: device.org,
            org_name: name,
            role: device.role,
            division_code,
            login: format!("{} {}", device.name, short(&order.by.origin)).trim_end().to_owned(),
            terminal: String::new(),
            ssh_client: String::new(),
            clock_set: false,
        }))
    }

    /// The first row that is not as the person saw it.
    fn conflict(&mut self, order: &Order) -> Result<Option<Outcome>, EngineError> {
        for seen in &order.seen {
            let found = self.fetch(seen.kind, seen.id)?;
            let Some(meta) = found.as_ref().filter(|row| !holds(&order.command, seen, row)).map(Row::meta) else {
                continue;
            };
            let at = meta.updated_at.as_millisecond();
            let by = meta.updated_by.clone();
            return Ok(Some(Outcome::Conflict { kind: seen.kind, row: seen.id, rev: meta.rev, by, at }));
        }
        Ok(None)
    }

    fn decide(&mut self, actor: &Actor, order: &Order) -> Result<Outcome, EngineError> {
        let mut ids = Ids::of_command(order.id);
        let verdict = decide(Work::new(&self.sheet, &mut ids, actor, self.now), &order.command);
        match verdict {
            Ok(decision) => {
                self.state.seq += 1;
                let changed = decision.changes.iter().map(|c| (&c.after, c.before.is_none()));
                self.sheet.put(self.state.seq, changed)?;
                self.note(actor, order, "done", Some(&decision))?;
                let hub_at = self.now.as_millisecond();
                Ok(Outcome::Accepted { seq: self.state.seq, hub_at, code: decision.target_code })
            }
            Err(Stop::Refused(refusal)) => {
                self.note(actor, order, refusal.code, None)?;
                let args = refusal.args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                Ok(Outcome::Denied { code: refusal.code.to_owned(), args })
            }
            Err(Stop::Rows(why)) => Err(self.sheet.failure().unwrap_or(EngineError::Broken(why))),
        }
    }

    fn note(
        &mut self,
        actor: &Actor,
        order: &Order,
        outcome: &str,
        decision: Option<&Decision>,
    ) -> Result<(), EngineError> {
        let name = order.command.name();
        let aim = order.command.target();
        let kind = match (decision, aim) {
            (None, Some((kind, _))) => kind.table(),
            _ => name.split('.').next().unwrap_or_default(),
        };
        let code = match (decision, aim) {
            (Some(d), _) => d.target_code.clone(),
            (None, Some((kind, id))) => self.code_of(kind, id)?,
            (None, None) => String::new(),
        };
        let reason: String =
            order.command.reason().chars().take(if decision.is_some() { 2_000 } else { 200 }).collect();
        let record = Record {
            at: self.now.as_millisecond(),
            person: &actor.name,
            org: actor.org_id,
            org_name: &actor.org_name,
            role: actor.role.code(),
            origin: &actor.login,
            command: &name,
            kind,
            target: decision.map_or_else(|| aim.map_or(Uuid::nil(), |(_, id)| id), |d| d.target),
            target_code: &code,
            reason: &text::clean(&reason),
            outcome,
            detail: &change::to_json(decision.map_or(&[], |d| &d.changes)),
            seq: decision.map(|_| self.state.seq),
        };
        self.records.push(audit::chain(&mut self.state.audit, &record));
        Ok(())
    }

    /// The code people know a record by, when it is there and has one.
    fn code_of(&mut self, kind: Kind, id: Uuid) -> Result<String, EngineError> {
        let Some(place) = kind.columns().iter().position(|c| c.name == "code") else { return Ok(String::new()) };
        let found = self.fetch(kind, id)?;
        Ok(found.and_then(|r| r.cell(place).as_text().map(str::to_owned)).unwrap_or_default())
    }

    fn keep_answer(&mut self, device: &Device, order: &Order, answer: &Answer) -> Result<(), EngineError> {
        let text = serde_json::to_string(answer).map_err(|e| EngineError::Broken(e.to_string()))?;
        let n = i64::try_from(order.n).unwrap_or(i64::MAX);
        let seq = match answer.outcome {
            Outcome::Accepted { seq, .. } => Value::Int(seq),
            _ => Value::Null,
        };
        let at = self.now.as_millisecond().to_value();
        let signed = order.signed.clone().map_or(Value::Null, Value::Text);
        self.results.push(vec![blob(order.id), blob(device.id), n.to_value(), at, Value::Text(text), seq, signed]);
        self.known.insert(order.id, answer.clone());
        Ok(())
    }
}
