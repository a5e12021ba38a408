//! Purchases of the relief database (A15, A16; plan 三（一）2 and 7). Only counted ones add to the goal.

use super::counter::must_be_listed;
use super::{Target, field, owner, step};
use crate::domain::codes::*;
use crate::domain::command::AddPurchase;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rights::Right;
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::{Work, shanghai_date};
use jiff::civil::Date;
use uuid::Uuid;

/// A fixed-point purchase counts only with all three kinds of evidence (三（一）7).
pub const EVIDENCE_KINDS: i64 = 3;

pub fn add(w: &mut Work<'_>, new: &AddPurchase) -> Result<Target, Stop> {
    let buyer: Organisation = w.get(new.buyer)?;
    w.allow(Right::Purchase, &buyer.division_code, buyer.id.0)?;
    let supplier: Supplier = w.get(new.supplier)?;
    let voucher_no = field::optional("voucher_no", &new.voucher_no, 60)?;
    if !voucher_no.is_empty() {
        let same = w.find::<Purchase>("voucher_no", voucher_no.to_value())?;
        if let Some(twin) = same.iter().find(|p| p.supplier_id == supplier.id && p.state != PurchaseState::Rejected) {
            let refusal = Refusal::new("already-exists").with("kind", "purchase").with("code", twin.code.clone());
            return Err(refusal.into());
        }
    }
    if let Some(entry) = new.entry {
        must_have_been_listed(&w.get(entry)?, &supplier, new.bought_on)?;
    }
    if new.bought_on > w.today() {
        let refusal =
            Refusal::new("number-out-of-range").with("field", "bought_on").with("value", new.bought_on.to_string());
        return Err(refusal.with("low", "").with("high", w.today().to_string()).into());
    }
    let number = w.next_number(Kind::Purchase)?;
    let purchase = Purchase {
        id: PurchaseId(w.new_id()),
        meta: w.new_meta(buyer.id.0),
        code: format!("CG-{}-{number:06}", new.bought_on.year()),
        buyer_id: buyer.id,
        supplier_id: supplier.id,
        entry_id: new.entry.map(EntryId),
        bought_on: new.bought_on,
        quantity: field::between("quantity", new.quantity, 1, 10_000_000)?,
        amount_fen: Fen(field::between("amount", new.amount.0, 1, 1_000_000_000_000)?),
        channel: new.channel,
        kind: new.kind,
        voucher_no,
        state: PurchaseState::Draft,
        evidence: field::between("evidence", new.evidence, 0, EVIDENCE_KINDS)?,
        adjusts: None,
    };
    let target = (purchase.id.0, purchase.code.clone());
    w.create(purchase);
    Ok(target)
}

/// Only listed goods count as relief purchases, bought from who supplies them; what has left the catalog since counts up
/// to the day it left (A05, A15).
fn must_have_been_listed(entry: &CatalogEntry, supplier: &Supplier, on: Date) -> Result<(), Refusal> {
    if entry.supplier_id != supplier.id {
        let refusal = Refusal::new("not-of-supplier").with("code", entry.code.clone());
        return Err(refusal.with("supplier", supplier.name.clone()));
    }
    let left = entry.edition_no.is_some() && on <= shanghai_date(entry.state_at);
    if left { Ok(()) } else { must_be_listed(entry) }
}

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let purchase: Purchase = w.get(id)?;
    let buyer: Organisation = w.get(purchase.buyer_id.0)?;
    let area = (buyer.division_code.as_str(), owner(&purchase));
    let (_, state) = step(w, &purchase.code, purchase.state, verb, reason, area)?;
    if verb == Verb::Count && purchase.kind == PurchaseKind::FixedPoint && purchase.evidence < EVIDENCE_KINDS {
        let refusal = Refusal::new("not-counted").with("code", purchase.code);
        return Err(refusal.with("evidence", purchase.evidence.to_string()).into());
    }
    w.update(purchase.clone(), Purchase { state, ..purchase.clone() });
    Ok((id, purchase.code))
}
