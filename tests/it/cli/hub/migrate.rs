//! A ledger moves to another place and back, and is the same.

use super::devices::join;
use super::{site, sites};
use gongfu::hub::engine::{self, Place};
use gongfu::hub::ledger;
use gongfu::hub::lock::Lock;
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
        let (there, again) = (run(&home, &away), run(&away, &back));
        assert_eq!(there, again);
        let rows = |table: &str| {
            let found = there.as_array().and_then(|t| t.iter().find(|t| t["table"] == table).cloned());
            found.expect("a table")["rows"].clone()
        };
        assert_eq!((rows("hub"), rows("device"), rows("audit")), (1.into(), 1.into(), 2.into()));
        let verify = |store: &str| super::super::json(&site.data, &["hub", "verify", "--store", store]);
        assert_eq!(verify(&home), verify(&away));
        assert_eq!(verify(&home), verify(&back));
        assert_eq!(verify(&back).0, 0);
        // Not a sum alone: each row of each table, as it stands.
        let pool = room.pool_to(&Place::parse(&back).expect("a place"));
        for shape in gongfu::hub::schema::shapes() {
            let sql = format!("SELECT * FROM \"{}\" ORDER BY 1, 2", shape.table);
            let here = site.with(|e| engine::all(e, &sql, &[])).expect("rows");
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
        let served = Lock::hold(&other.room.place).expect("the lock");
        refused(&there, &empty, (1, "served"));
        drop(served);
        // A ledger of a program to come.
        other.with(|e| e.execute("UPDATE \"hub\" SET \"version\" = 2", &[])).expect("altered");
        let (code, why) = super::super::error(&site.data, &["hub", "migrate", "--from", &there, "--to", &empty]);
        assert_eq!((code, why["code"].as_str()), (3, Some("version")), "{why}");
    }
}

#[test]
fn nobody_writes_to_a_ledger_while_it_moves() {
    for site in sites() {
        let pool = site.room.pool();
        let mut writer = pool.get().expect("an engine");
        // An order is being taken: it is waited for, and what it wrote moves along or the move is put off.
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
        let made = Place::parse(&to).expect("a place");
        match code {
            0 => {
                let pool = site.room.pool_to(&made);
                let state = ledger::state(pool.get().expect("an engine").as_mut()).expect("a ledger");
                assert_eq!(state.last_at, 7, "{out}");
            }
            4 => assert!(!site.data.path().join("moved.db").exists(), "{out}"),
            _ => panic!("{code} {out}"),
        }
    }
}
