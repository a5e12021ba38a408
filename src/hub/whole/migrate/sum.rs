//! What the rows of a table come to, whatever the order they are read in.
//!
//! Owns the hash of a row. Reads and writes nothing.

use crate::domain::value::Value;
use crate::wire::record::hex;
use sha2::{Digest, Sha256};

/// The sum of the hashes of rows: the same in every order, for two engines order texts each in its own way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum([u64; 4]);

impl Sum {
    pub(super) fn add(&mut self, row: &[Value]) {
        let hash = Sum::of(row);
        self.0.iter_mut().zip(hash.0).for_each(|(lane, word)| *lane = lane.wrapping_add(word));
    }

    /// Takes a row out that was added.
    pub(super) fn take(&mut self, row: &[Value]) {
        let hash = Sum::of(row);
        self.0.iter_mut().zip(hash.0).for_each(|(lane, word)| *lane = lane.wrapping_sub(word));
    }

    /// The sum of one row.
    pub(super) fn of(row: &[Value]) -> Sum {
        let mut sha = Sha256::new();
        let mut part = |mark: u8, bytes: &[u8]| {
            sha.update([mark]);
            sha.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            sha.update(bytes);
        };
        for value in row {
            match value {
                Value::Null => part(0, &[]),
                Value::Int(n) => part(1, &n.to_be_bytes()),
                Value::Text(t) => part(2, t.as_bytes()),
                Value::Blob(b) => part(3, b),
            }
        }
        let hash: [u8; 32] = sha.finalize().into();
        let mut lanes = [0; 4];
        for (lane, bytes) in lanes.iter_mut().zip(hash.chunks_exact(8)) {
            *lane = bytes.iter().fold(0_u64, |word, b| word << 8 | u64::from(*b));
        }
        Sum(lanes)
    }

    /// A number that tells rows apart well enough to look closer at none of those that are the same.
    pub(super) fn short(self) -> u64 {
        self.0[0]
    }

    pub(super) fn text(&self) -> String {
        hex(&self.0.iter().flat_map(|lane| lane.to_be_bytes()).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Value]]) -> String {
        let mut sum = Sum::default();
        rows.iter().for_each(|r| sum.add(r));
        sum.text()
    }

    #[test]
    fn the_sum_is_of_what_rows_hold_and_not_of_their_order() {
        let text = |t: &str| Value::Text(t.into());
        let (a, b): (&[Value], &[Value]) = (&[text("ab"), text("c")], &[text("a"), text("bc")]);
        assert_eq!(sum(&[a, b]), sum(&[b, a]));
        assert_ne!(sum(&[a]), sum(&[b]), "where one value ends is part of it");
        assert_ne!(sum(&[a, a]), sum(&[b, b]));
        assert_ne!(sum(&[&[Value::Null]]), sum(&[&[text("")]]));
        assert_ne!(sum(&[&[Value::Blob(vec![65])]]), sum(&[&[text("A")]]));
        assert_eq!(sum(&[]), "0".repeat(64));
        let mut less = Sum::default();
        [a, b, a].iter().for_each(|r| less.add(r));
        less.take(a);
        assert_eq!(less.text(), sum(&[a, b]));
    }
}
