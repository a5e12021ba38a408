//! The demo's hub: made from the demo's database, served on this machine for as long as the demo is looked at, with two more
//! consoles at it that work.
//!
//! Owns their threads and directories. Everything goes by the road real hubs and consoles go: enrolment, HTTP, orders, pages.

use super::colleagues::{self, Colleague};
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::hub::{FILE, init};
use crate::cli::{actor, progress};
use crate::domain::actor::role_of;
use crate::hub::device;
use crate::hub::engine::{Place, Pool};
use crate::hub::http::{Limits, Options, ServeError, Stop, serve};
use crate::hub::ledger::{self, By};
use crate::hub::whole::{self, Watch};
use crate::setup::DEMO_ORG;
use crate::sqlite;
use crate::sync::first::{self, Ask, Home};
use crate::sync::key;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

/// Where the hub of a demo listens, when nobody else does.
const PORT: u16 = 7610;
/// Where the other consoles have their databases, inside the demo's directory.
const OTHERS: &str = "consoles";

/// The hub and who works at it; all end with this value.
pub(super) struct DemoHub {
    stop: Stop,
    serving: Option<JoinHandle<()>>,
    colleagues: Vec<Colleague>,
}

impl Drop for DemoHub {
    fn drop(&mut self) {
        // Who works first: they would only find the hub gone.
        self.colleagues.clear();
        self.stop.tell();
        if let Some(serving) = self.serving.take() {
            // What went wrong in it was logged.
            let _ = serving.join();
        }
    }
}

/// Makes the hub where it is not there yet, starts it and the others, and makes the demo's own database a console of it.
pub(super) fn start(context: &Context) -> Result<DemoHub, Fail> {
    let place = Place::Sqlite(context.data_dir.join(FILE));
    if !context.data_dir.join(FILE).exists() {
        make(context, &place)?;
    }
    let clock = context.clock();
    let (address, mut hub) = served(context, &place, clock)?;
    let url = format!("http://{address}");
    join(context, &place, &url, clock)?;
    for (n, who) in colleagues::ALL.iter().enumerate() {
        let dir = context.data_dir.join(OTHERS).join(who.org);
        let code = code(context, &place, who.org, clock)?;
        hub.colleagues
            .push(Colleague::start(who, dir, url.clone(), code, clock, n as u64).map_err(|e| threads(context, e))?);
    }
    Ok(hub)
}

fn threads(context: &Context, e: std::io::Error) -> Fail {
    context.fail(Exit::Internal, "demo-threads", &[("why", e.to_string())])
}

/// Makes the ledger from the demo's database.
fn make(context: &Context, place: &Place) -> Result<(), Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let _moment = sqlite::snapshot(&db).map_err(|e| context.db_fail(&e))?;
    let org = actor::own(context, &db)?;
    let by = By {
        person: actor::person(context),
        origin: actor::origin(context),
        at: context.clock().now().as_millisecond(),
    };
    let id = Ids::real(store.clock()).next_id();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|e| threads(context, e))?;
    let bar = progress::Bar::new(context, "hub-init-loading");
    let mut tell = |done, of| bar.at(done, of);
    let mut watch = Watch { stop: sqlite::Stop::default(), tell: &mut tell };
    let made = whole::make(place, runtime.handle(), |engine| init::fill(engine, id, &db, (&org, &by), &mut watch));
    bar.finish();
    made.map(drop).map_err(|stop| stop.fail(context))
}

/// Starts the hub on its port, or on a free one.
fn served(context: &Context, place: &Place, clock: Clock) -> Result<(SocketAddr, DemoHub), Fail> {
    let mut last = None;
    for port in [PORT, 0] {
        let options = Options {
            listen: (Ipv4Addr::LOCALHOST, port).into(),
            place: place.clone(),
            clock,
            tls: None,
            limits: Limits::default(),
            notify: false,
            demo: true,
        };
        let stop = Stop::new();
        let (send, receive) = channel::<Result<SocketAddr, ServeError>>();
        let (told, failed) = (stop.clone(), send.clone());
        let serving = std::thread::Builder::new().name("demo hub".into()).spawn(move || {
            // Who started it waits for one of the two.
            let ready = move |address| _ = send.send(Ok(address));
            if let Err(e) = serve(&options, ready, &told) {
                let _ = failed.send(Err(e));
            }
        });
        let serving = serving.map_err(|e| threads(context, e))?;
        match receive.recv() {
            Ok(Ok(address)) => {
                return Ok((address, DemoHub { stop, serving: Some(serving), colleagues: Vec::new() }));
            }
            Ok(Err(e)) => last = Some(e.to_string()),
            Err(e) => last = Some(e.to_string()),
        }
    }
    Err(context.fail(Exit::Internal, "demo-threads", &[("why", last.unwrap_or_default())]))
}

/// A one-time code for a union.
fn code(context: &Context, place: &Place, org: &str, clock: Clock) -> Result<String, Fail> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| threads(context, e))?;
    let made = || {
        let pool = Pool::new(place, runtime.handle().clone())?;
        let mut engine = pool.get()?;
        let Some(found) = ledger::organisation(engine.as_mut(), org)? else { return Ok(None) };
        let now = clock.now().as_millisecond();
        device::make_code(engine.as_mut(), found.id.0, role_of(found.kind), now).map(Some)
    };
    let made = made().map_err(|e: crate::hub::engine::EngineError| Fail::hub(&e.into(), &context.locale))?;
    made.ok_or_else(|| context.fail(Exit::Internal, "no-organisation", &[("org", org.to_owned())]))
}

/// Makes the demo's own database a console of the hub; one that is kept finds the hub at its new address.
fn join(context: &Context, place: &Place, url: &str, clock: Clock) -> Result<(), Fail> {
    let dir: &Path = &context.data_dir;
    let failed = |e: first::FirstError| crate::cli::enrol::fail(context, e, url);
    let held = key::load(dir).map_err(|e| Fail::file(&key::path(dir), &e, &context.locale))?;
    if let (Some(held), Home::Console) = (held, first::home(dir).map_err(failed)?) {
        let moved = key::Key { url: url.to_owned(), ..held };
        return key::save(dir, &moved).map_err(|e| Fail::file(&key::path(dir), &e, &context.locale));
    }
    let code = code(context, place, DEMO_ORG, clock)?;
    let ask = Ask { url, ca: None, code: &code, name: "省总办公室" };
    let key = first::enrol(dir, &ask).map_err(failed)?;
    crate::cli::enrol::rest(context, &key, Home::Own)
}
