//! The log: a file a day under `logs/` of the data directory, never the terminal.

use super::context::{self, Context};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Days of logs that are kept.
const KEEP: usize = 14;

/// Lines that wait for the disk at most. The room for them is laid out at every start: the usual 128,000 cost more than
/// all the rest of it.
const WAITING: usize = 1_000;

/// Starts logging when there is a data directory to log into; dropping the guard writes the last lines out. A log that
/// cannot be written stops nothing.
pub(super) fn start(context: &Context, wanted: bool) -> Option<WorkerGuard> {
    if !wanted || !context.data_dir.is_dir() || context.read_only {
        return None;
    }
    let dir = context.data_dir.join("logs");
    context::make_private(&dir).ok()?;
    // The appender complains on stderr about a directory it cannot read.
    std::fs::read_dir(&dir).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("gongfu")
        .filename_suffix("log")
        .max_log_files(KEEP)
        .build(dir)
        .ok()?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(file);
    let level = match context.verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt().with_writer(writer).with_ansi(false);
    // A filter compiles patterns, which takes longer than all the rest here: only when one is asked for.
    match std::env::var("GONGFU_LOG").ok().and_then(|f| EnvFilter::try_new(f).ok()) {
        Some(filter) => log.with_env_filter(filter).try_init().ok()?,
        None => log.with_max_level(level).try_init().ok()?,
    }
    Some(guard)
}
