//! A first answer from nearby: beginning with what the relaxation suggests, columns are exchanged as long as that breaks less or gains
//! more, for programs whose columns are all 0 or 1.
//!
//! Owns a guess and nothing else. Whether it is an answer is judged by [`Program::broken`].

use super::program::{Program, Row};
use std::time::Instant;

/// Steps after which the search gives up, and steps for which what was just exchanged stays.
const STEPS: usize = 400;
const TENURE: usize = 6;
/// Columns beside the present ones that are tried.
const NEAR: usize = 300;

pub(super) struct Local<'a> {
    p: &'a Program,
    /// The rows of each column.
    rows: Vec<Vec<(usize, i64)>>,
    /// For a row that holds a helper, the helper: a column that gains nothing and is 1 as soon as its row allows it.
    helper: Vec<Option<usize>>,
    is_helper: Vec<bool>,
    /// What one broken unit of a row weighs.
    weight: Vec<f64>,
    x: Vec<i64>,
    sums: Vec<i64>,
    broken: f64,
    gain: i64,
    /// What one unit of breaking costs, in the largest gain of a column: it grows while something is broken.
    penalty: f64,
}

/// One exchange: what goes out and what comes in.
type Move = (Option<usize>, Option<usize>);

impl<'a> Local<'a> {
    /// `None` for a program with columns that are more than 0 or 1.
    pub(super) fn new(p: &'a Program) -> Option<Local<'a>> {
        if p.most.iter().any(|m| *m > 1) {
            return None;
        }
        let mut rows = vec![Vec::new(); p.gain.len()];
        let (mut helper, mut is_helper) = (vec![None; p.rows.len()], vec![false; p.gain.len()]);
        for (r, row) in p.rows.iter().enumerate() {
            row.terms.iter().for_each(|&(j, a)| rows[j].push((r, a)));
            let links = row.low == Some(0) && row.high.is_none();
            if let Some(&(z, _)) = row.terms.iter().find(|t| links && t.1 == -1 && p.gain[t.0] == 0) {
                (helper[r], is_helper[z]) = (Some(z), true);
            }
        }
        let largest = |row: &Row| row.terms.iter().map(|t| t.1.abs()).max().unwrap_or(1).max(1);
        let weight = p.rows.iter().map(|row| 1.0 / largest(row) as f64).collect();
        let (x, sums) = (vec![0; p.gain.len()], vec![0; p.rows.len()]);
        let mut local = Local { p, rows, helper, is_helper, weight, x, sums, broken: 0.0, gain: 0, penalty: 4.0 };
        local.broken = (0..p.rows.len()).map(|r| local.weighs(r)).sum();
        Some(local)
    }

    /// How much a row is broken.
    fn weighs(&self, r: usize) -> f64 {
        let (row, sum) = (&self.p.rows[r], self.sums[r]);
        let by = row.low.map_or(0, |l| l - sum).max(row.high.map_or(0, |h| sum - h)).max(0);
        by as f64 * self.weight[r]
    }

    fn add(&mut self, r: usize, by: i64) {
        self.broken -= self.weighs(r);
        self.sums[r] += by;
        self.broken += self.weighs(r);
    }

    /// Turns a column, and the helpers that follow it.
    fn turn(&mut self, j: usize) {
        let by = 1 - 2 * self.x[j];
        self.x[j] += by;
        self.gain += by * self.p.gain[j];
        for i in 0..self.rows[j].len() {
            let (r, a) = self.rows[j][i];
            self.add(r, by * a);
            if let Some(z) = self.helper[r].filter(|z| *z != j)
                && (self.sums[r] + self.x[z] >= 1) != (self.x[z] == 1)
            {
                self.turn(z);
            }
        }
    }

    fn make(&mut self, (out, into): Move) {
        [out, into].into_iter().flatten().for_each(|j| self.turn(j));
    }

    /// How good the present columns are: what is broken counts before what is gained.
    fn worth(&self, scale: f64) -> f64 {
        self.gain as f64 * scale - self.penalty * self.broken
    }

    /// Searches from the relaxation's values; gives each answer that is better than those before to `found`.
    pub(super) fn search(mut self, x: &[f64], loss: &[i128], until: Instant, mut found: impl FnMut(i64, &[i64])) {
        let begin: Vec<usize> = (0..x.len()).filter(|&j| x[j] > 0.5 && !self.is_helper[j]).collect();
        begin.into_iter().for_each(|j| self.turn(j));
        let mut near: Vec<usize> = (0..x.len()).filter(|&j| !self.is_helper[j]).collect();
        near.sort_by_key(|&j| loss[j]);
        near.truncate(NEAR);
        let scale = 1.0 / near.iter().map(|&j| self.p.gain[j].abs()).max().unwrap_or(1).max(1) as f64;
        let mut rest = vec![0; x.len()];
        let mut best = None;
        for step in 1..=STEPS {
            if self.broken < 1e-9 && best.is_none_or(|b| self.gain > b) {
                best = Some(self.gain);
                found(self.gain, &self.x);
            }
            let by = if self.broken < 1e-9 { 0.7 } else { 1.3 };
            self.penalty = (self.penalty * by).clamp(1.0, 1e6);
            let present: Vec<usize> = (0..x.len()).filter(|&j| self.x[j] == 1 && !self.is_helper[j]).collect();
            let Some(one) = self.step(&present, &near, (&rest, step), scale) else { return };
            self.make(one);
            [one.0, one.1].into_iter().flatten().for_each(|j| rest[j] = step + TENURE);
            if Instant::now() >= until {
                return;
            }
        }
    }

    /// The best exchange of columns that do not rest.
    fn step(&mut self, present: &[usize], near: &[usize], (rest, step): (&[usize], usize), scale: f64) -> Option<Move> {
        let mut best: Option<(f64, Move)> = None;
        let outs = present.iter().copied().filter(|j| rest[*j] < step).map(Some).chain([None]);
        for out in outs {
            self.make((out, None));
            let inside = near.iter().copied().filter(|j| self.x[*j] == 0 && rest[*j] < step && Some(*j) != out);
            let ins: Vec<Option<usize>> = inside.map(Some).chain(out.map(|_| None)).collect();
            for into in ins {
                self.make((None, into));
                let worth = self.worth(scale);
                self.make((None, into));
                if best.is_none_or(|b| worth > b.0) {
                    best = Some((worth, (out, into)));
                }
            }
            self.make((out, None));
        }
        best.map(|b| b.1)
    }
}
