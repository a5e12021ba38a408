//! A console of a day: its database, its person, and the desk of the product between them and the line.
//!
//! Owns what a person was told is done, and what is on the line. The rules of a console are switched off here, between what
//! comes and the desk.

use super::rules::Rule;
use super::template::{self, Seat, Template};
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::codes::Role;
use crate::proof::asks;
use crate::proof::dice::Dice;
use crate::proof::fault::{Fault, Promise};
use crate::proof::province::{self, BEGIN};
use crate::store::level::{self, Page};
use crate::store::link::Link;
use crate::store::{StoreError, link, outbox, submit};
use crate::sync::core::{Effect, Moment};
use crate::sync::desk::{Desk, When};
use crate::wire::order::Answer;
use crate::wire::protocol::Standing;
use jiff::SignedDuration;
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use uuid::Uuid;

/// How the way to the hub deals with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Streams {
    Through,
    /// Ends after a moment.
    Cut,
    /// Nothing comes through.
    Silent,
}

pub(super) struct Console {
    pub(super) dir: PathBuf,
    /// Nothing while the program is down.
    pub(super) desk: Option<Desk>,
    /// Rises with every start: what was on the line to an earlier one comes to nobody.
    pub(super) life: u32,
    pub(super) push: Option<u64>,
    pub(super) pull: Option<u64>,
    pub(super) ear: u64,
    /// Streams that nothing comes through any more: the hub may know of several, each dead by itself.
    pub(super) dead_ears: BTreeSet<u64>,
    pub(super) streams: Streams,
    /// The console has no line until then.
    pub(super) off_until: Moment,
    pub(super) tick_at: Option<Moment>,
    /// Its clock minus the hub's, in milliseconds.
    pub(super) clock_ms: i64,
    /// Orders that a person was told are done here.
    pub(super) acknowledged: Vec<Uuid>,
    /// Orders that a person took back.
    pub(super) withdrawn: HashSet<Uuid>,
    pub(super) moved: bool,
    pub(super) actor: Actor,
    name: &'static str,
    role: Role,
    ids: Ids,
    seed: u64,
    without: Option<Rule>,
}

impl Console {
    /// A console as it begins the day, level with the hub or with nothing at all.
    pub(super) fn begin(
        dir: PathBuf,
        who: usize,
        (template, seat): (&Template, &Seat),
        (level, seed): (bool, u64),
        without: Option<Rule>,
    ) -> Result<Console, Fault> {
        std::fs::create_dir_all(&dir)?;
        std::fs::copy(if level { &seat.level } else { &template.empty }, template::file(&dir))?;
        let number = i64::try_from(who).unwrap_or(0) + 1;
        let mut console = Console {
            dir,
            desk: None,
            life: 0,
            push: None,
            pull: None,
            ear: 0,
            dead_ears: BTreeSet::new(),
            streams: Streams::Through,
            off_until: Moment::ZERO,
            tick_at: None,
            clock_ms: 0,
            acknowledged: Vec::new(),
            withdrawn: HashSet::new(),
            moved: false,
            actor: province::actor(seat.name, seat.device.role, seat.place),
            name: seat.name,
            role: seat.device.role,
            ids: province::ids(number),
            seed: seed ^ number.unsigned_abs(),
            without,
        };
        console.start()?;
        if !level {
            let (db, _) = console.desk()?.database();
            link::put(db, &template::link_of(seat))?;
            // The core is told by a start, as after an enrolment.
            console.start()?;
        }
        Ok(console)
    }

    /// Starts the program on the database that is there.
    pub(super) fn start(&mut self) -> Result<(), Fault> {
        self.stop();
        let desk = Desk::open(&self.dir, self.seed.wrapping_add(u64::from(self.life)));
        self.desk = Some(desk?);
        Ok(())
    }

    /// Ends the program where it stands: only the database is left.
    pub(super) fn stop(&mut self) {
        self.life += 1;
        self.ear += 1;
        (self.desk, self.push, self.pull, self.tick_at) = (None, None, None, None);
    }

    pub(super) fn desk(&mut self) -> Result<&mut Desk, Fault> {
        self.desk.as_mut().ok_or_else(|| Fault::new(Promise::Sound, "the console of the day is down"))
    }

    pub(super) fn link(&mut self) -> Result<Link, Fault> {
        Ok(self.desk()?.link()?)
    }

    /// A moment of the day as this console has it.
    pub(super) fn when(&self, moment: Moment) -> When {
        let since = SignedDuration::try_from(moment).unwrap_or_default();
        let at = BEGIN.saturating_add(since + SignedDuration::from_millis(self.clock_ms)).unwrap_or(BEGIN);
        When { moment, at }
    }

    /// The person does something; whether there is an order to be sent.
    pub(super) fn acts(&mut self, moment: Moment, dice: &mut Dice) -> Result<bool, Fault> {
        let now = self.when(moment).at;
        if dice.chance(6) {
            let (db, path) = self.desk()?.database();
            let states = [outbox::State::Waiting, outbox::State::Conflict, outbox::State::Denied];
            let items = outbox::list(db, &states)?;
            if let Some(item) = dice.pick(&items)
                && level::withdraw(db, path, item.n, now)?
            {
                self.withdrawn.insert(item.order.id);
            }
            return Ok(false);
        }
        let person = self.actor.clone();
        let Some(desk) = self.desk.as_mut() else { return Ok(false) };
        let (db, path) = desk.database();
        let Some(command) = asks::command(db, &person, dice)? else { return Ok(false) };
        match submit::on(db, path, now, &mut self.ids, &person, command) {
            Ok(_) => {
                let n = link::get(db)?.map_or(0, |l| l.last_n);
                self.acknowledged.extend(outbox::get(db, n)?.map(|i| i.order.id));
                Ok(true)
            }
            Err(StoreError::Refused(_)) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    /// The operator enrols the console for another union, and its program starts again.
    pub(super) fn enrol(&mut self, place: usize) -> Result<(), Fault> {
        self.actor = province::actor(self.name, self.role, place);
        let (db, path) = self.desk()?.database();
        level::note(db, path, |link| {
            link.org_code = province::code(place);
            link.scope = 0;
        })?;
        self.start()
    }

    /// As the console would have it that knows no epoch, or no scope.
    fn bent(&mut self, (epoch, scope): (i64, i64)) -> Result<(i64, i64), Fault> {
        let link = self.link()?;
        Ok(match self.without {
            Some(Rule::Epoch) if link.epoch > 0 => (link.epoch, scope),
            Some(Rule::Scope) if link.epoch > 0 => (epoch, link.scope),
            _ => (epoch, scope),
        })
    }

    /// Answers to a push; `on_time` when somebody waits for them.
    pub(super) fn pushed(
        &mut self,
        mut standing: Standing,
        answers: &[Answer],
        moment: Moment,
        on_time: bool,
    ) -> Result<Vec<Effect>, Fault> {
        (standing.epoch, standing.scope) = self.bent((standing.epoch, standing.scope))?;
        if self.without == Some(Rule::Answers) {
            standing.epoch = self.link()?.epoch;
        }
        let when = self.when(moment);
        let desk = self.desk()?;
        let effects = if on_time {
            desk.pushed(standing, answers, when)
        } else {
            let (db, path) = desk.database();
            level::answers(db, path, standing.epoch, answers, when.at)?;
            Vec::new()
        };
        self.drop_accepted()?;
        Ok(effects)
    }

    /// A page; `on_time` when it was waited for. Nothing when the program ended in the middle of it.
    pub(super) fn pulled(
        &mut self,
        (mut standing, mut page): (Standing, Page),
        moment: Moment,
        on_time: bool,
        dice: &mut Dice,
    ) -> Result<Option<Vec<Effect>>, Fault> {
        (standing.epoch, standing.scope) = self.bent((standing.epoch, standing.scope))?;
        (page.head.epoch, page.head.scope) = self.bent((page.head.epoch, page.head.scope))?;
        let when = self.when(moment);
        if self.without == Some(Rule::Cursor) && self.cursor_first(&page, dice)? {
            return Ok(None);
        }
        let desk = self.desk()?;
        let effects = if on_time {
            desk.pulled(standing, &page, when)
        } else {
            let (db, path) = desk.database();
            level::note(db, path, |link| link.clock_ms = standing.at - when.at.as_millisecond())?;
            level::page(db, path, &page, when.at)?;
            Vec::new()
        };
        self.drop_accepted()?;
        Ok(Some(effects))
    }

    /// Stores the cursor before the rows and by itself; whether the program ended in between.
    fn cursor_first(&mut self, page: &Page, dice: &mut Dice) -> Result<bool, Fault> {
        let link = self.link()?;
        let follows = (page.head.epoch, page.head.scope, page.head.from) == (link.epoch, link.scope, link.cursor);
        if !follows || !dice.chance(5) {
            return Ok(false);
        }
        let (db, path) = self.desk()?.database();
        level::note(db, path, |link| link.cursor = page.end.next)?;
        Ok(true)
    }

    /// Without the rule that keeps them, accepted orders go at once.
    fn drop_accepted(&mut self) -> Result<(), Fault> {
        if self.without == Some(Rule::Keep) {
            let (db, _) = self.desk()?.database();
            db.execute("DELETE FROM outbox WHERE state = 'accepted'", [])?;
        }
        Ok(())
    }

    /// Whether a page may not be asked for yet, as without the rule that keeps the lanes apart.
    pub(super) fn tied(&mut self) -> Result<bool, Fault> {
        if self.without != Some(Rule::Tied) {
            return Ok(false);
        }
        self.waits()
    }

    /// Whether orders wait.
    pub(super) fn waits(&mut self) -> Result<bool, Fault> {
        let (db, _) = self.desk()?.database();
        Ok(!outbox::waiting(db, 1)?.is_empty())
    }

    pub(super) fn without(&self) -> Option<Rule> {
        self.without
    }

    /// Whether its epoch or scope is not to be compared with the hub's: the rule is switched off.
    pub(super) fn bends(&self) -> bool {
        matches!(self.without, Some(Rule::Epoch | Rule::Scope))
    }
}
