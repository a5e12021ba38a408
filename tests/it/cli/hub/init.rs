//! A ledger is made of every row of the database, once, or not at all.

use super::sites;
use crate::cli::interrupted::interrupted;
use crate::hub::places::{number, rooms};
use crate::support::{Data, bare, run};
use gongfu::domain::rows::Kind;
use gongfu::domain::work::{Named, Rows};
use gongfu::hub::engine::{Engine, Place};
use gongfu::hub::rows::LedgerRows;
use gongfu::store::rows::SqlRows;
use gongfu::store::{Connection, dump};
use serde_json::Value as Json;
use std::path::Path;

/// Every row of the database is in the ledger, in its place; the number of them.
fn same(engine: &mut dyn Engine, db: &Connection) -> i64 {
    let mut all = 0;
    for kind in Kind::ALL {
        let mut rows = Vec::new();
        dump::rows::<rusqlite::Error>(db, *kind, &mut |row| {
            rows.push(row);
            Ok(())
        })
        .expect("rows");
        let ledger = LedgerRows::new(engine);
        let of = i64::try_from(rows.len()).expect("few");
        assert_eq!(ledger.count(*kind, None), Ok(of), "{kind:?}");
        // All of a small table, some of a large one.
        for row in rows.iter().step_by(rows.len().div_ceil(200).max(1)) {
            assert_eq!(ledger.fetch(*kind, row.uuid()).expect("a read").as_ref(), Some(row), "{kind:?}");
        }
        for set in Named::ALL {
            assert_eq!(ledger.reference(*set), SqlRows::new(db).reference(*set));
        }
        let feed = number(engine, &format!("SELECT count(*) FROM \"feed\" WHERE \"kind\" = '{}'", kind.table()));
        assert_eq!(feed, of, "{kind:?}");
        all += of;
    }
    all
}

#[test]
fn every_row_is_there_once_and_a_second_init_touches_nothing() {
    for site in sites() {
        let db = Connection::open(site.data.db()).expect("the database");
        let rows = site.with(|e| same(e, &db));
        let whole = site.whole();
        assert_eq!((&whole["rows"], &whole["records"]), (&rows.into(), &1.into()));
        let named = site.with(|e| number(e, "SELECT count(*) FROM \"named\""));
        assert!(named > 10, "{named}");
        assert_eq!(site.texts("SELECT \"person\" FROM \"audit\""), ["王敏"]);
        let (code, why) = site.error(&["init"]);
        assert_eq!((code, why["code"].as_str()), (3, Some("taken")));
        assert_eq!(site.whole(), whole, "not even the audit has moved");
    }
}

#[test]
fn without_a_database_there_is_nothing_to_make_a_ledger_of() {
    let data = Data::new();
    std::fs::remove_file(data.db()).unwrap();
    let (code, why) = super::super::error(&data, &["hub", "init"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("no-database")));
    assert!(why["hint"].as_str().is_some_and(|h| h.contains("gongfu init")), "{why}");
    let names: Vec<_> = std::fs::read_dir(data.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!names.iter().any(|n| n.to_string_lossy().contains("hub")), "{names:?}");
}

#[test]
fn a_place_that_cannot_be_filled_is_left_as_it_was() {
    for room in rooms() {
        let data = Data::new();
        // A row no ledger can take: the load breaks off near its end.
        let db = Connection::open(data.db()).expect("the database");
        db.execute_batch("UPDATE product SET name = CAST(x'ff' AS TEXT) WHERE seq = 3").expect("altered");
        let (code, why) = super::super::error(&data, &["hub", "init", "--store", &room.store()]);
        assert_eq!((code, why["code"].as_str()), (3, Some("corrupt")), "{why}");
        match &room.place {
            Place::Sqlite(path) => {
                let folder = path.parent().expect("a folder");
                assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 0, "nothing is left");
            }
            Place::Postgres(_) => {
                let pool = room.pool();
                let mut engine = pool.get().expect("an engine");
                let sql = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
                assert_eq!(number(engine.as_mut(), sql), 0);
            }
        }
        db.execute_batch("UPDATE product SET name = 'x' WHERE seq = 3").expect("mended");
        assert_eq!(super::super::json(&data, &["hub", "init", "--store", &room.store()]).0, 0);
    }
}

fn hub(dir: &Path, args: &[&str]) -> (i32, Json) {
    let mut command = bare();
    command.args(["--data-dir", &dir.display().to_string(), "--json"]).args(args);
    let (code, out, err) = run(command);
    (code, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out} {err}")))
}

#[test]
fn a_new_profile_and_a_demo_become_ledgers_and_one_that_is_stopped_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (new, demo) = (dir.path().join("new"), dir.path().join("demo"));
    let mut command = bare();
    command.args(["--data-dir", &new.display().to_string(), "init", "--org", "陕西省总工会"]);
    assert_eq!(run(command).0, 0);
    let mut command = bare();
    command.args(["demo", "--no-tui", "--keep", &demo.display().to_string()]);
    assert_eq!(run(command).0, 0);

    let text = demo.display().to_string();
    let names = || std::fs::read_dir(&demo).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    let begun = || names().any(|n| n.starts_with(".gongfu-hub-"));
    let (code, err) = interrupted(&["--data-dir", &text, "hub", "init"], dir.path(), begun);
    assert_eq!(code, Some(130), "{err}");
    assert!(err.contains("已停止"), "{err}");
    assert!(!names().any(|n| n.contains("hub")), "{:?}", names().collect::<Vec<_>>());

    for at in [&new, &demo] {
        let (code, made) = hub(at, &["hub", "init"]);
        assert_eq!(code, 0, "{made}");
        let place = Place::Sqlite(at.join("hub.db"));
        let pool = rooms().remove(0).pool_to(&place);
        let db = Connection::open(at.join("gongfu.db")).expect("the database");
        let rows = same(pool.get().expect("an engine").as_mut(), &db);
        assert_eq!(made["rows"], rows);
        let (code, whole) = hub(at, &["hub", "verify"]);
        assert_eq!((code, &whole["whole"], &whole["rows"]), (0, &true.into(), &rows.into()));
    }
}
