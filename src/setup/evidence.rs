//! The files that support an incident, kept beside the database under the SHA-256 of what is in them.
//!
//! Owns the folder `evidence/`: a file that is there is whole and is never written again. The row that names a file is
//! the domain's; a file comes first, so that no row ever names what is not there, and one process at a time keeps files,
//! so that none takes away what another has just named. Decides nothing; console and command line call [`attach`].

mod folder;

pub use folder::{FOLDER, LARGEST, copy_folder, is_whole, path_of, put};

use crate::domain::actor::Actor;
use crate::domain::codes::EvidenceKind;
use crate::domain::command::Command;
use crate::domain::refusal::Refusal;
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::domain::work::Rows;
use crate::sqlite::files;
use crate::store::rows::SqlRows;
use crate::store::{Done, Store, StoreError};
use folder::{Copied, PART, copy_hashed, make_folder, sweep};
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// How often and after what pause to look whether another process is done with the folder: ten seconds in all.
const HELD_TRIES: u32 = 200;
const HELD_PAUSE: Duration = Duration::from_millis(50);

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of the content in hex.
    pub sha256: String,
    pub bytes: u64,
    path: PathBuf,
}

/// Why a file cannot be kept; the locale files hold `refusal-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {code} {why}")]
pub struct NotKept {
    pub code: &'static str,
    pub path: String,
    pub why: String,
}

impl NotKept {
    fn new(code: &'static str, path: &Path, why: impl ToString) -> NotKept {
        NotKept { code, path: path.display().to_string(), why: why.to_string() }
    }

    /// The values its sentence names.
    pub fn args(&self) -> [(&'static str, String); 2] {
        [("path", self.path.clone()), ("why", self.why.clone())]
    }
}

/// Copies `file` beside the database of `data_dir`: read once, hashed as it is copied, on the disk under its hash when
/// this returns. The same content again is the same file.
///
/// # Errors
/// Which file, and what is wrong with it; nothing is left behind then.
pub fn keep(data_dir: &Path, file: &Path) -> Result<Kept, NotKept> {
    let unreadable = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => NotKept::new("evidence-absent", file, ""),
        _ if e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            NotKept::new("evidence-not-a-file", file, "")
        }
        _ => NotKept::new("evidence-unreadable", file, e),
    };
    let mut source = open(file).map_err(unreadable)?;
    let before = source.metadata().map_err(unreadable)?;
    if !before.is_file() {
        return Err(NotKept::new("evidence-not-a-file", file, ""));
    }
    if before.len() > LARGEST {
        return Err(NotKept::new("evidence-too-big", file, before.len()));
    }
    let folder = data_dir.join(FOLDER);
    let unwritable = |e: std::io::Error| NotKept::new("evidence-unwritable", &folder, e);
    make_folder(&folder).map_err(unwritable)?;
    let mut copy = tempfile::Builder::new().prefix(PART).tempfile_in(&folder).map_err(unwritable)?;
    let (sha256, bytes) = copy_hashed(&mut source, copy.as_file_mut()).map_err(|e| match e {
        Copied::Read(e) => unreadable(e),
        Copied::Write(e) => unwritable(e),
    })?;
    let after = source.metadata().map_err(unreadable)?;
    if bytes != before.len() || after.modified().ok() != before.modified().ok() {
        return Err(NotKept::new("evidence-changed", file, ""));
    }
    if bytes == 0 {
        return Err(NotKept::new("evidence-empty", file, ""));
    }
    let path = path_of(data_dir, &sha256);
    let parent = path.parent().unwrap_or(&folder).to_path_buf();
    make_folder(&parent).map_err(unwritable)?;
    copy.as_file().sync_all().map_err(unwritable)?;
    let fresh = match copy.persist_noclobber(&path) {
        Ok(_) => true,
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => false,
        Err(e) => return Err(unwritable(e.error)),
    };
    File::open(&parent).and_then(|d| d.sync_all()).map_err(unwritable)?;
    if !fresh && !is_whole(data_dir, &sha256) {
        return Err(NotKept::new("evidence-damaged", &path, ""));
    }
    Ok(Kept { sha256, bytes, path })
}

/// Opens a file without following a link in its place, which may lead anywhere, and without waiting: a pipe nobody
/// writes to would hold the program for ever.
fn open(file: &Path) -> std::io::Result<File> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    OpenOptions::new().read(true).custom_flags(i32::try_from(flags.bits()).unwrap_or(0)).open(file)
}

/// Keeps a file and attaches it to an incident; a refused change takes the file away again unless another evidence is
/// the same file.
///
/// # Errors
/// What is wrong with the file, as a refusal; what the store says.
pub fn attach(
    store: &Store,
    actor: &Actor,
    incident: Uuid,
    (kind, title): (EvidenceKind, String),
    file: &Path,
) -> Result<Done, StoreError> {
    if store.is_read_only() {
        return Err(StoreError::read_only());
    }
    let refused = |why: NotKept| StoreError::Refused(Refusal { code: why.code, args: why.args().into() });
    let data_dir = store.path().parent().map_or_else(PathBuf::new, Path::to_path_buf);
    // Held until the row is written or refused, see `forget`.
    let _alone = alone(&data_dir).map_err(refused)?;
    let kept = keep(&data_dir, file).map_err(refused)?;
    let bytes = i64::try_from(kept.bytes).unwrap_or(i64::MAX);
    let command = Command::AddEvidence { incident, kind, title, sha256: kept.sha256.clone(), bytes };
    let result = store.submit_wait(actor, vec![command]);
    if matches!(result, Err(StoreError::Refused(_))) {
        forget(store, &kept);
    }
    result
}

/// Keeps other processes from keeping files until the value is dropped; waits while one does, but not for ever.
fn alone(data_dir: &Path) -> Result<File, NotKept> {
    let folder = data_dir.join(FOLDER);
    let unwritable = |e: std::io::Error| NotKept::new("evidence-unwritable", &folder, e);
    make_folder(&folder).map_err(unwritable)?;
    let mut tries = 0;
    loop {
        match files::hold(&folder) {
            Err(e) if e.kind() == ErrorKind::WouldBlock && tries < HELD_TRIES => tries += 1,
            other => {
                let held = other.map_err(unwritable)?;
                sweep(&folder);
                return Ok(held);
            }
        }
        std::thread::sleep(HELD_PAUSE);
    }
}

/// Takes away a file whose row was refused. A file that any row names stays, also when that cannot be told.
fn forget(store: &Store, kept: &Kept) {
    let Ok(db) = store.connect() else { return };
    let (rows, hash) = (SqlRows::new(&db), Value::Text(kept.sha256.clone()));
    let nobody = |kind| rows.find(kind, "sha256", &hash).is_ok_and(|found| found.is_empty());
    if [Kind::Evidence, Kind::PurchaseEvidence].into_iter().all(nobody) {
        // One that cannot be removed is only a file too many: its name is its hash, so it serves whoever attaches it.
        let _ = std::fs::remove_file(&kept.path);
        // Only an empty folder goes.
        let _ = kept.path.parent().map(std::fs::remove_dir);
    }
}

#[cfg(test)]
mod tests;
