//! One search term against one text: which piece of the term each character may consume.
//! Owns the matching rules; the column compiles them, [`matches`] and [`highlight`] run them directly.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::base::{pinyin, text};

/// Longest term, in characters after folding; what follows is ignored. One bit per position fits a word.
pub(super) const MAX_TERM: usize = 63;

/// Longest reading in letters (`zhuang`).
pub(super) const MAX_STEP: usize = 6;

/// Whether `term` occurs in `text` by the search rules: as ideographs, full pinyin, initials or a mix of them.
pub fn matches(term: &str, text: &str) -> bool {
    let pattern = Pattern::new(term);
    pattern.is_empty() || occurrence(&pattern, &glyphs_of(text)).is_some()
}

/// Byte ranges of `name` that `term` matches, leftmost first, not overlapping; for underlining.
pub fn highlight(term: &str, name: &str) -> Vec<Range<usize>> {
    let pattern = Pattern::new(term);
    let glyphs = glyphs_of(name);
    let mut found = Vec::new();
    let mut from = 0;
    while !pattern.is_empty() {
        let Some(rest) = glyphs.get(from..) else { break };
        let Some(range) = occurrence(&pattern, rest) else { break };
        let bytes = |at: usize| glyphs.get(at).map_or(name.len(), |(at, _)| *at);
        found.push(bytes(from + range.start)..bytes(from + range.end));
        from += range.end;
    }
    found
}

/// Folded characters with the byte offsets they come from.
fn glyphs_of(text: &str) -> Vec<(usize, char)> {
    text.char_indices().map(|(at, c)| (at, fold(c))).collect()
}

/// The leftmost, then shortest run of glyphs that consumes the whole pattern.
fn occurrence(pattern: &Pattern, glyphs: &[(usize, char)]) -> Option<Range<usize>> {
    let arcs: Vec<Arcs> = glyphs.iter().map(|(_, c)| pattern.arcs(*c)).collect();
    (0..arcs.len()).find_map(|start| {
        let mut set = 1;
        for (at, arc) in arcs.iter().enumerate().skip(start) {
            if arc.accept & set != 0 {
                return Some(start..at + 1);
            }
            set = arc.step(set);
            if set == 0 {
                return None;
            }
        }
        None
    })
}

/// The form characters are compared in: half-width, lower case.
pub(super) fn fold(c: char) -> char {
    let c = text::half_width_char(c);
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// What one glyph may do in every position of a pattern, as sets of positions.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Arcs {
    /// `steps[n]`: positions from which the glyph consumes exactly `n + 1` characters of the pattern.
    pub(super) steps: [u64; MAX_STEP],
    /// Positions from which the glyph consumes all that is left.
    pub(super) accept: u64,
}

impl Arcs {
    /// Positions reached from the positions in `set`.
    pub(super) fn step(&self, set: u64) -> u64 {
        self.steps.iter().enumerate().fold(0, |next, (n, from)| next | ((set & from) << (n + 1)))
    }

    fn add(&mut self, at: usize, length: usize, total: usize) {
        if at + length >= total {
            self.accept |= 1 << at;
        } else if let Some(from) = self.steps.get_mut(length - 1) {
            *from |= 1 << at;
        }
    }
}

/// A folded term.
pub(super) struct Pattern {
    chars: Vec<char>,
    /// Positions of each letter a to z, to find where a reading may start.
    letters: [u64; 26],
}

impl Pattern {
    /// Folds `term` and cuts it to [`MAX_TERM`] characters.
    pub(super) fn new(term: &str) -> Self {
        let chars: Vec<char> = term.nfc().map(fold).take(MAX_TERM).collect();
        let mut letters = [0; 26];
        for (at, c) in chars.iter().enumerate() {
            if let Some(mask) = letter(plain_letter(*c)).and_then(|n| letters.get_mut(n)) {
                *mask |= 1 << at;
            }
        }
        Self { chars, letters }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.chars.len() == 0
    }

    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The moves of the folded character `glyph`.
    pub(super) fn arcs(&self, glyph: char) -> Arcs {
        let mut arcs = Arcs::default();
        for (at, c) in self.chars.iter().enumerate() {
            if *c == glyph {
                arcs.add(at, 1, self.chars.len());
            }
        }
        for reading in pinyin::readings(glyph) {
            self.add_reading(reading.as_bytes(), &mut arcs);
        }
        arcs
    }

    /// Adds the moves of one reading: in full, its initial, its two-letter initial, and any prefix at the end.
    fn add_reading(&self, reading: &[u8], arcs: &mut Arcs) {
        let total = self.chars.len();
        let first = reading.first().and_then(|b| letter(char::from(*b))).and_then(|n| self.letters.get(n));
        let mut starts = first.copied().unwrap_or(0);
        while starts != 0 {
            let at = usize::try_from(starts.trailing_zeros()).unwrap_or(0);
            starts &= starts - 1;
            let same = self.common(at, reading);
            if same == 0 {
                continue;
            }
            arcs.add(at, 1, total);
            if same >= 2 && matches!(reading, [b'z' | b'c' | b's', b'h', ..]) {
                arcs.add(at, 2, total);
            }
            if same == reading.len() || at + same == total {
                arcs.add(at, same, total);
            }
        }
    }

    /// How many letters of `reading` the pattern has from `at` on.
    fn common(&self, at: usize, reading: &[u8]) -> usize {
        let rest = self.chars.get(at..).unwrap_or(&[]);
        let same = rest.iter().zip(reading).enumerate();
        same.take_while(|(n, (c, b))| {
            let before = n.checked_sub(1).and_then(|n| reading.get(n)).copied();
            alike(**c, **b, before)
        })
        .count()
    }
}

/// Whether a typed letter stands for a reading's letter: u, v and ü are one after l, n, j, q, x and y.
fn alike(typed: char, letter: u8, before: Option<u8>) -> bool {
    let loose = matches!(letter, b'u' | b'v') && matches!(before, Some(b'l' | b'n' | b'j' | b'q' | b'x' | b'y'));
    typed == char::from(letter) || (loose && matches!(typed, 'u' | 'v' | 'ü'))
}

fn letter(c: char) -> Option<usize> {
    c.is_ascii_lowercase().then(|| usize::from(c as u8 - b'a'))
}

fn plain_letter(c: char) -> char {
    if c == 'ü' { 'v' } else { c }
}
