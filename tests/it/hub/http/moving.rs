//! A ledger moves to another place while its hub serves: nothing that was acknowledged is left behind, and at no moment two take orders.

use super::story::new_counter;
use super::{Hub, console, options, soon};
use crate::hub::places::{Bench, Room, benches, number, rooms};
use gongfu::domain::value::Value;
use gongfu::hub::engine::{self, EngineError, Place, Pool};
use gongfu::hub::http::{Options, ServeError, Stop as HubStop, serve};
use gongfu::hub::ledger;
use gongfu::hub::schema::{ARRIVING, MOVED, VERSION};
use gongfu::hub::whole::{self, Counted, HubError, Verdict, Watch};
use gongfu::sqlite::Stop;
use gongfu::sync::http::Caller;
use gongfu::wire::order::Outcome;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use uuid::Uuid;

const WRITERS: u64 = 4;
/// Orders acknowledged before the move begins, and after it.
const SOME: usize = 60;

fn moved(from: &Place, to: &Place, runtime: &Runtime) -> Result<Vec<Counted>, HubError> {
    let mut watch = Watch { stop: Stop::default(), tell: &mut |_, _| {} };
    whole::migrate(from, to, runtime.handle(), &mut watch)
}

fn pool(place: &Place, runtime: &Runtime) -> Pool {
    Pool::new(place, runtime.handle().clone()).expect("a place")
}

/// Writes one order after the other, each until it is taken, wherever the hub is now; the number each was given.
fn write(at: &Mutex<SocketAddr>, token: &str, first: u64, over: &AtomicBool, taken: &AtomicUsize) -> Vec<(Uuid, i64)> {
    let (runtime, mut all) = (Runtime::new().expect("a runtime"), Vec::new());
    for n in first.. {
        let order = new_counter(n);
        let line = order.to_line().expect("a line");
        loop {
            let url = format!("http://{}", *at.lock().expect("an address"));
            let caller = Caller::new(&url, None, Some(token)).expect("an address");
            let outcome = match runtime.block_on(caller.push(std::slice::from_ref(&line))) {
                Ok((_, answers)) => answers.into_iter().next().map(|a| a.outcome),
                Err(_) => None,
            };
            match outcome {
                Some(Outcome::Accepted { seq, .. }) => break all.push((order.id, seq)),
                Some(Outcome::Later { .. }) | None => std::thread::sleep(Duration::from_millis(20)),
                Some(other) => panic!("{other:?}"),
            }
        }
        taken.fetch_add(1, Ordering::AcqRel);
        if over.load(Ordering::Acquire) {
            break;
        }
    }
    all
}

#[test]
fn a_ledger_moves_while_consoles_write_and_nothing_is_lost() {
    // From each sort of place into each.
    for sort in 0..rooms().len() {
        benches().iter().for_each(|bench| move_under_load(bench, &rooms().swap_remove(sort)));
    }
}

fn move_under_load(bench: &Bench, room: &Room) {
    let runtime = Runtime::new().expect("a runtime");
    let mut hub = Hub::new(bench);
    let tokens: Vec<String> = (0..WRITERS).map(|_| console(bench, 0).1).collect();
    let (at, over, taken) = (Mutex::new(hub.address), AtomicBool::new(false), AtomicUsize::new(0));
    let so_far = |more: usize| {
        let before = taken.load(Ordering::Acquire);
        soon("orders", || taken.load(Ordering::Acquire) >= before + more);
    };
    let (written, mut new) = std::thread::scope(|scope| {
        let (at, over, taken) = (&at, &over, &taken);
        let writers: Vec<_> = (0..WRITERS)
            .zip(&tokens)
            .map(|(w, token)| scope.spawn(move || write(at, token, w * 1_000_000, over, taken)))
            .collect();
        so_far(SOME);
        let tables = moved(bench.place(), &room.place, &runtime).expect("moved");
        assert!(tables.iter().any(|t| t.table == "result" && t.rows >= SOME as u64), "{tables:?}");
        let ended = hub.thread.take().expect("a thread").join().expect("no panic");
        assert!(matches!(ended, Err(ServeError::Ledger(EngineError::Moved))), "{ended:?}");
        let new = Hub::with(bench, |o| o.place = room.place.clone());
        *at.lock().expect("an address") = new.address;
        so_far(SOME);
        over.store(true, Ordering::Release);
        let written: Vec<_> = writers.into_iter().flat_map(|w| w.join().expect("a writer")).collect();
        (written, new)
    });
    new.end();
    let taken: BTreeMap<Uuid, i64> = written.into_iter().collect();
    let pool = room.pool();
    let mut engine = pool.get().expect("an engine");
    let there =
        engine::all(engine.as_mut(), "SELECT \"id\", \"seq\" FROM \"result\" WHERE \"seq\" > 1", &[]).expect("read");
    let there: BTreeMap<Uuid, i64> = there
        .iter()
        .map(|row| match &row[0] {
            Value::Blob(id) => (Uuid::from_slice(id).expect("an id"), row[1].as_int().expect("a number")),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(there, taken, "what was acknowledged, and nothing else");
    assert_eq!(
        number(engine.as_mut(), "SELECT count(*) FROM \"counter\" WHERE \"name\" LIKE '专柜 %'"),
        taken.len() as i64
    );
    assert_eq!(ledger::state(engine.as_mut()).expect("a state").seq, taken.len() as i64 + 1, "no number left out");
    drop(engine);
    let mut watch = Watch { stop: Stop::default(), tell: &mut |_, _| {} };
    let verdict = whole::verify(&room.place, runtime.handle(), &mut watch).expect("looked at");
    assert!(matches!(verdict, Verdict::Whole(_)), "{verdict:?}");
    assert_eq!(bench.with(|e| ledger::state(e)), Err(EngineError::Moved), "the old one takes nothing");
}

#[test]
fn a_move_that_was_broken_off_is_ended_or_made_anew() {
    let runtime = Runtime::new().expect("a runtime");
    for room in rooms() {
        let bench = benches().remove(0);
        let mark = |place: &Place, version: i64| {
            let pool = pool(place, &runtime);
            let mut engine = pool.get().expect("an engine");
            engine.execute("UPDATE \"hub\" SET \"version\" = ?1", &[Value::Int(version)]).expect("marked");
        };
        let first = moved(bench.place(), &room.place, &runtime).expect("moved");
        // It ended before the new ledger was told to take over.
        mark(&room.place, ARRIVING);
        let refused = serve(&Options { place: room.place.clone(), ..options(&bench) }, |_| {}, &HubStop::new());
        assert!(matches!(refused, Err(ServeError::Ledger(EngineError::Arriving))), "{refused:?}");
        assert_eq!(moved(bench.place(), &room.place, &runtime).expect("ended"), first);
        // It ended before the old ledger was told that it has moved.
        mark(&room.place, ARRIVING);
        mark(bench.place(), VERSION);
        bench.with(|e| e.execute("UPDATE \"hub\" SET \"last_at\" = 5", &[])).expect("went on");
        moved(bench.place(), &room.place, &runtime).expect("made anew");
        let state = |place: &Place| ledger::state(pool(place, &runtime).get().expect("an engine").as_mut());
        assert_eq!(state(&room.place).expect("a ledger").last_at, 5);
        // What has moved moves no more, and what arrived is not written over.
        assert_eq!(moved(bench.place(), &room.place, &runtime), Err(EngineError::Moved.into()));
        mark(bench.place(), VERSION);
        assert_eq!(moved(bench.place(), &room.place, &runtime), Err(HubError::Taken(room.place.clone())));
        assert_eq!(bench.with(|e| number(e, "SELECT \"version\" FROM \"hub\"")), VERSION);
        assert_ne!(MOVED, ARRIVING);
    }
}
