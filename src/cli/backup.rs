//! `gongfu backup`: a whole and checked copy of the database, made while it is in use.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::interrupt;
use super::out::Out;
use crate::setup::evidence;
use serde_json::json;
use std::path::Path;

/// Runs `backup`.
pub(super) fn run(context: &Context, file: &Path) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let bytes = store.backup_until(file, &interrupt::flag()).map_err(|e| Fail::store(&e, &context.locale))?;
    // Beside the copy, where a database that is put back finds them again.
    let mut folder = file.as_os_str().to_owned();
    folder.push(".evidence");
    let files = evidence::copy_folder(&context.data_dir, Path::new(&folder))
        .map_err(|e| Fail::file(Path::new(&folder), &e, &context.locale))?;
    let mut out = Out::new();
    let path = file.display().to_string();
    if context.json {
        let document = json!({ "done": true, "path": path, "bytes": bytes, "evidence": files });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        let (bytes, files) = (bytes.to_string(), files.to_string());
        let args = [("path", path.as_str()), ("bytes", &bytes), ("files", &files)];
        out.line(&context.locale.tr_with("cli-backup-done", &args))?;
    }
    out.done()
}
