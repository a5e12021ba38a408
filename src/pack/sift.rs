//! The relaxation of a whole program, also of one with very many columns: over those that may matter first, then, as long as there are
//! any, with those that would gain beside them.
//!
//! Owns which columns the relaxation is made of. What it proves is proved of all columns: the certificate is of the whole program.

use super::certificate::Certificate;
use super::program::{Program, Row};
use super::simplex::{Bench, End, Lines, Relaxation};

/// Up to so many columns are taken at once.
const WIDE: usize = 6_000;
/// With more, so many spread evenly are the first, and at most so many come in at a time.
const FIRST: usize = 2_000;
const MORE: usize = 2_500;
/// Less than this is no gain.
const GAIN: f64 = 1e-6;

/// A relaxation that no column outside of it can improve.
pub(super) struct Root {
    /// Its columns, as numbered in the whole program, and the program of them: all rows, in their order.
    pub(super) columns: Vec<usize>,
    pub(super) program: Program,
    pub(super) lines: Lines,
    pub(super) lp: Relaxation,
    pub(super) end: End,
    /// Of the whole program.
    pub(super) proof: Certificate,
}

impl Root {
    /// Solves the relaxation; `None` when there is no answer, which is proved.
    pub(super) fn of(p: &Program, bench: &mut Bench) -> Option<Root> {
        let mut columns = first(p);
        loop {
            let program = part(p, &columns);
            let lines = Lines::new(&program);
            let mut lp = Relaxation::new(&program, &lines);
            let end = lp.solve(&lines, f64::NEG_INFINITY, bench);
            let zero = vec![0; p.gain.len()];
            let (y, gains) = match &end {
                End::Impossible(ray) if Certificate::refutes(p, ray, &zero, &p.most) => return None,
                End::Impossible(ray) => (ray.clone(), false),
                _ => (lp.multipliers(&lines), true),
            };
            let more = if end == End::Stopped { Vec::new() } else { outside(p, &columns, &y, gains) };
            if more.is_empty() {
                let y = if gains { y } else { lp.multipliers(&lines) };
                let proof = Certificate::of(p, &y, &zero, &p.most);
                return Some(Root { columns, program, lines, lp, end, proof });
            }
            columns.extend(more);
            columns.sort_unstable();
        }
    }
}

/// The columns to begin with: all of a small program; of a large one some, with all that loosen a row.
fn first(p: &Program) -> Vec<usize> {
    let n = p.gain.len();
    if n <= WIDE {
        return (0..n).collect();
    }
    let mut chosen: Vec<usize> = (0..FIRST).map(|i| i * n / FIRST).collect();
    chosen.extend(p.rows.iter().flat_map(|row| &row.terms).filter(|t| t.1 < 0).map(|t| t.0).take(FIRST));
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// The same rows over some of the columns; one that they cannot break is empty.
fn part(p: &Program, columns: &[usize]) -> Program {
    if columns.len() == p.gain.len() {
        return p.clone();
    }
    let mut number = vec![usize::MAX; p.gain.len()];
    columns.iter().enumerate().for_each(|(i, &j)| number[j] = i);
    let row = |row: &Row| {
        let here = row.terms.iter().filter(|t| number[t.0] != usize::MAX);
        let reach = |side: i64| here.clone().map(|&(j, a)| (a * side).max(0) * side * p.most[j]).sum::<i64>();
        if row.holds(reach(-1)) && row.holds(reach(1)) {
            return Row { low: None, high: None, terms: Vec::new() };
        }
        Row { low: row.low, high: row.high, terms: here.map(|&(j, a)| (number[j], a)).collect() }
    };
    Program {
        gain: columns.iter().map(|&j| p.gain[j]).collect(),
        most: columns.iter().map(|&j| p.most[j]).collect(),
        rows: p.rows.iter().map(row).collect(),
    }
}

/// The columns outside that would gain most under these multipliers, or, without `gains`, that would make what is broken less.
fn outside(p: &Program, columns: &[usize], y: &[(usize, f64)], gains: bool) -> Vec<usize> {
    if columns.len() == p.gain.len() {
        return Vec::new();
    }
    let mut cost: Vec<f64> = p.gain.iter().map(|&g| if gains { g as f64 } else { 0.0 }).collect();
    for &(r, factor) in y.iter().filter(|(_, factor)| *factor != 0.0) {
        p.rows[r].terms.iter().for_each(|&(j, a)| cost[j] -= factor * a as f64);
    }
    columns.iter().for_each(|&j| cost[j] = 0.0);
    let least = if gains { GAIN } else { y.iter().fold(0.0_f64, |l, (_, v)| l.max(v.abs())) * 1e-9 };
    let mut more: Vec<usize> = (0..cost.len()).filter(|&j| cost[j] > least).collect();
    if more.len() > MORE {
        more.select_nth_unstable_by(MORE, |a, b| cost[*b].total_cmp(&cost[*a]));
        more.truncate(MORE);
    }
    more
}
