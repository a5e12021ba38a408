//! The three answers of a recall: who received it, what can still be stopped, what stock is left.
//!
//! Read by index from one product or some of its batches, so that it costs the same beside a million purchases.

use super::convert;
use super::rows::SqlRows;
use crate::domain::decide::affected_batches;
use crate::domain::rows::{Batch, BatchId, CatalogEntry, Incident, Kind, Row};
use crate::domain::value::Cell;
use crate::domain::work::Rows;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

/// Records of an answer that are named; sums are of all.
pub const NAMED: usize = 200;

/// Someone who has it, or something that can be stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    pub kind: Kind,
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub county: String,
    /// Code of its state in the set of its kind, or of a notice to a buyer; may be empty.
    pub state: String,
    pub pieces: i64,
    pub fen: i64,
}

/// One group of holders with its sums.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    pub total: i64,
    pub pieces: i64,
    pub fen: i64,
    /// The largest ones.
    pub named: Vec<Holder>,
}

/// The three answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Recall {
    pub entry: CatalogEntry,
    pub incident: Option<Incident>,
    /// The batches it is about.
    pub batches: Vec<Batch>,
    /// Who received it: buyers, with what they bought of these batches or of an unknown one.
    pub buyers: Part,
    /// Who received it: orders that are under way or have arrived, not settled.
    pub arrived: Part,
    /// What can still be stopped: orders that have not left.
    pub stoppable: Part,
    /// What can still be stopped: agreements that go on.
    pub agreements: Part,
    /// What stock is left: with the supplier, by batch.
    pub supplier: Part,
    /// What stock is left: on shelves where it has not been taken down.
    pub shelves: Part,
}

/// Reads the answers for an incident, a batch or a catalog entry; `None` when there is none with this id.
///
/// # Errors
/// What SQLite says.
pub fn read(db: &Connection, kind: Kind, id: Uuid) -> rusqlite::Result<Option<Recall>> {
    let rows = SqlRows::new(db);
    let fetch = |kind, id| rows.fetch(kind, id).map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()));
    let (incident, entry, only) = match fetch(kind, id)? {
        Some(Row::Incident(i)) => (Some(i.clone()), i.entry_id.0, None),
        Some(Row::Batch(b)) => (None, b.entry_id.0, Some(b.id)),
        Some(Row::CatalogEntry(e)) => (None, e.id.0, None),
        _ => return Ok(None),
    };
    let Some(Row::CatalogEntry(entry)) = fetch(Kind::CatalogEntry, entry)? else { return Ok(None) };
    let all = rows
        .find(Kind::Batch, "entry_id", &entry.id.to_value())
        .map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
    let all: Vec<Batch> = all.into_iter().filter_map(crate::domain::record::Record::from_row).collect();
    let affected: Vec<BatchId> = match (&incident, only) {
        (Some(incident), _) => affected_batches(incident, &all),
        (None, Some(one)) => vec![one],
        (None, None) => all.iter().map(|b| b.id).collect(),
    };
    // What nobody wrote a batch on may be of any, unless one batch is asked about by itself.
    let unknown = only.is_none();
    let batches: Vec<Batch> = all.into_iter().filter(|b| affected.contains(&b.id)).collect();
    let id = entry.id.0;
    Ok(Some(Recall {
        buyers: buyers(db, id, &affected, unknown)?,
        arrived: part(db, &orders("'shipped', 'received', 'accepted', 'disputed'"), Kind::PurchaseOrder, id)?,
        stoppable: part(db, &orders("'requested', 'pooled', 'ordered'"), Kind::PurchaseOrder, id)?,
        agreements: part(db, AGREEMENTS, Kind::SalesAgreement, id)?,
        supplier: at_supplier(&batches),
        shelves: part(db, SHELVES, Kind::Counter, id)?,
        entry,
        incident,
        batches,
    }))
}

fn orders(states: &str) -> String {
    format!(
        "SELECT o.id, o.code, u.name, u.division_code, o.state, sum(l.quantity), sum(l.quantity * l.price_fen) \
         FROM order_line l JOIN purchase_order o ON o.id = l.order_id JOIN organisation u ON u.id = o.buyer_id \
         WHERE l.entry_id = ?1 AND o.state IN ({states}) GROUP BY o.id"
    )
}

const AGREEMENTS: &str = "SELECT id, code, seller, '', state, quantity, quantity * price_fen FROM sales_agreement \
     WHERE entry_id = ?1 AND state IN ('signed', 'performing', 'suspended')";

const SHELVES: &str = "SELECT c.id, c.code, c.name, c.county_code, c.state, sum(s.quantity), 0 \
     FROM shelf_line s JOIN counter c ON c.id = s.counter_id WHERE s.entry_id = ?1 AND s.state <> 'removed' GROUP BY c.id";

/// Buyers of the batches; with `unknown`, also of purchases that name none. Rejected and corrected ones are none.
fn buyers(db: &Connection, entry: Uuid, batches: &[BatchId], unknown: bool) -> rusqlite::Result<Part> {
    let marks = vec!["?"; batches.len()].join(", ");
    let or_unknown = if unknown { "OR p.batch_id IS NULL" } else { "" };
    let sql = format!(
        "SELECT o.id, '', o.name, o.division_code, coalesce((SELECT n.state FROM buyer_notice n WHERE n.entry_id = ?1 \
         AND n.buyer_id = o.id), ''), sum(p.quantity), sum(p.amount_fen) FROM purchase p INDEXED BY purchase_entry_id \
         JOIN organisation o ON o.id = p.buyer_id WHERE p.entry_id = ?1 AND p.state NOT IN ('rejected', 'adjusted') \
         AND p.quantity <> 0 AND (p.batch_id IN ({marks}) {or_unknown}) GROUP BY o.id"
    );
    let ids = std::iter::once(entry).chain(batches.iter().map(|b| b.0));
    let ids: Vec<Sql> = ids.map(|id| Sql::Blob(id.as_bytes().to_vec())).collect();
    gather(db, &sql, Kind::Organisation, ids)
}

fn part(db: &Connection, sql: &str, kind: Kind, entry: Uuid) -> rusqlite::Result<Part> {
    gather(db, sql, kind, vec![Sql::Blob(entry.as_bytes().to_vec())])
}

fn gather(db: &Connection, sql: &str, kind: Kind, values: Vec<Sql>) -> rusqlite::Result<Part> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params_from_iter(values), |r| {
        Ok(Holder {
            kind,
            id: convert::uuid(r, 0)?,
            code: r.get(1)?,
            name: r.get(2)?,
            county: r.get(3)?,
            state: r.get(4)?,
            pieces: r.get(5)?,
            fen: r.get(6)?,
        })
    })?;
    let mut named = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    named.sort_by(|a, b| b.pieces.cmp(&a.pieces).then_with(|| a.name.cmp(&b.name)));
    let sum = |of: fn(&Holder) -> i64| named.iter().map(of).sum();
    let (total, pieces, fen) = (i64::try_from(named.len()).unwrap_or(i64::MAX), sum(|h| h.pieces), sum(|h| h.fen));
    named.truncate(NAMED);
    Ok(Part { total, pieces, fen, named })
}

fn at_supplier(batches: &[Batch]) -> Part {
    let named: Vec<Holder> = batches
        .iter()
        .map(|b| Holder {
            kind: Kind::Batch,
            id: b.id.0,
            code: b.code.clone(),
            name: b.made_on.to_string(),
            county: String::new(),
            state: b.state.code().to_owned(),
            pieces: b.left_over,
            fen: 0,
        })
        .collect();
    let pieces = named.iter().map(|h| h.pieces).sum();
    Part { total: i64::try_from(named.len()).unwrap_or(i64::MAX), pieces, fen: 0, named }
}
