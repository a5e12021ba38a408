//! A console's life: enrolled, sending, pulling, listening; two hubs on one ledger.

use super::wire::{Events, Reply};
use super::{Hub, MINUTE, bearer, code, console, ndjson, options, problem, soon};
use crate::hub::ledger::{at, order};
use crate::hub::places::{Bench, benches};
use crate::support::memory::Memory;
use crate::support::province::{Province, counter};
use gongfu::domain::codes::{EvidenceKind, Grade};
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Record;
use gongfu::domain::rows::{CatalogEntry, Counter, Incident, Kind};
use gongfu::hub::device;
use gongfu::hub::engine::{Place, Pool};
use gongfu::hub::http::{ServeError, Stop, serve};
use gongfu::wire::order::{Answer, Order, Outcome};
use gongfu::wire::protocol::{
    ENROL, Enrol, Enrolled, HEAD, Head, PULL, PUSH, PageEnd, PageHead, REVOKED, Standing, URGENT, Urgent, WAKE,
};
use gongfu::wire::row::{SCHEMA, from_line};
use uuid::Uuid;

/// An order for a new counter.
pub fn new_counter(n: u64) -> Order {
    let mut new = counter(0, "610926");
    new.name = format!("专柜 {n}");
    let asked = Command::AddCounter(new);
    order(Uuid::now_v7(), n, "李静", asked)
}

fn seq(answer: &Answer) -> i64 {
    let Outcome::Accepted { seq, .. } = answer.outcome else { panic!("{answer:?}") };
    seq
}

/// A page taken apart and checked.
pub fn page(reply: &Reply) -> (PageHead, Memory, PageEnd) {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let body = match reply.header("content-encoding") {
        Some("zstd") => zstd::stream::decode_all(reply.body.as_slice()).expect("unpacked"),
        other => {
            assert_eq!(other, None);
            reply.body.clone()
        }
    };
    let text = String::from_utf8(body).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let [head, rows @ .., end] = lines.as_slice() else { panic!("{text}") };
    let end: PageEnd = serde_json::from_str(end).expect("an end");
    let all: String = rows.iter().map(|r| format!("{r}\n")).collect();
    assert_eq!((end.rows, end.crc), (rows.len() as u64, crc32fast::hash(all.as_bytes())));
    let mut memory = Memory::default();
    rows.iter().for_each(|r| memory.put(from_line(r).expect("a row")));
    (serde_json::from_str(head).expect("a head"), memory, end)
}

pub fn standing(reply: &Reply) -> Standing {
    Standing::read(|name| reply.header(name)).expect("a standing")
}

#[test]
fn a_console_enrols_sends_pulls_and_listens() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let known = &bench.devices[0];
        let enrol = Enrol {
            code: code(&bench, known.org, known.role),
            name: " 省 总 \u{202e}".into(),
            schema: SCHEMA,
            signer: String::new(),
        };
        let reply = hub.ask("POST", ENROL, &[], serde_json::to_string(&enrol).expect("JSON").as_bytes());
        assert_eq!(reply.status, 200, "{}", reply.text());
        let enrolled: Enrolled = serde_json::from_slice(&reply.body).expect("enrolled");
        assert_eq!(
            (enrolled.hub, enrolled.org.as_str(), enrolled.role.as_str()),
            (Uuid::from_u128(0xF00D), "u0", "office")
        );
        let listed = bench.with(|e| device::list(e)).expect("a list");
        assert!(listed.iter().any(|d| d.id == enrolled.device && d.name == "省 总"), "{listed:?}");

        let token = &enrolled.token;
        let mut events = Events::open(hub.address, token);
        assert_eq!(events.head.header("content-type"), Some("text/event-stream"));
        assert_eq!(standing(&events.head).head, 1);
        let (name, data) = events.next().expect("an event");
        assert_eq!((name.as_str(), data.as_str()), (WAKE, r#"{"epoch":1,"head":1}"#));

        let orders: Vec<Order> = (0..150).map(new_counter).collect();
        let answers = hub.push(token, &orders);
        assert!(answers.iter().map(|a| a.id).eq(orders.iter().map(|o| o.id)), "in their order");
        assert!(answers.iter().map(seq).eq(2..152), "each after the one before");
        events.until(WAKE, |data| serde_json::from_str::<Head>(data).expect("a head").head == 151);
        // Again, also from behind: the same answers, no second effect.
        let mut again = hub.push(token, &orders.iter().rev().cloned().collect::<Vec<_>>());
        again.reverse();
        assert_eq!(again, answers);

        let reply = hub.get(&format!("{PULL}?cursor=1&epoch=1&scope=1"), token);
        let (head, rows, end) = page(&reply);
        assert_eq!(head, PageHead { schema: SCHEMA, epoch: 1, scope: 1, head: 151, from: 1, reset: false });
        assert_eq!((end.next, end.done, end.rows), (151, true, 150));
        assert_eq!(rows.all::<Counter>().len(), 150);
        let at = at(MINUTE).as_millisecond();
        assert_eq!(standing(&reply), Standing { epoch: 1, head: 151, safe: 0, scope: 1, at });
        let packed = hub.ask(
            "GET",
            &format!("{PULL}?cursor=1&epoch=1&scope=1"),
            &[&bearer(token), "Accept-Encoding: gzip, zstd"],
            b"",
        );
        assert_eq!(packed.header("content-encoding"), Some("zstd"));
        assert!(packed.body.len() * 4 < reply.body.len(), "{} of {}", packed.body.len(), reply.body.len());
        assert_eq!(page(&packed), page(&reply));

        // The next pull's cursor is the receipt.
        hub.get(&format!("{PULL}?cursor=151&epoch=1&scope=1"), token);
        soon("the receipt", || {
            let list = bench.with(|e| device::list(e)).expect("a list");
            list.iter().any(|d| d.id == enrolled.device && d.cursor == 151 && d.cursor_at == Some(at))
        });
        let metrics = hub.ask("GET", "/metrics", &[], b"").text();
        for line in ["gongfu_hub_orders_total{outcome=\"accepted\"} 300", "gongfu_hub_head 151", "gongfu_hub_streams 1"]
        {
            assert!(metrics.lines().any(|l| l == line), "{line}: {metrics}");
        }
    }
}

#[test]
fn a_page_goes_on_from_the_cursor_or_says_that_the_console_must_begin_anew() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let (_, token) = console(&bench, 0);
        hub.push(&token, &(0..20).map(new_counter).collect::<Vec<_>>());
        let ask = |query: &str| page(&hub.get(&format!("{PULL}{query}"), &token));
        let whole = ask("");
        assert_eq!((whole.0.from, whole.0.reset, whole.2.next, whole.2.done), (0, false, 21, true));
        let fresh = ask("?cursor=0&epoch=0&scope=0");
        assert_eq!(fresh, whole);
        // In pages of a few: the same rows, no number split.
        let (mut cursor, mut rows) = (0, Memory::default());
        loop {
            let (head, some, end) = ask(&format!("?cursor={cursor}&epoch=1&scope=1&limit=7"));
            assert_eq!((head.from, head.reset), (cursor, false));
            assert!(end.next > cursor);
            Kind::ALL.iter().flat_map(|k| some.of(*k)).for_each(|r| rows.put(r.clone()));
            cursor = end.next;
            if end.done {
                break;
            }
        }
        assert_eq!((cursor, &rows), (21, &whole.1));
        let after = ask("?cursor=20&epoch=1&scope=1&limit=0");
        assert_eq!((after.0.from, after.2.rows), (20, 1));
        let end = ask("?cursor=21&epoch=1&scope=1&limit=999999999");
        assert_eq!((end.2.next, end.2.rows, end.2.done), (21, 0, true));
        for other in [
            "cursor=21&epoch=2&scope=1",
            "cursor=21&epoch=1&scope=2",
            "cursor=22&epoch=1&scope=1",
            "cursor=21",
            "cursor=0&epoch=2&scope=1",
        ] {
            let (head, rows, _) = ask(&format!("?{other}"));
            assert_eq!((head.from, head.reset), (0, true), "{other}");
            assert_eq!(rows, whole.1, "{other}");
        }
        for bad in ["cursor=-1", "cursor=x", "limit=-5", "epoch=99999999999999999999"] {
            let reply = hub.get(&format!("{PULL}?{bad}"), &token);
            assert_eq!((reply.status, problem(&reply).as_str()), (400, "not-understood"), "{bad}");
            assert_eq!(standing(&reply).head, 21, "a refusal, too, says how the hub stands");
        }
    }
}

#[test]
fn a_push_wakes_a_long_poll_and_one_without_news_ends_in_time() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let (_, token) = console(&bench, 0);
        let at_once: Head = serde_json::from_slice(&hub.get(HEAD, &token).body).expect("a head");
        assert_eq!(at_once, Head { epoch: 1, head: 1 });
        let behind = hub.get(&format!("{HEAD}?after=0&wait=25"), &token);
        assert_eq!(standing(&behind).head, 1);
        let nothing: Head =
            serde_json::from_slice(&hub.get(&format!("{HEAD}?after=1&wait=1"), &token).body).expect("a head");
        assert_eq!(nothing.head, 1);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| hub.get(&format!("{HEAD}?after=1&wait=25"), &token));
            soon("the wait", || hub.ask("GET", "/metrics", &[], b"").text().contains("gongfu_hub_listeners 1"));
            hub.push(&token, &[new_counter(1)]);
            let told = waiting.join().expect("a reply");
            assert_eq!(serde_json::from_slice::<Head>(&told.body).expect("a head").head, 2);
            assert_eq!(standing(&told).head, 2);
        });
    }
}

/// Orders that end in a product's delisting, by those who may: who, and what.
pub fn delisting(rows: &Memory) -> (Vec<(usize, Order)>, Uuid) {
    let entry = rows.all::<CatalogEntry>()[0].id.0;
    let report = Command::ReportIncident { entry, title: "霉变".into(), place: String::new(), grade: Grade::One };
    let id = Uuid::now_v7();
    let incident = gongfu::base::ids::Ids::of_command(id).next_id();
    let evidence = Command::AddEvidence {
        incident,
        kind: EvidenceKind::TestReport,
        title: "报告".into(),
        sha256: "0".repeat(64),
        bytes: 1,
    };
    let triage = Command::TriageIncident {
        incident,
        grade: Grade::One,
        recall_class: Grade::One,
        batches: String::new(),
        suspend: true,
        reason: "疑".into(),
    };
    let verify = Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: "核".into() };
    let product = rows.get::<CatalogEntry>(entry).code;
    let confirm = Command::ConfirmIncident { incident, product, reason: "查实".into() };
    let asked = [(2, report), (2, evidence), (0, triage), (0, verify), (1, confirm)];
    let by = ["李静", "周敏", "王安"];
    let mut orders: Vec<(usize, Order)> =
        (0..).zip(asked).map(|(n, (who, c))| (who, order(Uuid::now_v7(), n, by[who], c))).collect();
    orders[0].1.id = id;
    (orders, entry)
}

#[test]
fn two_hubs_on_one_ledger_wake_each_others_consoles_and_a_delisting_travels_in_the_event() {
    for bench in benches() {
        // A file has one hub; several serve a database together.
        if !matches!(bench.place(), Place::Postgres(_)) {
            let _one = Hub::new(&bench);
            let other = serve(&options(&bench), |_| {}, &Stop::new());
            assert!(matches!(other, Err(ServeError::Held)), "{other:?}");
            continue;
        }
        let (one, other) = (Hub::new(&bench), Hub::new(&bench));
        let tokens: Vec<String> = (0..3).map(|who| console(&bench, who).1).collect();
        let (_, county) = console(&bench, 5);
        let mut here = Events::open(one.address, &county);
        let mut there = Events::open(other.address, &county);
        let (orders, entry) = delisting(&Province::furnished().rows);
        let mut head = 0;
        for (who, order) in &orders {
            head = seq(&one.push(&tokens[*who], std::slice::from_ref(order))[0]);
        }
        for events in [&mut here, &mut there] {
            let gone = |data: &str| {
                let urgent: Urgent = serde_json::from_str(data).expect("urgent");
                urgent
                    .rows
                    .iter()
                    .filter_map(|r| CatalogEntry::from_row(from_line(r).expect("a row")))
                    .any(|e| e.id.0 == entry && e.state.code() == "delisted")
            };
            let urgent: Urgent = serde_json::from_str(&events.until(URGENT, gone)).expect("urgent");
            assert_eq!((urgent.epoch, urgent.head), (1, head));
            let rows: Vec<_> = urgent.rows.iter().map(|r| from_line(r).expect("a row")).collect();
            assert!(rows.iter().any(|r| r.kind() == Kind::Incident), "{rows:?}");
            assert!(rows.iter().all(|r| matches!(r.kind(), Kind::CatalogEntry | Kind::Incident)), "{rows:?}");
            events.until(WAKE, |data| serde_json::from_str::<Head>(data).expect("a head").head == head);
        }
        // The page brings the same rows again.
        let (_, rows, _) = page(&other.get(&format!("{PULL}?cursor=1&epoch=1&scope=1"), &county));
        assert_eq!(rows.get::<CatalogEntry>(entry).state.code(), "delisted");
        assert_eq!(rows.all::<Incident>().len(), 1);
    }
}

#[test]
fn what_takes_something_off_sale_is_not_held_back_by_a_rate() {
    let bench = &benches()[0];
    let hub = Hub::new(bench);
    let tokens: Vec<String> = (0..3).map(|who| console(bench, who).1).collect();
    let (orders, _) = delisting(&Province::furnished().rows);
    let (last, before) = orders.split_last().expect("orders");
    for (who, order) in before {
        hub.push(&tokens[*who], std::slice::from_ref(order));
    }
    // One order 500 times is answered 500 times, and is what a console may ask at once.
    let many = vec![new_counter(1); 500];
    let answers = hub.push(&tokens[1], &many);
    assert!(answers.windows(2).all(|w| w[0] == w[1]));
    let reply = hub.ask("POST", PUSH, &[&bearer(&tokens[1])], ndjson(&many).as_bytes());
    assert_eq!((reply.status, problem(&reply).as_str()), (429, "too-many"));
    assert!(reply.header("retry-after").is_some_and(|s| s.parse::<u64>().is_ok_and(|s| s > 0)));
    seq(&hub.push(&tokens[1], std::slice::from_ref(&last.1))[0]);
}

#[test]
fn a_revoked_console_is_told_on_its_stream_and_gets_nothing_more() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let (id, token) = console(&bench, 2);
        let (_, other) = console(&bench, 2);
        let mut events = Events::open(hub.address, &token);
        let mut others = Events::open(hub.address, &other);
        assert!(events.next().is_some() && others.next().is_some());
        // By another process, as far as the hub knows.
        bench.with(|e| device::revoke(e, id, at(MINUTE).as_millisecond())).expect("revoked");
        assert_eq!(events.next().map(|(name, _)| name).as_deref(), Some(REVOKED));
        assert_eq!(events.next(), None, "the last of the stream");
        for (method, path) in [("GET", PULL), ("GET", HEAD), ("GET", "/v1/events"), ("POST", PUSH)] {
            let reply = hub.ask(method, path, &[&bearer(&token)], b"");
            assert_eq!((reply.status, problem(&reply).as_str()), (401, "revoked"), "{path}");
            assert_eq!(reply.header("gongfu-head"), None);
        }
        let (_, token) = console(&bench, 0);
        hub.push(&token, &[new_counter(1)]);
        assert_eq!(others.next().map(|(name, _)| name).as_deref(), Some(WAKE), "the other goes on");
    }
}

#[test]
fn an_ending_hub_ends_its_streams_and_another_goes_on_with_the_ledger() {
    for bench in benches() {
        let mut hub = Hub::new(&bench);
        let (_, token) = console(&bench, 0);
        let order = new_counter(1);
        let answers = hub.push(&token, std::slice::from_ref(&order));
        let mut events = Events::open(hub.address, &token);
        assert!(events.next().is_some());
        hub.get(&format!("{PULL}?cursor=2&epoch=1&scope=1"), &token);
        let address = hub.address;
        hub.end();
        assert_eq!(events.next(), None);
        assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens");
        let cursors = bench.with(|e| device::list(e)).expect("a list");
        assert!(cursors.iter().any(|d| d.cursor == 2), "receipts are not lost: {cursors:?}");
        let again = Hub::new(&bench);
        assert_eq!(again.push(&token, &[order]), answers);
    }
}

#[test]
fn a_ledger_that_is_away_is_said_to_be_and_is_there_again() {
    for bench in benches() {
        let Place::Postgres(address) = bench.place().clone() else { continue };
        let (base, name) = address.rsplit_once('/').expect("an address with a database");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let admin = Pool::new(&Place::Postgres(format!("{base}/postgres")), runtime.handle().clone()).expect("a place");
        let allow = |yes: bool| {
            let sql = format!(
                "ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {yes}; \
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            );
            admin.get().expect("a server").script(&sql).expect("done");
        };
        let hub = Hub::new(&bench);
        let (_, token) = console(&bench, 0);
        let mut events = Events::open(hub.address, &token);
        assert!(events.next().is_some());
        allow(false);
        let body = ndjson(&[new_counter(1)]);
        let push = || hub.ask("POST", PUSH, &[&bearer(&token)], body.as_bytes());
        let reply = push();
        assert_eq!((reply.status, problem(&reply).as_str()), (503, "away"));
        assert!(reply.header("retry-after").is_some());
        assert_eq!(hub.ask("GET", "/healthz", &[], b"").status, 503);
        assert_eq!(hub.get(PULL, &token).status, 503);
        allow(true);
        soon("the ledger", || hub.ask("GET", "/healthz", &[], b"").status == 200);
        soon("the order", || push().text().contains("accepted"));
        events.until(WAKE, |data| serde_json::from_str::<Head>(data).expect("a head").head == 2);
    }
}

#[test]
fn orders_that_cannot_be_taken_now_come_later_all_of_them_while_pages_are_given() {
    let bench = &benches()[0];
    let hub = Hub::new(bench);
    let (_, token) = console(bench, 0);
    // More than the writer takes at once: none of those behind is tried without those before.
    let orders: Vec<Order> = (0..150).map(new_counter).collect();
    bench.with(|other| {
        other.begin().expect("the ledger's lock");
        let answers = std::thread::scope(|scope| {
            let push = scope.spawn(|| hub.push(&token, &orders));
            assert_eq!(page(&hub.get(PULL, &token)).2.next, 1, "reading waits for no writer");
            push.join().expect("answers")
        });
        assert!(answers.iter().map(|a| a.id).eq(orders.iter().map(|o| o.id)));
        assert!(answers.iter().all(|a| matches!(a.outcome, Outcome::Later { .. })), "{answers:?}");
        other.rollback();
    });
    let (_, again) = console(bench, 0);
    assert!(hub.push(&again, &orders).iter().map(seq).eq(2..152));
}

/// Everything a console gets when it begins.
pub fn everything(hub: &Hub, token: &str) -> Memory {
    page(&hub.get(PULL, token)).1
}

/// A console each of the people, and what the bench knows of it.
pub fn consoles(bench: &Bench) -> Vec<String> {
    (0..bench.devices.len()).map(|who| console(bench, who).1).collect()
}
