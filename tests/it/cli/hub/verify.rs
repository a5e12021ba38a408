//! Whatever is altered in a ledger behind its back, the check finds it and names the record.

use super::{Site, site, sites};
use gongfu::hub::lock::Lock;
use rusqlite::Connection;
use serde_json::Value as Json;

/// Lets `work` loose on a ledger, checks it, and puts it back as it was.
fn altered(site: &Site, whole: &[u8], work: &str) -> (i32, Json) {
    let db = Connection::open(site.file()).expect("the file");
    db.execute_batch(&format!("{work}; PRAGMA journal_mode=DELETE;")).unwrap_or_else(|e| panic!("{work}: {e}"));
    drop(db);
    let verdict = site.json(&["verify"]);
    std::fs::write(site.file(), whole).expect("put back");
    verdict
}

#[test]
fn the_first_record_that_was_altered_is_named() {
    let site = site();
    site.json(&["enrol", "--org", "SX-SL"]);
    let db = Connection::open(site.file()).expect("the file");
    db.execute_batch("PRAGMA journal_mode=DELETE").expect("one file");
    drop(db);
    let whole = std::fs::read(site.file()).expect("the file");
    let ghost = "INSERT INTO feed SELECT kind, x'00000000000000000000000000000007', seq, org, area, body FROM feed \
                 WHERE kind = 'product' LIMIT 1";
    let cases = [
        ("UPDATE audit SET reason = 'x' WHERE no = 1", "audit", "audit", Some("1")),
        ("DELETE FROM audit WHERE no = 2", "audit", "audit", Some("2")),
        ("UPDATE audit SET person = CAST(x'ff' AS TEXT) WHERE no = 2", "audit", "audit", Some("2")),
        ("UPDATE hub SET audit_no = 1", "audit", "audit", Some("2")),
        ("UPDATE product SET name = name || 'x' WHERE ord = 2", "feed-differs", "product", None),
        (
            "UPDATE feed SET body = replace(body, '柞水', '镇安') WHERE kind = 'product'",
            "feed-differs",
            "product",
            None,
        ),
        ("UPDATE feed SET org = x'00' WHERE kind = 'supplier'", "feed-differs", "supplier", None),
        ("UPDATE feed SET seq = 99 WHERE kind = 'supplier'", "feed-number", "supplier", None),
        ("UPDATE feed SET area = '610926' WHERE kind = 'catalog_entry'", "feed-area", "catalog_entry", None),
        ("UPDATE product SET name = CAST(x'ff' AS TEXT) WHERE ord = 2", "row-unread", "product", Some("2")),
        ("UPDATE catalog_entry SET state = 'sold' WHERE ord = 3", "row-unread", "catalog_entry", Some("3")),
        ("DELETE FROM product WHERE ord = 1", "row-missing", "product", Some("1")),
        ("DELETE FROM product WHERE ord = 3", "feed-stray", "product", None),
        ("DELETE FROM feed WHERE kind = 'supplier'", "feed-missing", "supplier", None),
        (ghost, "feed-stray", "product", Some("00000000-0000-0000-0000-000000000007")),
        ("INSERT INTO feed VALUES ('planet', x'07', 1, x'07', '', '')", "feed-stray", "feed", Some("1")),
        ("UPDATE checkpoint SET at = at + 1", "checkpoint", "checkpoint", Some("1/1")),
        ("UPDATE checkpoint SET hash = zeroblob(32) WHERE no = 2", "checkpoint", "checkpoint", Some("1/2")),
        ("UPDATE checkpoint SET no = 7 WHERE no = 2", "checkpoint", "checkpoint", Some("1/7")),
        ("UPDATE hub_key SET secret = zeroblob(32)", "checkpoint", "checkpoint", Some("1/1")),
        ("DELETE FROM hub_key", "key", "hub", Some("1")),
        ("INSERT INTO result VALUES (x'07', x'07', 1, 1, 'no', NULL, NULL)", "answer", "result", Some("07")),
    ];
    for (work, fault, kind, record) in cases {
        let (code, verdict) = altered(&site, &whole, work);
        assert_eq!((code, &verdict["whole"]), (1, &false.into()), "{work}");
        assert_eq!((&verdict["fault"], &verdict["kind"]), (&fault.into(), &kind.into()), "{work}");
        let named = verdict["record"].as_str().expect("a record");
        assert!(!named.is_empty() && record.is_none_or(|r| r == named), "{work}: {named}");
    }
    site.whole();
}

#[test]
fn one_byte_altered_in_the_file_itself_is_found_wherever_it_is() {
    let site = site();
    let db = Connection::open(site.file()).expect("the file");
    db.execute_batch("PRAGMA journal_mode=DELETE").expect("one file");
    drop(db);
    let whole = std::fs::read(site.file()).expect("the file");
    // A text of a row stands in its table, in an index and in the feed; the name of a person in the audit.
    for word in ["柞水香菇", "秦岭山货合作社", "王敏"] {
        let places: Vec<usize> = memchr::memmem::find_iter(&whole, word.as_bytes()).collect();
        assert!(!places.is_empty(), "{word} is not in the file");
        for place in places {
            let mut bytes = whole.clone();
            bytes[place + 2] ^= 1;
            std::fs::write(site.file(), &bytes).expect("altered");
            let (code, verdict) = site.json(&["verify"]);
            assert_eq!((code, &verdict["whole"]), (1, &false.into()), "{word} at {place}");
        }
    }
    std::fs::write(site.file(), &whole[..whole.len() - 5_000]).expect("cut off");
    let (code, verdict) = site.json(&["verify"]);
    assert_eq!((code, &verdict["fault"]), (1, &"file".into()), "{verdict}");
}

#[test]
fn a_check_reads_a_ledger_that_is_served_and_moves_nothing() {
    for site in sites() {
        let _served = Lock::hold(&site.room.place).expect("the lock");
        let before = site.whole();
        assert_eq!(site.whole(), before);
        let (code, out) = site.words(&["verify"]);
        assert!(code == 0 && out.starts_with("台账完整：") && out.contains("审计 1 条"), "{out}");
    }
}
