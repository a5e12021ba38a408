//! Hours of a bad line: a hub and consoles as real processes, with a proxy between them that serves them badly, while the hub is
//! restarted and consoles are killed.
//!
//! Owns what happens when, and what must hold in the end: everything comes to rest in a stated time, every console shows what the
//! hub has for it, every acknowledged order is there once or was refused and a person knows, and the audits are whole.

use super::dice::Dice;
use super::fault::{Fault, Promise};
use super::proxy::{Carried, Proxy};
use super::stage::{ORDERS, REST, SYNC, Setting, Stage};
use crate::sqlite::Stop;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What is done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program.
    pub binary: PathBuf,
    pub consoles: usize,
    /// How long things go wrong.
    pub time: Duration,
    /// Between two orders of a console.
    pub pace: Duration,
    pub seed: u64,
    /// The hub speaks TLS: no request is repeated then, since the proxy cannot read them.
    pub tls: bool,
    /// What is repeated comes to the hub as something new, as if it remembered no order: the end must find it.
    pub forgets: bool,
}

/// What happened, and what was found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How long things went wrong, and how long it took until everything was at rest after that.
    pub bad: Duration,
    pub rest: Duration,
    pub acknowledged: u64,
    /// What became of them at the hub.
    pub accepted: u64,
    pub conflicts: u64,
    pub denied: u64,
    pub carried: Carried,
    /// How often the line was away altogether.
    pub outages: u64,
    /// Kills of processes that take orders, and of those that keep a console level.
    pub kills: [u64; 2],
    /// Kills of the hub, and ends in good order.
    pub restarts: [u64; 2],
    /// Memory of the hub in bytes at the end, and at most since its last start.
    pub memory: Option<(u64, u64)>,
    /// The promise that was broken.
    pub fault: Option<Fault>,
}

/// How long everything may take to come to rest.
pub const LIMIT: Duration = REST;
/// How often an address may enrol in a minute, as far as the hub remembers: one that starts anew does not.
const AT_ONCE: usize = 5;
/// Between two looks at what is due.
const LOOK: Duration = Duration::from_millis(50);

/// Lets things go wrong for the time of the plan, or until `stop` says so; `tell` hears how long they have.
pub fn run(plan: &Plan, stop: &Stop, mut tell: impl FnMut(Duration)) -> Report {
    let mut report = Report::default();
    let home = match tempfile::Builder::new().prefix("gongfu-soak-").tempdir() {
        Ok(home) => home,
        Err(e) => return Report { fault: Some(e.into()), ..report },
    };
    if let Err(fault) = all(plan, home.path(), &mut report, stop, &mut tell) {
        // What was found is worth looking at.
        tracing::warn!(path = %home.keep().display(), "the files are kept");
        report.fault = Some(fault);
    }
    report
}

fn all(
    plan: &Plan,
    home: &Path,
    report: &mut Report,
    stop: &Stop,
    tell: &mut dyn FnMut(Duration),
) -> Result<(), Fault> {
    let setting = Setting { binary: &plan.binary, seed: plan.seed, pace: plan.pace, tls: plan.tls };
    let stage = Stage::set(setting, home)?;
    let hub = stage.address().parse().map_err(|_| Fault::new(Promise::Sound, "the hub has no address"))?;
    let proxy = Proxy::start(hub, plan.seed, !plan.tls, plan.forgets)?;
    let mut soak = Soak { stage, proxy, dice: Dice::new(plan.seed), due: Vec::new(), report };
    soak.enrol(plan.consoles, !plan.forgets)?;
    let lived = soak.live(plan.time, stop, tell);
    soak.report.carried = soak.proxy.carried();
    soak.report.acknowledged = soak.stage.acknowledged();
    lived.and_then(|()| soak.end())
}

/// What is brought back when its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Back {
    Process(usize, usize),
    Hub,
    Line,
}

struct Soak<'a> {
    stage: Stage<'a>,
    proxy: Proxy,
    dice: Dice,
    due: Vec<(Instant, Back)>,
    report: &'a mut Report,
}

impl Soak<'_> {
    /// Consoles of all the people, one after the other, over a line that is still good.
    fn enrol(&mut self, consoles: usize, sign: bool) -> Result<(), Fault> {
        let address = self.proxy.address().to_string();
        for no in 0..consoles {
            if no > 0 && no % AT_ONCE == 0 {
                self.stage.end_hub(false)?;
                self.stage.serve()?;
            }
            self.stage.enrol(no % super::province::PEOPLE.len(), &address)?;
        }
        if !sign {
            self.stage.unsign()?;
        }
        for no in 0..consoles {
            self.stage.start(no, SYNC)?;
            self.stage.start(no, ORDERS)?;
        }
        Ok(())
    }

    fn live(&mut self, time: Duration, stop: &Stop, tell: &mut dyn FnMut(Duration)) -> Result<(), Fault> {
        let begun = Instant::now();
        self.proxy.bad(true);
        let mut next = begun;
        while begun.elapsed() < time && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
            self.bring_back(Instant::now())?;
            if Instant::now() >= next {
                self.mishap()?;
                next = Instant::now() + self.dice.millis(200, 4_000);
            }
            tell(begun.elapsed());
        }
        self.report.bad = begun.elapsed();
        Ok(())
    }

    /// Brings back what is due at a moment.
    fn bring_back(&mut self, now: Instant) -> Result<(), Fault> {
        let (due, later) = std::mem::take(&mut self.due).into_iter().partition(|(at, _)| *at <= now);
        self.due = later;
        let due: Vec<(Instant, Back)> = due;
        due.into_iter().try_for_each(|(_, what)| match what {
            Back::Process(no, what) => self.stage.start(no, what),
            Back::Hub => self.stage.serve(),
            Back::Line => {
                self.proxy.away(false);
                Ok(())
            }
        })
    }

    /// One thing goes wrong, beside what the line does all the time; what is away already is left alone.
    fn mishap(&mut self) -> Result<(), Fault> {
        let is_away = |due: &[(Instant, Back)], what: Back| due.iter().any(|(_, b)| *b == what);
        let (what, after) = match self.dice.below(8) {
            0 => (Back::Line, self.dice.seconds(1, 10)),
            1 => (Back::Hub, self.dice.seconds(0, 5)),
            n => {
                let process = if n < 5 { ORDERS } else { SYNC };
                (Back::Process(self.dice.below(self.stage.consoles()), process), self.dice.seconds(0, 8))
            }
        };
        if is_away(&self.due, what) {
            return Ok(());
        }
        match what {
            Back::Line => {
                self.proxy.away(true);
                self.report.outages += 1;
            }
            Back::Hub => {
                let kill = self.dice.chance(70);
                self.stage.end_hub(kill)?;
                self.stage.check_hub()?;
                self.report.restarts[usize::from(!kill)] += 1;
            }
            Back::Process(no, what) => {
                self.stage.kill(no, what)?;
                self.stage.check(no)?;
                self.report.kills[what] += 1;
            }
        }
        self.due.push((Instant::now() + after, what));
        Ok(())
    }

    /// Nothing goes wrong any more, and nobody asks for anything: everything comes to rest, and everything is looked at.
    fn end(&mut self) -> Result<(), Fault> {
        self.proxy.bad(false);
        let no_orders = |(_, back): &(Instant, Back)| !matches!(back, Back::Process(_, ORDERS));
        self.due.retain(no_orders);
        let latest = self.due.iter().map(|(at, _)| *at).max();
        self.bring_back(latest.unwrap_or_else(Instant::now))?;
        self.stage.no_more_orders()?;
        self.report.acknowledged = self.stage.acknowledged();
        self.report.rest = self.stage.settles()?;
        self.report.memory = self.stage.memory();
        self.report.carried = self.proxy.carried();
        let outcomes = self.stage.kept()?;
        self.report.accepted = outcomes.accepted;
        self.report.conflicts = outcomes.conflicts;
        self.report.denied = outcomes.denied;
        Ok(())
    }
}
