//! The purchases since 1 June 2020: what was counted comes to 3.02 亿元 at every scale.
//!
//! Owns the ledger's shape: days, channels, kinds, states, amounts. Streams; holds no purchase in memory but the last.

use super::catalog::{Goods, Offer};
use super::emit::{Desk, Done, at, changed, days_between, plus};
use super::names;
use super::orgs::{Buyer, People};
use super::purchases_at;
use super::recalls::Recalls;
use super::rng::Rng;
use super::supply::Lots;
use crate::domain::codes::{PurchaseKind, PurchaseState, SalesChannel};
use crate::domain::rows::*;
use crate::domain::value::Fen;
use jiff::civil::{Date, date};

/// What the counted purchases come to, in fen, to within a few thousandths.
const COUNTED_FEN: i64 = 30_200_000_000;
/// Share of counted purchases in 1/1,000: see [`STATES`].
const COUNTED_SHARE: i64 = 791;
/// Shares of the states in 1/1,000. Each adjusted purchase brings a counted one that replaces it.
const STATES: &[(PurchaseState, usize)] = &[
    (PurchaseState::Counted, 776),
    (PurchaseState::Submitted, 85),
    (PurchaseState::WaitingEvidence, 50),
    (PurchaseState::Draft, 34),
    (PurchaseState::Rejected, 40),
    (PurchaseState::Adjusted, 15),
];
const CHANNELS: &[(SalesChannel, usize, &str)] = &[
    (SalesChannel::Mall, 23, "SC"),
    (SalesChannel::Central, 31, "JC"),
    (SalesChannel::Counter, 17, "ZG"),
    (SalesChannel::Expo, 3, "ZX"),
    (SalesChannel::Partner, 4, "SS"),
    (SalesChannel::SelfReport, 22, "ZB"),
];
const KINDS: &[(PurchaseKind, usize)] = &[
    (PurchaseKind::UnionGoods, 62),
    (PurchaseKind::FixedPoint, 11),
    (PurchaseKind::BuyAsDonation, 9),
    (PurchaseKind::BuyAsHelp, 10),
    (PurchaseKind::Individual, 8),
];
/// Sizes of purchases: many small ones, few large, with a mean of 100.
const SIZES: &[(usize, i64, i64)] = &[(50, 8, 50), (30, 50, 130), (15, 130, 300), (5, 300, 656)];

pub(super) fn write<E>(
    desk: &mut Desk<'_, E>,
    people: &People,
    (goods, lots): (&Goods, &Lots),
    recalls: Recalls,
) -> Done<E> {
    let total = i64::try_from(purchases_at(desk.options.scale)).unwrap_or(i64::MAX);
    let mut ledger = Ledger {
        rng: desk.rng("purchases"),
        total,
        mean: COUNTED_FEN * 1000 / (total * COUNTED_SHARE).max(1),
        counted: 0,
        replaces: None,
        clerks: people.buyers.iter().map(|b| names::clerk(&b.division, 7)).collect(),
        days: Days::new(desk.today()),
        lots,
        recalls,
    };
    for n in 0..total {
        ledger.purchase(desk, people, goods, n)?;
    }
    ledger.recalls.write(desk)
}

/// A purchase that was adjusted: the next one replaces it.
struct Replaced {
    id: PurchaseId,
    buyer: usize,
    offer: Offer,
    day: Date,
}

struct Ledger<'a> {
    rng: Rng,
    total: i64,
    /// Mean amount of a purchase in fen.
    mean: i64,
    counted: i64,
    replaces: Option<Replaced>,
    clerks: Vec<String>,
    days: Days,
    lots: &'a Lots,
    recalls: Recalls,
}

impl Ledger<'_> {
    fn purchase<E>(&mut self, desk: &mut Desk<'_, E>, people: &People, goods: &Goods, n: i64) -> Done<E> {
        let replaces = self.replaces.take();
        let drawn = self.days.at(n, self.total);
        let (buyer, offer, day) = match &replaces {
            Some(r) => (r.buyer, r.offer, drawn.max(r.day)),
            None => {
                let buyer = self.rng.below(people.buyers.len());
                let (offer, day) = self.choose(goods, drawn);
                (buyer, offer, day)
            }
        };
        let (Some(unit), Some(supplier)) = (people.buyers.get(buyer), supplier(goods, &offer)) else { return Ok(()) };
        let state = match replaces {
            Some(_) => PurchaseState::Counted,
            None => STATES.get(self.draw(STATES.iter().map(|s| s.1))).map_or(PurchaseState::Counted, |s| s.0),
        };
        let (offer, quantity) = self.quantity(goods, (offer, day), n, replaces.is_some());
        let supplier = self::supplier(goods, &offer).unwrap_or(supplier);
        let amount = i64::from(offer.price) * quantity;
        if state == PurchaseState::Counted {
            self.counted += amount;
            desk.add_counted(amount);
        }
        let id = PurchaseId(desk.id());
        if state == PurchaseState::Adjusted {
            self.replaces = Some(Replaced { id, buyer, offer, day });
        }
        let row = self.row(n, id, (unit, buyer), (offer, supplier), (day, quantity, amount), state);
        let row = Purchase { adjusts: replaces.map(|r| r.id), ..row };
        self.recalls.bought(&row);
        desk.put(row)
    }

    fn row(
        &mut self,
        n: i64,
        id: PurchaseId,
        (unit, buyer): (&Buyer, usize),
        (offer, supplier): (Offer, SupplierId),
        (day, quantity, amount): (Date, i64, i64),
        state: PurchaseState,
    ) -> Purchase {
        let kind = match state {
            PurchaseState::WaitingEvidence => PurchaseKind::FixedPoint,
            _ => KINDS.get(self.draw(KINDS.iter().map(|k| k.1))).map_or(PurchaseKind::UnionGoods, |k| k.0),
        };
        let (channel, _, prefix) = CHANNELS.get(self.draw(CHANNELS.iter().map(|c| c.1))).copied().unwrap_or((
            SalesChannel::SelfReport,
            0,
            "ZB",
        ));
        let evidence = match (kind, state) {
            (PurchaseKind::FixedPoint, PurchaseState::Counted | PurchaseState::Adjusted) => 3,
            (PurchaseKind::FixedPoint, _) => self.rng.between(0, 2),
            _ => self.rng.between(0, 1),
        };
        let draft = state == PurchaseState::Draft;
        let clerk = self.clerks.get(buyer).map_or("", String::as_str);
        let typed = at(day, 10 * 60);
        let rev = match state {
            PurchaseState::Draft => 1,
            PurchaseState::Submitted => 2,
            PurchaseState::Adjusted => 4,
            _ => 3,
        };
        // A third of what units report themselves names no catalog entry.
        let named = channel != SalesChannel::SelfReport || self.rng.chance(667);
        // Before the first edition nothing could name an entry.
        let entry_id = (named && offer.from <= day).then_some(offer.entry);
        // Two of three say which batch it was.
        let batch_id = entry_id.filter(|_| n % 3 > 0).and_then(|entry| self.lots.on(entry, day));
        Purchase {
            id,
            meta: changed(unit.id.0, (typed, clerk), (at(day, 13 * 60), clerk), rev),
            code: format!("CG-2020-{:06}", n + 1),
            buyer_id: unit.id,
            supplier_id: supplier,
            entry_id,
            bought_on: day,
            quantity,
            amount_fen: Fen(amount),
            channel,
            kind,
            voucher_no: if draft { String::new() } else { format!("{prefix}20{:02}{:07}", day.month(), n + 1) },
            state,
            evidence,
            adjusts: None,
            batch_id,
        }
    }

    /// An offer and a day it was on sale.
    fn choose(&mut self, goods: &Goods, day: Date) -> (Offer, Date) {
        if self.rng.chance(25) {
            let fallen = goods.fallen.get(self.rng.below(goods.fallen.len()));
            if let Some((offer, last)) = fallen.filter(|(_, last)| *last >= day) {
                return (*offer, day.min(*last));
            }
        }
        (self.on_sale(goods, day), day)
    }

    /// An offer that was on sale on the day, if one is found soon.
    fn on_sale(&mut self, goods: &Goods, day: Date) -> Offer {
        let mut last = Offer { entry: EntryId(uuid::Uuid::nil()), supplier: u32::MAX, price: 1, from: Date::MAX };
        for _ in 0..6 {
            // A third of the purchases go to the few hundred best-known goods.
            let reach = if self.rng.chance(330) { goods.offers.len().min(300) } else { goods.offers.len() };
            let Some(offer) = goods.offers.get(self.rng.below(reach)) else { continue };
            last = *offer;
            if offer.from <= day {
                break;
            }
        }
        last
    }

    /// Pieces that bring the amount near what this purchase should come to. The further the running total is from its
    /// course, the more the next purchases lean against it; when one piece is already too dear, another good is taken.
    fn quantity(&mut self, goods: &Goods, (offer, day): (Offer, Date), n: i64, fixed: bool) -> (Offer, i64) {
        let (_, low, high) = SIZES.get(self.draw(SIZES.iter().map(|s| s.0))).copied().unwrap_or((1, 100, 100));
        let size = self.rng.between(low, high);
        let course = i128::from(COUNTED_FEN) * i128::from(n) / i128::from(self.total.max(1));
        let behind = course - i128::from(self.counted);
        let lean = i64::try_from(behind * 100 / (i128::from(self.mean.max(1)) * 40)).unwrap_or(0).clamp(-90, 100);
        let wanted = self.mean * size / 100 * (100 + lean) / 100;
        let mut offer = offer;
        for _ in 0..4 {
            if fixed || i64::from(offer.price) <= wanted {
                break;
            }
            offer = self.on_sale(goods, day);
        }
        let price = i64::from(offer.price).max(1);
        (offer, ((wanted + price / 2) / price).max(1))
    }

    fn draw(&mut self, weights: impl Iterator<Item = usize>) -> usize {
        let weights: Vec<usize> = weights.collect();
        self.rng.weighted(&weights)
    }
}

fn supplier(goods: &Goods, offer: &Offer) -> Option<SupplierId> {
    goods.suppliers.get(usize::try_from(offer.supplier).ok()?).copied()
}

/// How purchases spread over the days: a slow start, a peak before the Dragon Boat Festival, growth in August.
struct Days {
    first: Date,
    /// Share of all purchases up to and with each day, as a running sum of weights.
    sums: Vec<i64>,
}

impl Days {
    fn new(today: Date) -> Days {
        let first = date(2020, 6, 1);
        let mut sum = 0;
        let mut sums = Vec::new();
        for d in 0..=days_between(first, today).max(0) {
            let day = plus(first, d);
            let festival = if (date(2020, 6, 16)..=date(2020, 6, 24)).contains(&day) { 90 } else { 0 };
            let weekend = matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
            sum += (40 + d + festival) / if weekend { 3 } else { 1 };
            sums.push(sum);
        }
        Days { first, sums }
    }

    /// The day of purchase `n` of `total`.
    fn at(&self, n: i64, total: i64) -> Date {
        let last = self.sums.last().copied().unwrap_or(1);
        let place = i64::try_from(i128::from(last) * i128::from(n) / i128::from(total.max(1))).unwrap_or(0);
        let d = self.sums.partition_point(|s| *s <= place);
        plus(self.first, i64::try_from(d).unwrap_or(0))
    }
}
