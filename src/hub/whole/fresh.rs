//! A new ledger in a place that has none: beside its name until it is whole, or in one transaction of a server.
//!
//! Owns that a making that is broken off leaves nothing, and that none takes the place of a ledger. Fills nothing itself.

use super::error::HubError;
use super::folder;
use crate::hub::engine::{Engine, EngineError, Place, Pool};
use crate::hub::ledger;
use crate::sqlite::{self, DbError, files};
use std::path::Path;
use tokio::runtime::Handle;

/// A file nobody else sees and that goes when anything fails: no journal, nothing on the disk before the end.
const ALONE: &str = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-131072;";

/// Makes a ledger: `fill` makes the tables, fills them and commits, all in one transaction.
///
/// # Errors
/// When the place has a ledger, cannot be written or reached; what `fill` says.
pub fn make<T, E: From<HubError>>(
    place: &Place,
    runtime: &Handle,
    fill: impl FnOnce(&mut dyn Engine) -> Result<T, E>,
) -> Result<T, E> {
    match place {
        Place::Sqlite(path) => in_file(place, path, runtime, fill),
        Place::Postgres(_) => {
            let pool = Pool::new(place, runtime.clone()).map_err(HubError::from)?;
            let mut engine = pool.get().map_err(HubError::from)?;
            if ledger::exists(engine.as_mut()).map_err(HubError::from)? {
                return Err(HubError::Taken(place.clone()).into());
            }
            fill(engine.as_mut())
        }
    }
}

fn in_file<T, E: From<HubError>>(
    place: &Place,
    path: &Path,
    runtime: &Handle,
    fill: impl FnOnce(&mut dyn Engine) -> Result<T, E>,
) -> Result<T, E> {
    if path.exists() {
        return Err(HubError::Taken(place.clone()).into());
    }
    let dir = folder(path);
    if let Some(kind) = sqlite::network_kind(dir) {
        return Err(HubError::from(DbError::Network { path: path.to_path_buf(), kind }).into());
    }
    let system = |e: std::io::Error| HubError::io(path, &e);
    let aside = tempfile::Builder::new().prefix(".gongfu-hub-").tempdir_in(dir).map_err(system)?;
    let made = aside.path().join("hub.db");
    let given = filled(&Place::Sqlite(made.clone()), runtime, fill)?;
    files::publish(&made, path).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => HubError::Taken(place.clone()),
        _ => system(e),
    })?;
    Ok(given)
}

/// Fills the file and closes it.
fn filled<T, E: From<HubError>>(
    place: &Place,
    runtime: &Handle,
    fill: impl FnOnce(&mut dyn Engine) -> Result<T, E>,
) -> Result<T, E> {
    let failed = |e: EngineError| E::from(HubError::from(e));
    let pool = Pool::new(place, runtime.clone()).map_err(failed)?;
    let mut engine = pool.get().map_err(failed)?;
    engine.script(ALONE).map_err(failed)?;
    let given = fill(engine.as_mut())?;
    engine.script("PRAGMA journal_mode=WAL;").map_err(failed)?;
    Ok(given)
}
