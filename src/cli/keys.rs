//! `gongfu keys`: every action with its keys, from the rows the console makes of its action table.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::table::Table;
use serde_json::{Value as Json, json};

/// One action as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Stable id, as in `[keys]` of the settings.
    pub action: String,
    /// Where it holds, in words.
    pub scope: String,
    /// Its keys as people read them.
    pub keys: Vec<String>,
    /// What it does, in words.
    pub label: String,
}

/// Runs `keys` over the console's rows.
///
/// # Errors
/// When stdout fails.
pub fn run(context: &Context, rows: &[KeyRow]) -> Result<Exit, Fail> {
    let mut out = Out::new();
    if context.json {
        let rows =
            rows.iter().map(|r| json!({ "action": r.action, "scope": r.scope, "keys": r.keys, "label": r.label }));
        let document = json!({ "keys": rows.collect::<Vec<Json>>() });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let heads = ["cli-keys-scope", "cli-keys-keys", "cli-keys-label", "cli-keys-action"];
    let mut table = Table::new(heads.iter().map(|h| (context.locale.tr(h).into_owned(), false)).collect());
    for row in rows {
        table.row(&mut out, vec![row.scope.clone(), row.keys.join(" "), row.label.clone(), row.action.clone()])?;
    }
    table.flush(&mut out)?;
    out.done()
}
