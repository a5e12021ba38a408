//! `gongfu hub migrate`: a ledger from one place into another.

use super::{Hub, parse};
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::cli::table::Table;
use crate::hub::whole::{self, Counted};
use serde_json::{Value as Json, json};

/// Letters of a checksum that are shown to people; programs get all.
const SHORT: usize = 16;

/// Runs `hub migrate`.
pub(super) fn run(hub: &Hub<'_>, to: &str) -> Result<Exit, Fail> {
    hub.may_change()?;
    let to = parse(hub.context, to)?;
    let copied = hub.watched("hub-migrate-copying", |watch| whole::migrate(&hub.place, &to, hub.handle(), watch));
    let tables = copied.map_err(|e| hub.failed(&e))?;
    let mut out = Out::new();
    if hub.context.json {
        let one = |t: &Counted| json!({ "table": t.table, "rows": t.rows, "checksum": t.checksum });
        let tables: Vec<Json> = tables.iter().map(one).collect();
        let document = json!({ "done": true, "from": hub.place.to_string(), "to": to.to_string(), "tables": tables });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if hub.context.quiet {
        return out.done();
    }
    let head = |name: &str| hub.context.locale.tr(&format!("hub-migrate-{name}")).into_owned();
    let mut table = Table::new(vec![(head("table"), false), (head("rows"), true), (head("checksum"), false)]);
    for t in &tables {
        let short = t.checksum.chars().take(SHORT).collect();
        table.row(&mut out, vec![t.table.clone(), t.rows.to_string(), short])?;
    }
    table.flush(&mut out)?;
    let rows: u64 = tables.iter().map(|t| t.rows).sum();
    let args = [("from", hub.place.to_string()), ("to", to.to_string()), ("rows", rows.to_string())];
    out.line(&hub.words("hub-migrate-done", &args))?;
    out.done()
}
