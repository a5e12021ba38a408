//! Rows of the search column: one slot a row number, a name and facet bytes each. Owns changes after the build.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::dictionary::Dictionary;
use super::hits::{bit_of, index, word_of};
use super::names::{MAX_GLYPHS, Names};

mod build;
mod search;

pub use build::ColumnBuilder;

/// Row numbers below this always get a slot of their own, however few rows there are.
const DENSE_ROWS: usize = if cfg!(test) { 512 } else { 1 << 20 };

/// Changed names kept aside before the column is laid out anew, at least; beyond it one in [`PATCH_SHARE`] rows.
const PATCHES: usize = 4096;
const PATCH_SHARE: usize = 16;

/// Names and facet bytes of rows, held in memory for searching.
///
/// Row numbers should be nearly dense, as row ids of a table are: each number up to the largest takes a slot of a few
/// bytes. A number far beyond the others is kept aside instead and costs about a hundred bytes.
pub struct Column {
    dictionary: Dictionary,
    names: Names,
    /// Number in `names` by slot; without it slot and number are the same.
    name_of: Option<Vec<u32>>,
    /// One bit a slot: whether the row exists.
    alive: Vec<u64>,
    slots: usize,
    rows: usize,
    facets: Vec<Vec<u8>>,
    /// Names by slot that replace the one in `names`: changed since the build, or too long for the flat store.
    patches: BTreeMap<u32, Box<[u16]>>,
    /// Rows whose number is too large for a slot.
    beyond: BTreeMap<u32, Outlier>,
    /// Number of this state among all states of all columns.
    stamp: u64,
}

struct Outlier {
    name: Box<[u16]>,
    facets: Box<[u8]>,
}

impl Column {
    fn empty(dictionary: Dictionary, facets: usize) -> Self {
        Self {
            dictionary,
            names: Names::default(),
            name_of: Some(Vec::new()),
            alive: Vec::new(),
            slots: 0,
            rows: 0,
            facets: vec![Vec::new(); facets],
            patches: BTreeMap::new(),
            beyond: BTreeMap::new(),
            stamp: next_stamp(),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the column keeps each distinct name once (many names repeat) or one per row.
    pub fn shares_names(&self) -> bool {
        self.name_of.is_some()
    }

    /// Heap memory in bytes, estimated from capacities.
    pub fn memory_bytes(&self) -> usize {
        let patches: usize = self.patches.values().map(|name| name.len() * 2 + 48).sum();
        let beyond: usize = self.beyond.values().map(|row| row.name.len() * 2 + row.facets.len() + 96).sum();
        self.dictionary.memory_bytes()
            + self.names.memory_bytes()
            + self.name_of.as_ref().map_or(0, |ids| ids.capacity() * 4)
            + self.alive.capacity() * 8
            + self.facets.iter().map(Vec::capacity).sum::<usize>()
            + patches
            + beyond
    }

    /// Whether the row exists.
    pub fn contains(&self, row: u32) -> bool {
        self.alive.get(word_of(row)).is_some_and(|word| word & bit_of(row) != 0) || self.beyond.contains_key(&row)
    }

    /// A facet byte of a row; zero where there is none.
    pub fn facet(&self, row: u32, facet: usize) -> u8 {
        match self.beyond.get(&row) {
            Some(outlier) => outlier.facets.get(facet).copied().unwrap_or(0),
            None => self.facets.get(facet).and_then(|bytes| bytes.get(index(row))).copied().unwrap_or(0),
        }
    }

    /// Adds a row or replaces it. Missing facet bytes count as zero, surplus ones are ignored.
    ///
    /// Hits found before are of an older state; [`Column::narrow`] notices.
    pub fn upsert(&mut self, row: u32, name: &str, facets: &[u8]) {
        let mut glyphs = Vec::new();
        self.dictionary.encode(name, &mut glyphs);
        self.place(row, &glyphs, facets);
        self.stamp = next_stamp();
        if self.patches.len() > PATCHES.max(self.slots / PATCH_SHARE) {
            self.lay_out_anew();
        }
    }

    /// Removes a row; nothing happens when there is none.
    pub fn remove(&mut self, row: u32) {
        if !self.contains(row) {
            return;
        }
        if self.beyond.remove(&row).is_none() {
            self.patches.remove(&row);
            if let Some(word) = self.alive.get_mut(word_of(row)) {
                *word &= !bit_of(row);
            }
        }
        self.rows -= 1;
        self.stamp = next_stamp();
    }

    fn place(&mut self, row: u32, glyphs: &[u16], facets: &[u8]) {
        self.rows += usize::from(!self.contains(row));
        if index(row) < self.slots {
            self.patch(row, glyphs);
            self.revive(row, facets);
        } else if index(row) < DENSE_ROWS.max(self.slots.saturating_mul(2)) {
            self.beyond.remove(&row);
            self.append(row, None, glyphs, facets);
            self.adopt_outliers();
        } else {
            self.beyond.insert(row, Outlier { name: glyphs.into(), facets: facets.into() });
        }
    }

    /// Adds slots up to `row` and fills the last one; `shared` is the number of an equal name already stored.
    fn append(&mut self, row: u32, shared: Option<u32>, glyphs: &[u16], facets: &[u8]) {
        while self.slots < index(row) {
            self.push_slot(None, &[]);
        }
        self.push_slot(shared, if glyphs.len() > MAX_GLYPHS { &[] } else { glyphs });
        if glyphs.len() > MAX_GLYPHS {
            self.patches.insert(row, glyphs.into());
        }
        self.revive(row, facets);
    }

    /// Adds one slot, dead until revived.
    fn push_slot(&mut self, shared: Option<u32>, glyphs: &[u16]) {
        let number = shared.unwrap_or(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        if shared.is_none() {
            self.names.push(glyphs);
        }
        if let Some(ids) = &mut self.name_of {
            ids.push(number);
        }
        for column in &mut self.facets {
            column.push(0);
        }
        self.slots += 1;
        self.alive.resize(self.slots.div_ceil(64), 0);
    }

    /// Marks the slot of `row` as used and sets its facet bytes.
    fn revive(&mut self, row: u32, facets: &[u8]) {
        if let Some(word) = self.alive.get_mut(word_of(row)) {
            *word |= bit_of(row);
        }
        for (at, column) in self.facets.iter_mut().enumerate() {
            if let Some(byte) = column.get_mut(index(row)) {
                *byte = facets.get(at).copied().unwrap_or(0);
            }
        }
    }

    /// Gives the slot of `row` another name.
    fn patch(&mut self, row: u32, glyphs: &[u16]) {
        if self.names.get(self.number_of(row)) == glyphs {
            self.patches.remove(&row);
        } else {
            self.patches.insert(row, glyphs.into());
        }
    }

    /// Number in `names` of the name the slot of `row` was built with.
    fn number_of(&self, row: u32) -> usize {
        match &self.name_of {
            Some(ids) => ids.get(index(row)).map_or(usize::MAX, |number| index(*number)),
            None => index(row),
        }
    }

    /// The name of an existing slot, as it counts now.
    fn name(&self, row: u32) -> &[u16] {
        match self.patches.get(&row) {
            Some(name) => name,
            None => self.names.get(self.number_of(row)),
        }
    }

    /// Moves rows kept aside into slots that now exist for them.
    fn adopt_outliers(&mut self) {
        while let Some(first) = self.beyond.first_entry() {
            if index(*first.key()) >= self.slots {
                break;
            }
            let (row, outlier) = first.remove_entry();
            self.patch(row, &outlier.name);
            self.revive(row, &outlier.facets);
        }
    }

    /// Builds the same rows again, so that changed names join the flat store and names no row has are dropped.
    pub(super) fn lay_out_anew(&mut self) {
        let old = std::mem::replace(self, Self::empty(Dictionary::new(), self.facets.len()));
        *self = ColumnBuilder::rebuild(old);
    }
}

/// Stamps tell states of columns apart, so that hits are never narrowed against another state.
fn next_stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
