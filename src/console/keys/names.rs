//! Names of keys: how they are written in configuration, and how people read them.

use super::{Chord, Key};
use crate::base::text::nearest;
use std::fmt;

/// Key, name in configuration, name in English, name in Chinese.
const NAMED: [(Key, &str, &str, &str); 15] = [
    (Key::Char(' '), "space", "Space", "空格"),
    (Key::Enter, "enter", "Enter", "Enter"),
    (Key::Esc, "esc", "Esc", "Esc"),
    (Key::Tab, "tab", "Tab", "Tab"),
    (Key::Backspace, "backspace", "Backspace", "退格"),
    (Key::Delete, "delete", "Delete", "Delete"),
    (Key::Insert, "insert", "Insert", "Insert"),
    (Key::Home, "home", "Home", "Home"),
    (Key::End, "end", "End", "End"),
    (Key::PageUp, "pgup", "PgUp", "PgUp"),
    (Key::PageDown, "pgdn", "PgDn", "PgDn"),
    (Key::Up, "up", "Up", "上"),
    (Key::Down, "down", "Down", "下"),
    (Key::Left, "left", "Left", "左"),
    (Key::Right, "right", "Right", "右"),
];

/// Other spellings people use.
const ALIASES: [(&str, &str); 9] = [
    ("escape", "esc"),
    ("return", "enter"),
    ("del", "delete"),
    ("ins", "insert"),
    ("bs", "backspace"),
    ("pageup", "pgup"),
    ("pagedown", "pgdn"),
    ("spacebar", "space"),
    ("ret", "enter"),
];

/// Why a key name was not understood. Its text is a sentence that says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseChordError {
    /// Nothing was written.
    #[error("a key is missing; write for example \"enter\", \"ctrl-p\" or \"?\"")]
    Empty,
    /// The part before a `-` is no modifier.
    #[error("\"{found}\" is no modifier in \"{text}\"; write ctrl-, alt- or shift-")]
    Modifier {
        /// The unknown part.
        found: String,
        /// The whole text.
        text: String,
    },
    /// The key itself is unknown.
    #[error("\"{found}\" is no key; did you mean \"{nearest}\"?")]
    Key {
        /// What was written.
        found: String,
        /// The nearest name.
        nearest: String,
    },
    /// No terminal sends this combination.
    #[error("no terminal can send \"{text}\"; write \"{instead}\"")]
    Impossible {
        /// What was written.
        text: String,
        /// What would work.
        instead: String,
    },
}

/// Reads `ctrl-p`, `alt-x`, `shift-tab`, `G`, `?`, `f5`, `space`.
pub(super) fn parse(text: &str) -> Result<Chord, ParseChordError> {
    let text = text.trim();
    let mut rest = text;
    let mut chord = Chord::plain(Key::Esc);
    while let Some((head, tail)) = rest.split_once('-').filter(|(head, tail)| !head.is_empty() && !tail.is_empty()) {
        match head.to_ascii_lowercase().as_str() {
            "ctrl" | "control" | "c" => chord.ctrl = true,
            "alt" | "meta" | "a" | "m" => chord.alt = true,
            "shift" | "s" => chord.shift = true,
            _ => return Err(ParseChordError::Modifier { found: head.to_owned(), text: text.to_owned() }),
        }
        rest = tail;
    }
    chord.key = key(rest)?;
    let Key::Char(c) = chord.key else { return Ok(chord) };
    if chord.ctrl {
        let c = c.to_ascii_lowercase();
        if !(c.is_ascii_lowercase() || "[\\]^_ ".contains(c)) {
            let instead = if chord.alt { format!("alt-{c}") } else { c.to_string() };
            return Err(ParseChordError::Impossible { text: text.to_owned(), instead });
        }
        chord.key = Key::Char(c);
    }
    if chord.shift {
        let upper = c.to_ascii_uppercase();
        if upper == c || chord.ctrl {
            let instead = Chord { shift: false, ..chord }.to_string();
            return Err(ParseChordError::Impossible { text: text.to_owned(), instead });
        }
        chord = Chord { key: Key::Char(upper), shift: false, ..chord };
    }
    Ok(chord)
}

fn key(name: &str) -> Result<Key, ParseChordError> {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (None, _) => return Err(ParseChordError::Empty),
        (Some(c), None) if c.is_ascii_graphic() => return Ok(Key::Char(c)),
        _ => {}
    }
    let lower = name.to_ascii_lowercase();
    let canonical = ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(lower.as_str(), |(_, name)| name);
    if let Some((key, ..)) = NAMED.iter().find(|(_, name, ..)| *name == canonical) {
        return Ok(*key);
    }
    if let Some(number) =
        canonical.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()).filter(|n| (1..=12).contains(n))
    {
        return Ok(Key::F(number));
    }
    let functions: Vec<String> = (1..=12).map(|n| format!("f{n}")).collect();
    let names = NAMED.iter().map(|(_, name, ..)| *name).chain(ALIASES.iter().map(|(alias, _)| *alias));
    let nearest = nearest(&lower, names.chain(functions.iter().map(String::as_str))).unwrap_or("enter");
    Err(ParseChordError::Key { found: name.to_owned(), nearest: nearest.to_owned() })
}

/// The configuration form, which `parse` reads back.
pub(super) fn write(chord: Chord, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (held, name) in [(chord.ctrl, "ctrl-"), (chord.alt, "alt-"), (chord.shift, "shift-")] {
        if held {
            f.write_str(name)?;
        }
    }
    match (chord.key, named(chord.key)) {
        (_, Some((_, name, ..))) => f.write_str(name),
        (Key::F(n), _) => write!(f, "f{n}"),
        (Key::Char(c), _) => write!(f, "{c}"),
        _ => Ok(()),
    }
}

fn named(key: Key) -> Option<&'static (Key, &'static str, &'static str, &'static str)> {
    NAMED.iter().find(|(k, ..)| *k == key)
}

impl Chord {
    /// The name shown to people: `Ctrl-P`, `Enter`, `Space` or `空格`.
    pub fn label(self, chinese: bool) -> String {
        let mut label = String::new();
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                label.push_str(name);
            }
        }
        match (self.key, named(self.key)) {
            (_, Some((_, _, english, han))) => label.push_str(if chinese { han } else { english }),
            (Key::F(n), _) => label.push_str(&format!("F{n}")),
            (Key::Char(c), _) if self.ctrl => label.push(c.to_ascii_uppercase()),
            (Key::Char(c), _) => label.push(c),
            _ => {}
        }
        label
    }
}
