//! Who bought what was delisted: gathered while the purchases stream by, written as notices to buyers.
//!
//! Owns the buyers' notices; holds sums of the few products that were delisted, no purchases.

use super::emit::{Desk, Done, changed, later};
use super::names;
use crate::domain::codes::{BuyerNoticeState, PurchaseState};
use crate::domain::rows::*;
use crate::domain::value::Fen;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// A delisting.
struct Recall {
    incident: IncidentId,
    confirmed: Timestamp,
    /// The batch it named.
    batch: Option<BatchId>,
    closed: bool,
    /// Purchases, pieces and fen by buyer.
    buyers: BTreeMap<OrgId, (i64, i64, i64)>,
}

/// The delistings, by the entry they took out.
#[derive(Default)]
pub(super) struct Recalls(HashMap<EntryId, Recall>);

impl Recalls {
    pub(super) fn add(
        &mut self,
        entry: EntryId,
        (incident, confirmed): (IncidentId, Timestamp),
        batch: Option<BatchId>,
        closed: bool,
    ) {
        self.0.insert(entry, Recall { incident, confirmed, batch, closed, buyers: BTreeMap::new() });
    }

    /// Takes note of a purchase, by the rule of the domain: of the named batch, or of none on record.
    pub(super) fn bought(&mut self, purchase: &Purchase) {
        let Some(recall) = purchase.entry_id.and_then(|e| self.0.get_mut(&e)) else { return };
        let void = matches!(purchase.state, PurchaseState::Rejected | PurchaseState::Adjusted);
        let other = purchase.batch_id.is_some() && purchase.batch_id != recall.batch;
        if void || other {
            return;
        }
        let sums = recall.buyers.entry(purchase.buyer_id).or_default();
        sums.0 += 1;
        sums.1 += purchase.quantity;
        sums.2 += purchase.amount_fen.0;
    }

    pub(super) fn write<E>(self, desk: &mut Desk<'_, E>) -> Done<E> {
        let office = names::clerk("610000", 4);
        let mut all: Vec<(EntryId, Recall)> = self.0.into_iter().collect();
        all.sort_by_key(|(_, recall)| recall.incident);
        for (entry_id, recall) in all {
            for (n, (buyer_id, (purchases, quantity, fen))) in recall.buyers.into_iter().enumerate() {
                let told = (recall.closed || n % 3 > 0).then(|| later(recall.confirmed, 90).min(desk.now()));
                let touched = told.unwrap_or(recall.confirmed);
                let id = BuyerNoticeId(desk.id());
                desk.put(BuyerNotice {
                    id,
                    meta: changed(
                        buyer_id.0,
                        (recall.confirmed, &office),
                        (touched, &office),
                        1 + i64::from(told.is_some()),
                    ),
                    incident_id: recall.incident,
                    entry_id,
                    buyer_id,
                    purchases,
                    quantity,
                    amount_fen: Fen(fen),
                    state: if told.is_some() { BuyerNoticeState::Notified } else { BuyerNoticeState::Pending },
                    notified_at: told,
                })?;
            }
        }
        Ok(())
    }
}
