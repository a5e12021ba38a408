//! `gongfu counter remind --due`: every counter of the own area whose reminder is due, for a person or a timer.
//!
//! Which reminder is due is the domain's rule; here the incidents are found and reminded together, or none of them.

use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::codes::NoticeState;
use crate::domain::command::Command;
use crate::domain::record::Record;
use crate::domain::refusal::Refusal;
use crate::domain::rows::{Kind, RemovalNotice};
use crate::domain::value::Cell;
use crate::domain::work::Rows;
use crate::store::rows::SqlRows;
use crate::store::{Done, Store, StoreError};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Reminds them and says of which incidents. Where nobody is due it is done at once: a timer asks every hour.
///
/// # Errors
/// Why no incident may be reminded by this person; what is wrong with the database.
pub(super) fn all_due(context: &Context, store: &Store) -> Result<Exit, Fail> {
    let failed = |e| context.store_fail(store, e);
    let actor = context.actor(store)?;
    let all: Vec<Command> =
        silent(context, store)?.into_iter().map(|i| Command::RemindSilent { incident: i }).collect();
    let verdicts = store.rehearse(&actor, &all).map_err(failed)?;
    // Those of another area are another union's to remind; that nobody is due is no failure.
    let idle = |r: &Refusal| matches!(r.code, "no-reminder-due" | "not-your-area");
    let due: Vec<Command> =
        all.into_iter().zip(&verdicts).filter(|(_, refusal)| refusal.is_none()).map(|(command, _)| command).collect();
    if due.is_empty() {
        return match verdicts.into_iter().flatten().find(|r| !idle(r)) {
            Some(refusal) => Err(failed(StoreError::Refused(refusal))),
            None => tell(context, None),
        };
    }
    let done = store.submit_wait(&actor, due).map_err(failed)?;
    tell(context, Some(&done))
}

/// Incidents with a counter that has not answered.
fn silent(context: &Context, store: &Store) -> Result<BTreeSet<Uuid>, Fail> {
    let db = context.connect(store)?;
    let rows = SqlRows::new(&db);
    let found = rows
        .find(Kind::RemovalNotice, "state", &NoticeState::Unacknowledged.to_value())
        .map_err(|why| Fail::store(&StoreError::Refused(Refusal::new("store").with("why", why)), &context.locale))?;
    Ok(found.into_iter().filter_map(RemovalNotice::from_row).map(|n| n.incident_id.0).collect())
}

fn tell(context: &Context, done: Option<&Done>) -> Result<Exit, Fail> {
    let codes = done.map_or_else(Vec::new, |d| d.codes.clone());
    let reminded = done.map_or(0, |d| d.changes);
    let mut out = Out::new();
    if context.json {
        let document = json!({
            "done": true, "command": "incident.remind", "incidents": codes, "reminded": reminded,
            "audit_no": done.map(|d| d.audit_no),
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        let text = match done {
            None => context.locale.tr("cli-remind-none").into_owned(),
            Some(_) => {
                let (n, codes) = (reminded.to_string(), codes.join(" "));
                context.locale.tr_with("cli-remind-done", &[("n", &n), ("codes", &codes)])
            }
        };
        out.line(&text)?;
    }
    out.done()
}
