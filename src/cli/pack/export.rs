//! `gongfu pack export`: a pack as an A4 text, or, for so many packs, the order sheet by suppliers; text or workbook by the ending.

use super::args::PackExportArgs;
use super::{items, show};
use crate::cli::cell::Words;
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::file;
use crate::cli::out::Out;
use crate::domain::value::Fen;
use crate::forms::pack::{Cell, Group, Sheet};
use crate::store::packs::{Held, Item};
use serde_json::json;

/// Most packs of an order.
const MOST: i64 = 1_000_000;

/// Runs `pack export`.
pub(super) fn run(context: &Context, args: &PackExportArgs) -> Result<Exit, Fail> {
    let held = show::held(context, &args.code)?;
    if let Some(n) = args.packs.filter(|n| !(1..=MOST).contains(n)) {
        let field = context.locale.code("pack_field", "packs");
        let args = [("field", field), ("value", n.to_string()), ("least", "1".into()), ("most", MOST.to_string())];
        return Err(context.fail(Exit::Usage, "pack-number", &args));
    }
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let names = Words::new(&context.locale, &db).map_err(|e| context.db_fail(&e))?;
    let sheet = match args.packs {
        Some(n) => order(context, &held, n),
        None => page(context, &names, &held),
    };
    let ending = args.out.extension().map(|e| e.to_string_lossy().to_lowercase());
    let stdout = args.out.as_os_str() == "-";
    let bytes = match ending.as_deref() {
        _ if stdout => sheet.text().into_bytes(),
        Some("txt" | "md") => sheet.text().into_bytes(),
        Some("xlsx") => sheet.workbook().map_err(|e| {
            let args = [("path", args.out.display().to_string()), ("why", e.to_string())];
            context.fail(Exit::Internal, "pack-workbook", &args)
        })?,
        _ => {
            let path = [("path", args.out.display().to_string())];
            return Err(context.fail(Exit::Input, "pack-ending", &path));
        }
    };
    crate::cli::list::leaves(context, &store, &db, "packs", args.reason.as_deref().unwrap_or_default())?;
    let mut out = Out::new();
    if stdout && context.json {
        let text = String::from_utf8_lossy(&bytes);
        let document = json!({ "done": true, "pack": held.code, "path": "-", "packs": args.packs, "text": text });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if stdout {
        String::from_utf8_lossy(&bytes).lines().try_for_each(|line| out.line(line))?;
        return out.done();
    }
    file::write(context, &args.out, &bytes, args.force)?;
    let path = args.out.display().to_string();
    if context.json {
        let document = json!({ "done": true, "pack": held.code, "path": path, "packs": args.packs });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        out.line(&context.locale.tr_with("cli-pack-written", &[("code", &held.code), ("path", &path)]))?;
    }
    out.done()
}

fn tr(context: &Context, id: &str) -> String {
    context.locale.tr(&format!("pack-sheet-{id}")).into_owned()
}

fn heads(context: &Context, ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| context.locale.tr(&format!("cli-pack-head-{id}")).into_owned()).collect()
}

/// The page about a pack: what is in it, where it comes from and whom it helps.
fn page(context: &Context, names: &Words<'_>, held: &Held) -> Sheet {
    let row = |i: &Item| {
        vec![
            Cell::Text(i.product.name.clone()),
            Cell::Text(items::county(names, &i.product.county)),
            Cell::Text(i.product.supplier_name.clone()),
            Cell::Count(i.pieces),
            Cell::Money(Fen(i.product.price)),
            Cell::Count(i.product.people),
        ]
    };
    let people: i64 = held.items.iter().map(|i| i.product.people).sum();
    let pieces: i64 = held.items.iter().map(|i| i.pieces).sum();
    let blank = || Cell::Text(String::new());
    let sum = vec![
        Cell::Text(tr(context, "sum")),
        blank(),
        blank(),
        Cell::Count(pieces),
        Cell::Money(Fen(held.sum())),
        Cell::Count(people),
    ];
    let (price, state) = (Fen(held.price).yuan(), context.locale.code("gift_pack", &held.state));
    let args = [("code", held.code.as_str()), ("price", &price), ("state", &state)];
    Sheet {
        title: held.name.clone(),
        above: vec![context.locale.tr_with("pack-sheet-about", &args)],
        heads: heads(context, &["name", "county", "supplier", "pieces", "price", "people"]),
        groups: vec![Group { rows: held.items.iter().map(row).collect(), sum: Some(sum) }],
        below: vec![tr(context, "below")],
    }
}

/// What to order for so many packs, supplier by supplier.
fn order(context: &Context, held: &Held, packs: i64) -> Sheet {
    let mut suppliers: Vec<&str> = held.items.iter().map(|i| i.product.supplier.as_str()).collect();
    suppliers.sort_unstable();
    suppliers.dedup();
    let line = |i: &Item| {
        let pieces = i.pieces * packs;
        vec![
            Cell::Text(i.product.supplier_name.clone()),
            Cell::Text(i.product.code.clone()),
            Cell::Text(i.product.name.clone()),
            Cell::Count(pieces),
            Cell::Money(Fen(i.product.price)),
            Cell::Money(Fen(i.product.price * pieces)),
        ]
    };
    let sum = |name: String, of: &[&Item]| {
        let blank = || Cell::Text(String::new());
        let pieces: i64 = of.iter().map(|i| i.pieces * packs).sum();
        let amount: i64 = of.iter().map(|i| i.product.price * i.pieces * packs).sum();
        vec![Cell::Text(name), blank(), blank(), Cell::Count(pieces), blank(), Cell::Money(Fen(amount))]
    };
    let mut groups: Vec<Group> = Vec::new();
    for supplier in suppliers {
        let of: Vec<&Item> = held.items.iter().filter(|i| i.product.supplier == supplier).collect();
        groups.push(Group {
            rows: of.iter().map(|i| line(i)).collect(),
            sum: (of.len() > 1).then(|| sum(tr(context, "subtotal"), &of)),
        });
    }
    let all: Vec<&Item> = held.items.iter().collect();
    groups.push(Group { rows: Vec::new(), sum: Some(sum(tr(context, "sum"), &all)) });
    let n = packs.to_string();
    Sheet {
        title: tr(context, "order"),
        above: vec![
            context.locale.tr_with(
                "pack-sheet-order-about",
                &[("code", held.code.as_str()), ("name", &held.name), ("packs", &n)],
            ),
        ],
        heads: heads(context, &["supplier", "code", "name", "pieces", "price", "amount"]),
        groups,
        below: vec![tr(context, "order-below")],
    }
}
