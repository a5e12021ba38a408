//! The line between consoles and hub: what is lost, late, twice or in another order, and what each end does with what arrives.
//!
//! Owns requests, answers and streams under way. A message that is late comes to the database all the same, where it must do no
//! harm.

use super::console::Streams;
use super::day::{Day, Due};
use super::promises;
use crate::proof::dice::Dice;
use crate::proof::fault::Fault;
use crate::store::level::Page;
use crate::sync::core::{Ear, Effect, Event, Failure, Position};
use crate::wire::order::Answer;
use crate::wire::protocol::{HEARTBEAT, LONGEST_WAIT, Standing, Urgent};
use std::time::Duration;

/// What a console asks.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    Push(Vec<String>),
    Pull(Position),
    Stream,
    Poll { after: i64, wait: bool },
}

/// What comes back.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    Pushed(Standing, Vec<Answer>),
    NotPushed,
    /// With the scope it was made for.
    Pulled(Standing, Box<Page>, i64),
    NotPulled,
    Opened,
    Beat,
    Head {
        epoch: i64,
        head: i64,
    },
    Urgent(Urgent),
    Polled {
        epoch: i64,
        head: i64,
    },
    Ended(Option<Failure>),
}

/// Something at the end of the line.
pub(super) enum Arrival {
    AtHub {
        who: usize,
        life: u32,
        no: u64,
        ask: Ask,
    },
    AtConsole {
        who: usize,
        life: u32,
        no: u64,
        reply: Reply,
    },
    /// The hub gives a sign of life on a stream.
    Sign {
        who: usize,
        ear: u64,
    },
    /// A long poll that nothing ended.
    PollEnds {
        who: usize,
        ear: u64,
    },
}

impl Arrival {
    /// For who reads of what went wrong.
    pub(super) fn name(&self) -> String {
        match self {
            Arrival::AtHub { who, ask: Ask::Push(orders), .. } => format!("{} orders of console {who}", orders.len()),
            Arrival::AtHub { who, ask, .. } => format!("{ask:?} of console {who}"),
            Arrival::AtConsole { who, reply: Reply::Pulled(_, page, _), .. } => {
                format!("page {:?} to {} at console {who}", page.head, page.end.next)
            }
            Arrival::AtConsole { who, reply, .. } => format!("{reply:?} at console {who}"),
            Arrival::Sign { who, .. } => format!("a sign of life to console {who}"),
            Arrival::PollEnds { who, .. } => format!("the end of a poll of console {who}"),
        }
    }
}

/// Somebody who listens at the hub.
struct Listener {
    who: usize,
    life: u32,
    ear: u64,
    /// The head a long poll waits for; nothing for a stream.
    after: Option<i64>,
}

pub(super) struct Line {
    /// Messages lost in a hundred, and as many again late or twice.
    bad: usize,
    no: u64,
    listeners: Vec<Listener>,
}

impl Line {
    pub(super) fn new(dice: &mut Dice) -> Line {
        Line { bad: [0, 3, 10, 25][dice.below(4)], no: 0, listeners: Vec::new() }
    }

    /// The best line there is.
    pub(super) fn heal(&mut self) {
        self.bad = 0;
    }
}

impl Day<'_> {
    fn bad(&mut self) -> bool {
        let bad = if self.calm { 0 } else { self.line.bad };
        self.dice.chance(bad)
    }

    /// How long a message takes: mostly some milliseconds, now and then up to a minute.
    fn way(&mut self) -> Duration {
        if self.bad() { self.dice.millis(500, 55_000) } else { self.dice.millis(2, 300) }
    }

    fn off(&self, who: usize) -> bool {
        self.now < self.consoles[who].off_until
    }

    /// Does what a core wants.
    pub(super) fn does(&mut self, who: usize, effect: Effect) -> Result<(), Fault> {
        let when = self.consoles[who].when(self.now);
        match effect {
            Effect::Push => {
                let outgoing = self.consoles[who].desk()?.outgoing(when);
                match outgoing {
                    Ok(orders) => self.send(who, Ask::Push(orders)),
                    Err(effects) => self.carry_out(who, effects)?,
                }
            }
            Effect::Pull(_) if self.consoles[who].tied()? => self.take(who, Event::NotPulled(Failure::Away))?,
            Effect::Pull(at) => {
                self.consoles[who].desk()?.asks(when);
                self.send(who, Ask::Pull(at));
            }
            Effect::Listen(ear, at) => {
                self.hangs_up(who);
                let wait = ear == Ear::LongPoll;
                let ask = if ear == Ear::Stream { Ask::Stream } else { Ask::Poll { after: at.head, wait } };
                self.send(who, ask);
            }
            Effect::HangUp => self.hangs_up(who),
            Effect::Trouble(_) => {}
        }
        Ok(())
    }

    fn hangs_up(&mut self, who: usize) {
        self.consoles[who].ear += 1;
        self.line.listeners.retain(|l| l.who != who);
    }

    fn send(&mut self, who: usize, ask: Ask) {
        self.line.no += 1;
        let console = &mut self.consoles[who];
        let life = console.life;
        let no = match ask {
            Ask::Push(_) => *console.push.insert(self.line.no),
            Ask::Pull(_) => *console.pull.insert(self.line.no),
            Ask::Stream | Ask::Poll { .. } => console.ear,
        };
        if self.off(who) || !self.hub_up {
            let soon = self.dice.millis(1, 3_000);
            return self.back(who, life, no, failed(&ask), soon);
        }
        if self.bad() {
            let patience = self.dice.seconds(10, 60);
            return self.back(who, life, no, failed(&ask), patience);
        }
        if matches!(ask, Ask::Push(_) | Ask::Pull(_)) && self.bad() {
            let late = self.way() + self.way();
            self.after(late, Due::Line(Arrival::AtHub { who, life, no, ask: ask.clone() }));
        }
        let way = self.way();
        self.after(way, Due::Line(Arrival::AtHub { who, life, no, ask }));
    }

    fn back(&mut self, who: usize, life: u32, no: u64, reply: Reply, way: Duration) {
        self.after(way, Due::Line(Arrival::AtConsole { who, life, no, reply }));
    }

    /// An answer on its way: it may be lost, and may come twice.
    fn answer(&mut self, who: usize, life: u32, no: u64, ask: &Ask, reply: Reply) {
        if self.bad() {
            let patience = self.dice.seconds(5, 60);
            return self.back(who, life, no, failed(ask), patience);
        }
        if self.bad() {
            let late = self.way() + self.way();
            self.back(who, life, no, reply.clone(), late);
        }
        let slow = self.now < self.slow_until && matches!(ask, Ask::Push(_));
        let way = if slow { self.dice.seconds(40, 120) } else { self.way() };
        self.back(who, life, no, reply, way);
    }

    pub(super) fn arrives(&mut self, arrival: Arrival) -> Result<(), Fault> {
        match arrival {
            Arrival::AtHub { who, life, no, ask } if !self.hub_up || self.off(who) => {
                let patience = self.dice.seconds(1, 30);
                self.back(who, life, no, failed(&ask), patience);
                Ok(())
            }
            Arrival::AtHub { who, life, no, ask } => self.at_hub(who, life, no, &ask),
            Arrival::AtConsole { who, life, no, reply } => {
                let console = &self.consoles[who];
                if console.life != life || console.desk.is_none() {
                    return Ok(());
                }
                if self.off(who) && !is_failure(&reply) {
                    return self.lost(who, no, &reply);
                }
                self.at_console(who, no, reply)
            }
            Arrival::Sign { who, ear } => {
                self.sign(who, ear);
                Ok(())
            }
            Arrival::PollEnds { who, ear } => self.poll_ends(who, ear),
        }
    }

    /// What comes while a console has no line: a stream is dead from then on, an answer is missed.
    fn lost(&mut self, who: usize, no: u64, reply: &Reply) -> Result<(), Fault> {
        let console = &mut self.consoles[who];
        match reply {
            Reply::Pushed(..) => self.at_console(who, no, Reply::NotPushed),
            Reply::Pulled(..) => self.at_console(who, no, Reply::NotPulled),
            Reply::Polled { .. } => self.at_console(who, no, Reply::Ended(Some(Failure::Away))),
            _ => {
                console.dead_ears.insert(no);
                Ok(())
            }
        }
    }

    fn at_hub(&mut self, who: usize, life: u32, no: u64, ask: &Ask) -> Result<(), Fault> {
        let now = self.hub_time();
        match ask {
            Ask::Push(_) if self.shut => {
                let way = self.way();
                self.back(who, life, no, Reply::NotPushed, way);
            }
            Ask::Push(lines) => {
                let before = self.hub.state()?.seq;
                let (standing, answers) = self.hub.push(who, lines, now)?;
                if self.dies() {
                    let soon = self.dice.millis(1, 200);
                    self.back(who, life, no, Reply::NotPushed, soon);
                    return Ok(());
                }
                self.answer(who, life, no, ask, Reply::Pushed(standing, answers));
                if standing.head > before {
                    self.news(before)?;
                }
            }
            Ask::Pull(at) => {
                let at = self.as_the_hub_has_it(who, *at)?;
                let limit = 3 + self.dice.below(60);
                let (standing, page) = self.hub.pull(who, at, limit, now)?;
                let scope = page.head.scope;
                self.answer(who, life, no, ask, Reply::Pulled(standing, Box::new(page), scope));
            }
            Ask::Stream => self.listens(who, life, no)?,
            Ask::Poll { after, wait } => {
                let state = self.hub.state()?;
                if !wait || state.seq > *after {
                    self.answer(who, life, no, ask, Reply::Polled { epoch: state.epoch, head: state.seq });
                } else {
                    self.line.listeners.push(Listener { who, life, ear: no, after: Some(*after) });
                    let longest = Duration::from_secs(LONGEST_WAIT);
                    self.after(longest, Due::Line(Arrival::PollEnds { who, ear: no }));
                }
            }
        }
        Ok(())
    }

    /// A console that knows no epoch, or no scope, names the hub's.
    fn as_the_hub_has_it(&self, who: usize, at: Position) -> Result<Position, Fault> {
        Ok(match self.consoles[who].without() {
            Some(super::Rule::Epoch) if at.epoch > 0 => Position { epoch: self.hub.state()?.epoch, ..at },
            Some(super::Rule::Scope) if at.epoch > 0 => Position { scope: self.hub.device(who).scope, ..at },
            _ => at,
        })
    }

    fn listens(&mut self, who: usize, life: u32, ear: u64) -> Result<(), Fault> {
        let way = self.way();
        match self.consoles[who].streams {
            Streams::Silent => {}
            Streams::Cut => {
                self.back(who, life, ear, Reply::Opened, way);
                self.back(who, life, ear, Reply::Ended(None), way + Duration::from_millis(900));
            }
            Streams::Through => {
                let state = self.hub.state()?;
                self.line.listeners.push(Listener { who, life, ear, after: None });
                self.back(who, life, ear, Reply::Opened, way);
                self.back(who, life, ear, Reply::Head { epoch: state.epoch, head: state.seq }, way);
                self.after(Duration::from_secs(HEARTBEAT), Due::Line(Arrival::Sign { who, ear }));
            }
        }
        Ok(())
    }

    fn sign(&mut self, who: usize, ear: u64) {
        let Some(life) = self.line.listeners.iter().find(|l| (l.who, l.ear) == (who, ear)).map(|l| l.life) else {
            return;
        };
        self.tell(who, life, ear, Reply::Beat);
        self.after(Duration::from_secs(HEARTBEAT), Due::Line(Arrival::Sign { who, ear }));
    }

    fn poll_ends(&mut self, who: usize, ear: u64) -> Result<(), Fault> {
        let Some(place) = self.line.listeners.iter().position(|l| (l.who, l.ear) == (who, ear)) else {
            return Ok(());
        };
        let Listener { life, .. } = self.line.listeners.remove(place);
        if self.hub_up {
            let (state, way) = (self.hub.state()?, self.way());
            self.back(who, life, ear, Reply::Polled { epoch: state.epoch, head: state.seq }, way);
        }
        Ok(())
    }

    /// Tells all who listen that the head has moved from `before`.
    pub(super) fn news(&mut self, before: i64) -> Result<(), Fault> {
        if self.line.listeners.is_empty() {
            return Ok(());
        }
        let urgent = self.hub.urgent(before)?;
        let (epoch, head) = (urgent.epoch, urgent.head);
        let listeners = std::mem::take(&mut self.line.listeners);
        for listener in listeners {
            let Listener { who, life, ear, after } = listener;
            match after {
                Some(after) if head > after => {
                    let way = self.way();
                    self.back(who, life, ear, Reply::Polled { epoch, head }, way);
                    continue;
                }
                None => {
                    if !urgent.rows.is_empty() {
                        self.tell(who, life, ear, Reply::Urgent(urgent.clone()));
                    }
                    self.tell(who, life, ear, Reply::Head { epoch, head });
                }
                Some(_) => {}
            }
            self.line.listeners.push(listener);
        }
        Ok(())
    }

    /// An event on a stream: it may be late or come twice. One that is lost takes the stream with it, and nobody is told.
    fn tell(&mut self, who: usize, life: u32, ear: u64, reply: Reply) {
        if self.consoles[who].streams != Streams::Through || self.bad() {
            self.consoles[who].dead_ears.insert(ear);
        }
        if self.consoles[who].dead_ears.contains(&ear) {
            return;
        }
        if self.bad() {
            let late = self.way();
            self.back(who, life, ear, reply.clone(), late);
        }
        let way = self.way();
        self.back(who, life, ear, reply, way);
    }

    /// Every stream and poll ends with the hub's program.
    pub(super) fn hub_ends(&mut self) {
        for Listener { who, life, ear, .. } in std::mem::take(&mut self.line.listeners) {
            let way = self.dice.millis(1, 500);
            self.back(who, life, ear, Reply::Ended(Some(Failure::Away)), way);
        }
    }

    fn at_console(&mut self, who: usize, no: u64, reply: Reply) -> Result<(), Fault> {
        let console = &mut self.consoles[who];
        let heard = no == console.ear;
        match reply {
            Reply::Pushed(standing, answers) => {
                let on_time = console.push == Some(no);
                if on_time {
                    console.push = None;
                }
                let effects = console.pushed(standing, &answers, self.now, on_time)?;
                self.carry_out(who, effects)
            }
            Reply::NotPushed if console.push == Some(no) => {
                console.push = None;
                self.take(who, Event::NotPushed(Failure::Away))
            }
            Reply::Pulled(standing, page, scope) => {
                let on_time = console.pull == Some(no);
                if on_time {
                    console.pull = None;
                }
                self.tally.pages += 1;
                let done = console.pulled((standing, *page), self.now, on_time, &mut self.dice)?;
                match done {
                    Some(effects) => {
                        promises::in_scope(self, who, scope)?;
                        self.carry_out(who, effects)?;
                        // As when another process has written: the core is told that it is so, not what.
                        if !on_time {
                            self.take(who, Event::Heard { epoch: 0, head: 0 })?;
                            self.take(who, Event::Asked)?;
                        }
                        Ok(())
                    }
                    None => {
                        self.console_ends(who);
                        Ok(())
                    }
                }
            }
            Reply::NotPulled if console.pull == Some(no) => {
                console.pull = None;
                self.take(who, Event::NotPulled(Failure::Away))
            }
            Reply::Opened if heard => self.take(who, Event::Opened),
            Reply::Beat if heard => self.take(who, Event::Beat),
            Reply::Head { epoch, head } if heard => self.take(who, Event::Heard { epoch, head }),
            Reply::Urgent(urgent) if heard => {
                let when = console.when(self.now);
                let effects = console.desk()?.urgent(&urgent, when);
                self.carry_out(who, effects)
            }
            Reply::Polled { epoch, head } if heard => {
                self.take(who, Event::Heard { epoch, head })?;
                self.take(who, Event::Closed(None))
            }
            Reply::Ended(failure) if heard => self.take(who, Event::Closed(failure)),
            _ => Ok(()),
        }
    }
}

fn is_failure(reply: &Reply) -> bool {
    matches!(reply, Reply::NotPushed | Reply::NotPulled | Reply::Ended(_))
}

/// What a console finds when nothing comes back.
fn failed(ask: &Ask) -> Reply {
    match ask {
        Ask::Push(_) => Reply::NotPushed,
        Ask::Pull(_) => Reply::NotPulled,
        Ask::Stream | Ask::Poll { .. } => Reply::Ended(Some(Failure::Away)),
    }
}
