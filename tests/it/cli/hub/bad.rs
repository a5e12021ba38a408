//! Bad input of every kind is one sentence with a next step, shows no password and changes nothing.

use super::{Site, site};
use crate::support::{Data, run};

const SECRET: &str = "s3cr3t";

fn refused(data: &Data, args: &[&str], code: i32, expected: &str) {
    let all: Vec<&str> = ["hub"].into_iter().chain(args.iter().copied()).collect();
    let (exit, out, err) = run(data.gongfu(&all));
    assert_eq!((exit, out.as_str()), (code, ""), "{args:?} {err}");
    assert_eq!(err.lines().count(), 2, "a sentence and a next step: {err}");
    assert!(!err.contains(SECRET), "{err}");
    let (exit, why) = super::super::error(data, &all);
    assert_eq!((exit, why["code"].as_str()), (code, Some(expected)), "{args:?} {why}");
    assert!(!why.to_string().contains(SECRET), "{why}");
    let english: Vec<&str> = ["--lang", "en"].into_iter().chain(all).collect();
    let (_, _, err) = run(data.gongfu(&english));
    assert!(err.is_ascii() || err.contains('…') || args.iter().any(|a| !a.is_ascii()), "{err}");
}

#[test]
fn a_place_that_is_none_or_away_is_said_so() {
    let data = Data::new();
    let path = |name: &str| format!("sqlite:{}", data.path().join(name).display());
    std::fs::write(data.path().join("text"), "no database at all, whatever its name says. ".repeat(100)).unwrap();
    std::fs::write(data.path().join("empty"), "").unwrap();
    let other = rusqlite::Connection::open(data.path().join("foreign")).unwrap();
    other.execute_batch("CREATE TABLE hub(one); PRAGMA application_id=7").unwrap();
    drop(other);
    let away = format!("postgres://hub:{SECRET}@127.0.0.1:1/gongfu");
    let commands: [&[&str]; 4] = [&["devices"], &["verify"], &["enrol", "--org", "SX-SL"], &["revoke", "x"]];
    for command in commands {
        let check = |store: &str, code: i32, expected: &str| {
            let args: Vec<&str> = command.iter().copied().chain(["--store", store]).collect();
            refused(&data, &args, code, expected);
        };
        check(&path("nothing"), 3, "no-ledger");
        check(&path("gongfu.db"), 3, "no-ledger");
        check(&path("empty"), 3, "no-ledger");
        check(&path("foreign"), 3, "no-ledger");
        if command != ["verify"] {
            check(&path("text"), 3, "corrupt");
        }
        check(&away, 4, "away");
        for store in ["", "hub.db", "sqlite:", &format!("mysql://hub:{SECRET}@db/x")] {
            check(store, 2, "store");
        }
        check(&format!("postgres://hub:{SECRET}@db:{SECRET}/x"), 2, "store");
    }
    assert!(!data.path().join("nothing").exists(), "looking makes no file");
    refused(&data, &["init", "--store", &path("no/such/hub.db")], 3, "no-folder");
    refused(&data, &["init", "--store", &path("text")], 3, "taken");
    refused(&data, &["init", "--store", &away], 4, "away");
    let read: Vec<_> = std::fs::read_dir(data.path().join("logs")).into_iter().flatten().collect();
    for log in read {
        let text = std::fs::read_to_string(log.unwrap().path()).unwrap();
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn nothing_changes_under_read_only_or_a_clock_that_somebody_set() {
    let site: Site = site();
    let before = site.whole();
    let store = site.room.store();
    let to = format!("sqlite:{}", site.data.path().join("to.db").display());
    let commands: [&[&str]; 5] = [
        &["init", "--store", &to],
        &["enrol", "--org", "SX-SL", "--store", &store],
        &["revoke", "x", "--store", &store],
        &["restore", "x", "--store", &store],
        &["migrate", "--from", &store, "--to", &to],
    ];
    for command in commands {
        let args: Vec<&str> = ["--read-only"].iter().chain(command).copied().collect();
        refused(&site.data, &args, 1, "read-only");
        let mut real = site.data.gongfu(&["hub"]);
        real.args(command).env_remove("GONGFU_ALLOW_NOW");
        let (code, _, err) = run(real);
        assert!(code == 2 && err.contains("--now"), "{command:?} {err}");
    }
    assert_eq!(site.whole(), before);
    assert!(!site.data.path().join("to.db").exists());
    // Looking is no change.
    assert_eq!(site.json(&["--read-only", "devices"]).0, 0);
}

#[test]
fn a_store_in_the_environment_counts_where_none_is_named() {
    let site = site();
    let with = |args: &[&str]| {
        let mut command = site.data.gongfu(&["hub"]);
        command.args(args).env("GONGFU_HUB_STORE", site.room.store());
        run(command)
    };
    assert_eq!(with(&["devices"]).0, 0);
    let named = format!("sqlite:{}", site.data.path().join("none.db").display());
    assert_eq!(with(&["devices", "--store", &named]).0, 3);
    assert_eq!(run(site.data.gongfu(&["hub", "devices"])).0, 3, "the data directory has none");
}

#[test]
fn usage_is_said_in_the_persons_language() {
    let data = Data::new();
    for (args, expected) in [
        (vec!["hub"], "command-missing"),
        (vec!["hub", "bckup"], "unknown-command"),
        (vec!["hub", "enrol"], "argument-missing"),
        (vec!["hub", "backup"], "argument-missing"),
        (vec!["hub", "revoke", "a", "b"], "unknown-argument"),
        (vec!["hub", "migrate", "--from", "sqlite:x"], "argument-missing"),
        (vec!["hub", "enrol", "--org", "x", "--role", "king"], "bad-value"),
    ] {
        let (code, why) = super::super::error(&data, &args);
        assert_eq!((code, why["code"].as_str()), (2, Some(expected)), "{args:?} {why}");
    }
}
