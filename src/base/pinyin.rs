//! Toneless pinyin: readings of a character, sort keys and initials of a name.
//! Owns the tables that put Shaanxi and Jiangsu place names and farm goods right; must not know what a name is for.

use std::collections::HashMap;
use std::sync::OnceLock;

use pinyin::ToPinyinMulti;

use super::text::half_width_char;

mod words;

/// First and one past the last character of the dense lookup table (CJK extension A and the main block).
const DENSE: std::ops::Range<u32> = 0x3400..0xa000;

/// All toneless readings of `c`, the usual one first, ü written `v`; empty when `c` is no Han character.
pub fn readings(c: char) -> &'static [&'static str] {
    tables().readings(c)
}

/// Sort key: readings of Han characters with a space between syllables, other text in lower case half-width form.
///
/// Keys compare syllable by syllable, because a space sorts before every letter. Names that sound alike share a key:
/// compare the names themselves after it.
pub fn key(s: &str) -> String {
    let mut out = String::with_capacity(s.len() * 2);
    let mut last = Kind::Start;
    walk(s, |piece| match piece {
        Piece::Syllable(reading) => {
            if last != Kind::Start && !out.ends_with(' ') {
                out.push(' ');
            }
            out.push_str(reading);
            last = Kind::Syllable;
        }
        Piece::Other(c) => {
            let c = half_width_char(c);
            if last == Kind::Syllable && c != ' ' {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
            last = Kind::Other;
        }
    });
    out
}

/// First letters of the usual readings; letters and digits stay, everything else is left out (`柞水木耳250g` is
/// `zsme250g`).
pub fn initials(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    walk(s, |piece| match piece {
        Piece::Syllable(reading) => out.extend(reading.chars().next()),
        Piece::Other(c) if c.is_alphanumeric() => out.extend(half_width_char(c).to_lowercase()),
        Piece::Other(_) => {}
    });
    out
}

#[derive(PartialEq)]
enum Kind {
    Start,
    Syllable,
    Other,
}

enum Piece {
    /// The reading of one Han character in its word.
    Syllable(&'static str),
    /// A character without a reading.
    Other(char),
}

/// Hands out `s` piece by piece, whole known words first, then single characters.
fn walk(s: &str, mut emit: impl FnMut(Piece)) {
    let tables = tables();
    let mut rest = s;
    while let Some(c) = rest.chars().next() {
        if let Some((word, reading)) = tables.word(c, rest) {
            reading.split(' ').for_each(|syllable| emit(Piece::Syllable(syllable)));
            rest = rest.get(word.len()..).unwrap_or("");
            continue;
        }
        emit(match tables.readings(c).first() {
            Some(reading) => Piece::Syllable(reading),
            None => Piece::Other(c),
        });
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
}

type Readings = &'static [&'static str];

/// Lookups built once per process.
struct Tables {
    /// Readings by code point from the start of [`DENSE`].
    dense: Vec<Readings>,
    /// Whether a word of [`words::WORDS`] starts with the character, by code point from the start of [`DENSE`].
    starts: Vec<bool>,
    /// Readings of characters outside [`DENSE`], by character.
    sparse: Vec<(char, Readings)>,
    /// [`words::WORDS`] by first character, longest first.
    words: Vec<(char, &'static str, &'static str)>,
}

impl Tables {
    fn readings(&self, c: char) -> Readings {
        if c.is_ascii() {
            return &[];
        }
        if let Some(found) = dense_index(c).and_then(|i| self.dense.get(i)) {
            return found;
        }
        let found = self.sparse.binary_search_by_key(&c, |(c, _)| *c).ok();
        found.and_then(|i| self.sparse.get(i)).map_or(&[], |(_, readings)| readings)
    }

    /// The longest known word `rest` starts with; `c` is its first character.
    fn word(&self, c: char, rest: &str) -> Option<(&'static str, &'static str)> {
        if !dense_index(c).and_then(|i| self.starts.get(i)).copied().unwrap_or(false) {
            return None;
        }
        let first = self.words.partition_point(|(start, ..)| *start < c);
        let same = self.words.get(first..)?.iter().take_while(|(start, ..)| *start == c);
        same.map(|(_, word, reading)| (*word, *reading)).find(|(word, _)| rest.starts_with(word))
    }
}

fn dense_index(c: char) -> Option<usize> {
    let n = u32::from(c);
    if DENSE.contains(&n) { usize::try_from(n - DENSE.start).ok() } else { None }
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(build)
}

/// Reads the crate's data once. The reading lists are leaked on purpose: they live as long as the process.
fn build() -> Tables {
    let mut known: HashMap<Vec<&'static str>, Readings> = HashMap::new();
    let mut intern = |list: Vec<&'static str>| -> Readings {
        if list.is_empty() {
            return &[];
        }
        *known.entry(list).or_insert_with_key(|list| Vec::leak(list.clone()))
    };
    let mut ours: HashMap<char, Vec<&'static str>> = HashMap::new();
    for (chars, reading) in words::READINGS {
        chars.chars().for_each(|c| ours.entry(c).or_default().push(reading));
    }
    let dense = DENSE.map(|n| intern(char::from_u32(n).map(|c| lookup(c, &ours)).unwrap_or_default())).collect();
    let outside = ['\u{3007}'].into_iter().chain('\u{f900}'..='\u{faff}').chain('\u{20000}'..='\u{323af}');
    let sparse = outside.map(|c| (c, intern(lookup(c, &ours)))).filter(|(_, list)| !list.is_empty()).collect();
    let mut words: Vec<_> =
        words::WORDS.iter().filter_map(|(word, reading)| Some((word.chars().next()?, *word, *reading))).collect();
    words.sort_by_key(|(start, word, _)| (*start, std::cmp::Reverse(word.len())));
    let mut starts = vec![false; DENSE.len()];
    for index in words.iter().filter_map(|(start, ..)| dense_index(*start)) {
        if let Some(flag) = starts.get_mut(index) {
            *flag = true;
        }
    }
    Tables { dense, starts, sparse, words }
}

/// Readings from our own list, then the crate, without repeats.
fn lookup(c: char, ours: &HashMap<char, Vec<&'static str>>) -> Vec<&'static str> {
    let ours = ours.get(&c).into_iter().flatten().copied();
    let theirs = c.to_pinyin_multi().into_iter().flatten().filter_map(|p| toneless(p.plain()));
    let mut list = Vec::new();
    for reading in ours.chain(theirs) {
        if !list.contains(&reading) {
            list.push(reading);
        }
    }
    list
}

/// A crate reading in plain letters: ü as `v`, ê as `e`; none for what is no syllable of letters.
fn toneless(plain: &'static str) -> Option<&'static str> {
    let ascii = match plain {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        "lüan" => "lvan",
        "ê" => "e",
        other => other,
    };
    (!ascii.is_empty() && ascii.bytes().all(|b| b.is_ascii_lowercase())).then_some(ascii)
}

#[cfg(test)]
mod tests;
