//! Arguments that are not understood, in the person's language; help and version, which clap hands over as errors.

use super::fail::{Exit, Fail};
use super::out;
use crate::base::locale::Locale;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::io::Write;

/// Prints help or version, or says what is wrong with the arguments.
pub(super) fn answer(error: &Error, locale: &Locale, json: bool) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let mut to = out::Out::new();
            let written = write!(to, "{}", error.render()).and_then(|()| to.flush());
            written.map_or_else(|e| out::complain(&e.into(), locale, json), |()| Exit::Done)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !json => {
            out::note(&error.render().to_string());
            Exit::Usage
        }
        _ => out::complain(&fail(error, locale), locale, json),
    }
}

fn fail(error: &Error, locale: &Locale) -> Fail {
    let text = |kind| error.get(kind).map(words).unwrap_or_default();
    let (arg, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    let (code, args) = match error.kind() {
        ErrorKind::UnknownArgument => ("unknown-argument", vec![("arg", arg)]),
        ErrorKind::InvalidSubcommand => ("unknown-command", vec![("arg", text(ContextKind::InvalidSubcommand))]),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("command-missing", vec![])
        }
        ErrorKind::MissingRequiredArgument => ("argument-missing", vec![("arg", arg)]),
        ErrorKind::InvalidValue if value.is_empty() => ("value-missing", vec![("arg", arg)]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("bad-value", vec![("arg", arg), ("value", value)]),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => ("too-many", vec![("arg", arg)]),
        ErrorKind::ArgumentConflict if text(ContextKind::PriorArg) == arg => ("twice", vec![("arg", arg)]),
        ErrorKind::ArgumentConflict => ("conflict", vec![("arg", arg)]),
        _ => {
            let first = error.render().to_string();
            ("other", vec![("arg", first.lines().next().unwrap_or_default().replace("error: ", ""))])
        }
    };
    let mut fail = Fail::new(Exit::Usage, locale, "cli-usage", code, &args);
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let near: Vec<String> = kinds.into_iter().map(text).filter(|t| !t.is_empty()).collect();
    let valid = text(ContextKind::ValidValue);
    if !near.is_empty() {
        fail.hint = locale.tr_with("cli-usage-near", &[("near", &near.join(" "))]);
    } else if !valid.is_empty() {
        fail.hint = locale.tr_with("cli-usage-valid", &[("valid", &valid)]);
    }
    fail
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(" "),
        other => other.to_string(),
    }
}
