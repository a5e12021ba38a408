//! `gongfu doctor`: what of this machine, terminal and database is as it should be, and what to do about the rest.
//!
//! It looks and never repairs; it asks the terminal nothing, so that it can run in a script.

mod checks;

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::base::text;
use serde_json::{Value as Json, json};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Ok,
    Warn,
    Bad,
}

impl Level {
    fn code(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Bad => "bad",
        }
    }
}

/// One thing that was looked at.
pub(super) struct Check {
    /// `cli-doctor-<id>` is its title; `cli-doctor-<id>-hint` what to do unless it is ok.
    pub id: &'static str,
    pub level: Level,
    /// What was found, as it is.
    pub found: String,
}

/// Runs `doctor`.
pub(super) fn run(context: &Context) -> Result<Exit, Fail> {
    let checks = checks::all(context);
    let bad = checks.iter().filter(|c| c.level == Level::Bad).count();
    let locale = &context.locale;
    let hint = |c: &Check| match c.level {
        Level::Ok => String::new(),
        _ => locale.find(&format!("cli-doctor-{}-hint", c.id), &[]).unwrap_or_default(),
    };
    if context.json {
        let rows =
            checks.iter().map(|c| json!({ "id": c.id, "level": c.level.code(), "found": c.found, "hint": hint(c) }));
        Out::new().json(&json!({ "ok": bad == 0, "checks": rows.collect::<Vec<Json>>() }))?;
    } else {
        let mut out = Out::new();
        for check in &checks {
            let level = locale.tr(&format!("cli-doctor-{}", check.level.code())).into_owned();
            let title = locale.tr(&format!("cli-doctor-{}", check.id)).into_owned();
            out.line(&format!("{}  {}  {}", text::fit(&level, 6), text::fit(&title, 14), text::display(&check.found)))?;
            let hint = hint(check);
            if !hint.is_empty() {
                out.line(&format!("        {hint}"))?;
            }
        }
        out.done()?;
    }
    match bad {
        0 => Ok(Exit::Done),
        n => Err(context.fail(Exit::Refused, "doctor", &[("n", n.to_string())])),
    }
}
