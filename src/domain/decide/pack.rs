//! Gift packs (A12; plan 三（二）4). A pack is published only while every item is listed.

use super::counter::must_be_listed;
use super::{Target, field, no_such_step, owner, step};
use crate::domain::codes::*;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::{Cell, Fen};
use crate::domain::work::Work;
use jiff::civil::Date;
use uuid::Uuid;

/// A pack as first written down.
pub struct Draft<'a> {
    pub name: &'a str,
    pub occasion: &'a str,
    pub audience: &'a str,
    pub price: Fen,
    pub items: &'a [(Uuid, i64)],
    pub valid_until: Option<Date>,
}

pub fn draft(w: &mut Work<'_>, new: &Draft<'_>) -> Result<Target, Stop> {
    w.allow(Right::PublishPacks, &w.actor.division_code, w.actor.org_id)?;
    let number = w.next_number(Kind::GiftPack)?;
    let pack = GiftPack {
        id: PackId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        code: format!("LB-{}-{number:03}", w.today().year()),
        name: field::required("pack_name", new.name, field::SHORT)?,
        occasion: field::optional("occasion", new.occasion, 40)?,
        price_fen: Fen(field::between("price", new.price.0, 1, 100_000_000)?),
        audience: field::optional("audience", new.audience, 40)?,
        state: PackState::Draft,
        state_reason: String::new(),
        valid_until: new.valid_until,
        items: i64::try_from(new.items.len()).unwrap_or(i64::MAX),
    };
    let target = (pack.id.0, pack.code.clone());
    for (n, (entry, quantity)) in new.items.iter().enumerate() {
        field::once(new.items[..n].iter().any(|(e, _)| e == entry), Kind::GiftPackItem, &pack.code)?;
        add_item(w, &pack, *entry, *quantity)?;
    }
    w.create(pack);
    Ok(target)
}

fn add_item(w: &mut Work<'_>, pack: &GiftPack, entry: Uuid, quantity: i64) -> Result<(), Stop> {
    let entry: CatalogEntry = w.get(entry)?;
    must_be_listed(&entry)?;
    let item = GiftPackItem {
        id: PackItemId(w.new_id()),
        meta: w.new_meta(owner(pack)),
        pack_id: pack.id,
        entry_id: entry.id,
        quantity: field::between("quantity", quantity, 1, 1000)?,
        price_fen: entry.price_fen,
    };
    w.create(item);
    Ok(())
}

/// Where the union is that made the pack: a city keeps its hands off the packs of others.
fn division(w: &Work<'_>, pack: &GiftPack) -> Result<String, Stop> {
    Ok(w.get::<Organisation>(owner(pack))?.division_code)
}

pub fn set_item(w: &mut Work<'_>, pack: Uuid, entry: Uuid, quantity: i64) -> Result<Target, Stop> {
    let pack: GiftPack = w.get(pack)?;
    w.allow(Right::PublishPacks, &division(w, &pack)?, owner(&pack))?;
    if !matches!(pack.state, PackState::Draft | PackState::Consulted | PackState::NeedsReplacement) {
        let needs = "draft,consulted,needs_replacement";
        let who = rights::who(Right::PublishPacks);
        return Err(wrong_state(Kind::GiftPack, pack.code, pack.state.code(), "set_item", needs, who).into());
    }
    let quantity = field::between("quantity", quantity, 0, 1000)?;
    let items = w.find::<GiftPackItem>("pack_id", pack.id.to_value())?;
    let known = items.iter().find(|i| i.entry_id.0 == entry).cloned();
    let before = items.iter().filter(|i| i.quantity > 0).count();
    let was = known.as_ref().is_some_and(|i| i.quantity > 0);
    match known {
        Some(item) => {
            if quantity > 0 {
                must_be_listed(&w.get::<CatalogEntry>(entry)?)?;
            }
            w.update(item.clone(), GiftPackItem { quantity, ..item });
        }
        None => add_item(w, &pack, entry, quantity)?,
    }
    let count = before + usize::from(quantity > 0) - usize::from(was);
    let items = i64::try_from(count).unwrap_or(i64::MAX);
    w.update(pack.clone(), GiftPack { items, ..pack.clone() });
    Ok((pack.id.0, pack.code))
}

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let pack: GiftPack = w.get(id)?;
    if verb == Verb::Stop {
        // Packs stop because of an item, never by hand: withdraw is the word for that.
        return Err(no_such_step(Kind::GiftPack, &pack.code, pack.state.code(), verb).into());
    }
    let division = division(w, &pack)?;
    let (_, state) = step(w, &pack.code, pack.state, verb, reason, (&division, owner(&pack)))?;
    if verb == Verb::Publish {
        let items = w.find::<GiftPackItem>("pack_id", pack.id.to_value())?;
        let items: Vec<_> = items.iter().filter(|i| i.quantity > 0).collect();
        if items.is_empty() {
            return Err(Refusal::new("pack-empty").with("code", pack.code).into());
        }
        for item in items {
            must_be_listed(&w.get::<CatalogEntry>(item.entry_id.0)?)?;
        }
    }
    w.update(pack.clone(), GiftPack { state, state_reason: reason.to_owned(), ..pack.clone() });
    Ok((id, pack.code))
}
