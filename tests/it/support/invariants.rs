//! What must hold after every command, whoever asked for what.

use super::memory::{Memory, text};
use super::rights::{Grant, grant, reaches};
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::*;
use gongfu::domain::command::Command;
use gongfu::domain::machine::{self, ARROWS, Verb};
use gongfu::domain::record::Record;
use gongfu::domain::rights::Right;
use gongfu::domain::rows::*;
use gongfu::domain::work::{Change, Decision};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Nothing that is sold refers to an entry that is not listed, and the counts that are kept are right.
pub fn rows_hold(rows: &Memory) {
    let entries: HashMap<EntryId, CatalogEntry> = rows.all::<CatalogEntry>().into_iter().map(|e| (e.id, e)).collect();
    let listed = |id: &EntryId| entries[id].state == EntryState::Listed;
    for line in rows.all::<ShelfLine>().iter().filter(|l| l.state == ShelfState::Sellable) {
        assert!(listed(&line.entry_id), "sellable, but {}", entries[&line.entry_id].state.code());
        let counter: Counter = rows.get(line.counter_id.0);
        assert_ne!(counter.state, CounterState::Closed, "sellable at {}", counter.code);
    }
    for pack in rows.all::<GiftPack>() {
        let items: Vec<_> =
            rows.all::<GiftPackItem>().into_iter().filter(|i| i.pack_id == pack.id && i.quantity > 0).collect();
        assert_eq!(pack.items, i64::try_from(items.len()).expect("few"), "{} counts its items", pack.code);
        if pack.state == PackState::Published {
            assert!(!items.is_empty() && items.iter().all(|i| listed(&i.entry_id)), "{} is published", pack.code);
        }
    }
    let open = [OrderState::Requested, OrderState::Pooled, OrderState::Ordered];
    for order in rows.all::<PurchaseOrder>().iter().filter(|o| open.contains(&o.state)) {
        let lines = rows.all::<OrderLine>();
        let all = lines.iter().filter(|l| l.order_id == order.id).all(|l| listed(&l.entry_id));
        assert_eq!(
            order.held,
            !all,
            "{} {} is held exactly while a product is not listed",
            order.code,
            order.state.code()
        );
    }
    for incident in rows.all::<Incident>() {
        let notices: Vec<_> =
            rows.all::<RemovalNotice>().into_iter().filter(|n| n.incident_id == incident.id).collect();
        let answered = notices.iter().filter(|n| n.state != NoticeState::Unacknowledged).count();
        assert_eq!(usize::try_from(incident.notices).ok(), Some(notices.len()), "{}", incident.code);
        assert_eq!(usize::try_from(incident.acknowledged).ok(), Some(answered), "{}", incident.code);
        if !incident.confirmed_by.is_empty() {
            assert_ne!(incident.confirmed_by, incident.reporter, "{} reported and confirmed by one", incident.code);
            assert_ne!(incident.confirmed_by, incident.verified_by, "{} verified and confirmed by one", incident.code);
            let evidence = rows.all::<Evidence>().iter().any(|e| e.incident_id == incident.id);
            assert!(evidence, "{} has no evidence", incident.code);
        }
    }
    let incidents: Vec<Incident> = rows.all();
    for entry in entries.values() {
        if !entry.suspended_for.is_empty() {
            let cause = incidents.iter().find(|i| i.code == entry.suspended_for).expect("an incident");
            assert!(entry.state == EntryState::Suspended && is_open(cause), "{} for {}", entry.code, cause.code);
        }
        if entry.state == EntryState::Delisted {
            let told: Vec<_> = rows.all::<RemovalNotice>().into_iter().filter(|n| n.entry_id == entry.id).collect();
            for line in rows.all::<ShelfLine>().iter().filter(|l| l.entry_id == entry.id) {
                assert!(
                    told.iter().any(|n| n.counter_id == line.counter_id),
                    "a counter of {} was not told",
                    entry.code
                );
            }
            let confirmed = |i: &Incident| i.entry_id == entry.id && !i.confirmed_by.is_empty();
            delisting_is_complete(rows, entry);
            assert!(rows.all::<Incident>().iter().any(confirmed), "{} delisted by nobody", entry.code);
        }
        if let Some(old) = entry.relisted_from {
            assert_eq!(entries[&old].state, EntryState::Delisted, "{} follows {}", entry.code, entries[&old].code);
        }
    }
    let purchases = rows.all::<Purchase>();
    for purchase in &purchases {
        let corrections = purchases.iter().filter(|p| p.adjusts == Some(purchase.id)).count();
        assert_eq!(
            corrections,
            usize::from(purchase.state == PurchaseState::Adjusted),
            "{} is corrected",
            purchase.code
        );
        assert!(purchase.amount_fen.0 > 0 || purchase.adjusts.is_some(), "{} is for nothing", purchase.code);
        assert!(purchase.amount_fen.0 >= 0, "{} is negative", purchase.code);
        let kinds: HashSet<_> = rows
            .all::<PurchaseEvidence>()
            .into_iter()
            .filter(|e| e.purchase_id == purchase.id)
            .map(|e| e.kind.code())
            .collect();
        assert!(usize::try_from(purchase.evidence).is_ok_and(|n| (kinds.len()..=3).contains(&n)), "{}", purchase.code);
    }
    for purchase in purchases {
        if let Some(entry) = purchase.entry_id {
            assert_eq!(entries[&entry].supplier_id, purchase.supplier_id, "{} is of another supplier", purchase.code);
            assert!(entries[&entry].edition_no.is_some(), "{} was never listed", purchase.code);
        }
    }
    codes_are_unique(rows);
}

/// Of a delisted entry nothing is still offered, under way or promoted, and whoever bought an affected batch is listed
/// (domain section 4, effects 3, 7, 8, 9, 11, 12).
fn delisting_is_complete(rows: &Memory, entry: &CatalogEntry) {
    let code = &entry.code;
    let mine = |id: EntryId| id == entry.id;
    for listing in rows.all::<MallListing>().iter().filter(|l| mine(l.entry_id)) {
        assert!(listing.state == MallState::OffSale && listing.off_requested_at.is_some(), "{code} is in the mall");
    }
    for agreement in rows.all::<SalesAgreement>().iter().filter(|a| mine(a.entry_id)) {
        let stopped = !matches!(agreement.state, AgreementState::Signed | AgreementState::Performing);
        assert!(stopped, "{} of {code} goes on", agreement.code);
    }
    let incidents: Vec<Incident> = rows.all::<Incident>().into_iter().filter(|i| mine(i.entry_id)).collect();
    let by: Vec<&Incident> =
        incidents.iter().filter(|i| i.edition_no.is_some() && !i.confirmed_by.is_empty()).collect();
    let batches: Vec<Batch> = rows.all::<Batch>().into_iter().filter(|b| mine(b.entry_id)).collect();
    let back = |b: &Batch| matches!(b.state, BatchState::Recalled | BatchState::Destroyed);
    for batch in &batches {
        let safe = matches!(batch.state, BatchState::Held | BatchState::SoldOut);
        assert!(safe || back(batch), "{} is {}", batch.code, batch.state.code());
        let lot = batch.code.rsplit('-').next().unwrap_or_default();
        // Named by itself, it is recalled; nobody named any, or one that is not known, and all are.
        let named = by.iter().any(|i| i.batches.is_empty() || i.batches == lot || i.batches == batch.code);
        assert!(!named || back(batch), "{} was named and is {}", batch.code, batch.state.code());
        for trace in rows.all::<TraceCode>().iter().filter(|c| c.batch_id == batch.id && back(batch)) {
            let ended = matches!(trace.state, CodeState::Recalled | CodeState::Retired);
            assert!(ended && (trace.page_stopped || trace.state == CodeState::Retired), "{} still opens", trace.code);
        }
    }
    for item in rows.all::<PromotionItem>().iter().filter(|i| mine(i.entry_id)) {
        let promotion: Promotion = rows.get(item.promotion_id.0);
        let on = matches!(promotion.state, PromotionState::Funded | PromotionState::Running);
        assert!(!on, "{} promotes {code}", promotion.code);
    }
    for other in rows.all::<CatalogEntry>() {
        let on_offer = matches!(other.state, EntryState::Listed | EntryState::Suspended);
        let older = other.relisted_from.is_none() && other.meta.created_at <= entry.state_at && by.len() == 1;
        let same = other.supplier_id == entry.supplier_id && other.edition_no < entry.edition_no;
        assert!(!(same && on_offer && older) || other.under_review, "{} is not under review", other.code);
    }
}

fn is_open(incident: &Incident) -> bool {
    !matches!(incident.state, IncidentState::Closed | IncidentState::Unfounded | IncidentState::NotSerious)
}

/// While an incident is open nobody puts its product back on sale or takes it out of the catalog by hand.
pub fn incidents_hold_their_product(before: &Memory, asked: &Command) {
    let Command::Move { kind: Kind::CatalogEntry, id, verb, .. } = asked else { return };
    if matches!(verb.code(), "resume" | "withdraw") {
        let entry: CatalogEntry = before.get(*id);
        let open = before.all::<Incident>().into_iter().find(|i| i.entry_id == entry.id && is_open(i));
        let free = matches!(entry.state, EntryState::Candidate | EntryState::Screened);
        assert!(free || open.is_none(), "{} {} under {:?}", entry.code, verb.code(), open.map(|i| i.code));
    }
}

/// An incident is closed only when every counter has answered and, in each of the three places, an edition from that of
/// its delisting on is verified (domain section 4).
pub fn closing_is_complete(before: &Memory, asked: &Command) {
    let Command::Move { kind: Kind::Incident, id, verb: Verb::Close, .. } = asked else { return };
    let incident: Incident = before.get(*id);
    let waiting = |n: &RemovalNotice| n.incident_id == incident.id && n.state == NoticeState::Unacknowledged;
    assert!(!before.all::<RemovalNotice>().iter().any(waiting), "{} closed with open notices", incident.code);
    let from = incident.edition_no.expect("a delisting has an edition");
    let editions: Vec<EditionId> =
        before.all::<CatalogEdition>().into_iter().filter(|e| e.number >= from).map(|e| e.id).collect();
    for channel in Channel::ALL {
        let there = |p: &Publication| p.channel == *channel && editions.contains(&p.edition_id);
        let verified = |p: &Publication| there(p) && p.state == PublicationState::Verified;
        assert!(before.all::<Publication>().iter().any(verified), "{} closed unverified", incident.code);
    }
}

fn codes_are_unique(rows: &Memory) {
    for kind in Kind::ALL {
        let mut codes: Vec<String> = rows.of(*kind).iter().map(|r| text(r, "code")).filter(|c| !c.is_empty()).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all, "two rows of {} share a code", kind.table());
    }
}

/// Each change starts from the row as it stood, adds one revision, keeps what never changes and walks an arrow.
pub fn changes_hold(before: &Memory, actor: &Actor, decision: &Decision) {
    let mut rows = before.clone();
    for Change { before: old, after } in &decision.changes {
        let stood = rows.of(after.kind()).iter().find(|r| r.uuid() == after.uuid()).cloned();
        assert_eq!(old, &stood, "decided on the row as it stood");
        let Some(old) = stood else {
            assert_eq!(after.meta().rev, 1);
            assert_eq!(after.meta().created_by, actor.name);
            let machine = machine::machines().into_iter().find(|(k, _)| *k == after.kind());
            // An edition is signed as it is made; a correction is counted as what it corrects was.
            let signed = after.kind() == Kind::CatalogEdition
                || matches!(after, Row::Purchase(p) if p.adjusts.is_some() && p.state == PurchaseState::Counted);
            let first = machine.is_none_or(|(_, states)| signed || states[0] == text(after, "state"));
            assert!(first, "a new {} is {}", after.kind().table(), text(after, "state"));
            rows.put(after.clone());
            continue;
        };
        assert_eq!(after.meta().rev, old.meta().rev + 1);
        assert_eq!(after.meta().updated_by, actor.name);
        assert_eq!((after.meta().org, after.meta().created_at), (old.meta().org, old.meta().created_at));
        let (from, to) = (text(&old, "state"), text(after, "state"));
        if from != to {
            let direct = |a: &&machine::Arrow| a.kind == after.kind() && a.from == from;
            // Confirming walks two arrows at once: confirm and start_removal.
            let arrow = ARROWS.iter().filter(direct).any(|a| {
                a.to == to
                    || ARROWS.iter().any(|b| b.kind == a.kind && b.from == a.to && b.to == to && a.to == "confirmed")
            });
            assert!(arrow, "{} went from {from} to {to}", after.kind().table());
            let last = machine::FINAL.iter().any(|(k, s)| *k == after.kind() && *s == from);
            assert!(!last, "{} left {from}, which is final", after.kind().table());
        }
        rows.put(after.clone());
    }
}

/// The person had the right the command asks for, and it reached the row.
pub fn rights_hold(before: &Memory, actor: &Actor, command: &Command, decision: &Decision) {
    if actor.role == Role::Auditor {
        assert!(decision.changes.is_empty(), "the auditor changed something by {}", command.name());
    }
    let Some((right, may)) = may(before, actor, command) else { return };
    assert!(may, "{} ({}) did {} without {right:?}", actor.name, actor.division_code, command.name());
}

/// The right a command asks for and whether the person has it there; `None` for what everybody may ask.
pub fn may(before: &Memory, actor: &Actor, command: &Command) -> Option<(Right, bool)> {
    let (right, areas) = asked_right(before, actor, command)?;
    let may = match grant(right, actor.role) {
        Grant::All => true,
        Grant::Own => areas.iter().any(|(county, owner)| reaches(actor, county, *owner)),
        Grant::No => false,
    };
    Some((right, may))
}

type Area = (String, Uuid);

/// The right of a command and the places it is about, found without asking the code under test.
fn asked_right(rows: &Memory, actor: &Actor, command: &Command) -> Option<(Right, Vec<Area>)> {
    let mine = || vec![(actor.division_code.clone(), actor.org_id)];
    let union = |id: Uuid| {
        let o: Organisation = rows.get(id);
        vec![(o.division_code, o.id.0)]
    };
    let counter = |id: Uuid| {
        let c: Counter = rows.get(id);
        vec![(c.county_code, c.meta.org)]
    };
    Some(match command {
        Command::Move { kind, id, verb, .. } => {
            let row = rows.of(*kind).iter().find(|r| r.uuid() == *id)?;
            let arrow = machine::arrow(*kind, &text(row, "state"), *verb).expect("an accepted move walks an arrow");
            (arrow.right, place(rows, row))
        }
        Command::ProposeEntry(line) => (Right::EditSuppliers, vec![(line.county_code.clone(), Uuid::nil())]),
        Command::RelistEntry { entry, .. } => (Right::EditSuppliers, of::<CatalogEntry>(rows, *entry)),
        Command::CheckDirectory { product, .. } => (Right::EditSuppliers, of::<Product>(rows, *product)),
        Command::IssueEdition { .. } => (Right::PublishEdition, mine()),
        Command::RevealContact { .. } => return None,
        Command::AddCounter(new) => {
            let keeper = if actor.role == Role::Industrial { actor.org_id } else { Uuid::nil() };
            (Right::EditCounters, vec![(new.county_code.clone(), keeper)])
        }
        Command::PlaceOnShelf { counter: id, .. } | Command::VisitCounter { counter: id, .. } => {
            (Right::EditCounters, counter(*id))
        }
        Command::ReportIncident { entry, .. } => (Right::ReportIncident, of::<CatalogEntry>(rows, *entry)),
        // Whose product it is decides, not who reported it (domain section 4: city or office).
        Command::TriageIncident { incident, .. } => {
            let entry = rows.get::<Incident>(*incident).entry_id.0;
            (Right::Suspend, of::<CatalogEntry>(rows, entry))
        }
        Command::AddEvidence { incident, .. } => (Right::ReportIncident, of::<Incident>(rows, *incident)),
        Command::ConfirmIncident { incident, .. } => (Right::ConfirmDelist, of::<Incident>(rows, *incident)),
        Command::AckRemoval { notice, .. } => (Right::AckRemoval, of::<RemovalNotice>(rows, *notice)),
        Command::RemindRemoval { notice } => (Right::VerifyIncident, of::<RemovalNotice>(rows, *notice)),
        Command::RemindSilent { incident } => {
            let mut areas = of::<Incident>(rows, *incident);
            let mine = |n: &&RemovalNotice| n.incident_id.0 == *incident;
            areas.extend(rows.all::<RemovalNotice>().iter().filter(mine).map(|n| (n.county_code.clone(), n.meta.org)));
            (Right::VerifyIncident, areas)
        }
        Command::RegisterBatch { entry, .. } => (Right::EditSuppliers, of::<CatalogEntry>(rows, *entry)),
        Command::OfferInMall { entry, .. } => (Right::PublishEdition, of::<CatalogEntry>(rows, *entry)),
        Command::SignAgreement { entry, .. } => (Right::HandleOrders, of::<CatalogEntry>(rows, *entry)),
        Command::PlanPromotion { .. } => (Right::PublishEdition, mine()),
        Command::DraftPack { .. } => (Right::PublishPacks, mine()),
        Command::SetPackItem { pack, .. } => (Right::PublishPacks, union(rows.get::<GiftPack>(*pack).meta.org)),
        Command::PlaceOrder { buyer, .. } => (Right::Purchase, union(*buyer)),
        Command::AddPurchase(new) => (Right::Purchase, union(new.buyer)),
        Command::AddPurchaseEvidence(new) => (Right::Purchase, of::<Purchase>(rows, new.purchase)),
        Command::AdjustPurchase { purchase, .. } => (Right::CountPurchases, of::<Purchase>(rows, *purchase)),
        Command::FileReturn { id, .. } => {
            let row: Return = rows.get(*id);
            let right = if row.form == ReturnForm::Annex1 { Right::SubmitAnnex1 } else { Right::SubmitAnnex2 };
            (right, union(row.unit_id.0))
        }
        Command::RemindReturn { .. } => (Right::AcceptReturns, mine()),
        Command::Edit(edit) => match edit.kind {
            Kind::Counter => (Right::EditCounters, counter(edit.id)),
            Kind::Supplier => (Right::EditSuppliers, of::<Supplier>(rows, edit.id)),
            _ => (Right::EditSuppliers, of::<CatalogEntry>(rows, edit.id)),
        },
        Command::SetDeadline { .. } | Command::SetGoal { .. } => (Right::ChangeDeadlines, mine()),
    })
}

fn of<R: Record>(rows: &Memory, id: Uuid) -> Vec<Area> {
    place(rows, &rows.get::<R>(id).into())
}

/// County and owner of a row; a row without a county of its own lies where its counter or union is.
fn place(rows: &Memory, row: &Row) -> Vec<Area> {
    let union = |id: Uuid| rows.get::<Organisation>(id).division_code;
    let county = match row {
        Row::ShelfLine(l) => rows.get::<Counter>(l.counter_id.0).county_code,
        Row::PurchaseOrder(o) => union(o.buyer_id.0),
        Row::Purchase(p) => union(p.buyer_id.0),
        Row::Return(r) => union(r.unit_id.0),
        Row::GiftPack(p) => union(p.meta.org),
        Row::BuyerNotice(n) => union(n.buyer_id.0),
        Row::MallListing(l) => rows.get::<CatalogEntry>(l.entry_id.0).county_code,
        Row::SalesAgreement(a) => rows.get::<CatalogEntry>(a.entry_id.0).county_code,
        Row::Batch(b) => rows.get::<CatalogEntry>(b.entry_id.0).county_code,
        Row::TraceCode(c) => rows.get::<CatalogEntry>(rows.get::<Batch>(c.batch_id.0).entry_id.0).county_code,
        Row::Promotion(_) => "610000".to_owned(),
        _ => text(row, "county_code"),
    };
    vec![(county, row.meta().org)]
}
