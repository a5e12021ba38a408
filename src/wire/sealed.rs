//! An outbox as a file that only its hub can read: what a console that was shut out leaves for an administrator.
//!
//! Form 1: a line that says for whom it is, and the orders, sealed, in hexadecimal; line breaks that a mail puts in do not matter.
//! Sealed by HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, ChaCha20-Poly1305) with the first line as what is authenticated beside it.

use super::order::Order;
use super::record::{hex, unhex};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The number of this form.
pub const FORM: u32 = 1;
/// What the sealing is for: nothing sealed for something else opens as this.
const INFO: &[u8] = b"gongfu outbox 1";

/// The first line: for whom the rest is, and from whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the form, under a name no other file of ours begins with.
    pub sealed_outbox: u32,
    pub hub: Uuid,
    pub device: Uuid,
    /// Code of the union the console worked for.
    pub org: String,
    /// When it was made, by the console's clock, in milliseconds since 1970.
    pub made_at: i64,
    /// How the key it is sealed to begins, hexadecimal.
    pub key: String,
    /// The one-time key of this file, hexadecimal.
    pub once: String,
}

/// An order inside, as it lay in the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The console's own number of it.
    pub n: i64,
    /// `waiting`, `conflict`, `denied`, or `accepted` by a hub that may have been lost with it.
    pub state: String,
    /// The code people know its record by.
    pub code: String,
    pub order: Order,
}

/// What was sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    pub head: Head,
    pub lines: Vec<Line>,
}

/// Why a file could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("what is to be the hub's key is none")]
    Key,
    #[error("no sealed outbox")]
    NotSealed,
    #[error("a form this version does not know")]
    Form,
    #[error("sealed for another hub, or for a key it does not have")]
    OtherKey,
    #[error("cut short or altered")]
    Damaged,
}

type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Public = <X25519HkdfSha256 as Kem>::PublicKey;

/// The pair of keys that follow from a hub's secret. It is another than that which signs: neither tells of the other.
fn pair(secret: &[u8; 32]) -> (Private, Public) {
    let mut sha = Sha256::new();
    sha.update(b"gongfu sealing key 1\n");
    sha.update(secret);
    X25519HkdfSha256::derive_keypair(&sha.finalize())
}

/// The public half, hexadecimal: what consoles seal to.
pub fn public_of(secret: &[u8; 32]) -> String {
    hex(&pair(secret).1.to_bytes())
}

/// How a key is named in a file.
fn begins(public: &str) -> String {
    public.chars().take(16).collect()
}

/// Seals orders to the hub whose public key this is. `from` are hub, console, union and time.
///
/// # Errors
/// [`SealError::Key`] when it is no key.
pub fn seal(
    public: &str,
    (hub, device, org, made_at): (Uuid, Uuid, &str, i64),
    lines: &[Line],
) -> Result<String, SealError> {
    let key = unhex(public).and_then(|bytes| Public::from_bytes(&bytes).ok()).ok_or(SealError::Key)?;
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line).map_err(|_| SealError::NotSealed)?);
        text.push('\n');
    }
    let mut head = Head {
        sealed_outbox: FORM,
        hub,
        device,
        org: org.to_owned(),
        made_at,
        key: begins(public),
        once: String::new(),
    };
    let beside = written(&head)?;
    let sealed = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &key,
        INFO,
        text.as_bytes(),
        beside.as_bytes(),
    );
    let (once, body) = sealed.map_err(|_| SealError::Key)?;
    head.once = hex(&once.to_bytes());
    Ok(format!("{}\n{}\n", written(&head)?, hex(&body)))
}

fn written(head: &Head) -> Result<String, SealError> {
    serde_json::to_string(head).map_err(|_| SealError::NotSealed)
}

/// Opens what [`seal`] made, for the hub `hub` with this secret.
///
/// # Errors
/// What is wrong with it.
pub fn open(secret: &[u8; 32], hub: Uuid, text: &str) -> Result<Opened, SealError> {
    let (first, rest) = text.split_once('\n').ok_or(SealError::NotSealed)?;
    let head: Head = serde_json::from_str(first.trim_end()).map_err(|_| SealError::NotSealed)?;
    if head.sealed_outbox != FORM {
        return Err(SealError::Form);
    }
    let (private, public) = pair(secret);
    if head.hub != hub || head.key != begins(&hex(&public.to_bytes())) {
        return Err(SealError::OtherKey);
    }
    let rest: String = rest.split_whitespace().collect();
    let body = unhex(&rest).ok_or(SealError::Damaged)?;
    let once = unhex(&head.once).and_then(|b| <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&b).ok());
    let once = once.ok_or(SealError::Damaged)?;
    let beside = written(&Head { once: String::new(), ..head.clone() })?;
    let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &private,
        &once,
        INFO,
        &body,
        beside.as_bytes(),
    );
    let text = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(SealError::Damaged)?;
    let lines = text.lines().map(serde_json::from_str).collect::<Result<Vec<Line>, _>>();
    // Whole, and yet not understood: a newer console wrote it.
    Ok(Opened { head, lines: lines.map_err(|_| SealError::Form)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::Command;
    use crate::wire::order::By;

    const SECRET: [u8; 32] = [7; 32];

    fn line(n: i64) -> Line {
        let by = By { name: "王敏".into(), origin: String::new() };
        let command = Command::RemindReturn { id: Uuid::from_u128(9) };
        let order =
            Order { id: Uuid::from_u128(1), n: 1, made_at: 5, schema: 1, by, seen: Vec::new(), command, signed: None };
        Line { n, state: "waiting".into(), code: "安康市总工会 附件1".into(), order }
    }

    fn sealed() -> String {
        let from = (Uuid::from_u128(3), Uuid::from_u128(4), "ak_ftu", 1_000);
        seal(&public_of(&SECRET), from, &[line(1), line(2)]).expect("sealed")
    }

    #[test]
    fn what_was_sealed_opens_for_its_hub_alone_also_with_breaks_a_mail_put_in() {
        let text = sealed();
        assert!(!text.contains("王敏"), "{text}");
        assert_ne!(text, sealed(), "a key of its own each time");
        let hub = Uuid::from_u128(3);
        let opened = open(&SECRET, hub, &text).expect("opened");
        assert_eq!((opened.lines, opened.head.org.as_str()), (vec![line(1), line(2)], "ak_ftu"));
        let (head, body) = text.split_once('\n').expect("two lines");
        let broken: Vec<&str> =
            body.trim().as_bytes().chunks(76).map(|c| std::str::from_utf8(c).expect("hex")).collect();
        assert!(open(&SECRET, hub, &format!("{head}\r\n{}\r\n", broken.join("\r\n"))).is_ok());
        assert_eq!(open(&SECRET, Uuid::from_u128(8), &text), Err(SealError::OtherKey));
        assert_eq!(open(&[8; 32], hub, &text), Err(SealError::OtherKey));
        assert_eq!(seal("00", (hub, hub, "", 0), &[]), Err(SealError::Key));
    }

    #[test]
    fn what_is_cut_altered_or_something_else_is_told_apart() {
        let (text, hub) = (sealed(), Uuid::from_u128(3));
        let flipped = |at: usize| {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8(bytes).expect("text")
        };
        let body = text.find('\n').expect("a line") + 1;
        for wrong in [
            text[..text.len() - 3].to_owned(),
            text[..text.len() - 2].to_owned(),
            text[..body].to_owned(),
            flipped(body),
            flipped(text.len() - 2),
            flipped(text.find(r#""once":""#).expect("a key") + 8),
            text.replace("ak_ftu", "sl_ftu"),
            text.replace(r#""made_at":1000"#, r#""made_at":1001"#),
        ] {
            assert_eq!(open(&SECRET, hub, &wrong), Err(SealError::Damaged), "{wrong}");
        }
        for other in ["", "{}\n", "{\"n\":1}\n{\"n\":2}\n", "PK\u{3}\u{4}\n"] {
            assert_eq!(open(&SECRET, hub, other), Err(SealError::NotSealed), "{other:?}");
        }
        let newer = text.replace(r#""sealed_outbox":1"#, r#""sealed_outbox":2"#);
        assert_eq!(open(&SECRET, hub, &newer), Err(SealError::Form));
    }
}
