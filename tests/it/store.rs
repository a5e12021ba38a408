//! The store over SQLite: batches, refusals, the same answers as the rows in memory, totals that never drift.

mod audit;
mod board;
mod delisting;
mod dump;
mod excluded;
mod filters;
mod pages;
mod reads;
mod recall;
mod reference;
mod search;
mod upgrade;

use crate::support::commands::{Throw, command, throws};
use crate::support::memory::Memory;
use crate::support::province::{NOW, Province};
use crate::support::storage::{Temporary, number, read_all};
use gongfu::base::clock::Clock;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::*;
use gongfu::store::audit::{Verdict, verify};
use gongfu::store::{Done, Seen, Store, StoreError};
use proptest::prelude::*;
use rusqlite::Connection;
use std::sync::mpsc::channel;

/// Submits a batch decided on rows as `seen`.
fn submit(store: &Store, p: &Province, commands: Vec<Command>, seen: Vec<Seen>) -> Result<Done, StoreError> {
    let (send, receive) = channel();
    store.submit(&p.people[0], commands, seen, move |result| send.send(result).expect("a waiting test"));
    receive.recv().expect("an answer")
}

fn refusal(result: Result<Done, StoreError>) -> &'static str {
    match result {
        Err(StoreError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?} is no refusal"),
    }
}

fn suspend(entry: &CatalogEntry) -> Command {
    Command::Move { kind: Kind::CatalogEntry, id: entry.id.0, verb: Verb::Suspend, reason: "疑似".into() }
}

fn last_audit(db: &Connection) -> (i64, String, String) {
    let sql = "SELECT no, command, outcome FROM audit ORDER BY no DESC LIMIT 1";
    db.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).expect("a record")
}

#[test]
fn a_batch_writes_rows_and_audit_together_and_a_refusal_writes_only_that_it_was_tried() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let store = s.open();
    let db = store.connect().expect("a reader");
    let entries: Vec<CatalogEntry> = p.rows.all();
    let done = submit(&store, &p, vec![suspend(&entries[0]), suspend(&entries[1])], Vec::new()).expect("done");
    assert_eq!(done.codes, [entries[0].code.clone(), entries[1].code.clone()]);
    assert_eq!(last_audit(&db), (done.audit_no, "catalog_entry.suspend".into(), "done".into()));
    assert_eq!(number(&db, "SELECT count(*) FROM audit"), 2);
    let after = read_all(&db);
    let changed: Vec<i64> = ["catalog_entry", "shelf_line", "gift_pack", "purchase_order", "mall_listing"]
        .map(|t| number(&db, &format!("SELECT count(*) FROM {t} WHERE change_no > 0")))
        .to_vec();
    assert_eq!(usize::try_from(changed.iter().sum::<i64>()).ok(), Some(done.changes), "{changed:?}");
    assert!(changed.iter().all(|n| *n > 0), "entry, shelf, pack and order all follow: {changed:?}");

    // The second command of the batch is refused: the first leaves no trace either.
    let batch = vec![suspend(&entries[2]), suspend(&entries[0])];
    assert_eq!(refusal(submit(&store, &p, batch, Vec::new())), "wrong-state");
    assert_eq!(read_all(&db), after);
    assert_eq!(last_audit(&db), (3, "catalog_entry.suspend".into(), "wrong-state".into()));
    assert_eq!(number(&db, "SELECT length(detail) FROM audit WHERE no = 3"), 2, "no changes are noted: []");
    assert_eq!(verify(&db, |_| {}), Ok(Verdict::Whole { records: 3, head: head(&db) }));
}

fn head(db: &Connection) -> String {
    db.query_row("SELECT lower(hex(hash)) FROM audit ORDER BY no DESC LIMIT 1", [], |r| r.get(0)).expect("a record")
}

#[test]
fn what_was_decided_on_an_older_row_is_refused() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let store = s.open();
    let entries: Vec<CatalogEntry> = p.rows.all();
    let seen = |e: &CatalogEntry, rev| vec![(Kind::CatalogEntry, e.id.0, rev)];
    let rev = entries[0].meta.rev;
    submit(&store, &p, vec![suspend(&entries[0])], seen(&entries[0], rev)).expect("seen as it is");
    let resume =
        || Command::Move { kind: Kind::CatalogEntry, id: entries[0].id.0, verb: Verb::Resume, reason: "好".into() };
    let before = read_all(&store.connect().expect("a reader"));
    assert_eq!(refusal(submit(&store, &p, vec![resume()], seen(&entries[0], rev))), "record-changed");
    let db = store.connect().expect("a reader");
    assert_eq!(read_all(&db), before);
    assert_eq!(last_audit(&db).2, "record-changed");
    submit(&store, &p, vec![resume()], seen(&entries[0], rev + 1)).expect("seen as it is now");
}

#[test]
fn a_read_only_store_refuses_every_change_and_writes_nothing() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let clock = Clock::Fixed(NOW);
    let store = Store::open(s.path(), clock, gongfu::base::ids::Ids::real(clock), true).expect("opens");
    assert!(store.is_read_only());
    assert_eq!(refusal(store.submit_wait(&p.people[0], vec![suspend(&p.rows.all()[0])])), "read-only");
    let db = store.connect().expect("a reader");
    assert_eq!(number(&db, "SELECT count(*) FROM audit"), 0);
    assert!(db.execute("DELETE FROM goal", []).is_err(), "a reader cannot write");
}

/// Every running total against the rows it sums; totals of nothing may stay as zero.
fn totals_hold(db: &Connection) {
    let direct = "SELECT 'catalog_entry' AS kind, state || '/' || trace AS key, count(*) AS n, 0 AS fen FROM catalog_entry GROUP BY 2 \
         UNION ALL SELECT 'supplier', state, count(*), 0 FROM supplier GROUP BY 2 \
         UNION ALL SELECT 'purchase', state, count(*), sum(amount_fen) FROM purchase GROUP BY 2 \
         UNION ALL SELECT 'counter', state || '/' || venue_type || '/' || demo_room, count(*), 0 FROM counter GROUP BY 2";
    let kept = "SELECT kind, key, n, fen FROM tally WHERE n <> 0 OR fen <> 0";
    for (a, b) in [(direct, kept), (kept, direct)] {
        assert_eq!(
            number(db, &format!("SELECT count(*) FROM (SELECT * FROM ({a}) EXCEPT SELECT * FROM ({b}))")),
            0,
            "{a}"
        );
    }
}

/// Asks both storages for the same; they must agree on every answer and, at the end, on every row.
fn same_on_both(throws: &[Throw]) {
    let mut p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let clock = Clock::Fixed(NOW);
    let store = Store::open(s.path(), clock, p.ids.clone(), false).expect("opens");
    let mut asked = 0;
    for t in throws {
        let wanted = command(&p.rows, *t);
        let who = t.person(p.people.len(), &wanted);
        let memory = p.ask(who, &wanted);
        let sqlite = store.submit_wait(&p.people[who], vec![wanted.clone()]);
        match (memory, sqlite) {
            (Ok(decision), Ok(done)) => {
                assert_eq!((vec![decision.target_code], decision.changes.len()), (done.codes, done.changes))
            }
            (Err(gongfu::domain::refusal::Stop::Refused(a)), Err(StoreError::Refused(b))) => assert_eq!(a, b),
            (a, b) => panic!("{wanted:?}: in memory {a:?}, in SQLite {b:?}"),
        }
        asked += 1;
    }
    let db = store.connect().expect("a reader");
    let stored: Memory = read_all(&db);
    for kind in Kind::ALL {
        assert_eq!(stored.of(*kind), p.rows.of(*kind), "{}", kind.table());
    }
    totals_hold(&db);
    assert_eq!(number(&db, "SELECT count(*) FROM audit"), asked);
    assert!(matches!(verify(&db, |_| {}), Ok(Verdict::Whole { records, .. }) if records == asked));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_sqlite_agree_on_every_row(throws in throws(60)) {
        same_on_both(&throws);
    }
}

#[test]
fn memory_and_sqlite_agree_over_a_long_year() {
    same_on_both(&(0..600).map(Throw::numbered).collect::<Vec<_>>());
}

#[test]
fn in_the_demo_every_new_record_finds_a_free_code() {
    let s = Temporary::demo();
    let store = s.open();
    let db = store.connect().expect("a reader");
    totals_hold(&db);
    let org = db.query_row("SELECT id FROM organisation WHERE kind = 'provincial'", [], |r| {
        Ok(crate::support::storage::id(r, 0))
    });
    let office = gongfu::setup::office(org.expect("the province"));
    let ids = |sql: &str| -> Vec<uuid::Uuid> {
        let mut statement = db.prepare(sql).expect("sql");
        statement
            .query_map([], |r| Ok(crate::support::storage::id(r, 0)))
            .expect("rows")
            .map(|r| r.expect("an id"))
            .collect()
    };
    let mut commands = Vec::new();
    let mut statement = db.prepare("SELECT DISTINCT county_code FROM catalog_entry").expect("sql");
    let counties: Vec<String> =
        statement.query_map([], |r| r.get(0)).expect("rows").map(|r| r.expect("text")).collect();
    for (i, county) in counties.iter().enumerate() {
        let mut line = crate::support::province::line(i, county);
        line.supplier_name = format!("全新合作社{i}");
        commands.push(Command::ProposeEntry(line));
        let mut counter = crate::support::province::counter(i, county);
        counter.name = format!("全新专柜{i}");
        commands.push(Command::AddCounter(counter));
    }
    let listed = ids("SELECT id FROM catalog_entry WHERE state = 'listed' LIMIT 3");
    let buyer = ids("SELECT id FROM organisation WHERE kind = 'grassroots' LIMIT 1")[0];
    commands.push(crate::support::province::pack("全新礼包", &listed));
    commands.push(crate::support::province::order(buyer, &listed));
    commands.push(Command::IssueEdition { dated: jiff::civil::date(2020, 8, 20), note: String::new() });
    let gone = ids(
        "SELECT id FROM catalog_entry e WHERE state = 'delisted' AND NOT EXISTS (SELECT 1 FROM catalog_entry n WHERE n.relisted_from = e.id)",
    );
    commands.extend(gone.iter().map(|e| Command::RelistEntry { entry: *e, reason: "整改".into() }));
    let grade = gongfu::domain::codes::Grade::One;
    commands.extend(listed.iter().map(|e| Command::ReportIncident {
        entry: *e,
        title: "霉变".into(),
        place: String::new(),
        grade,
    }));
    for asked in commands {
        let name = asked.name();
        store.submit_wait(&office, vec![asked]).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    }
    assert!(counties.len() > 50, "{} counties", counties.len());
}
