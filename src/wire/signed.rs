//! The signature a console puts under an order: whoever has only its token, or stands between it and its hub, cannot order in its name,
//! and nobody can say later that it was not asked.
//!
//! Owns what is signed, byte for byte, and where the signature stands: as the last field of the line. Keeps no key.

use super::checkpoint::{is_signed as holds, public_of, sign};
use uuid::Uuid;

/// Before the signature, which is Ed25519 in hexadecimal, and behind it.
const BEFORE: &str = ",\"sig\":\"";
const AFTER: &str = "\"}";
/// Hexadecimal digits of a signature.
const DIGITS: usize = 128;
/// Bytes a signature adds to a line.
pub const ADDS: usize = BEFORE.len() + DIGITS + AFTER.len() - 1;

fn message(hub: Uuid, device: Uuid, line: &str) -> Vec<u8> {
    let mut out = b"gongfu order 1\n".to_vec();
    out.extend_from_slice(hub.as_bytes());
    out.extend_from_slice(device.as_bytes());
    out.extend_from_slice(line.as_bytes());
    out
}

/// A new secret to sign with, in hexadecimal.
///
/// # Errors
/// When the system has no random bytes.
pub fn secret() -> std::io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(super::record::hex(&bytes))
}

/// What signs the orders of one console for one hub.
#[derive(Clone)]
pub struct Signer {
    secret: [u8; 32],
    hub: Uuid,
    device: Uuid,
}

impl Signer {
    /// `secret` in hexadecimal; nothing when it is none.
    pub fn new(secret: &str, hub: Uuid, device: Uuid) -> Option<Signer> {
        let secret = super::record::unhex(secret)?.try_into().ok()?;
        Some(Signer { secret, hub, device })
    }

    /// The key by which its signatures are known, in hexadecimal.
    pub fn public(&self) -> String {
        public_of(&self.secret)
    }

    /// A line, which is a JSON object with a field at least, with its signature.
    pub fn sign(&self, line: &str) -> String {
        let signature = sign(&self.secret, &message(self.hub, self.device, line));
        let open = line.strip_suffix('}').unwrap_or(line);
        format!("{open}{BEFORE}{signature}{AFTER}")
    }
}

/// Whether a line was signed by the console with this public key, for this hub, and is as it was then.
pub fn is_signed(line: &str, public: &str, hub: Uuid, device: Uuid) -> bool {
    let apart = || {
        let (rest, signature) =
            line.strip_suffix(AFTER)?.split_at_checked(line.len().checked_sub(AFTER.len() + DIGITS)?)?;
        Some((format!("{}}}", rest.strip_suffix(BEFORE)?), signature))
    };
    apart().is_some_and(|(plain, signature)| holds(public, &message(hub, device, &plain), signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::record::hex;

    #[test]
    fn only_what_was_signed_for_this_hub_by_this_console_is_signed() {
        let (hub, device) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let signer = Signer::new(&hex(&[7; 32]), hub, device).unwrap();
        let (line, public) = (r#"{"id":"x","do":"核查"}"#, signer.public());
        let signed = signer.sign(line);
        assert_eq!(signed.len(), line.len() + ADDS);
        assert!(serde_json::from_str::<serde_json::Value>(&signed).is_ok());
        assert!(is_signed(&signed, &public, hub, device));
        let other = Signer::new(&hex(&[8; 32]), hub, device).unwrap();
        for (line, public, hub, device) in [
            (signed.replace("核", "查"), public.clone(), hub, device),
            (signed.replace("{\"id", "{ \"id"), public.clone(), hub, device),
            (signed.clone(), other.public(), hub, device),
            (signed.clone(), public.clone(), Uuid::from_u128(3), device),
            (signed.clone(), public.clone(), hub, Uuid::from_u128(3)),
            (other.sign(line), public.clone(), hub, device),
            (signer.sign(&signed), public.clone(), hub, hub),
            (line.to_owned(), public.clone(), hub, device),
            (String::new(), public.clone(), hub, device),
            (format!("{}{AFTER}", "核".repeat(DIGITS)), public.clone(), hub, device),
            (signed.clone(), String::new(), hub, device),
        ] {
            assert!(!is_signed(&line, &public, hub, device), "{line}");
        }
        assert!(Signer::new("", hub, device).is_none());
        assert!(Signer::new("zz", hub, device).is_none());
    }
}
