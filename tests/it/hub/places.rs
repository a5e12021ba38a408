//! Ledgers to test on: an SQLite file always, a PostgreSQL database of its own where a server is named.
//!
//! `GONGFU_TEST_POSTGRES` holds the address of a server where databases may be made. Without it such tests say that they are
//! skipped; with `GONGFU_TEST_ALL` a skip is a failure.

pub mod own;

use crate::support::province::{Province, people};
use gongfu::domain::actor::Actor;
use gongfu::domain::rows::{Kind, Organisation, Purchase, PurchaseId, Row};
use gongfu::hub::device;
use gongfu::hub::engine::{self, Engine, Place, Pool};
use gongfu::hub::ledger::{self, Device, Loading};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// A place for a ledger, with nothing in it; gone with this value.
pub struct Room {
    pub place: Place,
    runtime: Runtime,
    dir: tempfile::TempDir,
    server: Option<(String, String)>,
}

/// A ledger with the unions in it, gone with this value.
pub struct Bench {
    pub pool: Arc<Pool>,
    pub devices: Vec<Device>,
    room: Room,
}

/// The address of a PostgreSQL server, or a word about the skip.
fn server() -> Option<String> {
    let address = std::env::var("GONGFU_TEST_POSTGRES").ok().filter(|a| !a.is_empty());
    assert!(
        address.is_some() || std::env::var_os("GONGFU_TEST_ALL").is_none(),
        "GONGFU_TEST_ALL is set, but no GONGFU_TEST_POSTGRES"
    );
    if address.is_none() {
        let _ = writeln!(std::io::stderr(), "skipped: no PostgreSQL server in GONGFU_TEST_POSTGRES");
    }
    address
}

/// An empty place of each sort there is.
pub fn rooms() -> Vec<Room> {
    [None].into_iter().chain(server().map(Some)).map(Room::new).collect()
}

/// A ledger in each sort of place there is.
pub fn benches() -> Vec<Bench> {
    rooms().into_iter().map(|room| Bench::new(room, 0)).collect()
}

/// A ledger in a file with so many more purchases: several pages.
pub fn long_bench(purchases: usize) -> Bench {
    Bench::new(Room::new(None), purchases)
}

impl Room {
    fn new(server: Option<String>) -> Room {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let dir = tempfile::tempdir().expect("a folder");
        let (place, server) = match server {
            None => (Place::Sqlite(dir.path().join("hub.db")), None),
            Some(address) => {
                static NEXT: AtomicU64 = AtomicU64::new(0);
                let name = format!("gongfu_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
                let admin = Pool::new(&Place::Postgres(address.clone()), runtime.handle().clone()).expect("an address");
                admin.get().expect("a server").script(&format!("CREATE DATABASE {name}")).expect("a database");
                let (base, _) = address.rsplit_once('/').expect("an address with a database");
                (Place::Postgres(format!("{base}/{name}")), Some((address, name)))
            }
        };
        Room { place, runtime, dir, server }
    }

    /// A way to the place.
    pub fn pool(&self) -> Arc<Pool> {
        self.pool_to(&self.place)
    }

    /// A way to another place.
    pub fn pool_to(&self, place: &Place) -> Arc<Pool> {
        Arc::new(Pool::new(place, self.runtime.handle().clone()).expect("a place"))
    }

    /// The place as `--store` takes it.
    pub fn store(&self) -> String {
        match &self.place {
            Place::Sqlite(path) => format!("sqlite:{}", path.display()),
            Place::Postgres(address) => address.clone(),
        }
    }
}

impl Bench {
    /// A ledger on the server at an address.
    pub fn at(address: &str) -> Bench {
        Bench::new(Room::new(Some(address.to_owned())), 0)
    }

    fn new(room: Room, purchases: usize) -> Bench {
        let mut bench = Bench { pool: room.pool(), devices: Vec::new(), room };
        bench.furnish(purchases);
        bench
    }

    /// Where the ledger lies.
    pub fn place(&self) -> &Place {
        &self.room.place
    }

    /// A second way to the same ledger, as another hub has it.
    pub fn again(&self) -> Arc<Pool> {
        self.room.pool()
    }

    pub fn with<T>(&self, how: impl FnOnce(&mut dyn Engine) -> T) -> T {
        how(self.pool.get().expect("an engine").as_mut())
    }

    fn furnish(&mut self, purchases: usize) {
        let mut engine = self.pool.get().expect("an engine");
        let engine = engine.as_mut();
        ledger::create(engine, Uuid::from_u128(0xF00D)).expect("a ledger");
        let rows = Province::furnished().rows;
        let first = rows.all::<Organisation>().remove(0);
        let mut load = Loading::begin(engine).expect("an empty ledger");
        // What belongs to a union comes after it: theirs is the first kind.
        Kind::ALL.iter().flat_map(|k| rows.of(*k)).for_each(|r| load.push(r.clone()).expect("a row"));
        let model = rows.all::<Purchase>().remove(0);
        for n in 0..purchases {
            let id = PurchaseId(Uuid::from_u128(0xC0_0000 + n as u128));
            let more = Purchase { id, code: format!("CG-9-{n:06}"), voucher_no: String::new(), ..model.clone() };
            load.push(Row::Purchase(more)).expect("a row");
        }
        load.finish(0, "test", &first, "").expect("loaded");
        let now = super::ledger::at(0).as_millisecond();
        self.devices = people().iter().enumerate().map(|(n, person)| enrolled(engine, person, n, now)).collect();
    }
}

fn enrolled(engine: &mut dyn Engine, person: &Actor, n: usize, now: i64) -> Device {
    let code = device::make_code(engine, person.org_id, person.role, now).expect("a code");
    let id = Uuid::from_u128(0xDE00 + n as u128);
    device::enrol(engine, &code, &format!("console{n}"), id, now).expect("asked").expect("enrolled").device
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = &self.dir;
        let Some((address, name)) = self.server.take() else { return };
        // Its connections end with it.
        let admin = Pool::new(&Place::Postgres(address), self.runtime.handle().clone()).expect("an address");
        let gone = admin.get().map(|mut e| e.script(&format!("DROP DATABASE {name} WITH (FORCE)")));
        assert!(matches!(gone, Ok(Ok(()))), "{name} stays");
    }
}

/// The number in the first column of a statement's first row.
pub fn number(engine: &mut dyn Engine, sql: &str) -> i64 {
    engine::first(engine, sql, &[]).expect("an answer").and_then(|r| r[0].as_int()).expect("a number")
}
