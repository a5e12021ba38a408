//! A hub and consoles as processes of the product on files of their own, as they run in the provinces: started, killed, looked at.
//!
//! Owns the processes and what they have acknowledged. What happens to them when, is the tool's that has them.

use super::check;
use super::fault::{Fault, Promise};
use super::process::Running;
use super::province;
use crate::base::clock::Clock;
use crate::hub::engine::{Place, Pool};
use crate::hub::{device, keys, whole};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// The two processes of a console: it takes orders, and it is kept level.
pub(super) const ORDERS: usize = 0;
pub(super) const SYNC: usize = 1;

/// How long everything may take to come to rest once nothing disturbs it: the longest pause of a console, twice.
pub(super) const REST: Duration = Duration::from_secs(150);

/// How a stage is set.
#[derive(Debug, Clone)]
pub(super) struct Setting<'a> {
    /// The program.
    pub(super) binary: &'a Path,
    pub(super) seed: u64,
    /// Between two orders of a console.
    pub(super) pace: Duration,
    /// The hub speaks TLS.
    pub(super) tls: bool,
}

/// A console with its two processes.
struct Console {
    dir: PathBuf,
    /// Its place among the people of the province.
    who: usize,
    running: [Option<Running>; 2],
    acknowledged: BTreeSet<Uuid>,
    starts: u64,
}

/// What became of the acknowledged orders at the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
    pub(super) accepted: u64,
    pub(super) conflicts: u64,
    pub(super) denied: u64,
}

pub(super) struct Stage<'a> {
    setting: Setting<'a>,
    home: PathBuf,
    hub: PathBuf,
    place: Place,
    runtime: Runtime,
    ca: Option<PathBuf>,
    address: String,
    serves: Option<Running>,
    consoles: Vec<Console>,
    /// Orders of before: what is at the hub beside those of the consoles.
    before: BTreeSet<Uuid>,
}

impl<'a> Stage<'a> {
    /// A furnished ledger and a hub that serves it.
    pub(super) fn set(setting: Setting<'a>, home: &Path) -> Result<Stage<'a>, Fault> {
        let hub = home.join("hub");
        std::fs::create_dir_all(&hub)?;
        let runtime = province::runtime()?;
        let place = Place::Sqlite(hub.join("hub.db"));
        let devices = whole::make(&place, runtime.handle(), |engine| province::load(engine))?;
        province::furnish(&hub.join("hub.db"), &runtime, &devices)?;
        let ca = if setting.tls {
            let made = keys::make(&hub, &["127.0.0.1".to_owned()], Clock::Real.now());
            Some(made.map_err(|e| Fault::new(Promise::Sound, e.to_string()))?.ca)
        } else {
            None
        };
        let before = check::answers(&place, runtime.handle())?.into_keys().collect();
        let (home, address) = (home.to_path_buf(), "127.0.0.1:0".to_owned());
        let consoles = Vec::new();
        let mut stage = Stage { setting, home, hub, place, runtime, ca, address, serves: None, consoles, before };
        stage.serve()?;
        Ok(stage)
    }

    /// Where the hub listens, always.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn consoles(&self) -> usize {
        self.consoles.len()
    }

    /// Starts the hub; from the first time on it has the same address.
    pub(super) fn serve(&mut self) -> Result<(), Fault> {
        let args = ["--json", "hub", "serve", "--listen", &self.address];
        let running = Running::start(self.setting.binary, &self.hub, &args)?;
        let line = running.first_line()?;
        let (_, rest) = line.split_once("://").unwrap_or_default();
        self.address = rest.split('"').next().unwrap_or_default().to_owned();
        self.serves = Some(running);
        Ok(())
    }

    /// A console of one of the people, that reaches its hub at `address`; neither of its processes runs yet.
    pub(super) fn enrol(&mut self, who: usize, address: &str) -> Result<(), Fault> {
        let dir = self.home.join(format!("console-{}", self.consoles.len()));
        std::fs::create_dir_all(&dir)?;
        let (_, role, union) = province::PEOPLE[who];
        let pool = Pool::new(&self.place, self.runtime.handle().clone())?;
        let now = Clock::Real.now().as_millisecond();
        let code = device::make_code(pool.get()?.as_mut(), province::org(union), role, now)?;
        let url = format!("{}://{address}", if self.setting.tls { "https" } else { "http" });
        let ca = self.ca.as_ref().map(|path| path.display().to_string());
        let mut args = vec!["-q", "enrol", &code, "--hub", &url];
        args.extend(ca.iter().flat_map(|ca| ["--ca", ca]));
        Running::start(self.setting.binary, &dir, &args)?.wait()?;
        let console = Console { dir, who, running: [None, None], acknowledged: BTreeSet::new(), starts: 0 };
        self.consoles.push(console);
        Ok(())
    }

    /// Makes the consoles such of before there were signatures: an order that was altered on the line is taken then, as a hub that
    /// forgets would take the same one again.
    pub(super) fn unsign(&self) -> Result<(), Fault> {
        let pool = Pool::new(&self.place, self.runtime.handle().clone())?;
        let mut engine = pool.get()?;
        engine.begin()?;
        engine.execute("UPDATE \"device\" SET \"signer\" = NULL", &[])?;
        engine.commit()?;
        Ok(())
    }

    /// Starts a process of a console.
    pub(super) fn start(&mut self, no: usize, what: usize) -> Result<(), Fault> {
        let console = &mut self.consoles[no];
        let seed = self.setting.seed.wrapping_mul(1_000_003).wrapping_add(console.starts << 8 | no as u64).to_string();
        let pace = self.setting.pace.as_millis().to_string();
        console.starts += 1;
        let (name, _, _) = province::PEOPLE[console.who];
        let args: &[&str] = if what == ORDERS {
            &["--as", name, "test", "orders", "--seed", &seed, "--pace", &pace]
        } else {
            &["--json", "sync", "--watch"]
        };
        console.running[what] = Some(Running::start(self.setting.binary, &console.dir, args)?);
        Ok(())
    }

    pub(super) fn runs(&self, no: usize, what: usize) -> bool {
        self.consoles[no].running[what].is_some()
    }

    /// Kills a process of a console; one that had ended by itself is a fault.
    pub(super) fn kill(&mut self, no: usize, what: usize) -> Result<(), Fault> {
        let by_itself = || Fault::new(Promise::Sound, format!("a process of console {no} had ended by itself"));
        let Some(running) = self.consoles[no].running[what].take() else { return Err(by_itself()) };
        let (lines, alive) = running.kill()?;
        self.heard(no, &lines)?;
        if alive { Ok(()) } else { Err(by_itself()) }
    }

    /// Ends the hub where it stands, or in good order.
    pub(super) fn end_hub(&mut self, kill: bool) -> Result<(), Fault> {
        let by_itself = || Fault::new(Promise::Sound, "the hub had ended by itself");
        let serves = self.serves.take().ok_or_else(by_itself)?;
        if !kill {
            return serves.end_well();
        }
        let (_, alive) = serves.kill()?;
        if alive { Ok(()) } else { Err(by_itself()) }
    }

    /// Memory the hub holds now, and held at most since its last start, in bytes.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        self.serves.as_ref().and_then(Running::memory)
    }

    /// Orders acknowledged so far.
    pub(super) fn acknowledged(&self) -> u64 {
        self.consoles.iter().map(|c| c.acknowledged.len() as u64).sum()
    }

    /// Takes in what was acknowledged; a line is one order.
    fn heard(&mut self, no: usize, lines: &[String]) -> Result<(), Fault> {
        for line in lines.iter().filter_map(|l| l.strip_prefix("order ")) {
            // A last line without its end was never told.
            let Ok(id) = line.trim().parse::<Uuid>() else { continue };
            if !self.consoles[no].acknowledged.insert(id) {
                return Err(Fault::new(Promise::Once, format!("order {id} was acknowledged twice")));
            }
        }
        Ok(())
    }

    /// Looks at the files of a console.
    pub(super) fn check(&self, no: usize) -> Result<(), Fault> {
        let console = &self.consoles[no];
        check::console(&console.dir, &console.acknowledged, self.hub(), self.eye(no))
    }

    /// Looks at the file of the hub.
    pub(super) fn check_hub(&self) -> Result<(), Fault> {
        check::hub(&self.place, self.runtime.handle())
    }

    fn hub(&self) -> check::Hub<'_> {
        (&self.place, self.runtime.handle())
    }

    fn eye(&self, no: usize) -> check::Of {
        let (_, role, union) = province::PEOPLE[self.consoles[no].who];
        (role, union)
    }

    /// No more orders: who takes them ends.
    pub(super) fn no_more_orders(&mut self) -> Result<(), Fault> {
        for no in 0..self.consoles.len() {
            if self.runs(no, ORDERS) {
                self.kill(no, ORDERS)?;
            }
        }
        Ok(())
    }

    /// Waits until nothing waits and everybody has everything; how long that took.
    pub(super) fn settles(&self) -> Result<Duration, Fault> {
        let begun = Instant::now();
        while let Some(behind) = self.behind()? {
            if begun.elapsed() > REST {
                let what = format!("console {behind} has not come to rest in {} s", REST.as_secs());
                return Err(Fault::new(Promise::Drained, what));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(begun.elapsed())
    }

    /// A console for which something waits, here or at the hub.
    fn behind(&self) -> Result<Option<usize>, Fault> {
        let head = check::head(&self.place, self.runtime.handle())?;
        for (no, console) in self.consoles.iter().enumerate() {
            if !check::rests(&console.dir, head)? {
                return Ok(Some(no));
            }
        }
        Ok(None)
    }

    /// Looks at everything once it rests: the hub, each console, the rows of both, and that every order has one effect or none, and
    /// both ends say which.
    pub(super) fn kept(&self) -> Result<Outcomes, Fault> {
        self.check_hub()?;
        let there = check::answers(&self.place, self.runtime.handle())?;
        let (mut known, mut all) = (self.before.clone(), Outcomes::default());
        for (no, console) in self.consoles.iter().enumerate() {
            self.check(no)?;
            check::same(&console.dir, self.hub(), self.eye(no))?;
            let outcomes = check::outcomes(&console.dir, &console.acknowledged, &there, &mut known)?;
            all.accepted += outcomes.accepted;
            all.conflicts += outcomes.conflicts;
            all.denied += outcomes.denied;
        }
        if let Some(id) = there.keys().find(|id| !known.contains(id)) {
            return Err(Fault::new(Promise::Once, format!("order {id} is at the hub, and nobody has made it")));
        }
        Ok(all)
    }
}
