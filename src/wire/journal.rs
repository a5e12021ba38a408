//! A line of the journal of the outbox: an order once more, or that a person has taken it back.
//!
//! Owns the form of the line. Knows no file.

use serde::{Deserialize, Serialize};

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    Made(Made),
    /// The number of an order that was taken back.
    Withdrawn {
        withdrawn: i64,
    },
}

/// What the outbox knows of an order when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub n: i64,
    /// Hexadecimal.
    pub id: String,
    /// Milliseconds since 1970, by the hub's clock.
    pub made_at: i64,
    pub command: String,
    pub kind: String,
    /// Hexadecimal.
    pub target: String,
    pub target_code: String,
    /// Its record in the audit of the console that made it.
    pub audit_no: i64,
    /// The order as it travels, without a signature.
    pub order: String,
}

impl Line {
    /// The line, with its end.
    pub fn to_text(&self) -> String {
        // Of numbers and texts with names nothing can fail to be written.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// What a line says; nothing for one that was cut off or is of no such form.
    pub fn of(text: &[u8]) -> Option<Line> {
        serde_json::from_slice(text).ok()
    }
}
