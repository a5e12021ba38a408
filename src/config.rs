//! Settings: what a person may choose, from defaults, the settings file, the environment and the command line.
//!
//! Owns the file's form and the order of the four sources; must not open databases or the terminal. Action ids under
//! `[keys]` are checked by whoever knows the actions. Callers: the command line, which hands the result on.

mod env;
mod read;

pub use env::VARIABLES;
pub use read::ConfigError;

use crate::base::locale::Lang;
use crate::console::backend::sync::SyncMode;
use crate::console::keys::Chord;
use crate::console::theme::{Depth, Env};
use crate::domain::codes::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the settings file inside the settings folder.
pub const FILE: &str = "config.toml";

/// Everything that can be set. `config.example.toml` explains each key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub language: Language,
    /// Name of the profile in use; the one called `default` counts even when nothing is written here.
    pub use_profile: String,
    /// A theme's name or the path of a theme file.
    pub theme: String,
    pub colours: Colours,
    pub ambiguous_width: AmbiguousWidth,
    pub sync_output: SyncMode,
    /// Seconds an answer stays at the bottom of the console; a refusal stays until a key is pressed.
    pub notice_seconds: u16,
    /// Seconds a confirmed delisting can still be taken back; 0 for none.
    pub undo_seconds: u16,
    /// Chords by action id; they replace the action's own.
    pub keys: BTreeMap<String, Vec<Chord>>,
    /// Columns by list word, in order; they replace those shown by default.
    pub columns: BTreeMap<String, Vec<String>>,
    pub profile: BTreeMap<String, Profile>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            language: Language::Zh,
            use_profile: "default".into(),
            theme: "dark".into(),
            colours: Colours::Auto,
            ambiguous_width: AmbiguousWidth::Auto,
            sync_output: SyncMode::Auto,
            notice_seconds: 4,
            undo_seconds: 10,
            keys: BTreeMap::new(),
            columns: BTreeMap::new(),
            profile: BTreeMap::new(),
        }
    }
}

/// Who works with which data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Name as it appears in the audit; empty for the login name.
    pub person: String,
    /// Name or code of the organisation; empty for the one the database was made for.
    pub org: String,
    /// Role; follows from the organisation when absent.
    #[serde(with = "role", skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    pub read_only: bool,
}

/// The language of screens and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// As `LC_ALL`, `LC_MESSAGES` or `LANG` say; Chinese when they name neither.
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "zh-CN")]
    Zh,
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// The language to speak; `machine` is what the environment asks for.
    pub fn lang(self, machine: Option<&str>) -> Lang {
        match self {
            Language::Auto => machine.and_then(Lang::parse).unwrap_or(Lang::Zh),
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }
}

/// How many colours to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Colours {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "none")]
    None,
    #[serde(rename = "16")]
    Ansi16,
    #[serde(rename = "256")]
    Ansi256,
    #[serde(rename = "true")]
    True,
}

impl Colours {
    /// The depth to draw with; `env` decides when nothing is set.
    pub fn depth(self, env: Env<'_>) -> Depth {
        match self {
            Colours::Auto => Depth::detect(env),
            Colours::None => Depth::None,
            Colours::Ansi16 => Depth::Ansi16,
            Colours::Ansi256 => Depth::Ansi256,
            Colours::True => Depth::True,
        }
    }
}

/// Cells that characters such as `“` take on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AmbiguousWidth {
    /// Ask the terminal.
    Auto,
    Narrow,
    Wide,
}

/// A role by its code.
mod role {
    use crate::domain::codes::Role;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(role: &Option<Role>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(role.map_or("", Role::code))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Role>, D::Error> {
        let text = String::deserialize(from)?;
        let known = || Role::ALL.iter().map(|r| r.code()).collect::<Vec<_>>().join(", ");
        Role::parse(&text).map(Some).ok_or_else(|| Error::custom(format!("\"{text}\" is none of {}", known())))
    }
}

/// Settings as they count, and where the file is.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub settings: Settings,
    /// The settings file; it need not be there unless it was named.
    pub path: PathBuf,
    /// Whether the file was there and was read.
    pub found: bool,
    /// The folder profiles and defaults point at when nothing names a data directory.
    pub default_data_dir: PathBuf,
}

impl Config {
    /// Reads the file (the one named, or the usual one if it is there) and lays `variables` over it.
    ///
    /// # Errors
    /// What is wrong, with file, line and column; a named file that is missing is an error, too.
    pub fn load(named: Option<&Path>, variables: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
        let places = directories::ProjectDirs::from("", "", "gongfu");
        let usual = places.as_ref().map_or_else(|| PathBuf::from(FILE), |p| p.config_dir().join(FILE));
        let default_data_dir = places.map_or_else(|| PathBuf::from("gongfu-data"), |p| p.data_dir().to_path_buf());
        let path = named.map_or(usual, Path::to_path_buf);
        let (mut settings, found) = match std::fs::read_to_string(&path) {
            Ok(text) => (read::settings(&path, &text)?, true),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && named.is_none() => (Settings::default(), false),
            Err(e) => return Err(ConfigError::unreadable(&path, &e)),
        };
        env::apply(&mut settings, variables)?;
        Ok(Config { settings, path, found, default_data_dir })
    }

    /// The profile in use; an empty one when none of that name is written.
    ///
    /// # Errors
    /// `unknown-profile` when a profile other than `default` is asked for and not there.
    pub fn profile(&self) -> Result<Profile, ConfigError> {
        let name = &self.settings.use_profile;
        match self.settings.profile.get(name) {
            Some(profile) => Ok(profile.clone()),
            None if name == "default" || name.is_empty() => Ok(Profile::default()),
            None => Err(ConfigError::unknown_profile(self, name)),
        }
    }
}

/// Reads a settings text; `path` is named in errors.
///
/// # Errors
/// What is wrong, with line and column.
pub fn parse(path: &Path, text: &str) -> Result<Settings, ConfigError> {
    read::settings(path, text)
}

/// Keys of a settings file, top level first; those of a profile are `profile.<key>`.
pub const KEYS: &[&str] = read::TOP;
/// Keys of a profile.
pub const PROFILE_KEYS: &[&str] = read::PROFILE;

#[cfg(test)]
mod tests;
