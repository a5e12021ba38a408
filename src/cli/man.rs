//! `gongfu man`: manual pages, one per subcommand.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::help;
use super::out::Out;
use serde_json::json;
use std::path::Path;

/// Runs `man`.
pub(super) fn run(context: &Context, dir: &Path) -> Result<Exit, Fail> {
    let failed = |e: std::io::Error| Fail::file(dir, &e, &context.locale);
    std::fs::create_dir_all(dir).map_err(failed)?;
    let command = help::command(&context.locale).disable_help_subcommand(true);
    clap_mangen::generate_to(command, dir).map_err(failed)?;
    if context.json {
        return Out::new()
            .json(&json!({ "dir": dir, "pages": pages(dir).map_err(failed)? }))
            .map(|()| Exit::Done)
            .map_err(Into::into);
    }
    let mut out = Out::new();
    if !context.quiet {
        out.line(&context.locale.tr_with("cli-man-done", &[("path", &dir.display().to_string())]))?;
    }
    out.done()
}

/// Names of the pages in a directory, in order.
fn pages(dir: &Path) -> std::io::Result<Vec<String>> {
    let names = std::fs::read_dir(dir)?.map(|e| Ok(e?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<std::io::Result<Vec<String>>>()?;
    names.retain(|n| n.starts_with("gongfu") && n.ends_with(".1"));
    names.sort();
    Ok(names)
}
