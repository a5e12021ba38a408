//! A backup in the place of a ledger: checked first, of a new epoch, with a record of it; the ledger that was there is set aside.
//!
//! Owns what must not come back with a backup: codes that may have been used, access that has ended since, receipts for numbers
//! that are gone.

use super::backup::carry;
use super::error::{HubError, alone};
use super::verify::{Verdict, verify};
use super::{Watch, folder};
use crate::domain::value::Value;
use crate::hub::engine::{Engine, EngineError, Place, Pool};
use crate::hub::ledger::{self, By, Deed, State};
use crate::hub::schema::VERSION;
use crate::hub::{device, rows};
use crate::sqlite::{self, files};
use std::path::{Path, PathBuf};
use tokio::runtime::Handle;
use uuid::Uuid;

const MINUTE: i64 = 60_000;

/// A ledger that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub epoch: i64,
    /// The last number it has.
    pub seq: i64,
    /// The last number of the ledger before it; nothing when that could not be read.
    pub before: Option<i64>,
    /// Where the ledger before it is now.
    pub aside: Option<PathBuf>,
    /// Consoles whose access had ended after the backup, and ends again.
    pub revoked: u64,
}

/// The ledger that was there, as far as it matters for the next.
struct Old {
    state: State,
    revoked: Vec<(Uuid, i64)>,
}

/// Puts the backup in `file` in the place of a ledger.
///
/// # Errors
/// When a hub serves the place, the ledger is on a server, `file` is no whole ledger or of another hub. Nothing has changed then.
pub fn restore(
    place: &Place,
    file: &Path,
    runtime: &Handle,
    by: &By,
    watch: &mut Watch<'_>,
) -> Result<Restored, HubError> {
    let Place::Sqlite(path) = place else { return Err(HubError::OnServer(place.clone())) };
    let _held = alone(place)?;
    let system = |e: std::io::Error| HubError::io(path, &e);
    let aside = tempfile::Builder::new().prefix(".gongfu-restore-").tempdir_in(folder(path)).map_err(system)?;
    let near = near(file, aside.path())?;
    let given = Place::Sqlite(near.clone());
    let made = aside.path().join("hub.db");
    let stop = watch.stop.clone();
    let copy = || sqlite::copy(&near, &made, path, &stop).map_err(|e| HubError::file(e, &given));
    let mut verdict = verify(&given, runtime, watch);
    let older = matches!(&verdict, Err(HubError::Version { found, .. }) if *found < VERSION);
    if older {
        // It is looked at as what it will become.
        copy()?;
        let made = Place::Sqlite(made.clone());
        ledger::raise(Pool::new(&made, runtime.clone())?.get()?.as_mut())?;
        verdict = verify(&made, runtime, watch);
    }
    let backup = match verdict {
        Ok(Verdict::Whole(whole)) => whole.state,
        Ok(Verdict::Broken(fault)) => return Err(HubError::NotWhole { path: file.to_path_buf(), fault }),
        Err(HubError::NoLedger(_)) => return Err(HubError::NoBackup(file.to_path_buf())),
        Err(e) => return Err(e),
    };
    let old = old(place, runtime);
    if old.as_ref().is_some_and(|o| o.state.hub_id != backup.hub_id) {
        return Err(HubError::OtherHub(file.to_path_buf()));
    }
    if !older {
        copy()?;
    }
    let epoch = next_epoch(&backup, old.as_ref(), by.at);
    let revoked = renew(&Place::Sqlite(made.clone()), runtime, by, epoch, old.as_ref())?;
    let was = sqlite::retire(path)?;
    files::publish(&made, path).map_err(system)?;
    Ok(Restored { epoch, seq: backup.seq, before: old.map(|o| o.state.seq), aside: was, revoked })
}

/// The backup where SQLite may work on it: one on a network is carried here first.
fn near(file: &Path, aside: &Path) -> Result<PathBuf, HubError> {
    if sqlite::network_kind(folder(file)).is_none() {
        return Ok(file.to_path_buf());
    }
    let here = aside.join("backup.db");
    carry(file, &here).map(|()| here).map_err(|e| HubError::io(file, &e))
}

fn old(place: &Place, runtime: &Handle) -> Option<Old> {
    let read = || -> Result<Old, EngineError> {
        let pool = Pool::to_read(place, runtime.clone())?;
        let mut engine = pool.get()?;
        let state = ledger::state(engine.as_mut())?;
        let devices = device::list(engine.as_mut())?;
        Ok(Old { state, revoked: devices.iter().filter_map(|d| Some((d.id, d.revoked_at?))).collect() })
    };
    read().inspect_err(|e| tracing::info!(error = %e, "no ledger to be read where the backup goes")).ok()
}

/// An epoch no console can have seen. Where the ledger before cannot be asked, nobody knows how often it was restored: the
/// minutes since 1970 are more than it ever counted, and more each time.
fn next_epoch(backup: &State, old: Option<&Old>, now: i64) -> i64 {
    match old {
        Some(old) => backup.epoch.max(old.state.epoch) + 1,
        None => (backup.epoch + 1).max(now / MINUTE),
    }
}

/// Makes the copy a ledger of the new epoch; the number of consoles whose access ends again.
fn renew(place: &Place, runtime: &Handle, by: &By, epoch: i64, old: Option<&Old>) -> Result<u64, HubError> {
    let pool = Pool::new(place, runtime.clone())?;
    let mut engine = pool.get()?;
    let done = ledger::noted(engine.as_mut(), by, |engine, state, _| {
        engine.execute("UPDATE \"hub\" SET \"epoch\" = ?1 WHERE \"one\" = 1", &[Value::Int(epoch)])?;
        engine.execute("DELETE FROM \"code\"", &[])?;
        engine.execute("UPDATE \"device\" SET \"cursor\" = 0, \"cursor_at\" = NULL", &[])?;
        let revoked = revoke_again(engine, old)?;
        let before = match old {
            Some(old) => format!("{} of epoch {}", old.state.seq, old.state.epoch),
            None => "unknown".to_owned(),
        };
        let reason = format!(
            "epoch {epoch} begins at number {} of epoch {}; the ledger before stood at {before}",
            state.seq, state.epoch
        );
        let target = state.hub_id;
        // From this record on the chain is of the new epoch.
        state.epoch = epoch;
        let target_code = epoch.to_string();
        Ok(Some(Deed { command: "hub.restore", target, target_code, reason, gives: revoked }))
    })?;
    Ok(done.unwrap_or(0))
}

fn revoke_again(engine: &mut dyn Engine, old: Option<&Old>) -> Result<u64, EngineError> {
    let sql = "UPDATE \"device\" SET \"revoked_at\" = ?1 WHERE \"id\" = ?2 AND \"revoked_at\" IS NULL";
    let mut ended = 0;
    for (id, at) in old.iter().flat_map(|o| &o.revoked) {
        ended += engine.execute(sql, &[Value::Int(*at), rows::blob(*id)])?;
    }
    Ok(ended)
}
