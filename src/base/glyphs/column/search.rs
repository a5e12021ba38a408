//! Searching a column: facets first, then each term over the names still wanted.

use std::sync::atomic::AtomicBool;

use super::super::hits::{Bits, Hits, bit_of, index, word_of};
use super::super::machine::Machine;
use super::super::pattern::Pattern;
use super::super::query::{FacetTest, Query};
use super::Column;

/// A term ready to run.
struct Step {
    machine: Machine,
    negated: bool,
}

impl Column {
    /// The rows that match, or none when `cancel` was set meanwhile.
    pub fn search(&self, query: &Query, cancel: &AtomicBool) -> Option<Hits> {
        self.run(query, self.alive.clone(), None, cancel)
    }

    /// [`Column::search`] among `within` only: the answer to a query that [`Query::extends`] the one of `within`.
    ///
    /// Searches everything when the column changed since `within` was found.
    pub fn narrow(&self, query: &Query, within: &Hits, cancel: &AtomicBool) -> Option<Hits> {
        if within.stamp() != self.stamp {
            return self.search(query, cancel);
        }
        self.run(query, within.words().to_vec(), Some(within), cancel)
    }

    fn run(&self, query: &Query, mut slots: Vec<u64>, within: Option<&Hits>, cancel: &AtomicBool) -> Option<Hits> {
        for test in &query.facets {
            self.keep_facet(test, &mut slots);
        }
        let steps = self.compile(query);
        let patched: Vec<u32> = self.take_patched(&mut slots, &steps);
        if !steps.is_empty() {
            match &self.name_of {
                Some(ids) => self.sieve_shared(ids, &mut slots, &steps, cancel)?,
                None => self.sieve(&mut slots, &steps, cancel)?,
            }
        }
        for row in patched {
            if let Some(word) = slots.get_mut(word_of(row)) {
                *word |= bit_of(row);
            }
        }
        let beyond = self.beyond.iter().filter(|(row, outlier)| {
            within.is_none_or(|hits| hits.contains(**row))
                && query.facets.iter().all(|test| {
                    test.column < self.facets.len()
                        && test.allows(outlier.facets.get(test.column).copied().unwrap_or(0))
                })
                && accepts(&steps, &outlier.name)
        });
        Some(Hits::new(slots, beyond.map(|(row, _)| *row).collect(), self.stamp))
    }

    fn compile(&self, query: &Query) -> Vec<Step> {
        let patterns = query.terms.iter().map(|term| (Pattern::new(&term.text), term.negated));
        patterns
            .filter(|(pattern, _)| !pattern.is_empty())
            .map(|(pattern, negated)| Step { machine: Machine::new(&pattern, self.dictionary.chars()), negated })
            .collect()
    }

    /// Clears the slots whose facet byte is not allowed.
    fn keep_facet(&self, test: &FacetTest, slots: &mut [u64]) {
        let Some(column) = self.facets.get(test.column) else {
            slots.fill(0);
            return;
        };
        let mut allowed = [0u64; 256];
        for (value, cell) in (0..=u8::MAX).zip(&mut allowed) {
            *cell = u64::from(test.allows(value));
        }
        for (word, bytes) in slots.iter_mut().zip(column.chunks(64)).filter(|(word, _)| **word != 0) {
            let bits = bytes.iter().enumerate().fold(0, |bits, (at, byte)| bits | (allowed[usize::from(*byte)] << at));
            *word &= bits;
        }
    }

    /// Takes the slots with a changed name out of the scan and returns those of them that match.
    fn take_patched(&self, slots: &mut [u64], steps: &[Step]) -> Vec<u32> {
        let mut found = Vec::new();
        for (row, name) in &self.patches {
            let Some(word) = slots.get_mut(word_of(*row)) else { continue };
            if *word & bit_of(*row) != 0 && accepts(steps, name) {
                found.push(*row);
            }
            *word &= !bit_of(*row);
        }
        found
    }

    fn sieve(&self, set: &mut [u64], steps: &[Step], cancel: &AtomicBool) -> Option<()> {
        let done = steps.iter().all(|step| self.names.sieve(set, &step.machine, step.negated, cancel));
        done.then_some(())
    }

    /// Matches each distinct name once, then keeps the slots whose name matched.
    fn sieve_shared(&self, ids: &[u32], slots: &mut [u64], steps: &[Step], cancel: &AtomicBool) -> Option<()> {
        let wanted: usize = slots.iter().map(|word| index(word.count_ones())).sum();
        let mut names = vec![0u64; self.names.len().div_ceil(64)];
        if wanted * 2 > self.names.len() {
            names.fill(u64::MAX);
        } else {
            for (word, numbers) in slots.iter().zip(ids.chunks(64)) {
                for number in Bits(*word).filter_map(|bit| numbers.get(index(bit))) {
                    if let Some(name) = names.get_mut(word_of(*number)) {
                        *name |= bit_of(*number);
                    }
                }
            }
        }
        self.sieve(&mut names, steps, cancel)?;
        for (word, numbers) in slots.iter_mut().zip(ids.chunks(64)).filter(|(word, _)| **word != 0) {
            let bits = numbers.iter().enumerate().fold(0, |bits, (at, number)| {
                let name = names.get(word_of(*number)).copied().unwrap_or(0);
                bits | (((name >> (number % 64)) & 1) << at)
            });
            *word &= bits;
        }
        Some(())
    }
}

fn accepts(steps: &[Step], name: &[u16]) -> bool {
    steps.iter().all(|step| step.machine.finds(name) != step.negated)
}
