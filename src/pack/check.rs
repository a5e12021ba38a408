//! Two checks that know nothing of programs: whether rules make sense at all, and whether a pack keeps them.
//!
//! Owns that nothing is shown as a pack that breaks a rule, whatever the search may have done.

use super::model::{Extra, Guide};
use super::product::Product;
use super::rules::{Rule, Rules};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with rules before anything is searched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// A number that is none of its kind: the field, what it is, and between what it may lie.
    #[error("{field} is {value}, and must lie between {least} and {most}")]
    Number { field: &'static str, value: i64, least: i64, most: i64 },
    /// A least that is larger than its most.
    #[error("{field}: at least {least} and at most {most} contradict each other")]
    Crossed { field: String, least: i64, most: i64 },
    /// A product that must and must not be in.
    #[error("{0} must and must not be in")]
    Both(String),
    /// A code that no listed product has.
    #[error("no listed product has the code {0}")]
    Unknown(String),
    /// A category that does not exist.
    #[error("there is no category {0}")]
    Category(String),
    /// More is worth more than can be counted.
    #[error("the score is too large to be exact")]
    Overflow,
}

/// Most fen, grams or millilitres of a pack.
pub const MOST: i64 = 100_000_000;
/// Most kinds of a pack, and pieces of one product.
pub const KINDS: i64 = 200;
pub const PIECES: i64 = 20;
/// Most packs, and most of anything that is counted.
pub const COUNT: i64 = 1_000_000;

/// Whether rules make sense for these products.
///
/// # Errors
/// The first that does not.
pub fn rules(rules: &Rules, products: &[Product], categories: &[&str]) -> Result<(), RulesError> {
    let numbers = [
        ("packs", rules.packs, 1, COUNT),
        ("budget", rules.budget, 1, MOST),
        ("floor", rules.floor, 0, MOST),
        ("kinds", rules.kinds.0, 0, KINDS),
        ("kinds", rules.kinds.1, 1, KINDS),
        ("pieces", rules.pieces, 1, PIECES),
        ("per_supplier", rules.per_supplier.unwrap_or(1), 1, 200),
        ("counties", rules.counties, 0, 200),
        ("weight", rules.weight.unwrap_or(1), 1, MOST),
        ("volume", rules.volume.unwrap_or(1), 1, MOST),
        ("keeps", rules.keeps, 0, 10_000),
    ];
    if let Some(&(field, value, least, most)) = numbers.iter().find(|(_, v, l, m)| !(l..=m).contains(&v)) {
        return Err(RulesError::Number { field, value, least, most });
    }
    let crossed = |field: &str, least, most| Err(RulesError::Crossed { field: field.to_owned(), least, most });
    if rules.floor > rules.budget {
        return crossed("budget", rules.floor, rules.budget);
    }
    if rules.kinds.0 > rules.kinds.1 {
        return crossed("kinds", rules.kinds.0, rules.kinds.1);
    }
    if rules.counties > rules.kinds.1 {
        return crossed("counties", rules.counties, rules.kinds.1);
    }
    for (name, &(least, most)) in &rules.categories {
        if !categories.contains(&name.as_str()) {
            return Err(RulesError::Category(name.clone()));
        }
        if let Some(&value) = [least, most].iter().find(|v| !(0..=200).contains(*v)) {
            return Err(RulesError::Number { field: "categories", value, least: 0, most: 200 });
        }
        if least > most {
            return crossed(name, least, most);
        }
    }
    let listed: BTreeSet<&str> = products.iter().map(|p| p.code.as_str()).collect();
    if let Some(code) = rules.must.iter().chain(&rules.must_not).find(|c| !listed.contains(c.as_str())) {
        return Err(RulesError::Unknown(code.clone()));
    }
    rules.must.iter().find(|c| rules.must_not.contains(c)).map_or(Ok(()), |c| Err(RulesError::Both(c.clone())))
}

/// The rules that a pack breaks.
pub fn broken(products: &[Product], rules: &Rules, guide: &dyn Guide, items: &[(usize, i64)]) -> Vec<Rule> {
    let mut out = BTreeSet::new();
    let mut must = |holds: bool, rule: Rule| _ = (!holds).then(|| out.insert(rule));
    let of = |what: fn(&Product) -> i64| items.iter().map(|&(i, q)| what(&products[i]) * q).sum::<i64>();
    let (price, kinds) = (of(|p| p.price), i64::try_from(items.len()).unwrap_or(i64::MAX));
    must(price <= rules.budget, Rule::Budget);
    must(price >= rules.floor, Rule::Floor);
    must(kinds >= rules.kinds.0, Rule::KindsLeast);
    must(kinds <= rules.kinds.1, Rule::KindsMost);
    must(rules.weight.is_none_or(|most| of(|p| p.weight.unwrap_or(i64::MAX >> 20)) <= most), Rule::Weight);
    must(rules.volume.is_none_or(|most| of(|p| p.volume.unwrap_or(i64::MAX >> 20)) <= most), Rule::Volume);
    let count = |key: fn(&Product) -> &str| {
        let mut count: BTreeMap<&str, i64> = BTreeMap::new();
        items.iter().for_each(|&(i, _)| *count.entry(key(&products[i])).or_default() += 1);
        count
    };
    let (categories, suppliers, counties) = (count(|p| &p.category), count(|p| &p.supplier), count(|p| &p.county));
    for (name, &(least, most)) in &rules.categories {
        let n = categories.get(name.as_str()).copied().unwrap_or(0);
        must(n >= least, Rule::CategoryLeast(name.clone()));
        must(n <= most, Rule::CategoryMost(name.clone()));
    }
    must(rules.per_supplier.is_none_or(|most| suppliers.values().all(|n| *n <= most)), Rule::Supplier);
    must(i64::try_from(counties.len()).unwrap_or(i64::MAX) >= rules.counties, Rule::Counties);
    for code in &rules.must {
        must(items.iter().any(|&(i, _)| products[i].code == *code), Rule::Must(code.clone()));
    }
    for &(i, q) in items {
        let p = &products[i];
        Rule::SINGLE.iter().for_each(|rule| must(!rule.keeps_out(rules, p), rule.clone()));
        must(q * rules.packs <= p.stock && q <= rules.pieces, Rule::Stock);
        if let Some(name) = guide.keeps_out(p) {
            must(false, Rule::Extra(name));
        }
    }
    for Extra { name, low, high, factors } in guide.rows(products) {
        let sum: i64 = items.iter().map(|&(i, q)| factors.get(i).copied().unwrap_or(0) * q).sum();
        must(low.is_none_or(|l| sum >= l) && high.is_none_or(|h| sum <= h), Rule::Extra(name));
    }
    out.into_iter().collect()
}
