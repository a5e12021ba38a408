//! Whatever is typed, named or stored: what steers a terminal never reaches one.

use super::error;
use crate::support::{Data, run};
use rusqlite::Connection;

const NASTY: &str = "木\u{1b}[31m耳\u{202e}\u{9b}2J\u{7}";

fn is_safe(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && c != '\n' && c != '\r') || matches!(c, '\u{202a}'..='\u{202e}'))
}

#[test]
fn arguments_are_told_back_without_what_steers_a_terminal() {
    let data = Data::new();
    for args in [
        vec!["show", "counters", NASTY],
        vec!["list", NASTY],
        vec!["--config", NASTY, "status"],
        vec!["--now", NASTY, "status"],
        vec!["import", "catalog", NASTY],
        vec!["list", "catalog", "--filter", NASTY, "--columns", NASTY],
        vec!["catalog", "suspend", "SX611026-0001", "--reason", NASTY],
    ] {
        let (_, out, err) = run(data.gongfu(&args));
        assert!(is_safe(&out) && is_safe(&err), "{args:?}: {out:?} {err:?}");
    }
    // For programs the value is whole, and still harmless on a screen.
    let (code, why) = error(&data, &["show", "counters", NASTY]);
    assert_eq!(code, 3);
    assert!(why["message"].as_str().is_some_and(|m| m.contains(NASTY)), "{why}");
}

#[test]
fn rows_that_were_altered_behind_our_back_stay_harmless_in_every_format() {
    let data = Data::new();
    let db = Connection::open(data.db()).expect("the file");
    db.execute("UPDATE catalog_entry SET name = ?1 WHERE code = 'SX611026-0001'", [NASTY]).expect("an update");
    drop(db);
    for format in ["table", "csv", "json", "ndjson"] {
        let (code, out, _) = run(data.gongfu(&["list", "catalog", "--format", format]));
        assert_eq!(code, 0);
        assert!(is_safe(&out), "{format}: {out:?}");
    }
    let (_, out, _) = run(data.gongfu(&["show", "catalog", "SX611026-0001"]));
    assert!(is_safe(&out), "{out:?}");
    let (code, why) = error(&data, &["list", "catalog", "--format", "csv"]);
    assert_eq!((code, why["code"].as_str()), (2, Some("format-conflict")));
}
