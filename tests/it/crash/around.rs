//! What lies around a database: leftovers of one that is gone, other loads, empty files, folders that cannot be written.

use super::child;
use super::files::{code, edition, open};
use crate::support::province::Province;
use crate::support::storage::{Temporary, number, raw};
use gongfu::sqlite::files::beside;
use gongfu::store::load::Loader;
use std::os::unix::fs::PermissionsExt;

fn province() -> Temporary {
    Temporary::of(&Province::furnished().rows)
}

fn empty_load(s: &Temporary) -> Result<(), gongfu::sqlite::DbError> {
    Loader::begin(s.path())?.finish(|_, _| {})
}

/// A directory in which only the write-ahead file of a database is left, with a change in it.
fn orphan() -> Temporary {
    let old = province();
    let store = open(&old, false).expect("opens");
    store.submit_wait(&Province::furnished().people[0], vec![edition()]).expect("written");
    let left = Temporary::empty();
    let wal = beside(&old.file(), "-wal");
    assert!(std::fs::copy(wal, beside(&left.file(), "-wal")).expect("a write-ahead file") > 0);
    left
}

#[test]
fn a_new_database_takes_nothing_from_what_one_that_is_gone_left() {
    let s = orphan();
    let wal = std::fs::read(beside(&s.file(), "-wal")).expect("bytes");
    assert_eq!(code(open(&s, false)), "leftover", "nobody said that a new one is wanted");
    assert_eq!(code(open(&s, true)), "missing");
    assert!(!s.file().exists());
    empty_load(&s).expect("a new database");
    assert_eq!(number(&raw(&s.file()), "SELECT count(*) FROM audit"), 0);
    assert_eq!(super::kill::file_holds(&s.file()).1, 0);
    let kept = std::fs::read(s.path().join("gongfu.db.old-1-wal")).expect("set aside");
    assert!(kept == wal, "not a byte of it is lost");
}

#[test]
fn init_beside_what_a_database_left_makes_a_new_one_and_keeps_the_leftover() {
    let s = orphan();
    let mut init = crate::support::bare();
    init.args(["--data-dir", &s.path().display().to_string(), "init", "--org", "sx_ftu"]);
    let (exit, _, said) = crate::support::run(init);
    assert_eq!(exit, 0, "{said}");
    assert_eq!(super::kill::file_holds(&s.file()).1, 1, "only its own record");
    assert!(s.path().join("gongfu.db.old-1-wal").exists());
}

#[test]
fn one_load_at_a_time_and_none_over_a_database_that_came_meanwhile() {
    let s = Temporary::empty();
    let first = Loader::begin(s.path()).expect("a load");
    assert_eq!(Loader::begin(s.path()).map(|_| ()).expect_err("another runs").code(), "locked");
    let p = Province::furnished();
    let store = open(&s, false).expect("a database made while the load runs");
    store.submit_wait(&p.people[0], vec![edition()]).expect("written");
    drop(store);
    assert!(first.finish(|_, _| {}).is_err(), "its place is taken");
    assert_eq!(number(&raw(&s.file()), "SELECT count(*) FROM audit"), 1, "what came meanwhile is there");
    let left = Temporary::empty();
    drop(Loader::begin(left.path()).expect("a load"));
    empty_load(&left).expect("the next one, after the first was given up");
}

#[test]
fn an_empty_file_is_no_database_whoever_opens_it() {
    for content in [Vec::new(), {
        let other = Temporary::empty();
        raw(&other.file()).execute_batch("CREATE TABLE t(x); DROP TABLE t; VACUUM;").expect("a file without tables");
        std::fs::read(other.file()).expect("bytes")
    }] {
        let s = Temporary::empty();
        std::fs::write(s.file(), &content).expect("a file");
        for read_only in [false, true] {
            assert_eq!(code(open(&s, read_only)), "empty", "{} bytes, read-only {read_only}", content.len());
        }
        assert!(std::fs::read(s.file()).expect("bytes") == content, "it was left alone");
    }
}

#[test]
fn an_older_database_is_not_read_as_if_it_were_new() {
    let s = province();
    raw(&s.file()).execute_batch("PRAGMA user_version=0").expect("an older file");
    assert_eq!(code(open(&s, true)), "older");
}

#[test]
fn a_backup_is_for_its_owner_and_names_what_is_damaged() {
    let s = province();
    let store = open(&s, false).expect("opens");
    let target = s.path().join("copy.db");
    store.backup(&target).expect("a backup");
    let mode = std::fs::metadata(&target).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(store);
    raw(&s.file()).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("one file");
    let page = number(&raw(&s.file()), "SELECT rootpage FROM sqlite_schema WHERE name = 'catalog_entry'");
    let at = (usize::try_from(page).expect("a page") - 1) * 4096;
    let mut bytes = std::fs::read(s.file()).expect("bytes");
    bytes[at..at + 4096].iter_mut().for_each(|b| *b = !*b);
    let damaged = Temporary::empty();
    std::fs::write(damaged.file(), bytes).expect("a file");
    let store = open(&damaged, true).expect("what it opens with is whole");
    let elsewhere = Temporary::empty();
    let failed = store.backup(&elsewhere.path().join("copy.db")).expect_err("damaged");
    let gongfu::store::StoreError::Db(error) = &failed else { panic!("{failed:?}") };
    assert_eq!(error.code(), "corrupt");
    assert!(error.args().contains(&("path", damaged.file().display().to_string())), "{error:?}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("a directory").count(), 0, "nothing is left there");
}

#[expect(clippy::print_stderr, reason = "a test that was not run says so")]
fn skipped(what: &str) {
    eprintln!("SKIPPED: {what}: this binary cannot be run as another person here (needs root and setpriv)");
}

#[test]
fn whoever_may_only_read_reads_or_is_told_why_not() {
    let s = province();
    raw(&s.file()).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("one file");
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("rights")
    };
    mode(&s.file(), 0o444);
    mode(s.path(), 0o555);
    let Some(look) = child::as_nobody("look", s.path()) else { return skipped("reading without rights") };
    assert_eq!(look, "look ok 0", "nothing can be written beside it, and nothing need be");
    // Somebody works on it: their files are beside it, and cannot be opened.
    let store = open(&s, false).expect("root may");
    store.submit_wait(&Province::furnished().people[0], vec![edition()]).expect("written");
    for ending in ["-wal", "-shm"] {
        mode(&beside(&s.file(), ending), 0o600);
    }
    assert_eq!(child::as_nobody("look", s.path()).as_deref(), Some("look unreadable"));
    for ending in ["-wal", "-shm"] {
        mode(&beside(&s.file(), ending), 0o644);
    }
    assert_eq!(child::as_nobody("look", s.path()).as_deref(), Some("look ok 1"), "read along with them");
    drop(store);
    mode(&s.file(), 0o600);
    assert_eq!(child::as_nobody("look", s.path()).as_deref(), Some("look unreadable"), "not even read");
}
