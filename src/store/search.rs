//! Search columns of the lists: built in the background from the rows, kept level as rows change, asked by readers.
//!
//! Owns when a column is built and refreshed; how words match is [`crate::base::glyphs`]'. While a list has no column
//! yet, its words are matched in SQL by `gongfu_match`, slower and with the same result.

pub use crate::base::glyphs::Hits;

use super::convert::{self, Bind};
use super::filter::{Filter, Op, Test};
use super::list::{ListKind, ListSpec, Sort};
use crate::base::clock::Clock;
use crate::base::glyphs::{self, Codes, Column, ColumnBuilder, FacetTest, Query, Term};
use crate::sqlite;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Teaches a connection `gongfu_match(word, text)` and `gongfu_now()`, the milliseconds of `clock`.
///
/// # Errors
/// What SQLite says.
pub fn register(db: &Connection, clock: Clock) -> rusqlite::Result<()> {
    db.create_scalar_function("gongfu_now", 0, FunctionFlags::SQLITE_UTF8, move |_| Ok(clock.now().as_millisecond()))?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("gongfu_match", 2, flags, |context| {
        let word = context.get_raw(0).as_str().unwrap_or_default().to_owned();
        let text = context.get_raw(1).as_str().unwrap_or_default();
        Ok(glyphs::matches(&word, text))
    })
}

/// Lists up to this length need no order in memory: their matches are sorted as they come.
const SHORT: usize = 4_000;
/// With more changed rows than this an order is read anew.
const MOVES: usize = 500;

/// What a search found.
#[derive(Debug, Clone)]
pub struct Found {
    pub hits: Arc<Hits>,
    /// Every row of a long list in the list's own order, ascending.
    pub order: Option<Arc<Vec<u32>>>,
}

impl Found {
    /// Whether the row with this key is among them.
    pub fn contains(&self, key: i64) -> bool {
        u32::try_from(key).is_ok_and(|n| self.hits.contains(n))
    }
}

/// A list's column and what it was built from.
struct Indexed {
    column: Column,
    order: Option<Arc<Vec<u32>>>,
    /// The codes that can be found by a part, in the order of the list's table.
    codes: Vec<Codes>,
    /// Values of each facet, by the byte that stands for them.
    values: Vec<Vec<String>>,
    /// Last row change it has seen.
    change_no: i64,
    /// How often rows had gone when it was built.
    gone: i64,
    /// The last query and its hits, to narrow when a letter is added.
    earlier: Option<(Query, Arc<Hits>)>,
}

/// The columns of every list, shared by the threads that build and ask.
#[derive(Default, Clone)]
pub struct Columns {
    lists: Arc<Mutex<HashMap<&'static str, Indexed>>>,
}

impl Columns {
    /// Whether a list's column is there.
    pub fn is_ready(&self, kind: ListKind) -> bool {
        self.lock().contains_key(kind.code())
    }

    /// Bytes all columns hold.
    pub fn memory_bytes(&self) -> usize {
        let order = |i: &Indexed| i.order.as_ref().map_or(0, |o| o.capacity() * size_of::<u32>());
        let codes = |i: &Indexed| i.codes.iter().map(Codes::memory_bytes).sum::<usize>();
        self.lock().values().map(|i| i.column.memory_bytes() + order(i) + codes(i)).sum()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Indexed>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Builds a list's column, or brings it level with the rows that changed.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn refresh(&self, db: &Connection, kind: ListKind) -> rusqlite::Result<()> {
        let spec = kind.spec();
        if !spec.is_searched() {
            return Ok(());
        }
        // Number, rows and order of one moment: what was changed between two reads would never be read again.
        let _moment = sqlite::snapshot(db)?;
        let newest = last_change(db, spec)?;
        let gone = rows_gone(db)?;
        // A column only ever takes rows in: when some went, it is built anew.
        let seen = self.lock().get(kind.code()).filter(|i| i.gone == gone).map(|i| i.change_no);
        match seen {
            Some(seen) if seen >= newest => {}
            Some(seen) => {
                let rows = read_rows(db, spec, Some(seen))?;
                let before = self.lock().get(kind.code()).and_then(|i| i.order.clone());
                let order = match before {
                    Some(order) => Some(reorder(db, spec, order, seen)?),
                    None => None,
                };
                if let Some(indexed) = self.lock().get_mut(kind.code()) {
                    indexed.order = order;
                    for read in rows {
                        let bytes = facet_bytes(&mut indexed.values, &read.facets);
                        indexed.column.upsert(read.row, &read.name, &bytes);
                        set_codes(&mut indexed.codes, read.row, &read.codes);
                    }
                    indexed.change_no = newest;
                    indexed.earlier = None;
                }
            }
            None => {
                let indexed = build(db, spec, newest, gone)?;
                self.lock().insert(kind.code(), indexed);
            }
        }
        Ok(())
    }

    /// The rows a filter's words and facet tests match among those `db` sees: a column that has not seen the newest
    /// changes is brought level first. `None` while there is no column, when it is of a later moment than an open
    /// transaction of `db`, or when the filter has nothing for it.
    ///
    /// # Errors
    /// What SQLite says; an interruption when the search was cancelled.
    pub fn search(
        &self,
        db: &Connection,
        kind: ListKind,
        filter: &Filter,
        cancel: &AtomicBool,
    ) -> rusqlite::Result<Option<Found>> {
        let spec = kind.spec();
        let asked = !filter.words.is_empty() || filter.tests.iter().any(|t| answers(spec, t));
        let held = self.lock().get(kind.code()).map(|i| (i.change_no, i.gone));
        let Some((seen, gone)) = held.filter(|_| asked) else { return Ok(None) };
        let level = last_change(db, spec)?;
        if seen < level || gone != rows_gone(db)? {
            self.refresh(db, kind)?;
        }
        let found = match self.lock().get_mut(kind.code()) {
            Some(indexed) if indexed.change_no == level => indexed.search(spec, filter, cancel),
            _ => None,
        };
        if found.is_none() && cancel.load(Ordering::Acquire) {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT);
            return Err(rusqlite::Error::SqliteFailure(code, None));
        }
        Ok(found)
    }
}

impl Indexed {
    fn search(&mut self, spec: &ListSpec, filter: &Filter, cancel: &AtomicBool) -> Option<Found> {
        let terms = filter.words.iter().map(|w| Term { text: w.text.clone(), negated: w.negated }).collect();
        let mut query = Query { terms, ..Query::default() };
        for test in &filter.tests {
            let (Some(facet), Op::OneOf(values)) = (spec.facets.iter().position(|f| *f == test.column), &test.op)
            else {
                continue;
            };
            let allowed = self.values[facet]
                .iter()
                .zip(0_u8..=u8::MAX)
                .filter(|(known, _)| values.iter().any(|v| v.as_text() == Some(known.as_str())) != test.negated);
            query = query.with_facet(FacetTest::any_of(facet, allowed.map(|(_, byte)| byte)));
        }
        let others: Vec<&Test> =
            filter.tests.iter().filter(|t| answers(spec, t) && !matches!(t.op, Op::OneOf(_))).collect();
        if query.terms.is_empty() && query.facets.is_empty() && others.is_empty() {
            return None;
        }
        let earlier = self.earlier.take();
        let hits = match earlier {
            // Typed one letter more: only what matched before can match now.
            Some((before, hits)) if query.extends(&before) => self.column.narrow(&query, &hits, cancel),
            _ => self.column.search(&query, cancel),
        }?;
        let mut hits = Arc::new(hits);
        self.earlier = Some((query, Arc::clone(&hits)));
        for test in others {
            hits = Arc::new(self.either(spec, test, &hits, cancel)?);
        }
        Some(Found { hits, order: self.order.clone() })
    }

    /// Those of `hits` whose text matches, or whose code or facet does.
    fn either(&self, spec: &ListSpec, test: &Test, hits: &Hits, cancel: &AtomicBool) -> Option<Hits> {
        let named = |text: &str| {
            let terms = vec![Term { text: text.to_owned(), negated: false }];
            self.column.narrow(&Query { terms, ..Query::default() }, hits, cancel)
        };
        match &test.op {
            Op::Part(part) => {
                let (named, finders): (_, Vec<_>) = (named(part)?, self.codes.iter().map(|c| c.finder(part)).collect());
                let is_one = |row| finders.iter().any(|f| f.finds(row)) || named.contains(row);
                Some(hits.filter(|row| is_one(row) != test.negated))
            }
            Op::Either(text, values) => {
                let (named, facet) = (named(text)?, spec.facets.iter().position(|f| *f == test.column)?);
                let meant: Vec<bool> =
                    self.values[facet].iter().map(|v| values.iter().any(|m| m.as_text() == Some(v))).collect();
                let byte = |row| usize::from(self.column.facet(row, facet));
                let is_one = |row| meant.get(byte(row)).is_some_and(|m| *m) || named.contains(row);
                Some(hits.filter(|row| is_one(row) != test.negated))
            }
            _ => None,
        }
    }
}

/// Whether a list's search column answers this test, so that it needs no SQL.
pub(super) fn answers(spec: &ListSpec, test: &Test) -> bool {
    match test.op {
        Op::Part(_) => true,
        Op::OneOf(_) | Op::Either(..) => spec.facets.contains(&test.column),
        _ => false,
    }
}

/// Number of the last change a list's column could have missed. The audit grows by refused attempts, too, which change
/// no row: its own numbers count.
fn last_change(db: &Connection, spec: &ListSpec) -> rusqlite::Result<i64> {
    if spec.row.is_none() {
        return super::detail::last_audit_no(db);
    }
    let text = super::setting::get(db, super::setting::CHANGE_NO)?;
    Ok(text.and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// How often rows have gone from this database.
fn rows_gone(db: &Connection) -> rusqlite::Result<i64> {
    let text = super::setting::get(db, super::setting::ROWS_GONE)?;
    Ok(text.and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// What is kept in memory of a row.
#[derive(Default, Clone)]
struct ReadRow {
    row: u32,
    name: String,
    facets: Vec<String>,
    codes: Vec<String>,
}

/// Number, text, facet values and codes of every row, or of those changed after `since`. Rows of lists over several tables
/// are read anew as a whole when the list's own table changed; such lists are short.
fn read_rows(db: &Connection, spec: &ListSpec, since: Option<i64>) -> rusqlite::Result<Vec<ReadRow>> {
    let mut out = Vec::new();
    each_row(db, spec, since, |read| out.push(read.clone()))?;
    Ok(out)
}

fn each_row(
    db: &Connection,
    spec: &ListSpec,
    since: Option<i64>,
    mut each: impl FnMut(&ReadRow),
) -> rusqlite::Result<()> {
    let mut columns = vec![spec.key, spec.text];
    columns.extend(spec.facets.iter().filter_map(|f| spec.column(f)).map(|c| c.sql));
    columns.extend(spec.codes);
    let mut sql = format!("SELECT {} FROM {}", columns.join(", "), spec.from);
    if let Some(since) = since {
        let number = if spec.row.is_some() { "t.change_no" } else { spec.key };
        sql.push_str(&format!(" WHERE {number} > {since}"));
    }
    let mut statement = db.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let texts = |n: usize| vec![String::new(); n];
    let (facets, codes) = (texts(spec.facets.len()), texts(spec.codes.len()));
    let mut read = ReadRow { facets, codes, ..ReadRow::default() };
    while let Some(row) = rows.next()? {
        let Ok(number) = u32::try_from(row.get::<_, i64>(0)?) else { continue };
        read.row = number;
        let places = std::iter::once(&mut read.name).chain(&mut read.facets).chain(&mut read.codes);
        for (i, value) in places.enumerate() {
            let text = row.get_ref(1 + i)?.as_str().unwrap_or_default();
            if value != text {
                text.clone_into(value);
            }
        }
        each(&read);
    }
    Ok(())
}

fn build(db: &Connection, spec: &ListSpec, change_no: i64, gone: i64) -> rusqlite::Result<Indexed> {
    let mut builder = ColumnBuilder::new(spec.facets.len());
    let mut values = vec![Vec::new(); spec.facets.len()];
    let mut codes: Vec<Codes> = spec.codes.iter().map(|_| Codes::default()).collect();
    each_row(db, spec, None, |read| {
        let bytes = facet_bytes(&mut values, &read.facets);
        builder.push(read.row, &read.name, &bytes);
        set_codes(&mut codes, read.row, &read.codes);
    })?;
    codes.iter_mut().for_each(Codes::shrink);
    let column = builder.finish();
    let order = if column.len() > SHORT { read_order(db, spec)? } else { None };
    Ok(Indexed { column, order, codes, values, change_no, gone, earlier: None })
}

fn set_codes(codes: &mut [Codes], row: u32, read: &[String]) {
    codes.iter_mut().zip(read).for_each(|(codes, code)| codes.set(row, code));
}

/// The expression a list is sorted by unless asked otherwise.
fn own_sort(spec: &ListSpec) -> Option<&'static str> {
    match spec.column(spec.sort.0)?.sort {
        Sort::By(sql) => Some(sql),
        Sort::No => None,
    }
}

/// Every row in the list's own order. An index walk of millions of steps takes too long for a typed letter; in memory the
/// rows that match are picked out in a few milliseconds, wherever in the order they stand.
fn read_order(db: &Connection, spec: &ListSpec) -> rusqlite::Result<Option<Arc<Vec<u32>>>> {
    let Some(sort) = own_sort(spec) else { return Ok(None) };
    let mut statement = db.prepare(&format!("SELECT {} FROM {} ORDER BY {sort}, {}", spec.key, spec.from, spec.key))?;
    let mut rows = statement.query([])?;
    let mut order = Vec::new();
    while let Some(row) = rows.next()? {
        order.extend(u32::try_from(row.get::<_, i64>(0)?));
    }
    order.shrink_to_fit();
    Ok(Some(Arc::new(order)))
}

/// Puts the rows changed after `since` where they belong now.
fn reorder(db: &Connection, spec: &ListSpec, order: Arc<Vec<u32>>, since: i64) -> rusqlite::Result<Arc<Vec<u32>>> {
    let Some(sort) = own_sort(spec) else { return Ok(order) };
    let (key, from) = (spec.key, spec.from);
    let sql = format!("SELECT {key}, {sort} FROM {from} WHERE t.change_no > {since} ORDER BY {sort}, {key}");
    let moved = db
        .prepare(&sql)?
        .query_map([], |r| Ok((r.get::<_, i64>(0)?, convert::value(r, 1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if moved.len() > MOVES {
        return Ok(read_order(db, spec)?.unwrap_or(order));
    }
    let keys: HashSet<i64> = moved.iter().map(|(key, _)| *key).collect();
    let mut order: Vec<u32> = order.iter().copied().filter(|n| !keys.contains(&i64::from(*n))).collect();
    let mut equal =
        db.prepare(&format!("SELECT {key} FROM {from} WHERE {sort} = ?1 AND {key} < ?2 ORDER BY {key} DESC LIMIT 1"))?;
    let mut smaller =
        db.prepare(&format!("SELECT {key} FROM {from} WHERE {sort} < ?1 ORDER BY {sort} DESC, {key} DESC LIMIT 1"))?;
    // Ascending, so that the row before one is in its place already.
    for (key, value) in moved {
        let Ok(number) = u32::try_from(key) else { continue };
        let mut before: Option<i64> = equal.query_row(params![Bind(&value), key], |r| r.get(0)).optional()?;
        if before.is_none() {
            before = smaller.query_row([Bind(&value)], |r| r.get(0)).optional()?;
        }
        let at = before.and_then(|b| order.iter().rposition(|n| i64::from(*n) == b)).map_or(0, |at| at + 1);
        order.insert(at, number);
    }
    Ok(Arc::new(order))
}

/// The byte of each facet value, a new one for a new value. A facet has far fewer than 256 values.
fn facet_bytes(values: &mut [Vec<String>], facets: &[String]) -> Vec<u8> {
    facets
        .iter()
        .zip(values)
        .map(|(value, known)| {
            let place = known.iter().position(|k| k == value).unwrap_or_else(|| {
                known.push(value.clone());
                known.len() - 1
            });
            u8::try_from(place).unwrap_or(u8::MAX)
        })
        .collect()
}
