//! `gongfu keys`: every action with its keys, from the rows the console makes of its action table.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::table::Table;
use crate::base::locale::Lang;
use crate::console::action::{self, ACTIONS, KeyMap};
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

/// The console's action table with the keys of the settings.
///
/// # Errors
/// When the settings name an action there is not, or a key twice.
pub fn rows(context: &Context) -> Result<Vec<KeyRow>, Fail> {
    let keys = KeyMap::new(&context.config.settings.keys).map_err(|e| super::console::key_fail(context, &e))?;
    let chinese = context.locale.lang() == Lang::Zh;
    let row = |e: &action::Entry| KeyRow {
        action: e.id.to_owned(),
        scope: context.locale.tr(&format!("scope-{}", format!("{:?}", e.scope).to_lowercase())).into_owned(),
        keys: keys.keys(e.action).iter().map(|k| k.label(chinese)).collect(),
        label: context.locale.tr(&action::label_id(e)).into_owned(),
    };
    Ok(ACTIONS.iter().map(row).collect())
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
