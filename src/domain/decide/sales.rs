//! What hangs on a catalog entry and must follow it: shelf lines, the mall, gift packs, open orders.
//!
//! The one place that keeps "nothing refers to a listed entry that is not": every way out of `listed` calls [`stop`],
//! the way back calls [`resume`].

use crate::domain::codes::*;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::Stop;
use crate::domain::rows::*;
use crate::domain::value::Cell;
use crate::domain::work::Work;

/// Order states in which goods are not yet on their way, so that the order can still be stopped.
pub const STOPPABLE: &[OrderState] = &[OrderState::Requested, OrderState::Pooled, OrderState::Ordered];

/// Takes an entry out of sale everywhere: its `shelves` stop, published packs need a replacement, open orders are held.
pub fn stop(w: &mut Work<'_>, entry: &CatalogEntry, shelves: Vec<ShelfLine>, reason: &str) -> Result<(), Stop> {
    for line in shelves {
        if line.state == ShelfState::Sellable {
            w.update(line.clone(), ShelfLine { state: ShelfState::Stopped, stopped_with_entry: true, ..line });
        }
    }
    for listing in w.find::<MallListing>("entry_id", entry.id.to_value())? {
        if listing.state == MallState::OnSale {
            let off = MallListing { state: MallState::OffSale, stopped_with_entry: true, ..listing.clone() };
            w.update(listing, MallListing { off_requested_at: Some(w.now), ..off });
        }
    }
    for item in w.find::<GiftPackItem>("entry_id", entry.id.to_value())? {
        let pack: GiftPack = w.get(item.pack_id.0)?;
        if item.quantity > 0 && pack.state == PackState::Published {
            let (_, state) = machine::step(&pack.code, pack.state, Verb::Stop, reason)?;
            w.update(pack.clone(), GiftPack { state, state_reason: format!("{} {}", entry.code, entry.name), ..pack });
        }
    }
    for line in w.find::<OrderLine>("entry_id", entry.id.to_value())? {
        let order: PurchaseOrder = w.get(line.order_id.0)?;
        if !order.held && STOPPABLE.contains(&order.state) {
            let held_reason = format!("{} {}", entry.code, entry.name);
            w.update(order.clone(), PurchaseOrder { held: true, held_reason, ..order });
        }
    }
    Ok(())
}

/// Puts an entry that is listed again back on the shelves it left with it and releases orders it alone held. Shelf
/// lines stopped by hand and packs stay as they are: a person starts them again.
pub fn resume(w: &mut Work<'_>, entry: &CatalogEntry) -> Result<(), Stop> {
    for line in w.find::<ShelfLine>("entry_id", entry.id.to_value())? {
        if line.state == ShelfState::Stopped && line.stopped_with_entry {
            w.update(line.clone(), ShelfLine { state: ShelfState::Sellable, stopped_with_entry: false, ..line });
        }
    }
    for listing in w.find::<MallListing>("entry_id", entry.id.to_value())? {
        if listing.state == MallState::OffSale && listing.stopped_with_entry {
            let on = MallListing { state: MallState::OnSale, stopped_with_entry: false, ..listing.clone() };
            w.update(listing, MallListing { off_requested_at: None, ..on });
        }
    }
    for line in w.find::<OrderLine>("entry_id", entry.id.to_value())? {
        let order: PurchaseOrder = w.get(line.order_id.0)?;
        if order.held && first_unlisted(w, &order, Some(entry))?.is_none() {
            w.update(order.clone(), PurchaseOrder { held: false, held_reason: String::new(), ..order });
        }
    }
    Ok(())
}

/// The first entry of an order that is not listed; `just_listed` counts as listed.
pub fn first_unlisted(
    w: &Work<'_>,
    order: &PurchaseOrder,
    just_listed: Option<&CatalogEntry>,
) -> Result<Option<CatalogEntry>, Stop> {
    for line in w.find::<OrderLine>("order_id", order.id.to_value())? {
        if just_listed.is_some_and(|e| e.id == line.entry_id) {
            continue;
        }
        let entry: CatalogEntry = w.get(line.entry_id.0)?;
        if entry.state != EntryState::Listed {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}
