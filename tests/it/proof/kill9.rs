//! Kills of real processes: nothing is lost or torn.

use super::document;

#[test]
fn what_was_acknowledged_outlives_every_kill() {
    let d = document(&["test", "kill9", "--rounds", "15", "--seed", "3"]);
    let n = |of: &serde_json::Value| of.as_u64().expect("a number");
    assert_eq!(n(&d["rounds"]), 15);
    assert_eq!(["console", "puller", "hub"].iter().map(|k| n(&d["kills"][k])).sum::<u64>(), 15);
    assert!(n(&d["acknowledged"]) > 20, "{d}");
    // Each of them came to an end at the hub.
    assert_eq!(n(&d["accepted"]) + n(&d["refused"]), n(&d["acknowledged"]));
}
