//! The console's local database: one file, one writer thread, readers that never wait for it.
//!
//! Owns SQL, row conversion, audit and search. Decides nothing itself (the domain does) and does not know that a hub
//! exists. Callers: console, command line, later sync.

pub mod audit;
pub mod board;
pub mod convert;
pub mod detail;
pub mod dump;
pub mod error;
pub mod excluded;
pub mod export;
pub mod filter;
pub mod geo;
pub mod level;
pub mod link;
pub mod list;
pub mod load;
pub mod merge;
pub mod outbox;
pub mod packs;
pub mod page;
pub mod preview;
pub mod put;
pub mod reads;
pub mod recall;
pub mod reference;
pub mod rows;
pub mod schema;
pub mod search;
pub mod setting;
pub mod submit;
pub mod witness;

pub use error::StoreError;
/// A connection for reading and what it may say, for callers that hand them on without knowing SQL.
pub use rusqlite::{Connection, Error as SqlError, Result as SqlResult};

use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::refusal::Refusal;
use crate::domain::rows::Kind;
use crate::sqlite::{self, DbError, Stop, Use, files, migrate};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Name of the database inside a data directory.
pub const FILE: &str = "gongfu.db";

/// What a submitted batch did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Code of the record each command was about, in order.
    pub codes: Vec<String>,
    /// Number of the last audit record written.
    pub audit_no: i64,
    /// Row changes made.
    pub changes: usize,
}

/// A row as a person saw it when deciding: the batch is refused when its revision is another by now.
pub type Seen = (Kind, Uuid, i64);

/// One batch of commands for the writer: all of them or none.
struct Job {
    actor: Actor,
    commands: Vec<Command>,
    seen: Vec<Seen>,
    /// The order these take the place of.
    closing: Option<merge::Closing>,
    answer: Box<dyn FnOnce(Result<Done, StoreError>) + Send>,
}

/// A handle on the open database; cheap to clone. The writer thread ends when the last handle goes.
#[derive(Clone)]
pub struct Store {
    path: PathBuf,
    clock: Clock,
    writer: Option<Sender<Job>>,
    /// The connection the file was looked at with, for the first who wants to read: a second look costs milliseconds.
    spare: Arc<Mutex<Option<Connection>>>,
    moved: Arc<AtomicU64>,
    /// Commands the writer has decided since the start: how far a long batch is.
    decided: Arc<AtomicU64>,
}

impl Store {
    /// Opens the database of `dir`, creating or migrating it. `read_only` opens no writer at all: every change is
    /// refused here, whatever asks for it.
    ///
    /// # Errors
    /// What is wrong with the file, see [`DbError`].
    pub fn open(dir: &Path, clock: Clock, ids: Ids, read_only: bool) -> Result<Store, StoreError> {
        Store::open_with(dir, |_| clock, |_| ids, read_only)
    }

    /// As [`Store::open`], with a clock that the database decides on.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(
        dir: &Path,
        clock: impl FnOnce(&Connection) -> Clock,
        ids: impl FnOnce(Clock) -> Ids,
        read_only: bool,
    ) -> Result<Store, StoreError> {
        let path = dir.join(FILE);
        if !read_only && !path.exists() {
            make(dir, &path)?;
        }
        // What cannot be written, or is to be changed at once, is opened for writing first: that says why it cannot be.
        if !read_only && !sqlite::may_write(&path) {
            return Store::migrated(path, clock, ids);
        }
        let db = sqlite::open(&path, Use::Read)?;
        match level(&db, &path) {
            Err(DbError::Older { .. }) if !read_only => return Store::migrated(path, clock, ids),
            other => other?,
        }
        let clock = clock(&db);
        let ids = (!read_only).then(|| ids(clock));
        Store::start(path, clock, ids, None, Some(db))
    }

    /// Opens for writing, brings the tables up to this version and starts.
    fn migrated(
        path: PathBuf,
        clock: impl FnOnce(&Connection) -> Clock,
        ids: impl FnOnce(Clock) -> Ids,
    ) -> Result<Store, StoreError> {
        let mut db = sqlite::open(&path, Use::Write)?;
        migrate::run(&mut db, &path, schema::STEPS)?;
        let clock = clock(&db);
        Store::start(path, clock, Some(ids(clock)), Some(db), None)
    }

    /// Starts the writer, if there is one to be: `ids` are its. Without a connection it opens its own for the first batch.
    fn start(
        path: PathBuf,
        clock: Clock,
        ids: Option<Ids>,
        writer: Option<Connection>,
        spare: Option<Connection>,
    ) -> Result<Store, StoreError> {
        let (moved, decided) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let send = match ids {
            None => None,
            Some(ids) => {
                let (send, receive) = channel::<Job>();
                let desk = Writer {
                    db: writer,
                    path: path.clone(),
                    clock,
                    ids,
                    moved: Arc::clone(&moved),
                    decided: Arc::clone(&decided),
                };
                let failed = |e: std::io::Error| DbError::Other(path.clone(), e.to_string());
                std::thread::Builder::new()
                    .name("writer".into())
                    .spawn(move || desk.serve(&receive))
                    .map_err(failed)?;
                Some(send)
            }
        };
        Ok(Store { path, clock, writer: send, spare: Arc::new(Mutex::new(spare)), moved, decided })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The clock the store stamps rows with.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Whether every change is refused.
    pub fn is_read_only(&self) -> bool {
        self.writer.is_none()
    }

    /// Batches this process has written; a reader that sees it move reads again.
    pub fn moved(&self) -> u64 {
        self.moved.load(Ordering::Acquire)
    }

    /// Commands this process's writer has decided so far.
    pub fn decided(&self) -> u64 {
        self.decided.load(Ordering::Relaxed)
    }

    /// A new read-only connection with our SQL functions.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn connect(&self) -> Result<Connection, StoreError> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        let db = match spare {
            Some(db) => db,
            None => sqlite::open(&self.path, Use::Read)?,
        };
        search::register(&db, self.clock).map_err(|e| DbError::of(&self.path, &e))?;
        Ok(db)
    }

    /// Asks the writer for a batch decided on rows as `seen`; `answer` runs on the writer's thread when it is on the
    /// disk or refused.
    pub fn submit(
        &self,
        actor: &Actor,
        commands: Vec<Command>,
        seen: Vec<Seen>,
        answer: impl FnOnce(Result<Done, StoreError>) + Send + 'static,
    ) {
        self.hand_in(actor, commands, (seen, None), answer);
    }

    fn hand_in(
        &self,
        actor: &Actor,
        commands: Vec<Command>,
        (seen, closing): (Vec<Seen>, Option<merge::Closing>),
        answer: impl FnOnce(Result<Done, StoreError>) + Send + 'static,
    ) {
        let Some(writer) = &self.writer else {
            return answer(Err(StoreError::read_only()));
        };
        let job = Job { actor: actor.clone(), commands, seen, closing, answer: Box::new(answer) };
        if let Err(back) = writer.send(job) {
            (back.0.answer)(Err(StoreError::Db(DbError::Other(self.path.clone(), "the writer has stopped".into()))));
        }
    }

    /// As [`Store::submit`], waiting for the answer.
    ///
    /// # Errors
    /// The refusal, or what went wrong with the file.
    pub fn submit_wait(&self, actor: &Actor, commands: Vec<Command>) -> Result<Done, StoreError> {
        self.wait(actor, commands, Vec::new(), None)
    }

    fn wait(
        &self,
        actor: &Actor,
        commands: Vec<Command>,
        seen: Vec<Seen>,
        closing: Option<merge::Closing>,
    ) -> Result<Done, StoreError> {
        let (send, receive) = channel();
        self.hand_in(actor, commands, (seen, closing), move |result| {
            // The receiver waits below; it cannot be gone.
            let _ = send.send(result);
        });
        receive
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Db(DbError::Other(self.path.clone(), "the writer has stopped".into()))))
    }

    /// Takes an order to the hub back, with what it did here; whether there was one that could be.
    ///
    /// # Errors
    /// `read-only`, or what is wrong with the file.
    pub fn withdraw(&self, n: i64) -> Result<bool, StoreError> {
        if self.is_read_only() {
            return Err(StoreError::read_only());
        }
        let mut db = open_to_write(&self.path)?;
        let done = level::withdraw(&mut db, &self.path, n, self.clock.now())?;
        self.has_moved();
        Ok(done)
    }

    /// Tells who looks that something else is in the file.
    fn has_moved(&self) {
        self.moved.fetch_add(1, Ordering::AcqRel);
    }

    /// What would become of each command of a batch, asked beforehand: the refusal of each that would be refused.
    /// Nothing is written, not even to the audit.
    ///
    /// # Errors
    /// `read-only` for a store without a writer, or what is wrong with the file.
    pub fn rehearse(&self, actor: &Actor, commands: &[Command]) -> Result<Vec<Option<Refusal>>, StoreError> {
        if self.is_read_only() {
            return Err(StoreError::read_only());
        }
        let mut db = open_to_write(&self.path)?;
        let mut ids = Ids::real(self.clock);
        submit::rehearse(&mut db, &self.path, self.clock.now(), &mut ids, actor, commands)
    }

    /// Copies the database to `target` while it is in use; the copy is whole and checked. An existing file is not
    /// overwritten.
    ///
    /// # Errors
    /// When `target` exists or cannot be written, or the copy does not check out.
    pub fn backup(&self, target: &Path) -> Result<u64, StoreError> {
        self.backup_until(target, &Stop::default())
    }

    /// As [`Store::backup`], ended by `stop`: nothing is left behind then.
    ///
    /// # Errors
    /// As [`Store::backup`]; [`DbError::Interrupted`].
    pub fn backup_until(&self, target: &Path, stop: &Stop) -> Result<u64, StoreError> {
        if target.exists() {
            return Err(StoreError::Exists(target.to_path_buf()));
        }
        let failed = |e: std::io::Error| match e.kind() {
            ErrorKind::AlreadyExists => StoreError::Exists(target.to_path_buf()),
            _ => DbError::io(target, &e).into(),
        };
        let dir = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let temporary = tempfile::Builder::new().prefix(".gongfu-backup-").tempdir_in(dir).map_err(failed)?;
        let copy = temporary.path().join(FILE);
        sqlite::copy(&self.path, &copy, target, stop)?;
        let bytes = std::fs::metadata(&copy).map_err(failed)?.len();
        files::publish(&copy, target).map_err(failed)?;
        Ok(bytes)
    }
}

/// Makes an empty database beside its place and gives it its name when it is whole: no file is ever found half made,
/// so that an empty one is known for a damaged one. Another process that is faster has made it just as well.
fn make(dir: &Path, path: &Path) -> Result<(), DbError> {
    if let Some(left) = files::leftover(path) {
        return Err(DbError::Leftover(left));
    }
    let failed = |e: std::io::Error| DbError::io(path, &e);
    let place = tempfile::Builder::new().prefix(".gongfu-new-").tempdir_in(dir).map_err(failed)?;
    let new = place.path().join(FILE);
    let mut db = sqlite::open(&new, Use::Write)?;
    migrate::run(&mut db, &new, schema::STEPS)?;
    db.close().map_err(|(_, e)| DbError::of(path, &e))?;
    match files::publish(&new, path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other.map_err(failed),
    }
}

/// Whether a database is of this program's version.
fn level(db: &Connection, path: &Path) -> Result<(), DbError> {
    let found = migrate::version(db).map_err(|e| DbError::of(path, &e))?;
    let known = i64::try_from(schema::STEPS.len()).unwrap_or(i64::MAX);
    migrate::check(path, found, known)?;
    if found < known { Err(DbError::Older { path: path.to_path_buf(), found, known }) } else { Ok(()) }
}

/// Opens a database that was there when the store was opened; since then it may have gone or become another.
fn open_to_write(path: &Path) -> Result<Connection, DbError> {
    if !path.exists() {
        return Err(DbError::Missing(path.to_path_buf()));
    }
    let db = sqlite::open(path, Use::Write)?;
    level(&db, path).map(|()| db)
}

/// The writer's thread: one batch after the other.
struct Writer {
    /// Opened with the first batch: most who look never write.
    db: Option<Connection>,
    path: PathBuf,
    clock: Clock,
    ids: Ids,
    moved: Arc<AtomicU64>,
    decided: Arc<AtomicU64>,
}

impl Writer {
    fn serve(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            let path = self.path.clone();
            let result = error::answered(&path, || self.write(&job));
            // A refused attempt moves the audit, too.
            self.moved.fetch_add(1, Ordering::AcqRel);
            // What an answer does is its own affair: the next in line is served all the same.
            let _ = error::answered(&path, || {
                (job.answer)(result);
                Ok(())
            });
            if let Some(db) = &self.db {
                // Only puts off what the next batch or the end of the program does.
                let _ = sqlite::tidy(db).inspect_err(|e| tracing::debug!(error = %e, "the write-ahead file stays"));
            }
        }
    }

    fn write(&mut self, job: &Job) -> Result<Done, StoreError> {
        let db = match &mut self.db {
            Some(db) => db,
            none => none.insert(open_to_write(&self.path)?),
        };
        submit::run(db, &self.path, self.clock.now(), &mut self.ids, job, &self.decided)
    }
}
