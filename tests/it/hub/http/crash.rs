//! The ledger's server falls and comes back while many write: the hubs say so meanwhile, go on by themselves, and nothing that
//! was acknowledged is gone or there twice.

use super::story::{new_counter, page};
use super::{Hub, bearer, console, ndjson, soon};
use crate::hub::places::{Bench, own};
use gongfu::domain::rows::Counter;
use gongfu::hub::engine;
use gongfu::hub::whole::{self, Verdict, Watch};
use gongfu::sqlite::Stop;
use gongfu::wire::order::{Answer, Outcome};
use gongfu::wire::protocol::{PULL, PUSH};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

const WRITERS: usize = 8;
/// Orders acknowledged before the server falls, after it, and by those who write until then.
const SOME: u64 = 120;
/// How often the server falls.
const FALLS: usize = 2;

/// What the writers have seen.
#[derive(Default)]
struct Seen {
    acknowledged: AtomicU64,
    /// Answers that said to come again: of the door, and of the writer.
    away: AtomicU64,
    later: AtomicU64,
    /// No new orders; and all of them are taken.
    over: AtomicBool,
    taken: AtomicBool,
}

/// Writes one order after the other, each until it is taken, as a console does; the number each was given, and the longest time
/// between two.
fn write(hub: &Hub, token: &str, first: u64, seen: &Seen) -> (Vec<(Uuid, i64)>, Duration) {
    let (mut taken, mut gap, mut last) = (Vec::new(), Duration::ZERO, Instant::now());
    for n in first.. {
        if seen.over.load(Ordering::Acquire) {
            break;
        }
        let order = new_counter(n);
        let body = ndjson(std::slice::from_ref(&order));
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < Duration::from_secs(60), "an order is never taken");
            let reply = hub.ask("POST", PUSH, &[&bearer(token)], body.as_bytes());
            let answer = match reply.status {
                200 => serde_json::from_str::<Answer>(reply.text().trim()).expect("an answer"),
                503 => {
                    assert!(reply.header("retry-after").is_some());
                    seen.away.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(50));
                    continue;
                }
                other => panic!("{other}: {}", reply.text()),
            };
            assert_eq!(answer.id, order.id);
            match answer.outcome {
                Outcome::Accepted { seq, .. } => taken.push((order.id, seq)),
                Outcome::Later { after_ms } => {
                    seen.later.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(after_ms));
                    continue;
                }
                other => panic!("{other:?}"),
            }
            break;
        }
        gap = gap.max(last.elapsed());
        last = Instant::now();
        seen.acknowledged.fetch_add(1, Ordering::Release);
    }
    (taken, gap)
}

/// Reads on from a cursor until all is over and everything is here; the names of the counters that came.
fn follow(hub: &Hub, token: &str, seen: &Seen) -> BTreeSet<String> {
    let (mut cursor, mut names) = (1, BTreeSet::new());
    loop {
        let last = seen.taken.load(Ordering::Acquire);
        let reply = hub.get(&format!("{PULL}?cursor={cursor}&epoch=1&scope=1&limit=20"), token);
        if reply.status != 200 {
            assert_eq!(reply.status, 503, "{}", reply.text());
            std::thread::sleep(Duration::from_millis(50));
            continue;
        }
        let (begins, rows, end) = page(&reply);
        assert!(
            !begins.reset && end.next >= cursor && end.next <= begins.head,
            "from {cursor} to {end:?} of {begins:?}"
        );
        names.extend(rows.all::<Counter>().into_iter().map(|c| c.name).filter(|n| n.starts_with("专柜 ")));
        cursor = end.next;
        if last && end.done {
            return names;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_server_that_falls_under_load_loses_nothing_and_the_hubs_go_on_by_themselves() {
    let Some(server) = own::Server::new() else { return };
    let bench = Bench::at(&server.address());
    let hubs = [Hub::new(&bench), Hub::new(&bench)];
    let seen = Seen::default();
    let tokens: Vec<String> = (0..=WRITERS).map(|_| console(&bench, 0).1).collect();
    let (written, read) = std::thread::scope(|scope| {
        let (seen, hubs, tokens) = (&seen, &hubs, &tokens);
        let writers: Vec<_> = (0..WRITERS)
            .map(|w| scope.spawn(move || write(&hubs[w % 2], &tokens[w], w as u64 * 1_000_000, seen)))
            .collect();
        let reader = scope.spawn(|| follow(&hubs[1], &tokens[WRITERS], seen));
        for _ in 0..FALLS {
            let so_far = |more: u64| {
                let before = seen.acknowledged.load(Ordering::Acquire);
                soon("orders", || seen.acknowledged.load(Ordering::Acquire) >= before + more);
            };
            so_far(SOME);
            server.stop();
            for hub in hubs {
                assert_eq!(hub.ask("GET", "/healthz", &[], b"").status, 503);
            }
            let away = seen.away.load(Ordering::Relaxed);
            soon("who is told", || seen.away.load(Ordering::Relaxed) >= away + 2 * WRITERS as u64);
            server.start();
            so_far(SOME);
        }
        seen.over.store(true, Ordering::Release);
        let written: Vec<_> = writers.into_iter().map(|w| w.join().expect("a writer")).collect();
        seen.taken.store(true, Ordering::Release);
        (written, reader.join().expect("the reader"))
    });
    let gap = written.iter().map(|(_, gap)| *gap).max().expect("writers");
    let taken: BTreeMap<Uuid, i64> = written.into_iter().flat_map(|(taken, _)| taken).collect();
    everything_is_there_once(&bench, &taken, &read);
    // Sent again, to the other hub, they have the answers they had.
    let token = &console(&bench, 0).1;
    let again: Vec<_> =
        taken.keys().take(50).map(|id| gongfu::wire::order::Order { id: *id, ..new_counter(0) }).collect();
    for answer in hubs[0].push(token, &again) {
        assert!(matches!(answer.outcome, Outcome::Accepted { seq, .. } if taken[&answer.id] == seq), "{answer:?}");
    }
    let _ = writeln!(
        std::io::stderr(),
        "{FALLS} falls of the server: {} orders acknowledged, 0 lost, 0 twice; {} times 503, {} times later; longest gap {:.1} s",
        taken.len(),
        seen.away.load(Ordering::Relaxed),
        seen.later.load(Ordering::Relaxed),
        gap.as_secs_f64()
    );
}

/// Every order that was acknowledged has its number, the numbers have no gap, each made one counter, the reader has them all, and
/// the ledger is whole.
fn everything_is_there_once(bench: &Bench, taken: &BTreeMap<Uuid, i64>, read: &BTreeSet<String>) {
    let seqs: BTreeSet<i64> = taken.values().copied().collect();
    let last = i64::try_from(taken.len()).expect("few") + 1;
    assert_eq!(
        seqs,
        (2..=last).collect(),
        "each its own number, none left out: every order was asked until it was taken"
    );
    let there = bench
        .with(|e| engine::all(e, "SELECT \"id\", \"seq\" FROM \"result\" WHERE \"seq\" > 1", &[]))
        .expect("answers");
    let there: BTreeMap<Uuid, i64> = there
        .iter()
        .map(|row| match &row[0] {
            gongfu::domain::value::Value::Blob(id) => {
                (Uuid::from_slice(id).expect("an id"), row[1].as_int().expect("a number"))
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(&there, taken);
    let counters = bench.with(|e| engine::all(e, "SELECT \"name\" FROM \"counter\" WHERE \"name\" LIKE '专柜 %'", &[]));
    let counters: Vec<String> =
        counters.expect("counters").iter().map(|r| r[0].as_text().expect("text").to_owned()).collect();
    assert_eq!(counters.len(), taken.len(), "one effect each");
    assert_eq!(&counters.into_iter().collect::<BTreeSet<_>>(), read, "the reader misses none");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut watch = Watch { stop: Stop::default(), tell: &mut |_, _| {} };
    let verdict = whole::verify(bench.place(), runtime.handle(), &mut watch).expect("looked at");
    assert!(matches!(&verdict, Verdict::Whole(w) if w.state.seq == last), "{verdict:?}");
}
