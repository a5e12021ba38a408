//! What lies around a pack, beside trying every pack.

use super::dice::Dice;
use super::small::{CATEGORIES, all, gain, product, rules, tried};
use gongfu::pack::around::Limit;
use gongfu::pack::best::{Outcome, Pack, best};
use gongfu::pack::check;
use gongfu::pack::model::{Case, Guide};
use gongfu::pack::product::Product;
use gongfu::pack::rules::{Goal, Rule, Rules};
use gongfu::pack::search::Ask;
use std::collections::BTreeSet;
use std::sync::Arc;

fn endless() -> Limit {
    Limit { until: None, cancel: Arc::default() }
}

/// Catalogs and rules with a pack, and the best one.
fn cases(seed: u64, many: usize) -> Vec<(Vec<Product>, Rules, Pack)> {
    let mut dice = Dice(seed);
    let mut found = Vec::new();
    while found.len() < many {
        let n = 4 + dice.below(4);
        let products: Vec<Product> = (0..n).map(|i| product(i, &mut dice)).collect();
        let rules = rules(&products, &mut dice);
        let case = Case { products: &products, rules: &rules, guide: &rules.goal };
        let ask = Ask { until: None, cancel: Arc::default(), say: &mut |_| {} };
        if let Ok(Outcome::Pack(pack)) = best(&case, &CATEGORIES, ask) {
            found.push((products, rules, pack));
        }
    }
    found
}

fn kinds(items: &[(usize, i64)]) -> BTreeSet<usize> {
    items.iter().map(|item| item.0).collect()
}

#[test]
fn other_packs_differ_and_are_the_next_best() {
    let mut came = 0;
    for (products, rules, pack) in cases(1, 300) {
        let case = Case { products: &products, rules: &rules, guide: &rules.goal };
        let others = case.others(&pack, 3, &endless()).expect("rules");
        let mut known: Vec<Vec<(usize, i64)>> = vec![pack.items.clone()];
        for n in 0..3 {
            let differs = |items: &[(usize, i64)], from: &[(usize, i64)]| {
                let differ = (from.len() / 3).max(2).min(from.len());
                kinds(items).intersection(&kinds(from)).count() + differ <= from.len()
            };
            let left = all(&products, &rules, &rules.goal);
            let left = left.iter().filter(|items| known.iter().all(|k| differs(items, k)));
            let next = left.map(|items| gain(&products, &rules.goal, items)).max();
            assert_eq!(others.get(n).map(|o| o.value), next, "{products:?} {rules:?} {known:?}");
            let Some(other) = others.get(n) else { break };
            assert!(known.iter().all(|k| differs(&other.items, k)), "{known:?} {other:?}");
            known.push(other.items.clone());
            came += 1;
        }
    }
    assert!(came > 100, "{came}");
}

#[test]
fn a_reason_says_what_is_lost_without_the_item() {
    let (mut none, mut some, mut needed) = (0, 0, 0);
    for (products, rules, pack) in cases(2, 300) {
        let case = Case { products: &products, rules: &rules, guide: &rules.goal };
        for reason in case.reasons(&pack, &endless()).expect("rules") {
            let code = products[reason.product].code.clone();
            if rules.must.contains(&code) {
                assert!(reason.needs.contains(&Rule::Must(code)) && reason.loss.is_none());
                continue;
            }
            let mut without = rules.clone();
            without.must_not.push(code);
            let left = tried(&products, &without, &rules.goal);
            assert_eq!(reason.loss, left.map(|l| pack.value - l.0), "{products:?} {rules:?} {reason:?}");
            assert!(reason.proved && !reason.instead.contains(&reason.product));
            *(if left.is_none() { &mut none } else { &mut some }) += 1;
            needed += usize::from(reason.needs.iter().any(|n| matches!(n, Rule::CategoryLeast(_) | Rule::Counties)));
        }
    }
    assert!(none > 50 && some > 50 && needed > 10, "{none} {some} {needed}");
}

/// The smallest discount a piece with which a pack with the product is better than `value`.
fn discount(products: &[Product], rules: &Rules, guide: &dyn Guide, (i, value): (usize, i64)) -> Option<i64> {
    (0..products[i].price).find(|less| {
        let mut cheaper = products.to_vec();
        cheaper[i].price -= less;
        let with = all(&cheaper, rules, guide);
        with.iter().any(|items| kinds(items).contains(&i) && gain(&cheaper, guide, items) > value)
    })
}

#[test]
fn what_is_left_out_would_enter_at_that_discount_and_at_no_smaller_one() {
    let (mut came, mut none) = (0, 0);
    for (products, mut rules, _) in cases(3, 60) {
        // Where pieces are not single a discount of a fen a piece may pass the floor by: it is asked of single ones.
        if rules.pieces > 1 {
            continue;
        }
        rules.floor = rules.floor.min(rules.budget / 2);
        let case = Case { products: &products, rules: &rules, guide: &rules.goal };
        let ask = Ask { until: None, cancel: Arc::default(), say: &mut |_| {} };
        let Ok(Outcome::Pack(pack)) = best(&case, &CATEGORIES, ask) else { continue };
        let inside = kinds(&pack.items);
        let mut all = Vec::new();
        for i in (0..products.len()).filter(|i| !inside.contains(i)) {
            let least = discount(&products, &rules, &rules.goal, (i, pack.value));
            let found = case.entering(&pack, Some(i), 1, &endless()).expect("rules");
            assert_eq!(found.first().map(|e| e.cheaper), least, "{i} {products:?} {rules:?} {pack:?}");
            all.extend(least);
            *(if least.is_some() { &mut came } else { &mut none }) += 1;
        }
        all.sort_unstable();
        if rules.goal == Goal::People {
            let found = case.entering(&pack, None, 3, &endless()).expect("rules");
            let found: Vec<i64> = found.iter().map(|e| e.cheaper).collect();
            assert_eq!(found, all[..all.len().min(3)], "{products:?} {rules:?} {pack:?}");
        }
    }
    assert!(came > 15 && none > 10, "{came} {none}");
}

#[test]
fn a_pack_is_mended_with_the_fewest_changes() {
    let (mut mended, mut none) = (0, 0);
    for (products, mut rules, pack) in cases(4, 400) {
        let (gone, _) = pack.items.first().copied().unwrap_or_default();
        let old: Vec<(String, i64)> = pack.items.iter().map(|&(i, q)| (products[i].code.clone(), q)).collect();
        let mut left = products.clone();
        left.remove(gone);
        rules.must_not.retain(|c| left.iter().any(|p| p.code == *c));
        let found = Case { products: &left, rules: &rules, guide: &rules.goal }
            .mended(&old, &CATEGORIES, &endless())
            .expect("rules");
        rules.must.retain(|c| left.iter().any(|p| p.code == *c));
        let counts = |items: &[(usize, i64)]| -> i64 {
            let one = |&(i, q): &(usize, i64)| {
                let was = old.iter().find(|o| o.0 == left[i].code);
                was.map_or(-1, |o| if o.1 == q { 2 } else { 1 })
            };
            items.iter().map(one).sum()
        };
        let every = all(&left, &rules, &rules.goal);
        let best = every.iter().map(|items| (counts(items), gain(&left, &rules.goal, items))).max();
        assert_eq!(found.as_ref().map(|m| (counts(&m.pack.items), m.pack.value)), best, "{old:?} {left:?} {rules:?}");
        if let Some(m) = found {
            assert!(m.fewest && check::broken(&left, &rules, &rules.goal, &m.pack.items).is_empty());
            assert!(m.added.iter().all(|(i, _)| old.iter().all(|o| o.0 != left[*i].code)));
            mended += 1;
        } else {
            none += 1;
        }
    }
    assert!(mended > 50 && none > 20, "{mended} {none}");
}
