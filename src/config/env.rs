//! Settings from the environment, which lie over those of the file. The variable's name is the key's.

use super::{ConfigError, Profile, Settings};
use serde::de::DeserializeOwned;

/// Every variable that is looked at.
pub const VARIABLES: &[&str] = &[
    "GONGFU_LANG",
    "GONGFU_CONFIG",
    "GONGFU_PROFILE",
    "GONGFU_DATA_DIR",
    "GONGFU_PERSON",
    "GONGFU_ORG",
    "GONGFU_READ_ONLY",
    "GONGFU_THEME",
    "GONGFU_COLOURS",
    "GONGFU_AMBIGUOUS_WIDTH",
    "GONGFU_SYNC_OUTPUT",
    "GONGFU_NOTICE_SECONDS",
    "GONGFU_UNDO_SECONDS",
    "GONGFU_LOG",
    "GONGFU_ALLOW_NOW",
];

/// Lays the variables over the settings; those of a profile over the profile in use.
pub(super) fn apply(settings: &mut Settings, get: &dyn Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
    let get = |name: &str| get(name).filter(|v| !v.is_empty());
    word("GONGFU_LANG", &get, &mut settings.language, "auto zh-CN en")?;
    word("GONGFU_COLOURS", &get, &mut settings.colours, "auto none 16 256 true")?;
    word("GONGFU_AMBIGUOUS_WIDTH", &get, &mut settings.ambiguous_width, "auto narrow wide")?;
    word("GONGFU_SYNC_OUTPUT", &get, &mut settings.sync_output, "auto on off")?;
    if let Some(name) = get("GONGFU_PROFILE") {
        settings.use_profile = name;
    }
    if let Some(theme) = get("GONGFU_THEME") {
        settings.theme = theme;
    }
    if let Some(seconds) = get("GONGFU_NOTICE_SECONDS") {
        settings.notice_seconds =
            seconds.parse().map_err(|_| ConfigError::variable("GONGFU_NOTICE_SECONDS", &seconds, "0..65535"))?;
    }
    if let Some(seconds) = get("GONGFU_UNDO_SECONDS") {
        let read = seconds.parse().ok().filter(|n| *n <= 600);
        settings.undo_seconds = read.ok_or_else(|| ConfigError::variable("GONGFU_UNDO_SECONDS", &seconds, "0..600"))?;
    }
    let (person, org, dir) = (get("GONGFU_PERSON"), get("GONGFU_ORG"), get("GONGFU_DATA_DIR"));
    let read_only = match get("GONGFU_READ_ONLY").as_deref() {
        None => None,
        Some("1" | "true" | "yes") => Some(true),
        Some("0" | "false" | "no") => Some(false),
        Some(other) => return Err(ConfigError::variable("GONGFU_READ_ONLY", other, "1 0")),
    };
    if person.is_none() && org.is_none() && dir.is_none() && read_only.is_none() {
        return Ok(());
    }
    let known = settings.profile.contains_key(&settings.use_profile);
    if !known && settings.use_profile != "default" {
        // A misspelt profile must not come to be by a variable.
        return Ok(());
    }
    let profile: &mut Profile = settings.profile.entry(settings.use_profile.clone()).or_default();
    profile.person = person.unwrap_or(std::mem::take(&mut profile.person));
    profile.org = org.unwrap_or(std::mem::take(&mut profile.org));
    profile.data_dir = dir.map(Into::into).or(profile.data_dir.take());
    profile.read_only = read_only.unwrap_or(profile.read_only);
    Ok(())
}

/// A variable that holds one of a few words.
fn word<T: DeserializeOwned>(
    name: &str,
    get: &dyn Fn(&str) -> Option<String>,
    to: &mut T,
    known: &str,
) -> Result<(), ConfigError> {
    let Some(text) = get(name) else { return Ok(()) };
    let value = serde_json::Value::String(text.clone());
    *to = serde_json::from_value(value).map_err(|_| ConfigError::variable(name, &text, known))?;
    Ok(())
}
