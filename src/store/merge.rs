//! A conflict field by field: its three sides as they are here, and what a person made of them.
//!
//! Owns reading the sides and closing an order that another takes the place of, with the record of the choice. What can be
//! merged and what comes of a choice the domain says ([`merge`]).

use super::audit::{self, Entry};
use super::outbox::journal;
use super::outbox::{self, Item, State};
use super::rows::SqlRows;
use super::{Done, Seen, Store, StoreError, level, link};
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::merge::{self, Field};
use crate::domain::refusal::Refusal;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::{CellType, Value};
use crate::domain::work::Rows;
use crate::sqlite::DbError;
use crate::wire::change;
use crate::wire::journal::Line;
use crate::wire::order::Outcome;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A conflict that can be settled field by field.
#[derive(Debug, Clone, PartialEq)]
pub struct Sides {
    pub kind: Kind,
    pub id: Uuid,
    /// The revision others' side was read at.
    pub rev: i64,
    pub fields: Vec<Field>,
}

/// An order that another takes the place of: its number, and the text of the choice for the audit where there was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    pub n: i64,
    pub choice: Option<String>,
}

/// The three sides of an order's fields.
///
/// # Errors
/// What SQLite says. The inner one says why the order cannot be merged: `not-mergeable`, `theirs-not-here`.
pub fn sides(db: &Connection, item: &Item) -> rusqlite::Result<Result<Sides, Refusal>> {
    let order = &item.order;
    let cannot = || Ok(Err(Refusal::new("not-mergeable").with("n", item.n.to_string())));
    let (Some((kind, id)), Some(_)) = (order.command.target(), merge::fields(&order.command)) else { return cannot() };
    let rows = SqlRows::new(db);
    let now = match rows.fetch(kind, id) {
        Ok(Some(row)) => row,
        Ok(None) => return cannot(),
        Err(why) => return Err(rows.into_failure().unwrap_or(rusqlite::Error::InvalidParameterName(why))),
    };
    if let Some(Outcome::Conflict { kind: k, row, rev, .. }) = &item.outcome
        && level::confirmed(db, *k, *row)?.is_none_or(|held| held.meta().rev < *rev)
    {
        return Ok(Err(Refusal::new("theirs-not-here").with("n", item.n.to_string())));
    }
    let base = before(db, item.audit_no, &now)?;
    let Some(fields) = merge::sides(&order.command, &base, &now) else { return cannot() };
    Ok(Ok(Sides { kind, id, rev: now.meta().rev, fields }))
}

/// What stood in the fields of the row that the record with this number changed.
fn before(db: &Connection, no: i64, row: &Row) -> rusqlite::Result<BTreeMap<String, Value>> {
    let sql = "SELECT detail FROM audit WHERE no = ?1";
    let text: Option<String> = db.prepare_cached(sql)?.query_row([no], |r| r.get(0)).optional()?;
    let id = row.uuid().simple().to_string();
    let of_row = change::from_json(text.as_deref().unwrap_or_default());
    let own = of_row.into_iter().filter(|f| f.kind == row.kind().table() && f.id == id);
    let typed = |f: change::FieldChange| {
        let column = row.kind().columns().iter().find(|c| c.name == f.field)?;
        let value = match column.cell {
            CellType::Int => f.before.as_i64().map_or(Value::Null, Value::Int),
            CellType::Text => f.before.as_str().map_or(Value::Null, |t| Value::Text(t.to_owned())),
            CellType::Blob => return None,
        };
        Some((f.field, value))
    };
    Ok(own.filter_map(typed).collect())
}

/// The choice as the audit keeps it, in the form of changes: of each field the value that was given up and the one that was taken.
fn told(sides: &Sides, mine: &[&str]) -> String {
    use std::fmt::Write;
    let mut out = format!(r#"[{{"kind":"{}","id":"{}","new":false,"set":{{"#, sides.kind.table(), sides.id.simple());
    for (n, field) in sides.fields.iter().filter(|f| f.differs()).enumerate() {
        let own = mine.contains(&field.column);
        let (left, taken) = if own { (&field.theirs, &field.mine) } else { (&field.mine, &field.theirs) };
        // Writing to a string cannot fail.
        let _ = write!(out, r#"{}"{}":["#, if n > 0 { "," } else { "" }, field.column);
        change::write_value(&mut out, left);
        out.push(',');
        change::write_value(&mut out, taken);
        out.push(']');
    }
    out.push_str("}}]");
    out
}

/// Takes an order that is in conflict, or was denied, back in the caller's transaction, with the record of the choice. Its rows
/// show nothing of it any more: nothing is to be laid anew.
///
/// # Errors
/// What SQLite says. The inner one: `order-settled`.
pub(super) fn close(
    db: &Connection,
    now: Timestamp,
    actor: &Actor,
    Closing { n, choice }: &Closing,
) -> rusqlite::Result<Result<i64, Refusal>> {
    let settled = || Ok(Err(Refusal::new("order-settled").with("n", n.to_string())));
    let Some(item) = outbox::get(db, *n)?.filter(is_open) else { return settled() };
    let clock = link::get(db)?.map_or(0, |l| l.clock_ms);
    outbox::withdraw(db, *n, now.as_millisecond() + clock)?;
    let Some(detail) = choice else { return Ok(Ok(0)) };
    let entry = Entry {
        at: now,
        actor,
        command: "conflict.merge",
        kind: &item.kind,
        target: item.target,
        target_code: &item.target_code,
        reason: "",
        outcome: audit::DONE,
        changes: &[],
        detail,
    };
    audit::append(db, &entry).map(Ok)
}

fn is_open(item: &Item) -> bool {
    matches!(item.state, State::Conflict | State::Denied)
}

impl Store {
    /// Asks once more for what the hub did not do, on the rows as they are now, and takes the old order back with it.
    ///
    /// # Errors
    /// `order-settled` when there is no such order any more; the refusal, or what is wrong with the file.
    pub fn order_again(&self, actor: &Actor, n: i64) -> Result<Done, StoreError> {
        let item = self.open_order(n)?;
        self.in_its_place(actor, item.order.command, Vec::new(), Closing { n, choice: None })
    }

    /// The three sides of an order that is in conflict, field by field.
    ///
    /// # Errors
    /// `order-settled`, `not-mergeable`, `theirs-not-here`, or what is wrong with the file.
    pub fn order_sides(&self, n: i64) -> Result<Sides, StoreError> {
        let item = self.open_order(n)?;
        let db = self.connect()?;
        let read = sides(&db, &item).map_err(|e| DbError::of(self.path(), &e))?;
        read.map_err(StoreError::Refused)
    }

    /// Settles an order that is in conflict field by field: `mine` and `theirs` name the fields whose side was chosen. What is to
    /// be mine is asked for as a new order on the rows as they are now; where nothing is, the order is only taken back. `rev` is
    /// the revision of the record the person chose on, where it is known.
    ///
    /// # Errors
    /// As [`Store::order_sides`]; `merge-open` when both changed a field that neither list names, `merge-unknown-field`,
    /// `record-changed`; the refusal of the new order, and nothing is changed then.
    pub fn order_merge(
        &self,
        actor: &Actor,
        n: i64,
        (mine, theirs): (&[String], &[String]),
        rev: Option<i64>,
    ) -> Result<Done, StoreError> {
        let item = self.open_order(n)?;
        let sides = self.order_sides(n)?;
        let taken = merge::resolve(&sides.fields, mine, theirs).map_err(StoreError::Refused)?;
        let closing = Closing { n, choice: Some(told(&sides, &taken)) };
        let seen = vec![(sides.kind, sides.id, rev.unwrap_or(sides.rev))];
        match merge::chosen(&item.order.command, &sides.fields, &taken) {
            Some(command) => self.in_its_place(actor, command, seen, closing),
            None => self.close_order(actor, &closing, &item),
        }
    }

    fn open_order(&self, n: i64) -> Result<Item, StoreError> {
        let db = self.connect()?;
        let item = outbox::get(&db, n).map_err(|e| DbError::of(self.path(), &e))?;
        let settled = || StoreError::Refused(Refusal::new("order-settled").with("n", n.to_string()));
        item.filter(is_open).ok_or_else(settled)
    }

    fn in_its_place(
        &self,
        actor: &Actor,
        command: Command,
        seen: Vec<Seen>,
        closing: Closing,
    ) -> Result<Done, StoreError> {
        self.wait(actor, vec![command], seen, Some(closing))
    }

    fn close_order(&self, actor: &Actor, closing: &Closing, item: &Item) -> Result<Done, StoreError> {
        if self.is_read_only() {
            return Err(StoreError::read_only());
        }
        let failed = |e: rusqlite::Error| StoreError::Db(DbError::of(self.path(), &e));
        let mut db = super::open_to_write(self.path())?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let audit_no = close(&tx, self.clock().now(), actor, closing).map_err(failed)?.map_err(StoreError::Refused)?;
        tx.commit().map_err(failed)?;
        journal::note(self.path(), &[Line::Withdrawn { withdrawn: closing.n }]);
        self.has_moved();
        Ok(Done { codes: vec![item.target_code.clone()], audit_no, changes: 0 })
    }
}
