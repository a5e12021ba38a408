//! Keys as configuration and help name them.
//!
//! A `Chord` is one key with its modifiers, whatever the terminal sent for it. Binding is by the
//! character received, so shift is only kept for keys that have no other way to show it.
//! Which chord does what is not decided here.

mod names;
mod reserved;

pub use crate::base::text::nearest;
pub use names::ParseChordError;
pub use reserved::{Reserved, reserved};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A key without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A printable character; the space bar is `Char(' ')`.
    Char(char),
    /// A function key, 1 to 12.
    F(u8),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tabulator.
    Tab,
    /// Delete to the left.
    Backspace,
    /// Delete to the right.
    Delete,
    /// Insert.
    Insert,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; never set for characters.
    pub shift: bool,
}

impl Chord {
    /// The key alone.
    pub const fn plain(key: Key) -> Self {
        Self { key, ctrl: false, alt: false, shift: false }
    }

    /// A character key alone.
    pub const fn char(c: char) -> Self {
        Self::plain(Key::Char(c))
    }

    /// A letter with control.
    pub const fn ctrl(c: char) -> Self {
        Self { ctrl: true, ..Self::char(c) }
    }

    /// The same key with the modifiers of a terminal report: bit 0 shift, 1 alt, 2 control.
    pub(crate) fn modified(key: Key, bits: u16) -> Self {
        let ctrl = bits & 4 != 0;
        let shift = bits & 1 != 0;
        let key = match key {
            Key::Char(c) if ctrl => Key::Char(c.to_ascii_lowercase()),
            Key::Char(c) if shift => Key::Char(c.to_ascii_uppercase()),
            other => other,
        };
        Self { key, ctrl, alt: bits & 2 != 0, shift: shift && !matches!(key, Key::Char(_)) }
    }

    /// The character a text field inserts for this chord, if it is one.
    pub fn text(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// What the chord means as a command when the input method is on: full-width forms count as
    /// their ASCII keys, `、` as `/` and `。` as `.`. Everything else is itself.
    #[must_use]
    pub fn command_form(self) -> Self {
        match self.key {
            Key::Char(c) => Self { key: Key::Char(command_char(c).unwrap_or(c)), ..self },
            _ => self,
        }
    }
}

/// The ASCII key a full-width character stands for in command mode.
pub fn command_char(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3000}' => Some(' '),
        '、' => Some('/'),
        '。' => Some('.'),
        '【' | '「' => Some('['),
        '】' | '」' => Some(']'),
        '《' => Some('<'),
        '》' => Some('>'),
        '￥' => Some('$'),
        _ => None,
    }
}

/// Whether a character arrives as a key: ASCII, or a full-width form of it. Han characters are text.
pub fn is_key_char(c: char) -> bool {
    (' '..='~').contains(&c) || command_char(c).is_some()
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        names::write(*self, f)
    }
}

impl FromStr for Chord {
    type Err = ParseChordError;

    fn from_str(text: &str) -> Result<Self, ParseChordError> {
        names::parse(text)
    }
}

impl Serialize for Chord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
