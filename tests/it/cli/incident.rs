//! A quality incident from its report to its end, by the command line alone: two people and the rules.

mod evidence;
mod papers;
mod reminders;

use super::{error, json};
use crate::support::{Data, NOW, bare, run};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::Role;
use gongfu::domain::command::{AddCounter, Command};
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::Kind;
use gongfu::store::{Store, detail};
use serde_json::Value as Json;
use uuid::Uuid;

const PRODUCT: &str = "SX611026-0001";
const INCIDENT: &str = "QI-2020-0001";

/// Puts the product on the shelves of two counters of 柞水县.
fn furnish(data: &Data) {
    let clock = Clock::Fixed(NOW.parse().expect("an instant"));
    let store = Store::open(data.path(), clock, Ids::seeded(clock, 9), false).expect("a store");
    let office = Actor {
        name: "张伟".into(),
        org_id: Uuid::from_u128(1),
        org_name: "陕西省总工会".into(),
        role: Role::Office,
        division_code: "610000".into(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    };
    let db = store.connect().expect("a reader");
    let find = |kind, code: &str| detail::find_code(&db, kind, code).expect("a search").expect("a record");
    let entry = find(Kind::CatalogEntry, PRODUCT);
    for n in 1..=2 {
        let new = AddCounter {
            name: format!("柞水县职工之家{n}"),
            venue_type: "workers_home".into(),
            host: "某工会".into(),
            county_code: "611026".into(),
            address: "某路1号".into(),
            longitude_e6: 109_000_000,
            latitude_e6: 33_000_000,
            keeper: "陈守".into(),
            phone: "13900000000".into(),
            bank: String::new(),
            demo_room: false,
        };
        store.submit_wait(&office, vec![Command::AddCounter(new)]).expect("a counter");
        let counter = find(Kind::Counter, &format!("ZG611026-{n:04}"));
        let walk = |verb| Command::Move { kind: Kind::Counter, id: counter, verb, reason: String::new() };
        let place = Command::PlaceOnShelf { counter, entry, quantity: 10 };
        let all = vec![walk(Verb::Approve), walk(Verb::Prepare), place, walk(Verb::Open)];
        store.submit_wait(&office, all).expect("an open counter");
    }
}

/// Runs as a person of an organisation; gives what it printed as JSON.
fn by(data: &Data, who: (&str, &str), args: &[&str]) -> (i32, Json) {
    let (person, org) = who;
    let mut command = bare();
    command.args(["--data-dir", &data.path().display().to_string(), "--now", NOW, "--as", person, "--json"]);
    command.args(args).env("GONGFU_ORG", org);
    let (code, out, err) = run(command);
    let text = if code == 0 { &out } else { &err };
    let parsed: Json = serde_json::from_str(text).unwrap_or_else(|e| panic!("{args:?}: {e}\n{out}\n{err}"));
    (code, if code == 0 { parsed } else { parsed["error"].clone() })
}

const REPORTER: (&str, &str) = ("孙柞", "SX-SL");
const CITY: (&str, &str) = ("赵商", "SX-SL");
const FIRST: (&str, &str) = ("李静", "SX-PROV");
const SECOND: (&str, &str) = ("周敏", "SX-PROV");

fn must(data: &Data, who: (&str, &str), args: &[&str]) -> Json {
    let (code, said) = by(data, who, args);
    assert_eq!(code, 0, "{args:?}: {said}");
    said
}

fn refused(data: &Data, who: (&str, &str), args: &[&str], exit: i32, code: &str) {
    let (got, said) = by(data, who, args);
    assert_eq!((got, said["code"].as_str()), (exit, Some(code)), "{args:?}: {said}");
    assert!(!said["hint"].as_str().unwrap_or_default().is_empty(), "{args:?} has no next step");
}

fn verified(data: &Data) {
    furnish(data);
    let report = must(data, REPORTER, &["incident", "report", PRODUCT, "--title", "二氧化硫超标", "--grade", "2"]);
    assert_eq!((report["code"].as_str(), report["state"].as_str()), (Some(INCIDENT), Some("reported")));
    must(data, CITY, &["incident", "triage", INCIDENT, "--grade", "1", "--suspend", "--reason", "先行停售"]);
    must(data, FIRST, &["incident", "verify", INCIDENT, "--reason", "现场核查"]);
    let file = data.path().join("报告.pdf");
    std::fs::write(&file, "检验报告").expect("a file");
    let file = file.display().to_string();
    let add =
        ["incident", "evidence", "add", INCIDENT, "--kind", "test_report", "--title", "检验报告", "--file", &file];
    must(data, FIRST, &add);
}

#[test]
fn the_whole_way_by_two_people_with_every_refusal_on_it() {
    let data = Data::new();
    verified(&data);
    let confirm = |product| ["incident", "confirm", INCIDENT, "--product", product, "--reason", "查实"];
    // A city advises and never delists; nobody confirms what he reported or alone verified; a slip delists nothing.
    must(&data, CITY, &["incident", "advise", INCIDENT, "--reason", "建议清退"]);
    refused(&data, CITY, &confirm(PRODUCT), 1, "not-allowed");
    refused(&data, FIRST, &confirm(PRODUCT), 1, "four-eyes");
    refused(&data, SECOND, &confirm("SX611026-0002"), 1, "wrong-product");
    refused(&data, SECOND, &["incident", "close", INCIDENT, "--reason", "x"], 1, "wrong-state");
    refused(&data, SECOND, &["incident", "notice", INCIDENT, "--out", "-"], 1, "wrong-state");
    let done = must(&data, SECOND, &confirm("sx611026-0001"));
    assert_eq!(done["state"], "removal_running");
    refused(&data, SECOND, &confirm(PRODUCT), 1, "wrong-state");
    let close = ["incident", "close", INCIDENT, "--reason", "清理完毕"];
    refused(&data, SECOND, &close, 1, "open-notices");
    let (_, list) = json(&data, &["list", "notices", "--filter", "state:unacknowledged", "--sort", "age"]);
    let codes: Vec<&str> = list["rows"].as_array().expect("rows").iter().filter_map(|r| r["code"].as_str()).collect();
    assert_eq!(codes, ["XJ-2020-0001-0001", "XJ-2020-0001-0002"]);
    let cannot = ["counter", "ack", codes[0], "--answer", "cannot"];
    refused(&data, CITY, &cannot, 1, "reason-missing");
    must(&data, CITY, &[&cannot[..], &["--reason", "停业盘点"]].concat());
    for code in &codes {
        must(&data, CITY, &["counter", "ack", code, "--answer", "removed", "--quantity", "10"]);
    }
    refused(&data, SECOND, &close, 1, "not-checked");
    for code in &codes {
        must(&data, CITY, &["counter", "check", code, "--reason", "到场看过"]);
    }
    refused(&data, SECOND, &close, 1, "not-republished");
    for channel in ["site", "public_account", "mall"] {
        must(&data, SECOND, &["edition", "publish", "1", "--channel", channel]);
        must(&data, SECOND, &["edition", "verify", "1", "--channel", channel]);
    }
    assert_eq!(must(&data, SECOND, &close)["state"], "closed");
    let relisted = must(&data, FIRST, &["catalog", "relist", PRODUCT, "--reason", "整改完成"]);
    assert_eq!((relisted["code"].as_str(), relisted["state"].as_str()), (Some("SX611026-0003"), Some("candidate")));
    let (_, shown) = json(&data, &["show", "catalog", PRODUCT]);
    assert_eq!(shown["fields"]["state"], "delisted");
    // Every attempt is in the audit, by its person, refused ones too.
    let (_, audit) = json(&data, &["audit", "list", "--filter", "command:incident.confirm", "--sort", "no"]);
    let rows = audit["rows"].as_array().expect("rows");
    let said: Vec<_> = rows.iter().map(|r| (r["person"].as_str(), r["outcome"].as_str())).collect();
    let expected = [
        ("赵商", "not-allowed"),
        ("李静", "four-eyes"),
        ("周敏", "wrong-product"),
        ("周敏", "done"),
        ("周敏", "wrong-state"),
    ];
    assert_eq!(said, expected.map(|(p, o)| (Some(p), Some(o))));
    assert_eq!(run(data.gongfu(&["audit", "verify"])).0, 0);
}

#[test]
fn who_reported_never_confirms_and_papers_are_asked_for() {
    let data = Data::new();
    must(&data, SECOND, &["incident", "report", PRODUCT, "--title", "霉变", "--grade", "1", "--place", "城关"]);
    must(&data, CITY, &["incident", "triage", INCIDENT, "--grade", "1", "--reason", "看过"]);
    must(&data, CITY, &["incident", "verify", INCIDENT, "--reason", "现场核查"]);
    let confirm = ["incident", "confirm", INCIDENT, "--product", PRODUCT, "--reason", "查实"];
    let (code, why) = by(&data, SECOND, &confirm);
    assert_eq!((code, why["code"].as_str()), (1, Some("four-eyes")));
    assert!(why["message"].as_str().is_some_and(|m| m.contains("报告")), "{why}");
    refused(&data, FIRST, &confirm, 1, "evidence-missing");
    refused(&data, CITY, &["incident", "reopen", INCIDENT, "--reason", "x"], 1, "wrong-state");
    refused(&data, CITY, &["incident", "triage", INCIDENT, "--grade", "1"], 1, "wrong-state");
    let (_, shown) = json(&data, &["show", "catalog", PRODUCT]);
    assert_eq!(shown["fields"]["state"], "listed");
}

#[test]
fn the_ways_out_lift_the_suspension() {
    for (verb, state) in [("unfounded", "unfounded"), ("not-serious", "not_serious")] {
        let data = Data::new();
        verified(&data);
        assert_eq!(must(&data, SECOND, &["incident", verb, INCIDENT, "--reason", "复检合格"])["state"], state);
        let (_, shown) = json(&data, &["show", "catalog", PRODUCT]);
        assert_eq!(shown["fields"]["state"], "listed");
    }
}

#[test]
fn unknown_codes_and_words_are_named() {
    let data = Data::new();
    for args in [
        &["incident", "report", "SX999999-0001", "--title", "x", "--grade", "1"][..],
        &["incident", "verify", "QI-1999-0001", "--reason", "x"],
        &["counter", "ack", "XJ-1999-0001-0001", "--answer", "removed"],
        &["edition", "publish", "99", "--channel", "mall"],
        &["catalog", "relist", "SX999999-0001", "--reason", "x"],
    ] {
        assert_eq!(error(&data, args).1["code"], "unknown-record", "{args:?}");
    }
    let (code, said) = error(&data, &["incident", "report", PRODUCT, "--title", "x", "--grade", "9"]);
    assert_eq!(code, 2, "{said}");
}
