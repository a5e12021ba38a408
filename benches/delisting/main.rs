//! A delisting from the order to the disk: 2,500 counters hold the product, 24 packs and ten orders, too. Beside it, what
//! the disk asks of anybody: the same number of rows and bytes in one bare transaction, and the bytes alone with an fsync.
//!
//! `GONGFU_BENCH_SCALE=1,1000` chooses the scales (1 alone without it); `GONGFU_BENCH_DIR` has the databases in folders
//! named by scale, as for the other benches: they are copied, never written to. `GONGFU_BENCH_ROUNDS` is 15 without it.
#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]
#![expect(clippy::expect_used, reason = "a bench that cannot prepare its database has nothing to say")]

mod bare;
mod desk;

use bare::Bare;
use desk::Desk;
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::demo;
use gongfu::domain::command::Command;
use gongfu::setup;
use gongfu::sqlite::{self, Use, files::beside};
use gongfu::store::{FILE, Store};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use uuid::Uuid;

const COUNTERS: usize = 2_500;
const PACKS: usize = 24;
const ORDERS: usize = 10;

fn asked<T: std::str::FromStr>(name: &str, otherwise: T) -> Vec<T> {
    let text = std::env::var(name).unwrap_or_default();
    let all: Vec<T> = text.split(',').filter_map(|s| s.trim().parse().ok()).collect();
    if all.is_empty() { vec![otherwise] } else { all }
}

/// A database of a scale that this run may write to.
fn database(scale: u32) -> tempfile::TempDir {
    let keep = std::env::var_os("GONGFU_BENCH_DIR").map(PathBuf::from);
    let place = tempfile::tempdir_in(keep.clone().unwrap_or_else(std::env::temp_dir)).expect("a folder");
    let made = keep.map(|k| k.join(scale.to_string()).join(FILE)).filter(|f| f.exists());
    match made {
        Some(file) => {
            let to = place.path().join(FILE);
            std::fs::copy(&file, &to).expect("a copy");
            let wal = beside(&file, "-wal");
            if wal.exists() {
                std::fs::copy(wal, beside(&to, "-wal")).expect("a copy of what is not in the file yet");
            }
        }
        None => _ = setup::demo(place.path(), 1, scale, |_| {}).expect("a demo"),
    }
    place
}

fn open(dir: &Path) -> Store {
    let db = sqlite::open(&dir.join(FILE), Use::Read).expect("the database");
    let last: i64 = db.query_row("SELECT max(at) FROM audit", [], |r| r.get(0)).expect("an instant");
    let start = Timestamp::from_millisecond(last).unwrap_or(demo::NOW).max(demo::NOW);
    let clock = Clock::running_from(start + SignedDuration::from_secs(1));
    Store::open(dir, clock, Ids::real(clock), false).expect("the store")
}

/// What one delisting cost, and what the disk asks of anybody for as much.
struct Cost {
    took: Duration,
    changes: usize,
    wal: u64,
    bare: Duration,
    fsync: Duration,
}

fn delist(desk: &Desk, bare: &mut Bare, entry: Uuid, other: Uuid) -> Cost {
    desk.spread(entry, other);
    let incident = desk.verified(entry);
    let file = desk.store.path();
    bare::checkpoint(&sqlite::open(file, Use::Write).expect("a connection"));
    let confirmer = desk.person("周敏");
    let order = vec![Command::ConfirmIncident { incident, product: desk.code(entry), reason: "查实".into() }];
    let started = Instant::now();
    let done = desk.store.submit_wait(&confirmer, order).expect("delisted");
    let took = started.elapsed();
    let wal = std::fs::metadata(beside(file, "-wal")).expect("a write-ahead file").len();
    let detail: i64 = desk
        .db
        .query_row("SELECT length(CAST(detail AS BLOB)) FROM audit WHERE no = ?1", [done.audit_no], |r| r.get(0))
        .expect("a record");
    let notices: i64 = desk
        .db
        .query_row("SELECT notices FROM incident WHERE id = ?1", [incident.as_bytes().as_slice()], |r| r.get(0))
        .expect("an incident");
    assert!(usize::try_from(notices).is_ok_and(|n| n >= COUNTERS), "every counter is told");
    let (bare_took, fsync) = (bare.write(done.changes, usize::try_from(detail).unwrap_or(0)), bare.bytes(wal));
    Cost { took, changes: done.changes, wal, bare: bare_took, fsync }
}

fn report(scale: u32, of: &str, costs: &[Cost]) {
    let told = |name: &str, of: &dyn Fn(&Cost) -> Duration| {
        let mut all: Vec<f64> = costs.iter().map(|c| of(c).as_secs_f64() * 1e3).collect();
        all.sort_by(f64::total_cmp);
        let at = |part: usize| all[(all.len() - 1) * part / 100];
        println!("  {name}: median {:.1} ms, least {:.1}, p90 {:.1}, most {:.1}", at(50), at(0), at(90), at(100));
    };
    let mut rows: Vec<usize> = costs.iter().map(|c| c.changes).collect();
    rows.sort_unstable();
    let (rows, wal) = (rows[rows.len() / 2], costs.last().map_or(0, |c| c.wal) as f64 / 1e6);
    println!("scale {scale}, {of}: {COUNTERS} counters, {PACKS} packs; {rows} rows changed, {wal:.1} MB written");
    told("delisting, submitted to on the disk", &|c| c.took);
    told("bare SQLite, as many rows and bytes in one transaction", &|c| c.bare);
    told("as many bytes in a file, and fsync", &|c| c.fsync);
}

fn main() {
    let rounds = asked("GONGFU_BENCH_ROUNDS", 15).remove(0);
    for scale in asked("GONGFU_BENCH_SCALE", 1_u32) {
        let place = database(scale);
        let desk = Desk::new(place.path());
        let mut bare = Bare::new(place.path());
        let middle = "seq > (SELECT max(seq) / 2 FROM catalog_entry)";
        for (of, part) in [("any product", middle), ("one of those bought most", "seq > 0")] {
            let entries = desk.entries(part, rounds);
            let (other, entries) = entries.split_last().expect("entries");
            let costs: Vec<Cost> = entries.iter().map(|e| delist(&desk, &mut bare, *e, *other)).collect();
            report(scale, of, &costs);
        }
    }
}
