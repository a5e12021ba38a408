//! Several rules files: several packs on one stock.

use super::{items, solve};
use crate::cli::cell::Words;
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::sets::CATEGORIES;
use crate::domain::value::Fen;
use crate::pack::around::Limit;
use crate::pack::best::gap;
use crate::pack::model::Guide;
use crate::pack::product::Product;
use crate::pack::rules::{Goal, Rules};
use crate::pack::several::{Division, Several, several};
use crate::pack::words;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// Divides the stock among the packs and says what came of it.
pub(super) fn run(
    context: &Context,
    names: &Words<'_>,
    products: &[Product],
    (orders, files): (&[Rules], &[PathBuf]),
    limit: &Limit,
) -> Result<Exit, Fail> {
    // One guide a goal: the same rules then want the same.
    let guide = |r: &Rules| Goal::ALL.iter().find(|(_, g)| *g == r.goal).map(|(_, g)| g as &dyn Guide);
    let guides: Vec<&dyn Guide> = orders.iter().filter_map(guide).collect();
    let divided =
        several(products, orders, &guides, CATEGORIES, limit).map_err(|(_, e)| solve::senseless(context, &e))?;
    let file = |k: usize| files.get(k).map_or_else(String::new, |f| f.display().to_string());
    match divided {
        Division::Several(found) => said(context, names, products, orders, (&found, &file)),
        Division::Impossible(Some(k)) => Err(context.fail(Exit::Refused, "pack-none", &[("file", file(k))])),
        Division::Impossible(None) => Err(context.fail(Exit::Refused, "pack-no-stock", &[])),
        Division::Open => Err(context.fail(Exit::Partial, "pack-open", &[])),
    }
}

fn said(
    context: &Context,
    names: &Words<'_>,
    products: &[Product],
    orders: &[Rules],
    (found, file): (&Several, &dyn Fn(usize) -> String),
) -> Result<Exit, Fail> {
    let exit = if found.proved { Exit::Done } else { Exit::Partial };
    let mut out = Out::new();
    if context.json {
        let packs: Vec<Json> = found
            .packs
            .iter()
            .enumerate()
            .map(|(k, pack)| {
                let items: Vec<Json> = pack.items.iter().map(|&(i, q)| items::json(&products[i], q)).collect();
                json!({
                    "rules": file(k), "packs": orders[k].packs, "price_fen": pack.price, "value": pack.value,
                    "items": items,
                })
            })
            .collect();
        let document = json!({
            "verdict": if found.proved { "best" } else { "within" }, "value": found.value, "bound": found.bound,
            "clashes": found.clashes, "packs": packs,
        });
        return out.json(&document).map(|()| exit).map_err(Into::into);
    }
    let verdict = words::verdict(&context.locale, found.proved, gap(found.bound, found.value));
    let (n, clashes) = (found.packs.len().to_string(), found.clashes.to_string());
    let args = [("n", n.as_str()), ("clashes", &clashes), ("verdict", &verdict)];
    out.line(&context.locale.tr_with("cli-pack-several", &args))?;
    for (k, pack) in found.packs.iter().enumerate() {
        let (price, packs) = (Fen(pack.price).yuan(), orders[k].packs.to_string());
        let file = file(k);
        let args = [("file", file.as_str()), ("price", &price), ("packs", &packs)];
        out.line("")?;
        out.line(&context.locale.tr_with("cli-pack-one-of", &args))?;
        items::table(context, names, &mut out, pack.items.iter().map(|&(i, q)| (&products[i], q)))?;
    }
    out.done().map(|_| exit)
}
