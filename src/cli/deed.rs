//! One change from the command line: find the record, submit as the screens submit, say what it is now.
//!
//! Owns the one way every changing subcommand takes; the subcommands only say which command.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::domain::command::Command;
use crate::domain::refusal::Refusal;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::Value;
use crate::domain::work::Rows;
use crate::store::{Done, Store, StoreError, detail, rows::SqlRows};
use serde_json::json;
use uuid::Uuid;

/// Finds a record by the code people know it by.
///
/// # Errors
/// `unknown-record`, exit 3; what is wrong with the database.
pub(super) fn find(context: &Context, store: &Store, kind: Kind, code: &str) -> Result<Uuid, Fail> {
    let db = context.connect(store)?;
    let id = detail::find_code(&db, kind, code).map_err(|e| context.db_fail(&e))?;
    id.ok_or_else(|| unknown(context, kind, code))
}

/// The record with this code.
///
/// # Errors
/// As [`find`].
pub(super) fn read(context: &Context, store: &Store, kind: Kind, code: &str) -> Result<Row, Fail> {
    let id = find(context, store, kind, code)?;
    let db = context.connect(store)?;
    SqlRows::new(&db).fetch(kind, id).ok().flatten().ok_or_else(|| unknown(context, kind, code))
}

pub(super) fn unknown(context: &Context, kind: Kind, code: &str) -> Fail {
    let refusal = Refusal::new("unknown-record").with("kind", kind.table()).with("code", code);
    Fail::store(&StoreError::Refused(refusal), &context.locale)
}

/// Submits a command and says what became of the record of `kind` it was about.
///
/// # Errors
/// The rule that refused it; what is wrong with the database.
pub(super) fn submit(context: &Context, store: &Store, kind: Kind, command: Command) -> Result<Exit, Fail> {
    let actor = context.actor(store)?;
    let name = command.name();
    let done = store.submit_wait(&actor, vec![command]).map_err(|e| context.store_fail(store, e))?;
    tell(context, store, kind, &name, &done)
}

/// Says what a change did, in words or as JSON.
///
/// # Errors
/// What is wrong with the database or standard output.
pub(super) fn tell(context: &Context, store: &Store, kind: Kind, command: &str, done: &Done) -> Result<Exit, Fail> {
    let code = done.codes.first().cloned().unwrap_or_default();
    tell_row(context, kind, (command, done), || read(context, store, kind, &code))
}

/// As [`tell`], for a record that no code finds.
///
/// # Errors
/// As [`tell`].
pub(super) fn tell_row(
    context: &Context,
    kind: Kind,
    (command, done): (&str, &Done),
    read: impl FnOnce() -> Result<Row, Fail>,
) -> Result<Exit, Fail> {
    let code = done.codes.first().cloned().unwrap_or_default();
    let row = read()?;
    let field = |name: &str| {
        let place = kind.columns().iter().position(|c| c.name == name);
        place.and_then(|i| row.cells().get(i).and_then(Value::as_text).map(str::to_owned)).unwrap_or_default()
    };
    let state = field("state");
    let mut out = Out::new();
    if context.json {
        let document = json!({
            "done": true, "command": command, "code": code, "state": state, "changes": done.changes,
            "audit_no": done.audit_no,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        let name = if field("name").is_empty() { field("title") } else { field("name") };
        let (changes, no) = (done.changes.to_string(), done.audit_no.to_string());
        let (what, state) = (context.locale.code("command", command), context.locale.code(kind.table(), &state));
        let args = [("what", what.as_str()), ("code", &code), ("name", &name), ("state", &state)];
        let args: Vec<(&str, &str)> = args.into_iter().chain([("changes", changes.as_str()), ("no", &no)]).collect();
        out.line(&context.locale.tr_with("cli-deed-done", &args))?;
    }
    out.done()
}
