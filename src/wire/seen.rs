//! What of a row a person saw, in a form that another row can be held against: its revision, and a fingerprint of each group of
//! its fields.

use super::change::write_value;
use super::record::hex;
use crate::domain::groups::{Group, compared};
use crate::domain::rows::{Kind, Row};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A row as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seen {
    #[schema(value_type = String, example = "catalog_entry")]
    pub kind: Kind,
    pub id: Uuid,
    pub rev: i64,
    /// Fingerprint of each group of its fields, by the group's code: a command that writes one group stands on that one alone.
    /// Without any it stands on the revision.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, String>,
}

impl Seen {
    /// A row as it is now.
    pub fn of(row: &Row) -> Seen {
        Seen { kind: row.kind(), id: row.uuid(), rev: row.meta().rev, groups: prints(row) }
    }

    /// Whether this group of the row was seen as it is; `None` when nothing is known of what was seen of it.
    pub fn saw(&self, row: &Row, group: Group) -> Option<bool> {
        let was = self.groups.get(group.code())?;
        let (_, places) = compared(row.kind()).find(|(g, _)| *g == group)?;
        Some(*was == print(row, group, &places))
    }
}

/// The fingerprint of every group that is compared.
fn prints(row: &Row) -> BTreeMap<String, String> {
    compared(row.kind()).map(|(group, places)| (group.code().to_owned(), print(row, group, &places))).collect()
}

/// The first eight bytes of SHA-256 over the names and values of a group: chance does not find the same twice, and nobody
/// gains by it who may send the order anyway.
fn print(row: &Row, group: Group, places: &[usize]) -> String {
    let mut text = format!("gongfu group 1\n{}\n", group.code());
    for place in places {
        text.push_str(row.kind().columns()[*place].name);
        text.push('=');
        write_value(&mut text, &row.cell(*place));
        text.push('\n');
    }
    hex(&Sha256::digest(text.as_bytes())[..8])
}
