//! Purchases of the relief database (A15, A16; plan 三（一）2 and 7). Only counted ones add to the goal.

use super::counter::must_be_listed;
use super::{Target, field, no_such_step, owner, step};
use crate::domain::codes::*;
use crate::domain::command::{AddPurchase, AddPurchaseEvidence};
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::{Work, shanghai_date};
use jiff::civil::Date;
use uuid::Uuid;

/// A fixed-point purchase counts only with all three kinds of evidence (三（一）7).
pub const EVIDENCE_KINDS: i64 = 3;
/// Largest quantity and amount (ten billion yuan) of one purchase.
const MAX_QUANTITY: i64 = 10_000_000;
const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// Largest file, as for incidents.
const MAX_BYTES: i64 = 20 << 20;

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
    if let Some(batch) = new.batch {
        let batch: Batch = w.get(batch)?;
        if new.entry != Some(batch.entry_id.0) {
            return Err(Refusal::new("not-of-entry").with("code", batch.code).into());
        }
    }
    not_in_future(w, "bought_on", new.bought_on)?;
    let code = w.next_code(Kind::Purchase, |n| format!("CG-{}-{n:06}", new.bought_on.year()))?;
    let purchase = Purchase {
        id: PurchaseId(w.new_id()),
        meta: w.new_meta(buyer.id.0),
        code,
        buyer_id: buyer.id,
        supplier_id: supplier.id,
        entry_id: new.entry.map(EntryId),
        bought_on: new.bought_on,
        quantity: field::between("quantity", new.quantity, 1, MAX_QUANTITY)?,
        amount_fen: Fen(field::between("amount", new.amount.0, 1, MAX_AMOUNT)?),
        channel: new.channel,
        kind: new.kind,
        voucher_no,
        state: PurchaseState::Draft,
        evidence: field::between("evidence", new.evidence, 0, EVIDENCE_KINDS)?,
        adjusts: None,
        batch_id: new.batch.map(BatchId),
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

fn not_in_future(w: &Work<'_>, field: &'static str, day: Date) -> Result<(), Refusal> {
    if day <= w.today() {
        return Ok(());
    }
    let refusal = Refusal::new("number-out-of-range").with("field", field).with("value", day.to_string());
    Err(refusal.with("low", "").with("high", w.today().to_string()))
}

/// Attaches a file while the purchase is not decided. How many kinds there are never falls below what the unit stated:
/// what it holds on paper may come file by file (A16; 三（一）7).
pub fn add_evidence(w: &mut Work<'_>, new: &AddPurchaseEvidence) -> Result<Target, Stop> {
    let purchase: Purchase = w.get(new.purchase)?;
    let buyer: Organisation = w.get(purchase.buyer_id.0)?;
    w.allow(Right::Purchase, &buyer.division_code, owner(&purchase))?;
    let open = [PurchaseState::Draft, PurchaseState::Submitted, PurchaseState::WaitingEvidence];
    if !open.contains(&purchase.state) {
        let needs = open.map(PurchaseState::code).join(",");
        let (state, who) = (purchase.state.code(), rights::who(Right::Purchase));
        return Err(wrong_state(Kind::Purchase, purchase.code, state, "add_evidence", needs, who).into());
    }
    if new.sha256.len() != 64 || !new.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Refusal::new("field-unclean").with("field", "sha256").into());
    }
    not_in_future(w, "dated", new.dated)?;
    let sha256 = new.sha256.to_ascii_lowercase();
    let title = field::required("title", &new.title, field::SHORT)?;
    let known = w.find::<PurchaseEvidence>("purchase_id", purchase.id.to_value())?;
    let twin = known.iter().any(|e| e.sha256 == sha256 && e.kind == new.kind);
    field::once(twin, Kind::PurchaseEvidence, &title)?;
    let there = |kind: &&ProofKind| **kind == new.kind || known.iter().any(|e| e.kind == **kind);
    let kinds = i64::try_from(ProofKind::ALL.iter().filter(there).count()).unwrap_or(EVIDENCE_KINDS);
    let evidence = PurchaseEvidence {
        id: PurchaseEvidenceId(w.new_id()),
        meta: w.new_meta(owner(&purchase)),
        purchase_id: purchase.id,
        kind: new.kind,
        title,
        sha256,
        bytes: field::between("bytes", new.bytes, 0, MAX_BYTES)?,
        dated: new.dated,
        added_at: w.now,
    };
    w.create(evidence);
    let target = (purchase.id.0, purchase.code.clone());
    w.update(purchase.clone(), Purchase { evidence: purchase.evidence.max(kinds), ..purchase });
    Ok(target)
}

/// Corrects a counted purchase. The row as it was counted stays as it is and counts no more; one that links it is
/// counted in its stead with the right figures, so that the total moves by the difference in the same transaction and
/// no row is ever negative (A15).
pub fn adjust(w: &mut Work<'_>, id: Uuid, (quantity, amount): (i64, Fen), reason: &str) -> Result<Target, Stop> {
    let purchase: Purchase = w.get(id)?;
    let buyer: Organisation = w.get(purchase.buyer_id.0)?;
    let area = (buyer.division_code.as_str(), owner(&purchase));
    let (_, state) = step(w, &purchase.code, purchase.state, Verb::Adjust, reason, area)?;
    // All of it, or none of it: pieces without a price and a price without pieces are slips.
    let least = i64::from(quantity != 0 || amount.0 != 0);
    let quantity = field::between("quantity", quantity, least, MAX_QUANTITY)?;
    let amount_fen = Fen(field::between("amount", amount.0, least, MAX_AMOUNT)?);
    if (quantity, amount_fen) == (purchase.quantity, purchase.amount_fen) {
        return Err(Refusal::new("same-figures").with("code", purchase.code).into());
    }
    let code = w.next_code(Kind::Purchase, |n| format!("CG-{}-{n:06}", purchase.bought_on.year()))?;
    let corrected = Purchase {
        id: PurchaseId(w.new_id()),
        meta: w.new_meta(owner(&purchase)),
        code,
        quantity,
        amount_fen,
        adjusts: Some(purchase.id),
        ..purchase.clone()
    };
    let target = (corrected.id.0, corrected.code.clone());
    w.update(purchase.clone(), Purchase { state, ..purchase });
    w.create(corrected);
    Ok(target)
}

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let purchase: Purchase = w.get(id)?;
    if verb == Verb::Adjust {
        // Correcting needs the right figures: AdjustPurchase.
        return Err(no_such_step(Kind::Purchase, &purchase.code, purchase.state.code(), verb).into());
    }
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
