//! `gongfu hub backup` and `restore`: a ledger in a file, and back.

use super::Hub;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::hub::ledger;
use crate::hub::whole;
use serde_json::json;
use std::path::Path;

/// Runs `hub backup`. `safe` is the operator's word that the file lies off this machine.
pub(super) fn backup(hub: &Hub<'_>, file: &Path, safe: bool) -> Result<Exit, Fail> {
    if safe {
        hub.may_change()?;
    }
    let copied = hub.watched("hub-backup-copying", |watch| whole::backup(&hub.place, file, hub.handle(), watch));
    let copied = copied.map_err(|e| hub.failed(&e))?;
    let state = &copied.whole.state;
    if safe {
        hub.write(|engine| Ok(ledger::mark_safe(engine, state.epoch, state.seq)?))?;
    }
    let path = file.display().to_string();
    let mut out = Out::new();
    if hub.context.json {
        let document = json!({
            "done": true, "path": path, "bytes": copied.bytes, "head": state.seq, "epoch": state.epoch,
            "rows": copied.whole.rows, "safe": safe,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !hub.context.quiet {
        let args = [("path", path), ("bytes", copied.bytes.to_string()), ("seq", state.seq.to_string())];
        out.line(&hub.words("hub-backup-done", &args))?;
        out.line(&hub.words(if safe { "hub-backup-safe" } else { "hub-backup-here" }, &args))?;
    }
    out.done()
}

/// Runs `hub restore`.
pub(super) fn restore(hub: &Hub<'_>, file: &Path) -> Result<Exit, Fail> {
    hub.may_change()?;
    let by = hub.by();
    let restored = hub
        .watched("hub-restore-checking", |watch| whole::restore(&hub.place, file, hub.handle(), &by, watch))
        .map_err(|e| hub.failed(&e))?;
    let aside = restored.aside.as_ref().map(|p| p.display().to_string());
    let place = hub.place.to_string();
    let mut out = Out::new();
    if hub.context.json {
        let document = json!({
            "done": true, "store": place, "epoch": restored.epoch, "head": restored.seq, "head_before": restored.before,
            "set_aside": aside, "revoked": restored.revoked,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !hub.context.quiet {
        let args = [
            ("place", place),
            ("epoch", restored.epoch.to_string()),
            ("seq", restored.seq.to_string()),
            ("before", restored.before.map(|n| n.to_string()).unwrap_or_default()),
            ("aside", aside.clone().unwrap_or_default()),
        ];
        out.line(&hub.words("hub-restore-done", &args))?;
        if aside.is_some() {
            out.line(&hub.words("hub-restore-aside", &args))?;
        }
        // What the ledger before knew of consoles cannot be carried over when it cannot be read.
        let next = if restored.before.is_some() { "hub-restore-compared" } else { "hub-restore-uncompared" };
        out.line(&hub.words(next, &args))?;
    }
    out.done()
}
