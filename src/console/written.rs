//! Files that people write by hand (settings, themes): where one is wrong, what was read there and what is expected.
//!
//! Owns the checks both files share and turns a fault into words of the person's language. Must not open files. A fault
//! carries codes only; `config-<code>`, `wants-<code>` and `code-toml_type-<type>` of the locale files hold the words.

use super::keys::nearest;
use crate::base::locale::{Lang, Locale, Sentence};
use crate::base::text;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value as the reader has it, with its place.
pub type Written<'i> = Spanned<DeValue<'i>>;
/// Values the sentence names.
pub type Args = Vec<(&'static str, String)>;

/// Longest piece of what was read that is told back, in characters.
const TOLD: usize = 40;

/// A place in the text and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub at: Range<usize>,
    pub code: &'static str,
    pub args: Args,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    Bool,
    Text,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A table, written as `[key]`.
    Table,
    /// A list of texts.
    Texts,
    /// A list of keys, and one of them.
    Chords,
    Chord,
    /// A colour in six digits.
    Colour,
    /// A table of colours and attributes.
    Style,
}

impl Wants {
    /// The code of `wants-<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Wants::Bool => "bool",
            Wants::Text => "text",
            Wants::Whole(..) => "whole",
            Wants::Word(_) => "word",
            Wants::Table => "table",
            Wants::Texts => "texts",
            Wants::Chords => "chords",
            Wants::Chord => "chord",
            Wants::Colour => "colour",
            Wants::Style => "style",
        }
    }

    /// Whether the value is so. Lists and tables are looked at from outside only.
    pub fn fits(self, value: &DeValue<'_>) -> bool {
        match self {
            Wants::Bool => value.as_bool().is_some(),
            Wants::Text | Wants::Chord | Wants::Colour => value.as_str().is_some(),
            Wants::Whole(low, high) => whole(value).is_some_and(|n| (low..=high).contains(&n)),
            Wants::Word(known) => value.as_str().is_some_and(|word| known.contains(&word)),
            Wants::Table | Wants::Style => value.as_table().is_some(),
            Wants::Texts | Wants::Chords => value.as_array().is_some(),
        }
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Checks the value of `key`.
///
/// # Errors
/// `value` with what was read and what is wanted.
pub fn check(text: &str, key: &str, value: &Written<'_>, wants: Wants) -> Result<(), Fault> {
    if wants.fits(value.get_ref()) { Ok(()) } else { Err(wrong(text, key, value, wants)) }
}

/// The fault of a value that is not what `key` wants; names the nearest word where words are wanted.
pub fn wrong(text: &str, key: &str, value: &Written<'_>, wants: Wants) -> Fault {
    let mut args = vec![
        ("key", key.to_owned()),
        ("wants", wants.code().to_owned()),
        ("type", value.get_ref().type_str().to_owned()),
        ("read", told(text, value.span())),
    ];
    let mut code = "value";
    match wants {
        Wants::Whole(low, high) => args.extend([("low", low.to_string()), ("high", high.to_string())]),
        Wants::Word(known) => {
            args.push(("known", known.join(" ")));
            if let Some(near) = value.get_ref().as_str().and_then(|word| nearest(word, known.iter().copied())) {
                code = "value-near";
                args.push(("nearest", near.to_owned()));
            }
        }
        _ => {}
    }
    Fault { at: value.span(), code, args }
}

/// The fault of a name that is not there; names the nearest one.
pub fn unknown(code: &'static str, found: &str, at: Range<usize>, known: &[&'static str]) -> Fault {
    let near = nearest(found, known.iter().copied()).unwrap_or_default();
    let args = vec![("found", found.to_owned()), ("nearest", near.to_owned()), ("known", known.join(" "))];
    Fault { at, code, args }
}

/// What stands in the text, short and on one line.
fn told(text: &str, at: Range<usize>) -> String {
    let written = text.get(at).unwrap_or_default();
    let line = written.lines().next().unwrap_or_default();
    let mut out: String = line.chars().take(TOLD).collect();
    if out.len() < written.len() {
        out.push('…');
    }
    text::clean(&out)
}

/// Reads a text as TOML.
///
/// # Errors
/// `twice` for a key that is there already, else `syntax` with the line; `said` is the reader's own sentence.
pub fn parse(text: &str) -> Result<Spanned<DeTable<'_>>, Fault> {
    DeTable::parse(text).map_err(|e| syntax(text, &e))
}

/// A fault in the reader's own words, where there are no better ones.
pub fn syntax(text: &str, e: &toml::de::Error) -> Fault {
    let at = e.span().unwrap_or(text.len()..text.len());
    let said = e.message().trim().replace('\n', " ");
    let code = if said.starts_with("duplicate key") { "twice" } else { "syntax" };
    let read = if code == "twice" { told(text, at.clone()) } else { line_at(text, at.start) };
    Fault { at, code, args: vec![("read", read), ("said", said)] }
}

/// The line a place lies in.
fn line_at(text: &str, at: usize) -> String {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    told(text, start..text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| at + n))
}

/// `file:line:column` of a place, columns in characters.
pub fn place(path: &str, text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    format!("{path}:{}:{}", before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Why a file cannot be read, as the code of `io-<code>`.
pub fn io_code(e: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match e.kind() {
        ErrorKind::NotFound => "not-found",
        ErrorKind::PermissionDenied => "denied",
        ErrorKind::IsADirectory => "folder",
        ErrorKind::InvalidData => "not-text",
        _ => "other",
    }
}

/// A fault's sentence and hint. The TOML reader speaks English only: what it said follows in brackets where that is the
/// language, or where somebody asked for more (`verbose`).
pub fn words(locale: &Locale, code: &str, args: &[(&'static str, String)], verbose: bool) -> (String, String) {
    let (mut message, hint) = locale.refusal(&Sentence { family: "config", code, args });
    let said = args.iter().find(|(name, said)| *name == "said" && !said.is_empty());
    if let Some((_, said)) = said.filter(|_| verbose || locale.lang() == Lang::En) {
        message.push_str(&format!(" ({said})"));
    }
    (message, hint)
}
