//! The folder of the kept files: where each lies, whether it is whole, a copy beside a backup.
//!
//! Owns names and bytes below `evidence/`. Must not know what a file is evidence of.

use crate::wire::record::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Largest file: a scan of some pages or a photo (domain section 4).
pub const LARGEST: u64 = 20 << 20;
/// Name of the folder beside the database.
pub const FOLDER: &str = "evidence";
/// How the name of a file begins that is not whole yet.
pub(super) const PART: &str = ".part-";

/// Where the file with this hash lies below the data directory.
pub fn path_of(data_dir: &Path, sha256: &str) -> PathBuf {
    let folder = sha256.get(..2).unwrap_or("--");
    data_dir.join(FOLDER).join(folder).join(sha256)
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

/// Whether the file with this hash is there and still has it.
pub fn is_whole(data_dir: &Path, sha256: &str) -> bool {
    let hash = |mut file: File| copy_hashed(&mut file, &mut std::io::sink()).ok();
    File::open(path_of(data_dir, sha256)).ok().and_then(hash).is_some_and(|(found, _)| found == sha256)
}

/// Copies the folder beside a backup; files that are there already are left. Gives how many were copied.
///
/// # Errors
/// What the system says; what was copied until then is whole.
pub fn copy_folder(data_dir: &Path, to: &Path) -> std::io::Result<u64> {
    let from = data_dir.join(FOLDER);
    let Ok(folders) = std::fs::read_dir(&from) else { return Ok(0) };
    let mut copied = 0;
    for folder in folders {
        let folder = folder?.path();
        // What is half copied lies beside the folders.
        if !folder.is_dir() {
            continue;
        }
        let target = to.join(folder.file_name().unwrap_or_default());
        make_folder(to)?;
        make_folder(&target)?;
        for file in std::fs::read_dir(&folder)? {
            let file = file?.path();
            let name = target.join(file.file_name().unwrap_or_default());
            if !name.exists() {
                let mut copy = tempfile::Builder::new().prefix(PART).tempfile_in(to)?;
                std::io::copy(&mut File::open(&file)?, copy.as_file_mut())?;
                copy.as_file().sync_all()?;
                copy.persist(&name).map_err(|e| e.error)?;
                copied += 1;
            }
        }
        File::open(&target)?.sync_all()?;
    }
    Ok(copied)
}

/// Removes what copies that were cut off left; only for who holds the folder.
pub(super) fn sweep(folder: &Path) {
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if file.file_name().to_string_lossy().starts_with(PART) {
            // Tried again the next time.
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// A folder only its owner may enter: evidence names people. Its own name is on the disk, too, when this returns.
pub(super) fn make_folder(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    path.parent().map_or(Ok(()), |p| File::open(if p.as_os_str().is_empty() { Path::new(".") } else { p })?.sync_all())
}

/// Which side of a copy failed.
pub(super) enum Copied {
    Read(std::io::Error),
    Write(std::io::Error),
}

/// Copies at most a little more than the largest file; gives hash and size.
pub(super) fn copy_hashed(from: &mut impl Read, to: &mut impl Write) -> Result<(String, u64), Copied> {
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
