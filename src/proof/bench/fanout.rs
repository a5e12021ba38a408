//! From a command to every console that listens: how long until the last has heard of it.

use super::field::{Field, unsound};
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::rows::Kind;
use crate::proof::fault::Fault;
use crate::proof::province::{self, PEOPLE};
use crate::sync::core::Position;
use crate::sync::http::{Caller, Heard};
use crate::wire::order::{By, Order, Outcome};
use crate::wire::row::SCHEMA;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What was measured, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Fanout {
    pub consoles: usize,
    pub rounds: usize,
    /// From the sending of the command to the answer of its sender.
    pub answer_p50: f64,
    /// To the row on a stream, over all streams and rounds.
    pub p50: f64,
    pub p99: f64,
    /// To the last stream of a round: the median of the rounds, and the slowest round.
    pub last_p50: f64,
    pub last_max: f64,
    /// Memory the hub holds with all streams open, and held at most.
    pub memory: Option<(u64, u64)>,
}

/// Between two commands: everybody rests.
const REST: Duration = Duration::from_millis(200);
/// A stream that has not heard after this has lost it.
const PATIENCE: Duration = Duration::from_secs(20);

/// When which stream heard of the round under way.
type Hearings = Arc<Mutex<Vec<Instant>>>;

/// Opens a stream over TLS for each of `many` consoles, and takes a product off sale and back again.
///
/// # Errors
/// When a part fails, or a stream hears nothing.
pub fn fanout(
    dir: &Path,
    binary: &Path,
    (many, rounds): (usize, usize),
    mut tell: impl FnMut(&str),
) -> Result<Fanout, Fault> {
    tell("hub and consoles");
    let mut devices = Vec::new();
    let field = Field::make(dir, binary, None, |engine| {
        devices = province::load(engine)?;
        Ok(())
    })?;
    if let crate::hub::engine::Place::Sqlite(path) = &field.place {
        province::furnish(path, &province::runtime()?, &devices)?;
    }
    let (_, role, union) = PEOPLE[0];
    let consoles = field.consoles(province::org(union), role, many + 1)?;
    let serving = field.serve()?;
    let callers =
        consoles.iter().map(|(_, token)| field.caller(&serving, Some(token))).collect::<Result<Vec<_>, _>>()?;
    let Some((office, listeners)) = callers.split_first() else { return Err(unsound("nobody asks")) };
    let heard: Hearings = Arc::default();
    tell("streams");
    for (n, caller) in listeners.iter().enumerate() {
        let (caller, heard) = (caller.clone(), Arc::clone(&heard));
        field.runtime.spawn(async move {
            let ended = caller.listen(|news| hears(&news, &heard)).await;
            tracing::warn!(stream = n, ?ended, "a stream has ended");
        });
        // A crowd that comes at once is another measurement.
        if n % 50 == 49 {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let until = Instant::now() + PATIENCE;
    while field.counted(&serving, "gongfu_hub_streams")? < many as u64 {
        if Instant::now() > until {
            return Err(unsound("not all streams are open"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let entry = product(&field, office)?;
    tell("rounds");
    let (mut all, mut last, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    let mut ids = Ids::real(Clock::Real);
    for round in 0..rounds {
        std::thread::sleep(REST);
        heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let verb = if round % 2 == 0 { Verb::Suspend } else { Verb::Resume };
        let line = order(ids.next_id(), round as u64 + 1, entry, verb).to_line()?;
        let begun = Instant::now();
        let answered = field.runtime.block_on(office.push(&[line]));
        answers.push(begun.elapsed());
        let (_, told) = answered.map_err(|e| unsound(format!("{e:?}")))?;
        if !told.iter().all(|a| matches!(a.outcome, Outcome::Accepted { .. })) {
            return Err(unsound(format!("{told:?}")));
        }
        let times = wait(&heard, many, begun)?;
        last.extend(times.iter().max().copied());
        all.extend(times);
    }
    Ok(Fanout {
        consoles: many,
        rounds,
        answer_p50: at(&mut answers, 50),
        p50: at(&mut all, 50),
        p99: at(&mut all, 99),
        last_p50: at(&mut last, 50),
        last_max: at(&mut last, 100),
        memory: serving.running.memory(),
    })
}

/// Notes when the row came, not the call to fetch.
fn hears(news: &Heard, heard: &Hearings) {
    if matches!(news, Heard::Urgent(_)) {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
    }
}

fn wait(heard: &Hearings, many: usize, begun: Instant) -> Result<Vec<Duration>, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        let times = heard.lock().unwrap_or_else(PoisonError::into_inner);
        if times.len() >= many {
            return Ok(times.iter().map(|t| t.saturating_duration_since(begun)).collect());
        }
        if Instant::now() > until {
            return Err(unsound(format!("{} of {many} streams have heard", times.len())));
        }
        drop(times);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A product on sale.
fn product(field: &Field, office: &Caller) -> Result<Uuid, Fault> {
    let (_, page) =
        field.runtime.block_on(office.pull(Position::default(), 10_000)).map_err(|e| unsound(format!("{e:?}")))?;
    let listed = page.rows.iter().find(|r| r.kind() == Kind::CatalogEntry);
    listed.map(crate::domain::rows::Row::uuid).ok_or_else(|| unsound("no product"))
}

fn order(id: Uuid, n: u64, entry: Uuid, verb: Verb) -> Order {
    let command = Command::Move { kind: Kind::CatalogEntry, id: entry, verb, reason: "核查".into() };
    let by = By { name: "李静".into(), origin: String::new() };
    Order { id, n, made_at: 0, schema: SCHEMA, by, seen: Vec::new(), command, signed: None }
}

/// The time that so many in a hundred are below, in milliseconds.
fn at(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).map_or(f64::NAN, |t| t.as_secs_f64() * 1e3)
}
