//! The items of a pack as a table and for programs.

use crate::cli::cell::Words;
use crate::cli::context::Context;
use crate::cli::fail::Fail;
use crate::cli::out::Out;
use crate::cli::table::Table;
use crate::domain::value::Fen;
use crate::pack::product::Product;
use crate::pack::words;
use serde_json::{Value as Json, json};

/// The name of a county.
pub(super) fn county(names: &Words<'_>, code: &str) -> String {
    let known = names.divisions.iter().find(|(c, _)| c == code);
    known.map_or_else(|| code.to_owned(), |(_, name)| name.clone())
}

/// Writes items into a table that fits a screen of 80 cells: who supplies them is in the JSON and in the files.
pub(super) fn table<'p>(
    context: &Context,
    names: &Words<'_>,
    out: &mut Out,
    items: impl Iterator<Item = (&'p Product, i64)>,
) -> Result<(), Fail> {
    let heads = ["code", "name", "price", "pieces", "people", "county", "weight"];
    let right = |h: &str| matches!(h, "price" | "pieces" | "people" | "weight");
    let heads = heads.map(|h| (context.locale.tr(&format!("cli-pack-head-{h}")).into_owned(), right(h)));
    let mut table = Table::new(heads.to_vec());
    for (p, pieces) in items {
        let weight = p.weight.map_or_else(String::new, |w| words::number("weight", w));
        let cells = [
            p.code.clone(),
            crate::base::text::short(&p.name, NAME),
            Fen(p.price).yuan(),
            pieces.to_string(),
            p.people.to_string(),
            county(names, &p.county),
            weight,
        ];
        table.row(out, cells.to_vec())?;
    }
    table.flush(out).map_err(Into::into)
}

/// Cells of a name.
const NAME: usize = 22;

/// An item for programs.
pub(super) fn json(p: &Product, pieces: i64) -> Json {
    json!({
        "code": p.code, "name": p.name, "pieces": pieces, "price_fen": p.price, "category": p.category,
        "county": p.county, "supplier": p.supplier_name, "people_helped": p.people, "weight_g": p.weight,
    })
}
