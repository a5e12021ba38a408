//! The rows of a database followed from its audit alone: each change must start from what the one before it left.

use super::memory::Memory;
use super::storage::rows_of;
use gongfu::domain::rows::Row;
use gongfu::wire::change::{from_json, value};
use rusqlite::Connection;
use serde_json::Value as Json;
use std::collections::HashMap;

/// Values by table, id in hexadecimal, and column.
type Fields = HashMap<(String, String, String), Json>;

fn fields(rows: &[Row]) -> Fields {
    let of = |row: &Row| {
        let (kind, id, cells) = (row.kind(), row.uuid().simple().to_string(), row.cells());
        let place = move |name: &str| (kind.table().to_owned(), id.clone(), name.to_owned());
        let all = kind.columns().iter().zip(cells).map(move |(c, v)| (place(c.name), value(&v)));
        // Absent and null read alike.
        all.filter(|(_, v)| !v.is_null()).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

/// Replays every record on the rows as they were. Nothing is lost when each change found the value that the change
/// before it left, and what comes out is what is there.
pub fn nothing_is_lost(before: &Memory, db: &Connection, after: &Memory) {
    let mut now = fields(&rows_of(before));
    let mut statement = db.prepare("SELECT no, detail FROM audit ORDER BY no").expect("sql");
    let records = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).expect("records");
    for record in records {
        let (no, detail): (i64, String) = record.expect("a record");
        for change in from_json(&detail) {
            let place = (change.kind, change.id, change.field);
            let found = now.get(&place).cloned().unwrap_or(Json::Null);
            assert_eq!(found, change.before, "record {no} changed {place:?} without having seen it");
            if change.after.is_null() {
                now.remove(&place);
            } else {
                now.insert(place, change.after);
            }
        }
    }
    let there = fields(&rows_of(after));
    let differ = now.iter().find(|(place, v)| there.get(*place) != Some(v));
    assert!(differ.is_none() && now.len() == there.len(), "the audit leads to {differ:?}");
}
