//! Enrolment from beginning to end, as the command line and the console do it: a code used up for a key, then all rows or a look
//! whether those here are the hub's already.
//!
//! Owns the order of the steps and what a failure is called; the steps themselves are in [`first`].

use super::client::code;
use super::first::{self, Ask, FirstError, Home, Stage};
use super::http::BadAddress;
use super::key::{self, Key};
use crate::base::clock::Clock;
use crate::base::text;
use crate::sqlite::Stop;
use std::path::{Path, PathBuf};

/// What a person says to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub url: String,
    /// A file with the authority to trust, PEM.
    pub ca: Option<PathBuf>,
    pub code: String,
    /// What the hub's list of consoles is to call this one; the machine's own name when nobody says.
    pub name: Option<String>,
}

/// Why it did not work.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error(transparent)]
    First(#[from] FirstError),
    #[error("{0:?}: {1}")]
    File(PathBuf, #[source] std::io::Error),
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The rows here are held against the hub's.
    Comparing(Stage),
    Loading(Stage),
}

/// What came of it.
#[derive(Debug)]
pub struct Joined {
    pub key: Key,
    /// What the hub calls this console.
    pub name: String,
    /// Rows that came, or were found to be the hub's; `None` where the database was a console's before and goes on.
    pub rows: Option<u64>,
}

/// Makes the data directory `dir`, which is there, a console of a hub.
///
/// # Errors
/// What keeps it from being one. Without a key in `dir` afterwards nothing has changed; with one, [`rest`] goes on.
pub fn join(
    dir: &Path,
    wanted: &Wanted,
    clock: Clock,
    stop: &Stop,
    tell: impl FnMut(Step),
) -> Result<Joined, JoinError> {
    let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|e| JoinError::File(path.clone(), e));
    let ca = wanted.ca.as_ref().map(read).transpose()?;
    let name = wanted.name.clone().unwrap_or_else(machine);
    let name: String = text::clean(&name).chars().take(60).collect();
    let home = first::home(dir)?;
    let key = first::enrol(dir, &Ask { url: &wanted.url, ca: ca.as_deref(), code: &wanted.code, name: &name })?;
    let rows = rest(dir, &key, home, clock, stop, tell)?;
    Ok(Joined { key, name, rows })
}

/// What is left to do once the key is here; the number of rows, `None` where nothing was.
///
/// # Errors
/// What keeps rows from coming; the same may be tried again.
pub fn rest(
    dir: &Path,
    key: &Key,
    home: Home,
    clock: Clock,
    stop: &Stop,
    mut tell: impl FnMut(Step),
) -> Result<Option<u64>, FirstError> {
    match home {
        Home::Console => Ok(None),
        Home::Own => first::adopt(dir, key, stop, |stage| tell(Step::Comparing(stage))).map(Some),
        Home::Empty => first::load(dir, key, clock, stop, |stage| tell(Step::Loading(stage))).map(Some),
    }
}

/// Goes on where enrolling was broken off behind the code.
///
/// # Errors
/// As [`rest`].
pub fn go_on(
    dir: &Path,
    key: &Key,
    clock: Clock,
    stop: &Stop,
    mut tell: impl FnMut(Step),
) -> Result<Option<u64>, FirstError> {
    match first::home(dir)? {
        // The database is there, its rows are not yet.
        Home::Console => first::load(dir, key, clock, stop, |stage| tell(Step::Loading(stage))).map(Some),
        home => rest(dir, key, home, clock, stop, tell),
    }
}

/// The key of a directory whose rows have not all come: enrolling was broken off behind the code, and can go on.
pub fn begun(dir: &Path) -> Option<Key> {
    let key = key::load(dir).ok().flatten()?;
    match first::home(dir).ok()? {
        Home::Empty | Home::Own => Some(key),
        Home::Console => {
            let db = crate::sqlite::open(&dir.join(crate::store::FILE), crate::sqlite::Use::Read).ok()?;
            let link = crate::store::link::get(&db).ok()??;
            (link.level_at == 0).then_some(key)
        }
    }
}

/// The words of a failure: their family and code in the locale files, and the values they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub family: &'static str,
    pub code: String,
    pub args: Vec<(&'static str, String)>,
}

/// What a failure is called; `hub` is the address that was asked.
pub fn told(error: &JoinError, dir: &Path, hub: &str) -> Told {
    let file = |path: &Path, why: &std::io::Error| {
        Told::own("file", vec![("path", path.display().to_string()), ("why", why.to_string())])
    };
    match error {
        JoinError::File(path, why) => file(path, why),
        JoinError::First(FirstError::Key(why)) => file(&key::path(dir), why),
        JoinError::First(error) => told_first(error, dir, hub),
    }
}

fn told_first(error: &FirstError, dir: &Path, hub: &str) -> Told {
    let hub = || ("hub", hub.to_owned());
    match error {
        FirstError::Db(e) => Told { family: "db", code: e.code().to_owned(), args: e.args() },
        FirstError::Address(BadAddress::Ca(why)) => Told::own("hub-ca", vec![("why", why.clone())]),
        FirstError::Address(BadAddress::Plain(_)) => Told::own("hub-plain", vec![hub()]),
        FirstError::Address(BadAddress::Url(_)) => Told::own("hub-address", vec![hub()]),
        FirstError::Refused(said) if said == "code-unknown" => Told::own("enrol-code", vec![hub()]),
        FirstError::Refused(said) if said == "too-many" => Told::own("enrol-often", vec![hub()]),
        FirstError::Refused(said) | FirstError::Role(said) => {
            Told::own("enrol-refused", vec![hub(), ("said", said.clone())])
        }
        FirstError::Failed(failure) => {
            Told { family: "sync-trouble", code: code(*failure).to_owned(), args: vec![hub()] }
        }
        FirstError::Taken(rows) => {
            Told::own("enrol-taken", vec![("path", dir.display().to_string()), ("rows", rows.to_string())])
        }
        FirstError::Key(why) => Told::own("file", vec![("path", dir.display().to_string()), ("why", why.to_string())]),
        FirstError::Stopped => Told::own("stopped", Vec::new()),
    }
}

impl Told {
    fn own(code: &str, args: Vec<(&'static str, String)>) -> Told {
        Told { family: "cli-fail", code: code.to_owned(), args }
    }
}

/// The machine's own name.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "console".into() } else { name }
}
