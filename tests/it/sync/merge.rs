//! Two consoles that correct one record offline: what meets, what is left to people, and what they make of it.

use super::shuttle::{Console, catch_up, is_level, settle};
use crate::hub::ledger::at;
use crate::hub::places::{Bench, benches};
use crate::support::storage::read_all;
use gongfu::domain::command::{Command, EditRecord, Given};
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::{Counter, Kind};
use gongfu::store::StoreError;
use gongfu::store::outbox::{self, State};
use uuid::Uuid;

fn edit(id: Uuid, set: &[(&str, &str)]) -> Command {
    let set = set.iter().map(|(name, text)| ((*name).to_owned(), Given::Text((*text).into()))).collect();
    Command::Edit(EditRecord { kind: Kind::Counter, id, set, reason: String::new() })
}

fn counter(console: &Console, id: Uuid) -> Counter {
    console.rows().get::<Counter>(id)
}

fn pair(bench: &Bench) -> (Console, Console, Counter) {
    let (one, two) = (Console::new(bench, 0, at(0)), Console::new(bench, 1, at(0)));
    [&one, &two].iter().for_each(|c| catch_up(bench, c, at(0)));
    let counter = one.rows().all::<Counter>().remove(0);
    (one, two, counter)
}

/// The number of the one order of a console that is in conflict.
fn conflict(console: &Console) -> i64 {
    let items = outbox::list(&console.db(), &[State::Conflict]).expect("read");
    assert_eq!(items.len(), 1, "{items:?}");
    items[0].n
}

fn code<T: std::fmt::Debug>(result: Result<T, StoreError>) -> &'static str {
    match result {
        Err(StoreError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn names(some: &[&str]) -> Vec<String> {
    some.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn corrections_of_different_groups_meet_without_a_word() {
    for bench in benches() {
        let (one, two, at_first) = pair(&bench);
        let id = at_first.id.0;
        one.ask(edit(id, &[("keeper", "周敏")])).expect("here");
        two.ask(edit(id, &[("address", "人民路1号")])).expect("here");
        let close = Command::Move { kind: Kind::Counter, id, verb: Verb::Pause, reason: "盘点".into() };
        let _ = two.ask(close);
        settle(&bench, &one, at(1));
        settle(&bench, &two, at(2));
        catch_up(&bench, &one, at(3));
        for console in [&one, &two] {
            let now = counter(console, id);
            assert_eq!((now.keeper.as_str(), now.address.as_str()), ("周敏", "人民路1号"));
            assert_eq!(console.counts().waiting, 0);
            is_level(&bench, console);
        }
        assert_eq!(one.counts().conflict, 0);
    }
}

#[test]
fn a_conflict_is_settled_field_by_field_and_the_choice_is_written_down() {
    for bench in benches() {
        let (one, two, at_first) = pair(&bench);
        let id = at_first.id.0;
        one.ask(edit(id, &[("keeper", "周敏"), ("phone", "029-1")])).expect("here");
        two.ask(edit(id, &[("keeper", "王芳"), ("address", "人民路1号")])).expect("here");
        settle(&bench, &one, at(1));
        settle(&bench, &two, at(2));
        assert_eq!(counter(&two, id).keeper, "周敏", "the first counts");
        let n = conflict(&two);
        let sides = two.store().order_sides(n).expect("sides");
        let told: Vec<_> = sides.fields.iter().map(|f| (f.column, f.clashes())).collect();
        assert_eq!(told, [("address", false), ("keeper", true)]);
        let merge = |mine: &[&str], theirs: &[&str]| {
            two.store().order_merge(&two.actor, n, (&names(mine), &names(theirs)), None)
        };
        assert_eq!(code(merge(&[], &[])), "merge-open");
        assert_eq!(code(merge(&["state"], &["keeper"])), "merge-unknown-field");
        let stale = two.store().order_merge(&two.actor, n, (&[], &names(&["keeper"])), Some(sides.rev - 1));
        assert_eq!(code(stale), "record-changed");
        assert_eq!(conflict(&two), n, "nothing of that changed anything");
        merge(&[], &["keeper"]).expect("settled");
        assert_eq!((two.counts().conflict, two.counts().waiting), (0, 1));
        assert_eq!(code(merge(&[], &["keeper"])), "order-settled");
        settle(&bench, &two, at(4));
        catch_up(&bench, &one, at(5));
        for console in [&one, &two] {
            let now = counter(console, id);
            let texts = (now.keeper.as_str(), now.phone.as_str(), now.address.as_str());
            assert_eq!(texts, ("周敏", "029-1", "人民路1号"));
            is_level(&bench, console);
        }
        let sql = "SELECT detail FROM audit WHERE command = 'conflict.merge' AND target = ?1";
        let detail: String = two.db().query_row(sql, [id.as_bytes().as_slice()], |r| r.get(0)).expect("a record");
        assert!(detail.contains(r#""keeper":["王芳","周敏"]"#), "what was given up, and what was taken: {detail}");
        assert!(detail.contains(r#","人民路1号"]"#), "{detail}");
    }
}

#[test]
fn all_theirs_leaves_nothing_to_send_and_what_has_not_come_cannot_be_merged() {
    let bench = benches().remove(0);
    let (one, two, at_first) = pair(&bench);
    let id = at_first.id.0;
    one.ask(edit(id, &[("keeper", "周敏")])).expect("here");
    two.ask(edit(id, &[("keeper", "王芳")])).expect("here");
    settle(&bench, &one, at(1));
    // The answer is here, what the other did is not.
    let orders = two.outgoing(10);
    let answers = super::shuttle::push(&bench, &two, orders, at(2));
    two.hears(two.link().epoch, &answers, at(2));
    let n = conflict(&two);
    assert_eq!(code(two.store().order_sides(n)), "theirs-not-here");
    catch_up(&bench, &two, at(3));
    let done = two.store().order_merge(&two.actor, n, (&[], &names(&["keeper"])), None).expect("settled");
    assert_eq!(done.changes, 0);
    assert_eq!((two.counts().conflict, two.counts().waiting), (0, 0));
    assert_eq!(read_all(&two.db()).get::<Counter>(id).keeper, "周敏");
    is_level(&bench, &two);
}

#[test]
fn what_walks_an_arrow_cannot_be_merged_by_field() {
    let bench = benches().remove(0);
    let (one, two, at_first) = pair(&bench);
    let id = at_first.id.0;
    one.ask(edit(id, &[("keeper", "周敏")])).expect("here");
    let verb = gongfu::domain::machine::leaving(Kind::Counter, at_first.state.code()).next().expect("a step").verb;
    two.ask(Command::Move { kind: Kind::Counter, id, verb, reason: "盘点".into() }).expect("here");
    settle(&bench, &one, at(1));
    settle(&bench, &two, at(2));
    let n = conflict(&two);
    assert_eq!(code(two.store().order_sides(n)), "not-mergeable");
    // Once more on top of what the other did.
    two.store().order_again(&two.actor, n).expect("again");
    assert_eq!(two.counts().conflict, 0);
    settle(&bench, &two, at(4));
    assert_eq!((two.counts().conflict, two.counts().waiting), (0, 0));
}
