//! The rows a search found: a bitmap over row numbers with an exact count.

/// A set of row numbers.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Bit `row % 64` of word `row / 64`.
    words: Vec<u64>,
    /// Rows beyond the bitmap, ascending.
    beyond: Vec<u32>,
    count: usize,
    /// State of the column the rows come from.
    stamp: u64,
}

impl Hits {
    pub(super) fn new(words: Vec<u64>, beyond: Vec<u32>, stamp: u64) -> Self {
        let count = words.iter().map(|word| ones(*word)).sum::<usize>() + beyond.len();
        Self { words, beyond, count, stamp }
    }

    /// Those of the rows that `keep` says yes to.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(u32) -> bool) -> Hits {
        let words = self.words.iter().enumerate().map(|(at, word)| {
            let kept = Bits(*word).filter(|bit| keep(row_at(at, *bit)));
            kept.fold(0, |bits, bit| bits | 1_u64 << bit)
        });
        Hits::new(words.collect(), self.beyond.iter().copied().filter(|row| keep(*row)).collect(), self.stamp)
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(super) fn stamp(&self) -> u64 {
        self.stamp
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn contains(&self, row: u32) -> bool {
        match self.words.get(word_of(row)) {
            Some(word) => word & bit_of(row) != 0,
            None => self.beyond.binary_search(&row).is_ok(),
        }
    }

    /// Row numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.from(0)
    }

    /// Row numbers from `row` on, ascending: the next page after a known row.
    pub fn from(&self, row: u32) -> impl Iterator<Item = u32> {
        let first = word_of(row);
        let dense = self.words.iter().enumerate().skip(first).flat_map(move |(at, word)| {
            let kept = if at == first { word & !(bit_of(row) - 1) } else { *word };
            Bits(kept).map(move |bit| row_at(at, bit))
        });
        let start = self.beyond.partition_point(|other| *other < row);
        dense.chain(self.beyond.iter().skip(start).copied())
    }

    /// How many rows are smaller than `row`: its place in the list when it is one of them.
    pub fn rank(&self, row: u32) -> usize {
        let at = word_of(row);
        let whole: usize = self.words.iter().take(at).map(|word| ones(*word)).sum();
        let part = self.words.get(at).map_or(0, |word| ones(word & (bit_of(row) - 1)));
        whole + part + self.beyond.partition_point(|other| *other < row)
    }

    /// The `n`th row counted from zero; for scrolling to a place in the list.
    pub fn nth(&self, n: usize) -> Option<u32> {
        let mut left = n;
        for (at, word) in self.words.iter().enumerate() {
            let here = ones(*word);
            if left < here {
                return Bits(*word).nth(left).map(|bit| row_at(at, bit));
            }
            left -= here;
        }
        self.beyond.get(left).copied()
    }
}

/// Positions of the set bits of a word, ascending.
pub(super) struct Bits(pub(super) u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

pub(super) fn word_of(row: u32) -> usize {
    index(row / 64)
}

pub(super) fn bit_of(row: u32) -> u64 {
    1 << (row % 64)
}

/// A row number as an index; lossless on every target we build for.
pub(super) fn index(n: u32) -> usize {
    n as usize
}

fn row_at(word: usize, bit: u32) -> u32 {
    u32::try_from(word * 64).unwrap_or(u32::MAX) | bit
}

fn ones(word: u64) -> usize {
    index(word.count_ones())
}
