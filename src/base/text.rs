//! Text for cells of a terminal: width, cleaning on entry, safe drawing forms, fitting, wrapping.
//! Must not know a terminal, a locale or a widget; every length here is in cells unless said otherwise.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

mod clean;
mod display;
mod fit;
mod nearest;
mod wrap;

pub use clean::{clean, clean_long, harmless, is_clean, json_escaped};
pub use display::display;
pub use fit::{cut, fit, fit_middle, fit_right, glyphs, short, shortened};
pub use nearest::nearest;
pub use wrap::wrap;

/// Cells `s` takes when ratatui draws it: graphemes holding a control character are skipped, ambiguous glyphs count
/// one cell (the narrow table).
pub fn width(s: &str) -> usize {
    if s.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return s.len();
    }
    s.graphemes(true).map(grapheme_width).sum()
}

/// Cells of one grapheme cluster, as the drawing layer counts them.
pub fn grapheme_width(g: &str) -> usize {
    let mut chars = g.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if !is_sound_mark(c) => c.width().unwrap_or(0),
        _ if g.contains(char::is_control) => 0,
        _ => g.width() + g.chars().filter(|c| is_sound_mark(*c)).count(),
    }
}

/// Half-width katakana sound marks: the drawing layer adds a cell for each to what the table says.
fn is_sound_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Full-width ASCII forms (`Ａ１：`) and the ideographic space as plain ASCII; everything else unchanged.
pub fn half_width(s: &str) -> String {
    s.chars().map(half_width_char).collect()
}

/// One character of [`half_width`].
pub fn half_width_char(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Whether two names mean one thing: width forms, case and blanks aside.
pub fn same(a: &str, b: &str) -> bool {
    let plain = |s: &str| -> String {
        s.chars().map(half_width_char).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
    };
    a == b || plain(a) == plain(b)
}

/// A phone number or name with its middle hidden: `138****5678`, `李*`.
pub fn mask(s: &str) -> String {
    let chars: Vec<char> = s.chars().collect();
    let (head, tail) = match chars.len() {
        0 => return String::new(),
        1..=4 => (1, 0),
        n if n < 8 => (2, 2),
        _ => (3, 4),
    };
    let hidden = std::iter::repeat_n('*', chars.len() - head - tail);
    chars[..head].iter().copied().chain(hidden).chain(chars[chars.len() - tail..].iter().copied()).collect()
}

#[cfg(test)]
mod tests;
