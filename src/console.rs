//! The screen half of the product: the terminal, keys, themes, drawing helpers, the views and the event loop.
//!
//! It shows and asks. Views never open a database or a file and decide nothing about the programme: that is `domain`.
//! Only `run` reads and submits through the store; only `terminal` and `input` touch the terminal device.

pub mod action;
pub mod app;
pub mod backend;
pub mod compose;
pub mod format;
pub mod input;
pub mod keys;
pub mod message;
pub mod overlay;
pub mod run;
pub mod standing;
pub mod terminal;
pub mod theme;
pub mod views;
pub mod widgets;
pub mod written;

use crate::base::locale::{Lang, Locale};
use backend::sync::SyncMode;
use keys::Chord;
use std::collections::BTreeMap;
use theme::{Depth, Theme};

/// What a person can set about the console; the config file fills it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Name of a shipped theme.
    pub theme: String,
    /// A theme file that replaces it: path and text.
    pub theme_file: Option<(String, String)>,
    pub depth: Depth,
    pub sync: SyncMode,
    /// Keys by action id; an action not named keeps its own.
    pub keys: BTreeMap<String, Vec<Chord>>,
    /// Language of the screens; it holds from the next start on.
    pub lang: Lang,
    /// Columns shown by list word; a list not named keeps its own.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Draw the map in braille; ASCII otherwise.
    pub braille: bool,
    /// Whether what the terminal answers about widths decides on braille, too.
    pub ask_width: bool,
    /// Seconds an answer stays at the bottom; a refusal stays until a key is pressed.
    pub notice_seconds: i64,
    /// Seconds a confirmed delisting can still be taken back; 0 for none.
    pub undo_seconds: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: "dark".into(),
            theme_file: None,
            depth: Depth::Ansi16,
            sync: SyncMode::Auto,
            keys: BTreeMap::new(),
            lang: Lang::Zh,
            columns: BTreeMap::new(),
            braille: true,
            ask_width: true,
            notice_seconds: 4,
            undo_seconds: 10,
        }
    }
}

impl Settings {
    /// The theme the settings name.
    ///
    /// # Errors
    /// A sentence with file and line, or that there is no such theme; `verbose` adds what the TOML reader said.
    pub fn load_theme(&self, locale: &Locale, verbose: bool) -> Result<Theme, String> {
        match &self.theme_file {
            Some((path, text)) => Theme::parse(path, text, self.depth).map_err(|e| e.words(locale, verbose)),
            None => Theme::shipped(&self.theme, self.depth).ok_or_else(|| {
                let known: Vec<&str> = theme::SHIPPED.iter().map(|(name, _)| *name).collect();
                format!("theme {:?}: {}", self.theme, known.join(", "))
            }),
        }
    }
}
