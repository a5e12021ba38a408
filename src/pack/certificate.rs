//! Bounds in integers: from the multipliers of the rows, as the simplex method found them in floating point, an upper bound that holds
//! whatever was rounded on the way.
//!
//! Owns that nothing is cut off on the word of a rounded number alone. For any multipliers `y` at all,
//! `gain·x = (gain - y·A)·x + y·(A·x)`, and each part is at most what the limits of its column or row allow.

use super::program::Program;

/// Multipliers and bounds are counted in this part of a unit.
pub(super) const UNIT: i128 = 1 << 40;

/// What is proved about every answer between the given limits.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    /// No answer gains more than this many parts of a [`UNIT`].
    pub(super) bound: i128,
    /// What a step of one away from the better limit of a column costs at least; positive where the upper limit is the better.
    pub(super) cost: Vec<i128>,
}

impl Certificate {
    /// Of the gain under these multipliers, by row.
    pub(super) fn of(p: &Program, y: &[(usize, f64)], low: &[i64], high: &[i64]) -> Certificate {
        let cost = p.gain.iter().map(|&g| i128::from(g) * UNIT).collect();
        Certificate::from(p, cost, (y, UNIT as f64), low, high)
    }

    /// Whether the multipliers refute that there is any answer: then a sum that is 0 for each would be below it.
    pub(super) fn refutes(p: &Program, y: &[(usize, f64)], low: &[i64], high: &[i64]) -> bool {
        let largest = y.iter().fold(0.0_f64, |l, (_, v)| l.max(v.abs()));
        // Any positive multiple refutes as well: a large one loses less by rounding.
        largest > 0.0 && Certificate::from(p, vec![0; p.gain.len()], (y, 1e18 / largest), low, high).bound < 0
    }

    /// The limits between which the columns of an answer lie that gains at least `need` (in parts of a unit): where one step away from the
    /// better limit costs too much, a column stands still there.
    pub(super) fn still(&self, p: &Program, need: i128) -> (Vec<i64>, Vec<i64>) {
        let (mut low, mut high) = (vec![0; p.most.len()], p.most.clone());
        for (j, &cost) in self.cost.iter().enumerate() {
            if cost != 0 && self.bound - cost.abs() < need {
                *(if cost > 0 { &mut low[j] } else { &mut high[j] }) = if cost > 0 { high[j] } else { 0 };
            }
        }
        (low, high)
    }

    fn from(
        p: &Program,
        mut cost: Vec<i128>,
        (y, times): (&[(usize, f64)], f64),
        low: &[i64],
        high: &[i64],
    ) -> Certificate {
        let mut bound = 0;
        for &(r, factor) in y {
            let row = &p.rows[r];
            let factor = whole(factor * times);
            // A multiplier whose side has no limit proves nothing; without it the bound is weaker and still one.
            let Some(limit) = (if factor > 0 { row.high } else { row.low }) else { continue };
            bound += factor * i128::from(limit);
            for &(j, a) in &row.terms {
                cost[j] -= factor * i128::from(a);
            }
        }
        bound += cost
            .iter()
            .zip(low.iter().zip(high))
            .map(|(&cost, (&low, &high))| cost * i128::from(if cost > 0 { high } else { low }))
            .sum::<i128>();
        Certificate { bound, cost }
    }
}

fn whole(factor: f64) -> i128 {
    // Beyond this the products could leave 128 bits; without its multiplier a row proves nothing, and nothing wrong.
    if factor.abs() < 1e22 { factor.round() as i128 } else { 0 }
}

/// The whole units of a bound: an answer gains a whole number.
pub(super) fn units(bound: i128) -> i64 {
    i64::try_from(bound.div_euclid(UNIT)).unwrap_or(if bound > 0 { i64::MAX } else { i64::MIN })
}
