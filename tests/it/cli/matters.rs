//! What keeps a console from its hub: each one sentence among what needs a person.

use super::json;
use crate::support::{Data, NOW, rival, run};
use gongfu::store::setting;

const HOUR: i64 = 3_600_000;

/// A console that was level with its hub five minutes ago, and what `change` makes of that.
fn told(change: &str) -> (Vec<String>, String) {
    let data = Data::new();
    let file = data.path().join("gongfu.db");
    rival::enrolled(&file, "SX-PROV");
    let now: jiff::Timestamp = NOW.parse().expect("an instant");
    let now = now.as_millisecond();
    let db = crate::support::storage::raw(&file);
    db.execute("UPDATE hub SET level_at = ?1, heard_at = ?1", [now - HOUR / 12]).expect("a link");
    db.execute_batch(&change.replace("NOW", &now.to_string())).expect("SQL");
    drop(db);
    let (_, status) = json(&data, &["status"]);
    let ids = status["urgent"].as_array().expect("matters").iter();
    let ids = ids.filter_map(|u| u["id"].as_str()).filter(|id| id.starts_with("hub-")).map(str::to_owned).collect();
    (ids, run(data.gongfu(&["status"])).1)
}

#[test]
fn every_bad_day_has_its_sentence_on_the_board() {
    assert_eq!(told("").0, [] as [&str; 0], "nothing is wrong");
    for (change, id, words) in [
        ("UPDATE hub SET trouble = 'revoked'", "hub-revoked", "本机已被中心站停用"),
        ("UPDATE hub SET trouble = 'unknown'", "hub-unknown", "须重新登记"),
        ("UPDATE hub SET trouble = 'stranger'", "hub-stranger", "不是我们的中心站"),
        ("UPDATE hub SET trouble = 'certificate'", "hub-certificate", "证书不是所信的机构签的"),
        ("UPDATE hub SET trouble = 'version'", "hub-version", "能看不能改"),
        ("UPDATE hub SET trouble = 'disk'", "hub-disk", "磁盘快满"),
        ("UPDATE hub SET trouble = 'away', heard_at = NOW - 3600000", "hub-away", "没有应答"),
        ("UPDATE hub SET level_at = NOW - 86400000 * 200", "hub-old", "200 天"),
        ("UPDATE hub SET clock_ms = 365 * 86400000", "hub-clock", "365 天"),
        ("UPDATE hub SET clock_ms = -365 * 86400000", "hub-clock", "365 天"),
        (&format!("INSERT INTO setting VALUES ('{}', '1')", setting::HUB_ASKED), "hub-asked", "挡住了即时推送"),
    ] {
        let (ids, text) = told(change);
        assert_eq!(ids, [id], "{change}");
        assert!(text.contains(words), "{change}: {text}");
    }
    // One word is no second one: that the hub is away for a moment, or a clock a minute off, is nobody's matter.
    for small in ["UPDATE hub SET trouble = 'away'", "UPDATE hub SET clock_ms = 60000"] {
        assert_eq!(told(small).0, [] as [&str; 0], "{small}");
    }
}
