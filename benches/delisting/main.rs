//! A delisting from the order to the disk: 2,500 counters hold the product, 24 packs and ten orders, too. Beside it, what
//! the disk asks of anybody: the same number of rows and bytes in one bare transaction, and the bytes alone with an fsync.
//!
//! `GONGFU_BENCH_SCALE=1,1000` chooses the scales (1 alone without it); `GONGFU_BENCH_DIR` has the databases in folders
//! named by scale, as for the other benches: they are copied, never written to. `GONGFU_BENCH_ROUNDS` is 15 without it.
#![expect(clippy::print_stdout, reason = "the figures are what a bench is for")]
#![expect(clippy::expect_used, reason = "a bench that cannot prepare its database has nothing to say")]

mod bare;

use bare::Bare;
use gongfu::base::clock::Clock;
use gongfu::base::ids::{Ids, mix};
use gongfu::demo;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::{EvidenceKind, Grade, PromotionKind};
use gongfu::domain::command::{AddCounter, Command};
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::Kind;
use gongfu::domain::value::Fen;
use gongfu::setup;
use gongfu::sqlite::{self, Use, files::beside};
use gongfu::store::{FILE, Store};
use jiff::{SignedDuration, Timestamp, civil::date};
use rusqlite::Connection;
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

/// The store with the people and rows a delisting needs.
struct Desk {
    store: Store,
    db: Connection,
    office: Actor,
    counters: Vec<Uuid>,
    buyer: Uuid,
}

fn ids(db: &Connection, sql: &str) -> Vec<Uuid> {
    let mut statement = db.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |r| r.get::<_, [u8; 16]>(0)).expect("rows");
    rows.map(|r| Uuid::from_bytes(r.expect("an id"))).collect()
}

impl Desk {
    fn new(dir: &Path) -> Desk {
        let store = open(dir);
        // The first change brings an older file up to this version.
        let db = store.connect().expect("a connection");
        let org = ids(&db, &format!("SELECT id FROM organisation WHERE code = '{}'", setup::DEMO_ORG))[0];
        let office = setup::office(org);
        let buyer = ids(&db, "SELECT id FROM organisation WHERE kind = 'grassroots' LIMIT 1")[0];
        let mut desk = Desk { store, db, office, counters: Vec::new(), buyer };
        desk.add_counters();
        desk
    }

    /// Products that can be put everywhere, from here and there in a part of the catalog: neighbours share suppliers and
    /// pages. The first ones are those bought most.
    fn entries(&self, part: &str, rounds: usize) -> Vec<Uuid> {
        let listed = "SELECT id FROM catalog_entry e WHERE state = 'listed' AND NOT EXISTS \
             (SELECT 1 FROM shelf_line s WHERE s.entry_id = e.id AND s.state <> 'sellable')";
        let mut entries = ids(&self.db, &format!("{listed} AND {part} ORDER BY seq LIMIT {}", rounds * 20));
        entries.sort_by_key(|e| mix(e.as_u128() as u64));
        entries.truncate(rounds + 1);
        entries
    }

    fn person(&self, name: &str) -> Actor {
        Actor { name: name.to_owned(), ..self.office.clone() }
    }

    fn submit(&self, commands: Vec<Command>) -> Vec<String> {
        self.store.submit_wait(&self.office, commands).expect("done").codes
    }

    fn add_counters(&mut self) {
        let open = "SELECT id FROM counter WHERE state <> 'closed' ORDER BY seq";
        let missing = COUNTERS.saturating_sub(ids(&self.db, open).len());
        let new = |n| AddCounter {
            name: format!("量一量专柜{n}"),
            venue_type: "workers_home".into(),
            host: "某工会".into(),
            county_code: "611026".into(),
            address: "某路1号".into(),
            longitude_e6: 109_000_000,
            latitude_e6: 33_000_000,
            keeper: "陈守".into(),
            phone: "13900000000".into(),
            bank: String::new(),
            demo_room: false,
        };
        let commands: Vec<Command> = (0..missing).map(|n| Command::AddCounter(new(n))).collect();
        if !commands.is_empty() {
            self.submit(commands);
        }
        self.counters = ids(&self.db, open);
        self.counters.truncate(COUNTERS);
    }

    fn id(&self, table: &str, code: &str) -> Uuid {
        ids(&self.db, &format!("SELECT id FROM {table} WHERE code = '{code}'"))[0]
    }

    /// Puts the product everywhere.
    fn spread(&self, entry: Uuid, other: Uuid) {
        let place = |c: &Uuid| Command::PlaceOnShelf { counter: *c, entry, quantity: 10 };
        self.submit(self.counters.iter().map(place).collect());
        let pack = |n| Command::DraftPack {
            name: format!("礼包{n}"),
            occasion: "中秋".into(),
            audience: "职工".into(),
            price: Fen(20_000),
            items: vec![(entry, 2), (other, 1)],
            valid_until: None,
        };
        for code in self.submit((0..PACKS).map(pack).collect()) {
            let (kind, id) = (Kind::GiftPack, self.id("gift_pack", &code));
            self.submit(vec![Command::Move { kind, id, verb: Verb::Publish, reason: String::new() }]);
        }
        let (buyer, seller) = (self.buyer, "某社");
        let order = |_| Command::PlaceOrder { buyer, seller: seller.into(), pack: None, lines: vec![(entry, 5)] };
        self.submit((0..ORDERS).map(order).collect());
        let (lot, codes) = ("量一量".to_owned(), (0..40).map(|n| format!("{}-{n}", entry.simple())).collect());
        let (made_on, ends_on) = (date(2020, 7, 15), date(2020, 12, 31));
        let (price, best_before) = (Fen(3_000), Some(date(2021, 7, 15)));
        self.submit(vec![
            Command::RegisterBatch { entry, lot, made_on, best_before, quantity: 500, codes },
            Command::SignAgreement { entry, seller: seller.into(), quantity: 9, price, signed_on: made_on, ends_on },
            Command::PlanPromotion {
                name: "消费券".into(),
                kind: PromotionKind::Coupon,
                budget: Fen(100_000),
                starts_on: made_on,
                ends_on,
                entries: vec![entry],
            },
        ]);
    }

    /// Reports and verifies an incident; gives it with all that is left to do: to confirm it.
    fn verified(&self, entry: Uuid) -> Uuid {
        let reporter = self.person("赵报");
        let report =
            Command::ReportIncident { entry, title: "霉变".into(), place: "西安".into(), grade: Grade::One };
        let code = self.store.submit_wait(&reporter, vec![report]).expect("reported").codes.remove(0);
        let incident = self.id("incident", &code);
        let (grade, recall_class, reason) = (Grade::One, Grade::One, || "核查".to_owned());
        let (kind, title, sha256) = (EvidenceKind::TestReport, "报告".to_owned(), "ab".repeat(32));
        let suspend = false;
        self.submit(vec![
            Command::TriageIncident {
                incident,
                grade,
                recall_class,
                batches: String::new(),
                suspend,
                reason: reason(),
            },
            Command::AddEvidence { incident, kind, title, sha256, bytes: 9 },
            Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: reason() },
        ]);
        incident
    }
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
    let order = vec![Command::ConfirmIncident { incident, reason: "查实".into() }];
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
