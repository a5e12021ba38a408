//! The store at 1.6 thousand catalog entries and, when asked, at 160 thousand and 1.6 million: pages, sorts, filters,
//! the watch board, a record, a change on the disk, loading. Bare rusqlite does the nearest simple thing beside each.
//!
//! `GONGFU_BENCH_SCALE=1,100,1000` chooses the scales (1 alone without it); `GONGFU_BENCH_DIR` keeps the databases made
//! in folders named by scale, so that the next run finds them.
#![expect(clippy::print_stderr, reason = "sizes and single runs belong beside the timings")]
#![expect(clippy::expect_used, reason = "a bench that cannot read its database has nothing to say")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::base::locale::{Lang, Locale};
use gongfu::demo::{self, Options};
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Meta;
use gongfu::domain::rows::{Kind, Row};
use gongfu::reference::Reference;
use gongfu::setup;
use gongfu::sqlite::{self, Use};
use gongfu::store::convert::Bind;
use gongfu::store::filter::{Filter, Lexicon};
use gongfu::store::list::{ListKind, Sort};
use gongfu::store::page::{Anchor, ListQuery, Page};
use gongfu::store::search::Columns;
use gongfu::store::{FILE, Store, board, detail, page, reads, recall};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use uuid::Uuid;

const ROWS: usize = 60;

fn scales() -> Vec<u32> {
    let asked = std::env::var("GONGFU_BENCH_SCALE").unwrap_or_default();
    let scales: Vec<u32> = asked.split(',').filter_map(|s| s.trim().parse().ok()).collect();
    if scales.is_empty() { vec![1] } else { scales }
}

/// The database of a scale, made when it is not there.
struct Data {
    dir: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Data {
    fn at(scale: u32) -> Data {
        let (dir, temporary) = match std::env::var_os("GONGFU_BENCH_DIR") {
            Some(keep) => (Path::new(&keep).join(scale.to_string()), None),
            None => {
                let made = tempfile::tempdir().expect("a folder");
                (made.path().to_path_buf(), Some(made))
            }
        };
        std::fs::create_dir_all(&dir).expect("a folder");
        if !dir.join(FILE).exists() {
            let started = Instant::now();
            let rows = setup::demo(&dir, 1, scale, |_| {}).expect("a demo").total();
            let took = started.elapsed();
            eprintln!("scale {scale}: {rows} rows made and loaded in {took:.1?}");
        }
        Data { dir, _temporary: temporary }
    }

    fn store(&self) -> Store {
        // Later than any record that an earlier run left behind.
        let db = sqlite::open(&self.dir.join(FILE), Use::Read).expect("the database");
        let last: i64 = db.query_row("SELECT max(at) FROM audit", [], |r| r.get(0)).expect("an instant");
        let start = Timestamp::from_millisecond(last).unwrap_or(demo::NOW).max(demo::NOW);
        let clock = Clock::running_from(start + SignedDuration::from_secs(1));
        Store::open(&self.dir, clock, Ids::real(clock), false).expect("the store")
    }
}

fn group<'a>(c: &'a mut Criterion, name: String) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    group
}

/// What a query is asked with.
struct Desk {
    db: Connection,
    locale: Locale,
    divisions: Vec<(String, String)>,
}

impl Desk {
    fn new(store: &Store) -> Desk {
        let db = store.connect().expect("a connection");
        let divisions = reads::divisions(&db).expect("divisions");
        Desk { db, locale: Locale::new(Lang::Zh), divisions }
    }

    fn filter(&self, typed: &str) -> Filter {
        let lexicon = Lexicon { locale: &self.locale, divisions: &self.divisions, year: 2020 };
        Filter::parse(typed, ListKind::Catalog.spec(), &lexicon).expect("a filter")
    }

    fn query(&self, typed: &str, sort: &[(&'static str, bool)], anchor: Anchor) -> ListQuery {
        let (filter, sort) = (self.filter(typed), sort.to_vec());
        ListQuery { kind: ListKind::Catalog, filter, scope: None, sort, anchor, rows: ROWS }
    }

    fn page(&self, query: &ListQuery) -> Page {
        page::read(&self.db, query, None).expect("a page")
    }

    fn filtered(&self, query: &ListQuery, columns: &Columns) -> Page {
        let found = columns.search(&self.db, query.kind, &query.filter, &AtomicBool::new(false)).expect("a search");
        page::read(&self.db, query, found.as_ref()).expect("a page")
    }
}

fn entry_in_the_middle(db: &Connection) -> Uuid {
    let sql = "SELECT id FROM catalog_entry WHERE seq = (SELECT max(seq) / 2 FROM catalog_entry)";
    db.query_row(sql, [], |r| r.get::<_, [u8; 16]>(0)).map(Uuid::from_bytes).expect("an entry")
}

fn pages(c: &mut Criterion, scale: u32, desk: &Desk) {
    let middle = entry_in_the_middle(&desk.db);
    let mut g = group(c, format!("page-x{scale}"));
    for (name, anchor) in [("start", Anchor::Start), ("middle", Anchor::Around(middle)), ("end", Anchor::End)] {
        let query = desk.query("", &[], anchor);
        g.bench_function(name, |b| b.iter(|| desk.page(&query)));
    }
    let place = desk.page(&desk.query("", &[], Anchor::Around(middle))).rows.pop().expect("a row").place;
    let query = desk.query("", &[], Anchor::After(place));
    g.bench_function("next from the middle", |b| b.iter(|| desk.page(&query)));
    let key: i64 = desk.db.query_row("SELECT max(seq) / 2 FROM catalog_entry", [], |r| r.get(0)).expect("a number");
    g.bench_function("bare rusqlite, 50 rows by key", |b| {
        let mut statement =
            desk.db.prepare("SELECT * FROM catalog_entry WHERE seq > ?1 ORDER BY seq LIMIT 50").expect("SQL");
        b.iter(|| {
            let width = statement.column_count();
            let mut rows = statement.query([key]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                for i in 0..width {
                    black_box(row.get_ref(i).expect("a value"));
                }
            }
        });
    });
    g.finish();

    let mut g = group(c, format!("sort-x{scale}"));
    for column in ListKind::Catalog.spec().columns.iter().filter(|c| c.sort != Sort::No) {
        let first = desk.query("", &[(column.id, false)], Anchor::Start);
        g.bench_function(BenchmarkId::new("first page", column.id), |b| b.iter(|| desk.page(&first)));
        let around = desk.query("", &[(column.id, true)], Anchor::Around(middle));
        g.bench_function(BenchmarkId::new("around the middle", column.id), |b| b.iter(|| desk.page(&around)));
    }
    for (name, sort) in [("county, price", ["county", "price"]), ("state, name", ["state", "name"])] {
        let sort = sort.map(|id| (id, false));
        let query = desk.query("", &sort, Anchor::Start);
        g.bench_function(BenchmarkId::new("two keys", name), |b| b.iter(|| desk.page(&query)));
        let around = desk.query("", &sort, Anchor::Around(middle));
        g.bench_function(BenchmarkId::new("two keys around the middle", name), |b| b.iter(|| desk.page(&around)));
    }
    g.finish();
}

fn filters(c: &mut Criterion, scale: u32, desk: &Desk) {
    let columns = Columns::default();
    let started = Instant::now();
    columns.refresh(&desk.db, ListKind::Catalog).expect("a column");
    let took = started.elapsed();
    eprintln!("scale {scale}: search column built in {took:.1?}, {:.1} MB", columns.memory_bytes() as f64 / 1e6);
    let mut g = group(c, format!("filter-x{scale}"));
    for word in ["zsme", "木耳", "zhashui"] {
        for (at, letter) in word.char_indices() {
            let (before, now) = (&word[..at], &word[..at + letter.len_utf8()]);
            let before = desk.query(before, &[], Anchor::Start);
            let query = desk.query(now, &[], Anchor::Start);
            // As typed: the letter before has been answered.
            g.bench_function(BenchmarkId::new(format!("letter of {word}"), now), |b| {
                b.iter_batched(
                    || columns.search(&desk.db, before.kind, &before.filter, &AtomicBool::new(false)),
                    |_| desk.filtered(&query, &columns),
                    BatchSize::PerIteration,
                );
            });
        }
    }
    for (typed, sort) in [
        ("county:柞水县", "code"),
        ("state:suspended", "code"),
        ("state:listed", "price"),
        ("county:柞水县 木耳", "price"),
        ("price:100..120", "code"),
        ("price:>100", "helped"),
        ("county:柞水县 price:>100", "stock"),
        ("木 price:>100", "code"),
        ("SX611026", "code"),
        ("SX611026", "price"),
        ("supplier:秦岭", "code"),
        ("0003", "code"),
        ("1026-0003", "code"),
        ("26-16000", "code"),
        ("!0003", "price"),
        ("!state:listed", "since"),
    ] {
        let query = desk.query(typed, &[(sort, false)], Anchor::Start);
        let name = format!("{typed} by {sort}");
        g.bench_function(BenchmarkId::new("page and count", name), |b| b.iter(|| desk.filtered(&query, &columns)));
    }
    for typed in ["county:柞水县", "state:listed", "zsme", "木耳"] {
        let query = desk.query(typed, &[], Anchor::Start);
        g.bench_function(BenchmarkId::new("no column yet", typed), |b| b.iter(|| desk.page(&query)));
    }
    g.finish();
}

fn screens(c: &mut Criterion, scale: u32, store: &Store, desk: &Desk) {
    let now = store.clock().now();
    let middle = entry_in_the_middle(&desk.db);
    let mut g = group(c, format!("screen-x{scale}"));
    g.bench_function("open a connection", |b| b.iter(|| store.connect().expect("a connection")));
    g.bench_function("board", |b| b.iter(|| board::read(&desk.db, now).expect("a board")));
    g.bench_function("board, first read of a connection", |b| {
        b.iter_batched(
            || store.connect().expect("a connection"),
            |db| board::read(&db, now).expect("a board"),
            BatchSize::PerIteration,
        );
    });
    // The batch of which most was bought: who received it, what can be stopped, what is left.
    let sql =
        "SELECT batch_id FROM purchase WHERE batch_id IS NOT NULL GROUP BY batch_id ORDER BY count(*) DESC LIMIT 1";
    let batch: [u8; 16] = desk.db.query_row(sql, [], |r| r.get(0)).expect("a batch");
    let batch = Uuid::from_bytes(batch);
    g.bench_function("recall of the most bought batch", |b| {
        b.iter(|| recall::read(&desk.db, Kind::Batch, batch).expect("the answers"));
    });
    g.bench_function("bare: its buyers by a walk over every purchase", |b| {
        let sql = "SELECT buyer_id, sum(quantity) FROM purchase NOT INDEXED WHERE batch_id = ?1 GROUP BY buyer_id";
        let mut walk = desk.db.prepare(sql).expect("sql");
        b.iter(|| walk.query_map([batch.as_bytes().as_slice()], |r| r.get::<_, i64>(1)).expect("rows").count());
    });
    g.bench_function("detail", |b| b.iter(|| detail::read(&desk.db, Kind::CatalogEntry, middle).expect("a record")));
    g.finish();
}

/// Suspends and resumes an entry: rules, rows, audit, on the disk before it is told.
fn commits(c: &mut Criterion, scale: u32, store: &Store, desk: &Desk) {
    let org: [u8; 16] = desk
        .db
        .query_row("SELECT id FROM organisation WHERE code = ?1", [setup::DEMO_ORG], |r| r.get(0))
        .expect("the organisation");
    let actor = setup::office(Uuid::from_bytes(org));
    let id: [u8; 16] = desk
        .db
        .query_row("SELECT id FROM catalog_entry WHERE state = 'listed' LIMIT 1", [], |r| r.get(0))
        .expect("an entry");
    let order =
        |verb| Command::Move { kind: Kind::CatalogEntry, id: Uuid::from_bytes(id), verb, reason: "量一量".into() };
    let mut g = group(c, format!("commit-x{scale}"));
    g.bench_function("suspend and resume", |b| {
        b.iter(|| {
            store.submit_wait(&actor, vec![order(Verb::Suspend)]).expect("suspended");
            store.submit_wait(&actor, vec![order(Verb::Resume)]).expect("resumed");
        });
    });
    g.bench_function("bare rusqlite, one row twice", |b| {
        let dir = tempfile::tempdir_in(store.path().parent().expect("a folder")).expect("a folder");
        let db = sqlite::open(&dir.path().join("bare.db"), Use::Write).expect("a database");
        db.execute_batch("CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT); INSERT INTO a VALUES (1, '')").expect("SQL");
        b.iter(|| {
            db.execute("UPDATE a SET y = 'suspended' WHERE x = 1", []).expect("SQL");
            db.execute("UPDATE a SET y = 'listed' WHERE x = 1", []).expect("SQL");
        });
    });
    g.finish();
}

/// The demo's rows into a bare file: a table a kind, its id the only index, no rules, totals or sort keys.
struct Bare {
    db: Connection,
    pending: usize,
}

impl Bare {
    fn begin(dir: &Path) -> Bare {
        let db = sqlite::open(&dir.join("bare.db"), Use::Load).expect("a database");
        db.execute_batch("PRAGMA journal_mode=OFF; PRAGMA locking_mode=EXCLUSIVE;").expect("a pragma");
        for kind in Kind::ALL {
            let names: Vec<&str> = Meta::COLUMNS.iter().chain(kind.columns()).map(|c| c.name).collect();
            let sql = format!("CREATE TABLE \"{}\" (id BLOB PRIMARY KEY, {})", kind.table(), names.join(", "));
            db.execute_batch(&sql).expect("a table");
        }
        db.execute_batch("BEGIN").expect("a transaction");
        Bare { db, pending: 0 }
    }

    fn push(&mut self, row: &Row) -> rusqlite::Result<()> {
        let kind = row.kind();
        let count = 1 + Meta::COLUMNS.len() + kind.columns().len();
        let sql = format!("INSERT INTO \"{}\" VALUES ({})", kind.table(), vec!["?"; count].join(","));
        let mut statement = self.db.prepare_cached(&sql)?;
        statement.raw_bind_parameter(1, row.uuid().as_bytes().as_slice())?;
        let mut cells = Vec::with_capacity(count);
        row.meta().cells(&mut cells);
        cells.extend(row.cells());
        for (place, value) in (2..).zip(&cells) {
            statement.raw_bind_parameter(place, Bind(value))?;
        }
        statement.raw_execute()?;
        self.pending += 1;
        if self.pending.is_multiple_of(50_000) {
            self.db.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    fn end(self) {
        self.db.execute_batch("COMMIT").expect("a commit");
        self.db.close().expect("a closed file");
    }
}

/// Loading once, against the same rows into a bare file and against making the rows alone.
fn loads(scale: u32) {
    let reference = Reference::embedded().expect("reference data");
    let options = Options { scale, ..Options::default() };
    let base = std::env::var_os("GONGFU_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = tempfile::tempdir_in(base).expect("a folder");
    let rounds = if scale < 10 { 3 } else { 1 };
    for _ in 0..rounds {
        let started = Instant::now();
        let made = demo::generate(&reference, &options, &mut |row| {
            black_box(row);
            Ok::<(), std::convert::Infallible>(())
        });
        let alone = started.elapsed();
        let rows = made.map(|s| s.total()).unwrap_or_default();

        let started = Instant::now();
        let mut bare = Bare::begin(dir.path());
        demo::generate(&reference, &options, &mut |row| bare.push(&row)).expect("rows");
        bare.end();
        let bare = started.elapsed();
        std::fs::remove_file(dir.path().join("bare.db")).expect("the bare file");

        let started = Instant::now();
        let mut inserted = Duration::ZERO;
        setup::demo(dir.path(), 1, scale, |stage| {
            if let setup::Stage::Indices { done: 0, .. } = stage {
                inserted = started.elapsed();
            }
        })
        .expect("a demo");
        let ours = started.elapsed();
        std::fs::remove_file(dir.path().join(FILE)).expect("the loaded file");
        let rate = |took: Duration| rows as f64 / took.saturating_sub(alone).as_secs_f64() / 1000.0;
        eprintln!(
            "scale {scale}: {rows} rows; made alone {alone:.2?}; bare load {bare:.2?} ({:.0} k rows/s without making \
             them); ours {ours:.2?}, of which rows {inserted:.2?} ({:.0} k rows/s; with indices {:.0} k rows/s)",
            rate(bare),
            rate(inserted),
            rate(ours),
        );
    }
}

fn all(c: &mut Criterion) {
    for scale in scales() {
        let data = Data::at(scale);
        let store = data.store();
        let desk = Desk::new(&store);
        screens(c, scale, &store, &desk);
        pages(c, scale, &desk);
        filters(c, scale, &desk);
        commits(c, scale, &store, &desk);
        // Loading takes minutes at a large scale: only when nothing is singled out.
        if std::env::args().skip(1).all(|a| a.starts_with('-') || a == "load") {
            loads(scale);
        }
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
