//! Reading for screens: one thread with its own connection, one slot per screen part, the latest request wins.
//!
//! A request that is overtaken is dropped before it starts or interrupted while it runs. Every answer is of one moment
//! of the database, that of its asking or later. Answers go out through a function, so that the console gets them as
//! messages. A second thread builds the search columns.

use super::board::{self, Board};
use super::detail::{self, Detail, OrderPage, Reach, Record};
use super::excluded::{self, Excluded};
use super::filter::{Filter, FilterError, Lexicon};
use super::link::Standing;
use super::list::ListKind;
use super::page::{self, ListQuery, Page};
use super::preview::{self, Preview};
use super::recall::{self, Recall};
use super::search::{Columns, Found};
use super::{Store, StoreError, error};
use crate::base::locale::{Lang, Locale};
use crate::domain::actor::Actor;
use crate::domain::rows::Kind;
use crate::domain::work::shanghai_date;
use crate::sqlite::{self, DbError};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Part of the screen a request is for; a newer request for the same slot takes the older one's place.
pub type Slot = u32;

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    Board,
    /// A window of a list; the text is the filter as typed, parsed on the reader's side where the divisions are known.
    Page {
        query: ListQuery,
        typed: String,
    },
    /// Which term of the filter of an empty list excludes most. Nobody waits for it: it gives way to everything else.
    Excluded {
        query: ListQuery,
        typed: String,
    },
    Detail {
        kind: Kind,
        id: Uuid,
    },
    /// The audit record with this number.
    Audit(i64),
    /// The order to the hub with this number.
    Order(i64),
    /// How much a suspension of an entry would touch.
    Reach(Vec<Uuid>),
    /// What a delisting by this person would touch: of incidents, or of the incidents of these products.
    Preview {
        actor: Box<Actor>,
        incidents: Vec<Uuid>,
        entries: Vec<Uuid>,
    },
    /// The three answers of a recall of an incident, a batch or a product.
    Recall {
        kind: Kind,
        id: Uuid,
    },
    Map,
    Matrix,
    /// What gift packs are made of, and a pack that is to be changed.
    Shelf(Option<Uuid>),
}

/// What was read.
#[derive(Debug)]
pub enum Answer {
    Board(Box<Board>),
    /// The window, the filter as understood, and whether the search column answered.
    Page {
        page: Page,
        filter: Filter,
        took: Duration,
    },
    Excluded(Option<Excluded>),
    Detail(Box<Option<Detail>>),
    Audit(Box<Option<Record>>),
    Order(Box<Option<OrderPage>>),
    Reach(Reach),
    Preview(Box<Preview>),
    Recall(Box<Option<Recall>>),
    Map(super::geo::CounterMap),
    Matrix(super::geo::Matrix),
    Shelf(Box<super::packs::Shelf>),
    Filter(FilterError),
    Failed(StoreError),
}

/// News from the reader.
#[derive(Debug)]
pub enum News {
    Answer {
        slot: Slot,
        serial: u64,
        answer: Answer,
    },
    /// The database changed, here or in another process.
    Moved,
    /// How the console stands to its hub, when it is otherwise than before.
    Standing(Option<Box<Standing>>),
    /// Names of divisions by code, when they are others than before.
    Divisions(HashMap<String, String>),
    /// A list's search column is ready.
    Indexed(ListKind),
}

impl Request {
    /// Whether it waits until nothing else is to be read, and is put back when something is.
    fn gives_way(&self) -> bool {
        matches!(self, Request::Excluded { .. })
    }
}

#[derive(Default)]
struct Waiting {
    requests: BTreeMap<Slot, (u64, Request)>,
    running: Option<Slot>,
    /// Whether what runs gives way to any other request.
    gives_way: bool,
    stop: bool,
}

impl Waiting {
    /// The request to run next.
    fn take(&mut self) -> Option<(Slot, u64, Request)> {
        let urgent = self.requests.iter().find(|(_, (_, r))| !r.gives_way()).map(|(slot, _)| *slot);
        let slot = urgent.or_else(|| self.requests.keys().next().copied())?;
        let (serial, request) = self.requests.remove(&slot)?;
        (self.running, self.gives_way) = (Some(slot), request.gives_way());
        Some((slot, serial, request))
    }
}

struct Shared {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    /// Whether what runs is overtaken. SQLite looks at it as it works: unlike an interruption sent to it, it counts
    /// also when it is set between two statements.
    cancel: AtomicBool,
    /// Somebody knows that the database is another: it is looked at before the next second.
    look: AtomicBool,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handle the console asks through; dropping it ends the threads.
pub struct Reads {
    shared: Arc<Shared>,
    index: Sender<ListKind>,
    columns: Columns,
    serial: u64,
}

impl Reads {
    /// Starts the threads, reading with `db`, a connection of the store. `tell` runs on them.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(
        store: &Store,
        db: Connection,
        locale: &Arc<Locale>,
        tell: impl Fn(News) + Send + Clone + 'static,
    ) -> Result<Reads, StoreError> {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            wake: Condvar::new(),
            cancel: AtomicBool::new(false),
            look: AtomicBool::new(false),
        });
        let columns = Columns::default();
        let failed = |e: std::io::Error| StoreError::Db(DbError::Other(store.path().to_path_buf(), e.to_string()));
        let watched = Arc::clone(&shared);
        db.progress_handler(STEPS, Some(move || watched.cancel.load(Ordering::Acquire)))
            .map_err(|e| DbError::of(store.path(), &e))?;
        let reader = Reader {
            db,
            store: store.clone(),
            locale: Arc::clone(locale),
            columns: columns.clone(),
            shared: Arc::clone(&shared),
            divisions: Vec::new(),
            standing: None,
        };
        let reader_tell = tell.clone();
        std::thread::Builder::new().name("reader".into()).spawn(move || reader.run(&reader_tell)).map_err(failed)?;
        let index = spawn_index(store, &columns, tell).map_err(failed)?;
        Ok(Reads { shared, index, columns, serial: 0 })
    }

    /// Asks; gives the request's serial number, which its answer carries.
    pub fn ask(&mut self, slot: Slot, request: Request) -> u64 {
        self.serial += 1;
        let mut waiting = self.shared.lock();
        waiting.requests.insert(slot, (self.serial, request));
        if waiting.running == Some(slot) || waiting.gives_way {
            self.shared.cancel.store(true, Ordering::Release);
        }
        drop(waiting);
        self.shared.wake.notify_one();
        self.serial
    }

    /// Wants the search column of a list; does nothing when it is there and level.
    pub fn want_column(&self, kind: ListKind) {
        // The index thread lives as long as this handle.
        let _ = self.index.send(kind);
    }

    /// Makes the reader look whether the database is another, from any thread, as often as it likes.
    pub fn looker(&self) -> impl Fn() + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || {
            // Under the lock: a reader that is about to wait would miss it.
            let _waiting = shared.lock();
            shared.look.store(true, Ordering::Release);
            shared.wake.notify_one();
        }
    }

    /// The search columns, for their size.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl Drop for Reads {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.cancel.store(true, Ordering::Release);
        self.shared.wake.notify_one();
    }
}

struct Reader {
    db: Connection,
    store: Store,
    locale: Arc<Locale>,
    columns: Columns,
    shared: Arc<Shared>,
    divisions: Vec<(String, String)>,
    standing: Option<Box<Standing>>,
}

/// How often another process's writes are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// Steps of SQLite between two looks whether it is to stop: far less than a millisecond.
const STEPS: i32 = 1_000;

impl Reader {
    fn run(mut self, tell: &impl Fn(News)) {
        self.divisions = divisions(&self.db).unwrap_or_default();
        self.look_at_the_hub(tell);
        let mut version = data_version(&self.db);
        let mut looked = Instant::now();
        loop {
            if let Some((slot, serial, request)) = self.next() {
                let path = self.store.path();
                let answer = error::answered(path, || Ok(self.answer(&request))).unwrap_or_else(Answer::Failed);
                let overtaken = {
                    let mut waiting = self.shared.lock();
                    waiting.running = None;
                    let gave_way = std::mem::take(&mut waiting.gives_way)
                        && matches!(answer, Answer::Failed(StoreError::Cancelled));
                    if !waiting.stop {
                        self.shared.cancel.store(false, Ordering::Release);
                    }
                    let overtaken = waiting.requests.contains_key(&slot);
                    if gave_way && !overtaken {
                        waiting.requests.insert(slot, (serial, request));
                    }
                    overtaken || gave_way
                };
                if !overtaken {
                    tell(News::Answer { slot, serial, answer });
                }
            } else if self.shared.lock().stop {
                return;
            }
            // Also between requests: whoever keeps a key pressed would never see what others do.
            if looked.elapsed() >= LOOK || self.shared.look.swap(false, Ordering::AcqRel) {
                looked = Instant::now();
                let now = data_version(&self.db);
                if now != version {
                    version = now;
                    self.look_at_names(tell);
                    self.look_at_the_hub(tell);
                    tell(News::Moved);
                }
            }
        }
    }

    /// Reads how the console stands to its hub and tells it when it is otherwise than before.
    fn look_at_the_hub(&mut self, tell: &impl Fn(News)) {
        let Ok(standing) = Standing::read(&self.db) else { return };
        let standing = standing.map(Box::new);
        if standing != self.standing {
            self.standing.clone_from(&standing);
            tell(News::Standing(standing));
        }
    }

    /// Reads the names of divisions again and tells them when they are others.
    fn look_at_names(&mut self, tell: &impl Fn(News)) {
        match divisions(&self.db) {
            Ok(names) if names != self.divisions => self.divisions = names,
            _ => return,
        }
        if let Ok(names) = division_names(&self.db, self.locale.lang()) {
            tell(News::Divisions(names));
        }
    }

    /// The next request, or `None` after waiting one look or when there will be none.
    fn next(&self) -> Option<(Slot, u64, Request)> {
        let mut waiting = self.shared.lock();
        if waiting.requests.is_empty() && !waiting.stop && !self.shared.look.load(Ordering::Acquire) {
            waiting = self.shared.wake.wait_timeout(waiting, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        if waiting.stop {
            return None;
        }
        waiting.take()
    }

    fn answer(&self, request: &Request) -> Answer {
        let failed = |e: rusqlite::Error| match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => Answer::Failed(StoreError::Cancelled),
            _ => Answer::Failed(DbError::of(self.store.path(), &e).into()),
        };
        let _moment = match sqlite::snapshot(&self.db) {
            Ok(moment) => moment,
            Err(e) => return failed(e),
        };
        match request {
            Request::Board => {
                board::read(&self.db, self.store.clock().now()).map_or_else(failed, |b| Answer::Board(Box::new(b)))
            }
            Request::Detail { kind, id } => {
                detail::read(&self.db, *kind, *id).map_or_else(failed, |d| Answer::Detail(Box::new(d)))
            }
            Request::Audit(no) => detail::record(&self.db, *no).map_or_else(failed, |r| Answer::Audit(Box::new(r))),
            Request::Order(n) => detail::order(&self.db, *n).map_or_else(failed, |o| Answer::Order(Box::new(o))),
            Request::Reach(entries) => detail::reach(&self.db, entries).map_or_else(failed, Answer::Reach),
            Request::Preview { actor, incidents, entries } => {
                preview::read(&self.db, actor, self.store.clock().now(), incidents, entries)
                    .map_or_else(failed, |p| Answer::Preview(Box::new(p)))
            }
            Request::Recall { kind, id } => {
                recall::read(&self.db, *kind, *id).map_or_else(failed, |r| Answer::Recall(Box::new(r)))
            }
            Request::Map => super::geo::counter_map(&self.db).map_or_else(failed, Answer::Map),
            Request::Matrix => super::geo::matrix(&self.db).map_or_else(failed, Answer::Matrix),
            Request::Shelf(pack) => {
                super::packs::shelf(&self.db, *pack).map_or_else(failed, |s| Answer::Shelf(Box::new(s)))
            }
            Request::Page { query, typed } => {
                let started = Instant::now();
                let query = match self.understood(query, typed) {
                    Ok(query) => query,
                    Err(e) => return Answer::Filter(e),
                };
                let read = || {
                    let found = self.find(query.kind, &query.filter)?;
                    page::read(&self.db, &query, found.as_ref())
                };
                let page = |page| Answer::Page { page, filter: query.filter.clone(), took: started.elapsed() };
                read().map_or_else(failed, page)
            }
            Request::Excluded { query, typed } => match self.understood(query, typed) {
                Ok(query) => excluded::read(&self.db, &query, |filter| self.find(query.kind, filter))
                    .map_or_else(failed, Answer::Excluded),
                Err(e) => Answer::Filter(e),
            },
        }
    }

    /// The query with the filter that was typed.
    fn understood(&self, query: &ListQuery, typed: &str) -> Result<ListQuery, FilterError> {
        let year = shanghai_date(self.store.clock().now()).year();
        let lexicon = Lexicon { locale: &self.locale, divisions: &self.divisions, year };
        let filter = Filter::parse(typed, query.kind.spec(), &lexicon)?;
        Ok(ListQuery { filter, ..query.clone() })
    }

    /// What the search column of a list finds.
    fn find(&self, kind: ListKind, filter: &Filter) -> rusqlite::Result<Option<Found>> {
        self.columns.search(&self.db, kind, filter, &self.shared.cancel)
    }
}

fn data_version(db: &Connection) -> i64 {
    db.query_row("PRAGMA data_version", [], |r| r.get(0)).unwrap_or(0)
}

/// Code and name of every division and partner city, for filters.
///
/// # Errors
/// What SQLite says.
pub fn divisions(db: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = db.prepare("SELECT code, name FROM division ORDER BY code")?;
    statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
}

/// Names of divisions and partner cities by code, to show in a language; Chinese where there is no English one.
///
/// # Errors
/// What SQLite says.
pub fn division_names(db: &Connection, lang: Lang) -> rusqlite::Result<HashMap<String, String>> {
    let mut statement = db.prepare("SELECT code, name, name_en FROM division")?;
    let rows = statement.query_map([], |r| {
        let (zh, en): (String, String) = (r.get(1)?, r.get(2)?);
        Ok((r.get(0)?, if lang == Lang::En && !en.is_empty() { en } else { zh }))
    })?;
    rows.collect()
}

fn spawn_index(
    store: &Store,
    columns: &Columns,
    tell: impl Fn(News) + Send + 'static,
) -> std::io::Result<Sender<ListKind>> {
    let (send, receive) = channel::<ListKind>();
    let (store, columns) = (store.clone(), columns.clone());
    std::thread::Builder::new().name("index".into()).spawn(move || {
        loop {
            let kind = match receive.recv_timeout(Duration::from_secs(3600)) {
                Ok(kind) => kind,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let fresh = !columns.is_ready(kind);
            // Its own connection, closed again: the pages it read need not stay in memory.
            let refreshed = error::answered(store.path(), || {
                let db = store.connect()?;
                columns.refresh(&db, kind).map_err(|e| DbError::of(store.path(), &e).into())
            });
            match refreshed {
                Ok(()) if fresh => tell(News::Indexed(kind)),
                Ok(()) => {}
                Err(why) => tracing::warn!(list = kind.code(), %why, "search column not built"),
            }
        }
    })?;
    Ok(send)
}
