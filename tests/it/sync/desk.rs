//! What a console does with what the hub says, where an epoch, a clock or a number could mislead it.

use super::level::Snapshot;
use super::shuttle::{Console, catch_up, is_level, pull, push, settle};
use crate::hub::ledger::at;
use crate::hub::places::{Bench, benches};
use gongfu::domain::codes::Grade;
use gongfu::domain::command::Command;
use gongfu::domain::rows::{CatalogEntry, Incident};
use gongfu::store::level::{self, Applied};
use gongfu::store::outbox::State;
use gongfu::store::{StoreError, link, setting};
use gongfu::sync::core::{Effect, Event};
use gongfu::sync::desk::{Desk, When};
use gongfu::wire::protocol::Standing;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

fn report(console: &Console, title: &str) -> Command {
    let entry = console.rows().all::<CatalogEntry>().remove(0).id.0;
    Command::ReportIncident { entry, title: title.into(), place: String::new(), grade: Grade::Two }
}

fn pair(bench: &Bench) -> (Console, Console) {
    let (one, two) = (Console::new(bench, 0, at(0)), Console::new(bench, 1, at(0)));
    [&one, &two].iter().for_each(|c| catch_up(bench, c, at(0)));
    (one, two)
}

fn when(at: Timestamp, moment: u64) -> When {
    When { moment: Duration::from_secs(moment), at }
}

fn standing(bench: &Bench, console: &Console, safe: i64, now: Timestamp) -> Standing {
    let state = bench.with(|e| gongfu::hub::ledger::state(e).expect("a state"));
    let scope = console.device.scope;
    Standing { epoch: state.epoch, head: state.seq, safe, scope, at: now.as_millisecond() }
}

#[test]
fn a_restored_hub_may_give_a_code_again_that_a_console_still_shows() {
    for bench in benches() {
        let (one, two) = pair(&bench);
        let old = Snapshot::of(&bench);
        one.ask(report(&one, "霉变")).expect("reported");
        settle(&bench, &one, at(1));
        catch_up(&bench, &two, at(1));
        assert_eq!(two.rows().all::<Incident>().len(), 1);
        old.restore(&bench);
        // The other console is first with the hub as it is now: its incident gets the code of the one that was lost.
        two.ask(report(&two, "虫蛀")).expect("reported");
        let answers = push(&bench, &two, two.outgoing(9), at(2));
        two.hears(two.link().epoch, &answers, at(2));
        settle(&bench, &two, at(3));
        settle(&bench, &one, at(4));
        settle(&bench, &one, at(5));
        [&two, &one].iter().for_each(|c| catch_up(&bench, c, at(6)));
        for console in [&one, &two] {
            is_level(&bench, console);
            let mut titles: Vec<String> = console.rows().all::<Incident>().into_iter().map(|i| i.title).collect();
            titles.sort();
            assert_eq!(titles, ["虫蛀", "霉变"]);
        }
    }
}

#[test]
fn while_rows_come_anew_a_number_that_is_taken_is_a_refusal_and_no_fault() {
    let bench = benches().remove(0);
    let (one, two) = pair(&bench);
    for title in ["一", "二"] {
        one.ask(report(&one, title)).expect("reported");
        settle(&bench, &one, at(1));
    }
    // Only the second of the two is here yet.
    catch_up(&bench, &two, at(2));
    let db = two.db();
    db.execute("DELETE FROM incident WHERE title = '一'", []).expect("not here yet");
    db.execute("UPDATE incident SET seq = 1", []).expect("as it came");
    match two.ask(report(&two, "三")) {
        Err(StoreError::Refused(refusal)) => assert_eq!(refusal.code, "console-behind"),
        other => panic!("{other:?}"),
    }
    assert_eq!(two.counts().waiting, 0, "nothing is half written");
}

#[test]
fn what_a_new_epoch_makes_wait_goes_out_without_being_asked() {
    let bench = benches().remove(0);
    let (one, _) = pair(&bench);
    let old = Snapshot::of(&bench);
    one.ask(report(&one, "霉变")).expect("reported");
    settle(&bench, &one, at(1));
    old.restore(&bench);
    let mut desk = Desk::open(one.home.path(), 1).expect("a desk");
    let asked = desk.take(Event::Tick, when(at(2), 1));
    assert!(asked.contains(&Effect::Push) && asked.iter().any(|e| matches!(e, Effect::Pull(_))), "{asked:?}");
    assert!(desk.outgoing(when(at(2), 1)).is_err(), "nothing waits as far as the console knows");
    let page = pull(&bench, &one, &one.link(), 500);
    let then = desk.pulled(standing(&bench, &one, 0, at(2)), &page, when(at(2), 2));
    assert!(then.contains(&Effect::Push), "{then:?}");
    assert_eq!(desk.outgoing(when(at(2), 2)).map(|o| o.len()), Ok(1));
}

#[test]
fn a_clock_that_jumps_a_year_drops_nothing_that_may_be_lost() {
    let bench = benches().remove(0);
    let (one, two) = pair(&bench);
    one.ask(report(&one, "霉变")).expect("reported");
    settle(&bench, &one, at(1));
    two.ask(report(&two, "虫蛀")).expect("reported");
    settle(&bench, &two, at(1));
    let mut desk = Desk::open(one.home.path(), 1).expect("a desk");
    let year = SignedDuration::from_hours(24 * 365);
    desk.asks(when(at(2), 1));
    let jumped = at(2).checked_add(year).expect("a time");
    let page = pull(&bench, &one, &one.link(), 500);
    desk.pulled(standing(&bench, &one, 0, at(2)), &page, when(jumped, 2));
    assert_eq!(one.link().cursor, page.end.next);
    assert!(one.outbox().iter().any(|(_, s)| *s == State::Accepted), "the hub keeps no copy: the order is kept here");
}

#[test]
fn a_safe_number_of_another_epoch_makes_nothing_safe() {
    let bench = benches().remove(0);
    let (one, two) = pair(&bench);
    one.ask(report(&one, "霉变")).expect("reported");
    settle(&bench, &one, at(1));
    let seq = one.link().head;
    // An answer of the hub after a restore, in which higher numbers are safe, comes before a last page of the hub before it.
    two.ask(report(&two, "虫蛀")).expect("reported");
    settle(&bench, &two, at(1));
    let page = pull(&bench, &one, &one.link(), 500);
    let mut desk = Desk::open(one.home.path(), 1).expect("a desk");
    let other = Standing { epoch: 2, head: seq + 9, safe: seq + 9, scope: 1, at: at(2).as_millisecond() };
    desk.pushed(other, &[], when(at(2), 1));
    desk.pulled(standing(&bench, &one, 0, at(2)), &page, when(at(2), 2));
    assert!(one.outbox().iter().any(|(_, s)| *s == State::Accepted));
    // And the number of the epoch before is forgotten with it.
    level::note(&mut one.db(), &one.home.file(), |link| link.safe = seq).expect("noted");
    let mut first = page.clone();
    (first.head.epoch, first.head.from, first.head.reset) = (2, 0, true);
    assert_eq!(one.takes(&first, at(3)), Applied::Anew);
    assert_eq!(link::get(&one.db()).expect("read").map(|l| l.safe), Some(0));
}

#[test]
fn a_proxy_that_holds_events_back_is_written_down_while_it_does() {
    let bench = benches().remove(0);
    let (console, _) = pair(&bench);
    let mut desk = Desk::open(console.home.path(), 1).expect("a desk");
    let asked = || setting::get(&console.db(), setting::HUB_ASKED).expect("read").is_some();
    let mut now = 0;
    let mut effects = desk.take(Event::Tick, when(at(9), now));
    let page = pull(&bench, &console, &console.link(), 500);
    effects.extend(desk.pulled(standing(&bench, &console, 0, at(9)), &page, when(at(9), now)));
    assert!(!asked());
    // Streams that close as soon as they are open.
    for _ in 0..4 {
        desk.take(Event::Opened, when(at(9), now));
        desk.take(Event::Closed(None), when(at(9), now + 1));
        now += 60;
        desk.take(Event::Tick, when(at(9), now));
    }
    assert!(asked(), "{effects:?}");
    assert!(Desk::open(console.home.path(), 1).is_ok(), "known to the next");
    // A question that was answered is asked again; after a while it is the stream that is tried.
    for _ in 0..40 {
        now += 60;
        desk.take(Event::Closed(None), when(at(9), now));
        if !asked() {
            return;
        }
    }
    panic!("the stream is never tried again");
}
