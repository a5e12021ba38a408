//! What goes wrong on a day besides the line: programs that end, a hub that is put back, clocks that jump, unions that change.

use super::console::Streams;
use super::day::{CALM, Day, Due, WORK};
use crate::domain::codes::Role;
use crate::proof::fault::{Fault, Promise};
use crate::proof::province::CITIES;
use crate::sync::core::{Event, Moment};
use std::time::Duration;

/// Something that goes wrong, or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// A console's program ends.
    Console,
    /// The hub's program ends: now, or after the next orders are on the disk and before they are answered.
    Hub,
    /// The hub is copied.
    Copy,
    /// A copy is put back.
    Restore,
    /// A console works for another union from now on.
    Give,
    /// A console's clock jumps.
    Clock,
    /// A console has no line for a while.
    Off,
    /// The way to the hub deals with streams in another way.
    Streams,
    /// Nothing goes wrong for a while, but no order is taken.
    Shut,
}

/// As often as they come.
const MISHAPS: &[Mishap] = &[
    Mishap::Console,
    Mishap::Console,
    Mishap::Hub,
    Mishap::Copy,
    Mishap::Restore,
    Mishap::Restore,
    Mishap::Give,
    Mishap::Clock,
    Mishap::Off,
    Mishap::Off,
    Mishap::Streams,
];

/// Milliseconds a clock may jump by: minutes, a day, a year.
const JUMPS: [i64; 5] = [-31_536_000_000, -86_400_000, 240_000, 7_200_000, 31_536_000_000];

impl Day<'_> {
    /// When what goes wrong.
    pub(super) fn plan_mishaps(&mut self) {
        let last = WORK.as_secs() - 60;
        for _ in 0..5 + self.dice.below(6) {
            let (at, what) = (self.dice.seconds(30, last), self.dice.below(MISHAPS.len()));
            self.after(at, Due::Mishap(MISHAPS[what]));
        }
        for _ in 0..2 {
            let copy = self.dice.seconds(1, last / 2);
            self.after(copy, Due::Mishap(Mishap::Copy));
        }
        let shut = self.dice.seconds(200, last - CALM.as_secs());
        self.after(shut, Due::Mishap(Mishap::Shut));
    }

    pub(super) fn goes_wrong(&mut self, mishap: Mishap) -> Result<(), Fault> {
        if !self.works() {
            return Ok(());
        }
        if self.calm {
            self.after(CALM, Due::Mishap(mishap));
            return Ok(());
        }
        let who = self.dice.below(self.consoles.len());
        match mishap {
            Mishap::Console => self.console_ends(who),
            Mishap::Hub if self.hub_up => {
                if self.dice.chance(50) {
                    self.dying = true;
                } else {
                    self.hub_falls(None);
                }
            }
            Mishap::Copy if self.hub_up => {
                let safe = self.dice.chance(40);
                self.hub.copy(safe)?;
            }
            Mishap::Restore if self.hub_up && self.hub.copies() > 0 => {
                let copy = self.dice.below(self.hub.copies());
                let wait = self.dice.seconds(0, 30);
                self.slow_until = self.now + wait;
                self.after(wait, Due::Fall { copy });
            }
            Mishap::Give if self.hub_up => self.gives()?,
            Mishap::Clock => self.consoles[who].clock_ms += JUMPS[self.dice.below(JUMPS.len())],
            Mishap::Off => {
                let until = self.now + self.dice.seconds(20, 400);
                self.consoles[who].off_until = until;
            }
            Mishap::Streams => {
                self.consoles[who].streams = [Streams::Through, Streams::Cut, Streams::Silent][self.dice.below(3)];
            }
            Mishap::Shut => self.shuts()?,
            Mishap::Hub | Mishap::Copy | Mishap::Restore | Mishap::Give => {}
        }
        Ok(())
    }

    pub(super) fn console_ends(&mut self, who: usize) {
        if self.consoles[who].desk.is_some() {
            self.tally.crashes += 1;
            self.consoles[who].stop();
            let down = self.dice.seconds(1, 60);
            self.after(down, Due::Start { who });
        }
    }

    /// Whether the hub ends here, after the commit and before the answer.
    pub(super) fn dies(&mut self) -> bool {
        let dies = std::mem::take(&mut self.dying);
        if dies {
            self.hub_falls(None);
        }
        dies
    }

    /// Ends the hub so that a copy takes its place, when both are still there.
    pub(super) fn is_put_back(&mut self, copy: usize) {
        if self.hub_up && !self.calm && self.works() && copy < self.hub.copies() {
            self.hub_falls(Some(copy));
        }
    }

    fn hub_falls(&mut self, copy: Option<usize>) {
        self.tally.crashes += 1;
        self.hub_up = false;
        self.hub.stop();
        self.hub_ends();
        let down = self.dice.seconds(1, 60);
        self.after(down, Due::Hub { copy });
    }

    pub(super) fn hub_starts(&mut self, copy: Option<usize>) -> Result<(), Fault> {
        match copy {
            Some(copy) => {
                let now = self.hub_time();
                self.hub.restore(copy, now)?;
                self.tally.restores += 1;
            }
            None => self.hub.start()?,
        }
        self.hub_up = true;
        Ok(())
    }

    /// A city's console gets the other city.
    fn gives(&mut self) -> Result<(), Fault> {
        let cities: Vec<usize> =
            (0..self.consoles.len()).filter(|who| self.hub.device(*who).role == Role::City).collect();
        let Some(who) = self.dice.pick(&cities).copied() else { return Ok(()) };
        let place = if self.hub.place_of(who) == CITIES[0] { CITIES[1] } else { CITIES[0] };
        self.hub.give(who, place)?;
        self.scopes.insert((who, self.hub.device(who).scope), place);
        self.consoles[who].moved = true;
        self.tally.moves += 1;
        let later = self.dice.seconds(1, 120);
        self.after(later, Due::Enrol { who });
        Ok(())
    }

    pub(super) fn enrols(&mut self, who: usize) -> Result<(), Fault> {
        if self.consoles[who].desk.is_none() {
            self.after(Duration::from_secs(10), Due::Enrol { who });
            return Ok(());
        }
        let place = self.hub.place_of(who);
        self.consoles[who].enrol(place)?;
        self.take(who, Event::Tick)
    }

    /// All is well for a while, but the door for orders stays shut; everybody has something to send.
    fn shuts(&mut self) -> Result<(), Fault> {
        if !self.hub_up || self.consoles.iter().any(|c| c.desk.is_none()) {
            self.after(Duration::from_secs(61), Due::Mishap(Mishap::Shut));
            return Ok(());
        }
        for console in &mut self.consoles {
            (console.off_until, console.streams) = (Moment::ZERO, Streams::Through);
        }
        // What is new at the hub comes from elsewhere.
        let head = self.hub.state()?.seq;
        (self.shut, self.calm, self.dying) = (true, true, false);
        for who in 0..self.consoles.len() {
            self.acts(who)?;
        }
        self.after(CALM, Due::Open { head });
        Ok(())
    }

    pub(super) fn opens(&mut self, head: i64) -> Result<(), Fault> {
        (self.shut, self.calm) = (false, false);
        for who in 0..self.consoles.len() {
            let link = self.consoles[who].link()?;
            if link.cursor < head {
                let what = format!("console {who} stands at {} of {head} while orders wait", link.cursor);
                return Err(Fault::new(Promise::Apart, what));
            }
        }
        Ok(())
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn heal(&mut self) {
        self.line.heal();
        (self.shut, self.dying, self.calm) = (false, false, true);
        for console in &mut self.consoles {
            (console.off_until, console.streams) = (Moment::ZERO, Streams::Through);
        }
    }
}
