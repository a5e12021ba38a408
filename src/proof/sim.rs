//! Days of consoles and a hub on a bad network, in a time of their own: the same seed gives the same day.
//!
//! Owns the seeds, each a day for itself, and how many there are at once. A day drives the real core, desk, store and ledger over
//! real files; only network, time and people are made up.

mod console;
mod day;
mod hub;
mod mishaps;
mod network;
mod promises;
mod rules;
mod template;

pub use rules::Rule;

use super::fault::Fault;
use crate::sqlite::Stop;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use template::Template;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seeds: Range<u64>,
    /// A rule that is switched off: then a promise must break.
    pub without: Option<Rule>,
    /// Days at once.
    pub threads: usize,
}

/// What the days were made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub seeds: u64,
    /// What happened, of whatever kind.
    pub events: u64,
    /// Orders that people made.
    pub orders: u64,
    pub accepted: u64,
    /// Refused at the hub, as a conflict or by a rule.
    pub refused: u64,
    pub crashes: u64,
    pub restores: u64,
    pub moves: u64,
    pub pages: u64,
}

impl Tally {
    /// Adds the days of another.
    pub fn add(&mut self, other: &Tally) {
        self.seeds += other.seeds;
        self.events += other.events;
        self.orders += other.orders;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.crashes += other.crashes;
        self.restores += other.restores;
        self.moves += other.moves;
        self.pages += other.pages;
    }
}

/// A day on which a promise was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub seed: u64,
    pub fault: Fault,
}

/// What came of all days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub tally: Tally,
    /// By seed.
    pub failures: Vec<Failure>,
}

/// Lives every day of the plan, until `stop`; `tell` hears how many are over.
///
/// # Errors
/// When the days cannot begin: no place for their files.
pub fn run(plan: &Plan, stop: &Stop, tell: &(dyn Fn(u64) + Sync)) -> Result<Report, Fault> {
    let home = tempfile::Builder::new().prefix("gongfu-sim-").tempdir_in(place())?;
    let template = Template::make(&home.path().join("begin"))?;
    let (next, over) = (AtomicU64::new(plan.seeds.start), AtomicU64::new(0));
    let report = Mutex::new(Report::default());
    let live = |no: usize| {
        let dir = home.path().join(format!("day-{no}"));
        while !stop.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= plan.seeds.end {
                break;
            }
            let lived = one(&dir, &template, seed, plan.without);
            let mut report = report.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            report.tally.add(&lived.0);
            if let Some(fault) = lived.1 {
                report.failures.push(Failure { seed, fault });
            }
            drop(report);
            tell(over.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    std::thread::scope(|scope| {
        for no in 1..plan.threads.max(1) {
            scope.spawn(move || live(no));
        }
        live(0);
    });
    let mut report = report.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    report.failures.sort_by_key(|f| f.seed);
    Ok(report)
}

/// One day in `dir`, which is empty before and after.
fn one(dir: &Path, template: &Template, seed: u64, without: Option<Rule>) -> (Tally, Option<Fault>) {
    let lived = std::fs::create_dir_all(dir).map_err(Fault::from).and_then(|()| {
        let mut day = day::Day::begin(dir, template, seed, without)?;
        let fault = day.live().err();
        Ok((day.tally(), fault))
    });
    // A place that cannot be cleared shows with the next day.
    let _ = std::fs::remove_dir_all(dir);
    lived.unwrap_or_else(|fault| (Tally { seeds: 1, ..Tally::default() }, Some(fault)))
}

/// In memory where the system has files there: a day writes much and keeps nothing.
fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if rustix::fs::access(&memory, rustix::fs::Access::WRITE_OK).is_ok() { memory } else { std::env::temp_dir() }
}
