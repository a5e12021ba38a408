//! The in-memory search column: names as glyph ids, matched by ideograph, pinyin, initials or a mix of them.
//! Must not touch the store or the screen; rows are known by number only, and what a facet byte means is the caller's.

mod codes;
mod column;
mod dictionary;
mod hits;
mod machine;
mod names;
mod pattern;
mod query;

pub use codes::{Codes, Finder};
pub use column::{Column, ColumnBuilder};
pub use hits::Hits;
pub use pattern::{highlight, matches};
pub use query::{FacetTest, Query, Term};

#[cfg(test)]
mod tests;
