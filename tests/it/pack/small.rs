//! Catalogs and rules so small that every pack can be tried.

use super::dice::Dice;
use gongfu::pack::check;
use gongfu::pack::model::Guide;
use gongfu::pack::product::Product;
use gongfu::pack::rules::{Goal, Rules};
use jiff::civil::date;

pub const CATEGORIES: [&str; 3] = ["grain", "oil", "tea"];

pub fn product(n: i64, dice: &mut Dice) -> Product {
    let name = |of: &str, n: i64| format!("{of}{n}");
    Product {
        code: name("P", n),
        name: name("产品", n),
        supplier: name("S", dice.below(4)),
        county: name("K", dice.below(4)),
        category: CATEGORIES[usize::try_from(dice.below(3)).expect("small")].into(),
        price: (1 + dice.below(40)) * 50,
        stock: dice.below(300),
        people: dice.below(180),
        lags: dice.below(1_001),
        weight: dice.chance(90).then(|| 100 + dice.below(2_000)),
        volume: dice.chance(90).then(|| 100 + dice.below(2_000)),
        season: dice.chance(80).then(|| (1 + i8::try_from(dice.below(12)).expect("a month"), 6)),
        keeps: dice.below(400),
        alcohol: dice.chance(10),
        pork: dice.chance(10),
        ..Product::default()
    }
}

pub fn rules(products: &[Product], dice: &mut Dice) -> Rules {
    let budget = 500 + dice.below(3_500);
    let mut r = Rules::of_budget(budget, date(2021, 1, 25));
    r.floor = if dice.chance(60) { budget * (70 + dice.below(30)) / 100 } else { 0 };
    r.packs = 1 + dice.below(60);
    let least = dice.below(4);
    r.kinds = (least, least.max(1) + dice.below(4));
    r.pieces = 1 + dice.below(2);
    for category in CATEGORIES {
        if dice.chance(40) {
            let least = dice.below(2);
            r.categories.insert(category.into(), (least, least + dice.below(2)));
        }
    }
    r.per_supplier = dice.chance(40).then(|| 1 + dice.below(2));
    r.counties = dice.below(4).min(r.kinds.1);
    r.weight = dice.chance(40).then(|| 800 + dice.below(4_000));
    r.volume = dice.chance(30).then(|| 800 + dice.below(4_000));
    r.keeps = if dice.chance(30) { dice.below(200) } else { 0 };
    (r.seasonal, r.alcohol, r.halal) = (dice.chance(20), dice.chance(50), dice.chance(20));
    let mut codes = products.iter().map(|p| p.code.clone());
    r.must = codes.next().filter(|_| dice.chance(15)).into_iter().collect();
    r.must_not = codes.next().filter(|_| dice.chance(15)).into_iter().collect();
    r.goal = Goal::ALL[usize::try_from(dice.below(4)).expect("small")].1;
    r
}

/// Every pack that keeps the rules.
pub fn all(products: &[Product], rules: &Rules, guide: &dyn Guide) -> Vec<Vec<(usize, i64)>> {
    let mut pieces = vec![0; products.len()];
    let mut found = Vec::new();
    loop {
        let items: Vec<(usize, i64)> = pieces.iter().copied().enumerate().filter(|i| i.1 > 0).collect();
        if check::broken(products, rules, guide, &items).is_empty() {
            found.push(items);
        }
        let Some(i) = pieces.iter().position(|q| *q < rules.pieces) else { return found };
        pieces[..i].fill(0);
        pieces[i] += 1;
    }
}

/// What a pack gains.
pub fn gain(products: &[Product], guide: &dyn Guide, items: &[(usize, i64)]) -> i64 {
    items.iter().map(|&(i, q)| guide.gain(&products[i], q)).sum()
}

/// The best pack of all there are: what it gains, and of those the most it costs.
pub fn tried(products: &[Product], rules: &Rules, guide: &dyn Guide) -> Option<(i64, i64)> {
    let price = |items: &[(usize, i64)]| items.iter().map(|&(i, q)| products[i].price * q).sum::<i64>();
    all(products, rules, guide).iter().map(|items| (gain(products, guide, items), price(items))).max()
}
