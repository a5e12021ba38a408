//! Delistings that are killed at every moment: the product is out of everything, or in everything as before.

use super::child;
use crate::support::invariants::rows_hold;
use crate::support::province::{Province, people};
use crate::support::spread::{delisted, effects, fingerprint, spread};
use crate::support::storage::{Temporary, id, raw, read_all};
use gongfu::base::clock::Clock;
use gongfu::base::ids::{Ids, mix};
use gongfu::domain::command::Command;
use gongfu::sqlite::files::beside;
use gongfu::store::Store;
use gongfu::store::audit::{Verdict, verify};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

const KILLS: u64 = 500;
const COUNTERS: usize = 2_500;

/// The task of a child: says that it is ready, delists, says that it is done.
pub fn delist(dir: &Path) {
    let store = Store::open(dir, Clock::Real, Ids::real(Clock::Real), false).expect("a database");
    let db = store.connect().expect("a reader");
    let sql = "SELECT i.id, e.code FROM incident i JOIN catalog_entry e ON e.id = i.entry_id";
    let (incident, product) = db.query_row(sql, [], |r| Ok((id(r, 0), r.get(1)?))).expect("an incident");
    drop(db);
    child::say("ready");
    let confirm = Command::ConfirmIncident { incident, product, reason: "查实".into() };
    let done = store.submit_wait(&people()[1], vec![confirm]);
    child::say(&format!("done {:?}", done.map(|d| d.audit_no)));
}

fn province() -> &'static Province {
    static PROVINCE: OnceLock<Province> = OnceLock::new();
    PROVINCE.get_or_init(|| spread(COUNTERS))
}

/// Where a kill fell, told from what it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// Nothing was written yet.
    Before,
    /// Something was written, and does not count.
    Inside,
    /// On the disk, and not told yet.
    Untold,
    After,
}

/// How long it takes from `ready` to the first byte written, and to the answer.
#[derive(Clone, Copy)]
struct Pace {
    first: Duration,
    done: Duration,
}

impl Pace {
    /// By a delisting that nobody kills.
    fn measured(whole: &Path) -> Pace {
        let s = copy_of(whole);
        let mut child = child::start("delist", s.path());
        let mut lines = BufReader::new(child.stderr.take().expect("its answers")).lines();
        wait_for(&mut lines, "ready");
        let started = Instant::now();
        until_written(&s.file());
        let first = started.elapsed();
        wait_for(&mut lines, "done");
        let done = started.elapsed();
        child.wait().expect("a child that ends");
        Pace { first, done }
    }

    /// Waits for a moment of one of the thirds: before the first byte, while bytes are written, about the answer.
    fn wait(self, round: u64, file: &Path) {
        let part = u32::try_from(mix(round) % 1_000).expect("a small number");
        let writing = self.done.saturating_sub(self.first);
        match round % 3 {
            0 => std::thread::sleep(self.first * part / 1_000),
            third => {
                until_written(file);
                let answer = if third == 1 { Duration::ZERO } else { writing };
                std::thread::sleep(answer + writing * part / 1_000);
            }
        }
    }
}

/// Waits until the first byte of a change is in the write-ahead file.
fn until_written(file: &Path) {
    let (wal, since) = (beside(file, "-wal"), Instant::now());
    while std::fs::metadata(&wal).map_or(0, |m| m.len()) == 0 {
        assert!(since.elapsed() < Duration::from_secs(60), "nothing was ever written");
        std::thread::sleep(Duration::from_micros(100));
    }
}

fn wait_for(lines: &mut impl Iterator<Item = std::io::Result<String>>, word: &str) {
    let found = lines.any(|l| l.expect("a line").starts_with(word));
    assert!(found, "the child ended without {word}");
}

fn copy_of(whole: &Path) -> Temporary {
    let s = Temporary::empty();
    std::fs::copy(whole, s.file()).expect("a copy");
    s
}

/// What a delisting that was not disturbed leaves.
fn undisturbed(whole: &Path) -> Vec<(&'static str, i64, i64, i64)> {
    let s = copy_of(whole);
    let output = child::start("delist", s.path()).wait_with_output().expect("its answers");
    assert!(String::from_utf8_lossy(&output.stderr).contains("done Ok("));
    fingerprint(&raw(&s.file()))
}

/// Starts a delisting in a copy and kills it at the moment of a round; gives the copy and where the kill fell.
fn killed(whole: &Path, pace: Pace, round: u64) -> (Temporary, Moment) {
    let s = copy_of(whole);
    let mut child = child::start("delist", s.path());
    let mut lines = BufReader::new(child.stderr.take().expect("its answers"));
    let mut line = String::new();
    while !line.starts_with("ready") {
        line.clear();
        assert!(lines.read_line(&mut line).expect("a line") > 0, "the child ended by itself");
    }
    pace.wait(round, &s.file());
    child.kill().expect("a child");
    child.wait().expect("a dead child");
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("text");
    let told = rest.contains("done Ok(");
    assert!(told || !rest.contains("done"), "{rest}");
    let written = std::fs::metadata(beside(&s.file(), "-wal")).map_or(0, |m| m.len()) > 0;
    let moment = match (told, written) {
        (true, _) => Moment::After,
        (false, true) => Moment::Inside,
        (false, false) => Moment::Before,
    };
    (s, moment)
}

/// Opens what a kill left for the first time and looks at all of it; gives where the kill fell.
fn examined(s: &Temporary, moment: Moment, before: &Fingerprint, after: &Fingerprint) -> Moment {
    let db = raw(&s.file());
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).expect("a verdict");
    assert_eq!(verdict, "ok");
    let out = delisted(&db, &effects(i64::try_from(COUNTERS).expect("few")));
    assert_eq!(fingerprint(&db), *if out { after } else { before }, "delisted: {out}");
    let records = i64::from(out);
    let chain = verify(&db, |_| {}).expect("a verdict");
    assert!(matches!(chain, Verdict::Whole { records: n, .. } if n == records), "{chain:?}");
    assert!(out || moment != Moment::After, "acknowledged and gone");
    assert!(!out || moment != Moment::Before, "delisted, and nothing was written");
    if out && moment == Moment::Inside { Moment::Untold } else { moment }
}

type Fingerprint = Vec<(&'static str, i64, i64, i64)>;

#[test]
fn a_delisting_that_is_killed_at_any_moment_happened_entirely_or_not_at_all() {
    let whole = Temporary::of(&province().rows);
    let before = fingerprint(&raw(&whole.file()));
    let after = undisturbed(&whole.file());
    let pace = Pace::measured(&whole.file());
    let met: Mutex<BTreeMap<Moment, u64>> = Mutex::default();
    // Two at a time: a kill waits for a process to start more than it works.
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (whole, before, after, met) = (&whole, &before, &after, &met);
            scope.spawn(move || {
                for round in (half..KILLS).step_by(2) {
                    let (s, moment) = killed(&whole.file(), pace, round);
                    let moment = examined(&s, moment, before, after);
                    if round % 100 == 99 {
                        rows_hold(&read_all(&raw(&s.file())));
                    }
                    *met.lock().expect("a table").entry(moment).or_default() += 1;
                }
            });
        }
    });
    let met = met.into_inner().expect("a table");
    let count = |moments: &[Moment]| moments.iter().filter_map(|m| met.get(m)).sum::<u64>();
    assert_eq!(count(&[Moment::Before, Moment::Inside, Moment::Untold, Moment::After]), KILLS);
    for moments in [&[Moment::Before][..], &[Moment::Inside], &[Moment::Untold, Moment::After]] {
        assert!(count(moments) >= KILLS / 20, "hardly any kill fell there: {met:?}");
    }
}
