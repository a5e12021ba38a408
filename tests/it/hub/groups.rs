//! Corrections and steps of people who had not seen each other's, on both engines: only what touches the same fields is a conflict.

use super::ledger::{at, order};
use super::places::{Bench, benches};
use gongfu::domain::codes::EntryState;
use gongfu::domain::command::{Command, EditRecord, Given};
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Record;
use gongfu::domain::rows::{CatalogEntry, Kind, Row, Supplier};
use gongfu::domain::value::{Cell, Value};
use gongfu::domain::work::Rows;
use gongfu::hub::ledger;
use gongfu::hub::rows::LedgerRows;
use gongfu::wire::order::{Order, Outcome, Seen};
use std::collections::BTreeMap;
use uuid::Uuid;

fn row(bench: &Bench, kind: Kind, id: Uuid) -> Row {
    bench.with(|e| LedgerRows::new(e).fetch(kind, id)).expect("read").expect("a row")
}

fn entry(bench: &Bench, id: Uuid) -> CatalogEntry {
    CatalogEntry::from_row(row(bench, Kind::CatalogEntry, id)).expect("an entry")
}

fn listed(bench: &Bench) -> CatalogEntry {
    let listed = EntryState::Listed.to_value();
    let found = bench.with(|e| LedgerRows::new(e).find(Kind::CatalogEntry, "state", &listed)).expect("read");
    found.into_iter().find_map(CatalogEntry::from_row).expect("a listed product")
}

fn edit(kind: Kind, id: Uuid, set: &[(&str, Given)]) -> Command {
    let set = set.iter().map(|(name, given)| ((*name).to_owned(), given.clone())).collect();
    Command::Edit(EditRecord { kind, id, set, reason: String::new() })
}

fn step(id: Uuid, verb: Verb) -> Command {
    Command::Move { kind: Kind::CatalogEntry, id, verb, reason: "核查".into() }
}

/// What the hub says to a command of the office that stands on a row as it was seen.
fn ask(bench: &Bench, n: u64, seen: &Seen, command: Command) -> Outcome {
    let made = order(Uuid::from_u128(0xE000 + u128::from(n)), n, "李静", command);
    let made = Order { seen: vec![seen.clone()], ..made };
    let batch = [(bench.devices[0].clone(), made)];
    let answers = bench.with(|e| ledger::take(e, at(1), &batch)).expect("taken");
    answers.into_iter().next().expect("an answer").outcome
}

fn done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Accepted { .. })
}

fn conflicts(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Conflict { .. })
}

#[test]
fn two_who_correct_different_fields_disturb_each_other_only_in_the_same_group() {
    for bench in benches() {
        let supplier = listed(&bench).supplier_id.0;
        let seen = Seen::of(&row(&bench, Kind::Supplier, supplier));
        let set =
            |n, field: &str, given: Given| ask(&bench, n, &seen, edit(Kind::Supplier, supplier, &[(field, given)]));
        assert!(done(&set(1, "contact_phone", Given::Text("029-1".into()))));
        // None of these has seen the one before.
        assert!(done(&set(2, "people_helped", Given::Number(77))));
        assert!(conflicts(&set(3, "contact_name", Given::Text("周敏".into()))), "the phone is of the same group");
        assert!(conflicts(&set(4, "capacity", Given::Text("十吨".into()))), "the persons helped, too");
        assert!(done(&set(5, "credit_code", Given::Text("91610000".into()))));
        let now = Supplier::from_row(row(&bench, Kind::Supplier, supplier)).expect("a supplier");
        let texts = (now.contact_phone.as_str(), now.people_helped, now.credit_code.as_str());
        assert_eq!(texts, ("029-1", 77, "91610000"));
        assert_eq!(now.meta.rev, seen.rev + 3);
        // Who has seen it all may.
        let seen = Seen::of(&now.into());
        let both = [("contact_name", Given::Text("周敏".into())), ("capacity", Given::Text("十吨".into()))];
        assert!(done(&ask(&bench, 6, &seen, edit(Kind::Supplier, supplier, &both))));
    }
}

#[test]
fn a_correction_never_undoes_a_step_and_a_step_must_have_seen_the_newest() {
    for bench in benches() {
        let before = listed(&bench);
        let id = before.id.0;
        let seen = Seen::of(&before.clone().into());
        assert!(done(&ask(&bench, 1, &seen, step(id, Verb::Suspend))));
        let price = |n: i64| edit(Kind::CatalogEntry, id, &[("price_fen", Given::Number(n))]);
        assert!(done(&ask(&bench, 2, &seen, price(9_900))), "nobody touched the price");
        let now = entry(&bench, id);
        assert_eq!((now.state, now.price_fen.0), (EntryState::Suspended, 9_900));
        // Seen suspended, but not the correction: a step stands on the whole record.
        let suspended = Seen { rev: seen.rev + 1, ..Seen::of(&now.clone().into()) };
        assert!(conflicts(&ask(&bench, 3, &suspended, step(id, Verb::Resume))));
        // The revision is right by chance, the state is not what was seen.
        let chance = Seen { rev: now.meta.rev, ..seen.clone() };
        assert!(conflicts(&ask(&bench, 4, &chance, step(id, Verb::Resume))));
        assert!(done(&ask(&bench, 5, &Seen::of(&now.into()), step(id, Verb::Resume))));
    }
}

#[test]
fn what_was_delisted_meanwhile_stays_so_and_is_not_listed_anew_unseen() {
    for bench in benches() {
        let before = listed(&bench);
        let id = before.id.0;
        let seen = Seen::of(&before.clone().into());
        let delisted = |e: &CatalogEntry| CatalogEntry {
            state: EntryState::Delisted,
            state_reason: "查实".into(),
            meta: gongfu::domain::record::Meta { rev: e.meta.rev + 1, ..e.meta.clone() },
            ..e.clone()
        };
        // As an incident of another order leaves it.
        let after: Row = delisted(&before).into();
        bench.with(|e| gongfu::hub::rows::put(e, Kind::CatalogEntry, &[(&after, 0)])).expect("written");
        let relist = || Command::RelistEntry { entry: id, reason: "整改完成".into() };
        assert!(conflicts(&ask(&bench, 1, &seen, relist())), "has not seen the delisting");
        let stock = edit(Kind::CatalogEntry, id, &[("stock", Given::Number(5))]);
        assert!(done(&ask(&bench, 2, &seen, stock)));
        let now = entry(&bench, id);
        assert_eq!((now.state, now.stock, now.state_reason.as_str()), (EntryState::Delisted, 5, "查实"));
        assert!(conflicts(&ask(&bench, 3, &Seen::of(&after), relist())), "has not seen the stock");
        let last = ask(&bench, 4, &Seen::of(&now.into()), relist());
        assert!(!conflicts(&last), "a rule decides: {last:?}");
    }
}

#[test]
fn an_order_of_an_older_console_is_held_against_the_revision() {
    for bench in benches() {
        let before = listed(&bench);
        let id = before.id.0;
        let mut seen = Seen::of(&before.into());
        seen.groups = BTreeMap::new();
        let set = |n, field: &str| ask(&bench, n, &seen, edit(Kind::CatalogEntry, id, &[(field, Given::Number(4))]));
        assert!(done(&set(1, "stock")));
        assert!(conflicts(&set(2, "people_helped")), "another group, but nobody can tell");
        assert_eq!(Value::Int(entry(&bench, id).stock), Value::Int(4));
    }
}
