//! Backups are whole while others write, never overwrite, and come back as a ledger of a new epoch.

use super::devices::join;
use super::{Site, site, sites};
use crate::hub::places::{number, rooms};
use crate::support::Data;
use gongfu::domain::codes::Role;
use gongfu::hub::device;
use gongfu::hub::lock::Lock;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use uuid::Uuid;

fn backup(site: &Site, name: &str, more: &[&str]) -> (PathBuf, Json) {
    let path = site.data.path().join(name);
    let text = path.display().to_string();
    let args: Vec<&str> = ["backup", &text].into_iter().chain(more.iter().copied()).collect();
    let (code, done) = site.json(&args);
    assert_eq!((code, &done["done"]), (0, &true.into()), "{done}");
    (path, done)
}

fn verify(site: &Site, file: &Path) -> Json {
    let store = format!("sqlite:{}", file.display());
    let (code, verdict) = super::super::json(&site.data, &["hub", "verify", "--store", &store]);
    assert_eq!((code, &verdict["whole"]), (0, &true.into()), "{verdict}");
    verdict
}

#[test]
fn a_backup_is_whole_while_another_writes_and_overwrites_nothing() {
    let site = site();
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let pool = site.room.pool();
        let (stop, written) = (&stop, &written);
        scope.spawn(move || {
            let mut engine = pool.get().expect("an engine");
            while !stop.load(Ordering::Relaxed) {
                device::make_code(engine.as_mut(), Uuid::from_u128(1), Role::Office, 0).expect("written");
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        while written.load(Ordering::Relaxed) < 10 {
            std::thread::yield_now();
        }
        for n in 0..3 {
            let before = written.load(Ordering::Relaxed);
            let (file, done) = backup(&site, &format!("copy{n}"), &[]);
            let whole = verify(&site, &file);
            assert_eq!((&whole["head"], &whole["rows"]), (&done["head"], &done["rows"]));
            let pool = site.room.pool_to(&gongfu::hub::engine::Place::Sqlite(file));
            let codes = number(pool.get().expect("an engine").as_mut(), "SELECT count(*) FROM \"code\"");
            assert!(codes >= i64::try_from(before).unwrap(), "{codes} of {before} that were there before it began");
        }
        stop.store(true, Ordering::Relaxed);
    });
    let there = std::fs::read(site.data.path().join("copy0")).unwrap();
    let text = site.data.path().join("copy0").display().to_string();
    let (code, why) = site.error(&["backup", &text]);
    assert_eq!((code, why["code"].as_str()), (3, Some("exists")));
    assert_eq!(std::fs::read(site.data.path().join("copy0")).unwrap(), there);
    let names = std::fs::read_dir(site.data.path()).unwrap().map(|e| e.unwrap().file_name());
    assert!(!names.into_iter().any(|n| n.to_string_lossy().starts_with(".gongfu")));
}

#[test]
fn only_the_operators_word_makes_a_backup_count_as_safe() {
    let site = site();
    let head = site.state().seq;
    backup(&site, "here", &[]);
    assert_eq!(site.state().safe, 0);
    let (code, why) = site.error(&["backup", "/no/such/folder/file", "--safe"]);
    assert_eq!((code, why["code"].as_str(), site.state().safe), (3, Some("no-folder"), 0));
    let (_, done) = backup(&site, "away", &["--safe"]);
    assert_eq!((&done["safe"], site.state().safe), (&true.into(), head));
    site.whole();
}

#[test]
fn a_backup_of_a_ledger_that_is_altered_is_none() {
    let site = site();
    site.with(|e| e.execute("UPDATE \"feed\" SET \"body\" = 'x' WHERE \"kind\" = 'product'", &[])).expect("altered");
    let text = site.data.path().join("copy").display().to_string();
    let (code, why) = site.error(&["backup", &text, "--safe"]);
    assert_eq!((code, why["code"].as_str()), (1, Some("not-whole")), "{why}");
    assert!(why["message"].as_str().is_some_and(|m| m.contains("商品")), "{why}");
    assert!(!site.data.path().join("copy").exists() && site.state().safe == 0);
}

#[test]
fn a_ledger_on_a_server_is_left_to_the_servers_tools() {
    for site in sites().iter().filter(|s| !s.is_file()) {
        let text = site.data.path().join("copy").display().to_string();
        for args in [["backup", &text], ["restore", &text]] {
            let (code, why) = site.error(&args);
            assert_eq!((code, why["code"].as_str()), (1, Some("on-server")));
            assert!(why["hint"].as_str().is_some_and(|h| h.contains("pg_dump")), "{why}");
        }
        site.whole();
    }
}

#[test]
fn a_restore_begins_an_epoch_and_brings_back_no_access_that_has_ended() {
    let site = site();
    let kept = join(&site, "SX-SL", "山阳", 0xB1);
    let gone = join(&site, "SX-AK", "平利", 0xB2);
    site.with(|e| device::receipt(e, kept.device.id, 1, 5)).expect("a receipt");
    site.json(&["enrol", "--org", "SX-SL"]);
    let (file, _) = backup(&site, "copy", &[]);
    site.json(&["revoke", "平利"]);
    let before = site.state();

    let (code, done) = site.json(&["restore", &file.display().to_string()]);
    assert_eq!((code, &done["epoch"], &done["revoked"]), (0, &2.into(), &1.into()), "{done}");
    assert_eq!((&done["head"], &done["head_before"]), (&before.seq.into(), &before.seq.into()));
    let after = site.state();
    assert_eq!((after.hub_id, after.epoch, after.seq), (before.hub_id, 2, before.seq));
    let told = site.texts("SELECT \"reason\" FROM \"audit\" WHERE \"command\" = 'hub.restore'");
    assert!(told.len() == 1 && told[0].contains("epoch 2") && told[0].contains("epoch 1"), "{told:?}");
    let aside = PathBuf::from(done["set_aside"].as_str().expect("a name"));
    assert_eq!(verify(&site, &aside)["records"], before.audit.no);
    let (_, list) = site.json(&["devices"]);
    assert_eq!((&list["devices"][0]["cursor"], &list["devices"][0]["revoked_at"]), (&0.into(), &Json::Null));
    assert!(!list["devices"][1]["revoked_at"].is_null(), "{list}");
    assert_eq!(site.with(|e| device::of_token(e, &gone.token)), Ok(device::Known::Revoked));
    assert!(matches!(site.with(|e| device::of_token(e, &kept.token)), Ok(device::Known::Device(_))));
    assert_eq!(site.with(|e| number(e, "SELECT count(*) FROM \"code\"")), 0, "no code of before can be used");
    site.whole();

    // The same backup again: an epoch beyond that of the ledger it replaces.
    assert_eq!(site.json(&["restore", &file.display().to_string()]).1["epoch"], 3);
    // Nobody knows how often a ledger that is gone was restored.
    std::fs::remove_file(site.file()).unwrap();
    let (_, done) = site.json(&["restore", &file.display().to_string()]);
    assert!(done["epoch"].as_i64().is_some_and(|e| e > 1_000_000) && done["head_before"].is_null(), "{done}");
    std::fs::write(site.file(), "this is no database at all, whatever its name says".repeat(100)).unwrap();
    let (code, done) = site.json(&["restore", &file.display().to_string()]);
    assert!(code == 0 && done["set_aside"].as_str().is_some_and(|p| Path::new(p).exists()), "{done}");
    site.whole();
}

#[test]
fn a_restore_that_is_refused_changes_nothing() {
    let site = site();
    let (file, _) = backup(&site, "copy", &[]);
    let text = file.display().to_string();
    let names = || {
        let read = std::fs::read_dir(site.file().parent().unwrap()).unwrap();
        let mut names: Vec<_> = read.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let refused = |args: &[&str], expected: (i32, &str)| {
        let before = site.whole();
        let (code, why) = site.error(args);
        assert_eq!((code, why["code"].as_str()), (expected.0, Some(expected.1)), "{args:?} {why}");
        assert_eq!(site.whole(), before, "{args:?}");
        assert!(names().iter().all(|n| ["hub.db", "hub.db-shm", "hub.db-wal", "hub.db.lock"].contains(&n.as_str())));
    };
    let served = Lock::hold(&site.room.place).expect("the lock");
    refused(&["restore", &text], (1, "served"));
    drop(served);
    refused(&["--read-only", "restore", &text], (1, "read-only"));
    refused(&["restore", &site.data.path().join("nothing").display().to_string()], (3, "no-backup"));
    refused(&["restore", &site.data.db().display().to_string()], (3, "no-backup"));
    let odd = site.data.path().join("odd");
    std::fs::write(&odd, "this is no database at all, whatever its name says".repeat(100)).unwrap();
    refused(&["restore", &odd.display().to_string()], (1, "not-whole"));
    let mut bytes = std::fs::read(&file).unwrap();
    let place = memchr::memmem::find(&bytes, "柞水香菇".as_bytes()).unwrap();
    bytes[place + 2] ^= 1;
    std::fs::write(&odd, bytes).unwrap();
    refused(&["restore", &odd.display().to_string()], (1, "not-whole"));
    let other = Site { data: Data::new(), room: rooms().remove(0) };
    other.json(&["init"]);
    let (foreign, _) = backup(&other, "copy", &[]);
    refused(&["restore", &foreign.display().to_string()], (1, "other-hub"));
    // Somebody has the ledger open and reads: it is not taken away under them.
    let reader = rusqlite::Connection::open(site.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM feed;").unwrap();
    refused(&["restore", &text], (3, "locked"));
}

#[test]
fn a_backup_of_an_earlier_version_comes_back_as_one_of_today() {
    let site = site();
    let (file, _) = backup(&site, "old", &[]);
    let old = "ALTER TABLE \"device\" DROP COLUMN \"signer\"; ALTER TABLE \"result\" DROP COLUMN \"signed\"; \
               UPDATE \"hub\" SET \"version\" = 1;";
    {
        let pool = site.room.pool_to(&gongfu::hub::engine::Place::Sqlite(file.clone()));
        pool.get().expect("an engine").script(old).expect("an old ledger");
    }
    // Looking at it says what it is; nothing is changed by that.
    let store = format!("sqlite:{}", file.display());
    let (code, why) = super::super::error(&site.data, &["hub", "verify", "--store", &store]);
    assert_eq!((code, why["code"].as_str()), (3, Some("older")), "{why}");
    let (code, done) = site.json(&["restore", &file.display().to_string()]);
    assert_eq!((code, &done["epoch"]), (0, &2.into()), "{done}");
    assert_eq!(site.json(&["verify"]).0, 0);
    let pool = site.room.pool_to(&gongfu::hub::engine::Place::Sqlite(file));
    assert_eq!(
        number(pool.get().expect("an engine").as_mut(), "SELECT \"version\" FROM \"hub\""),
        1,
        "the backup stays"
    );
}
