//! `gongfu outbox`: what is on its way to the hub, what it did not do and why.

use super::args::OutboxAct;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::table::Table;
use crate::base::locale::{Locale, Sentence};
use crate::store::link::{self, Link};
use crate::store::outbox::{self, Item, State};
use crate::store::{Connection, setting};
use crate::sync::key;
use crate::wire::order::Outcome;
use crate::wire::sealed::{self, Line};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use serde_json::{Value as Json, json};
use std::io::Write;
use std::path::Path;

/// Runs `outbox`.
pub(super) fn run(context: &Context, act: &OutboxAct) -> Result<Exit, Fail> {
    match act {
        OutboxAct::List => list(context, &[State::Waiting, State::Conflict, State::Denied]),
        OutboxAct::Drop { n } => withdraw(context, *n),
        OutboxAct::Export { out, sealed } => export(context, out, *sealed),
    }
}

pub(super) fn read(context: &Context, states: &[State]) -> Result<Vec<Item>, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    outbox::list(&db, states).map_err(|e| context.db_fail(&e))
}

pub(super) fn list(context: &Context, states: &[State]) -> Result<Exit, Fail> {
    let items = read(context, states)?;
    let mut out = Out::new();
    if context.json {
        let rows: Vec<Json> = items.iter().map(document).collect();
        return out.json(&json!({ "total": items.len(), "rows": rows })).map(|()| Exit::Done).map_err(Into::into);
    }
    let locale = &context.locale;
    let heads = ["n", "at", "person", "command", "code", "state", "word"];
    let heads = heads.map(|h| (locale.tr(&format!("cli-outbox-{h}")).into_owned(), h == "n"));
    let mut table = Table::new(heads.to_vec());
    for item in &items {
        let cells = vec![
            item.n.to_string(),
            when(item.made_at),
            item.order.by.name.clone(),
            command(locale, &item.command),
            item.target_code.clone(),
            locale.code("sending", item.state.code()),
            word(locale, item),
        ];
        table.row(&mut out, cells)?;
    }
    table.flush(&mut out)?;
    out.done()
}

fn when(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::fixed(offset(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

fn command(locale: &Locale, name: &str) -> String {
    locale.tr(&format!("code-command-{}", name.replace('.', "_"))).into_owned()
}

/// What the hub said of an order, in words; empty when it has not said anything.
pub(super) fn word(locale: &Locale, item: &Item) -> String {
    match &item.outcome {
        Some(Outcome::Conflict { by, at, .. }) => {
            let at = when(*at);
            locale.tr_with("outbox-word-conflict", &[("by", by), ("at", &at)]).clone()
        }
        Some(Outcome::Denied { code, args }) => {
            let args: Vec<(&str, String)> = args.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            locale.refusal(&Sentence { family: "refusal", code, args: &args }).0
        }
        Some(Outcome::Accepted { .. } | Outcome::Later { .. } | Outcome::Upgrade { .. }) | None => String::new(),
    }
}

fn document(item: &Item) -> Json {
    let at = |ms: i64| Timestamp::from_millisecond(ms).map(|t| t.to_string()).unwrap_or_default();
    let (by, changed_at, refusal) = match &item.outcome {
        Some(Outcome::Conflict { by, at: ms, .. }) => (json!(by), json!(at(*ms)), Json::Null),
        Some(Outcome::Denied { code, .. }) => (Json::Null, Json::Null, json!(code)),
        _ => (Json::Null, Json::Null, Json::Null),
    };
    json!({
        "n": item.n, "id": item.order.id.to_string(), "state": item.state.code(), "made_at": at(item.made_at),
        "person": item.order.by.name, "command": item.command, "code": item.target_code,
        "reason": item.order.command.reason(), "changed_by": by, "changed_at": changed_at, "refusal": refusal,
    })
}

pub(super) fn missing(context: &Context, n: i64) -> Fail {
    context.fail(Exit::Input, "outbox-unknown", &[("n", n.to_string())])
}

pub(super) fn withdraw(context: &Context, n: i64) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    if !store.withdraw(n).map_err(|e| context.store_fail(&store, e))? {
        return Err(missing(context, n));
    }
    said(context, n, "cli-outbox-dropped")
}

pub(super) fn said(context: &Context, n: i64, id: &str) -> Result<Exit, Fail> {
    let mut out = Out::new();
    if context.json {
        return out.json(&json!({ "done": true, "n": n })).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        out.line(&context.locale.tr_with(id, &[("n", &n.to_string())]))?;
    }
    out.done()
}

/// Writes every order that is not safe at the hub into a file: a line each, or sealed, so that only the hub can read them. A
/// console that was shut out only seals.
fn export(context: &Context, file: &Path, sealed: bool) -> Result<Exit, Fail> {
    let states = [State::Waiting, State::Conflict, State::Denied, State::Accepted];
    let items = read(context, &states)?;
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let link = link::get(&db).map_err(|e| context.db_fail(&e))?;
    let sealed = sealed || link.as_ref().is_some_and(|l| l.trouble == link::trouble::REVOKED);
    let text = match (sealed, link) {
        (true, Some(link)) => seal(context, &db, &link, &items)?,
        (true, None) => {
            let path = context.data_dir.display().to_string();
            return Err(context.fail(Exit::Input, "no-hub", &[("path", path)]));
        }
        (false, _) => items.iter().map(|item| format!("{}\n", document(item))).collect(),
    };
    let failed = |e: std::io::Error| Fail::file(file, &e, &context.locale);
    let mut target = std::fs::OpenOptions::new().write(true).create_new(true).open(file).map_err(failed)?;
    target.write_all(text.as_bytes()).and_then(|()| target.sync_all()).map_err(failed)?;
    let mut out = Out::new();
    let (path, count) = (file.display().to_string(), items.len().to_string());
    if context.json {
        let document = json!({ "done": true, "path": path, "orders": items.len(), "sealed": sealed });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let id = if sealed { "cli-outbox-sealed" } else { "cli-outbox-exported" };
    out.line(&context.locale.tr_with(id, &[("path", &path), ("count", &count)]))?;
    out.done()
}

/// The orders, sealed to the hub by the key that its last page, or enrolling, brought.
fn seal(context: &Context, db: &Connection, link: &Link, items: &[Item]) -> Result<String, Fail> {
    let dir = &context.data_dir;
    let paged = setting::get(db, setting::HUB_SEAL).map_err(|e| context.db_fail(&e))?.filter(|k| !k.is_empty());
    let enrolled = || key::load(dir).map(|key| key.map(|k| k.seal));
    let public = match paged {
        Some(public) => public,
        None => enrolled().map_err(|e| Fail::file(&key::path(dir), &e, &context.locale))?.unwrap_or_default(),
    };
    let lines = items.iter().map(|item| Line {
        n: item.n,
        state: item.state.code().to_owned(),
        code: item.target_code.clone(),
        order: item.order.clone(),
    });
    let from = (link.hub, link.device, link.org_code.as_str(), context.clock().now().as_millisecond());
    let sealed = sealed::seal(&public, from, &lines.collect::<Vec<_>>());
    sealed.map_err(|_| context.fail(Exit::Input, "no-seal-key", &[("hub", link.url.clone())]))
}
