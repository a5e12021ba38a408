//! Becoming a console of a hub: the key by a one-time code, then a database, then all rows in scope.
//!
//! Owns the steps. The key is written before anything comes: whatever breaks off the rest, the code is not lost. The database is there
//! before its rows, which come by the ordinary exchange: a load that is broken off goes on where it was, whoever goes on with it, and
//! work can begin meanwhile. Indices and totals are built behind the rows, which is several times faster.

use super::ahead::Ahead;
use super::client;
use super::core::{Failure, Position};
pub use super::desk::Stage;
use super::http::{BadAddress, Caller, Said};
use super::key::{self, Key};
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::codes::Role;
use crate::reference::{Reference, embedded};
use crate::sqlite::{DbError, Stop};
use crate::store::level::Page;
use crate::store::link::{self, Link};
use crate::store::load::{self, Loader};
use crate::store::{Connection, FILE, SqlResult, Store, StoreError, level, reference, setting, witness};
use crate::wire::protocol::Enrol;
use crate::wire::row::SCHEMA;
use crate::wire::signed::{self, Signer};
use jiff::Timestamp;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Why a directory did not become a console.
#[derive(Debug, thiserror::Error)]
pub enum FirstError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// The hub does not take the code: its word for why.
    #[error("the hub says {0}")]
    Refused(String),
    /// The hub was not reached, or is none.
    #[error("the hub: {0:?}")]
    Failed(Failure),
    /// The directory has a database that belongs to no hub and holds something else than the hub: this many rows differ.
    #[error("there is a database of its own; {0} rows differ")]
    Taken(u64),
    #[error("the key cannot be written: {0}")]
    Key(#[source] std::io::Error),
    /// The hub gives a role this version does not know.
    #[error("unknown role {0}")]
    Role(String),
    #[error("stopped")]
    Stopped,
}

fn runtime() -> Result<Runtime, FirstError> {
    let made = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    made.map_err(|e| FirstError::Db(DbError::Other(FILE.into(), e.to_string())))
}

/// What a console asks to be known with.
pub struct Ask<'a> {
    pub url: &'a str,
    /// The authority to trust, PEM.
    pub ca: Option<&'a str>,
    pub code: &'a str,
    /// What the hub's list of consoles calls this one.
    pub name: &'a str,
}

/// Uses a code up and keeps the key it gives in `dir`. A console that is one already gets a new key and keeps its database; a
/// database of its own waits for [`adopt`].
///
/// # Errors
/// What keeps it from being known; nothing is written then.
pub fn enrol(dir: &Path, ask: &Ask<'_>) -> Result<Key, FirstError> {
    let home = home(dir)?;
    let caller = Caller::new(ask.url, ask.ca, None)?;
    let secret = signed::secret().map_err(FirstError::Key)?;
    let signer = Signer::new(&secret, Uuid::nil(), Uuid::nil()).map(|s| s.public()).unwrap_or_default();
    let body = Enrol { code: ask.code.to_owned(), name: ask.name.to_owned(), schema: SCHEMA, signer };
    let said = runtime()?.block_on(caller.enrol(&body));
    let enrolled = said.map_err(|e| match e {
        Said::Problem(code) => FirstError::Refused(code),
        Said::Failure(failure) => FirstError::Failed(failure),
    })?;
    let key = Key {
        url: caller.url().to_owned(),
        hub: enrolled.hub,
        device: enrolled.device,
        org: enrolled.org,
        org_name: enrolled.org_name,
        role: enrolled.role,
        token: enrolled.token,
        signer: secret,
        public: enrolled.public,
        seal: enrolled.seal,
        ca: ask.ca.map(str::to_owned),
        demo: enrolled.demo,
    };
    key::save(dir, &key).map_err(FirstError::Key)?;
    if home == Home::Console {
        relink(dir, &key)?;
    }
    Ok(key)
}

/// What a directory has for a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// None yet.
    Empty,
    /// One of a console already.
    Console,
    /// One that belongs to no hub: it can become a console's when the hub was made from it, see [`adopt`].
    Own,
}

/// Looks what a directory has.
///
/// # Errors
/// What is wrong with the database.
pub fn home(dir: &Path) -> Result<Home, FirstError> {
    let path = dir.join(FILE);
    if !path.exists() {
        return Ok(Home::Empty);
    }
    let db = crate::sqlite::open(&path, crate::sqlite::Use::Read)?;
    Ok(match link::get(&db) {
        Ok(Some(_)) => Home::Console,
        // A database from before there were hubs has no such table.
        Ok(None) | Err(_) => Home::Own,
    })
}

fn role(key: &Key) -> Result<Role, FirstError> {
    Role::parse(&key.role).ok_or_else(|| FirstError::Role(key.role.clone()))
}

/// A database that is there takes its new key: another hub, union or scope shows with the next page.
fn relink(dir: &Path, key: &Key) -> Result<(), FirstError> {
    let (path, role) = (dir.join(FILE), role(key)?);
    let mut db = crate::sqlite::open(&path, crate::sqlite::Use::Write)?;
    let other = link::get(&db).map_err(|e| DbError::of(&path, &e))?.is_some_and(|l| l.hub != key.hub);
    if other {
        witness::forget(&db).map_err(|e| DbError::of(&path, &e))?;
        setting::set(&db, setting::HUB_SEAL, "").map_err(|e| DbError::of(&path, &e))?;
    }
    let noted = level::note(&mut db, &path, |link| {
        if link.hub != key.hub || link.org_code != key.org || link.role != role {
            // What is here may be no business of this console any more: it begins anew.
            link.scope = 0;
        }
        (link.hub, link.device) = (key.hub, key.device);
        key.url.clone_into(&mut link.url);
        key.org.clone_into(&mut link.org_code);
        link.role = role;
        link.trouble.clear();
    });
    noted.map(drop).map_err(|e| FirstError::Db(DbError::Other(path, e.to_string())))
}

/// Makes the database of a new console: everything but the rows, which come page by page. It can be opened and worked with at once.
///
/// # Errors
/// What keeps it from being made; no database is there then.
pub fn prepare(dir: &Path, key: &Key, clock: Clock) -> Result<(), FirstError> {
    let tables = Reference::embedded().map_err(|_| DbError::Other(dir.join(FILE), "the reference data".into()))?;
    let link = Link::new(key.hub, key.device, &key.url, &key.org, role(key)?);
    let demo = if key.demo { Some(hubs_clock(&Caller::of(key)?)?) } else { None };
    let loader = Loader::begin(dir)?;
    // A demo goes by its hub's clock from its first record on: later ones must not be older.
    let now =
        Timestamp::from_millisecond(clock.now().as_millisecond() + demo.unwrap_or(0)).unwrap_or_else(|_| clock.now());
    loader.with(|db| {
        reference::write(db, &tables, |t| embedded(t).to_owned(), now)?;
        link::put(db, &link)?;
        load::mark(db, None, &key.org)?;
        match demo {
            Some(ahead) => follow_clock(db, Clock::Real.now().as_millisecond(), ahead),
            None => Ok(()),
        }
    })?;
    let actor = Actor {
        name: "gongfu enrol".into(),
        org_id: Uuid::nil(),
        org_name: key.org_name.clone(),
        role: link.role,
        division_code: String::new(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    };
    loader.note(now, &actor, "database.enrol", &key.url)?;
    Ok(loader.leave()?)
}

/// How far the hub's clock is ahead, in milliseconds.
fn hubs_clock(caller: &Caller) -> Result<i64, FirstError> {
    let (standing, _) = runtime()?.block_on(caller.head(0, 0)).map_err(FirstError::Failed)?;
    Ok(standing.at - Clock::Real.now().as_millisecond())
}

/// Asks again after a failure this often, with a second in between.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);

/// Makes the database where there is none, and fetches rows until all in scope are there; `stop` ends it. The number of rows that
/// came now.
///
/// # Errors
/// What keeps rows from coming or from being written. What has come is kept: the console goes on from there.
pub fn load(dir: &Path, key: &Key, clock: Clock, stop: &Stop, mut tell: impl FnMut(Stage)) -> Result<u64, FirstError> {
    let (caller, path) = (Caller::of(key)?, dir.join(FILE));
    if !path.exists() {
        prepare(dir, key, clock)?;
    }
    let (mut came, mut cursor, mut tries) = (0, 0, 0);
    loop {
        let mut rows = 0;
        let ended = client::once(dir, caller.clone(), clock, stop, &mut |stage| {
            if let Stage::Rows { rows: n, .. } = stage {
                rows = n;
            }
            tell(stage);
        });
        let ended = ended.map_err(|e| match e {
            StoreError::Db(e) => e,
            other => DbError::Other(path.clone(), other.to_string()),
        })?;
        came += rows;
        if stop.load(Ordering::Relaxed) {
            return Err(FirstError::Stopped);
        }
        if std::mem::replace(&mut cursor, ended.link.cursor) != ended.link.cursor {
            tries = 0;
        }
        match ended.failure {
            None => break,
            Some(Failure::Away | Failure::Busy(_)) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            Some(failure) => return Err(FirstError::Failed(failure)),
        }
    }
    if key.demo {
        go_by_the_hubs_clock(&path)?;
    }
    Ok(came)
}

/// From now on the database of a demo has the hub's clock: what was noted by the machine's own is set to it.
fn go_by_the_hubs_clock(path: &Path) -> Result<(), FirstError> {
    let mut db = crate::sqlite::open(path, crate::sqlite::Use::Write)?;
    let noted = level::note(&mut db, path, |link| {
        let ahead = std::mem::take(&mut link.clock_ms);
        link.heard_at += ahead;
        link.level_at += ahead;
    });
    noted.map(drop).map_err(|e| FirstError::Db(DbError::Other(path.to_path_buf(), e.to_string())))
}

/// Fetches page after page, and nothing else of the hub.
fn fetch(
    caller: &Caller,
    link: &mut Link,
    stop: &Stop,
    mut take: impl FnMut(&Page) -> Result<(), DbError>,
) -> Result<(), FirstError> {
    let (runtime, pages) = (runtime()?, Ahead::new(caller.clone()));
    let (mut at, mut tries) = (Position::default(), 0);
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(FirstError::Stopped);
        }
        let (standing, page) = match runtime.block_on(pages.page(at)) {
            Ok(page) => page,
            Err(Failure::Away | Failure::Busy(_)) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
                continue;
            }
            Err(failure) => return Err(FirstError::Failed(failure)),
        };
        tries = 0;
        if at != Position::default() && (page.head.reset || page.head.from != at.cursor) {
            tracing::warn!("the hub became another while rows came");
            return Err(FirstError::Failed(Failure::Away));
        }
        take(&page)?;
        at = Position { epoch: page.head.epoch, scope: page.head.scope, cursor: page.end.next, head: page.head.head };
        if page.end.done {
            (link.epoch, link.scope, link.cursor) = (at.epoch, at.scope, at.cursor);
            (link.head, link.safe) = (at.head.max(at.cursor), standing.safe);
            link.clock_ms = standing.at - Clock::Real.now().as_millisecond();
            return Ok(());
        }
    }
}

/// Makes the database a hub was made from a console of it, without fetching what it has already: every row the hub has for it is
/// here as it is there, and no other. Gives the number of rows.
///
/// # Errors
/// [`FirstError::Taken`] when a row differs, and the key goes again; what keeps rows from coming.
pub fn adopt(dir: &Path, key: &Key, stop: &Stop, mut tell: impl FnMut(Stage)) -> Result<u64, FirstError> {
    let caller = Caller::of(key)?;
    let mut link = Link::new(key.hub, key.device, &key.url, &key.org, role(key)?);
    let path = dir.join(FILE);
    // Brings an older database up.
    drop(
        Store::open(dir, Clock::Real, Ids::real(Clock::Real), false)
            .map_err(|e| DbError::Other(path.clone(), e.to_string()))?,
    );
    let db = crate::sqlite::open(&path, crate::sqlite::Use::Write)?;
    let (mut same, mut other) = (0_u64, 0_u64);
    fetch(&caller, &mut link, stop, |page| {
        for row in &page.rows {
            let held = level::held(&db, row).map_err(|e| DbError::of(&path, &e))?;
            if held { same += 1 } else { other += 1 }
        }
        tell(Stage::Rows { rows: same, at: page.end.next, head: page.head.head });
        Ok(())
    })?;
    let here = level::rows(&db).map_err(|e| DbError::of(&path, &e))?;
    if other > 0 || here != same {
        // The code is used up, but nothing here has become another's.
        let _ = std::fs::remove_file(key::path(dir));
        return Err(FirstError::Taken(other + here.abs_diff(same)));
    }
    let now = Clock::Real.now().as_millisecond() + if key.demo { std::mem::take(&mut link.clock_ms) } else { 0 };
    (link.heard_at, link.level_at) = (now, now);
    link::put(&db, &link).map_err(|e| DbError::of(&path, &e))?;
    Ok(same)
}

/// The console of a demo goes by the hub's clock.
fn follow_clock(db: &Connection, at: i64, clock_ms: i64) -> SqlResult<()> {
    let text = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string();
    setting::set(db, setting::DEMO, &text(at + clock_ms))?;
    setting::set(db, setting::DEMO_SINCE, &text(at))
}
