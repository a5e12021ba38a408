//! Connections: taken, made safe, served, and ended when the hub ends.
//!
//! Owns sockets and how long they may be silent. Knows no path.

use super::limits::Limits;
use super::shared::Shared;
use super::tls::H2;
use axum::Router;
use axum::extract::Request;
use hyper::server::conn::{http1, http2};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

/// How long to wait after the system could not give a connection: it is out of something, mostly files.
const PAUSE: Duration = Duration::from_millis(100);
/// Most headers of a request, and most bytes of them.
const HEADERS: usize = 64;
const HEAD: usize = 32 << 10;
/// Requests at once on one connection.
const AT_ONCE: u32 = 16;
/// How often a silent connection of many requests is asked for a sign of life, and how long it may take to give it.
const ASK: Duration = Duration::from_secs(20);
const SIGN: Duration = Duration::from_secs(10);

/// The address a request came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Serves connections until the hub is told to stop, then lets those under way end for a while.
pub(super) async fn run(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    shared: &Arc<Shared>,
    grace: Duration,
) {
    let seats = Arc::new(Semaphore::new(shared.limits.connections));
    let (graceful, mut open) = (GracefulShutdown::new(), JoinSet::new());
    loop {
        let next = async {
            let seat = Arc::clone(&seats).acquire_owned().await.ok();
            (seat, listener.accept().await)
        };
        let (seat, accepted) = tokio::select! {
            () = shared.stop.told() => break,
            next = next => next,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((socket, peer)) => {
                let line = Line { tls: tls.clone(), router: router.clone(), limits: shared.limits.clone(), peer };
                open.spawn(line.serve(socket, graceful.watcher(), seat));
            }
            Err(e) => {
                tracing::warn!(error = %e, "a connection was not taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(connections = open.len(), "requests under way were broken off");
    }
    open.shutdown().await;
}

/// What a connection is served with.
struct Line {
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    peer: SocketAddr,
}

impl Line {
    async fn serve(self, socket: TcpStream, watcher: Watcher, seat: Option<OwnedSemaphorePermit>) {
        let peer = self.peer;
        if let Err(e) = self.speak(socket, watcher).await {
            // Consoles come and go in the middle of anything.
            tracing::debug!(%peer, error = %e, "a connection ended");
        }
        drop(seat);
    }

    async fn speak(self, socket: TcpStream, watcher: Watcher) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        // Small answers must not wait for more to come.
        socket.set_nodelay(true)?;
        let mut socket = TimeoutStream::new(socket);
        socket.set_write_timeout(Some(self.limits.write));
        let socket = Box::pin(socket);
        let Some(tls) = &self.tls else { return self.one(socket, watcher).await };
        let mut secured = tokio::time::timeout(self.limits.head, tls.accept(socket)).await??;
        if secured.get_ref().1.alpn_protocol() != Some(H2) {
            return self.one(secured, watcher).await;
        }
        // It is asked for a sign of life, so that silence means that nobody is there.
        let socket: &mut Pin<Box<TimeoutStream<TcpStream>>> = secured.get_mut().0;
        socket.as_mut().set_read_timeout_pinned(Some(ASK + SIGN + self.limits.head));
        let served = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(Some(ASK))
            .keep_alive_timeout(SIGN)
            .max_concurrent_streams(AT_ONCE)
            .max_header_list_size(u32::try_from(HEAD).unwrap_or(u32::MAX))
            .serve_connection(TokioIo::new(secured), service(&self));
        Ok(watcher.watch(served).await?)
    }

    /// One request after the other.
    async fn one(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        watcher: Watcher,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_headers(HEADERS)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service(self));
        Ok(watcher.watch(served).await?)
    }
}

/// The router, told where each request comes from.
fn service(
    line: &Line,
) -> impl Service<
    hyper::Request<hyper::body::Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send + 'static,
>
+ Send
+ 'static
+ use<> {
    let (router, peer) = (TowerToHyperService::new(line.router.clone()), Peer(line.peer.ip()));
    service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(peer);
        router.call(request)
    })
}
