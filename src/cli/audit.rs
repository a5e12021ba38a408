//! `gongfu audit`: the records as a list, and the proof that none was touched.

use super::args::AuditAct;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::list;
use super::out::Out;
use crate::hub::export::{self, Agreement, Report, Witness};
use crate::store::audit::{self, Verdict};
use crate::store::list::ListKind;
use crate::store::{SqlResult, link, witness};
use crate::sync::key;
use serde_json::json;
use std::path::Path;

/// Runs `audit`.
pub(super) fn run(context: &Context, act: &AuditAct) -> Result<Exit, Fail> {
    match act {
        AuditAct::List(how) => list::rows(context, ListKind::Audit, how),
        AuditAct::Verify { export: None } => verify(context),
        AuditAct::Verify { export: Some(path) } => exported(context, path),
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

/// Checks an export of a hub's audit, and compares it with what this console has seen when it is a console of that hub.
fn exported(context: &Context, path: &Path) -> Result<Exit, Fail> {
    let witness = seen(context)?;
    let bar = if context.quiet { indicatif::ProgressBar::hidden() } else { indicatif::ProgressBar::no_length() };
    let mut tell = |checked| bar.set_position(u64::try_from(checked).unwrap_or(0));
    let verdict = export::check(path, witness.as_ref(), &mut tell);
    bar.finish_and_clear();
    match verdict.map_err(|e| Fail::file(path, &e, &context.locale))? {
        export::Verdict::Whole(report) => whole(context, &report),
        export::Verdict::Broken(fault) => {
            if context.json {
                let document = json!({ "whole": false, "fault": fault.code, "no": fault.no, "line": fault.line });
                Out::new().json(&document)?;
            }
            let args = [("no", fault.no.to_string()), ("line", fault.line.to_string())];
            Err(context.fail(Exit::Refused, &format!("export-{}", fault.code), &args))
        }
    }
}

/// What the data directory holds of its hub; nothing for one that is no console of a hub.
fn seen(context: &Context) -> Result<Option<Witness>, Fail> {
    if !context.db_path().exists() {
        return Ok(None);
    }
    let public = key::load(&context.data_dir).ok().flatten().map(|k| k.public).unwrap_or_default();
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let read = || -> SqlResult<Option<Witness>> {
        let Some(link) = link::get(&db)? else { return Ok(None) };
        Ok(Some(Witness { hub: link.hub, public, held: witness::held(&db)? }))
    };
    read().map_err(|e| context.db_fail(&e))
}

fn whole(context: &Context, report: &Report) -> Result<Exit, Fail> {
    let header = &report.header;
    let mut out = Out::new();
    if context.json {
        let one = |a: &Agreement| json!({ "same": a.same, "lost": a.lost, "later": a.later });
        let document = json!({
            "whole": true, "hub": header.hub.to_string(), "epoch": header.epoch, "records": header.records,
            "head": header.head, "checkpoints": header.checkpoints, "seen": report.agreement.as_ref().map(one),
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let words = |id: &str, args: &[(&str, String)]| {
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        context.locale.tr_with(id, &args)
    };
    let args = [
        ("records", header.records.to_string()),
        ("checkpoints", header.checkpoints.to_string()),
        ("head", header.head.clone()),
    ];
    out.line(&words("cli-export-whole", &args))?;
    let Some(Agreement { same, lost, later }) = report.agreement else {
        out.line(&context.locale.tr("cli-export-unseen"))?;
        return out.done();
    };
    out.line(&words("cli-export-seen", &[("n", same.to_string())]))?;
    for (id, n) in [("cli-export-lost", lost), ("cli-export-later", later)] {
        if n > 0 {
            out.line(&words(id, &[("n", n.to_string())]))?;
        }
    }
    out.done()
}
