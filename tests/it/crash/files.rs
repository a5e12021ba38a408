//! Files that are not as they should be: each has its code, none a panic, and none is touched that is not ours.

use crate::support::province::{NOW, Province};
use crate::support::storage::{Temporary, number, raw};
use gongfu::base::clock::Clock;
use gongfu::base::ids::{Ids, mix};
use gongfu::domain::command::Command;
use gongfu::store::audit::{Verdict, verify};
use gongfu::store::{Store, StoreError};
use std::sync::atomic::{AtomicBool, Ordering};

pub fn open(s: &Temporary, read_only: bool) -> Result<Store, StoreError> {
    let clock = Clock::Fixed(NOW);
    Store::open(s.path(), clock, Ids::real(clock), read_only)
}

pub fn code<T>(result: Result<T, StoreError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(StoreError::Db(e)) => e.code(),
        Err(StoreError::Refused(r)) => r.code,
        Err(StoreError::Exists(_)) => "exists",
        Err(other) => panic!("{other:?}"),
    }
}

fn province() -> Temporary {
    Temporary::of(&Province::furnished().rows)
}

pub fn edition() -> Command {
    Command::IssueEdition { dated: jiff::civil::date(2020, 8, 20), note: "月度".into() }
}

#[test]
fn what_is_no_database_of_ours_is_named_and_left_alone() {
    let garbage: Vec<u8> = (0..20_000).map(|n| mix(n).to_be_bytes()[0]).collect();
    let make_foreign = |s: &Temporary, sql: &str| raw(&s.file()).execute_batch(sql).expect("another program's file");
    type Make = Box<dyn Fn(&Temporary)>;
    let cases: [(&str, &str, Make); 6] = [
        ("garbage", "corrupt", Box::new(move |s| std::fs::write(s.file(), &garbage).expect("a file"))),
        ("text", "corrupt", Box::new(|s| std::fs::write(s.file(), "这不是数据库\n".repeat(100)).expect("a file"))),
        (
            "foreign",
            "foreign",
            Box::new(move |s| make_foreign(s, "CREATE TABLE notes(x); INSERT INTO notes VALUES (1);")),
        ),
        ("foreign id", "foreign", Box::new(move |s| make_foreign(s, "CREATE TABLE t(x); PRAGMA application_id=7;"))),
        ("newer", "newer", Box::new(newer)),
        ("directory", "other", Box::new(|s| std::fs::create_dir(s.file()).expect("a directory"))),
    ];
    for (what, expected, make) in &cases {
        for read_only in [false, true] {
            let s = Temporary::empty();
            make(&s);
            let before = std::fs::read(s.file()).ok();
            assert_eq!(code(open(&s, read_only)), *expected, "{what}, read-only {read_only}");
            assert!(std::fs::read(s.file()).ok() == before, "{what} was touched, read-only {read_only}");
        }
    }
    assert_eq!(code(open(&Temporary::empty(), true)), "missing");
}

fn newer(s: &Temporary) {
    let old = province();
    let db = raw(&old.file());
    db.execute_batch("PRAGMA user_version=999; PRAGMA wal_checkpoint(TRUNCATE);").expect("a newer file");
    drop(db);
    std::fs::copy(old.file(), s.file()).expect("a copy");
}

#[test]
fn a_damaged_file_is_damaged_by_its_code_wherever_the_damage_lies() {
    let whole = province();
    raw(&whole.file()).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("one file");
    let bytes = std::fs::read(whole.file()).expect("the file");
    let page = 4096;
    let (mut noticed, mut tried) = (0, 0);
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for cut in [page / 2, page, page * 3 + 100, bytes.len() / 2, bytes.len() - page] {
        damaged.push(bytes[..cut].to_vec());
    }
    for n in 0..40 {
        let mut copy = bytes.clone();
        let at = usize::try_from(mix(n)).expect("64 bits") % (bytes.len() / page) * page;
        copy[at..at + page].iter_mut().for_each(|b| *b = !*b);
        damaged.push(copy);
    }
    for (n, copy) in damaged.iter().enumerate() {
        let s = Temporary::empty();
        std::fs::write(s.file(), copy).expect("a file");
        tried += 1;
        let p = Province::furnished();
        let store = match open(&s, false) {
            Ok(store) => store,
            Err(e) => {
                assert_eq!(code::<()>(Err(e)), "corrupt", "damage {n}");
                noticed += 1;
                continue;
            }
        };
        // Each damaged file counts once, however often it is noticed.
        let mut seen = false;
        let entry = p.rows.all::<gongfu::domain::rows::CatalogEntry>()[0].id.0;
        let suspend = Command::Move {
            kind: gongfu::domain::rows::Kind::CatalogEntry,
            id: entry,
            verb: gongfu::domain::machine::Verb::Suspend,
            reason: "疑".into(),
        };
        for asked in [edition(), suspend] {
            let answer = code(store.submit_wait(&p.people[0], vec![asked]));
            assert!(["ok", "corrupt", "unknown-record"].contains(&answer), "damage {n}: {answer}");
            seen |= answer == "corrupt";
        }
        let copied = code(store.backup(&s.path().join("copy.db")));
        assert!(["ok", "corrupt"].contains(&copied), "damage {n}: a backup is {copied}");
        noticed += usize::from(seen || copied == "corrupt");
    }
    assert!(noticed >= tried / 2, "{noticed} of {tried} noticed");
}

#[test]
fn a_file_another_program_holds_is_locked_and_free_again_afterwards() {
    let s = province();
    let p = Province::furnished();
    let store = open(&s, false).expect("opens");
    let holder = raw(&s.file());
    holder.execute_batch("BEGIN EXCLUSIVE").expect("the lock");
    assert_eq!(code(store.submit_wait(&p.people[0], vec![edition()])), "locked");
    holder.execute_batch("ROLLBACK").expect("free");
    assert_eq!(code(store.submit_wait(&p.people[0], vec![edition()])), "ok");
    assert_eq!(super::kill::file_holds(&s.file()).1, 1, "the attempt that met the lock left nothing");
}

#[test]
fn a_backup_made_while_others_write_is_whole_and_overwrites_nothing() {
    let s = province();
    let p = Province::furnished();
    let store = open(&s, false).expect("opens");
    let stop = AtomicBool::new(false);
    /// Tells the writer to end, also when the test fails.
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut n = 0;
            while !stop.load(Ordering::Acquire) {
                store.submit_wait(&p.people[0], vec![edition()]).expect("written");
                n += 1;
            }
            n
        });
        let end = Stop(&stop);
        for n in 0..5 {
            let target = s.path().join(format!("copy{n}.db"));
            let bytes = store.backup(&target).expect("a backup");
            assert_eq!(std::fs::metadata(&target).map(|m| m.len()).ok(), Some(bytes));
            super::kill::file_holds(&target);
            assert_eq!(code(store.backup(&target)), "exists");
        }
        drop(end);
        writer.join().expect("a writer")
    });
    assert_eq!(number(&raw(&s.file()), "SELECT count(*) FROM audit"), written);
    let left: Vec<_> =
        std::fs::read_dir(s.path()).expect("a directory").map(|f| f.expect("a file").file_name()).collect();
    assert!(left.iter().all(|n| !n.to_string_lossy().starts_with(".gongfu-backup")), "{left:?}");
    // A backup is a database: it opens, and goes on from where it was taken.
    let copy = Temporary::empty();
    std::fs::rename(s.path().join("copy0.db"), copy.file()).expect("moved");
    let store = open(&copy, false).expect("the copy opens");
    store.submit_wait(&p.people[0], vec![edition()]).expect("written");
    assert!(matches!(verify(&store.connect().expect("a reader"), |_| {}), Ok(Verdict::Whole { .. })));
}
