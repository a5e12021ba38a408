//! Real consoles and a real hub: what is known of who has a delisting, without a key pressed anywhere.

use super::line::{Console, until};
use crate::hub::http::Hub;
use crate::hub::places::benches;
use crate::schema;
use crate::support::{bare, run};
use gongfu::domain::codes::Grade;
use gongfu::domain::command::Command;
use gongfu::domain::rows::{Incident, Kind};
use gongfu::sync::client::{Client, receipts};
use gongfu::sync::core::Failure;
use gongfu::sync::http::{Caller, Said};
use serde_json::Value as Json;
use std::sync::mpsc::channel;
use std::time::Duration;
use uuid::Uuid;

/// Reports an incident at a console; its id and code.
fn report(console: &Console) -> (Uuid, String) {
    let entry = console.listed().id.0;
    let report = Command::ReportIncident { entry, title: "霉变".into(), place: String::new(), grade: Grade::One };
    console.ask(report).expect("reported");
    let incident = console.rows().all::<Incident>().pop().expect("an incident");
    (incident.id.0, incident.code)
}

/// `gongfu …` on a console's directory.
fn gongfu(console: &Console, args: &[&str]) -> (i32, String, String) {
    let mut command = bare();
    command.args(["--data-dir", &console.home.path().display().to_string()]).args(args);
    run(command)
}

/// What the thread is told when it asks.
fn asked(client: &Client, id: Uuid) -> Result<gongfu::wire::protocol::Receipts, Said> {
    let (send, receive) = channel();
    client.receipts(Kind::Incident, id, Box::new(move |answer| _ = send.send(answer)));
    receive.recv_timeout(Duration::from_secs(60)).expect("an answer")
}

/// Asks now and then: who asks too often is told to come later.
fn slowly(is: impl Fn() -> bool) -> bool {
    std::thread::sleep(Duration::from_millis(300));
    is()
}

#[test]
fn who_has_an_incident_is_known_at_the_office_without_another_change() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        // Those that were never there have nothing: only the two that work are counted.
        for device in &bench.devices {
            bench.with(|e| gongfu::hub::device::revoke(e, device.id, 1)).expect("revoked");
        }
        let (office, city) = (Console::enrolled(&hub, &bench, 0), Console::enrolled(&hub, &bench, 2));
        let (a, b) = (office.client(), city.client());
        let (id, code) = report(&city);
        until("at the office", || office.rows().all::<Incident>().iter().any(|i| i.id.0 == id));
        // The last page was the last: each says by itself that it has it.
        let both = || asked(&a, id).is_ok_and(|r| (r.have, r.of) == (2, 2) && r.is_complete());
        until("received by both", || slowly(both));
        assert_eq!(asked(&b, id), Err(Said::Problem("not-allowed".into())));

        // A second program of the same directory waits for its turn and answers all the same.
        let second = office.client();
        assert!(asked(&second, id).is_ok_and(|r| r.is_complete()));
        drop(second);

        let (exit, out, err) = gongfu(&office, &["incident", "receipts", &code, "--json"]);
        assert_eq!((exit, err.as_str()), (0, ""), "{out}");
        let document: Json = serde_json::from_str(&out).expect("JSON");
        assert_eq!((&document["have"], &document["of"], &document["complete"]), (&2.into(), &2.into(), &true.into()));
        let form = schema::all().into_iter().find(|(n, _)| *n == "incident-receipts").expect("a schema").1;
        assert_eq!(schema::faults(&form, &document, "$"), Vec::<String>::new(), "{document}");

        // One goes away, and something else happens to the incident.
        drop(b);
        let add = Command::AddEvidence {
            incident: id,
            kind: gongfu::domain::codes::EvidenceKind::TestReport,
            title: "报告".into(),
            sha256: "0".repeat(64),
            bytes: 1,
        };
        office.ask(add).expect("added");
        a.asked();
        until("sent", || office.waits(&[gongfu::store::outbox::State::Waiting]) == 0);
        let behind = || asked(&a, id).ok().filter(|r| r.have == 1).and_then(|r| r.missing.into_iter().next());
        let row = || office.rows().get::<Incident>(id).meta.rev;
        if row() > 1 {
            until("the city is behind", || slowly(|| behind().is_some_and(|m| m.name == "第一台" && m.behind > 0)));
            let (exit, out, _) = gongfu(&office, &["--lang", "zh-CN", "incident", "receipts", &code]);
            assert!(exit == 0 && out.contains("1/2，未收到") && out.contains("第一台"), "{out}");
        }

        let (exit, _, err) = gongfu(&city, &["incident", "receipts", &code, "--json"]);
        let error: Json = serde_json::from_str(&err).expect("JSON");
        assert_eq!((exit, &error["error"]["code"]), (1, &"receipts-not-allowed".into()), "{err}");
        let (exit, _, err) = gongfu(&office, &["incident", "receipts", "NO-1", "--json"]);
        assert_eq!(exit, 3, "{err}");
        drop(a);
        drop(hub);
        let caller = Caller::of(&office.key).expect("a way");
        assert_eq!(receipts(&caller, Kind::Incident, id), Err(Said::Failure(Failure::Away)));
        let (exit, _, err) = gongfu(&office, &["incident", "receipts", &code, "--json"]);
        let error: Json = serde_json::from_str(&err).expect("JSON");
        assert_eq!((exit, &error["error"]["code"]), (4, &"away".into()), "{err}");
    }
}

#[test]
fn one_exchange_tells_the_receipt_of_what_it_fetched() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let (office, city) = (Console::enrolled(&hub, &bench, 0), Console::enrolled(&hub, &bench, 2));
    let (id, _) = report(&city);
    assert_eq!(city.once().failure, None);
    assert_eq!(office.once().failure, None);
    let caller = Caller::of(&office.key).expect("a way");
    let found = receipts(&caller, Kind::Incident, id).expect("an answer");
    assert_eq!(found.have, 2, "{found:?}");
}
