//! How far each console has read, as its pulls say it: collected, and written together, so that no pull waits for a disk.
//!
//! A receipt that is lost with the process comes again with the console's next pull.

use super::shared::Shared;
use crate::hub::device;
use crate::hub::engine::{Engine, EngineError};
use crate::hub::receipts::Told as Receipt;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A receipt that says nothing new is written again after so long, in milliseconds.
const AGAIN: i64 = 30_000;

#[derive(Default)]
pub(super) struct Receipts(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// In the order in which all hubs write them, so that none waits for the other.
    waiting: BTreeMap<Uuid, Receipt>,
    written: HashMap<Uuid, Receipt>,
    /// The last each has told, written or not.
    latest: HashMap<Uuid, Receipt>,
}

impl Receipts {
    /// A console has everything up to its cursor.
    pub(super) fn note(&self, device: Uuid, cursor: i64, now: i64) {
        let mut known = self.known();
        known.latest.insert(device, (cursor, now));
        let told = known.written.get(&device).is_some_and(|(c, at)| *c == cursor && now - at < AGAIN);
        if told {
            known.waiting.remove(&device);
        } else {
            known.waiting.insert(device, (cursor, now));
        }
    }

    /// What every console has told this hub last.
    pub(super) fn latest(&self) -> HashMap<Uuid, Receipt> {
        self.known().latest.clone()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what has come since the last time.
pub(super) async fn write(shared: &Shared) {
    let waiting = std::mem::take(&mut shared.receipts.known().waiting);
    if waiting.is_empty() {
        return;
    }
    let all = waiting.clone();
    let written = shared.look(move |engine| put(engine, &all)).await;
    let mut known = shared.receipts.known();
    match written {
        Ok(()) => known.written.extend(waiting),
        Err(e) => {
            tracing::warn!(error = %e, "receipts were not written");
            // What was told meanwhile is newer.
            for (device, receipt) in waiting {
                known.waiting.entry(device).or_insert(receipt);
            }
        }
    }
}

fn put(engine: &mut dyn Engine, all: &BTreeMap<Uuid, Receipt>) -> Result<(), EngineError> {
    engine.begin()?;
    let done = all.iter().try_for_each(|(device, (cursor, at))| device::receipt(engine, *device, *cursor, *at));
    match done {
        Ok(()) => engine.commit(),
        Err(e) => {
            engine.rollback();
            Err(e)
        }
    }
}
