//! What must hold of files whose process was killed, while others go on writing them.

use crate::domain::codes::Role;
use crate::domain::rows::Kind;
use crate::domain::work::Rows;
use crate::hub::engine::{self, Place, Pool};
use crate::hub::ledger::{self, Device};
use crate::hub::pull::{self, Eye};
use crate::hub::whole::{self, Verdict, Watch};
use crate::proof::fault::{Fault, Promise};
use crate::proof::province;
use crate::sqlite::{self, Stop, Use};
use crate::store::outbox::State;
use crate::store::rows::SqlRows;
use crate::store::{Connection, FILE, audit, link, outbox};
use crate::wire::order::{Answer, Outcome};
use crate::wire::row::{from_line, to_line};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use tokio::runtime::Handle;
use uuid::Uuid;

/// More rows than any hub here has.
const ALL: usize = 10_000_000;

fn torn(what: impl Into<String>) -> Fault {
    Fault::new(Promise::Sound, what)
}

/// A console's file: whole, its audit whole, every acknowledged order in its outbox with its rows and its record, and every row of
/// the hub up to its cursor.
pub(super) fn console(
    dir: &Path,
    acknowledged: &BTreeSet<Uuid>,
    (hub, runtime): (&Place, &Handle),
    (role, union): (Role, usize),
) -> Result<(), Fault> {
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
    let kept: BTreeSet<Uuid> = outbox::list(&db, &State::ALL)?.into_iter().map(|i| i.order.id).collect();
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
    rows_and_cursor(&db, link.cursor, (hub, runtime), (role, union))
}

/// Every row the hub has numbered up to the cursor, and not since, is here as it is there.
fn rows_and_cursor(
    db: &Connection,
    cursor: i64,
    (hub, runtime): (&Place, &Handle),
    (role, union): (Role, usize),
) -> Result<(), Fault> {
    let pool = Pool::to_read(hub, runtime.clone())?;
    let mut engine = pool.get()?;
    engine.snapshot()?;
    let state = ledger::state(engine.as_mut())?;
    let device = Device { id: Uuid::nil(), name: String::new(), org: province::org(union), role, scope: 1 };
    let eye = Eye::new(&device, province::division(union));
    let page = pull::page(engine.as_mut(), &state, &eye, 0, ALL)?;
    for (seq, line) in page.rows.into_iter().filter(|(seq, _)| *seq <= cursor) {
        let row = from_line(&line)?;
        let (kind, id) = (row.kind(), row.uuid());
        if confirmed(db, kind, id)?.as_deref() != Some(line.as_str()) {
            return Err(torn(format!("the cursor is at {cursor} and number {seq} is not here: {line}")));
        }
    }
    Ok(())
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
    let sql = "SELECT count(DISTINCT \"seq\") FROM \"result\" WHERE \"seq\" IS NOT NULL";
    let numbers = engine::first(pool.get()?.as_mut(), sql, &[])?.and_then(|r| r[0].as_int());
    // The rows that no order made have the first number.
    if numbers != Some(whole.state.seq - 1) {
        let what = format!("{numbers:?} numbers are of orders, and the last is {}", whole.state.seq);
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

/// What became of the acknowledged orders of a console: done, and not done. Both ends say the same.
pub(super) fn outcomes(
    dir: &Path,
    acknowledged: &BTreeSet<Uuid>,
    hub: &Place,
    runtime: &Handle,
) -> Result<(u64, u64), Fault> {
    let db = sqlite::open(&dir.join(FILE), Use::Read)?;
    let here: HashMap<Uuid, State> =
        outbox::list(&db, &State::ALL)?.into_iter().map(|i| (i.order.id, i.state)).collect();
    let pool = Pool::to_read(hub, runtime.clone())?;
    let rows = engine::all(pool.get()?.as_mut(), "SELECT \"answer\" FROM \"result\"", &[])?;
    let answers = rows.iter().map(|r| Answer::read(r[0].as_text().unwrap_or_default()));
    let there: HashMap<Uuid, Outcome> =
        answers.collect::<Result<Vec<_>, _>>()?.into_iter().map(|a| (a.id, a.outcome)).collect();
    let (mut accepted, mut refused) = (0, 0);
    for id in acknowledged {
        match (here.get(id), there.get(id)) {
            (Some(State::Accepted), Some(Outcome::Accepted { .. })) => accepted += 1,
            (Some(State::Conflict), Some(Outcome::Conflict { .. }))
            | (Some(State::Denied), Some(Outcome::Denied { .. })) => refused += 1,
            (here, there) => {
                let promise = if there.is_none() { Promise::Kept } else { Promise::Outcome };
                return Err(Fault::new(promise, format!("order {id} is {here:?} here and {there:?} at the hub")));
            }
        }
    }
    Ok((accepted, refused))
}
