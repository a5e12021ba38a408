//! The thread that keeps a database level with its hub: it carries between the desk and the hub.
//!
//! Owns the thread, the requests under way and the lock by which one process of a database does this for all. What comes is the
//! desk's; when something goes is the core's.

mod aside;
mod line;
mod turn;

pub use aside::{Answer as Answered, receipts};

pub use super::desk::{code, position};

use super::core::{Effect, Event, Failure, Position};
use super::desk::{Desk, Stage, When};
use super::http::{Caller, Heard};
use crate::base::clock::Clock;
use crate::domain::rows::Kind;
use crate::sqlite::DbError;
use crate::store::StoreError;
use crate::store::level::Page;
use crate::store::link::Link;
use crate::wire::order::Answer;
use crate::wire::protocol::{Standing, Told};
use line::Line;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
pub(super) use turn::turn;
use turn::wait_for_turn;
use uuid::Uuid;

/// How often orders that another process made are looked for, and the lock when another has it.
const LOOK: Duration = Duration::from_secs(1);

/// When building indices that could not be built is tried again.
const BUILD_AGAIN: Duration = Duration::from_secs(10);

/// What the thread hears.
enum Message {
    /// A command was submitted in this process.
    Asked,
    Question(aside::Question),
    /// The receipt of a position was told, or not; with how many pages had been asked for before.
    Told(Position, u64, Option<Told>),
    Pushed(Result<(Standing, Vec<Answer>), Failure>),
    Pulled(Result<(Standing, Page), Failure>),
    Heard(u64, Heard),
    Polled(u64, Result<(i64, i64), Failure>),
    Closed(u64, Option<Failure>),
}

/// What keeps the database of a directory level, until the value goes.
pub struct Client {
    tell: Sender<Message>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Client {
    /// Starts the thread. While another process does the work for the same database it waits for its turn. `moved` is told
    /// whenever something here has become another.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        dir: &Path,
        caller: Caller,
        clock: Clock,
        moved: impl Fn() + Send + 'static,
    ) -> std::io::Result<Client> {
        let (tell, hear) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (dir, again, ends) = (dir.to_path_buf(), tell.clone(), Arc::clone(&stop));
        let line = Line::new(caller)?;
        let thread = std::thread::Builder::new().name("sync".into()).spawn(move || {
            let Some(_turn) = wait_for_turn(&dir, &line, &hear, &ends) else { return };
            match Carrier::open(&dir, line, clock, (again, hear)) {
                Ok(mut carrier) => {
                    carrier.desk.tells(moved);
                    carrier.serve(&ends, &mut |_| {}, |_| false);
                }
                Err(e) => tracing::error!(error = %e, "the database cannot be kept level with the hub"),
            }
        })?;
        Ok(Client { tell, stop, thread: Some(thread) })
    }

    /// Says that an order lies in the outbox.
    pub fn asked(&self) {
        // The thread is gone only when the database is.
        let _ = self.tell.send(Message::Asked);
    }

    /// Asks the hub which consoles have a row; `answer` is called on another thread.
    pub fn receipts(&self, kind: Kind, id: Uuid, answer: Answered) {
        // As above: without the thread nobody is answered.
        let _ = self.tell.send(Message::Question(aside::Question { kind, id, answer }));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.asked();
        if let Some(thread) = self.thread.take() {
            // It is between two messages at most; a panic in it was logged.
            let _ = thread.join();
        }
    }
}

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub link: Link,
    /// What kept the console from the hub, if something did.
    pub failure: Option<Failure>,
    /// Another process does it for this database already.
    pub elsewhere: bool,
}

/// Sends what waits and fetches what is new, once; `stop` ends it early. `tell` hears how far a first load is.
///
/// # Errors
/// What is wrong with the database.
pub fn once(
    dir: &Path,
    caller: Caller,
    clock: Clock,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Stage),
) -> Result<Outcome, StoreError> {
    let (send, hear) = channel();
    let turn = turn(dir).map_err(|e| DbError::io(dir, &e))?;
    let line = Line::new(caller).map_err(|e| DbError::io(dir, &e))?;
    let mut carrier = Carrier::open(dir, line, clock, (send, hear))?;
    if turn.is_none() {
        return Ok(Outcome { link: carrier.desk.link()?, failure: None, elsewhere: true });
    }
    carrier.serve(stop, tell, |desk| {
        let core = desk.core();
        core.rests() && desk.first_load().is_none() || core.trouble().is_some() && !core.is_sending()
    });
    carrier.last_receipt();
    Ok(Outcome { link: carrier.desk.link()?, failure: carrier.desk.core().trouble(), elsewhere: false })
}

/// The desk with its line: requests under way and whoever waits for them.
struct Carrier {
    desk: Desk,
    line: Line,
    clock: Clock,
    tell: Sender<Message>,
    hear: Receiver<Message>,
    receipt: aside::Receipt,
    /// Pages asked for.
    pulls: u64,
    /// The stream or question under way, and its number: what an earlier one still says is passed over.
    ear: Option<JoinHandle<()>>,
    ear_no: u64,
    started: Instant,
    seen: i64,
    first_load: Option<Stage>,
    not_built_before: Duration,
}

impl Carrier {
    fn open(
        dir: &Path,
        line: Line,
        clock: Clock,
        (tell, hear): (Sender<Message>, Receiver<Message>),
    ) -> Result<Carrier, StoreError> {
        let seed = clock.now().as_millisecond().unsigned_abs() ^ u64::from(std::process::id());
        Ok(Carrier {
            desk: Desk::open(dir, seed)?,
            line,
            clock,
            tell,
            hear,
            receipt: aside::Receipt::default(),
            pulls: 0,
            ear: None,
            ear_no: 0,
            started: Instant::now(),
            seen: 0,
            first_load: None,
            not_built_before: Duration::ZERO,
        })
    }

    fn when(&self) -> When {
        When { moment: self.started.elapsed(), at: self.clock.now() }
    }

    /// Serves until `stop`, or until `done` says so; `tell` hears how far a first load is.
    fn serve(&mut self, stop: &AtomicBool, tell: &mut dyn FnMut(Stage), mut done: impl FnMut(&Desk) -> bool) {
        self.take(Event::Tick);
        let mut looks = self.started.elapsed() + LOOK;
        self.first_load(tell);
        while !stop.load(Ordering::Acquire) && !done(&self.desk) {
            let now = self.started.elapsed();
            let due = self.desk.core().due(now).map_or(looks, |at| at.min(looks));
            match self.hear.recv_timeout(due.saturating_sub(now)) {
                Ok(message) => self.hear_one(message),
                Err(RecvTimeoutError::Timeout) => self.take(Event::Tick),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.first_load(tell);
            // However much there is to hear.
            if self.started.elapsed() >= looks {
                self.look();
                looks = self.started.elapsed() + LOOK;
            }
        }
        self.hang_up();
    }

    /// Tells how far a first load is, and ends it when all rows are there.
    fn first_load(&mut self, tell: &mut dyn FnMut(Stage)) {
        let Some(stage) = self.desk.first_load() else { return };
        if self.first_load != Some(stage) {
            self.first_load = Some(stage);
            tell(stage);
        }
        if self.started.elapsed() < self.not_built_before {
            return;
        }
        if let Err(e) = self.desk.end_first_load(tell) {
            tracing::warn!(error = %e, "the indices of a first load are not built");
            self.not_built_before = self.started.elapsed() + BUILD_AGAIN;
        }
    }

    /// Looks for orders that another process made, and writes down that everything is here.
    fn look(&mut self) {
        let version = self.desk.version().unwrap_or(self.seen);
        if std::mem::replace(&mut self.seen, version) != version {
            self.take(Event::Asked);
        }
        if self.ear.as_ref().is_some_and(|e| !e.is_finished()) {
            self.desk.rests(self.clock.now());
        }
        self.tell_receipt();
    }

    fn hear_one(&mut self, message: Message) {
        let when = self.when();
        let effects = match message {
            Message::Asked => self.desk.take(Event::Asked, when),
            Message::Question(question) => {
                aside::ask(&self.line.runtime, &self.line.caller, question);
                Vec::new()
            }
            Message::Told(at, pulls, told) => {
                self.receipt.ended(at, told.is_some(), when.moment);
                // One that came while a page was on its way may be older than the page's.
                if let Some(checkpoint) = told.and_then(|t| t.checkpoint).filter(|_| pulls == self.pulls) {
                    self.desk.witness(&checkpoint, when.at);
                }
                Vec::new()
            }
            Message::Pushed(Ok((standing, answers))) => self.desk.pushed(standing, &answers, when),
            Message::Pushed(Err(failure)) => self.desk.take(Event::NotPushed(failure), when),
            Message::Pulled(Ok((standing, page))) => {
                let effects = self.desk.pulled(standing, &page, when);
                // Thousands of rows take a while to be given back: not while the next wait to be written.
                self.line.runtime.spawn_blocking(move || drop(page));
                effects
            }
            Message::Pulled(Err(failure)) => self.desk.take(Event::NotPulled(failure), when),
            Message::Heard(no, heard) if no == self.ear_no => match heard {
                Heard::Opened => self.desk.take(Event::Opened, when),
                Heard::Beat => self.desk.take(Event::Beat, when),
                Heard::Head(head) => self.desk.take(Event::Heard { epoch: head.epoch, head: head.head }, when),
                Heard::Urgent(urgent) => self.desk.urgent(&urgent, when),
            },
            Message::Polled(no, Ok((epoch, head))) if no == self.ear_no => {
                let mut effects = self.desk.take(Event::Heard { epoch, head }, when);
                effects.extend(self.desk.take(Event::Closed(None), when));
                effects
            }
            Message::Polled(no, Err(failure)) if no == self.ear_no => {
                self.desk.take(Event::Closed(Some(failure)), when)
            }
            Message::Closed(no, failure) if no == self.ear_no => self.desk.take(closed(failure), when),
            Message::Heard(..) | Message::Polled(..) | Message::Closed(..) => Vec::new(),
        };
        self.carry_out(effects);
    }

    fn take(&mut self, event: Event) {
        let when = self.when();
        let effects = self.desk.take(event, when);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Push => self.push(),
                Effect::Pull(at) => self.pull(at),
                Effect::Listen(ear, at) => self.listen(ear, at),
                Effect::HangUp => self.hang_up(),
                // The desk's own affair.
                Effect::Trouble(_) => {}
            }
        }
    }
}

fn closed(failure: Option<Failure>) -> Event {
    match failure {
        // Said on the stream itself: nothing else will do any more.
        Some(failure @ (Failure::Revoked | Failure::Unknown)) => Event::NotPulled(failure),
        other => Event::Closed(other),
    }
}
