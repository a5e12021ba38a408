//! Which term leaves nothing over: the counts against those of the list itself, and that nobody waits for them.

use super::filters::parse;
use super::pages::query;
use crate::support::storage::demo;
use gongfu::base::locale::Lang;
use gongfu::store::excluded::{Excluded, read};
use gongfu::store::list::ListKind;
use gongfu::store::page::{self, Anchor, ListQuery};
use gongfu::store::search::Columns;
use rusqlite::Connection;
use std::sync::atomic::AtomicBool;

fn asked(db: &Connection, kind: ListKind, typed: &str) -> ListQuery {
    let filter = parse(db, Lang::Zh, kind, typed).expect(typed);
    ListQuery { filter, ..query(kind, &Vec::new(), Anchor::Start, 10) }
}

fn total(db: &Connection, kind: ListKind, typed: &str) -> i64 {
    page::read(db, &asked(db, kind, typed), None).expect("a page").total
}

#[test]
fn the_term_is_named_that_brings_back_most_rows_when_it_is_left_out() {
    let db = demo();
    let columns = Columns::default();
    columns.refresh(&db, ListKind::Catalog).expect("a column");
    for terms in [
        &["county:柞水县", "平利绿茶"][..],
        &["state:在录", "price:>100", "county:柞水县", "没有这个"],
        &["county:柞水县", "category:tea", "price:>1000"],
        &["木耳", "!木", "county:611026"],
        &["SX611026", "SX610926"],
        &["没有这个", "也没有这个"],
    ] {
        let typed = terms.join(" ");
        assert_eq!(total(&db, ListKind::Catalog, &typed), 0, "{typed}");
        let without = |i: usize| [&terms[..i], &terms[i + 1..]].concat().join(" ");
        let counts: Vec<i64> = (0..terms.len()).map(|i| total(&db, ListKind::Catalog, &without(i))).collect();
        let most = counts.iter().copied().max().expect("terms");
        let q = asked(&db, ListKind::Catalog, &typed);
        let by_sql = read(&db, &q, |_| Ok(None)).expect("an answer");
        let by_column = read(&db, &q, |f| columns.search(&db, ListKind::Catalog, f, &AtomicBool::new(false)));
        assert_eq!(by_column.expect("an answer"), by_sql, "{typed}");
        match by_sql {
            Some(Excluded { term, rows }) => {
                let at = terms.iter().position(|t| *t == term).unwrap_or_else(|| panic!("{term} was not typed"));
                assert_eq!((counts[at], rows), (most, most), "{typed}: {counts:?}");
            }
            None => assert_eq!(most, 0, "{typed}: {counts:?}"),
        }
    }
}

#[test]
fn one_term_or_very_many_are_not_weighed() {
    let db = demo();
    let of = |typed: &str| read(&db, &asked(&db, ListKind::Catalog, typed), |_| Ok(None)).expect("an answer");
    assert_eq!(of("没有这个"), None);
    assert_eq!(of(""), None);
    let many: Vec<String> = (0..20).map(|n| format!("没有{n}")).collect();
    assert_eq!(of(&many.join(" ")), None);
}

#[test]
fn a_term_is_named_as_it_can_be_typed_again() {
    let db = demo();
    for (typed, term) in [
        ("没有这个 木耳", "没有这个"),
        ("!state:在录 state:在录", "!state:在录"),
        ("supplier:\"没 有\" 木耳", "supplier:\"没 有\""),
        ("\"没 有\" 木耳", "\"没 有\""),
    ] {
        let found = read(&db, &asked(&db, ListKind::Catalog, typed), |_| Ok(None)).expect("an answer").expect(typed);
        let rest = parse(&db, Lang::Zh, ListKind::Catalog, &found.term).expect("a filter");
        assert_eq!(rest.without_each().len(), 1, "{}", found.term);
        if !typed.starts_with('!') {
            assert_eq!(found.term, term);
        }
    }
}
