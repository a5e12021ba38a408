//! Whether a hub serves a ledger: a lock on a file beside it, held by whoever serves or must have it alone.
//!
//! Owns the name of that file. The system lets go of the lock when its holder ends, however it ends; the file stays. A database
//! server keeps order itself, and several hubs may serve one database: nothing is held there.

use super::engine::Place;
use std::fs::File;
use std::io::Result;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Keeps a ledger for one holder until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

/// The file that is locked for a ledger in a file.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

impl Lock {
    /// Takes the lock of a place without waiting.
    ///
    /// # Errors
    /// `WouldBlock` when another holds it; what the system says otherwise.
    pub fn hold(place: &Place) -> Result<Lock> {
        let Place::Sqlite(path) = place else { return Ok(Lock { _file: None }) };
        let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(beside(path))?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
        Ok(Lock { _file: Some(file) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn one_holds_a_file_and_nobody_a_server() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::Sqlite(dir.path().join("hub.db"));
        let held = Lock::hold(&place).unwrap();
        assert_eq!(Lock::hold(&place).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(held);
        Lock::hold(&place).unwrap();
        let server = Place::parse("postgres://hub@db/gongfu").unwrap();
        let _both = (Lock::hold(&server).unwrap(), Lock::hold(&server).unwrap());
    }
}
