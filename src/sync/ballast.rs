//! Room kept back on the disk of a console: a file that goes when the disk is full, so that what waits can still leave.
//!
//! Owns that file and how little room is too little for more rows. Must not touch the database.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Name of the file.
pub const FILE: &str = "ballast";
/// Its bytes: answers to thousands of orders.
const BYTES: usize = 4 << 20;
/// With less than this free, in bytes, no rows are fetched: what is left is for the orders of people.
const LEAST: u64 = 64 << 20;

/// The ballast of a directory.
pub struct Ballast {
    path: PathBuf,
}

impl Ballast {
    /// That of `dir`; laid when there is none and room enough.
    pub fn of(dir: &Path) -> Ballast {
        let ballast = Ballast { path: dir.join(FILE) };
        ballast.lay();
        ballast
    }

    /// Whether there is room for more rows; where there is, the ballast is laid again.
    pub fn has_room(&self) -> bool {
        let room = free(&self.path).is_none_or(|bytes| bytes >= LEAST);
        if room {
            self.lay();
        }
        room
    }

    /// Gives its room free; whether there was any.
    pub fn drop_it(&self) -> bool {
        let gone = std::fs::remove_file(&self.path).is_ok();
        if gone {
            tracing::warn!("the disk is full; the room kept for that is given free");
        }
        gone
    }

    fn lay(&self) {
        if self.path.exists() || free(&self.path).is_some_and(|bytes| bytes < LEAST) {
            return;
        }
        let laid = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&self.path).and_then(fill);
        if let Err(e) = laid {
            tracing::warn!(error = %e, "no room is kept back on the disk");
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Written out, for a file with a hole in it keeps nothing back.
fn fill(mut file: File) -> std::io::Result<()> {
    let some = [0x67; 64 << 10];
    for _ in 0..BYTES / some.len() {
        file.write_all(&some)?;
    }
    Ok(())
}

/// Bytes that are free for us where a file lies; nothing when the system does not say.
fn free(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path.parent()?).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_back_given_free_once_and_kept_back_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join(FILE);
        let ballast = Ballast::of(dir.path());
        assert_eq!(std::fs::metadata(&file).expect("laid").len(), BYTES as u64);
        assert!(ballast.drop_it() && !file.exists());
        assert!(!ballast.drop_it(), "there is none any more");
        assert!(ballast.has_room() && file.exists(), "laid again where there is room");
        assert_eq!(free(Path::new("/nowhere/at/all")), None);
    }
}
