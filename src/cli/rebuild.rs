//! `gongfu sync --rebuild`: a console whose database is damaged gets a new one from its hub, with the orders of the old.

use super::context::Context;
use super::enrol;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::progress::Bar;
use super::{interrupt, sync};
use crate::sync::rebuild::{self, RebuildError, Rebuilt};
use serde_json::json;

/// Runs `sync --rebuild`.
pub(super) fn run(context: &Context) -> Result<Exit, Fail> {
    if context.read_only {
        return Err(context.fail(Exit::Usage, "sync-read-only", &[]));
    }
    let key = sync::key(context)?;
    let bar = Bar::new(context, "cli-sync-rows");
    let told = |stage| enrol::show_stage(&bar, stage);
    let done = rebuild::rebuild(&context.data_dir, &key, context.clock(), &interrupt::flag(), told);
    bar.finish();
    let path = || ("path", context.data_dir.display().to_string());
    let done = done.map_err(|e| match e {
        RebuildError::Whole => context.fail(Exit::Refused, "rebuild-whole", &[path()]),
        RebuildError::Busy => context.fail(Exit::Refused, "rebuild-busy", &[path()]),
        RebuildError::First(e) => enrol::fail(context, e, &key.url),
    })?;
    tell(context, &done)
}

fn tell(context: &Context, done: &Rebuilt) -> Result<Exit, Fail> {
    let Rebuilt { aside, orders, unreadable, rows } = done;
    let exit = if unreadable.is_empty() { Exit::Done } else { Exit::Partial };
    let mut out = Out::new();
    if context.json {
        let document = json!({
            "done": true, "aside": aside.display().to_string(), "orders": orders, "unreadable": unreadable, "rows": rows,
        });
        return out.json(&document).map(|()| exit).map_err(Into::into);
    }
    let numbers = unreadable.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    let aside = aside.display().to_string();
    let (orders, rows) = (orders.to_string(), rows.to_string());
    let args = [("aside", aside.as_str()), ("orders", &orders), ("rows", &rows), ("numbers", &numbers)];
    out.line(&context.locale.tr_with("cli-rebuild-done", &args))?;
    if !unreadable.is_empty() {
        out.line(&context.locale.tr_with("cli-rebuild-unreadable", &args))?;
    }
    out.done().map(|_| exit)
}
