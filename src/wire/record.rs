//! The chain of an audit: what each record's hash is made of. Consoles and the hub chain alike, and whoever has an export can check it.

use sha2::{Digest, Sha256};

/// SHA-256 over the previous hash and every field of a record (number, time in milliseconds, organisation, target, and the texts in
/// the order of the table), each with its length, so that no two records read alike.
pub fn digest(previous: &[u8; 32], no: i64, at: i64, org: &[u8], target: &[u8], texts: &[&str; 10]) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(b"gongfu audit 1\n");
    sha.update(previous);
    sha.update(no.to_be_bytes());
    sha.update(at.to_be_bytes());
    for part in [org, target].into_iter().chain(texts.iter().map(|t| t.as_bytes())) {
        sha.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}

/// The bytes of [`hex`]; `None` when it is nothing of the kind.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
