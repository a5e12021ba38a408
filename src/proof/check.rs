//! What must hold of files whose process was killed, while others go on writing them.

use super::fault::{Fault, Promise};
use super::province;
use super::stage::Outcomes;
use crate::domain::codes::Role;
use crate::domain::rows::Kind;
use crate::domain::work::Rows;
use crate::hub::engine::{self, Place, Pool};
use crate::hub::ledger::{self, Device};
use crate::hub::pull::{self, Eye};
use crate::hub::whole::{self, Verdict, Watch};
use crate::sqlite::{self, Stop, Use};
use crate::store::outbox::State;
use crate::store::rows::SqlRows;
use crate::store::{Connection, FILE, SqlError, audit, dump, link, outbox};
use crate::wire::order::{Answer, Outcome};
use crate::wire::row::{from_line, to_line};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use tokio::runtime::Handle;
use uuid::Uuid;

/// More rows than any hub here has.
const ALL: usize = 10_000_000;

/// The hub's ledger, and the runtime it is reached by.
pub(super) type Hub<'a> = (&'a Place, &'a Handle);
/// Role and union of a console.
pub(super) type Of = (Role, usize);

fn torn(what: impl Into<String>) -> Fault {
    Fault::new(Promise::Sound, what)
}

/// A console's file: whole, its audit whole, every acknowledged order in its outbox with its rows and its record, and every row of
/// the hub up to its cursor.
pub(super) fn console(dir: &Path, acknowledged: &BTreeSet<Uuid>, hub: Hub<'_>, of: Of) -> Result<(), Fault> {
    let db = sqlite::open(&dir.join(FILE), Use::Read)?;
    // One moment of it: other processes write on.
    let _moment = sqlite::snapshot(&db)?;
    if let Some(fault) = sqlite::fault(&db)? {
        return Err(torn(format!("{}: {fault}", dir.display())));
    }
    match audit::verify(&db, |_| {})? {
        audit::Verdict::Whole { .. } => {}
        other => return Err(Fault::new(Promise::Audit, format!("{}: {other:?}", dir.display()))),
    }
    let Some(link) = link::get(&db)? else { return Err(torn("a console has lost its hub")) };
    let kept: BTreeSet<Uuid> = outbox::list(&db, State::ALL)?.into_iter().map(|i| i.order.id).collect();
    if let Some(id) = acknowledged.difference(&kept).next() {
        return Err(Fault::new(Promise::Kept, format!("order {id} is not in the outbox of {}", dir.display())));
    }
    let done: i64 =
        db.query_row("SELECT count(*) FROM audit WHERE outcome = 'done' AND command <> 'database.enrol'", [], |r| {
            r.get(0)
        })?;
    if i64::try_from(kept.len()) != Ok(link.last_n) || done != link.last_n {
        let what = format!("{} orders are kept and {done} recorded of {} made", kept.len(), link.last_n);
        return Err(torn(format!("{}: {what}", dir.display())));
    }
    rows_and_cursor(&db, link.cursor, hub, of)
}

/// What the hub has for a console, as numbers and lines, and its last number.
fn whole_page((hub, runtime): Hub<'_>, (role, union): Of) -> Result<(Vec<(i64, String)>, i64), Fault> {
    let pool = Pool::to_read(hub, runtime.clone())?;
    let mut engine = pool.get()?;
    engine.snapshot()?;
    let state = ledger::state(engine.as_mut())?;
    let device =
        Device { id: Uuid::nil(), name: String::new(), org: province::org(union), role, scope: 1, signer: None };
    let eye = Eye::new(&device, province::division(union));
    Ok((pull::page(engine.as_mut(), &state, &eye, 0, ALL)?.rows, state.seq))
}

/// Every row the hub has numbered up to the cursor, and not since, is here as it is there.
fn rows_and_cursor(db: &Connection, cursor: i64, hub: Hub<'_>, of: Of) -> Result<(), Fault> {
    let (rows, _) = whole_page(hub, of)?;
    for (seq, line) in rows.into_iter().filter(|(seq, _)| *seq <= cursor) {
        let row = from_line(&line)?;
        let (kind, id) = (row.kind(), row.uuid());
        if confirmed(db, kind, id)?.as_deref() != Some(line.as_str()) {
            return Err(torn(format!("the cursor is at {cursor} and number {seq} is not here: {line}")));
        }
    }
    Ok(())
}

/// A console at rest shows every row the hub has for it as it is there, and no other.
pub(super) fn same(dir: &Path, hub: Hub<'_>, of: Of) -> Result<(), Fault> {
    let db = sqlite::open(&dir.join(FILE), Use::Read)?;
    let mut shown = BTreeMap::new();
    for kind in Kind::ALL {
        dump::rows(&db, *kind, &mut |row| {
            shown.insert((kind.table(), row.uuid()), to_line(&row));
            Ok::<(), SqlError>(())
        })?;
    }
    let wrong = |what: String| Fault::new(Promise::Converged, format!("{} {what}", dir.display()));
    for (_, line) in whole_page(hub, of)?.0 {
        let row = from_line(&line)?;
        match shown.remove(&(row.kind().table(), row.uuid())) {
            Some(here) if here == line => {}
            Some(here) => return Err(wrong(format!("shows {here} for {line}"))),
            None => return Err(wrong(format!("lacks {line}"))),
        }
    }
    match shown.into_values().next() {
        None => Ok(()),
        Some(line) => Err(wrong(format!("shows what is not there: {line}"))),
    }
}

/// The hub's version of a row as the console keeps it.
fn confirmed(db: &Connection, kind: Kind, id: Uuid) -> Result<Option<String>, Fault> {
    let sql = "SELECT body FROM shadow WHERE kind = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut kept = statement.query((kind.table(), id.as_bytes().as_slice()))?;
    if let Some(row) = kept.next()? {
        return Ok(row.get(0)?);
    }
    Ok(SqlRows::new(db).fetch(kind, id).map_err(torn)?.as_ref().map(to_line))
}

/// The hub's file: whole as a file and as a ledger, numbers without gaps.
pub(super) fn hub(place: &Place, runtime: &Handle) -> Result<(), Fault> {
    let mut watch = Watch { stop: Stop::default(), tell: &mut |_, _| {} };
    let whole = match whole::verify(place, runtime, &mut watch)? {
        Verdict::Whole(whole) => whole,
        Verdict::Broken(fault) => return Err(Fault::new(Promise::Audit, format!("the hub: {fault:?}"))),
    };
    let pool = Pool::to_read(place, runtime.clone())?;
    let mut engine = pool.get()?;
    // One moment of it: the consoles write on.
    engine.snapshot()?;
    let mut int = |sql: &str| -> Result<i64, Fault> {
        Ok(engine::first(engine.as_mut(), sql, &[])?.and_then(|r| r[0].as_int()).unwrap_or(-1))
    };
    let numbers = int("SELECT count(DISTINCT \"seq\") FROM \"result\" WHERE \"seq\" IS NOT NULL")?;
    let orders = int("SELECT count(*) FROM \"result\" WHERE \"seq\" IS NOT NULL")?;
    let done = int("SELECT count(*) FROM \"audit\" WHERE \"outcome\" = 'done' AND \"kind\" <> 'hub'")?;
    let last = int("SELECT \"seq\" FROM \"hub\"")?;
    // The rows that no order made have the first number.
    if [orders, done, last - 1] != [numbers; 3] || last < whole.state.seq {
        let what = format!("{orders} orders have {numbers} numbers, {done} were done, and the last number is {last}");
        return Err(Fault::new(Promise::Once, what));
    }
    Ok(())
}

/// The last number of the hub.
pub(super) fn head(place: &Place, runtime: &Handle) -> Result<i64, Fault> {
    let pool = Pool::to_read(place, runtime.clone())?;
    Ok(ledger::state(pool.get()?.as_mut())?.seq)
}

/// Whether nothing waits and everything is here.
pub(super) fn rests(dir: &Path, head: i64) -> Result<bool, Fault> {
    let db = sqlite::open(&dir.join(FILE), Use::Read)?;
    let level = link::get(&db)?.is_some_and(|l| l.is_level() && l.cursor == head);
    Ok(level && outbox::waiting(&db, 1)?.is_empty())
}

/// What the hub has answered each order it was ever given.
pub(super) fn answers(place: &Place, runtime: &Handle) -> Result<HashMap<Uuid, Outcome>, Fault> {
    let pool = Pool::to_read(place, runtime.clone())?;
    let rows = engine::all(pool.get()?.as_mut(), "SELECT \"answer\" FROM \"result\"", &[])?;
    let answers = rows.iter().map(|r| Answer::read(r[0].as_text().unwrap_or_default()));
    Ok(answers.collect::<Result<Vec<_>, _>>()?.into_iter().map(|a| (a.id, a.outcome)).collect())
}

/// What became of the acknowledged orders of a console: done, and not done. Both ends say the same. `known` gets every order that
/// was made here.
pub(super) fn outcomes(
    dir: &Path,
    acknowledged: &BTreeSet<Uuid>,
    there: &HashMap<Uuid, Outcome>,
    known: &mut BTreeSet<Uuid>,
) -> Result<Outcomes, Fault> {
    let db = sqlite::open(&dir.join(FILE), Use::Read)?;
    let here: HashMap<Uuid, State> =
        outbox::list(&db, State::ALL)?.into_iter().map(|i| (i.order.id, i.state)).collect();
    known.extend(here.keys());
    let mut all = Outcomes::default();
    for id in acknowledged {
        match (here.get(id), there.get(id)) {
            (Some(State::Accepted), Some(Outcome::Accepted { .. })) => all.accepted += 1,
            (Some(State::Conflict), Some(Outcome::Conflict { .. })) => all.conflicts += 1,
            (Some(State::Denied), Some(Outcome::Denied { .. })) => all.denied += 1,
            (here, there) => {
                let promise = if there.is_none() { Promise::Kept } else { Promise::Outcome };
                return Err(Fault::new(promise, format!("order {id} is {here:?} here and {there:?} at the hub")));
            }
        }
    }
    Ok(all)
}
