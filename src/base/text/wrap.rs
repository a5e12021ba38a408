//! Line wrapping with the Chinese line-break rule. Owns which glyphs may not open or close a line.

use unicode_width::UnicodeWidthChar;

use super::{display, fit::cells_of};

/// The lines of `s`, each at most `cells` wide, in drawing form.
///
/// `\n` starts a new line; ASCII words stay whole when they fit; no line opens with closing punctuation (the glyph
/// before it moves down with it) and none ends with an opening bracket, unless the width leaves no choice.
pub fn wrap(s: &str, cells: usize) -> Vec<String> {
    if cells == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for paragraph in s.split('\n') {
        wrap_paragraph(&display(paragraph), cells, &mut lines);
    }
    lines
}

fn wrap_paragraph(shown: &str, cells: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for unit in units(shown) {
        let wide = cells_of(unit);
        if used + wide <= cells {
            line.push_str(unit);
            used += wide;
        } else if unit.starts_with(' ') {
            finish(&mut line, lines);
            used = 0;
        } else {
            if !line.trim_end().is_empty() {
                finish(&mut line, lines);
            }
            line.clear();
            line.push_str(split_long(unit, cells, lines).as_str());
            used = cells_of(&line);
        }
    }
    finish(&mut line, lines);
}

fn finish(line: &mut String, lines: &mut Vec<String>) {
    line.truncate(line.trim_end_matches(' ').len());
    lines.push(std::mem::take(line));
}

/// Pieces that stay on one line: a word or glyph with its opening and closing punctuation, or a run of spaces.
fn units(shown: &str) -> impl Iterator<Item = &str> {
    let mut rest = shown;
    std::iter::from_fn(move || {
        let end = unit_end(rest)?;
        let (unit, tail) = rest.split_at_checked(end)?;
        rest = tail;
        Some(unit)
    })
}

/// Byte length of the first unit of `s`.
fn unit_end(s: &str) -> Option<usize> {
    let mut chars = s.char_indices();
    let (_, mut before) = chars.next()?;
    for (at, c) in chars {
        let joined = if before == ' ' || c == ' ' {
            before == c
        } else {
            may_not_open(c) || may_not_close(before) || (before.is_ascii() && c.is_ascii())
        };
        if !joined {
            return Some(at);
        }
        before = c;
    }
    Some(s.len())
}

/// Emits full lines of a unit wider than the line and returns what is left for the next one.
fn split_long(unit: &str, cells: usize, lines: &mut Vec<String>) -> String {
    let mut line: Vec<char> = Vec::new();
    let mut used = 0;
    for c in unit.chars() {
        let c = if c.width().unwrap_or(0) > cells { '?' } else { c };
        let wide = c.width().unwrap_or(0);
        if used + wide > cells {
            let carried = carry(&line, c, cells - wide);
            let tail = line.split_off(line.len() - carried);
            lines.push(line.into_iter().collect());
            used = tail.iter().filter_map(|c| c.width()).sum();
            line = tail;
        }
        line.push(c);
        used += wide;
    }
    line.into_iter().collect()
}

/// How many trailing glyphs of a full line move down so that `next` does not open one; `room` is left beside it.
fn carry(line: &[char], next: char, room: usize) -> usize {
    if !may_not_open(next) {
        return 0;
    }
    let (mut count, mut used) = (0, 0);
    for c in line.iter().rev() {
        count += 1;
        used += c.width().unwrap_or(0);
        if used > room || count == line.len() {
            return 0;
        }
        if !may_not_open(*c) {
            return count;
        }
    }
    0
}

/// Glyphs that never open a line.
pub(super) fn may_not_open(c: char) -> bool {
    "，。！？；：、）」』》〉】〕］｝％%,.!?;:)]}".contains(c)
}

/// Glyphs that never end a line.
fn may_not_close(c: char) -> bool {
    "（「『《〈【〔［｛([{".contains(c)
}
