//! Taking orders: each looked up first, then decided on the rows as they are, then written with its number, its answer and its record.
//!
//! Owns the one transaction of a batch. A refused order changes nothing but the audit and keeps no other from being taken.

use super::make::{Divisions, divisions, write};
use super::seen::holds;
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
use crate::hub::engine::{self, Engine, EngineError};
use crate::hub::rows::{LedgerRows, blob};
use crate::wire::change;
use crate::wire::order::{Answer, Order, Outcome};
use crate::wire::row::SCHEMA;
use jiff::Timestamp;
use uuid::Uuid;

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
    let divisions = divisions(engine)?;
    let mut desk = Desk { engine, state, now: now.max(last), divisions };
    let answers = batch.iter().map(|(device, order)| desk.answer(device, order)).collect::<Result<Vec<_>, _>>()?;
    desk.state.last_at = desk.now.as_millisecond();
    keep(desk.engine, &desk.state)?;
    checkpoint::when_due(desk.engine, &desk.state)?;
    Ok(answers)
}

struct Desk<'a> {
    engine: &'a mut dyn Engine,
    state: State,
    now: Timestamp,
    divisions: Divisions,
}

impl Desk<'_> {
    fn answer(&mut self, device: &Device, order: &Order) -> Result<Answer, EngineError> {
        let answer = |outcome| Answer { id: order.id, outcome };
        if let Some(known) = self.known(order.id)? {
            return Ok(known);
        }
        if order.schema != SCHEMA {
            return Ok(answer(Outcome::Upgrade { min: SCHEMA }));
        }
        let Some(actor) = self.actor(device, order)? else {
            return Ok(answer(Outcome::Denied { code: "device-unknown".into(), args: Vec::new() }));
        };
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

    /// What was answered when the order came before.
    fn known(&mut self, id: Uuid) -> Result<Option<Answer>, EngineError> {
        let sql = "SELECT \"answer\" FROM \"result\" WHERE \"id\" = ?1";
        let row = engine::first(self.engine, sql, &[blob(id)])?;
        let text = row.as_ref().and_then(|r| r[0].as_text());
        text.map(serde_json::from_str).transpose().map_err(|e| EngineError::Broken(format!("a stored answer: {e}")))
    }

    /// The person, for the device's organisation and in its role. `None` when the device was revoked meanwhile.
    fn actor(&mut self, device: &Device, order: &Order) -> Result<Option<Actor>, EngineError> {
        let sql = "SELECT \"revoked_at\" FROM \"device\" WHERE \"id\" = ?1";
        let there = engine::first(self.engine, sql, &[blob(device.id)])?.is_some_and(|r| r[0].is_null());
        let rows = LedgerRows::new(self.engine);
        let org = rows.fetch(Kind::Organisation, device.org).map_err(EngineError::Broken)?;
        let Some(Row::Organisation(Organisation { name, division_code, .. })) = org.filter(|_| there) else {
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
            let rows = LedgerRows::new(self.engine);
            let found = rows.fetch(seen.kind, seen.id).map_err(EngineError::Broken)?;
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
        let rows = LedgerRows::new(self.engine);
        let verdict = decide(Work::new(&rows, &mut ids, actor, self.now), &order.command);
        let unread = rows.into_failure();
        match verdict {
            Ok(decision) => {
                self.state.seq += 1;
                let changed = decision.changes.iter().map(|c| (&c.after, c.before.is_none()));
                write(self.engine, &mut self.divisions, self.state.seq, changed)?;
                self.note(actor, order, "done", Some(&decision))?;
                let hub_at = self.now.as_millisecond();
                Ok(Outcome::Accepted { seq: self.state.seq, hub_at, code: decision.target_code })
            }
            Err(Stop::Refused(refusal)) => {
                self.note(actor, order, refusal.code, None)?;
                let args = refusal.args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                Ok(Outcome::Denied { code: refusal.code.to_owned(), args })
            }
            Err(Stop::Rows(why)) => Err(unread.unwrap_or(EngineError::Broken(why))),
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
        audit::append(self.engine, &mut self.state.audit, &record)
    }

    /// The code people know a record by, when it is there and has one.
    fn code_of(&mut self, kind: Kind, id: Uuid) -> Result<String, EngineError> {
        let Some(place) = kind.columns().iter().position(|c| c.name == "code") else { return Ok(String::new()) };
        let rows = LedgerRows::new(self.engine);
        let found = rows.fetch(kind, id).map_err(EngineError::Broken)?;
        Ok(found.and_then(|r| r.cell(place).as_text().map(str::to_owned)).unwrap_or_default())
    }

    fn keep_answer(&mut self, device: &Device, order: &Order, answer: &Answer) -> Result<(), EngineError> {
        let text = serde_json::to_string(answer).map_err(|e| EngineError::Broken(e.to_string()))?;
        let n = i64::try_from(order.n).unwrap_or(i64::MAX);
        let sql = "INSERT INTO \"result\" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let seq = match answer.outcome {
            Outcome::Accepted { seq, .. } => Value::Int(seq),
            _ => Value::Null,
        };
        let at = self.now.as_millisecond().to_value();
        let args = [blob(order.id), blob(device.id), n.to_value(), at, Value::Text(text), seq];
        self.engine.execute(sql, &args).map(drop)
    }
}
