//! Orders on their way to the hub, in the order they were made, and what the hub said of each.
//!
//! Owns the outbox; [`level`](super::level) lays them over the hub's rows. An order stays until it is safe at the hub or a person
//! withdraws it: what was acknowledged here is never dropped by the program.

/// How an order stands.
pub use crate::domain::codes::SendState as State;

use super::convert::uuid;
use super::link::{self, Link};
use crate::base::text;
use crate::domain::actor::Actor;
use crate::domain::command::{Class, Command};
use crate::domain::work::Rows;
use crate::wire::journal::{Line, Made};
use crate::wire::order::{Answer, By, FormError, Order, Outcome, Seen};
use crate::wire::record::hex;
use crate::wire::row::SCHEMA;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// An order as it lies in the outbox. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub n: i64,
    pub state: State,
    pub made_at: i64,
    pub command: String,
    pub kind: String,
    pub target: Uuid,
    pub target_code: String,
    pub order: Order,
    pub seq: Option<i64>,
    /// The hub's last word, when it has said one.
    pub outcome: Option<Outcome>,
    pub answered_at: Option<i64>,
    /// Its record in the audit here.
    pub audit_no: i64,
}

pub mod journal;
mod salvage;

pub use salvage::{Saved, salvage, take_over};

const COLUMNS: &str = "n, state, made_at, command, kind, target, target_code, body, seq, answer, answered_at, audit_no";

fn item(r: &Row<'_>) -> rusqlite::Result<Item> {
    let bad =
        |i: usize, e: FormError| rusqlite::Error::FromSqlConversionFailure(i, rusqlite::types::Type::Text, Box::new(e));
    let (state, body, answer): (String, String, String) = (r.get(1)?, r.get(7)?, r.get(9)?);
    let unknown = || rusqlite::Error::InvalidColumnType(1, state.clone(), rusqlite::types::Type::Text);
    let outcome =
        Some(answer).filter(|a| !a.is_empty()).map(|a| Answer::read(&a).map_err(|e| bad(9, e))).transpose()?;
    Ok(Item {
        n: r.get(0)?,
        state: State::parse(&state).ok_or_else(unknown)?,
        made_at: r.get(2)?,
        command: r.get(3)?,
        kind: r.get(4)?,
        target: uuid(r, 5)?,
        target_code: r.get(6)?,
        order: Order::read(&body).map_err(|e| bad(7, e))?,
        seq: r.get(8)?,
        outcome: outcome.map(|a| a.outcome),
        answered_at: r.get(10)?,
        audit_no: r.get(11)?,
    })
}

/// What a command stands on: the record it is about, as it is here now, and the rows that were on the screen.
///
/// # Errors
/// When the rows cannot be read.
pub fn seen_of(rows: &dyn Rows, command: &Command, on_screen: &[super::Seen]) -> Result<Vec<Seen>, String> {
    if command.class() != Class::Checked {
        return Ok(Vec::new());
    }
    let mut out: Vec<Seen> = Vec::new();
    let known = on_screen.iter().filter(|(_, _, rev)| *rev > 0).map(|(kind, id, _)| (*kind, *id));
    for (kind, id) in command.target().into_iter().chain(known) {
        if out.iter().any(|s| (s.kind, s.id) == (kind, id)) {
            continue;
        }
        if let Some(row) = rows.fetch(kind, id)? {
            out.push(Seen::of(&row));
        }
    }
    Ok(out)
}

/// Puts an order behind the others, inside the caller's transaction. `target` and `code` are what it was found to be about,
/// `audit_no` its record here. Gives its line for the journal, to be written after the commit.
///
/// # Errors
/// What SQLite says.
pub fn add(
    db: &Connection,
    link: &mut Link,
    (id, command, seen): (Uuid, &Command, Vec<Seen>),
    actor: &Actor,
    at: Timestamp,
    (target, code, audit_no): (Uuid, &str, i64),
) -> rusqlite::Result<Line> {
    link.last_n += 1;
    let order = Order {
        id,
        n: u64::try_from(link.last_n).unwrap_or(0),
        made_at: at.as_millisecond(),
        schema: SCHEMA,
        by: By { name: actor.name.clone(), origin: actor.origin() },
        seen,
        command: command.clone(),
        signed: None,
    };
    let name = command.name();
    let kind = command.target().map_or_else(|| name.split('.').next().unwrap_or_default(), |(k, _)| k.table());
    let body = order.to_line().map_err(unwritten)?;
    db.prepare_cached("INSERT INTO outbox VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, '', NULL, ?10)")?.execute(
        params![
            link.last_n,
            id.as_bytes().as_slice(),
            State::Waiting.code(),
            order.made_at,
            name,
            kind,
            target.as_bytes().as_slice(),
            code,
            body,
            audit_no,
        ],
    )?;
    link::put(db, link)?;
    Ok(Line::Made(Made {
        n: link.last_n,
        id: hex(id.as_bytes()),
        made_at: order.made_at,
        command: name.to_owned(),
        kind: kind.to_owned(),
        target: hex(target.as_bytes()),
        target_code: code.to_owned(),
        audit_no,
        order: body,
    }))
}

fn unwritten(e: FormError) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(e))
}

/// The first orders the hub has not answered, as they travel.
///
/// # Errors
/// What SQLite says.
pub fn waiting(db: &Connection, limit: usize) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT body FROM outbox WHERE state = 'waiting' ORDER BY n LIMIT ?1";
    let mut statement = db.prepare_cached(sql)?;
    statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |r| r.get(0))?.collect()
}

/// Orders that are laid over the hub's rows: those whose own rows are not here yet.
///
/// # Errors
/// What SQLite says.
pub(super) fn in_flight(db: &Connection, cursor: i64) -> rusqlite::Result<Vec<Item>> {
    let sql =
        format!("SELECT {COLUMNS} FROM outbox WHERE state = 'waiting' OR state = 'accepted' AND seq > ?1 ORDER BY n");
    db.prepare_cached(&sql)?.query_map([cursor], item)?.collect()
}

/// How many orders there are in each state that asks for something: waiting, in conflict, denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub waiting: i64,
    pub conflict: i64,
    pub denied: i64,
    /// Done at the hub, but lost with its machine.
    pub unsafe_yet: i64,
}

/// Counts the outbox.
///
/// # Errors
/// What SQLite says.
pub fn counts(db: &Connection, safe: i64) -> rusqlite::Result<Counts> {
    let mut out = Counts::default();
    let mut statement =
        db.prepare_cached("SELECT state, count(*) FROM outbox WHERE state <> 'accepted' GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(r) = rows.next()? {
        let (state, n): (String, i64) = (r.get(0)?, r.get(1)?);
        match State::parse(&state) {
            Some(State::Waiting) => out.waiting = n,
            Some(State::Conflict) => out.conflict = n,
            Some(State::Denied) => out.denied = n,
            Some(State::Accepted | State::Withdrawn) | None => {}
        }
    }
    let sql = "SELECT count(*) FROM outbox WHERE state = 'accepted' AND seq > ?1";
    out.unsafe_yet = db.prepare_cached(sql)?.query_row([safe], |r| r.get(0))?;
    Ok(out)
}

/// The orders in these states, the oldest first.
///
/// # Errors
/// What SQLite says.
pub fn list(db: &Connection, states: &[State]) -> rusqlite::Result<Vec<Item>> {
    let names: Vec<String> = states.iter().map(|s| format!("'{}'", s.code())).collect();
    let sql = format!("SELECT {COLUMNS} FROM outbox WHERE state IN ({}) ORDER BY n", names.join(", "));
    db.prepare(&sql)?.query_map([], item)?.collect()
}

/// The order with this number.
///
/// # Errors
/// What SQLite says.
pub fn get(db: &Connection, n: i64) -> rusqlite::Result<Option<Item>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE n = ?1"))?.query_row([n], item).optional()
}

/// Keeps what the hub said of an order; whether its rows must be laid anew. An answer that is not final changes nothing.
///
/// # Errors
/// What SQLite says.
pub(super) fn settle(db: &Connection, answer: &Answer, cursor: i64, now: i64) -> rusqlite::Result<bool> {
    let (state, seq) = match &answer.outcome {
        Outcome::Accepted { seq, .. } => (State::Accepted, Some(*seq)),
        Outcome::Conflict { .. } => (State::Conflict, None),
        Outcome::Denied { .. } => (State::Denied, None),
        Outcome::Later { .. } | Outcome::Upgrade { .. } => return Ok(false),
    };
    // What the hub has done is done, also where a person took it back while it was under way.
    let sql = "UPDATE outbox SET state = ?1, seq = ?2, answer = ?3, answered_at = ?4 \
               WHERE id = ?5 AND (state = 'waiting' OR state = 'withdrawn' AND ?2 IS NOT NULL)";
    let id = answer.id.as_bytes().as_slice();
    let at = if let Outcome::Accepted { hub_at, .. } = answer.outcome { hub_at } else { now };
    let changed =
        db.prepare_cached(sql)?.execute(params![state.code(), seq, answer.to_line().map_err(unwritten)?, at, id])?;
    Ok(changed > 0 && seq.is_none_or(|s| s <= cursor))
}

/// What a page says of an order of this console: its rows are among those up to the page's end, by the hub's clock at `now` at
/// the latest. That holds also where a person took it back while it was under way, and where a hub said no that was put back since
/// and took it when it came once more: the rows are there.
///
/// # Errors
/// What SQLite says.
pub(super) fn taken(db: &Connection, id: Uuid, seq: i64, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE outbox SET state = 'accepted', seq = ?1, answered_at = coalesce(answered_at, ?2), \
               answer = CASE WHEN state IN ('conflict', 'denied') THEN '' ELSE answer END WHERE id = ?3";
    db.prepare_cached(sql)?.execute(params![seq, now, id.as_bytes().as_slice()]).map(drop)
}

/// Makes every accepted order that may be lost wait again: the hub is another since.
///
/// # Errors
/// What SQLite says.
pub(super) fn send_again(db: &Connection) -> rusqlite::Result<usize> {
    let sql =
        "UPDATE outbox SET state = 'waiting', seq = NULL, answer = '', answered_at = NULL WHERE state = 'accepted'";
    db.execute(sql, [])
}

/// How long an accepted order is kept where the hub names no number as safe, in milliseconds by the hub's clock: 30 days.
const KEPT: i64 = 30 * 24 * 3_600_000;

/// Drops orders that nobody needs any more: safe at the hub, or accepted long ago by one that keeps no copy; withdrawn ones
/// after the same time. `now` is by the hub's clock: this machine's may jump by a year.
///
/// # Errors
/// What SQLite says.
pub(super) fn tidy(db: &Connection, link: &Link, now: i64) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM outbox WHERE state = 'accepted' AND seq <= ?1 AND (seq <= ?2 OR ?2 = 0 AND answered_at < ?3) \
               OR state = 'withdrawn' AND answered_at < ?3";
    db.prepare_cached(sql)?.execute(params![link.cursor, link.safe, now - KEPT])
}

/// Takes an order back; whether there was one that could be: not answered yet, or not done. The caller lays the rows anew.
///
/// # Errors
/// What SQLite says.
pub(super) fn withdraw(db: &Connection, n: i64, now: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE outbox SET state = 'withdrawn', answered_at = coalesce(answered_at, ?1) \
               WHERE n = ?2 AND state IN ('waiting', 'conflict', 'denied')";
    Ok(db.prepare_cached(sql)?.execute(params![now, n])? > 0)
}

/// The person an order is of, for deciding it here: organisation and role are the console's.
pub(super) fn actor(link: &Link, org: &crate::domain::rows::Organisation, by: &By) -> Actor {
    Actor {
        name: text::clean(&by.name),
        org_id: org.id.0,
        org_name: org.name.clone(),
        role: link.role,
        division_code: org.division_code.clone(),
        login: by.origin.clone(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    }
}
