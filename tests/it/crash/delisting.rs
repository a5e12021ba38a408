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
    let incident = db.query_row("SELECT id FROM incident", [], |r| Ok(id(r, 0))).expect("an incident");
    drop(db);
    child::say("ready");
    let done = store.submit_wait(&people()[1], vec![Command::ConfirmIncident { incident, reason: "查实".into() }]);
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

/// How long it takes from `ready` to the first byte written, and to the answer; follows what the kills met.
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
        let wal = beside(&s.file(), "-wal");
        while std::fs::metadata(&wal).map_or(0, |m| m.len()) == 0 {
            std::thread::sleep(Duration::from_micros(200));
        }
        let first = started.elapsed();
        wait_for(&mut lines, "done");
        let done = started.elapsed();
        child.wait().expect("a child that ends");
        Pace { first, done }
    }

    /// A moment of one of the thirds: before the first byte, while bytes are written, after the last.
    fn moment(self, round: u64) -> Duration {
        let writing = self.done.saturating_sub(self.first);
        let (from, long) = match round % 3 {
            0 => (Duration::ZERO, self.first),
            1 => (self.first, writing),
            _ => (self.done, writing),
        };
        let part = u32::try_from(mix(round) % 1_000).expect("a small number");
        from + long * part / 1_000
    }

    fn follow(&mut self, round: u64, met: Moment) {
        let (up, down) = ((21, 20), (20, 21));
        let by = match (round % 3, met) {
            (1 | 2, Moment::Before) | (2, Moment::Inside) => up,
            (0, Moment::Inside) | (0 | 1, Moment::Untold | Moment::After) => down,
            _ => return,
        };
        (self.first, self.done) = (self.first * by.0 / by.1, self.done * by.0 / by.1);
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

/// Starts a delisting in a copy and kills it after `wait`; gives the copy and where the kill fell.
fn killed(whole: &Path, wait: Duration) -> (Temporary, Moment) {
    let s = copy_of(whole);
    let mut child = child::start("delist", s.path());
    let mut lines = BufReader::new(child.stderr.take().expect("its answers"));
    let mut line = String::new();
    while !line.starts_with("ready") {
        line.clear();
        assert!(lines.read_line(&mut line).expect("a line") > 0, "the child ended by itself");
    }
    std::thread::sleep(wait);
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
    let pace = Mutex::new(Pace::measured(&whole.file()));
    let met: Mutex<BTreeMap<Moment, u64>> = Mutex::default();
    // Two at a time: a kill waits for a process to start more than it works.
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (whole, before, after, pace, met) = (&whole, &before, &after, &pace, &met);
            scope.spawn(move || {
                for round in (half..KILLS).step_by(2) {
                    let wait = pace.lock().expect("a pace").moment(round);
                    let (s, moment) = killed(&whole.file(), wait);
                    let moment = examined(&s, moment, before, after);
                    if round % 100 == 99 {
                        rows_hold(&read_all(&raw(&s.file())));
                    }
                    pace.lock().expect("a pace").follow(round, moment);
                    *met.lock().expect("a table").entry(moment).or_default() += 1;
                }
            });
        }
    });
    let met = met.into_inner().expect("a table");
    let count = |moments: &[Moment]| moments.iter().filter_map(|m| met.get(m)).sum::<u64>();
    eprintln!("DEBUG {met:?} {:?}", {
        let p = pace.lock().unwrap();
        (p.first, p.done)
    });
    assert_eq!(count(&[Moment::Before, Moment::Inside, Moment::Untold, Moment::After]), KILLS);
    for moments in [&[Moment::Before][..], &[Moment::Inside], &[Moment::Untold, Moment::After]] {
        assert!(count(moments) >= KILLS / 20, "hardly any kill fell there: {met:?}");
    }
}
