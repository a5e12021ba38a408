//! The search column against `gongfu_match` row by row: words, facets, and after rows changed.

use super::filters::parse;
use super::pages::query;
use crate::support::commands::{Throw, command};
use crate::support::province::Province;
use crate::support::storage::{Temporary, demo};
use gongfu::base::locale::Lang;
use gongfu::store::list::ListKind;
use gongfu::store::page::{Anchor, ListQuery, Page, read};
use gongfu::store::search::Columns;
use rusqlite::Connection;
use std::sync::atomic::AtomicBool;

const TYPED: &[&str] = &[
    "zsme",
    "柞水",
    "muer",
    "mu'er",
    "木耳",
    "!礼盒",
    "250g",
    "柞shui",
    "z",
    "zs",
    "zsm",
    "MUER",
    "工会",
    "zzgh",
    "不存在的东西",
    "qqqqq",
    "柞水 木耳",
    "木耳 !柞水",
    "!木耳 !茶",
    "县",
    "职工之家",
];

const FACETS: &[&str] = &[
    "state:listed",
    "!state:listed",
    "county:611026 木耳",
    "state:suspended,delisted 茶",
    "category:tea",
    "zsme state:listed",
    "!county:611026 !木耳",
];

/// Parts of codes, alone and beside other terms; names with digits in them are found, too.
const PARTS: &[&str] =
    &["0001", "1026-0001", "!0001", "0003 木耳", "-0003 !木耳", "０００１", "611026", "26-00", "2020-000", "9999999"];

/// What was done, by words, pinyin and initials.
const DONE: &[&str] = &["zt", "zanting", "暂停", "!zt", "zt 李", "baosong", "停"];

/// The page by the column and the page by SQL; they must be the same page.
fn both(db: &Connection, columns: &Columns, kind: ListKind, typed: &str) -> Page {
    let filter = parse(db, Lang::Zh, kind, typed).expect(typed);
    let hits = columns.search(db, kind, &filter, &AtomicBool::new(false)).expect("an answer");
    assert!(hits.is_some(), "{kind:?} {typed}: the column answers");
    let mut last = None;
    for (anchor, rows) in [(Anchor::Start, 1_000_000), (Anchor::End, 7)] {
        let q = ListQuery { filter: filter.clone(), ..query(kind, &Vec::new(), anchor, rows) };
        let by_column = read(db, &q, hits.as_ref()).expect("a page");
        let by_sql = read(db, &q, None).expect("a page");
        assert_eq!(by_column.total, by_sql.total, "{kind:?} {typed}");
        assert_eq!(by_column, by_sql, "{kind:?} {typed}");
        last = last.or(Some(by_column));
    }
    last.expect("a page")
}

#[test]
fn the_column_finds_exactly_what_sql_finds() {
    let db = demo();
    let columns = Columns::default();
    let mut found = 0;
    for kind in ListKind::ALL {
        // 60,000 purchases row by row in SQL take their time; their text is that of the unions.
        if *kind == ListKind::Purchases || !kind.spec().is_searched() {
            continue;
        }
        columns.refresh(&db, *kind).expect("a column");
        let long = read(&db, &query(*kind, &Vec::new(), Anchor::Start, 1), None).expect("a page").total > 2_000;
        let words = if long { &TYPED[..3] } else { TYPED };
        for typed in words {
            found += both(&db, &columns, *kind, typed).total;
        }
        if *kind == ListKind::Catalog {
            for typed in FACETS {
                assert!(both(&db, &columns, *kind, typed).total > 0 || typed.contains(' '), "{typed}");
            }
        }
        let parts = if kind.spec().codes.is_empty() { &[][..] } else { PARTS };
        for typed in if long { &parts[..5.min(parts.len())] } else { parts } {
            found += both(&db, &columns, *kind, typed).total;
        }
        for typed in if *kind == ListKind::Audit { DONE } else { &[] } {
            found += both(&db, &columns, *kind, typed).total;
        }
    }
    assert!(found > 1_000, "{found} rows found");
    assert!(both(&db, &columns, ListKind::Catalog, "muer").total > 0);
}

#[test]
fn a_column_without_words_or_facets_has_no_answer_and_one_not_built_has_none() {
    let db = demo();
    let columns = Columns::default();
    let filter = parse(&db, Lang::Zh, ListKind::Catalog, "木耳").expect("a filter");
    assert!(columns.search(&db, ListKind::Catalog, &filter, &AtomicBool::new(false)).expect("an answer").is_none());
    columns.refresh(&db, ListKind::Catalog).expect("a column");
    assert!(columns.is_ready(ListKind::Catalog));
    let none = parse(&db, Lang::Zh, ListKind::Catalog, "price:>1").expect("a filter");
    assert!(columns.search(&db, ListKind::Catalog, &none, &AtomicBool::new(false)).expect("an answer").is_none());
}

#[test]
fn a_column_brought_level_knows_what_changed_meanwhile() {
    let mut p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let store = s.open();
    let db = store.connect().expect("a reader");
    let kinds =
        [ListKind::Catalog, ListKind::Counters, ListKind::Incidents, ListKind::Packs, ListKind::Shelf, ListKind::Audit];
    let columns = Columns::default();
    for round in 0..20_u64 {
        for kind in kinds {
            columns.refresh(&db, kind).expect("a column");
            for typed in ["mu", "木耳", "!木耳", "霉变", "李静", "礼盒"] {
                both(&db, &columns, kind, typed);
            }
        }
        both(&db, &columns, ListKind::Catalog, "state:listed");
        both(&db, &columns, ListKind::Catalog, "0002");
        both(&db, &columns, ListKind::Incidents, "26-0001");
        both(&db, &columns, ListKind::Audit, "zt");
        both(&db, &columns, ListKind::Catalog, "!state:listed 木耳");
        for n in 0..10 {
            let t = Throw::numbered(round * 100 + n);
            let asked = command(&p.rows, t);
            // Accepted or refused: both move the database, the audit list too.
            let _ = p.ask(0, &asked);
            let _ = store.submit_wait(&p.people[0], vec![asked]);
        }
    }
}

#[test]
fn an_attempt_that_was_refused_is_found_in_the_audit_at_once() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let store = s.open();
    let db = store.connect().expect("a reader");
    let columns = Columns::default();
    columns.refresh(&db, ListKind::Audit).expect("a column");
    let asked = command(&p.rows, Throw::numbered(1));
    let auditor = &p.people[7];
    assert!(
        store
            .submit_wait(
                auditor,
                vec![gongfu::domain::command::Command::IssueEdition {
                    dated: jiff::civil::date(2020, 8, 20),
                    note: asked.name(),
                }]
            )
            .is_err()
    );
    columns.refresh(&db, ListKind::Audit).expect("a column");
    assert_eq!(both(&db, &columns, ListKind::Audit, "郑审").total, 1);
}
