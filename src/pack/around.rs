//! What lies around a pack: others that really differ, why each item is in, what would be in if it were cheaper, and the pack with the
//! fewest changes when an item is no longer to be had.
//!
//! Owns these questions; each is a program of its own, with the same proof.

use super::best::{Pack, price, search};
use super::check::{self, RulesError};
use super::model::{Case, Model, build};
use super::program::Row;
use super::rules::{Rule, Rules};
use super::search::{Ask, Verdict, solve};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Until when a question may be asked on, and what ends it.
#[derive(Clone)]
pub struct Limit {
    pub until: Option<Instant>,
    pub cancel: Arc<AtomicBool>,
}

impl Limit {
    /// An equal part of the time that is left, for the first of `parts` questions.
    pub(super) fn part(&self, parts: usize) -> Limit {
        let now = Instant::now();
        let share = |until: Instant| {
            now + until.saturating_duration_since(now) / u32::try_from(parts.max(1)).unwrap_or(u32::MAX)
        };
        Limit { until: self.until.map(share), cancel: self.cancel.clone() }
    }

    pub(super) fn ask<'a>(&self, say: &'a mut dyn FnMut(super::search::Standing)) -> Ask<'a> {
        Ask { until: self.until, cancel: self.cancel.clone(), say }
    }
}

/// Why an item is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The product, by its place.
    pub product: usize,
    /// Rules that hold by this item alone.
    pub needs: Vec<Rule>,
    /// What the best pack without it gains less; `None` where there is no pack without it, or time was up.
    pub loss: Option<i64>,
    /// What that pack has instead.
    pub instead: Vec<usize>,
    /// Whether time was enough for the last word on it.
    pub proved: bool,
}

/// What would be in if it were cheaper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entering {
    pub product: usize,
    /// Fen, of the one piece there would be of it.
    pub cheaper: i64,
}

/// A pack that has taken another's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    pub pack: Pack,
    /// What came in, with pieces; what went out is what the old pack had and this has not.
    pub added: Vec<(usize, i64)>,
    /// Whether no pack has fewer changes.
    pub fewest: bool,
}

impl Case<'_> {
    fn with<'b>(&'b self, rules: &'b Rules) -> Case<'b> {
        Case { rules, ..*self }
    }

    /// Further packs, the best first: each differs from the pack and from each other by a third of its kinds, and by no fewer than two.
    ///
    /// # Errors
    /// The score is too large to be exact.
    pub fn others(&self, pack: &Pack, many: usize, limit: &Limit) -> Result<Vec<Pack>, RulesError> {
        let (mut model, mut found) = (build(self, &BTreeSet::new()), Vec::new());
        let mut known = pack.clone();
        for n in 0..many {
            let kinds = known.items.len();
            let differ = (kinds / 3).max(2).min(kinds);
            let items = known.items;
            let most = i64::try_from(kinds - differ).unwrap_or(0);
            model.at_most(most, |i| items.iter().any(|item| item.0 == i));
            let (_, Some(next)) = search(self, &model, limit.part(many - n).ask(&mut |_| {}))? else { break };
            known = next.clone();
            found.push(next);
        }
        Ok(found)
    }

    /// Why each item is in.
    ///
    /// # Errors
    /// As [`Case::others`].
    pub fn reasons(&self, pack: &Pack, limit: &Limit) -> Result<Vec<Reason>, RulesError> {
        let mut reasons = Vec::new();
        for (n, &(product, _)) in pack.items.iter().enumerate() {
            let needs = self.needs(pack, product);
            let code = &self.products[product].code;
            if self.rules.must.contains(code) {
                reasons.push(Reason { product, needs, loss: None, instead: Vec::new(), proved: true });
                continue;
            }
            let mut rules = self.rules.clone();
            rules.must_not.push(code.clone());
            let case = self.with(&rules);
            let model = build(&case, &BTreeSet::new());
            let (verdict, best) = search(&case, &model, limit.part(pack.items.len() - n).ask(&mut |_| {}))?;
            let here = |i: &usize| pack.items.iter().any(|item| item.0 == *i);
            let instead = best.iter().flat_map(|b| &b.items).map(|item| item.0).filter(|i| !here(i)).collect();
            reasons.push(Reason {
                product,
                needs,
                // Where time was up the pack without it may be better still: what is lost is at most that.
                loss: best.map(|b| pack.value - b.value),
                instead,
                proved: matches!(verdict, Verdict::Best | Verdict::Impossible),
            });
        }
        Ok(reasons)
    }

    /// Rules that hold by this item alone.
    fn needs(&self, pack: &Pack, product: usize) -> Vec<Rule> {
        let (p, rules) = (&self.products[product], self.rules);
        let same = |of: &dyn Fn(usize) -> bool| {
            i64::try_from(pack.items.iter().filter(|item| of(item.0)).count()).unwrap_or(i64::MAX)
        };
        let of_category = same(&|i| self.products[i].category == p.category);
        let of_county = same(&|i| self.products[i].county == p.county);
        let counties: BTreeSet<&str> = pack.items.iter().map(|&(i, _)| self.products[i].county.as_str()).collect();
        let least = rules.categories.get(&p.category).map_or(0, |c| c.0);
        let by = [
            (rules.must.contains(&p.code), Rule::Must(p.code.clone())),
            (least > 0 && of_category == least, Rule::CategoryLeast(p.category.clone())),
            (
                of_county == 1 && rules.counties > 0 && i64::try_from(counties.len()) == Ok(rules.counties),
                Rule::Counties,
            ),
            (i64::try_from(pack.items.len()) == Ok(rules.kinds.0), Rule::KindsLeast),
        ];
        by.into_iter().filter(|(needs, _)| *needs).map(|(_, rule)| rule).collect()
    }

    /// The products left out that need the smallest discount to be in a better pack, the smallest first: of one product, or of all
    /// where the score does not go by the price. Each is proved; fewer come when time is up.
    ///
    /// # Errors
    /// As [`Case::others`].
    pub fn entering(
        &self,
        pack: &Pack,
        only: Option<usize>,
        many: usize,
        limit: &Limit,
    ) -> Result<Vec<Entering>, RulesError> {
        if !pack.proved {
            // There may be a better one at no discount at all.
            return Ok(Vec::new());
        }
        let by_price = |i: usize| self.guide.gain_per_fen(&self.products[i]) != 0;
        let inside: BTreeSet<usize> = pack.items.iter().map(|item| item.0).collect();
        let model = build(self, &BTreeSet::new());
        let mut open: BTreeSet<usize> = model.options.iter().map(|o| o.0).filter(|i| !inside.contains(i)).collect();
        match only {
            Some(i) => open.retain(|o| *o == i),
            None => open.retain(|o| !by_price(*o)),
        }
        let mut found: Vec<Entering> = Vec::new();
        while found.len() < many && !open.is_empty() {
            let fen = only.map_or(0, |i| self.guide.gain_per_fen(&self.products[i]));
            let program = self.discounted(&model, pack.value + 1, fen, &open);
            let answer = solve(&program, limit.part(many - found.len()).ask(&mut |_| {}));
            let answer = answer.map_err(|_| RulesError::Overflow)?;
            let (Verdict::Best, Some((less, x))) = (answer.verdict, answer.best) else { break };
            let came: Vec<(usize, i64)> = model.chosen(&x).into_iter().filter(|(i, _)| open.contains(i)).collect();
            for (product, _) in came {
                open.remove(&product);
                if -less < self.products[product].price {
                    found.push(Entering { product, cheaper: -less });
                }
            }
        }
        found.sort_by_key(|e| (e.cheaper, e.product));
        found.truncate(many);
        Ok(found)
    }

    /// The smallest discount on one of the products that are open with which a pack gains this much.
    fn discounted(&self, model: &Model, value: i64, fen: i64, open: &BTreeSet<usize>) -> super::program::Program {
        let mut p = model.program.clone();
        let gains: Vec<(usize, i64)> = p.gain.iter().copied().enumerate().filter(|g| g.1 != 0).collect();
        p.gain.fill(0);
        let price = |x: usize| self.products[model.options[x].0].price;
        let (open, more): (Vec<usize>, Vec<usize>) = (0..model.options.len())
            .filter(|&x| open.contains(&model.options[x].0))
            .partition(|&x| model.options[x].1 == 1);
        // A discount is on one piece: of several each would have a part of it, and a part of a fen there is not.
        more.into_iter().for_each(|x| p.most[x] = 0);
        let most = open.iter().map(|&x| price(x)).max().unwrap_or(0).min(self.rules.budget.saturating_mul(4));
        let discount = p.column(-1, most.max(0));
        for (row, rule) in p.rows.iter_mut().zip(&model.rule) {
            if matches!(rule, Some(Rule::Budget | Rule::Floor)) {
                row.terms.push((discount, -1));
            }
        }
        let mut terms = gains;
        if fen != 0 {
            terms.push((discount, -fen));
        }
        p.rows.push(Row { low: Some(value), high: None, terms });
        p.rows.push(Row { low: Some(1), high: None, terms: open.iter().map(|&x| (x, 1)).collect() });
        let mut terms: Vec<(usize, i64)> = open.iter().map(|&x| (x, price(x) - 1)).collect();
        terms.push((discount, -1));
        p.rows.push(Row { low: Some(0), high: None, terms });
        p
    }

    /// A pack of which nothing is known but what is in it.
    fn plain(&self, items: Vec<(usize, i64)>) -> Pack {
        let value = items.iter().map(|&(i, q)| self.guide.gain(&self.products[i], q)).sum();
        let price = price(self.products, &items);
        Pack { items, price, value, bound: i64::MAX, proved: false, nodes: 0, first: None, left_out: BTreeMap::new() }
    }

    /// The pack that keeps the rules with the fewest changes of another, given by codes and pieces; among those the best one. What is not
    /// among the products is gone. `None` when there is no pack, or time was up before there was one.
    ///
    /// # Errors
    /// Rules that make no sense for what is left; the score is too large to be exact.
    pub fn mended(
        &self,
        old: &[(String, i64)],
        categories: &[&str],
        limit: &Limit,
    ) -> Result<Option<Mended>, RulesError> {
        let place: BTreeMap<&str, usize> =
            self.products.iter().enumerate().map(|(i, p)| (p.code.as_str(), i)).collect();
        let kept: BTreeMap<usize, i64> =
            old.iter().filter_map(|(code, pieces)| Some((*place.get(code.as_str())?, *pieces))).collect();
        let mut rules = self.rules.clone();
        // What is gone of the old pack need not be in any more; a code that nothing ever had is a mistake.
        let gone = |code: &String| !place.contains_key(code.as_str()) && old.iter().any(|o| o.0 == *code);
        rules.must.retain(|code| !gone(code));
        rules.must_not.retain(|code| !gone(code));
        check::rules(&rules, self.products, categories)?;
        let case = self.with(&rules);
        let mut model = build(&case, &BTreeSet::new());
        // What stays as it is counts two, with other pieces one; what is new takes one.
        let stays: Vec<(usize, i64)> = model
            .options
            .iter()
            .enumerate()
            .map(|(x, (i, pieces))| (x, kept.get(i).map_or(-1, |q| if q == pieces { 2 } else { 1 })))
            .collect();
        let mut first = model.program.clone();
        first.gain.fill(0);
        stays.iter().for_each(|&(x, counts)| first.gain[x] = counts);
        let answer = solve(&first, limit.part(2).ask(&mut |_| {})).map_err(|_| RulesError::Overflow)?;
        let Some((least, x)) = answer.best else { return Ok(None) };
        let first = model.chosen(&x);
        model.program.rows.push(Row { low: Some(least), high: None, terms: stays });
        model.rule.push(None);
        let pack = match search(&case, &model, limit.ask(&mut |_| {}))?.1 {
            Some(pack) => pack,
            // Time was up: the first is one with as few changes, if not the best of them.
            None if check::broken(self.products, &rules, self.guide, &first).is_empty() => self.plain(first),
            None => return Ok(None),
        };
        let added = pack.items.iter().copied().filter(|(i, _)| !kept.contains_key(i)).collect();
        Ok(Some(Mended { pack, added, fewest: answer.verdict == Verdict::Best }))
    }
}
