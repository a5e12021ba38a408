//! The reader of the screens: the latest request wins, nothing overtaken runs on, and no answer is older than what
//! another process wrote.

use super::{submit, suspend};
use crate::support::province::{NOW, Province};
use crate::support::storage::{Temporary, raw};
use gongfu::base::locale::{Lang, Locale};
use gongfu::domain::rows::CatalogEntry;
use gongfu::store::filter::Filter;
use gongfu::store::list::ListKind;
use gongfu::store::page::{Anchor, ListQuery, Page};
use gongfu::store::reads::{Answer, News, Reads, Request};
use gongfu::store::search::Columns;
use gongfu::store::{Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything here takes, also on a machine that is busy.
const LONG: Duration = Duration::from_secs(60);

fn start(store: &Store) -> (Reads, Receiver<News>) {
    let (send, news) = channel();
    let tell = move |n: News| {
        let _ = send.send(n);
    };
    let locale = Arc::new(Locale::new(Lang::Zh));
    (Reads::start(store, store.connect().expect("a reader"), &locale, tell).expect("threads"), news)
}

fn list(kind: ListKind, typed: &str) -> Request {
    let query =
        ListQuery { kind, filter: Filter::default(), scope: None, sort: Vec::new(), anchor: Anchor::Start, rows: 50 };
    Request::Page { query, typed: typed.into() }
}

fn page(reads: &mut Reads, news: &Receiver<News>, kind: ListKind, typed: &str) -> Page {
    let asked = reads.ask(1, list(kind, typed));
    loop {
        if let News::Answer { serial, answer, .. } = news.recv_timeout(LONG).expect("an answer")
            && serial == asked
        {
            let Answer::Page { page, .. } = answer else { panic!("{typed}: {answer:?}") };
            return page;
        }
    }
}

#[test]
fn a_filtered_list_never_shows_what_another_process_has_changed() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    // Two handles on one file are to each other what two processes are.
    let (here, there) = (s.open(), s.open());
    let (mut reads, news) = start(&here);
    reads.want_column(ListKind::Catalog);
    while !matches!(news.recv_timeout(LONG).expect("a column"), News::Indexed(ListKind::Catalog)) {}
    for (n, entry) in p.rows.all::<CatalogEntry>().iter().take(4).enumerate() {
        let before = page(&mut reads, &news, ListKind::Catalog, "state:listed").total;
        let suspended = page(&mut reads, &news, ListKind::Catalog, "state:suspended").total;
        submit(&there, &p, vec![suspend(entry)], Vec::new()).unwrap_or_else(|e| panic!("{n}: {e:?}"));
        let after = page(&mut reads, &news, ListKind::Catalog, "state:listed");
        assert_eq!(after.total, before - 1, "the very next answer knows it");
        assert!(after.rows.iter().all(|r| r.id != entry.id.0));
        assert_eq!(page(&mut reads, &news, ListKind::Catalog, "state:suspended").total, suspended + 1);
    }
}

#[test]
fn what_another_process_writes_is_told_idle_or_busy() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let (here, there) = (s.open(), s.open());
    let entries: Vec<CatalogEntry> = p.rows.all();
    for (n, busy) in [false, true].into_iter().enumerate() {
        let (mut reads, news) = start(&here);
        page(&mut reads, &news, ListKind::Catalog, "");
        submit(&there, &p, vec![suspend(&entries[n])], Vec::new()).expect("written");
        let began = Instant::now();
        let wait = if busy { Duration::from_millis(20) } else { LONG };
        loop {
            match news.recv_timeout(wait) {
                Ok(News::Moved) => break,
                Ok(_) => {}
                Err(_) => assert!(busy, "nothing was told"),
            }
            assert!(began.elapsed() < LONG, "nothing was told, busy {busy}");
            if busy {
                reads.ask(1, list(ListKind::Catalog, "木耳"));
            }
        }
    }
}

#[test]
fn new_names_of_divisions_are_told_and_understood_in_filters() {
    let s = Temporary::demo();
    let store = s.open();
    let (mut reads, news) = start(&store);
    let by_code = page(&mut reads, &news, ListKind::Catalog, "county:611026").total;
    raw(&s.file()).execute("UPDATE division SET name = '新名县' WHERE code = '611026'", []).expect("another process");
    loop {
        if let News::Divisions(names) = news.recv_timeout(LONG).expect("news") {
            assert_eq!(names.get("611026").map(String::as_str), Some("新名县"));
            break;
        }
    }
    assert_eq!(page(&mut reads, &news, ListKind::Catalog, "county:新名县").total, by_code);
    assert!(by_code > 0);
}

#[test]
fn the_latest_request_of_a_slot_is_answered_and_none_is_answered_as_cancelled() {
    let s = Temporary::demo();
    let store = s.open();
    let (mut reads, news) = start(&store);
    let typed = ["木", "木耳", "z", "zs", "县", "!县", "木 !耳", "茶"];
    let mut last = (0, 0);
    for n in 0..200_usize {
        let kind = if n % 3 == 0 { ListKind::Purchases } else { ListKind::Catalog };
        let slot = u32::try_from(n % 2).expect("small");
        let serial = reads.ask(slot, list(kind, typed[n % typed.len()]));
        if slot == 0 {
            last.0 = serial
        } else {
            last.1 = serial
        }
        if n == 100 {
            reads.want_column(ListKind::Catalog);
        }
        std::thread::sleep(Duration::from_micros(u64::try_from(n % 7).expect("small") * 300));
    }
    let mut seen = [0_u64; 2];
    while seen != [last.0, last.1] {
        let News::Answer { slot, serial, answer } = news.recv_timeout(LONG).expect("the last answers") else {
            continue;
        };
        assert!(matches!(answer, Answer::Page { .. }), "{answer:?}");
        let slot = usize::try_from(slot).expect("small");
        assert!(serial > seen[slot], "answers come in the order of asking");
        seen[slot] = serial;
    }
}

#[test]
fn a_cancelled_search_is_an_interruption_and_no_answer() {
    let db = crate::support::storage::demo();
    let columns = Columns::default();
    columns.refresh(&db, ListKind::Catalog).expect("a column");
    let filter = super::filters::parse(&db, Lang::Zh, ListKind::Catalog, "木耳").expect("a filter");
    let cancelled = columns.search(&db, ListKind::Catalog, &filter, &AtomicBool::new(true));
    let code = cancelled.expect_err("no answer").sqlite_error_code();
    assert_eq!(code, Some(rusqlite::ErrorCode::OperationInterrupted));
    assert!(columns.search(&db, ListKind::Catalog, &filter, &AtomicBool::new(false)).expect("an answer").is_some());
}

#[test]
fn a_column_of_a_later_moment_does_not_answer_for_an_earlier_one() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let (store, columns) = (s.open(), Columns::default());
    let (early, late) = (store.connect().expect("a reader"), store.connect().expect("a reader"));
    let filter = super::filters::parse(&late, Lang::Zh, ListKind::Catalog, "state:listed").expect("a filter");
    let _moment = gongfu::sqlite::snapshot(&early).expect("a moment");
    let entries = crate::support::storage::number(&early, "SELECT count(*) FROM catalog_entry");
    assert!(entries > 0);
    submit(&store, &p, vec![suspend(&p.rows.all()[0])], Vec::new()).expect("written");
    columns.refresh(&late, ListKind::Catalog).expect("a column");
    let search = |db| columns.search(db, ListKind::Catalog, &filter, &AtomicBool::new(false)).expect("an answer");
    assert!(search(&early).is_none());
    assert!(search(&late).is_some());
}

#[test]
fn an_answer_that_panics_leaves_the_writer_at_work() {
    let p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let store = s.open();
    let entries: Vec<CatalogEntry> = p.rows.all();
    store.submit(&p.people[0], vec![suspend(&entries[0])], Vec::new(), |_| panic!("the asker's own fault"));
    submit(&store, &p, vec![suspend(&entries[1])], Vec::new()).expect("the next one is served");
    assert!(!matches!(submit(&store, &p, vec![suspend(&entries[0])], Vec::new()), Err(StoreError::Db(_))));
    assert_eq!(store.clock().now(), NOW);
}

#[test]
fn why_a_list_is_empty_waits_for_everything_else_and_is_answered_in_the_end() {
    let s = Temporary::demo();
    let store = s.open();
    let (mut reads, news) = start(&store);
    let why = |kind, typed: &str| match list(kind, typed) {
        Request::Page { query, typed } => Request::Excluded { query, typed },
        other => other,
    };
    let terms: Vec<String> = (0..12).map(|n| format!("没有{n}")).collect();
    let long = reads.ask(0, why(ListKind::Purchases, &terms.join(" ")));
    // It is at work by now.
    std::thread::sleep(Duration::from_millis(50));
    let urgent = reads.ask(5, list(ListKind::Catalog, "木耳"));
    let mut answered = Vec::new();
    while answered.len() < 2 {
        if let News::Answer { serial, answer, .. } = news.recv_timeout(LONG).expect("an answer") {
            assert!(!matches!(answer, Answer::Failed(_)), "{answer:?}");
            answered.push(serial);
        }
    }
    assert_eq!(answered, [urgent, long]);
    let total = page(&mut reads, &news, ListKind::Catalog, "木耳").total;
    let asked = reads.ask(0, why(ListKind::Catalog, "木耳 没有这个"));
    let mut found = None;
    while found.is_none() {
        if let News::Answer { serial, answer: Answer::Excluded(e), .. } = news.recv_timeout(LONG).expect("an answer")
            && serial == asked
        {
            found = Some(e);
        }
    }
    assert_eq!(found.flatten().map(|e| (e.term, e.rows)), Some(("没有这个".to_owned(), total)));
}
