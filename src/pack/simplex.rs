//! The relaxation of a program: the same without "whole". A dual simplex method over boxed columns with long steps, on a dense inverse of
//! only those rows that an answer ever broke.
//!
//! Works in floating point and proves nothing: what it finds is judged in integers by [`super::certificate`] and [`super::program`].

use super::certificate::Certificate;
use super::program::Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

mod pivot;

/// By how much a limit may be passed, in rows scaled to a largest factor of 1.
const TOLERANCE: f64 = 1e-7;
/// Pivots of one run after which it is given up.
const PIVOTS: usize = 3_000;
/// Pivots after which the inverse is made anew.
const STALE: usize = 60;

/// A program as the method works on it: rows scaled to a largest factor of 1.
pub(super) struct Lines {
    gain: Vec<f64>,
    columns: Vec<Vec<(u32, f64)>>,
    rows: Vec<Vec<(u32, f64)>>,
    low: Vec<f64>,
    high: Vec<f64>,
    scale: Vec<f64>,
}

impl Lines {
    pub(super) fn new(p: &Program) -> Lines {
        let mut lines = Lines {
            gain: p.gain.iter().map(|&g| g as f64).collect(),
            columns: vec![Vec::new(); p.gain.len()],
            rows: Vec::with_capacity(p.rows.len()),
            low: Vec::with_capacity(p.rows.len()),
            high: Vec::with_capacity(p.rows.len()),
            scale: Vec::with_capacity(p.rows.len()),
        };
        for (r, row) in p.rows.iter().enumerate() {
            let scale = 1.0 / row.terms.iter().map(|t| t.1.abs()).max().unwrap_or(1).max(1) as f64;
            lines.low.push(row.low.map_or(f64::NEG_INFINITY, |l| l as f64 * scale));
            lines.high.push(row.high.map_or(f64::INFINITY, |h| h as f64 * scale));
            lines.scale.push(scale);
            lines.rows.push(row.terms.iter().map(|&(j, a)| (index(j), a as f64 * scale)).collect());
            for &(j, a) in &row.terms {
                lines.columns[j].push((index(r), a as f64 * scale));
            }
        }
        lines
    }

    fn len(&self) -> usize {
        self.gain.len()
    }

    /// In how many rows a column is.
    pub(super) fn height(&self, j: usize) -> usize {
        self.columns[j].len()
    }
}

/// Columns and rows are far fewer than 2^32: memory ends before.
fn index(i: usize) -> u32 {
    u32::try_from(i).unwrap_or(u32::MAX)
}

/// Where a column or the slack of a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Lower,
    Upper,
    Basic,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    Optimal,
    /// No answer; multipliers by row that should refute one.
    Impossible(Vec<(usize, f64)>),
    /// The bound has fallen below what was asked for.
    Cut,
    /// Given up for numerical reasons.
    Lost,
    /// Somebody wants it to stop.
    Stopped,
}

/// A state of the relaxation: limits of the columns, and a basis over the active rows. A basic variable is a column, or, from the number of
/// columns on, the slack of a row.
#[derive(Clone)]
pub(super) struct Relaxation {
    /// Active rows in the order of their slacks, and the place of each row there.
    active: Vec<u32>,
    place: Vec<i32>,
    /// The inverse of the basis, row by row.
    inverse: Vec<f64>,
    basis: Vec<usize>,
    /// Values of the basic variables.
    values: Vec<f64>,
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<i64>,
    stand: Vec<Stand>,
    /// Reduced costs of the columns.
    cost: Vec<f64>,
    slack_stand: Vec<Stand>,
    slack_cost: Vec<f64>,
    since: usize,
}

/// Room that is used again from run to run, what was counted, and until when.
pub(super) struct Bench {
    pub(super) until: Option<Instant>,
    pub(super) cancel: Arc<AtomicBool>,
    candidates: Vec<pivot::Candidate>,
    /// The pivot row: columns, and from their number on slacks.
    line: Vec<(u32, f64)>,
    pub(super) pivots: u64,
}

impl Bench {
    pub(super) fn new(until: Option<Instant>, cancel: Arc<AtomicBool>) -> Bench {
        Bench { until, cancel, candidates: Vec::new(), line: Vec::new(), pivots: 0 }
    }

    /// Whether it is time to stop.
    pub(super) fn is_over(&self) -> bool {
        self.cancel.load(Ordering::Relaxed) || self.until.is_some_and(|until| Instant::now() >= until)
    }
}

impl Relaxation {
    /// No row is active, every column stands where it gains most.
    pub(super) fn new(p: &Program, lines: &Lines) -> Relaxation {
        let stand = |g: &f64| if *g > 0.0 { Stand::Upper } else { Stand::Lower };
        Relaxation {
            active: Vec::new(),
            place: vec![-1; lines.rows.len()],
            inverse: Vec::new(),
            basis: Vec::new(),
            values: Vec::new(),
            low: vec![0; lines.len()],
            high: p.most.clone(),
            stand: lines.gain.iter().map(stand).collect(),
            cost: lines.gain.clone(),
            slack_stand: Vec::new(),
            slack_cost: Vec::new(),
            since: 0,
        }
    }

    /// With these limits instead, before anything was solved.
    pub(super) fn within(mut self, low: Vec<i64>, high: Vec<i64>) -> Relaxation {
        (self.low, self.high) = (low, high);
        self
    }

    /// What is proved about every answer within the limits.
    pub(super) fn proof(&self, p: &Program, lines: &Lines) -> Certificate {
        Certificate::of(p, &self.multipliers(lines), &self.low, &self.high)
    }

    /// Lets columns stand still that in an answer of at least `need` (in parts of a unit) stand where they do: one step away costs too much.
    pub(super) fn tighten(&mut self, proof: &Certificate, need: i128) {
        for (j, &cost) in proof.cost.iter().enumerate() {
            let better = if cost > 0 { Stand::Upper } else { Stand::Lower };
            if self.is_free(j) && self.stand[j] == better && proof.bound - cost.abs() < need {
                let at = if cost > 0 { self.high[j] } else { self.low[j] };
                (self.low[j], self.high[j]) = (at, at);
            }
        }
    }

    fn size(&self) -> usize {
        self.active.len()
    }

    fn at(&self, j: usize) -> f64 {
        (if self.stand[j] == Stand::Upper { self.high[j] } else { self.low[j] }) as f64
    }

    fn width(&self, j: usize) -> f64 {
        (self.high[j] - self.low[j]) as f64
    }

    /// Whether the column may still move.
    pub(super) fn is_free(&self, j: usize) -> bool {
        self.high[j] > self.low[j]
    }

    /// The values of the columns.
    pub(super) fn x(&self) -> Vec<f64> {
        let basic = |j: usize| self.stand[j] == Stand::Basic;
        let mut x: Vec<f64> = (0..self.cost.len()).map(|j| if basic(j) { 0.0 } else { self.at(j) }).collect();
        for (&b, &value) in self.basis.iter().zip(&self.values) {
            if let Some(x) = x.get_mut(b) {
                *x = value;
            }
        }
        x
    }

    /// What the present values gain.
    pub(super) fn value(&self, lines: &Lines) -> f64 {
        let still = (0..lines.len()).filter(|&j| self.stand[j] != Stand::Basic).map(|j| lines.gain[j] * self.at(j));
        let basic = self.basis.iter().zip(&self.values).filter_map(|(&b, v)| Some(lines.gain.get(b)? * v));
        still.sum::<f64>() + basic.sum::<f64>()
    }

    /// The multipliers of the active rows, in units of the program.
    pub(super) fn multipliers(&self, lines: &Lines) -> Vec<(usize, f64)> {
        self.unscaled(lines, &self.by_place(lines))
    }

    /// The multipliers by place of the row.
    fn by_place(&self, lines: &Lines) -> Vec<f64> {
        let k = self.size();
        let mut y = vec![0.0; k];
        for (i, &b) in self.basis.iter().enumerate() {
            let gain = lines.gain.get(b).copied().unwrap_or(0.0);
            if gain != 0.0 {
                y.iter_mut().zip(&self.inverse[i * k..]).for_each(|(y, v)| *y += gain * v);
            }
        }
        y
    }

    fn unscaled(&self, lines: &Lines, y: &[f64]) -> Vec<(usize, f64)> {
        self.active.iter().zip(y).map(|(&r, v)| (r as usize, v * lines.scale[r as usize])).collect()
    }

    /// Solves, and takes in rows that the answer breaks until it breaks none. Ends early below `cutoff`.
    pub(super) fn solve(&mut self, lines: &Lines, cutoff: f64, bench: &mut Bench) -> End {
        loop {
            match self.dual(lines, cutoff, bench) {
                End::Optimal => {}
                other => return other,
            }
            if self.value(lines) < cutoff {
                return End::Cut;
            }
            let x = self.x();
            let mut broken: Vec<(f64, usize, f64)> = Vec::new();
            for (r, row) in lines.rows.iter().enumerate().filter(|(r, _)| self.place[*r] < 0) {
                let sum: f64 = row.iter().map(|&(j, a)| a * x[j as usize]).sum();
                let by = (lines.low[r] - sum).max(sum - lines.high[r]);
                if by > 1e-6 {
                    broken.push((by, r, sum));
                }
            }
            if broken.is_empty() {
                return End::Optimal;
            }
            broken.sort_by(|a, b| b.0.total_cmp(&a.0));
            broken.truncate(if self.size() < 10 { 12 } else { 8 });
            broken.into_iter().for_each(|(_, r, sum)| self.activate(lines, r, sum));
        }
    }

    /// Takes a row in, its slack basic.
    fn activate(&mut self, lines: &Lines, r: usize, sum: f64) {
        let k = self.size();
        let mut last = vec![0.0; k + 1];
        for (i, &b) in self.basis.iter().enumerate() {
            let Some(column) = lines.columns.get(b) else { continue };
            if let Some(&(_, a)) = column.iter().find(|e| e.0 as usize == r) {
                last.iter_mut().zip(&self.inverse[i * k..(i + 1) * k]).for_each(|(l, v)| *l += a * v);
            }
        }
        last[k] = -1.0;
        let mut inverse = Vec::with_capacity((k + 1) * (k + 1));
        for row in self.inverse.chunks_exact(k.max(1)) {
            inverse.extend_from_slice(row);
            inverse.push(0.0);
        }
        inverse.extend_from_slice(&last);
        self.inverse = inverse;
        self.place[r] = i32::try_from(k).unwrap_or(i32::MAX);
        self.active.push(index(r));
        self.basis.push(lines.len() + r);
        self.values.push(sum);
        self.slack_stand.push(Stand::Basic);
        self.slack_cost.push(0.0);
    }
}
