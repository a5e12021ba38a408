//! A day: what is due when, and what happens then.
//!
//! Owns the time of the day and the queue of what is due. What the line does is [`super::network`]'s, what goes wrong by itself
//! [`super::mishaps`]'.

use super::Tally;
use super::console::Console;
use super::hub::Hub;
use super::mishaps::Mishap;
use super::network::{Arrival, Line};
use super::promises;
use super::rules::Rule;
use super::template::Template;
use crate::proof::dice::Dice;
use crate::proof::fault::{Fault, Promise};
use crate::sync::core::{Effect, Event, Moment};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::Path;
use std::time::Duration;

/// How long people work, and how long the end may take.
pub(super) const WORK: Duration = Duration::from_secs(1_500);
const END: Duration = Duration::from_secs(1_800);
/// More than any good day has.
const MOST: u64 = 20_000;
/// How long nothing goes wrong but the door for orders.
pub(super) const CALM: Duration = Duration::from_secs(200);

/// What is due.
pub(super) enum Due {
    Line(Arrival),
    Tick {
        who: usize,
        life: u32,
    },
    Person {
        who: usize,
    },
    Mishap(Mishap),
    /// A console's program starts again.
    Start {
        who: usize,
    },
    /// A copy is put back; until then answers to orders are slow.
    Fall {
        copy: usize,
    },
    /// The hub's program starts, on a copy or on what is there.
    Hub {
        copy: Option<usize>,
    },
    /// The operator enrols a console that was given another union.
    Enrol {
        who: usize,
    },
    /// The door for orders opens again.
    Open {
        head: i64,
    },
}

impl Due {
    /// For who reads of what went wrong.
    fn name(&self) -> String {
        match self {
            Due::Line(arrival) => arrival.name(),
            Due::Tick { who, .. } => format!("a tick of console {who}"),
            Due::Person { who } => format!("the person at console {who}"),
            Due::Mishap(mishap) => format!("{mishap:?}"),
            Due::Start { who } => format!("console {who} starts"),
            Due::Fall { .. } => "a copy is to be put back".to_owned(),
            Due::Hub { copy } => format!("the hub starts on {copy:?}"),
            Due::Enrol { who } => format!("console {who} is enrolled anew"),
            Due::Open { .. } => "the door opens".to_owned(),
        }
    }
}

struct Queued {
    at: Moment,
    no: u64,
    due: Due,
}

impl PartialEq for Queued {
    fn eq(&self, other: &Queued) -> bool {
        (self.at, self.no) == (other.at, other.no)
    }
}
impl Eq for Queued {}
impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Queued) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Queued {
    fn cmp(&self, other: &Queued) -> std::cmp::Ordering {
        (self.at, self.no).cmp(&(other.at, other.no))
    }
}

pub(super) struct Day<'a> {
    pub(super) template: &'a Template,
    pub(super) dice: Dice,
    pub(super) now: Moment,
    pub(super) hub: Hub,
    pub(super) hub_up: bool,
    pub(super) consoles: Vec<Console>,
    pub(super) line: Line,
    /// The door for orders says no until then.
    pub(super) shut: bool,
    /// The hub ends after the next orders are on the disk and before they are answered.
    pub(super) dying: bool,
    /// What the hub answers to orders until then is long on its way.
    pub(super) slow_until: Moment,
    /// Nothing goes wrong by itself.
    pub(super) calm: bool,
    /// Unions by console and scope.
    pub(super) scopes: HashMap<(usize, i64), usize>,
    pub(super) tally: Tally,
    queue: BinaryHeap<Reverse<Queued>>,
    queued: u64,
}

impl<'a> Day<'a> {
    /// A day as it begins, in `dir`.
    pub(super) fn begin(
        dir: &Path,
        template: &'a Template,
        seed: u64,
        without: Option<Rule>,
    ) -> Result<Day<'a>, Fault> {
        let mut dice = Dice::new(seed);
        let hub = Hub::open(dir, template, without)?;
        let mut consoles = Vec::new();
        // Always somebody of the office and somebody of a city.
        let many = 2 + dice.below(template.seats.len() - 2);
        for (who, seat) in template.seats.iter().enumerate().take(many) {
            let level = dice.chance(85);
            let at = dir.join(format!("console-{who}"));
            consoles.push(Console::begin(at, who, (template, seat), (level, dice.any()), without)?);
        }
        let line = Line::new(&mut dice);
        let scopes = (0..consoles.len()).map(|who| ((who, hub.device(who).scope), hub.place_of(who))).collect();
        let mut day = Day {
            template,
            dice,
            now: Moment::ZERO,
            hub,
            hub_up: true,
            consoles,
            line,
            shut: false,
            dying: false,
            slow_until: Moment::ZERO,
            calm: false,
            scopes,
            tally: Tally { seeds: 1, ..Tally::default() },
            queue: BinaryHeap::new(),
            queued: 0,
        };
        for who in 0..day.consoles.len() {
            day.take(who, Event::Tick)?;
            let first = day.dice.seconds(1, 120);
            day.after(first, Due::Person { who });
        }
        day.plan_mishaps();
        Ok(day)
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    /// Lives the day to its end and looks whether every promise was kept.
    pub(super) fn live(&mut self) -> Result<(), Fault> {
        while self.now < WORK {
            if !self.step()? {
                break;
            }
        }
        self.heal();
        while !self.drained()? {
            if self.now > WORK + END || self.tally.events > MOST || !self.step()? {
                return Err(self.not_drained());
            }
        }
        promises::kept(self)
    }

    fn step(&mut self) -> Result<bool, Fault> {
        let Some(Reverse(Queued { at, due, .. })) = self.queue.pop() else { return Ok(false) };
        self.now = at;
        self.tally.events += 1;
        let what = due.name();
        self.happens(due).map_err(|fault| Fault { what: format!("{} (at {at:?}, {what})", fault.what), ..fault })?;
        Ok(true)
    }

    fn happens(&mut self, due: Due) -> Result<(), Fault> {
        match due {
            Due::Line(arrival) => self.arrives(arrival)?,
            Due::Tick { who, life } => self.tick(who, life)?,
            Due::Person { who } => self.person(who)?,
            Due::Mishap(mishap) => self.goes_wrong(mishap)?,
            Due::Start { who } => {
                self.consoles[who].start()?;
                self.take(who, Event::Tick)?;
            }
            Due::Fall { copy } => self.is_put_back(copy),
            Due::Hub { copy } => self.hub_starts(copy)?,
            Due::Enrol { who } => self.enrols(who)?,
            Due::Open { head } => self.opens(head)?,
        }
        Ok(())
    }

    pub(super) fn after(&mut self, wait: Duration, due: Due) {
        self.queued += 1;
        self.queue.push(Reverse(Queued { at: self.now + wait, no: self.queued, due }));
    }

    /// The hub's clock.
    pub(super) fn hub_time(&self) -> Timestamp {
        let since = SignedDuration::try_from(self.now).unwrap_or_default();
        crate::proof::province::BEGIN.saturating_add(since).unwrap_or(crate::proof::province::BEGIN)
    }

    /// Whether people still work.
    pub(super) fn works(&self) -> bool {
        self.now < WORK
    }

    fn tick(&mut self, who: usize, life: u32) -> Result<(), Fault> {
        let console = &mut self.consoles[who];
        if console.life != life || console.tick_at != Some(self.now) {
            return Ok(());
        }
        console.tick_at = None;
        self.take(who, Event::Tick)
    }

    /// Tells a console's core what happened and does what it wants.
    pub(super) fn take(&mut self, who: usize, event: Event) -> Result<(), Fault> {
        let console = &mut self.consoles[who];
        let when = console.when(self.now);
        let Some(desk) = console.desk.as_mut() else { return Ok(()) };
        let effects = desk.take(event, when);
        self.carry_out(who, effects)
    }

    pub(super) fn carry_out(&mut self, who: usize, effects: Vec<Effect>) -> Result<(), Fault> {
        for effect in effects {
            self.does(who, effect)?;
        }
        self.arm(who);
        Ok(())
    }

    /// Sees to it that the core hears of the time when it wants to.
    fn arm(&mut self, who: usize) {
        let now = self.now;
        let console = &mut self.consoles[who];
        let Some(due) = console.desk.as_ref().and_then(|d| d.core().due(now)) else { return };
        if console.tick_at.is_none_or(|at| at > due || at < now) {
            console.tick_at = Some(due);
            let life = console.life;
            self.after(due.saturating_sub(now), Due::Tick { who, life });
        }
    }

    fn person(&mut self, who: usize) -> Result<(), Fault> {
        if !self.works() {
            return Ok(());
        }
        let next = self.dice.seconds(30, 300);
        self.after(next, Due::Person { who });
        self.acts(who)
    }

    /// A person does something now, when their console runs.
    pub(super) fn acts(&mut self, who: usize) -> Result<(), Fault> {
        let (now, console) = (self.now, &mut self.consoles[who]);
        if console.desk.is_none() || !console.acts(now, &mut self.dice)? {
            return Ok(());
        }
        self.tally.orders += 1;
        self.take(who, Event::Asked)
    }

    fn drained(&mut self) -> Result<bool, Fault> {
        if !self.hub_up || self.consoles.iter().any(|c| c.desk.is_none()) {
            return Ok(false);
        }
        if !self.consoles.iter().all(|c| c.desk.as_ref().is_some_and(|d| d.core().rests())) {
            return Ok(false);
        }
        let state = self.hub.state()?;
        for who in 0..self.consoles.len() {
            let (union, scope) = (self.hub.place_of(who), self.hub.device(who).scope);
            let console = &mut self.consoles[who];
            let link = console.link()?;
            let there = link.is_level() && link.cursor == state.seq;
            let scoped = console.bends() || (link.scope == scope && link.epoch == state.epoch);
            if !there || !scoped || console.actor.org_id != crate::proof::province::org(union) || console.waits()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn not_drained(&mut self) -> Fault {
        let mut what = Vec::new();
        for who in 0..self.consoles.len() {
            let console = &mut self.consoles[who];
            let stands = console.link().map(|l| (l.epoch, l.scope, l.cursor, l.head));
            what.push(format!("console {who}: {stands:?}, waiting {:?}", console.waits()));
        }
        let hub = self.hub.state().map(|s| (s.epoch, s.seq));
        Fault::new(Promise::Drained, format!("hub {hub:?}; {}", what.join("; ")))
    }
}
