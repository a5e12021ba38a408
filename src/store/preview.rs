//! What a delisting would touch, counted and listed before anyone confirms it.
//!
//! The domain foresees it: the page shows what the decision itself would change, so the two cannot differ. What an
//! earlier suspension has stopped already is found through the rows and counted with it.

use super::rows::SqlRows;
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::codes::*;
use crate::domain::command::Command;
use crate::domain::decide::{decide, foresee};
use crate::domain::record::Record;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rows::*;
use crate::domain::value::Cell;
use crate::domain::work::{Rows, Work};
use jiff::Timestamp;
use rusqlite::Connection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one group of touched records is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    Counters,
    Packs,
    Orders,
    /// Orders that are on their way already: they cannot be stopped any more.
    Shipped,
    Agreements,
    Batches,
    Codes,
    Mall,
    Promotions,
    Buyers,
    Siblings,
    Publications,
}

impl Touch {
    /// Its word among the texts: `touch-<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Touch::Counters => "counters",
            Touch::Packs => "packs",
            Touch::Orders => "orders",
            Touch::Shipped => "shipped",
            Touch::Agreements => "agreements",
            Touch::Batches => "batches",
            Touch::Codes => "codes",
            Touch::Mall => "mall",
            Touch::Promotions => "promotions",
            Touch::Buyers => "buyers",
            Touch::Siblings => "siblings",
            Touch::Publications => "publications",
        }
    }

    /// Every group in the order of the page.
    pub const ALL: &'static [Touch] = &[
        Touch::Counters,
        Touch::Packs,
        Touch::Orders,
        Touch::Shipped,
        Touch::Agreements,
        Touch::Batches,
        Touch::Codes,
        Touch::Mall,
        Touch::Promotions,
        Touch::Buyers,
        Touch::Siblings,
        Touch::Publications,
    ];
}

/// One record it touches.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub code: String,
    pub name: String,
    /// County or partner city, where it has one.
    pub county: String,
    /// Set and code of its state now, where it has one.
    pub state: Option<(&'static str, String)>,
    /// Pieces, and fen where it has an amount.
    pub pieces: i64,
    pub fen: i64,
}

/// One product that would be delisted, with the incident that does it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub incident: Incident,
    pub entry: CatalogEntry,
    pub evidence: i64,
}

/// The whole page.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    pub cases: Vec<Case>,
    /// Why it would be refused now, if it would be.
    pub refusal: Option<Refusal>,
    pub groups: BTreeMap<Touch, Vec<Item>>,
}

/// Foresees the delisting of some incidents' products by `actor` at `now`. Where products are named instead, the
/// incident of each that is being verified is meant; one without is refused.
///
/// # Errors
/// What SQLite says.
pub fn read(
    db: &Connection,
    actor: &Actor,
    now: Timestamp,
    incidents: &[Uuid],
    entries: &[Uuid],
) -> rusqlite::Result<Preview> {
    let rows = SqlRows::new(db);
    let preview = foreseen(&rows, actor, now, incidents, entries);
    match (preview, rows.into_failure()) {
        (_, Some(e)) => Err(e),
        (Ok(preview), None) => Ok(preview),
        (Err(Stop::Refused(refusal)), None) => {
            Ok(Preview { cases: Vec::new(), refusal: Some(refusal), groups: BTreeMap::new() })
        }
        (Err(Stop::Rows(why)), None) => Err(rusqlite::Error::ToSqlConversionFailure(why.into())),
    }
}

fn foreseen(
    rows: &SqlRows<'_>,
    actor: &Actor,
    now: Timestamp,
    incidents: &[Uuid],
    entries: &[Uuid],
) -> Result<Preview, Stop> {
    let mut chosen: Vec<Incident> = Vec::new();
    for id in incidents {
        chosen.push(get(rows, *id)?);
    }
    for id in entries {
        chosen.push(under_verification(rows, *id)?);
    }
    let mut preview = Preview { cases: Vec::new(), refusal: None, groups: BTreeMap::new() };
    if chosen.iter().any(|i| i.supplier_id != chosen[0].supplier_id) {
        preview.refusal = Some(Refusal::new("several-suppliers").with("n", chosen.len().to_string()));
    }
    // The ids are of rows nobody keeps.
    let mut ids = Ids::seeded(Clock::Fixed(now), 0);
    let eye = Actor { role: Role::Office, ..actor.clone() };
    for incident in chosen {
        let entry: CatalogEntry = get(rows, incident.entry_id.0)?;
        let (product, reason) = (entry.code.clone(), "-".to_owned());
        let confirm = Command::ConfirmIncident { incident: incident.id.0, product, reason };
        if let Err(Stop::Refused(refusal)) = decide(Work::new(rows, &mut ids, actor, now), &confirm) {
            preview.refusal.get_or_insert(refusal);
        }
        match foresee(Work::new(rows, &mut ids, &eye, now), incident.id.0) {
            Ok(changes) => {
                for change in &changes {
                    if let Some((touch, item)) = touched(rows, change.before.is_none(), &change.after, &entry)? {
                        preview.groups.entry(touch).or_default().push(item);
                    }
                }
                hanging(rows, &entry, &mut preview.groups)?;
            }
            Err(Stop::Refused(refusal)) => {
                preview.refusal.get_or_insert(refusal);
            }
            Err(stop) => return Err(stop),
        }
        let evidence = find::<Evidence>(rows, "incident_id", incident.id.to_value())?.len();
        preview.cases.push(Case { incident, entry, evidence: i64::try_from(evidence).unwrap_or(i64::MAX) });
    }
    Ok(preview)
}

/// The incident of an entry that can be confirmed next.
fn under_verification(rows: &SqlRows<'_>, entry: Uuid) -> Result<Incident, Stop> {
    let entry: CatalogEntry = get(rows, entry)?;
    let all = find::<Incident>(rows, "entry_id", entry.id.to_value())?;
    let next = all.into_iter().rfind(|i| i.state == IncidentState::Verifying);
    next.ok_or_else(|| Refusal::new("no-verified-incident").with("code", entry.code).with("name", entry.name).into())
}

fn get<R: Record>(rows: &SqlRows<'_>, id: Uuid) -> Result<R, Stop> {
    let row = rows.fetch(R::KIND, id).map_err(Stop::Rows)?.and_then(R::from_row);
    row.ok_or_else(|| Refusal::new("unknown-record").with("kind", R::KIND.table()).with("code", id.to_string()).into())
}

fn find<R: Record>(
    rows: &SqlRows<'_>,
    column: &'static str,
    value: crate::domain::value::Value,
) -> Result<Vec<R>, Stop> {
    let found = rows.find(R::KIND, column, &value).map_err(Stop::Rows)?;
    Ok(found.into_iter().filter_map(R::from_row).collect())
}

/// A changed row as an item of the page; rows that only follow from others are none.
fn touched(rows: &SqlRows<'_>, is_new: bool, row: &Row, entry: &CatalogEntry) -> Result<Option<(Touch, Item)>, Stop> {
    let item = |code: &str, name: &str, county: &str| Item {
        code: code.to_owned(),
        name: name.to_owned(),
        county: county.to_owned(),
        state: None,
        pieces: 0,
        fen: 0,
    };
    Ok(Some(match row {
        Row::RemovalNotice(n) if is_new => {
            let counter: Counter = get(rows, n.counter_id.0)?;
            (Touch::Counters, item(&counter.code, &counter.name, &counter.county_code))
        }
        Row::SalesAgreement(a) => {
            let pieces = a.quantity;
            (Touch::Agreements, Item { pieces, ..item(&a.code, &a.seller, "") })
        }
        Row::Batch(b) => {
            let state = Some(("batch", b.state.code().to_owned()));
            (Touch::Batches, Item { state, pieces: b.left_over, ..item(&b.code, "", "") })
        }
        Row::TraceCode(c) => (Touch::Codes, item(&c.code, "", "")),
        Row::Promotion(p) => (Touch::Promotions, item(&p.code, &p.name, "")),
        Row::BuyerNotice(n) => {
            let buyer: Organisation = get(rows, n.buyer_id.0)?;
            let (pieces, fen) = (n.quantity, n.amount_fen.0);
            (Touch::Buyers, Item { pieces, fen, ..item("", &buyer.name, &buyer.division_code) })
        }
        Row::CatalogEntry(e) if e.id != entry.id => {
            let state = Some(("catalog_entry", e.state.code().to_owned()));
            (Touch::Siblings, Item { state, ..item(&e.code, &e.name, &e.county_code) })
        }
        Row::Publication(p) if is_new => {
            let state = Some(("channel_place", p.channel.code().to_owned()));
            (Touch::Publications, Item { state, ..item("", "", "") })
        }
        _ => return Ok(None),
    }))
}

/// Packs that hold it, orders of it and its place in the mall, whether they stop now or stopped with a suspension.
fn hanging(rows: &SqlRows<'_>, entry: &CatalogEntry, groups: &mut BTreeMap<Touch, Vec<Item>>) -> Result<(), Stop> {
    let item = |code: String, name: String, state: (&'static str, &str)| Item {
        code,
        name,
        county: String::new(),
        state: Some((state.0, state.1.to_owned())),
        pieces: 0,
        fen: 0,
    };
    let mut add = |touch: Touch, item: Item| {
        let list = groups.entry(touch).or_default();
        // Two products of one batch of delistings may be in one pack.
        if !list.iter().any(|i| !i.code.is_empty() && i.code == item.code) {
            list.push(item);
        }
    };
    for line in find::<GiftPackItem>(rows, "entry_id", entry.id.to_value())?.iter().filter(|i| i.quantity > 0) {
        let pack: GiftPack = get(rows, line.pack_id.0)?;
        if matches!(pack.state, PackState::Published | PackState::NeedsReplacement) {
            add(Touch::Packs, item(pack.code, pack.name, ("gift_pack", pack.state.code())));
        }
    }
    for line in find::<OrderLine>(rows, "entry_id", entry.id.to_value())? {
        let order: PurchaseOrder = get(rows, line.order_id.0)?;
        let touch = match order.state {
            OrderState::Requested | OrderState::Pooled | OrderState::Ordered => Touch::Orders,
            OrderState::Shipped => Touch::Shipped,
            _ => continue,
        };
        let buyer: Organisation = get(rows, order.buyer_id.0)?;
        let order_item = item(order.code, buyer.name, ("purchase_order", order.state.code()));
        add(touch, Item { pieces: line.quantity, fen: order.amount_fen.0, ..order_item });
    }
    for listing in find::<MallListing>(rows, "entry_id", entry.id.to_value())? {
        add(Touch::Mall, item(entry.code.clone(), entry.name.clone(), ("mall_listing", listing.state.code())));
    }
    Ok(())
}
