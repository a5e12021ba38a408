//! `gongfu audit`: the records as a list, and the proof that none was touched.

use super::args::AuditAct;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::list;
use super::out::Out;
use crate::store::audit::{self, Verdict};
use crate::store::list::ListKind;
use serde_json::json;

/// Runs `audit`.
pub(super) fn run(context: &Context, act: &AuditAct) -> Result<Exit, Fail> {
    match act {
        AuditAct::List(how) => list::rows(context, ListKind::Audit, how),
        AuditAct::Verify => verify(context),
    }
}

fn verify(context: &Context) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    // Draws on stderr, and only on a terminal.
    let bar = if context.quiet { indicatif::ProgressBar::hidden() } else { indicatif::ProgressBar::no_length() };
    let verdict = audit::verify(&db, |checked| bar.set_position(u64::try_from(checked).unwrap_or(0)));
    bar.finish_and_clear();
    let locale = &context.locale;
    let (fault, no) = match verdict.map_err(|e| context.db_fail(&e))? {
        Verdict::Whole { records, head } => {
            let mut out = Out::new();
            if context.json {
                let document = json!({ "whole": true, "records": records, "head": head });
                return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
            }
            let args = [("records", records.to_string()), ("head", head)];
            let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
            out.line(&locale.tr_with("cli-audit-whole", &args))?;
            return out.done();
        }
        Verdict::Altered { no } => ("altered", no),
        Verdict::Missing { no } => ("missing", no),
    };
    if context.json {
        Out::new().json(&json!({ "whole": false, "fault": fault, "no": no }))?;
    }
    Err(context.fail(Exit::Refused, &format!("audit-{fault}"), &[("no", no.to_string())]))
}
