//! What the hub says, put into the database and into the core, and what is to be done then: all of a console's exchange but the
//! line itself.
//!
//! Owns the order of both: first the database, then the core. Must not know a socket or a thread: the client and the simulation
//! bring what came and take what goes.

use super::ballast::Ballast;
use super::core::{Core, Ear, Effect, Event, Failure, Moment, Position};
use super::key;
use super::tidier::Tidier;
use crate::sqlite::{self, DbError, Use};
use crate::store::level::{self, Applied, Page};
use crate::store::link::{self, Link, trouble};
use crate::store::{FILE, StoreError, load, outbox, setting, witness};
use crate::wire::checkpoint::Checkpoint;
use crate::wire::order::{Answer, Outcome};
use crate::wire::protocol::{ORDERS, Standing, Urgent};
use crate::wire::row::from_line;
use crate::wire::signed::{self, Signer};
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bytes of one push.
const BYTES: usize = 900 << 10;
/// How long to wait where answers settle nothing and do not say how long.
const WAIT: Duration = Duration::from_secs(1);
/// How often it is written down that everything is here while nothing happens, in milliseconds: the screen shows minutes.
const NOTE_EVERY: i64 = 60_000;

/// Longest way of a question and its answer, in milliseconds.
const LONGEST: i64 = 120_000;

/// A moment as the core has it, and the time by this machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    pub moment: Moment,
    pub at: Timestamp,
}

/// How far the first load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rows that have come, the number they reach to and the last the hub has.
    Rows {
        rows: u64,
        at: i64,
        head: i64,
    },
    Indices {
        done: usize,
        of: usize,
    },
}

/// The console's end of the exchange.
pub struct Desk {
    core: Core,
    db: Connection,
    path: PathBuf,
    noted_at: i64,
    asked_at: Option<i64>,
    /// The hub's public key; without one nothing can be checked.
    public: Option<String>,
    /// Signs the orders; a console that enrolled before there were signatures has none.
    signer: Option<Signer>,
    /// The hub has contradicted what this console has seen.
    contradicted: bool,
    ballast: Ballast,
    /// Events do not come through: the hub is asked instead.
    asked: bool,
    /// Rows come for the first time: indices and totals are built when all are there. Until then another thread moves what is written
    /// ahead into the database.
    first: Option<Tidier>,
    /// Rows that came since the desk was opened.
    rows: u64,
    /// Told whenever something here has become another.
    moved: Box<dyn Fn()>,
}

impl Desk {
    /// Opens the database of a directory. `seed` makes the pauses of this console its own.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(dir: &Path, seed: u64) -> Result<Desk, StoreError> {
        let path = dir.join(FILE);
        let ballast = Ballast::of(dir);
        let db = match sqlite::open(&path, Use::Write) {
            // Not even the files beside the database have room.
            Err(DbError::Full(_)) if ballast.drop_it() => sqlite::open(&path, Use::Write)?,
            opened => opened?,
        };
        let link = link::get(&db).map_err(|e| DbError::of(&path, &e))?;
        let contradicted = witness::contradictions(&db).map_err(|e| DbError::of(&path, &e))? > 0;
        let position = link.as_ref().map(position).unwrap_or_default();
        let asked = setting::get(&db, setting::HUB_ASKED).map_err(|e| DbError::of(&path, &e))?.is_some();
        let key = key::load(dir).ok().flatten();
        if let Err(e) = outbox::journal::renew(&db, &path) {
            tracing::warn!(error = %e, "the journal of the outbox is not brought up");
        }
        let mut first = None;
        if load::is_stripped(&db).map_err(|e| DbError::of(&path, &e))? {
            load::hurry(&db).map_err(|e| DbError::of(&path, &e))?;
            first = Some(Tidier::start(&path));
        }
        Ok(Desk {
            core: Core::new(position, seed),
            db,
            path,
            noted_at: 0,
            asked_at: None,
            signer: key.as_ref().and_then(|k| Signer::new(&k.signer, k.hub, k.device)),
            public: key.map(|k| k.public).filter(|p| !p.is_empty()),
            contradicted,
            ballast,
            asked,
            first,
            rows: 0,
            moved: Box::new(|| {}),
        })
    }

    /// Who is told whenever something here has become another.
    pub fn tells(&mut self, moved: impl Fn() + 'static) {
        self.moved = Box::new(moved);
    }

    pub fn core(&self) -> &Core {
        &self.core
    }

    /// How the database says the console stands.
    ///
    /// # Errors
    /// What is wrong with the file; when it belongs to no hub.
    pub fn link(&self) -> Result<Link, StoreError> {
        let none = || DbError::Other(self.path.clone(), "belongs to no hub".into());
        Ok(link::get(&self.db).map_err(|e| DbError::of(&self.path, &e))?.ok_or_else(none)?)
    }

    /// The connection and its file, for whoever writes beside the exchange.
    pub fn database(&mut self) -> (&mut Connection, &Path) {
        (&mut self.db, &self.path)
    }

    /// The version that moves when another connection has written; nothing when it cannot be read.
    pub fn version(&self) -> Option<i64> {
        self.db.query_row("PRAGMA data_version", [], |r| r.get(0)).ok()
    }

    /// How far a first load is; nothing when it is no first load, or no more.
    pub fn first_load(&self) -> Option<Stage> {
        let Position { cursor, head, .. } = self.core.position();
        self.first.as_ref().map(|_| Stage::Rows { rows: self.rows, at: cursor, head })
    }

    /// Ends a first load when all rows are there: builds indices and totals, `tell` hears how far it is.
    ///
    /// # Errors
    /// What is wrong with the file; the same may be tried again.
    pub fn end_first_load(&mut self, tell: &mut dyn FnMut(Stage)) -> Result<(), StoreError> {
        let failed = |e: rusqlite::Error| DbError::of(&self.path, &e);
        if self.first.is_none() || !link::get(&self.db).map_err(failed)?.is_some_and(|l| l.is_level()) {
            return Ok(());
        }
        load::build(&mut self.db, &mut |done, of| tell(Stage::Indices { done, of })).map_err(failed)?;
        load::slow_down(&self.db).map_err(failed)?;
        self.first = None;
        (self.moved)();
        Ok(())
    }

    /// Tells the core what happened; what is to be done. What keeps the console from the hub is written down here.
    pub fn take(&mut self, event: Event, when: When) -> Vec<Effect> {
        let mut effects = self.core.on(event, when.moment);
        effects.retain(|effect| match effect {
            Effect::Trouble(failure) => {
                self.trouble(*failure);
                false
            }
            Effect::Listen(ear, _) => {
                self.asks_now_and_then(*ear != Ear::Stream);
                true
            }
            _ => true,
        });
        effects
    }

    /// Keeps whether events do not come through, for people to see.
    fn asks_now_and_then(&mut self, asks: bool) {
        if std::mem::replace(&mut self.asked, asks) == asks {
            return;
        }
        let noted = if asks {
            setting::set(&self.db, setting::HUB_ASKED, "1")
        } else {
            setting::clear(&self.db, setting::HUB_ASKED)
        };
        match noted {
            Ok(()) => (self.moved)(),
            Err(e) => tracing::warn!(error = %e, "how the hub is listened to is not written"),
        }
    }

    fn trouble(&mut self, failure: Option<Failure>) {
        let code = failure.map_or(self.untroubled(), code);
        self.note(|link| {
            // That it does not answer is no word against what it said last.
            if failure.is_none() || code == trouble::REVOKED || link.trouble != trouble::REVOKED {
                code.clone_into(&mut link.trouble);
            }
        });
    }

    /// The orders to send now, as many as fit into one push. Where there are none, or they cannot be read, the core hears of it:
    /// what is to be done then.
    ///
    /// # Errors
    /// The effects of there being nothing to send.
    pub fn outgoing(&mut self, when: When) -> Result<Vec<String>, Vec<Effect>> {
        let mut orders = match outbox::waiting(&self.db, ORDERS) {
            Ok(orders) => orders,
            Err(e) => {
                tracing::warn!(error = %e, "the outbox cannot be read");
                return Err(self.take(Event::NotPushed(Failure::Disk), when));
            }
        };
        let mut bytes = 0;
        let fits = orders.iter().take_while(|o| {
            bytes += o.len() + signed::ADDS + 1;
            bytes <= BYTES
        });
        let fits = fits.count().max(1);
        orders.truncate(fits);
        if orders.is_empty() {
            let position = self.core.position();
            let standing =
                Standing { epoch: position.epoch, head: position.head, safe: 0, scope: position.scope, at: 0 };
            return Err(self.take(Event::Pushed { standing, more: false }, when));
        }
        self.asks(when);
        Ok(match &self.signer {
            Some(signer) => orders.iter().map(|line| signer.sign(line)).collect(),
            None => orders,
        })
    }

    /// A question goes out now: the hub's clock is told from what lies between it and the answer.
    pub fn asks(&mut self, when: When) {
        self.asked_at = Some(when.at.as_millisecond());
    }

    /// Keeps the answers to a push.
    pub fn pushed(&mut self, standing: Standing, answers: &[Answer], when: When) -> Vec<Effect> {
        let mut kept = level::answers(&mut self.db, &self.path, standing.epoch, answers, when.at);
        if is_full(&kept) && self.ballast.drop_it() {
            kept = level::answers(&mut self.db, &self.path, standing.epoch, answers, when.at);
        }
        let more = kept.and_then(|()| {
            (self.moved)();
            self.heard(standing, when);
            Ok(!outbox::waiting(&self.db, 1).map_err(|e| DbError::of(&self.path, &e))?.is_empty())
        });
        // Answers that settle nothing must not be asked for again and again.
        let settled = answers
            .iter()
            .any(|a| matches!(a.outcome, Outcome::Accepted { .. } | Outcome::Conflict { .. } | Outcome::Denied { .. }));
        let event = match more {
            Ok(more) if settled || !more => Event::Pushed { standing, more },
            Ok(_) if is_outdated(answers) => Event::NotPushed(Failure::Version),
            Ok(_) => Event::NotPushed(Failure::Busy(later(answers))),
            Err(e) => {
                tracing::warn!(error = %e, "answers of the hub are not written");
                Event::NotPushed(Failure::Disk)
            }
        };
        self.take(event, when)
    }

    /// Applies a page.
    pub fn pulled(&mut self, standing: Standing, page: &Page, when: When) -> Vec<Effect> {
        let before = self.core.position();
        // First, for what is kept how long goes by the hub's clock.
        self.heard(standing, when);
        if !page.rows.is_empty() && !self.ballast.has_room() {
            tracing::warn!(rows = page.rows.len(), "too little room on the disk for a page of the hub");
            return self.take(Event::NotPulled(Failure::Disk), when);
        }
        match level::page(&mut self.db, &self.path, page, when.at) {
            Ok(applied) => {
                tracing::debug!(rows = page.rows.len(), next = page.end.next, ?applied, "a page");
                self.rows += page.rows.len() as u64;
                let position = self.link().map_or(before, |l| position(&l));
                self.noted_at = when.at.as_millisecond();
                let mut effects = self.take(Event::Pulled { standing, position }, when);
                if applied == Applied::Anew {
                    // What may be lost with the hub that was waits again.
                    effects.extend(self.take(Event::Asked, when));
                }
                if let Some(checkpoint) = &page.end.checkpoint {
                    self.witness(checkpoint, when.at);
                }
                // What an earlier run wrote down is over when a page comes.
                let trouble = self.core.trouble().map_or(self.untroubled(), code);
                self.note(|link| trouble.clone_into(&mut link.trouble));
                (self.moved)();
                // A long catching-up must not leave a write-ahead file as large as the database.
                match &self.first {
                    Some(tidier) => tidier.ring(),
                    None => _ = sqlite::tidy(&self.db),
                }
                effects
            }
            Err(e) => {
                tracing::warn!(error = %e, "a page of the hub is not written");
                self.take(Event::NotPulled(Failure::Disk), when)
            }
        }
    }

    /// Takes in rows that came ahead of their page.
    pub fn urgent(&mut self, urgent: &Urgent, when: When) -> Vec<Effect> {
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
        self.take(Event::Heard { epoch: urgent.epoch, head: urgent.head }, when)
    }

    /// Writes down now and then that everything is here while nothing happens.
    pub fn rests(&mut self, at: Timestamp) {
        let at = at.as_millisecond();
        if self.core.rests() && self.core.trouble().is_none() && at - self.noted_at >= NOTE_EVERY {
            self.noted_at = at;
            self.note(|link| {
                link.heard_at = at;
                if link.is_level() {
                    link.level_at = at;
                }
            });
        }
    }

    /// What an answer says beside its body: the safe number, and the hub's clock.
    fn heard(&mut self, standing: Standing, when: When) {
        let now = when.at.as_millisecond();
        // A clock that was set in between says nothing of the way.
        let asked = self.asked_at.filter(|asked| (0..=LONGEST).contains(&(now - asked)));
        let middle = asked.map_or(now, |asked| i64::midpoint(asked, now));
        let clock_ms = standing.at - middle;
        self.note(|link| {
            // Numbers of another epoch say nothing of those here: what they call safe may be lost.
            if link.epoch == standing.epoch {
                link.safe = standing.safe;
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
    pub fn witness(&mut self, checkpoint: &Checkpoint, now: Timestamp) {
        let Some(public) = self.public.clone() else { return };
        match witness::take(&mut self.db, &self.path, &public, checkpoint, now) {
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

    fn note(&mut self, change: impl Fn(&mut Link)) {
        let mut noted = level::note(&mut self.db, &self.path, &change);
        if is_full(&noted) && self.ballast.drop_it() {
            noted = level::note(&mut self.db, &self.path, &change);
        }
        let noted = noted.map(|done| {
            if done {
                (self.moved)();
            }
        });
        let _ = noted.inspect_err(|e| tracing::warn!(error = %e, "what is known of the hub is not written"));
    }
}

/// Whether something was not written for want of room.
fn is_full<T>(written: &Result<T, StoreError>) -> bool {
    matches!(written, Err(StoreError::Db(DbError::Full(_))))
}

fn is_outdated(answers: &[Answer]) -> bool {
    answers.iter().any(|a| matches!(a.outcome, Outcome::Upgrade { .. }))
}

/// The longest time an answer says to wait.
fn later(answers: &[Answer]) -> Duration {
    let waits = answers.iter().filter_map(|a| match a.outcome {
        Outcome::Later { after_ms } => Some(Duration::from_millis(after_ms)),
        _ => None,
    });
    waits.max().unwrap_or(WAIT)
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
