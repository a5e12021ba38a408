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
use crate::console::keys::nearest;
use ratatui::style::{Color, Modifier};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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

/// Where and how a theme file is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct ThemeError {
    /// The file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A place in the text and what is wrong there.
type Fault = (Range<usize>, String);

const TOP: [&str; 4] = ["name", "title", "background", "roles"];
const FIELDS: [&str; 8] = ["fg", "bg", "ansi", "ansi_bg", "bold", "underline", "reversed", "dim"];

/// Reads a file.
pub(super) fn read(path: &str, text: &str) -> Result<ThemeFile, ThemeError> {
    theme(text).map_err(|(span, message)| {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        ThemeError {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        }
    })
}

fn theme(text: &str) -> Result<ThemeFile, Fault> {
    let document = DeTable::parse(text).map_err(|error| (error.span().unwrap_or(0..0), error.message().to_owned()))?;
    let end = text.len()..text.len();
    let mut file = ThemeFile {
        name: String::new(),
        title: String::new(),
        background: None,
        entries: vec![Entry::default(); Role::COUNT],
    };
    let mut missing: Vec<Role> = Role::ALL.to_vec();
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "name" => string(value)?.clone_into(&mut file.name),
            "title" => string(value)?.clone_into(&mut file.title),
            "background" => file.background = Some(rgb(value)?),
            "roles" => {
                for (key, value) in table(value)? {
                    let name = key.get_ref().as_ref();
                    let Some(role) = Role::ALL.into_iter().find(|role| role.key() == name) else {
                        return Err(unknown("role", name, key.span(), Role::ALL.iter().map(|role| role.key())));
                    };
                    missing.retain(|other| *other != role);
                    file.entries[role as usize] = entry(value)?;
                }
            }
            other => return Err(unknown("key", other, key.span(), TOP.into_iter())),
        }
    }
    if file.name.is_empty() {
        return Err((end, "the theme has no name; write name = \"...\" first".to_owned()));
    }
    if let Some(role) = missing.first() {
        return Err((end, format!("the role \"{}\" is missing under [roles]", role.key())));
    }
    Ok(file)
}

fn entry(value: &Spanned<DeValue<'_>>) -> Result<Entry, Fault> {
    let mut entry = Entry::default();
    for (key, value) in table(value)? {
        match key.get_ref().as_ref() {
            "fg" => entry.fg = Some(rgb(value)?),
            "bg" => entry.bg = Some(rgb(value)?),
            "ansi" => entry.ansi = Some(ansi(value)?),
            "ansi_bg" => entry.ansi_bg = Some(ansi(value)?),
            "bold" => entry.modifier.set(Modifier::BOLD, boolean(value)?),
            "underline" => entry.modifier.set(Modifier::UNDERLINED, boolean(value)?),
            "reversed" => entry.modifier.set(Modifier::REVERSED, boolean(value)?),
            "dim" => entry.modifier.set(Modifier::DIM, boolean(value)?),
            other => return Err(unknown("key", other, key.span(), FIELDS.into_iter())),
        }
    }
    Ok(entry)
}

fn table<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Result<&'a DeTable<'i>, Fault> {
    value.get_ref().as_table().ok_or_else(|| wrong(value, "a table such as { fg = \"#d0d0d0\", bold = true }"))
}

fn string<'a>(value: &'a Spanned<DeValue<'_>>) -> Result<&'a str, Fault> {
    value.get_ref().as_str().ok_or_else(|| wrong(value, "a text in quotes"))
}

fn boolean(value: &Spanned<DeValue<'_>>) -> Result<bool, Fault> {
    value.get_ref().as_bool().ok_or_else(|| wrong(value, "true or false"))
}

fn rgb(value: &Spanned<DeValue<'_>>) -> Result<Rgb, Fault> {
    let text = string(value)?;
    Rgb::parse(text).ok_or_else(|| {
        (value.span(), format!("\"{text}\" is no colour; write six hexadecimal digits such as \"#d0d0d0\""))
    })
}

fn ansi(value: &Spanned<DeValue<'_>>) -> Result<Color, Fault> {
    let text = string(value)?;
    let found = ANSI.iter().find(|(name, ..)| *name == text).map(|(_, colour, _)| *colour);
    found.ok_or_else(|| unknown("colour name", text, value.span(), ANSI.iter().map(|(name, ..)| *name)))
}

fn wrong(value: &Spanned<DeValue<'_>>, expected: &str) -> Fault {
    (value.span(), format!("expected {expected}, found {}", value.get_ref().type_str()))
}

fn unknown<'a>(what: &str, found: &str, span: Range<usize>, valid: impl Iterator<Item = &'a str>) -> Fault {
    let near = nearest(found, valid).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
    (span, format!("there is no {what} \"{found}\"{near}"))
}
