//! Batches with their codes, mall listings, agreements and promotions of the goods of the first scale step.
//!
//! Owns where goods go besides shelves and packs; what incidents took out is recalled, held, off sale, suspended, paused.

use super::catalog::{Good, Goods};
use super::emit::{Desk, Done, at, changed, int, made, plus};
use super::names;
use super::orgs::People;
use super::rng::Rng;
use super::troubles::{self, Troubles};
use super::words::{PROMOTIONS, SELLERS};
use crate::domain::codes::*;
use crate::domain::rows::*;
use crate::domain::value::Fen;
use jiff::civil::{Date, date};
use std::collections::HashMap;

/// Share of listed goods in the mall, in 1/1,000.
const IN_MALL: usize = 620;
/// Share of listed goods under an agreement, in 1/1,000.
const AGREED: usize = 120;

/// What later parts need of the batches.
pub(super) struct Lots {
    /// By entry: when each was made, oldest first.
    pub(super) by_entry: HashMap<EntryId, Vec<(Date, BatchId)>>,
    /// By index of the good: the lot number of its oldest batch.
    pub(super) first: Vec<String>,
}

impl Lots {
    /// The batch a purchase on this day most likely was of.
    pub(super) fn on(&self, entry: EntryId, day: Date) -> Option<BatchId> {
        self.by_entry.get(&entry)?.iter().rev().find(|(made, _)| *made <= day).map(|(_, id)| *id)
    }
}

pub(super) fn write<E>(desk: &mut Desk<'_, E>, people: &People, goods: &Goods, troubles: &Troubles) -> Result<Lots, E> {
    let mut rng = desk.rng("supply");
    let mut lots = Lots { by_entry: HashMap::new(), first: Vec::with_capacity(goods.base.len()) };
    for (i, good) in goods.base.iter().enumerate() {
        let mut first = String::new();
        if good.from < Date::MAX {
            first = batches(desk, &mut rng, people, (i, good), troubles, &mut lots)?;
            mall(desk, &mut rng, people, good)?;
            agreement(desk, &mut rng, people, (i, good), troubles)?;
        }
        lots.first.push(first);
    }
    promotions(desk, &mut rng, people, goods)?;
    Ok(lots)
}

/// Why an entry is out of the catalog, when an incident took it out.
fn cause(i: usize, good: &Good, troubles: &Troubles) -> Option<String> {
    let (k, t) = troubles.of_item(i).filter(|_| good.state == EntryState::Delisted)?;
    Some(format!("{} {}", troubles::code(k), t.title))
}

/// One to three lots; of what was delisted the first is recalled and the others are held. Gives the first lot number.
fn batches<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    people: &People,
    (i, good): (usize, &Good),
    troubles: &Troubles,
    lots: &mut Lots,
) -> Result<String, E> {
    let clerk = names::clerk(&good.county, 1);
    let org = people.owner(&good.county);
    let cause = cause(i, good, troubles);
    let last = plus(desk.today(), -2);
    let mut days: Vec<Date> = vec![plus(good.from, -rng.between(5, 25))];
    for _ in 0..rng.below(3) {
        days.push(plus(good.from, rng.between(-4, 40)).min(last));
    }
    days.sort_unstable();
    days.dedup();
    let mut known = Vec::new();
    for (n, day) in days.iter().enumerate() {
        let quantity = rng.between(10, 200) * 50;
        let newest = n + 1 == days.len();
        let state = match (&cause, newest) {
            (Some(_), _) if n == 0 => BatchState::Recalled,
            (Some(_), _) => BatchState::Held,
            (None, true) => BatchState::Released,
            (None, false) if rng.chance(500) => BatchState::SoldOut,
            _ => BatchState::Moving,
        };
        let left_over = if state == BatchState::SoldOut { 0 } else { quantity * rng.between(1, 60) / 100 };
        let id = BatchId(desk.id());
        let code = format!("{}-{}", good.code, lot(*day));
        let made_at = at(*day, 16 * 60);
        desk.put(Batch {
            id,
            meta: changed(org, (made_at, &clerk), (made_at, &clerk), 2),
            code: code.clone(),
            entry_id: good.entry,
            product_id: good.product,
            made_on: *day,
            best_before: Some(plus(*day, 270)),
            quantity,
            left_over,
            state,
            state_reason: cause.clone().unwrap_or_default(),
        })?;
        for k in 1..=2 {
            let recalled = state == BatchState::Recalled;
            let trace = TraceCodeId(desk.id());
            desk.put(TraceCode {
                id: trace,
                meta: made(org, made_at, &clerk),
                code: format!("{code}-{:08X}{k}", rng.next() >> 32),
                batch_id: id,
                state: if recalled { CodeState::Recalled } else { CodeState::Active },
                page_stopped: recalled,
            })?;
        }
        known.push((*day, id));
    }
    lots.by_entry.insert(good.entry, known);
    Ok(days.first().map_or_else(String::new, |d| lot(*d)))
}

/// The number on the package.
fn lot(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn mall<E>(desk: &mut Desk<'_, E>, rng: &mut Rng, people: &People, good: &Good) -> Done<E> {
    if !rng.chance(IN_MALL) {
        return Ok(());
    }
    let clerk = names::clerk("610000", 4);
    let opened = at(plus(good.from, 1).min(desk.today()), 9 * 60).min(desk.now());
    let on = good.state == EntryState::Listed;
    let id = MallListingId(desk.id());
    desk.put(MallListing {
        id,
        meta: made(people.province, opened, &clerk),
        entry_id: good.entry,
        price_fen: Fen(good.price - if rng.chance(150) { 100.min(good.price / 10) } else { 0 }),
        state: if on { MallState::OnSale } else { MallState::OffSale },
        off_requested_at: (!on).then_some(opened),
        stopped_with_entry: !on,
    })
}

fn agreement<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    people: &People,
    (i, good): (usize, &Good),
    troubles: &Troubles,
) -> Done<E> {
    let cause = cause(i, good, troubles);
    if !(rng.chance(AGREED) || cause.is_some() && rng.chance(500)) {
        return Ok(());
    }
    let clerk = names::clerk("610000", 3);
    let signed_on = plus(good.from, rng.between(0, 12)).min(desk.today());
    let signed_at = at(signed_on, 10 * 60).min(desk.now());
    let number = desk.made(Kind::SalesAgreement) + 1;
    let state = match &cause {
        Some(_) => AgreementState::Suspended,
        None if rng.chance(300) => AgreementState::Signed,
        None => AgreementState::Performing,
    };
    let id = AgreementId(desk.id());
    desk.put(SalesAgreement {
        id,
        meta: made(people.province, signed_at, &clerk),
        code: format!("XY-2020-{number:04}"),
        seller: rng.pick(SELLERS).to_owned(),
        supplier_id: good.supplier,
        entry_id: good.entry,
        quantity: rng.between(4, 80) * 100,
        price_fen: Fen(good.price * 85 / 100),
        signed_on,
        ends_on: date(2020, 12, 31),
        state,
        state_reason: cause.unwrap_or_default(),
    })
}

/// Twelve campaigns of listed goods.
fn promotions<E>(desk: &mut Desk<'_, E>, rng: &mut Rng, people: &People, goods: &Goods) -> Done<E> {
    let listed = goods.listed();
    let clerk = names::clerk("610000", 4);
    for (n, name) in PROMOTIONS.iter().enumerate() {
        let starts_on = plus(date(2020, 7, 1), int(n) * 6);
        let ends_on = plus(starts_on, 20);
        let state = match (starts_on <= desk.today(), ends_on < desk.today()) {
            (true, true) => PromotionState::Settled,
            (true, false) => PromotionState::Running,
            (false, _) if n % 2 == 0 => PromotionState::Funded,
            (false, _) => PromotionState::Planned,
        };
        let planned = at(plus(starts_on, -20).max(date(2020, 6, 8)), 10 * 60);
        let id = PromotionId(desk.id());
        desk.put(Promotion {
            id,
            meta: made(people.province, planned, &clerk),
            code: format!("HD-2020-{:03}", n + 1),
            name: (*name).to_owned(),
            kind: PromotionKind::ALL.get(n % PromotionKind::ALL.len()).copied().unwrap_or(PromotionKind::Coupon),
            budget_fen: Fen(rng.between(2, 40) * 1_000_000),
            starts_on,
            ends_on,
            state,
            state_reason: String::new(),
        })?;
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..rng.between(3, 9) {
            let i = listed.get(rng.below(listed.len())).copied().unwrap_or(0);
            let Some(good) = goods.base.get(i).filter(|_| !chosen.contains(&i)) else { continue };
            chosen.push(i);
            let item = PromotionItemId(desk.id());
            let meta = made(people.province, planned, &clerk);
            desk.put(PromotionItem { id: item, meta, promotion_id: id, entry_id: good.entry })?;
        }
    }
    Ok(())
}
