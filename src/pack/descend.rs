//! The search below one relaxation, depth first: what cannot hold a better answer is cut off, the rest is divided.
//!
//! Owns that every cut is proved in integers ([`Certificate`]). An answer counts when it holds in integers.

use super::certificate::{Certificate, UNIT};
use super::program::Program;
use super::search::{Standing, Watch};
use super::simplex::{Bench, End, Lines, Relaxation};

/// From here on a value is not whole.
const WHOLE: f64 = 1e-6;

pub(super) struct Descent<'a, 'w> {
    pub(super) p: &'a Program,
    pub(super) lines: &'a Lines,
    /// The best answer so far; without its columns where it was found before, outside of this program.
    pub(super) best: Option<(i64, Vec<i64>)>,
    /// Answers below are of no interest.
    pub(super) floor: i64,
    /// What the program leaves out gains that much.
    pub(super) base: i64,
    pub(super) bench: &'a mut Bench,
    pub(super) watch: &'a mut Watch<'w>,
    pub(super) stopped: bool,
    /// A part could not be settled by arithmetic.
    pub(super) unsure: bool,
}

/// What became of a node's relaxation.
enum Node {
    Done,
    /// Still open; where it may be divided.
    Open(Box<Relaxation>, Vec<f64>),
}

impl Descent<'_, '_> {
    /// What an answer must gain to be of interest.
    fn need(&self) -> i64 {
        self.best.as_ref().map_or(self.floor, |(value, _)| (value + 1).max(self.floor))
    }

    /// Takes the nearest whole answer if it is one, and better.
    pub(super) fn offer(&mut self, x: &[f64]) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "a column lies between 0 and its most")]
        let whole: Vec<i64> = x.iter().map(|v| v.round() as i64).collect();
        self.p.broken(&whole).is_none() && {
            self.take(&whole);
            true
        }
    }

    /// Takes an answer if it is one, and better.
    pub(super) fn take(&mut self, x: &[i64]) {
        let value = self.p.value(x);
        if self.best.as_ref().is_none_or(|best| value > best.0) && self.p.broken(x).is_none() {
            self.best = Some((value, x.to_vec()));
            self.watch.found(value + self.base);
        }
    }

    /// Rounds up one column after the other until the answer is whole, for a first one.
    pub(super) fn dive(&mut self, mut lp: Relaxation) {
        for _ in 0..60 {
            if lp.solve(self.lines, self.need() as f64 - 1e-5, self.bench) != End::Optimal {
                return;
            }
            let x = lp.x();
            if self.offer(&x) {
                return;
            }
            let part = |j: &usize| x[*j] - x[*j].floor();
            let open = (0..x.len()).filter(|j| part(j).min(1.0 - part(j)) > WHOLE);
            let Some(j) = open.max_by(|a, b| part(a).total_cmp(&part(b))) else { return };
            lp.low[j] = up(x[j]).min(lp.high[j]);
        }
    }

    /// Searches everything below.
    pub(super) fn node(&mut self, lp: Relaxation, depth: usize) {
        let nodes = self.watch.node();
        if nodes.is_multiple_of(16) && (self.bench.is_over() || self.unsure) {
            self.stopped = true;
        }
        if self.stopped {
            return;
        }
        let Node::Open(lp, x) = self.settle(lp) else { return };
        let Some(j) = self.divided_at(&x) else {
            self.unsure = true;
            return;
        };
        let up_first = x[j] - x[j].floor() > 0.3 || depth < 8;
        for side in [up_first, !up_first] {
            if self.stopped {
                return;
            }
            let mut child = (*lp).clone();
            if side {
                child.low[j] = up(x[j]);
            } else {
                child.high[j] = up(x[j]) - 1;
            }
            self.node(child, depth + 1);
        }
    }

    /// Solves the relaxation, and cuts it off where that is proved.
    fn settle(&mut self, mut lp: Relaxation) -> Node {
        let mut cutoff = self.need() as f64 - 1e-5;
        // A second time without a cutoff, a third from the beginning, where rounding left it open.
        for turn in 0..3 {
            if turn == 2 {
                let (low, high) = (lp.low.clone(), lp.high.clone());
                lp = Relaxation::new(self.p, self.lines).within(low, high);
            }
            let end = lp.solve(self.lines, cutoff, self.bench);
            cutoff = f64::NEG_INFINITY;
            match &end {
                End::Stopped => {
                    self.stopped = true;
                    return Node::Done;
                }
                End::Impossible(ray) => {
                    if Certificate::refutes(self.p, ray, &lp.low, &lp.high) {
                        return Node::Done;
                    }
                    continue;
                }
                End::Lost => {}
                End::Optimal | End::Cut => {
                    let x = lp.x();
                    if end == End::Optimal {
                        self.offer(&x);
                    }
                    let (proof, need) = (lp.proof(self.p, self.lines), i128::from(self.need()) * UNIT);
                    if proof.bound < need {
                        return Node::Done;
                    }
                    if end == End::Optimal {
                        lp.tighten(&proof, need);
                        return Node::Open(Box::new(lp), x);
                    }
                }
            }
        }
        self.unsure = true;
        Node::Done
    }

    /// The column to divide at: not whole, and of weight in the program.
    fn divided_at(&self, x: &[f64]) -> Option<usize> {
        let weight = |j: usize| {
            let part = x[j] - x[j].floor();
            let open = part.min(1.0 - part);
            let weight = if self.p.gain[j] == 0 { open } else { 10.0 + open * (1 + self.lines.height(j)) as f64 };
            (open > WHOLE).then_some((weight, j))
        };
        (0..x.len()).filter_map(weight).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, j)| j)
    }
}

/// The next whole number above one that is none.
#[expect(clippy::cast_possible_truncation, reason = "a column lies between 0 and its most")]
fn up(v: f64) -> i64 {
    v.ceil() as i64
}

impl Watch<'_> {
    fn found(&mut self, value: i64) {
        self.standing.best = self.standing.best.max(Some(value));
        self.first.get_or_insert_with(|| self.began.elapsed());
        self.tell(true);
    }

    fn node(&mut self) -> u64 {
        self.standing.nodes += 1;
        if self.standing.nodes.is_multiple_of(64) {
            self.tell(false);
        }
        self.standing.nodes
    }

    /// At most twenty times a second, apart from the first answer.
    fn tell(&mut self, found: bool) {
        let due = self.told.is_none_or(|told| told.elapsed() >= super::search::PAUSE);
        if due || (found && self.told.is_none()) {
            self.told = Some(std::time::Instant::now());
            (self.say)(Standing { ..self.standing });
        }
    }
}
