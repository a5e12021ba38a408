//! How long the best pack takes: made-up catalogs of any size, rules that bind loosely or tightly, scores that follow the price (hard) or
//! do not. `cargo bench --bench pack -- [PRODUCTS] [SEEDS]`.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench prints its table and ends when it cannot")]

use gongfu::pack::best::{Outcome, best};
use gongfu::pack::model::{Case, Guide};
use gongfu::pack::product::Product;
use gongfu::pack::rules::Rules;
use gongfu::pack::search::Ask;
use jiff::civil::date;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A stream of numbers that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: i64) -> i64 {
        i64::try_from(self.next() >> 1).expect("63 bits") % n
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Price from and to in fen, and grams, of fourteen categories.
const CATEGORIES: [(&str, i64, i64, i64); 14] = [
    ("grain", 1_500, 9_000, 2_500),
    ("oil", 3_500, 12_000, 2_500),
    ("drink", 1_200, 8_000, 1_500),
    ("alcohol", 6_800, 39_800, 1_200),
    ("meat", 3_800, 16_800, 1_200),
    ("nut", 1_800, 9_800, 600),
    ("edible_fungus", 2_500, 12_800, 400),
    ("honey", 2_900, 12_800, 700),
    ("tea", 3_800, 29_800, 300),
    ("dried_fruit", 1_500, 6_800, 600),
    ("fruit", 1_900, 8_800, 3_500),
    ("staple", 900, 4_800, 1_500),
    ("condiment", 800, 5_800, 700),
    ("snack", 600, 4_900, 500),
];

struct Scores(HashMap<String, i64>);

impl Guide for Scores {
    fn gain(&self, product: &Product, pieces: i64) -> i64 {
        self.0[&product.code] * pieces
    }
}

#[expect(clippy::cast_possible_truncation, reason = "made-up prices and weights are small")]
fn catalog(n: i64, seed: u64, impact: bool) -> (Vec<Product>, Scores) {
    let mut dice = Dice(seed.wrapping_mul(7_919).wrapping_add(17));
    let suppliers = (n * 575 / 1_500).max(20);
    let counties: Vec<i64> = (0..suppliers).map(|_| dice.below(56)).collect();
    let (mut products, mut scores) = (Vec::new(), HashMap::new());
    for i in 0..n {
        let (category, low, high, grams) = CATEGORIES[usize::try_from(dice.below(14)).expect("small")];
        let u = dice.unit();
        let price = (low + ((high - low) as f64 * u * u) as i64) / 100 * 100
            + [0, 80, 90, 50][usize::try_from(dice.below(4)).expect("small")];
        let size = (0.4 + 1.2 * dice.unit()) * (0.6 + 0.8 * u);
        let weight = ((grams as f64 * size) as i64).max(100);
        let supplier = dice.below(suppliers);
        let code = format!("C{i}");
        let worth = 0.7 * (0.2 + 0.8 * dice.unit()) + 0.2 * dice.unit() + 0.1 * dice.unit();
        let score = if impact { (price as f64 * worth) as i64 + 1 } else { 1 + dice.below(10_000) };
        scores.insert(code.clone(), score);
        products.push(Product {
            name: code.clone(),
            code,
            supplier: format!("S{supplier}"),
            supplier_name: String::new(),
            county: format!("K{}", counties[usize::try_from(supplier).expect("small")]),
            category: category.into(),
            price,
            stock: dice.below(6_000),
            people: 1,
            lags: 0,
            weight: Some(weight),
            volume: Some((weight as f64 * (0.9 + 1.6 * dice.unit())) as i64),
            season: Some((1, 12)),
            keeps: 365,
            alcohol: category == "alcohol",
            pork: false,
        });
    }
    (products, Scores(scores))
}

fn rules(tight: bool) -> Rules {
    let mut rules = Rules::of_budget(30_000, date(2021, 1, 25));
    (rules.packs, rules.floor, rules.kinds, rules.pieces) = (500, 29_100, (6, 10), 2);
    for (name, ..) in CATEGORIES {
        rules.categories.insert(name.into(), (0, 2));
    }
    let mut set = |name: &str, least, most| _ = rules.categories.insert(name.into(), (least, most));
    set("grain", 1, 1);
    set("oil", 1, 1);
    if tight {
        set("edible_fungus", 1, 2);
        set("honey", 1, 1);
        set("tea", 0, 1);
    }
    rules.per_supplier = Some(if tight { 1 } else { 2 });
    rules.counties = if tight { 6 } else { 4 };
    rules.weight = Some(if tight { 6_000 } else { 9_000 });
    rules.volume = Some(if tight { 6_000 } else { 15_000 });
    rules
}

fn median(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short list")]
    let at = ((times.len() - 1) as f64 * share).round() as usize;
    times[at]
}

fn main() {
    let numbers: Vec<i64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (n, seeds) = (numbers.first().copied().unwrap_or(1_500), numbers.get(1).copied().unwrap_or(40));
    let names: Vec<&str> = CATEGORIES.iter().map(|c| c.0).collect();
    println!("{n} products, {seeds} seeds; seconds");
    println!("| score | rules | proved | first, worst | proof, median | 90 % | worst | gap at 0.1 s, worst |");
    for (impact, tight) in [(false, false), (false, true), (true, false), (true, true)] {
        let (mut first, mut proof, mut gap) = (Vec::new(), Vec::new(), Vec::new());
        let mut proved = 0;
        for seed in 1..=seeds {
            let (products, scores) = catalog(n, seed.unsigned_abs(), impact);
            let run = |limit: Duration| {
                let began = Instant::now();
                let ask = Ask { until: Some(began + limit), cancel: Arc::default(), say: &mut |_| {} };
                let found = best(&Case { products: &products, rules: &rules(tight), guide: &scores }, &names, ask)
                    .expect("rules");
                (found, began.elapsed().as_secs_f64())
            };
            let (found, took) = run(Duration::from_secs(60));
            if let Outcome::Pack(pack) = &found {
                proved += i64::from(pack.proved);
                first.push(pack.first.unwrap_or_default().as_secs_f64());
                proof.push(took);
            }
            let soon = run(Duration::from_millis(100)).0;
            gap.push(if let Outcome::Pack(pack) = &soon { pack.gap() as f64 / 100.0 } else { 100.0 });
        }
        let row = [median(&mut first, 1.0), median(&mut proof, 0.5), median(&mut proof, 0.9), median(&mut proof, 1.0)];
        let [first, half, nine, worst] = row;
        println!(
            "| {} | {} | {proved} of {seeds} | {first:.3} | {half:.3} | {nine:.3} | {worst:.3} | {:.2} % |",
            if impact { "impact" } else { "value" },
            if tight { "tight" } else { "loose" },
            median(&mut gap, 1.0),
        );
    }
}
