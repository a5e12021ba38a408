//! `gongfu incident notice`: the removal notice of a delisting as text or DOCX, from the union's template or ours.

mod facts;

use crate::cli::context::Context;
use crate::cli::deed;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::domain::refusal::wrong_state;
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::forms::notice::{self, Facts, TemplateError};
use crate::store::StoreError;
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
    let form = form(context, to)?;
    let db = context.connect(&store)?;
    let facts = facts::facts(context, &db, &incident, confirmed)?;
    let bytes = filled(context, form == Form::Docx, &facts)?;
    let (path, n) = (to.display().to_string(), facts.counters.len());
    let mut document = json!({ "done": true, "incident": incident.code, "path": path, "counters": n });
    let mut out = Out::new();
    if form == Form::Stdout {
        let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        if !context.json {
            text.lines().try_for_each(|line| out.line(line))?;
            return out.done();
        }
        document["text"] = text.into();
    } else {
        crate::cli::file::write(context, to, &bytes, force)?;
    }
    if context.json {
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !context.quiet {
        out.line(&context.locale.tr_with("cli-notice-done", &[("path", &path), ("n", &n.to_string())]))?;
    }
    out.done()
}

/// Where a notice goes and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Stdout,
    Text,
    Docx,
}

/// By the ending of the name: text under the name of another format would open nowhere.
fn form(context: &Context, to: &Path) -> Result<Form, Fail> {
    if to.as_os_str() == "-" {
        return Ok(Form::Stdout);
    }
    let ending = to.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("docx") => Ok(Form::Docx),
        Some("txt" | "md") => Ok(Form::Text),
        _ => Err(context.fail(Exit::Input, "out-ending", &[("path", to.display().to_string())])),
    }
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
        let names = facts.values.iter().map(|(n, _)| *n).chain(notice::OF_COUNTER);
        let known = ("known", names.collect::<Vec<_>>().join(" "));
        let args: Vec<_> = args.into_iter().chain([known]).collect();
        Fail::new(Exit::Input, &context.locale, "template", e.code, &args)
    };
    if docx {
        return notice::docx(bytes.as_deref(), facts).map_err(wrong);
    }
    let text = match bytes {
        Some(bytes) => notice::decoded(&bytes)
            .ok_or_else(|| wrong(TemplateError { code: "not-text", line: 0, found: String::new() }))?,
        None => notice::TEXT.to_owned(),
    };
    notice::text(&text, facts).map(String::into_bytes).map_err(wrong)
}
