//! Rows that leave in a file: old ones with a reason only, which is written down.

use super::json;
use crate::support::{Data, rival, run};

const CSV: [&str; 4] = ["list", "catalog", "--format", "csv"];

#[test]
fn data_older_than_a_day_leave_with_a_reason_only() {
    let data = Data::new();
    assert_eq!(run(data.gongfu(&CSV)).0, 0, "without a hub nothing is old");
    let file = data.path().join("gongfu.db");
    rival::enrolled(&file, "SX-PROV");
    let old = |hours: i64| {
        let now: jiff::Timestamp = crate::support::NOW.parse().expect("an instant");
        let at = now.as_millisecond() - hours * 3_600_000 - 1;
        crate::support::storage::raw(&file).execute("UPDATE hub SET level_at = ?1", [at]).expect("a link");
    };
    old(23);
    assert_eq!(run(data.gongfu(&CSV)).0, 0, "a day is not over");
    old(24);
    let (exit, out, err) = run(data.gongfu(&CSV));
    assert_eq!((exit, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("已有 24 小时") && err.contains("--reason"), "{err}");
    let records = || json(&data, &["audit", "list", "--filter", "command:list.export"]).1["total"].as_i64();
    assert_eq!(records(), Some(0));
    let (exit, out, err) = run(data.gongfu(&[&CSV[..], &["--reason", "断网，先发车"]].concat()));
    assert!(exit == 0 && out.lines().count() > 2, "{err}");
    assert_eq!(records(), Some(1));
    assert_eq!(run(data.gongfu(&[&CSV[..], &["--reason", "  "]].concat())).0, 1, "no reason");
    // Looking is no handing on.
    assert_eq!(run(data.gongfu(&["list", "catalog"])).0, 0);
    assert_eq!(json(&data, &["audit", "verify"]).1["whole"], true);
}
