//! The solver finds what trying everything finds, and what others have published.

use super::dice::Dice;
use gongfu::pack::program::{Broken, LARGEST, Program, ProgramError, Row};
use gongfu::pack::search::{Answer, Ask, Standing, Verdict, solve};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn solved(p: &Program) -> Answer {
    let ask = Ask { until: None, cancel: Arc::default(), say: &mut |_| {} };
    solve(p, ask).expect("a program")
}

/// The best of every answer there is.
fn tried(p: &Program) -> Option<i64> {
    let mut x = vec![0; p.gain.len()];
    let mut best = None;
    loop {
        if p.broken(&x).is_none() {
            best = best.max(Some(p.value(&x)));
        }
        let Some(j) = (0..x.len()).find(|&j| x[j] < p.most[j]) else { return best };
        x[..j].fill(0);
        x[j] += 1;
    }
}

/// Any rows at all, with factors of either sign.
fn any(dice: &mut Dice) -> Program {
    let mut p = Program::default();
    for _ in 0..=dice.below(8) {
        let most = 1 + dice.below(2);
        p.column(dice.below(60) - 12, most);
    }
    for _ in 0..dice.below(6) {
        let mut terms = Vec::new();
        for j in 0..p.gain.len() {
            if dice.below(3) > 0 {
                terms.push((j, dice.below(25) - 6));
            }
        }
        let low = dice.below(40) - 15;
        let high = low + dice.below(30);
        let side = dice.below(3);
        p.rows.push(Row { low: (side != 0).then_some(low), high: (side != 1).then_some(high), terms });
    }
    p
}

/// A pack: prices between a floor and a ceiling, kinds, categories, suppliers, counties.
fn pack(dice: &mut Dice) -> Program {
    let mut p = Program::default();
    let (mut price, mut kinds) = (Vec::new(), Vec::new());
    let (mut categories, mut suppliers) = (vec![Vec::new(); 3], vec![Vec::new(); 3]);
    let mut counties = vec![Vec::new(); 3];
    for _ in 0..6 + dice.below(5) {
        let cost = 100 + dice.below(900);
        let j = p.column(cost * (70 + dice.below(30)) / 100, 1);
        price.push((j, cost));
        kinds.push((j, 1));
        for groups in [&mut categories, &mut suppliers, &mut counties] {
            groups[usize::try_from(dice.below(3)).expect("small")].push((j, 1));
        }
    }
    let budget = 800 + dice.below(2_000);
    p.row(budget * 9 / 10..=budget, price);
    p.row(2..=2 + dice.below(4), kinds);
    let least = dice.below(2);
    p.row(least..=2, categories.swap_remove(0));
    suppliers.into_iter().for_each(|terms| p.row(0..=1 + dice.below(2), terms));
    let mut all = Vec::new();
    for mut terms in counties {
        let z = p.column(0, 1);
        terms.push((z, -1));
        all.push((z, 1));
        p.rows.push(Row { low: Some(0), high: None, terms });
    }
    p.rows.push(Row { low: Some(dice.below(4)), high: None, terms: all });
    p
}

#[test]
fn ten_thousand_small_programs_agree_with_trying_everything() {
    let mut dice = Dice(20_201_120);
    let mut impossible = 0;
    for n in 0..10_000 {
        let p = if n % 2 == 0 { any(&mut dice) } else { pack(&mut dice) };
        let (answer, best) = (solved(&p), tried(&p));
        assert_eq!(answer.best.as_ref().map(|b| b.0), best, "program {n}: {p:?}");
        match &answer.best {
            Some((value, x)) => {
                assert_eq!((answer.verdict, p.broken(x), p.value(x)), (Verdict::Best, None, *value), "program {n}");
                assert_eq!(answer.bound, *value, "program {n}");
            }
            None => {
                assert_eq!(answer.verdict, Verdict::Impossible, "program {n}");
                impossible += 1;
            }
        }
    }
    assert!((1_000..9_000).contains(&impossible), "{impossible} are impossible: the two kinds are both tried");
}

/// Chu and Beasley 1998, OR-Library: five rows, a hundred columns.
fn published() -> Vec<(Program, i64)> {
    let text = include_str!("mknapcb1.txt");
    let mut numbers = text.split_whitespace().map(|t| t.parse::<i64>().expect("a number"));
    let mut next = || numbers.next().expect("another number");
    let count = next();
    (0..count)
        .map(|_| {
            let (n, m, best) = (next(), next(), next());
            let mut p = Program::default();
            (0..n).for_each(|_| _ = p.column(next(), 1));
            let rows: Vec<Vec<i64>> = (0..m).map(|_| (0..n).map(|_| next()).collect()).collect();
            for row in rows {
                let terms = row.into_iter().enumerate().collect();
                p.rows.push(Row { low: None, high: Some(next()), terms });
            }
            (p, best)
        })
        .collect()
}

#[test]
fn published_optima_are_reached_and_proved() {
    let all = published();
    assert_eq!(all.len(), 30);
    for n in [0, 5, 10, 15, 20, 25] {
        let (p, best) = &all[n];
        let answer = solved(p);
        assert_eq!(
            (answer.verdict, answer.best.map(|b| b.0), answer.bound),
            (Verdict::Best, Some(*best), *best),
            "{n}"
        );
    }
}

#[test]
fn a_search_that_is_stopped_has_an_answer_and_a_bound_that_holds() {
    let (p, best) = published().swap_remove(2);
    for after in [0, 1, 5, 20] {
        let until = Some(Instant::now() + Duration::from_millis(after));
        let answer = solve(&p, Ask { until, cancel: Arc::default(), say: &mut |_| {} }).expect("a program");
        assert!(answer.bound >= best, "{answer:?}");
        if let Some((value, x)) = &answer.best {
            assert!(p.broken(x).is_none() && *value <= best, "{answer:?}");
        }
    }
}

#[test]
fn a_search_that_is_cancelled_ends_and_tells_how_it_stood() {
    let (p, best) = published().swap_remove(2);
    let cancel: Arc<AtomicBool> = Arc::default();
    let mut told: Vec<Standing> = Vec::new();
    let mut say = |s| {
        told.push(s);
        if told.len() == 3 {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let answer = solve(&p, Ask { until: None, cancel: cancel.clone(), say: &mut say }).expect("a program");
    if answer.verdict != Verdict::Best {
        assert_eq!(answer.verdict, Verdict::Within);
        assert!(answer.bound >= best);
    }
    assert!(!told.is_empty() && told.iter().all(|s| s.bound >= best && s.best.is_none_or(|b| b <= best)), "{told:?}");
    assert!(told.is_sorted_by(|a, b| a.bound >= b.bound && a.best <= b.best), "{told:?}");
}

#[test]
fn what_is_not_exact_is_refused() {
    let large = Program { gain: vec![LARGEST, 1], most: vec![1, 1], rows: Vec::new() };
    let row = Row { low: None, high: Some(1), terms: vec![(0, LARGEST), (1, 1)] };
    let wide = Program { gain: vec![1, 1], most: vec![1, 1], rows: vec![row] };
    let negative = Program { gain: vec![1], most: vec![-1], rows: Vec::new() };
    let refused = |p: &Program| solve(p, Ask { until: None, cancel: Arc::default(), say: &mut |_| {} }).err();
    assert_eq!(refused(&large), Some(ProgramError::Gain(1)));
    assert_eq!(refused(&wide), Some(ProgramError::Row(0)));
    assert_eq!(refused(&negative), Some(ProgramError::Most(0)));
    assert_eq!(wide.broken(&[0, 2]), Some(Broken::Column(1)));
    assert_eq!(wide.broken(&[1, 0]), Some(Broken::Row(0)));
    let empty = solved(&Program::default());
    assert_eq!((empty.verdict, empty.bound), (Verdict::Best, 0));
}
