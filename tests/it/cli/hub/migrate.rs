//! A ledger moves to another place and back, and is the same.

use super::devices::join;
use super::{site, sites};
use gongfu::domain::value::Value;
use gongfu::hub::engine::{self, Place};
use gongfu::hub::ledger;
use gongfu::hub::schema::{MOVED, VERSION};
use serde_json::Value as Json;

#[test]
fn a_ledger_that_has_moved_there_and_back_is_the_same() {
    for room in crate::hub::places::rooms() {
        let site = site();
        join(&site, "SX-SL", "山阳", 0xC1);
        site.with(|e| e.execute("INSERT INTO \"named\" VALUES ('venue', 999, '')", &[])).expect("an empty text");
        let home = site.room.store();
        // Into a place that is empty, and from there into a file beside the first.
        let away = match &room.place {
            Place::Sqlite(path) => format!("sqlite:{}", path.with_file_name("away.db").display()),
            Place::Postgres(_) => room.store(),
        };
        let back = format!("sqlite:{}", site.data.path().join("back.db").display());
        let run = |from: &str, to: &str| -> Json {
            let (code, done) = super::super::json(&site.data, &["hub", "migrate", "--from", from, "--to", to]);
            assert_eq!((code, &done["done"]), (0, &true.into()), "{done}");
            done["tables"].clone()
        };
        let before = super::super::json(&site.data, &["hub", "verify", "--store", &home]);
        assert_eq!(before.0, 0);
        let (there, again) = (run(&home, &away), run(&away, &back));
        assert_eq!(there, again);
        let rows = |table: &str| {
            let found = there.as_array().and_then(|t| t.iter().find(|t| t["table"] == table).cloned());
            found.expect("a table")["rows"].clone()
        };
        assert_eq!((rows("hub"), rows("device"), rows("audit")), (1.into(), 1.into(), 2.into()));
        let verify = |store: &str| super::super::json(&site.data, &["hub", "verify", "--store", store]);
        assert_eq!(verify(&back), before);
        // A place that was moved from is used no more, whatever is asked of it.
        for args in [vec!["hub", "verify"], vec!["hub", "devices"], vec!["hub", "serve", "--listen", "127.0.0.1:0"]] {
            for gone in [&home, &away] {
                let args: Vec<&str> = args.iter().copied().chain(["--store", gone]).collect();
                let (code, why) = super::super::error(&site.data, &args);
                assert_eq!((code, why["code"].as_str()), (4, Some("moved")), "{args:?} {why}");
            }
        }
        // Not a sum alone: each row of each table, as it stands.
        let pool = room.pool_to(&Place::parse(&back).expect("a place"));
        for shape in gongfu::hub::schema::shapes() {
            let sql = format!("SELECT * FROM \"{}\" ORDER BY 1, 2", shape.table);
            let mut here = site.with(|e| engine::all(e, &sql, &[])).expect("rows");
            if shape.table == "hub" {
                // What has become of it is all that is other.
                assert_eq!(std::mem::replace(&mut here[0][1], Value::Int(VERSION)), Value::Int(MOVED));
            }
            let there = engine::all(pool.get().expect("an engine").as_mut(), &sql, &[]).expect("rows");
            assert_eq!(here, there, "{}", shape.table);
        }
    }
}

#[test]
fn a_move_that_is_refused_changes_nothing() {
    for site in sites() {
        let other = super::site();
        let (here, there) = (site.room.store(), other.room.store());
        let empty = format!("sqlite:{}", site.data.path().join("empty.db").display());
        let refused = |from: &str, to: &str, expected: (i32, &str)| {
            let before = (site.whole(), other.whole());
            let (code, why) = super::super::error(&site.data, &["hub", "migrate", "--from", from, "--to", to]);
            assert_eq!((code, why["code"].as_str()), (expected.0, Some(expected.1)), "{from} {to} {why}");
            assert_eq!((site.whole(), other.whole()), before);
            assert!(!site.data.path().join("empty.db").exists());
        };
        refused(&here, &there, (3, "taken"));
        refused(&there, &here, (3, "taken"));
        refused(&here, &here, (3, "taken"));
        refused(&empty, &here, (3, "no-ledger"));
        refused(&here, "nonsense", (2, "store"));
        let data = format!("sqlite:{}", site.data.db().display());
        refused(&data, &empty, (3, "no-ledger"));
        // A ledger of a program to come.
        other.with(|e| e.execute("UPDATE \"hub\" SET \"version\" = 3", &[])).expect("altered");
        let (code, why) = super::super::error(&site.data, &["hub", "migrate", "--from", &there, "--to", &empty]);
        assert_eq!((code, why["code"].as_str()), (3, Some("version")), "{why}");
    }
}

#[test]
fn an_order_that_is_being_taken_moves_along() {
    for site in sites() {
        let pool = site.room.pool();
        let mut writer = pool.get().expect("an engine");
        // The move waits for it: what it writes is there in the end.
        writer.begin().expect("begun");
        writer.execute("UPDATE \"hub\" SET \"last_at\" = 7 WHERE \"one\" = 1", &[]).expect("written");
        let store = site.room.store();
        let to = format!("sqlite:{}", site.data.path().join("moved.db").display());
        let (code, out) = std::thread::scope(|scope| {
            let moving = scope
                .spawn(|| crate::support::run(site.data.gongfu(&["hub", "migrate", "--from", &store, "--to", &to])));
            std::thread::sleep(std::time::Duration::from_millis(1_500));
            writer.commit().expect("committed");
            let (code, out, err) = moving.join().expect("an end");
            (code, out + &err)
        });
        assert_eq!(code, 0, "{out}");
        let pool = site.room.pool_to(&Place::parse(&to).expect("a place"));
        let state = ledger::state(pool.get().expect("an engine").as_mut()).expect("a ledger");
        assert_eq!(state.last_at, 7, "{out}");
    }
}
