//! Colours: as many as the terminal has and no more; without any every state is still a word.

use super::board;
use crate::support::pty::{Console, Demo};

const SIZE: (u16, u16) = (120, 40);

/// Every parameter list of an SGR sequence in the output.
fn sgr(console: &Console) -> Vec<Vec<u16>> {
    let raw = String::from_utf8_lossy(&console.raw(0)).into_owned();
    let mut lists = Vec::new();
    for part in raw.split("\x1b[").skip(1) {
        let end = part.find(|c: char| !(c.is_ascii_digit() || matches!(c, ';' | ':'))).unwrap_or(part.len());
        if part[end..].starts_with('m') {
            lists.push(part[..end].split([';', ':']).map(|n| n.parse().unwrap_or(0)).collect());
        }
    }
    lists
}

/// Colours of each kind: 24 bits, 256, sixteen.
fn colours(console: &Console) -> (usize, usize, usize) {
    let (mut true_colour, mut indexed, mut sixteen) = (0, 0, 0);
    for list in sgr(console) {
        let mut rest = &list[..];
        while let Some((first, more)) = rest.split_first() {
            rest = more;
            match (first, more.first()) {
                (38 | 48, Some(2)) => (true_colour, rest) = (true_colour + 1, more.get(4..).unwrap_or_default()),
                (38 | 48, Some(5)) => (indexed, rest) = (indexed + 1, more.get(2..).unwrap_or_default()),
                (30..=37 | 40..=47 | 90..=97 | 100..=107, _) => sixteen += 1,
                _ => {}
            }
        }
    }
    (true_colour, indexed, sixteen)
}

/// A console that has shown board, catalog, incidents and returns.
fn seen(env: &[(&'static str, &str)]) -> (Console, String) {
    let demo = Demo::new();
    let start = env.iter().fold(demo.console(&[], SIZE), |start, (name, value)| start.env(name, value));
    let mut console = start.spawn();
    console.shows("现在要办").rests();
    let mut text = console.lines().join("\n");
    for (key, word) in [("2", "SX610111-"), ("4", "QI-2020"), ("5", "附件1"), ("3", "ZG610102-")] {
        console.send(key).shows(word).rests();
        text.push_str(&console.lines().join("\n"));
    }
    (console, text)
}

#[test]
fn colours_are_those_of_the_terminal() {
    let (console, rich) = seen(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]);
    let (true_colour, indexed, _) = colours(&console);
    assert!(true_colour > 0 && indexed == 0, "{:?}", colours(&console));
    let (console, text) = seen(&[("TERM", "xterm-256color")]);
    let (true_colour, indexed, _) = colours(&console);
    assert!(true_colour == 0 && indexed > 0, "{:?}", colours(&console));
    assert_eq!(text, rich);
    let (console, text) = seen(&[("TERM", "xterm")]);
    let (true_colour, indexed, sixteen) = colours(&console);
    assert!(true_colour == 0 && indexed == 0 && sixteen > 0, "{:?}", colours(&console));
    assert_eq!(text, rich);
}

#[test]
fn without_colours_every_state_is_still_a_word() {
    let cases = [
        [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")],
        [("TERM", "vt220"), ("COLORTERM", ""), ("NO_COLOR", "")],
    ];
    for env in cases {
        let (console, text) = seen(&env);
        assert_eq!(colours(&console), (0, 0, 0), "{env:?}");
        for word in ["在录", "核查中", "逾期", "已接收", "启用", "筹备"] {
            assert!(text.contains(word), "{word}\n{text}");
        }
    }
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_gets_lines() {
    let demo = Demo::new();
    let mut console = demo.console(&[], SIZE).env("TERM", "dumb").spawn();
    assert_eq!(console.ends(), 0);
    let raw = String::from_utf8_lossy(&console.raw(0)).into_owned();
    assert!(raw.contains("现在要办") && !raw.contains('\x1b'), "{raw:?}");
}

#[test]
fn english_is_english_all_over() {
    let demo = Demo::new();
    let mut console = demo.console(&["--lang", "en"], SIZE).spawn();
    console.shows("demo data").rests();
    let first = console.lines()[1].clone();
    assert!(first.is_ascii(), "{first}");
    console.send("?").rests();
    assert!(console.lines()[2..39].iter().all(|l| l.is_ascii()), "{}", console.text());
    drop(board(&demo, &[], SIZE));
}
