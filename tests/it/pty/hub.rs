//! The console with a hub behind it: the demo's own, with others at work; and what a person does about a conflict.

use super::{Console, SIZES};
use crate::support::pty::{Demo, Start};
use crate::support::storage::{number, raw};
use gongfu::store::outbox::State;
use std::path::Path;
use std::time::{Duration, Instant};

/// Waits until a number in a database is as wanted; a minute is for machines that are busy with other things.
fn until(console: &Console, file: &Path, sql: &str, wanted: impl Fn(i64) -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !(file.exists() && wanted(number(&raw(file), sql))) {
        assert!(Instant::now() < end, "{sql}\n{}", console.text());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_demo_lives_others_work_and_a_change_goes_to_their_consoles() {
    let demo = Demo::new();
    let dir = demo.path().display().to_string();
    let mut console = Start::new(&["demo", "--keep", &dir], SIZES[1]).spawn();
    console.shows("与中心站一致");
    let mine = demo.path().join("gongfu.db");
    until(&console, &mine, "SELECT count(*) FROM happening", |n| n > 0);
    // A product is suspended here, and at the console of a county at once.
    console.send("2").shows("SX610111-").rests();
    console.send("s").shows("理由").rests();
    console.send("抽检不合格\r").shows("已暂停").rests();
    let theirs = demo.path().join("consoles/zhashui_ftu/gongfu.db");
    until(&console, &theirs, "SELECT count(*) FROM happening WHERE command = 'catalog_entry.suspend'", |n| n == 1);
    until(&console, &mine, "SELECT count(*) FROM outbox WHERE state = 'waiting'", |n| n == 0);
    console.send("q");
    assert_eq!(console.ends(), 0);
    assert_eq!(demo.json(&["audit", "verify"])["whole"], true);
    assert_eq!(demo.json(&["hub", "verify"])["whole"], true);
    let devices = demo.json(&["hub", "devices"]);
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(3), "{devices}");
    // A kept one goes on where it was.
    let mut again = Start::new(&["demo", "--keep", &dir], SIZES[1]).spawn();
    again.shows("与中心站一致");
    again.send("q");
    assert_eq!(again.ends(), 0);
    assert_eq!(demo.json(&["hub", "devices"])["devices"].as_array().map(Vec::len), Some(3));
}

/// Makes the console's oldest order one that somebody was faster with, as the hub says it.
fn conflict(file: &Path) {
    let db = raw(file);
    let (n, body): (i64, String) = db
        .query_row("SELECT n, body FROM outbox ORDER BY n DESC LIMIT 1", [], |r| Ok((r.get(0)?, r.get(1)?)))
        .expect("an order");
    let order = gongfu::wire::order::Order::read(&body).expect("an order");
    let (kind, row) = order.command.target().expect("about a record");
    let outcome = gongfu::wire::order::Outcome::Conflict { kind, row, rev: 9, by: "周敏".into(), at: order.made_at };
    let answer = gongfu::wire::order::Answer { id: order.id, outcome };
    let mut db = db;
    let now = gongfu::base::clock::Clock::Real.now();
    gongfu::store::level::answers(&mut db, file, 1, &[answer], now).expect("kept");
    assert!(n > 0);
}

#[test]
fn a_conflict_is_on_the_board_shows_both_sides_and_is_settled_by_a_person() {
    let demo = Demo::new();
    let file = demo.path().join("gongfu.db");
    crate::support::rival::enrolled(&file, "sx_ftu");
    let mut console = super::catalog(&demo, &[], SIZES[0]);
    let states = |state: State| {
        let sql = format!("SELECT count(*) FROM outbox WHERE state = '{}'", state.code());
        number(&raw(&file), &sql)
    };
    console.send("s").shows("理由").rests();
    console.send("抽检不合格\r").shows("已暂停").rests();
    console.shows("待送 1");
    conflict(&file);
    console.shows("待定 1");
    // On the board, by Enter to the list, by Enter to both sides of it.
    console.send("1").shows("笔业务与他人所改冲突").rests();
    console.send(":").rests();
    console.send("待送\r").shows("暂停产品").rests();
    console.send("\r").shows("本机所改").shows("周敏 已于").shows("状态: 在录 -> 暂停").rests();
    // Asked for once more: the old order is taken back, a new one waits.
    console.send("A").shows("再办一次").rests();
    std::thread::sleep(Duration::from_millis(400));
    console.send("y").shows("已重新办理").rests();
    assert_eq!((states(State::Waiting), states(State::Conflict), states(State::Withdrawn)), (1, 0, 1));
    conflict(&file);
    console.send("\x1b").rests();
    console.shows("待定 1");
    console.send("g").rests();
    console.send("X").shows("以对方为准").rests();
    std::thread::sleep(Duration::from_millis(400));
    console.send("y").shows("已撤回").rests();
    assert_eq!((states(State::Waiting), states(State::Conflict), states(State::Withdrawn)), (0, 0, 2));
    // What was taken back shows nowhere: the product is on sale as the hub has it.
    let shown = demo.json(&["list", "catalog", "--filter", "state:suspended"]);
    assert_eq!(shown["total"], 6, "{shown}");
    console.send("q");
    assert_eq!(console.ends(), 0);
}
