//! `gongfu man`: manual pages, one per subcommand.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::help;
use super::out::Out;
use std::path::Path;

/// Runs `man`.
pub(super) fn run(context: &Context, dir: &Path) -> Result<Exit, Fail> {
    let failed = |e: std::io::Error| Fail::file(dir, &e, &context.locale);
    std::fs::create_dir_all(dir).map_err(failed)?;
    let command = help::command(&context.locale).disable_help_subcommand(true);
    clap_mangen::generate_to(command, dir).map_err(failed)?;
    let mut out = Out::new();
    if !context.quiet && !context.json {
        out.line(&context.locale.tr_with("cli-man-done", &[("path", &dir.display().to_string())]))?;
    }
    out.done()
}
