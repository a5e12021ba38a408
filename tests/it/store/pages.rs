//! Keyset pages of every list against plain SQL: forward, backward, around, in every order.

use crate::support::storage::{demo, id, number};
use gongfu::domain::value::Value;
use gongfu::store::filter::Filter;
use gongfu::store::list::{ListKind, ListSpec, Sort};
use gongfu::store::page::{Anchor, ListQuery, PageRow, read, stream};
use rusqlite::Connection;
use uuid::Uuid;

type Order = Vec<(&'static str, bool)>;

pub fn query(kind: ListKind, sort: &Order, anchor: Anchor, rows: usize) -> ListQuery {
    ListQuery { kind, filter: Filter::default(), scope: None, sort: sort.clone(), anchor, rows }
}

/// Keys and ids of a list in order, by one plain statement; from the end when `reverse`.
fn plain(db: &Connection, spec: &ListSpec, sort: &Order, reverse: bool, most: usize) -> Vec<(i64, Uuid)> {
    let sort = if sort.is_empty() { vec![spec.sort] } else { sort.clone() };
    let mut by: Vec<String> = Vec::new();
    for (column, down) in &sort {
        let Some(Sort::By(sql)) = spec.column(column).map(|c| c.sort) else { panic!("{column} does not sort") };
        by.push(format!("{sql} {}", if *down != reverse { "DESC" } else { "ASC" }));
    }
    by.push(format!("{} {}", spec.key, if sort[0].1 != reverse { "DESC" } else { "ASC" }));
    let sql = format!("SELECT {}, {} FROM {} ORDER BY {} LIMIT {most}", spec.key, spec.id, spec.from, by.join(", "));
    let mut statement = db.prepare(&sql).expect("sql");
    statement.query_map([], |r| Ok((r.get(0)?, id(r, 1)))).expect("rows").map(|r| r.expect("a row")).collect()
}

fn ids(rows: &[PageRow]) -> Vec<(i64, Uuid)> {
    rows.iter().map(|r| (r.place.key, r.id)).collect()
}

/// Walks page by page; stops after `most` rows so that long lists stay quick.
fn walk(db: &Connection, kind: ListKind, sort: &Order, forward: bool, size: usize, most: usize) -> Vec<(i64, Uuid)> {
    let mut out: Vec<(i64, Uuid)> = Vec::new();
    let mut anchor = if forward { Anchor::Start } else { Anchor::End };
    loop {
        let page = read(db, &query(kind, sort, anchor, size), None).expect("a page");
        assert!(page.rows.len() <= size);
        let mut rows = ids(&page.rows);
        let (over, next) = if forward {
            (page.at_end, page.rows.last().map(|r| Anchor::After(r.place.clone())))
        } else {
            rows.reverse();
            (page.at_start, page.rows.first().map(|r| Anchor::Before(r.place.clone())))
        };
        out.extend(rows);
        match next {
            Some(next) if !over && out.len() < most => anchor = next,
            _ => return out,
        }
    }
}

/// Names the first row that differs: whole lists are unreadable.
fn begins_alike(walked: &[(i64, Uuid)], expected: &[(i64, Uuid)], what: &str) {
    for (n, row) in walked.iter().enumerate() {
        assert_eq!(Some(row), expected.get(n), "{what}: row {n} of {}", walked.len());
    }
}

fn check(db: &Connection, kind: ListKind, sort: &Order, size: usize, most: usize) {
    let total = number(db, &format!("SELECT count(*) FROM {}", kind.spec().from));
    let total = usize::try_from(total).expect("a count");
    // The last page may go beyond what was asked for.
    let expected = plain(db, kind.spec(), sort, false, most.saturating_add(size).min(1 << 40));
    let page = read(db, &query(kind, sort, Anchor::Start, 1), None).expect("a page");
    assert_eq!(usize::try_from(page.total).ok(), Some(total), "{kind:?} counts its rows");
    let forward = walk(db, kind, sort, true, size, most);
    begins_alike(&forward, &expected, &format!("{kind:?} {sort:?} forward"));
    assert!(forward.len() >= total.min(most), "{kind:?} {sort:?} ended early");
    let backward = walk(db, kind, sort, false, size, most);
    let expected = plain(db, kind.spec(), sort, true, most.saturating_add(size).min(1 << 40));
    begins_alike(&backward, &expected, &format!("{kind:?} {sort:?} backward"));
    assert!(backward.len() >= total.min(most), "{kind:?} {sort:?} ended early");
}

#[test]
fn every_list_walks_forward_and_backward_through_exactly_its_rows() {
    let db = demo();
    for kind in ListKind::ALL {
        let most = if *kind == ListKind::Purchases { 6_000 } else { usize::MAX };
        check(&db, *kind, &Vec::new(), 397, most);
    }
}

#[test]
fn every_sortable_column_orders_both_ways_and_is_never_null() {
    let db = demo();
    for kind in ListKind::ALL {
        let spec = kind.spec();
        for column in spec.columns {
            let Sort::By(sql) = column.sort else { continue };
            let nulls = format!("SELECT count(*) FROM {} WHERE {sql} IS NULL", spec.from);
            assert_eq!(number(&db, &nulls), 0, "{kind:?} {} is null", column.id);
            // Long lists: plain SQL would sort 60,000 rows for each column; the first and last columns will do.
            let long = matches!(kind, ListKind::Purchases | ListKind::Shelf);
            if long && !["day", "state", "entry", "updated_by"].contains(&column.id) {
                continue;
            }
            for down in [false, true] {
                check(&db, *kind, &vec![(column.id, down)], 61, 180);
            }
        }
    }
}

#[test]
fn two_columns_order_in_every_combination_of_directions() {
    let db = demo();
    let pairs = [
        (ListKind::Catalog, "state", "price"),
        (ListKind::Catalog, "county", "name"),
        (ListKind::Suppliers, "kind", "helped"),
        (ListKind::Counters, "state", "county"),
        (ListKind::Incidents, "grade", "reported"),
        (ListKind::Returns, "state", "unit"),
        (ListKind::Audit, "person", "no"),
        (ListKind::Partners, "county", "updated_by"),
    ];
    for (kind, a, b) in pairs {
        let spec = kind.spec();
        let sorts = |c: &str| spec.column(c).is_some_and(|c| c.sort != Sort::No);
        if !sorts(a) || !sorts(b) {
            assert_eq!(kind, ListKind::Partners, "{kind:?} sorts by {a} and {b}");
            continue;
        }
        for directions in 0..4 {
            check(&db, kind, &vec![(a, directions & 1 > 0), (b, directions & 2 > 0)], 13, 500);
        }
    }
}

#[test]
fn around_a_record_lies_a_window_with_it_in_the_middle() {
    let db = demo();
    for (kind, sort) in
        [(ListKind::Catalog, vec![]), (ListKind::Catalog, vec![("price", true)]), (ListKind::Purchases, vec![])]
    {
        let all = plain(&db, kind.spec(), &sort, false, 1 << 40);
        for size in [1_usize, 2, 10, 21] {
            for at in [0, 1, 5, all.len() / 2, all.len() - 3, all.len() - 1] {
                let page = read(&db, &query(kind, &sort, Anchor::Around(all[at].1), size), None).expect("a page");
                let found = ids(&page.rows);
                let place = found.iter().position(|r| *r == all[at]).expect("the record is in its window");
                assert_eq!(found, all[at - place..at - place + found.len()], "{kind:?} {size} around {at}");
                assert!(found.len() <= size, "{} rows for a window of {size} around {at}", found.len());
                assert_eq!(
                    (page.at_start, page.at_end),
                    (place == at, at - place + found.len() == all.len()),
                    "{kind:?} {size} {at}"
                );
                let inside = at >= size && at + size < all.len();
                assert!(
                    !inside || (found.len() == size && place.abs_diff(size / 2) <= 1),
                    "{kind:?} {size} {at}: {place}"
                );
            }
        }
        let nobody = read(&db, &query(kind, &sort, Anchor::Around(Uuid::nil()), 5), None).expect("a page");
        assert_eq!(ids(&nobody.rows), all[..5]);
        assert!(nobody.at_start);
    }
}

#[test]
fn a_stream_gives_every_row_once_in_order_and_stops_when_told() {
    let db = demo();
    for kind in [ListKind::Catalog, ListKind::Shelf] {
        let mut all = Vec::new();
        stream(&db, &query(kind, &Vec::new(), Anchor::Start, 5), None, |row| {
            all.push((row.place.key, row.id));
            true
        })
        .expect("rows");
        assert_eq!(all, plain(&db, kind.spec(), &Vec::new(), false, 1 << 40));
        let mut few = 0;
        stream(&db, &query(kind, &Vec::new(), Anchor::Start, 5), None, |_| {
            few += 1;
            few < 1_005
        })
        .expect("rows");
        assert_eq!(few, 1_005);
    }
}

#[test]
fn a_place_holds_the_values_its_row_sorts_by() {
    let db = demo();
    let sort = vec![("price", true), ("code", false)];
    let page = read(&db, &query(ListKind::Catalog, &sort, Anchor::Start, 50), None).expect("a page");
    let columns = ListKind::Catalog.spec().columns;
    let of = |row: &PageRow, id: &str| row.cells[columns.iter().position(|c| c.id == id).expect("a column")].clone();
    for row in &page.rows {
        assert_eq!(row.place.values, [of(row, "price"), of(row, "code")]);
    }
    assert!(page.rows.windows(2).all(|w| of(&w[0], "price") >= of(&w[1], "price")));
    assert!(matches!(of(&page.rows[0], "price"), Value::Int(n) if n > 0));
}
