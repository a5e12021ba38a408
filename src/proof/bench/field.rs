//! A hub to measure at: a ledger, keys, a process that serves, consoles that are known to it.

use crate::base::clock::Clock;
use crate::domain::codes::Role;
use crate::hub::engine::{Engine, Place, Pool};
use crate::hub::ledger::Device;
use crate::hub::{device, keys, whole};
use crate::proof::fault::{Fault, Promise};
use crate::proof::process::Running;
use crate::sync::http::Caller;
use std::path::{Path, PathBuf};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

pub(super) struct Field {
    pub(super) place: Place,
    pub(super) runtime: Runtime,
    dir: PathBuf,
    binary: PathBuf,
    ca: String,
}

/// A hub that serves.
pub(super) struct Serving {
    pub(super) running: Running,
    pub(super) url: String,
}

pub(super) fn unsound(what: impl ToString) -> Fault {
    Fault::new(Promise::Sound, what.to_string())
}

impl Field {
    /// A ledger that `fill` makes, in `place` or in a file of `dir`.
    pub(super) fn make(
        dir: &Path,
        binary: &Path,
        place: Option<Place>,
        fill: impl FnOnce(&mut dyn Engine) -> Result<(), Fault>,
    ) -> Result<Field, Fault> {
        let dir = dir.join("hub");
        std::fs::create_dir_all(&dir)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let place = place.unwrap_or_else(|| Place::Sqlite(dir.join("hub.db")));
        whole::make(&place, runtime.handle(), fill)?;
        let keys = keys::make(&dir, &["127.0.0.1".to_owned()], Clock::Real.now()).map_err(unsound)?;
        let ca = std::fs::read_to_string(keys.ca)?;
        Ok(Field { place, runtime, dir, binary: binary.to_path_buf(), ca })
    }

    pub(super) fn ca(&self) -> &str {
        &self.ca
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut dyn Engine) -> Result<T, Fault>) -> Result<T, Fault> {
        let pool = Pool::new(&self.place, self.runtime.handle().clone())?;
        let mut engine = pool.get()?;
        work(engine.as_mut())
    }

    /// A one-time code for a console of a union.
    pub(super) fn code(&self, org: Uuid, role: Role) -> Result<String, Fault> {
        let now = Clock::Real.now().as_millisecond();
        self.with(|e| Ok(device::make_code(e, org, role, now)?))
    }

    /// Consoles that have enrolled, with their tokens.
    pub(super) fn consoles(&self, org: Uuid, role: Role, many: usize) -> Result<Vec<(Device, String)>, Fault> {
        let now = Clock::Real.now().as_millisecond();
        self.with(|e| {
            let one = |n: usize| {
                let code = device::make_code(e, org, role, now)?;
                let id = Uuid::from_u128(0xBE_0000 + n as u128);
                let known = device::enrol(e, &code, &format!("console {n}"), id, now)?;
                known.map(|k| (k.device, k.token)).ok_or_else(|| unsound("a console was not enrolled"))
            };
            (0..many).map(one).collect()
        })
    }

    /// Starts the hub, over TLS.
    pub(super) fn serve(&self) -> Result<Serving, Fault> {
        let store = match &self.place {
            Place::Sqlite(path) => format!("sqlite:{}", path.display()),
            Place::Postgres(address) => address.clone(),
        };
        let args = ["--json", "hub", "serve", "--listen", "127.0.0.1:0", "--store", &store];
        let running = Running::start(&self.binary, &self.dir, &args)?;
        let line = running.first_line()?;
        let (_, rest) = line.split_once("https://").ok_or_else(|| unsound(&line))?;
        let url = format!("https://{}", rest.split('"').next().unwrap_or_default());
        Ok(Serving { running, url })
    }

    pub(super) fn caller(&self, serving: &Serving, token: Option<&str>) -> Result<Caller, Fault> {
        Caller::new(&serving.url, Some(&self.ca), token).map_err(unsound)
    }

    /// A number of the hub's own counting.
    pub(super) fn counted(&self, serving: &Serving, name: &str) -> Result<u64, Fault> {
        let caller = self.caller(serving, None)?;
        let text = self.runtime.block_on(caller.metrics()).map_err(|e| unsound(format!("{e:?}")))?;
        let line = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|n| n.trim().parse().ok()).ok_or_else(|| unsound(format!("the hub does not count {name}")))
    }
}
