//! `gongfu demo`: a province of data to look at, in a directory of its own.
//!
//! Without `--keep` the directory is temporary and goes away with the program. A directory that holds anything but a
//! demo is never touched.

mod colleagues;
mod hub;

use super::args::DemoArgs;
use super::context::{self, Context};
use super::fail::{Exit, Fail};
use super::{console, interrupt, out, progress, status};
use crate::setup::{self, Stage};
use crate::sqlite::{self, DbError, Stop, Use};
use crate::store::{self, setting};
use std::path::{Path, PathBuf};

/// Largest scale: 16 million entries is more than any disk we know of wants.
const MAX_SCALE: u32 = 10_000;
/// Seed unless asked otherwise.
pub(super) const DEFAULT_SEED: u64 = 2020;

/// Runs `demo`.
pub(super) fn run(context: &Context, args: &DemoArgs) -> Result<Exit, Fail> {
    if !(1..=MAX_SCALE).contains(&args.scale) {
        let values = [("scale", args.scale.to_string()), ("max", MAX_SCALE.to_string())];
        return Err(context.fail(Exit::Usage, "demo-scale", &values));
    }
    // Before anything is made that would have to go again.
    let stop = interrupt::flag();
    let (dir, _temporary) = directory(context, args)?;
    if !dir.join(store::FILE).exists() {
        build(context, args, &dir, &stop)?;
    } else if !is_demo(&dir, context)? {
        return Err(context.fail(Exit::Input, "demo-not-demo", &[("path", dir.display().to_string())]));
    } else if (args.scale, args.seed) != (1, DEFAULT_SEED) {
        return Err(context.fail(Exit::Input, "demo-exists", &[("path", dir.display().to_string())]));
    }
    let context = context.in_demo(dir);
    if args.no_tui || context.json {
        return status::run(&context);
    }
    if !console::has_terminal() {
        if !context.quiet {
            out::note(&context.locale.tr("cli-note-no-terminal"));
        }
        return status::run(&context);
    }
    // The console is worth having without them: a machine with no port left shows the province all the same.
    let hub = (!args.alone && !context.read_only && context.may_stamp().is_ok()).then(|| hub::start(&context));
    let _hub = hub.transpose().inspect_err(|e| tracing::warn!(why = e.message, "the demo has no hub"));
    console::open(&context)
}

fn directory(context: &Context, args: &DemoArgs) -> Result<(PathBuf, Option<tempfile::TempDir>), Fail> {
    let failed = |path: &Path, e: std::io::Error| Fail::file(path, &e, &context.locale);
    if let Some(dir) = &args.keep {
        context::make_private(dir).map_err(|e| failed(dir, e))?;
        return Ok((dir.clone(), None));
    }
    let base = std::env::temp_dir();
    let made = tempfile::Builder::new().prefix("gongfu-demo-").tempdir_in(&base).map_err(|e| failed(&base, e))?;
    Ok((made.path().to_path_buf(), Some(made)))
}

fn is_demo(dir: &Path, context: &Context) -> Result<bool, Fail> {
    let path = dir.join(store::FILE);
    let failed = |e: DbError| Fail::db(&e, &context.locale);
    let db = sqlite::open(&path, Use::Read).map_err(failed)?;
    let mark = setting::get(&db, setting::DEMO).map_err(|e| failed(DbError::of(&path, &e)))?;
    Ok(mark.is_some())
}

fn build(context: &Context, args: &DemoArgs, dir: &Path, stop: &Stop) -> Result<(), Fail> {
    let bar = progress::Bar::new(context, "cli-demo-building");
    let made = setup::demo_until(dir, args.seed, args.scale, stop, |stage| match stage {
        Stage::Rows { done, expected } => bar.at(done, expected),
        Stage::Indices { done, of } => {
            bar.say("cli-demo-indexing");
            bar.at(done as u64, of as u64);
        }
    });
    bar.finish();
    made.map(|_| ()).map_err(|e| Fail::setup(&e, &context.locale))
}
