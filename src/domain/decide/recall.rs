//! What a delisting takes back beyond the shelves: batches and the codes on their packages, agreements, promotions, and
//! the buyers to be told (domain section 4, effects 7, 8, 9, 12); the reminders of notices and the spot checks.
//!
//! Owns these effects; shelves, packs, orders and the mall follow every way out of the catalog in `sales.rs`.

use super::{Target, no_such_step, owner, step};
use crate::domain::codes::*;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::Work;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Hours after which a silent counter is due to be reminded (domain section 4).
pub const REMIND_HOURS: [i64; 3] = [2, 8, 24];

/// Takes back what was made of an entry that has just been delisted.
pub fn take_back(w: &mut Work<'_>, incident: &Incident, entry: &CatalogEntry, cause: &str) -> Result<(), Stop> {
    let affected = recall_batches(w, incident, entry, cause)?;
    suspend_agreements(w, entry, cause)?;
    pause_promotions(w, entry, cause)?;
    list_buyers(w, incident, entry, &affected)
}

/// Whether an incident's batches name this one, by its whole code or the lot number on the package.
fn names(batches: &str, batch: &Batch) -> bool {
    named(batches).any(|word| batch.code == word || lot_of(&batch.code) == word)
}

/// The batches an incident names.
fn named(batches: &str) -> impl Iterator<Item = &str> {
    batches.split(['、', '，', ',', ';', '；', ' ', '/']).map(str::trim).filter(|word| !word.is_empty())
}

/// The lot number as printed on the package: what follows the code of the entry.
fn lot_of(code: &str) -> &str {
    code.splitn(3, '-').nth(2).unwrap_or(code)
}

/// The batches an incident is about: those it names, or every one when it names none or one that is not on record, for
/// then nobody can say which are safe.
fn affected<'a>(incident: &Incident, batches: &'a [Batch]) -> Vec<&'a Batch> {
    let all_known = named(&incident.batches).all(|w| batches.iter().any(|b| b.code == w || lot_of(&b.code) == w));
    let some = named(&incident.batches).next().is_some();
    batches.iter().filter(|b| !(some && all_known) || names(&incident.batches, b)).collect()
}

/// The batches an incident is about, of those of its product.
pub fn affected_batches(incident: &Incident, batches: &[Batch]) -> Vec<BatchId> {
    affected(incident, batches).iter().map(|b| b.id).collect()
}

/// Recalls the affected batches with their codes and holds the others; gives the affected ones.
fn recall_batches(
    w: &mut Work<'_>,
    incident: &Incident,
    entry: &CatalogEntry,
    cause: &str,
) -> Result<Vec<BatchId>, Stop> {
    let batches = w.find::<Batch>("entry_id", entry.id.to_value())?;
    let recalled = affected_batches(incident, &batches);
    for batch in batches {
        let verb = if recalled.contains(&batch.id) { Verb::Recall } else { Verb::Hold };
        // What is destroyed, recalled or held already stays so; what is sold out cannot be held back.
        if machine::arrow(Kind::Batch, batch.state.code(), verb).is_none() {
            continue;
        }
        let (_, state) = machine::step(&batch.code, batch.state, verb, cause)?;
        w.update(batch.clone(), Batch { state, state_reason: cause.to_owned(), ..batch.clone() });
        if verb == Verb::Recall {
            recall_codes(w, &batch, cause)?;
        }
    }
    Ok(recalled)
}

/// Calls back the codes on packages of a batch: their pages show a stop notice from now on.
pub fn recall_codes(w: &mut Work<'_>, batch: &Batch, cause: &str) -> Result<(), Stop> {
    for code in w.find::<TraceCode>("batch_id", batch.id.to_value())? {
        if machine::arrow(Kind::TraceCode, code.state.code(), Verb::Recall).is_none() {
            continue;
        }
        let (_, state) = machine::step(&code.code, code.state, Verb::Recall, cause)?;
        w.update(code.clone(), TraceCode { state, page_stopped: true, ..code });
    }
    Ok(())
}

fn suspend_agreements(w: &mut Work<'_>, entry: &CatalogEntry, cause: &str) -> Result<(), Stop> {
    for agreement in w.find::<SalesAgreement>("entry_id", entry.id.to_value())? {
        if matches!(agreement.state, AgreementState::Signed | AgreementState::Performing) {
            let (_, state) = machine::step(&agreement.code, agreement.state, Verb::Stop, cause)?;
            w.update(agreement.clone(), SalesAgreement { state, state_reason: cause.to_owned(), ..agreement });
        }
    }
    Ok(())
}

fn pause_promotions(w: &mut Work<'_>, entry: &CatalogEntry, cause: &str) -> Result<(), Stop> {
    for item in w.find::<PromotionItem>("entry_id", entry.id.to_value())? {
        let promotion: Promotion = w.get(item.promotion_id.0)?;
        if matches!(promotion.state, PromotionState::Funded | PromotionState::Running) {
            let (_, state) = machine::step(&promotion.code, promotion.state, Verb::Pause, cause)?;
            w.update(promotion.clone(), Promotion { state, state_reason: cause.to_owned(), ..promotion });
        }
    }
    Ok(())
}

/// What one buyer bought of the affected batches.
#[derive(Default)]
struct Bought {
    purchases: i64,
    quantity: i64,
    amount: i64,
}

/// Lists who bought of the affected batches, each once with the sum of it. A purchase whose batch nobody recorded may
/// be of any, so its buyer is told, too; what was rejected, or corrected by another purchase, is no purchase.
fn list_buyers(w: &mut Work<'_>, incident: &Incident, entry: &CatalogEntry, affected: &[BatchId]) -> Result<(), Stop> {
    let mut buyers: BTreeMap<OrgId, Bought> = BTreeMap::new();
    for purchase in w.find::<Purchase>("entry_id", entry.id.to_value())? {
        let void =
            matches!(purchase.state, PurchaseState::Rejected | PurchaseState::Adjusted) || purchase.quantity == 0;
        if void || purchase.batch_id.is_some_and(|b| !affected.contains(&b)) {
            continue;
        }
        let bought = buyers.entry(purchase.buyer_id).or_default();
        bought.purchases += 1;
        bought.quantity += purchase.quantity;
        bought.amount += purchase.amount_fen.0;
    }
    for (buyer_id, bought) in buyers {
        let notice = BuyerNotice {
            id: BuyerNoticeId(w.new_id()),
            meta: w.new_meta(buyer_id.0),
            incident_id: incident.id,
            entry_id: entry.id,
            buyer_id,
            purchases: bought.purchases,
            quantity: bought.quantity,
            amount_fen: Fen(bought.amount),
            state: BuyerNoticeState::Pending,
            notified_at: None,
        };
        w.create(notice);
    }
    Ok(())
}

/// How many reminders are due for a notice that nobody has answered: one after 2, 8 and 24 hours each.
pub fn reminders_due(issued: Timestamp, now: Timestamp) -> i64 {
    let passed = |hours: &&i64| issued.checked_add(SignedDuration::from_hours(**hours)).is_ok_and(|due| due <= now);
    i64::try_from(REMIND_HOURS.iter().filter(passed).count()).unwrap_or(0)
}

/// Reminds a counter. Who verifies incidents in its area may; the keeper does not remind himself.
pub fn remind(w: &mut Work<'_>, id: Uuid) -> Result<Target, Stop> {
    let notice: RemovalNotice = w.get(id)?;
    w.allow(Right::VerifyIncident, &notice.county_code, owner(&notice))?;
    if notice.state != NoticeState::Unacknowledged {
        let (state, who) = (notice.state.code(), rights::who(Right::VerifyIncident));
        return Err(wrong_state(Kind::RemovalNotice, notice.code, state, "remind", "unacknowledged", who).into());
    }
    let after = RemovalNotice { reminders: notice.reminders + 1, reminded_at: Some(w.now), ..notice.clone() };
    w.update(notice.clone(), after);
    Ok((id, notice.code))
}

/// Reminds every silent counter of an incident that is due one. Refused when none is: nobody is reminded twice at once.
pub fn remind_silent(w: &mut Work<'_>, id: Uuid) -> Result<Target, Stop> {
    let incident: Incident = w.get(id)?;
    let mut reminded = 0;
    for notice in w.find::<RemovalNotice>("incident_id", incident.id.to_value())? {
        let due = reminders_due(notice.issued_at, w.now);
        let silent = notice.state == NoticeState::Unacknowledged && notice.reminders < due;
        // Of the own area: a city reminds its counters, the office all.
        if silent && w.allow(Right::VerifyIncident, &notice.county_code, owner(&notice)).is_ok() {
            // One reminder stands for all that were missed.
            let after = RemovalNotice { reminders: due, reminded_at: Some(w.now), ..notice.clone() };
            w.update(notice, after);
            reminded += 1;
        }
    }
    if reminded == 0 {
        w.allow(Right::VerifyIncident, &incident.county_code, owner(&incident))?;
        return Err(Refusal::new("no-reminder-due").with("code", incident.code).into());
    }
    Ok((id, incident.code))
}

/// Counters to be visited of `answered` that took the product down, by class: I all, II a tenth, III a fiftieth, rounded
/// up (domain section 4).
pub fn checks_needed(class: Grade, answered: i64) -> i64 {
    let share = match class {
        Grade::One => 100,
        Grade::Two => 10,
        Grade::Three => 2,
    };
    (answered * share + 99) / 100
}

/// Closing asks that enough of the counters that answered were visited.
pub fn must_be_checked(incident: &Incident, notices: &[RemovalNotice]) -> Result<(), Refusal> {
    let count = |states: &[NoticeState]| notices.iter().filter(|n| states.contains(&n.state)).count();
    let checked = i64::try_from(count(&[NoticeState::Checked])).unwrap_or(i64::MAX);
    let answered = i64::try_from(count(&[NoticeState::Acknowledged, NoticeState::Checked])).unwrap_or(i64::MAX);
    let class = incident.recall_class.unwrap_or(incident.grade);
    let needed = checks_needed(class, answered);
    if checked >= needed {
        return Ok(());
    }
    let refusal = Refusal::new("not-checked").with("code", incident.code.clone()).with("class", class.code());
    Err(refusal.with("checked", checked.to_string()).with("needed", needed.to_string()))
}

pub fn walk_buyer(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let notice: BuyerNotice = w.get(id)?;
    let buyer: Organisation = w.get(notice.buyer_id.0)?;
    let (_, state) = step(w, &buyer.code, notice.state, verb, reason, (&buyer.division_code, owner(&notice)))?;
    if verb != Verb::Notify {
        return Err(no_such_step(Kind::BuyerNotice, &buyer.code, notice.state.code(), verb).into());
    }
    w.update(notice.clone(), BuyerNotice { state, notified_at: Some(w.now), ..notice });
    Ok((id, buyer.code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_are_due_at_two_eight_and_twenty_four_hours() {
        let issued = Timestamp::UNIX_EPOCH;
        let after = |minutes: i64| {
            issued.checked_add(SignedDuration::from_mins(minutes)).map_or(-1, |now| reminders_due(issued, now))
        };
        let due = [0, 119, 120, 479, 480, 1439, 1440, 99_999].map(after);
        assert_eq!(due, [0, 0, 1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn spot_checks_follow_the_class_and_are_rounded_up() {
        let needed = |class, n| checks_needed(class, n);
        assert_eq!([needed(Grade::One, 214), needed(Grade::Two, 214), needed(Grade::Three, 214)], [214, 22, 5]);
        assert_eq!([needed(Grade::Three, 1), needed(Grade::Three, 0)], [1, 0]);
    }

    #[test]
    fn a_lot_is_what_stands_on_the_package() {
        assert_eq!(lot_of("SX611026-0003-2020-06-A"), "2020-06-A");
        assert_eq!(named("20200611、20200715, 20200801").collect::<Vec<_>>(), ["20200611", "20200715", "20200801"]);
    }
}
