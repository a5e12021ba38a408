//! `gongfu hub unseal`: what a console that was shut out has sealed for its hub, for an administrator who has it entered again.

use super::Hub;
use crate::base::text;
use crate::cli::cell::instant;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::hub::sealing;
use crate::wire::sealed::{Line, Opened, SealError};
use serde_json::{Value as Json, json};
use std::path::Path;

/// Runs `hub unseal`. Changes nothing, here or in the ledger.
pub(super) fn run(hub: &Hub<'_>, file: &Path) -> Result<Exit, Fail> {
    let bytes = std::fs::read(file).map_err(|e| Fail::file(file, &e, &hub.context.locale))?;
    let text = String::from_utf8(bytes).map_err(|_| fail(hub, file, SealError::NotSealed))?;
    let opened = hub.read(|engine| Ok(sealing::open(engine, &text)?))?;
    let opened = opened.map_err(|e| fail(hub, file, e))?;
    match hub.context.json {
        true => Out::new().json(&document(&opened)).map(|()| Exit::Done).map_err(Into::into),
        false => print(hub, &opened),
    }
}

fn fail(hub: &Hub<'_>, file: &Path, error: SealError) -> Fail {
    let (exit, code) = match error {
        SealError::NotSealed => (Exit::Input, "unseal-none"),
        SealError::Form => (Exit::Input, "unseal-form"),
        SealError::OtherKey | SealError::Key => (Exit::Refused, "unseal-key"),
        SealError::Damaged => (Exit::Input, "unseal-damaged"),
    };
    hub.fail(exit, code, &[("path", file.display().to_string())])
}

fn document(opened: &Opened) -> Json {
    let head = &opened.head;
    json!({
        "hub": head.hub.to_string(), "device": head.device.to_string(), "org": head.org, "made_at": head.made_at,
        "orders": opened.lines,
    })
}

fn print(hub: &Hub<'_>, opened: &Opened) -> Result<Exit, Fail> {
    let locale = &hub.context.locale;
    let mut out = Out::new();
    let head = &opened.head;
    let args = [
        ("org", head.org.clone()),
        ("device", head.device.to_string()),
        ("at", instant(head.made_at)),
        ("n", opened.lines.len().to_string()),
    ];
    out.line(&hub.words("hub-unseal-head", &args))?;
    for line in &opened.lines {
        let cells = [
            line.n.to_string(),
            instant(line.order.made_at),
            line.order.by.name.clone(),
            locale.code("command", &line.order.command.name()),
            line.code.clone(),
            locale.code("sending", &line.state),
        ];
        out.line(&text::display(&cells.join("  ")))?;
        // In full: whoever enters it again needs every word.
        let what = what(hub, line);
        if !what.is_empty() {
            out.line(&text::display(&format!("    {what}")))?;
        }
    }
    out.done()
}

/// What an order asks for, field by field, as it was typed: enough to enter it again.
fn what(hub: &Hub<'_>, line: &Line) -> String {
    let mut out = Vec::new();
    if let Ok(Json::Object(fields)) = serde_json::to_value(&line.order.command) {
        fields.iter().filter(|(name, _)| *name != "do").for_each(|(name, value)| words(hub, name, value, &mut out));
    }
    out.join("  ")
}

fn words(hub: &Hub<'_>, name: &str, value: &Json, out: &mut Vec<String>) {
    let text = match value {
        Json::Object(inner) => return inner.iter().for_each(|(name, value)| words(hub, name, value, out)),
        Json::String(text) if text.is_empty() => return,
        Json::String(text) => text.clone(),
        Json::Null => return,
        other => other.to_string(),
    };
    let label = hub.context.locale.find(&format!("code-field-{name}"), &[]).unwrap_or_else(|| name.to_owned());
    out.push(format!("{label}={text}"));
}
