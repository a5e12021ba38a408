//! A delisting is whole: told from the rows before a command and after it, whatever the code says it did.

use super::memory::Memory;
use gongfu::domain::codes::*;
use gongfu::domain::command::Command;
use gongfu::domain::rows::*;
use std::collections::BTreeSet;

fn delisted(rows: &Memory) -> BTreeSet<EntryId> {
    rows.all::<CatalogEntry>().iter().filter(|e| e.state == EntryState::Delisted).map(|e| e.id).collect()
}

/// Either one product left the catalog by its confirmed incident, with everything that belongs to it, or nothing of
/// that happened at all.
pub fn all_or_none(before: &Memory, asked: &Command, after: &Memory) {
    let gone: Vec<EntryId> = delisted(after).difference(&delisted(before)).copied().collect();
    let back = delisted(before).difference(&delisted(after)).count();
    assert_eq!(back, 0, "{} brought back what was delisted", asked.name());
    let [entry] = gone[..] else {
        assert!(gone.is_empty(), "{} products left with one command", gone.len());
        for kind in [Kind::RemovalNotice, Kind::BuyerNotice] {
            assert_eq!(before.of(kind).len(), after.of(kind).len(), "{} without a delisting", asked.name());
        }
        let issued = matches!(asked, Command::IssueEdition { .. });
        let places = |rows: &Memory| rows.of(Kind::Publication).len();
        assert!(issued || places(before) == places(after), "{} publishes anew without a delisting", asked.name());
        return;
    };
    let Command::ConfirmIncident { incident, .. } = asked else { panic!("{} delisted a product", asked.name()) };
    let incident: Incident = after.get(*incident);
    assert_eq!((incident.entry_id, incident.state), (entry, IncidentState::RemovalRunning));
    // Edition and places.
    let (old, editions) = (before.all::<CatalogEdition>(), after.all::<CatalogEdition>());
    assert_eq!(editions.len(), old.len() + 1, "one edition more");
    let edition = editions.last().expect("an edition");
    assert_eq!(Some(edition.number), incident.edition_no);
    assert_eq!(edition.number, old.iter().map(|e| e.number).max().unwrap_or(0) + 1, "the next number");
    let places: Vec<Publication> =
        after.all::<Publication>().into_iter().filter(|p| p.edition_id == edition.id).collect();
    assert!(places.iter().all(|p| p.state == PublicationState::Pending));
    assert_eq!(places.iter().map(|p| p.channel).collect::<BTreeSet<_>>().len(), Channel::ALL.len(), "every place");
    // What was on the list until now has to be taken off it where it is public.
    let was_listed = before.get::<CatalogEntry>(entry.0).state == EntryState::Listed;
    assert!(!was_listed || edition.removed > 0 && places.iter().all(|p| p.republish), "every place anew");
    // Every counter that has it or had it.
    let shelves = before.all::<ShelfLine>().into_iter().filter(|l| l.entry_id == entry);
    let counters: BTreeSet<CounterId> = shelves.map(|l| l.counter_id).collect();
    let notices = after.all::<RemovalNotice>().into_iter().filter(|n| n.incident_id == incident.id);
    let told: Vec<CounterId> = notices.map(|n| n.counter_id).collect();
    assert_eq!(told.len(), counters.len(), "each counter is told once");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), counters);
    // Packs, orders, supplier; what is on offer besides is looked at with all rows.
    for item in before.all::<GiftPackItem>().iter().filter(|i| i.entry_id == entry && i.quantity > 0) {
        let (was, is): (GiftPack, GiftPack) = (before.get(item.pack_id.0), after.get(item.pack_id.0));
        let expected = if was.state == PackState::Published { PackState::NeedsReplacement } else { was.state };
        assert_eq!(is.state, expected, "{}", is.code);
    }
    for line in before.all::<OrderLine>().iter().filter(|l| l.entry_id == entry) {
        let order: PurchaseOrder = after.get(line.order_id.0);
        let open = matches!(order.state, OrderState::Requested | OrderState::Pooled | OrderState::Ordered);
        assert!(!open || order.held, "{} goes on", order.code);
    }
    assert!(after.get::<Supplier>(incident.supplier_id.0).under_review, "its supplier is under review");
}
