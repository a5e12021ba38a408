//! `gongfu conflicts`: what the hub did not do and why, both sides of it, and what becomes of that: theirs, mine once more, or
//! field by field.

use super::args::ConflictAct;
use super::cell::Words;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::fields::field_type;
use super::out::Out;
use super::outbox::{list, read, said, withdraw};
use super::table::Table;
use crate::domain::merge::{Field, Side};
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::forms::typed::short;
use crate::store::merge::Sides;
use crate::store::outbox::State;
use serde_json::{Value as Json, json};

/// Runs `conflicts`.
pub(super) fn run(context: &Context, count: bool, act: Option<&ConflictAct>) -> Result<Exit, Fail> {
    match act {
        None if count => {
            let n = read(context, &[State::Conflict, State::Denied])?.len();
            let mut out = Out::new();
            out.line(&n.to_string())?;
            out.done()?;
            Ok(if n == 0 { Exit::Done } else { Exit::Partial })
        }
        None => list(context, &[State::Conflict, State::Denied]),
        Some(ConflictAct::Show { n }) => show(context, *n),
        Some(ConflictAct::Merge { n, mine, theirs }) => merge(context, *n, mine, theirs),
        Some(ConflictAct::Keep { n }) => withdraw(context, *n),
        Some(ConflictAct::Apply { n }) => again(context, *n),
    }
}

/// Asks once more for what the hub did not do, now knowing what others did.
fn again(context: &Context, n: i64) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let actor = context.actor(&store)?;
    store.order_again(&actor, n).map_err(|e| context.store_fail(&store, e))?;
    said(context, n, "cli-outbox-again")
}

/// Shows every field of a conflict with its three sides.
fn show(context: &Context, n: i64) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let sides = store.order_sides(n).map_err(|e| context.store_fail(&store, e))?;
    let mut out = Out::new();
    if context.json {
        let fields: Vec<Json> = sides.fields.iter().map(|f| document(sides.kind, f)).collect();
        let document = json!({ "n": n, "kind": sides.kind.table(), "rev": sides.rev, "fields": fields });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let db = context.connect(&store)?;
    let words = Words::new(&context.locale, &db).map_err(|e| context.db_fail(&e))?;
    let heads = ["field", "name", "base", "mine", "theirs", "side"];
    let heads = heads.map(|h| (context.locale.tr(&format!("cli-merge-{h}")).into_owned(), false));
    let mut table = Table::new(heads.to_vec());
    for field in &sides.fields {
        table.row(&mut out, line(sides.kind, field, &words))?;
    }
    table.flush(&mut out)?;
    out.done()
}

fn line(kind: Kind, field: &Field, words: &Words<'_>) -> Vec<String> {
    let value = |v: &Value| match v.as_int().filter(|_| field.column.ends_with("_e6")) {
        Some(n) => format!("{}.{:06}", n / 1_000_000, n.unsigned_abs() % 1_000_000),
        None => field_type(kind, field.column).map_or_else(String::new, |ty| words.text(ty, v)),
    };
    let side = match (field.clashes(), field.differs(), field.side()) {
        (true, ..) => "both",
        (_, false, _) => "same",
        (_, _, Side::Mine) => "mine",
        (_, _, Side::Theirs) => "theirs",
    };
    vec![
        short(field.column).to_owned(),
        words.locale.code("field", field.column),
        value(&field.base),
        value(&field.mine),
        value(&field.theirs),
        words.locale.code("side", side),
    ]
}

fn document(kind: Kind, field: &Field) -> Json {
    let value = |v: &Value| field_type(kind, field.column).map_or(Json::Null, |ty| Words::json(ty, v));
    let side = if field.side() == Side::Mine { "mine" } else { "theirs" };
    json!({
        "field": field.column, "base": value(&field.base), "mine": value(&field.mine), "theirs": value(&field.theirs),
        "clashes": field.clashes(), "side": side,
    })
}

/// Settles a conflict field by field.
fn merge(context: &Context, n: i64, mine: &[String], theirs: &[String]) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let actor = context.actor(&store)?;
    let failed = |e| context.store_fail(&store, e);
    let sides = store.order_sides(n).map_err(failed)?;
    let (mine, theirs) = (columns(&sides, mine), columns(&sides, theirs));
    let done = store.order_merge(&actor, n, (&mine, &theirs), Some(sides.rev)).map_err(failed)?;
    said(context, n, if done.changes == 0 { "cli-outbox-merged-away" } else { "cli-outbox-merged" })
}

/// The names of columns as they were typed, with or without their unit; what is none stays, to be named as such.
fn columns(sides: &Sides, names: &[String]) -> Vec<String> {
    let one = |name: &String| {
        let known = sides.fields.iter().find(|f| f.column == name.trim() || short(f.column) == name.trim());
        known.map_or_else(|| name.trim().to_owned(), |f| f.column.to_owned())
    };
    names.iter().map(one).collect()
}
