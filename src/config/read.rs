//! Reads the settings file and says exactly where it is wrong, naming the nearest key.

use super::{Config, Settings};
use crate::console::action::{self, Action};
use crate::console::keys::{Chord, Reserved, nearest, reserved};
use crate::store::list::ListKind;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys at the top.
pub(super) const TOP: &[&str] = &[
    "language",
    "use_profile",
    "theme",
    "colours",
    "ambiguous_width",
    "sync_output",
    "notice_seconds",
    "keys",
    "columns",
    "profile",
];
/// Keys of a profile.
pub(super) const PROFILE: &[&str] = &["person", "org", "role", "data_dir", "read_only"];

/// What is wrong with the settings; the locale files hold `config-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {args:?}")]
pub struct ConfigError {
    pub code: &'static str,
    /// `place` is `file:line:column` or the name of a variable.
    pub args: Vec<(&'static str, String)>,
}

impl ConfigError {
    /// A value of the environment that cannot be understood.
    pub(super) fn variable(name: &str, value: &str, known: &str) -> ConfigError {
        let args = vec![("place", name.to_owned()), ("why", format!("\"{value}\"")), ("known", known.to_owned())];
        ConfigError { code: "variable", args }
    }

    /// The file is named and cannot be read.
    pub(super) fn unreadable(path: &Path, e: &std::io::Error) -> ConfigError {
        ConfigError { code: "unreadable", args: vec![("place", path.display().to_string()), ("why", e.to_string())] }
    }

    /// A profile that is not in the file.
    pub(super) fn unknown_profile(config: &Config, name: &str) -> ConfigError {
        let known: Vec<&str> = config.settings.profile.keys().map(String::as_str).collect();
        let args =
            vec![("place", config.path.display().to_string()), ("found", name.to_owned()), ("known", known.join(" "))];
        ConfigError { code: "unknown-profile", args }
    }
}

/// A place in the text and what is wrong there.
struct Fault {
    at: Range<usize>,
    code: &'static str,
    args: Vec<(&'static str, String)>,
}

/// Reads a settings text.
pub(super) fn settings(path: &Path, text: &str) -> Result<Settings, ConfigError> {
    read(text).map_err(|fault| {
        let before = text.get(..fault.at.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
        let mut args = vec![("place", format!("{}:{line}:{column}", path.display()))];
        args.extend(fault.args);
        ConfigError { code: fault.code, args }
    })
}

fn read(text: &str) -> Result<Settings, Fault> {
    let why = |e: &toml::de::Error| vec![("why", e.message().trim().to_owned())];
    let at = |e: &toml::de::Error| e.span().unwrap_or(0..0);
    let document = DeTable::parse(text).map_err(|e| Fault { at: at(&e), code: "syntax", args: why(&e) })?;
    // Keys first: a misspelt one gets its nearest neighbour rather than a list of all.
    for (key, value) in document.get_ref() {
        check_key(key, TOP)?;
        match key.get_ref().as_ref() {
            "profile" => {
                for (_, profile) in tables(value) {
                    for (key, _) in tables(profile) {
                        check_key(key, PROFILE)?;
                    }
                }
            }
            "keys" => tables(value).try_for_each(|(action, chords)| check_chords(action, chords))?,
            "columns" => tables(value).try_for_each(|(list, ids)| check_columns(list, ids))?,
            _ => {}
        }
    }
    toml::from_str(text).map_err(|e| Fault { at: at(&e), code: "value", args: why(&e) })
}

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// Entries of a table; none for another value, which is complained of later.
fn tables<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> impl Iterator<Item = (&'a Key<'i>, &'a Spanned<DeValue<'i>>)> {
    value.get_ref().as_table().into_iter().flatten()
}

fn check_key(key: &Key<'_>, known: &[&'static str]) -> Result<(), Fault> {
    match known.contains(&key.get_ref().as_ref()) {
        true => Ok(()),
        false => Err(unknown("unknown-key", key.get_ref(), key.span(), known)),
    }
}

/// A list word with the ids of its columns.
fn check_columns(list: &Key<'_>, ids: &Spanned<DeValue<'_>>) -> Result<(), Fault> {
    let lists: Vec<&'static str> = ListKind::ALL.iter().map(|k| k.code()).collect();
    let Some(kind) = ListKind::parse(list.get_ref()) else {
        return Err(unknown("unknown-list", list.get_ref(), list.span(), &lists));
    };
    let known: Vec<&'static str> = kind.spec().columns.iter().map(|c| c.id).collect();
    for id in ids.get_ref().as_array().into_iter().flatten() {
        if let Some(text) = id.get_ref().as_str().filter(|t| !known.contains(t)) {
            return Err(unknown("unknown-column", text, id.span(), &known));
        }
    }
    Ok(())
}

/// Chords that would never arrive, or mean something else whatever is set. Those that cannot be read are told of later.
fn check_chords(action: &Key<'_>, chords: &Spanned<DeValue<'_>>) -> Result<(), Fault> {
    for chord in chords.get_ref().as_array().into_iter().flatten() {
        let Some(text) = chord.get_ref().as_str() else { continue };
        let Ok(parsed) = text.parse::<Chord>() else { continue };
        let own = action::find(Action::Stop);
        if own.id == action.get_ref() && own.keys.contains(&text) {
            continue;
        }
        if let Some(Reserved::Never(_)) = reserved(parsed) {
            return Err(Fault { at: chord.span(), code: "reserved-key", args: vec![("key", text.to_owned())] });
        }
    }
    Ok(())
}

fn unknown(code: &'static str, found: &str, at: Range<usize>, known: &[&'static str]) -> Fault {
    let near = nearest(found, known.iter().copied()).unwrap_or_default();
    let args = vec![("found", found.to_owned()), ("nearest", near.to_owned()), ("known", known.join(" "))];
    Fault { at, code, args }
}
