//! `gongfu completions`: what a shell completes, for bash, zsh, fish, elvish and PowerShell.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::help;
use super::out::Out;
use clap_complete::Shell;
use serde_json::json;
use std::io::Write;

/// Runs `completions`.
pub(super) fn run(context: &Context, shell: Shell) -> Result<Exit, Fail> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut help::command(&context.locale), "gongfu", &mut script);
    if context.json {
        let document = json!({ "shell": shell.to_string(), "script": String::from_utf8_lossy(&script) });
        return Out::new().json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let mut out = Out::new();
    out.write_all(&script)?;
    out.done()
}
