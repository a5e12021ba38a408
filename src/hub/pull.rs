//! Pages of the feed for one device: every row of its scope after a number, each at its latest.
//!
//! Owns what a device may see: shared kinds in full, the others of its own area; contacts only where its role may see them.

use super::engine::{self, Engine, EngineError};
use super::ledger::{Device, State};
use super::rows::blob;
use crate::domain::actor::Actor;
use crate::domain::codes::Role;
use crate::domain::rights::{CONTACTS, OF_AN_AREA};
use crate::domain::rows::{Kind, Row};
use crate::domain::value::Value;
use crate::wire::protocol::{Note, Taken, URGENT_KINDS};
use crate::wire::row;
use uuid::Uuid;

/// A page: lines of [`row::to_line`] with their numbers, ascending, no number split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<(i64, String)>,
    /// The cursor after it: everything in scope up to here was handed on.
    pub next: i64,
    /// Orders of the device itself that were accepted with these numbers.
    pub taken: Vec<Taken>,
    /// What was done under these numbers, as far as it is the device's business.
    pub notes: Vec<Note>,
    pub head: i64,
}

/// Who looks: the device's union with its division.
pub struct Eye {
    device: Uuid,
    actor: Actor,
}

impl Eye {
    /// The eye of a device whose organisation answers for `division`.
    pub fn new(device: &Device, division: &str) -> Eye {
        Eye {
            device: device.id,
            actor: Actor {
                name: String::new(),
                org_id: device.org,
                org_name: String::new(),
                role: device.role,
                division_code: division.to_owned(),
                login: String::new(),
                terminal: String::new(),
                ssh_client: String::new(),
                clock_set: false,
            },
        }
    }

    /// Whether rows of this kind, area and union are in its scope.
    pub(super) fn sees(&self, kind: Kind, area: &str, org: Uuid) -> bool {
        !OF_AN_AREA.contains(&kind) || self.actor.covers(area, org)
    }

    /// A row's line as this device may have it.
    fn line(&self, kind: Kind, area: &str, org: Uuid, line: String) -> Result<String, EngineError> {
        let Some((_, fields)) = CONTACTS.iter().find(|(k, _)| *k == kind) else { return Ok(line) };
        let may = self.actor.covers(area, org) && !matches!(self.actor.role, Role::Auditor | Role::SellerFeed);
        if may {
            return Ok(line);
        }
        let bad = |e: String| EngineError::Broken(format!("a line of the feed: {e}"));
        let row = row::from_line(&line).map_err(|e| bad(e.to_string()))?;
        let mut cells = row.cells();
        for (column, cell) in kind.columns().iter().zip(&mut cells) {
            if fields.contains(&column.name) {
                *cell = Value::Text(String::new());
            }
        }
        let blank = Row::from_cells(kind, row.uuid(), row.meta().clone(), &mut cells.into_iter());
        Ok(row::to_line(&blank.map_err(|e| bad(e.to_string()))?))
    }
}

/// Whether what a console has, as it names epoch, scope and cursor, is of another epoch or scope, or of numbers never given. Who
/// has nothing begins anyway.
pub fn must_begin_anew((epoch, scope, cursor): (i64, i64, i64), device: &Device, state: &State) -> bool {
    let new = cursor == 0 && epoch == 0;
    let same = epoch == state.epoch && scope == device.scope;
    !new && (!same || cursor > state.seq)
}

/// The page after `cursor`, of at least one and about `limit` rows where there are any.
///
/// # Errors
/// What the engine says.
pub fn page(engine: &mut dyn Engine, state: &State, eye: &Eye, cursor: i64, limit: usize) -> Result<Page, EngineError> {
    let from = cursor.clamp(0, state.seq);
    let offset = i64::try_from(limit.max(1) - 1).unwrap_or(i64::MAX);
    // The number of the last row that fits; the page takes all rows under it.
    let sql = "SELECT \"seq\" FROM \"feed\" WHERE \"seq\" > ?1 AND \"seq\" <= ?2 ORDER BY \"seq\" LIMIT 1 OFFSET ?3";
    let last = engine::first(engine, sql, &[Value::Int(from), Value::Int(state.seq), Value::Int(offset)])?;
    let upto = last.and_then(|r| r[0].as_int()).unwrap_or(state.seq);
    // Rows under one number have no order among them: sorting them would be half of what a page costs.
    let sql = "SELECT \"kind\", \"seq\", \"org\", \"area\", \"body\" FROM \"feed\" \
               WHERE \"seq\" > ?1 AND \"seq\" <= ?2 ORDER BY \"seq\"";
    let (mut rows, mut failed) = (Vec::new(), None);
    engine.query(sql, &[Value::Int(from), Value::Int(upto)], &mut |row| match of_feed(row, eye) {
        Ok(Some(line)) => rows.push(line),
        Ok(None) => {}
        Err(e) => _ = failed.get_or_insert(e),
    })?;
    match failed {
        Some(e) => Err(e),
        None => {
            let since = from.max(state.seq - NOTED);
            let notes = notes(engine, eye, since, upto)?;
            Ok(Page { rows, next: upto, taken: taken(engine, eye, from, upto)?, notes, head: state.seq })
        }
    }
}

/// Numbers before the head whose doings are told: who has been away for long, or is new, need not read of a year.
const NOTED: i64 = 2_000;

/// What was done under numbers after `from`, up to `upto`: of records the device may see. Looks at personal data are told to nobody
/// whose area they are not of.
fn notes(engine: &mut dyn Engine, eye: &Eye, from: i64, upto: i64) -> Result<Vec<Note>, EngineError> {
    let sql = "SELECT a.\"no\", a.\"at\", a.\"person\", a.\"org_name\", a.\"command\", a.\"kind\", a.\"target\", \
               a.\"target_code\", a.\"reason\", f.\"kind\", f.\"org\", f.\"area\", r.\"device\" FROM \"audit\" a \
               JOIN \"feed\" f ON f.\"kind\" = a.\"kind\" AND f.\"id\" = a.\"target\" \
               LEFT JOIN \"result\" r ON r.\"seq\" = a.\"seq\" \
               WHERE a.\"seq\" > ?1 AND a.\"seq\" <= ?2 ORDER BY a.\"no\"";
    let found = engine::all(engine, sql, &[Value::Int(from), Value::Int(upto)])?;
    Ok(found.iter().filter_map(|row| note(row, eye)).collect())
}

fn note(row: &[Value], eye: &Eye) -> Option<Note> {
    let text = |i: usize| row.get(i).and_then(Value::as_text).map(str::to_owned);
    let id = |i: usize| match row.get(i) {
        Some(Value::Blob(b)) => Uuid::from_slice(b).ok(),
        _ => None,
    };
    let (kind, org, area) = (Kind::parse(&text(9)?)?, id(10)?, text(11)?);
    let command = text(4)?;
    let private = command.ends_with(".reveal_contact");
    if !eye.sees(kind, &area, org) || private && !eye.actor.covers(&area, org) {
        return None;
    }
    Some(Note {
        no: row.first()?.as_int()?,
        at: row.get(1)?.as_int()?,
        person: text(2)?,
        org: text(3)?,
        command,
        kind: text(5)?,
        target: id(6)?,
        code: text(7)?,
        reason: text(8)?,
        own: id(12) == Some(eye.device),
    })
}

/// The orders of the device that were accepted with numbers after `from`, up to `upto`.
fn taken(engine: &mut dyn Engine, eye: &Eye, from: i64, upto: i64) -> Result<Vec<Taken>, EngineError> {
    let sql = "SELECT \"id\", \"seq\" FROM \"result\" WHERE \"device\" = ?1 AND \"seq\" > ?2 AND \"seq\" <= ?3 ORDER BY \"seq\"";
    let rows = engine::all(engine, sql, &[blob(eye.device), Value::Int(from), Value::Int(upto)])?;
    let one = |r: Vec<Value>| match (&r[0], r[1].as_int()) {
        (Value::Blob(id), Some(seq)) => Uuid::from_slice(id).ok().map(|id| Taken { id, seq }),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// Latest rows of [`URGENT_KINDS`] with numbers behind `after` and up to `upto`, at most `limit`. For everybody: a kind of which
/// anybody may see less than all is left out.
///
/// # Errors
/// What the engine says.
pub fn urgent(engine: &mut dyn Engine, after: i64, upto: i64, limit: usize) -> Result<Vec<String>, EngineError> {
    let open = |kind: Kind| !OF_AN_AREA.contains(&kind) && !CONTACTS.iter().any(|(k, _)| *k == kind);
    let kinds = URGENT_KINDS.iter().filter_map(|table| Kind::parse(table)).filter(|k| open(*k));
    let kinds: Vec<String> = kinds.map(|k| format!("'{}'", k.table())).collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT \"body\" FROM \"feed\" WHERE \"seq\" > ?1 AND \"seq\" <= ?2 AND \"kind\" IN ({}) ORDER BY \"seq\" LIMIT ?3",
        kinds.join(", ")
    );
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = engine::all(engine, &sql, &[Value::Int(after), Value::Int(upto), Value::Int(most)])?;
    Ok(found.into_iter().filter_map(|row| row[0].as_text().map(str::to_owned)).collect())
}

fn of_feed(row: Vec<Value>, eye: &Eye) -> Result<Option<(i64, String)>, EngineError> {
    let bad = || EngineError::Broken("a line of the feed cannot be read".into());
    let Ok([Value::Text(kind), Value::Int(seq), Value::Blob(org), Value::Text(area), Value::Text(body)]) =
        <[Value; 5]>::try_from(row)
    else {
        return Err(bad());
    };
    let (kind, org) = (Kind::parse(&kind).ok_or_else(bad)?, Uuid::from_slice(&org).map_err(|_| bad())?);
    if !eye.sees(kind, &area, org) {
        return Ok(None);
    }
    eye.line(kind, &area, org, body).map(|line| Some((seq, line)))
}
