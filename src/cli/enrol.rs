//! `gongfu enrol`: makes this data directory a console of a hub, by a one-time code; then all rows come.

use super::args::EnrolArgs;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::{interrupt, progress, sync};
use crate::base::text;
use crate::store::link::trouble;
use crate::sync::client::code;
use crate::sync::first::{self, Ask, FirstError, Home, Stage};
use crate::sync::http::BadAddress;
use crate::sync::key::Key;
use serde_json::json;

/// Runs `enrol`.
pub(super) fn run(context: &Context, args: &EnrolArgs) -> Result<Exit, Fail> {
    let ca = match &args.ca {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|e| Fail::file(path, &e, &context.locale))?),
        None => None,
    };
    context.make_data_dir()?;
    let name = args.name.clone().unwrap_or_else(machine);
    let name: String = text::clean(&name).chars().take(60).collect();
    let ask = Ask { url: &args.hub, ca: ca.as_deref(), code: &args.code, name: &name };
    let home = first::home(&context.data_dir).map_err(|e| fail(context, &e, &args.hub))?;
    let key = first::enrol(&context.data_dir, &ask).map_err(|e| fail(context, &e, &args.hub))?;
    let rows = match home {
        // The console was one before: its database goes on, and what waits goes out.
        Home::Console => return sync::once(context, &key),
        Home::Own => adopt(context, &key)?,
        Home::Empty => load(context, &key)?,
    };
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

/// Loads all rows of a console that has its key, with a bar.
pub(super) fn load(context: &Context, key: &Key) -> Result<u64, Fail> {
    let bar = progress::Bar::new(context, "cli-sync-rows");
    let loaded = first::load(&context.data_dir, key, context.clock(), &interrupt::flag(), |stage| show(&bar, stage));
    bar.finish();
    loaded.map_err(|e| fail(context, &e, &key.url))
}

/// Shows how far a first load is.
pub(super) fn show(bar: &progress::Bar, stage: Stage) {
    match stage {
        Stage::Rows { at, head, .. } => bar.at(u64::try_from(at).unwrap_or(0), u64::try_from(head).unwrap_or(0)),
        Stage::Indices { done, of } => {
            bar.say("cli-demo-indexing");
            bar.at(done as u64, of as u64);
        }
    }
}

/// Holds the database that is there against what the hub has, with a bar, and makes it a console's.
pub(super) fn adopt(context: &Context, key: &Key) -> Result<u64, Fail> {
    let bar = progress::Bar::new(context, "cli-sync-comparing");
    let adopted = first::adopt(&context.data_dir, key, &interrupt::flag(), |stage| {
        if let Stage::Rows { at, head, .. } = stage {
            bar.at(u64::try_from(at).unwrap_or(0), u64::try_from(head).unwrap_or(0));
        }
    });
    bar.finish();
    adopted.map_err(|e| fail(context, &e, &key.url))
}

/// What kept the console from the hub, in words.
pub(super) fn fail(context: &Context, error: &FirstError, hub: &str) -> Fail {
    let hub = || ("hub", hub.to_owned());
    let own = |exit, code: &str| context.fail(exit, code, &[hub()]);
    match error {
        FirstError::Db(e) => Fail::db(e, &context.locale),
        FirstError::Address(BadAddress::Ca(why)) => context.fail(Exit::Input, "hub-ca", &[("why", why.clone())]),
        FirstError::Address(BadAddress::Plain(_)) => own(Exit::Usage, "hub-plain"),
        FirstError::Address(BadAddress::Url(_)) => own(Exit::Usage, "hub-address"),
        FirstError::Refused(said) if said == "code-unknown" => own(Exit::Refused, "enrol-code"),
        FirstError::Refused(said) if said == "too-many" => own(Exit::Offline, "enrol-often"),
        FirstError::Refused(said) => context.fail(Exit::Offline, "enrol-refused", &[hub(), ("said", said.clone())]),
        FirstError::Failed(failure) => trouble_fail(context, code(*failure), hub().1),
        FirstError::Taken(rows) => {
            let path = context.data_dir.display().to_string();
            context.fail(Exit::Input, "enrol-taken", &[("path", path), ("rows", rows.to_string())])
        }
        FirstError::Key(e) => Fail::file(&crate::sync::key::path(&context.data_dir), e, &context.locale),
        FirstError::Role(role) => context.fail(Exit::Offline, "enrol-refused", &[hub(), ("said", role.clone())]),
        FirstError::Stopped => context.fail(Exit::Interrupt, "stopped", &[]),
    }
}

/// What keeps the console from the hub, by its code.
pub(super) fn trouble_fail(context: &Context, code: &str, hub: String) -> Fail {
    let exit = if code == trouble::DISK { Exit::Internal } else { Exit::Offline };
    Fail::new(exit, &context.locale, "sync-trouble", code, &[("hub", hub)])
}

/// The machine's own name.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "console".into() } else { name }
}
