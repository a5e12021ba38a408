//! The command line: one file per subcommand, the same rows, rules and words as the screens.
//!
//! Owns reading arguments, exit codes and what goes to stdout and stderr. Decides nothing: commands go to the store.
//! Called by `main` alone.

mod actor;
pub mod args;
mod audit;
mod backup;
mod catalog;
mod cell;
mod completions;
mod config;
mod conflicts;
mod console;
mod context;
mod counter;
mod deed;
mod demo;
mod doctor;
mod edit;
mod enrol;
mod fail;
mod fields;
mod file;
pub mod help;
mod hub;
mod import;
mod incident;
mod init;
mod interrupt;
pub mod keys;
mod list;
mod logs;
mod man;
mod out;
mod outbox;
mod pack;
mod progress;
mod proof;
mod rebuild;
mod show;
mod status;
mod sync;
mod table;
mod themes;
mod usage;

pub use actor::actor;
pub use context::Context;
pub use fail::{Exit, Fail};
pub use fields::field_type;
pub use out::Out;

use crate::base::locale::{Lang, Locale};
use crate::domain::rows::Kind;
use args::{Cli, Sub, SupplierAct};
use clap::FromArgMatches;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

/// Runs the program with these arguments, the first of which is its name.
pub fn main(args: Vec<OsString>) -> ExitCode {
    let json = flag(&args, "--json");
    let locale = Arc::new(Locale::new(help_language(&args)));
    let read = |command: clap::Command| command.try_get_matches_from(&args).and_then(|m| Cli::from_arg_matches(&m));
    let cli = match read(help::bare()).or_else(|_| read(help::command(&locale))) {
        Ok(cli) => cli,
        Err(error) => return usage::answer(&error, &locale, json).into(),
    };
    let exit = match Context::new(&cli, &locale) {
        Ok(context) => run(&context, cli.sub).unwrap_or_else(|fail| out::complain(&fail, &context.locale, json)),
        Err(fail) => out::complain(&fail, &locale, json),
    };
    exit.into()
}

fn run(context: &Context, sub: Option<Sub>) -> Result<Exit, Fail> {
    // Dropped on return, so that the last lines reach the file.
    let _logs = logs::start(context, !matches!(sub, Some(Sub::Completions { .. } | Sub::Man { .. })));
    match sub {
        None => console::run(context),
        Some(Sub::Status) => status::run(context),
        Some(Sub::List(args)) => list::run(context, &args),
        Some(Sub::Show { kind, code }) => show::run(context, &kind, &code),
        Some(Sub::Catalog { act }) => catalog::run(context, &act),
        Some(Sub::Incident { act }) => incident::run(context, &act),
        Some(Sub::Counter { act }) => counter::run(context, &act),
        Some(Sub::Supplier { act: SupplierAct::Edit(args) }) => edit::run(context, Kind::Supplier, &args),
        Some(Sub::Edition { act }) => counter::edition(context, &act),
        Some(Sub::Audit { act }) => audit::run(context, &act),
        Some(Sub::Config { act }) => config::run(context, &act),
        Some(Sub::Keys) => keys::run(context, &keys::rows(context)?),
        Some(Sub::Themes) => themes::run(context),
        Some(Sub::Doctor) => doctor::run(context),
        Some(Sub::Backup { file }) => backup::run(context, &file),
        Some(Sub::Completions { shell }) => completions::run(context, shell),
        Some(Sub::Man { dir }) => man::run(context, &dir),
        Some(Sub::Demo(args)) => demo::run(context, &args),
        Some(Sub::Hub { act }) => hub::run(context, &act),
        Some(Sub::Init { org, force }) => init::run(context, &org, force),
        Some(Sub::Enrol(args)) => enrol::run(context, &args),
        Some(Sub::Sync { rebuild: true, .. }) => rebuild::run(context),
        Some(Sub::Sync { watch, .. }) => sync::run(context, watch),
        Some(Sub::Outbox { act }) => outbox::run(context, &act),
        Some(Sub::Conflicts { count, act }) => conflicts::run(context, count, act.as_ref()),
        Some(Sub::Pack { act }) => pack::run(context, &act),
        Some(Sub::Sim(args)) => proof::sim(context, &args),
        Some(Sub::Bench { act }) => proof::bench(context, &act),
        Some(Sub::Test { act }) => proof::test(context, &act),
        Some(Sub::Import { what }) => import::run(context, &what),
    }
}

/// Whether an argument stands among those before `--`.
fn flag(args: &[OsString], name: &str) -> bool {
    args.iter().skip(1).take_while(|a| *a != "--").any(|a| a == name)
}

/// The language of help and of usage errors: `--lang`, then `GONGFU_LANG`, then Chinese. Known before the arguments are
/// read, since reading them needs the words.
fn help_language(args: &[OsString]) -> Lang {
    let mut typed = args.iter().skip(1).take_while(|a| *a != "--").filter_map(|a| a.to_str());
    let mut found = None;
    while let Some(word) = typed.next() {
        if word == "--lang" {
            found = typed.next();
        } else if let Some(value) = word.strip_prefix("--lang=") {
            found = Some(value);
        }
    }
    let variable = std::env::var("GONGFU_LANG").ok();
    let machine = context::machine_language();
    let asked = found.or(variable.as_deref()).and_then(|t| if t == "auto" { machine.as_deref() } else { Some(t) });
    asked.and_then(Lang::parse).unwrap_or(Lang::Zh)
}
