//! Corrections by the command line, and conflicts settled by it, field by field.

use super::{error, json};
use crate::support::{Data, rival, run};
use gongfu::domain::rows::{CatalogEntry, Supplier};
use gongfu::domain::value::Fen;
use serde_json::Value as Json;

const PRODUCT: &str = "SX611026-0001";
const SUPPLIER: &str = "GY611026-0001";

fn code((code, why): (i32, Json)) -> (i32, String) {
    assert!(!why["hint"].as_str().unwrap_or_default().is_empty(), "no next step: {why}");
    (code, why["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn fields_are_corrected_as_people_write_them_and_the_state_stays() {
    let data = Data::new();
    let (exit, done) = json(&data, &["catalog", "edit", PRODUCT, "price=45.5", "stock=１２", "--reason", "报价有误"]);
    assert_eq!((exit, done["state"].as_str(), done["changes"].as_i64()), (0, Some("listed"), Some(1)), "{done}");
    let (_, shown) = json(&data, &["show", "catalog", PRODUCT]);
    assert_eq!((shown["fields"]["price_fen"].as_i64(), shown["fields"]["stock"].as_i64()), (Some(4_550), Some(12)));
    assert_eq!(shown["history"][0]["reason"], "报价有误");
    let (exit, _) = json(&data, &["supplier", "edit", SUPPLIER, "contact_phone=13900001111"]);
    assert_eq!(exit, 0);
    for (args, wanted) in [
        (vec!["catalog", "edit", PRODUCT, "price"], (2, "edit-form")),
        (vec!["catalog", "edit", PRODUCT, "state=listed"], (3, "edit-field")),
        (vec!["catalog", "edit", PRODUCT, "price=4.555"], (3, "edit-value")),
        (vec!["catalog", "edit", PRODUCT, "price=0"], (1, "number-out-of-range")),
        (vec!["catalog", "edit", PRODUCT, "stock=12"], (1, "nothing-changes")),
        (vec!["catalog", "edit", "SX611026-0009", "stock=12"], (3, "unknown-record")),
    ] {
        let (exit, said) = code(error(&data, &args));
        assert_eq!((exit, said.as_str()), wanted, "{args:?}");
    }
    let (_, why) = error(&data, &["catalog", "edit", PRODUCT, "state=listed"]);
    assert!(why["hint"].as_str().is_some_and(|h| h.contains("price_fen 价格")), "{why}");
}

#[test]
fn a_conflict_is_shown_and_settled_field_by_field() {
    let data = Data::new();
    let file = data.path().join("gongfu.db");
    rival::enrolled(&file, "SX-PROV");
    let (exit, _) = json(&data, &["catalog", "edit", PRODUCT, "price=46", "stock=12"]);
    assert_eq!(exit, 0);
    rival::was_faster::<CatalogEntry>(&file, |e| (e.price_fen, e.people_helped) = (Fen(5_000), 7));
    let (_, shown) = json(&data, &["conflicts", "show", "1"]);
    let fields = shown["fields"].as_array().expect("fields");
    let told: Vec<(&str, bool)> =
        fields.iter().map(|f| (f["field"].as_str().unwrap_or_default(), f["clashes"] == true)).collect();
    assert_eq!(told, [("price_fen", true), ("stock", false)], "{shown}");
    assert_eq!((fields[0]["mine"].as_i64(), fields[0]["theirs"].as_i64()), (Some(4_600), Some(5_000)));
    let (_, table, _) = run(data.gongfu(&["conflicts", "show", "1"]));
    assert!(table.contains("价格") && table.contains("46.00") && table.contains("50.00"), "{table}");
    assert!(table.contains("双方都改"), "{table}");
    // What both changed needs a word, in a sentence that names it.
    let (exit, why) = error(&data, &["conflicts", "merge", "1"]);
    assert_eq!((exit, why["code"].as_str()), (1, Some("merge-open")), "{why}");
    assert!(why["message"].as_str().is_some_and(|m| m.contains("price_fen 价格")), "{why}");
    for args in [["--mine", "name"], ["--theirs", "colour"]] {
        let args = [&["conflicts", "merge", "1"], &args[..]].concat();
        assert_eq!(code(error(&data, &args)), (1, "merge-unknown-field".into()));
    }
    let (_, said, _) = run(data.gongfu(&["conflicts", "merge", "1", "--theirs", "price"]));
    assert!(said.contains("第 1 笔已逐项定夺"), "{said}");
    assert_eq!(run(data.gongfu(&["conflicts", "--count"])).0, 0, "closed");
    let (_, list) = json(&data, &["outbox", "list"]);
    assert_eq!((list["total"].as_i64(), list["rows"][0]["n"].as_i64()), (Some(1), Some(2)), "{list}");
    let (_, shown) = json(&data, &["show", "catalog", PRODUCT]);
    let field = |name: &str| shown["fields"][name].as_i64();
    assert_eq!((field("price_fen"), field("stock"), field("people_helped")), (Some(5_000), Some(12), Some(7)));
    assert!(shown["history"].as_array().unwrap().iter().any(|e| e["command"] == "conflict.merge"), "{shown}");
    assert_eq!(code(error(&data, &["conflicts", "merge", "1", "--theirs", "price"])), (1, "order-settled".into()));
    let (_, whole) = json(&data, &["audit", "verify"]);
    assert_eq!(whole["whole"], true);
}

#[test]
fn all_theirs_sends_nothing_and_a_step_is_not_merged() {
    let data = Data::new();
    let file = data.path().join("gongfu.db");
    rival::enrolled(&file, "SX-PROV");
    assert_eq!(json(&data, &["supplier", "edit", SUPPLIER, "contact_name=王芳"]).0, 0);
    rival::was_faster::<Supplier>(&file, |s| s.contact_name = "周敏".into());
    let (_, said, _) = run(data.gongfu(&["conflicts", "merge", "1", "--theirs", "contact_name"]));
    assert!(said.contains("全部以对方为准"), "{said}");
    let (_, list) = json(&data, &["outbox", "list"]);
    assert_eq!(list["total"], 0, "{list}");
    assert_eq!(json(&data, &["catalog", "screen", "SX611026-0002"]).0, 0);
    rival::was_faster::<CatalogEntry>(&file, |e| e.stock = 1);
    assert_eq!(code(error(&data, &["conflicts", "merge", "2"])), (1, "not-mergeable".into()));
    assert_eq!(code(error(&data, &["conflicts", "show", "2"])), (1, "not-mergeable".into()));
}
