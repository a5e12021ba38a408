//! Row changes as JSON, as the audit keeps them: which row, and each field before and after.
//!
//! Form 1: `[{"kind":"counter","id":"…","new":true,"set":{"field":[before, after]}}]`, only fields that differ.
//! Ids and hashes are hexadecimal text.

use crate::domain::value::Value;
use crate::domain::work::Change;
use serde_json::{Map, Value as Json, json};

/// The changes of one command as JSON text; `[]` when there are none.
pub fn to_json(changes: &[Change]) -> String {
    Json::Array(changes.iter().map(one).collect()).to_string()
}

fn one(change: &Change) -> Json {
    let after = change.after.cells();
    let before = change.before.as_ref().map(crate::domain::rows::Row::cells);
    let mut set = Map::new();
    for (i, column) in change.after.kind().columns().iter().enumerate() {
        let old = before.as_ref().map_or(&Value::Null, |b| &b[i]);
        if *old != after[i] {
            set.insert(column.name.to_owned(), json!([value(old), value(&after[i])]));
        }
    }
    let id = change.after.uuid().simple().to_string();
    json!({ "kind": change.after.kind().table(), "id": id, "new": change.before.is_none(), "set": set })
}

/// A domain value as JSON; bytes as hexadecimal text.
pub fn value(v: &Value) -> Json {
    match v {
        Value::Null => Json::Null,
        Value::Int(n) => json!(n),
        Value::Text(t) => json!(t),
        Value::Blob(b) => json!(b.iter().map(|x| format!("{x:02x}")).collect::<String>()),
    }
}

/// One field of a change as it is read back for a history.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    pub kind: String,
    /// Id of the row in hexadecimal.
    pub id: String,
    pub field: String,
    pub before: Json,
    pub after: Json,
}

/// Reads the fields back out of [`to_json`]'s text; text that is not in that form gives none.
pub fn from_json(text: &str) -> Vec<FieldChange> {
    let Ok(Json::Array(changes)) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    let mut out = Vec::new();
    for change in &changes {
        let name = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
        let Some(set) = change["set"].as_object() else { continue };
        for (field, pair) in set {
            let (before, after) = (pair[0].clone(), pair[1].clone());
            out.push(FieldChange { kind: name("kind"), id: name("id"), field: field.clone(), before, after });
        }
    }
    out
}
