//! One order to the hub with both sides of it: what was wanted here, what the hub said, and what others did meanwhile.

use super::{Event, Record, history, record};
use crate::domain::refusal::Refusal;
use crate::domain::rows::Kind;
use crate::store::merge::{self, Sides};
use crate::store::outbox::{self, Item, State};
use rusqlite::Connection;
use uuid::Uuid;

/// The order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPage {
    pub item: Item,
    /// Its record in the audit here: every field it changed.
    pub mine: Option<Record>,
    /// The record it is about.
    pub about: Option<(Kind, Uuid)>,
    /// What others did to that record since the order was made, newest first.
    pub theirs: Vec<Event>,
    /// Of a conflict: its fields with their three sides, or why it cannot be settled field by field.
    pub sides: Option<Result<Sides, Refusal>>,
}

/// Reads the order with this number, as of one moment.
///
/// # Errors
/// What SQLite says.
pub fn order(db: &Connection, n: i64) -> rusqlite::Result<Option<OrderPage>> {
    let _moment = crate::sqlite::snapshot(db)?;
    let Some(item) = outbox::get(db, n)? else { return Ok(None) };
    let about = Kind::parse(&item.kind).map(|kind| (kind, item.target)).filter(|(_, id)| !id.is_nil());
    let since = |e: &Event| e.no.is_none() && e.at.as_millisecond() >= item.made_at;
    let theirs = history(db, item.target)?.into_iter().filter(since).collect();
    let sides = (item.state == State::Conflict).then(|| merge::sides(db, &item)).transpose()?;
    Ok(Some(OrderPage { sides, mine: record(db, item.audit_no)?, about, theirs, item }))
}
