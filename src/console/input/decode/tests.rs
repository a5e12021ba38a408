//! Byte strings real terminals send, whole and cut at every place.

use super::*;

fn decode(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    decoder.feed(bytes, &mut events);
    decoder.timeout(&mut events);
    assert!(!decoder.waiting());
    events
}

fn keys(names: &[&str]) -> Vec<Event> {
    names.iter().map(|name| Event::Key(name.parse().unwrap())).collect()
}

#[test]
fn keys_of_many_terminals() {
    let cases: [(&[u8], &[&str]); 24] = [
        (b"jG?", &["j", "G", "?"]),
        (b"\x1b", &["esc"]),
        (b"\x1b\x1b", &["esc", "esc"]),
        (b"\x1b[A\x1bOB", &["up", "down"]),
        (b"\x1b[5~\x1b[6~", &["pgup", "pgdn"]),
        (b"\x1b[Z", &["shift-tab"]),
        (b"\x1bOP\x1b[15~\x1b[24~\x1b[[A", &["f1", "f5", "f12", "f1"]),
        (b"\x1b[1;5C", &["ctrl-right"]),
        (b"\x1b[1;2R", &["shift-f3"]),
        (b"\x1bx", &["alt-x"]),
        (b"\x10\x1c", &["ctrl-p", "ctrl-\\"]),
        (b"\r\n\t", &["enter", "enter", "tab"]),
        (b"\x08\x7f", &["backspace", "backspace"]),
        (b" ", &["space"]),
        (b"\x1b[112;5u", &["ctrl-p"]),
        (b"\x1b[97;1:3u", &[]),
        (b"\x1b[I\x1b[Oq", &["q"]),
        (b"\x1b[M !!q", &["q"]),
        (b"\x1b[<0;3;4Mq", &["q"]),
        (b"\x1b]11;rgb:0000/0000/0000\x07q", &["q"]),
        (b"\x1bP>|xterm(390)\x1b\\q", &["q"]),
        (b"\x1b[?62;4cq", &["q"]),
        (b"\x1b]", &["alt-]"]),
        (b"\xff\xfeq", &["q"]),
    ];
    for (bytes, names) in cases {
        assert_eq!(decode(bytes), keys(names), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn the_three_forms_of_an_input_method_are_text() {
    let text = |s: &str| vec![Event::Text(s.to_owned())];
    assert_eq!(decode("柞水".as_bytes()), text("柞水"));
    assert_eq!(decode("\x1b柞\x1b水".as_bytes()), text("柞水"));
    assert_eq!(decode("你好：是".as_bytes()), text("你好：是"));
    assert_eq!(decode("\x1b[200~柞水\x1b[201~".as_bytes()), vec![Event::Paste("柞水".to_owned())]);
    assert_eq!(decode("：".as_bytes()), vec![Event::Key(Chord::char('：'))]);
}

#[test]
fn replies_are_never_keys() {
    assert_eq!(decode(b"\x1b[?2026;2$y"), vec![Event::Reply(Reply::Mode(2026, 2))]);
    assert_eq!(decode(b"\x1b[2;3R"), vec![Event::Reply(Reply::Cursor { row: 2, col: 3 })]);
    assert_eq!(decode(b"\x1b[?2026;2"), vec![], "a reply cut for good leaves nothing");
}

#[test]
fn a_paste_keeps_its_bytes_and_ends_without_its_mark() {
    let events = decode(b"\x1b[200~dd\x1b[A\rq\x1b[201~j");
    assert_eq!(events[0], Event::Paste("dd\x1b[A\rq".to_owned()));
    assert_eq!(events[1..], keys(&["j"]));
    assert_eq!(decode(b"\x1b[200~abc"), vec![Event::Paste("abc".to_owned())]);
    let mut huge = PASTE_BEGIN.to_vec();
    huge.resize(2 * PASTE_MOST, b'x');
    huge.extend_from_slice(PASTE_END);
    assert!(matches!(&decode(&huge)[..], [Event::Paste(text)] if text.len() == PASTE_MOST));
}

#[test]
fn cuts_do_not_matter() {
    let stream = "j\x1b[A柞水\x1b[1;5C\x1b[?2026;2$y\x1b[200~木\x1b耳\x1b[201~：\x1b[2;3Rq".as_bytes();
    let whole = decode(stream);
    for cut in 1..stream.len() {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        decoder.feed(&stream[..cut], &mut events);
        decoder.feed(&stream[cut..], &mut events);
        decoder.timeout(&mut events);
        assert_eq!(events, whole, "cut at {cut}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_survived_and_forgotten(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        decoder.feed(&bytes, &mut events);
        decoder.timeout(&mut events);
        proptest::prop_assert!(decoder.pending.len() < 4, "at most a cut character waits");
    }
}
