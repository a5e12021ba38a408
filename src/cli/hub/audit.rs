//! `gongfu hub audit export`: the hub's audit in a file that anybody can check.

use super::Hub;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::hub::whole;
use serde_json::json;
use std::path::Path;

/// Runs `hub audit export`.
pub(super) fn export(hub: &Hub<'_>, to: &Path) -> Result<Exit, Fail> {
    let now = hub.by().at;
    let made = hub.watched("hub-export-writing", |watch| whole::export(&hub.place, to, hub.handle(), now, watch));
    let header = made.map_err(|e| hub.failed(&e))?;
    let path = to.display().to_string();
    let mut out = Out::new();
    if hub.context.json {
        let document = json!({
            "done": true, "path": path, "hub": header.hub.to_string(), "epoch": header.epoch, "records": header.records,
            "checkpoints": header.checkpoints, "head": header.head, "public": header.public,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !hub.context.quiet {
        let args = [("path", path), ("n", header.records.to_string()), ("checkpoints", header.checkpoints.to_string())];
        out.line(&hub.words("hub-export-done", &args))?;
    }
    out.done()
}
