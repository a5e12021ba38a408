//! Purchase orders (A14; plan 四). Products must be listed when ordered and when shipped.

use super::counter::must_be_listed;
use super::{Target, field, owner, sales, step};
use crate::domain::codes::*;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::Work;
use uuid::Uuid;

pub fn place(
    w: &mut Work<'_>,
    buyer: Uuid,
    seller: &str,
    pack: Option<Uuid>,
    lines: &[(Uuid, i64)],
) -> Result<Target, Stop> {
    let buyer: Organisation = w.get(buyer)?;
    w.allow(Right::Purchase, &buyer.division_code, buyer.id.0)?;
    if lines.is_empty() {
        return Err(Refusal::new("field-empty").with("field", "lines").into());
    }
    if let Some(pack) = pack {
        must_be_this_pack(w, pack, lines)?;
    }
    let code = w.next_code(Kind::PurchaseOrder, |n| format!("DD-{}-{n:05}", w.today().year()))?;
    let id = OrderId(w.new_id());
    let mut amount = 0_i64;
    for (n, (entry, quantity)) in lines.iter().enumerate() {
        let entry: CatalogEntry = w.get(*entry)?;
        field::once(lines[..n].iter().any(|(e, _)| *e == entry.id.0), Kind::OrderLine, &entry.code)?;
        must_be_listed(&entry)?;
        let quantity = field::between("quantity", *quantity, 1, 1_000_000)?;
        amount = amount.saturating_add(entry.price_fen.0.saturating_mul(quantity));
        let line = OrderLine {
            id: OrderLineId(w.new_id()),
            meta: w.new_meta(buyer.id.0),
            order_id: id,
            entry_id: entry.id,
            quantity,
            price_fen: entry.price_fen,
        };
        w.create(line);
    }
    let order = PurchaseOrder {
        id,
        meta: w.new_meta(buyer.id.0),
        code,
        buyer_id: buyer.id,
        pack_id: pack.map(PackId),
        seller: field::optional("seller", seller, field::SHORT)?,
        amount_fen: Fen(field::between("amount", amount, 1, 1_000_000_000_000)?),
        state: OrderState::Requested,
        held: false,
        held_reason: String::new(),
        ordered_on: w.today(),
    };
    let target = (id.0, order.code.clone());
    w.create(order);
    Ok(target)
}

/// An order of a pack names a published one and exactly what is in it (A12).
fn must_be_this_pack(w: &Work<'_>, pack: Uuid, lines: &[(Uuid, i64)]) -> Result<(), Stop> {
    let pack: GiftPack = w.get(pack)?;
    if pack.state != PackState::Published {
        let who = rights::who(Right::PublishPacks);
        return Err(wrong_state(Kind::GiftPack, pack.code, pack.state.code(), "order", "published", who).into());
    }
    let items = w.find::<GiftPackItem>("pack_id", pack.id.to_value())?;
    let mut held: Vec<Uuid> = items.iter().filter(|i| i.quantity > 0).map(|i| i.entry_id.0).collect();
    let mut asked: Vec<Uuid> = lines.iter().map(|(entry, _)| *entry).collect();
    held.sort_unstable();
    asked.sort_unstable();
    if held == asked { Ok(()) } else { Err(Refusal::new("not-of-pack").with("code", pack.code).into()) }
}

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let order: PurchaseOrder = w.get(id)?;
    let buyer: Organisation = w.get(order.buyer_id.0)?;
    let (_, state) = step(w, &order.code, order.state, verb, reason, (&buyer.division_code, owner(&order)))?;
    let blocked = verb != Verb::Cancel && sales::STOPPABLE.contains(&order.state);
    if blocked && let Some(entry) = sales::first_unlisted(w, &order, None)? {
        let refusal = Refusal::new("order-held").with("code", order.code).with("entry", entry.code);
        return Err(refusal.with("name", entry.name).with("state", entry.state.code()).into());
    }
    // A cancelled order holds nothing back any more.
    let held = order.held && verb != Verb::Cancel;
    w.update(order.clone(), PurchaseOrder { state, held, ..order.clone() });
    Ok((id, order.code))
}
