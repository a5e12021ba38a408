//! What stands on the shelves: listed goods to sell, and what incidents stopped or took down.
//!
//! Owns the link between counters and incidents: who had the product and what they answered.

use super::catalog::{Good, Goods};
use super::counters::Shop;
use super::emit::{Desk, Done, at, days_between, made, plus};
use super::names;
use super::rng::Rng;
use super::troubles::{REMOVAL_UNANSWERED, Trouble, Troubles};
use crate::domain::codes::{AckAnswer, CounterState, IncidentState, ShelfState};
use crate::domain::rows::{EntryId, ShelfLine, ShelfLineId};
use crate::domain::work::shanghai_date;
use jiff::civil::Date;

/// The best-known product stands on this share of the shelves, in 1/1,000.
const FLAGSHIP: usize = 150;
const FLAGSHIP_CODE: &str = "SX611026-0001";
/// Counters of the running removal that explained why they cannot take the product down.
const EXPLAINED: usize = 4;

/// A counter that had a product an incident is about.
pub(super) struct Holder {
    /// Index of the counter.
    pub(super) shop: usize,
    /// What it answered to the removal notice; `None` while it has not.
    pub(super) answer: Option<AckAnswer>,
    pub(super) quantity: i64,
}

/// Writes the shelves; gives the holders of each incident, in the order of the incidents.
pub(super) fn write<E>(
    desk: &mut Desk<'_, E>,
    shops: &[Shop],
    goods: &Goods,
    troubles: &Troubles,
) -> Result<Vec<Vec<Holder>>, E> {
    let mut rng = desk.rng("shelves");
    let listed = goods.listed();
    let flagship = listed.iter().copied().find(|i| goods.base.get(*i).is_some_and(|g| g.code == FLAGSHIP_CODE));
    for shop in shops {
        let (low, high) = match shop.state {
            CounterState::Active => (3, 12),
            CounterState::Paused => (3, 8),
            CounterState::Preparing => (0, 4),
            CounterState::Closed => (2, 5),
            _ => continue,
        };
        let count = rng.between(low, high);
        let mut chosen: Vec<usize> = flagship.filter(|_| count > 0 && rng.chance(FLAGSHIP)).into_iter().collect();
        for _ in 0..count * 8 {
            if i64::try_from(chosen.len()).unwrap_or(i64::MAX) >= count {
                break;
            }
            let i = listed.get(rng.below(listed.len())).copied().unwrap_or(0);
            // Half of what does not come from the same city is left out: shelves show the neighbourhood first.
            let near = goods.base.get(i).is_some_and(|g| g.county.get(..4) == shop.county.get(..4));
            if (near || rng.chance(250)) && !chosen.contains(&i) {
                chosen.push(i);
            }
        }
        for i in chosen {
            let Some(good) = goods.base.get(i) else { continue };
            let closed = shop.state == CounterState::Closed;
            let state = if closed { ShelfState::Removed } else { ShelfState::Sellable };
            let placed = placed(desk, &mut rng, shop, desk.today());
            line(desk, shop, good.entry, state, placed, rng.between(4, 60))?;
        }
    }
    let mut all = Vec::with_capacity(troubles.list.len());
    for trouble in &troubles.list {
        all.push(hold(desk, &mut rng, shops, goods.base.get(trouble.item), trouble)?);
    }
    Ok(all)
}

/// Puts the product of an incident on the shelves of those that had it.
fn hold<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    shops: &[Shop],
    good: Option<&Good>,
    trouble: &Trouble,
) -> Result<Vec<Holder>, E> {
    let day = shanghai_date(trouble.confirmed.unwrap_or(trouble.reported));
    let had = |(i, s): (usize, &Shop)| {
        let open = matches!(s.state, CounterState::Active | CounterState::Paused);
        (open && s.opened.is_some_and(|o| o < day)).then_some(i)
    };
    let able: Vec<usize> = shops.iter().enumerate().filter_map(had).collect();
    let chosen = rng.sample(trouble.counters, able.len());
    let silent = if trouble.state == IncidentState::RemovalRunning {
        rng.sample(REMOVAL_UNANSWERED + EXPLAINED, chosen.len())
    } else {
        Vec::new()
    };
    let mut holders = Vec::new();
    for (k, i) in chosen.into_iter().enumerate() {
        let Some((index, shop, good)) = able.get(i).and_then(|s| Some((*s, shops.get(*s)?, good?))) else { continue };
        let answer = match silent.iter().position(|s| *s == k) {
            _ if !trouble.delists => None,
            // The first few of those without a clean answer gave a reason, the others said nothing.
            Some(n) if n < EXPLAINED => Some(AckAnswer::Cannot),
            Some(_) => None,
            None if rng.chance(120) => Some(AckAnswer::NoneHeld),
            None => Some(AckAnswer::Removed),
        };
        let quantity = rng.between(2, 48);
        let down = matches!(answer, Some(AckAnswer::Removed | AckAnswer::NoneHeld));
        let state = if down { ShelfState::Removed } else { ShelfState::Stopped };
        let placed = placed(desk, rng, shop, plus(day, -1));
        line(desk, shop, good.entry, state, placed, quantity)?;
        holders.push(Holder { shop: index, answer, quantity });
    }
    Ok(holders)
}

/// A day between the opening and `before`.
fn placed<E>(desk: &Desk<'_, E>, rng: &mut Rng, shop: &Shop, before: Date) -> Date {
    match shop.opened {
        Some(opened) => plus(opened, rng.between(0, days_between(opened, before).clamp(0, 30))),
        None => plus(desk.today(), -rng.between(0, 10)),
    }
}

fn line<E>(
    desk: &mut Desk<'_, E>,
    shop: &Shop,
    entry: EntryId,
    state: ShelfState,
    placed: Date,
    quantity: i64,
) -> Done<E> {
    let id = ShelfLineId(desk.id());
    desk.put(ShelfLine {
        id,
        meta: made(shop.org, at(placed, 10 * 60).min(desk.now()), &names::clerk(&shop.county, 1)),
        counter_id: shop.id,
        entry_id: entry,
        state,
        placed_on: placed,
        quantity,
        stopped_with_entry: state == ShelfState::Stopped,
    })
}
