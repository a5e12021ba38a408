//! Which consoles have a row: told by what they pulled and said, to consoles of the office alone.

use super::story::delisting;
use super::{Hub, bearer, console, problem};
use crate::hub::ledger::at;
use crate::hub::places::{Bench, benches};
use crate::support::province::{Province, people};
use gongfu::domain::codes::Role;
use gongfu::domain::rows::Kind;
use gongfu::hub::{device, ledger};
use gongfu::wire::protocol::{PULL, RECEIPT, RECEIPTS, Receipts};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A product delisted, before a hub serves; the incident.
fn delisted(bench: &Bench) -> Uuid {
    let rows = Province::furnished().rows;
    for (who, order) in delisting(&rows).0 {
        bench.with(|e| ledger::take(e, at(0), &[(bench.devices[who].clone(), order)])).expect("taken");
    }
    let sql = "SELECT \"id\" FROM \"incident\" ORDER BY \"ord\" DESC";
    let rows = bench.with(|e| gongfu::hub::engine::all(e, sql, &[])).expect("rows");
    match &rows[0][0] {
        gongfu::domain::value::Value::Blob(b) => Uuid::from_slice(b).expect("an id"),
        other => panic!("{other:?}"),
    }
}

fn path(kind: &str, id: impl std::fmt::Display) -> String {
    format!("{RECEIPTS}?kind={kind}&id={id}")
}

fn receipts(hub: &Hub, token: &str, id: Uuid) -> Receipts {
    let reply = hub.get(&path("incident", id), token);
    assert_eq!(reply.status, 200, "{}", reply.text());
    serde_json::from_slice(&reply.body).expect("receipts")
}

#[test]
fn what_a_console_has_said_counts_at_once_and_a_revoked_one_does_not() {
    for bench in benches() {
        let incident = delisted(&bench);
        let hub = Hub::new(&bench);
        let (_, office) = console(&bench, 0);
        let (city, other) = (console(&bench, 2), console(&bench, 2));
        let head = bench.with(|e| ledger::state(e)).expect("a ledger").seq;
        let all = bench.devices.len() as u64 + 3;
        let first = receipts(&hub, &office, incident);
        assert_eq!((first.seq <= head, first.have, first.of), (true, 0, all), "{first:?}");
        assert_eq!(first.missing.len() as u64, all);
        assert!(first.missing.iter().all(|b| b.behind == first.seq && b.seen_at.is_none()), "{first:?}");

        // A pull says what its console had before it, a receipt what it has.
        let pull = |token: &str, cursor: i64| {
            assert_eq!(hub.get(&format!("{PULL}?cursor={cursor}&epoch=1&scope=1&limit=1"), token).status, 200);
        };
        let tell = |token: &str, query: &str| {
            let reply = hub.ask("POST", &format!("{RECEIPT}?{query}"), &[&bearer(token)], b"");
            assert_eq!(reply.status, 200, "{}", reply.text());
        };
        pull(&office, first.seq - 1);
        let next = receipts(&hub, &office, incident);
        assert_eq!((next.have, next.missing.iter().filter(|b| b.behind == 1 && b.seen_at.is_some()).count()), (0, 1));
        tell(&office, &format!("cursor={}&epoch=1&scope=1", first.seq));
        pull(&city.1, head);
        // Of another epoch or scope, or never given.
        for query in [format!("cursor={head}&epoch=2&scope=1"), format!("cursor={head}&epoch=1&scope=2")] {
            tell(&other.1, &query);
        }
        tell(&other.1, &format!("cursor={}&epoch=1&scope=1", head + 1));
        let next = receipts(&hub, &office, incident);
        assert_eq!((next.have, next.of), (2, all), "{next:?}");
        let named: BTreeSet<&str> = next.missing.iter().map(|b| b.name.as_str()).collect();
        assert!(named.contains("新机") && named.contains("console0"), "{named:?}");
        assert!(next.missing.iter().all(|b| !b.org.is_empty()));

        bench.with(|e| device::revoke(e, other.0, 1)).expect("revoked");
        bench.with(|e| device::revoke(e, city.0, 1)).expect("revoked");
        let last = receipts(&hub, &office, incident);
        assert_eq!((last.have, last.of), (1, all - 2), "{last:?}");
        for device in &bench.devices {
            bench.with(|e| device::receipt(e, device.id, head, 5)).expect("a receipt");
        }
        let last = receipts(&hub, &office, incident);
        assert_eq!((last.have, last.of, last.is_complete()), (all - 2, all - 2, true), "{last:?}");
        // Any change begins anew: what counts is its latest number.
        let product = Province::furnished().rows.of(Kind::Product)[0].uuid();
        let reply = hub.get(&path("product", product), &office);
        assert_eq!(serde_json::from_slice::<Receipts>(&reply.body).expect("receipts").seq, 1);
    }
}

#[test]
fn a_row_of_an_area_is_counted_where_it_can_be_seen() {
    for bench in benches() {
        let rows = Province::furnished().rows;
        let hub = Hub::new(&bench);
        let (_, office) = console(&bench, 0);
        for kind in gongfu::domain::rights::OF_AN_AREA {
            let Some(row) = rows.of(*kind).first() else { continue };
            let reply = hub.get(&path(kind.table(), row.uuid()), &office);
            let found: Receipts = serde_json::from_slice(&reply.body).expect("receipts");
            assert!(found.of > 0 && found.of < bench.devices.len() as u64 + 1, "{kind:?}: {found:?}");
        }
    }
}

#[test]
fn who_is_not_of_the_office_and_what_makes_no_sense_is_refused() {
    let bench = benches().remove(0);
    let incident = delisted(&bench);
    let hub = Hub::new(&bench);
    let (_, office) = console(&bench, 0);
    let mut roles = BTreeSet::new();
    for (who, person) in people().iter().enumerate() {
        let reply = hub.get(&path("incident", incident), &console(&bench, who).1);
        match person.role {
            Role::Office => assert_eq!(reply.status, 200, "{}", person.name),
            _ => assert_eq!((reply.status, problem(&reply).as_str()), (403, "not-allowed"), "{}", person.name),
        }
        roles.insert(person.role.code());
    }
    assert_eq!(roles.len(), Role::ALL.len(), "every role asked");
    for (path, status, code) in [
        (path("incident", Uuid::from_u128(7)), 404, "not-found"),
        (path("product", incident), 404, "not-found"),
        (path("planet", incident), 400, "not-understood"),
        (path("incident", "x"), 400, "not-understood"),
        (RECEIPTS.to_owned(), 400, "not-understood"),
    ] {
        let reply = hub.get(&path, &office);
        assert_eq!((reply.status, problem(&reply).as_str()), (status, code), "{path}");
    }
    for query in ["", "?cursor=x&epoch=1&scope=1", "?cursor=1"] {
        let reply = hub.ask("POST", &format!("{RECEIPT}{query}"), &[&bearer(&office)], b"");
        assert_eq!((reply.status, problem(&reply).as_str()), (400, "not-understood"), "{query}");
    }
    let reply = hub.get(&path("incident", incident), "no token");
    assert_eq!((reply.status, problem(&reply).as_str()), (401, "token-unknown"));
    hub.serves();
}
