//! `gongfu pack solve`: a pack with its proof, what stands in the way, and one sentence for whatever is wrong with the rules.

use crate::support::storage::demo_dir;
use crate::support::{bare, run};
use serde_json::Value as Json;

/// The exit code and what was said, of the demo's products.
fn asked(args: &[&str]) -> (i32, String, String) {
    let mut command = bare();
    command.arg("--data-dir").arg(demo_dir()).args(["--read-only", "pack", "solve"]).args(args);
    run(command)
}

fn json(args: &[&str]) -> (i32, Json) {
    let (exit, out, err) = asked(&[args, &["--time", "60s", "--json"]].concat());
    (exit, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}\n{out}\n{err}")))
}

fn error(args: &[&str]) -> (i32, Json) {
    let (exit, out, err) = asked(&[args, &["--json"]].concat());
    assert_eq!(out, "");
    (exit, serde_json::from_str::<Json>(&err).unwrap_or_else(|e| panic!("{e}: {err}"))["error"].clone())
}

fn sum(items: &[Json], what: &str) -> i64 {
    items.iter().map(|i| i[what].as_i64().expect("a number") * i["pieces"].as_i64().expect("pieces")).sum()
}

#[test]
fn the_best_pack_under_rules_in_chinese_keeps_them_and_is_proved() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("规则.toml");
    let text =
        "预算 = 300\n不低于 = 285\n份数 = 5\n品种 = [3, 6]\n县不少于 = 3\n重量不超过 = 8\n[品类]\n干果 = [0, 2]\n";
    std::fs::write(&file, text.replace("干果", "nut")).expect("written");
    let rules = file.to_str().expect("text");
    let (exit, pack) = json(&["--rules", rules]);
    assert_eq!(
        (exit, pack["verdict"].as_str(), pack["gap_percent"].as_str()),
        (0, Some("best"), Some("0.00")),
        "{pack}"
    );
    let items = pack["items"].as_array().expect("items");
    let price = sum(items, "price_fen");
    assert_eq!(Some(price), pack["price_fen"].as_i64());
    assert!((28_500..=30_000).contains(&price) && (3..=6).contains(&items.len()), "{pack}");
    assert!(sum(items, "weight_g") <= 8_000, "{pack}");
    let mut counties: Vec<&str> = items.iter().filter_map(|i| i["county"].as_str()).collect();
    counties.sort_unstable();
    counties.dedup();
    assert!(counties.len() >= 3, "{pack}");
    // The command line counts before the file.
    let (exit, less) = json(&["--rules", rules, "--budget", "250", "--floor", "0"]);
    assert!(exit == 0 && less["price_fen"].as_i64() <= Some(25_000), "{less}");
    let (exit, shown, _) = asked(&["--rules", rules, "--time", "60s"]);
    assert_eq!(exit, 0);
    assert!(shown.starts_with("每份 ") && shown.contains("已证明没有更好的"), "{shown}");
}

#[test]
fn what_stands_in_the_way_is_named_with_the_smallest_change() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("r.toml");
    std::fs::write(&file, "预算 = 5\n品种 = [3, 6]\n").expect("written");
    let rules = file.to_str().expect("text");
    let (exit, said) = json(&["--rules", rules]);
    assert_eq!(
        (exit, said["verdict"].as_str(), said["proved"].as_bool()),
        (1, Some("impossible"), Some(true)),
        "{said}"
    );
    let codes: Vec<&str> = said["rules"].as_array().expect("rules").iter().filter_map(|r| r["rule"].as_str()).collect();
    assert_eq!(codes, ["budget", "kinds-least"], "{said}");
    let relax = said["relax"].as_array().expect("changes");
    let budget = relax.iter().find(|r| r["rule"] == "budget").expect("the budget")["limit"].as_i64().expect("fen");
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let with = |fen: i64| json(&["--rules", rules, "--budget", &yuan(fen)]).0;
    assert_eq!((with(budget), with(budget - 1)), (0, 1), "{said}");
}

#[test]
fn rules_that_are_not_understood_are_told_in_one_sentence() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("r.toml");
    let path = file.to_str().expect("text");
    for (text, wanted, tells) in [
        ("预箅 = 300", "pack-key", "预算"),
        ("预算 = 300\n[品类]\n食用由 = 1", "pack-category", "食用"),
        ("预算 = 300\n品种 = \"多\"", "pack-value", "[最少, 最多]"),
        ("预算 = 300\n品种 = ,", "pack-syntax", "第 2 行"),
        ("预算 = -300", "pack-number", "-300.00"),
        ("预算 = 300\n不低于 = 301", "pack-crossed", "301.00"),
        ("预算 = 300\n必选 = [\"SX000000-0001\"]", "pack-unknown", "SX000000-0001"),
        ("份数 = 3", "pack-budget", "--budget"),
    ] {
        std::fs::write(&file, text).expect("written");
        let (exit, why) = error(&["--rules", path]);
        let said = format!("{} {}", why["message"], why["hint"]);
        assert!(exit == 3 || exit == 2, "{text}: {exit}");
        assert_eq!(why["code"], wanted, "{text}");
        assert!(said.contains(tells), "{text}: {said}");
    }
    std::fs::write(&file, [0xFF, 0xFE, 0x00]).expect("written");
    assert_eq!(error(&["--rules", path]).1["code"], "pack-text");
    std::fs::remove_file(&file).expect("gone");
    assert_eq!(error(&["--rules", path]).0, 3);
    assert_eq!(error(&["--budget", "三百"]).1["code"], "pack-value");
}
