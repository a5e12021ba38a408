//! Consoles with real databases beside a real ledger, and what travels between them by hand: a test says what is lost.

use crate::hub::places::Bench;
use crate::support::memory::Memory;
use crate::support::province::people;
use crate::support::storage::{Temporary, raw, read_all};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::command::Command;
use gongfu::domain::rows::{Kind, Row};
use gongfu::hub::ledger::{self, Device};
use gongfu::hub::pull::{self, Eye};
use gongfu::store::level::{self, Applied, Page};
use gongfu::store::link::{self, Link};
use gongfu::store::outbox::{self, Counts, State};
use gongfu::store::{Done, Store, StoreError};
use gongfu::wire::order::{Answer, Order};
use gongfu::wire::protocol::{PageEnd, PageHead};
use gongfu::wire::row::{SCHEMA, from_line};
use jiff::Timestamp;
use rusqlite::Connection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One console: its person, its database, and the hub's word on it.
pub struct Console {
    pub actor: Actor,
    pub device: Device,
    pub home: Temporary,
    store: Store,
}

impl Console {
    /// A console that has enrolled and holds nothing yet.
    pub fn new(bench: &Bench, who: usize, now: Timestamp) -> Console {
        let home = Temporary::empty();
        let (device, actor) = (bench.devices[who].clone(), people()[who].clone());
        let store = open(&home, now);
        let code = bench.with(|e| {
            let sql = "SELECT \"code\" FROM \"organisation\" WHERE \"id\" = ?1";
            let id = gongfu::domain::value::Value::Blob(device.org.as_bytes().to_vec());
            let row = gongfu::hub::engine::first(e, sql, &[id]).expect("asked").expect("a union");
            row[0].as_text().expect("a code").to_owned()
        });
        let link = Link::new(Uuid::from_u128(0xF00D), device.id, "https://hub", &code, device.role);
        link::put(&raw(&home.file()), &link).expect("linked");
        Console { actor, device, home, store }
    }

    /// Ends its program and starts it again.
    pub fn restart(&mut self, now: Timestamp) {
        self.store = open(&self.home, now);
    }

    pub fn db(&self) -> Connection {
        raw(&self.home.file())
    }

    pub fn link(&self) -> Link {
        link::get(&self.db()).expect("read").expect("a link")
    }

    pub fn rows(&self) -> Memory {
        read_all(&self.db())
    }

    pub fn counts(&self) -> Counts {
        outbox::counts(&self.db(), self.link().safe).expect("counted")
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn ask(&self, command: Command) -> Result<Done, StoreError> {
        self.store.submit_wait(&self.actor, vec![command])
    }

    /// The orders it would send now.
    pub fn outgoing(&self, limit: usize) -> Vec<Order> {
        let lines = outbox::waiting(&self.db(), limit).expect("read");
        lines.iter().map(|l| Order::read(l).expect("an order")).collect()
    }

    pub fn hears(&self, epoch: i64, answers: &[Answer], now: Timestamp) {
        level::answers(&mut self.db(), &self.home.file(), epoch, answers, now).expect("kept");
    }

    pub fn takes(&self, page: &Page, now: Timestamp) -> Applied {
        level::page(&mut self.db(), &self.home.file(), page, now).expect("applied")
    }

    /// Orders and states of its outbox.
    pub fn outbox(&self) -> Vec<(Uuid, State)> {
        outbox::list(&self.db(), State::ALL).expect("read").into_iter().map(|i| (i.order.id, i.state)).collect()
    }
}

fn open(home: &Temporary, now: Timestamp) -> Store {
    let clock = Clock::Fixed(now);
    Store::open(home.path(), clock, Ids::real(clock), false).expect("a database that opens")
}

/// What the hub answers to orders of a console.
pub fn push(bench: &Bench, console: &Console, orders: Vec<Order>, now: Timestamp) -> Vec<Answer> {
    let batch: Vec<(Device, Order)> = orders.into_iter().map(|o| (console.device.clone(), o)).collect();
    bench.with(|e| ledger::take(e, now, &batch)).expect("taken")
}

/// The page the hub gives a console that stands there.
pub fn pull(bench: &Bench, console: &Console, link: &Link, limit: usize) -> Page {
    bench.with(|e| {
        let state = ledger::state(e).expect("a state");
        let same = (link.epoch, link.scope) == (state.epoch, console.device.scope);
        let from = if same && link.cursor <= state.seq { link.cursor } else { 0 };
        let eye = Eye::new(&console.device, &console.actor.division_code);
        let page = pull::page(e, &state, &eye, from, limit).expect("a page");
        let reset = !same && link.cursor > 0;
        let scope = console.device.scope;
        let head = PageHead { schema: SCHEMA, epoch: state.epoch, scope, head: state.seq, from, reset };
        let rows: Vec<Row> = page.rows.iter().map(|(_, line)| from_line(line).expect("a row")).collect();
        let done = page.next == state.seq;
        let end = PageEnd {
            next: page.next,
            done,
            rows: rows.len() as u64,
            crc: 0,
            taken: page.taken,
            notes: page.notes,
            checkpoint: None,
            seal: String::new(),
        };
        Page { head, rows, end }
    })
}

/// Pulls until the console has all.
pub fn catch_up(bench: &Bench, console: &Console, now: Timestamp) {
    for _ in 0..10_000 {
        let page = pull(bench, console, &console.link(), 50);
        let done = page.end.done;
        console.takes(&page, now);
        if done {
            return;
        }
    }
    panic!("never level");
}

/// Pushes until nothing waits, and pulls until all is there.
pub fn settle(bench: &Bench, console: &Console, now: Timestamp) {
    for _ in 0..10_000 {
        let orders = console.outgoing(20);
        if orders.is_empty() {
            break;
        }
        let answers = push(bench, console, orders, now);
        console.hears(console.link().epoch, &answers, now);
    }
    catch_up(bench, console, now);
}

/// Every row the hub has for a console, by what it gives to one that has nothing.
pub fn scope_of(bench: &Bench, console: &Console) -> Vec<Row> {
    let mut link = Link::new(Uuid::nil(), console.device.id, "", "", console.device.role);
    let mut rows = Vec::new();
    loop {
        let page = pull(bench, console, &link, 500);
        rows.extend(page.rows);
        (link.epoch, link.scope, link.cursor) = (page.head.epoch, page.head.scope, page.end.next);
        if page.end.done {
            return rows;
        }
    }
}

/// What a console shows is what the hub has for it, row by row.
pub fn is_level(bench: &Bench, console: &Console) {
    let hub = scope_of(bench, console);
    let shown = console.rows();
    let ids: BTreeSet<(Kind, Uuid)> = hub.iter().map(|r| (r.kind(), r.uuid())).collect();
    for kind in Kind::ALL {
        for row in shown.of(*kind) {
            assert!(ids.contains(&(*kind, row.uuid())), "{} shows what the hub has not: {row:?}", console.actor.name);
        }
    }
    for row in &hub {
        let here = shown.of(row.kind()).iter().find(|r| r.uuid() == row.uuid());
        assert_eq!(here, Some(row), "{}", console.actor.name);
    }
    assert!(console.link().is_level());
}
