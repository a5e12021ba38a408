//! The cursor's place: what was pressed arrives, records that come and go do not move it to another one, and a read that
//! failed is told.

use super::Desk;
use gongfu::base::clock::Clock;
use gongfu::base::locale::Lang;
use gongfu::console::input::Event;
use gongfu::console::keys::Chord;
use gongfu::console::message::{Effect, Message};
use gongfu::domain::machine::Verb;
use gongfu::store::reads::News;
use std::time::Duration;

impl Desk {
    /// Somebody else changed something.
    fn moved(&mut self) {
        let effects = self.app.update(Message::News(News::Moved));
        self.carry_out(effects);
    }

    /// The same key many times in one packet.
    fn flood(&mut self, key: &str, times: usize) {
        let chord = key.parse::<Chord>().expect("a key");
        self.send_all(vec![Event::Key(chord); times], Duration::from_secs(1));
    }

    /// The line of the screen the cursor is on, with its number.
    fn here(&mut self) -> (usize, String) {
        let screen = self.screen(120, 40);
        let found = screen.lines().enumerate().find(|(_, l)| l.starts_with('>'));
        let (at, line) = found.unwrap_or_else(|| panic!("no cursor in\n{screen}"));
        (at, line.to_owned())
    }
}

#[test]
fn keys_in_one_packet_go_as_far_as_keys_one_by_one() {
    let (mut slow, mut fast) = (Desk::new(Lang::Zh, false), Desk::new(Lang::Zh, false));
    for (key, times) in [("pgdn", 8), ("j", 300), ("pgup", 9), ("k", 150)] {
        for desk in [&mut slow, &mut fast] {
            desk.press("2");
            desk.screen(120, 40);
        }
        (0..times).for_each(|_| {
            slow.press(key);
            slow.screen(120, 40);
        });
        fast.flood(key, times);
        assert_eq!(fast.here(), slow.here(), "{times} {key}");
    }
    // What is pressed before the rows of a tab are there counts from its first row.
    let keys = ["7", "j", "j"].map(|k| Event::Key(k.parse().expect("a key"))).to_vec();
    fast.send_all(keys, Duration::from_secs(1));
    slow.press("7 j j");
    assert_eq!(fast.here(), slow.here());
}

#[test]
fn a_record_that_leaves_the_list_gives_its_line_to_the_next() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 / \"state:在录\" enter");
    desk.screen(120, 40);
    desk.press("pgdn pgdn pgdn down down");
    let (line, gone) = desk.here();
    desk.press("down");
    let next = desk.code();
    desk.press("up s \"抽检\" enter");
    assert_eq!((desk.here().0, desk.code()), (line, next.clone()), "after {gone}");
    desk.press("G");
    let last = desk.here().1;
    desk.press("s \"抽检\" enter");
    assert_ne!(desk.here().1, last);
    assert!(desk.here().0 > 20, "the end of the list is still the end: {:?}", desk.here());
    desk.press("g");
    let first = desk.code();
    desk.press("down");
    let second = desk.code();
    desk.press("up s \"抽检\" enter");
    assert_eq!(desk.code(), second, "after {first}");
}

#[test]
fn a_record_that_comes_before_the_first_row_moves_it_down() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2");
    let first = desk.code();
    desk.press("down");
    desk.other(&first, Verb::Suspend);
    desk.press("/ \"state:在录\" enter g");
    let (line, second) = (desk.here().0, desk.code());
    desk.other(&first, Verb::Resume);
    desk.moved();
    assert_eq!((desk.here().0, desk.code()), (line + 1, second), "it is seen above the cursor's own");
    assert!(desk.screen(120, 40).lines().nth(line).is_some_and(|l| l.contains(&first)));
}

#[test]
fn the_cursor_of_board_and_page_stays_on_what_it_was_on() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.screen(120, 40);
    // Not the oldest: that one leaves the board when something new happens.
    desk.press("G k");
    let marked = |desk: &mut Desk| {
        let screen = desk.screen(120, 40);
        let found = screen.lines().enumerate().find(|(_, l)| l.contains("> 8-20"));
        let (at, line) = found.unwrap_or_else(|| panic!("not on a happening\n{screen}"));
        (at, line.split("> ").nth(1).unwrap_or_default().to_owned())
    };
    let (line, words) = marked(&mut desk);
    // What happens stands above what happened.
    let code = {
        desk.press("2");
        let code = desk.code();
        desk.press("1");
        code
    };
    desk.other(&code, Verb::Suspend);
    desk.moved();
    assert_eq!(marked(&mut desk), (line + 1, words));
    // On a product's page its shelves stop and its history grows; the cursor stays on what happened first.
    desk.press("2 enter");
    desk.screen(120, 40);
    desk.press("G");
    let before = desk.here().1;
    desk.other(&code, Verb::Resume);
    desk.moved();
    assert_eq!(desk.here().1, before);
    desk.screen(80, 40);
    assert_eq!(desk.here().1, before, "the width wraps the lines anew");
}

#[test]
fn a_read_that_failed_is_told_with_rows_on_the_screen_too() {
    for keys in ["1", "2", "3", "5", "2 enter", "0 enter"] {
        let mut desk = Desk::new(Lang::Zh, false);
        desk.press(keys);
        let before = desk.screen(120, 40);
        assert!(!before.contains("/a/b.db"));
        desk.broken = true;
        desk.press("f5");
        let told = desk.screen(120, 40);
        if keys != "0 enter" {
            assert!(told.contains("/a/b.db"), "{keys}: {told}");
            assert_eq!(told.lines().nth(10), before.lines().nth(10), "{keys}: what is known stays");
        }
        desk.broken = false;
        desk.press("f5");
        assert!(!desk.screen(120, 40).contains("/a/b.db"), "{keys}: it is over");
    }
    for keys in ["enter", "5", "3 m"] {
        let mut desk = Desk::new(Lang::Zh, false);
        desk.press("2");
        desk.broken = true;
        desk.press(keys);
        let told = desk.screen(120, 40);
        assert!(told.contains("/a/b.db") && !told.contains("读取中"), "{keys}: {told}");
    }
}

#[test]
fn the_pane_is_of_the_row_under_the_cursor_or_empty() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 v");
    let code = desk.code();
    assert!(desk.screen(120, 40).matches(&code).count() > 1);
    desk.press("/ \"没有这样的产品\" enter");
    assert!(!desk.screen(120, 40).contains(&code), "{}", desk.screen(120, 40));
}

#[test]
fn another_day_reads_again_and_for_the_board_another_hour() {
    let before = |at: &str| {
        let start = at.parse::<jiff::Timestamp>().expect("an instant");
        Desk::at(Lang::Zh, false, Clock::running_from(start))
    };
    for (at, tab, reads) in [
        ("2020-08-20T23:59:59.7+08:00", "1", true),
        ("2020-08-20T23:59:59.7+08:00", "5", true),
        ("2020-08-20T13:59:59.7+08:00", "1", true),
        ("2020-08-20T13:59:59.7+08:00", "5", false),
    ] {
        let mut desk = before(at);
        desk.press(tab);
        assert_eq!(desk.app.update(Message::Tick), [], "{at} {tab}: nothing changed yet");
        std::thread::sleep(Duration::from_millis(400));
        let effects = desk.app.update(Message::Tick);
        assert_eq!(effects.iter().any(|e| matches!(e, Effect::Ask(..))), reads, "{at} {tab}");
        assert_eq!(desk.app.update(Message::Tick), [], "{at} {tab}: once");
    }
}

#[test]
fn what_could_not_be_copied_is_not_called_copied() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2");
    let code = desk.code();
    desk.press("y");
    assert!(desk.screen(120, 40).contains(&format!("已复制 {code}")));
    desk.broken = true;
    desk.press("y");
    let told = desk.screen(120, 40);
    assert!(!told.contains("已复制") && told.contains(&format!("未能复制 {code}")), "{told}");
}
