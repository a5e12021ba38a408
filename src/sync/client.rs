//! The thread that keeps a database level with its hub: it carries between the desk and the hub.
//!
//! Owns the thread, the requests under way and the lock by which one process of a database does this for all. What comes is the
//! desk's; when something goes is the core's.

pub use super::desk::{code, position};

use super::core::{Core, Ear, Effect, Event, Failure, Position};
use super::desk::{Desk, When};
use super::http::{Caller, Heard};
use crate::base::clock::Clock;
use crate::sqlite::DbError;
use crate::store::level::Page;
use crate::store::link::Link;
use crate::store::{FILE, StoreError};
use crate::wire::order::Answer;
use crate::wire::protocol::{LONGEST_WAIT, PAGE, Standing};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// How often orders that another process made are looked for, and the lock when another has it.
const LOOK: Duration = Duration::from_secs(1);

/// What the thread hears.
enum Message {
    /// A command was submitted in this process.
    Asked,
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
    /// Starts the thread. While another process does the work for the same database it waits for its turn.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(dir: &Path, caller: Caller, clock: Clock) -> std::io::Result<Client> {
        let (tell, hear) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (dir, again, ends) = (dir.to_path_buf(), tell.clone(), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("sync".into()).spawn(move || {
            let Some(_turn) = wait_for_turn(&dir, &ends) else { return };
            match Line::open(&dir, caller, clock, (again, hear)) {
                Ok(mut line) => line.serve(&ends, |_| false),
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

/// Sends what waits and fetches what is new, once; `stop` ends it early. `tell` hears where the console stands.
///
/// # Errors
/// What is wrong with the database.
pub fn once(
    dir: &Path,
    caller: Caller,
    clock: Clock,
    stop: &AtomicBool,
    mut tell: impl FnMut(&Position),
) -> Result<Outcome, StoreError> {
    let (send, hear) = channel();
    let turn = turn(dir).map_err(|e| DbError::io(dir, &e))?;
    let mut line = Line::open(dir, caller, clock, (send, hear))?;
    if turn.is_none() {
        return Ok(Outcome { link: line.desk.link()?, failure: None, elsewhere: true });
    }
    line.serve(stop, |core| {
        tell(&core.position());
        core.rests() || core.trouble().is_some()
    });
    Ok(Outcome { link: line.desk.link()?, failure: line.desk.core().trouble(), elsewhere: false })
}

/// Name of the file whose lock says who does it.
const LOCK: &str = "sync.lock";

/// The turn of this process, when no other has it.
fn turn(dir: &Path) -> std::io::Result<Option<std::fs::File>> {
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(e)) => Err(e),
    }
}

fn wait_for_turn(dir: &Path, stop: &AtomicBool) -> Option<std::fs::File> {
    while !stop.load(Ordering::Acquire) {
        match turn(dir) {
            Ok(Some(turn)) => return Some(turn),
            Ok(None) => {}
            Err(e) => tracing::warn!(error = %e, "the lock of the exchange cannot be had"),
        }
        std::thread::sleep(LOOK);
    }
    None
}

/// The desk with its line: requests under way and whoever waits for them.
struct Line {
    desk: Desk,
    caller: Arc<Caller>,
    clock: Clock,
    runtime: Runtime,
    tell: Sender<Message>,
    hear: Receiver<Message>,
    /// The stream or question under way, and its number: what an earlier one still says is passed over.
    ear: Option<JoinHandle<()>>,
    ear_no: u64,
    started: Instant,
    seen: i64,
}

impl Line {
    fn open(
        dir: &Path,
        caller: Caller,
        clock: Clock,
        (tell, hear): (Sender<Message>, Receiver<Message>),
    ) -> Result<Line, StoreError> {
        let failed = |e: std::io::Error| DbError::io(&dir.join(FILE), &e);
        // One thread for the network: this one does the rest.
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(failed)?;
        let seed = clock.now().as_millisecond().unsigned_abs() ^ u64::from(std::process::id());
        Ok(Line {
            desk: Desk::open(dir, seed)?,
            caller: Arc::new(caller),
            clock,
            runtime,
            tell,
            hear,
            ear: None,
            ear_no: 0,
            started: Instant::now(),
            seen: 0,
        })
    }

    fn when(&self) -> When {
        When { moment: self.started.elapsed(), at: self.clock.now() }
    }

    /// Serves until `stop`, or until `done` says so of the core.
    fn serve(&mut self, stop: &AtomicBool, mut done: impl FnMut(&Core) -> bool) {
        self.take(Event::Tick);
        while !stop.load(Ordering::Acquire) && !done(self.desk.core()) {
            let now = self.started.elapsed();
            let due = self.desk.core().due(now).map_or(LOOK, |at| at.saturating_sub(now));
            match self.hear.recv_timeout(due.min(LOOK)) {
                Ok(message) => self.hear_one(message),
                Err(RecvTimeoutError::Timeout) => {
                    self.look();
                    self.take(Event::Tick);
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        self.hang_up();
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
    }

    fn hear_one(&mut self, message: Message) {
        let when = self.when();
        let effects = match message {
            Message::Asked => self.desk.take(Event::Asked, when),
            Message::Pushed(Ok((standing, answers))) => self.desk.pushed(standing, &answers, when),
            Message::Pushed(Err(failure)) => self.desk.take(Event::NotPushed(failure), when),
            Message::Pulled(Ok((standing, page))) => self.desk.pulled(standing, &page, when),
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

    fn push(&mut self) {
        let orders = match self.desk.outgoing(self.when()) {
            Ok(orders) => orders,
            Err(effects) => return self.carry_out(effects),
        };
        let (caller, tell) = (Arc::clone(&self.caller), self.tell.clone());
        self.runtime.spawn(async move {
            let answered = caller.push(&orders).await;
            let _ = tell.send(Message::Pushed(answered));
        });
    }

    fn pull(&mut self, at: Position) {
        self.desk.asks(self.when());
        let (caller, tell) = (Arc::clone(&self.caller), self.tell.clone());
        self.runtime.spawn(async move {
            let answered = caller.pull(at, PAGE).await;
            let _ = tell.send(Message::Pulled(answered));
        });
    }

    fn listen(&mut self, ear: Ear, at: Position) {
        self.hang_up();
        let (caller, tell, no) = (Arc::clone(&self.caller), self.tell.clone(), self.ear_no);
        self.ear = Some(self.runtime.spawn(async move {
            let message = match ear {
                Ear::Stream => {
                    let to = tell.clone();
                    let ended = caller.listen(move |heard| _ = to.send(Message::Heard(no, heard))).await;
                    Message::Closed(no, ended.err())
                }
                Ear::LongPoll | Ear::Poll => {
                    let wait = if ear == Ear::LongPoll { LONGEST_WAIT } else { 0 };
                    let answered = caller.head(at.head, wait).await;
                    Message::Polled(no, answered.map(|(_, head)| (head.epoch, head.head)))
                }
            };
            let _ = tell.send(message);
        }));
    }

    fn hang_up(&mut self) {
        self.ear_no += 1;
        if let Some(ear) = self.ear.take() {
            ear.abort();
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
