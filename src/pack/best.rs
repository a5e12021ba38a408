//! The best pack under rules.
//!
//! Owns the passes: first what the goal says, then, among the packs that are as good, the one nearest to the budget.

use super::block::{self, Blocked};
use super::check::{self, RulesError};
use super::model::{Case, Model, build};
use super::product::Product;
use super::program::Row;
use super::rules::{Goal, Rule};
use super::search::{Ask, Verdict, solve};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long the second pass may take.
const SECOND: Duration = Duration::from_millis(100);

/// A pack that keeps every rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Products by their place, and pieces of each.
    pub items: Vec<(usize, i64)>,
    /// Fen.
    pub price: i64,
    /// What it gains, and what no pack can gain more of.
    pub value: i64,
    pub bound: i64,
    /// Whether it is proved that no pack is better.
    pub proved: bool,
    pub nodes: u64,
    pub first: Option<Duration>,
    /// How many products each rule keeps out.
    pub left_out: BTreeMap<Rule, usize>,
}

impl Pack {
    /// How far from the best it can be, in hundredths of a percent, rounded up; 0 when it is proved best.
    pub fn gap(&self) -> i64 {
        gap(self.bound, self.value)
    }
}

/// How far a value can be from the best, in hundredths of a percent, rounded up.
pub fn gap(bound: i64, value: i64) -> i64 {
    let (over, of) = (i128::from(bound) - i128::from(value), i128::from(bound.unsigned_abs().max(1)));
    i64::try_from((over * 10_000 + of - 1) / of).unwrap_or(i64::MAX)
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Pack(Pack),
    /// No pack keeps the rules: proved, with those that stand in the way.
    Impossible(Blocked),
    /// Time was up before there was a pack.
    Open,
}

/// Searches the best pack.
///
/// # Errors
/// Rules that make no sense for these products.
pub fn best(case: &Case<'_>, categories: &[&str], ask: Ask<'_>) -> Result<Outcome, RulesError> {
    check::rules(case.rules, case.products, categories)?;
    let (until, cancel) = (ask.until, ask.cancel.clone());
    Ok(match search(case, &build(case, &BTreeSet::new()), ask)? {
        (_, Some(pack)) => Outcome::Pack(pack),
        (Verdict::Impossible, None) => Outcome::Impossible(block::blocked(case, until, &cancel)),
        _ => Outcome::Open,
    })
}

/// Searches the best pack of a program; how certain it is, too.
pub(super) fn search(case: &Case<'_>, model: &Model, ask: Ask<'_>) -> Result<(Verdict, Option<Pack>), RulesError> {
    let Case { products, rules, guide } = *case;
    let (until, cancel) = (ask.until, ask.cancel.clone());
    let answer = solve(&model.program, ask).map_err(|_| RulesError::Overflow)?;
    let Some((value, x)) = answer.best else { return Ok((answer.verdict, None)) };
    let proved = answer.verdict == Verdict::Best;
    let mut items = model.chosen(&x);
    if proved && rules.goal != Goal::Budget {
        let soon = Instant::now() + SECOND;
        let ask = Ask { until: Some(until.map_or(soon, |u| u.min(soon))), cancel, say: &mut |_| {} };
        if let Some(near) = nearer(products, model, (value, &answer.never), ask)
            .filter(|near| price(products, near) > price(products, &items))
        {
            items = near;
        }
    }
    if !check::broken(products, rules, guide, &items).is_empty() {
        // The search and the rules disagree: that is a defect, and no pack.
        tracing::error!(?rules, ?items, "a pack that breaks its rules was found and is not shown");
        return Ok((Verdict::Open, None));
    }
    let mut left_out = BTreeMap::new();
    model.left_out.values().for_each(|rule| *left_out.entry(rule.clone()).or_default() += 1);
    let price = price(products, &items);
    let (bound, nodes, first) = (answer.bound, answer.nodes, answer.first);
    Ok((answer.verdict, Some(Pack { items, price, value, bound, proved, nodes, first, left_out })))
}

pub(super) fn price(products: &[Product], items: &[(usize, i64)]) -> i64 {
    items.iter().map(|&(i, q)| products[i].price * q).sum()
}

/// Of the packs that gain as much, one that costs more.
fn nearer(
    products: &[Product],
    model: &Model,
    (value, never): (i64, &[bool]),
    ask: Ask<'_>,
) -> Option<Vec<(usize, i64)>> {
    let mut program = model.program.clone();
    let terms = program.gain.iter().copied().enumerate().filter(|t| t.1 != 0).collect();
    program.rows.push(Row { low: Some(value), high: None, terms });
    program.gain.fill(0);
    program.most.iter_mut().zip(never).filter(|(_, never)| **never).for_each(|(most, _)| *most = 0);
    for (x, &(i, q)) in model.options.iter().enumerate() {
        program.gain[x] = products[i].price * q;
    }
    solve(&program, ask).ok()?.best.map(|(_, x)| model.chosen(&x))
}
