//! `gongfu incident notice`: the removal notice of a delisting as text or DOCX, from the union's template or ours.

use crate::cli::context::Context;
use crate::cli::deed;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::producer;
use crate::domain::record::Record;
use crate::domain::refusal::wrong_state;
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::{Cell, Value};
use crate::domain::work::{Rows, shanghai_date};
use crate::forms::notice::{self, Facts, TemplateError, Values};
use crate::store::rows::SqlRows;
use crate::store::{Connection, StoreError};
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Runs `incident notice`.
pub(super) fn run(context: &Context, code: &str, to: &Path, force: bool) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let Row::Incident(incident) = deed::read(context, &store, Kind::Incident, code)? else {
        return Err(deed::unknown(context, Kind::Incident, code));
    };
    let Some(confirmed) = incident.confirmed_at else {
        let (state, who) = (incident.state.code(), rights::who(Right::ConfirmDelist));
        let needs = "removal_running,closed,reopened";
        let refusal = wrong_state(Kind::Incident, incident.code.clone(), state, "notice", needs, who);
        return Err(Fail::store(&StoreError::Refused(refusal), &context.locale));
    };
    let db = context.connect(&store)?;
    let facts = facts(context, &db, &incident, confirmed)?;
    let stdout = to.as_os_str() == "-";
    let docx = !stdout && to.extension().is_some_and(|e| e.eq_ignore_ascii_case("docx"));
    let bytes = filled(context, docx, &facts)?;
    if stdout {
        let mut out = Out::new();
        out.line(String::from_utf8_lossy(&bytes).trim_end())?;
        return out.done();
    }
    write(context, to, &bytes, force)?;
    let mut out = Out::new();
    let (path, n) = (to.display().to_string(), facts.counters.len());
    if context.json {
        let document = json!({ "done": true, "incident": incident.code, "path": path, "counters": n });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        out.line(&context.locale.tr_with("cli-notice-done", &[("path", &path), ("n", &n.to_string())]))?;
    }
    out.done()
}

/// The template's file beside the settings, else beside the data; `None` for ours.
fn template(context: &Context, name: &str) -> Option<PathBuf> {
    let beside = context.config.path.parent().map(Path::to_path_buf);
    let places = beside.into_iter().chain([context.data_dir.clone()]);
    places.map(|dir| dir.join("templates").join(name)).find(|p| p.is_file())
}

fn filled(context: &Context, docx: bool, facts: &Facts) -> Result<Vec<u8>, Fail> {
    let own = template(context, if docx { "removal_notice.docx" } else { "removal_notice.txt" });
    let bytes = match &own {
        Some(path) => Some(std::fs::read(path).map_err(|e| Fail::file(path, &e, &context.locale))?),
        None => None,
    };
    let named = own.as_ref().map_or_else(|| "removal_notice".to_owned(), |p| p.display().to_string());
    let wrong = |e: TemplateError| {
        let args = [("path", named.clone()), ("line", e.line.to_string()), ("found", e.found)];
        let names = facts.values.iter().chain(facts.counters.iter().take(1).flatten()).map(|(n, _)| *n);
        let known = ("known", names.collect::<Vec<_>>().join(" "));
        let args: Vec<_> = args.into_iter().chain([known]).collect();
        Fail::new(Exit::Input, &context.locale, "template", e.code, &args)
    };
    if docx {
        return notice::docx(bytes.as_deref(), facts).map_err(wrong);
    }
    let text = bytes.map_or_else(|| notice::TEXT.to_owned(), |b| String::from_utf8_lossy(&b).into_owned());
    notice::text(&text, facts).map(String::into_bytes).map_err(wrong)
}

/// Writes the file whole or not at all; one that is there only with `--force`.
fn write(context: &Context, to: &Path, bytes: &[u8], force: bool) -> Result<(), Fail> {
    use std::io::Write;
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            context.fail(Exit::Input, "out-exists", &[("path", to.display().to_string())])
        }
        _ => Fail::file(to, &e, &context.locale),
    };
    let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let kept = if force { file.persist(to) } else { file.persist_noclobber(to) };
    kept.map(drop).map_err(|e| failed(e.error))
}

fn find<R: Record>(rows: &SqlRows<'_>, column: &'static str, value: Value) -> Vec<R> {
    rows.find(R::KIND, column, &value).unwrap_or_default().into_iter().filter_map(R::from_row).collect()
}

fn facts(context: &Context, db: &Connection, incident: &Incident, confirmed: Timestamp) -> Result<Facts, Fail> {
    let locale = &context.locale;
    let rows = SqlRows::new(db);
    let places = crate::store::reads::division_names(db, locale.lang()).map_err(|e| context.db_fail(&e))?;
    let place = |code: &str| places.get(code).cloned().unwrap_or_else(|| code.to_owned());
    let entry = rows.fetch(Kind::CatalogEntry, incident.entry_id.0).ok().flatten();
    let Some(Row::CatalogEntry(entry)) = entry else {
        return Err(deed::unknown(context, Kind::CatalogEntry, &incident.code));
    };
    let steps = find::<IncidentStep>(&rows, "incident_id", incident.id.to_value());
    let reason = steps.iter().rfind(|s| s.verb == "confirm").map_or_else(String::new, |s| s.note.clone());
    let class = incident.recall_class.unwrap_or(incident.grade);
    let law = producer::clock(class, confirmed);
    let notices = find::<RemovalNotice>(&rows, "incident_id", incident.id.to_value());
    let due = notices.first().map_or(confirmed, |n| n.due_at);
    let at = |at: Timestamp| crate::cli::cell::instant(at.as_millisecond());
    let issuer = crate::store::setting::get(db, crate::store::setting::PROFILE_ORG).ok().flatten().unwrap_or_default();
    let issuer = find::<Organisation>(&rows, "code", Value::Text(issuer.clone())).pop().map_or(issuer, |o| o.name);
    let batches = if incident.batches.is_empty() {
        locale.tr("notice-all-batches").into_owned()
    } else {
        incident.batches.clone()
    };
    let mut counters = Vec::with_capacity(notices.len());
    for n in &notices {
        let Ok(Some(Row::Counter(counter))) = rows.fetch(Kind::Counter, n.counter_id.0) else { continue };
        let values: Values = vec![
            ("counter.notice", n.code.clone()),
            ("counter.code", counter.code),
            ("counter.name", counter.name),
            ("counter.county", place(&counter.county_code)),
            ("counter.address", counter.address),
            ("counter.state", locale.code("removal_notice", n.state.code())),
        ];
        counters.push(values);
    }
    let values: Values = vec![
        ("incident", incident.code.clone()),
        ("title", incident.title.clone()),
        ("product", entry.name),
        ("product_code", entry.code),
        ("spec", entry.spec),
        ("supplier", entry.supplier_name),
        ("county", place(&entry.county_code)),
        ("reason", reason),
        ("grade", locale.code("grade", incident.grade.code())),
        ("recall_class", locale.code("grade", class.code())),
        ("batches", batches),
        ("issuer", issuer),
        ("confirmed_by", incident.confirmed_by.clone()),
        ("issued", at(confirmed)),
        ("issued_on", shanghai_date(confirmed).to_string()),
        ("due", at(due)),
        ("law_start", at(law.start_by)),
        ("law_finish", law.finish_on.to_string()),
        ("counters", counters.len().to_string()),
    ];
    Ok(Facts { values, counters })
}
