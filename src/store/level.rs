//! Keeping the rows level with the hub: its pages below, the orders on their way on top.
//!
//! Owns the rule of every screen of an enrolled console: what is shown is the hub's rows with the orders it has not answered for
//! decided once more on them. Whenever rows of the hub come, or an order ends, the rows that orders changed are put back to the
//! hub's version, the new ones are written, and the orders that are left are decided anew, in one transaction with the cursor.
//! Must not talk to the hub.

use super::convert::Bind;
use super::link::{self, Link};
use super::outbox::journal;
use super::outbox::{self, Item};
use super::put::Puts;
use super::rows::{SqlRows, insert_sql, put, put_sql};
use super::{StoreError, setting, witness};
use crate::base::ids::Ids;
use crate::domain::decide::decide;
use crate::domain::record::Record;
use crate::domain::rows::{Kind, Organisation, Row};
use crate::domain::value::Value;
use crate::domain::work::{Change, Rows, Work};
use crate::sqlite::DbError;
use crate::wire::journal::Line;
use crate::wire::order::Answer;
use crate::wire::protocol::{Note, PageEnd, PageHead};
use crate::wire::row::{from_line, to_line};
use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

/// The record of a hub that was put back from a copy, in the audit here.
pub const RESTORED: &str = "hub.restored";

/// The record of a console's database that was made anew.
pub const REBUILT: &str = "database.rebuild";

/// A page as it came, with its rows read.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub head: PageHead,
    pub rows: Vec<Row>,
    pub end: PageEnd,
}

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Its rows are here, and the cursor is behind them.
    Done,
    /// It does not go on from where this console is: ask again from there.
    Elsewhere,
    /// The console begins anew with it: the hub, or what this console may see, is another.
    Anew,
}

/// Applies a page with its cursor in one transaction, or nothing of it.
///
/// # Errors
/// What is wrong with the file.
pub fn page(db: &mut Connection, path: &Path, page: &Page, now: Timestamp) -> Result<Applied, StoreError> {
    within(db, path, |db| {
        let Some(mut link) = link::get(db)? else { return Ok(Applied::Elsewhere) };
        let other = (page.head.epoch, page.head.scope) != (link.epoch, link.scope);
        // A hub whose numbers end before this cursor was put back without saying so.
        let begins = page.head.from == 0 && (other || page.head.reset && page.head.head < link.cursor);
        let follows = (page.head.epoch, page.head.scope, page.head.from) == (link.epoch, link.scope, link.cursor);
        if !begins && !follows {
            return Ok(Applied::Elsewhere);
        }
        let again = begins && link.epoch > 0;
        if begins {
            begin_anew(db, &mut link, &page.head, now)?;
        }
        let at = now.as_millisecond();
        let hubs = at + link.clock_ms;
        for taken in &page.end.taken {
            outbox::taken(db, taken.id, taken.seq, hubs)?;
        }
        happened(db, &page.end.notes)?;
        if !page.end.seal.is_empty() && setting::get(db, setting::HUB_SEAL)?.as_ref() != Some(&page.end.seal) {
            setting::set(db, setting::HUB_SEAL, &page.end.seal)?;
        }
        if link.anew {
            arrived(db, &page.rows)?;
        }
        (link.cursor, link.head) = (page.end.next, page.head.head.max(page.end.next));
        let swept = link.anew && page.end.done;
        lay(db, &link, &page.rows, swept)?;
        if swept {
            link.anew = false;
        }
        link.heard_at = at;
        if link.is_level() {
            link.level_at = at;
        }
        outbox::tidy(db, &link, hubs)?;
        link::put(db, &link)?;
        Ok(if again { Applied::Anew } else { Applied::Done })
    })
}

/// Writes into the audit that the database of this console was made anew.
///
/// # Errors
/// What SQLite says.
pub fn rebuilt(db: &Connection, reason: &str, now: Timestamp) -> rusqlite::Result<()> {
    let Some(link) = link::get(db)? else { return Ok(()) };
    witness::record(db, &link, REBUILT, reason, now)
}

/// Takes in rows that came ahead of their page: those newer than the hub's version here. The cursor stays.
///
/// # Errors
/// What is wrong with the file.
pub fn urgent(db: &mut Connection, path: &Path, epoch: i64, rows: &[Row]) -> Result<bool, StoreError> {
    within(db, path, |db| {
        let Some(link) = link::get(db)?.filter(|l| l.epoch == epoch) else { return Ok(false) };
        let mut newer = Vec::new();
        for row in rows {
            // What is not here at all comes with its page, in its place.
            if confirmed(db, row.kind(), row.uuid())?.is_some_and(|held| held.meta().rev < row.meta().rev) {
                newer.push(row.clone());
            }
        }
        if !newer.is_empty() {
            lay(db, &link, &newer, false)?;
        }
        Ok(!newer.is_empty())
    })
}

/// Keeps the hub's answers to orders; one of another epoch settles nothing.
///
/// # Errors
/// What is wrong with the file.
pub fn answers(
    db: &mut Connection,
    path: &Path,
    epoch: i64,
    answers: &[Answer],
    now: Timestamp,
) -> Result<(), StoreError> {
    within(db, path, |db| {
        let Some(link) = link::get(db)?.filter(|l| l.epoch == epoch) else { return Ok(()) };
        let mut anew = false;
        for answer in answers {
            anew |= outbox::settle(db, answer, link.cursor, now.as_millisecond())?;
        }
        if anew { lay(db, &link, &[], false) } else { Ok(()) }
    })
}

/// Takes an order back, and what it did here with it; whether it could be.
///
/// # Errors
/// What is wrong with the file.
pub fn withdraw(db: &mut Connection, path: &Path, n: i64, now: Timestamp) -> Result<bool, StoreError> {
    let done = within(db, path, |db| {
        let Some(link) = link::get(db)? else { return Ok(false) };
        let done = outbox::withdraw(db, n, now.as_millisecond() + link.clock_ms)?;
        if done {
            lay(db, &link, &[], false)?;
        }
        Ok(done)
    })?;
    if done {
        journal::note(path, &[Line::Withdrawn { withdrawn: n }]);
    }
    Ok(done)
}

/// Changes what is known of the hub, and nothing else; whether it did.
///
/// # Errors
/// What is wrong with the file.
pub fn note(db: &mut Connection, path: &Path, change: impl FnOnce(&mut Link)) -> Result<bool, StoreError> {
    within(db, path, |db| {
        let Some(mut link) = link::get(db)? else { return Ok(false) };
        let before = link.clone();
        change(&mut link);
        if link == before { Ok(false) } else { link::put(db, &link).map(|()| true) }
    })
}

/// Remembers the hub's version of rows that an order is about to change, inside the caller's transaction.
///
/// # Errors
/// What SQLite says.
pub fn keep(db: &Connection, changes: &[Change]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO shadow VALUES (?1, ?2, ?3)")?;
    for change in changes {
        let body = change.before.as_ref().map(to_line);
        insert.execute(params![change.after.kind().table(), change.after.uuid().as_bytes().as_slice(), body])?;
    }
    Ok(())
}

fn within<T>(
    db: &mut Connection,
    path: &Path,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let failed = |e: rusqlite::Error| StoreError::Db(DbError::of(path, &e));
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let out = work(&tx).map_err(failed)?;
    tx.commit().map_err(failed)?;
    Ok(out)
}

/// The hub's version of a row: what is kept apart, or what is shown.
///
/// # Errors
/// What SQLite says.
pub(super) fn confirmed(db: &Connection, kind: Kind, id: Uuid) -> rusqlite::Result<Option<Row>> {
    let sql = "SELECT body FROM shadow WHERE kind = ?1 AND id = ?2";
    let kept: Option<Option<String>> =
        db.prepare_cached(sql)?.query_row(params![kind.table(), id.as_bytes().as_slice()], |r| r.get(0)).optional()?;
    match kept {
        Some(body) => body.as_deref().map(read).transpose(),
        None => fetch(db, kind, id),
    }
}

fn fetch(db: &Connection, kind: Kind, id: Uuid) -> rusqlite::Result<Option<Row>> {
    let rows = SqlRows::new(db);
    match rows.fetch(kind, id) {
        Ok(row) => Ok(row),
        Err(why) => Err(rows.into_failure().unwrap_or(rusqlite::Error::InvalidParameterName(why))),
    }
}

fn read(line: &str) -> rusqlite::Result<Row> {
    from_line(line).map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e)))
}

/// The next change's number, as everything that is written here gets one.
struct Numbers<'a> {
    db: &'a Connection,
    last: i64,
}

impl<'a> Numbers<'a> {
    fn new(db: &'a Connection) -> rusqlite::Result<Numbers<'a>> {
        let last = setting::get(db, setting::CHANGE_NO)?.and_then(|n| n.parse().ok()).unwrap_or(0);
        Ok(Numbers { db, last })
    }

    fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    fn keep(self) -> rusqlite::Result<()> {
        setting::set(self.db, setting::CHANGE_NO, &self.last.to_string())
    }
}

/// Puts the rows that orders changed back to the hub's version, writes those that came, takes away what is not the hub's when
/// `sweep` says that all have come, and decides the orders on their way once more on top.
fn lay(db: &Connection, link: &Link, came: &[Row], sweep: bool) -> rusqlite::Result<()> {
    let mut numbers = Numbers::new(db)?;
    let gone = put_back(db, &mut numbers)?;
    let mut swept = 0;
    // As long as the first rows come, hardly one is here already.
    let mut new = if link.level_at == 0 { Some(NewRows { db, statement: None }) } else { None };
    for row in came {
        let here = match &mut new {
            Some(new) => !new.put(row, numbers.next())?,
            None => true,
        };
        if here {
            swept += put_hubs(db, row, numbers.next())?;
        }
    }
    drop(new);
    if sweep {
        swept += sweep_away(db)?;
    }
    replay(db, link, &mut numbers)?;
    numbers.keep()?;
    if swept > 0 || stays_away(db, &gone)? {
        setting::bump(db, setting::ROWS_GONE)?;
    }
    Ok(())
}

/// Writes rows of the hub that are not here yet. Rows of a kind come together: their statement is looked up once.
struct NewRows<'a> {
    db: &'a Connection,
    statement: Option<(Kind, CachedStatement<'a>)>,
}

impl NewRows<'_> {
    /// Whether the row was not here and could be written.
    fn put(&mut self, row: &Row, number: i64) -> rusqlite::Result<bool> {
        let kind = row.kind();
        let statement = match &mut self.statement {
            Some((of, statement)) if *of == kind => statement,
            other => &mut other.insert((kind, self.db.prepare_cached(insert_sql(kind))?)).1,
        };
        match put(statement, row, number) {
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(false),
            done => done.map(|()| true),
        }
    }
}

/// Writes a row of the hub. A row of an earlier epoch may still have the code that the hub has given to this one since: it goes;
/// how many did.
fn put_hubs(db: &Connection, row: &Row, number: i64) -> rusqlite::Result<usize> {
    let kind = row.kind();
    let write = || put(&mut *db.prepare_cached(put_sql(kind))?, row, number);
    match write() {
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            let name = if kind == Kind::CatalogEdition { "number" } else { "code" };
            let Some(place) = kind.columns().iter().position(|c| c.name == name) else { return Err(e) };
            let sql = format!("DELETE FROM \"{}\" WHERE {name} = ?1 AND id <> ?2", kind.table());
            let gone =
                db.prepare_cached(&sql)?.execute(params![Bind(&row.cell(place)), row.uuid().as_bytes().as_slice()])?;
            write().map(|()| gone)
        }
        other => other.map(|()| 0),
    }
}

/// Whether a row that was taken away did not come again: what counts rows in memory must count anew.
fn stays_away(db: &Connection, gone: &[(Kind, Uuid)]) -> rusqlite::Result<bool> {
    for (kind, id) in gone {
        if fetch(db, *kind, *id)?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts the hub's versions back; the rows it has none of go. Gives those.
fn put_back(db: &Connection, numbers: &mut Numbers<'_>) -> rusqlite::Result<Vec<(Kind, Uuid)>> {
    let mut kept: Vec<(String, Uuid, Option<String>)> = Vec::new();
    {
        let mut statement = db.prepare_cached("SELECT kind, id, body FROM shadow")?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            kept.push((r.get(0)?, super::convert::uuid(r, 1)?, r.get(2)?));
        }
    }
    let mut gone = Vec::new();
    for (kind, id, body) in kept {
        let unknown = || rusqlite::Error::InvalidColumnType(0, kind.clone(), rusqlite::types::Type::Text);
        let kind = Kind::parse(&kind).ok_or_else(unknown)?;
        match body {
            Some(line) => put(&mut *db.prepare_cached(put_sql(kind))?, &read(&line)?, numbers.next())?,
            None => {
                let sql = format!("DELETE FROM \"{}\" WHERE id = ?1", kind.table());
                db.prepare_cached(&sql)?.execute([id.as_bytes().as_slice()])?;
                gone.push((kind, id));
            }
        }
    }
    db.execute("DELETE FROM shadow", [])?;
    Ok(gone)
}

/// Decides the orders on their way on the rows as they are now. One that a rule refuses shows nothing: the hub has the word.
fn replay(db: &Connection, link: &Link, numbers: &mut Numbers<'_>) -> rusqlite::Result<()> {
    let items = outbox::in_flight(db, link.cursor)?;
    if items.is_empty() {
        return Ok(());
    }
    let Some(org) = organisation(db, &link.org_code)? else { return Ok(()) };
    for item in &items {
        db.execute_batch("SAVEPOINT one")?;
        match replay_one(db, link, &org, item, numbers) {
            Ok(()) => db.execute_batch("RELEASE one")?,
            // Two consoles gave one number to two new records: the hub says which it is.
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                db.execute_batch("ROLLBACK TO one; RELEASE one")?;
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn replay_one(
    db: &Connection,
    link: &Link,
    org: &Organisation,
    item: &Item,
    numbers: &mut Numbers<'_>,
) -> rusqlite::Result<()> {
    let actor = outbox::actor(link, org, &item.order.by);
    let at = Timestamp::from_millisecond(item.made_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let (rows, mut ids) = (SqlRows::new(db), Ids::of_command(item.order.id));
    let verdict = decide(Work::new(&rows, &mut ids, &actor, at), &item.order.command);
    if let Some(e) = rows.into_failure() {
        return Err(e);
    }
    let Ok(decision) = verdict else { return Ok(()) };
    keep(db, &decision.changes)?;
    let mut puts = Puts::new(db);
    decision.changes.iter().try_for_each(|c| puts.put(c, numbers.next()))
}

/// Whether a row is here exactly as it is there.
///
/// # Errors
/// What SQLite says.
pub fn held(db: &Connection, row: &Row) -> rusqlite::Result<bool> {
    Ok(fetch(db, row.kind(), row.uuid())?.as_ref() == Some(row))
}

/// How many rows there are, of all kinds.
///
/// # Errors
/// What SQLite says.
pub fn rows(db: &Connection) -> rusqlite::Result<u64> {
    let mut sum = 0;
    for kind in Kind::ALL {
        let n: i64 = db.query_row(&format!("SELECT count(*) FROM \"{}\"", kind.table()), [], |r| r.get(0))?;
        sum += u64::try_from(n).unwrap_or(0);
    }
    Ok(sum)
}

/// The union this console works for, when its row is here.
///
/// # Errors
/// What SQLite says.
pub fn organisation(db: &Connection, code: &str) -> rusqlite::Result<Option<Organisation>> {
    let rows = SqlRows::new(db);
    match rows.find(Kind::Organisation, "code", &Value::Text(code.to_owned())) {
        Ok(found) => Ok(found.into_iter().find_map(Organisation::from_row)),
        Err(why) => Err(rows.into_failure().unwrap_or(rusqlite::Error::InvalidParameterName(why))),
    }
}

/// Begins anew with a hub, or a scope, that is another: the cursor is at the start, what may be lost is sent again, and what
/// this console may not see any more goes before anything is shown.
fn begin_anew(db: &Connection, link: &mut Link, head: &PageHead, now: Timestamp) -> rusqlite::Result<()> {
    let first = link.epoch == 0;
    if !first && head.epoch != link.epoch {
        let again = outbox::send_again(db)?;
        link.safe = 0;
        tracing::warn!(from = link.epoch, to = head.epoch, again, "the hub is another since; orders are sent again");
        let reason = format!("{} -> {}, {again}", link.epoch, head.epoch);
        witness::record(db, link, RESTORED, &reason, now)?;
    }
    db.execute_batch("DELETE FROM arrived; DELETE FROM happening;")?;
    if !first && head.scope != link.scope {
        put_back(db, &mut Numbers::new(db)?)?;
        for kind in crate::domain::rights::OF_AN_AREA {
            db.execute_batch(&format!("DELETE FROM \"{}\"", kind.table()))?;
        }
        for (kind, fields) in crate::domain::rights::CONTACTS {
            let sets: Vec<String> = fields.iter().map(|f| format!("{f} = ''")).collect();
            db.execute_batch(&format!("UPDATE \"{}\" SET {}", kind.table(), sets.join(", ")))?;
        }
        setting::bump(db, setting::ROWS_GONE)?;
    }
    (link.epoch, link.scope, link.cursor, link.anew) = (head.epoch, head.scope, 0, !first);
    Ok(())
}

/// Keeps what others did. What was done here the audit has, with every field.
///
/// # Errors
/// What SQLite says.
pub fn happened(db: &Connection, notes: &[Note]) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO happening VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let mut insert = db.prepare_cached(sql)?;
    for n in notes.iter().filter(|n| !n.own) {
        let target = n.target.as_bytes().as_slice();
        insert.execute(params![n.no, n.at, n.person, n.org, n.command, n.kind, target, n.code, n.reason])?;
    }
    Ok(())
}

fn arrived(db: &Connection, rows: &[Row]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO arrived VALUES (?1, ?2)")?;
    rows.iter().try_for_each(|r| insert.execute(params![r.kind().table(), r.uuid().as_bytes().as_slice()]).map(drop))
}

/// Takes away every row that has not come since the console began anew; how many.
fn sweep_away(db: &Connection) -> rusqlite::Result<usize> {
    let mut gone: HashMap<Kind, usize> = HashMap::new();
    for kind in Kind::ALL {
        let table = kind.table();
        let sql = format!(
            "DELETE FROM \"{table}\" WHERE NOT EXISTS (SELECT 1 FROM arrived a WHERE a.kind = ?1 AND a.id = \"{table}\".id)"
        );
        gone.insert(*kind, db.execute(&sql, [table])?);
    }
    db.execute("DELETE FROM arrived", [])?;
    Ok(gone.values().sum())
}
