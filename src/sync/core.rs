//! When to send, to fetch and to listen: events in, effects out, without a clock, a socket or a file.
//!
//! Owns the schedule of the three lanes, which never wait for each other: orders go out, pages come in, and the ear hears that
//! something is new. What an effect does, and what it does to the database, is the caller's.

use crate::base::ids::mix;
use crate::wire::protocol::Standing;
use std::time::Duration;

/// A moment of a clock that never goes back.
pub type Moment = Duration;

/// How the ear listens, the best first. A network that swallows streams is found out and got around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ear {
    /// A stream of events: everything at once.
    Stream,
    /// A question that is answered when there is something new.
    LongPoll,
    /// A question now and then.
    Poll,
}

/// Why a request came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or one that says to come again.
    Away,
    /// Too much at once: come again after this long.
    Busy(Duration),
    /// The console's access has ended.
    Revoked,
    /// The hub does not know the token.
    Unknown,
    /// What answered is no hub, or its pages make no sense.
    Stranger,
    /// Its certificate is not signed by the authority this console trusts.
    Certificate,
    /// The hub does not serve this version.
    Version,
    /// What came could not be written here.
    Disk,
}

/// Where the console stands to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    pub epoch: i64,
    pub scope: i64,
    pub cursor: i64,
    pub head: i64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The outbox may hold something that waits.
    Asked,
    /// Orders were answered; whether more wait.
    Pushed {
        standing: Standing,
        more: bool,
    },
    NotPushed(Failure),
    /// A page was applied, or passed over; where the console stands now.
    Pulled {
        standing: Standing,
        position: Position,
    },
    NotPulled(Failure),
    /// The stream is open.
    Opened,
    /// The hub has named its head, on whatever way.
    Heard {
        epoch: i64,
        head: i64,
    },
    /// A sign of life on the stream.
    Beat,
    /// The stream or the question has ended; why, when it was not in good order.
    Closed(Option<Failure>),
    /// Time has passed.
    Tick,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Send the first orders that wait.
    Push,
    /// Fetch and apply the page after the cursor.
    Pull(Position),
    /// Listen in this way, with what is known of the head.
    Listen(Ear, Position),
    /// Let go of the stream: it is dead.
    HangUp,
    /// What keeps the console from the hub is now this, or nothing.
    Trouble(Option<Failure>),
}

/// First and longest pause after a failure; between them it doubles, and the real one is anywhere below.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(60);
/// Silence after which a stream is dead: two and a half heartbeats.
const SILENCE: Duration = Duration::from_secs(40);
/// A stream that ends before this, three times, is one that the network does not let through.
const TOO_SHORT: Duration = Duration::from_secs(2);
const SHORTS: u32 = 3;
/// How long to stay with a lesser way of listening before the better one is tried again.
const LESSER: Duration = Duration::from_secs(600);
/// Between two plain questions.
const BETWEEN: Duration = Duration::from_secs(10);
/// Spread of reconnections after a stream has ended: a hub that restarts is not run over.
const SPREAD: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    busy: bool,
    tries: u32,
    not_before: Moment,
    failure: Option<Failure>,
}

impl Lane {
    fn free(&self, now: Moment) -> bool {
        !self.busy && now >= self.not_before
    }

    fn done(&mut self) {
        *self = Lane { not_before: self.not_before, ..Lane::default() };
    }
}

/// The schedule of one console.
#[derive(Debug, Clone)]
pub struct Core {
    position: Position,
    /// Something may wait in the outbox.
    waiting: bool,
    /// A page is wanted, whatever is known of the head.
    wanted: bool,
    push: Lane,
    pull: Lane,
    listen: Lane,
    ear: Ear,
    /// When the lesser ear was taken up.
    lesser_since: Moment,
    opened: Moment,
    heard: Moment,
    shorts: u32,
    /// Nothing is tried any more.
    locked: Option<Failure>,
    told: Option<Failure>,
    dice: u64,
}

impl Core {
    /// A console that stands at `position` and has just started. `seed` makes its pauses its own.
    pub fn new(position: Position, seed: u64) -> Core {
        Core {
            position,
            waiting: true,
            wanted: true,
            push: Lane::default(),
            pull: Lane::default(),
            listen: Lane::default(),
            ear: Ear::Stream,
            lesser_since: Moment::ZERO,
            opened: Moment::ZERO,
            heard: Moment::ZERO,
            shorts: 0,
            locked: None,
            told: None,
            dice: seed,
        }
    }

    /// Takes in what happened at `now`; gives what is to be done.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Effect> {
        self.take_in(event, now);
        let mut effects = Vec::new();
        self.look_at_the_ear(now, &mut effects);
        match self.locked {
            None => self.start(now, &mut effects),
            Some(_) if self.listen.busy => {
                self.listen.busy = false;
                effects.push(Effect::HangUp);
            }
            Some(_) => {}
        }
        let trouble = self.trouble();
        if trouble != self.told {
            self.told = trouble;
            effects.push(Effect::Trouble(trouble));
        }
        effects
    }

    /// The moment at which [`Event::Tick`] is due at the latest.
    pub fn due(&self, now: Moment) -> Option<Moment> {
        if self.locked.is_some() {
            return None;
        }
        let lanes = [(self.waiting, self.push), (self.wanted || self.behind(), self.pull), (true, self.listen)];
        let starts = lanes.into_iter().filter(|(wanted, l)| *wanted && !l.busy).map(|(_, l)| l.not_before.max(now));
        let silence = (self.listen.busy && self.ear == Ear::Stream).then_some(self.heard + SILENCE);
        starts.chain(silence).min()
    }

    /// Whether orders are on their way: what keeps pages from coming need not keep their answers.
    pub fn is_sending(&self) -> bool {
        self.push.busy
    }

    /// Where the console stands, as far as the core knows.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether nothing waits, nothing is under way but the ear, and all the hub has named is here.
    pub fn rests(&self) -> bool {
        !self.waiting && !self.wanted && !self.behind() && !self.push.busy && !self.pull.busy
    }

    /// What keeps the console from the hub, when something does.
    pub fn trouble(&self) -> Option<Failure> {
        self.locked.or(self.pull.failure).or(self.push.failure)
    }

    fn behind(&self) -> bool {
        self.position.head > self.position.cursor
    }

    fn take_in(&mut self, event: Event, now: Moment) {
        match event {
            Event::Asked => self.waiting = true,
            Event::Pushed { standing, more } => {
                self.push.done();
                self.waiting = more;
                self.hear(standing.epoch, standing.head);
                self.wanted |= standing.scope != self.position.scope;
            }
            Event::NotPushed(failure) => self.fail(|c| &mut c.push, failure, now),
            Event::Pulled { standing, position } => {
                self.pull.done();
                self.stand(position);
                self.hear(standing.epoch, standing.head);
            }
            Event::NotPulled(failure) => {
                self.wanted = true;
                self.fail(|c| &mut c.pull, failure, now);
            }
            Event::Opened => (self.opened, self.heard) = (now, now),
            Event::Beat => self.heard = now,
            Event::Heard { epoch, head } => {
                self.heard = now;
                self.hear(epoch, head);
            }
            Event::Closed(failure) => self.close(failure, now),
            Event::Tick => {}
        }
    }

    /// Where a page has brought the console. A head that was heard while the page was under way is not forgotten for the older one
    /// the page names.
    fn stand(&mut self, position: Position) {
        let (was, same) = (self.position, position.epoch == self.position.epoch);
        self.position = position;
        if same && position.cursor >= was.cursor {
            self.position.head = position.head.max(was.head);
        }
        // Begun anew in the same epoch: which of the heads still counts is not known here.
        self.wanted |= same && position.cursor < was.cursor;
    }

    /// The hub's head: another epoch is no number to compare with, but a reason to fetch.
    fn hear(&mut self, epoch: i64, head: i64) {
        if epoch == self.position.epoch {
            self.position.head = self.position.head.max(head);
        } else {
            self.wanted = true;
        }
    }

    fn fail(&mut self, lane: impl Fn(&mut Core) -> &mut Lane, failure: Failure, now: Moment) {
        match failure {
            Failure::Revoked | Failure::Unknown => self.locked = Some(failure),
            Failure::Busy(_)
            | Failure::Away
            | Failure::Stranger
            | Failure::Certificate
            | Failure::Version
            | Failure::Disk => {}
        }
        let tries = lane(self).tries;
        let pause = match failure {
            Failure::Busy(after) => after,
            // Nobody mends these in a second.
            Failure::Stranger | Failure::Certificate | Failure::Version => LONGEST,
            _ => self.jitter(FIRST.saturating_mul(1 << tries.min(16)).min(LONGEST)),
        };
        let lane = lane(self);
        // Told to come later is no trouble yet.
        let known = lane.failure.filter(|_| matches!(failure, Failure::Busy(_)));
        let new = (!matches!(failure, Failure::Busy(_))).then_some(failure);
        *lane = Lane { busy: false, tries: tries.saturating_add(1), not_before: now + pause, failure: new.or(known) };
    }

    fn close(&mut self, failure: Option<Failure>, now: Moment) {
        self.listen.busy = false;
        match self.ear {
            Ear::Stream => {
                let short = now.saturating_sub(self.opened) < TOO_SHORT && failure != Some(Failure::Away);
                self.shorts = if short { self.shorts + 1 } else { 0 };
            }
            Ear::LongPoll | Ear::Poll => {}
        }
        if let Some(failure) = failure {
            self.fail(|c| &mut c.listen, failure, now);
            // Only what keeps rows from coming is trouble: the ear has other ways.
            self.listen.failure = None;
            return;
        }
        self.listen.tries = 0;
        let pause = match self.ear {
            Ear::Stream => self.jitter(SPREAD),
            Ear::LongPoll => Duration::ZERO,
            Ear::Poll => BETWEEN,
        };
        self.listen.not_before = now + pause;
    }

    /// Lets go of a stream that is silent, and takes up a lesser ear where streams do not come through, a better one later.
    fn look_at_the_ear(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if self.listen.busy && self.ear == Ear::Stream && now.saturating_sub(self.heard) >= SILENCE {
            effects.push(Effect::HangUp);
            self.listen.busy = false;
            self.listen.not_before = now;
            self.lesser(now);
        }
        if self.shorts >= SHORTS {
            self.lesser(now);
        }
        if !self.listen.busy && self.ear != Ear::Stream && now.saturating_sub(self.lesser_since) >= LESSER {
            self.ear = Ear::Stream;
        }
    }

    fn lesser(&mut self, now: Moment) {
        self.shorts = 0;
        self.lesser_since = now;
        self.ear = match self.ear {
            Ear::Stream => Ear::LongPoll,
            Ear::LongPoll | Ear::Poll => Ear::Poll,
        };
    }

    fn start(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if self.waiting && self.push.free(now) {
            self.push.busy = true;
            effects.push(Effect::Push);
        }
        if (self.wanted || self.behind()) && self.pull.free(now) {
            self.pull.busy = true;
            // What is heard from here on may not be in the page that comes.
            self.wanted = false;
            effects.push(Effect::Pull(self.position));
        }
        if self.listen.free(now) {
            self.listen.busy = true;
            (self.opened, self.heard) = (now, now);
            effects.push(Effect::Listen(self.ear, self.position));
        }
    }

    /// Anywhere below `most`, so that consoles that failed together do not come back together.
    fn jitter(&mut self, most: Duration) -> Duration {
        self.dice = mix(self.dice);
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(self.dice % most)
    }
}

#[cfg(test)]
mod tests;
