//! Corrections of single fields: of a product's line in the catalog, of a supplier, of a counter.
//!
//! Which fields may be corrected, and what fits into them, is the table [`EDITABLE`](crate::domain::groups::EDITABLE). A
//! correction never moves a record on its way: what was delisted stays delisted.

use super::{Target, field};
use crate::domain::command::{EditRecord, Given};
use crate::domain::groups::{Typed, editable};
use crate::domain::record::Record;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rights::Right;
use crate::domain::rows::*;
use crate::domain::value::Value;
use crate::domain::work::Work;

/// Decides a correction.
pub fn fields(w: &mut Work<'_>, edit: &EditRecord) -> Result<Target, Stop> {
    match edit.kind {
        Kind::CatalogEntry => of::<CatalogEntry>(w, edit, Right::EditSuppliers),
        Kind::Supplier => of::<Supplier>(w, edit, Right::EditSuppliers),
        Kind::Counter => of::<Counter>(w, edit, Right::EditCounters),
        _ => Err(fixed(edit, edit.set.keys().next().map_or("", String::as_str)).into()),
    }
}

fn of<R: Record>(w: &mut Work<'_>, edit: &EditRecord, right: Right) -> Result<Target, Stop> {
    let before: R = w.get(edit.id)?;
    let row: Row = before.clone().into();
    let mut cells = row.cells();
    let place = |name: &str| R::COLUMNS.iter().position(|c| c.name == name);
    let words = |name: &str| place(name).and_then(|i| row.cell(i).as_text().map(str::to_owned)).unwrap_or_default();
    let code = words("code");
    w.allow(right, &words("county_code"), before.meta().org)?;
    field::reason(&edit.reason)?;
    for (name, given) in &edit.set {
        let known = editable(edit.kind).find(|e| e.column == name);
        let (Some(known), Some(at)) = (known, place(name)) else { return Err(fixed(edit, name).into()) };
        cells[at] = checked(known.column, known.typed, given)?;
    }
    let after = Row::from_cells(edit.kind, edit.id, before.meta().clone(), &mut cells.into_iter());
    let after = after.map_err(|e| Stop::Rows(e.to_string()))?;
    if after == row {
        return Err(Refusal::new("nothing-changes").with("code", code).into());
    }
    if let Some(after) = R::from_row(after) {
        w.update(before, after);
    }
    Ok((edit.id, code))
}

fn fixed(edit: &EditRecord, name: &str) -> Refusal {
    let known: Vec<&str> = editable(edit.kind).map(|e| e.column).collect();
    let name: String = name.chars().take(40).collect();
    Refusal::new("field-fixed").with("kind", edit.kind.table()).with("field", name).with("fields", known.join(","))
}

fn checked(name: &'static str, typed: Typed, given: &Given) -> Result<Value, Refusal> {
    match (typed, given) {
        (Typed::Text(most), Given::Text(text)) => field::optional(name, text, most).map(Value::Text),
        (Typed::Words(most), Given::Text(text)) => field::required(name, text, most).map(Value::Text),
        (Typed::Number(low, high) | Typed::Money(low, high) | Typed::Degrees(low, high), Given::Number(n)) => {
            field::between(name, *n, low, high).map(Value::Int)
        }
        (Typed::Text(_) | Typed::Words(_), Given::Number(_)) => Err(Refusal::new("field-unclean").with("field", name)),
        (Typed::Number(low, high) | Typed::Money(low, high) | Typed::Degrees(low, high), Given::Text(_)) => {
            let refusal = Refusal::new("number-out-of-range").with("field", name).with("value", "");
            Err(refusal.with("low", low.to_string()).with("high", high.to_string()))
        }
    }
}
