//! What a person at a console asks for: something about rows that are there, mostly what a rule lets them do.

use super::dice::Dice;
use super::fault::Fault;
use super::province::{self, BUYERS, COUNTIES, org};
use crate::domain::actor::Actor;
use crate::domain::codes::*;
use crate::domain::command::{AddPurchase, Command, EditRecord, Given};
use crate::domain::machine::Verb;
use crate::domain::record::Record;
use crate::domain::rows::*;
use crate::domain::value::Fen;
use crate::store::{Connection, SqlError, dump};
use jiff::civil::date;

/// Every row of a kind that the console shows.
pub(super) fn all<T: Record>(db: &Connection) -> Result<Vec<T>, SqlError> {
    let mut out = Vec::new();
    dump::rows(db, T::KIND, &mut |row| {
        out.extend(T::from_row(row));
        Ok::<(), SqlError>(())
    })?;
    Ok(out)
}

/// The next command of a person; nothing when there is nothing to do.
pub(super) fn command(db: &Connection, person: &Actor, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    Ok(match dice.below(18) {
        0..=2 => all::<Goal>(db)?.get(dice.below(2)).map(|goal| Command::SetGoal {
            id: goal.id.0,
            target: goal.target + 1 + i64::try_from(dice.below(9)).unwrap_or(0),
            reason: "调整".into(),
        }),
        3 => all::<Deadline>(db)?.first().map(|deadline| Command::SetDeadline {
            id: deadline.id.0,
            due_on: date(2020, 9, 1 + i8::try_from(dice.below(20)).unwrap_or(0)),
            reason: "推迟".into(),
        }),
        4..=6 => sale(db, dice)?,
        7 => Some(Command::AddCounter(province::counter(dice.below(40), county(person, dice)))),
        8 => shelf(db, dice)?,
        9 | 10 => purchase(db, dice)?,
        11 => report(db, dice)?,
        12 | 13 => onward(db, dice)?,
        14 => answer(db, dice)?,
        15 | 16 => correct(db, dice)?,
        _ => Some(Command::ProposeEntry(province::product(10 + dice.below(40), county(person, dice)))),
    })
}

/// One field of a record corrected: two who correct different groups of it do not disturb each other.
fn correct(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let number = 1 + i64::try_from(dice.below(900)).unwrap_or(0);
    let words = Given::Text(format!("甲{number}"));
    let entries: Vec<_> = all::<CatalogEntry>(db)?.into_iter().map(|e| e.id.0).collect();
    let counters: Vec<_> = all::<Counter>(db)?.into_iter().map(|c| c.id.0).collect();
    let (kind, ids, field, given) = match dice.below(5) {
        0 => (Kind::CatalogEntry, &entries, "price_fen", Given::Number(number)),
        1 => (Kind::CatalogEntry, &entries, "stock", Given::Number(number)),
        2 => (Kind::CatalogEntry, &entries, "people_helped", Given::Number(number)),
        3 => (Kind::Counter, &counters, "address", words),
        _ => (Kind::Counter, &counters, "keeper", words),
    };
    // The oldest ones, so that people meet.
    let id = ids.get(dice.below(3)).or(ids.first()).copied();
    let set = std::collections::BTreeMap::from([(field.to_owned(), given)]);
    Ok(id.map(|id| Command::Edit(EditRecord { kind, id, set, reason: String::new() })))
}

/// The person's own county, or one of the two.
fn county(person: &Actor, dice: &mut Dice) -> &'static str {
    let own = COUNTIES.iter().find(|c| person.covers(c, uuid::Uuid::nil()) && person.role != Role::Office);
    own.copied().unwrap_or(COUNTIES[dice.below(COUNTIES.len())])
}

/// Off sale, or back on it.
fn sale(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let entries = all::<CatalogEntry>(db)?;
    Ok(dice.pick(&entries).map(|entry| {
        let verb = match entry.state {
            EntryState::Suspended => Verb::Resume,
            EntryState::Candidate => Verb::Screen,
            _ => Verb::Suspend,
        };
        Command::Move { kind: Kind::CatalogEntry, id: entry.id.0, verb, reason: "核查".into() }
    }))
}

fn shelf(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let (counters, entries) = (all::<Counter>(db)?, all::<CatalogEntry>(db)?);
    let quantity = 1 + i64::try_from(dice.below(9)).unwrap_or(0);
    let pair = dice.pick(&counters).zip(dice.pick(&entries));
    Ok(pair.map(|(counter, entry)| Command::PlaceOnShelf { counter: counter.id.0, entry: entry.id.0, quantity }))
}

fn purchase(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let entries = all::<CatalogEntry>(db)?;
    let entries: Vec<_> =
        entries.into_iter().filter(|e| e.edition_no.is_some() || e.state == EntryState::Listed).collect();
    Ok(dice.pick(&entries).map(|entry| {
        Command::AddPurchase(AddPurchase {
            buyer: org(BUYERS[dice.below(BUYERS.len())]),
            supplier: entry.supplier_id.0,
            entry: None,
            batch: None,
            bought_on: date(2020, 8, 1),
            quantity: 4,
            amount: Fen(10_000),
            channel: SalesChannel::Mall,
            kind: PurchaseKind::UnionGoods,
            voucher_no: String::new(),
            evidence: 1,
        })
    }))
}

fn report(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let entries = all::<CatalogEntry>(db)?;
    let one = |entry: &CatalogEntry| {
        let (title, place) = ("霉变".into(), "西安".into());
        Command::ReportIncident { entry: entry.id.0, title, place, grade: Grade::Two }
    };
    Ok(dice.pick(&entries).map(one))
}

/// The step an incident waits for.
fn onward(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let incidents = all::<Incident>(db)?;
    let Some(incident) = dice.pick(&incidents) else { return report(db, dice) };
    let id = incident.id.0;
    let walk = |verb| Command::Move { kind: Kind::Incident, id, verb, reason: "核查".into() };
    Ok(match incident.state {
        IncidentState::Reported => Some(Command::TriageIncident {
            incident: id,
            grade: Grade::Two,
            recall_class: Grade::Two,
            batches: String::new(),
            suspend: dice.chance(70),
            reason: "疑似".into(),
        }),
        IncidentState::Triaged => Some(walk(Verb::Verify)),
        IncidentState::Verifying if dice.chance(25) => Some(walk(Verb::Unfounded)),
        IncidentState::Verifying => {
            let entries = all::<CatalogEntry>(db)?;
            let entry = entries.into_iter().find(|e| e.id == incident.entry_id);
            entry.map(|e| Command::ConfirmIncident { incident: id, product: e.code, reason: "查实".into() })
        }
        _ => report(db, dice)?,
    })
}

/// What a union owes: an answer to a notice, or a return.
fn answer(db: &Connection, dice: &mut Dice) -> Result<Option<Command>, Fault> {
    let notices = all::<RemovalNotice>(db)?;
    if let Some(notice) = notices.iter().find(|n| n.state == NoticeState::Unacknowledged) {
        let (answer, reason) = (AckAnswer::Removed, "已下架".to_owned());
        return Ok(Some(Command::AckRemoval { notice: notice.id.0, answer, quantity: 1, reason }));
    }
    let returns = all::<Return>(db)?;
    let workers = i64::try_from(dice.below(900)).unwrap_or(0);
    let one = |r: &Return| Command::FileReturn { id: r.id.0, workers, planned: Fen(9_900), note: String::new() };
    Ok(dice.pick(&returns).map(one))
}
