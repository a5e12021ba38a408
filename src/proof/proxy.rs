//! A line between consoles and their hub that serves them badly: it breaks off, cuts in the middle, is slow, falls silent, sends what
//! it was given once more, and is away altogether for a while.
//!
//! Owns what befalls the bytes it carries; of what they mean it knows where a request of HTTP/1.1 ends. Each connection has dice of
//! its own, which follow from the seed.

mod requests;

use super::dice::Dice;
use requests::{Requests, renamed};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// What befell connections, how often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    pub connections: u64,
    /// Connections that were not taken while the line was away, and those that ended when it went.
    pub refused: u64,
    /// Connections that ended between two pieces, and in the middle of one.
    pub dropped: u64,
    pub cut: u64,
    /// Pieces that came late.
    pub delayed: u64,
    /// Connections on which nothing came any more, until they ended.
    pub stalled: u64,
    /// Requests that were sent to the hub once more.
    pub repeated: u64,
}

const KINDS: usize = 7;

/// Index of each number in [`Line::counts`].
#[derive(Debug, Clone, Copy)]
enum Count {
    Connections,
    Refused,
    Dropped,
    Cut,
    Delayed,
    Stalled,
    Repeated,
}

/// What befalls a piece of what is carried.
enum Fate {
    Good,
    Late(Duration),
    Drop,
    Cut,
    Stall(Duration),
}

/// A proxy that runs until the value goes.
pub(super) struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
    _runtime: Runtime,
}

struct Line {
    hub: SocketAddr,
    seed: u64,
    /// What is carried can be read, and so repeated.
    plain: bool,
    /// What is repeated has another id, as for a hub that remembers none.
    forgets: bool,
    bad: AtomicBool,
    away: watch::Sender<bool>,
    counts: [AtomicU64; KINDS],
}

impl Proxy {
    /// A proxy to the hub at `hub`, on an address of its own. It carries well until it is told otherwise.
    pub(super) fn start(hub: SocketAddr, seed: u64, plain: bool, forgets: bool) -> std::io::Result<Proxy> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let (bad, away) = (AtomicBool::new(false), watch::Sender::new(false));
        let line = Arc::new(Line { hub, seed, plain, forgets, bad, away, counts: Default::default() });
        let address = listener.local_addr()?;
        runtime.spawn(Arc::clone(&line).accept(listener));
        Ok(Proxy { address, line, _runtime: runtime })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether things go wrong from now on.
    pub(super) fn bad(&self, bad: bool) {
        self.line.bad.store(bad, Ordering::Relaxed);
    }

    /// Whether the line is away altogether from now on.
    pub(super) fn away(&self, away: bool) {
        self.line.away.send_replace(away);
    }

    pub(super) fn carried(&self) -> Carried {
        let n = |what: Count| self.line.counts[what as usize].load(Ordering::Relaxed);
        Carried {
            connections: n(Count::Connections),
            refused: n(Count::Refused),
            dropped: n(Count::Dropped),
            cut: n(Count::Cut),
            delayed: n(Count::Delayed),
            stalled: n(Count::Stalled),
            repeated: n(Count::Repeated),
        }
    }
}

impl Line {
    fn count(&self, what: Count) -> u64 {
        self.counts[what as usize].fetch_add(1, Ordering::Relaxed)
    }

    async fn accept(self: Arc<Line>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((console, _)) => drop(tokio::spawn(Arc::clone(&self).carry(console))),
                // Out of files, mostly.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Carries a connection until one end or a mishap ends it.
    async fn carry(self: Arc<Line>, console: TcpStream) {
        let mut away = self.away.subscribe();
        if *away.borrow() {
            self.count(Count::Refused);
            return;
        }
        let dice = Dice::new(self.seed ^ self.count(Count::Connections).wrapping_mul(0x9E37_79B9));
        let Ok(hub) = TcpStream::connect(self.hub).await else { return };
        if console.set_nodelay(true).and(hub.set_nodelay(true)).is_err() {
            return;
        }
        let (from_console, to_console) = console.into_split();
        let (from_hub, to_hub) = hub.into_split();
        let gone = async {
            let _ = away.wait_for(|away| *away).await;
        };
        tokio::select! {
            _ = self.asked(from_console, to_hub, dice.clone()) => {}
            _ = self.answered(from_hub, to_console, dice) => {}
            () = gone => {
                self.count(Count::Refused);
            }
        }
    }

    async fn asked(self: &Arc<Line>, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut dice: Dice) -> Option<()> {
        let (mut piece, mut requests) = (vec![0; 16 << 10], Requests::default());
        loop {
            let n = from.read(&mut piece).await.ok().filter(|n| *n > 0)?;
            // What has been asked for is known, also when its way ends in the middle.
            for request in requests.take_in(&piece[..n]).into_iter().filter(|_| self.plain && self.is_bad()) {
                self.maybe_again(request, &mut dice);
            }
            self.hand_on(&piece[..n], &mut to, &mut dice).await?;
        }
    }

    async fn answered(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut dice: Dice) -> Option<()> {
        // Not the throws of the other way.
        dice.any();
        let mut piece = vec![0; 16 << 10];
        loop {
            let n = from.read(&mut piece).await.ok().filter(|n| *n > 0)?;
            self.hand_on(&piece[..n], &mut to, &mut dice).await?;
        }
    }

    fn is_bad(&self) -> bool {
        self.bad.load(Ordering::Relaxed)
    }

    fn fate(&self, dice: &mut Dice) -> Fate {
        if !self.is_bad() {
            return Fate::Good;
        }
        match dice.below(1_000) {
            0..12 => Fate::Drop,
            12..42 => Fate::Cut,
            42..100 => Fate::Late(dice.millis(5, 800)),
            100..106 => Fate::Stall(dice.seconds(1, 20)),
            _ => Fate::Good,
        }
    }

    /// Hands on a piece as its fate is; nothing when the connection ends with it.
    async fn hand_on(&self, piece: &[u8], to: &mut OwnedWriteHalf, dice: &mut Dice) -> Option<()> {
        match self.fate(dice) {
            Fate::Good => {}
            Fate::Late(after) => {
                self.count(Count::Delayed);
                tokio::time::sleep(after).await;
            }
            Fate::Drop => {
                self.count(Count::Dropped);
                return None;
            }
            Fate::Cut => {
                self.count(Count::Cut);
                // The other end may be gone.
                let _ = to.write_all(&piece[..dice.below(piece.len()) + 1]).await;
                return None;
            }
            Fate::Stall(after) => {
                self.count(Count::Stalled);
                tokio::time::sleep(after).await;
                return None;
            }
        }
        to.write_all(piece).await.ok()
    }

    /// Sends a request again, now or after others that were made later.
    fn maybe_again(self: &Arc<Line>, mut request: Vec<u8>, dice: &mut Dice) {
        let after = match dice.below(100) {
            0..6 => Duration::ZERO,
            6..10 => dice.seconds(1, 15),
            _ => return,
        };
        if self.forgets {
            renamed(&mut request);
        }
        let line = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let Ok(mut hub) = TcpStream::connect(line.hub).await else { return };
            if hub.write_all(&request).await.is_ok() {
                line.count(Count::Repeated);
                // Nobody waits for the answer; a stream would go on for ever.
                let mut answer = Vec::new();
                let _ = tokio::time::timeout(Duration::from_secs(2), hub.read_to_end(&mut answer)).await;
            }
        });
    }
}
