//! A ledger's audit into a file that gets its name when it is whole, and takes nobody's place.

use super::error::HubError;
use super::{Watch, folder, with};
use crate::hub::engine::Place;
use crate::hub::export::{ExportError, export as write};
use crate::sqlite::files;
use crate::wire::export::Header;
use std::fs::File;
use std::path::Path;
use tokio::runtime::Handle;

/// Exports the audit of the ledger in a place to `target`, which its owner alone may read: it names people.
///
/// # Errors
/// When there is no ledger, `target` exists or cannot be written; nothing is left then.
pub fn export(
    place: &Place,
    target: &Path,
    runtime: &Handle,
    now: i64,
    watch: &mut Watch<'_>,
) -> Result<Header, HubError> {
    if target.exists() {
        return Err(HubError::Exists(target.to_path_buf()));
    }
    let system = |e: std::io::Error| HubError::io(target, &e);
    let aside = tempfile::Builder::new().prefix(".gongfu-export-").tempdir_in(folder(target)).map_err(system)?;
    let made = aside.path().join("audit");
    files::create_private(&made).map_err(system)?;
    let file = File::options().write(true).open(&made).map_err(system)?;
    let header = with(place, runtime, true, |engine| {
        let mut each = |done, of| watch.at(done, of).is_ok();
        write(engine, now, &file, &mut each).map_err(|e| match e {
            ExportError::Ledger(e) => e.into(),
            ExportError::Io(e) => system(e),
            ExportError::Stopped => HubError::Stopped,
        })
    })?;
    file.sync_all().map_err(system)?;
    files::publish(&made, target).map_err(system)?;
    Ok(header)
}
