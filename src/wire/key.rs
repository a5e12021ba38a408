//! The key of a console: what it knows of its hub beside the database, as the file `hub.key` keeps it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The file's content, JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `https://hub.example:7610`, without a path.
    pub url: String,
    pub hub: Uuid,
    pub device: Uuid,
    /// Code, name and role of the union the console works for.
    pub org: String,
    pub org_name: String,
    pub role: String,
    /// Sent with every request; nobody else may read it.
    pub token: String,
    /// The Ed25519 secret that signs this console's orders, in hexadecimal; empty in a key of before there was one: enrolling again
    /// brings it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signer: String,
    /// The hub's public key for its checkpoints; empty in a key of before there were any: enrolling again brings it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub public: String,
    /// The hub's public key to seal to; empty in a key of before there was one: the next page brings it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// The authority that signs the hub's certificate, as PEM; without one the machine's own authorities are trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// The hub shows a demo, whose clock stands elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

impl Key {
    /// As the file keeps it.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads [`Key::to_text`].
    ///
    /// # Errors
    /// What is wrong with the text and where.
    pub fn read(text: &str) -> Result<Key, super::order::FormError> {
        serde_json::from_str(text).map_err(|e| super::order::FormError(e.to_string()))
    }
}
