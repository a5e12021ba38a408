//! The file `hub.key` beside the database: written once when the console enrols, read at every start.
//!
//! Owns where it lies and that only its owner may read it. The database holds no secret, so that a copy of it gives nobody access.

pub use crate::wire::key::Key;

use crate::sqlite::files;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// Name of the file inside a data directory.
pub const FILE: &str = "hub.key";

/// Where the key of a data directory lies.
pub fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// The key of a data directory; `None` for one that belongs to no hub.
///
/// # Errors
/// When it cannot be read, or is no key.
pub fn load(dir: &Path) -> std::io::Result<Option<Key>> {
    match std::fs::read_to_string(path(dir)) {
        Ok(text) => Key::read(&text).map(Some).map_err(|e| Error::new(ErrorKind::InvalidData, e.to_string())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Writes the key in the place of the one before, whole or not at all, for its owner only.
///
/// # Errors
/// What the system says.
pub fn save(dir: &Path, key: &Key) -> std::io::Result<()> {
    files::replace_private(&path(dir), key.to_text().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use uuid::Uuid;

    #[test]
    fn a_key_reads_back_and_is_its_owners() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(load(dir.path()).expect("read"), None);
        let key = Key {
            url: "https://hub".into(),
            hub: Uuid::from_u128(1),
            device: Uuid::from_u128(2),
            org: "sx_ftu".into(),
            org_name: "陕西省总工会".into(),
            role: "office".into(),
            token: "secret".into(),
            signer: String::new(),
            public: String::new(),
            seal: String::new(),
            ca: None,
            demo: false,
        };
        save(dir.path(), &key).expect("written");
        save(dir.path(), &Key { token: "other".into(), ..key.clone() }).expect("written again");
        assert_eq!(load(dir.path()).expect("read").map(|k| k.token), Some("other".into()));
        let mode = std::fs::metadata(path(dir.path())).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(path(dir.path()), "{").expect("written");
        assert_eq!(load(dir.path()).map_err(|e| e.kind()), Err(ErrorKind::InvalidData));
    }
}
