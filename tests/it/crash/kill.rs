//! Processes that die in the middle of writing, and two that write at once.

use super::child;
use crate::support::invariants::rows_hold;
use crate::support::province::Province;
use crate::support::storage::{Temporary, number, raw, read_all};
use gongfu::base::ids::mix;
use gongfu::store::audit::{Verdict, verify};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

const ROUNDS: u64 = 60;

/// Everything that must be true of a file, whatever happened to who wrote it.
pub fn file_holds(file: &Path) -> (Connection, i64) {
    let db = raw(file);
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).expect("a verdict");
    assert_eq!(verdict, "ok");
    let records = match verify(&db, |_| {}).expect("a verdict") {
        Verdict::Whole { records, .. } => records,
        other => panic!("the audit is {other:?}"),
    };
    rows_hold(&read_all(&db));
    every_record_has_its_rows(&db);
    (db, records)
}

/// The newest audit record about a row is about the revision that is there.
fn every_record_has_its_rows(db: &Connection) {
    let done = number(db, "SELECT count(*) FROM audit WHERE outcome = 'done' AND detail <> '[]'");
    let changed = number(db, "SELECT coalesce(sum(json_array_length(detail)), 0) FROM audit");
    let kept = number(db, "SELECT CAST(coalesce((SELECT value FROM setting WHERE key = 'change_no'), '0') AS INTEGER)");
    assert_eq!(changed, kept, "{done} commands changed rows");
    // An entry's suspensions and resumptions in the audit lead to the state it is in.
    let wrong = number(
        db,
        "SELECT count(*) FROM catalog_entry e JOIN audit a ON a.no = (SELECT max(no) FROM audit x WHERE x.target = e.id \
         AND x.outcome = 'done' AND x.command IN ('catalog_entry.suspend', 'catalog_entry.resume')) \
         WHERE e.state <> CASE a.command WHEN 'catalog_entry.suspend' THEN 'suspended' ELSE 'listed' END AND e.state <> 'delisted'",
    );
    assert_eq!(wrong, 0, "entries are not in the state their last record says");
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there_and_whole() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let (mut acknowledged, mut cut_short) = (BTreeSet::new(), 0);
    for round in 0..ROUNDS {
        let mut child = child::start(&format!("write={}", round % 6), s.path());
        let mut lines = BufReader::new(child.stderr.take().expect("its answers"));
        // Let it acknowledge a few, then kill it somewhere inside the next one.
        let until = mix(round) % 9 + 1;
        let mut line = String::new();
        for _ in 0..until {
            line.clear();
            assert!(lines.read_line(&mut line).expect("a line") > 0, "the child ended by itself in round {round}");
            note(&line, &mut acknowledged);
        }
        let spin = mix(round + 1_000) % 40_000;
        (0..spin).for_each(|n| _ = std::hint::black_box(mix(n)));
        child.kill().expect("a live child");
        child.wait().expect("a dead child");
        let mut rest = String::new();
        lines.read_to_string(&mut rest).expect("text");
        // A last line without its end was never acknowledged.
        let whole = rest.rfind('\n').map_or("", |end| &rest[..end]);
        whole.lines().for_each(|l| note(l, &mut acknowledged));
        cut_short += u64::from(rest.lines().count() < 1_000);
        if round % 15 == 14 {
            check(&s.file(), &acknowledged);
        }
    }
    check(&s.file(), &acknowledged);
    assert!(acknowledged.len() > usize::try_from(ROUNDS).expect("small"), "{} acknowledged", acknowledged.len());
    assert_eq!(cut_short, ROUNDS, "every child was killed while it wrote");
}

fn note(line: &str, acknowledged: &mut BTreeSet<i64>) {
    match line.trim().split_once(' ') {
        Some(("done", no)) => {
            assert!(acknowledged.insert(no.parse().expect("a number")), "{line} was acknowledged twice")
        }
        Some(("error", what)) => panic!("{what}"),
        _ => {}
    }
}

fn check(file: &Path, acknowledged: &BTreeSet<i64>) {
    let (db, records) = file_holds(file);
    let mut statement = db.prepare("SELECT no FROM audit WHERE outcome = 'done'").expect("sql");
    let there: BTreeSet<i64> =
        statement.query_map([], |r| r.get(0)).expect("rows").map(|r| r.expect("a number")).collect();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and gone: {lost:?} of {records}");
}

#[test]
fn two_processes_write_the_same_file_without_losing_or_refusing_one_another() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let children = [1, 4].map(|who| child::start(&format!("some={who}"), s.path()));
    let (mut acknowledged, mut answers) = (BTreeSet::new(), 0);
    for child in children {
        let output = child.wait_with_output().expect("its answers");
        assert!(output.status.success());
        let text = String::from_utf8(output.stderr).expect("text");
        let lines =
            text.lines().filter(|l| l.starts_with("done ") || l.starts_with("refused ") || l.starts_with("error "));
        for line in lines {
            note(line, &mut acknowledged);
            answers += 1;
        }
    }
    assert_eq!(answers, 400, "every command was answered");
    check(&s.file(), &acknowledged);
    let db = raw(&s.file());
    assert_eq!(number(&db, "SELECT count(*) FROM audit"), 400, "one record for each command");
    assert_eq!(
        usize::try_from(number(&db, "SELECT count(*) FROM audit WHERE outcome = 'done'")).ok(),
        Some(acknowledged.len())
    );
}

#[test]
fn processes_that_make_the_same_new_database_at_once_all_open_it() {
    for _ in 0..6 {
        let s = Temporary::empty();
        let children = [0, 1, 2].map(|_| child::start("open", s.path()));
        for child in children {
            let output = child.wait_with_output().expect("its answer");
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(text.lines().any(|l| l == "open"), "{text}");
        }
        assert_eq!(file_holds(&s.file()).1, 0);
    }
}

#[test]
fn a_load_that_was_cut_off_leaves_no_database() {
    use gongfu::sqlite::{Use, open};
    use gongfu::store::load::Loader;
    let s = Temporary::empty();
    let p = Province::furnished();
    let mut loader = Loader::begin(s.path()).expect("a load");
    for row in crate::support::storage::rows_of(&p.rows).iter().take(40) {
        loader.push(row).expect("a row");
    }
    drop(loader);
    assert_eq!(open(&s.file(), Use::Read).expect_err("no database").code(), "missing");
    let begun = s.path().join("gongfu.db.loading");
    assert!(!begun.exists(), "what ended in order takes its file with it");
    // A kill leaves the file; the next load starts from nothing all the same.
    std::fs::write(&begun, b"half a load").expect("what a kill leaves");
    let loader = Loader::begin(s.path()).expect("a load");
    loader.finish(|_, _| {}).expect("an empty database");
    assert_eq!(number(&raw(&s.file()), "SELECT count(*) FROM catalog_entry"), 0);
    assert!(Loader::begin(s.path()).is_err(), "a database that is there is never loaded over");
}
