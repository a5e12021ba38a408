//! Whose time a record carries: `--now` looks at any data, and dates changes of none but a demo's.

use super::{error, json};
use crate::support::{Data, bare, run};
use assert_cmd::Command;
use serde_json::Value as Json;

const SUSPEND: [&str; 5] = ["catalog", "suspend", "SX611026-0001", "--reason", "检出超标"];

/// As everybody runs the program.
fn plain(data: &Data, args: &[&str]) -> Command {
    let mut command = data.gongfu(args);
    command.env_remove("GONGFU_ALLOW_NOW");
    command
}

#[test]
fn a_fixed_clock_looks_and_changes_nothing_that_is_real() {
    let data = Data::new();
    let (_, before) = json(&data, &["audit", "verify"]);
    let table = data.path().join("venues.csv");
    std::fs::write(&table, include_str!("../../../data/venue_types.csv")).expect("a file");
    let list = data.path().join("list.csv");
    std::fs::write(&list, "贫困县,供应商,商品名称\n").expect("a file");
    let (table, list) = (table.display().to_string(), list.display().to_string());
    for args in [
        &SUSPEND[..],
        &["import", "reference", "venue_types", &table],
        &["import", "catalog", &list, "--yes"],
        &["init", "--org", "安康市总工会", "--force"],
    ] {
        let (code, out, err) = run(plain(&data, args));
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.starts_with("gongfu: --now 把时钟定在 2020-08-20T06:32:00Z"), "{args:?}: {err}");
        assert!(err.lines().count() == 2 && err.contains("去掉 --now 再办"), "{args:?}: {err}");
    }
    let (code, out, _) = run(plain(&data, &["--json", "--lang", "en", "catalog", "resume", "SX611026-0001"]));
    assert_eq!((code, out.as_str()), (2, ""));
    for args in [&["status"][..], &["list", "catalog"], &["show", "catalog", "SX611026-0001"], &["audit", "verify"]] {
        assert_eq!(run(plain(&data, args)).0, 0, "{args:?}");
    }
    assert_ne!(run(plain(&data, &["import", "catalog", &list, "--dry-run"])).0, 2, "nothing is stored by it");
    assert_eq!(json(&data, &["audit", "verify"]).1, before, "not a record was written");
    // Without --now the change is made, at the machine's time.
    let dir = data.path().display().to_string();
    let mut command = bare();
    command.env_remove("GONGFU_ALLOW_NOW").args(["--data-dir", &dir, "--as", "王敏"]).args(SUSPEND);
    assert_eq!(run(command).0, 0);
}

#[test]
fn a_record_that_carries_a_fixed_time_says_so() {
    let data = Data::new();
    assert_eq!(json(&data, &SUSPEND).0, 0);
    let (_, list) = json(&data, &["audit", "list", "--sort", "-no", "--limit", "1"]);
    assert!(list["rows"][0]["origin"].as_str().is_some_and(|o| o.ends_with("--now")), "{list}");
    let (_, out, _) = run(data.gongfu(&["audit", "list", "--sort", "-no", "--limit", "1", "--columns", "no,origin"]));
    assert!(out.contains("--now"), "{out}");
    let (code, why) = error(&data, &["catalog", "suspend", "SX611026-0001", "--reason", "再来"]);
    assert_eq!((code, why["code"].as_str()), (1, Some("wrong-state")));
    let (_, list) = json(&data, &["audit", "list", "--sort", "-no", "--limit", "1"]);
    assert_eq!(list["rows"][0]["outcome"], "wrong-state");
    assert!(list["rows"][0]["origin"].as_str().is_some_and(|o| o.ends_with("--now")), "a refused attempt, too: {list}");
}

#[test]
fn a_demo_may_be_changed_at_any_time_and_says_when_it_was_fixed() {
    let data = Data::new();
    let keep = data.path().join("demo").display().to_string();
    let made = run({
        let mut command = bare();
        command.args(["demo", "--no-tui", "--keep", &keep]);
        command
    });
    assert_eq!(made.0, 0, "{}", made.2);
    let at = |args: &[&str]| {
        let mut command = bare();
        command.env_remove("GONGFU_ALLOW_NOW").args(["--data-dir", &keep, "--json"]).args(args);
        let (code, out, err) = run(command);
        assert_eq!(code, 0, "{args:?}: {err}");
        serde_json::from_str::<Json>(&out).expect("JSON")
    };
    let listed = at(&["list", "catalog", "--filter", "state:listed", "--limit", "1", "--columns", "code"]);
    let code = listed["rows"][0]["code"].as_str().expect("a code").to_owned();
    at(&["--now", "2020-08-20T15:00:00+08:00", "catalog", "suspend", &code, "--reason", "试"]);
    at(&["catalog", "resume", &code, "--reason", "试"]);
    let rows = at(&["audit", "list", "--sort", "-no", "--limit", "2"]);
    let marked = |i: usize| rows["rows"][i]["origin"].as_str().is_some_and(|o| o.ends_with("--now"));
    assert!(!marked(0) && marked(1), "{rows}");
}
