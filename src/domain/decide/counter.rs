//! Counters, their shelves and visits (A19; plan 三（三）1).

use super::{Target, field, owner, step};
use crate::domain::codes::*;
use crate::domain::command::AddCounter;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::Cell;
use crate::domain::work::{Named, Work};
use jiff::civil::Date;
use uuid::Uuid;

pub fn add(w: &mut Work<'_>, new: &AddCounter) -> Result<Target, Stop> {
    let county = field::division(&new.county_code)?;
    // An area union by the county; a union without an area keeps counters of its own anywhere.
    let keeper = if w.actor.role == Role::Industrial { w.actor.org_id } else { Uuid::nil() };
    w.allow(Right::EditCounters, &county, keeper)?;
    let name = field::required("counter_name", &new.name, field::SHORT)?;
    let venue_type = field::referenced(w, "venue_type", &new.venue_type, Named::Venue)?;
    let twins = w.find::<Counter>("name", name.to_value())?;
    // One open counter per venue and type (A19).
    if let Some(twin) = twins.iter().find(|c| c.venue_type == venue_type && c.state != CounterState::Closed) {
        let refusal = Refusal::new("already-exists").with("kind", "counter").with("code", twin.code.clone());
        return Err(refusal.into());
    }
    let number = w.next_number_where(Kind::Counter, "county_code", &county)?;
    let counter = Counter {
        id: CounterId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        code: format!("ZG{county}-{number:04}"),
        name,
        venue_type,
        host: field::optional("host", &new.host, field::SHORT)?,
        county_code: county,
        address: field::optional("address", &new.address, field::SHORT)?,
        longitude_e6: field::between("longitude", new.longitude_e6, 73_000_000, 136_000_000)?,
        latitude_e6: field::between("latitude", new.latitude_e6, 3_000_000, 54_000_000)?,
        keeper: field::optional("counter_keeper", &new.keeper, 40)?,
        phone: field::optional("contact_phone", &new.phone, 40)?,
        bank: field::optional("bank", &new.bank, 40)?,
        demo_room: new.demo_room,
        state: CounterState::Proposed,
        opened_on: None,
        closed_on: None,
        last_visit: None,
    };
    let target = (counter.id.0, counter.code.clone());
    w.create(counter);
    Ok(target)
}

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let counter: Counter = w.get(id)?;
    let (_, state) = step(w, &counter.code, counter.state, verb, reason, (&counter.county_code, owner(&counter)))?;
    let mut after = Counter { state, ..counter.clone() };
    let today = w.today();
    match verb {
        Verb::Open => {
            let lines = w.find::<ShelfLine>("counter_id", counter.id.to_value())?;
            let missing = if counter.keeper.is_empty() {
                Some("keeper")
            } else if !lines.iter().any(|l| l.state == ShelfState::Sellable) {
                Some("product")
            } else {
                None
            };
            if let Some(missing) = missing {
                let refusal = Refusal::new("counter-not-ready").with("code", counter.code).with("missing", missing);
                return Err(refusal.into());
            }
            after.opened_on = after.opened_on.or(Some(today));
        }
        Verb::Close => {
            after.closed_on = Some(today);
            for line in w.find::<ShelfLine>("counter_id", counter.id.to_value())? {
                if line.state != ShelfState::Removed {
                    w.update(line.clone(), ShelfLine { state: ShelfState::Removed, ..line });
                }
            }
        }
        _ => {}
    }
    w.update(counter.clone(), after);
    Ok((id, counter.code))
}

pub fn place(w: &mut Work<'_>, counter: Uuid, entry: Uuid, quantity: i64) -> Result<Target, Stop> {
    let counter: Counter = w.get(counter)?;
    w.allow(Right::EditCounters, &counter.county_code, owner(&counter))?;
    if counter.state == CounterState::Closed {
        let (needs, who) = ("proposed,approved,preparing,active,paused", rights::who(Right::EditCounters));
        return Err(wrong_state(Kind::Counter, counter.code, "closed", "place", needs, who).into());
    }
    let entry: CatalogEntry = w.get(entry)?;
    must_be_listed(&entry)?;
    let quantity = field::between("quantity", quantity, 1, 1_000_000)?;
    let lines = w.find::<ShelfLine>("counter_id", counter.id.to_value())?;
    let known = lines.into_iter().find(|l| l.entry_id == entry.id && l.state != ShelfState::Removed);
    match known {
        // Stopped by hand: who may stop sales says when they start again.
        Some(line) if line.state == ShelfState::Stopped => {
            let who = rights::who(Right::Suspend);
            return Err(wrong_state(Kind::ShelfLine, counter.code, "stopped", "place", "sellable", who).into());
        }
        Some(line) => w.update(line.clone(), ShelfLine { quantity, ..line }),
        None => {
            let line = ShelfLine {
                id: ShelfLineId(w.new_id()),
                meta: w.new_meta(owner(&counter)),
                counter_id: counter.id,
                entry_id: entry.id,
                state: ShelfState::Sellable,
                placed_on: w.today(),
                quantity,
                stopped_with_entry: false,
            };
            w.create(line);
        }
    }
    Ok((counter.id.0, counter.code))
}

/// Only listed entries appear on shelves, in packs and in orders (A05).
pub fn must_be_listed(entry: &CatalogEntry) -> Result<(), Refusal> {
    if entry.state == EntryState::Listed {
        return Ok(());
    }
    Err(Refusal::new("not-listed")
        .with("code", entry.code.clone())
        .with("name", entry.name.clone())
        .with("state", entry.state.code()))
}

pub fn walk_shelf(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let line: ShelfLine = w.get(id)?;
    let counter: Counter = w.get(line.counter_id.0)?;
    let (_, state) = step(w, &counter.code, line.state, verb, reason, (&counter.county_code, owner(&counter)))?;
    if verb == Verb::Resume {
        must_be_listed(&w.get::<CatalogEntry>(line.entry_id.0)?)?;
    }
    w.update(line.clone(), ShelfLine { state, stopped_with_entry: false, ..line });
    Ok((counter.id.0, counter.code))
}

pub fn visit(w: &mut Work<'_>, id: Uuid, on: Date, note: &str) -> Result<Target, Stop> {
    let counter: Counter = w.get(id)?;
    w.allow(Right::EditCounters, &counter.county_code, owner(&counter))?;
    if on > w.today() {
        let refusal = Refusal::new("number-out-of-range").with("field", "visited_on").with("value", on.to_string());
        return Err(refusal.with("low", "").with("high", w.today().to_string()).into());
    }
    let visit = Visit {
        id: VisitId(w.new_id()),
        meta: w.new_meta(owner(&counter)),
        counter_id: counter.id,
        visited_on: on,
        visitor: w.actor.name.clone(),
        note: field::optional("note", note, field::LONG)?,
    };
    w.create(visit);
    let last_visit = counter.last_visit.max(Some(on));
    w.update(counter.clone(), Counter { last_visit, ..counter.clone() });
    Ok((id, counter.code))
}
