//! Files that a subcommand writes for people.

use super::context::Context;
use super::fail::{Exit, Fail};
use std::io::Write;
use std::path::Path;

/// Writes the file whole or not at all; one that is there only with `force`.
///
/// # Errors
/// `out-exists`, exit 3; what the disk says.
pub(super) fn write(context: &Context, to: &Path, bytes: &[u8], force: bool) -> Result<(), Fail> {
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            context.fail(Exit::Input, "out-exists", &[("path", to.display().to_string())])
        }
        _ => Fail::file(to, &e, &context.locale),
    };
    let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let kept = if force { file.persist(to) } else { file.persist_noclobber(to) };
    kept.map(drop).map_err(|e| failed(e.error))
}
