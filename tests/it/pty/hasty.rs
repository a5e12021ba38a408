//! Keys too fast for a person, pastes and held keys: they move and filter at most.

use super::{board, wood_ears};
use crate::support::pty::{Console, Demo};

const SIZE: (u16, u16) = (100, 30);

/// Runs `keys` on a list and wants the database unchanged.
fn harmless(keys: impl Fn(&mut Console)) {
    let demo = Demo::new();
    let before = demo.audit();
    let (mut console, _) = wood_ears(&demo, &[], SIZE);
    keys(&mut console);
    console.rests();
    assert!(console.runs(), "it still runs");
    assert_eq!(demo.audit(), before, "nothing was changed\n{}", console.text());
}

#[test]
fn a_burst_that_opens_an_ask_cannot_confirm_it() {
    for burst in ["sssss\r\r\r", "sx\r", "s理由\r", "s\r\r\r\r\r\r\r\r\r\r", "sabc\r\r\r\r\r\r\r\r"] {
        harmless(|console| {
            console.send(burst);
        });
    }
}

#[test]
fn bursts_far_apart_do_not_add_up() {
    harmless(|console| {
        for _ in 0..5 {
            console.send("sssssssssssss").rests();
            console.send("\r\r\r\r\r\r\r\r\r\r\r\r").rests();
            console.send("\x1b").rests();
        }
    });
}

#[test]
fn a_paste_of_command_letters_into_a_list_does_nothing_at_all() {
    let demo = Demo::new();
    let before = demo.audit();
    let (mut console, code) = wood_ears(&demo, &[], SIZE);
    let text = console.text();
    console.paste(&"sSprqMcoOvty \r\n:/jjGx".repeat(500)).rests();
    assert_eq!(console.text(), text, "the same screen");
    console.send("j").rests();
    assert!(!console.selected().contains(&code), "keys work again\n{}", console.text());
    assert_eq!(demo.audit(), before);
}

#[test]
fn ten_thousand_letters_typed_at_once_change_nothing_and_do_not_leave() {
    harmless(|console| {
        for _ in 0..20 {
            console.send("sSprMcoOvtyqjkgG\r".repeat(30));
        }
    });
}

#[test]
fn a_storm_of_enter_only_looks() {
    harmless(|console| {
        for _ in 0..40 {
            console.send("\r");
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
    });
    harmless(|console| {
        console.send("\r".repeat(2000));
    });
}

#[test]
fn a_pasted_command_line_in_the_palette_starts_no_change() {
    harmless(|console| {
        console.send(":暂停\r合格\r\r").rests();
        console.send("\x1b").rests();
        console.send("\x1b").rests();
        console.send(":entry.suspend\r合格\r\r").rests();
        assert!(!console.text().contains("Enter 确认"), "{}", console.text());
    });
}

#[test]
fn a_burst_on_the_matrix_reminds_nobody() {
    let demo = Demo::new();
    let before = demo.audit();
    let mut console = board(&demo, &[], SIZE);
    console.send("5").shows("附件1").rests();
    console.send("r".repeat(30)).shows("按键太快").rests();
    assert_eq!(demo.audit(), before);
}

#[test]
fn keys_in_a_window_too_small_to_see_do_nothing() {
    let demo = Demo::new();
    let before = demo.audit();
    let (mut console, _) = wood_ears(&demo, &[], (80, 24));
    console.send("s").shows("Enter 确认").rests();
    console.send("理由").shows("理由").rests();
    console.resize(30, 5);
    console.shows("窗口太小").rests();
    console.send("\r").rests();
    console.send("q").rests();
    assert!(console.runs());
    console.resize(80, 24);
    console.shows("Enter 确认");
    assert_eq!(demo.audit(), before);
}
