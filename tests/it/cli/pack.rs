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

/// A copy of the demo that may be changed.
fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for file in std::fs::read_dir(demo_dir()).expect("the demo") {
        let path = file.expect("a file").path();
        if path.is_file() {
            std::fs::copy(&path, dir.path().join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
    dir
}

fn pack(dir: &std::path::Path, args: &[&str]) -> (i32, String, String) {
    let mut command = bare();
    command.arg("--data-dir").arg(dir).arg("pack").args(args);
    run(command)
}

fn pack_json(dir: &std::path::Path, args: &[&str]) -> (i32, Json) {
    let (exit, out, err) = pack(dir, &[args, &["--json"]].concat());
    (exit, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}\n{out}\n{err}")))
}

#[test]
fn a_pack_is_found_drafted_shown_copied_published_and_withdrawn() {
    let dir = copy();
    let at = dir.path();
    let (exit, found) = pack_json(
        at,
        &[
            "solve",
            "--budget",
            "200",
            "--draft",
            "重阳慰问",
            "--occasion",
            "重阳",
            "--others",
            "2",
            "--why",
            "--time",
            "60s",
        ],
    );
    assert_eq!(exit, 0, "{found}");
    let code = found["draft"].as_str().expect("a code").to_owned();
    let items = found["items"].as_array().expect("items");
    assert_eq!(found["reasons"].as_array().map(Vec::len), Some(items.len()), "{found}");
    assert_eq!(found["others"].as_array().map(Vec::len), Some(2), "{found}");
    let (exit, shown) = pack_json(at, &["show", &code]);
    assert_eq!((exit, shown["state"].as_str(), &shown["sum_fen"]), (0, Some("draft"), &found["price_fen"]), "{shown}");
    let codes = |v: &Json| v["items"].as_array().expect("items").iter().map(|i| i["code"].clone()).collect::<Vec<_>>();
    let sorted = |mut v: Vec<Json>| {
        v.sort_by_key(ToString::to_string);
        v
    };
    assert_eq!(sorted(codes(&shown)), sorted(codes(&found)));
    let (exit, out, _) = pack(at, &["copy", &code, "--name", "重阳慰问（二）"]);
    assert!(exit == 0 && out.contains("重阳慰问（二）"), "{out}");
    let (exit, out, _) = pack(at, &["publish", &code]);
    assert!(exit == 0 && out.contains("已发布"), "{out}");
    let (_, listed) = pack_json(at, &["list", "--filter", "重阳慰问"]);
    assert_eq!(listed["rows"].as_array().or(listed.as_array()).map(Vec::len), Some(2), "{listed}");
    let (exit, out, _) = pack(at, &["compare", &code, "LB-2020-005"]);
    assert!(
        exit == 0 && out.contains("LB-2020-005") && out.lines().all(|l| gongfu::base::text::width(l) < 130),
        "{out}"
    );
    let (exit, out, _) = pack(at, &["withdraw", &code, "--reason", "改用别的"]);
    assert!(exit == 0 && out.contains("现为撤下"), "{out}");
    let (exit, _, err) = pack(at, &["publish", &code]);
    assert!(exit == 1 && !err.is_empty(), "{err}");
}

#[test]
fn every_pack_that_waits_gets_the_fewest_changes_at_once() {
    let dir = copy();
    let at = dir.path();
    let (exit, said) = pack_json(at, &["substitute", "--time", "60s"]);
    let packs = said["packs"].as_array().expect("packs");
    assert_eq!((exit, packs.len(), &said["applied"]), (0, 3, &Json::Bool(false)), "{said}");
    for p in packs {
        assert_eq!((&p["found"], &p["fewest"]), (&Json::Bool(true), &Json::Bool(true)), "{said}");
        assert_eq!(p["removed"].as_array().map(Vec::len), Some(1), "only what is gone goes: {said}");
        assert_eq!(p["added"].as_array().map(Vec::len), Some(1), "{said}");
    }
    let code = packs[0]["code"].as_str().expect("a code");
    // Only proposed: it still cannot be published.
    assert_eq!(pack(at, &["publish", code]).0, 1);
    let (exit, out, _) = pack(at, &["substitute", "--apply", "--time", "60s"]);
    assert!(exit == 0 && out.contains("已照此更换"), "{out}");
    for p in packs {
        let (exit, out, err) = pack(at, &["publish", p["code"].as_str().expect("a code")]);
        assert_eq!(exit, 0, "{out}{err}");
    }
    let (exit, out, _) = pack(at, &["substitute"]);
    assert!(exit == 0 && out.contains("没有待替换的礼包"), "{out}");
}

#[test]
fn several_rules_files_share_one_stock() {
    let dir = tempfile::tempdir().expect("a directory");
    let rules = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("text").to_owned()
    };
    let one = rules("一.toml", "预算 = 150\n品种 = [2, 4]\n份数 = 600\n");
    let two = rules("二.toml", "预算 = 100\n品种 = [2, 3]\n份数 = 900\n");
    let (exit, found) = json(&["--rules", &one, "--rules", &two]);
    assert!(exit == 0 || exit == 5, "{found}");
    let packs = found["packs"].as_array().expect("packs");
    assert_eq!((packs.len(), packs[0]["packs"].as_i64(), packs[1]["packs"].as_i64()), (2, Some(600), Some(900)));
    assert!(found["value"].as_i64() <= found["bound"].as_i64(), "{found}");
    let none = rules("无.toml", "预算 = 0.01\n品种 = [2, 3]\n");
    let (exit, refused) = error(&["--rules", &one, "--rules", &none]);
    assert!(exit == 1 && refused["message"].as_str().is_some_and(|m| m.contains("无.toml")), "{refused}");
}

#[test]
fn a_pack_goes_on_paper_and_into_a_workbook_whole_or_not_at_all() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let dir = tempfile::tempdir().expect("a directory");
    let read = |args: &[&str]| {
        let mut command = bare();
        command.arg("--data-dir").arg(demo_dir()).args(["--read-only", "pack", "export"]).args(args);
        run(command)
    };
    let (exit, text, _) = read(&["LB-2020-005", "--out", "-"]);
    assert!(exit == 0 && text.contains("秦岭菌菇春节礼包") && text.contains("合计"), "{text}");
    assert!(text.lines().all(|l| gongfu::base::text::width(l) <= 80), "{text}");
    let to = dir.path().join("订货单.xlsx");
    let path = to.to_str().expect("text");
    let (exit, out, err) = read(&["LB-2020-005", "--packs", "300", "--out", path]);
    assert_eq!(exit, 0, "{out}{err}");
    let mut book: Xlsx<_> = open_workbook(&to).expect("opens");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let (lines, sums): (Vec<_>, Vec<_>) =
        rows[3..].iter().partition(|r| matches!(&r[1], Data::String(c) if c.starts_with("SX")));
    let amount = |r: &&Vec<Data>| if let Data::Float(n) = r[5] { n } else { 0.0 };
    let all: f64 = lines.iter().map(amount).sum();
    assert!(lines.len() == 4 && sums.iter().any(|r| (amount(r) - all).abs() < 1e-6), "{rows:?}");
    // Nobody's file is written over, and nothing is written where it cannot be.
    let (exit, _, err) = read(&["LB-2020-005", "--out", path]);
    assert!(exit == 3 && err.contains("--force"), "{err}");
    let (exit, _, err) = read(&["LB-2020-005", "--out", dir.path().join("x.pdf").to_str().expect("text")]);
    assert!(exit == 3 && err.contains("xlsx") && !dir.path().join("x.pdf").exists(), "{err}");
    let (exit, _, err) = read(&["LB-2020-005", "--packs", "0", "--out", "-"]);
    assert!(exit == 2 && err.contains("份数"), "{err}");
    let (exit, _, _) = read(&["LB-2020-999", "--out", "-"]);
    assert_eq!(exit, 3);
}

#[test]
fn what_is_spent_of_the_quotas_is_every_purchase_that_counts_once() {
    let rows = |list: &str, filter: &str, column: &str| -> Vec<i64> {
        let mut command = bare();
        command.arg("--data-dir").arg(demo_dir()).args(["--read-only", "list", list, "--format", "ndjson"]);
        command.args(["--filter", filter, "--columns", column]);
        let (exit, out, err) = run(command);
        assert_eq!(exit, 0, "{err}");
        let number = |l: &str| serde_json::from_str::<Json>(l).expect("a row")[column].as_i64().expect("a number");
        out.lines().map(number).collect()
    };
    let spent = rows("quotas", "", "spent");
    let counted: i64 = rows("purchases", "state:counted", "amount").iter().sum();
    assert_eq!(spent.iter().sum::<i64>(), counted);
    // Cities too, whose unions buy two levels below.
    let cities = rows("quotas", "kind:city", "spent");
    assert!(cities.len() >= 10 && cities.iter().all(|s| *s > 0), "{cities:?}");
    let left: i64 = rows("quotas", "", "unspent").iter().sum();
    assert!(left > 0);
}
