//! Programs of very many columns: what the relaxation leaves aside at first is found all the same.

use super::dice::Dice;
use gongfu::pack::program::{Program, Row};
use gongfu::pack::search::{Ask, Verdict, solve};
use std::sync::Arc;

const COLUMNS: usize = 9_000;
const KINDS: usize = 5;

/// A price, a gain and whether it is of the kind that one must be of.
type Thing = (usize, i64, bool);

/// What can be had with so many kinds for exactly so much, by counting through everything.
fn counted(things: &[Thing], floor: usize, budget: usize) -> Option<i64> {
    // By whether one of the kind is in, kinds, price.
    let mut best = vec![vec![vec![i64::MIN; budget + 1]; KINDS + 1]; 2];
    best[0][0][0] = 0;
    for &(price, gain, kind) in things {
        for kinds in (0..KINDS).rev() {
            for has in [1, 0] {
                for spent in 0..(budget + 1).saturating_sub(price) {
                    let from = best[has][kinds][spent];
                    if from > i64::MIN {
                        let to = &mut best[usize::from(kind).max(has)][kinds + 1][spent + price];
                        *to = (*to).max(from + gain);
                    }
                }
            }
        }
    }
    best[1].iter().flat_map(|by| &by[floor..]).copied().filter(|b| *b > i64::MIN).max()
}

#[test]
fn the_best_of_thousands_of_columns_is_found_and_that_there_is_none_too() {
    let mut dice = Dice(9_000);
    for (floor, budget, rare) in [(180, 200, 900), (198, 199, 4_000), (200, 200, 30), (150, 160, 9_000), (400, 420, 5)]
    {
        let mut things: Vec<Thing> = (0..COLUMNS)
            .map(|_| {
                let price = 5 + dice.below(60);
                (usize::try_from(price).expect("small"), price * 10 + dice.below(300), dice.below(rare) == 0)
            })
            .collect();
        // What is rare is also what nobody would take for its gain, and the first part of the program has none of it.
        things.iter_mut().filter(|t| t.2).for_each(|t| t.1 = 1);
        let mut p = Program::default();
        things.iter().for_each(|t| _ = p.column(t.1, 1));
        let row = |of: &dyn Fn(&Thing) -> i64| things.iter().enumerate().map(|(j, t)| (j, of(t))).collect::<Vec<_>>();
        let price = row(&|t| i64::try_from(t.0).expect("small"));
        p.row(i64::try_from(floor).expect("small")..=i64::try_from(budget).expect("small"), price);
        p.row(0..=i64::try_from(KINDS).expect("small"), row(&|_| 1));
        let kind = things.iter().enumerate().filter(|(_, t)| t.2).map(|(j, _)| (j, 1)).collect();
        p.rows.push(Row { low: Some(1), high: None, terms: kind });
        let answer = solve(&p, Ask { until: None, cancel: Arc::default(), say: &mut |_| {} }).expect("a program");
        let best = counted(&things, floor, budget);
        assert_eq!(answer.best.as_ref().map(|b| b.0), best, "{floor} to {budget}, one of {rare}");
        let verdict = if best.is_some() { Verdict::Best } else { Verdict::Impossible };
        assert_eq!(answer.verdict, verdict, "{floor} to {budget}, one of {rare}");
    }
}
