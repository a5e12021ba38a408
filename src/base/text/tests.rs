//! Cases and laws of the text module.

use std::borrow::Cow;

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::*;

/// Strings rich in the characters that break terminals.
fn nasty() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        4 => prop::sample::select("柞水木耳，。！？「」（）ab 19%.一𠀀".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("“”…—·①※★→●±é\u{301}\u{200d}\u{fe0f}👨👩👧🇨🇳\u{202e}\u{feff}\u{e0041}\u{f8ff}\u{3000}\n\tｶﾞㄱ\u{1100}\u{1161}\u{600}क\u{93f}".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    prop::collection::vec(c, 0..24).prop_map(|v| v.into_iter().collect())
}

#[test]
fn width_counts_cells() {
    for (s, cells) in [("", 0), ("abc", 3), ("柞水", 4), ("“柞水”", 6), ("a\u{7}b", 2), ("é", 1), ("e\u{301}", 1)]
    {
        assert_eq!(width(s), cells, "{s:?}");
    }
}

#[test]
fn clean_removes_what_no_one_sees() {
    for (raw, want) in [
        ("  柞水\u{3000}\u{3000}木耳\t\r\n", "柞水 木耳"),
        ("木\u{200b}耳\u{202e}\u{feff}", "木耳"),
        ("e\u{301}", "é"),
        ("a\u{0}\u{1b}[31mb\u{7f}\u{9b}", "a[31mb"),
        ("❤\u{fe0f}x\u{e0041}\u{f8ff}\u{fdd0}\u{ffff}", "❤x"),
        ("\u{2028}a\u{a0}b", "a b"),
        ("葛\u{e0100}根", "葛根"),
    ] {
        assert_eq!(clean(raw), want, "{raw:?}");
        assert!(is_clean(want) && !is_clean(raw), "{raw:?}");
    }
    assert_eq!(clean_long("柞水 木耳", 3), "柞水");
    assert!(is_clean(""));
}

#[test]
fn display_keeps_agreed_glyphs_only() {
    for (raw, want) in [
        ("“木耳”…—·", "「木耳」..-."),
        ("①⑳※★→●±", "(1)(20)**->*+/-"),
        ("52°酒 5×2 ½ m² Ⅳ", "52度酒 5x2 1/2 m2 IV"),
        ("👨\u{200d}👩\u{200d}👧a🇨🇳", "?a?"),
        ("é1\u{fe0f}\u{20e3}", "e1"),
        ("木\u{202e}\u{200b}耳\n", "木耳"),
        ("┌─│", "+-|"),
        ("Привет", "??????"),
        ("zhàøß", "zhaoss"),
    ] {
        assert_eq!(display(raw), want, "{raw:?}");
    }
    assert!(matches!(display("柞水木耳 250g×".trim_end_matches('×')), Cow::Borrowed(_)));
}

#[test]
fn fit_cuts_and_pads() {
    assert_eq!(fit("柞水", 6), "柞水  ");
    assert_eq!(fit("柞水木耳", 8), "柞水木耳");
    assert_eq!(fit("柞水木耳", 7), "柞水.. ");
    assert_eq!(fit("柞水木耳", 6), "柞水..");
    assert_eq!(fit("柞水", 1), ".");
    assert_eq!(fit("柞水", 0), "");
    assert_eq!(fit_right("12.5", 6), "  12.5");
    assert_eq!(fit_right("柞水木耳", 7), " 柞水..");
    assert_eq!(fit_middle("柞水县野森林有限公司", 12), "柞水..限公司");
    assert_eq!(fit_middle("91611026MA70TXXX3K", 10), "9161..XX3K");
    assert_eq!(cut("柞水木耳", 5), "柞水");
    assert_eq!(half_width("ＳＸ６１０９：　柞"), "SX6109: 柞");
}

#[test]
fn wrap_follows_the_line_break_rule() {
    assert_eq!(wrap("柞水木耳，好。", 8), ["柞水木", "耳，好。"]);
    assert_eq!(wrap("木耳（干）", 6), ["木耳", "（干）"]);
    assert_eq!(wrap("order 250g now", 8), ["order", "250g now"]);
    assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
    assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    assert_eq!(wrap("abcdef。", 6), ["abcde", "f。"]);
    assert_eq!(wrap("", 4), [""]);
    assert_eq!(wrap("木耳", 1), ["?", "?"]);
    assert!(wrap("木", 0).is_empty());
}

proptest! {
    #[test]
    fn width_is_what_the_drawing_layer_uses(s in nasty()) {
        let mut buffer = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 200, 1));
        let (end, _) = buffer.set_stringn(0, 0, &s, 200, ratatui::style::Style::new());
        prop_assert_eq!(usize::from(end), width(&s));
    }

    #[test]
    fn clean_is_idempotent(s in nasty(), n in 0usize..12) {
        let once = clean(&s);
        prop_assert!(is_clean(&once), "{once:?}");
        prop_assert_eq!(clean(&once), once.clone());
        prop_assert_eq!(is_clean(&s), once == s);
        let short = clean_long(&s, n);
        prop_assert!(short.graphemes(true).count() <= n && is_clean(&short));
    }

    #[test]
    fn display_is_unambiguous(s in nasty()) {
        let shown = display(&s);
        for c in shown.chars() {
            prop_assert_eq!(c.width(), c.width_cjk(), "{:?}", c);
            prop_assert!(matches!(c.width(), Some(1 | 2)));
        }
        prop_assert_eq!(shown.graphemes(true).count(), shown.chars().count());
        prop_assert_eq!(width(&shown), fit::cells_of(&shown));
        let again = display(&shown);
        prop_assert_eq!(again.as_ref(), shown.as_ref());
    }

    #[test]
    fn fits_are_exact(s in nasty(), cells in 0usize..20) {
        for text in [fit(&s, cells), fit_right(&s, cells), fit_middle(&s, cells)] {
            prop_assert_eq!(width(&text), cells, "{:?}", text);
        }
        let head = cut(&s, cells);
        prop_assert!(width(head) <= cells);
        let mut ends = s.grapheme_indices(true).map(|(at, _)| at).chain([s.len()]);
        prop_assert!(ends.any(|at| at == head.len()), "split a grapheme");
    }

    #[test]
    fn wrapped_lines_fit(s in nasty(), cells in 1usize..20) {
        let lines = wrap(&s, cells);
        for line in &lines {
            prop_assert!(width(line) <= cells, "{:?}", line);
        }
        if cells >= 2 {
            let ink = |t: &str| t.chars().filter(|c| !matches!(c, ' ' | '\u{3000}')).collect::<String>();
            prop_assert_eq!(ink(&lines.concat()), ink(&s.split('\n').map(display).collect::<String>()));
        }
    }

    #[test]
    fn closing_marks_never_open_a_line(s in "([柞水木耳a]{1,3}[，。！」]{0,2}){1,8}", cells in 6usize..20) {
        for line in wrap(&s, cells) {
            prop_assert!(!line.starts_with(wrap::may_not_open), "{line:?}");
        }
    }
}

#[test]
fn phones_and_names_are_masked() {
    for (plain, masked) in
        [("13812345678", "138****5678"), ("李静", "李*"), ("123456", "12**56"), ("", ""), ("王", "王")]
    {
        assert_eq!(mask(plain), masked);
    }
}
