//! The thread that keeps a database level with its hub: it does what the core asks, on this machine's one connection for it.
//!
//! Owns the thread, the requests under way and the lock by which one process of a database does this for all. Rows are laid by the
//! store; when is the core's.

mod aside;
mod line;
mod turn;

pub use aside::{Answer as Answered, receipts};

use super::core::{Core, Effect, Event, Failure, Moment, Position};
use super::http::{Caller, Heard};
use super::key;
use crate::base::clock::Clock;
use crate::domain::rows::Kind;
use crate::sqlite::{self, DbError, Use};
use crate::store::level::{self, Page};
use crate::store::link::{self, Link, trouble};
use crate::store::{FILE, StoreError, outbox, witness};
use crate::wire::checkpoint::Checkpoint;
use crate::wire::order::Answer;
use crate::wire::protocol::{Standing, Told, Urgent};
use crate::wire::row::from_line;
use line::Line;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use turn::{turn, wait_for_turn};
use uuid::Uuid;

/// How often orders that another process made are looked for, and the lock when another has it.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is written down that everything is here while nothing happens: the screen shows minutes.
const NOTE_EVERY: i64 = 60_000;
/// Orders and bytes of one push.
const BYTES: usize = 900 << 10;

/// What the thread hears.
enum Message {
    /// A command was submitted in this process.
    Asked,
    Question(aside::Question),
    /// The receipt of a position was told, or not; with how many pages had been asked for before.
    Told(Position, u64, Option<Told>),
    Pushed(Result<(Standing, Vec<Answer>), Failure>),
    /// With what lay between question and answer, in milliseconds.
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
            match Desk::open(&dir, line, clock, (again, hear)) {
                Ok(mut desk) => {
                    desk.moved = Box::new(moved);
                    desk.serve(&ends, |_| false);
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
    let line = Line::new(caller).map_err(|e| DbError::io(dir, &e))?;
    let mut desk = Desk::open(dir, line, clock, (send, hear))?;
    if turn.is_none() {
        return Ok(Outcome { link: desk.link()?, failure: None, elsewhere: true });
    }
    desk.serve(stop, |core| {
        tell(&core.position());
        core.rests() || core.trouble().is_some()
    });
    desk.last_receipt();
    Ok(Outcome { link: desk.link()?, failure: desk.core.trouble(), elsewhere: false })
}

struct Desk {
    core: Core,
    db: Connection,
    path: PathBuf,
    line: Line,
    clock: Clock,
    tell: Sender<Message>,
    hear: Receiver<Message>,
    receipt: aside::Receipt,
    /// Pages asked for.
    pulls: u64,
    /// The hub's public key; without one nothing can be checked.
    public: Option<String>,
    /// The hub has contradicted what this console has seen.
    contradicted: bool,
    /// The stream or question under way, and its number: what an earlier one still says is passed over.
    ear: Option<JoinHandle<()>>,
    ear_no: u64,
    started: Instant,
    noted_at: i64,
    asked_at: Option<i64>,
    seen: i64,
    pulled: Option<Position>,
    moved: Box<dyn Fn()>,
}

impl Desk {
    fn open(
        dir: &Path,
        line: Line,
        clock: Clock,
        (tell, hear): (Sender<Message>, Receiver<Message>),
    ) -> Result<Desk, StoreError> {
        let path = dir.join(FILE);
        let db = sqlite::open(&path, Use::Write)?;
        let seed = clock.now().as_millisecond().unsigned_abs() ^ u64::from(std::process::id());
        let link = link::get(&db).map_err(|e| DbError::of(&path, &e))?;
        let contradicted = witness::contradictions(&db).map_err(|e| DbError::of(&path, &e))? > 0;
        let position = link.as_ref().map(position).unwrap_or_default();
        Ok(Desk {
            core: Core::new(position, seed),
            db,
            line,
            clock,
            tell,
            hear,
            receipt: aside::Receipt::default(),
            pulls: 0,
            public: key::load(dir).ok().flatten().map(|k| k.public).filter(|p| !p.is_empty()),
            contradicted,
            ear: None,
            ear_no: 0,
            started: Instant::now(),
            noted_at: 0,
            asked_at: None,
            seen: 0,
            pulled: None,
            moved: Box::new(|| {}),
            path,
        })
    }

    fn link(&self) -> Result<Link, StoreError> {
        let none = || DbError::Other(self.path.clone(), "belongs to no hub".into());
        Ok(link::get(&self.db).map_err(|e| DbError::of(&self.path, &e))?.ok_or_else(none)?)
    }

    fn now(&self) -> Moment {
        self.started.elapsed()
    }

    /// Serves until `stop`, or until `done` says so of the core.
    fn serve(&mut self, stop: &AtomicBool, mut done: impl FnMut(&Core) -> bool) {
        self.take(Event::Tick);
        let mut looks = self.now() + LOOK;
        while !stop.load(Ordering::Acquire) && !done(&self.core) {
            let now = self.now();
            let due = self.core.due(now).map_or(looks, |at| at.min(looks));
            match self.hear.recv_timeout(due.saturating_sub(now)) {
                Ok(message) => self.hear_one(message),
                Err(RecvTimeoutError::Timeout) => self.take(Event::Tick),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // However much there is to hear.
            if self.now() >= looks {
                self.look();
                looks = self.now() + LOOK;
            }
        }
        self.hang_up();
    }

    /// Looks for orders that another process made, and writes down that everything is here.
    fn look(&mut self) {
        let version: i64 = self.db.query_row("PRAGMA data_version", [], |r| r.get(0)).unwrap_or(self.seen);
        if std::mem::replace(&mut self.seen, version) != version {
            self.take(Event::Asked);
        }
        let at = self.clock.now().as_millisecond();
        let listening = self.ear.as_ref().is_some_and(|e| !e.is_finished());
        if self.core.rests() && listening && self.core.trouble().is_none() && at - self.noted_at >= NOTE_EVERY {
            self.noted_at = at;
            self.note(|link| {
                link.heard_at = at;
                if link.is_level() {
                    link.level_at = at;
                }
            });
        }
        self.tell_receipt();
    }

    fn note(&mut self, change: impl FnOnce(&mut Link)) {
        let noted = level::note(&mut self.db, &self.path, change).map(|done| {
            if done {
                (self.moved)();
            }
        });
        let _ = noted.inspect_err(|e| tracing::warn!(error = %e, "what is known of the hub is not written"));
    }

    fn hear_one(&mut self, message: Message) {
        match message {
            Message::Asked => self.take(Event::Asked),
            Message::Question(question) => aside::ask(&self.line.runtime, &self.line.caller, question),
            Message::Told(at, pulls, told) => {
                self.receipt.ended(at, told.is_some(), self.now());
                // One that came while a page was on its way may be older than the page's.
                if let Some(checkpoint) = told.and_then(|t| t.checkpoint).filter(|_| pulls == self.pulls) {
                    self.witness(&checkpoint);
                }
            }
            Message::Pushed(Ok((standing, answers))) => self.pushed(standing, &answers),
            Message::Pushed(Err(failure)) => self.take(Event::NotPushed(failure)),
            Message::Pulled(Ok((standing, page))) => self.pulled(standing, &page),
            Message::Pulled(Err(failure)) => self.take(Event::NotPulled(failure)),
            Message::Heard(no, heard) if no == self.ear_no => match heard {
                Heard::Opened => self.take(Event::Opened),
                Heard::Beat => self.take(Event::Beat),
                Heard::Head(head) => self.take(Event::Heard { epoch: head.epoch, head: head.head }),
                Heard::Urgent(urgent) => self.urgent(&urgent),
            },
            Message::Polled(no, Ok((epoch, head))) if no == self.ear_no => {
                self.take(Event::Heard { epoch, head });
                self.take(Event::Closed(None));
            }
            Message::Polled(no, Err(failure)) if no == self.ear_no => self.take(Event::Closed(Some(failure))),
            Message::Closed(no, failure) if no == self.ear_no => self.take(closed(failure)),
            Message::Heard(..) | Message::Polled(..) | Message::Closed(..) => {}
        }
    }

    fn pushed(&mut self, standing: Standing, answers: &[Answer]) {
        let now = self.clock.now();
        let kept = level::answers(&mut self.db, &self.path, standing.epoch, answers, now);
        let more = kept.and_then(|()| {
            (self.moved)();
            self.heard(standing);
            Ok(!outbox::waiting(&self.db, 1).map_err(|e| DbError::of(&self.path, &e))?.is_empty())
        });
        // Answers that settle nothing must not be asked for again and again.
        let settled = answers.iter().any(|a| {
            use crate::wire::order::Outcome::{Accepted, Conflict, Denied};
            matches!(a.outcome, Accepted { .. } | Conflict { .. } | Denied { .. })
        });
        match more {
            Ok(more) if settled || !more => self.take(Event::Pushed { standing, more }),
            Ok(_) if is_outdated(answers) => self.take(Event::NotPushed(Failure::Version)),
            Ok(_) => self.take(Event::NotPushed(Failure::Busy(later(answers)))),
            Err(e) => {
                tracing::warn!(error = %e, "answers of the hub are not written");
                self.take(Event::NotPushed(Failure::Disk));
            }
        }
    }

    fn pulled(&mut self, standing: Standing, page: &Page) {
        let now = self.clock.now();
        let before = self.pulled.take();
        match level::page(&mut self.db, &self.path, page, now) {
            Ok(applied) => {
                tracing::debug!(rows = page.rows.len(), next = page.end.next, ?applied, "a page");
                self.heard(standing);
                let position = self.link().map_or_else(|_| before.unwrap_or_default(), |l| position(&l));
                self.noted_at = now.as_millisecond();
                self.take(Event::Pulled { standing, position });
                // What an earlier run wrote down is over when a page comes.
                if let Some(checkpoint) = &page.end.checkpoint {
                    self.witness(checkpoint);
                }
                let trouble = self.core.trouble().map_or(self.untroubled(), code);
                self.note(|link| trouble.clone_into(&mut link.trouble));
                (self.moved)();
                // A long catching-up must not leave a write-ahead file as large as the database.
                let _ = sqlite::tidy(&self.db);
            }
            Err(e) => {
                tracing::warn!(error = %e, "a page of the hub is not written");
                self.take(Event::NotPulled(Failure::Disk));
            }
        }
    }

    /// What an answer says beside its body: the safe number, and the hub's clock.
    fn heard(&mut self, standing: Standing) {
        let now = self.clock.now().as_millisecond();
        let middle = self.asked_at.map_or(now, |asked| i64::midpoint(asked, now));
        let clock_ms = standing.at - middle;
        self.note(|link| {
            link.safe = standing.safe;
            if link.epoch == standing.epoch {
                link.head = link.head.max(standing.head);
            }
            // A clock is as right as the way is long.
            if (link.clock_ms - clock_ms).abs() > 1_000 {
                link.clock_ms = clock_ms;
            }
        });
    }

    /// What is told when nothing keeps the console from the hub.
    fn untroubled(&self) -> &'static str {
        if self.contradicted { trouble::HISTORY } else { "" }
    }

    /// Keeps a signed end of the hub's audit; one that contradicts those held is told from then on.
    fn witness(&mut self, checkpoint: &Checkpoint) {
        let Some(public) = self.public.clone() else { return };
        match witness::take(&mut self.db, &self.path, &public, checkpoint, self.clock.now()) {
            Ok(None) => {}
            Ok(Some(fault)) => {
                let Checkpoint { epoch, no, hash, .. } = checkpoint;
                tracing::error!(fault = fault.code(), epoch, no, hash, "the hub's audit is not what it was");
                self.contradicted = true;
                self.note(|link| {
                    if link.trouble.is_empty() {
                        trouble::HISTORY.clone_into(&mut link.trouble);
                    }
                });
            }
            Err(e) => tracing::warn!(error = %e, "a checkpoint of the hub is not written"),
        }
    }

    fn urgent(&mut self, urgent: &Urgent) {
        let rows: Result<Vec<_>, _> = urgent.rows.iter().map(|l| from_line(l)).collect();
        let taken = match rows {
            Ok(rows) => level::urgent(&mut self.db, &self.path, urgent.epoch, &rows),
            // The page will say what is wrong with it.
            Err(_) => Ok(false),
        };
        match taken {
            Ok(true) => (self.moved)(),
            Ok(false) => {}
            Err(e) => tracing::warn!(error = %e, "urgent rows are not written"),
        }
        self.take(Event::Heard { epoch: urgent.epoch, head: urgent.head });
    }

    fn take(&mut self, event: Event) {
        let now = self.now();
        for effect in self.core.on(event, now) {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Push => self.push(),
            Effect::Pull(at) => self.pull(at),
            Effect::Listen(ear, at) => self.listen(ear, at),
            Effect::HangUp => self.hang_up(),
            Effect::Trouble(failure) => {
                let code = failure.map_or(self.untroubled(), code);
                self.note(|link| {
                    // That it does not answer is no word against what it said last.
                    if failure.is_none() || code == trouble::REVOKED || link.trouble != trouble::REVOKED {
                        code.clone_into(&mut link.trouble);
                    }
                });
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

fn is_outdated(answers: &[Answer]) -> bool {
    answers.iter().any(|a| matches!(a.outcome, crate::wire::order::Outcome::Upgrade { .. }))
}

/// The longest time an answer says to wait.
fn later(answers: &[Answer]) -> Duration {
    let waits = answers.iter().filter_map(|a| match a.outcome {
        crate::wire::order::Outcome::Later { after_ms } => Some(Duration::from_millis(after_ms)),
        _ => None,
    });
    waits.max().unwrap_or(LOOK)
}

/// Where a console stands by what its database says.
pub fn position(link: &Link) -> Position {
    Position { epoch: link.epoch, scope: link.scope, cursor: link.cursor, head: link.head }
}

/// The code a failure is kept and told under.
pub const fn code(failure: Failure) -> &'static str {
    match failure {
        Failure::Away | Failure::Busy(_) => trouble::AWAY,
        Failure::Revoked => trouble::REVOKED,
        Failure::Unknown => trouble::UNKNOWN,
        Failure::Stranger => trouble::STRANGER,
        Failure::Certificate => trouble::CERTIFICATE,
        Failure::Version => trouble::VERSION,
        Failure::Disk => trouble::DISK,
    }
}
