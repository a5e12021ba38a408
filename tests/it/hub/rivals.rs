//! Many write at once while others read: no number is skipped, and no reader that follows the numbers misses a row.

use super::ledger::{at, order};
use super::places::{Bench, benches};
use gongfu::domain::command::Command;
use gongfu::domain::record::Record;
use gongfu::domain::rows::Counter;
use gongfu::hub::audit::{self, Verdict};
use gongfu::hub::ledger;
use gongfu::hub::pull::{self, Eye};
use gongfu::wire::order::Outcome;
use gongfu::wire::row::from_line;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

const WRITERS: usize = 16;
const EACH: usize = 30;

/// Reads on from a cursor as a console does, until nothing more can come; the codes of counters it was given.
fn follow(bench: &Bench, done: &AtomicBool) -> BTreeSet<String> {
    let pool = bench.again();
    let eye = Eye::new(&bench.devices[0], "610000");
    let (mut cursor, mut seen, mut last) = (0, BTreeSet::new(), false);
    loop {
        let mut engine = pool.get().expect("an engine");
        let state = ledger::state(engine.as_mut()).expect("a state");
        let page = pull::page(engine.as_mut(), &state, &eye, cursor, 7).expect("a page");
        for (seq, line) in &page.rows {
            assert!(*seq > cursor && *seq <= page.next, "{seq} after {cursor}");
            let row = from_line(line).expect("a row");
            seen.extend(Counter::from_row(row).filter(|c| c.name.starts_with("专柜 ")).map(|c| c.code));
        }
        cursor = page.next;
        if cursor == page.head {
            if last {
                return seen;
            }
            last = done.load(Ordering::Acquire);
        }
    }
}

#[test]
fn sixteen_writers_of_two_hubs_leave_no_gap_and_a_reader_misses_nothing() {
    for bench in benches() {
        let hubs = [bench.again(), bench.again()];
        let done = AtomicBool::new(false);
        let (codes, read) = std::thread::scope(|scope| {
            let reader = scope.spawn(|| follow(&bench, &done));
            let writers: Vec<_> = (0..WRITERS)
                .map(|w| {
                    let (pool, device) = (&hubs[w % 2], bench.devices[0].clone());
                    scope.spawn(move || {
                        let mut codes = Vec::new();
                        for n in 0..EACH {
                            let mut new = crate::support::province::counter(w * EACH + n, "610926");
                            new.name = format!("专柜 {w}-{n}");
                            let id = Uuid::from_u128((w * EACH + n + 1) as u128);
                            let asked = order(id, n as u64, "李静", Command::AddCounter(new));
                            let mut engine = pool.get().expect("an engine");
                            let answer =
                                ledger::take(engine.as_mut(), at(1), &[(device.clone(), asked)]).expect("taken");
                            let Outcome::Accepted { seq, code, .. } = &answer[0].outcome else { panic!("{answer:?}") };
                            codes.push((*seq, code.clone()));
                        }
                        codes
                    })
                })
                .collect();
            let codes: Vec<(i64, String)> = writers.into_iter().flat_map(|w| w.join().expect("a writer")).collect();
            done.store(true, Ordering::Release);
            (codes, reader.join().expect("the reader"))
        });
        let seqs: BTreeSet<i64> = codes.iter().map(|(seq, _)| *seq).collect();
        let total = i64::try_from(WRITERS * EACH).expect("few");
        assert_eq!(seqs, (2..2 + total).collect());
        let names: BTreeSet<String> = codes.into_iter().map(|(_, code)| code).collect();
        assert_eq!(names.len(), WRITERS * EACH, "each its own code");
        let missed: Vec<_> = names.symmetric_difference(&read).collect();
        assert!(missed.is_empty(), "{missed:?}");
        let state = bench.with(|e| ledger::state(e)).expect("a state");
        assert_eq!(bench.with(|e| audit::verify(e, state.audit)).expect("checked"), Verdict::Whole(state.audit));
    }
}
