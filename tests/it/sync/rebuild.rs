//! A console whose database is damaged: the rows come again, and what waited is not lost.

use super::line::{Console, clock};
use crate::hub::http::Hub;
use crate::hub::places::benches;
use crate::support::storage::raw;
use gongfu::domain::command::Command;
use gongfu::domain::rows::Kind;
use gongfu::sqlite::{DbError, Stop};
use gongfu::store::outbox::{State, journal};
use gongfu::sync::first::FirstError;
use gongfu::sync::rebuild::{RebuildError, rebuild};
use std::os::unix::fs::FileExt;

const PAGE: u64 = 4_096;

fn edition(n: usize) -> Command {
    Command::IssueEdition { dated: jiff::civil::date(2020, 8, 20), note: format!("第 {n} 期") }
}

/// Spoils the pages of a table, without the first `spared` in a hundred.
fn spoil(console: &Console, table: &str, spared: usize) {
    let db = raw(&console.home.file());
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("moved");
    let sql = "SELECT pageno FROM dbstat WHERE name = ?1 ORDER BY pageno";
    let pages: Vec<u64> = db
        .prepare(sql)
        .expect("SQL")
        .query_map([table], |r| r.get::<_, u32>(0))
        .expect("pages")
        .flatten()
        .map(u64::from)
        .collect();
    let from = pages.len() * spared / 100;
    assert!(pages.len() > from, "{table} has {} pages", pages.len());
    drop(db);
    let file = std::fs::OpenOptions::new().write(true).open(console.home.file()).expect("a file");
    for page in &pages[from..] {
        file.write_all_at(&[0xA5; 4_096], (page - 1) * PAGE).expect("spoilt");
    }
}

fn damaged(console: &Console) -> bool {
    let verdict: rusqlite::Result<String> =
        raw(&console.home.file()).query_row("PRAGMA integrity_check(1)", [], |r| r.get(0));
    verdict.as_deref() != Ok("ok")
}

#[test]
fn a_damaged_database_is_made_anew_with_every_order_that_waited() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let console = Console::enrolled(&hub, &bench, 0);
    let key = console.key.clone();
    let run = || rebuild(console.home.path(), &key, clock(), &Stop::default(), |_| {});
    assert!(matches!(run(), Err(RebuildError::Whole)), "what is whole is left alone");
    (0..3).for_each(|n| console.ask(edition(n)).expect("issued"));
    let orders = console.waits(&[State::Waiting]);
    spoil(&console, "catalog_entry", 0);
    assert!(damaged(&console));
    let done = run().expect("made anew");
    assert_eq!((done.orders, done.unreadable.len()), (orders, 0), "{done:?}");
    assert!(done.aside.exists() && !damaged(&console));
    assert!(console.link().is_level());
    assert_eq!(console.waits(&[State::Waiting]), 0, "they have gone out");
    let notes = |c: &Console| c.rows().of(Kind::CatalogEdition).len();
    let other = Console::enrolled(&hub, &bench, 0);
    assert_eq!(notes(&console), notes(&other));
    console.ask(edition(9)).expect("issued");
    assert_eq!(console.once().failure, None);
    assert_eq!(console.waits(&[State::Waiting, State::Conflict, State::Denied]), 0);
    let told = "SELECT count(*) FROM audit WHERE command = 'database.rebuild'";
    let told: i64 = raw(&console.home.file()).query_row(told, [], |r| r.get(0)).expect("a number");
    assert_eq!(told, 1);
}

#[test]
fn orders_that_cannot_be_read_are_named_and_the_others_are_saved() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let console = Console::enrolled(&hub, &bench, 0);
    (0..60).for_each(|n| console.ask(edition(n)).expect("issued"));
    spoil(&console, "outbox", 50);
    std::fs::remove_file(journal::path(&console.home.file())).expect("no second copy");
    let key = console.key.clone();
    let done = rebuild(console.home.path(), &key, clock(), &Stop::default(), |_| {}).expect("made anew");
    assert_eq!(done.orders + done.unreadable.len(), 60, "{done:?}");
    assert!(!done.unreadable.is_empty() && done.orders > 0, "{done:?}");
    assert_eq!(console.link().last_n, 60, "no number is given twice");
}

/// A console with orders of which one was taken back, and what its hub has of them.
fn busy(hub: &Hub, bench: &crate::hub::places::Bench) -> Console {
    let console = Console::enrolled(hub, bench, 0);
    (0..60).for_each(|n| console.ask(edition(n)).expect("issued"));
    assert!(console.withdraw(30));
    console
}

fn editions(console: &Console) -> Vec<String> {
    let mut notes: Vec<String> = console
        .rows()
        .of(Kind::CatalogEdition)
        .iter()
        .map(|row| format!("{row:?}"))
        .filter(|r| r.contains("第 "))
        .collect();
    notes.sort();
    notes
}

#[test]
fn orders_of_spoilt_pages_are_taken_from_the_journal() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let console = busy(&hub, &bench);
    spoil(&console, "outbox", 50);
    let key = console.key.clone();
    let done = rebuild(console.home.path(), &key, clock(), &Stop::default(), |_| {}).expect("made anew");
    assert!(done.unreadable.is_empty(), "{done:?}");
    assert_eq!(editions(&console).len(), 59, "all but the one that was taken back");
    assert_eq!(console.waits(&[State::Waiting, State::Conflict, State::Denied]), 0);
}

#[test]
fn a_file_that_is_no_database_any_more_loses_no_order() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let console = busy(&hub, &bench);
    std::fs::write(console.home.file(), [0xA5; 20_000]).expect("spoilt");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(gongfu::sqlite::files::beside(&console.home.file(), ending));
    }
    // The machine went down in the middle of a line.
    let kept = journal::path(&console.home.file());
    let mut text = std::fs::read(&kept).expect("a journal");
    text.extend_from_slice(br#"{"n":61,"id":"01"#);
    std::fs::write(&kept, text).expect("written");
    journal::note(&console.home.file(), &[gongfu::wire::journal::Line::Withdrawn { withdrawn: 31 }]);
    let key = console.key.clone();
    let done = rebuild(console.home.path(), &key, clock(), &Stop::default(), |_| {}).expect("made anew");
    assert_eq!((done.orders, done.unreadable.len()), (58, 0), "{done:?}");
    assert_eq!(editions(&console).len(), 58);
    console.ask(edition(99)).expect("issued");
    assert_eq!(console.once().failure, None);
    assert_eq!(editions(&console).len(), 59, "no number was given twice");
}

#[test]
fn the_journal_follows_the_outbox() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let console = busy(&hub, &bench);
    let file = console.home.file();
    let kept = || journal::read(&file).made.len();
    assert_eq!(kept(), 59);
    // An order whose line is missing gets it when the exchange begins; those that are safe go.
    std::fs::remove_file(journal::path(&file)).expect("gone");
    assert_eq!(console.once().failure, None);
    let waiting = console.waits(&[State::Waiting]);
    assert_eq!(waiting, 0);
    assert!(kept() > 0, "written anew before the orders left");
}

#[test]
fn without_the_hub_nothing_of_what_was_is_lost() {
    let bench = benches().remove(0);
    let mut hub = Hub::new(&bench);
    let console = Console::enrolled(&hub, &bench, 0);
    console.ask(edition(0)).expect("issued");
    spoil(&console, "catalog_entry", 0);
    hub.end();
    let key = console.key.clone();
    let failed = rebuild(console.home.path(), &key, clock(), &Stop::default(), |_| {});
    assert!(matches!(failed, Err(RebuildError::First(FirstError::Failed(_)))), "{failed:?}");
    assert_eq!(console.waits(&[State::Waiting]), 1, "it waits in the new database");
    // A file of which nothing can be read is set aside all the same.
    std::fs::write(console.home.file(), [0xA5; 20_000]).expect("spoilt");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(gongfu::sqlite::files::beside(&console.home.file(), ending));
    }
    let failed = rebuild(console.home.path(), &key, clock(), &Stop::default(), |_| {});
    assert!(matches!(failed, Err(RebuildError::First(FirstError::Failed(_)))), "{failed:?}");
    let looked = gongfu::sqlite::open(&console.home.file(), gongfu::sqlite::Use::Read);
    assert!(!matches!(looked, Err(DbError::Corrupt(..))));
}
