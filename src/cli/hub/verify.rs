//! `gongfu hub verify`: whether the ledger is whole, and the first record that is not.

use super::Hub;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::hub::whole::{self, Verdict};
use crate::wire::record::hex;
use serde_json::json;

/// Runs `hub verify`.
pub(super) fn run(hub: &Hub<'_>) -> Result<Exit, Fail> {
    let verdict = hub.watched("hub-verify-checking", |watch| whole::verify(&hub.place, hub.handle(), watch));
    match verdict.map_err(|e| hub.failed(&e))? {
        Verdict::Whole(whole) => {
            let (state, head) = (&whole.state, hex(&whole.state.audit.hash));
            let mut out = Out::new();
            if hub.context.json {
                let document = json!({
                    "whole": true, "hub": state.hub_id.to_string(), "epoch": state.epoch, "head": state.seq,
                    "safe": state.safe, "rows": whole.rows, "answers": whole.answers, "records": state.audit.no,
                    "checkpoints": whole.checkpoints,
                    "audit_head": head,
                });
                return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
            }
            let args = [
                ("rows", whole.rows.to_string()),
                ("answers", whole.answers.to_string()),
                ("checkpoints", whole.checkpoints.to_string()),
                ("records", state.audit.no.to_string()),
                ("seq", state.seq.to_string()),
                ("head", head),
            ];
            out.line(&hub.words("hub-verify-whole", &args))?;
            out.done()
        }
        Verdict::Broken(fault) => {
            if hub.context.json {
                let document =
                    json!({ "whole": false, "fault": fault.code, "kind": fault.kind, "record": fault.record });
                Out::new().json(&document)?;
            }
            Err(Fail::fault(&fault, &hub.context.locale))
        }
    }
}
