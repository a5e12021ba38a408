//! What can be seen without a search: rules that a glance at the products shows to exclude each other.
//!
//! Owns these checks. Each names every rule it rests on, so that the filter over rules begins with few; none of them decides anything.

use super::model::Case;
use super::product::Product;
use super::rules::{Rule, Rules};
use std::collections::BTreeSet;

/// Rules that seem to exclude each other, the first check that finds some; empty when none does.
pub(super) fn seen(case: &Case<'_>) -> Vec<Rule> {
    let checks: &[fn(&Case<'_>, &Sight<'_>) -> Vec<Rule>] = &[must, category, counties, dear, cheap];
    let sight = Sight::of(case);
    let found = checks.iter().map(|check| check(case, &sight)).find(|rules| !rules.is_empty());
    let mut rules = found.unwrap_or_default();
    rules.sort();
    rules.dedup();
    rules
}

/// The products that no single rule keeps out, and the rules that keep the others out.
struct Sight<'a> {
    open: Vec<&'a Product>,
    out: Vec<(&'a Product, Rule)>,
}

impl<'a> Sight<'a> {
    fn of(case: &Case<'a>) -> Sight<'a> {
        let mut sight = Sight { open: Vec::new(), out: Vec::new() };
        for p in case.products {
            let single = Rule::SINGLE.iter().find(|r| r.keeps_out(case.rules, p)).cloned();
            match single.or_else(|| case.guide.keeps_out(p).map(Rule::Extra)) {
                Some(rule) => sight.out.push((p, rule)),
                None => sight.open.push(p),
            }
        }
        sight
    }

    /// The rules that keep out what this is true of.
    fn barring(&self, of: impl Fn(&Product) -> bool) -> Vec<Rule> {
        let rules: BTreeSet<Rule> = self.out.iter().filter(|(p, _)| of(p)).map(|(_, rule)| rule.clone()).collect();
        rules.into_iter().collect()
    }
}

/// What must be in and is kept out.
fn must(case: &Case<'_>, sight: &Sight<'_>) -> Vec<Rule> {
    let barred = |code: &String| sight.out.iter().find(|(p, _)| p.code == *code).map(|(_, rule)| rule.clone());
    let found = case.rules.must.iter().find_map(|code| Some(vec![Rule::Must(code.clone()), barred(code)?]));
    found.unwrap_or_default()
}

/// A category of which there are too few.
fn category(case: &Case<'_>, sight: &Sight<'_>) -> Vec<Rule> {
    for (name, &(least, _)) in &case.rules.categories {
        if count(sight.open.iter().filter(|p| p.category == *name).count()) < least {
            let barring = sight.barring(|p| p.category == *name);
            return [vec![Rule::CategoryLeast(name.clone())], barring].concat();
        }
    }
    Vec::new()
}

/// Fewer counties than are asked for.
fn counties(case: &Case<'_>, sight: &Sight<'_>) -> Vec<Rule> {
    let counties: BTreeSet<&str> = sight.open.iter().map(|p| p.county.as_str()).collect();
    if count(counties.len()) >= case.rules.counties {
        return Vec::new();
    }
    [vec![Rule::Counties], sight.barring(|p| !counties.contains(p.county.as_str()))].concat()
}

/// The cheapest of so many kinds are dearer than the budget.
fn dear(case: &Case<'_>, sight: &Sight<'_>) -> Vec<Rule> {
    let Rules { budget, kinds, .. } = case.rules;
    let mut prices: Vec<i64> = sight.open.iter().map(|p| p.price).collect();
    prices.sort_unstable();
    let least = prices.iter().take(usize::try_from(kinds.0).unwrap_or(usize::MAX)).sum::<i64>();
    if count(prices.len()) >= kinds.0 && least <= *budget {
        return Vec::new();
    }
    [vec![Rule::Budget, Rule::KindsLeast], sight.barring(|_| true)].concat()
}

/// The dearest of so many kinds do not come up to the floor.
fn cheap(case: &Case<'_>, sight: &Sight<'_>) -> Vec<Rule> {
    let rules = case.rules;
    let mut most: Vec<i64> =
        sight.open.iter().map(|p| p.price * rules.pieces.min(p.stock / rules.packs.max(1))).collect();
    most.sort_unstable_by(|a, b| b.cmp(a));
    let most = most.iter().take(usize::try_from(rules.kinds.1).unwrap_or(usize::MAX)).sum::<i64>();
    if most >= rules.floor {
        return Vec::new();
    }
    [vec![Rule::Floor, Rule::KindsMost], sight.barring(|_| true)].concat()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
