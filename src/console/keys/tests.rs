//! Names there and back, the sentences for mistakes, and full-width forms.

use super::*;

fn chord(text: &str) -> Chord {
    text.parse().unwrap()
}

#[test]
fn names_are_read_and_written_back() {
    for name in [
        "ctrl-p",
        "esc",
        "enter",
        "space",
        "pgdn",
        "G",
        "?",
        "f5",
        "f12",
        "shift-tab",
        "alt-x",
        "-",
        "ctrl-alt-x",
        "ctrl-\\",
        "alt--",
        "shift-f3",
    ] {
        assert_eq!(chord(name).to_string(), name);
    }
    assert_eq!(chord("Ctrl-P"), Chord::ctrl('p'));
    assert_eq!(chord("PageDown"), Chord::plain(Key::PageDown));
    assert_eq!(chord("shift-g"), Chord::char('G'));
    assert_eq!(chord("Return"), Chord::plain(Key::Enter));
}

#[test]
fn mistakes_are_answered_with_what_to_write() {
    let cases = [
        ("", "a key is missing; write for example \"enter\", \"ctrl-p\" or \"?\""),
        ("entr", "\"entr\" is no key; did you mean \"enter\"?"),
        ("pgdwn", "\"pgdwn\" is no key; did you mean \"pgdn\"?"),
        ("f13", "\"f13\" is no key; did you mean \"f1\"?"),
        ("strg-x", "\"strg\" is no modifier in \"strg-x\"; write ctrl-, alt- or shift-"),
        ("ctrl-5", "no terminal can send \"ctrl-5\"; write \"5\""),
        ("shift-5", "no terminal can send \"shift-5\"; write \"5\""),
        ("ctrl-shift-x", "no terminal can send \"ctrl-shift-x\"; write \"ctrl-x\""),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Chord>().unwrap_err().to_string(), expected);
    }
}

#[test]
fn full_width_forms_are_commands() {
    for (typed, key) in [
        ('：', ':'),
        ('／', '/'),
        ('；', ';'),
        ('？', '?'),
        ('！', '!'),
        ('（', '('),
        ('）', ')'),
        ('［', '['),
        ('］', ']'),
        ('ｊ', 'j'),
        ('Ｇ', 'G'),
        ('５', '5'),
        ('、', '/'),
        ('。', '.'),
        ('　', ' '),
    ] {
        assert!(is_key_char(typed));
        assert_eq!(Chord::char(typed).command_form(), Chord::char(key), "{typed}");
        assert_eq!(Chord::char(typed).text(), Some(typed), "fields keep what was typed");
    }
    assert!(!is_key_char('柞'));
    assert_eq!(Chord::plain(Key::Enter).command_form(), Chord::plain(Key::Enter));
}

#[test]
fn labels_speak_both_languages() {
    assert_eq!(chord("space").label(true), "空格");
    assert_eq!(chord("space").label(false), "Space");
    assert_eq!(chord("ctrl-p").label(true), "Ctrl-P");
    assert_eq!(chord("shift-tab").label(true), "Shift-Tab");
    assert_eq!(chord("G").label(true), "G");
}

#[test]
fn reserved_chords_say_why() {
    for name in ["ctrl-a", "ctrl-b", "ctrl-c", "ctrl-s", "ctrl-q", "ctrl-z", "ctrl-\\", "ctrl-m", "ctrl-i", "ctrl-["] {
        assert!(matches!(reserved(chord(name)), Some(Reserved::Never(_))), "{name}");
    }
    for name in ["ctrl-p", "enter", "q", "alt-x", "f5", "shift-tab"] {
        assert_eq!(reserved(chord(name)), None, "{name}");
    }
}
