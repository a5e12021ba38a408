//! A copy of a ledger in a file while it serves: whole, checked as file and as ledger, on the disk, never over another file.
//!
//! Owns the copy only. That it is safe is for the operator to say, who knows where it lies.

use super::error::HubError;
use super::verify::{Verdict, Whole, ledger_in};
use super::{Watch, folder};
use crate::hub::engine::Place;
use crate::sqlite::{self, files};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Result};
use std::path::Path;
use tokio::runtime::Handle;

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub bytes: u64,
    /// What it holds.
    pub whole: Whole,
}

/// Copies the ledger in a place to `target`. A folder on a network gets the finished file only: SQLite never works there.
///
/// # Errors
/// When the ledger is on a server, `target` exists or cannot be written, or the copy does not check out; nothing is left then.
pub fn backup(
    place: &Place,
    target: &Path,
    runtime: &Handle,
    watch: &mut Watch<'_>,
) -> std::result::Result<Copied, HubError> {
    let Place::Sqlite(path) = place else { return Err(HubError::OnServer(place.clone())) };
    if target.exists() {
        return Err(HubError::Exists(target.to_path_buf()));
    }
    let system = |e: std::io::Error| HubError::io(target, &e);
    let far = sqlite::network_kind(folder(target)).is_some();
    let near = if far { folder(path) } else { folder(target) };
    let aside = tempfile::Builder::new().prefix(".gongfu-backup-").tempdir_in(near).map_err(system)?;
    let made = aside.path().join("hub.db");
    sqlite::copy(path, &made, target, &watch.stop).map_err(|e| HubError::file(e, place))?;
    let whole = match ledger_in(&Place::Sqlite(made.clone()), runtime, watch)? {
        Verdict::Whole(whole) => whole,
        Verdict::Broken(fault) => return Err(HubError::NotWhole { path: path.clone(), fault }),
    };
    let bytes = std::fs::metadata(&made).map_err(system)?.len();
    if far { carry(&made, target) } else { files::publish(&made, target) }.map_err(system)?;
    Ok(Copied { bytes, whole })
}

/// Carries a finished file to another file system: read back there before it gets its name.
pub(super) fn carry(from: &Path, to: &Path) -> Result<()> {
    let aside = tempfile::Builder::new().prefix(".gongfu-carry-").tempdir_in(folder(to))?;
    let there = aside.path().join("hub.db");
    files::create_private(&there)?;
    std::io::copy(&mut File::open(from)?, &mut File::options().write(true).open(&there)?)?;
    File::open(&there)?.sync_all()?;
    if hash(from)? != hash(&there)? {
        return Err(std::io::Error::other("what was written does not read back the same"));
    }
    files::publish(&there, to)
}

fn hash(path: &Path) -> Result<[u8; 32]> {
    let (mut file, mut sha, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(sha.finalize().into()),
            n => sha.update(&buffer[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_arrives_whole_and_takes_nobodys_name() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        std::fs::write(&from, vec![7; 200_000]).unwrap();
        carry(&from, &to).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), vec![7; 200_000]);
        std::fs::write(&from, "other").unwrap();
        assert_eq!(carry(&from, &to).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&to).unwrap().len(), 200_000);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside them");
    }
}
