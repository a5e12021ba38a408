//! From a command to row changes or a refusal. Pure: the same rows, command, actor, time and ids give the same answer,
//! on the console and again on the hub.
//!
//! One file per noun; this one only routes. Changes come back in order and are applied all or nothing by the caller.

mod catalog;
mod closing;
mod counter;
mod edit;
mod field;
mod incident;
mod order;
mod pack;
mod purchase;
mod recall;
mod returns;
mod sales;
mod supplier;
mod supply;

pub use recall::{REMIND_HOURS, affected_batches, checks_needed, reminders_due};

use super::command::Command;
use super::machine::{self, Arrow, State, Verb};
use super::record::Record;
use super::refusal::{Refusal, Stop, wrong_state};
use super::rows::Kind;
use super::work::{Change, Decision, Work};
use uuid::Uuid;

/// The record a command was about and the code people know it by.
type Target = (Uuid, String);

/// Decides a command.
///
/// # Errors
/// [`Stop::Refused`] when a rule says no, [`Stop::Rows`] when rows cannot be read.
pub fn decide(mut work: Work<'_>, command: &Command) -> Result<Decision, Stop> {
    let w = &mut work;
    let (target, code) = match command {
        Command::Move { kind, id, verb, reason } => walk(w, *kind, *id, *verb, &field::reason(reason)?)?,
        Command::ProposeEntry(line) => catalog::propose(w, line)?,
        Command::RelistEntry { entry, reason } => catalog::relist(w, *entry, &field::reason(reason)?)?,
        Command::CheckDirectory { product, number, state } => catalog::check_directory(w, *product, number, *state)?,
        Command::IssueEdition { dated, note } => catalog::issue_edition(w, *dated, note)?,
        Command::RevealContact { supplier } => supplier::reveal(w, *supplier)?,
        Command::AddCounter(new) => counter::add(w, new)?,
        Command::PlaceOnShelf { counter, entry, quantity } => counter::place(w, *counter, *entry, *quantity)?,
        Command::VisitCounter { counter, on, note } => counter::visit(w, *counter, *on, note)?,
        Command::ReportIncident { entry, title, place, grade } => incident::report(w, *entry, title, place, *grade)?,
        Command::TriageIncident { incident, grade, recall_class, batches, suspend, reason } => {
            let classes = incident::Classes { grade: *grade, recall: *recall_class, batches };
            incident::triage(w, *incident, &classes, *suspend, &field::reason(reason)?)?
        }
        Command::AddEvidence { incident, kind, title, sha256, bytes } => {
            incident::add_evidence(w, *incident, *kind, title, sha256, *bytes)?
        }
        Command::ConfirmIncident { incident, product, reason } => {
            incident::confirm(w, *incident, product, &field::reason(reason)?)?
        }
        Command::AckRemoval { notice, answer, quantity, reason } => {
            incident::acknowledge(w, *notice, *answer, *quantity, &field::reason(reason)?)?
        }
        Command::RemindRemoval { notice } => recall::remind(w, *notice)?,
        Command::RemindSilent { incident } => recall::remind_silent(w, *incident)?,
        Command::RegisterBatch { entry, lot, made_on, best_before, quantity, codes } => {
            let new = supply::Lot { lot, made_on: *made_on, best_before: *best_before, quantity: *quantity, codes };
            supply::register_batch(w, *entry, &new)?
        }
        Command::OfferInMall { entry, price } => supply::offer_in_mall(w, *entry, *price)?,
        Command::SignAgreement { entry, seller, quantity, price, signed_on, ends_on } => {
            supply::sign_agreement(w, *entry, seller, (*quantity, *price), (*signed_on, *ends_on))?
        }
        Command::PlanPromotion { name, kind, budget, starts_on, ends_on, entries } => {
            supply::plan_promotion(w, name, (*kind, *budget), (*starts_on, *ends_on), entries)?
        }
        Command::DraftPack { name, occasion, audience, price, items, valid_until } => {
            let new = pack::Draft { name, occasion, audience, price: *price, items, valid_until: *valid_until };
            pack::draft(w, &new)?
        }
        Command::SetPackItem { pack, entry, quantity } => pack::set_item(w, *pack, *entry, *quantity)?,
        Command::PlaceOrder { buyer, seller, pack, lines } => order::place(w, *buyer, seller, *pack, lines)?,
        Command::AddPurchase(new) => purchase::add(w, new)?,
        Command::AddPurchaseEvidence(new) => purchase::add_evidence(w, new)?,
        Command::AdjustPurchase { purchase, quantity, amount, reason } => {
            purchase::adjust(w, *purchase, (*quantity, *amount), &field::reason(reason)?)?
        }
        Command::FileReturn { id, workers, planned, note } => returns::file(w, *id, *workers, *planned, note)?,
        Command::RemindReturn { id } => returns::remind(w, *id)?,
        Command::SetDeadline { id, due_on, reason } => returns::set_deadline(w, *id, *due_on, &field::reason(reason)?)?,
        Command::Edit(new) => edit::fields(w, new)?,
        Command::SetGoal { id, target, reason } => returns::set_goal(w, *id, *target, &field::reason(reason)?)?,
    };
    Ok(work.finish(target, code))
}

/// What a delisting of an incident's product would change, whoever asks and however far the incident is: for the page
/// that shows it before anyone confirms. Nothing may be written of it.
///
/// # Errors
/// When the product cannot be delisted, or rows cannot be read.
pub fn foresee(mut work: Work<'_>, incident: Uuid) -> Result<Vec<Change>, Stop> {
    incident::foresee(&mut work, incident)?;
    Ok(work.finish(incident, String::new()).changes)
}

/// Routes a plain arrow to the noun that guards it.
fn walk(w: &mut Work<'_>, kind: Kind, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    match kind {
        Kind::CatalogEntry => catalog::walk(w, id, verb, reason),
        Kind::CatalogEdition => catalog::walk_edition(w, id, verb, reason),
        Kind::Publication => catalog::walk_publication(w, id, verb, reason),
        Kind::Supplier => supplier::walk(w, id, verb, reason),
        Kind::Counter => counter::walk(w, id, verb, reason),
        Kind::ShelfLine => counter::walk_shelf(w, id, verb, reason),
        Kind::Incident => incident::walk(w, id, verb, reason),
        Kind::RemovalNotice => incident::walk_notice(w, id, verb, reason),
        Kind::BuyerNotice => recall::walk_buyer(w, id, verb, reason),
        Kind::MallListing => supply::walk_listing(w, id, verb, reason),
        Kind::SalesAgreement => supply::walk_agreement(w, id, verb, reason),
        Kind::Batch => supply::walk_batch(w, id, verb, reason),
        Kind::TraceCode => supply::walk_code(w, id, verb, reason),
        Kind::Promotion => supply::walk_promotion(w, id, verb, reason),
        Kind::GiftPack => pack::walk(w, id, verb, reason),
        Kind::PurchaseOrder => order::walk(w, id, verb, reason),
        Kind::Purchase => purchase::walk(w, id, verb, reason),
        Kind::Deadline => returns::walk_deadline(w, id, verb, reason),
        Kind::Return => returns::walk(w, id, verb, reason),
        _ => Err(no_such_step(kind, "", "", verb).into()),
    }
}

/// The refusal for a verb a kind does not have, or that needs its own command with more to say: no state would do.
fn no_such_step(kind: Kind, code: &str, state: &str, verb: Verb) -> Refusal {
    wrong_state(kind, code, state, verb.code(), "", machine::who_may_walk(kind, verb))
}

/// Finds the arrow and checks the right it asks for on a row of `county_code` owned by `owner`.
fn step<S: State>(
    w: &Work<'_>,
    code: &str,
    from: S,
    verb: Verb,
    reason: &str,
    (county_code, owner): (&str, Uuid),
) -> Result<(&'static Arrow, S), Stop> {
    // The right first: who may not act learns so before being asked for reasons or told of states.
    if let Some(arrow) = machine::arrow(S::KIND, from.code(), verb) {
        w.allow(arrow.right, county_code, owner)?;
    }
    Ok(machine::step(code, from, verb, reason)?)
}

/// The owner of a row, for rights.
fn owner<R: Record>(row: &R) -> Uuid {
    row.meta().org
}
