//! The files that support an incident, kept beside the database under the SHA-256 of what is in them.
//!
//! Owns the folder `evidence/`: a file that is there is whole and is never written again. The row that names a file is
//! the domain's; a file comes first, so that no row ever names what is not there.

use crate::domain::actor::Actor;
use crate::domain::codes::EvidenceKind;
use crate::domain::command::Command;
use crate::domain::refusal::Refusal;
use crate::store::audit::hex;
use crate::store::{Done, Store, StoreError};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Largest file: a scan of some pages or a photo (domain section 4).
pub const LARGEST: u64 = 20 << 20;
/// Name of the folder beside the database.
pub const FOLDER: &str = "evidence";

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of the content in hex.
    pub sha256: String,
    pub bytes: u64,
    path: PathBuf,
    /// It was not there before.
    fresh: bool,
}

impl Kept {
    /// Takes the file away again when the change that was to name it was refused; one that others name stays.
    pub fn discard(&self) {
        if self.fresh {
            // What cannot be removed is a file nobody names: `doctor` says so.
            let _ = std::fs::remove_file(&self.path);
            // Only an empty folder goes.
            let _ = self.path.parent().map(std::fs::remove_dir);
        }
    }
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

/// Where the file with this hash lies below the data directory.
pub fn path_of(data_dir: &Path, sha256: &str) -> PathBuf {
    let folder = sha256.get(..2).unwrap_or("--");
    data_dir.join(FOLDER).join(folder).join(sha256)
}

/// Copies `file` beside the database of `data_dir`: read once, hashed as it is copied, on the disk under its hash when
/// this returns. The same content again is the same file.
///
/// # Errors
/// Which file, and what is wrong with it; nothing is left behind then.
pub fn keep(data_dir: &Path, file: &Path) -> Result<Kept, NotKept> {
    let unreadable = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => NotKept::new("evidence-absent", file, ""),
        _ => NotKept::new("evidence-unreadable", file, e),
    };
    // Without waiting: a pipe nobody writes to would hold the program for ever.
    let nonblock = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let mut source = OpenOptions::new().read(true).custom_flags(nonblock).open(file).map_err(unreadable)?;
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
    let mut copy = tempfile::Builder::new().prefix(".part-").tempfile_in(&folder).map_err(unwritable)?;
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
    Ok(Kept { sha256, bytes, path, fresh })
}

/// Puts a content that can be made again into the folder, for the demo: not waited for to be on the disk.
///
/// # Errors
/// What the system says.
pub fn put(data_dir: &Path, content: &[u8]) -> std::io::Result<()> {
    let path = path_of(data_dir, &hex(&Sha256::digest(content)));
    make_folder(path.parent().unwrap_or(data_dir))?;
    std::fs::write(path, content)
}

/// Keeps a file and attaches it to an incident; a refused change takes the file away again.
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
    let data_dir = store.path().parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let kept = match keep(&data_dir, file) {
        Ok(kept) => kept,
        Err(why) => return Err(StoreError::Refused(Refusal { code: why.code, args: why.args().into() })),
    };
    let bytes = i64::try_from(kept.bytes).unwrap_or(i64::MAX);
    let command = Command::AddEvidence { incident, kind, title, sha256: kept.sha256.clone(), bytes };
    let result = store.submit_wait(actor, vec![command]);
    if matches!(result, Err(StoreError::Refused(_))) {
        kept.discard();
    }
    result
}

/// Whether the file with this hash is there and still has it.
pub fn is_whole(data_dir: &Path, sha256: &str) -> bool {
    let hash = |mut file: File| copy_hashed(&mut file, &mut std::io::sink()).ok();
    File::open(path_of(data_dir, sha256)).ok().and_then(hash).is_some_and(|(found, _)| found == sha256)
}

/// Copies the folder beside a backup; files that are there already are left. Gives how many were copied.
///
/// # Errors
/// What the system says.
pub fn copy_folder(data_dir: &Path, to: &Path) -> std::io::Result<u64> {
    let from = data_dir.join(FOLDER);
    let Ok(folders) = std::fs::read_dir(&from) else { return Ok(0) };
    let mut copied = 0;
    for folder in folders {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        let target = to.join(folder.file_name().unwrap_or_default());
        make_folder(&target)?;
        for file in std::fs::read_dir(&folder)? {
            let file = file?.path();
            let name = target.join(file.file_name().unwrap_or_default());
            if !name.exists() {
                std::fs::copy(&file, &name)?;
                File::open(&name)?.sync_all()?;
                copied += 1;
            }
        }
    }
    Ok(copied)
}

/// A folder only its owner may enter: evidence names people.
fn make_folder(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

enum Copied {
    Read(std::io::Error),
    Write(std::io::Error),
}

/// Copies at most a little more than the largest file; gives hash and size.
fn copy_hashed(from: &mut impl Read, to: &mut impl Write) -> Result<(String, u64), Copied> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    let mut bytes = 0_u64;
    while bytes <= LARGEST {
        let n = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Err(Copied::Read(e)),
        };
        hash.update(&buffer[..n]);
        to.write_all(&buffer[..n]).map_err(Copied::Write)?;
        bytes += u64::try_from(n).unwrap_or(0);
    }
    Ok((hex(&hash.finalize()), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_under_its_hash_and_found_damaged_when_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("报告.pdf");
        std::fs::write(&file, "abc").unwrap();
        let kept = keep(dir.path(), &file).unwrap();
        assert_eq!(kept.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let path = path_of(dir.path(), &kept.sha256);
        assert!(path.ends_with("evidence/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        let again = keep(dir.path(), &file).unwrap();
        assert!(kept.fresh && !again.fresh);
        again.discard();
        assert!(is_whole(dir.path(), &kept.sha256), "what others name stays");
        std::fs::write(&path, "abd").unwrap();
        assert!(!is_whole(dir.path(), &kept.sha256));
        assert_eq!(keep(dir.path(), &file).unwrap_err().code, "evidence-damaged");
        let left: Vec<_> = std::fs::read_dir(dir.path().join(FOLDER)).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "no half-written file is left: {left:?}");
    }

    #[test]
    fn what_cannot_be_evidence_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("empty"), "").unwrap();
        let big = File::create(at("big")).unwrap();
        big.set_len(LARGEST + 1).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        std::fs::create_dir(at("folder")).unwrap();
        for (name, code) in [
            ("nothing", "evidence-absent"),
            ("empty", "evidence-empty"),
            ("big", "evidence-too-big"),
            ("pipe", "evidence-not-a-file"),
            ("folder", "evidence-not-a-file"),
        ] {
            assert_eq!(keep(dir.path(), &at(name)).unwrap_err().code, code, "{name}");
        }
        let just = File::create(at("just")).unwrap();
        just.set_len(LARGEST).unwrap();
        assert_eq!(keep(dir.path(), &at("just")).unwrap().bytes, LARGEST);
    }
}
