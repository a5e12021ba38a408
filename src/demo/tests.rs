//! The rules of the domain, held against every row of the demo; and that the same seed gives the same rows.

use super::*;
use crate::domain::codes::*;
use crate::domain::machine::machines;
use crate::domain::rows::*;
use crate::domain::value::Value;
use crate::domain::work::shanghai_date;
use crate::reference::credit;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;
use uuid::Uuid;

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().expect("embedded"));

/// Everything at scale 1, by kind.
struct All {
    summary: Summary,
    order: Vec<Row>,
}

static ALL: LazyLock<All> = LazyLock::new(|| {
    let mut order = Vec::new();
    let mut sink = |row: Row| -> Result<(), ()> {
        order.push(row);
        Ok(())
    };
    let summary = generate(&REFERENCE, &Options::default(), &mut sink).expect("no sink error");
    All { summary, order }
});

macro_rules! rows {
    ($kind:ident) => {
        ALL.order.iter().filter_map(|r| match r {
            Row::$kind(x) => Some(x),
            _ => None,
        })
    };
}

fn states<T: PartialEq + Copy>(list: impl Iterator<Item = T>, wanted: T) -> usize {
    list.filter(|s| *s == wanted).count()
}

fn digest(options: &Options) -> String {
    let mut hash = Sha256::new();
    let mut sink = |row: Row| -> Result<(), ()> {
        hash.update(format!("{row:?}\n"));
        Ok(())
    };
    generate(&REFERENCE, options, &mut sink).expect("no sink error");
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_same_seed_and_scale_give_the_same_rows() {
    let one = Options::default();
    let first = digest(&one);
    assert_eq!(first, digest(&one));
    assert_ne!(first, digest(&Options { seed: 2, ..one }));
}

#[test]
fn the_figures_are_those_of_the_province() {
    let count = |k| ALL.summary.count(k);
    assert_eq!(count(Kind::Supplier), 575);
    assert_eq!(count(Kind::Product), 1600);
    assert_eq!(count(Kind::CatalogEntry), 1600);
    assert_eq!(count(Kind::Counter), 2500);
    assert_eq!(count(Kind::Purchase), 60_000);
    assert_eq!(count(Kind::Incident), 120);
    assert_eq!(count(Kind::GiftPack), 24);
    assert_eq!(count(Kind::PurchaseOrder), 120);
    assert_eq!(count(Kind::Deadline), 10);
    assert_eq!(count(Kind::Goal), 7);
    assert_eq!(count(Kind::Return), 61 + 10);
    let kinds = |k| rows!(Organisation).filter(|o| o.kind == k).count();
    let by_kind = [OrgKind::Provincial, OrgKind::City, OrgKind::Zone, OrgKind::County, OrgKind::Industrial].map(kinds);
    assert_eq!(by_kind, [1, 10, 3, 106, 8], "Hancheng is a zone, not a county as well");
    assert_eq!((kinds(OrgKind::Direct), kinds(OrgKind::Grassroots)), (40, 6400));
    assert_eq!(rows!(Organisation).filter(|o| o.files_annex1).count(), 61);
    let poor: HashSet<_> = REFERENCE.divisions.iter().filter(|d| d.poverty_county).map(|d| &d.code).collect();
    assert!(rows!(Supplier).filter(|s| poor.contains(&s.county_code)).count() > 500);
    assert_eq!(ALL.order.len() as u64, ALL.summary.total());
    let expected = expected_rows(&Options::default());
    assert!(ALL.summary.total().abs_diff(expected) * 100 < expected * 5, "{} {expected}", ALL.summary.total());
}

#[test]
fn counters_stand_where_the_goals_say() {
    let family: HashMap<_, _> = REFERENCE.venue_types.iter().map(|v| (v.code.as_str(), v.family.as_str())).collect();
    let active = |f: &str| {
        rows!(Counter).filter(|c| c.state == CounterState::Active && family[c.venue_type.as_str()] == f).count()
    };
    assert_eq!((active("union_site"), active("bank_outlet")), (742, 388));
    let rooms: Vec<_> = rows!(Counter).filter(|c| c.demo_room).collect();
    assert_eq!((rooms.len(), states(rooms.iter().map(|c| c.state), CounterState::Active)), (658, 431));
    let today = shanghai_date(NOW);
    let asleep = |c: &&Counter| c.last_visit.is_none_or(|d| (today - d).get_days() > 90);
    let asleep = rows!(Counter).filter(|c| c.state == CounterState::Active).filter(asleep).count();
    assert!((40..120).contains(&asleep), "{asleep}");
    let sellable: HashSet<_> =
        rows!(ShelfLine).filter(|l| l.state == ShelfState::Sellable).map(|l| l.counter_id).collect();
    let province = REFERENCE.ring("610000").expect("a ring");
    let mut names = HashSet::new();
    for c in rows!(Counter) {
        assert!(names.insert((&c.name, &c.venue_type)), "{} is there twice", c.name);
        let abroad = c.county_code.starts_with("32");
        assert_eq!(abroad, c.venue_type.starts_with("partner"), "{}", c.code);
        assert_eq!(province.contains(c.longitude_e6, c.latitude_e6), !abroad, "{} {}", c.code, c.address);
        let open = c.state == CounterState::Active;
        assert!(!open || (!c.keeper.is_empty() && sellable.contains(&c.id)), "{} is not ready", c.code);
        assert!(!open || c.opened_on.is_some_and(|d| d <= today), "{}", c.code);
        assert_eq!(c.closed_on.is_some(), c.state == CounterState::Closed, "{}", c.code);
        assert!(c.last_visit <= Some(today) && c.closed_on <= Some(today) && c.last_visit >= c.opened_on, "{}", c.code);
        assert_eq!(c.bank.is_empty(), family[c.venue_type.as_str()] != "bank_outlet", "{}", c.code);
    }
    let visits: HashMap<_, _> = rows!(Visit).map(|v| (v.counter_id, v.visited_on)).collect();
    for c in rows!(Counter) {
        assert_eq!(visits.get(&c.id).copied(), c.last_visit, "the last visit of {}", c.code);
    }
}

#[test]
fn every_row_refers_only_to_rows_before_it_and_ids_ascend() {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let mut last: HashMap<Kind, Uuid> = HashMap::new();
    for row in &ALL.order {
        let (kind, id) = (row.kind(), row.uuid());
        assert!(last.insert(kind, id).is_none_or(|before| before < id), "{kind:?} ids ascend");
        let own_org = kind == Kind::Organisation;
        assert!(seen.contains(&row.meta().org) || own_org, "{row:?}");
        for (column, value) in kind.columns().iter().zip(row.cells()) {
            if let Value::Blob(bytes) = value {
                let other = Uuid::from_slice(&bytes).expect("an id");
                assert!(seen.contains(&other), "{kind:?} {} before its row: {row:?}", column.name);
            }
        }
        assert!(seen.insert(id), "{id} is there twice");
        let meta = row.meta();
        assert_eq!(meta.source, "demo");
        assert!(!meta.created_by.is_empty() && !meta.updated_by.is_empty() && meta.rev >= 1, "{row:?}");
        assert!(meta.created_at <= meta.updated_at && meta.updated_at <= NOW, "{row:?}");
        assert!(shanghai_date(meta.created_at) >= jiff::civil::date(2020, 5, 1), "{row:?}");
    }
}

#[test]
fn codes_are_unique_and_contiguous_where_new_ones_are_counted() {
    let mut next: HashMap<(&str, String), i64> = HashMap::new();
    let mut check = |prefix: &'static str, place: &str, code: &str, width: usize| {
        let n = next.entry((prefix, place.to_owned())).or_insert(0);
        *n += 1;
        assert_eq!(code, format!("{prefix}{place}-{n:0width$}"));
    };
    for row in &ALL.order {
        match row {
            Row::Supplier(r) => check("GY", &r.county_code, &r.code, 4),
            Row::Product(r) => check("P", &r.county_code, &r.code, 4),
            Row::CatalogEntry(r) => check("SX", &r.county_code, &r.code, 4),
            Row::Counter(r) => check("ZG", &r.county_code, &r.code, 4),
            Row::Incident(r) => check("QI-2020", "", &r.code, 4),
            Row::GiftPack(r) => check("LB-2020", "", &r.code, 3),
            Row::PurchaseOrder(r) => check("DD-2020", "", &r.code, 5),
            Row::Purchase(r) => check("CG-2020", "", &r.code, 6),
            _ => {}
        }
    }
    let codes: HashSet<_> = rows!(Organisation).map(|o| &o.code).collect();
    assert_eq!(codes.len() as u64, ALL.summary.count(Kind::Organisation));
    let names: HashSet<_> = rows!(Organisation).map(|o| &o.name).collect();
    assert_eq!(names.len() as u64, ALL.summary.count(Kind::Organisation));
}

#[test]
fn the_catalog_obeys_its_rules() {
    let entries: HashMap<_, _> = rows!(CatalogEntry).map(|e| (e.id, e)).collect();
    let products: HashMap<_, _> = rows!(Product).map(|p| (p.id, p)).collect();
    let suppliers: HashMap<_, _> = rows!(Supplier).map(|s| (s.id, s)).collect();
    let count = |s| states(entries.values().map(|e| e.state), s);
    for state in EntryState::ALL {
        assert!(count(*state) > 0, "{state:?}");
    }
    assert!(count(EntryState::Listed) > 1300, "{}", count(EntryState::Listed));
    let full = rows!(CatalogEntry).filter(|e| e.state == EntryState::Listed && e.trace == TraceState::Full).count();
    let share = full * 1000 / count(EntryState::Listed);
    assert!((850..890).contains(&share), "{share}");
    let mut twins = HashSet::new();
    for e in rows!(CatalogEntry) {
        assert!(twins.insert((e.supplier_id, &e.name, &e.spec)), "{} is there twice", e.code);
        let (p, s) = (products[&e.product_id], suppliers[&e.supplier_id]);
        assert_eq!((&p.name, p.supplier_id, &p.county_code), (&e.name, e.supplier_id, &e.county_code));
        assert_eq!(e.supplier_name, s.name);
        let was_listed = e.edition_no.is_some();
        assert_eq!(was_listed, !matches!(e.state, EntryState::Candidate | EntryState::Screened), "{}", e.code);
        assert!(!was_listed || p.directory_state == DirectoryState::Found, "{}", e.code);
        assert_eq!(p.directory_no.is_empty(), p.directory_state != DirectoryState::Found, "{}", e.code);
        assert!(e.state != EntryState::Listed || s.state == SupplierState::Active, "{}", e.code);
        assert!(e.price_fen.0 >= 100 && e.state_at <= NOW);
    }
    for s in rows!(Supplier) {
        assert!(credit::is_valid(&s.credit_code), "{} {}", s.code, s.credit_code);
    }
    let credit: HashSet<_> = rows!(Supplier).map(|s| &s.credit_code).collect();
    let names: HashSet<_> = rows!(Supplier).map(|s| &s.name).collect();
    assert_eq!((credit.len(), names.len()), (575, 575));
    let first = rows!(CatalogEntry).find(|e| e.code == "SX611026-0001").expect("the flagship");
    assert_eq!((first.name.as_str(), first.state), ("柞水木耳 250g", EntryState::Listed));
    for name in ["柞水木耳礼盒", "紫阳富硒茶 250g", "富平柿饼 500g", "洛川苹果 2.5kg"] {
        assert!(rows!(CatalogEntry).any(|e| e.name == name && e.state == EntryState::Listed), "{name}");
    }
}

#[test]
fn incidents_hold_together_with_catalog_shelves_and_notices() {
    let open = |i: &&Incident| {
        !matches!(i.state, IncidentState::Closed | IncidentState::Unfounded | IncidentState::NotSerious)
    };
    let grades = |g| rows!(Incident).filter(open).filter(|i| i.grade == g).count();
    assert_eq!([Grade::One, Grade::Two, Grade::Three].map(grades), [1, 4, 9]);
    // Confirming starts the removal in the same decision: no incident rests in `confirmed`.
    for state in IncidentState::ALL.iter().filter(|s| **s != IncidentState::Confirmed) {
        assert!(rows!(Incident).any(|i| i.state == *state), "{state:?}");
    }
    let by_entry = |e: EntryId| rows!(Incident).filter(move |i| i.entry_id == e);
    for e in rows!(CatalogEntry) {
        match e.state {
            EntryState::Suspended => assert!(by_entry(e.id).any(|i| open(&i) && i.triaged_at.is_some()), "{}", e.code),
            EntryState::Delisted => {
                let ran = [IncidentState::RemovalRunning, IncidentState::Closed];
                let confirmed = |i: &Incident| i.confirmed_at == Some(e.state_at) && ran.contains(&i.state);
                assert!(by_entry(e.id).any(confirmed), "{}", e.code);
            }
            _ => assert!(by_entry(e.id).all(|i| i.confirmed_at.is_none()), "{}", e.code),
        }
    }
    for i in rows!(Incident) {
        let notices: Vec<_> = rows!(RemovalNotice).filter(|n| n.incident_id == i.id).collect();
        let answered = notices.iter().filter(|n| n.state != NoticeState::Unacknowledged).count();
        assert_eq!((notices.len() as i64, answered as i64), (i.notices, i.acknowledged), "{}", i.code);
        assert!(i.state != IncidentState::Closed || answered == notices.len(), "{}", i.code);
        let delisted = i.edition_no.map(|n| rows!(CatalogEdition).find(|e| e.number == n).unwrap());
        let took_out = matches!(i.state, IncidentState::RemovalRunning | IncidentState::Closed);
        assert!(delisted.is_some() || !took_out, "{}", i.code);
        assert!(delisted.is_none_or(|e| e.note.starts_with(&format!("{} ", i.code))), "{}", i.code);
        if let Some(first) = i.edition_no.filter(|_| i.state == IncidentState::Closed) {
            let shown: BTreeSet<_> = rows!(CatalogEdition).filter(|e| e.number >= first).map(|e| e.id).collect();
            let there = |p: &Publication| shown.contains(&p.edition_id) && p.state == PublicationState::Verified;
            let places: BTreeSet<_> = rows!(Publication).filter(|p| there(p)).map(|p| p.channel.code()).collect();
            assert_eq!(places.len(), 3, "{} is closed and published anew in {places:?}", i.code);
        }
        assert!(i.confirmed_at.is_none() || rows!(Evidence).any(|e| e.incident_id == i.id), "{}", i.code);
        assert!(i.confirmed_by.is_empty() || (i.confirmed_by != i.reporter && i.confirmed_by != i.verified_by));
        let times = [Some(i.reported_at), i.triaged_at, i.verified_at, i.confirmed_at, i.closed_at, Some(NOW)];
        let times: Vec<_> = times.into_iter().flatten().collect();
        assert!(times.is_sorted(), "{} {times:?}", i.code);
        let steps: Vec<_> = rows!(IncidentStep).filter(|s| s.incident_id == i.id).collect();
        assert!(steps.iter().enumerate().all(|(n, s)| s.number == n as i64 + 1), "{}", i.code);
        assert!(steps.is_sorted_by_key(|s| s.at), "{}", i.code);
        for (n, notice) in notices.iter().enumerate() {
            assert_eq!(notice.code, format!("XJ{}-{:04}", i.code.trim_start_matches("QI"), n + 1));
        }
    }
    let mut had: HashMap<EntryId, BTreeSet<CounterId>> = HashMap::new();
    for l in rows!(ShelfLine) {
        had.entry(l.entry_id).or_default().insert(l.counter_id);
    }
    for e in rows!(CatalogEntry).filter(|e| e.state == EntryState::Delisted) {
        let told: BTreeSet<_> = rows!(RemovalNotice).filter(|n| n.entry_id == e.id).map(|n| n.counter_id).collect();
        assert_eq!(Some(&told), had.get(&e.id), "{}", e.code);
    }
    let running = rows!(Incident).find(|i| i.state == IncidentState::RemovalRunning).expect("one");
    assert_eq!((running.notices, running.acknowledged), (214, 214 - 31));
    let notice = rows!(RemovalNotice).find(|n| n.incident_id == running.id).expect("a notice");
    assert_eq!((NOW - notice.issued_at).total(jiff::Unit::Hour).expect("hours"), 26.0);
}

#[test]
fn only_listed_goods_are_sold_packed_and_ordered() {
    let entries: HashMap<_, _> = rows!(CatalogEntry).map(|e| (e.id, e.state)).collect();
    let listed = |e: &EntryId| entries[e] == EntryState::Listed;
    let notices: HashMap<_, _> = rows!(RemovalNotice).map(|n| ((n.entry_id, n.counter_id), n.state)).collect();
    for l in rows!(ShelfLine) {
        assert!(l.state != ShelfState::Sellable || listed(&l.entry_id), "{l:?}");
        let answered =
            matches!(notices.get(&(l.entry_id, l.counter_id)), Some(NoticeState::Acknowledged | NoticeState::Checked));
        assert!(!answered || l.state == ShelfState::Removed, "{l:?}");
    }
    for p in rows!(GiftPack) {
        let items: Vec<_> = rows!(GiftPackItem).filter(|i| i.pack_id == p.id).collect();
        assert_eq!(items.len() as i64, p.items);
        let all = items.iter().all(|i| listed(&i.entry_id));
        assert_eq!(all, p.state != PackState::NeedsReplacement, "{}", p.code);
        let sum: i64 = items.iter().map(|i| i.price_fen.0 * i.quantity).sum();
        assert!(p.price_fen.0 > 0 && p.price_fen.0 <= sum, "{}", p.code);
    }
    for state in PackState::ALL {
        assert!(rows!(GiftPack).any(|p| p.state == *state), "{state:?}");
    }
    let mut held = 0;
    for o in rows!(PurchaseOrder) {
        let lines: Vec<_> = rows!(OrderLine).filter(|l| l.order_id == o.id).collect();
        let sum: i64 = lines.iter().map(|l| l.price_fen.0 * l.quantity).sum();
        assert_eq!(sum, o.amount_fen.0, "{}", o.code);
        assert!(!lines.is_empty());
        held += usize::from(o.held);
        assert_eq!(lines.iter().all(|l| listed(&l.entry_id)), !o.held, "{}", o.code);
        let early = [OrderState::Requested, OrderState::Pooled, OrderState::Ordered].contains(&o.state);
        assert!(early || !o.held, "{}", o.code);
    }
    assert_eq!(held, 8);
}

#[test]
fn editions_add_up_and_the_newest_has_one_failed_channel() {
    let editions: Vec<_> = rows!(CatalogEdition).collect();
    let mut before = 0;
    for (n, e) in editions.iter().enumerate() {
        assert_eq!(e.number, n as i64 + 1);
        assert_eq!(e.listed, before + e.added - e.removed, "edition {}", e.number);
        before = e.listed;
        let first = rows!(CatalogEntry).filter(|c| c.edition_no == Some(e.number)).count();
        assert_eq!(first as i64, e.added, "edition {}", e.number);
        assert_eq!(rows!(Publication).filter(|p| p.edition_id == e.id).count(), 3);
    }
    let newest = editions.last().expect("editions");
    let since = newest.meta.created_at;
    let left = |e: &&CatalogEntry| e.edition_no.is_some() && e.state != EntryState::Listed && e.state_at > since;
    let listed = rows!(CatalogEntry).filter(|e| e.state == EntryState::Listed).count();
    assert_eq!(newest.listed, (listed + rows!(CatalogEntry).filter(left).count()) as i64);
    let failed: Vec<_> = rows!(Publication).filter(|p| p.state == PublicationState::Failed).collect();
    assert_eq!((failed.len(), failed[0].edition_id), (1, newest.id));
    assert_eq!(states(editions.iter().map(|e| e.state), EditionState::Published), 1);
}

#[test]
fn the_ledger_comes_to_three_hundred_and_two_million() {
    let counted: i64 = rows!(Purchase).filter(|p| p.state == PurchaseState::Counted).map(|p| p.amount_fen.0).sum();
    assert_eq!(counted, ALL.summary.counted_fen);
    assert!((counted - 30_200_000_000).abs() < 302_000_000, "{counted}");
    let suppliers: HashMap<_, _> =
        rows!(CatalogEntry).map(|e| (e.id, (e.supplier_id, e.edition_no, e.state))).collect();
    let dated: HashMap<_, _> = rows!(CatalogEdition).map(|e| (e.number, e.dated)).collect();
    let mut vouchers = HashSet::new();
    let mut adjusted = HashSet::new();
    for p in rows!(Purchase) {
        assert!(p.amount_fen.0 > 0 && p.quantity > 0, "{}", p.code);
        assert!(p.bought_on >= jiff::civil::date(2020, 6, 1) && p.bought_on <= shanghai_date(NOW), "{}", p.code);
        assert!(p.voucher_no.is_empty() || vouchers.insert(&p.voucher_no), "{}", p.voucher_no);
        let counted_fixed = p.kind == PurchaseKind::FixedPoint && p.state == PurchaseState::Counted;
        assert!(!counted_fixed || p.evidence == 3, "{}", p.code);
        if let Some(entry) = p.entry_id {
            let (supplier, edition, state) = suppliers[&entry];
            assert_eq!(supplier, p.supplier_id, "{}", p.code);
            assert!(edition.is_some_and(|n| dated[&n] <= p.bought_on), "{} {state:?}", p.code);
        }
        adjusted.extend(p.adjusts);
    }
    let of = |s| rows!(Purchase).filter(move |p| p.state == s);
    for state in PurchaseState::ALL {
        assert!(of(*state).count() > 500, "{state:?}");
    }
    let linked = of(PurchaseState::Adjusted).filter(|p| adjusted.contains(&p.id)).count();
    assert!(linked + 1 >= of(PurchaseState::Adjusted).count());
    let kinds: HashSet<_> = rows!(Purchase).map(|p| (p.channel, p.kind)).collect();
    assert_eq!(kinds.len(), SalesChannel::ALL.len() * PurchaseKind::ALL.len());
}

#[test]
fn returns_and_deadlines_stand_as_on_the_day() {
    let annex1: Vec<_> = rows!(Return).filter(|r| r.form == ReturnForm::Annex1).collect();
    assert_eq!(annex1.len(), 61);
    assert_eq!(states(annex1.iter().map(|r| r.state), ReturnState::Accepted), 55);
    let late: BTreeSet<_> = annex1.iter().map(|r| r.state).collect();
    assert_eq!(late.len(), 6, "{late:?}");
    let done = |code: &str| rows!(Deadline).find(|d| d.code == code).map(|d| d.state);
    assert_eq!(
        (done("D1"), done("D5"), done("D10")),
        (Some(DeadlineState::Open), Some(DeadlineState::Done), Some(DeadlineState::Open))
    );
    for d in rows!(Deadline) {
        assert_eq!(d.done_on.is_some(), d.state == DeadlineState::Done, "{}", d.code);
    }
    for r in rows!(Return) {
        assert_eq!(r.submitted_at.is_none(), matches!(r.state, ReturnState::NotStarted | ReturnState::Draft));
        assert!(r.accepted_at.is_none() || r.accepted_at >= r.submitted_at);
    }
    let planned: i64 = annex1.iter().map(|r| r.planned_fen.0).sum();
    assert!((70_000_000_000..95_000_000_000).contains(&planned), "{planned}");
}

#[test]
fn every_state_text_is_one_of_its_machine() {
    let machines: HashMap<_, _> = machines().into_iter().collect();
    for row in &ALL.order {
        let Some(states) = machines.get(&row.kind()) else { continue };
        let at = row.kind().columns().iter().position(|c| c.name == "state").expect("a state column");
        let state = row.cells()[at].as_text().map(str::to_owned).expect("a text");
        assert!(states.contains(&state.as_str()), "{row:?}");
    }
}

#[test]
fn scale_multiplies_goods_and_purchases_and_keeps_the_total() {
    let options = Options { scale: 3, ..Options::default() };
    let mut names = HashSet::new();
    let mut twins = HashSet::new();
    let mut sink = |row: Row| -> Result<(), ()> {
        match row {
            Row::Supplier(s) => assert!(names.insert((s.county_code, s.name.clone())), "{} is there twice", s.name),
            Row::CatalogEntry(e) => assert!(twins.insert((e.supplier_id, e.name, e.spec)), "{}", e.code),
            _ => {}
        }
        Ok(())
    };
    let mut told = 0;
    let mut progress = |p: Progress| {
        assert!(p.done <= p.expected);
        told += 1;
    };
    let summary = generate_with(&REFERENCE, &options, &mut sink, &mut progress).expect("no sink error");
    assert_eq!((summary.count(Kind::Supplier), summary.count(Kind::CatalogEntry)), (3 * 575, 3 * 1600));
    assert_eq!((summary.count(Kind::Purchase), summary.count(Kind::Counter)), (180_000, 2500));
    assert!((summary.counted_fen - 30_200_000_000).abs() < 302_000_000, "{}", summary.counted_fen);
    assert!(told > 40);
    assert_eq!((purchases_at(1000), purchases_at(0)), (MAX_PURCHASES, PURCHASES));
}

#[test]
fn an_error_of_the_sink_stops_the_work_and_comes_through() {
    let mut left = 500;
    let mut sink = |_: Row| {
        left -= 1;
        if left == 0 { Err("disk full") } else { Ok(()) }
    };
    assert_eq!(generate(&REFERENCE, &Options::default(), &mut sink), Err("disk full"));
    assert_eq!(left, 0);
}

#[test]
fn every_category_of_the_reference_file_has_forms_and_prices() {
    for s in &REFERENCE.specialties {
        assert!(
            goods::category(&s.category).is_some_and(|c| c.code == s.category && !c.forms.is_empty()),
            "{}",
            s.name
        );
    }
}
