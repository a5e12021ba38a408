//! What a decision works with: the rows it may read, the person, the time, fresh ids, and the changes so far.
//!
//! Owns the bookkeeping every noun shares (revisions, who and when, before and after), so that `decide/` holds rules
//! only. Must not apply anything: the store does, all or nothing.

use super::actor::Actor;
use super::record::{Meta, Record};
use super::refusal::{Refusal, Stop};
use super::rights::{self, Right};
use super::rows::{Kind, Row};
use super::sets;
use super::value::Value;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::collections::HashMap;
use uuid::Uuid;

/// Read access to rows: the SQLite store in the product, memory in tests.
pub trait Rows {
    /// The row of `kind` with this id.
    ///
    /// # Errors
    /// A sentence when the rows cannot be read.
    fn fetch(&self, kind: Kind, id: Uuid) -> Result<Option<Row>, String>;
    /// Every row of `kind` whose `column` equals `value`, in the order they were created.
    ///
    /// # Errors
    /// A sentence when the rows cannot be read.
    fn find(&self, kind: Kind, column: &'static str, value: &Value) -> Result<Vec<Row>, String>;
    /// How many rows of `kind` there are, all or those whose column equals a value: numbers new codes.
    ///
    /// # Errors
    /// A sentence when the rows cannot be read.
    fn count(&self, kind: Kind, only: Option<(&'static str, &Value)>) -> Result<i64, String>;
    /// The first code from the number `from` on that no row of `kind` has.
    ///
    /// # Errors
    /// A sentence when the rows cannot be read.
    fn free_code(&self, kind: Kind, from: i64, code: &dyn Fn(i64) -> String) -> Result<String, String> {
        let mut number = from;
        loop {
            let code = code(number);
            if self.find(kind, "code", &Value::Text(code.clone()))?.is_empty() {
                return Ok(code);
            }
            number += 1;
        }
    }
    /// The codes the reference data of these rows have for a set: a union may have replaced its files.
    ///
    /// # Errors
    /// A sentence when the rows cannot be read.
    fn reference(&self, set: Named) -> Result<Vec<String>, String>;
}

/// A set of codes that reference files name, and may add to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// Categories of goods, `specialties.csv`.
    Category,
    /// Types of venues, `venue_types.csv` (A19).
    Venue,
}

impl Named {
    pub const ALL: &'static [Named] = &[Named::Category, Named::Venue];

    /// Name of the set, under which the locale files have its words.
    pub const fn set(self) -> &'static str {
        match self {
            Named::Category => "category",
            Named::Venue => "venue",
        }
    }

    /// The codes of the files that come with the product.
    pub const fn shipped(self) -> &'static [&'static str] {
        match self {
            Named::Category => sets::CATEGORIES,
            Named::Venue => sets::VENUES,
        }
    }
}

/// Source of new ids; fixed in tests.
pub trait NewId {
    fn new_id(&mut self) -> Uuid;
}

impl NewId for crate::base::ids::Ids {
    fn new_id(&mut self) -> Uuid {
        self.next_id()
    }
}

/// One row before and after a decision; `before` is absent for a new row.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub before: Option<Row>,
    pub after: Row,
}

/// What a command does: the changes in order, and the record it was about.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub changes: Vec<Change>,
    pub target: Uuid,
    /// Code people know the record by.
    pub target_code: String,
}

/// The desk a decision is made at.
pub struct Work<'a> {
    rows: &'a dyn Rows,
    ids: &'a mut dyn NewId,
    pub actor: &'a Actor,
    pub now: Timestamp,
    changes: Vec<Change>,
    /// The last change of each row: a decision may touch as many rows as there are counters.
    latest: HashMap<(Kind, Uuid), usize>,
}

impl<'a> Work<'a> {
    pub fn new(rows: &'a dyn Rows, ids: &'a mut dyn NewId, actor: &'a Actor, now: Timestamp) -> Work<'a> {
        Work { rows, ids, actor, now, changes: Vec::new(), latest: HashMap::new() }
    }

    /// Today in Asia/Shanghai, whatever zone the server is in.
    pub fn today(&self) -> Date {
        shanghai_date(self.now)
    }

    /// The row with this id as it stands after the changes so far.
    ///
    /// # Errors
    /// `unknown-record` when there is none.
    pub fn get<R: Record>(&self, id: Uuid) -> Result<R, Stop> {
        let row = match self.pending(R::KIND, id) {
            Some(row) => Some(row.clone()),
            None => self.rows.fetch(R::KIND, id).map_err(Stop::Rows)?,
        };
        row.and_then(R::from_row).ok_or_else(|| {
            Refusal::new("unknown-record").with("kind", R::KIND.table()).with("code", id.to_string()).into()
        })
    }

    /// The stored rows whose `column` equals `value`, with the changes so far laid over them. Rows that a change made
    /// match or created are not included.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn find<R: Record>(&self, column: &'static str, value: Value) -> Result<Vec<R>, Stop> {
        debug_assert!(R::COLUMNS.iter().any(|c| c.name == column), "{column} is not a column of {:?}", R::KIND);
        let rows = self.rows.find(R::KIND, column, &value).map_err(Stop::Rows)?;
        rows.into_iter()
            .filter_map(|row| {
                let newer = self.pending(R::KIND, row.uuid()).cloned();
                R::from_row(newer.unwrap_or(row))
            })
            .map(Ok)
            .collect()
    }

    /// The row as it is stored, without the changes so far.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn stored<R: Record>(&self, id: Uuid) -> Result<Option<R>, Stop> {
        Ok(self.rows.fetch(R::KIND, id).map_err(Stop::Rows)?.and_then(R::from_row))
    }

    /// Stored rows of `kind` whose `column` equals `value`.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn count_where(&self, kind: Kind, column: &'static str, value: Value) -> Result<i64, Stop> {
        self.rows.count(kind, Some((column, &value))).map_err(Stop::Rows)
    }

    /// Number for the next code of this kind: rows there are, plus those made in this decision, plus one.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn next_number(&self, kind: Kind) -> Result<i64, Stop> {
        Ok(self.rows.count(kind, None).map_err(Stop::Rows)? + self.made(kind) + 1)
    }

    /// As [`Work::next_number`] among the rows whose text `column` equals `value`, such as those of one county.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn next_number_where(&self, kind: Kind, column: &'static str, value: &str) -> Result<i64, Stop> {
        Ok(self.count_where(kind, column, Value::Text(value.to_owned()))? + self.made(kind) + 1)
    }

    /// The next code of a kind of which a console may hold only the rows of its area, so that it counts fewer than there
    /// are: the first from [`Work::next_number`] on that no row here has. Where all rows are, that is the next itself.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn next_code(&self, kind: Kind, code: impl Fn(i64) -> String) -> Result<String, Stop> {
        let from = self.next_number(kind)?;
        self.rows.free_code(kind, from, &code).map_err(Stop::Rows)
    }

    fn made(&self, kind: Kind) -> i64 {
        let made = self.changes.iter().filter(|c| c.before.is_none() && c.after.kind() == kind).count();
        i64::try_from(made).unwrap_or(0)
    }

    pub fn new_id(&mut self) -> Uuid {
        self.ids.new_id()
    }

    /// Meta of a new row owned by `org`.
    pub fn new_meta(&self, org: Uuid) -> Meta {
        Meta {
            org,
            rev: 0,
            created_at: self.now,
            created_by: self.actor.name.clone(),
            updated_at: self.now,
            updated_by: self.actor.name.clone(),
            source: "typed".into(),
        }
    }

    /// Adds a new row.
    pub fn create<R: Record>(&mut self, mut row: R) {
        row.meta_mut().rev = 1;
        self.push(Change { before: None, after: row.into() });
    }

    fn push(&mut self, change: Change) {
        self.latest.insert((change.after.kind(), change.after.uuid()), self.changes.len());
        self.changes.push(change);
    }

    /// The row as the changes so far leave it, if they touch it.
    fn pending(&self, kind: Kind, id: Uuid) -> Option<&Row> {
        self.latest.get(&(kind, id)).map(|n| &self.changes[*n].after)
    }

    /// Changes a row: revision, who and when follow by themselves; an equal row is no change.
    pub fn update<R: Record>(&mut self, before: R, mut after: R) {
        if before == after {
            return;
        }
        let meta = after.meta_mut();
        meta.rev += 1;
        meta.updated_at = self.now;
        meta.updated_by = self.actor.name.clone();
        self.push(Change { before: Some(before.into()), after: after.into() });
    }

    /// Says more of a row that was changed or made in this decision: one change, one revision.
    pub fn amend<R: Record>(&mut self, mut row: R) {
        let id = row.uuid();
        match self.latest.get(&(R::KIND, id)) {
            Some(n) => {
                let change = &mut self.changes[*n];
                row.meta_mut().clone_from(change.after.meta());
                change.after = row.into();
            }
            None => debug_assert!(false, "{id} has not been touched"),
        }
    }

    /// The codes the reference data have for a set.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub fn reference(&self, set: Named) -> Result<Vec<String>, Stop> {
        self.rows.reference(set).map_err(Stop::Rows)
    }

    /// Checks a right on a row of `county_code` owned by `owner`.
    ///
    /// # Errors
    /// As [`rights::allow`].
    pub fn allow(&self, right: Right, county_code: &str, owner: Uuid) -> Result<(), Stop> {
        Ok(rights::allow(self.actor, right, county_code, owner)?)
    }

    pub fn finish(self, target: Uuid, target_code: String) -> Decision {
        Decision { changes: self.changes, target, target_code }
    }
}

/// The calendar day of an instant in Asia/Shanghai (UTC+8, no daylight saving since 1991).
pub fn shanghai_date(at: Timestamp) -> Date {
    TimeZone::fixed(jiff::tz::offset(8)).to_datetime(at).date()
}
