//! Row changes as JSON, as the audit keeps them: which row, and each field before and after.
//!
//! Form 1: `[{"kind":"counter","id":"…","new":true,"set":{"field":[before, after]}}]`, only fields that differ.
//! Ids and hashes are hexadecimal text.

use crate::domain::value::Value;
use crate::domain::work::Change;
use serde_json::{Value as Json, json};
use std::fmt::Write;

/// The changes of one command as JSON text; `[]` when there are none. Written out directly: a delisting changes two rows
/// a counter, and a tree of values first takes ten times as long.
pub fn to_json(changes: &[Change]) -> String {
    let mut out = String::with_capacity(2 + changes.len() * 300);
    out.push('[');
    for (n, change) in changes.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_change(&mut out, change);
    }
    out.push(']');
    out
}

fn write_change(out: &mut String, change: &Change) {
    let (after, before) = (&change.after, change.before.as_ref());
    let (kind, id) = (after.kind(), after.uuid());
    // Writing to a string cannot fail.
    let _ = write!(out, r#"{{"kind":"{}","id":"{}","new":{},"set":{{"#, kind.table(), id.simple(), before.is_none());
    let differing = before.map_or(u64::MAX, |b| after.differing(b));
    let mut first = true;
    for (i, column) in kind.columns().iter().enumerate().filter(|(i, _)| differing >> i & 1 == 1) {
        let (old, new) = (before.map_or(Value::Null, |b| b.cell(i)), after.cell(i));
        if old == new {
            continue;
        }
        let _ = write!(out, r#"{}"{}":["#, if first { "" } else { "," }, column.name);
        first = false;
        write_value(out, &old);
        out.push(',');
        write_value(out, &new);
        out.push(']');
    }
    out.push_str("}}");
}

/// As [`value`] is written.
pub fn write_value(out: &mut String, v: &Value) {
    match v {
        Value::Null => out.push_str("null"),
        Value::Int(n) => _ = write!(out, "{n}"),
        Value::Text(t) if t.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\') => {
            out.push('"');
            out.push_str(t);
            out.push('"');
        }
        Value::Text(t) => _ = write!(out, "{}", json!(t)),
        Value::Blob(b) => {
            out.push('"');
            for byte in b {
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
            out.push('"');
        }
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::Meta;
    use crate::domain::rows::{Kind, Row};
    use serde_json::Map;
    use uuid::Uuid;

    /// The form as a tree of values.
    fn tree(changes: &[Change]) -> String {
        let one = |change: &Change| {
            let after = change.after.cells();
            let before = change.before.as_ref().map(Row::cells);
            let mut set = Map::new();
            for (i, column) in change.after.kind().columns().iter().enumerate() {
                let old = before.as_ref().map_or(&Value::Null, |b| &b[i]);
                if *old != after[i] {
                    set.insert(column.name.to_owned(), json!([value(old), value(&after[i])]));
                }
            }
            let id = change.after.uuid().simple().to_string();
            json!({ "kind": change.after.kind().table(), "id": id, "new": change.before.is_none(), "set": set })
        };
        Json::Array(changes.iter().map(one).collect()).to_string()
    }

    /// A row of a kind whose texts are all this one where that fits, and whose other values are what fits.
    fn row(kind: Kind, text: &str) -> Option<Row> {
        use crate::domain::value::CellType;
        let at = jiff::Timestamp::UNIX_EPOCH;
        let (id, by) = (Uuid::from_u128(7), text.to_owned());
        let meta = Meta {
            org: id,
            rev: 1,
            created_at: at,
            created_by: by.clone(),
            updated_at: at,
            updated_by: by,
            source: "typed".into(),
        };
        let cells = kind.columns().iter().map(|c| match c.cell {
            CellType::Text => Value::Text(text.to_owned()),
            CellType::Int => Value::Int(i64::from(text.len() % 2 == 1)),
            CellType::Blob => Value::Blob(id.as_bytes().to_vec()),
        });
        Row::from_cells(kind, id, meta, &mut cells.collect::<Vec<_>>().into_iter()).ok()
    }

    #[test]
    fn what_is_written_directly_reads_as_the_tree_does() {
        let texts = ["", "柞水木耳", "a \"quoted\" \\ word", "two\nlines\tand \u{1} \u{7f} \u{2028}", "😀 \u{1b}[31m"];
        let mut changes = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            for kind in Kind::ALL {
                let Some(after) = row(*kind, text) else { continue };
                let before = row(*kind, texts[(n + 1) % texts.len()]).filter(|_| n % 2 == 0);
                changes.push(Change { before, after: after.clone() });
                changes.push(Change { before: Some(after.clone()), after });
            }
        }
        assert!(changes.len() >= 40, "{} changes", changes.len());
        assert_eq!(to_json(&changes), tree(&changes));
        assert_eq!(to_json(&[]), "[]");
        assert!(!from_json(&to_json(&changes)).is_empty());
    }
}
