//! What a record is called where it has no name of its own: a return by unit and form, a notice by product and counter.

use crate::console::format::Format;
use crate::domain::value::Value;
use crate::store::list::{Column, ListKind, ListSpec};
use crate::store::page::PageRow;

/// Columns that make the name of a list's rows, in order; lists not named have a name of their own.
const NAMES: &[(ListKind, &[&str])] = &[
    (ListKind::Incidents, &["product", "title"]),
    (ListKind::Returns, &["unit", "form"]),
    (ListKind::Notices, &["product", "counter"]),
    (ListKind::Editions, &["number", "dated"]),
    (ListKind::Publications, &["number", "channel"]),
    (ListKind::Purchases, &["buyer", "product"]),
    (ListKind::Orders, &["buyer"]),
    (ListKind::Shelf, &["name", "counter"]),
    (ListKind::Visits, &["counter", "day"]),
    (ListKind::Steps, &["verb", "person"]),
    (ListKind::Evidence, &["kind", "title"]),
    (ListKind::PurchaseEvidence, &["kind", "title"]),
    (ListKind::Acks, &["answer", "counter"]),
    (ListKind::Batches, &["product"]),
    (ListKind::TraceCodes, &["batch"]),
    (ListKind::Mall, &["product"]),
    (ListKind::Agreements, &["product", "seller"]),
    (ListKind::Buyers, &["buyer"]),
    (ListKind::Deadlines, &["title"]),
];

/// The cell of a column.
pub fn cell<'r>(spec: &ListSpec, row: &'r PageRow, id: &str) -> Option<(&'static Column, &'r Value)> {
    let place = spec.columns.iter().position(|c| c.id == id)?;
    Some((&spec.columns[place], row.cells.get(place)?))
}

/// The row's code, empty when it has none.
pub fn code(spec: &ListSpec, row: &PageRow) -> String {
    let found = cell(spec, row, "code").or_else(|| cell(spec, row, "entry")).or_else(|| cell(spec, row, "incident"));
    found.and_then(|(_, v)| v.as_text()).unwrap_or_default().to_owned()
}

/// What the row is called.
pub fn name(spec: &ListSpec, row: &PageRow, format: &Format<'_>) -> String {
    let ids = NAMES.iter().find(|(kind, _)| *kind == spec.kind).map_or(&["name"][..], |(_, ids)| *ids);
    let words = ids.iter().filter_map(|id| cell(spec, row, id)).map(|(c, v)| format.cell(c.ty, v));
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}
