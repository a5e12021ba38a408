//! Simulated days: good ones, and for each rule days that go wrong without it.

use super::gongfu;
use gongfu::proof::sim::{Plan, Report, Rule, run};
use gongfu::sqlite::Stop;
use std::ops::Range;

fn days(seeds: Range<u64>, without: Option<Rule>) -> Report {
    let plan = Plan { seeds: seeds.clone(), without, threads: 2 };
    let report = run(&plan, &Stop::default(), &|_| {}).expect("days");
    assert_eq!(report.tally.seeds, seeds.end - seeds.start);
    report
}

#[test]
fn every_promise_is_kept_on_every_day() {
    let report = days(1..61, None);
    assert_eq!(report.failures, []);
    let t = report.tally;
    assert!(t.accepted > 600 && t.refused > 10 && t.crashes > 60 && t.restores > 20 && t.moves > 5, "{t:?}");
}

#[test]
fn a_day_is_the_same_each_time() {
    let (one, two) = (days(7..9, None), days(7..9, None));
    assert_eq!(one, two);
}

#[test]
fn without_a_rule_a_promise_breaks() {
    for (rule, name) in Rule::ALL {
        // Rare where much must come together.
        let seeds = if rule == Rule::Answers { 60 } else { 16 };
        let report = days(1..1 + seeds, Some(rule));
        assert!(!report.failures.is_empty(), "nothing shows that {name} is switched off");
        assert_eq!(Rule::parse(name), Some(rule));
    }
}

#[test]
fn the_tool_says_what_broke_and_how_to_see_it_again() {
    // Two processes, and one.
    let good = gongfu(&["sim", "--seeds", "100", "--jobs", "2"]).assert().code(0);
    assert!(String::from_utf8_lossy(&good.get_output().stdout).contains("100 seeds, 0 failed"));
    let good = gongfu(&["sim", "--seeds", "2"]).assert().code(0);
    assert!(String::from_utf8_lossy(&good.get_output().stdout).contains("2 seeds, 0 failed"));
    let bad = gongfu(&["--json", "sim", "--seeds", "8", "--break", "tied"]).assert().code(1);
    let document: serde_json::Value = serde_json::from_slice(&bad.get_output().stdout).expect("JSON");
    let failures = document["failures"].as_array().expect("failures");
    assert_eq!(document["failed"].as_u64(), Some(failures.len() as u64));
    let seed = failures[0]["seed"].to_string();
    let again = gongfu(&["sim", "--seeds", "1", "--from", &seed, "--break", "tied"]).assert().code(1);
    let text = String::from_utf8_lossy(&again.get_output().stdout).into_owned();
    let (promise, what) = (failures[0]["promise"].as_str().expect("text"), failures[0]["what"].as_str().expect("text"));
    assert!(text.starts_with(&format!("seed {seed}: {promise}: {what}")), "{text}");
    gongfu(&["sim", "--break", "nothing"]).assert().code(2);
    let help = gongfu(&["--help"]).assert().code(0);
    assert!(!String::from_utf8_lossy(&help.get_output().stdout).contains("  sim"), "hidden");
}
