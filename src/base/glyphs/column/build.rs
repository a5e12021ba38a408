//! Filling a column in row order. Owns the choice between one name per row and each distinct name once.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use super::super::dictionary::Dictionary;
use super::super::hits::{Bits, index};
use super::super::names::{MAX_GLYPHS, Names};
use super::{Column, next_stamp};

/// Rows seen before sharing of names may be given up early; bounds the memory of the build, not of the column.
const TRIAL: usize = 1 << 20;

/// Fills a [`Column`]; rows in ascending order are cheapest.
pub struct ColumnBuilder {
    column: Column,
    /// Number of a stored name by its hash, while names are shared.
    seen: Option<HashMap<u64, u32>>,
    glyphs: Vec<u16>,
    hasher: std::collections::hash_map::RandomState,
}

impl ColumnBuilder {
    /// A builder for rows with `facets` facet bytes each.
    pub fn new(facets: usize) -> Self {
        Self::with(Dictionary::new(), facets)
    }

    fn with(dictionary: Dictionary, facets: usize) -> Self {
        Self {
            column: Column::empty(dictionary, facets),
            seen: Some(HashMap::new()),
            glyphs: Vec::new(),
            hasher: std::collections::hash_map::RandomState::new(),
        }
    }

    /// Adds a row; a number pushed before replaces that row.
    pub fn push(&mut self, row: u32, name: &str, facets: &[u8]) {
        let mut glyphs = std::mem::take(&mut self.glyphs);
        self.column.dictionary.encode(name, &mut glyphs);
        self.push_glyphs(row, &glyphs, facets);
        self.glyphs = glyphs;
    }

    /// The finished column.
    pub fn finish(mut self) -> Column {
        if self.is_mostly_distinct() {
            self.stop_sharing();
        }
        let column = &mut self.column;
        column.names.shrink();
        column.alive.shrink_to_fit();
        column.facets.iter_mut().for_each(Vec::shrink_to_fit);
        if let Some(ids) = &mut column.name_of {
            ids.shrink_to_fit();
        }
        column.stamp = next_stamp();
        self.column
    }

    /// A new column with the rows of `old`.
    pub(super) fn rebuild(mut old: Column) -> Column {
        let dictionary = std::mem::replace(&mut old.dictionary, Dictionary::new());
        let mut builder = Self::with(dictionary, old.facets.len());
        let mut facets = vec![0; old.facets.len()];
        for (at, word) in old.alive.iter().enumerate() {
            for row in Bits(*word).filter_map(|bit| u32::try_from(at * 64 + index(bit)).ok()) {
                for (byte, column) in facets.iter_mut().zip(&old.facets) {
                    *byte = column.get(index(row)).copied().unwrap_or(0);
                }
                builder.push_glyphs(row, old.name(row), &facets);
            }
        }
        for (row, outlier) in &old.beyond {
            builder.push_glyphs(*row, &outlier.name, &outlier.facets);
        }
        builder.finish()
    }

    fn push_glyphs(&mut self, row: u32, glyphs: &[u16], facets: &[u8]) {
        if index(row) != self.column.slots || glyphs.len() > MAX_GLYPHS {
            self.column.place(row, glyphs, facets);
            return;
        }
        let shared = self.shared(glyphs);
        self.column.rows += 1;
        self.column.append(row, shared, glyphs, facets);
        self.column.adopt_outliers();
        if self.column.slots >= TRIAL && self.column.slots.is_power_of_two() && self.is_mostly_distinct() {
            self.stop_sharing();
        }
    }

    /// Number of an equal name stored before; remembers the name as the next one otherwise.
    fn shared(&mut self, glyphs: &[u16]) -> Option<u32> {
        let seen = self.seen.as_mut()?;
        let mut hasher = self.hasher.build_hasher();
        glyphs.iter().for_each(|glyph| hasher.write_u16(*glyph));
        let names = &self.column.names;
        let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let number = *seen.entry(hasher.finish()).or_insert(next);
        // Two names with one hash: the second is stored again each time, which costs memory only.
        (number != next && names.get(index(number)) == glyphs).then_some(number)
    }

    /// Whether an id per row would cost more than repeating the repeated names.
    fn is_mostly_distinct(&self) -> bool {
        self.column.name_of.is_some()
            && self.column.slots >= 1024
            && self.column.names.len() > self.column.slots / 5 * 3
    }

    /// Lays the names out one per slot.
    fn stop_sharing(&mut self) {
        self.seen = None;
        let Some(ids) = self.column.name_of.take() else { return };
        let shared = std::mem::take(&mut self.column.names);
        if shared.len() == ids.len() {
            self.column.names = shared;
            return;
        }
        let mut names = Names::default();
        for number in ids {
            names.push(shared.get(index(number)));
        }
        self.column.names = names;
    }
}
