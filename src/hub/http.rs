//! The hub over HTTP: enrolment, orders in, pages out, events, and what an operator watches.
//!
//! Owns sockets, TLS, limits and the shape of answers. Decides nothing: orders go to the writer, pages come from the ledger.
//! Calls of the ledger block and are never made on the runtime's own threads.

mod arrived;
mod body;
mod door;
mod enrol;
mod events;
mod head;
mod health;
mod limits;
mod listen;
mod meters;
mod news;
mod openapi;
mod pull;
mod push;
mod receipts;
mod refusal;
mod shared;
mod tls;

pub use limits::Limits;
pub use openapi::document;
pub use tls::TlsFiles;

use super::engine::{Bell, EngineError, Place, Pool};
use super::ledger;
use super::lock::Lock;
use super::sealing;
use super::writer::Writer;
use crate::base::clock::Clock;
pub use crate::wire::protocol::METRICS;
use crate::wire::protocol::{ENROL, EVENTS, HEAD, OPENAPI, PULL, PUSH, RECEIPT, RECEIPTS};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use shared::Shared;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;

/// Whether the ledger answers, and how it stands; for whoever watches the hub.
pub const HEALTHZ: &str = "/healthz";

/// How long requests under way may take to end after the hub was told to stop.
const GRACE: Duration = Duration::from_secs(2);
/// How long what then still waits for a database may take.
const LAST: Duration = Duration::from_millis(500);

/// Where a hub serves what.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    pub place: Place,
    pub clock: Clock,
    /// Without it the hub speaks plain HTTP, on a loopback address only.
    pub tls: Option<TlsFiles>,
    pub limits: Limits,
    /// Hubs on one PostgreSQL call each other after every commit; they look every 50 ms all the same.
    pub notify: bool,
    /// The ledger is a demo's, whose clock stands elsewhere: consoles that enrol are told to go by it.
    pub demo: bool,
}

/// Why a hub does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(
        "{0} is reachable from other machines, and without a certificate tokens would travel in the open: give a certificate, \
         or listen on 127.0.0.1"
    )]
    Plain(SocketAddr),
    #[error("{path}: {what}")]
    Tls { path: PathBuf, what: String },
    #[error("there is no ledger in {0}: make one first")]
    NoLedger(PathBuf),
    #[error("another program serves this ledger, or puts it back from a copy")]
    Held,
    /// Hubs are called by a server; a ledger in a file has one hub.
    #[error("there is nobody to call for a ledger in a file")]
    NoBell,
    #[error(transparent)]
    Ledger(#[from] EngineError),
    #[error("the hub cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("the system gives the hub no threads: {0}")]
    Threads(std::io::Error),
}

/// Tells a hub to stop; any thread may.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    pub fn new() -> Stop {
        Stop(Arc::new(watch::Sender::new(false)))
    }

    /// From now on the hub takes no more connections and ends.
    pub fn tell(&self) {
        self.0.send_replace(true);
    }

    /// Returns once somebody told.
    async fn told(&self) {
        // The sender lives as long as this value.
        let _ = self.0.subscribe().wait_for(|told| *told).await;
    }
}

impl Default for Stop {
    fn default() -> Stop {
        Stop::new()
    }
}

/// Serves until `stop` is told; `ready` gets the address once connections are taken. Makes its own runtime: not to be called from
/// inside another.
///
/// # Errors
/// When the hub cannot begin: no ledger, no address, plain HTTP where others could listen, certificates that cannot be read. When
/// the ledger was moved to another place meanwhile.
pub fn serve(options: &Options, ready: impl FnOnce(SocketAddr), stop: &Stop) -> Result<(), ServeError> {
    if options.tls.is_none() && !options.listen.ip().is_loopback() {
        return Err(ServeError::Plain(options.listen));
    }
    let tls = options.tls.as_ref().map(tls::acceptor).transpose()?;
    let bell = Bell::of(&options.place).filter(|_| options.notify);
    if options.notify && bell.is_none() {
        return Err(ServeError::NoBell);
    }
    if let Place::Sqlite(path) = &options.place
        && !path.exists()
    {
        return Err(ServeError::NoLedger(path.clone()));
    }
    let _held = Lock::hold(&options.place).map_err(|e| match e.kind() {
        std::io::ErrorKind::WouldBlock => ServeError::Held,
        _ => EngineError::Broken(e.to_string()).into(),
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("hub")
        .enable_all()
        .build()
        .map_err(ServeError::Threads)?;
    let pool = Arc::new(Pool::new(&options.place, runtime.handle().clone())?);
    let (state, seal) = {
        let mut engine = pool.get()?;
        ledger::raise(engine.as_mut())?;
        (ledger::state(engine.as_mut())?, sealing::public(engine.as_mut())?)
    };
    let head = watch::Sender::new(state.seq);
    let (writer, thread) =
        Writer::start(Arc::clone(&pool), options.clock, head.clone()).map_err(ServeError::Threads)?;
    let shared = Shared::new(options, (pool, writer), head, (&state, seal), stop.clone());
    let served = runtime.block_on(run(options.listen, tls, shared, bell, ready));
    wait_for(&thread, LAST);
    runtime.shutdown_timeout(LAST);
    served
}

async fn run(
    address: SocketAddr,
    tls: Option<tokio_rustls::TlsAcceptor>,
    shared: Arc<Shared>,
    bell: Option<Bell>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let failed = |e| ServeError::Listen(address, e);
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let watching = news::start(&shared, bell);
    tracing::info!(address = %bound, tls = tls.is_some(), "the hub serves");
    ready(bound);
    listen::run(listener, tls, router(&shared), &shared, GRACE).await;
    watching.end().await;
    receipts::write(&shared).await;
    tracing::info!("the hub has ended");
    if shared.moved.load(Ordering::Relaxed) { Err(EngineError::Moved.into()) } else { Ok(()) }
}

/// Every path with what stands before it.
fn router(shared: &Arc<Shared>) -> Router {
    let crowd = || from_fn_with_state(Arc::clone(shared), door::crowd);
    let known = Router::new()
        .route(PUSH, post(push::push).layer(crowd()))
        .route(PULL, get(pull::pull).layer(crowd()))
        .route(RECEIPT, post(arrived::receipt).layer(crowd()))
        .route(RECEIPTS, get(arrived::receipts).layer(crowd()))
        .route(HEAD, get(head::head))
        .route(EVENTS, get(events::events))
        .route(OPENAPI, get(openapi::openapi))
        .layer(from_fn_with_state(Arc::clone(shared), door::known));
    Router::new()
        .merge(known)
        .route(ENROL, post(enrol::enrol).layer(crowd()))
        .route(HEALTHZ, get(health::healthz))
        .route(METRICS, get(health::metrics))
        .fallback(refusal::not_found)
        .method_not_allowed_fallback(refusal::wrong_method)
        .layer(CatchPanicLayer::custom(refusal::panicked))
        .layer(from_fn_with_state(Arc::clone(shared), door::note))
        .layer(from_fn(door::plain_headers))
        .with_state(Arc::clone(shared))
}

/// Waits for the writer to end what it has, so that the runtime it reaches a database by is still there.
fn wait_for(thread: &JoinHandle<()>, patience: Duration) {
    let until = Instant::now() + patience;
    while !thread.is_finished() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
    if !thread.is_finished() {
        tracing::warn!("the writer has not ended in time");
    }
}
