//! Names in memory: each distinct character has a number, a name is a run of numbers, equal names are kept once.
//!
//! A query is answered from the distinct names; rows carry the number of their name and a few facet bytes.

use super::fold;
use super::pattern::{Moves, Pattern, step};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Number of a distinct name.
type NameNo = u32;

/// Row numbers that match, with exact count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    bits: Vec<u64>,
    len: usize,
}

impl Hits {
    fn with_rows(rows: u32) -> Hits {
        Hits { bits: vec![0; rows as usize / 64 + 1], len: 0 }
    }

    fn insert(&mut self, row: u32) {
        let (word, bit) = (row as usize / 64, 1_u64 << (row % 64));
        if let Some(w) = self.bits.get_mut(word)
            && *w & bit == 0
        {
            *w |= bit;
            self.len += 1;
        }
    }

    /// How many rows match.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a row is among them.
    pub fn contains(&self, row: u32) -> bool {
        self.bits.get(row as usize / 64).is_some_and(|w| w & (1 << (row % 64)) != 0)
    }

    /// The rows, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.iter().enumerate().flat_map(|(i, word)| {
            let mut w = *word;
            std::iter::from_fn(move || {
                if w == 0 {
                    return None;
                }
                let bit = w.trailing_zeros();
                w &= w - 1;
                u32::try_from(i * 64).ok().map(|base| base + bit)
            })
        })
    }
}

/// A facet must be one of some values, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetTest {
    /// Place of the facet in a row.
    pub facet: usize,
    /// Allowed values, one flag a value.
    pub allowed: [bool; 256],
}

/// Words to match, each perhaps negated, and facet tests; all must hold.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub words: Vec<(Pattern, bool)>,
    pub facets: Vec<FacetTest>,
}

/// Collects rows for a [`Column`].
#[derive(Debug)]
pub struct Builder {
    column: Column,
    known: HashMap<Box<[u16]>, NameNo>,
}

/// The column.
#[derive(Debug, Default)]
pub struct Column {
    glyphs: Vec<char>,
    numbers: HashMap<char, u16>,
    /// Glyphs of the distinct names, one after another.
    text: Vec<u16>,
    /// End of each distinct name in `text`.
    ends: Vec<u32>,
    /// Name of each row; `NONE` where there is no such row.
    names: Vec<NameNo>,
    /// `width` bytes a row.
    facets: Vec<u8>,
    width: usize,
    rows: usize,
}

const NONE: NameNo = NameNo::MAX;

impl Builder {
    /// A builder of rows with `facets` facet bytes each.
    pub fn new(facets: usize) -> Builder {
        Builder { column: Column { width: facets, ..Column::default() }, known: HashMap::new() }
    }

    /// Adds a row; a row number given twice keeps the later name.
    pub fn push(&mut self, row: u32, name: &str, facets: &[u8]) {
        let run = self.column.run(name);
        let name = match self.known.get(run.as_slice()) {
            Some(no) => *no,
            None => {
                let no = self.column.add_name(&run);
                self.known.insert(run.into_boxed_slice(), no);
                no
            }
        };
        self.column.set(row, name, facets);
    }

    /// The finished column, its spare memory given back.
    pub fn finish(self) -> Column {
        let mut column = self.column;
        column.text.shrink_to_fit();
        column.ends.shrink_to_fit();
        column.names.shrink_to_fit();
        column.facets.shrink_to_fit();
        column
    }
}

impl Column {
    /// Rows held.
    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Bytes held by the column.
    pub fn memory_bytes(&self) -> usize {
        self.text.capacity() * 2 + self.ends.capacity() * 4 + self.names.capacity() * 4 + self.facets.capacity()
    }

    /// Sets the name and facets of a row, new or known.
    pub fn upsert(&mut self, row: u32, name: &str, facets: &[u8]) {
        let run = self.run(name);
        let known = self.names.get(row as usize).copied().filter(|n| *n != NONE && self.name(*n) == run.as_slice());
        let no = known.unwrap_or_else(|| self.add_name(&run));
        self.set(row, no, facets);
    }

    fn set(&mut self, row: u32, name: NameNo, facets: &[u8]) {
        let at = row as usize;
        if self.names.len() <= at {
            self.names.resize(at + 1, NONE);
            self.facets.resize((at + 1) * self.width, 0);
        }
        self.rows += usize::from(self.names[at] == NONE);
        self.names[at] = name;
        for (i, byte) in facets.iter().take(self.width).enumerate() {
            self.facets[at * self.width + i] = *byte;
        }
    }

    /// The glyph numbers of a name; characters beyond the 65,535th distinct one share the last number.
    fn run(&mut self, name: &str) -> Vec<u16> {
        let mut run = Vec::with_capacity(name.len() / 2);
        for c in name.chars().filter(|c| !c.is_whitespace()).map(fold) {
            let number = match self.numbers.get(&c) {
                Some(n) => *n,
                None => {
                    let n = u16::try_from(self.glyphs.len()).unwrap_or(u16::MAX);
                    if n < u16::MAX {
                        self.glyphs.push(c);
                        self.numbers.insert(c, n);
                    }
                    n
                }
            };
            run.push(number);
        }
        run
    }

    fn add_name(&mut self, run: &[u16]) -> NameNo {
        self.text.extend_from_slice(run);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        NameNo::try_from(self.ends.len() - 1).unwrap_or(NONE)
    }

    fn name(&self, no: NameNo) -> &[u16] {
        let no = no as usize;
        let start = if no == 0 { 0 } else { self.ends[no - 1] as usize };
        &self.text[start..self.ends[no] as usize]
    }

    /// The rows that match; `None` when `cancel` was set meanwhile.
    pub fn search(&self, query: &Query, cancel: &AtomicBool) -> Option<Hits> {
        let mut wanted: Option<Vec<bool>> = None;
        for (pattern, negated) in &query.words {
            let found = self.match_names(pattern, cancel)?;
            wanted = Some(match wanted {
                None => found.into_iter().map(|f| f != *negated).collect(),
                Some(before) => before.into_iter().zip(found).map(|(b, f)| b && f != *negated).collect(),
            });
        }
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let mut hits = Hits::with_rows(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        for (at, name) in self.names.iter().enumerate() {
            if *name == NONE || wanted.as_ref().is_some_and(|w| !w[*name as usize]) {
                continue;
            }
            let facets = &self.facets[at * self.width..(at + 1) * self.width];
            if query.facets.iter().all(|t| t.allowed[usize::from(facets[t.facet])])
                && let Ok(row) = u32::try_from(at)
            {
                hits.insert(row);
            }
        }
        Some(hits)
    }

    /// For each distinct name whether the pattern matches.
    fn match_names(&self, pattern: &Pattern, cancel: &AtomicBool) -> Option<Vec<bool>> {
        // The last number stands for every character beyond the dictionary: it matches nothing.
        let mut moves: Vec<Moves> = self.glyphs.iter().map(|c| pattern.moves(*c)).collect();
        moves.resize(usize::from(u16::MAX) + 1, Moves::default());
        let goal = pattern.goal();
        let mut found = vec![false; self.ends.len()];
        let mut start = 0_usize;
        for (no, end) in self.ends.iter().enumerate() {
            if no % 65_536 == 0 && cancel.load(Ordering::Relaxed) {
                return None;
            }
            let end = *end as usize;
            let mut state = 0_u64;
            for glyph in &self.text[start..end] {
                let m = &moves[usize::from(*glyph)];
                // Nothing under way and no beginning here: most characters end at this test.
                if (state | 1) & m.from == 0 {
                    state = 0;
                    continue;
                }
                state = step(state | 1, m);
                if state & goal != 0 {
                    found[no] = true;
                    break;
                }
            }
            start = end;
        }
        Some(found)
    }
}
