//! Consoles as witnesses: a hub whose history is rewritten is contradicted by what they hold, and one that was restored is not.

use super::line::{Console, until};
use crate::hub::checkpoints::{checkpoints, rewrite, take};
use crate::hub::http::Hub;
use crate::hub::places::{Bench, benches};
use crate::support::storage::raw;
use crate::support::{bare, run};
use gongfu::hub::engine::Place;
use gongfu::hub::{checkpoint, ledger};
use gongfu::store::link::trouble;
use gongfu::store::{board, outbox, witness};
use gongfu::sync::key;
use gongfu::wire::checkpoint::Checkpoint;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

fn held(console: &Console) -> Vec<Checkpoint> {
    witness::held(&raw(&console.home.file())).expect("read")
}

fn contradictions(console: &Console) -> i64 {
    witness::contradictions(&raw(&console.home.file())).expect("read")
}

/// `gongfu … --json`: its exit code, what it prints and what it says on failure.
fn gongfu(dir: &Path, args: &[&str]) -> (i32, Json, Json) {
    let mut command = bare();
    command.args(["--data-dir", &dir.display().to_string(), "--json"]).args(args);
    let (code, out, err) = run(command);
    let read = |text: &str| serde_json::from_str(text).unwrap_or(Json::Null);
    (code, read(&out), read(&err))
}

fn store(bench: &Bench) -> String {
    match bench.place() {
        Place::Sqlite(path) => format!("sqlite:{}", path.display()),
        Place::Postgres(address) => address.clone(),
    }
}

/// The hub's audit in a file.
fn exported(bench: &Bench, console: &Console, name: &str) -> PathBuf {
    let path = console.home.path().join(name);
    let text = path.display().to_string();
    let (code, done, _) =
        gongfu(console.home.path(), &["hub", "audit", "export", "--out", &text, "--store", &store(bench)]);
    assert_eq!((code, &done["done"]), (0, &true.into()), "{done}");
    path
}

fn verify(console: &Console, file: &Path) -> (i32, Json) {
    let (code, found, _) = gongfu(console.home.path(), &["audit", "verify", "--export", &file.display().to_string()]);
    (code, found)
}

/// Lets the hub do something, and the console fetch it.
fn goes_on(bench: &Bench, console: &Console, ms: i64) {
    take(bench, 1, ms);
    let outcome = console.once();
    assert_eq!(outcome.failure, None);
    assert!(console.link().is_level(), "rows come");
}

#[test]
fn a_console_keeps_what_it_has_seen_and_an_honest_hub_agrees() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let office = Console::enrolled(&hub, &bench, 0);
        assert_eq!(office.key.public, bench.with(checkpoint::public).expect("a key"));
        assert_eq!(held(&office).len(), 1, "the first with the first load");
        for n in 1..4 {
            goes_on(&bench, &office, n * 60_000);
        }
        let all = bench.with(checkpoints);
        assert!(held(&office).iter().all(|c| all.contains(c)) && held(&office).len() == 4, "{:?}", held(&office));
        // A page without another says the same again.
        office.once();
        assert_eq!((held(&office).len(), contradictions(&office)), (4, 0));
        assert_eq!(office.link().trouble, "");
        let (code, found) = verify(&office, &exported(&bench, &office, "audit.ndjson"));
        assert_eq!((code, &found["seen"]["same"]), (0, &4.into()), "{found}");

        // A key file of before there were checkpoints: nothing can be checked, and nothing is.
        key::save(office.home.path(), &key::Key { public: String::new(), ..office.key.clone() }).expect("written");
        goes_on(&bench, &office, 600_000);
        assert_eq!((held(&office).len(), contradictions(&office)), (4, 0));
    }
}

#[test]
fn who_rewrites_the_history_of_a_hub_is_contradicted_by_its_consoles() {
    for bench in benches() {
        let hub = Hub::new(&bench);
        let office = Console::enrolled(&hub, &bench, 0);
        for n in 1..4 {
            goes_on(&bench, &office, n * 60_000);
        }
        let before = held(&office);
        let client = office.client();
        until("heard", || office.link().heard_at > 0);
        bench.with(|e| rewrite(e, 2));
        // The ledger itself is without a fault: whoever has it has the key.
        let (code, found, _) = gongfu(office.home.path(), &["hub", "verify", "--store", &store(&bench)]);
        assert_eq!((code, &found["whole"]), (0, &true.into()), "{found}");
        let file = exported(&bench, &office, "audit.ndjson");
        let (code, found) = verify(&office, &file);
        let no = before.iter().find(|c| c.no >= 2).expect("one").no;
        assert_eq!((code, &found["fault"], &found["no"]), (1, &"contradicted".into(), &no.into()), "{found}");
        // Without a witness nobody could tell.
        let stranger = tempfile::tempdir().expect("a folder");
        let (code, found, _) = gongfu(stranger.path(), &["audit", "verify", "--export", &file.display().to_string()]);
        assert_eq!((code, &found["seen"]), (0, &Json::Null), "{found}");

        // The hub says the last one again: that is told at once, and rows go on coming.
        take(&bench, 1, 180_001);
        until("told", || contradictions(&office) == 1);
        until("on the link", || office.link().trouble == trouble::HISTORY);
        until("level", || office.link().cursor == bench.with(|e| ledger::state(e)).expect("a ledger").seq);
        assert_eq!(held(&office), before, "what was seen stays");
        take(&bench, 1, 180_002);
        until("level", || office.link().cursor == bench.with(|e| ledger::state(e)).expect("a ledger").seq);
        assert_eq!((contradictions(&office), office.link().trouble.as_str()), (1, trouble::HISTORY));
        drop(client);
        // It is on the board, as one record of the audit here, which stays whole; and work goes out.
        let db = raw(&office.home.file());
        let urgent = board::read(&db, crate::hub::ledger::at(5)).expect("a board").urgent;
        let told = urgent.iter().find(|u| u.id == "history").expect("on the board");
        let sql = "SELECT count(*) FROM audit WHERE command = 'hub.contradicted' AND reason LIKE 'differs: 1/%'";
        assert_eq!((told.rank, told.count), (0, db.query_row(sql, [], |r| r.get::<_, i64>(0)).expect("counted")));
        assert_eq!(gongfu(office.home.path(), &["audit", "verify"]).1["whole"], true);
        let (code, list, _) = gongfu(office.home.path(), &["list", told.list, "--filter", &told.filter]);
        assert_eq!((code, &list["total"]), (0, &told.count.into()), "{list}");
        let (_, standing, _) = gongfu(office.home.path(), &["sync"]);
        assert_eq!(standing["trouble"], trouble::HISTORY);
        let mut words = bare();
        words.args(["--lang", "zh-CN", "--data-dir", &office.home.path().display().to_string(), "sync"]);
        let (code, out, _) = run(words);
        assert!(code == 0 && out.contains("与本机见过的不符") && out.contains("audit verify --export"), "{out}");
        assert_eq!(office.waits(&[outbox::State::Waiting]), 0);
    }
}

#[test]
fn a_checkpoint_that_is_forged_or_goes_back_is_kept_as_evidence() {
    let bench = benches().remove(0);
    let hub = Hub::new(&bench);
    let office = Console::enrolled(&hub, &bench, 0);
    for n in 1..4 {
        goes_on(&bench, &office, n * 60_000);
    }
    let all = held(&office);
    let now = crate::hub::ledger::at(9);
    let mut db = raw(&office.home.file());
    let mut hears = |c: &Checkpoint| {
        let found = witness::take(&mut db, &office.home.file(), &office.key.public, c, now).expect("taken");
        found.map(witness::Fault::code)
    };
    assert_eq!(hears(&all[0]), None, "one that is held says nothing new");
    let forged = Checkpoint { no: 900, ..all[3].clone() };
    assert_eq!((hears(&forged), hears(&forged)), (Some("forged"), None), "told once");
    assert_eq!(hears(&Checkpoint { no: 901, ..forged }), None, "one shows what there is to show");
    // Signed by the hub, but of fewer records than it has shown already.
    let secret = bench.with(|e| {
        let row = gongfu::hub::engine::first(e, "SELECT \"secret\" FROM \"hub_key\"", &[]).expect("a row");
        match &row.expect("a key")[0] {
            gongfu::domain::value::Value::Blob(b) => <[u8; 32]>::try_from(b.as_slice()).expect("a key"),
            other => panic!("{other:?}"),
        }
    });
    let sign = |epoch, no, hash| Checkpoint::sign(&secret, office.key.hub, (epoch, no, 5), &hash);
    // Each was taken alone, a minute apart: there is one of every record but the load's numbers go on from there.
    let all_numbers: Vec<i64> = all.iter().map(|c| c.no).collect();
    assert_eq!(all_numbers, [1, 2, 3, 4]);
    assert_eq!(hears(&sign(1, 1_000, [6; 32])), None, "going on is no contradiction");
    assert_eq!(hears(&sign(1, 999, [5; 32])), Some("behind"));
    assert_eq!(hears(&sign(1, 998, [5; 32])), None, "told once");
    assert_eq!(hears(&sign(1, 3, [5; 32])), Some("differs"));
    assert_eq!(hears(&sign(2, 3, [6; 32])), None, "a new epoch with fewer records");
    assert_eq!(hears(&sign(1, 1_001, [7; 32])), None, "an epoch that is over: told already");
    assert_eq!(contradictions(&office), 3);
    assert!(held(&office).iter().any(|c| c.epoch == 2) && held(&office).iter().all(|c| c.no != 900));
}

#[test]
fn a_hub_that_was_restored_begins_an_epoch_and_contradicts_nobody() {
    let mut bench = benches().remove(0);
    let mut hub = Hub::new(&bench);
    let office = Console::enrolled(&hub, &bench, 0);
    goes_on(&bench, &office, 60_000);
    let copy = office.home.path().join("copy.db").display().to_string();
    let (code, done, _) = gongfu(office.home.path(), &["hub", "backup", &copy, "--store", &store(&bench)]);
    assert_eq!(code, 0, "{done}");
    for n in 2..5 {
        goes_on(&bench, &office, n * 60_000);
    }
    let seen = held(&office).len() as u64;
    let address = hub.address;
    hub.end();
    // Nobody has the ledger open that is set aside.
    bench.pool = bench.again();
    let (code, done, why) = gongfu(office.home.path(), &["hub", "restore", &copy, "--store", &store(&bench)]);
    assert_eq!((code, &done["epoch"]), (0, &2.into()), "{done} {why}");
    let _hub = Hub::with(&bench, |o| o.listen = address);
    assert_eq!(office.once().failure, None);
    assert_eq!((office.link().epoch, office.link().trouble.as_str(), contradictions(&office)), (2, "", 0));
    let all = held(&office);
    assert!(all.last().is_some_and(|c| c.epoch == 2 && c.no < all[all.len() - 2].no), "{all:?}");
    let (code, found) = verify(&office, &exported(&bench, &office, "audit.ndjson"));
    assert_eq!((code, &found["seen"]["same"], &found["seen"]["lost"]), (0, &3.into(), &(seen - 2).into()), "{found}");
}
