//! One pivot after the other: which variable leaves, which enters, what becomes of the rest.

use super::{Bench, End, Lines, PIVOTS, Relaxation, STALE, Stand, TOLERANCE};

/// A variable that may enter.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    ratio: f64,
    variable: usize,
    slope: f64,
    width: f64,
}

/// The variable that leaves the basis.
#[derive(Clone, Copy)]
struct Leaving {
    row: usize,
    below: bool,
    /// The limit it goes to.
    target: f64,
    by: f64,
}

impl Relaxation {
    pub(super) fn dual(&mut self, lines: &Lines, cutoff: f64, bench: &mut Bench) -> End {
        for turn in 1..=PIVOTS {
            let Some(leaving) = self.leaving(lines) else { return End::Optimal };
            bench.pivots += 1;
            if turn % 16 == 0 {
                if bench.is_over() {
                    return End::Stopped;
                }
                if self.value(lines) < cutoff {
                    return End::Cut;
                }
            }
            self.price(lines, leaving, bench);
            let Some((entering, passed)) = longest(&mut bench.candidates, leaving.by) else {
                let k = self.size();
                let sign = if leaving.below { 1.0 } else { -1.0 };
                let rho = &self.inverse[leaving.row * k..(leaving.row + 1) * k];
                let ray: Vec<f64> = rho.iter().map(|v| sign * v).collect();
                return End::Impossible(self.unscaled(lines, &ray));
            };
            self.flip(lines, &bench.candidates[..passed]);
            if !self.pivot(lines, leaving, entering, &bench.line) {
                if self.since > 0 && self.refactor(lines) {
                    continue;
                }
                return End::Lost;
            }
            self.since += 1;
            if self.since >= STALE && !self.refactor(lines) {
                return End::Lost;
            }
        }
        End::Lost
    }

    /// The basic variable that is farthest out of its limits.
    fn leaving(&self, lines: &Lines) -> Option<Leaving> {
        let mut worst: Option<Leaving> = None;
        for (row, (&b, &value)) in self.basis.iter().zip(&self.values).enumerate() {
            let (low, high) = self.limits(lines, b);
            let (under, over) = (low - value, value - high);
            let by = under.max(over);
            if by > worst.map_or(TOLERANCE, |w| w.by) {
                let below = under > over;
                worst = Some(Leaving { row, below, target: if below { low } else { high }, by });
            }
        }
        worst
    }

    fn limits(&self, lines: &Lines, b: usize) -> (f64, f64) {
        match b.checked_sub(lines.len()) {
            None => (self.low[b] as f64, self.high[b] as f64),
            Some(r) => (lines.low[r], lines.high[r]),
        }
    }

    /// The pivot row, and who may enter.
    fn price(&self, lines: &Lines, leaving: Leaving, bench: &mut Bench) {
        let k = self.size();
        let rho = &self.inverse[leaving.row * k..(leaving.row + 1) * k];
        let sign = if leaving.below { 1.0 } else { -1.0 };
        bench.candidates.clear();
        bench.line.clear();
        let mut may = |variable: usize, a: f64, stand: Stand, cost: f64, width: f64| {
            if a.abs() < 1e-10 {
                return;
            }
            bench.line.push((super::index(variable), a));
            let t = sign * a;
            let gives = (stand == Stand::Lower && t < -1e-9) || (stand == Stand::Upper && t > 1e-9);
            if width > 0.0 && gives {
                bench.candidates.push(Candidate { ratio: (cost / t).max(0.0), variable, slope: t.abs(), width });
            }
        };
        for (j, column) in lines.columns.iter().enumerate() {
            if self.stand[j] != Stand::Basic {
                let mut a = 0.0;
                self.each_place(column, |q, v| a += rho[q] * v);
                may(j, a, self.stand[j], self.cost[j], self.width(j));
            }
        }
        for (q, &r) in self.active.iter().enumerate() {
            if self.slack_stand[q] != Stand::Basic {
                let width = lines.high[r as usize] - lines.low[r as usize];
                may(lines.len() + q, -rho[q], self.slack_stand[q], self.slack_cost[q], width);
            }
        }
    }

    /// The factors of a column in active rows, by the place of the row.
    #[inline]
    fn each_place(&self, column: &[(u32, f64)], mut then: impl FnMut(usize, f64)) {
        for &(r, v) in column {
            if let Ok(q) = usize::try_from(self.place[r as usize]) {
                then(q, v);
            }
        }
    }

    /// Moves what was passed to its other limit, and the basic values with it.
    fn flip(&mut self, lines: &Lines, passed: &[Candidate]) {
        if passed.is_empty() {
            return;
        }
        let k = self.size();
        let mut moved = vec![0.0; k];
        for one in passed {
            let slack = one.variable.checked_sub(lines.len());
            let stand = match slack {
                None => &mut self.stand[one.variable],
                Some(q) => &mut self.slack_stand[q],
            };
            let up = *stand == Stand::Lower;
            *stand = if up { Stand::Upper } else { Stand::Lower };
            let delta = if up { one.width } else { -one.width };
            match slack {
                None => self.each_place(&lines.columns[one.variable], |q, v| moved[q] += v * delta),
                Some(q) => moved[q] -= delta,
            }
        }
        for (i, value) in self.values.iter_mut().enumerate() {
            *value -= self.inverse[i * k..(i + 1) * k].iter().zip(&moved).map(|(a, b)| a * b).sum::<f64>();
        }
    }

    /// Exchanges the two; whether the pivot was large enough.
    fn pivot(&mut self, lines: &Lines, leaving: Leaving, entering: usize, line: &[(u32, f64)]) -> bool {
        let (k, n, row) = (self.size(), lines.len(), leaving.row);
        let mut column = vec![0.0; k];
        let (from, cost) = match entering.checked_sub(n) {
            None => {
                self.each_place(&lines.columns[entering], |q, v| {
                    column.iter_mut().enumerate().for_each(|(i, c)| *c += self.inverse[i * k + q] * v);
                });
                (self.at(entering), self.cost[entering])
            }
            Some(q) => {
                column.iter_mut().enumerate().for_each(|(i, c)| *c = -self.inverse[i * k + q]);
                let r = self.active[q] as usize;
                (if self.slack_stand[q] == Stand::Upper { lines.high[r] } else { lines.low[r] }, self.slack_cost[q])
            }
        };
        if column[row].abs() < 1e-9 {
            return false;
        }
        let theta = cost / column[row];
        let step = (self.values[row] - leaving.target) / column[row];
        for &(variable, a) in line {
            match (variable as usize).checked_sub(n) {
                None => self.cost[variable as usize] -= theta * a,
                Some(q) => self.slack_cost[q] -= theta * a,
            }
        }
        self.values.iter_mut().zip(&column).for_each(|(v, c)| *v -= c * step);
        let stand = if leaving.below { Stand::Lower } else { Stand::Upper };
        self.set(n, self.basis[row], stand, -theta);
        let entering = entering.checked_sub(n).map_or(entering, |q| n + self.active[q] as usize);
        self.set(n, entering, Stand::Basic, 0.0);
        self.basis[row] = entering;
        self.values[row] = from + step;
        self.eliminate(row, &column);
        true
    }

    /// Where a column, or the slack of a row, stands from now on.
    fn set(&mut self, n: usize, variable: usize, stand: Stand, cost: f64) {
        match variable.checked_sub(n).map(|r| usize::try_from(self.place[r])) {
            None => (self.stand[variable], self.cost[variable]) = (stand, cost),
            Some(Ok(q)) => (self.slack_stand[q], self.slack_cost[q]) = (stand, cost),
            // Only active rows are in a basis.
            Some(Err(_)) => {}
        }
    }

    /// Brings the inverse behind an exchange.
    fn eliminate(&mut self, row: usize, column: &[f64]) {
        let k = self.size();
        let by = 1.0 / column[row];
        self.inverse[row * k..(row + 1) * k].iter_mut().for_each(|v| *v *= by);
        let pivot = self.inverse[row * k..(row + 1) * k].to_vec();
        for (i, line) in self.inverse.chunks_exact_mut(k).enumerate() {
            if i != row && column[i].abs() > 1e-14 {
                line.iter_mut().zip(&pivot).for_each(|(v, p)| *v -= column[i] * p);
            }
        }
    }

    /// Makes the inverse, the values and the costs anew from the basis; whether the basis is one.
    fn refactor(&mut self, lines: &Lines) -> bool {
        // A column whose cost has the wrong sign by rounding goes to its other limit, and the values follow.
        for _ in 0..8 {
            let Some(inverse) = self.inverted(lines) else { return false };
            self.inverse = inverse;
            self.values_anew(lines);
            self.costs_anew(lines);
            self.since = 0;
            let mut moved = false;
            for j in 0..lines.len() {
                let wrong = (self.stand[j] == Stand::Lower && self.cost[j] > 1e-7)
                    || (self.stand[j] == Stand::Upper && self.cost[j] < -1e-7);
                if wrong && self.is_free(j) {
                    self.stand[j] = if self.stand[j] == Stand::Lower { Stand::Upper } else { Stand::Lower };
                    moved = true;
                }
            }
            if !moved {
                return true;
            }
        }
        false
    }

    /// By Gauss and Jordan, with the largest pivot of each column.
    fn inverted(&self, lines: &Lines) -> Option<Vec<f64>> {
        let (k, wide) = (self.size(), 2 * self.size());
        let mut a = vec![0.0; k * wide];
        for (i, &b) in self.basis.iter().enumerate() {
            match b.checked_sub(lines.len()) {
                Some(r) => a[usize::try_from(self.place[r]).ok()? * wide + i] = -1.0,
                None => self.each_place(&lines.columns[b], |q, v| a[q * wide + i] = v),
            }
            a[i * wide + k + i] = 1.0;
        }
        for c in 0..k {
            let best = (c..k).max_by(|&x, &y| a[x * wide + c].abs().total_cmp(&a[y * wide + c].abs()))?;
            if a[best * wide + c].abs() < 1e-11 {
                return None;
            }
            if best != c {
                (0..wide).for_each(|q| a.swap(best * wide + q, c * wide + q));
            }
            let by = 1.0 / a[c * wide + c];
            a[c * wide + c..(c + 1) * wide].iter_mut().for_each(|v| *v *= by);
            let pivot = a[c * wide + c..(c + 1) * wide].to_vec();
            for (r, line) in a.chunks_exact_mut(wide).enumerate() {
                let factor = line[c];
                if r != c && factor != 0.0 {
                    line[c..].iter_mut().zip(&pivot).for_each(|(v, p)| *v -= factor * p);
                }
            }
        }
        Some(a.chunks_exact(wide.max(1)).flat_map(|line| line[k..].iter().copied()).collect())
    }

    fn values_anew(&mut self, lines: &Lines) {
        let k = self.size();
        let mut right = vec![0.0; k];
        for (j, column) in lines.columns.iter().enumerate() {
            let value = if self.stand[j] == Stand::Basic { 0.0 } else { self.at(j) };
            if value != 0.0 {
                self.each_place(column, |q, v| right[q] -= v * value);
            }
        }
        for (q, &r) in self.active.iter().enumerate() {
            right[q] += match self.slack_stand[q] {
                Stand::Lower => lines.low[r as usize],
                Stand::Upper => lines.high[r as usize],
                Stand::Basic => 0.0,
            };
        }
        for (i, value) in self.values.iter_mut().enumerate() {
            *value = self.inverse[i * k..(i + 1) * k].iter().zip(&right).map(|(a, b)| a * b).sum();
        }
    }

    fn costs_anew(&mut self, lines: &Lines) {
        let y = self.by_place(lines);
        for (j, column) in lines.columns.iter().enumerate() {
            let mut cost = lines.gain[j];
            self.each_place(column, |q, v| cost -= y[q] * v);
            self.cost[j] = if self.stand[j] == Stand::Basic { 0.0 } else { cost };
        }
        for (q, cost) in self.slack_cost.iter_mut().enumerate() {
            *cost = if self.slack_stand[q] == Stand::Basic { 0.0 } else { y[q] };
        }
    }
}

/// Passes break points while the dual keeps rising; who enters, and how many of the first candidates are passed. None when it rises
/// without end: there is no answer then.
fn longest(candidates: &mut [Candidate], mut slope: f64) -> Option<(usize, usize)> {
    let mut from = 0;
    while from < candidates.len() {
        let rest = &mut candidates[from..];
        let take = rest.len().min(32);
        if take < rest.len() {
            rest.select_nth_unstable_by(take - 1, |a, b| a.ratio.total_cmp(&b.ratio));
        }
        rest[..take].sort_unstable_by(|a, b| a.ratio.total_cmp(&b.ratio).then(b.slope.total_cmp(&a.slope)));
        for (i, one) in rest[..take].iter().enumerate() {
            let next = slope - one.slope * one.width;
            if next < 0.0 || !one.width.is_finite() {
                return Some((one.variable, from + i));
            }
            slope = next;
        }
        from += take;
    }
    if slope > TOLERANCE {
        return None;
    }
    candidates.last().map(|last| (last.variable, candidates.len() - 1))
}
