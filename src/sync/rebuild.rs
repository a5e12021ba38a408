//! A console whose database is damaged begins anew from its hub: the file is set aside, the orders in it are taken over, and the rows
//! come again.
//!
//! Owns the order of these steps. Nothing is set aside before the orders were read, and nothing of what is set aside is deleted.

use super::client;
use super::first::{self, FirstError, Stage};
use super::key::Key;
use crate::base::clock::Clock;
use crate::sqlite::{self, DbError, Stop, Use};
use crate::store::{FILE, level, outbox};
use std::path::{Path, PathBuf};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where the damaged file lies now.
    pub aside: PathBuf,
    /// Orders that were taken over.
    pub orders: usize,
    /// Numbers of orders that cannot be read any more: the file that was set aside may still tell an expert what they were.
    pub unreadable: Vec<i64>,
    pub rows: u64,
}

/// Why it did not begin.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Nothing is wrong with the database.
    #[error("the database is whole")]
    Whole,
    /// Another program keeps it level with the hub.
    #[error("another program has the database in use")]
    Busy,
    #[error(transparent)]
    First(#[from] FirstError),
}

impl From<DbError> for RebuildError {
    fn from(e: DbError) -> RebuildError {
        RebuildError::First(FirstError::Db(e))
    }
}

/// Makes the database of a console anew.
///
/// # Errors
/// When there is no need, when it cannot be made, or when rows do not come: then the new database is there and goes on by itself.
pub fn rebuild(
    dir: &Path,
    key: &Key,
    clock: Clock,
    stop: &Stop,
    tell: impl FnMut(Stage),
) -> Result<Rebuilt, RebuildError> {
    let path = dir.join(FILE);
    let turn = client::turn(dir).map_err(|e| DbError::io(&path, &e))?.ok_or(RebuildError::Busy)?;
    if is_whole(&path)? {
        return Err(RebuildError::Whole);
    }
    let mut saved = match sqlite::open_damaged(&path) {
        Ok(db) => outbox::salvage(&db),
        Err(e) => {
            tracing::error!(error = %e, "nothing of the damaged database can be read");
            outbox::Saved::default()
        }
    };
    saved.complete(&path);
    let aside = sqlite::retire(&path)?.ok_or_else(|| DbError::Missing(path.clone()))?;
    tracing::warn!(aside = %aside.display(), orders = saved.orders(), "a damaged database is set aside");
    first::prepare(dir, key, clock)?;
    let mut db = sqlite::open(&path, Use::Write)?;
    let failed = |e| DbError::of(&path, &e);
    outbox::take_over(&mut db, &saved).map_err(failed)?;
    let reason = format!("{}: {} orders, {} unreadable", aside.display(), saved.orders(), saved.unreadable.len());
    level::rebuilt(&db, &reason, clock.now()).map_err(failed)?;
    drop(db);
    drop(turn);
    let rows = first::load(dir, key, clock, stop, tell)?;
    Ok(Rebuilt { aside, orders: saved.orders(), unreadable: saved.unreadable, rows })
}

/// Whether SQLite finds nothing wrong with a database.
fn is_whole(path: &Path) -> Result<bool, DbError> {
    let looked = sqlite::open(path, Use::Read).and_then(|db| sqlite::fault(&db).map_err(|e| DbError::of(path, &e)));
    match looked {
        Ok(fault) => Ok(fault.is_none()),
        Err(DbError::Corrupt(..) | DbError::Empty(_) | DbError::Foreign(_)) => Ok(false),
        Err(e) => Err(e),
    }
}
