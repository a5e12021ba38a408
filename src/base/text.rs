//! Text from people and files: cleaned once on entry, measured in terminal cells, cut on grapheme boundaries.
//!
//! Owns what a safe text is and how wide it is. Widths are those of the table the screen draws by; text in Chinese
//! counts two cells a character.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Terminal cells a text takes.
pub fn width(s: &str) -> usize {
    s.width()
}

/// Characters that never belong in stored text: they steer terminals, reverse reading order or are not seen.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{00AD}' | '\u{180E}'
            | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{2028}' | '\u{2029}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Cleans text from outside: NFC, no control, bidi, invisible or private characters, white space collapsed to single
/// blanks and trimmed. Cleaning twice changes nothing.
pub fn clean(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut blank = false;
    // Composition may bring forth nothing unsafe, but what is dropped may have kept two marks apart: drop first.
    let kept = s.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_unsafe(*c)).nfc();
    for c in kept {
        if c == ' ' {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() {
            out.push(' ');
        }
        blank = false;
        out.push(c);
    }
    out
}

/// Whether cleaning would change nothing.
pub fn is_clean(s: &str) -> bool {
    clean(s) == s
}

/// What to draw for characters that terminals measure differently; everything else ambiguous becomes `?`.
const REPLACED: &[(char, &str)] = &[
    ('“', "\""),
    ('”', "\""),
    ('‘', "'"),
    ('’', "'"),
    ('…', ".."),
    ('—', "-"),
    ('–', "-"),
    ('―', "-"),
    ('·', "."),
    ('•', "*"),
    ('※', "*"),
    ('★', "*"),
    ('☆', "*"),
    ('●', "*"),
    ('○', "o"),
    ('◆', "*"),
    ('■', "#"),
    ('□', "o"),
    ('→', "->"),
    ('←', "<-"),
    ('↑', "^"),
    ('↓', "v"),
    ('±', "+/-"),
    ('×', "x"),
    ('÷', "/"),
    ('°', "o"),
    ('√', "v"),
    ('≤', "<="),
    ('≥', ">="),
    ('≠', "!="),
    ('≈', "~"),
    ('§', "S"),
    ('¤', "$"),
    ('²', "2"),
    ('³', "3"),
    ('½', "1/2"),
];

/// The last defence when drawing: what could steer the terminal is dropped, what terminals measure differently is
/// replaced. What comes out has one width everywhere.
pub fn display(s: &str) -> Cow<'_, str> {
    if s.bytes().all(|b| (0x20..0x7F).contains(&b)) || s.chars().all(has_one_width) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        if has_one_width(c) {
            out.push(c);
        } else if let Some((_, text)) = REPLACED.iter().find(|(from, _)| *from == c) {
            out.push_str(text);
        } else if let Some(n) = circled(c) {
            out.push_str(&format!("({n})"));
        } else if c == '\u{3000}' || c == '\u{A0}' || c == '\t' || c == '\n' {
            out.push(' ');
        } else if !is_unsafe(c) && c.width() != Some(0) {
            out.push('?');
        }
    }
    Cow::Owned(out)
}

fn circled(c: char) -> Option<u32> {
    ('①'..='⑳').contains(&c).then(|| u32::from(c) - u32::from('①') + 1)
}

/// Han, kana, full-width forms, CJK punctuation, ASCII and other letters that no terminal measures differently.
fn has_one_width(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\u{3001}'..='\u{303E}' | '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => true,
        '\u{F900}'..='\u{FAFF}' | '\u{FF01}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{20000}'..='\u{3FFFD}' => true,
        '\u{A1}'..='\u{24F}' => c.width() == c.width_cjk() && !is_unsafe(c),
        _ => false,
    }
}

/// The longest beginning of `s` that takes at most `cells`.
pub fn cut(s: &str, cells: usize) -> &str {
    let (mut used, mut end) = (0, 0);
    for (at, grapheme) in s.grapheme_indices(true) {
        used += grapheme.width();
        if used > cells {
            break;
        }
        end = at + grapheme.len();
    }
    &s[..end]
}

/// The longest end of `s` that takes at most `cells`.
fn cut_front(s: &str, cells: usize) -> &str {
    let (mut used, mut start) = (0, s.len());
    for (at, grapheme) in s.grapheme_indices(true).rev() {
        used += grapheme.width();
        if used > cells {
            break;
        }
        start = at;
    }
    &s[start..]
}

/// `s` without padding in at most `cells`; a cut is marked with `..`.
pub fn short(s: &str, cells: usize) -> String {
    if s.width() <= cells {
        return s.to_owned();
    }
    let mark = if cells > 2 { ".." } else { "" };
    format!("{}{mark}", cut(s, cells - mark.len()))
}

/// `s` in exactly `cells`: cut with `..` or padded with blanks behind.
pub fn fit(s: &str, cells: usize) -> String {
    let mut out = short(s, cells);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(out.width())));
    out
}

/// `s` in exactly `cells`, at the right end.
pub fn fit_right(s: &str, cells: usize) -> String {
    let out = short(s, cells);
    let pad = cells.saturating_sub(out.width());
    format!("{}{out}", " ".repeat(pad))
}

/// `s` in exactly `cells`, cut in the middle: for codes and names whose tail tells them apart.
pub fn fit_middle(s: &str, cells: usize) -> String {
    if s.width() <= cells || cells < 6 {
        return fit(s, cells);
    }
    let tail = cut_front(s, (cells - 2) / 2);
    let head = cut(s, cells - 2 - tail.width());
    fit(&format!("{head}..{tail}"), cells)
}

/// Punctuation that may not begin a line.
const NEVER_FIRST: &str = "，。！？；：、）」』》】〉%,.!?;:)]}";

/// Breaks `s` into lines of at most `cells`. ASCII words stay whole where they fit; no line begins with closing
/// punctuation; line breaks in `s` hold.
pub fn wrap(s: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    s.split('\n').flat_map(|line| wrap_line(line, cells)).collect()
}

fn wrap_line(s: &str, cells: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(s) {
        let mut piece = piece;
        if line.width() + piece.trim_end().width() > cells {
            if NEVER_FIRST.contains(piece.chars().next().unwrap_or('x')) {
                // Take the glyph before it along, so that the punctuation is not alone at the front.
                if let Some((at, last)) = line.grapheme_indices(true).next_back().filter(|(at, _)| *at > 0) {
                    let moved = last.to_owned();
                    line.truncate(at);
                    lines.push(std::mem::replace(&mut line, moved));
                }
            }
            if line.width() + piece.trim_end().width() > cells {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                piece = piece.trim_start();
            }
            while piece.width() > cells {
                let head = cut(piece, cells);
                let head = if head.is_empty() { piece.graphemes(true).next().unwrap_or(piece) } else { head };
                lines.push(head.to_owned());
                piece = &piece[head.len()..];
            }
        }
        line.push_str(piece);
    }
    lines.push(line.trim_end().to_owned());
    lines.retain(|l| !l.is_empty());
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// ASCII words with the blanks behind them, and everything else grapheme by grapheme.
fn pieces(s: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut in_word = false;
    for (at, grapheme) in s.grapheme_indices(true) {
        let wordy = grapheme.bytes().all(|b| b.is_ascii_graphic()) && !NEVER_FIRST.contains(grapheme);
        let blank = grapheme == " ";
        if !(in_word && (wordy || blank)) && at > start {
            out.push(&s[start..at]);
            start = at;
        }
        // A blank ends a word but stays with it.
        in_word = wordy || (in_word && blank && s[at + 1..].starts_with(' '));
    }
    if start < s.len() {
        out.push(&s[start..]);
    }
    out
}

/// Full-width ASCII forms and the ideographic blank as plain ASCII, for matching and reading numbers.
pub fn half_width(s: &str) -> String {
    s.chars().map(half).collect()
}

/// One character of [`half_width`].
pub fn half(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// A phone number or name with its middle hidden: `138****5678`, `李*`.
pub fn mask(s: &str) -> String {
    let chars: Vec<char> = s.chars().collect();
    match chars.len() {
        0 => String::new(),
        1..=4 => chars.iter().take(1).chain(std::iter::repeat_n(&'*', chars.len() - 1)).collect(),
        n if n < 8 => chars[..2].iter().chain(std::iter::repeat_n(&'*', n - 4)).chain(&chars[n - 2..]).collect(),
        n => chars[..3].iter().chain(std::iter::repeat_n(&'*', n - 7)).chain(&chars[n - 4..]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cleaning_takes_out_what_steers_a_terminal_or_the_reading_order() {
        let cases = [
            ("\u{1b}[31m木耳\u{7}", "[31m木耳"),
            ("柞水\u{202E}木耳\u{2066}", "柞水木耳"),
            (" 柞水\u{3000}\t木耳\n\n ", "柞水 木耳"),
            ("e\u{301}\u{200B}", "é"),
            ("\u{9b}2J\u{FEFF}x", "2Jx"),
        ];
        for (raw, expected) in cases {
            assert_eq!(clean(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn display_leaves_only_what_every_terminal_measures_alike() {
        assert_eq!(display("“柞水”…①※"), "\"柞水\"..(1)*");
        assert_eq!(display("好👨‍👩‍👧\u{1b}[2J"), "好???[2J");
        assert_eq!(display("plain"), "plain");
        assert_eq!(display("a\u{202E}b"), "ab");
    }

    #[test]
    fn fitting_counts_cells_and_marks_a_cut() {
        assert_eq!(fit("柞水木耳", 8), "柞水木耳");
        assert_eq!(fit("柞水木耳", 7), "柞水.. ");
        assert_eq!(fit("柞水", 6), "柞水  ");
        assert_eq!(fit_right("12", 4), "  12");
        assert_eq!(fit_middle("SX611026-0003-0009", 12), "SX611..-0009");
        assert_eq!(wrap("发现二氧化硫超标，立即下架。", 12), ["发现二氧化硫", "超标，立即下", "架。"]);
        assert_eq!(wrap("the quick brown", 10), ["the quick", "brown"]);
    }

    #[test]
    fn phones_and_names_are_masked() {
        assert_eq!(mask("13812345678"), "138****5678");
        assert_eq!(mask("李静"), "李*");
        assert_eq!(mask(""), "");
    }

    proptest! {
        #[test]
        fn cleaning_is_idempotent_and_safe(s in "\\PC{0,40}|.{0,40}") {
            let once = clean(&s);
            prop_assert_eq!(clean(&once), once.clone());
            prop_assert!(!once.chars().any(is_unsafe));
        }

        #[test]
        fn fitting_is_exact_and_wrapping_never_wider(s in ".{0,60}", cells in 0usize..40) {
            let s = display(&clean(&s)).into_owned();
            prop_assert_eq!(width(&fit(&s, cells)), cells);
            prop_assert_eq!(width(&fit_right(&s, cells)), cells);
            prop_assert_eq!(width(&fit_middle(&s, cells)), cells);
            for line in wrap(&s, cells) {
                prop_assert!(width(&line) <= cells.max(2), "{:?}", line);
            }
            let joined: String = wrap(&s, cells).concat().chars().filter(|c| *c != ' ').collect();
            prop_assert_eq!(joined, s.chars().filter(|c| *c != ' ').collect::<String>());
        }
    }
}
