//! Suppliers, directory lines, products and catalog entries, one scale step after the other.
//!
//! Owns the goods of the province. Keeps full facts of the first step only; of further steps just what purchases need,
//! so that memory stays bounded. Directory lines are written for the first step.

use super::emit::{Desk, Done, at, changed, later, made, plus};
use super::names;
use super::orgs::People;
use super::plan::{Item, Plan};
use super::rng::Rng;
use super::troubles::{self, Troubles};
use crate::domain::codes::*;
use crate::domain::rows::*;
use crate::domain::value::Fen;
use crate::domain::work::shanghai_date;
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// A catalog entry of the first scale step, with what later parts need of it.
pub(super) struct Good {
    pub(super) entry: EntryId,
    pub(super) product: ProductId,
    pub(super) supplier: SupplierId,
    pub(super) county: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) price: i64,
    pub(super) state: EntryState,
    /// Day of the edition that listed it; [`Date::MAX`] when none did.
    pub(super) from: Date,
}

/// What a purchase may buy.
#[derive(Clone, Copy)]
pub(super) struct Offer {
    pub(super) entry: EntryId,
    /// Index into [`Goods::suppliers`].
    pub(super) supplier: u32,
    pub(super) price: u32,
    /// Day of the edition that listed it.
    pub(super) from: Date,
}

/// What stays in memory of the catalog.
pub(super) struct Goods {
    pub(super) base: Vec<Good>,
    pub(super) suppliers: Vec<SupplierId>,
    /// Listed entries of all steps.
    pub(super) offers: Vec<Offer>,
    /// Entries that left the catalog or are suspended, with the last day they were on sale.
    pub(super) fallen: Vec<(Offer, Date)>,
    /// Entries each edition added and took out, from edition 1.
    pub(super) added: Vec<i64>,
    pub(super) removed: Vec<i64>,
}

impl Goods {
    /// Indices of the listed goods of the first step.
    pub(super) fn listed(&self) -> Vec<usize> {
        let on_sale = |(i, g): (usize, &Good)| (g.state == EntryState::Listed).then_some(i);
        self.base.iter().enumerate().filter_map(on_sale).collect()
    }
}

/// What an entry's life has been.
struct Life {
    state: EntryState,
    reason: String,
    edition: Option<i64>,
    since: Timestamp,
    /// When it left the listed state.
    left: Option<Timestamp>,
}

struct Step<'a> {
    reference_time: Timestamp,
    plan: &'a Plan<'a>,
    troubles: &'a Troubles,
    people: &'a People,
    number: u32,
    /// Suppliers and entries made so far, per county.
    made: Vec<(u64, u64)>,
    clerks: Vec<String>,
}

pub(super) fn write<E>(
    desk: &mut Desk<'_, E>,
    people: &People,
    plan: &Plan<'_>,
    troubles: &Troubles,
) -> Result<Goods, E> {
    let editions = troubles.editions.len();
    let mut goods = Goods {
        base: Vec::with_capacity(plan.items.len()),
        suppliers: Vec::new(),
        offers: Vec::new(),
        fallen: Vec::new(),
        added: vec![0; editions],
        removed: vec![0; editions],
    };
    let mut step = Step {
        reference_time: desk.now(),
        plan,
        troubles,
        people,
        number: 0,
        made: vec![(0, 0); plan.counties.len()],
        clerks: plan.counties.iter().map(|c| names::clerk(&c.code, 1)).collect(),
    };
    for number in 0..desk.options.scale.max(1) {
        step.number = number;
        let mut rng = desk.rng(&format!("catalog {number}"));
        let lives: Vec<Life> = plan.items.iter().enumerate().map(|(i, _)| step.life(&mut rng, i)).collect();
        let firms = step.suppliers(desk, &mut rng, &lives, &mut goods)?;
        for ((i, item), life) in plan.items.iter().enumerate().zip(lives) {
            step.entry(desk, &mut rng, (i, item), life, &firms, &mut goods)?;
        }
    }
    Ok(goods)
}

/// A supplier of this step.
struct Firm {
    id: SupplierId,
    index: u32,
    name: String,
    reviewed: bool,
}

impl Step<'_> {
    /// Draws what has become of an item; incidents decide in the first step.
    fn life(&self, rng: &mut Rng, i: usize) -> Life {
        let (involved, trouble) = match self.number {
            0 => (self.troubles.is_involved(i), self.troubles.of_item(i)),
            _ => (false, None),
        };
        let shares: Vec<usize> = self.troubles.regular.iter().map(|(_, share)| *share).collect();
        let drawn = rng.weighted(&shares);
        // The first goods of a county were in the first edition and still are.
        let first = self.number == 0 && self.plan.items.get(i).is_some_and(|item| item.place < 3);
        let fixed = involved || first;
        let n = self.troubles.regular.get(if fixed { 0 } else { drawn }).map_or(1, |(n, _)| *n);
        let issued = usize::try_from(n - 1).ok().and_then(|k| self.troubles.editions.get(k)).map(|e| e.at);
        let issued = issued.unwrap_or(self.reference_time);
        let listed =
            Life { state: EntryState::Listed, reason: String::new(), edition: Some(n), since: issued, left: None };
        let recent = later(self.reference_time, -rng.between(60, 20 * 24 * 60));
        let roll = rng.below(1000);
        if let Some((k, t)) = trouble {
            let since = t.confirmed.or(t.triaged).unwrap_or(t.reported);
            let (state, word) = if t.delists {
                (EntryState::Delisted, "经查实，清理出目录")
            } else {
                (EntryState::Suspended, "核查期间暂停销售")
            };
            let reason = format!("{} {}{word}", troubles::code(k), t.title);
            return Life { state, reason, since, left: Some(since), ..listed };
        }
        let never =
            |state, reason: &str| Life { state, reason: reason.into(), edition: None, since: recent, left: None };
        match roll {
            _ if fixed => listed,
            0..=39 => never(EntryState::Candidate, ""),
            40..=64 => never(EntryState::Screened, ""),
            65..=69 => never(EntryState::Candidate, "检测报告已过期，请补充"),
            70..=84 if recent > issued => Life {
                state: EntryState::Withdrawn,
                reason: "当季售罄，供应商申请退出".into(),
                since: recent,
                left: Some(recent),
                ..listed
            },
            _ => listed,
        }
    }

    fn suppliers<E>(
        &mut self,
        desk: &mut Desk<'_, E>,
        rng: &mut Rng,
        lives: &[Life],
        goods: &mut Goods,
    ) -> Result<Vec<Firm>, E> {
        let mut on_sale = vec![false; self.plan.makers.len()];
        let mut fallen = on_sale.clone();
        let mut reviewed = on_sale.clone();
        for (item, life) in self.plan.items.iter().zip(lives) {
            let lists = [
                (&mut on_sale, life.state == EntryState::Listed),
                (&mut fallen, matches!(life.state, EntryState::Suspended | EntryState::Delisted)),
                (&mut reviewed, life.state == EntryState::Delisted),
            ];
            for (list, yes) in lists {
                if let Some(flag) = list.get_mut(item.maker) {
                    *flag |= yes;
                }
            }
        }
        let mut firms = Vec::with_capacity(self.plan.makers.len());
        for (m, maker) in self.plan.makers.iter().enumerate() {
            let has = |list: &[bool]| list.get(m).copied().unwrap_or(false);
            let state = match rng.below(10) {
                _ if has(&on_sale) => SupplierState::Active,
                _ if has(&fallen) => SupplierState::Suspended,
                0..=4 => SupplierState::Certified,
                5..=7 => SupplierState::Recommended,
                _ => SupplierState::Prospect,
            };
            let county = self.plan.counties.iter().position(|c| c.code == maker.county.code).unwrap_or(0);
            let firm = self.supplier(desk, rng, county, maker.trade, (state, has(&reviewed)), goods)?;
            firms.push(firm);
        }
        Ok(firms)
    }

    fn supplier<E>(
        &mut self,
        desk: &mut Desk<'_, E>,
        rng: &mut Rng,
        county: usize,
        trade: Option<&'static super::goods::Category>,
        (state, under_review): (SupplierState, bool),
        goods: &mut Goods,
    ) -> Result<Firm, E> {
        let place = self.plan.counties.get(county);
        let (code, place) = place.map_or(("610000", ""), |c| (c.code.as_str(), c.name.as_str()));
        let n = self.made.get_mut(county).map_or(1, |(suppliers, _)| {
            *suppliers += 1;
            *suppliers
        });
        let shuffle = code.bytes().fold(0_u64, |h, b| h * 31 + u64::from(b));
        let (kind, name) = names::supplier(place, shuffle, n, trade);
        let index = goods.suppliers.len();
        let id = SupplierId(desk.id());
        let org = self.people.owner(code);
        let created = at(plus(date(2020, 5, 25), rng.between(0, 30)), rng.between(8 * 60, 18 * 60));
        let clerk = self.clerks.get(county).map_or("", String::as_str);
        let person = rng.next();
        desk.put(Supplier {
            id,
            meta: changed(org, (created, clerk), (later(created, 60 * 24 * 9), clerk), 2),
            code: format!("GY{code}-{n:04}"),
            name: name.clone(),
            kind,
            credit_code: names::credit_code(kind, code, u64::try_from(index).unwrap_or(0)),
            county_code: code.to_owned(),
            capacity: format!("年产{}吨", rng.between(2, 90) * 5),
            people_helped: rng.between(12, 460),
            contact_name: names::person(person),
            contact_phone: names::phone(person),
            state,
            under_review,
        })?;
        goods.suppliers.push(id);
        Ok(Firm { id, index: u32::try_from(index).unwrap_or(u32::MAX), name, reviewed: under_review })
    }

    fn entry<E>(
        &mut self,
        desk: &mut Desk<'_, E>,
        rng: &mut Rng,
        (i, item): (usize, &Item<'_>),
        life: Life,
        firms: &[Firm],
        goods: &mut Goods,
    ) -> Done<E> {
        let (Some(firm), Some(county)) = (firms.get(item.maker), self.plan.counties.get(item.county)) else {
            return Ok(());
        };
        let n = self.made.get_mut(item.county).map_or(1, |(_, entries)| {
            *entries += 1;
            *entries
        });
        let clerk = self.clerks.get(item.county).cloned().unwrap_or_default();
        let org = self.people.owner(&county.code);
        // Prices end in 0.80, as on shelves; a product costs between four fifths and five quarters of the usual.
        let price = (item.form.price * rng.between(80, 125) / 100 / 100 * 100 + 80).max(180);
        let name = format!("{}{}", item.specialty.name, item.form.suffix);
        let created = self.created(rng, life.edition);
        let product = self.product(desk, rng, item, (n, &name), firm, made(org, created, &clerk), &life)?;
        let entry = EntryId(desk.id());
        let cause = self.troubles.of_item(i).filter(|_| life.state == EntryState::Suspended);
        let under_review = firm.reviewed && matches!(life.state, EntryState::Listed | EntryState::Suspended);
        let trace = match rng.below(1000) {
            0..=869 if life.edition.is_some() => TraceState::Full,
            0..=959 => TraceState::Partial,
            _ => TraceState::None,
        };
        let rev = if life.edition.is_some() { 3 } else { 1 } + i64::from(life.left.is_some());
        let code = format!("SX{}-{n:04}", county.code);
        desk.put(CatalogEntry {
            id: entry,
            meta: changed(org, (created, &clerk), (life.since, &names::clerk("610000", 2)), rev),
            code: code.clone(),
            product_id: product,
            supplier_id: firm.id,
            supplier_name: firm.name.clone(),
            county_code: county.code.clone(),
            name: name.clone(),
            category: item.specialty.category.clone(),
            spec: item.form.spec.to_owned(),
            unit: item.form.unit.to_owned(),
            price_fen: Fen(price),
            stock: if life.state == EntryState::Withdrawn { 0 } else { rng.between(4, 160) * 50 },
            people_helped: rng.between(4, 180),
            trace: if life.state == EntryState::Candidate { TraceState::None } else { trace },
            state: life.state,
            state_reason: life.reason.clone(),
            state_at: life.since,
            suspended_for: cause.map_or_else(String::new, |(k, _)| troubles::code(k)),
            edition_no: life.edition,
            relisted_from: None,
            under_review,
        })?;
        let from = life.edition.map_or(Date::MAX, |n| self.issued(n));
        let price_fen = u32::try_from(price).unwrap_or(u32::MAX);
        self.book(goods, &life, Offer { entry, supplier: firm.index, price: price_fen, from });
        if self.number == 0 {
            debug_assert_eq!(goods.base.len(), i);
            let (county, supplier) = (county.code.clone(), firm.id);
            goods.base.push(Good { entry, product, supplier, county, code, name, price, state: life.state, from });
        }
        Ok(())
    }

    fn created(&self, rng: &mut Rng, edition: Option<i64>) -> Timestamp {
        let first = edition == Some(1);
        let (from, days) = if first { (date(2020, 5, 25), 10) } else { (date(2020, 6, 6), 12) };
        let created = at(plus(from, rng.between(0, days)), rng.between(8 * 60, 18 * 60));
        created.min(self.reference_time)
    }

    #[expect(clippy::too_many_arguments, reason = "a product row is made from all of these, once")]
    fn product<E>(
        &self,
        desk: &mut Desk<'_, E>,
        rng: &mut Rng,
        item: &Item<'_>,
        (n, name): (u64, &str),
        firm: &Firm,
        meta: crate::domain::record::Meta,
        life: &Life,
    ) -> Result<ProductId, E> {
        let county = self.plan.counties.get(item.county).map_or("610000", |c| c.code.as_str());
        let directory_state = match rng.below(10) {
            _ if life.edition.is_some() || life.state == EntryState::Screened => DirectoryState::Found,
            0..=5 => DirectoryState::Found,
            6..=8 => DirectoryState::Unknown,
            _ => DirectoryState::NotFound,
        };
        let found = directory_state == DirectoryState::Found;
        let number = if found { format!("{county}-2020-{n:05}") } else { String::new() };
        if found && self.number == 0 {
            let id = DirectoryEntryId(desk.id());
            desk.put(DirectoryEntry {
                id,
                meta: meta.clone(),
                number: number.clone(),
                product_name: name.to_owned(),
                supplier_name: firm.name.clone(),
                county_code: county.to_owned(),
                batch: format!("2020年第{}批", 1 + n % 4),
                valid_until: Some(date(2021, 12, 31)),
            })?;
        }
        let id = ProductId(desk.id());
        desk.put(Product {
            id,
            meta,
            code: format!("P{county}-{n:04}"),
            supplier_id: firm.id,
            county_code: county.to_owned(),
            name: name.to_owned(),
            category: item.specialty.category.clone(),
            spec: item.form.spec.to_owned(),
            unit: item.form.unit.to_owned(),
            directory_no: number,
            directory_state,
            season: item.specialty.season.clone(),
            shelf_life_days: item.category.shelf_life_days,
        })?;
        Ok(id)
    }

    /// The day an edition was signed.
    fn issued(&self, edition: i64) -> Date {
        let plan = usize::try_from(edition - 1).ok().and_then(|k| self.troubles.editions.get(k));
        plan.map_or(Date::MAX, |e| shanghai_date(e.at))
    }

    /// Books the entry with its edition and with what can be bought.
    fn book(&self, goods: &mut Goods, life: &Life, offer: Offer) {
        let slot = |n: i64| usize::try_from(n - 1).ok();
        if let Some(cell) = life.edition.and_then(slot).and_then(|k| goods.added.get_mut(k)) {
            *cell += 1;
        }
        if let Some(left) = life.left {
            let next = self.troubles.editions.iter().position(|e| e.at >= left);
            if let Some(cell) = next.and_then(|k| goods.removed.get_mut(k)) {
                *cell += 1;
            }
            goods.fallen.push((offer, plus(shanghai_date(left), -1)));
        }
        if life.state == EntryState::Listed {
            goods.offers.push(offer);
        }
    }
}
