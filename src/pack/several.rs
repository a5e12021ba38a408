//! Several packs on one stock: each is searched by itself, and what they would take more of than there is gets a price, until they fit.
//!
//! Owns the prices, the division of the stock and the proof: for any prices at all, what the packs gain at these prices, and what the stock
//! is worth at them, is together no less than what any division of the stock gains.

use super::around::Limit;
use super::best::{Pack, search};
use super::check::{self, RulesError};
use super::model::{Case, Extra, Guide, build};
use super::product::Product;
use super::program::Row;
use super::rules::Rules;
use super::search::{Verdict, solve};
use std::cmp::Ordering as Order;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Prices are in this part of a unit of gain.
const FINE: i64 = 1_024;
/// How often the prices are corrected before the stock is divided part by part, how long a pack may take in such a round, and after how
/// many rounds that bring nothing the steps become half as large.
const ROUNDS: usize = 24;
const ROUND: Duration = Duration::from_millis(60);
const IDLE: usize = 3;

/// Packs that fit into one stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several {
    /// In the order of what was asked for.
    pub packs: Vec<Pack>,
    /// What they gain: what one of each kind gains, taken together.
    pub value: i64,
    /// No division of the stock gains more.
    pub bound: i64,
    pub proved: bool,
    /// Products that more than one pack wanted and there was not enough of.
    pub clashes: usize,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Division {
    Several(Several),
    /// There is no pack for these rules (by their place), or none beside the others: proved.
    Impossible(Option<usize>),
    /// Time was up before all had a pack.
    Open,
}

/// A score from which the prices of what a pack takes are subtracted.
struct Priced<'a> {
    guide: &'a dyn Guide,
    copies: i64,
    price: &'a BTreeMap<String, i64>,
}

impl Guide for Priced<'_> {
    fn keeps_out(&self, product: &Product) -> Option<String> {
        self.guide.keeps_out(product)
    }

    fn gain(&self, product: &Product, pieces: i64) -> i64 {
        let price = self.price.get(&product.code).copied().unwrap_or(0);
        self.guide.gain(product, pieces).saturating_mul(FINE) - price.saturating_mul(self.copies.saturating_mul(pieces))
    }

    fn rows(&self, products: &[Product]) -> Vec<Extra> {
        self.guide.rows(products)
    }
}

/// How many pieces of a product a pack may have, by the place of pack and product.
type Limits = BTreeMap<(usize, usize), (i64, i64)>;

/// What one pack takes, and what it can gain at most.
type Taken = (Vec<(usize, i64)>, i128);

/// A part of all divisions, and how much it can gain at most.
#[derive(PartialEq, Eq)]
struct Part {
    bound: i64,
    limits: Limits,
}

impl Ord for Part {
    fn cmp(&self, other: &Part) -> Order {
        // Of those that may gain as much the one that says more.
        (self.bound, self.limits.len())
            .cmp(&(other.bound, other.limits.len()))
            .then_with(|| self.limits.cmp(&other.limits))
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Part) -> Option<Order> {
        Some(self.cmp(other))
    }
}

/// Divides the stock.
///
/// # Errors
/// Rules that make no sense for these products, with their place.
pub fn several(
    products: &[Product],
    orders: &[Rules],
    guides: &[&dyn Guide],
    categories: &[&str],
    limit: &Limit,
) -> Result<Division, (usize, RulesError)> {
    for (k, rules) in orders.iter().enumerate() {
        check::rules(rules, products, categories).map_err(|e| (k, e))?;
    }
    let mut work =
        Work { products, orders, guides, limit, price: BTreeMap::new(), best: None, clashes: BTreeSet::new() };
    work.run()
}

struct Work<'a> {
    products: &'a [Product],
    orders: &'a [Rules],
    guides: &'a [&'a dyn Guide],
    limit: &'a Limit,
    price: BTreeMap<String, i64>,
    best: Option<(i64, Vec<Pack>)>,
    clashes: BTreeSet<usize>,
}

/// What all packs want at some prices.
enum Wanted {
    /// What each takes, and what they gain at most together with what the stock is worth, rounded down to a unit.
    All(Vec<Vec<(usize, i64)>>, i64),
    /// This one has no pack: proved.
    None(usize),
    /// Time was up.
    Open,
}

type Found<T> = Result<T, (usize, RulesError)>;

impl Work<'_> {
    fn run(&mut self) -> Found<Division> {
        let (mut wanted, mut bound) = match self.wanted(&Limits::new(), true, None)? {
            Wanted::All(items, bound) => (items, bound),
            Wanted::None(k) => return Ok(Division::Impossible(Some(k))),
            Wanted::Open => return Ok(Division::Open),
        };
        // The prices with which least can be gained: those tell most.
        let (mut lowest, mut idle, mut stride) = (self.price.clone(), 0, 1.0);
        for _ in 1..=ROUNDS {
            let over = self.over(&wanted);
            self.clashes.extend(over.keys());
            self.divide(&wanted)?;
            let reached = self.best.as_ref().is_some_and(|b| b.0 >= bound);
            if reached || self.is_over() || !self.correct(&wanted, bound, stride) {
                break;
            }
            let Wanted::All(items, next) = self.wanted(&Limits::new(), true, Some(ROUND))? else { break };
            wanted = items;
            idle += 1;
            if next < bound {
                (bound, idle) = (next, 0);
                lowest.clone_from(&self.price);
            } else if idle == IDLE {
                (idle, stride) = (0, stride / 2.0);
            }
        }
        self.price = lowest;
        let open = self.parts(bound)?;
        let clashes = self.clashes.len();
        Ok(match (self.best.take(), open) {
            (Some((value, packs)), open) => {
                let bound = open.map_or(value, |open| open.max(value));
                Division::Several(Several { packs, value, bound, proved: bound == value, clashes })
            }
            (None, None) => Division::Impossible(None),
            (None, Some(_)) => Division::Open,
        })
    }

    /// Searches all divisions, the part that may gain most first. What is still open may gain that much; `None` when nothing is.
    fn parts(&mut self, bound: i64) -> Found<Option<i64>> {
        let mut heap = BinaryHeap::from([Part { bound, limits: Limits::new() }]);
        while let Some(Part { bound, limits }) = heap.pop() {
            if self.best.as_ref().is_some_and(|b| b.0 >= bound) {
                return Ok(None);
            }
            if self.is_over() {
                return Ok(Some(bound));
            }
            let priced = self.wanted(&limits, true, None)?;
            let (items, free) = match (priced, self.wanted(&limits, false, None)?) {
                (Wanted::Open, _) | (_, Wanted::Open) => return Ok(Some(bound)),
                (Wanted::None(_), _) | (_, Wanted::None(_)) => continue,
                (Wanted::All(_, priced), Wanted::All(items, free)) => (items, free.min(priced).min(bound)),
            };
            let Some((&product, _)) = self.over(&items).iter().max_by_key(|o| *o.1) else {
                // They fit as they are, each the best it can be.
                self.offer(&items);
                if self.best.as_ref().is_none_or(|b| b.0 < free) {
                    heap.push(Part { bound: free, limits });
                }
                continue;
            };
            self.clashes.insert(product);
            heap.extend(self.divided(&limits, product, &items).into_iter().map(|limits| Part { bound: free, limits }));
        }
        Ok(None)
    }

    /// The part in two: the pack that takes most of a product has so many pieces of it, or fewer.
    fn divided(&self, limits: &Limits, product: usize, items: &[Vec<(usize, i64)>]) -> Vec<Limits> {
        let pieces = |k: usize| items[k].iter().find(|item| item.0 == product).map_or(0, |item| item.1);
        let low = |k: usize| limits.get(&(k, product)).map_or(0, |l| l.0);
        let open = (0..items.len()).filter(|&k| pieces(k) > low(k));
        let Some(k) = open.max_by_key(|&k| pieces(k) * self.orders[k].packs) else { return Vec::new() };
        let (least, most) = limits.get(&(k, product)).copied().unwrap_or((0, self.orders[k].pieces));
        let n = pieces(k);
        let part = |range| {
            let mut limits = limits.clone();
            limits.insert((k, product), range);
            limits
        };
        let parts = [part((least, n - 1)), part((n, most))];
        let fits = |limits: &Limits| {
            let taken: i64 =
                limits.iter().filter(|(at, _)| at.1 == product).map(|(at, l)| l.0 * self.orders[at.0].packs).sum();
            taken <= self.products[product].stock
        };
        parts.into_iter().filter(fits).collect()
    }

    fn is_over(&self) -> bool {
        self.limit.cancel.load(Ordering::Relaxed) || self.limit.until.is_some_and(|u| Instant::now() >= u)
    }

    /// What each pack takes within limits, at the present prices or at none; each is searched for so long at most.
    fn wanted(&self, limits: &Limits, priced: bool, time: Option<Duration>) -> Found<Wanted> {
        let none = BTreeMap::new();
        let price = if priced { &self.price } else { &none };
        let mut found: Vec<Taken> = Vec::new();
        for k in 0..self.orders.len() {
            // The same rules want the same.
            if let Some(j) = (0..k).find(|&j| self.are_same(j, k, limits)) {
                found.push(found[j].clone());
                continue;
            }
            match self.one(k, limits, price, time)? {
                (_, Some(one)) => found.push(one),
                (Verdict::Impossible, None) => return Ok(Wanted::None(k)),
                _ => return Ok(Wanted::Open),
            }
        }
        let worth = |p: &Product| i128::from(price.get(&p.code).copied().unwrap_or(0)) * i128::from(p.stock);
        let bound = found.iter().map(|f| f.1).sum::<i128>() + self.products.iter().map(worth).sum::<i128>();
        let bound = i64::try_from(bound.div_euclid(i128::from(FINE))).unwrap_or(i64::MAX);
        Ok(Wanted::All(found.into_iter().map(|f| f.0).collect(), bound))
    }

    fn are_same(&self, j: usize, k: usize, limits: &Limits) -> bool {
        self.orders[j] == self.orders[k]
            && std::ptr::addr_eq(self.guides[j], self.guides[k])
            && !limits.keys().any(|at| at.0 == j || at.0 == k)
    }

    /// What one pack takes, and what it can gain at most.
    fn one(
        &self,
        k: usize,
        limits: &Limits,
        price: &BTreeMap<String, i64>,
        time: Option<Duration>,
    ) -> Found<(Verdict, Option<Taken>)> {
        let guide = Priced { guide: self.guides[k], copies: self.orders[k].packs, price };
        let case = Case { products: self.products, rules: &self.orders[k], guide: &guide };
        let mut model = build(&case, &BTreeSet::new());
        for (&(_, product), &(low, high)) in limits.iter().filter(|(at, _)| at.0 == k) {
            let of: Vec<usize> = (0..model.options.len()).filter(|&x| model.options[x].0 == product).collect();
            let out = |x: &&usize| !(low..=high).contains(&model.options[**x].1);
            of.iter().filter(out).for_each(|&x| model.program.most[x] = 0);
            if low > 0 {
                model.program.rows.push(Row { low: Some(1), high: None, terms: of.iter().map(|&x| (x, 1)).collect() });
            }
        }
        let mut part = self.limit.part(self.orders.len() - k);
        if let Some(soon) = time.map(|t| Instant::now() + t) {
            part.until = Some(part.until.map_or(soon, |u| u.min(soon)));
        }
        let answer = match solve(&model.program, part.ask(&mut |_| {})) {
            Ok(answer) => answer,
            // Prices made it inexact: without them it is exact, and there is a division already.
            Err(_) if self.best.is_some() => return Ok((Verdict::Open, None)),
            Err(_) => return Err((k, RulesError::Overflow)),
        };
        let taken = answer.best.map(|(_, x)| (model.chosen(&x), i128::from(answer.bound)));
        Ok((answer.verdict, taken))
    }

    /// How much of each product is wanted, of all packs.
    fn used(&self, items: &[Vec<(usize, i64)>]) -> BTreeMap<usize, i64> {
        let mut used = BTreeMap::new();
        for (items, rules) in items.iter().zip(self.orders) {
            items.iter().for_each(|&(i, pieces)| *used.entry(i).or_default() += pieces * rules.packs);
        }
        used
    }

    /// What is wanted beyond what there is.
    fn over(&self, items: &[Vec<(usize, i64)>]) -> BTreeMap<usize, i64> {
        let over = |(i, used): (usize, i64)| Some((i, used - self.products[i].stock)).filter(|o| o.1 > 0);
        self.used(items).into_iter().filter_map(over).collect()
    }

    /// Corrects the prices: what is wanted beyond what there is becomes dearer, what is left over cheaper, the more so the further the
    /// bound is from what is known to be possible. Whether any price became another.
    fn correct(&mut self, items: &[Vec<(usize, i64)>], bound: i64, stride: f64) -> bool {
        let used = self.used(items);
        let beyond = |i: usize| used.get(&i).copied().unwrap_or(0) - self.products[i].stock;
        let price = |i: usize| self.price.get(&self.products[i].code).copied().unwrap_or(0);
        // What costs nothing and is left over stays as it is.
        let turns: Vec<(usize, i64)> =
            self.clashes.iter().map(|&i| (i, beyond(i))).filter(|&(i, b)| b > 0 || (b < 0 && price(i) > 0)).collect();
        let square: f64 = turns.iter().map(|t| (t.1 as f64).powi(2)).sum();
        let known = self.best.as_ref().map_or(bound - bound.abs() / 20 - 1, |b| b.0);
        let step = stride * (bound - known) as f64 * FINE as f64 / square.max(1.0);
        let mut turned = false;
        for (i, b) in turns {
            // At least a part of a unit, or nothing would ever move.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a step is no larger than a gain, which is exact in a double"
            )]
            let by = (step * b as f64) as i64;
            let by = if by == 0 { b.signum() } else { by };
            let price = self.price.entry(self.products[i].code.clone()).or_default();
            // Dearer than what nobody would pay is of no use.
            let gain = self.guides.iter().map(|g| g.gain(&self.products[i], 1)).max().unwrap_or(0).max(0);
            let copies = self.orders.iter().map(|r| r.packs).min().unwrap_or(1).max(1);
            let to = price.saturating_add(by).clamp(0, gain.saturating_mul(FINE) / copies + 1);
            turned |= to != *price;
            *price = to;
        }
        turned
    }

    /// Takes packs that fit, if together they are better; whether they were.
    fn offer(&mut self, items: &[Vec<(usize, i64)>]) -> bool {
        let mut packs = Vec::new();
        for (k, (items, rules)) in items.iter().zip(self.orders).enumerate() {
            let guide = self.guides[k];
            if !check::broken(self.products, rules, guide, items).is_empty() {
                return false;
            }
            let value = items.iter().map(|&(i, q)| guide.gain(&self.products[i], q)).sum();
            let price = super::best::price(self.products, items);
            let (bound, proved, nodes, first) = (value, false, 0, None);
            packs.push(Pack {
                items: items.clone(),
                price,
                value,
                bound,
                proved,
                nodes,
                first,
                left_out: BTreeMap::new(),
            });
        }
        let value = packs.iter().map(|p| p.value).sum();
        let better = self.best.as_ref().is_none_or(|b| value > b.0);
        if better {
            self.best = Some((value, packs));
        }
        better
    }

    /// Divides the stock: one pack after the other takes the best of what the others have left, those that want too much last.
    fn divide(&mut self, wanted: &[Vec<(usize, i64)>]) -> Found<()> {
        let over = self.over(wanted);
        let clashes = |k: &usize| wanted[*k].iter().filter(|item| over.contains_key(&item.0)).count();
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(clashes);
        let mut left: Vec<Product> = self.products.to_vec();
        let mut items = vec![Vec::new(); wanted.len()];
        for (n, &k) in order.iter().enumerate() {
            let rules = &self.orders[k];
            let fits = wanted[k].iter().all(|&(i, q)| q * rules.packs <= left[i].stock);
            items[k] = if fits {
                wanted[k].clone()
            } else {
                let case = Case { products: &left, rules, guide: self.guides[k] };
                let (part, model) = (self.limit.part(order.len() - n), build(&case, &BTreeSet::new()));
                let found = search(&case, &model, part.ask(&mut |_| {})).map_err(|e| (k, e))?;
                let Some(pack) = found.1 else { return Ok(()) };
                pack.items
            };
            items[k].iter().for_each(|&(i, q)| left[i].stock -= q * rules.packs);
        }
        if self.offer(&items) {
            self.improve()?;
        }
        Ok(())
    }

    /// Lets one pack after the other take the best of what the others leave, until none gains by it.
    fn improve(&mut self) -> Found<()> {
        let mut idle = 0;
        for k in (0..self.orders.len()).cycle() {
            if idle == self.orders.len() || self.is_over() {
                break;
            }
            idle += 1;
            let Some((_, packs)) = &self.best else { break };
            let mut items: Vec<Vec<(usize, i64)>> = packs.iter().map(|p| p.items.clone()).collect();
            let mut left: Vec<Product> = self.products.to_vec();
            for (_, (items, rules)) in items.iter().zip(self.orders).enumerate().filter(|(j, _)| *j != k) {
                items.iter().for_each(|&(i, q)| left[i].stock -= q * rules.packs);
            }
            let case = Case { products: &left, rules: &self.orders[k], guide: self.guides[k] };
            let mut limit = self.limit.clone();
            let soon = Instant::now() + ROUND;
            limit.until = Some(limit.until.map_or(soon, |u| u.min(soon)));
            let found = search(&case, &build(&case, &BTreeSet::new()), limit.ask(&mut |_| {})).map_err(|e| (k, e))?;
            if let Some(pack) = found.1 {
                items[k] = pack.items;
                if self.offer(&items) {
                    idle = 0;
                }
            }
        }
        Ok(())
    }
}
