//! Several packs on one stock, beside trying every division.

use super::dice::Dice;
use super::small::{CATEGORIES, all, gain, product, rules};
use gongfu::pack::around::Limit;
use gongfu::pack::check;
use gongfu::pack::model::Guide;
use gongfu::pack::product::Product;
use gongfu::pack::rules::Rules;
use gongfu::pack::several::{Division, several};
use std::sync::Arc;

/// Whether the packs have enough of everything together.
fn fits(products: &[Product], orders: &[Rules], packs: &[&Vec<(usize, i64)>]) -> bool {
    let mut left: Vec<i64> = products.iter().map(|p| p.stock).collect();
    for (items, rules) in packs.iter().zip(orders) {
        items.iter().for_each(|&(i, q)| left[i] -= q * rules.packs);
    }
    left.iter().all(|l| *l >= 0)
}

/// The best division of all there are.
fn tried(products: &[Product], orders: &[Rules]) -> Option<i64> {
    let of: Vec<Vec<Vec<(usize, i64)>>> = orders.iter().map(|r| all(products, r, &r.goal)).collect();
    let mut at = vec![0; orders.len()];
    if of.iter().any(Vec::is_empty) {
        return None;
    }
    let mut best = None;
    loop {
        let packs: Vec<&Vec<(usize, i64)>> = at.iter().zip(&of).map(|(&n, all)| &all[n]).collect();
        if fits(products, orders, &packs) {
            let value = packs.iter().zip(orders).map(|(items, r)| gain(products, &r.goal, items)).sum::<i64>();
            best = best.max(Some(value));
        }
        let Some(k) = (0..at.len()).find(|&k| at[k] + 1 < of[k].len()) else { return best };
        at[..k].fill(0);
        at[k] += 1;
    }
}

#[test]
fn hundreds_of_small_stocks_are_divided_as_trying_every_division_does() {
    let mut dice = Dice(31);
    let (mut clashed, mut impossible, mut free) = (0, 0, 0);
    while clashed < 60 {
        let n = 4 + dice.below(2);
        let products: Vec<Product> = (0..n).map(|i| product(i, &mut dice)).collect();
        let first = rules(&products, &mut dice);
        let mut orders = vec![first.clone()];
        for _ in 0..=dice.below(2) {
            // Often the same rules again: those want the same.
            orders.push(if dice.chance(50) { first.clone() } else { rules(&products, &mut dice) });
        }
        let senseless = |r: &Rules| check::rules(r, &products, &CATEGORIES).is_err();
        // Those that have a pack each are of interest, and a few that have none.
        let hopeless = |r: &Rules| all(&products, r, &r.goal).is_empty();
        if orders.iter().any(senseless) || (orders.iter().any(hopeless) && !dice.chance(10)) {
            continue;
        }
        let guides: Vec<&dyn Guide> = orders.iter().map(|r| &r.goal as &dyn Guide).collect();
        let limit = Limit { until: None, cancel: Arc::default() };
        let found = several(&products, &orders, &guides, &CATEGORIES, &limit).expect("rules");
        let best = tried(&products, &orders);
        match found {
            Division::Several(s) => {
                assert_eq!((Some(s.value), s.bound, s.proved), (best, s.value, true), "{products:?} {orders:?}");
                let packs: Vec<&Vec<(usize, i64)>> = s.packs.iter().map(|p| &p.items).collect();
                assert!(fits(&products, &orders, &packs));
                for (pack, rules) in s.packs.iter().zip(&orders) {
                    assert!(check::broken(&products, rules, &rules.goal, &pack.items).is_empty());
                }
                *(if s.clashes > 0 { &mut clashed } else { &mut free }) += 1;
            }
            Division::Impossible(_) => {
                assert_eq!(best, None, "{products:?} {orders:?}");
                impossible += 1;
            }
            Division::Open => panic!("time was without end"),
        }
    }
    assert!(impossible > 30 && free > 30, "{clashed} {impossible} {free}");
}
