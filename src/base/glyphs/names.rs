//! Glyph strings in one flat store, numbered from zero, 64 to a block. Owns their layout and the scan over them.

use std::sync::atomic::{AtomicBool, Ordering};

use super::hits::{Bits, index};
use super::machine::{Machine, Table};

/// Longest name the flat store holds, in glyphs.
pub(super) const MAX_GLYPHS: usize = u8::MAX as usize;

/// Blocks scanned between two looks at the cancel flag; some tens of microseconds.
const STRIDE: usize = 64;

/// From this many names on, two threads share a scan.
const SHARED: usize = 200_000;

/// Names as glyph ids.
#[derive(Default)]
pub(super) struct Names {
    glyphs: Vec<u16>,
    lengths: Vec<u8>,
    /// Start of each block of 64 names in `glyphs`.
    blocks: Vec<u32>,
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Appends a name of at most [`MAX_GLYPHS`] glyphs; false when it is longer or the store is full.
    pub(super) fn push(&mut self, name: &[u16]) -> bool {
        let (Ok(length), Ok(start)) = (u8::try_from(name.len()), u32::try_from(self.glyphs.len())) else {
            return false;
        };
        if self.lengths.len().is_multiple_of(64) {
            self.blocks.push(start);
        }
        self.glyphs.extend_from_slice(name);
        self.lengths.push(length);
        true
    }

    pub(super) fn get(&self, at: usize) -> &[u16] {
        let first = at / 64 * 64;
        let before = self.lengths.get(first..at).unwrap_or(&[]).iter().map(|n| usize::from(*n)).sum::<usize>();
        let start = self.blocks.get(at / 64).map_or(0, |start| index(*start)) + before;
        let length = self.lengths.get(at).map_or(0, |n| usize::from(*n));
        self.glyphs.get(start..start + length).unwrap_or(&[])
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.glyphs.capacity() * 2 + self.lengths.capacity() + self.blocks.capacity() * 4
    }

    pub(super) fn shrink(&mut self) {
        self.glyphs.shrink_to_fit();
        self.lengths.shrink_to_fit();
        self.blocks.shrink_to_fit();
    }

    /// Clears the bits of `set` whose names do not match (or do, when `negated`); false when cancelled.
    pub(super) fn sieve(&self, set: &mut [u64], machine: &Machine, negated: bool, cancel: &AtomicBool) -> bool {
        if self.len() < SHARED {
            return self.sieve_part(0, set, machine, negated, cancel);
        }
        let (left, right) = set.split_at_mut(set.len() / 2);
        let middle = left.len();
        std::thread::scope(|scope| {
            let other = scope.spawn(move || self.sieve_part(middle, right, machine, negated, cancel));
            let mine = self.sieve_part(0, left, machine, negated, cancel);
            other.join().unwrap_or(false) && mine
        })
    }

    /// [`Names::sieve`] for the words of `set` from block `first` on.
    fn sieve_part(&self, first: usize, set: &mut [u64], machine: &Machine, negated: bool, cancel: &AtomicBool) -> bool {
        let flip = if negated { u64::MAX } else { 0 };
        for (stride, words) in set.chunks_mut(STRIDE).enumerate() {
            if cancel.load(Ordering::Relaxed) {
                return false;
            }
            for (at, word) in words.iter_mut().enumerate().filter(|(_, word)| **word != 0) {
                *word &= self.match_block(first + stride * STRIDE + at, *word, machine) ^ flip;
            }
        }
        true
    }

    /// The names of a block that match, as far as `wanted` asks for them.
    fn match_block(&self, block: usize, wanted: u64, machine: &Machine) -> u64 {
        let lengths = self.lengths.get(block * 64..).unwrap_or(&[]);
        let lengths = lengths.get(..64).unwrap_or(lengths);
        let start = self.blocks.get(block).map_or(0, |start| index(*start));
        let mut rest = self.glyphs.get(start..).unwrap_or(&[]);
        let mut found = 0;
        if let (Some(table), true) = (machine.table(), wanted.count_ones() > 8) {
            return match_all(table, rest, lengths);
        }
        let mut skipped = 0;
        for at in Bits(wanted).map(index) {
            let gap = lengths.get(skipped..at).unwrap_or(&[]).iter().map(|n| usize::from(*n)).sum();
            let length = lengths.get(at).map_or(0, |n| usize::from(*n));
            rest = rest.get(gap..).unwrap_or(&[]);
            let Some((name, tail)) = rest.split_at_checked(length) else { break };
            found |= u64::from(machine.finds(name)) << at;
            rest = tail;
            skipped = at + 1;
        }
        found
    }
}

/// The names laid end to end in `glyphs` that match, one bit each.
fn match_all(table: &Table, mut glyphs: &[u16], lengths: &[u8]) -> u64 {
    let mut found = 0;
    for (group, four) in lengths.chunks(4).enumerate() {
        found |= match_four(table, &mut glyphs, four) << (group * 4);
    }
    found
}

/// Matches up to four names and moves `glyphs` behind them.
fn match_four(table: &Table, glyphs: &mut &[u16], lengths: &[u8]) -> u64 {
    if let &[a, b, c, d] = lengths {
        let longest = usize::from(a.max(b).max(c).max(d));
        let second = usize::from(a);
        let third = second + usize::from(b);
        let fourth = third + usize::from(c);
        let end = fourth + usize::from(d);
        let window = |start: usize| glyphs.get(start..start + longest);
        if let (Some(w), Some(x), Some(y), Some(z)) = (window(0), window(second), window(third), window(fourth)) {
            *glyphs = glyphs.get(end..).unwrap_or(&[]);
            return table.finds_four([w, x, y, z], [a, b, c, d]);
        }
    }
    // The last names of the store: a window of the longest would reach past its end.
    let mut found = 0;
    for (at, length) in lengths.iter().enumerate() {
        let Some((name, tail)) = glyphs.split_at_checked(usize::from(*length)) else { break };
        *glyphs = tail;
        found |= u64::from(table.finds(name)) << at;
    }
    found
}
