//! Cleans outside text once, on entry. Owns the list of characters that never enter the store.

use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

/// Text fit to be stored: NFC, without invisible or reordering characters, white space runs as one space, trimmed.
/// Cleaning twice changes nothing.
pub fn clean(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut gap = false;
    for c in s.chars().filter(|c| is_space(*c) || !is_unwanted(*c)).nfc() {
        if is_space(c) {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    out
}

/// Text of others on its way to a terminal or a file: what steers a terminal or turns the reading direction is left out,
/// line ends and everything visible stay.
pub fn harmless(s: &str) -> Cow<'_, str> {
    if s.chars().any(|c| c != '\n' && is_unwanted(c)) {
        return Cow::Owned(s.chars().filter(|c| *c == '\n' || !is_unwanted(*c)).collect());
    }
    Cow::Borrowed(s)
}

/// JSON text with every character that [`harmless`] leaves out written as an escape: the same value, safe on a terminal.
pub fn json_escaped(json: &str) -> Cow<'_, str> {
    if !json.chars().any(|c| c != '\n' && is_unwanted(c)) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 16);
    let mut units = [0_u16; 2];
    for c in json.chars() {
        if c == '\n' || !is_unwanted(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    Cow::Owned(out)
}

/// [`clean`], then cut after `max_graphemes` grapheme clusters.
pub fn clean_long(s: &str, max_graphemes: usize) -> String {
    let mut out = clean(s);
    if let Some((end, _)) = out.grapheme_indices(true).nth(max_graphemes) {
        out.truncate(end);
        out.truncate(out.trim_end().len());
    }
    out
}

/// Whether [`clean`] would leave `s` as it is.
pub fn is_clean(s: &str) -> bool {
    let mut gap = true;
    for c in s.chars() {
        if is_unwanted(c) || (is_space(c) && (gap || c != ' ')) {
            return false;
        }
        gap = c == ' ';
    }
    (s.is_empty() || !gap) && is_nfc(s)
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// Characters that carry no visible text: controls, bidi marks, zero width, variation selectors, tags, fillers,
/// private use, noncharacters.
pub(super) fn is_unwanted(c: char) -> bool {
    if matches!(c, ' '..='~' | '\u{3001}'..='\u{3163}' | '\u{3400}'..='\u{9fff}') {
        return false;
    }
    c.is_control() || is_invisible(c) || is_unassigned_for_good(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_unassigned_for_good(c: char) -> bool {
    let n = u32::from(c);
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..='\u{10ffff}') || n & 0xfffe == 0xfffe
}
