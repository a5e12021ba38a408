//! `gongfu hub …`: making a hub's ledger and looking after it, at the hub's own machine.
//!
//! Owns where the ledger lies and who is written down for what is done to it. One file a subcommand or a pair of them.

pub mod args;
mod audit;
mod copies;
mod devices;
pub(super) mod init;
mod migrate;
mod serve;
mod unseal;
mod verify;

use super::actor;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::interrupt;
use super::progress::Bar;
use crate::domain::refusal::Refusal;
use crate::hub::engine::{Engine, EngineError, Place};
use crate::hub::ledger::By;
use crate::hub::whole::{self, HubError, Watch};
use crate::store::StoreError;
use args::{HubAct, HubAuditAct};
use tokio::runtime::{Builder, Handle, Runtime};

/// Names the ledger where `--store` does not: an address with a password has no place among the arguments everybody on the
/// machine can read.
const STORE: &str = "GONGFU_HUB_STORE";

/// The ledger's file in the data directory, unless another place is named.
pub(super) const FILE: &str = "hub.db";

/// Runs `hub`.
pub(super) fn run(context: &Context, act: &HubAct) -> Result<Exit, Fail> {
    match act {
        HubAct::Init { names, at } => init::run(&Hub::at(context, at.store.as_deref())?, names),
        HubAct::Serve(args) => serve::run(&Hub::at(context, args.at.store.as_deref())?, args),
        HubAct::Enrol { org, role, at } => {
            devices::enrol(&Hub::at(context, at.store.as_deref())?, org, role.as_deref())
        }
        HubAct::Devices(at) => devices::list(&Hub::at(context, at.store.as_deref())?),
        HubAct::Revoke { device, at } => devices::revoke(&Hub::at(context, at.store.as_deref())?, device),
        HubAct::Unseal { file, at } => unseal::run(&Hub::at(context, at.store.as_deref())?, file),
        HubAct::Verify(at) => verify::run(&Hub::at(context, at.store.as_deref())?),
        HubAct::Audit { act: HubAuditAct::Export { out, at } } => {
            audit::export(&Hub::at(context, at.store.as_deref())?, out)
        }
        HubAct::Backup { file, safe, at } => copies::backup(&Hub::at(context, at.store.as_deref())?, file, *safe),
        HubAct::Restore { file, at } => copies::restore(&Hub::at(context, at.store.as_deref())?, file),
        HubAct::Migrate { from, to } => migrate::run(&Hub::at(context, Some(from))?, to),
    }
}

/// A ledger and what works with it: every subcommand here opens it through this.
struct Hub<'a> {
    context: &'a Context,
    place: Place,
    runtime: Runtime,
}

impl<'a> Hub<'a> {
    fn at(context: &'a Context, store: Option<&str>) -> Result<Hub<'a>, Fail> {
        let named = store.map(str::to_owned).or_else(|| std::env::var(STORE).ok().filter(|s| !s.is_empty()));
        let place = match named {
            Some(text) => parse(context, &text)?,
            None => Place::Sqlite(context.data_dir.join(FILE)),
        };
        // A second thread keeps the connections to a server alive while this one waits.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let failed = |e: std::io::Error| Fail::hub(&EngineError::Broken(e.to_string()).into(), &context.locale);
        Ok(Hub { context, place, runtime: runtime.map_err(failed)? })
    }

    fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    fn read<T>(&self, work: impl FnOnce(&mut dyn Engine) -> Result<T, HubError>) -> Result<T, Fail> {
        whole::with(&self.place, self.handle(), true, work).map_err(|e| self.failed(&e))
    }

    fn write<T>(&self, work: impl FnOnce(&mut dyn Engine) -> Result<T, HubError>) -> Result<T, Fail> {
        self.may_change()?;
        whole::with(&self.place, self.handle(), false, work).map_err(|e| self.failed(&e))
    }

    /// Refuses under `--read-only`, and under a `--now` that would date records of real data.
    fn may_change(&self) -> Result<(), Fail> {
        if self.context.read_only {
            return Err(Fail::store(&StoreError::Refused(Refusal::new("read-only")), &self.context.locale));
        }
        self.context.may_stamp()
    }

    /// Who is written down, now. The time is the data directory's, as for every subcommand.
    fn by(&self) -> By {
        By {
            person: actor::person(self.context),
            origin: actor::origin(self.context),
            at: self.context.clock().now().as_millisecond(),
        }
    }

    fn failed(&self, e: &HubError) -> Fail {
        Fail::hub(e, &self.context.locale)
    }

    /// A failure of these subcommands' own: `hub-fail-<code>`.
    fn fail(&self, exit: Exit, code: &str, args: &[(&'static str, String)]) -> Fail {
        Fail::new(exit, &self.context.locale, "hub-fail", code, args)
    }

    /// A text with values put in.
    fn words(&self, id: &str, args: &[(&str, String)]) -> String {
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.context.locale.tr_with(id, &args)
    }

    /// Long work with a bar, which Ctrl-C ends.
    fn watched<T>(&self, id: &str, work: impl FnOnce(&mut Watch<'_>) -> T) -> T {
        let bar = Bar::new(self.context, id);
        let done = work(&mut Watch { stop: interrupt::flag(), tell: &mut |done, of| bar.at(done, of) });
        bar.finish();
        done
    }
}

/// The place a text names.
fn parse(context: &Context, text: &str) -> Result<Place, Fail> {
    let fail = || Fail::new(Exit::Usage, &context.locale, "hub-fail", "store", &[]);
    Place::parse(text).filter(Place::is_understood).ok_or_else(fail)
}
