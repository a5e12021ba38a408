//! Whether a ledger is whole: its audit chain, each row against its line in the feed, each answer against the numbers given.
//!
//! Owns what counts as whole and names the first record that is not. Reads one moment of the ledger, a page at a time, and
//! keeps nobody from writing. Changes nothing.

use super::error::HubError;
use super::{Watch, known};
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::hub::audit::{self, Head};
use crate::hub::checkpoint;
use crate::hub::engine::{self, Engine, EngineError, Place, Pool};
use crate::hub::ledger::{self, State};
use crate::hub::rows;
use crate::hub::schema::columns;
use crate::sqlite::{self, DbError, Use};
use crate::wire::order::{Answer, Order, Outcome};
use crate::wire::row::to_line;
use crate::wire::signed;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Rows read at once.
const PAGE: i64 = 500;

/// A ledger that is whole, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub state: State,
    pub rows: u64,
    pub answers: u64,
    pub checkpoints: u64,
}

/// The first record that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `file`, `audit`, `row-missing`, `row-unread`, `feed-missing`, `feed-differs`, `feed-area`, `feed-number`, `feed-stray`,
    /// `answer`, `signature`, `key` or `checkpoint`.
    pub code: &'static str,
    /// The table.
    pub kind: String,
    /// Its id, or its number where it has none that can be read.
    pub record: String,
}

impl Fault {
    /// The values the sentence names.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        vec![("fault", self.code.to_owned()), ("kind", self.kind.clone()), ("record", self.record.clone())]
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Whole(Whole),
    Broken(Fault),
}

/// Checks the ledger in a place, and the file it lies in.
///
/// # Errors
/// When there is no ledger or it cannot be reached; [`HubError::Stopped`].
pub fn verify(place: &Place, runtime: &Handle, watch: &mut Watch<'_>) -> Result<Verdict, HubError> {
    if let Place::Sqlite(path) = place {
        let failed = |e| DbError::of(path, &e);
        let checked = sqlite::open(path, Use::Read).and_then(|db| {
            sqlite::stop_when(&db, &watch.stop).map_err(failed)?;
            sqlite::fault(&db).map_err(failed)
        });
        let fault = match checked {
            Ok(fault) => fault,
            Err(DbError::Corrupt(_, why)) => Some(why),
            Err(e) => return Err(HubError::file(e, place)),
        };
        if let Some(why) = fault {
            return Ok(Verdict::Broken(Fault { code: "file", kind: "hub".into(), record: why }));
        }
    }
    ledger_in(place, runtime, watch)
}

/// As [`verify`], without looking at the file itself.
pub(super) fn ledger_in(place: &Place, runtime: &Handle, watch: &mut Watch<'_>) -> Result<Verdict, HubError> {
    let pool = Pool::to_read(place, runtime.clone())?;
    let mut engine = pool.get()?;
    known(engine.as_mut(), place)?;
    engine.snapshot()?;
    let state = ledger::state(engine.as_mut())?;
    let mut check = Check { engine: engine.as_mut(), state, watch, done: 0, of: 0 };
    let found = check.all();
    engine.rollback();
    found
}

struct Check<'a, 'w> {
    engine: &'a mut dyn Engine,
    state: State,
    watch: &'a mut Watch<'w>,
    done: u64,
    of: u64,
}

/// A page of a table, or the place of a record that cannot be read.
enum Page {
    Rows(Vec<Vec<Value>>),
    Unread,
}

impl Check<'_, '_> {
    fn all(&mut self) -> Result<Verdict, HubError> {
        self.of = u64::try_from(self.state.audit.no).unwrap_or(0) + self.count("result")?;
        for kind in Kind::ALL {
            self.of += self.count(kind.table())?;
        }
        if let Some(fault) = self.audit()? {
            return Ok(Verdict::Broken(fault));
        }
        let before = self.done;
        for kind in Kind::ALL {
            if let Some(fault) = self.rows(*kind)? {
                return Ok(Verdict::Broken(fault));
            }
        }
        let rows = self.done - before;
        if let Some(fault) = self.foreign()? {
            return Ok(Verdict::Broken(fault));
        }
        if let Some(fault) = self.answers()? {
            return Ok(Verdict::Broken(fault));
        }
        let answers = self.done - before - rows;
        Ok(match self.checkpoints()? {
            Ok(checkpoints) => Verdict::Whole(Whole { state: self.state.clone(), rows, answers, checkpoints }),
            Err(fault) => Verdict::Broken(fault),
        })
    }

    /// Each checkpoint signed by the ledger's key, and on the chain as it is. They are few: one a hundred records or a minute.
    fn checkpoints(&mut self) -> Result<Result<u64, Fault>, HubError> {
        let public = match checkpoint::public(self.engine) {
            Ok(public) => public,
            Err(EngineError::Broken(_)) => {
                return Ok(Err(Fault { code: "key", kind: "hub".into(), record: "1".into() }));
            }
            Err(away) => return Err(away.into()),
        };
        let columns = checkpoint::COLUMNS.split(", ").map(|c| format!("c.{c}")).collect::<Vec<_>>();
        let sql = format!(
            "SELECT {}, a.\"hash\" FROM \"checkpoint\" c LEFT JOIN \"audit\" a ON a.\"no\" = c.\"no\" \
             ORDER BY c.\"epoch\", c.\"no\"",
            columns.join(", ")
        );
        let mut count = 0;
        for row in engine::all(self.engine, &sql, &[])? {
            let named = |i: usize| row[i].as_int().map(|n| n.to_string()).unwrap_or_default();
            let record = format!("{}/{}", named(0), named(1));
            let sound =
                checkpoint::of_row(&row).is_ok_and(|c| row[2] == row[5] && c.is_signed(self.state.hub_id, &public));
            if !sound {
                return Ok(Err(Fault { code: "checkpoint", kind: "checkpoint".into(), record }));
            }
            count += 1;
        }
        Ok(Ok(count))
    }

    fn count(&mut self, table: &str) -> Result<u64, HubError> {
        let row = engine::first(self.engine, &format!("SELECT count(*) FROM \"{table}\""), &[])?;
        Ok(row.and_then(|r| r[0].as_int()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    fn audit(&mut self) -> Result<Option<Fault>, HubError> {
        let end = self.state.audit;
        let (watch, of) = (&mut *self.watch, self.of);
        let mut stopped = None;
        let verdict = audit::verify_telling(self.engine, end, &mut |no| {
            stopped = stopped.take().or(watch.at(u64::try_from(no).unwrap_or(0), of).err());
            stopped.is_none()
        })?;
        if let Some(stopped) = stopped {
            return Err(stopped);
        }
        self.done = u64::try_from(end.no).unwrap_or(0);
        Ok(match verdict {
            audit::Verdict::Whole(Head { .. }) => None,
            audit::Verdict::Broken { no } => {
                Some(Fault { code: "audit", kind: "audit".into(), record: no.to_string() })
            }
        })
    }

    /// A page; one that cannot be read as a whole is read record by record, so that the first bad one shows.
    fn page(&mut self, sql: &str, args: &[Value], size: &mut i64) -> Result<Page, HubError> {
        loop {
            let mut all = args.to_vec();
            all.push(Value::Int(*size));
            match engine::all(self.engine, sql, &all) {
                Ok(rows) => {
                    self.done += rows.len() as u64;
                    self.watch.at(self.done, self.of)?;
                    return Ok(Page::Rows(rows));
                }
                Err(EngineError::Broken(_)) if *size > 1 => *size = 1,
                Err(EngineError::Broken(_)) => return Ok(Page::Unread),
                Err(away) => return Err(away.into()),
            }
        }
    }

    fn rows(&mut self, kind: Kind) -> Result<Option<Fault>, HubError> {
        let table = kind.table();
        let names: Vec<String> = columns(kind).map(|c| format!("r.\"{}\"", c.name)).collect();
        let sql = format!(
            "SELECT r.\"ord\", f.\"seq\", f.\"org\", f.\"area\", f.\"body\", r.\"id\", {} FROM \"{table}\" r \
             LEFT JOIN \"feed\" f ON f.\"kind\" = ?1 AND f.\"id\" = r.\"id\" \
             WHERE r.\"ord\" > ?2 ORDER BY r.\"ord\" LIMIT ?3",
            names.join(", ")
        );
        let (mut last, mut size) = (0, PAGE);
        loop {
            let args = [Value::Text(table.to_owned()), Value::Int(last)];
            let Page::Rows(page) = self.page(&sql, &args, &mut size)? else {
                let record = (last + 1).to_string();
                return Ok(Some(Fault { code: "row-unread", kind: table.to_owned(), record }));
            };
            let ended = i64::try_from(page.len()).is_ok_and(|n| n < size);
            for values in page {
                last += 1;
                if let Err((code, record)) = agree(kind, last, values, self.state.seq) {
                    return Ok(Some(Fault { code, kind: table.to_owned(), record }));
                }
            }
            if ended {
                return self.strays(kind, last);
            }
        }
    }

    /// A line of the feed whose row is not there, when there are more lines than rows.
    fn strays(&mut self, kind: Kind, rows: i64) -> Result<Option<Fault>, HubError> {
        let table = kind.table();
        let arg = [Value::Text(table.to_owned())];
        let lines = engine::first(self.engine, "SELECT count(*) FROM \"feed\" WHERE \"kind\" = ?1", &arg)?;
        if lines.is_some_and(|r| r[0].as_int() == Some(rows)) {
            return Ok(None);
        }
        let sql = format!(
            "SELECT f.\"id\" FROM \"feed\" f WHERE f.\"kind\" = ?1 \
             AND NOT EXISTS (SELECT 1 FROM \"{table}\" r WHERE r.\"id\" = f.\"id\") ORDER BY f.\"id\" LIMIT 1"
        );
        let found = engine::first(self.engine, &sql, &arg)?;
        Ok(found.map(|r| Fault { code: "feed-stray", kind: table.to_owned(), record: id_text(&r[0]) }))
    }

    /// A line of the feed of a kind there is not.
    fn foreign(&mut self) -> Result<Option<Fault>, HubError> {
        let kinds = engine::all(self.engine, "SELECT \"kind\", min(\"seq\") FROM \"feed\" GROUP BY \"kind\"", &[])?;
        let odd = kinds.iter().find(|r| r[0].as_text().and_then(Kind::parse).is_none());
        Ok(odd.map(|r| Fault {
            code: "feed-stray",
            kind: "feed".into(),
            record: r[1].as_int().unwrap_or(0).to_string(),
        }))
    }

    fn answers(&mut self) -> Result<Option<Fault>, HubError> {
        let sql = "SELECT r.\"id\", r.\"answer\", r.\"signed\", d.\"signer\", r.\"device\" FROM \"result\" r \
                   LEFT JOIN \"device\" d ON d.\"id\" = r.\"device\" WHERE r.\"id\" > ?1 ORDER BY r.\"id\" LIMIT ?2";
        let (mut last, mut size, mut read) = (Value::Blob(Vec::new()), PAGE, 0_u64);
        let fault = |record| Some(Fault { code: "answer", kind: "result".into(), record });
        loop {
            let Page::Rows(page) = self.page(sql, std::slice::from_ref(&last), &mut size)? else {
                return Ok(fault((read + 1).to_string()));
            };
            let ended = i64::try_from(page.len()).is_ok_and(|n| n < size);
            for row in page {
                read += 1;
                if !answered(&row, self.state.seq) {
                    return Ok(fault(id_text(&row[0])));
                }
                if !asked(&row, self.state.hub_id) {
                    let record = id_text(&row[0]);
                    return Ok(Some(Fault { code: "signature", kind: "result".into(), record }));
                }
                if let Some(id) = row.into_iter().next() {
                    last = id;
                }
            }
            if ended {
                return Ok(None);
            }
        }
    }
}

/// Whether a row is in its place and its line in the feed says the same; what is wrong and with which record otherwise.
fn agree(kind: Kind, place: i64, mut values: Vec<Value>, head: i64) -> Result<(), (&'static str, String)> {
    let cells = values.split_off(5);
    if values[0].as_int() != Some(place) {
        return Err(("row-missing", place.to_string()));
    }
    let id = cells.first().map(id_text).unwrap_or_default();
    let row = rows::row(kind, cells).map_err(|_| ("row-unread", place.to_string()))?;
    if values[1].is_null() {
        return Err(("feed-missing", id));
    }
    if !values[1].as_int().is_some_and(|seq| (1..=head).contains(&seq)) {
        return Err(("feed-number", id));
    }
    if values[2] != rows::blob(row.meta().org) || values[4].as_text() != Some(to_line(&row).as_str()) {
        return Err(("feed-differs", id));
    }
    // A row without a county of its own lies where its union was when it was written.
    match ledger::own_area(&row) {
        Some(area) if values[3].as_text() != Some(area.as_str()) => Err(("feed-area", id)),
        _ => Ok(()),
    }
}

fn answered(row: &[Value], head: i64) -> bool {
    let answer = row[1].as_text().and_then(|t| serde_json::from_str::<Answer>(t).ok());
    answer.is_some_and(|a| {
        row[0] == rows::blob(a.id)
            && match a.outcome {
                Outcome::Accepted { seq, .. } => (1..=head).contains(&seq),
                _ => true,
            }
    })
}

/// Whether the order that was answered is the one its console signed, where it signs.
fn asked(row: &[Value], hub: Uuid) -> bool {
    let (signed, signer) = (row[2].as_text(), row[3].as_text());
    let (Some(signer), Value::Blob(device)) = (signer, &row[4]) else { return signed.is_none() };
    let Some(signed) = signed else { return false };
    let is_its = || Some(row[0] == rows::blob(serde_json::from_str::<Order>(signed).ok()?.id));
    let device = Uuid::from_slice(device).unwrap_or_default();
    is_its().unwrap_or(false) && signed::is_signed(signed, signer, hub, device)
}

fn id_text(id: &Value) -> String {
    match id {
        Value::Blob(b) => Uuid::from_slice(b).map_or_else(|_| crate::wire::record::hex(b), |id| id.to_string()),
        _ => String::new(),
    }
}
