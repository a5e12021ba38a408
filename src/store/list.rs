//! Every list of the product as data: where its rows come from, its columns, how each sorts and filters.
//!
//! Screens, `gongfu list`, exports and drill-downs read these tables; a new column is one line here and one label in
//! each locale file.

mod specs;

pub use specs::SPECS;

use crate::domain::codes::codes;
use crate::domain::rows::Kind;

codes! {
    /// The lists, by the word used on the command line.
    ListKind {
        Catalog = "catalog", Suppliers = "suppliers", Counters = "counters", Incidents = "incidents",
        Deadlines = "deadlines", Returns = "returns", Purchases = "purchases", Packs = "packs", Orders = "orders",
        Notices = "notices", Partners = "partners", Editions = "editions", Organisations = "organisations",
        Products = "products", Shelf = "shelf", PackItems = "pack-items", OrderLines = "order-lines", Visits = "visits",
        Evidence = "evidence", PurchaseEvidence = "purchase-evidence", Steps = "steps", Audit = "audit", Publications = "publications",
        Batches = "batches", TraceCodes = "trace-codes", Mall = "mall", Agreements = "agreements",
        Promotions = "promotions", Buyers = "buyers", Acks = "acks", Outbox = "outbox",
        Quotas = "quotas",
    }
}

impl ListKind {
    /// The list's table of facts.
    pub fn spec(self) -> &'static ListSpec {
        SPECS.iter().find(|s| s.kind == self).unwrap_or(&SPECS[0])
    }
}

/// What a cell of a column holds: decides alignment, form on screen, JSON type and which filters it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ty {
    /// A code such as `SX611026-0003`; filters by prefix or part.
    Code,
    /// A name; searched by ideographs, pinyin and initials.
    Name,
    /// Other text; filters by part, pinyin too.
    Text,
    /// A phone number or person: masked.
    Masked,
    /// One of a closed set; the string names the set in the locale files (`code-<set>-<code>`).
    Set(&'static str),
    /// Code of a division, shown by its name.
    Division,
    Count,
    /// A year; 0 when it is not known.
    Year,
    /// Fen, shown in yuan.
    Money,
    /// Size of a file, shown with its unit.
    Bytes,
    Day,
    Instant,
    YesNo,
}

/// How a column sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By this SQL expression, never null.
    By(&'static str),
    /// Not at all: the value is computed per shown row.
    No,
}

/// One column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub id: &'static str,
    /// SQL expression over the list's tables.
    pub sql: &'static str,
    pub ty: Ty,
    pub sort: Sort,
    /// Cells it likes to have.
    pub width: u16,
    /// 0 stays to the last; the highest leaves first when the screen is narrow.
    pub priority: u8,
    /// Whether it is shown unless the person asks for it.
    pub shown: bool,
}

/// One list.
pub struct ListSpec {
    pub kind: ListKind,
    /// Kind of the rows, for opening one; audit records and orders to the hub are no row kind.
    pub row: Option<Kind>,
    /// FROM clause; the rows' own table is `t`.
    pub from: &'static str,
    /// The row's number, which orders rows that sort alike.
    pub key: &'static str,
    /// The row's id.
    pub id: &'static str,
    pub columns: &'static [Column],
    /// Column id and whether descending.
    pub sort: (&'static str, bool),
    /// SQL of the text that bare words are matched against.
    pub text: &'static str,
    /// SQL of codes that are not in that text; a bare word of digits finds rows by any part of them.
    pub codes: &'static [&'static str],
    /// Column that `state:` and the state sign use.
    pub state: Option<&'static str>,
    /// Columns kept in memory beside the search text, so that filters on them need no SQL.
    pub facets: &'static [&'static str],
    /// Tally kind whose sum is the count without a filter, where counting rows would cost.
    pub tally: Option<&'static str>,
}

impl ListSpec {
    /// The column with this id.
    pub fn column(&self, id: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.id == id)
    }

    /// Whether words are looked for in a column kept in memory. Orders to the hub are few, and go again.
    pub fn is_searched(&self) -> bool {
        self.kind != ListKind::Outbox
    }

    /// Ids of the columns shown unless asked otherwise.
    pub fn shown(&self) -> Vec<&'static str> {
        self.columns.iter().filter(|c| c.shown).map(|c| c.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_table_and_its_references_hold() {
        for kind in ListKind::ALL {
            let spec = kind.spec();
            assert_eq!(spec.kind, *kind);
            assert!(spec.column(spec.sort.0).is_some_and(|c| c.sort != Sort::No), "{kind:?} sorts by a column it has");
            for id in spec.facets.iter().chain(spec.state.iter()) {
                assert!(spec.column(id).is_some(), "{kind:?} {id}");
            }
            let mut ids: Vec<_> = spec.columns.iter().map(|c| c.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), spec.columns.len(), "{kind:?} has a column twice");
        }
    }
}
