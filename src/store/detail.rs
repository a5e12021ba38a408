//! One record with everything that hangs on it: its fields, the lists around it, its history.
//!
//! What hangs on what is the table in `sections.rs`; a section is a list with a condition, so that opening it shows
//! the same rows the number counted.

mod course;
mod order;
mod reach;
mod record;
mod sections;

pub use course::{Course, course};
pub use order::{OrderPage, order};
pub use reach::{Reach, reach};
pub use record::{Record, record};
pub use sections::SECTIONS;

use super::filter::Filter;
use super::list::{ListKind, ListSpec};
use super::page::{self, Anchor, ListQuery, PageRow};
use super::{audit, convert};
use crate::domain::rows::{Kind, Row};
use crate::domain::work::Rows;
use crate::sqlite;
use crate::wire::change::{self, FieldChange};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

/// A list of rows that hang on a record of `on`.
#[derive(Debug, PartialEq)]
pub struct Section {
    /// Id of its title among the texts: `section-<id>`.
    pub id: &'static str,
    pub on: Kind,
    pub list: ListKind,
    /// Condition over the list's tables; `?1` is the record's id.
    pub sql: &'static str,
    /// What its rows stand for here.
    pub stands: Stands,
    /// Columns that would only repeat the record the rows hang on.
    pub without: &'static [&'static str],
}

/// What a hanging row stands for: a line of a pack is of interest as the product in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stands {
    /// For itself.
    Itself,
    /// For a record of this kind, whose id this SQL gives; one row a record.
    For(Kind, &'static str),
    /// For nothing more than it says: it is shown in full and opens nothing.
    Nothing,
}

impl Section {
    /// Kind of the records its rows open.
    pub fn opens(&self) -> Option<Kind> {
        match self.stands {
            Stands::Itself => self.list.spec().row,
            Stands::For(kind, _) => Some(kind),
            Stands::Nothing => None,
        }
    }

    /// SQL of the id its rows are known by.
    pub fn id_sql(&self) -> &'static str {
        match self.stands {
            Stands::For(_, sql) => sql,
            Stands::Itself | Stands::Nothing => self.list.spec().id,
        }
    }

    /// The columns of its list shown here.
    pub fn shown(&self) -> Vec<&'static str> {
        self.list.spec().shown().into_iter().filter(|id| !self.without.contains(id)).collect()
    }
}

/// A section of one record: a drilled-down list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scope {
    pub section: &'static Section,
    pub id: Uuid,
}

/// A section as shown: its first rows and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Hanging {
    pub scope: Scope,
    pub rows: Vec<PageRow>,
    pub total: i64,
}

/// One audit record in a history: of this database, or what the hub told of others.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number in the audit here; `None` for what others did elsewhere.
    pub no: Option<i64>,
    pub at: Timestamp,
    pub person: String,
    pub org: String,
    pub command: String,
    pub reason: String,
    pub outcome: String,
    /// Fields of this record that changed.
    pub fields: Vec<FieldChange>,
}

/// The record.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    pub row: Row,
    /// Its line in the list of its kind, when it is in one.
    pub line: Option<PageRow>,
    pub list: Option<ListKind>,
    pub hanging: Vec<Hanging>,
    /// How far the removal is, of an incident.
    pub course: Option<Course>,
    /// Newest first.
    pub history: Vec<Event>,
}

/// Rows shown of a section before it is opened.
const SECTION_ROWS: usize = 5;
/// Audit records shown of a history.
const HISTORY: i64 = 50;

/// Reads a record with all that hangs on it, as of one moment; `None` when there is none with this id.
///
/// # Errors
/// What SQLite says.
pub fn read(db: &Connection, kind: Kind, id: Uuid) -> rusqlite::Result<Option<Detail>> {
    let _moment = sqlite::snapshot(db)?;
    let rows = super::rows::SqlRows::new(db);
    let row = match rows.fetch(kind, id) {
        Ok(Some(row)) => row,
        Ok(None) => return Ok(None),
        Err(why) => {
            let said = rows.into_failure();
            return Err(said.unwrap_or_else(|| rusqlite::Error::ToSqlConversionFailure(why.into())));
        }
    };
    let list = list_of(kind);
    let line = match list {
        Some(list) => {
            let query = query(list, None, Anchor::Around(id), 1);
            page::read(db, &query, None)?.rows.into_iter().find(|r| r.id == id)
        }
        None => None,
    };
    let mut hanging = Vec::new();
    for section in SECTIONS.iter().filter(|s| s.on == kind) {
        let scope = Scope { section, id };
        // One more than are shown: a line that says one is missing would take its place.
        let mut page = page::read(db, &query(section.list, Some(scope), Anchor::Start, SECTION_ROWS + 1), None)?;
        if !page.at_end {
            page.rows.truncate(SECTION_ROWS);
        }
        hanging.push(Hanging { scope, rows: page.rows, total: page.total });
    }
    let course = if kind == Kind::Incident { Some(course(db, id)?) } else { None };
    Ok(Some(Detail { row, line, list, hanging, course, history: history(db, id)? }))
}

fn query(kind: ListKind, scope: Option<Scope>, anchor: Anchor, rows: usize) -> ListQuery {
    ListQuery { kind, filter: Filter::default(), scope, sort: Vec::new(), anchor, rows }
}

/// The list that shows rows of a kind.
pub fn list_of(kind: Kind) -> Option<ListKind> {
    super::list::SPECS.iter().find(|s| s.row == Some(kind)).map(|s| s.kind)
}

/// What happened to a record, newest first.
///
/// # Errors
/// What SQLite says.
pub fn history(db: &Connection, id: Uuid) -> rusqlite::Result<Vec<Event>> {
    let sql = "SELECT a.no, a.at, a.person, a.org_name, a.command, a.reason, a.outcome, a.detail FROM audit_touch x \
               JOIN audit a ON a.no = x.no WHERE x.id = ?1 UNION ALL \
               SELECT NULL, h.at, h.person, h.org_name, h.command, h.reason, 'done', '[]' FROM happening h \
               WHERE h.target = ?1 ORDER BY 2 DESC, 1 DESC LIMIT ?2";
    let mut statement = db.prepare_cached(sql)?;
    let wanted = id.simple().to_string();
    let rows = statement.query_map(params![id.as_bytes().as_slice(), HISTORY], |r| {
        let detail: String = r.get(7)?;
        let fields = change::from_json(&detail).into_iter().filter(|f| f.id == wanted).collect();
        Ok(Event {
            no: r.get(0)?,
            at: Timestamp::from_millisecond(r.get(1)?).unwrap_or_default(),
            person: r.get(2)?,
            org: r.get(3)?,
            command: r.get(4)?,
            reason: r.get(5)?,
            outcome: r.get(6)?,
            fields,
        })
    })?;
    rows.collect()
}

/// Finds a record by the code people know it by; case does not matter.
///
/// # Errors
/// What SQLite says.
pub fn find_code(db: &Connection, kind: Kind, code: &str) -> rusqlite::Result<Option<Uuid>> {
    let column = match kind {
        Kind::CatalogEdition => "CAST(number AS TEXT)",
        _ => "code",
    };
    if kind.columns().iter().all(|c| c.name != "code" && c.name != "number") {
        return Ok(None);
    }
    let sql = format!("SELECT id FROM \"{}\" WHERE {column} = ?1", kind.table());
    let mut statement = db.prepare_cached(&sql)?;
    let exact = statement.query_row([code], |r| convert::uuid(r, 0)).optional()?;
    match exact {
        Some(id) => Ok(Some(id)),
        None => statement.query_row([code.to_uppercase()], |r| convert::uuid(r, 0)).optional(),
    }
}

/// The last audit number, to see whether a history moved.
///
/// # Errors
/// What SQLite says.
pub fn last_audit_no(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(no), 0) FROM audit")?.query_row([], |r| r.get(0))
}

/// Whether an outcome is a refusal.
pub fn is_refused(outcome: &str) -> bool {
    outcome != audit::DONE
}

/// A list's spec together with the place of a column among its cells.
pub fn cell<'r>(spec: &ListSpec, row: &'r PageRow, id: &str) -> Option<&'r crate::domain::value::Value> {
    spec.columns.iter().position(|c| c.id == id).and_then(|i| row.cells.get(i))
}
