//! What must hold, during a day and when it is over.

use super::console::Console;
use super::day::Day;
use super::hub::{Hub, Taken};
use super::template::Template;
use crate::domain::actor::Actor;
use crate::domain::rights::{CONTACTS, OF_AN_AREA};
use crate::domain::rows::{Kind, Organisation, Row};
use crate::hub::engine;
use crate::hub::{audit as chain, ledger};
use crate::proof::fault::{Fault, Promise};
use crate::proof::province::{self, division};
use crate::store::outbox::State;
use crate::store::{Connection, SqlError, audit, dump, outbox};
use crate::sync::core::Position;
use crate::wire::order::Outcome;
use crate::wire::row::{from_line, to_line};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use uuid::Uuid;

type Rows = BTreeMap<(String, Uuid), String>;

/// Every promise, once everything has come to rest.
pub(super) fn kept(day: &mut Day<'_>) -> Result<(), Fault> {
    let results = day.hub.results()?;
    for who in 0..day.consoles.len() {
        converged(day, who)?;
        let console = &mut day.consoles[who];
        outcomes(console, who, &results)?;
        let (db, _) = console.desk()?.database();
        match audit::verify(db, |_| {})? {
            audit::Verdict::Whole { .. } => {}
            other => return Err(Fault::new(Promise::Audit, format!("console {who}: {other:?}"))),
        }
    }
    for outcome in results.values() {
        match outcome {
            // Made before the day.
            Outcome::Accepted { seq, .. } if *seq <= day.template.head => {}
            Outcome::Accepted { .. } => day.tally.accepted += 1,
            _ => day.tally.refused += 1,
        }
    }
    once(&day.hub, day.template.loaded)?;
    replay(&day.hub, day.template)
}

fn all_rows(db: &Connection) -> Result<Rows, Fault> {
    let mut out = Rows::new();
    for kind in Kind::ALL {
        dump::rows(db, *kind, &mut |row| {
            out.insert((kind.table().to_owned(), row.uuid()), to_line(&row));
            Ok::<(), SqlError>(())
        })?;
    }
    Ok(out)
}

/// What a console shows is what the hub has for it.
fn converged(day: &mut Day<'_>, who: usize) -> Result<(), Fault> {
    let now = day.hub_time();
    let mut has = Rows::new();
    let mut at = Position::default();
    loop {
        let (_, page) = day.hub.pull(who, at, 500, now)?;
        has.extend(page.rows.iter().map(|r| ((r.kind().table().to_owned(), r.uuid()), to_line(r))));
        at = Position { epoch: page.head.epoch, scope: page.head.scope, cursor: page.end.next, head: page.head.head };
        if page.end.done {
            break;
        }
    }
    let (db, _) = day.consoles[who].desk()?.database();
    let shows = all_rows(db)?;
    let wrong = |what: String| Err(Fault::new(Promise::Converged, format!("console {who} {what}")));
    for (key, line) in &has {
        match shows.get(key) {
            None => return wrong(format!("lacks {line}")),
            Some(shown) if shown != line => return wrong(format!("shows {shown} for {line}")),
            Some(_) => {}
        }
    }
    match shows.iter().find(|(key, _)| !has.contains_key(*key)) {
        Some((_, line)) => wrong(format!("shows what is not there: {line}")),
        None => Ok(()),
    }
}

/// After a page made for a scope nothing is shown that lies outside it, but what the console's own orders would make.
pub(super) fn in_scope(day: &mut Day<'_>, who: usize, scope: i64) -> Result<(), Fault> {
    let Some(place) = day.scopes.get(&(who, scope)).copied().filter(|_| day.consoles[who].moved) else {
        return Ok(());
    };
    if scope != day.hub.device(who).scope {
        return Ok(());
    }
    let eye = province::actor("", day.hub.device(who).role, place);
    let console = &mut day.consoles[who];
    let link = console.link()?;
    // A page that came too late changed nothing: what is here is of a scope before it.
    if !console.bends() && link.scope != scope {
        return Ok(());
    }
    let (db, _) = console.desk()?.database();
    // Rows its own orders made or changed, with the hub's version.
    let own: HashMap<(String, Uuid), Option<String>> = {
        let mut statement = db.prepare_cached("SELECT kind, id, body FROM shadow")?;
        let rows = statement.query_map([], |r| Ok(((r.get(0)?, Uuid::from_bytes(r.get(1)?)), r.get(2)?)))?;
        rows.collect::<Result<_, SqlError>>()?
    };
    let unions: HashMap<Uuid, String> =
        crate::proof::asks::all::<Organisation>(db)?.into_iter().map(|o| (o.id.0, o.division_code)).collect();
    for kind in OF_AN_AREA.iter().chain(CONTACTS.iter().map(|(kind, _)| kind)) {
        let mut found = None;
        dump::rows(db, *kind, &mut |row| {
            let hubs = match own.get(&(kind.table().to_owned(), row.uuid())) {
                None => Some(row),
                Some(body) => body.as_deref().and_then(|line| from_line(line).ok()),
            };
            if let Some(row) = hubs.filter(|row| found.is_none() && !may(&eye, row, &unions)) {
                found = Some(to_line(&row));
            }
            Ok::<(), SqlError>(())
        })?;
        if let Some(line) = found {
            return Err(Fault::new(Promise::Scope, format!("console {who} of {} shows {line}", division(place))));
        }
    }
    Ok(())
}

/// Whether a console may show a row, as it is.
fn may(eye: &Actor, row: &Row, unions: &HashMap<Uuid, String>) -> bool {
    let columns = row.kind().columns();
    let own = columns.iter().position(|c| matches!(c.name, "county_code" | "division_code"));
    let own = own.and_then(|i| row.cell(i).as_text().filter(|c| !c.is_empty()).map(str::to_owned));
    let area = own.or_else(|| unions.get(&row.meta().org).cloned()).unwrap_or_default();
    if eye.covers(&area, row.meta().org) {
        return true;
    }
    let contacts = CONTACTS.iter().find(|(kind, _)| *kind == row.kind());
    contacts.is_some_and(|(_, fields)| {
        columns
            .iter()
            .enumerate()
            .all(|(i, c)| !fields.contains(&c.name) || row.cell(i).as_text().is_some_and(str::is_empty))
    })
}

/// Every order a person was told is done has an outcome, the same at both ends.
fn outcomes(console: &mut Console, who: usize, results: &HashMap<Uuid, Outcome>) -> Result<(), Fault> {
    let acknowledged = std::mem::take(&mut console.acknowledged);
    let withdrawn = std::mem::take(&mut console.withdrawn);
    let (db, _) = console.desk()?.database();
    let items: HashMap<Uuid, State> =
        outbox::list(db, State::ALL)?.into_iter().map(|i| (i.order.id, i.state)).collect();
    for id in acknowledged {
        let (here, there) = (items.get(&id), results.get(&id));
        let promise = match (here, there) {
            // Safe at the hub and dropped here, or known as done at both ends.
            (None | Some(State::Accepted), Some(Outcome::Accepted { .. })) => continue,
            // Not done, and a person knows; a hub that was put back since may have forgotten that it was asked.
            (Some(State::Conflict), Some(Outcome::Conflict { .. }) | None) => continue,
            (Some(State::Denied), Some(Outcome::Denied { .. }) | None) => continue,
            // A person took it back; it need not be kept.
            (Some(State::Withdrawn), Some(Outcome::Conflict { .. } | Outcome::Denied { .. }) | None) => continue,
            (None, Some(Outcome::Conflict { .. } | Outcome::Denied { .. }) | None) if withdrawn.contains(&id) => {
                continue;
            }
            (Some(State::Accepted) | None, None) => Promise::Kept,
            _ => Promise::Outcome,
        };
        return Err(Fault::new(
            promise,
            format!("order {id} of console {who} is {here:?} there and {there:?} at the hub"),
        ));
    }
    Ok(())
}

/// Numbers without gaps, each of one order; as many records of things done as numbers; the chain whole.
fn once(hub: &Hub, loaded: i64) -> Result<(), Fault> {
    let state = hub.state()?;
    let int = |sql: &str| hub.with(|e| Ok(engine::first(e, sql, &[])?.and_then(|r| r[0].as_int()).unwrap_or(-1)));
    let broken = |what: String| Err(Fault::new(Promise::Once, what));
    let distinct = int("SELECT count(DISTINCT \"seq\") FROM \"result\" WHERE \"seq\" IS NOT NULL")?;
    let all = int("SELECT count(*) FROM \"result\" WHERE \"seq\" IS NOT NULL")?;
    let last = int("SELECT coalesce(max(\"seq\"), 0) FROM \"result\"")?;
    if distinct != all || last > state.seq || all != state.seq - loaded {
        return broken(format!("{all} orders have {distinct} numbers up to {last}; the last number is {}", state.seq));
    }
    let done = int("SELECT count(*) FROM \"audit\" WHERE \"outcome\" = 'done' AND \"kind\" <> 'hub'")?;
    if done != all {
        return broken(format!("{done} things were done for {all} orders"));
    }
    match hub.with(|e| Ok(chain::verify(e, state.audit)?))? {
        chain::Verdict::Whole(_) => Ok(()),
        chain::Verdict::Broken { no } => Err(Fault::new(Promise::Audit, format!("hub: record {no}"))),
    }
}

/// The orders that were accepted, taken once more in their order by a hub that stands at the beginning, give the same rows.
fn replay(hub: &Hub, template: &Template) -> Result<(), Fault> {
    let dir: &Path = &hub.dir().join("again");
    std::fs::create_dir_all(dir)?;
    let again = Hub::open(dir, template, None)?;
    let mut accepted: Vec<(i64, Uuid)> = hub
        .results()?
        .into_iter()
        .filter_map(|(id, outcome)| match outcome {
            Outcome::Accepted { seq, .. } if seq > template.head => Some((seq, id)),
            _ => None,
        })
        .collect();
    accepted.sort_unstable();
    for (seq, id) in accepted {
        let Some(Taken { device, order, at }) = hub.taken.get(&(id, seq)).cloned() else {
            return Err(Fault::new(Promise::Replay, format!("number {seq} is of an order nobody sent")));
        };
        let answers = again.with(|e| Ok(ledger::take(e, at, &[(device, order)])?))?;
        let outcome = answers.into_iter().next().map(|a| a.outcome);
        if !matches!(&outcome, Some(Outcome::Accepted { seq: s, .. }) if *s == seq) {
            return Err(Fault::new(Promise::Replay, format!("order {id} had number {seq}, and again: {outcome:?}")));
        }
    }
    let (is, was) = (again.feed()?, hub.feed()?);
    match is.iter().zip(&was).find(|(a, b)| a != b) {
        None if is.len() == was.len() => Ok(()),
        differ => Err(Fault::new(Promise::Replay, format!("the rows differ: {differ:?}"))),
    }
}
