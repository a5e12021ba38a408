//! An integer program: whole numbers between 0 and a most, rows between two limits, a gain to be made as large as possible.
//!
//! Owns the exact arithmetic on it. Everything is an integer, so that what is checked here holds to the unit.

use std::ops::RangeInclusive;

/// A row: what the terms add up to lies between its limits. A side without a limit is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub low: Option<i64>,
    pub high: Option<i64>,
    /// Columns and their factors; a column at most once.
    pub terms: Vec<(usize, i64)>,
}

/// The program. Columns are numbered from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Program {
    /// What one of each column gains.
    pub gain: Vec<i64>,
    /// The most of each column; the least is 0.
    pub most: Vec<i64>,
    pub rows: Vec<Row>,
}

/// Sums at most this large are exact in every step of the search: less than half of what a double holds to the unit.
pub const LARGEST: i64 = 1 << 51;

/// Why a program is none that can be solved exactly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    #[error("the gain of column {0} is too large")]
    Gain(usize),
    #[error("row {0} can add up to more than is exact")]
    Row(usize),
    #[error("a column has a most below 0")]
    Most(usize),
}

impl Program {
    /// A new column; its number.
    pub fn column(&mut self, gain: i64, most: i64) -> usize {
        self.gain.push(gain);
        self.most.push(most);
        self.gain.len() - 1
    }

    /// A row with both limits.
    pub fn row(&mut self, range: RangeInclusive<i64>, terms: Vec<(usize, i64)>) {
        self.rows.push(Row { low: Some(*range.start()), high: Some(*range.end()), terms });
    }

    /// The same program with limits that a row can reach: its sums are multiples of what divides all of its factors.
    pub fn tightened(&self) -> Program {
        let row = |row: &Row| {
            let by = row.terms.iter().fold(0, |by, t| divisor(by, t.1.abs())).max(1);
            let low = row.low.map(|l| -(-l).div_euclid(by) * by);
            Row { low, high: row.high.map(|h| h.div_euclid(by) * by), terms: row.terms.clone() }
        };
        Program { gain: self.gain.clone(), most: self.most.clone(), rows: self.rows.iter().map(row).collect() }
    }

    /// Whether the limits of a row leave no number between them.
    pub fn is_crossed(&self) -> bool {
        self.rows.iter().any(|row| row.low.zip(row.high).is_some_and(|(low, high)| low > high))
    }

    /// What an answer gains.
    pub fn value(&self, x: &[i64]) -> i64 {
        self.gain.iter().zip(x).map(|(a, b)| a * b).sum()
    }

    /// The first row an answer breaks, or the column count plus the column that is out of its range; `None` when all holds.
    pub fn broken(&self, x: &[i64]) -> Option<Broken> {
        let out = x.iter().zip(&self.most).position(|(&a, &most)| a < 0 || a > most);
        if x.len() != self.gain.len() || out.is_some() {
            return Some(Broken::Column(out.unwrap_or(x.len())));
        }
        self.rows.iter().position(|row| !row.holds(row.sum(x))).map(Broken::Row)
    }

    /// Whether every sum stays exact.
    ///
    /// # Errors
    /// The first column or row that does not.
    pub fn check(&self) -> Result<(), ProgramError> {
        let mut all = 0_i128;
        for (j, (&gain, &most)) in self.gain.iter().zip(&self.most).enumerate() {
            all += i128::from(gain).abs() * i128::from(most);
            if most < 0 {
                return Err(ProgramError::Most(j));
            }
            if all > LARGEST.into() {
                return Err(ProgramError::Gain(j));
            }
        }
        for (r, row) in self.rows.iter().enumerate() {
            let sum: i128 = row.terms.iter().map(|&(j, a)| i128::from(a).abs() * i128::from(self.most[j])).sum();
            let limits = [row.low, row.high].into_iter().flatten().any(|l| l.abs() > LARGEST);
            if sum > LARGEST.into() || limits {
                return Err(ProgramError::Row(r));
            }
        }
        Ok(())
    }
}

/// What an answer breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    Column(usize),
    Row(usize),
}

/// The greatest number that divides both.
fn divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl Row {
    /// What the terms add up to.
    pub fn sum(&self, x: &[i64]) -> i64 {
        self.terms.iter().map(|&(j, a)| a * x[j]).sum()
    }

    /// Whether a sum lies between the limits.
    pub fn holds(&self, sum: i64) -> bool {
        self.low.is_none_or(|low| sum >= low) && self.high.is_none_or(|high| sum <= high)
    }
}
