//! Where a listed product goes besides shelves and packs: batches and trace codes (A10, A11), the mall (A17), agreements
//! (A09), promotions (A27).
//!
//! Owns the making and walking of these records; what a delisting does to them is in `recall.rs` and `sales.rs`.

use super::counter::must_be_listed;
use super::{Target, field, owner, recall, step};
use crate::domain::codes::*;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rights::Right;
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::Work;
use jiff::civil::Date;
use uuid::Uuid;

/// Largest number of pieces and amount (ten billion yuan).
const MAX_QUANTITY: i64 = 100_000_000;
const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// Most codes one batch brings at once: a print run is recorded in parts.
const MAX_CODES: usize = 1_000;

/// A production lot as recorded.
pub struct Lot<'a> {
    pub lot: &'a str,
    pub made_on: Date,
    pub best_before: Option<Date>,
    pub quantity: i64,
    pub codes: &'a [String],
}

pub fn register_batch(w: &mut Work<'_>, entry: Uuid, new: &Lot<'_>) -> Result<Target, Stop> {
    let entry: CatalogEntry = w.get(entry)?;
    w.allow(Right::EditSuppliers, &entry.county_code, owner(&entry))?;
    must_be_listed(&entry)?;
    let code = format!("{}-{}", entry.code, field::required("lot", new.lot, 40)?);
    field::once(!w.find::<Batch>("code", code.to_value())?.is_empty(), Kind::Batch, &code)?;
    in_order("made_on", new.made_on, None, Some(w.today()))?;
    if let Some(best_before) = new.best_before {
        in_order("best_before", best_before, Some(new.made_on), None)?;
    }
    let quantity = field::between("quantity", new.quantity, 1, MAX_QUANTITY)?;
    field::between("codes", i64::try_from(new.codes.len()).unwrap_or(i64::MAX), 0, 1_000)?;
    let id = BatchId(w.new_id());
    let batch = Batch {
        id,
        meta: w.new_meta(owner(&entry)),
        code: code.clone(),
        entry_id: entry.id,
        product_id: entry.product_id,
        made_on: new.made_on,
        best_before: new.best_before,
        quantity,
        left_over: quantity,
        state: BatchState::Made,
        state_reason: String::new(),
    };
    w.create(batch);
    for (n, raw) in new.codes.iter().take(MAX_CODES).enumerate() {
        let value = field::required("trace_code", raw, 60)?;
        let twice = new.codes[..n].contains(raw) || !w.find::<TraceCode>("code", value.to_value())?.is_empty();
        field::once(twice, Kind::TraceCode, &value)?;
        let code = TraceCode {
            id: TraceCodeId(w.new_id()),
            meta: w.new_meta(owner(&entry)),
            code: value,
            batch_id: id,
            state: CodeState::Reserved,
            page_stopped: false,
        };
        w.create(code);
    }
    Ok((id.0, code))
}

pub fn offer_in_mall(w: &mut Work<'_>, entry: Uuid, price: Fen) -> Result<Target, Stop> {
    let entry: CatalogEntry = w.get(entry)?;
    w.allow(Right::PublishEdition, &entry.county_code, owner(&entry))?;
    must_be_listed(&entry)?;
    // The catalog's price or a lower one (A17).
    let price_fen = Fen(field::between("price", price.0, 1, entry.price_fen.0)?);
    let known = w.find::<MallListing>("entry_id", entry.id.to_value())?;
    field::once(!known.is_empty(), Kind::MallListing, &entry.code)?;
    let listing = MallListing {
        id: MallListingId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        entry_id: entry.id,
        price_fen,
        state: MallState::OnSale,
        off_requested_at: None,
        stopped_with_entry: false,
    };
    let target = (listing.id.0, entry.code);
    w.create(listing);
    Ok(target)
}

pub fn sign_agreement(
    w: &mut Work<'_>,
    entry: Uuid,
    seller: &str,
    (quantity, price): (i64, Fen),
    (signed_on, ends_on): (Date, Date),
) -> Result<Target, Stop> {
    let entry: CatalogEntry = w.get(entry)?;
    w.allow(Right::HandleOrders, &entry.county_code, owner(&entry))?;
    must_be_listed(&entry)?;
    in_order("signed_on", signed_on, None, Some(w.today()))?;
    in_order("ends_on", ends_on, Some(signed_on), None)?;
    let code = w.next_code(Kind::SalesAgreement, |n| format!("XY-{}-{n:04}", signed_on.year()))?;
    let agreement = SalesAgreement {
        id: AgreementId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        code,
        seller: field::required("seller", seller, field::SHORT)?,
        supplier_id: entry.supplier_id,
        entry_id: entry.id,
        quantity: field::between("quantity", quantity, 1, MAX_QUANTITY)?,
        price_fen: Fen(field::between("price", price.0, 1, MAX_AMOUNT)?),
        signed_on,
        ends_on,
        state: AgreementState::Signed,
        state_reason: String::new(),
    };
    let target = (agreement.id.0, agreement.code.clone());
    w.create(agreement);
    Ok(target)
}

pub fn plan_promotion(
    w: &mut Work<'_>,
    name: &str,
    (kind, budget): (PromotionKind, Fen),
    (starts_on, ends_on): (Date, Date),
    entries: &[Uuid],
) -> Result<Target, Stop> {
    w.allow(Right::PublishEdition, &w.actor.division_code, w.actor.org_id)?;
    in_order("ends_on", ends_on, Some(starts_on), None)?;
    if entries.is_empty() {
        return Err(Refusal::new("field-empty").with("field", "entries").into());
    }
    let number = w.next_number(Kind::Promotion)?;
    let id = PromotionId(w.new_id());
    let promotion = Promotion {
        id,
        meta: w.new_meta(w.actor.org_id),
        code: format!("HD-{}-{number:03}", starts_on.year()),
        name: field::required("name", name, field::SHORT)?,
        kind,
        budget_fen: Fen(field::between("budget", budget.0, 1, MAX_AMOUNT)?),
        starts_on,
        ends_on,
        state: PromotionState::Planned,
        state_reason: String::new(),
    };
    let code = promotion.code.clone();
    w.create(promotion);
    for (n, entry) in entries.iter().enumerate() {
        let entry: CatalogEntry = w.get(*entry)?;
        field::once(entries[..n].contains(&entry.id.0), Kind::PromotionItem, &entry.code)?;
        must_be_listed(&entry)?;
        let item = PromotionItem {
            id: PromotionItemId(w.new_id()),
            meta: w.new_meta(w.actor.org_id),
            promotion_id: id,
            entry_id: entry.id,
        };
        w.create(item);
    }
    Ok((id.0, code))
}

/// A day not before `low` and not after `high`.
fn in_order(field: &'static str, day: Date, low: Option<Date>, high: Option<Date>) -> Result<(), Refusal> {
    if low.is_none_or(|low| low <= day) && high.is_none_or(|high| day <= high) {
        return Ok(());
    }
    let bound = |day: Option<Date>| day.map_or_else(String::new, |d| d.to_string());
    let refusal = Refusal::new("number-out-of-range").with("field", field).with("value", day.to_string());
    Err(refusal.with("low", bound(low)).with("high", bound(high)))
}

pub fn walk_listing(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let listing: MallListing = w.get(id)?;
    let entry: CatalogEntry = w.get(listing.entry_id.0)?;
    let (_, state) = step(w, &entry.code, listing.state, verb, reason, (&entry.county_code, owner(&listing)))?;
    let off_requested_at = match verb {
        Verb::Resume => {
            must_be_listed(&entry)?;
            None
        }
        _ => Some(w.now),
    };
    w.update(listing.clone(), MallListing { state, off_requested_at, stopped_with_entry: false, ..listing });
    Ok((id, entry.code))
}

pub fn walk_agreement(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let agreement: SalesAgreement = w.get(id)?;
    let entry: CatalogEntry = w.get(agreement.entry_id.0)?;
    let (_, state) = step(w, &agreement.code, agreement.state, verb, reason, (&entry.county_code, owner(&agreement)))?;
    if verb == Verb::Activate {
        must_be_listed(&entry)?;
    }
    let code = agreement.code.clone();
    w.update(agreement.clone(), SalesAgreement { state, state_reason: reason.to_owned(), ..agreement });
    Ok((id, code))
}

pub fn walk_batch(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let batch: Batch = w.get(id)?;
    let entry: CatalogEntry = w.get(batch.entry_id.0)?;
    let (_, state) = step(w, &batch.code, batch.state, verb, reason, (&entry.county_code, owner(&batch)))?;
    if matches!(verb, Verb::Release | Verb::Ship) {
        must_be_listed(&entry)?;
    }
    if verb == Verb::Recall {
        recall::recall_codes(w, &batch, reason)?;
    }
    let left_over = if matches!(verb, Verb::SellOut | Verb::Destroy) { 0 } else { batch.left_over };
    let code = batch.code.clone();
    w.update(batch.clone(), Batch { state, left_over, state_reason: reason.to_owned(), ..batch });
    Ok((id, code))
}

pub fn walk_code(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let code: TraceCode = w.get(id)?;
    let batch: Batch = w.get(code.batch_id.0)?;
    let entry: CatalogEntry = w.get(batch.entry_id.0)?;
    let (_, state) = step(w, &code.code, code.state, verb, reason, (&entry.county_code, owner(&code)))?;
    if verb == Verb::Activate {
        must_be_listed(&entry)?;
    }
    let page_stopped = code.page_stopped || verb == Verb::Recall;
    let value = code.code.clone();
    w.update(code.clone(), TraceCode { state, page_stopped, ..code });
    Ok((id, value))
}

pub fn walk_promotion(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let promotion: Promotion = w.get(id)?;
    let (_, state) = step(w, &promotion.code, promotion.state, verb, reason, ("610000", owner(&promotion)))?;
    if matches!(verb, Verb::Fund | Verb::Open) {
        for item in w.find::<PromotionItem>("promotion_id", promotion.id.to_value())? {
            must_be_listed(&w.get::<CatalogEntry>(item.entry_id.0)?)?;
        }
    }
    let code = promotion.code.clone();
    w.update(promotion.clone(), Promotion { state, state_reason: reason.to_owned(), ..promotion });
    Ok((id, code))
}
