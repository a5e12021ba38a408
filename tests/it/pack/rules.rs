//! Rules as people give them: the best pack is that of trying every pack, and what blocks is what blocks.

use super::dice::Dice;
use super::small::{CATEGORIES, product, rules, tried};
use gongfu::pack::best::{Outcome, best};
use gongfu::pack::block::Relax;
use gongfu::pack::check::{self, RulesError};
use gongfu::pack::model::{Case, Extra, Guide};
use gongfu::pack::product::Product;
use gongfu::pack::rules::{Rule, Rules};
use gongfu::pack::search::Ask;
use jiff::civil::date;
use std::sync::Arc;

fn searched(products: &[Product], rules: &Rules, guide: &dyn Guide) -> Result<Outcome, RulesError> {
    best(&Case { products, rules, guide }, &CATEGORIES, Ask { until: None, cancel: Arc::default(), say: &mut |_| {} })
}

/// Rules with one of them changed as was proposed.
fn relaxed(rules: &Rules, relax: &Relax, by: i64) -> Option<Rules> {
    let mut r = rules.clone();
    let limit = relax.limit? + by;
    match &relax.rule {
        Rule::Budget => r.budget = limit,
        Rule::Floor => r.floor = limit,
        Rule::Weight => r.weight = Some(limit),
        Rule::Volume => r.volume = Some(limit),
        Rule::Supplier => r.per_supplier = Some(limit),
        Rule::Counties => r.counties = limit,
        Rule::KindsLeast => r.kinds.0 = limit,
        Rule::KindsMost => r.kinds.1 = limit,
        Rule::CategoryLeast(c) => r.categories.get_mut(c)?.0 = limit,
        Rule::CategoryMost(c) => r.categories.get_mut(c)?.1 = limit,
        Rule::Stock => r.packs = limit,
        Rule::Keeps => r.keeps = limit,
        _ => return None,
    }
    Some(r)
}

/// Which way is stricter.
fn stricter(rule: &Rule) -> i64 {
    let least = matches!(
        rule,
        Rule::Floor | Rule::Counties | Rule::KindsLeast | Rule::CategoryLeast(_) | Rule::Stock | Rule::Keeps
    );
    if least { 1 } else { -1 }
}

#[test]
fn a_thousand_small_catalogs_agree_with_trying_every_pack() {
    let mut dice = Dice(56);
    let (mut packs, mut blocked, mut changes) = (0, 0, 0);
    for n in 0..1_000 {
        let products: Vec<Product> = (0..3 + dice.below(6)).map(|i| product(i, &mut dice)).collect();
        let rules = rules(&products, &mut dice);
        let wanted = tried(&products, &rules, &rules.goal);
        match searched(&products, &rules, &rules.goal).expect("rules that make sense") {
            Outcome::Pack(pack) => {
                assert_eq!(Some((pack.value, pack.price)), wanted, "{n}: {rules:?} {products:?}");
                assert!(pack.proved && pack.bound == pack.value && pack.gap() == 0);
                assert_eq!(check::broken(&products, &rules, &rules.goal, &pack.items), []);
                packs += 1;
            }
            Outcome::Impossible(found) => {
                assert_eq!(wanted, None, "{n}: {rules:?} {products:?}");
                assert!(found.proved && !found.rules.is_empty(), "{n}: {found:?}");
                for relax in &found.relax {
                    assert!(found.rules.contains(&relax.rule));
                    let Some(weaker) = relaxed(&rules, relax, 0) else { continue };
                    assert!(tried(&products, &weaker, &rules.goal).is_some(), "{n}: {relax:?} {rules:?}");
                    let nearly = relaxed(&rules, relax, stricter(&relax.rule)).expect("the same rule");
                    assert_eq!(tried(&products, &nearly, &rules.goal), None, "{n}: {relax:?} {rules:?}");
                    changes += 1;
                }
                blocked += 1;
            }
            Outcome::Open => panic!("{n}: nothing was found and nothing proved"),
        }
    }
    assert!(packs > 200 && blocked > 200 && changes > 100, "{packs} packs, {blocked} blocked, {changes} changes");
}

/// A row that takes a long search: so many numbers that add up to one of them exactly.
struct Exact;

impl Guide for Exact {
    fn gain(&self, _: &Product, _: i64) -> i64 {
        1
    }

    fn rows(&self, products: &[Product]) -> Vec<Extra> {
        let mut dice = Dice(5);
        let factors = products.iter().map(|_| 1 + dice.below(1_000_000_000)).collect();
        vec![Extra { name: "凑整".into(), low: Some(3_333_333_333), high: Some(3_333_333_333), factors }]
    }
}

#[test]
fn without_time_no_rule_is_acquitted_that_was_not_looked_at() {
    let mut dice = Dice(3);
    let products: Vec<Product> = (0..40).map(|i| Product { stock: 90, ..product(i, &mut dice) }).collect();
    let mut rules = Rules::of_budget(40, date(2021, 1, 25));
    rules.alcohol = true;
    let cancel = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let ask = Ask { until: None, cancel, say: &mut |_| {} };
    let found = best(&Case { products: &products, rules: &rules, guide: &Exact }, &CATEGORIES, ask)
        .expect("rules that make sense");
    let Outcome::Impossible(found) = found else { panic!("{found:?}") };
    assert!(found.rules.contains(&Rule::Budget) && !found.proved, "{found:?}");
}

/// A guide from outside: one product is not wanted, one is worth most, and no two odd ones together.
struct Script;

impl Guide for Script {
    fn keeps_out(&self, product: &Product) -> Option<String> {
        (product.code == "P0").then(|| "不要零号".into())
    }

    fn gain(&self, product: &Product, pieces: i64) -> i64 {
        pieces * if product.code == "P3" { 1_000 } else { product.price }
    }

    fn rows(&self, products: &[Product]) -> Vec<Extra> {
        let odd = |p: &Product| i64::from(["P1", "P3", "P5"].contains(&p.code.as_str()));
        let factors = products.iter().map(odd).collect();
        vec![Extra { name: "单数至多一种".into(), low: None, high: Some(1), factors }]
    }
}

#[test]
fn a_guide_from_outside_decides_who_is_in_and_what_counts() {
    let mut dice = Dice(7);
    let products: Vec<Product> =
        (0..7).map(|i| Product { stock: 50, alcohol: false, pork: false, ..product(i, &mut dice) }).collect();
    let mut rules = Rules::of_budget(4_000, date(2021, 1, 25));
    rules.packs = 10;
    let Ok(Outcome::Pack(pack)) = searched(&products, &rules, &Script) else { panic!("a pack") };
    assert_eq!(Some(pack.value), tried(&products, &rules, &Script).map(|t| t.0));
    let codes: Vec<&str> = pack.items.iter().map(|i| products[i.0].code.as_str()).collect();
    assert!(
        !codes.contains(&"P0") && codes.iter().filter(|c| ["P1", "P3", "P5"].contains(c)).count() <= 1,
        "{codes:?}"
    );
    assert_eq!(pack.left_out[&Rule::Extra("不要零号".into())], 1);
    rules.must = vec!["P1".into(), "P3".into()];
    let Ok(Outcome::Impossible(found)) = searched(&products, &rules, &Script) else { panic!("no pack") };
    let wanted = [Rule::Must("P1".into()), Rule::Must("P3".into()), Rule::Extra("单数至多一种".into())];
    assert_eq!(found.rules, wanted);
}

/// A score that nobody can add.
struct Endless;

impl Guide for Endless {
    fn gain(&self, _: &Product, _: i64) -> i64 {
        i64::MAX / 2
    }
}

#[test]
fn rules_that_make_no_sense_are_refused_before_anything_is_searched() {
    let mut dice = Dice(1);
    let products: Vec<Product> = (0..4).map(|i| Product { stock: 9, ..product(i, &mut dice) }).collect();
    let refused = |change: fn(&mut Rules)| {
        let mut rules = Rules::of_budget(5_000, date(2021, 1, 25));
        change(&mut rules);
        searched(&products, &rules, &rules.goal).expect_err("no rules")
    };
    let number = |field, value, least, most| RulesError::Number { field, value, least, most };
    let crossed = |field: &str, least, most| RulesError::Crossed { field: field.into(), least, most };
    assert_eq!(refused(|r| r.budget = -1), number("budget", -1, 1, check::MOST));
    assert_eq!(refused(|r| r.budget = i64::MAX), number("budget", i64::MAX, 1, check::MOST));
    assert_eq!(refused(|r| r.packs = 0), number("packs", 0, 1, check::COUNT));
    assert_eq!(refused(|r| r.pieces = 99), number("pieces", 99, 1, 20));
    assert_eq!(refused(|r| r.weight = Some(0)), number("weight", 0, 1, check::MOST));
    assert_eq!(refused(|r| r.floor = 5_001), crossed("budget", 5_001, 5_000));
    assert_eq!(refused(|r| r.kinds = (5, 4)), crossed("kinds", 5, 4));
    assert_eq!(refused(|r| r.counties = 13), crossed("counties", 13, 12));
    assert_eq!(refused(|r| _ = r.categories.insert("tea".into(), (3, 2))), crossed("tea", 3, 2));
    assert_eq!(refused(|r| _ = r.categories.insert("粮".into(), (0, 2))), RulesError::Category("粮".into()));
    assert_eq!(refused(|r| r.must = vec!["Q".into()]), RulesError::Unknown("Q".into()));
    assert_eq!(
        refused(|r| (r.must, r.must_not) = (vec!["P1".into()], vec!["P1".into()])),
        RulesError::Both("P1".into())
    );
    let rules = Rules::of_budget(5_000, date(2021, 1, 25));
    assert_eq!(searched(&products, &rules, &Endless), Err(RulesError::Overflow));
    let sold: Vec<Product> = products.into_iter().map(|p| Product { stock: 0, ..p }).collect();
    let Ok(Outcome::Impossible(found)) = searched(&sold, &rules, &rules.goal) else { panic!("nothing is there") };
    assert_eq!(found.rules, [Rule::KindsLeast, Rule::Stock]);
}
