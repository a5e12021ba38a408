//! The hub as whoever reaches its socket has it: raw HTTP, right and wrong.

mod crash;
mod moving;
mod openapi;
mod receipts;
mod refused;
mod rights;
mod signed;
mod story;
mod tls;
mod wire;

use super::ledger::at;
use super::places::Bench;
use gongfu::base::clock::Clock;
use gongfu::domain::codes::Role;
use gongfu::hub::device;
use gongfu::hub::http::{Limits, Options, ServeError, Stop, serve};
use gongfu::wire::order::{Answer, Order};
use gongfu::wire::protocol::{PUSH, Problem};
use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use uuid::Uuid;
use wire::{Reply, Wire};

/// The hub's clock stands here, after everything the tests let happen before it begins.
const MINUTE: usize = 1_000;

/// A hub on a thread of its own, ended with this value.
pub struct Hub {
    pub address: SocketAddr,
    stop: Stop,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
}

impl Hub {
    pub fn new(bench: &Bench) -> Hub {
        Hub::with(bench, |_| {})
    }

    pub fn with(bench: &Bench, change: impl FnOnce(&mut Options)) -> Hub {
        let mut options = options(bench);
        change(&mut options);
        let stop = Stop::new();
        let (send, receive) = channel();
        let told = stop.clone();
        let thread = std::thread::spawn(move || serve(&options, |address| send.send(address).expect("a test"), &told));
        let address = receive.recv().expect("the hub begins");
        Hub { address, stop, thread: Some(thread) }
    }

    /// A connection to it.
    pub fn wire(&self) -> Wire<std::net::TcpStream> {
        Wire::open(self.address)
    }

    /// One request on a connection of its own.
    pub fn ask(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
        self.wire().ask(method, path, headers, body)
    }

    pub fn get(&self, path: &str, token: &str) -> Reply {
        self.ask("GET", path, &[&bearer(token)], b"")
    }

    pub fn push(&self, token: &str, orders: &[Order]) -> Vec<Answer> {
        let reply = self.ask("POST", PUSH, &[&bearer(token)], ndjson(orders).as_bytes());
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text().lines().map(|l| serde_json::from_str(l).expect("an answer")).collect()
    }

    /// Ends it and waits for it.
    pub fn end(&mut self) {
        self.stop.tell();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no panic").expect("it served");
        }
    }

    /// That it still serves.
    pub fn serves(&self) {
        let reply = self.ask("GET", "/healthz", &[], b"");
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

pub fn options(bench: &Bench) -> Options {
    Options {
        listen: "127.0.0.1:0".parse().expect("an address"),
        place: bench.place().clone(),
        clock: Clock::Fixed(at(MINUTE)),
        tls: None,
        demo: false,
        limits: Limits::default(),
        notify: false,
    }
}

pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

pub fn ndjson(orders: &[Order]) -> String {
    orders.iter().map(|o| serde_json::to_string(o).expect("JSON") + "\n").collect()
}

/// A code for a console of a union.
pub fn code(bench: &Bench, org: Uuid, role: Role) -> String {
    bench.with(|e| device::make_code(e, org, role, at(MINUTE).as_millisecond())).expect("a code")
}

/// A new console of one of the people: its id and token.
pub fn console(bench: &Bench, who: usize) -> (Uuid, String) {
    let known = &bench.devices[who];
    let code = code(bench, known.org, known.role);
    let (id, now) = (Uuid::now_v7(), at(MINUTE).as_millisecond());
    let enrolled = bench.with(|e| device::enrol(e, &code, "新机", id, now)).expect("asked").expect("enrolled");
    (id, enrolled.token)
}

/// The code of a refusal.
pub fn problem(reply: &Reply) -> String {
    let problem: Problem = serde_json::from_slice(&reply.body).unwrap_or_else(|e| panic!("{e}: {}", reply.text()));
    assert!(!problem.error.message.is_empty());
    problem.error.code
}

/// Waits for what comes soon.
pub fn soon(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}
