//! The files around a database: what lies beside it, what an old one left, and how a new one gets its name.
//!
//! A finished file takes its name in one step, and replaces another only where that is asked for (`replace_private`).

use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Endings of the files SQLite keeps beside a database.
const ENDINGS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// The file beside a database with this ending.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// The file with unfinished changes that a database which is gone left beside its name.
pub fn leftover(path: &Path) -> Option<PathBuf> {
    // Looked for in this order: whoever makes a database has it before any file beside it.
    let left = ENDINGS[..2].iter().map(|e| beside(path, e)).find(|p| p.metadata().is_ok_and(|m| m.len() > 0))?;
    (!path.exists()).then_some(left)
}

/// A name beside `path` that neither a file nor anything beside one has.
pub fn free_aside(path: &Path) -> Option<PathBuf> {
    let name = |n: u32| beside(path, &format!(".old-{n}"));
    (1..10_000).map(name).find(|p| !p.exists() && ENDINGS.iter().all(|e| !beside(p, e).exists()))
}

/// Moves a database and what lies beside it to a free name, as far as it is there; gives that name.
///
/// # Errors
/// What the system says.
pub fn set_aside(path: &Path) -> Result<PathBuf> {
    let aside = free_aside(path).ok_or_else(|| Error::from(ErrorKind::AlreadyExists))?;
    // The database last: whatever ends this, it is not left without its write-ahead file under its own name.
    for ending in ENDINGS.into_iter().chain([""]) {
        let from = beside(path, ending);
        if from.exists() {
            std::fs::rename(&from, beside(&aside, ending))?;
        }
    }
    Ok(aside)
}

/// Gives the finished file `from` the name `to`, for good: what a database that is gone left beside the name is set
/// aside first, and the name is on the disk afterwards.
///
/// # Errors
/// `AlreadyExists` when there is a file of this name, also one that came a moment ago; what the system says otherwise.
pub fn publish(from: &Path, to: &Path) -> Result<()> {
    File::open(from).and_then(|f| f.sync_all())?;
    if leftover(to).is_some() {
        set_aside(to)?;
    }
    rename_new(from, to)?;
    let dir = to.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(dir).and_then(|d| d.sync_all())
}

fn rename_new(from: &Path, to: &Path) -> Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => link_new(from, to),
        other => other.map_err(Into::into),
    }
}

fn link_new(from: &Path, to: &Path) -> Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(e),
        // No links either: the name is taken first, and only what was put there is replaced.
        Err(_) => {
            create_private(to)?;
            std::fs::rename(from, to).inspect_err(|_| _ = std::fs::remove_file(to))
        }
    }
}

/// Makes an empty file that only its owner may read.
///
/// # Errors
/// `AlreadyExists` when there is one; what the system says otherwise.
pub fn create_private(path: &Path) -> Result<()> {
    File::options().write(true).create_new(true).mode(0o600).open(path).map(|_| ())
}

/// Puts a file that only its owner may read in the place of the one before, whole or not at all.
///
/// # Errors
/// What the system says; nothing half written stays then.
pub fn replace_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = beside(path, &format!(".{}", std::process::id()));
    // One that a broken-off run left behind.
    let _ = std::fs::remove_file(&temporary);
    create_private(&temporary)?;
    let write = || {
        let mut file = File::options().write(true).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().inspect_err(|_| _ = std::fs::remove_file(&temporary))
}

/// Holds a directory against other processes that would make a database in it, until the value is dropped.
///
/// # Errors
/// `WouldBlock` when another holds it; what the system says otherwise.
pub fn hold(dir: &Path) -> Result<File> {
    let dir = File::open(if dir.as_os_str().is_empty() { Path::new(".") } else { dir })?;
    rustix::fs::flock(&dir, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_once_whatever_the_file_system_can() {
        for give in [rename_new, link_new] {
            let dir = tempfile::tempdir().unwrap();
            let (from, to) = (dir.path().join("from"), dir.path().join("to"));
            std::fs::write(&from, "new").unwrap();
            give(&from, &to).unwrap();
            assert!(!from.exists());
            std::fs::write(&from, "newer").unwrap();
            assert_eq!(give(&from, &to).unwrap_err().kind(), ErrorKind::AlreadyExists);
            assert_eq!(std::fs::read_to_string(&to).unwrap(), "new");
        }
    }

    #[test]
    fn what_is_set_aside_never_lands_on_what_was_set_aside_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        for (ending, text) in [("-wal", "one"), ("", "two"), ("-wal", "three")] {
            std::fs::write(beside(&path, ending), text).unwrap();
            set_aside(&path).unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!([read("x.db.old-1-wal"), read("x.db.old-2"), read("x.db.old-3-wal")], ["one", "two", "three"]);
    }

    #[test]
    fn one_at_a_time_holds_a_directory() {
        let dir = tempfile::tempdir().unwrap();
        let first = hold(dir.path()).unwrap();
        assert_eq!(hold(dir.path()).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(first);
        hold(dir.path()).unwrap();
    }
}
