//! A short while of a bad line, as the long one: it ends well, and a hub that took what is repeated twice is found out.

use super::{document, gongfu};

const SHORT: [&str; 8] = ["test", "soak", "--consoles", "3", "--minutes", "0.33", "--pace", "40"];

fn n(of: &serde_json::Value) -> u64 {
    of.as_u64().expect("a number")
}

#[test]
fn a_bad_line_costs_nothing_but_time() {
    let d = document(&SHORT);
    assert!(n(&d["acknowledged"]) > 100, "{d}");
    assert_eq!(["accepted", "conflicts", "denied"].iter().map(|k| n(&d[k])).sum::<u64>(), n(&d["acknowledged"]));
    let faults = &d["faults"];
    assert!(n(&faults["dropped"]) + n(&faults["cut"]) > 0 && n(&faults["delayed"]) > 0, "{d}");
    assert!(n(&faults["repeated"]) > 0 && n(&d["connections"]) > 6, "{d}");
    let ended = ["console", "puller", "hub"].iter().map(|k| n(&d["kills"][k])).sum::<u64>() + n(&d["ends"]);
    assert!(ended > 2, "{d}");
    assert!(d["rest_seconds"].as_f64() < d["limit_seconds"].as_f64() && d["promise"].is_null(), "{d}");
}

#[test]
fn under_tls_too() {
    let d = document(&[&SHORT[..], &["--tls", "--seed", "2"]].concat());
    assert!(n(&d["acknowledged"]) > 100 && n(&d["faults"]["repeated"]) == 0, "{d}");
}

#[test]
fn a_hub_that_takes_what_is_repeated_for_new_is_found_out() {
    let done = gongfu(&[&["--json"], &SHORT[..], &["--break", "idempotency"]].concat()).assert().code(1);
    let d: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    assert_eq!(d["promise"], "once", "{d}");
    assert!(n(&d["faults"]["repeated"]) > 0, "{d}");
}
