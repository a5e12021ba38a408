//! Orders that their console has signed, and those it has not; a ledger of before there were signatures.

use super::story::new_counter;
use super::{Hub, bearer, code};
use crate::hub::places::{Bench, benches, number};
use gongfu::domain::value::Value;
use gongfu::hub::engine;
use gongfu::hub::schema::VERSION;
use gongfu::hub::whole::{self, Verdict, Watch};
use gongfu::sqlite::Stop;
use gongfu::wire::order::{Answer, Outcome};
use gongfu::wire::protocol::{ENROL, Enrol, Enrolled, PUSH};
use gongfu::wire::row::SCHEMA;
use gongfu::wire::signed::{Signer, secret};
use tokio::runtime::Runtime;

/// Enrols a console that signs.
fn enrolled(bench: &Bench, hub: &Hub) -> (Enrolled, Signer) {
    let known = &bench.devices[0];
    let secret = secret().expect("random bytes");
    let public = Signer::new(&secret, uuid::Uuid::nil(), uuid::Uuid::nil()).expect("a signer").public();
    let asked = Enrol { code: code(bench, known.org, known.role), name: "台".into(), schema: SCHEMA, signer: public };
    let reply = hub.ask("POST", ENROL, &[], serde_json::to_string(&asked).expect("JSON").as_bytes());
    assert_eq!(reply.status, 200, "{}", reply.text());
    let enrolled: Enrolled = serde_json::from_slice(&reply.body).expect("an answer");
    let signer = Signer::new(&secret, enrolled.hub, enrolled.device).expect("a signer");
    (enrolled, signer)
}

fn push(hub: &Hub, token: &str, lines: &[&str]) -> Vec<Outcome> {
    let reply = hub.ask("POST", PUSH, &[&bearer(token)], lines.join("\n").as_bytes());
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text().lines().map(|l| serde_json::from_str::<Answer>(l).expect("an answer").outcome).collect()
}

fn is_forged(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Denied { code, .. } if code == "order-forged")
}

fn verified(bench: &Bench) -> Verdict {
    let runtime = Runtime::new().expect("a runtime");
    let mut watch = Watch { stop: Stop::default(), tell: &mut |_, _| {} };
    whole::verify(bench.place(), runtime.handle(), &mut watch).expect("looked at")
}

#[test]
fn only_what_a_console_has_signed_is_done_in_its_name() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let ((known, signer), (_, other)) = (enrolled(&bench, &hub), enrolled(&bench, &hub));
        let line = new_counter(1).to_line().expect("a line");
        let signed = signer.sign(&line);
        // Whoever has the token, without the key; another console's key; a word changed on the way; for another hub.
        let altered = signed.replacen("专柜 1", "专柜 2", 1);
        assert_ne!(altered, signed);
        let elsewhere = Signer::new(&secret().expect("bytes"), uuid::Uuid::nil(), known.device).expect("a signer");
        for forged in [&line, &other.sign(&line), &altered, &elsewhere.sign(&line)] {
            let told = push(&hub, &known.token, &[forged]);
            assert!(is_forged(&told[0]), "{told:?}");
        }
        let audited = "SELECT count(*) FROM \"audit\" WHERE \"outcome\" = 'order-forged'";
        assert_eq!(bench.with(|e| number(e, audited)), 4);
        assert_eq!(bench.with(|e| number(e, "SELECT count(*) FROM \"result\" WHERE \"n\" = 1")), 0);
        // The console itself is not kept from its order by those who tried.
        let next = signer.sign(&new_counter(2).to_line().expect("a line"));
        let told = push(&hub, &known.token, &[&signed, &next]);
        assert!(told.iter().all(|o| matches!(o, Outcome::Accepted { .. })), "{told:?}");
        // Sent again, and by somebody who only has its text: the answer it has, and nothing new.
        assert_eq!(push(&hub, &known.token, &[&signed])[0], told[0]);
        let kept =
            bench.with(|e| engine::all(e, "SELECT \"signed\" FROM \"result\" WHERE \"signed\" IS NOT NULL", &[]));
        let kept: Vec<String> = kept.expect("read").iter().map(|r| r[0].as_text().expect("text").to_owned()).collect();
        assert!(kept.contains(&signed) && kept.contains(&next) && kept.len() == 2, "{kept:?}");
        assert!(matches!(verified(&bench), Verdict::Whole(_)));
        // What was asked is not altered afterwards without a trace.
        let alter = "UPDATE \"result\" SET \"signed\" = replace(\"signed\", '专柜 1', '专柜 9')";
        bench.with(|e| e.execute(alter, &[])).expect("altered");
        assert!(matches!(verified(&bench), Verdict::Broken(f) if f.code == "signature"));
    }
}

#[test]
fn a_ledger_of_before_there_were_signatures_becomes_one_of_today() {
    for bench in benches() {
        let before = bench.devices[0].clone();
        let old = "ALTER TABLE \"device\" DROP COLUMN \"signer\"; ALTER TABLE \"result\" DROP COLUMN \"signed\"; \
                   UPDATE \"hub\" SET \"version\" = 1;";
        bench.with(|e| e.script(old)).expect("an old ledger");
        let hub = Hub::new(&bench);
        assert_eq!(bench.with(|e| number(e, "SELECT \"version\" FROM \"hub\"")), VERSION);
        // A console of that time signs nothing and goes on.
        let token = "f00d".repeat(16);
        let hash = {
            use sha2::Digest;
            Value::Blob(sha2::Sha256::digest(token.as_bytes()).to_vec())
        };
        let id = Value::Blob(before.id.as_bytes().to_vec());
        bench
            .with(|e| e.execute("UPDATE \"device\" SET \"token\" = ?1 WHERE \"id\" = ?2", &[hash, id]))
            .expect("known");
        let line = new_counter(1).to_line().expect("a line");
        assert!(matches!(push(&hub, &token, &[&line])[0], Outcome::Accepted { .. }));
        let (known, signer) = enrolled(&bench, &hub);
        let line = new_counter(2).to_line().expect("a line");
        assert!(is_forged(&push(&hub, &known.token, &[&line])[0]));
        assert!(matches!(push(&hub, &known.token, &[&signer.sign(&line)])[0], Outcome::Accepted { .. }));
        assert!(matches!(verified(&bench), Verdict::Whole(_)));
    }
}
