//! What strangers and broken consoles send: refused, and the hub goes on.

use super::wire::{Events, Reply, Wire};
use super::{Hub, MINUTE, bearer, code, console, ndjson, options, problem};
use crate::hub::ledger::{at, order};
use crate::hub::places::{benches, number};
use crate::support::province::counter;
use gongfu::domain::codes::Role;
use gongfu::domain::command::Command;
use gongfu::hub::device::{CODE_LASTS, make_code};
use gongfu::hub::engine::Place;
use gongfu::hub::http::{ServeError, Stop, serve};
use gongfu::wire::order::{Answer, Outcome};
use gongfu::wire::protocol::{BODY, ENROL, EVENTS, Enrol, HEAD, INFLATED, PULL, PUSH};
use gongfu::wire::row::SCHEMA;
use std::time::Duration;
use uuid::Uuid;

fn is(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, problem(reply).as_str()), (status, code), "{}", reply.text());
}

fn enrol(hub: &Hub, code: &str, name: &str) -> Reply {
    let asked = Enrol { code: code.into(), name: name.into(), schema: SCHEMA, signer: String::new() };
    hub.ask("POST", ENROL, &[], serde_json::to_string(&asked).expect("JSON").as_bytes())
}

#[test]
fn nothing_is_told_without_a_token() {
    let bench = &benches()[0];
    let hub = Hub::new(bench);
    let (_, token) = console(bench, 0);
    for (method, path) in [("GET", PULL), ("GET", HEAD), ("GET", EVENTS), ("POST", PUSH)] {
        for none in ["X-Nothing: 1", "Authorization:", "Authorization: Bearer", "Authorization: Basic Zm9v"] {
            let reply = hub.ask(method, path, &[none], b"");
            is(&reply, 401, "token-missing");
            assert_eq!(reply.header("gongfu-head"), None, "a stranger does not learn how the hub stands");
        }
        let forged = token.replace(['0', '1', '2'], "3");
        for forged in [&forged, &token[1..], "x", "' OR 1=1 --", &"f".repeat(8_000)] {
            is(&hub.ask(method, path, &[&bearer(forged)], b""), 401, "token-unknown");
        }
    }
    is(&hub.ask("GET", "/v1/nothing", &[], b""), 404, "not-found");
    is(&hub.ask("GET", "/", &[&bearer(&token)], b""), 404, "not-found");
    is(&hub.ask("GET", "/v1/../etc/passwd", &[], b""), 404, "not-found");
    is(&hub.ask("GET", ENROL, &[], b""), 405, "not-found");
    is(&hub.ask("DELETE", PULL, &[&bearer(&token)], b""), 405, "not-found");
    assert_eq!(hub.ask("GET", HEAD, &[&format!("authorization: bearer  {token}")], b"").status, 200);
    hub.serves();
}

#[test]
fn a_code_enrols_once_in_time_and_cannot_be_guessed() {
    for bench in benches() {
        let org = bench.devices[2].org;
        let old = at(MINUTE).as_millisecond() - CODE_LASTS;
        let expired = bench.with(|e| make_code(e, org, Role::City, old)).expect("a code");
        let devices = || bench.with(|e| number(e, "SELECT count(*) FROM \"device\""));
        let before = devices();
        {
            let hub = Hub::new(&bench);
            is(&enrol(&hub, &expired, "机"), 403, "code-unknown");
            is(&enrol(&hub, "AAAAA-BBBBB-CCCCC-DDDDD", "机"), 403, "code-unknown");
            is(&enrol(&hub, "", "机"), 403, "code-unknown");
            is(&enrol(&hub, "'; DROP TABLE code", "机"), 403, "code-unknown");
            is(&hub.ask("POST", ENROL, &[], b"{}"), 400, "not-understood");
            // The sixth try in a minute, however good the code.
            let reply = enrol(&hub, &code(&bench, org, Role::City), "机");
            is(&reply, 429, "too-many");
            assert!(reply.header("retry-after").is_some());
            hub.serves();
        }
        let hub = Hub::new(&bench);
        let good = code(&bench, org, Role::City);
        is(&enrol(&hub, &good, &"长".repeat(61)), 400, "not-understood");
        is(&enrol(&hub, &good, " \u{200b} "), 400, "not-understood");
        is(&hub.ask("POST", ENROL, &[], &vec![b' '; 100_000]), 413, "too-large");
        assert_eq!(devices(), before);
        assert_eq!(enrol(&hub, &good, &"长".repeat(60)).status, 200, "the code was not used up by what was refused");
        is(&enrol(&hub, &good, "机"), 403, "code-unknown");
        assert_eq!(devices(), before + 1);
    }
}

#[test]
fn a_body_that_is_no_push_changes_nothing() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let (_, token) = console(&bench, 0);
        let good = |n: u64| order(Uuid::now_v7(), n, "李静", Command::AddCounter(counter(1, "610926")));
        let line = ndjson(&[good(1)]);
        let ask = |headers: &[&str], body: &[u8]| {
            let own = bearer(&token);
            let mut all = vec![own.as_str()];
            all.extend(headers);
            hub.ask("POST", PUSH, &all, body)
        };
        let zstd = ["Content-Encoding: zstd"];
        let packed = |body: &[u8]| zstd::bulk::compress(body, 3).expect("packed");
        for (bad, line_no) in [
            (format!("{line}garbage\n"), 2),
            (format!("{line}\n\n[1,2]\n"), 4),
            (format!("{line}{}\n", &line[..line.len() - 9]), 2),
            (line.replace("add_counter", "no_such_command"), 1),
            (line.replace("\"n\":1", "\"n\":-1"), 1),
            (format!("{line}{}{}", "[".repeat(5_000), "]".repeat(5_000)), 2),
        ] {
            let reply = ask(&[], bad.as_bytes());
            is(&reply, 400, "not-understood");
            assert!(reply.text().contains(&format!("line {line_no} ")), "{}", reply.text());
        }
        is(&ask(&[], &[line.as_bytes(), &[0xff, 0xfe, b'\n']].concat()), 400, "not-understood");
        is(&ask(&zstd, line.as_bytes()), 400, "not-understood");
        let whole = packed(line.as_bytes());
        is(&ask(&zstd, &whole[..whole.len() - 4]), 400, "not-understood");
        is(&ask(&["Content-Encoding: gzip"], line.as_bytes()), 400, "not-understood");
        is(&ask(&[], &vec![b'\n'; BODY + 1]), 413, "too-large");
        let chunk = format!("4000\r\n{}\r\n", "\n".repeat(0x4000));
        let chunked = format!(
            "POST {PUSH} HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n{}\r\n\r\n{}0\r\n\r\n",
            bearer(&token),
            chunk.repeat(BODY / 0x4000 + 1)
        );
        let mut wire = hub.wire();
        wire.send(chunked.as_bytes()).expect("sent");
        is(&wire.reply().expect("a reply"), 413, "too-large");
        is(&ask(&[], line.repeat(501).as_bytes()), 413, "too-large");
        is(&ask(&zstd, &packed(&vec![b'\n'; INFLATED + 1])), 413, "too-large");
        is(&ask(&zstd, &packed(&vec![b'a'; 512 << 20])), 413, "too-large");
        // An answer to it all: nothing was taken.
        assert_eq!(bench.with(|e| number(e, "SELECT \"seq\" FROM \"hub\"")), 1);
        assert_eq!(bench.with(|e| number(e, "SELECT count(*) FROM \"result\"")), 0);
        // What is at the limits is no offence.
        assert_eq!(ask(&[], b"").status, 200);
        assert_eq!(ask(&zstd, &packed(&vec![b'\n'; INFLATED])).status, 200);
        let reply = ask(&zstd, &packed(line.as_bytes()));
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(bench.with(|e| number(e, "SELECT \"seq\" FROM \"hub\"")), 2);
    }
}

#[test]
fn a_command_of_another_version_is_answered_though_it_is_not_understood() {
    let bench = &benches()[0];
    let hub = Hub::new(bench);
    let (_, token) = console(bench, 0);
    let old = order(Uuid::now_v7(), 1, "李静", Command::AddCounter(counter(1, "610926")));
    let newer = ndjson(std::slice::from_ref(&old))
        .replace("add_counter", "paint_counter")
        .replace("\"schema\":1", "\"schema\":2");
    let id = Uuid::now_v7();
    let newer = newer.replace(&old.id.to_string(), &id.to_string());
    let reply = hub.ask("POST", PUSH, &[&bearer(&token)], format!("{newer}{}", ndjson(&[old])).as_bytes());
    let answers: Vec<Answer> = reply.text().lines().map(|l| serde_json::from_str(l).expect("an answer")).collect();
    assert_eq!(answers[0], Answer { id, outcome: Outcome::Upgrade { min: SCHEMA } });
    assert!(matches!(answers[1].outcome, Outcome::Accepted { .. }), "{answers:?}");
}

#[test]
fn a_console_may_listen_twice_and_pull_so_often() {
    let bench = &benches()[0];
    let hub = Hub::new(bench);
    let (_, token) = console(bench, 0);
    let mut streams: Vec<Events> = (0..2).map(|_| Events::open(hub.address, &token)).collect();
    assert!(streams.iter_mut().all(|s| s.next().is_some()));
    is(&hub.get(EVENTS, &token), 429, "too-many");
    drop(streams);
    super::soon("a free place", || Events::open(hub.address, &token).head.status == 200);
    let refused = || {
        let metrics = hub.ask("GET", "/metrics", &[], b"").text();
        let line = metrics.lines().find_map(|l| l.strip_prefix("gongfu_hub_refused_total{code=\"too-many\"} "));
        line.expect("a count").parse::<u64>().expect("a number")
    };
    let (before, mut wire, mut fine) = (refused(), hub.wire(), 0);
    let held = loop {
        let reply = wire.ask("GET", &format!("{PULL}?limit=1"), &[&bearer(&token)], b"");
        if reply.status != 200 {
            break reply;
        }
        fine += 1;
        assert!(fine < 2_000, "a console pulls as often as it likes");
    };
    is(&held, 429, "too-many");
    assert!(fine >= 20, "{fine} at once");
    assert_eq!(refused(), before + 1);
    assert_eq!(hub.get(PULL, &console(bench, 0).1).status, 200, "another is not held back");
}

#[test]
fn half_requests_and_absurd_ones_end_and_the_hub_goes_on() {
    let bench = &benches()[0];
    let hub = Hub::with(bench, |o| {
        o.limits.head = Duration::from_secs(1);
        o.limits.body = Duration::from_secs(1);
    });
    let (_, token) = console(bench, 0);
    let mut slow: Vec<Wire<std::net::TcpStream>> = (0..40).map(|_| hub.wire()).collect();
    for (n, wire) in slow.iter_mut().enumerate() {
        let half = ["", "G", "GET /v1/head HTTP/1.1\r\n", "GET /v1/head HTTP/1.1\r\nHost: hub\r\nAuthor"][n % 4];
        wire.send(half.as_bytes()).expect("sent");
    }
    hub.serves();
    for wire in &mut slow {
        // Some are told that they were too slow before the end.
        let told = wire.reply();
        assert!(told.is_none_or(|r| r.status == 408), "a half request was answered");
        assert!(wire.is_closed());
    }
    let mut wire = hub.wire();
    let head = format!("POST {PUSH} HTTP/1.1\r\nHost: hub\r\nContent-Length: 100\r\n{}\r\n\r\nhalf", bearer(&token));
    wire.send(head.as_bytes()).expect("sent");
    is(&wire.reply().expect("a reply"), 408, "not-understood");
    assert!(wire.is_closed(), "the rest of the body is not taken for a request");

    for absurd in [
        format!("GET /v1/head HTTP/1.1\r\nHost: hub\r\n{}\r\n", "X-A: b\r\n".repeat(500)),
        format!("GET /v1/head HTTP/1.1\r\nHost: hub\r\nX-A: {}\r\n\r\n", "a".repeat(200_000)),
        format!("GET /{} HTTP/1.1\r\nHost: hub\r\n\r\n", "a".repeat(200_000)),
        "GET /v1/head HTTP/9.9\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".to_owned(),
        format!("POST {PUSH} HTTP/1.1\r\nHost: hub\r\nContent-Length: -4\r\n{}\r\n\r\n", bearer(&token)),
        format!("POST {PUSH} HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n{}\r\n\r\nzz\r\n", bearer(&token)),
        format!(
            "POST {PUSH} HTTP/1.1\r\nHost: hub\r\nContent-Length: 3\r\nContent-Length: 5\r\n{}\r\n\r\n",
            bearer(&token)
        ),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ] {
        let mut wire = hub.wire();
        // It may close before it has all of it.
        let _ = wire.send(absurd.as_bytes());
        let reply = wire.reply();
        assert!(reply.as_ref().is_none_or(|r| (400..=431).contains(&r.status) || r.status == 505), "{absurd:.60}");
        hub.serves();
    }
    assert_eq!(hub.get(HEAD, &token).status, 200);
}

#[test]
fn a_full_hub_says_so_and_is_there_again() {
    let bench = &benches()[0];
    let hub = Hub::with(bench, |o| (o.limits.in_work, o.limits.listeners) = (1, 1));
    let (_, token) = console(bench, 0);
    let mut wire = hub.wire();
    let head = format!("POST {PUSH} HTTP/1.1\r\nHost: hub\r\nContent-Length: 1\r\n{}\r\n\r\n", bearer(&token));
    wire.send(head.as_bytes()).expect("sent");
    let metrics = || hub.ask("GET", "/metrics", &[], b"").text();
    super::soon("a full hub", || metrics().lines().any(|l| l == "gongfu_hub_in_work 1"));
    let reply = hub.get(PULL, &token);
    is(&reply, 503, "away");
    assert!(reply.header("retry-after").is_some());
    wire.send(b"\n").expect("sent");
    assert_eq!(wire.reply().expect("a reply").status, 200);
    super::soon("room", || hub.get(PULL, &token).status == 200);
    let mut events = Events::open(hub.address, &token);
    assert!(events.next().is_some());
    is(&hub.get(EVENTS, &console(bench, 1).1), 503, "away");
    hub.serves();
}

#[test]
fn a_hub_begins_only_where_it_can_serve_safely() {
    let bench = &benches()[0];
    let fails = |change: &dyn Fn(&mut gongfu::hub::http::Options)| {
        let mut options = options(bench);
        change(&mut options);
        serve(&options, |_| panic!("it serves"), &Stop::new()).expect_err("it does not begin")
    };
    for open in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let e = fails(&|o| o.listen = open.parse().expect("an address"));
        assert!(matches!(e, ServeError::Plain(_)), "{e}");
        assert!(e.to_string().contains("certificate"), "{e}");
    }
    let nowhere = std::env::temp_dir().join("gongfu-no-such-hub.db");
    let e = fails(&|o| o.place = Place::Sqlite(nowhere.clone()));
    assert!(matches!(e, ServeError::NoLedger(_)), "{e}");
    assert!(!nowhere.exists(), "and none is made");
    let e = fails(&|o| o.place = Place::Postgres("postgres://nobody@127.0.0.1:1/none".into()));
    assert!(matches!(e, ServeError::Ledger(_)), "{e}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let e = fails(&|o| o.listen = taken.local_addr().expect("an address"));
    assert!(matches!(e, ServeError::Listen(..)), "{e}");
}
