//! Reads the settings file and says exactly where it is wrong, naming the nearest key or word.

use super::{Config, Settings};
use crate::console::action::{self, Action};
use crate::console::keys::{Chord, ParseChordError, Reserved, reserved};
use crate::console::written::{self, Fault, Wants, Written, check, unknown, wrong};
use crate::store::list::ListKind;
use std::path::Path;
use toml::Spanned;
use toml::de::DeTable;

/// Every key at the top and what it wants.
const TOP_KEYS: &[(&str, Wants)] = &[
    ("language", Wants::Word(&["auto", "zh-CN", "en"])),
    ("use_profile", Wants::Text),
    ("theme", Wants::Text),
    ("colours", Wants::Word(&["auto", "none", "16", "256", "true"])),
    ("ambiguous_width", Wants::Word(&["auto", "narrow", "wide"])),
    ("sync_output", Wants::Word(&["auto", "on", "off"])),
    ("notice_seconds", Wants::Whole(0, u16::MAX as i64)),
    ("undo_seconds", Wants::Whole(0, 600)),
    ("keys", Wants::Table),
    ("columns", Wants::Table),
    ("profile", Wants::Table),
];
/// Every key of a profile and what it wants.
const PROFILE_KEYS: &[(&str, Wants)] = &[
    ("person", Wants::Text),
    ("org", Wants::Text),
    ("role", Wants::Word(&["county", "city", "industrial", "office", "auditor", "seller_feed"])),
    ("data_dir", Wants::Text),
    ("read_only", Wants::Bool),
];
/// Keys at the top.
pub(super) const TOP: &[&str] = &names::<{ TOP_KEYS.len() }>(TOP_KEYS);
/// Keys of a profile.
pub(super) const PROFILE: &[&str] = &names::<{ PROFILE_KEYS.len() }>(PROFILE_KEYS);

/// The first halves of a table.
const fn names<const N: usize>(table: &[(&'static str, Wants)]) -> [&'static str; N] {
    let mut out = [""; N];
    let mut i = 0;
    while i < N {
        out[i] = table[i].0;
        i += 1;
    }
    out
}

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
        let args = vec![("place", path.display().to_string()), ("io", written::io_code(e).to_owned())];
        ConfigError { code: "unreadable", args }
    }

    /// A profile that is not in the file.
    pub(super) fn unknown_profile(config: &Config, name: &str) -> ConfigError {
        let known: Vec<&str> = config.settings.profile.keys().map(String::as_str).collect();
        let args =
            vec![("place", config.path.display().to_string()), ("found", name.to_owned()), ("known", known.join(" "))];
        ConfigError { code: "unknown-profile", args }
    }
}

/// Reads a settings text.
pub(super) fn settings(path: &Path, text: &str) -> Result<Settings, ConfigError> {
    read(text).map_err(|fault| {
        let mut args = vec![("place", written::place(&path.display().to_string(), text, fault.at.start))];
        args.extend(fault.args);
        ConfigError { code: fault.code, args }
    })
}

fn read(text: &str) -> Result<Settings, Fault> {
    let document = written::parse(text)?;
    // Every value is looked at before it is read: what the reader itself would say is English, and names no key.
    table(text, "", document.get_ref(), TOP_KEYS)?;
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "profile" => {
                for (name, profile) in tables(value) {
                    let path = format!("profile.{}", name.get_ref());
                    check(text, &path, profile, Wants::Table)?;
                    let keys = profile.get_ref().as_table();
                    keys.map_or(Ok(()), |keys| table(text, &format!("{path}."), keys, PROFILE_KEYS))?;
                }
            }
            "keys" => tables(value).try_for_each(|(action, chords)| check_chords(text, action, chords))?,
            "columns" => tables(value).try_for_each(|(list, ids)| check_columns(text, list, ids))?,
            _ => {}
        }
    }
    toml::from_str(text).map_err(|e| written::syntax(text, &e))
}

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// Entries of a table; none for another value, which was complained of before.
fn tables<'a, 'i>(value: &'a Written<'i>) -> impl Iterator<Item = (&'a Key<'i>, &'a Written<'i>)> {
    value.get_ref().as_table().into_iter().flatten()
}

/// Keys first: a misspelt one gets its nearest neighbour. `before` stands before each key in what is told.
fn table(text: &str, before: &str, keys: &DeTable<'_>, known: &[(&'static str, Wants)]) -> Result<(), Fault> {
    let names: Vec<&'static str> = known.iter().map(|(name, _)| *name).collect();
    for (key, value) in keys {
        match known.iter().find(|(name, _)| *name == key.get_ref()) {
            None => return Err(unknown("unknown-key", key.get_ref(), key.span(), &names)),
            Some((name, wants)) => check(text, &format!("{before}{name}"), value, *wants)?,
        }
    }
    Ok(())
}

/// A list word with the ids of its columns.
fn check_columns(text: &str, list: &Key<'_>, ids: &Written<'_>) -> Result<(), Fault> {
    let lists: Vec<&'static str> = ListKind::ALL.iter().map(|k| k.code()).collect();
    let Some(kind) = ListKind::parse(list.get_ref()) else {
        return Err(unknown("unknown-list", list.get_ref(), list.span(), &lists));
    };
    let known: Vec<&'static str> = kind.spec().columns.iter().map(|c| c.id).collect();
    for (id, value) in texts(text, &format!("columns.{}", list.get_ref()), ids, Wants::Texts)? {
        if !known.contains(&id) {
            return Err(unknown("unknown-column", id, value.span(), &known));
        }
    }
    Ok(())
}

/// Chords that cannot be read, would never arrive, or mean something else whatever is set.
fn check_chords(text: &str, action: &Key<'_>, chords: &Written<'_>) -> Result<(), Fault> {
    let key = format!("keys.{}", action.get_ref());
    for (word, chord) in texts(text, &key, chords, Wants::Chords)? {
        let parsed = word.parse::<Chord>().map_err(|e| unread(text, &key, chord, e))?;
        let own = action::find(Action::Stop);
        if own.id == action.get_ref() && own.keys.contains(&word) {
            continue;
        }
        if let Some(Reserved::Never(_)) = reserved(parsed) {
            return Err(Fault { at: chord.span(), code: "reserved-key", args: vec![("key", word.to_owned())] });
        }
    }
    Ok(())
}

/// The texts of a list, each with its value.
fn texts<'a, 'i>(
    text: &str,
    key: &str,
    list: &'a Written<'i>,
    wants: Wants,
) -> Result<Vec<(&'a str, &'a Written<'i>)>, Fault> {
    let Some(items) = list.get_ref().as_array() else { return Err(wrong(text, key, list, wants)) };
    let one = |item: &'a Written<'i>| item.get_ref().as_str().map(|word| (word, item));
    items.iter().map(|item| one(item).ok_or_else(|| wrong(text, key, item, wants))).collect()
}

/// A key that cannot be read, with the name that is nearest to it.
fn unread(text: &str, key: &str, chord: &Written<'_>, why: ParseChordError) -> Fault {
    let mut fault = wrong(text, key, chord, Wants::Chord);
    let near = match why {
        ParseChordError::Empty => return fault,
        ParseChordError::Modifier { found, text } => {
            let near = crate::console::keys::nearest(&found, ["ctrl", "alt", "shift"].into_iter()).unwrap_or("ctrl");
            text.replacen(&found, near, 1)
        }
        ParseChordError::Key { nearest, .. } => nearest,
        ParseChordError::Impossible { instead, .. } => instead,
    };
    fault.code = "value-near";
    fault.args.push(("nearest", near));
    fault
}
