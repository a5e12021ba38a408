//! Text of an exact width: cutting and padding in cells. Works on the drawing form, so the width holds everywhere.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::{display, grapheme_width};

/// Marks a cut; plain ASCII because `…` is one cell in some terminals and two in others.
const MARK: &str = "..";

/// At most `cells` cells, not padded; too long text ends in `..`.
pub fn short(s: &str, cells: usize) -> String {
    shortened(s, cells).0.into_owned()
}

/// Exactly `cells` cells, left aligned: too long text ends in `..`, short text is padded with spaces.
pub fn fit(s: &str, cells: usize) -> String {
    let (text, used) = shortened(s, cells);
    let mut out = text.into_owned();
    pad(&mut out, cells - used);
    out
}

/// [`fit`] aligned to the right, for numbers.
pub fn fit_right(s: &str, cells: usize) -> String {
    let (text, used) = shortened(s, cells);
    let mut out = String::with_capacity(text.len() + cells - used);
    pad(&mut out, cells - used);
    out.push_str(&text);
    out
}

/// [`fit`] that cuts out of the middle, for codes and company names whose tail matters.
pub fn fit_middle(s: &str, cells: usize) -> String {
    let shown = display(s);
    let total = cells_of(&shown);
    if total <= cells || cells < 2 * MARK.len() {
        return fit(&shown, cells);
    }
    let room = cells - MARK.len();
    let head = prefix(&shown, room - room / 2);
    let tail = suffix(&shown, room - cells_of(head));
    let mut out = String::with_capacity(cells * 2);
    out.push_str(head);
    out.push_str(MARK);
    out.push_str(tail);
    pad(&mut out, room - cells_of(head) - cells_of(tail));
    out
}

/// The longest prefix of whole graphemes that fits into `cells`, unchanged otherwise.
pub fn cut(s: &str, cells: usize) -> &str {
    let mut used = 0;
    for (start, g) in s.grapheme_indices(true) {
        used += grapheme_width(g);
        if used > cells {
            return s.get(..start).unwrap_or(s);
        }
    }
    s
}

/// The drawing form of `s` in at most `cells` cells, with its width; too long text ends in `..`.
pub fn shortened(s: &str, cells: usize) -> (Cow<'_, str>, usize) {
    let shown = display(s);
    let total = cells_of(&shown);
    if total <= cells {
        return (shown, total);
    }
    let mark = MARK.get(..cells.min(MARK.len())).unwrap_or(MARK);
    let mut out = prefix(&shown, cells - mark.len()).to_owned();
    out.push_str(mark);
    let used = cells_of(&out);
    (Cow::Owned(out), used)
}

/// The characters of a drawing form with their cells, one or two each.
pub fn glyphs(shown: &str) -> impl Iterator<Item = (&str, usize)> {
    shown.char_indices().filter_map(|(at, c)| {
        let glyph = shown.get(at..at + c.len_utf8())?;
        // Most of what is drawn is ASCII or ideographs.
        let cells = match c {
            ' '..='~' => 1,
            '\u{4e00}'..='\u{9fff}' => 2,
            c => c.width().unwrap_or(0),
        };
        Some((glyph, cells))
    })
}

/// Width of a drawing form: its characters join with nothing, so their cells add up.
pub(super) fn cells_of(shown: &str) -> usize {
    glyphs(shown).map(|(_, cells)| cells).sum()
}

fn prefix(shown: &str, cells: usize) -> &str {
    shown.get(..taken(shown.chars(), cells)).unwrap_or(shown)
}

fn suffix(shown: &str, cells: usize) -> &str {
    shown.get(shown.len() - taken(shown.chars().rev(), cells)..).unwrap_or(shown)
}

/// Bytes of the leading characters that fit into `cells`.
fn taken(chars: impl Iterator<Item = char>, cells: usize) -> usize {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= cells
        })
        .map(char::len_utf8)
        .sum()
}

fn pad(out: &mut String, cells: usize) {
    out.extend(std::iter::repeat_n(' ', cells));
}
