//! `gongfu pack substitute`: for every pack that waits for a replacement, or for one, the pack with the fewest changes.

use super::args::SubstituteArgs;
use super::{items, solve};
use crate::cli::context::Context;
use crate::cli::deed;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::command::Command;
use crate::domain::rows::Kind;
use crate::domain::sets::CATEGORIES;
use crate::domain::value::Fen;
use crate::domain::work::shanghai_date;
use crate::pack::around::{Limit, Mended};
use crate::pack::model::Case;
use crate::pack::product::Product;
use crate::pack::rules::Rules;
use crate::store::packs::{self, Held, Shelf};
use crate::store::{Connection, Store};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Instant;
use uuid::Uuid;

/// What is proposed for a pack.
struct Proposal {
    held: Held,
    /// `None` where no pack keeps the rules, or time was up.
    mended: Option<Mended>,
}

/// Runs `pack substitute`.
pub(super) fn run(context: &Context, args: &SubstituteArgs) -> Result<Exit, Fail> {
    let store = if args.apply { context.open_to_write()? } else { context.open_to_read()? };
    let db = context.connect(&store)?;
    let shelf = packs::shelf(&db, None).map_err(|e| context.db_fail(&e))?;
    let today = shanghai_date(store.clock().now());
    let mut proposals = Vec::new();
    for id in wanted(context, &store, &db, args)? {
        let Some(held) = packs::held(&db, id).map_err(|e| context.db_fail(&e))? else { continue };
        let rules = match &args.rules {
            Some(file) => solve::of_file(context, file, today)?,
            None => Rules::like(&held.parts(), today),
        };
        let limit = Limit {
            until: Instant::now().checked_add(args.time.try_into().unwrap_or_default()),
            cancel: Arc::default(),
        };
        let case = Case { products: &shelf.products, rules: &rules, guide: &rules.goal };
        let mended = match case.mended(&held.codes(), CATEGORIES, &limit) {
            Ok(mended) => mended,
            // Rules of a file are for all packs; what a pack was like is its own affair.
            Err(e) if args.rules.is_some() => return Err(solve::senseless(context, &e)),
            Err(_) => None,
        };
        proposals.push(Proposal { held, mended });
    }
    if args.apply {
        apply(context, &store, &shelf, &proposals)?;
    }
    said(context, &shelf, &proposals, args.apply)
}

/// The pack that was named, or all that wait for a replacement.
fn wanted(context: &Context, store: &Store, db: &Connection, args: &SubstituteArgs) -> Result<Vec<Uuid>, Fail> {
    match &args.code {
        Some(code) => Ok(vec![deed::find(context, store, Kind::GiftPack, code)?]),
        None => packs::waiting(db).map_err(|e| context.db_fail(&e)),
    }
}

/// Pieces by entry that make the old pack the new one: 0 for what goes.
fn changes(shelf: &Shelf, held: &Held, mended: &Mended) -> Vec<(Uuid, i64)> {
    let new: Vec<(Uuid, i64)> =
        mended.pack.items.iter().filter_map(|&(i, q)| Some((*shelf.entries.get(i)?, q))).collect();
    let gone = held.items.iter().filter(|i| new.iter().all(|n| n.0 != i.entry)).map(|i| (i.entry, 0));
    let same = |n: &&(Uuid, i64)| held.items.iter().any(|i| (i.entry, i.pieces) == **n);
    gone.chain(new.iter().filter(|n| !same(n)).copied()).collect()
}

fn apply(context: &Context, store: &Store, shelf: &Shelf, proposals: &[Proposal]) -> Result<(), Fail> {
    let actor = context.actor(store)?;
    let mut commands = Vec::new();
    for Proposal { held, mended } in proposals {
        let Some(mended) = mended else { continue };
        let pack = held.id;
        let command = |(entry, quantity)| Command::SetPackItem { pack, entry, quantity };
        commands.extend(changes(shelf, held, mended).into_iter().map(command));
    }
    // All of them or none.
    if !commands.is_empty() {
        store.submit_wait(&actor, commands).map_err(|e| context.store_fail(store, e))?;
    }
    Ok(())
}

fn said(context: &Context, shelf: &Shelf, proposals: &[Proposal], applied: bool) -> Result<Exit, Fail> {
    let mut out = Out::new();
    let none = proposals.iter().any(|p| p.mended.is_none());
    let exit = if none { Exit::Partial } else { Exit::Done };
    if context.json {
        let one = |p: &Proposal| {
            let added = |m: &Mended| -> Vec<Json> {
                m.added.iter().map(|&(i, q)| items::json(&shelf.products[i], q)).collect()
            };
            json!({
                "code": p.held.code, "name": p.held.name, "state": p.held.state,
                "found": p.mended.is_some(), "fewest": p.mended.as_ref().map(|m| m.fewest),
                "removed": removed(shelf, p).map(|i| i.product.code.clone()).collect::<Vec<_>>(),
                "added": p.mended.as_ref().map(added),
                "changed": p.mended.as_ref().map(|m| {
                    let one = |(i, q): (usize, i64)| json!({ "code": shelf.products[i].code.as_str(), "pieces": q });
                    recounted(&shelf.products, p, m).map(one).collect::<Vec<Json>>()
                }),
                "price_fen": p.mended.as_ref().map(|m| m.pack.price),
            })
        };
        let document = json!({ "applied": applied, "packs": proposals.iter().map(one).collect::<Vec<_>>() });
        return out.json(&document).map(|()| exit).map_err(Into::into);
    }
    if proposals.is_empty() {
        out.line(&context.locale.tr("cli-pack-none-waits"))?;
    }
    let and = context.locale.tr("compose-and").into_owned();
    for p in proposals {
        let (code, name) = (p.held.code.as_str(), p.held.name.as_str());
        let Some(mended) = &p.mended else {
            out.line(&context.locale.tr_with("cli-pack-no-substitute", &[("code", code), ("name", name)]))?;
            continue;
        };
        let out_names: Vec<&str> = removed(shelf, p).map(|i| i.product.name.as_str()).collect();
        let added = mended.added.iter().map(|&(i, _)| shelf.products[i].name.clone());
        let recounted = recounted(&shelf.products, p, mended).map(|(i, q)| format!("{} x{q}", shelf.products[i].name));
        let into: Vec<String> = added.chain(recounted).collect();
        let (was, is) = (Fen(p.held.sum()).yuan(), Fen(mended.pack.price).yuan());
        let (gone, came) = (out_names.join(&and), into.join(&and));
        let args = [("code", code), ("name", name), ("out", &gone), ("into", &came), ("was", &was), ("is", &is)];
        out.line(&context.locale.tr_with("cli-pack-substitute", &args))?;
    }
    if applied && !proposals.is_empty() {
        out.line(&context.locale.tr("cli-pack-applied"))?;
    }
    out.done().map(|_| exit)
}

/// Products that stay with other pieces.
fn recounted<'a>(
    products: &'a [Product],
    p: &'a Proposal,
    mended: &'a Mended,
) -> impl Iterator<Item = (usize, i64)> + 'a {
    let was = |i: usize| p.held.items.iter().find(|item| item.product.code == products[i].code);
    mended.pack.items.iter().copied().filter(move |&(i, q)| was(i).is_some_and(|item| item.pieces != q))
}

/// Items of the old pack that are not in the new one.
fn removed<'a>(shelf: &'a Shelf, p: &'a Proposal) -> impl Iterator<Item = &'a packs::Item> {
    let kept =
        move |code: &str| p.mended.iter().flat_map(|m| &m.pack.items).any(|(i, _)| shelf.products[*i].code == code);
    p.held.items.iter().filter(move |i| p.mended.is_some() && !kept(&i.product.code))
}
