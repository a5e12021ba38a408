//! Correcting fields of a record: which, and what they become.

use crate::domain::rows::Kind;
use crate::domain::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// New values of some fields of one record; the others stay as they are, whoever changed them meanwhile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditRecord {
    pub kind: Kind,
    pub id: Uuid,
    /// By the names of the columns; which may be named is the table [`EDITABLE`](crate::domain::groups::EDITABLE).
    pub set: BTreeMap<String, Given>,
    /// Why, where the person says so.
    #[serde(default)]
    pub reason: String,
}

/// A value as it is given: text as typed, numbers in the unit of the column (money in fen, degrees in millionths).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Given {
    Number(i64),
    Text(String),
}

impl Given {
    /// The value as a row has it.
    pub fn value(&self) -> Value {
        match self {
            Given::Number(n) => Value::Int(*n),
            Given::Text(t) => Value::Text(t.clone()),
        }
    }

    /// A value of a row as one that is given; `None` for what nobody types.
    pub fn of(value: &Value) -> Option<Given> {
        match value {
            Value::Int(n) => Some(Given::Number(*n)),
            Value::Text(t) => Some(Given::Text(t.clone())),
            Value::Null | Value::Blob(_) => None,
        }
    }
}
