//! The form of enrolment by its keys: what it asks the loop for, how it ends what is under way, and that nothing typed is lost.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::input::Event;
use gongfu::console::message::{Attempt, Effect, Message, NotJoined};
use gongfu::sync::first::Stage;
use gongfu::sync::join::Step;
use std::path::PathBuf;

fn types(desk: &mut Desk, words: &str) {
    desk.send(Event::Text(words.to_owned()));
}

#[test]
fn the_form_asks_once_shows_how_far_it_is_and_ends_by_esc() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("e");
    types(&mut desk, "ABCD-EFGH");
    desk.press("enter");
    types(&mut desk, "https://hub:7610");
    desk.press("tab");
    types(&mut desk, "~/ca.pem");
    desk.press("enter");
    let wanted = Attempt {
        code: "ABCD-EFGH".into(),
        hub: "https://hub:7610".into(),
        ca: Some(PathBuf::from("~/ca.pem")),
        goes_on: false,
    };
    assert_eq!(desk.elsewhere, [Effect::Enrol(wanted.clone())]);
    assert!(desk.screen(80, 24).contains("正在与中心站联系"));
    // What is typed meanwhile goes nowhere.
    types(&mut desk, "x");
    desk.press("enter");
    assert_eq!(desk.elsewhere.len(), 1);
    desk.app.update(Message::Joining(Step::Loading(Stage::Rows { rows: 12_345, at: 50, head: 200 })));
    assert!(desk.screen(80, 24).contains("12,345 条，25%"), "{}", desk.screen(80, 24));
    desk.app.update(Message::Joining(Step::Loading(Stage::Indices { done: 3, of: 9 })));
    assert!(desk.screen(80, 24).contains("3/9"));
    desk.press("esc");
    assert_eq!(desk.elsewhere.last(), Some(&Effect::StopEnrolling));
    assert!(desk.screen(80, 24).contains("正在停下"));
    let why = NotJoined { words: "已按要求停止".into(), hint: "再试".into(), begun: None };
    desk.app.update(Message::Joined(Err(why)));
    let screen = desk.screen(80, 24);
    assert!(screen.contains("已按要求停止") && screen.contains("ABCD-EFGH") && screen.contains("~/ca.pem"), "{screen}");
    desk.press("enter");
    assert_eq!(desk.elsewhere.last(), Some(&Effect::Enrol(wanted)), "what was typed goes once more");
    // The code is used up, the rows are not here: what is left needs no field.
    let why = NotJoined { words: "没有回应".into(), hint: String::new(), begun: Some("https://hub:7610".into()) };
    desk.app.update(Message::Joined(Err(why)));
    assert!(desk.screen(120, 40).contains("数据还没有取齐"));
    desk.press("enter");
    let on = Effect::Enrol(Attempt { goes_on: true, ..Attempt::default() });
    assert_eq!(desk.elsewhere.last(), Some(&on));
}

#[test]
fn who_only_looks_enrols_nothing() {
    let mut desk = Desk::new(Lang::Zh, true);
    desk.press("e");
    assert!(!desk.screen(80, 24).contains("登记码"), "{}", desk.screen(80, 24));
}
