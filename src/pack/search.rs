//! The best answer of a program, with the proof that there is no better one.
//!
//! Owns the order of the search. First the relaxation of everything; then, again and again, the supposition that the best answer lies
//! within a gap of its bound: columns that would cost more stand still, and what is left, the core, is searched to the end. A hit is the
//! best answer; a miss proves that there is none within the gap, and the gap doubles. At every moment there is a bound.

use super::certificate::{Certificate, UNIT, units};
use super::descend::Descent;
use super::local::Local;
use super::program::{Program, ProgramError, Row};
use super::sift::Root;
use super::simplex::{Bench, End, Lines, Relaxation};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Between two reports of how it stands.
pub const PAUSE: Duration = Duration::from_millis(50);

/// How long a first answer is looked for nearby.
const NEARBY: Duration = Duration::from_millis(30);

/// How a search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What the best answer so far gains.
    pub best: Option<i64>,
    /// No answer gains more: proved.
    pub bound: i64,
    /// Parts looked at.
    pub nodes: u64,
}

/// How long a search may go on, and who hears of it.
pub struct Ask<'a> {
    pub until: Option<Instant>,
    /// Set from outside, the search ends at once with what it has.
    pub cancel: Arc<AtomicBool>,
    /// Told at most every [`PAUSE`].
    pub say: &'a mut dyn FnMut(Standing),
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The answer is the best there is: proved.
    Best,
    /// Time was up: the answer is that good, and the bound says how far from the best it can be.
    Within,
    /// There is no answer: proved.
    Impossible,
    /// Time was up before there was an answer.
    Open,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub verdict: Verdict,
    /// What the answer gains, and its columns.
    pub best: Option<(i64, Vec<i64>)>,
    pub bound: i64,
    pub nodes: u64,
    /// How long the first answer took.
    pub first: Option<Duration>,
    /// Columns that are 0 in every answer as good as the best.
    pub never: Vec<bool>,
}

/// The state of a search as others see it.
pub(super) struct Watch<'a> {
    pub(super) standing: Standing,
    pub(super) began: Instant,
    pub(super) first: Option<Duration>,
    pub(super) told: Option<Instant>,
    pub(super) say: &'a mut dyn FnMut(Standing),
}

/// Solves a program.
///
/// # Errors
/// The program is none whose sums are exact.
pub fn solve(p: &Program, ask: Ask<'_>) -> Result<Answer, ProgramError> {
    p.check()?;
    let p = &p.tightened();
    let most = p.gain.iter().zip(&p.most).map(|(&g, &m)| g.max(0) * m).sum();
    let watch = Watch {
        standing: Standing { best: None, bound: most, nodes: 0 },
        began: Instant::now(),
        first: None,
        told: None,
        say: ask.say,
    };
    let bench = Bench::new(ask.until, ask.cancel);
    let mut search = Search { p, bench, watch, best: None, never: vec![false; p.gain.len()] };
    let verdict = search.run();
    let Search { best, watch, never, .. } = search;
    let bound = match (verdict, &best) {
        (Verdict::Best, Some((value, _))) => *value,
        _ => watch.standing.bound,
    };
    Ok(Answer { verdict, best, bound, nodes: watch.standing.nodes, first: watch.first, never })
}

struct Search<'a> {
    p: &'a Program,
    bench: Bench,
    watch: Watch<'a>,
    best: Option<(i64, Vec<i64>)>,
    never: Vec<bool>,
}

impl Search<'_> {
    fn run(&mut self) -> Verdict {
        if self.p.is_crossed() {
            return Verdict::Impossible;
        }
        let Some(root) = Root::of(self.p, &mut self.bench) else { return Verdict::Impossible };
        let bound = units(root.proof.bound);
        self.watch.standing.bound = self.watch.standing.bound.min(bound);
        if root.end == End::Stopped {
            return self.stopped();
        }
        self.first(&root);
        let Root { proof, .. } = root;
        let top = units(proof.bound);
        let mut gap = (top.abs() / 500).max(1);
        loop {
            // So wide a gap leaves nothing out.
            let all = gap > top.abs().saturating_mul(4).saturating_add(1_000_000);
            let floor = if all { i64::MIN / 4 } else { top - gap };
            if !self.within(&proof, floor) {
                return self.stopped();
            }
            match &self.best {
                Some((value, _)) if all || *value >= floor - 1 => {
                    let (_, high) = proof.still(self.p, i128::from(*value) * UNIT);
                    self.never = high.iter().map(|high| *high == 0).collect();
                    return Verdict::Best;
                }
                None if all => return Verdict::Impossible,
                _ => self.watch.standing.bound = floor - 1,
            }
            gap = gap.saturating_mul(2);
        }
    }

    fn stopped(&self) -> Verdict {
        if self.best.is_some() { Verdict::Within } else { Verdict::Open }
    }

    /// A first answer from the relaxation of everything.
    fn first(&mut self, root: &Root) {
        let mut descent = Descent {
            p: &root.program,
            lines: &root.lines,
            best: None,
            floor: i64::MIN / 4,
            base: 0,
            bench: &mut self.bench,
            watch: &mut self.watch,
            stopped: false,
            unsure: false,
        };
        let x = root.lp.x();
        descent.offer(&x);
        let loss: Vec<i128> = root.columns.iter().map(|&j| -root.proof.cost[j]).collect();
        let nearby = |descent: &mut Descent<'_, '_>, x: &[f64]| {
            if let Some(local) = Local::new(&root.program) {
                let soon = Instant::now() + NEARBY;
                local.search(x, &loss, descent.bench.until.map_or(soon, |u| u.min(soon)), |_, x| descent.take(x));
            }
        };
        nearby(&mut descent, &x);
        if descent.best.is_none() {
            // From nothing it comes another way.
            nearby(&mut descent, &vec![0.0; x.len()]);
        }
        descent.dive(root.lp.clone());
        if let Some((value, x)) = descent.best {
            let mut whole = vec![0; self.p.gain.len()];
            root.columns.iter().zip(x).for_each(|(&j, v)| whole[j] = v);
            self.best = Some((value, whole));
        }
    }

    /// Searches the core of all that gains at least the floor; whether to the end.
    fn within(&mut self, proof: &Certificate, floor: i64) -> bool {
        let need = self.best.as_ref().map_or(floor, |(value, _)| floor.max(value + 1));
        let (low, high) = proof.still(self.p, i128::from(need) * UNIT);
        let Some(core) = Core::of(self.p, &low, &high) else { return true };
        let lines = Lines::new(&core.program);
        let mut descent = Descent {
            p: &core.program,
            lines: &lines,
            best: self.best.as_ref().map(|(value, _)| (value - core.base, Vec::new())),
            floor: floor.saturating_sub(core.base),
            base: core.base,
            bench: &mut self.bench,
            watch: &mut self.watch,
            stopped: false,
            unsure: false,
        };
        descent.node(Relaxation::new(&core.program, &lines), 0);
        let done = !descent.stopped && !descent.unsure;
        if let Some((value, x)) = descent.best
            && !x.is_empty()
        {
            let mut whole = low;
            core.free.iter().zip(x).for_each(|(&j, v)| whole[j] = v);
            self.best = Some((value + core.base, whole));
        }
        done
    }
}

/// What is left of a program when columns stand still.
struct Core {
    program: Program,
    /// Its columns, as numbered in the whole program.
    free: Vec<usize>,
    /// What the still ones gain.
    base: i64,
}

impl Core {
    /// Rows that hold whatever comes are left out; `None` when one cannot hold any more.
    fn of(p: &Program, low: &[i64], high: &[i64]) -> Option<Core> {
        let free: Vec<usize> = (0..p.gain.len()).filter(|&j| high[j] > low[j]).collect();
        let mut number = vec![usize::MAX; p.gain.len()];
        free.iter().enumerate().for_each(|(i, &j)| number[j] = i);
        let still = |j: usize| number[j] == usize::MAX;
        let base = (0..p.gain.len()).filter(|&j| still(j)).map(|j| p.gain[j] * low[j]).sum();
        let mut program = Program {
            gain: free.iter().map(|&j| p.gain[j]).collect(),
            most: free.iter().map(|&j| p.most[j]).collect(),
            rows: Vec::new(),
        };
        for row in &p.rows {
            let off: i64 = row.terms.iter().filter(|t| still(t.0)).map(|&(j, a)| a * low[j]).sum();
            let terms: Vec<_> = row.terms.iter().filter(|t| !still(t.0)).map(|&(j, a)| (number[j], a)).collect();
            let row = Row { low: row.low.map(|l| l - off), high: row.high.map(|h| h - off), terms };
            let reach =
                |side: i64| row.terms.iter().map(|&(j, a)| (a * side).max(0) * side * program.most[j]).sum::<i64>();
            let (least, largest) = (reach(-1), reach(1));
            if row.low.is_some_and(|low| largest < low) || row.high.is_some_and(|high| least > high) {
                return None;
            }
            if !(row.holds(least) && row.holds(largest)) {
                program.rows.push(row);
            }
        }
        let program = program.tightened();
        (!program.is_crossed()).then_some(Core { program, free, base })
    }
}
