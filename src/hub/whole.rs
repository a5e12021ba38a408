//! Work on a whole ledger at its own machine: made, checked, copied, put back, moved to another place.
//!
//! Owns that such work is done in full or leaves nothing, and how far it has come. Serves nobody and decides nothing.

mod backup;
mod error;
mod export;
mod fresh;
mod migrate;
mod restore;
mod verify;

pub use backup::{Copied, backup};
pub use error::HubError;
pub use export::export;
pub use fresh::make;
pub use migrate::{Counted, migrate};
pub use restore::{Restored, restore};
pub use verify::{Fault, Verdict, Whole, verify};

use super::engine::{Engine, EngineError, Place, Pool};
use super::ledger;
use super::schema::{ARRIVING, MOVED, VERSION};
use crate::sqlite::{self, Stop, Use};
use std::path::Path;
use std::sync::atomic::Ordering;
use tokio::runtime::Handle;

/// Whoever waits for long work: is told how far it is, and may end it.
pub struct Watch<'a> {
    pub stop: Stop,
    /// Told steps done, and of how many.
    pub tell: &'a mut dyn FnMut(u64, u64),
}

impl Watch<'_> {
    /// Tells how far the work is.
    ///
    /// # Errors
    /// [`HubError::Stopped`] when it is to end.
    pub fn at(&mut self, done: u64, of: u64) -> Result<(), HubError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(HubError::Stopped);
        }
        (self.tell)(done, of);
        Ok(())
    }
}

/// Opens a ledger for work on its records; `read` for looking only.
///
/// # Errors
/// When there is none, or what is wrong with its file or server.
pub fn with<T>(
    place: &Place,
    runtime: &Handle,
    read: bool,
    work: impl FnOnce(&mut dyn Engine) -> Result<T, HubError>,
) -> Result<T, HubError> {
    if let Place::Sqlite(path) = place {
        // Says what is wrong in words, and makes no file.
        sqlite::open(path, Use::Read).map_err(|e| HubError::file(e, place))?;
    }
    let pool = if read { Pool::to_read(place, runtime.clone()) } else { Pool::new(place, runtime.clone()) }?;
    let mut engine = pool.get()?;
    if !read {
        ledger::raise(engine.as_mut())?;
    }
    known(engine.as_mut(), place)?;
    work(engine.as_mut())
}

/// Refuses a place without a ledger, and a ledger of another version.
fn known(engine: &mut dyn Engine, place: &Place) -> Result<(), HubError> {
    match ledger::version(engine)? {
        None => Err(HubError::NoLedger(place.clone())),
        Some(VERSION) => Ok(()),
        Some(MOVED) => Err(EngineError::Moved.into()),
        Some(ARRIVING) => Err(EngineError::Arriving.into()),
        Some(found) => Err(HubError::Version { place: place.clone(), found }),
    }
}

/// The folder a file lies in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}
