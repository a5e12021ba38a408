//! A console that is shut out, from end to end: what it had not sent is sealed there and opened at its hub, nowhere else.

use super::{error, json};
use crate::support::station::Station;
use crate::support::{Data, bare, run};
use serde_json::Value as Json;
use std::path::Path;

fn at(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = bare();
    command.arg("--data-dir").arg(dir).args(["--as", "钱平"]).args(args);
    run(command)
}

fn done(dir: &Path, args: &[&str]) -> Json {
    let (code, out, err) = at(dir, &[&["--json"], args].concat());
    assert_eq!(code, 0, "{args:?}: {err}");
    serde_json::from_str(&out).expect("JSON")
}

/// Code of the failure of a subcommand, which has a next step.
fn fails(dir: &Path, args: &[&str]) -> (i32, String) {
    let (code, _, err) = at(dir, &[&["--json"], args].concat());
    let why: Json = serde_json::from_str(&err).expect("JSON");
    assert!(!why["error"]["hint"].as_str().unwrap_or_default().is_empty(), "{why}");
    (code, why["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn enrolled(hub: &Station, home: &Path) {
    let code = hub.code("SX-AK");
    done(home, &["enrol", &code, "--hub", &hub.url, "--ca", &hub.ca(), "--name", "一号"]);
}

#[test]
fn what_a_console_that_was_shut_out_had_not_sent_is_sealed_and_opened_at_its_hub_alone() {
    let (data, other) = (Data::new(), Data::new());
    let (hub, stranger) = (Station::open(data.path()), Station::open(other.path()));
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let file = |name: &str| home.join(name).display().to_string();
    enrolled(&hub, home);
    done(home, &["catalog", "edit", "SX610926-0001", "price=150", "--reason", "报价有误"]);
    done(home, &["catalog", "suspend", "SX610926-0001", "--reason", "抽检不合格"]);
    // As long as it is not shut out: in the open, or sealed by its own will.
    let open = done(home, &["outbox", "export", "--out", &file("open.ndjson")]);
    assert_eq!((open["orders"].as_i64(), open["sealed"].as_bool()), (Some(2), Some(false)));
    assert!(std::fs::read_to_string(file("open.ndjson")).expect("a file").contains("抽检不合格"));
    let asked = done(home, &["outbox", "export", "--sealed", "--out", &file("asked.sealed")]);
    assert_eq!(asked["sealed"], true);
    hub.says(&["hub", "revoke", "一号"]);
    assert_eq!(fails(home, &["sync"]).1, "revoked");
    assert_eq!(fails(home, &["catalog", "edit", "SX610926-0001", "stock=1"]), (1, "console-revoked".into()));
    let (code, said, _) = at(home, &["outbox", "export", "--out", &file("left.sealed")]);
    assert_eq!(code, 0);
    assert!(said.contains("2 笔已封存"), "{said}");
    let sealed = std::fs::read_to_string(file("left.sealed")).expect("a file");
    for word in ["钱平", "抽检不合格", "catalog_entry", "SX610926"] {
        assert!(!sealed.contains(word), "{word} can be read in {sealed}");
    }
    assert_eq!(fails(home, &["outbox", "export", "--out", &file("left.sealed")]).1, "file", "nothing is overwritten");
    for name in ["left.sealed", "asked.sealed"] {
        let opened: Json = serde_json::from_str(&hub.says(&["--json", "hub", "unseal", &file(name)])).expect("JSON");
        let orders = opened["orders"].as_array().expect("orders");
        let first = &orders[0]["order"];
        assert_eq!((opened["org"].as_str(), orders.len()), (Some("SX-AK"), 2));
        assert_eq!(
            (first["by"]["name"].as_str(), first["command"]["set"]["price_fen"].as_i64()),
            (Some("钱平"), Some(15_000))
        );
        assert_eq!(orders[1]["order"]["command"]["reason"], "抽检不合格");
    }
    let words = hub.says(&["hub", "unseal", &file("left.sealed")]);
    for word in ["SX-AK", "钱平", "更正产品", "价格=15000", "理由=抽检不合格", "SX610926-0001", "待送"]
    {
        assert!(words.contains(word), "{word}: {words}");
    }
    // Another hub, and what happened to a file on its way.
    let (code, why) = error(&other, &["hub", "unseal", &file("left.sealed")]);
    assert_eq!((code, why["code"].as_str()), (1, Some("unseal-key")));
    drop(stranger);
    let altered = |name: &str, text: &str| {
        std::fs::write(home.join(name), text).expect("written");
        error(&data, &["hub", "unseal", &file(name)])
    };
    for (text, wanted) in [
        (sealed[..sealed.len() - 9].to_owned(), "unseal-damaged"),
        (sealed.replace("SX-AK", "SX-SL"), "unseal-damaged"),
        (std::fs::read_to_string(file("open.ndjson")).expect("a file"), "unseal-none"),
        (sealed.replace(r#""sealed_outbox":1"#, r#""sealed_outbox":2"#), "unseal-form"),
        (String::new(), "unseal-none"),
    ] {
        let (code, why) = altered("altered", &text);
        assert_eq!((code, why["code"].as_str()), (3, Some(wanted)), "{why}");
        assert!(!why["hint"].as_str().unwrap_or_default().is_empty());
    }
    std::fs::write(home.join("altered"), [0xff, 0xfe, 0, 10]).expect("written");
    assert_eq!(error(&data, &["hub", "unseal", &file("altered")]).1["code"], "unseal-none");
    assert_eq!(error(&data, &["hub", "unseal", &file("nowhere")]).1["code"], "file");
}

#[test]
fn a_console_of_before_there_was_sealing_gets_the_key_with_its_next_page() {
    let data = Data::new();
    let hub = Station::open(data.path());
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    enrolled(&hub, home);
    let file = |name: &str| home.join(name).display().to_string();
    // As such a console has it: no key beside the token, none in the database.
    let key = gongfu::sync::key::load(home).expect("read").expect("a key");
    assert!(!key.seal.is_empty());
    gongfu::sync::key::save(home, &gongfu::sync::key::Key { seal: String::new(), ..key.clone() }).expect("written");
    let db = crate::support::storage::raw(&home.join("gongfu.db"));
    db.execute("DELETE FROM setting WHERE key = 'hub_seal'", []).expect("forgotten");
    drop(db);
    done(home, &["catalog", "edit", "SX610926-0001", "price=150"]);
    assert_eq!(fails(home, &["outbox", "export", "--sealed", "--out", &file("a")]), (3, "no-seal-key".into()));
    assert!(!home.join("a").exists());
    done(home, &["sync"]);
    done(home, &["outbox", "export", "--sealed", "--out", &file("a")]);
    let (code, _) = json(&data, &["hub", "unseal", &file("a")]);
    assert_eq!(code, 0);
    // Of no hub: there is nobody to seal to.
    let alone = Data::new();
    assert_eq!(error(&alone, &["outbox", "export", "--sealed", "--out", &file("b")]).1["code"], "no-hub");
}
