//! The 24 gift packs and what is in them.
//!
//! Owns packs; published ones hold listed goods only, three wait for a replacement of what an incident took out.

use super::catalog::Goods;
use super::emit::{Desk, at, changed, int, made, plus};
use super::names;
use super::orgs::People;
use super::rng::Rng;
use super::troubles::Troubles;
use super::words::{OCCASIONS, PACK_THEMES};
use crate::domain::codes::{EntryState, IncidentState, PackState};
use crate::domain::rows::*;
use crate::domain::value::Fen;
use jiff::civil::date;

/// Packs by state.
const STATES: &[(PackState, usize)] = &[
    (PackState::NeedsReplacement, 3),
    (PackState::Published, 13),
    (PackState::Draft, 3),
    (PackState::Consulted, 2),
    (PackState::Withdrawn, 1),
    (PackState::Expired, 2),
];

/// What orders need of a pack.
pub(super) struct Pack {
    pub(super) id: PackId,
    pub(super) state: PackState,
    /// Index of a good of the first step, and pieces.
    pub(super) items: Vec<(usize, i64)>,
}

pub(super) fn write<E>(
    desk: &mut Desk<'_, E>,
    people: &People,
    goods: &Goods,
    troubles: &Troubles,
) -> Result<Vec<Pack>, E> {
    let mut rng = desk.rng("packs");
    let listed = goods.listed();
    let mut stopped = stopped_goods(goods, troubles).into_iter();
    let mut packs = Vec::new();
    for (state, count) in STATES {
        for _ in 0..*count {
            let mut items: Vec<(usize, i64)> = Vec::new();
            if *state == PackState::NeedsReplacement {
                items.extend(stopped.next().map(|i| (i, 1)));
            }
            let reason = items.first().and_then(|(i, _)| goods.base.get(*i));
            let reason = reason.map_or_else(String::new, |g| format!("{} {}", g.code, g.name));
            fill(&mut rng, &listed, &mut items);
            packs.push(put(desk, &mut rng, people, goods, packs.len(), (*state, reason), items)?);
        }
    }
    Ok(packs)
}

/// Goods that incidents took out, those of the running removal first.
fn stopped_goods(goods: &Goods, troubles: &Troubles) -> Vec<usize> {
    let out = |i: &usize| goods.base.get(*i).is_some_and(|g| g.state != EntryState::Listed);
    let mut open: Vec<_> = troubles.list.iter().filter(|t| (t.suspends || t.delists) && t.closed.is_none()).collect();
    open.sort_by_key(|t| (t.state != IncidentState::RemovalRunning, t.grade, t.reported));
    open.into_iter().map(|t| t.item).filter(out).collect()
}

/// Four to seven different goods.
fn fill(rng: &mut Rng, listed: &[usize], items: &mut Vec<(usize, i64)>) {
    let wanted = 4 + rng.below(4);
    for _ in 0..wanted * 6 {
        if items.len() >= wanted {
            break;
        }
        let i = listed.get(rng.below(listed.len())).copied().unwrap_or(0);
        if items.iter().all(|(k, _)| *k != i) {
            items.push((i, rng.between(1, 2)));
        }
    }
}

fn put<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    people: &People,
    goods: &Goods,
    n: usize,
    (state, reason): (PackState, String),
    items: Vec<(usize, i64)>,
) -> Result<Pack, E> {
    // Two of three packs are the federation's, the others a city's.
    let city = format!("61{:02}00", 1 + n % 10);
    let area = if n % 3 == 2 { city.as_str() } else { "610000" };
    let org = people.owner(area);
    let occasion = if state == PackState::Expired { "端午" } else { rng.pick(OCCASIONS) };
    let theme = PACK_THEMES.get(n % PACK_THEMES.len()).copied().unwrap_or("");
    let price = |(i, quantity): &(usize, i64)| goods.base.get(*i).map_or(0, |g| g.price * quantity);
    let sum: i64 = items.iter().map(price).sum();
    let created = at(plus(desk.today(), -rng.between(12, 60)), rng.between(9 * 60, 17 * 60));
    let clerk = names::clerk(area, 6);
    let touched = at(plus(desk.today(), -rng.between(1, 11)), 11 * 60);
    let id = PackId(desk.id());
    let reason = if state == PackState::Withdrawn { "征求意见后不再采用".to_owned() } else { reason };
    desk.put(GiftPack {
        id,
        meta: changed(org, (created, &clerk), (touched, &clerk), if state == PackState::Draft { 1 } else { 3 }),
        code: format!("LB-2020-{:03}", n + 1),
        name: format!("{theme}{occasion}礼包{}", if n >= PACK_THEMES.len() { "（二）" } else { "" }),
        occasion: occasion.to_owned(),
        // Five per cent below the single prices, in whole yuan.
        price_fen: Fen((sum * 95 / 100 / 100 * 100).max(100)),
        audience: if n.is_multiple_of(4) { "困难职工" } else { "全体会员" }.to_owned(),
        state,
        state_reason: reason,
        valid_until: Some(if state == PackState::Expired { date(2020, 7, 5) } else { date(2020, 10, 10) }),
        items: int(items.len()),
    })?;
    for (i, quantity) in &items {
        let Some(good) = goods.base.get(*i) else { continue };
        let item = PackItemId(desk.id());
        desk.put(GiftPackItem {
            id: item,
            meta: made(org, created, &clerk),
            pack_id: id,
            entry_id: good.entry,
            quantity: *quantity,
            price_fen: Fen(good.price),
        })?;
    }
    Ok(Pack { id, state, items })
}
