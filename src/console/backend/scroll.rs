//! Finds a band of full-width rows that moved up or down between two frames.
//!
//! Moving a band in the terminal costs about thirty bytes, writing twenty rows of Chinese about four
//! thousand. The finder only proposes: the painter writes whatever still differs afterwards, so a
//! poor proposal costs bytes, never correctness.

use super::grid::{Grid, is_erased};
use ratatui::buffer::Cell;
use std::collections::HashMap;

/// Rows `top..bottom` move up by `by` rows, or down when `by` is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shift {
    pub top: u16,
    pub bottom: u16,
    pub by: i32,
}

/// A move must save at least this many cells to be worth its bytes.
const WORTH: i64 = 40;

/// The move that saves most, if any is worth it. Both grids have the same size.
pub(super) fn find(old: &Grid, new: &Grid) -> Option<Shift> {
    let by = voted(old, new)?;
    let height = i32::from(new.height);
    let first = (-by).max(0);
    let last = (height - by).min(height);
    let gain = |y: i32| -> i64 {
        let row = new.row(y as u16);
        difference(row, old.row(y as u16)) - difference(row, old.row((y + by) as u16))
    };
    let (start, end, saved) = best_run(first..last, gain)?;
    let (top, bottom) = if by > 0 { (start, end + by) } else { (start + by, end) };
    let vacated = if by > 0 { end..bottom } else { top..start };
    let lost: i64 = vacated
        .map(|y| {
            let row = new.row(y as u16);
            let blank = row.iter().filter(|cell| !is_erased(cell)).count() as i64;
            blank - difference(row, old.row(y as u16))
        })
        .sum();
    (saved - lost >= WORTH).then_some(Shift { top: top as u16, bottom: bottom as u16, by })
}

/// The distance most changed rows moved by, counted over rows that are equal to an old row elsewhere.
fn voted(old: &Grid, new: &Grid) -> Option<i32> {
    let changed: Vec<u16> = (0..new.height).filter(|y| !new.has(*y, old)).collect();
    if changed.len() < 3 {
        return None;
    }
    let mut votes: HashMap<i32, u32> = HashMap::new();
    for y in changed {
        let row = new.row(y);
        if row.iter().all(is_erased) {
            continue;
        }
        // Rows that differ do so early: comparing costs less than keeping a sum of every row.
        for from in (0..old.height).filter(|from| *from != y && old.row(*from) == row) {
            *votes.entry(i32::from(from) - i32::from(y)).or_default() += 1;
        }
    }
    votes
        .into_iter()
        .filter(|(_, count)| *count >= 2)
        .max_by_key(|(by, count)| (*count, -by.abs(), *by))
        .map(|(by, _)| by)
}

/// The contiguous rows with the greatest sum of gains: start, end, sum.
fn best_run(rows: std::ops::Range<i32>, gain: impl Fn(i32) -> i64) -> Option<(i32, i32, i64)> {
    let mut best: Option<(i32, i32, i64)> = None;
    let (mut start, mut sum) = (rows.start, 0);
    for y in rows {
        if sum <= 0 {
            (start, sum) = (y, 0);
        }
        sum += gain(y);
        if sum > best.map_or(0, |(.., most)| most) {
            best = Some((start, y + 1, sum));
        }
    }
    best
}

fn difference(a: &[Cell], b: &[Cell]) -> i64 {
    a.iter().zip(b).filter(|(a, b)| a != b).count() as i64
}
