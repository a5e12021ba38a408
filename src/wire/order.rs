//! An order: a command on its way from a console to the hub, and the hub's answer to it.
//!
//! One JSON object a line. What this version does not know in one is passed over.

pub use super::seen::Seen;
use crate::domain::command::Command;
use crate::domain::rows::Kind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A command with what the hub needs to take it once, for the right person, on the rows that person saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Made by the console, UUIDv7: what makes sending twice the same as sending once. Never an order in time.
    pub id: Uuid,
    /// The console's own count, one more each: a gap is told, not refused.
    pub n: u64,
    /// When the person asked, by the console's clock, in milliseconds since 1970.
    pub made_at: i64,
    /// The number of the form the console writes.
    pub schema: u32,
    pub by: By,
    /// What the person decided on: refused as a conflict when it is otherwise by now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
    /// What is asked, named by `do`: `{"do":"confirm_incident",…}`.
    #[schema(value_type = Object)]
    pub command: Command,
    /// The whole line as it came, when the signature under it was found to be that of its console: travels as `sig`, the last field.
    #[serde(skip)]
    pub signed: Option<String>,
}

/// A line that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormError(pub String);

/// Gives a type its form as one line of JSON.
macro_rules! lines { ($($ty:ty),* $(,)?) => { $(
    impl $ty {
        /// As one line, without its end.
        ///
        /// # Errors
        /// For numbers that JSON cannot hold: none of ours.
        pub fn to_line(&self) -> Result<String, crate::wire::order::FormError> {
            serde_json::to_string(self).map_err(|e| crate::wire::order::FormError(e.to_string()))
        }

        /// Reads a line.
        ///
        /// # Errors
        /// What is wrong with it and where.
        pub fn read(line: &str) -> Result<Self, crate::wire::order::FormError> {
            serde_json::from_str(line).map_err(|e| crate::wire::order::FormError(e.to_string()))
        }
    }
)* } }
pub(super) use lines;

lines!(Order, Answer);

/// The person, as the console knows them. Organisation and role are those of the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct By {
    pub name: String,
    /// Account, terminal and SSH client in one line.
    #[serde(default)]
    pub origin: String,
}

/// What the hub says to one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    pub id: Uuid,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How an order ended. Accepted, conflict and denied are final and told again as often as the order comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Done; its rows have this number in the feed. `hub_at` in milliseconds since 1970.
    Accepted { seq: i64, hub_at: i64, code: String },
    /// A row is not as the person saw it: who changed it and when.
    Conflict {
        #[schema(value_type = String)]
        kind: Kind,
        row: Uuid,
        rev: i64,
        by: String,
        at: i64,
    },
    /// A rule says no; the words are in the locale under `refusal-<code>`.
    Denied { code: String, args: Vec<(String, String)> },
    /// Not now; the same order may be sent again.
    Later { after_ms: u64 },
    /// This version of the form is not served any more.
    Upgrade { min: u32 },
}
