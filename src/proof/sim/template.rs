//! The files every day begins with: a hub, and consoles that stand level with it.
//!
//! Owns that they are made once and copied for each day.

use super::hub::Hub;
use crate::hub::engine::Place;
use crate::hub::ledger::Device;
use crate::hub::whole;
use crate::proof::fault::Fault;
use crate::proof::province::{BEGIN, PEOPLE, code, furnish, load, runtime};
use crate::sqlite::{self, Use, migrate};
use crate::store::link::{self, Link};
use crate::store::{FILE, level, schema};
use crate::sync::core::Position;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// A console as the hub enrolled it, with its person and the file it begins with.
pub(super) struct Seat {
    pub(super) device: Device,
    pub(super) place: usize,
    pub(super) name: &'static str,
    /// Level with the hub as it begins.
    pub(super) level: PathBuf,
}

/// The files a day begins with.
pub(super) struct Template {
    pub(super) hub: PathBuf,
    /// A console that has enrolled and holds nothing.
    pub(super) empty: PathBuf,
    pub(super) seats: Vec<Seat>,
    /// The last number, and how many numbers the rows were loaded under.
    pub(super) head: i64,
    pub(super) loaded: i64,
}

impl Template {
    /// Makes the files in `dir`.
    ///
    /// # Errors
    /// When a part fails.
    pub(super) fn make(dir: &Path) -> Result<Template, Fault> {
        std::fs::create_dir_all(dir)?;
        let runtime = runtime()?;
        let hub = dir.join("hub.db");
        let devices = whole::make(&Place::Sqlite(hub.clone()), runtime.handle(), |engine| load(engine))?;
        let (head, loaded) = furnish(&hub, &runtime, &devices)?;
        let empty = dir.join("empty.db");
        let mut db = sqlite::open(&empty, Use::Write)?;
        migrate::run(&mut db, &empty, schema::STEPS)?;
        close(db, &empty)?;
        let mut seats = Vec::new();
        for (device, (name, _, place)) in devices.into_iter().zip(PEOPLE) {
            let level = dir.join(format!("level-{place}-{}.db", seats.len()));
            std::fs::copy(&empty, &level)?;
            seats.push(Seat { device, place, name, level });
        }
        let template = Template { hub, empty, seats, head, loaded };
        let at = dir.join("first");
        std::fs::create_dir_all(&at)?;
        let mut hub = Hub::open(&at, &template, None)?;
        for (who, seat) in template.seats.iter().enumerate() {
            catch_up(&mut hub, who, seat)?;
        }
        Ok(template)
    }
}

/// Folds the write-ahead file in, so that the file alone is the database.
fn close(db: crate::store::Connection, path: &Path) -> Result<(), Fault> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    db.close().map_err(|(_, e)| sqlite::DbError::of(path, &e))?;
    Ok(())
}

/// How a console is written down when it has enrolled.
pub(super) fn link_of(seat: &Seat) -> Link {
    Link::new(Uuid::from_u128(0xF00D), seat.device.id, "https://hub", &code(seat.place), seat.device.role)
}

/// Brings the file of a seat level with the hub.
fn catch_up(hub: &mut Hub, who: usize, seat: &Seat) -> Result<(), Fault> {
    let mut db = sqlite::open(&seat.level, Use::Write)?;
    link::put(&db, &link_of(seat))?;
    let mut at = Position::default();
    loop {
        let (_, page) = hub.pull(who, at, 500, BEGIN)?;
        level::page(&mut db, &seat.level, &page, BEGIN)?;
        at = Position { epoch: page.head.epoch, scope: page.head.scope, cursor: page.end.next, head: page.head.head };
        if page.end.done {
            return close(db, &seat.level);
        }
    }
}

/// Name of a console's database in its own folder.
pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join(FILE)
}
