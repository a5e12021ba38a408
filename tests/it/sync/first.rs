//! The first rows of a console: they come page by page into a database that is in use already, and a load that is broken off goes on.

use super::line::{Console, clock, until};
use crate::hub::http::Hub;
use crate::hub::places::{Bench, long_bench, number};
use crate::support::storage::raw;
use gongfu::base::clock::Clock;
use gongfu::domain::codes::EntryState;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::{CatalogEntry, Kind};
use gongfu::sqlite::Stop;
use gongfu::store::outbox::State;
use gongfu::sync::first::{self, FirstError, Stage};
use std::sync::atomic::Ordering;

/// Rows of three pages.
const MANY: usize = 25_000;

/// Loads until rows have come for the first time, and stops there.
fn load_a_little(console: &Console) {
    let stop = Stop::default();
    let ended = first::load(console.home.path(), &console.key, clock(), &stop, |stage| match stage {
        Stage::Rows { rows, .. } if rows > 0 => stop.store(true, Ordering::Relaxed),
        Stage::Rows { .. } => {}
        Stage::Indices { .. } => panic!("not all rows are there"),
    });
    assert!(matches!(ended, Err(FirstError::Stopped)), "{ended:?}");
    let link = console.link();
    assert!(link.cursor > 0 && link.cursor < link.head && link.level_at == 0, "{link:?}");
}

/// A running total: of which kind and part, its number and its fen.
type Total = (String, String, i64, i64);

/// Every index and trigger, and the totals, as a database that never was without them has them.
fn built(console: &Console) -> (Vec<String>, Vec<Total>) {
    let db = raw(&console.home.file());
    let names = "SELECT type || name FROM sqlite_schema WHERE type IN ('index', 'trigger') ORDER BY 1";
    let names = db.prepare(names).expect("SQL").query_map([], |r| r.get(0)).expect("rows").flatten().collect();
    let tallies = "SELECT kind, key, n, fen FROM tally WHERE n <> 0 ORDER BY 1, 2";
    let tally = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?));
    let tallies = db.prepare(tallies).expect("SQL").query_map([], tally).expect("rows").flatten().collect();
    (names, tallies)
}

fn unbuilt(console: &Console) -> i64 {
    raw(&console.home.file()).query_row("SELECT count(*) FROM unbuilt", [], |r| r.get(0)).expect("a number")
}

fn rows_of_the_hub(bench: &Bench) -> usize {
    usize::try_from(bench.with(|e| number(e, "SELECT count(*) FROM \"feed\""))).expect("few")
}

#[test]
fn a_first_load_that_is_broken_off_goes_on_where_it_was_and_work_goes_on_meanwhile() {
    let bench = long_bench(MANY);
    let hub = Hub::new(&bench);
    let (whole, console) = (Console::enrolled(&hub, &bench, 0), Console::known(&hub, &bench, 0));
    load_a_little(&console);
    assert!(unbuilt(&console) > 20);
    let (before, from) = (console.rows(), console.link().cursor);

    // An order made on what is there, while the hub is away.
    let listed = before.all::<CatalogEntry>().into_iter().find(|e| e.state == EntryState::Listed).expect("a product");
    let suspend =
        Command::Move { kind: Kind::CatalogEntry, id: listed.id.0, verb: Verb::Suspend, reason: "核查".into() };
    console.ask(suspend).expect("suspended");
    assert_eq!(console.rows().get::<CatalogEntry>(listed.id.0).state, EntryState::Suspended);
    assert_eq!(console.link().cursor, from, "it is kept beside the rows");

    // Whoever opens the database next goes on.
    let client = console.client();
    until("all rows are here and indexed", || console.link().is_level() && unbuilt(&console) == 0);
    until("the order is taken", || console.waits(&[State::Waiting]) == 0);
    whole.once();
    until("both are level", || console.rows().of(Kind::Purchase).len() == whole.rows().of(Kind::Purchase).len());
    drop(client);
    let (here, there) = (console.rows(), whole.rows());
    for kind in Kind::ALL {
        let (mut here, mut there) = (here.of(*kind).to_vec(), there.of(*kind).to_vec());
        here.sort_by_key(|r| r.uuid());
        there.sort_by_key(|r| r.uuid());
        assert!(here == there, "{kind:?}");
    }
    assert_eq!(Kind::ALL.iter().map(|k| here.of(*k).len()).sum::<usize>(), rows_of_the_hub(&bench));
    assert_eq!(built(&console), built(&whole));
}

#[test]
fn a_first_load_that_ends_with_its_process_or_its_hub_loses_nothing_it_has() {
    let bench = long_bench(MANY);
    let mut hub = Hub::new(&bench);
    let console = Console::known(&hub, &bench, 2);
    load_a_little(&console);
    let had = console.link().cursor;
    hub.end();
    let ended = first::load(console.home.path(), &console.key, clock(), &Stop::default(), |_| {});
    assert!(matches!(ended, Err(FirstError::Failed(_))), "{ended:?}");
    assert_eq!(console.link().cursor, had);
    assert!(unbuilt(&console) > 20);
    assert!(!console.rows().of(Kind::CatalogEntry).is_empty(), "what is here can be read");
}

#[test]
fn a_console_of_a_demo_goes_by_its_hubs_clock_from_its_first_record_on() {
    let bench = long_bench(0);
    let hub = Hub::with(&bench, |o| o.demo = true);
    let console = Console::known(&hub, &bench, 2);
    assert!(console.key.demo);
    first::load(console.home.path(), &console.key, Clock::Real, &Stop::default(), |_| {}).expect("loaded");
    let last: i64 =
        raw(&console.home.file()).query_row("SELECT max(at) FROM audit", [], |r| r.get(0)).expect("a record");
    let (hubs, link) = (clock().now().as_millisecond(), console.link());
    for at in [last, link.level_at, link.heard_at] {
        assert!((at - hubs).abs() < 3 * 86_400_000, "{at} is not of the hub's time, {hubs}");
    }
    assert_eq!(link.clock_ms, 0);
    assert!(console.link().is_level());
}
