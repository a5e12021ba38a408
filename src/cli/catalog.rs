//! `gongfu catalog …`: the arrows of a catalog entry that one person may walk, submitted as the screens submit them.

use super::args::{CatalogAct, EntryArgs};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::refusal::Refusal;
use crate::domain::rows::{Kind, Row};
use crate::domain::work::Rows;
use crate::store::{Store, StoreError, detail, rows::SqlRows};
use serde_json::json;
use uuid::Uuid;

/// Runs `catalog`.
pub(super) fn run(context: &Context, act: &CatalogAct) -> Result<Exit, Fail> {
    let (verb, args) = match act {
        CatalogAct::Screen(args) => (Verb::Screen, args),
        CatalogAct::List(args) => (Verb::List, args),
        CatalogAct::Suspend(args) => (Verb::Suspend, args),
        CatalogAct::Resume(args) => (Verb::Resume, args),
        CatalogAct::Withdraw(args) => (Verb::Withdraw, args),
    };
    walk(context, verb, args)
}

fn walk(context: &Context, verb: Verb, args: &EntryArgs) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let id = find(context, &store, &args.code)?;
    let actor = context.actor(&store)?;
    let command = Command::Move { kind: Kind::CatalogEntry, id, verb, reason: args.reason.clone() };
    let done = store.submit_wait(&actor, vec![command]).map_err(|e| context.store_fail(&store, e))?;
    let db = context.connect(&store)?;
    let Ok(Some(Row::CatalogEntry(entry))) = SqlRows::new(&db).fetch(Kind::CatalogEntry, id) else {
        return Err(unknown(context, &args.code));
    };
    let mut out = Out::new();
    if context.json {
        let document = json!({
            "done": true, "command": format!("catalog_entry.{}", verb.code()), "code": entry.code,
            "state": entry.state.code(), "changes": done.changes, "audit_no": done.audit_no,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        let (changes, no) = (done.changes.to_string(), done.audit_no.to_string());
        let state = context.locale.code("catalog_entry", entry.state.code());
        let verb = context.locale.code("verb", verb.code());
        let args = [
            ("verb", verb.as_str()),
            ("code", &entry.code),
            ("name", &entry.name),
            ("state", &state),
            ("changes", &changes),
            ("no", &no),
        ];
        out.line(&context.locale.tr_with("cli-catalog-done", &args))?;
    }
    out.done()
}

fn find(context: &Context, store: &Store, code: &str) -> Result<Uuid, Fail> {
    let db = context.connect(store)?;
    let id = detail::find_code(&db, Kind::CatalogEntry, code).map_err(|e| context.db_fail(&e))?;
    id.ok_or_else(|| unknown(context, code))
}

fn unknown(context: &Context, code: &str) -> Fail {
    let refusal = Refusal::new("unknown-record").with("kind", Kind::CatalogEntry.table()).with("code", code);
    Fail::store(&StoreError::Refused(refusal), &context.locale)
}
