//! `gongfu pack show` and `pack compare`: what is in a pack, and in which of two.

use super::items;
use crate::cli::cell::Words;
use crate::cli::context::Context;
use crate::cli::deed;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::cli::table::Table;
use crate::domain::rows::Kind;
use crate::domain::value::Fen;
use crate::store::packs::{self, Held, Item};
use serde_json::{Value as Json, json};

/// The pack with this code.
pub(super) fn held(context: &Context, code: &str) -> Result<Held, Fail> {
    let store = context.open_to_read()?;
    let id = deed::find(context, &store, Kind::GiftPack, code)?;
    let db = context.connect(&store)?;
    let held = packs::held(&db, id).map_err(|e| context.db_fail(&e))?;
    held.ok_or_else(|| deed::unknown(context, Kind::GiftPack, code))
}

fn names(context: &Context) -> Result<Words<'_>, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    Words::new(&context.locale, &db).map_err(|e| context.db_fail(&e))
}

fn document(held: &Held) -> Json {
    let item = |i: &Item| {
        let mut item = items::json(&i.product, i.pieces);
        item["state"] = i.state.as_str().into();
        item
    };
    json!({
        "code": held.code, "name": held.name, "state": held.state, "price_fen": held.price, "sum_fen": held.sum(),
        "items": held.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn headline(context: &Context, held: &Held) -> String {
    let (price, sum) = (Fen(held.price).yuan(), Fen(held.sum()).yuan());
    let (state, kinds) = (context.locale.code("gift_pack", &held.state), held.items.len().to_string());
    let people: i64 = held.items.iter().map(|i| i.product.people).sum();
    let people = people.to_string();
    let args = [("code", held.code.as_str()), ("name", &held.name), ("state", &state), ("price", &price)];
    let args = [&args[..], &[("sum", &sum), ("kinds", &kinds), ("people", &people)]].concat();
    context.locale.tr_with("cli-pack-held", &args)
}

/// Runs `pack show`.
pub(super) fn run(context: &Context, code: &str) -> Result<Exit, Fail> {
    let (held, names) = (held(context, code)?, names(context)?);
    let mut out = Out::new();
    if context.json {
        return out.json(&document(&held)).map(|()| Exit::Done).map_err(Into::into);
    }
    out.line(&headline(context, &held))?;
    items::table(context, &names, &mut out, held.items.iter().map(|i| (&i.product, i.pieces)))?;
    for item in held.items.iter().filter(|i| i.state != "listed") {
        let state = context.locale.code("catalog_entry", &item.state);
        let args = [("name", item.product.name.as_str()), ("state", &state)];
        out.line(&context.locale.tr_with("cli-pack-not-listed", &args))?;
    }
    out.done()
}

/// Runs `pack compare`: a line for each product of either, with the pieces in both.
pub(super) fn compare(context: &Context, one: &str, other: &str) -> Result<Exit, Fail> {
    let (one, other) = (held(context, one)?, held(context, other)?);
    let mut out = Out::new();
    if context.json {
        let document = json!({ "packs": [document(&one), document(&other)] });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    out.line(&headline(context, &one))?;
    out.line(&headline(context, &other))?;
    let pieces = |held: &Held, code: &str| {
        held.items.iter().find(|i| i.product.code == code).map_or_else(|| "-".to_owned(), |i| i.pieces.to_string())
    };
    let head = |id: &str| context.locale.tr(&format!("cli-pack-head-{id}")).into_owned();
    let heads = vec![
        (head("code"), false),
        (head("name"), false),
        (head("price"), true),
        (one.code.clone(), true),
        (other.code.clone(), true),
    ];
    let mut table = Table::new(heads);
    let second = other.items.iter().filter(|i| one.items.iter().all(|o| o.entry != i.entry));
    for item in one.items.iter().chain(second) {
        let p = &item.product;
        let (left, right) = (pieces(&one, &p.code), pieces(&other, &p.code));
        table.row(&mut out, vec![p.code.clone(), p.name.clone(), Fen(p.price).yuan(), left, right])?;
    }
    table.flush(&mut out)?;
    out.done()
}
