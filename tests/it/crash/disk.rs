//! Disks that are full or cannot be written. Most need a file system of their own, which only root can mount; that there
//! is no more room is also tried with a limit, which anybody can set.

use super::files::{code, edition, open};
use crate::support::mounted::{Mounted, skipped};
use crate::support::province::Province;
use crate::support::storage::{Temporary, raw};
use std::path::Path;

#[test]
fn a_file_that_may_not_grow_is_said_to_be_full_and_takes_nothing_that_was_acknowledged() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    // Well below the size of the whole file: a copy of it, which leaves free pages out, has no room either.
    let most = std::fs::metadata(s.file()).expect("a file").len() * 4 / 5;
    let child = super::child::start_limited(&format!("limited={most}"), s.path());
    let output = child.wait_with_output().expect("its answer");
    let text = String::from_utf8(output.stderr).expect("text");
    let answer = text.lines().find(|l| l.starts_with("limited ")).unwrap_or_else(|| panic!("{text}"));
    let (acknowledged, codes) = answer["limited ".len()..].split_once(' ').expect("a number and codes");
    assert_eq!(codes, "full full full");
    let acknowledged: i64 = acknowledged.parse().expect("a number");
    assert!(acknowledged > 5, "{acknowledged} acknowledged");
    assert!(!s.path().join("copy.db").exists(), "half a backup is none");
    assert_eq!(super::kill::file_holds(&s.file()).1, acknowledged);
}

#[test]
fn a_full_disk_is_said_and_takes_nothing_that_was_acknowledged() {
    let p = Province::furnished();
    let made = Temporary::of(&p.rows);
    let s = Temporary::empty();
    let size = std::fs::metadata(made.file()).expect("a file").len() + (600 << 10);
    let Some(_mounted) = Mounted::new(s.path(), &size.to_string()) else { return skipped("full disk") };
    std::fs::copy(made.file(), s.file()).expect("it fits");
    let mut acknowledged = 0;
    let full = {
        let store = open(&s, false).expect("opens");
        let mut answer = "ok";
        for _ in 0..5_000 {
            answer = code(store.submit_wait(&p.people[0], vec![edition()]));
            if answer != "ok" {
                break;
            }
            acknowledged += 1;
        }
        for _ in 0..3 {
            assert_eq!(code(store.submit_wait(&p.people[0], vec![edition()])), "full", "and stays full");
        }
        assert_eq!(code(store.backup(&s.path().join("copy.db"))), "full");
        assert!(!s.path().join("copy.db").exists(), "half a backup is none");
        answer
    };
    assert_eq!(full, "full");
    assert!(acknowledged > 5, "{acknowledged} acknowledged");
    // Read on a disk with room: a check needs some, too.
    let roomy = Temporary::empty();
    for name in ["gongfu.db", "gongfu.db-wal"] {
        let _ = std::fs::copy(s.path().join(name), roomy.path().join(name));
    }
    assert_eq!(super::kill::file_holds(&roomy.file()).1, acknowledged);
}

#[test]
fn a_new_database_on_a_full_disk_is_not_made() {
    let s = Temporary::empty();
    let Some(_mounted) = Mounted::new(s.path(), "64k") else { return skipped("new database on a full disk") };
    assert_eq!(code(open(&s, false)), "full");
    let demo = gongfu::setup::demo(&s.path().join("."), 1, 1, |_| {});
    assert!(demo.is_err());
    let failed = match demo {
        Err(gongfu::setup::SetupError::Db(e)) => e.code(),
        other => panic!("{other:?}"),
    };
    assert!(["full", "other"].contains(&failed), "{failed}");
}

#[test]
fn a_disk_that_cannot_be_written_is_read_only_by_its_code() {
    let p = Province::furnished();
    let made = Temporary::of(&p.rows);
    let s = Temporary::empty();
    let Some(mounted) = Mounted::new(s.path(), "4m") else { return skipped("read-only disk") };
    // As it was left by a store that closed it: in WAL mode, without the files beside it; and as a backup leaves it.
    raw(&made.file()).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("one file");
    std::fs::copy(made.file(), s.file()).expect("a copy");
    std::fs::create_dir(s.path().join("none")).expect("a directory");
    let backup = s.path().join("backup");
    std::fs::create_dir(&backup).expect("a directory");
    open(&made, false).expect("opens").backup(&backup.join("gongfu.db")).expect("a backup");
    if !mounted.read_only() {
        return skipped("read-only disk");
    }
    let clock = gongfu::base::clock::Clock::Real;
    let at = |dir: &Path, read_only| {
        code(gongfu::store::Store::open(dir, clock, gongfu::base::ids::Ids::real(clock), read_only))
    };
    assert_eq!(code(open(&s, false)), "read-only", "a database there is");
    assert_eq!(at(&s.path().join("none"), false), "read-only", "a database that would be made");
    assert_eq!(at(&backup, false), "read-only", "a backup");
    assert_eq!(at(&backup, true), "ok", "a backup can be looked at");
    assert_eq!(at(s.path(), true), "ok", "and so can a database, though nothing can be written beside it");
    assert_eq!(at(&s.path().join("nowhere"), true), "missing");
}
