//! An audit as a file: a line for what it is, a line for each record, a line for each checkpoint. NDJSON, read by ordinary tools.
//!
//! Owns the form. A line is what its own writing gives, byte for byte: nothing in it can be changed without a trace.

use super::checkpoint::{self, Checkpoint};
use super::record::{digest, unhex};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The number of this form.
pub const FORM: u32 = 1;

/// What an export is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub form: u32,
    pub hub: Uuid,
    pub epoch: i64,
    pub records: i64,
    /// The hash of the last record, hexadecimal.
    pub head: String,
    pub checkpoints: u64,
    /// The hub's public key, hexadecimal.
    pub public: String,
    /// By the hub's clock, in milliseconds since 1970.
    pub made_at: i64,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct First {
    pub export: Header,
    /// Of the header's own writing, by the hub's key.
    pub signature: String,
}

/// A record of the audit; bytes are hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub no: i64,
    pub at: i64,
    pub person: String,
    pub org_id: String,
    pub org_name: String,
    pub role: String,
    pub origin: String,
    pub command: String,
    pub kind: String,
    pub target: String,
    pub target_code: String,
    pub reason: String,
    pub outcome: String,
    pub detail: String,
    pub hash: String,
}

/// A line behind the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    pub checkpoint: Checkpoint,
}

/// A line without its end; empty for what JSON cannot hold, which is none of these.
pub fn write(of: &impl Serialize) -> String {
    serde_json::to_string(of).unwrap_or_default()
}

/// Reads a line that is written as [`write()`] writes it.
pub fn read<T: Serialize + DeserializeOwned>(line: &[u8]) -> Option<T> {
    let found: T = serde_json::from_slice(line).ok()?;
    (write(&found).as_bytes() == line).then_some(found)
}

impl First {
    pub fn sign(header: Header, secret: &[u8; 32]) -> First {
        let signature = checkpoint::sign(secret, &message(&header));
        First { export: header, signature }
    }

    /// Whether it is of this form and signed by the key it names.
    pub fn is_sound(&self) -> bool {
        let header = &self.export;
        header.form == FORM && checkpoint::is_signed(&header.public, &message(header), &self.signature)
    }
}

fn message(header: &Header) -> Vec<u8> {
    format!("gongfu export 1\n{}", write(header)).into_bytes()
}

impl Record {
    /// Its hash behind a record with this hash, were `no` its number.
    pub fn digest(&self, previous: &[u8; 32], no: i64) -> Option<[u8; 32]> {
        let texts = [
            self.person.as_str(),
            &self.org_name,
            &self.role,
            &self.origin,
            &self.command,
            &self.kind,
            &self.target_code,
            &self.reason,
            &self.outcome,
            &self.detail,
        ];
        Some(digest(previous, no, self.at, &unhex(&self.org_id)?, &unhex(&self.target)?, &texts))
    }

    /// Whether it is the record behind the one with this hash, were `no` its number.
    pub fn follows(&self, previous: &[u8; 32], no: i64) -> Option<[u8; 32]> {
        let hash = self.digest(previous, no)?;
        (unhex(&self.hash)? == hash).then_some(hash)
    }
}
