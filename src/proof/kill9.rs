//! Real processes on real files, killed at any moment: consoles that take orders, what keeps them level, and the hub.
//!
//! Owns who is killed when, and what must hold after each kill and in the end: nothing acknowledged is lost, no pair that belongs
//! together is torn.

mod check;
mod orders;

pub use orders::orders;

use super::dice::Dice;
use super::fault::{Fault, Promise};
use super::process::Running;
use super::province;
use crate::base::clock::Clock;
use crate::hub::engine::{Place, Pool};
use crate::hub::{device, whole};
use crate::sqlite::Stop;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What is done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program that is killed.
    pub binary: PathBuf,
    pub rounds: u64,
    pub seed: u64,
}

/// What came of it; only when nothing was lost or torn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    pub rounds: u64,
    /// Kills of consoles, of what keeps them level, of the hub.
    pub kills: [u64; 3],
    /// Orders that were told to be done before their process was killed.
    pub acknowledged: u64,
    /// What became of them at the hub.
    pub accepted: u64,
    pub refused: u64,
}

/// How long everything may take to come to rest in the end: the longest pause of a console, twice.
const REST: Duration = Duration::from_secs(150);
const CONSOLES: [usize; 2] = [0, 1];
/// The three kinds of processes.
const ORDERS: usize = 0;
const SYNC: usize = 1;
const HUB: usize = 2;

/// A console with its two processes.
struct Console {
    dir: PathBuf,
    /// Its place among the people of the province.
    who: usize,
    running: [Option<Running>; 2],
    acknowledged: BTreeSet<Uuid>,
    starts: u64,
}

struct Field<'a> {
    plan: &'a Plan,
    hub: PathBuf,
    place: Place,
    runtime: tokio::runtime::Runtime,
    address: String,
    serves: Option<Running>,
    consoles: Vec<Console>,
    dice: Dice,
    report: Report,
}

/// Kills until all rounds are over or `stop` says so; `tell` hears how many are.
///
/// # Errors
/// What was lost or torn, with the round; a part that failed.
pub fn run(plan: &Plan, stop: &Stop, mut tell: impl FnMut(u64)) -> Result<Report, Fault> {
    let home = tempfile::Builder::new().prefix("gongfu-kill9-").tempdir()?;
    let mut field = Field::begin(plan, home.path())?;
    let done = field.rounds(stop, &mut tell);
    let done = done.and_then(|()| field.end());
    if done.is_err() {
        // What was found is worth looking at.
        tracing::warn!(path = %home.keep().display(), "the files are kept");
    }
    done.map(|()| field.report)
}

impl<'a> Field<'a> {
    fn begin(plan: &'a Plan, home: &Path) -> Result<Field<'a>, Fault> {
        let hub = home.join("hub");
        std::fs::create_dir_all(&hub)?;
        let runtime = province::runtime()?;
        let place = Place::Sqlite(hub.join("hub.db"));
        let devices = whole::make(&place, runtime.handle(), |engine| province::load(engine))?;
        province::furnish(&hub.join("hub.db"), &runtime, &devices)?;
        let dice = Dice::new(plan.seed);
        let address = "127.0.0.1:0".to_owned();
        let report = Report::default();
        let mut field = Field { plan, hub, place, runtime, address, serves: None, consoles: Vec::new(), dice, report };
        field.serve()?;
        for who in CONSOLES {
            let dir = home.join(format!("console-{who}"));
            std::fs::create_dir_all(&dir)?;
            field.enrol(&dir, who)?;
            let acknowledged = BTreeSet::new();
            field.consoles.push(Console { dir, who, running: [None, None], acknowledged, starts: 0 });
            let no = field.consoles.len() - 1;
            field.start(no, SYNC)?;
            field.start(no, ORDERS)?;
        }
        Ok(field)
    }

    /// Starts the hub; from the first time on it has the same address.
    fn serve(&mut self) -> Result<(), Fault> {
        let args = ["--json", "hub", "serve", "--listen", &self.address];
        let running = Running::start(&self.plan.binary, &self.hub, &args)?;
        if self.address.ends_with(":0") {
            let line = running.first_line()?;
            let (_, rest) = line.split_once("http://").unwrap_or_default();
            self.address = rest.split('"').next().unwrap_or_default().to_owned();
        }
        self.serves = Some(running);
        Ok(())
    }

    fn enrol(&self, dir: &Path, who: usize) -> Result<(), Fault> {
        let (_, role, union) = province::PEOPLE[who];
        let pool = Pool::new(&self.place, self.runtime.handle().clone())?;
        let now = Clock::Real.now().as_millisecond();
        let code = device::make_code(pool.get()?.as_mut(), province::org(union), role, now)?;
        let url = format!("http://{}", self.address);
        Running::start(&self.plan.binary, dir, &["-q", "enrol", &code, "--hub", &url])?.wait()
    }

    fn start(&mut self, no: usize, what: usize) -> Result<(), Fault> {
        let seed = self.plan.seed.wrapping_mul(1_000_003).wrapping_add(self.consoles[no].starts).to_string();
        let console = &mut self.consoles[no];
        console.starts += 1;
        let (name, _, _) = province::PEOPLE[console.who];
        let args: &[&str] = if what == ORDERS {
            &["--as", name, "test", "orders", "--seed", &seed]
        } else {
            &["--json", "sync", "--watch"]
        };
        console.running[what] = Some(Running::start(&self.plan.binary, &console.dir, args)?);
        Ok(())
    }

    fn rounds(&mut self, stop: &Stop, tell: &mut dyn FnMut(u64)) -> Result<(), Fault> {
        for round in 1..=self.plan.rounds {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            std::thread::sleep(self.dice.millis(20, 200));
            let in_round = |fault: Fault| Fault { what: format!("round {round}: {}", fault.what), ..fault };
            let victim = self.dice.below(2 * CONSOLES.len() + 1);
            if victim == 2 * CONSOLES.len() { self.kill_hub() } else { self.kill(victim / 2, victim % 2) }
                .map_err(in_round)?;
            self.report.rounds = round;
            tell(round);
        }
        Ok(())
    }

    fn kill(&mut self, no: usize, what: usize) -> Result<(), Fault> {
        let by_itself = || Fault::new(Promise::Sound, "a process of a console had ended by itself");
        let Some(running) = self.consoles[no].running[what].take() else { return Err(by_itself()) };
        let (lines, alive) = running.kill()?;
        self.heard(no, &lines)?;
        if !alive {
            return Err(by_itself());
        }
        self.report.kills[what] += 1;
        self.check(no)?;
        self.start(no, what)
    }

    /// Takes in what was acknowledged; a line is one order.
    fn heard(&mut self, no: usize, lines: &[String]) -> Result<(), Fault> {
        for line in lines.iter().filter_map(|l| l.strip_prefix("order ")) {
            // A last line without its end was never told.
            let Ok(id) = line.trim().parse::<Uuid>() else { continue };
            if !self.consoles[no].acknowledged.insert(id) {
                return Err(Fault::new(Promise::Once, format!("order {id} was acknowledged twice")));
            }
            self.report.acknowledged += 1;
        }
        Ok(())
    }

    fn check(&mut self, no: usize) -> Result<(), Fault> {
        let (_, role, union) = province::PEOPLE[self.consoles[no].who];
        let console = &self.consoles[no];
        check::console(&console.dir, &console.acknowledged, (&self.place, self.runtime.handle()), (role, union))
    }

    fn kill_hub(&mut self) -> Result<(), Fault> {
        let by_itself = || Fault::new(Promise::Sound, "the hub had ended by itself");
        let (_, alive) = self.serves.take().ok_or_else(by_itself)?.kill()?;
        if !alive {
            return Err(by_itself());
        }
        self.report.kills[HUB] += 1;
        check::hub(&self.place, self.runtime.handle())?;
        self.serve()
    }

    /// No more orders; everything comes to rest, and everything is looked at.
    fn end(&mut self) -> Result<(), Fault> {
        for no in 0..self.consoles.len() {
            if let Some(running) = self.consoles[no].running[ORDERS].take() {
                let (lines, _) = running.kill()?;
                self.heard(no, &lines)?;
            }
        }
        let until = Instant::now() + REST;
        while !self.rests()? {
            if Instant::now() > until {
                return Err(Fault::new(Promise::Drained, "the consoles have not come to rest"));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        check::hub(&self.place, self.runtime.handle())?;
        for no in 0..self.consoles.len() {
            self.check(no)?;
            let console = &self.consoles[no];
            let (accepted, refused) =
                check::outcomes(&console.dir, &console.acknowledged, &self.place, self.runtime.handle())?;
            self.report.accepted += accepted;
            self.report.refused += refused;
        }
        Ok(())
    }

    fn rests(&self) -> Result<bool, Fault> {
        let head = check::head(&self.place, self.runtime.handle())?;
        for console in &self.consoles {
            if !check::rests(&console.dir, head)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
