//! Each typed letter over columns of 1.6 thousand to 1.6 million names, beside a plain substring scan of the same names.
#![expect(clippy::print_stderr, reason = "the sizes belong beside the timings")]

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gongfu::base::glyphs::{Column, ColumnBuilder, FacetTest, Hits, Query};
use gongfu::base::pinyin;

const DIVISIONS: &str = include_str!("../data/shaanxi_divisions.csv");
const GRADES: [&str; 10] = ["", "特级", "精选", "有机", "农家", "野生", "一级", "礼盒", "富硒", "高山"];
const GOODS: [&str; 48] = [
    "黑木耳",
    "木耳",
    "核桃",
    "核桃仁",
    "香菇",
    "干香菇",
    "土蜂蜜",
    "苹果",
    "红富士苹果",
    "猕猴桃",
    "樱桃",
    "花椒",
    "大红袍花椒",
    "小米",
    "黑豆",
    "绿豆",
    "红枣",
    "狗头枣",
    "空心挂面",
    "荞麦挂面",
    "羊奶粉",
    "羊肉",
    "腊肉",
    "富硒茶",
    "毛尖",
    "红茶",
    "天麻",
    "丹参",
    "五味子",
    "板栗",
    "大米",
    "黑米",
    "菜籽油",
    "胡麻油",
    "柿饼",
    "酥梨",
    "辣椒面",
    "马铃薯粉条",
    "魔芋",
    "山茱萸",
    "黄花菜",
    "土鸡蛋",
    "牛肉干",
    "豆腐干",
    "绞股蓝",
    "金银花",
    "连翘",
    "拐枣汁",
];
const SPECS: [&str; 30] = [
    "250g",
    "500g",
    "1kg",
    "2.5kg",
    "5kg",
    "100g",
    "200g",
    "300g",
    "400g",
    "450g",
    "150g×2袋",
    "250g×2袋",
    "500g×2袋",
    "250g×4盒",
    "10斤装",
    "5斤装",
    "3斤装",
    "礼盒装",
    "袋装",
    "罐装",
    "瓶装500ml",
    "箱装",
    "2罐",
    "4盒",
    "6袋",
    "12枚",
    "30枚",
    "24枚",
    "8斤",
    "20kg",
];

/// The `n`th of some 1.7 million names, scattered over the place names.
fn name(places: &[String], n: usize) -> String {
    let total = places.len() * GRADES.len() * GOODS.len() * SPECS.len();
    let n = n * 7_919 % total;
    let (place, n) = (&places[n % places.len()], n / places.len());
    let (goods, n) = (GOODS[n % GOODS.len()], n / GOODS.len());
    format!("{place}{}{goods}{}", GRADES[n % GRADES.len()], SPECS[n / GRADES.len() % SPECS.len()])
}

fn names(rows: usize, distinct: usize) -> Vec<String> {
    let places: Vec<String> = DIVISIONS
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .filter(|name| name.chars().count() <= 4)
        .map(|name| name.trim_end_matches(['省', '市', '县', '区']).to_owned())
        .collect();
    (0..rows).map(|n| name(&places, n % distinct)).collect()
}

fn column(names: &[String]) -> Column {
    let mut builder = ColumnBuilder::new(4);
    for (row, name) in (1..).zip(names) {
        builder.push(row, name, &[(row % 107) as u8, (row % 12) as u8, (row % 3) as u8, 0]);
    }
    builder.finish()
}

/// A page and the exact count, as a list shows them.
fn page(hits: &Hits) -> (usize, u32) {
    (hits.len(), hits.iter().take(50).sum())
}

fn scan(names: &[String], needle: &str) -> usize {
    let finder = memchr::memmem::Finder::new(needle);
    names.iter().filter(|name| finder.find(name.as_bytes()).is_some()).count()
}

fn letters(c: &mut Criterion) {
    let go = AtomicBool::new(false);
    for (rows, distinct) in [(1_600, 1_600), (160_000, 160_000), (1_600_000, 1_600_000), (1_600_000, 300_000)] {
        let names = names(rows, distinct);
        let started = Instant::now();
        let column = column(&names);
        let built = started.elapsed();
        let glyphs: usize = names.iter().map(|name| name.chars().count()).sum();
        eprintln!(
            "{rows} rows, {distinct} distinct, {:.1} glyphs a name: built in {built:?}, {:.1} MB, shared {}",
            glyphs as f64 / rows as f64,
            column.memory_bytes() as f64 / 1e6,
            column.shares_names(),
        );
        let started = Instant::now();
        let bytes: usize = names.iter().map(|name| black_box(pinyin::key(name)).len()).sum();
        eprintln!("sort keys of {rows} names in {:?}, {bytes} bytes", started.elapsed());

        let mut group = c.benchmark_group(format!("{rows}-{distinct}"));
        group.sample_size(20).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(1200));
        for line in ["z", "zs", "zsm", "zsme", "木", "木耳", "zhashuimuer", "me !zs"] {
            let query = Query::parse_terms(line);
            group.bench_function(BenchmarkId::new("search", line), |b| {
                b.iter(|| column.search(&query, &go).map(|hits| page(&hits)));
            });
            let shorter: String = line.chars().take(line.chars().count() - 1).collect();
            let before = Query::parse_terms(&shorter);
            if query.extends(&before)
                && let Some(hits) = column.search(&before, &go)
            {
                group.bench_function(BenchmarkId::new("narrow", line), |b| {
                    b.iter(|| column.narrow(&query, &hits, &go).map(|hits| page(&hits)));
                });
            }
        }
        let query = Query::parse_terms("me").with_facet(FacetTest::any_of(0, [7]));
        group.bench_function(BenchmarkId::new("search", "me in one county"), |b| {
            b.iter(|| column.search(&query, &go).map(|hits| page(&hits)));
        });
        for needle in ["木", "木耳"] {
            group.bench_function(BenchmarkId::new("memmem", needle), |b| b.iter(|| scan(&names, needle)));
        }
        group.finish();
    }
}

criterion_group!(benches, letters);
criterion_main!(benches);
