//! Checkpoints: made when they are due, signed by the one key, on the chain; and a check that finds those that are not.

use super::http::{Hub, bearer, code, console};
use super::ledger::{at, order};
use super::places::{Bench, benches, number};
use crate::support::province::counter;
use gongfu::domain::command::Command;
use gongfu::domain::value::Value;
use gongfu::hub::checkpoint;
use gongfu::hub::engine::{self, Engine};
use gongfu::hub::ledger::{self, By, Deed};
use gongfu::wire::checkpoint::{Checkpoint, public_of};
use gongfu::wire::order::Outcome;
use gongfu::wire::protocol::{ENROL, Enrol, Enrolled, PULL, PageEnd, RECEIPT, Told};
use gongfu::wire::record::{digest, unhex};
use gongfu::wire::row::SCHEMA;
use jiff::SignedDuration;
use uuid::Uuid;

/// As many orders as asked for, all of them accepted, taken together so many milliseconds after the beginning.
pub fn take(bench: &Bench, n: u64, ms: i64) {
    let new = |n| {
        let mut new = counter(0, "610926");
        // No two of one name.
        let id = Uuid::now_v7();
        new.name = format!("专柜 {id}");
        (bench.devices[0].clone(), order(id, n, "李静", Command::AddCounter(new)))
    };
    let now = at(0).checked_add(SignedDuration::from_millis(ms)).expect("an instant");
    let all: Vec<_> = (0..n).map(new).collect();
    let answers = bench.with(|e| ledger::take(e, now, &all)).expect("taken");
    assert!(answers.iter().all(|a| matches!(a.outcome, Outcome::Accepted { .. })), "{answers:?}");
}

/// Every checkpoint of a ledger, the oldest first.
pub fn checkpoints(engine: &mut dyn Engine) -> Vec<Checkpoint> {
    let sql = "SELECT \"epoch\", \"no\", \"hash\", \"at\", \"signature\" FROM \"checkpoint\" ORDER BY 1, 2";
    let hex = |v: &Value| match v {
        Value::Blob(b) => gongfu::wire::record::hex(b),
        other => panic!("{other:?}"),
    };
    let of = |r: &Vec<Value>| {
        let int = |i: usize| r[i].as_int().expect("a number");
        Checkpoint { epoch: int(0), no: int(1), hash: hex(&r[2]), at: int(3), signature: hex(&r[4]) }
    };
    engine::all(engine, sql, &[]).expect("rows").iter().map(of).collect()
}

fn numbers(bench: &Bench) -> Vec<i64> {
    bench.with(checkpoints).iter().map(|c| c.no).collect()
}

/// Rewrites the reason of a record as somebody could who has the ledger and its key: the chain is made anew from there on, and
/// every checkpoint is signed again.
pub fn rewrite(engine: &mut dyn Engine, altered: i64) {
    let sql = "SELECT \"no\", \"at\", \"person\", \"org_id\", \"org_name\", \"role\", \"origin\", \"command\", \"kind\", \
               \"target\", \"target_code\", \"reason\", \"outcome\", \"detail\" FROM \"audit\" ORDER BY \"no\"";
    let mut hashes = vec![[0_u8; 32]];
    for mut row in engine::all(engine, sql, &[]).expect("records") {
        let no = row[0].as_int().expect("a number");
        if no == altered {
            row[11] = Value::Text("从未发生".into());
        }
        let text = |i: usize| row[i].as_text().expect("text");
        let blob = |i: usize| if let Value::Blob(b) = &row[i] { b.as_slice() } else { panic!("no bytes") };
        let texts = [text(2), text(4), text(5), text(6), text(7), text(8), text(10), text(11), text(12), text(13)];
        let hash = digest(hashes.last().expect("one"), no, row[1].as_int().expect("a time"), blob(3), blob(9), &texts);
        let set = "UPDATE \"audit\" SET \"reason\" = ?1, \"hash\" = ?2 WHERE \"no\" = ?3";
        engine.execute(set, &[row[11].clone(), Value::Blob(hash.to_vec()), Value::Int(no)]).expect("rewritten");
        hashes.push(hash);
    }
    let last = Value::Blob(hashes.last().expect("one").to_vec());
    engine.execute("UPDATE \"hub\" SET \"audit_hash\" = ?1 WHERE \"one\" = 1", &[last]).expect("the end");
    let state = ledger::state(engine).expect("a ledger");
    let secret = engine::first(engine, "SELECT \"secret\" FROM \"hub_key\"", &[]).expect("a row").expect("a key");
    let Value::Blob(secret) = &secret[0] else { panic!("no bytes") };
    let secret: [u8; 32] = secret.as_slice().try_into().expect("a key");
    for c in checkpoints(engine) {
        let hash = &hashes[usize::try_from(c.no).expect("a record")];
        let anew = Checkpoint::sign(&secret, state.hub_id, (c.epoch, c.no, c.at), hash);
        let set = "UPDATE \"checkpoint\" SET \"hash\" = ?1, \"signature\" = ?2 WHERE \"epoch\" = ?3 AND \"no\" = ?4";
        let signature = Value::Blob(unhex(&anew.signature).expect("bytes"));
        let args = [Value::Blob(hash.to_vec()), signature, Value::Int(c.epoch), Value::Int(c.no)];
        engine.execute(set, &args).expect("signed");
    }
}

#[test]
fn one_is_made_after_a_hundred_records_or_a_minute_and_with_every_deed() {
    for bench in benches() {
        assert_eq!(numbers(&bench), [1], "of the load");
        // The load is of 1970: whatever comes first is more than a minute later.
        take(&bench, 1, 0);
        take(&bench, 30, 10);
        take(&bench, 69, 59_999);
        assert_eq!(numbers(&bench), [1, 2]);
        take(&bench, 1, 59_999);
        assert_eq!(numbers(&bench), [1, 2, 102], "a hundred records");
        take(&bench, 1, 119_998);
        assert_eq!(numbers(&bench), [1, 2, 102]);
        take(&bench, 1, 119_999);
        assert_eq!(numbers(&bench), [1, 2, 102, 104], "a minute");
        take(&bench, 0, 300_000);
        assert_eq!(numbers(&bench), [1, 2, 102, 104], "no record, nothing to sign");
        let by = By { person: "王敏".into(), origin: String::new(), at: 0 };
        let deed = |_: &mut dyn Engine, _: &mut ledger::State, _| {
            let (target, code) = (Uuid::nil(), String::new());
            Ok(Some(Deed { command: "hub.enrol", target, target_code: code, reason: String::new(), gives: () }))
        };
        bench.with(|e| ledger::noted(e, &by, deed)).expect("noted");
        assert_eq!(numbers(&bench), [1, 2, 102, 104, 105]);
        take(&bench, 2, 300_000);
        bench.with(checkpoint::seal).expect("sealed");
        bench.with(checkpoint::seal).expect("sealed");
        assert_eq!(numbers(&bench), [1, 2, 102, 104, 105, 107]);

        let state = bench.with(|e| ledger::state(e)).expect("a ledger");
        let public = bench.with(checkpoint::public).expect("a key");
        for c in bench.with(checkpoints) {
            assert!(c.is_signed(state.hub_id, &public), "{c:?}");
            let sql = format!("SELECT \"at\" FROM \"audit\" WHERE \"no\" = {}", c.no);
            assert!(c.no == 1 || c.at >= bench.with(|e| number(e, &sql)), "{c:?}");
        }
        let last = bench.with(checkpoint::latest).expect("read").expect("one");
        assert_eq!((last.epoch, last.no, last.hash().expect("bytes")), (1, 107, state.audit.hash.to_vec()));
    }
}

#[test]
fn two_ledgers_have_two_keys() {
    let [a, b] = [(); 2].map(|()| benches().remove(0).with(checkpoint::public).expect("a key"));
    assert_ne!(a, b);
    assert!(a.len() == 64 && a != public_of(&[0; 32]));
}

#[test]
fn a_console_gets_the_key_when_it_enrols_and_the_last_checkpoint_with_every_page() {
    for bench in benches() {
        take(&bench, 1, 0);
        take(&bench, 5, 1);
        let mut hub = Hub::new(&bench);
        // What had none when the hub began has one soon.
        super::http::soon("a checkpoint", || numbers(&bench).last() == Some(&7));
        let known = &bench.devices[0];
        let enrol = Enrol {
            code: code(&bench, known.org, known.role),
            name: "台".into(),
            schema: SCHEMA,
            signer: String::new(),
        };
        let reply = hub.ask("POST", ENROL, &[], serde_json::to_string(&enrol).expect("JSON").as_bytes());
        let enrolled: Enrolled = serde_json::from_slice(&reply.body).expect("enrolled");
        assert_eq!(enrolled.public, bench.with(checkpoint::public).expect("a key"));
        let page = hub.get(PULL, &enrolled.token).text();
        let end: PageEnd = serde_json::from_str(page.lines().last().expect("a line")).expect("an end");
        let given = end.checkpoint.expect("a checkpoint");
        assert!(given.is_signed(enrolled.hub, &enrolled.public) && given.no == 7, "{given:?}");
        let token = console(&bench, 1).1;
        let reply = hub.ask("POST", &format!("{RECEIPT}?cursor=0&epoch=1&scope=1"), &[&bearer(&token)], b"");
        let told: Told = serde_json::from_slice(&reply.body).expect("told");
        assert_eq!(told.checkpoint, Some(given));
        // What has none when the hub ends gets one.
        let new = |n| {
            let mut new = counter(0, "610926");
            new.name = format!("新专柜 {n}");
            order(Uuid::now_v7(), n, "李静", Command::AddCounter(new))
        };
        hub.push(&token, &[new(1)]);
        hub.push(&token, &[new(2)]);
        hub.end();
        let last = bench.with(|e| ledger::state(e)).expect("a ledger").audit.no;
        assert_eq!(numbers(&bench).last(), Some(&last));
    }
}
