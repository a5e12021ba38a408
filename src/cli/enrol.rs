//! `gongfu enrol`: makes this data directory a console of a hub, by a one-time code; then all rows come.

use super::args::EnrolArgs;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::{interrupt, progress, sync};
use crate::store::link::trouble;
use crate::sync::first::{FirstError, Home, Stage};
use crate::sync::http::BadAddress;
use crate::sync::join::{self, JoinError, Step, Wanted};
use crate::sync::key::Key;
use serde_json::json;

/// Runs `enrol`.
pub(super) fn run(context: &Context, args: &EnrolArgs) -> Result<Exit, Fail> {
    context.make_data_dir()?;
    let wanted =
        Wanted { url: args.hub.clone(), ca: args.ca.clone(), code: args.code.clone(), name: args.name.clone() };
    let bar = progress::Bar::new(context, "cli-sync-rows");
    let told = |step| show(&bar, step);
    let joined = join::join(&context.data_dir, &wanted, context.clock(), &interrupt::flag(), told);
    bar.finish();
    let joined = joined.map_err(|e| failed(context, &e, &args.hub))?;
    // The console was one before: its database goes on, and what waits goes out.
    let Some(rows) = joined.rows else { return sync::once(context, &joined.key) };
    let (key, name) = (joined.key, joined.name);
    let mut out = Out::new();
    if context.json {
        let document = json!({
            "done": true, "hub": key.url, "org": key.org, "role": key.role, "console": name, "rows": rows,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let rows = rows.to_string();
    let args = [("hub", key.url.as_str()), ("org", &key.org_name), ("console", &name), ("rows", &rows)];
    out.line(&context.locale.tr_with("cli-enrol-done", &args))?;
    out.done()
}

fn show(bar: &progress::Bar<'_>, step: Step) {
    match step {
        Step::Comparing(stage) => {
            bar.say("cli-sync-comparing");
            show_stage(bar, stage);
        }
        Step::Loading(stage) => show_stage(bar, stage),
    }
}

/// Shows how far the first rows are.
pub(super) fn show_stage(bar: &progress::Bar<'_>, stage: Stage) {
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    match stage {
        Stage::Rows { at, head, .. } => bar.at(number(at), number(head)),
        Stage::Indices { done, of } => {
            bar.say("cli-demo-indexing");
            bar.at(done as u64, of as u64);
        }
    }
}

/// Does what enrolling has left to do once the key is here, with a bar; what the directory has for a database says what.
pub(super) fn rest(context: &Context, key: &Key, home: Home) -> Result<(), Fail> {
    let bar = progress::Bar::new(context, "cli-sync-rows");
    let told = |step| show(&bar, step);
    let done = join::rest(&context.data_dir, key, home, context.clock(), &interrupt::flag(), told);
    bar.finish();
    done.map(drop).map_err(|e| fail(context, e, &key.url))
}

/// What kept the console from the hub, in words.
pub(super) fn fail(context: &Context, error: FirstError, hub: &str) -> Fail {
    failed(context, &JoinError::First(error), hub)
}

fn failed(context: &Context, error: &JoinError, hub: &str) -> Fail {
    let exit = match error {
        JoinError::First(FirstError::Db(e)) => return Fail::db(e, &context.locale),
        JoinError::File(..) | JoinError::First(FirstError::Key(_) | FirstError::Taken(_)) => Exit::Input,
        JoinError::First(FirstError::Address(BadAddress::Ca(_))) => Exit::Input,
        JoinError::First(FirstError::Address(_)) => Exit::Usage,
        JoinError::First(FirstError::Refused(said)) if said == "code-unknown" => Exit::Refused,
        JoinError::First(FirstError::Refused(_) | FirstError::Role(_)) => Exit::Offline,
        JoinError::First(FirstError::Failed(failure)) => exit_of(crate::sync::client::code(*failure)),
        JoinError::First(FirstError::Stopped) => Exit::Interrupt,
    };
    let told = join::told(error, &context.data_dir, hub);
    Fail::new(exit, &context.locale, told.family, &told.code, &told.args)
}

/// What keeps the console from the hub, by its code.
pub(super) fn trouble_fail(context: &Context, code: &str, hub: String) -> Fail {
    Fail::new(exit_of(code), &context.locale, "sync-trouble", code, &[("hub", hub)])
}

fn exit_of(trouble: &str) -> Exit {
    if trouble == trouble::DISK { Exit::Internal } else { Exit::Offline }
}
