//! The rules under random sequences of commands by everyone, and the state machines as a table.

use crate::support::commands::{Throw, command, throws};
use crate::support::invariants::{
    changes_hold, closing_is_complete, incidents_hold_their_product, rights_hold, rows_hold,
};
use crate::support::memory::{Count, Memory, text, with_text};
use crate::support::province::{NOW, Province, counter as counter_in, line, order, org, people, purchase};
use crate::support::whole::all_or_none;
use gongfu::domain::codes::*;
use gongfu::domain::command::{AddCounter, AddPurchase, AddPurchaseEvidence, Command, ProposeEntry};
use gongfu::domain::decide::decide;
use gongfu::domain::machine::{self, ARROWS, Verb};
use gongfu::domain::refusal::{CODES, Stop};
use gongfu::domain::rows::*;
use gongfu::domain::value::Fen;
use gongfu::domain::work::{Rows, Work};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Asks for one throw and checks everything that must hold; gives the command's name and its outcome.
fn play(p: &mut Province, t: Throw) -> (String, String) {
    let asked = command(&p.rows, t);
    let who = t.person(p.people.len(), &asked);
    let before = p.rows.clone();
    let (actor, ids) = (p.people[who].clone(), p.ids.clone());
    let outcome = p.ask(who, &asked);
    let again = decide(Work::new(&before, &mut ids.clone(), &actor, NOW), &asked);
    assert_eq!(outcome, again, "the same rows and ids, another decision: {asked:?}");
    match outcome {
        Ok(decision) => {
            changes_hold(&before, &actor, &decision);
            rights_hold(&before, &actor, &asked, &decision);
            incidents_hold_their_product(&before, &asked);
            closing_is_complete(&before, &asked);
            rows_hold(&p.rows);
            delisting_is_for_ever(&before, &p.rows);
            all_or_none(&before, &asked, &p.rows);
            (asked.name(), "done".into())
        }
        Err(Stop::Refused(refusal)) => {
            assert!(CODES.contains(&refusal.code), "{}", refusal.code);
            assert_eq!(before, p.rows, "a refused command changed something");
            (asked.name(), refusal.code.into())
        }
        Err(Stop::Rows(why)) => panic!("rows in memory can always be read: {why}"),
    }
}

fn delisting_is_for_ever(before: &Memory, after: &Memory) {
    for old in before.all::<CatalogEntry>() {
        let now: CatalogEntry = after.get(old.id.0);
        // What was withdrawn may yet prove unsafe: it is delisted then, and never anything else.
        let then_delisted = old.state == EntryState::Withdrawn && now.state == EntryState::Delisted;
        if matches!(old.state, EntryState::Delisted | EntryState::Withdrawn) && !then_delisted {
            assert_eq!((now.state, now.state_at, &now.state_reason), (old.state, old.state_at, &old.state_reason));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_by_whomever_the_rules_hold(throws in throws(90)) {
        let mut p = Province::furnished();
        rows_hold(&p.rows);
        for t in throws {
            play(&mut p, t);
        }
    }
}

#[test]
fn a_long_year_reaches_every_command_state_and_refusal() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut states: BTreeSet<(Kind, String)> = BTreeSet::new();
    for start in 0..24_u64 {
        let mut p = Province::furnished();
        for n in 0..500 {
            let (name, outcome) = play(&mut p, Throw::numbered(start * 10_000 + n));
            seen.entry(outcome).or_default().insert(name);
        }
        for (kind, _) in machine::machines() {
            states.extend(p.rows.of(kind).iter().map(|r| (kind, text(r, "state"))));
        }
    }
    // Sequences that never get anywhere prove nothing: this one must have been everywhere that matters.
    let done = &seen["done"];
    for name in [
        "incident.confirm",
        "incident.triage",
        "incident.unfounded",
        "incident.close",
        "incident.reopen",
        "catalog_entry.relist",
        "catalog_entry.list",
        "catalog_entry.suspend",
        "catalog_entry.resume",
        "catalog_entry.withdraw",
        "gift_pack.publish",
        "gift_pack.set_item",
        "purchase_order.ship",
        "purchase_order.place",
        "removal_notice.acknowledge",
        "counter.place",
        "counter.close",
        "shelf_line.stop",
        "shelf_line.resume",
        "purchase.count",
        "purchase.adjust",
        "purchase.add_evidence",
        "return.file",
        "catalog_edition.issue",
        "catalog_edition.publish",
        "purchase_order.cancel",
    ] {
        assert!(done.contains(name), "{name} was never accepted; accepted: {done:?}");
    }
    for code in [
        "not-allowed",
        "not-your-area",
        "wrong-state",
        "unknown-record",
        "reason-missing",
        "not-in-directory",
        "not-in-province",
        "already-exists",
        "was-delisted",
        "open-incident",
        "not-public",
        "not-listed",
        "four-eyes",
        "evidence-missing",
        "open-notices",
        "not-republished",
        "order-held",
        "number-out-of-range",
    ] {
        assert!(seen.contains_key(code), "nothing was refused with {code}");
    }
    for state in ["delisted", "withdrawn", "suspended", "listed"] {
        assert!(states.contains(&(Kind::CatalogEntry, state.into())), "no entry was {state}");
    }
    assert!(states.contains(&(Kind::GiftPack, "needs_replacement".into())));
}

/// Verbs with a command of their own, or that only follow from another decision: plainly refused as steps.
const NOT_BY_HAND: &[(Kind, Verb)] = &[
    (Kind::CatalogEntry, Verb::Delist),
    (Kind::Incident, Verb::Triage),
    (Kind::Incident, Verb::Confirm),
    (Kind::Incident, Verb::StartRemoval),
    (Kind::GiftPack, Verb::Stop),
    (Kind::RemovalNotice, Verb::Acknowledge),
    (Kind::RemovalNotice, Verb::Explain),
    (Kind::Purchase, Verb::Adjust),
    (Kind::Return, Verb::Submit),
];

#[test]
fn every_step_that_is_no_arrow_is_refused_naming_the_state_and_the_states_it_needs() {
    let mut p = Province::furnished();
    one_of_each(&mut p);
    let mut checked = 0;
    for (kind, states) in machine::machines() {
        let row = p.rows.of(kind).last().unwrap_or_else(|| panic!("a {}", kind.table())).clone();
        for (state, verb) in states.iter().flat_map(|s| Verb::ALL.iter().map(move |v| (*s, *v))) {
            let by_hand = !NOT_BY_HAND.contains(&(kind, verb));
            if by_hand && machine::arrow(kind, state, verb).is_some() {
                continue;
            }
            let mut rows = p.rows.clone();
            rows.put(with_text(&row, "state", state));
            let asked = Command::Move { kind, id: row.uuid(), verb, reason: "试".into() };
            // By whoever may act on it at all: the others learn of their rights before they learn of states.
            let stops =
                people().into_iter().map(|who| decide(Work::new(&rows, &mut Count(1 << 64), &who, NOW), &asked));
            let told = |stop: &Result<_, Stop>| !matches!(stop, Err(Stop::Refused(r)) if matches!(r.code, "not-allowed" | "not-your-area"));
            let stop = stops.into_iter().find(told);
            let Some(Err(Stop::Refused(refusal))) = stop else { panic!("{kind:?} {state} {verb:?}: {stop:?}") };
            let needs: Vec<_> =
                ARROWS.iter().filter(|a| a.kind == kind && a.verb == verb && by_hand).map(|a| a.from).collect();
            let arg = |name| refusal.args.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
            assert_eq!(refusal.code, "wrong-state", "{kind:?} {state} {verb:?}");
            assert_eq!(arg("state"), Some(state), "{kind:?} {verb:?}");
            assert_eq!(arg("verb"), Some(verb.code()));
            assert_eq!(arg("kind"), Some(kind.table()));
            assert_eq!(arg("needs"), Some(needs.join(",").as_str()), "{kind:?} {state} {verb:?}");
            checked += 1;
        }
    }
    assert!(checked > 3_000, "{checked} steps tried");
}

/// Brings the province to where every kind with states has a row.
fn one_of_each(p: &mut Province) {
    p.must(0, Command::IssueEdition { dated: jiff::civil::date(2020, 8, 20), note: String::new() });
    delist_first(p);
}

/// Reports, verifies and confirms an incident about the first entry, by three people.
fn delist_first(p: &mut Province) -> (uuid::Uuid, uuid::Uuid) {
    let entry = p.rows.all::<CatalogEntry>()[0].id.0;
    let incident =
        p.must(2, Command::ReportIncident { entry, title: "霉变".into(), place: String::new(), grade: Grade::One });
    let (kind, title, sha256) = (EvidenceKind::TestReport, "报告".into(), "0".repeat(64));
    p.must(2, Command::AddEvidence { incident, kind, title, sha256, bytes: 1 });
    p.must(0, triage(incident, true));
    p.must(0, Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: "核".into() });
    let confirm = p.confirm(incident);
    p.must(1, confirm);
    (entry, incident)
}

fn triage(incident: uuid::Uuid, suspend: bool) -> Command {
    Command::TriageIncident {
        incident,
        grade: Grade::One,
        recall_class: Grade::One,
        batches: String::new(),
        suspend,
        reason: "疑".into(),
    }
}

#[test]
fn a_confirmed_incident_takes_the_entry_out_of_everything_and_a_return_is_a_new_candidate() {
    let mut p = Province::furnished();
    let lines: Vec<ShelfLine> = p.rows.all();
    let (entry, incident) = delist_first(&mut p);
    let old: CatalogEntry = p.rows.get(entry);
    assert_eq!(old.state, EntryState::Delisted);
    let counters: BTreeSet<_> = lines.iter().filter(|l| l.entry_id.0 == entry).map(|l| l.counter_id).collect();
    assert_eq!(p.rows.get::<Incident>(incident).notices, i64::try_from(counters.len()).expect("few"));
    assert_eq!(p.rows.all::<Publication>().iter().filter(|x| x.republish).count(), 3, "three places to publish anew");
    assert_eq!(p.rows.all::<CatalogEdition>().last().map(|e| (e.number, e.listed, e.removed)), Some((1, 5, 1)));
    let mut anew = line(0, &old.county_code);
    anew.name = anew.name.replace("木耳", " 木耳");
    let stop = p.ask(0, &Command::ProposeEntry(anew));
    assert!(matches!(&stop, Err(Stop::Refused(r)) if r.code == "was-delisted"), "{stop:?}");
    let relisted = p.must(0, Command::RelistEntry { entry, reason: "整改".into() });
    let new: CatalogEntry = p.rows.get(relisted);
    assert_eq!((new.state, new.relisted_from.map(|e| e.0)), (EntryState::Candidate, Some(entry)));
    assert_ne!((new.id, &new.code), (old.id, &old.code));
    assert_eq!(p.rows.get::<CatalogEntry>(entry), old, "the old one stays as it is");
}

#[test]
fn an_incident_closes_when_its_counters_answered_and_all_three_places_are_verified() {
    let mut p = Province::furnished();
    let (_, incident) = delist_first(&mut p);
    let close = Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Close, reason: "清理完毕".into() };
    let refused = |p: &mut Province| match p.ask(0, &close) {
        Err(Stop::Refused(r)) => r,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&mut p).code, "open-notices");
    for notice in p.rows.all::<RemovalNotice>() {
        let (answer, reason) = (AckAnswer::NoneHeld, String::new());
        let asked = Command::AckRemoval { notice: notice.id.0, answer, quantity: 0, reason };
        let who = (0..people().len()).find(|who| p.ask(*who, &asked).is_ok());
        assert!(who.is_some(), "nobody answers {}", notice.code);
    }
    let refusal = refused(&mut p);
    assert_eq!(refusal.code, "not-checked");
    let told = p.rows.all::<RemovalNotice>();
    assert!(refusal.args.contains(&("checked", "0".into())), "{refusal:?}");
    for notice in &told {
        let check =
            Command::Move { kind: Kind::RemovalNotice, id: notice.id.0, verb: Verb::Check, reason: "查".into() };
        assert!((0..people().len()).any(|who| p.ask(who, &check).is_ok()), "nobody visits {}", notice.code);
    }
    assert_eq!(p.rows.all::<Visit>().len(), told.len(), "a spot check is a visit");
    let places: Vec<Publication> = p.rows.all();
    assert_eq!(p.rows.get::<Incident>(incident).edition_no, Some(1));
    for (place, verbs) in places.iter().zip([&[Verb::Publish, Verb::Verify][..], &[Verb::Publish], &[]]) {
        p.walk(Kind::Publication, place.id.0, verbs);
    }
    // The second is published but not verified, the third waits: the first that is not verified is named.
    let refusal = refused(&mut p);
    assert_eq!(refusal.code, "not-republished");
    assert!(refusal.args.contains(&("channel", "public_account".into())), "{refusal:?}");
    assert!(refusal.args.contains(&("state", "published".into())), "{refusal:?}");
    p.walk(Kind::Publication, places[1].id.0, &[Verb::Verify]);
    assert!(refused(&mut p).args.contains(&("state", "pending".into())));
    // A later edition shows as well that the product is gone.
    let dated = jiff::civil::date(2020, 8, 20);
    p.must(0, Command::IssueEdition { dated, note: String::new() });
    let mall = p.rows.all::<Publication>().into_iter().rfind(|x| x.channel == places[2].channel).expect("a place").id.0;
    assert_ne!(mall, places[2].id.0);
    p.walk(Kind::Publication, mall, &[Verb::Publish, Verb::Verify]);
    p.must(0, close.clone());
}

#[test]
fn four_eyes_hold_for_reporter_and_sole_verifier() {
    use EvidenceKind::{Photo, RegulatorNotice, TestReport};
    for (reporter, verifiers, kind, confirmer, refused) in [
        (0, vec![1], TestReport, 0, Some("four-eyes")),
        (2, vec![1], TestReport, 1, Some("four-eyes")),
        (2, vec![0], TestReport, 1, None),
        (2, vec![0], RegulatorNotice, 1, None),
        (2, vec![2], TestReport, 1, None),
        // Without an official paper two people besides the reporter have to have looked.
        (2, vec![0], Photo, 1, Some("evidence-missing")),
        (2, vec![0, 2], Photo, 1, Some("evidence-missing")),
        (2, vec![0, 0], Photo, 1, Some("evidence-missing")),
        (2, vec![0, 1], Photo, 1, None),
    ] {
        let mut p = Province::furnished();
        let entry = p.rows.all::<CatalogEntry>()[0].id.0;
        let report = Command::ReportIncident { entry, title: "霉变".into(), place: String::new(), grade: Grade::One };
        let incident = p.must(reporter, report);
        let (title, sha256) = ("材料".into(), "0".repeat(64));
        p.must(0, Command::AddEvidence { incident, kind, title, sha256, bytes: 1 });
        p.must(0, triage(incident, false));
        for who in &verifiers {
            p.must(*who, Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: "核".into() });
        }
        let outcome = {
            let confirm = p.confirm(incident);
            p.ask(confirmer, &confirm)
        };
        let code = match outcome {
            Ok(_) => None,
            Err(Stop::Refused(r)) => Some(r.code),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(code, refused, "{reporter} {verifiers:?} {kind:?} {confirmer}");
    }
}

#[test]
fn a_city_keeps_its_hands_off_what_is_another_unions() {
    let mut p = Province::furnished();
    // 王安 is of Ankang, 柞水 lies in Shangluo.
    let zhashui = p.rows.all::<CatalogEntry>().into_iter().find(|e| e.county_code == "611026").expect("an entry").id.0;
    let office_pack = p.rows.all::<GiftPack>()[0].id.0;
    let counter = p.rows.all::<Counter>().into_iter().find(|c| c.county_code == "611026").expect("a counter").id.0;
    let report =
        Command::ReportIncident { entry: zhashui, title: "霉变".into(), place: String::new(), grade: Grade::One };
    let incident = p.must(2, report);
    let step = |kind, id, verb| Command::Move { kind, id, verb, reason: "试".into() };
    for asked in [
        triage(incident, false),
        step(Kind::GiftPack, office_pack, Verb::Withdraw),
        Command::SetPackItem { pack: office_pack, entry: zhashui, quantity: 1 },
        step(Kind::CatalogEntry, zhashui, Verb::Suspend),
        step(Kind::Counter, counter, Verb::Pause),
        Command::PlaceOnShelf { counter, entry: zhashui, quantity: 1 },
        Command::ProposeEntry(line(39, "611026")),
        Command::AddCounter(counter_in(9, "611026")),
    ] {
        let stop = p.ask(2, &asked);
        assert!(matches!(&stop, Err(Stop::Refused(r)) if r.code == "not-your-area"), "{asked:?}: {stop:?}");
    }
    assert!(p.rows.fetch(Kind::Incident, incident).is_ok_and(|r| r.is_some_and(|r| text(&r, "state") == "reported")));
}

#[test]
fn an_order_or_purchase_names_only_records_and_days_there_are() {
    let mut p = Province::furnished();
    let entry = p.rows.all::<CatalogEntry>()[1].id.0;
    let nobody = uuid::Uuid::from_u128(8);
    let Command::PlaceOrder { buyer, seller, lines, .. } = order(org(6), &[entry]) else { unreachable!() };
    let bought = purchase(&p.rows, 1);
    let tomorrow = jiff::civil::date(2020, 8, 21);
    for (asked, code) in [
        (Command::PlaceOrder { buyer, seller, pack: Some(nobody), lines }, "unknown-record"),
        (Command::AddPurchase(AddPurchase { entry: Some(nobody), ..bought.clone() }), "unknown-record"),
        (Command::AddPurchase(AddPurchase { supplier: nobody, ..bought.clone() }), "unknown-record"),
        (Command::AddPurchase(AddPurchase { bought_on: tomorrow, ..bought }), "number-out-of-range"),
    ] {
        let stop = p.ask(0, &asked);
        assert!(matches!(&stop, Err(Stop::Refused(r)) if r.code == code), "{asked:?}: {stop:?}");
    }
}

#[test]
fn a_venue_type_or_category_the_reference_does_not_have_is_refused_naming_the_nearest() {
    let mut p = Province::furnished();
    let venue = |code: &str| Command::AddCounter(AddCounter { venue_type: code.into(), ..counter_in(30, "611026") });
    let goods = |code: &str| Command::ProposeEntry(ProposeEntry { category: code.into(), ..line(38, "611026") });
    for (asked, field, near) in [
        (venue("workers_hom"), "venue_type", "workers_home"),
        (goods("teas"), "category", "tea"),
        (goods("Tea"), "category", "tea"),
    ] {
        let stop = p.ask(0, &asked);
        let Err(Stop::Refused(refusal)) = stop else { panic!("{asked:?}: {stop:?}") };
        let arg = |name| refusal.args.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v.as_str());
        assert_eq!((refusal.code, arg("field")), ("unknown-code", field), "{asked:?}");
        assert_eq!(arg("near"), near, "{asked:?}");
        assert!(arg("codes").split(',').count() > 10, "{}", arg("codes"));
    }
    p.must(0, venue("love_station"));
    p.must(0, goods("tea"));
}

fn proof(purchase: uuid::Uuid, kind: ProofKind, sha256: &str) -> AddPurchaseEvidence {
    let (title, dated) = (kind.code().into(), jiff::civil::date(2020, 8, 3));
    AddPurchaseEvidence { purchase, kind, title, sha256: sha256.repeat(64), bytes: 9, dated }
}

#[test]
fn a_purchase_that_waits_for_evidence_gets_its_files_and_is_counted() {
    let mut p = Province::furnished();
    let fixed = AddPurchase { kind: PurchaseKind::FixedPoint, evidence: 1, ..purchase(&p.rows, 1) };
    let id = p.must(0, Command::AddPurchase(fixed));
    let step = |verb| Command::Move { kind: Kind::Purchase, id, verb, reason: "核".into() };
    p.must(0, step(Verb::Submit));
    p.must(0, step(Verb::AskEvidence));
    let kinds = |p: &Province| p.rows.get::<Purchase>(id).evidence;
    p.must(0, Command::AddPurchaseEvidence(proof(id, ProofKind::ProofOfTask, "a")));
    assert_eq!(kinds(&p), 1, "the one that was stated");
    p.must(0, Command::AddPurchaseEvidence(proof(id, ProofKind::ProofOfTask, "b")));
    assert_eq!(kinds(&p), 1, "a second file of one kind is not another kind");
    p.must(0, Command::AddPurchaseEvidence(proof(id, ProofKind::PurchaseVoucher, "c")));
    let refused = |p: &mut Province, who: usize, asked: Command| match p.ask(who, &asked) {
        Err(Stop::Refused(r)) => r.code,
        other => panic!("{asked:?}: {other:?}"),
    };
    let voucher = proof(id, ProofKind::PurchaseVoucher, "c");
    assert_eq!(refused(&mut p, 0, Command::AddPurchaseEvidence(voucher.clone())), "already-exists");
    let tomorrow =
        AddPurchaseEvidence { dated: jiff::civil::date(2020, 8, 21), sha256: "e".repeat(64), ..voucher.clone() };
    assert_eq!(refused(&mut p, 0, Command::AddPurchaseEvidence(tomorrow)), "number-out-of-range");
    let broken = AddPurchaseEvidence { sha256: "xyz".into(), ..voucher };
    assert_eq!(refused(&mut p, 0, Command::AddPurchaseEvidence(broken)), "field-unclean");
    p.must(0, step(Verb::Submit));
    assert_eq!(refused(&mut p, 0, step(Verb::Count)), "not-counted");
    p.must(0, Command::AddPurchaseEvidence(proof(id, ProofKind::ReliefEffect, "d")));
    assert_eq!(kinds(&p), 3);
    let auditor = people().iter().position(|a| a.role == Role::Auditor).expect("an auditor");
    let more = proof(id, ProofKind::ReliefEffect, "f");
    assert_eq!(refused(&mut p, auditor, Command::AddPurchaseEvidence(more.clone())), "not-allowed");
    p.must(0, step(Verb::Count));
    assert_eq!(refused(&mut p, 0, Command::AddPurchaseEvidence(more)), "wrong-state");
}

#[test]
fn a_counted_purchase_is_corrected_by_one_that_links_it_and_the_total_moves_by_the_difference() {
    let mut p = Province::furnished();
    let new = AddPurchase { kind: PurchaseKind::UnionGoods, voucher_no: "V-1".into(), ..purchase(&p.rows, 1) };
    let id = p.must(0, Command::AddPurchase(new));
    let step = |verb| Command::Move { kind: Kind::Purchase, id, verb, reason: "核".into() };
    let total = |p: &Province| -> i64 {
        let all = p.rows.all::<Purchase>();
        all.iter().filter(|x| x.state == PurchaseState::Counted).map(|x| x.amount_fen.0).sum()
    };
    let adjust = |purchase, quantity, fen, reason: &str| Command::AdjustPurchase {
        purchase,
        quantity,
        amount: Fen(fen),
        reason: reason.into(),
    };
    let refused = |p: &mut Province, who: usize, asked: Command| match p.ask(who, &asked) {
        Err(Stop::Refused(r)) => r.code,
        other => panic!("{asked:?}: {other:?}"),
    };
    assert_eq!(refused(&mut p, 0, adjust(id, 3, 9_000, "录错")), "wrong-state");
    p.must(0, step(Verb::Submit));
    p.must(0, step(Verb::Count));
    let (before, old) = (total(&p), p.rows.get::<Purchase>(id));
    for (quantity, fen, reason, code) in [
        (old.quantity, old.amount_fen.0, "录错", "same-figures"),
        (3, 9_000, " ", "reason-missing"),
        (3, -1, "录错", "number-out-of-range"),
        (3, 0, "录错", "number-out-of-range"),
        (0, 9_000, "录错", "number-out-of-range"),
    ] {
        assert_eq!(refused(&mut p, 0, adjust(id, quantity, fen, reason)), code, "{quantity} {fen}");
    }
    // Who counts corrects: a city verifies only.
    assert_eq!(refused(&mut p, 2, adjust(id, 3, 9_000, "录错")), "not-allowed");
    assert_eq!(refused(&mut p, 0, step(Verb::Adjust)), "wrong-state");
    let new = p.must(0, adjust(id, 3, 9_000, "录错"));
    let (was, now): (Purchase, Purchase) = (p.rows.get(id), p.rows.get(new));
    assert_eq!((was.state, was.amount_fen, was.quantity), (PurchaseState::Adjusted, old.amount_fen, old.quantity));
    assert_eq!((now.state, now.adjusts, now.amount_fen.0), (PurchaseState::Counted, Some(was.id), 9_000));
    assert_eq!((&now.voucher_no, now.supplier_id, now.bought_on), (&was.voucher_no, was.supplier_id, was.bought_on));
    assert_eq!(total(&p) - before, 9_000 - old.amount_fen.0);
    assert_eq!(refused(&mut p, 0, adjust(id, 1, 1, "再")), "wrong-state");
    // All of it given back.
    p.must(0, adjust(new, 0, 0, "退货"));
    assert_eq!(total(&p), before - old.amount_fen.0);
    rows_hold(&p.rows);
}
