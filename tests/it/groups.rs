//! The table of field groups, what each command stands on, and what becomes of a conflict field by field.

use crate::support::province::Province;
use gongfu::domain::codes::DirectoryState;
use gongfu::domain::command::{Command, EditRecord, Given};
use gongfu::domain::groups::{EDITABLE, GROUPS, Group, Stand, compared, group_of, stand};
use gongfu::domain::machine::Verb;
use gongfu::domain::merge::{self, Field, Side};
use gongfu::domain::rows::{CatalogEntry, Kind};
use gongfu::domain::value::Value;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[test]
fn every_column_of_every_kind_is_in_one_group() {
    assert_eq!(GROUPS.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>().len(), GROUPS.len());
    for kind in Kind::ALL {
        let parts = GROUPS.iter().find(|(k, _)| k == kind).map(|(_, parts)| *parts).unwrap_or_default();
        let mut named: Vec<&str> = parts.iter().flat_map(|(_, columns)| columns.split_whitespace()).collect();
        let mut all: Vec<&str> = kind.columns().iter().map(|c| c.name).collect();
        named.sort_unstable();
        all.sort_unstable();
        assert_eq!(named, all, "{kind:?}");
        let groups: BTreeSet<Group> = parts.iter().map(|(group, _)| *group).collect();
        assert_eq!(groups.len(), parts.len(), "{kind:?} has a group twice");
        // A state is a group of its own, and compared.
        if all.contains(&"state") {
            let status: Vec<_> = compared(*kind).filter(|(group, _)| *group == Group::Status).collect();
            let [(_, places)] = &status[..] else { panic!("{kind:?}: {status:?}") };
            assert_eq!(places.iter().map(|i| kind.columns()[*i].name).collect::<Vec<_>>(), ["state"], "{kind:?}");
        }
    }
}

#[test]
fn what_may_be_corrected_moves_nothing_on_its_way_and_says_nothing_for_ever() {
    for field in EDITABLE {
        let group = group_of(field.kind, field.column);
        assert!(!matches!(group, Group::Fixed | Group::Status | Group::Follows), "{field:?} is of {group:?}");
        assert!(field.kind.columns().iter().any(|c| c.name == field.column), "{field:?}");
    }
    assert_ne!(group_of(Kind::Supplier, "contact_phone"), group_of(Kind::Supplier, "capacity"));
    assert_ne!(group_of(Kind::CatalogEntry, "price_fen"), group_of(Kind::CatalogEntry, "people_helped"));
}

fn edit(kind: Kind, set: &[(&str, Given)]) -> Command {
    let set = set.iter().map(|(name, given)| ((*name).to_owned(), given.clone())).collect();
    Command::Edit(EditRecord { kind, id: Uuid::from_u128(1), set, reason: String::new() })
}

#[test]
fn a_correction_stands_on_what_it_writes_and_a_step_on_the_whole_record() {
    let id = Uuid::from_u128(1);
    let walk = |verb| Command::Move { kind: Kind::CatalogEntry, id, verb, reason: "核查".into() };
    let groups = |some: &[Group]| Stand::Groups(some.to_vec());
    let contact = ("contact_phone", Given::Text("029".into()));
    let helped = ("people_helped", Given::Number(3));
    for (command, stands) in [
        (edit(Kind::Supplier, std::slice::from_ref(&contact)), groups(&[Group::Contact])),
        (edit(Kind::Supplier, &[helped, contact]), groups(&[Group::Contact, Group::Figures])),
        (Command::SetGoal { id, target: 9, reason: "调整".into() }, groups(&[Group::Figures])),
        (Command::SetDeadline { id, due_on: date(2020, 9, 1), reason: "推迟".into() }, groups(&[Group::Dates])),
        (
            Command::CheckDirectory { product: id, number: "ML1".into(), state: DirectoryState::Found },
            groups(&[Group::Directory]),
        ),
        (walk(Verb::Resume), Stand::Whole),
        (walk(Verb::List), Stand::Whole),
        (Command::RelistEntry { entry: id, reason: "整改".into() }, Stand::Whole),
        (Command::SetPackItem { pack: id, entry: id, quantity: 1 }, Stand::Whole),
        // Safety first, and what only adds.
        (walk(Verb::Suspend), Stand::Nothing),
        (Command::RemindReturn { id }, Stand::Nothing),
    ] {
        assert_eq!(stand(&command), stands, "{command:?}");
    }
}

fn field(column: &'static str, base: i64, mine: i64, theirs: i64) -> Field {
    Field { column, base: Value::Int(base), mine: Value::Int(mine), theirs: Value::Int(theirs) }
}

fn names(some: &[&str]) -> Vec<String> {
    some.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn each_field_falls_to_its_side_and_what_both_changed_needs_a_word() {
    let fields =
        [field("price_fen", 1, 2, 1), field("stock", 1, 1, 5), field("people_helped", 1, 2, 3), field("unit", 1, 4, 4)];
    assert_eq!(
        fields.iter().map(Field::side).collect::<Vec<_>>(),
        [Side::Mine, Side::Theirs, Side::Theirs, Side::Theirs]
    );
    assert_eq!(fields.iter().map(Field::clashes).collect::<Vec<_>>(), [false, false, true, false]);
    let resolve = |mine: &[&str], theirs: &[&str]| merge::resolve(&fields, &names(mine), &names(theirs));
    let open = resolve(&[], &[]).unwrap_err();
    assert_eq!((open.code, open.args), ("merge-open", vec![("fields", "people_helped".to_owned())]));
    assert_eq!(resolve(&["people_helped"], &[]), Ok(vec!["price_fen", "people_helped"]));
    assert_eq!(resolve(&[], &["people_helped"]), Ok(vec!["price_fen"]));
    assert_eq!(resolve(&["stock"], &["people_helped", "price_fen"]), Ok(vec!["stock"]));
    for (mine, theirs) in [(["state"], []), ([""], [])] {
        assert_eq!(resolve(&mine, &theirs).unwrap_err().code, "merge-unknown-field");
    }
    assert_eq!(resolve(&["stock"], &["stock"]).unwrap_err().code, "merge-unknown-field", "on both sides");
}

#[test]
fn what_is_left_of_a_command_is_what_was_chosen() {
    let rows = Province::furnished().rows;
    let entry = rows.all::<CatalogEntry>().remove(0);
    let now = entry.clone().into();
    let asked = edit(Kind::CatalogEntry, &[("price_fen", Given::Number(7)), ("stock", Given::Number(8))]);
    let base = BTreeMap::from([("price_fen".to_owned(), Value::Int(1)), ("stock".to_owned(), Value::Int(2))]);
    let fields = merge::sides(&asked, &base, &now).expect("fields");
    let sides = |f: &Field| (f.column, f.base.clone(), f.mine.clone(), f.theirs.clone());
    let theirs = (Value::Int(entry.price_fen.0), Value::Int(entry.stock));
    assert_eq!(
        fields.iter().map(sides).collect::<Vec<_>>(),
        [("price_fen", Value::Int(1), Value::Int(7), theirs.0), ("stock", Value::Int(2), Value::Int(8), theirs.1)]
    );
    let left = merge::chosen(&asked, &fields, &["stock"]);
    assert_eq!(left, Some(edit(Kind::CatalogEntry, &[("stock", Given::Number(8))])));
    assert_eq!(merge::chosen(&asked, &fields, &[]), None);
    // A command that always says all of its fields takes the others' from their side.
    let id = Uuid::from_u128(1);
    let check = |number: &str, state| Command::CheckDirectory { product: id, number: number.into(), state };
    let text = |t: &str| Value::Text(t.into());
    let fields = [
        Field { column: "directory_no", base: text(""), mine: text("ML2"), theirs: text("ML1") },
        Field { column: "directory_state", base: text("unknown"), mine: text("missing"), theirs: text("found") },
    ];
    let mine = check("ML2", DirectoryState::ALL[2]);
    assert_eq!(merge::chosen(&mine, &fields, &["directory_no"]), Some(check("ML2", DirectoryState::Found)));
    // What only walks an arrow has no fields.
    let walk = Command::Move { kind: Kind::CatalogEntry, id, verb: Verb::List, reason: String::new() };
    assert_eq!(merge::fields(&walk), None);
}
