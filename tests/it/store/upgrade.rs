//! A database of an earlier version, brought up to date when it is opened: nothing lost, a copy of the old file beside it.

use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::codes::{EntryState, Role, ShelfState};
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Record;
use gongfu::domain::rows::{CatalogEntry, Incident, Kind, Row, ShelfLine};
use gongfu::domain::value::Value;
use gongfu::domain::work::Rows;
use gongfu::sqlite::{self, Use, migrate};
use gongfu::store::audit::{self, Verdict};
use gongfu::store::{FILE, Store, rows::SqlRows, schema};
use std::path::Path;

/// Writes the file as the version that knew one step wrote it.
fn old(dir: &Path) {
    let path = dir.join(FILE);
    let mut db = sqlite::open(&path, Use::Write).expect("a file");
    migrate::run(&mut db, &path, &schema::STEPS[..1]).expect("the first step");
    db.execute_batch(include_str!("../../fixtures/databases/0001.sql")).expect("the rows of then");
}

fn entry(rows: &SqlRows<'_>, code: &str) -> CatalogEntry {
    let found = rows.find(Kind::CatalogEntry, "code", &Value::Text(code.into())).expect("rows");
    found.into_iter().find_map(CatalogEntry::from_row).expect("the entry")
}

fn lines(rows: &SqlRows<'_>, entry: &CatalogEntry) -> Vec<ShelfLine> {
    let id = Value::Blob(entry.uuid().as_bytes().to_vec());
    rows.find(Kind::ShelfLine, "entry_id", &id).expect("rows").into_iter().filter_map(ShelfLine::from_row).collect()
}

#[test]
fn an_older_delisting_finds_the_edition_it_signed() {
    let dir = tempfile::tempdir().expect("a folder");
    old(dir.path());
    let db = sqlite::open(&dir.path().join(FILE), Use::Write).expect("a file");
    // Another incident's number begins like this one's; a second report is of the same entry.
    db.execute_batch(
        "UPDATE incident SET state = 'removal_running', confirmed_by = '张伟', confirmed_at = reported_at;
         INSERT INTO incident SELECT 111, randomblob(16), org_id, rev, created_at, created_by, updated_at, updated_by, \
             source, 'QI-2020-0111', entry_id, product_id, supplier_id, county_code, title, place, grade, recall_class, \
             batches, state, reporter, reported_at, triaged_at, verified_by, verified_at, confirmed_by, confirmed_at, \
             closed_at, 0, 0, 0 FROM incident;
         INSERT INTO incident SELECT 112, randomblob(16), org_id, rev, created_at, created_by, updated_at, updated_by, \
             source, 'QI-2020-0112', randomblob(16), product_id, supplier_id, county_code, title, place, grade, \
             recall_class, batches, 'triaged', reporter, reported_at, triaged_at, verified_by, verified_at, '', NULL, \
             closed_at, 0, 0, 0 FROM incident WHERE code = 'QI-2020-0110';",
    )
    .expect("three incidents");
    for (number, note) in [(1, "QI-2020-01101 别的"), (2, "动态调整"), (3, "QI-2020-0110 查实"), (4, "QI-2020-0110 又")]
    {
        let sql = "INSERT INTO catalog_edition SELECT ?1, randomblob(16), org_id, 1, created_at, '张伟', created_at, \
                   '张伟', 'typed', ?1, '2020-08-19', '张伟', ?2, 'signed', 1, 0, 1, 0 FROM incident LIMIT 1";
        db.execute(sql, rusqlite::params![number, note]).expect("an edition");
    }
    drop(db);
    let clock = Clock::Fixed("2020-08-20T15:00:00+08:00".parse().expect("an instant"));
    let store = Store::open(dir.path(), clock, Ids::seeded(clock, 3), false).expect("opens");
    let db = store.connect().expect("a reader");
    let rows = SqlRows::new(&db);
    for (code, edition) in [("QI-2020-0110", Some(3)), ("QI-2020-0111", Some(3)), ("QI-2020-0112", None)] {
        let found = rows.find(Kind::Incident, "code", &Value::Text(code.into())).expect("rows");
        let incident = found.into_iter().find_map(Incident::from_row).expect("the incident");
        assert_eq!(incident.edition_no, edition, "{code}");
    }
    // The table of purchase evidence is there, with nothing in it.
    let nothing = Value::Blob(vec![0; 16]);
    assert_eq!(rows.find(Kind::PurchaseEvidence, "purchase_id", &nothing).expect("the table"), Vec::new());
}

#[test]
fn an_older_file_is_brought_up_to_date_with_a_copy_beside_it() {
    let dir = tempfile::tempdir().expect("a folder");
    old(dir.path());
    let start = "2020-08-20T15:00:00+08:00".parse().expect("an instant");
    let store =
        Store::open(dir.path(), Clock::Fixed(start), Ids::seeded(Clock::Fixed(start), 3), false).expect("opens");
    let db = store.connect().expect("a reader");
    assert_eq!(migrate::version(&db).expect("a version"), i64::try_from(schema::STEPS.len()).expect("few"));
    let copy = sqlite::open(&dir.path().join(format!("{FILE}.before-0002")), Use::Read).expect("the copy");
    assert_eq!(migrate::version(&copy).expect("a version"), 1);

    let rows = SqlRows::new(&db);
    let by_incident = entry(&rows, "SX610621-0009");
    assert_eq!((by_incident.state, by_incident.suspended_for.as_str()), (EntryState::Suspended, "QI-2020-0110"));
    let by_hand = entry(&rows, "SX611026-0001");
    assert_eq!((by_hand.state, by_hand.suspended_for.as_str()), (EntryState::Suspended, ""));
    assert!(!lines(&rows, &by_hand).is_empty());
    for line in lines(&rows, &by_hand).iter().chain(&lines(&rows, &by_incident)) {
        assert!(line.stopped_with_entry && line.state == ShelfState::Stopped);
    }
    assert!(matches!(audit::verify(&db, |_| {}), Ok(Verdict::Whole { records: 2, .. })), "the chain goes on");

    // What the old version suspended the new one resumes, shelves included.
    let org = by_hand.meta.org;
    let office = gongfu::domain::actor::Actor {
        name: "李静".into(),
        org_id: org,
        org_name: "省总".into(),
        role: Role::Office,
        division_code: "610000".into(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    };
    let resume = |id| Command::Move { kind: Kind::CatalogEntry, id, verb: Verb::Resume, reason: "复检合格".into() };
    store.submit_wait(&office, vec![resume(by_hand.uuid())]).expect("resumed");
    assert!(store.submit_wait(&office, vec![resume(by_incident.uuid())]).is_err(), "its incident is open");
    let db = store.connect().expect("a reader");
    let rows = SqlRows::new(&db);
    assert!(lines(&rows, &by_hand).iter().all(|l| l.state == ShelfState::Sellable && !l.stopped_with_entry));
    let stored = rows.fetch(Kind::CatalogEntry, by_incident.uuid()).expect("rows");
    assert_eq!(stored, Some(Row::from(by_incident)));
}
