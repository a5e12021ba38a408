//! Reads a theme file and says exactly where it is wrong.
//!
//! ```toml
//! name = "dark"
//! title = "深色"
//! background = "#101418"     # what the terminal is assumed to have behind the text
//! [roles]
//! danger = { fg = "#ff7b72", bold = true, ansi = "light-red" }
//! ```

use super::colour::{ANSI, Rgb};
use super::role::Role;
use crate::base::locale::Locale;
use crate::console::written::{self, Fault, Wants, Written, check, unknown, wrong};
use ratatui::style::{Color, Modifier};
use toml::de::DeTable;

/// What a file says.
#[derive(Debug, Clone)]
pub(super) struct ThemeFile {
    pub name: String,
    pub title: String,
    pub background: Option<Rgb>,
    entries: Vec<Entry>,
}

/// What a file says about one role.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub fg: Option<Rgb>,
    pub bg: Option<Rgb>,
    pub ansi: Option<Color>,
    pub ansi_bg: Option<Color>,
    pub modifier: Modifier,
}

impl ThemeFile {
    pub(super) fn entry(&self, role: Role) -> &Entry {
        &self.entries[role as usize]
    }
}

/// Where and how a theme file is wrong; the locale files hold `config-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {args:?}")]
pub struct ThemeError {
    pub code: &'static str,
    /// `place` is `file:line:column`.
    pub args: written::Args,
}

impl ThemeError {
    /// The sentence that says so; `verbose` adds what the TOML reader said.
    pub fn words(&self, locale: &Locale, verbose: bool) -> String {
        written::words(locale, self.code, &self.args, verbose).0
    }
}

/// Attributes and what each sets.
const ATTRIBUTES: [(&str, Modifier); 4] = [
    ("bold", Modifier::BOLD),
    ("underline", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("dim", Modifier::DIM),
];
const TOP: [&str; 4] = ["name", "title", "background", "roles"];
const FIELDS: [&str; 8] = ["fg", "bg", "ansi", "ansi_bg", "bold", "underline", "reversed", "dim"];

/// Reads a file.
pub(super) fn read(path: &str, text: &str) -> Result<ThemeFile, ThemeError> {
    theme(text).map_err(|fault| {
        let mut args = vec![("place", written::place(path, text, fault.at.start))];
        args.extend(fault.args);
        ThemeError { code: fault.code, args }
    })
}

fn theme(text: &str) -> Result<ThemeFile, Fault> {
    let document = written::parse(text)?;
    let mut file = ThemeFile {
        name: String::new(),
        title: String::new(),
        background: None,
        entries: vec![Entry::default(); Role::COUNT],
    };
    let mut missing: Vec<Role> = Role::ALL.to_vec();
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "name" => string(text, "name", value)?.clone_into(&mut file.name),
            "title" => string(text, "title", value)?.clone_into(&mut file.title),
            "background" => file.background = Some(rgb(text, "background", value)?),
            "roles" => roles(text, table(text, "roles", value, Wants::Table)?, &mut file, &mut missing)?,
            other => return Err(unknown("unknown-key", other, key.span(), &TOP)),
        }
    }
    let lacks = |code, args| Err(Fault { at: text.len()..text.len(), code, args });
    if file.name.is_empty() {
        return lacks("theme-nameless", Vec::new());
    }
    match missing.first() {
        Some(role) => lacks("role-missing", vec![("found", role.key().to_owned())]),
        None => Ok(file),
    }
}

fn roles(text: &str, roles: &DeTable<'_>, file: &mut ThemeFile, missing: &mut Vec<Role>) -> Result<(), Fault> {
    for (key, value) in roles {
        let name = key.get_ref().as_ref();
        let Some(role) = Role::ALL.into_iter().find(|role| role.key() == name) else {
            return Err(unknown("unknown-role", name, key.span(), &Role::ALL.map(Role::key)));
        };
        missing.retain(|other| *other != role);
        file.entries[role as usize] = entry(text, &format!("roles.{name}"), value)?;
    }
    Ok(())
}

fn entry(text: &str, role: &str, value: &Written<'_>) -> Result<Entry, Fault> {
    let mut entry = Entry::default();
    for (key, value) in table(text, role, value, Wants::Style)? {
        let name = key.get_ref().as_ref();
        let path = format!("{role}.{name}");
        match name {
            "fg" => entry.fg = Some(rgb(text, &path, value)?),
            "bg" => entry.bg = Some(rgb(text, &path, value)?),
            "ansi" => entry.ansi = Some(ansi(text, &path, value)?),
            "ansi_bg" => entry.ansi_bg = Some(ansi(text, &path, value)?),
            _ => {
                let Some((_, modifier)) = ATTRIBUTES.iter().find(|(attribute, _)| *attribute == name) else {
                    return Err(unknown("unknown-key", name, key.span(), &FIELDS));
                };
                check(text, &path, value, Wants::Bool)?;
                entry.modifier.set(*modifier, value.get_ref().as_bool() == Some(true));
            }
        }
    }
    Ok(entry)
}

fn table<'a, 'i>(text: &str, key: &str, value: &'a Written<'i>, wants: Wants) -> Result<&'a DeTable<'i>, Fault> {
    value.get_ref().as_table().ok_or_else(|| wrong(text, key, value, wants))
}

fn string<'a>(text: &str, key: &str, value: &'a Written<'_>) -> Result<&'a str, Fault> {
    value.get_ref().as_str().ok_or_else(|| wrong(text, key, value, Wants::Text))
}

fn rgb(text: &str, key: &str, value: &Written<'_>) -> Result<Rgb, Fault> {
    value.get_ref().as_str().and_then(Rgb::parse).ok_or_else(|| wrong(text, key, value, Wants::Colour))
}

fn ansi(text: &str, key: &str, value: &Written<'_>) -> Result<Color, Fault> {
    const NAMES: Wants = Wants::Word(&super::colour::ANSI_NAMES);
    check(text, key, value, NAMES)?;
    let word = value.get_ref().as_str().unwrap_or_default();
    let found = ANSI.iter().find(|(name, ..)| *name == word).map(|(_, colour, _)| *colour);
    found.ok_or_else(|| wrong(text, key, value, NAMES))
}
