//! A conflict settled field by field on the screen, at both sizes.

use super::SIZES;
use crate::support::pty::Demo;
use crate::support::rival;
use crate::support::storage::{number, raw};
use gongfu::domain::command::Command;
use gongfu::domain::machine;
use gongfu::domain::rows::{CatalogEntry, Kind, Supplier};
use gongfu::domain::value::Fen;

/// A demo that is a console, with a product whose price and stock were corrected here, and by somebody faster the price.
fn demo_in_conflict() -> (Demo, String) {
    let demo = Demo::new();
    let file = demo.path().join("gongfu.db");
    rival::enrolled(&file, "sx_ftu");
    let listed = demo.json(&["list", "catalog", "--filter", "state:listed", "--limit", "1"]);
    let code = listed["rows"][0]["code"].as_str().expect("a code").to_owned();
    let (exit, _, err) = demo.run(&["catalog", "edit", &code, "price=45", "stock=12"]);
    assert_eq!(exit, 0, "{err}");
    rival::was_faster::<CatalogEntry>(&file, |e| e.price_fen = Fen(5_000));
    (demo, code)
}

#[test]
fn each_field_shows_both_sides_a_key_takes_the_other_and_what_is_chosen_is_sent() {
    for size in SIZES {
        let (demo, code) = demo_in_conflict();
        let file = demo.path().join("gongfu.db");
        let states = |state: &str| number(&raw(&file), &format!("SELECT count(*) FROM outbox WHERE state = '{state}'"));
        let mut console = super::board(&demo, &[], size);
        console.send(":").rests();
        console.send("待送\r").shows("更正产品").rests();
        console.send("\r").shows("逐项对照").shows("价格：原").shows("双方都改").rests();
        console.send("m").shows("第 1 笔：逐项定夺").shows("(*) 对方 50.00").shows("(*) 本机 12").rests();
        // Mine for the price, and theirs again; Esc leaves all as it is.
        std::thread::sleep(std::time::Duration::from_millis(400));
        console.send(" ").shows("(*) 本机 45.00").rests();
        console.send("\x1b").shows("逐项对照").rests();
        assert_eq!((states("conflict"), states("waiting")), (1, 0));
        console.send("m").shows("(*) 对方 50.00").rests();
        std::thread::sleep(std::time::Duration::from_millis(400));
        console.send("h").shows("(*) 本机 45.00").rests();
        console.send("l").shows("(*) 对方 50.00").rests();
        console.send("\r").shows("合成的一笔待送").rests();
        assert_eq!((states("conflict"), states("waiting"), states("withdrawn")), (0, 1, 1));
        let shown = demo.json(&["show", "catalog", &code]);
        assert_eq!((shown["fields"]["price_fen"].as_i64(), shown["fields"]["stock"].as_i64()), (Some(5_000), Some(12)));
        console.send("q");
        assert_eq!(console.ends(), 0);
    }
}

#[test]
fn what_cannot_be_merged_says_so_on_its_page() {
    let demo = Demo::new();
    let file = demo.path().join("gongfu.db");
    rival::enrolled(&file, "sx_ftu");
    let listed = demo.json(&["list", "suppliers", "--limit", "1"]);
    let code = listed["rows"][0]["code"].as_str().expect("a supplier").to_owned();
    let db = raw(&file);
    let id = gongfu::store::detail::find_code(&db, Kind::Supplier, &code).expect("read");
    let state = listed["rows"][0]["state"].as_str().expect("a state");
    let store = crate::support::storage::open(demo.path());
    let actor = crate::support::province::people()[0].clone();
    let verb = machine::leaving(Kind::Supplier, state).next().expect("a step").verb;
    let command = Command::Move { kind: Kind::Supplier, id: id.expect("there"), verb, reason: "核查".into() };
    store.submit_wait(&actor, vec![command]).expect("done here");
    rival::was_faster::<Supplier>(&file, |s| s.capacity = "十吨".into());
    let mut console = super::board(&demo, &[], SIZES[0]);
    console.send(":").rests();
    console.send("待送\r").shows("1 条").rests();
    console.send("\r").shows("不能逐项合并").rests();
    console.send("q");
    assert_eq!(console.ends(), 0);
}
