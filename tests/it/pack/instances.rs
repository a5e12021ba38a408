//! Sixty saved instances of every rule, with the optima that two other solvers proved from formulations of their own: HiGHS with a column a
//! product and number of pieces, CP-SAT with numbers and conditions. `tests/oracle/packs.py` made them and makes them again.

use gongfu::domain::sets::CATEGORIES;
use gongfu::pack::best::{Outcome, best};
use gongfu::pack::check;
use gongfu::pack::model::{Case, Guide};
use gongfu::pack::product::Product;
use gongfu::pack::rules::Rules;
use gongfu::pack::search::Ask;
use jiff::civil::date;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::Arc;

/// What a piece of each product is worth.
struct Scores(HashMap<String, i64>);

impl Guide for Scores {
    fn gain(&self, product: &Product, pieces: i64) -> i64 {
        self.0[&product.code] * pieces
    }
}

fn int(v: &Json) -> i64 {
    v.as_i64().unwrap_or_else(|| panic!("{v} is no number"))
}

fn text(v: &Json) -> String {
    v.as_str().unwrap_or_else(|| panic!("{v} is no text")).to_owned()
}

fn flag(v: &Json) -> bool {
    v.as_bool().unwrap_or_else(|| panic!("{v} is neither true nor false"))
}

fn texts(v: &Json) -> Vec<String> {
    v.as_array().expect("a list").iter().map(text).collect()
}

fn product(v: &Json) -> (Product, i64) {
    let month = |v: &Json| i8::try_from(int(v)).expect("a month");
    let product = Product {
        name: text(&v[0]),
        code: text(&v[0]),
        supplier: text(&v[1]),
        county: text(&v[2]),
        category: text(&v[3]),
        price: int(&v[4]),
        stock: int(&v[5]),
        weight: v[7].as_i64(),
        volume: v[8].as_i64(),
        season: Some((month(&v[9]), month(&v[10]))),
        keeps: int(&v[11]),
        alcohol: flag(&v[12]),
        pork: flag(&v[13]),
        ..Product::default()
    };
    (product, int(&v[6]))
}

fn rules(v: &Json) -> Rules {
    let day = date(2021, i8::try_from(int(&v["month"])).expect("a month"), 1);
    let mut r = Rules::of_budget(int(&v["budget"]), day);
    (r.packs, r.floor, r.pieces) = (int(&v["packs"]), int(&v["floor"]), int(&v["pieces"]));
    r.kinds = (int(&v["kinds"][0]), int(&v["kinds"][1]));
    for (name, limits) in v["categories"].as_object().expect("categories") {
        r.categories.insert(name.clone(), (int(&limits[0]), int(&limits[1])));
    }
    (r.per_supplier, r.weight, r.volume) = (v["per_supplier"].as_i64(), v["weight"].as_i64(), v["volume"].as_i64());
    (r.counties, r.keeps) = (int(&v["counties"]), int(&v["keeps"]));
    (r.seasonal, r.alcohol, r.halal) = (flag(&v["seasonal"]), flag(&v["alcohol"]), flag(&v["halal"]));
    (r.must, r.must_not) = (texts(&v["must"]), texts(&v["must_not"]));
    r
}

#[test]
fn sixty_instances_have_the_optima_of_two_other_solvers() {
    let (mut packs, mut none) = (0, 0);
    for line in include_str!("instances.ndjson").lines() {
        let instance: Json = serde_json::from_str(line).expect("an instance");
        let (products, scores): (Vec<Product>, Vec<i64>) =
            instance["products"].as_array().expect("products").iter().map(product).unzip();
        let scores = Scores(products.iter().map(|p| p.code.clone()).zip(scores).collect());
        let rules = rules(&instance["rules"]);
        let case = Case { products: &products, rules: &rules, guide: &scores };
        let ask = Ask { until: None, cancel: Arc::default(), say: &mut |_| {} };
        let found = best(&case, CATEGORIES, ask).unwrap_or_else(|e| panic!("{}: {e}", instance["seed"]));
        match (found, instance["optimum"].as_i64()) {
            (Outcome::Pack(pack), Some(optimum)) => {
                assert_eq!((pack.value, pack.bound, pack.proved), (optimum, optimum, true), "{}", instance["seed"]);
                assert!(check::broken(&products, &rules, &scores, &pack.items).is_empty(), "{}", instance["seed"]);
                packs += 1;
            }
            (Outcome::Impossible(_), None) => none += 1,
            (found, optimum) => panic!("{}: {optimum:?} and {found:?}", instance["seed"]),
        }
    }
    assert_eq!((packs, none), (48, 12));
}
