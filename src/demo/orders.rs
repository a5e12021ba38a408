//! The 120 purchase orders and their lines.
//!
//! Owns orders; those still to be shipped hold listed goods only, unless they are held because of one that is not.

use super::catalog::Goods;
use super::emit::{Desk, Done, at, changed, made, plus};
use super::names;
use super::orgs::People;
use super::packs::Pack;
use super::rng::Rng;
use super::words::SELLERS;
use crate::domain::codes::{EntryState, OrderState, PackState};
use crate::domain::rows::*;
use crate::domain::value::Fen;

/// Orders by state, and how many of them are held.
const STATES: &[(OrderState, usize, usize)] = &[
    (OrderState::Settled, 20, 0),
    (OrderState::Accepted, 16, 0),
    (OrderState::Disputed, 6, 0),
    (OrderState::Received, 14, 0),
    (OrderState::Shipped, 16, 0),
    (OrderState::Ordered, 16, 3),
    (OrderState::Pooled, 14, 2),
    (OrderState::Requested, 18, 3),
];

pub(super) fn write<E>(desk: &mut Desk<'_, E>, people: &People, goods: &Goods, packs: &[Pack]) -> Done<E> {
    let mut rng = desk.rng("orders");
    let listed = goods.listed();
    let on_sale: Vec<&Pack> = packs.iter().filter(|p| p.state == PackState::Published).collect();
    let waiting: Vec<&Pack> = packs.iter().filter(|p| p.state == PackState::NeedsReplacement).collect();
    let mut number = 0;
    for (age, (state, count, held)) in STATES.iter().rev().enumerate().rev() {
        for k in 0..*count {
            number += 1;
            let held = k < *held;
            let from = if held { &waiting } else { &on_sale };
            let pack = from.get(rng.below(from.len())).filter(|_| held || rng.chance(600));
            let sets = rng.between(20, 600);
            let lines: Vec<(usize, i64)> = match pack {
                Some(pack) => pack.items.iter().map(|(i, q)| (*i, q * sets)).collect(),
                None => single_goods(&mut rng, &listed, sets),
            };
            let days = i64::try_from(age).unwrap_or(0) * 6 + rng.between(1, 8);
            put(
                desk,
                &mut rng,
                people,
                goods,
                Order { number, state: *state, held, pack: pack.map(|p| p.id), lines, days },
            )?;
        }
    }
    Ok(())
}

fn single_goods(rng: &mut Rng, listed: &[usize], pieces: i64) -> Vec<(usize, i64)> {
    let mut lines: Vec<(usize, i64)> = Vec::new();
    for _ in 0..=rng.below(4) {
        let i = listed.get(rng.below(listed.len())).copied().unwrap_or(0);
        if lines.iter().all(|(k, _)| *k != i) {
            lines.push((i, pieces));
        }
    }
    lines
}

struct Order {
    number: usize,
    state: OrderState,
    held: bool,
    pack: Option<PackId>,
    lines: Vec<(usize, i64)>,
    /// Days before today it was placed.
    days: i64,
}

fn put<E>(desk: &mut Desk<'_, E>, rng: &mut Rng, people: &People, goods: &Goods, order: Order) -> Done<E> {
    let Some(buyer) = people.buyers.get(rng.below(people.buyers.len())) else { return Ok(()) };
    let lines: Vec<_> = order.lines.iter().filter_map(|(i, q)| Some((goods.base.get(*i)?, *q))).collect();
    let amount: i64 = lines.iter().map(|(g, q)| g.price * q).sum();
    let out = lines.iter().find(|(g, _)| g.state != EntryState::Listed).filter(|_| order.held);
    let on = plus(desk.today(), -order.days);
    let created = at(on, rng.between(9 * 60, 14 * 60));
    let clerk = names::clerk(&buyer.division, 7);
    let touched = at(plus(on, (order.days / 2).max(0)), 14 * 60);
    let id = OrderId(desk.id());
    desk.put(PurchaseOrder {
        id,
        meta: changed(buyer.id.0, (created, &clerk), (touched, &clerk), 1),
        code: format!("DD-2020-{:05}", order.number),
        buyer_id: buyer.id,
        pack_id: order.pack,
        seller: rng.pick(SELLERS).to_owned(),
        amount_fen: Fen(amount),
        state: order.state,
        held: order.held,
        held_reason: out.map_or_else(String::new, |(g, _)| format!("{} {}", g.code, g.name)),
        ordered_on: on,
    })?;
    for (good, quantity) in lines {
        let line = OrderLineId(desk.id());
        desk.put(OrderLine {
            id: line,
            meta: made(buyer.id.0, created, &clerk),
            order_id: id,
            entry_id: good.entry,
            quantity,
            price_fen: Fen(good.price),
        })?;
    }
    Ok(())
}
