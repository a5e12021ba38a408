//! Why nothing is left of a list under a filter: the term that, left out, brings back most rows.
//!
//! Counts through the same reading as the list itself, so the number is the one the list would show. Owns how much is
//! counted at most; must not be asked where somebody waits for rows.

use super::filter::Filter;
use super::page::{self, ListQuery};
use super::search::Found;
use crate::sqlite;
use rusqlite::Connection;
use std::time::{Duration, Instant};

/// Terms that are looked at; with more nothing is said.
const MOST_TERMS: usize = 12;
/// No further count is begun after this long; then nothing is said, for a part of the counts would not be the truth.
const LONGEST: Duration = Duration::from_secs(2);

/// The term of a filter that excludes most, and how many rows there are without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// As it was typed.
    pub term: String,
    pub rows: i64,
}

/// The term of `query`'s filter that, left out alone, brings back most rows; the first of those that bring back as many.
/// `None` for a filter of one term, and where no single term brings any back. `find` asks the search column.
///
/// # Errors
/// What SQLite says.
pub fn read(
    db: &Connection,
    query: &ListQuery,
    find: impl Fn(&Filter) -> rusqlite::Result<Option<Found>>,
) -> rusqlite::Result<Option<Excluded>> {
    let _moment = sqlite::snapshot(db)?;
    let terms = query.filter.without_each();
    if !(2..=MOST_TERMS).contains(&terms.len()) {
        return Ok(None);
    }
    let started = Instant::now();
    let mut most: Option<Excluded> = None;
    for (term, filter) in terms {
        if started.elapsed() > LONGEST {
            return Ok(None);
        }
        let found = find(&filter)?;
        let rows = page::count(db, &ListQuery { filter, ..query.clone() }, found.as_ref())?;
        if rows > most.as_ref().map_or(0, |m| m.rows) {
            most = Some(Excluded { term, rows });
        }
    }
    Ok(most)
}
