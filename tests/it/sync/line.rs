//! Consoles and a hub over real HTTP: becoming known, the first load, orders and rows on their way, and what goes wrong.

use super::shuttle::pull;
use crate::hub::http::{Hub, code};
use crate::hub::ledger::at;
use crate::hub::places::{Bench, benches};
use crate::support::memory::Memory;
use crate::support::province::{Province, people};
use crate::support::storage::{Temporary, raw, read_all};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::EntryState;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::{CatalogEntry, Kind};
use gongfu::hub::device;
use gongfu::hub::http::TlsFiles;
use gongfu::sqlite::Stop;
use gongfu::store::link::{self, Link};
use gongfu::store::outbox::{self, State};
use gongfu::store::{Store, StoreError};
use gongfu::sync::client::{self, Client};
use gongfu::sync::core::Failure;
use gongfu::sync::first::{self, Ask, FirstError};
use gongfu::sync::http::Caller;
use gongfu::sync::key::{self, Key};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// A console in a directory of its own, enrolled at a hub.
pub struct Console {
    pub home: Temporary,
    actor: Actor,
    pub key: Key,
}

impl Console {
    pub fn enrolled(hub: &Hub, bench: &Bench, who: usize) -> Console {
        Console::enrolled_in(Temporary::empty(), hub, bench, who)
    }

    pub fn enrolled_in(home: Temporary, hub: &Hub, bench: &Bench, who: usize) -> Console {
        let console = Console::known_in(home, hub, bench, who);
        first::load(console.home.path(), &console.key, clock(), &Stop::default(), |_| {}).expect("loaded");
        console
    }

    /// As [`Console::enrolled`], with nothing loaded yet.
    pub fn known(hub: &Hub, bench: &Bench, who: usize) -> Console {
        Console::known_in(Temporary::empty(), hub, bench, who)
    }

    fn known_in(home: Temporary, hub: &Hub, bench: &Bench, who: usize) -> Console {
        let device = &bench.devices[who];
        let code = code(bench, device.org, device.role);
        let url = format!("http://{}", hub.address);
        let ask = Ask { url: &url, ca: None, code: &code, name: "第一台" };
        let key = first::enrol(home.path(), &ask).expect("enrolled");
        Console { home, actor: people()[who].clone(), key }
    }

    fn store(&self) -> Store {
        Store::open(self.home.path(), clock(), Ids::real(clock()), false).expect("a database")
    }

    pub fn link(&self) -> Link {
        link::get(&raw(&self.home.file())).expect("read").expect("a link")
    }

    pub fn rows(&self) -> Memory {
        read_all(&raw(&self.home.file()))
    }

    pub fn client(&self) -> Client {
        Client::start(self.home.path(), Caller::of(&self.key).expect("a way"), clock(), || {}).expect("a thread")
    }

    pub fn once(&self) -> client::Outcome {
        let caller = Caller::of(&self.key).expect("a way");
        client::once(self.home.path(), caller, clock(), &AtomicBool::new(false), &mut |_| {}).expect("a database")
    }

    pub fn ask(&self, command: Command) -> Result<(), StoreError> {
        self.store().submit_wait(&self.actor, vec![command]).map(drop)
    }

    pub fn withdraw(&self, n: i64) -> bool {
        self.store().withdraw(n).expect("a database")
    }

    pub fn listed(&self) -> CatalogEntry {
        self.rows().all::<CatalogEntry>().into_iter().find(|e| e.state == EntryState::Listed).expect("a listed product")
    }

    fn state(&self, entry: &CatalogEntry) -> EntryState {
        self.rows().get::<CatalogEntry>(entry.id.0).state
    }

    pub fn waits(&self, states: &[State]) -> usize {
        outbox::list(&raw(&self.home.file()), states).expect("read").len()
    }
}

pub fn clock() -> Clock {
    Clock::Fixed(at(5))
}

fn suspend(entry: &CatalogEntry) -> Command {
    Command::Move { kind: Kind::CatalogEntry, id: entry.id.0, verb: Verb::Suspend, reason: "核查".into() }
}

/// Waits until it is so; a minute is for machines that are busy with other things.
pub fn until(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < end, "never {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_console_enrols_loads_its_scope_and_sees_what_others_do() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let (office, city) = (Console::enrolled(&hub, &bench, 0), Console::enrolled(&hub, &bench, 2));
        for (who, console) in [(0, &office), (2, &city)] {
            let shown = console.rows();
            let empty = super::shuttle::Console::new(&bench, who, at(0));
            let mut link = empty.link();
            let mut rows = 0;
            loop {
                let page = pull(&bench, &empty, &link, 500);
                rows += page.rows.len();
                page.rows.iter().for_each(|r| assert!(shown.of(r.kind()).contains(r), "{r:?}"));
                (link.epoch, link.scope, link.cursor) = (page.head.epoch, page.head.scope, page.end.next);
                if page.end.done {
                    break;
                }
            }
            assert_eq!(Kind::ALL.iter().map(|k| shown.of(*k).len()).sum::<usize>(), rows);
            assert!(console.link().is_level());
        }
        let (_a, _b) = (office.client(), city.client());
        let entry = office.listed();
        office.ask(suspend(&entry)).expect("suspended");
        assert_eq!(office.state(&entry), EntryState::Suspended, "at once here");
        until("suspended at the other", || city.state(&entry) == EntryState::Suspended);
        until("answered", || office.waits(&[State::Waiting]) == 0);
        until("level", || office.link().is_level() && city.link().is_level());
        drop(hub);
    }
}

#[test]
fn work_goes_on_without_the_hub_and_goes_out_when_it_is_back() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let office = Console::enrolled(&hub, &bench, 0);
    let address = hub.address;
    drop(hub);
    let entry = office.listed();
    office.ask(suspend(&entry)).expect("suspended");
    let ended = office.once();
    assert_eq!(ended.failure, Some(Failure::Away));
    assert_eq!(office.link().trouble, "away");
    assert_eq!(office.waits(&[State::Waiting]), 1);
    let client = office.client();
    let hub = Hub::with(&bench, |o| o.listen = address);
    until("answered", || office.waits(&[State::Waiting]) == 0);
    until("no trouble", || office.link().trouble.is_empty() && office.link().is_level());
    drop(client);
    assert_eq!(office.state(&entry), EntryState::Suspended);
    drop(hub);
}

#[test]
fn a_revoked_console_is_locked_at_once_and_keeps_what_it_has_not_sent() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let office = Console::enrolled(&hub, &bench, 0);
    let entry = office.listed();
    let client = office.client();
    until("heard", || office.link().heard_at > 0);
    assert!(bench.with(|e| device::revoke(e, office.key.device, 1)).expect("asked"));
    until("locked", || office.link().trouble == "revoked");
    match office.ask(suspend(&entry)) {
        Err(StoreError::Refused(refusal)) => assert_eq!(refusal.code, "console-revoked"),
        other => panic!("{other:?}"),
    }
    drop(client);
    // It stays so while the hub is away, and after a start.
    drop(hub);
    assert_eq!(office.once().failure, Some(Failure::Away));
    assert_eq!(office.link().trouble, "revoked");
}

#[test]
fn one_process_does_it_for_a_database_and_another_takes_over() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let office = Console::enrolled(&hub, &bench, 0);
    let (first, second) = (office.client(), office.client());
    // Both may not have it: a third is told so.
    until("the turn is taken", || office.once().elsewhere);
    drop(first);
    let entry = office.listed();
    office.ask(suspend(&entry)).expect("suspended");
    until("answered", || office.waits(&[State::Waiting]) == 0);
    drop(second);
    drop(hub);
}

#[test]
fn what_is_no_way_to_a_hub_is_told_and_leaves_nothing() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let home = Temporary::empty();
    let url = format!("http://{}", hub.address);
    let ask = |url: &str, code: &str, ca: Option<&str>| {
        let error = first::enrol(home.path(), &Ask { url, ca, code, name: "机" }).expect_err("refused");
        assert_eq!(key::load(home.path()).expect("read"), None, "no key is left");
        error
    };
    assert!(matches!(ask(&url, "AAAAA-AAAAA-AAAAA-AAAAA", None), FirstError::Refused(c) if c == "code-unknown"));
    assert!(matches!(ask("http://hub.example:1", "A", None), FirstError::Address(_)));
    assert!(matches!(ask("https://127.0.0.1:1", "A", Some("no pem")), FirstError::Address(_)));
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    assert!(matches!(ask(&format!("http://{port}"), "A", None), FirstError::Failed(Failure::Away)));
    // A database of its own is never made a console's.
    let own = Temporary::demo();
    let code = code(&bench, bench.devices[0].org, bench.devices[0].role);
    let key = first::enrol(own.path(), &Ask { url: &url, ca: None, code: &code, name: "机" }).expect("enrolled");
    let error = first::adopt(own.path(), &key, &Stop::default(), |_| {}).expect_err("refused");
    assert!(matches!(error, FirstError::Taken(rows) if rows > 1_000), "{error:?}");
    assert_eq!(key::load(own.path()).expect("read"), None, "no key is left");
    assert_eq!(link::get(&raw(&own.file())).expect("read"), None);
    drop(hub);
}

#[test]
fn the_database_a_hub_was_made_from_becomes_a_console_without_fetching_again() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let own = Temporary::of(&Province::furnished().rows);
    let (device, url) = (bench.devices[0].clone(), format!("http://{}", hub.address));
    let code = code(&bench, device.org, device.role);
    let key = first::enrol(own.path(), &Ask { url: &url, ca: None, code: &code, name: "机" }).expect("enrolled");
    let rows = first::adopt(own.path(), &key, &Stop::default(), |_| {}).expect("adopted");
    assert_eq!(
        rows,
        u64::try_from(Kind::ALL.iter().map(|k| read_all(&raw(&own.file())).of(*k).len()).sum::<usize>()).expect("few")
    );
    let office = Console { home: own, actor: people()[0].clone(), key };
    assert!(office.link().is_level());
    let entry = office.listed();
    office.ask(suspend(&entry)).expect("suspended");
    assert_eq!(office.once().failure, None);
    assert_eq!((office.waits(&[State::Waiting]), office.state(&entry)), (0, EntryState::Suspended));
    drop(hub);
}

#[test]
fn a_hub_whose_certificate_is_not_of_the_trusted_authority_is_told_as_that_and_hears_nothing() {
    let bench = benches().remove(0);
    let dir = tempfile::tempdir().expect("a folder");
    let make = |name: &str| {
        let own = dir.path().join(name);
        std::fs::create_dir(&own).expect("a folder");
        gongfu::hub::keys::make(&own, &["localhost".to_owned()], gongfu::base::clock::Clock::Real.now()).expect("keys")
    };
    let (keys, other) = (make("ours"), make("theirs"));
    let tls = TlsFiles { certificate: keys.certificate.clone(), key: keys.key.clone() };
    let hub = Hub::with(&bench, |o| o.tls = Some(tls));
    let url = format!("https://localhost:{}", hub.address.port());
    let code = code(&bench, bench.devices[0].org, bench.devices[0].role);
    let home = Temporary::empty();
    let text = |path: &std::path::Path| std::fs::read_to_string(path).expect("a certificate");
    for ca in [None, Some(text(&other.ca))] {
        let ask = Ask { url: &url, ca: ca.as_deref(), code: &code, name: "机" };
        let error = first::enrol(home.path(), &ask).expect_err("refused");
        assert!(matches!(error, FirstError::Failed(Failure::Certificate)), "{error:?}");
    }
    // The code was told to nobody.
    let ca = text(&keys.ca);
    let key = first::enrol(home.path(), &Ask { url: &url, ca: Some(&ca), code: &code, name: "机" }).expect("enrolled");
    first::load(home.path(), &key, clock(), &Stop::default(), |_| {}).expect("loaded");
    drop(hub);
}
