//! The in-memory search column: names as numbers of glyphs, matched by ideographs, pinyin, initials or a mix.
//!
//! A word matches a name from any character on. Each Han character takes from the word itself, any whole reading, its
//! initial (one letter, or zh/ch/sh), and the last one also any beginning of a reading, so that hits appear while
//! typing. Every reading counts. Owns matching only; which rows there are is the caller's.

mod column;
mod pattern;

pub use column::{Builder, Column, FacetTest, Hits, Query};
pub use pattern::Pattern;

use crate::base::text;
use std::ops::Range;

/// Character as it is compared: half-width, lower case.
pub(crate) fn fold(c: char) -> char {
    let c = text::half(c);
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether `word` matches anywhere in `name`.
pub fn matches(word: &str, name: &str) -> bool {
    Pattern::new(word).is_some_and(|p| p.find(name).is_some()) || word.trim().is_empty()
}

/// The bytes of `name` that `word` matches first, for marking them.
pub fn highlight(word: &str, name: &str) -> Option<Range<usize>> {
    Pattern::new(word)?.find(name)
}

#[cfg(test)]
mod tests;
