//! How long the best pack takes: made-up catalogs of any size, rules that bind loosely or tightly, scores that follow the price (hard) or
//! do not. `cargo bench --bench pack -- [PRODUCTS] [SEEDS]`; with `--programs DIR` each program is written, too,
//! for `benches/beside/packs.py`; with `--several` 2, 5 and 20 packs share one stock.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench prints its table and ends when it cannot")]

use gongfu::pack::around::Limit;
use gongfu::pack::best::{Outcome, best, gap};
use gongfu::pack::model::{Case, Guide, build};
use gongfu::pack::product::Product;
use gongfu::pack::program::Row;
use gongfu::pack::rules::Rules;
use gongfu::pack::search::Ask;
use gongfu::pack::several::{Division, several};
use jiff::civil::date;
use std::collections::{BTreeSet, HashMap};
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

/// Writes the integer program of a case for other solvers, as `benches/beside/packs.py` reads it.
fn write_program(to: &std::path::Path, case: &Case<'_>) {
    let program = build(case, &BTreeSet::new()).program;
    let limit = |l: Option<i64>| l.map_or_else(|| "null".to_owned(), |l| l.to_string());
    let list = |numbers: &[i64]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let row = |row: &Row| {
        let terms: Vec<String> = row.terms.iter().map(|(x, a)| format!("[{x},{a}]")).collect();
        format!("[{},{},[{}]]", limit(row.low), limit(row.high), terms.join(","))
    };
    let rows: Vec<String> = program.rows.iter().map(row).collect();
    let (gain, most) = (list(&program.gain), list(&program.most));
    let text = format!("{{\"gain\":[{gain}],\"most\":[{most}],\"rows\":[{}]}}\n", rows.join(","));
    std::fs::write(to, text).expect("a program is written");
}

/// Most memory so far, in MiB, where the system says it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.split_whitespace().next());
    most.and_then(|k| k.parse::<u64>().ok()).map_or_else(|| "?".to_owned(), |k| format!("{} MiB", k / 1_024))
}

fn words(impact: bool, tight: bool) -> (&'static str, &'static str) {
    (if impact { "impact" } else { "value" }, if tight { "tight" } else { "loose" })
}

/// One pack: each seed once to the end, and once for a tenth of a second.
fn single(n: i64, seeds: i64, names: &[&str], programs: Option<&std::path::Path>) {
    println!("{n} products, {seeds} seeds; seconds");
    println!("| score | rules | proved | first, worst | proof, median | 90 % | worst | gap at 0.1 s, worst |");
    for (impact, tight) in [(false, false), (false, true), (true, false), (true, true)] {
        let (mut first, mut proof, mut gap) = (Vec::new(), Vec::new(), Vec::new());
        let mut proved = 0;
        let (score, how) = words(impact, tight);
        for seed in 1..=seeds {
            let (products, scores) = catalog(n, seed.unsigned_abs(), impact);
            let rules = rules(tight);
            let case = Case { products: &products, rules: &rules, guide: &scores };
            let run = |limit: Duration| {
                let began = Instant::now();
                let ask = Ask { until: Some(began + limit), cancel: Arc::default(), say: &mut |_| {} };
                let found = best(&case, names, ask).expect("rules");
                (found, began.elapsed().as_secs_f64())
            };
            let (found, took) = run(Duration::from_secs(60));
            let mut said = "open".to_owned();
            if let Outcome::Pack(pack) = &found {
                proved += i64::from(pack.proved);
                first.push(pack.first.unwrap_or_default().as_secs_f64());
                proof.push(took);
                if pack.proved {
                    said = format!("optimal {}", pack.value);
                }
            }
            if let Some(dir) = programs {
                write_program(&dir.join(format!("{score} {how}-{seed}.json")), &case);
                std::fs::write(dir.join(format!("{score} {how}-{seed}.gongfu")), said).expect("an answer is written");
            }
            let soon = run(Duration::from_millis(100)).0;
            gap.push(if let Outcome::Pack(pack) = &soon { pack.gap() as f64 / 100.0 } else { 100.0 });
        }
        let row = [median(&mut first, 1.0), median(&mut proof, 0.5), median(&mut proof, 0.9), median(&mut proof, 1.0)];
        let [first, half, nine, worst] = row;
        println!(
            "| {score} | {how} | {proved} of {seeds} | {first:.3} | {half:.3} | {nine:.3} | {worst:.3} | {:.2} % |",
            median(&mut gap, 1.0),
        );
    }
    println!("most memory {}", memory());
}

/// Several packs on one stock: budgets of their own, rules otherwise alike.
fn shared(n: i64, seeds: i64, names: &[&str]) {
    println!("{n} products, {seeds} seeds, loose rules, at most 20 s; seconds");
    println!("| packs | score | proved | clashes, median | time, median | worst | gap, median | worst |");
    for packs in [2, 5, 20] {
        for impact in [false, true] {
            let (mut times, mut gaps, mut clashes, mut proved) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for seed in 1..=seeds {
                let (products, scores) = catalog(n, seed.unsigned_abs(), impact);
                let order = |k: i64| {
                    let mut rules = rules(false);
                    rules.budget = 20_000 + 1_000 * k;
                    rules.floor = rules.budget * 97 / 100;
                    rules
                };
                let orders: Vec<Rules> = (0..packs).map(order).collect();
                let guides: Vec<&dyn Guide> = orders.iter().map(|_| &scores as &dyn Guide).collect();
                let began = Instant::now();
                let limit = Limit { until: Some(began + Duration::from_secs(20)), cancel: Arc::default() };
                let found = several(&products, &orders, &guides, names, &limit).expect("rules");
                times.push(began.elapsed().as_secs_f64());
                if let Division::Several(found) = &found {
                    proved += i64::from(found.proved);
                    clashes.push(found.clashes as f64);
                    gaps.push(gap(found.bound, found.value) as f64 / 100.0);
                } else {
                    gaps.push(100.0);
                }
            }
            println!(
                "| {packs} | {} | {proved} of {seeds} | {} | {:.2} | {:.2} | {:.2} % | {:.2} % |",
                words(impact, false).0,
                median(&mut clashes, 0.5),
                median(&mut times, 0.5),
                median(&mut times, 1.0),
                median(&mut gaps, 0.5),
                median(&mut gaps, 1.0),
            );
        }
    }
    println!("most memory {}", memory());
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let numbers: Vec<i64> = args.iter().filter_map(|a| a.parse().ok()).collect();
    let (n, seeds) = (numbers.first().copied().unwrap_or(1_500), numbers.get(1).copied().unwrap_or(40));
    let names: Vec<&str> = CATEGORIES.iter().map(|c| c.0).collect();
    if args.iter().any(|a| a == "--several") {
        return shared(n, seeds, &names);
    }
    let programs = args.iter().position(|a| a == "--programs").and_then(|i| args.get(i + 1));
    single(n, seeds, &names, programs.map(std::path::Path::new));
}
