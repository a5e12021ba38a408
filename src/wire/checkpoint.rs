//! A checkpoint: the end of a hub's audit at one moment, signed by the hub and kept by every console. Whoever holds one can show
//! later that the records up to it are the same, or that they are not.
//!
//! Owns what is signed, byte for byte. Keeps no key.

use super::record::{hex, unhex};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The end of an audit, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checkpoint {
    pub epoch: i64,
    /// The number of the last record.
    pub no: i64,
    /// Its hash, hexadecimal.
    pub hash: String,
    /// By the hub's clock, in milliseconds since 1970.
    pub at: i64,
    /// Ed25519, hexadecimal.
    pub signature: String,
}

fn message(hub: Uuid, (epoch, no, at): (i64, i64, i64), hash: &[u8]) -> Vec<u8> {
    let mut out = b"gongfu checkpoint 1\n".to_vec();
    out.extend_from_slice(hub.as_bytes());
    [epoch, no, at].iter().for_each(|n| out.extend_from_slice(&n.to_be_bytes()));
    out.extend_from_slice(hash);
    out
}

impl Checkpoint {
    /// Signs an end of the audit of `hub`.
    pub fn sign(secret: &[u8; 32], hub: Uuid, (epoch, no, at): (i64, i64, i64), hash: &[u8; 32]) -> Checkpoint {
        let signature = sign(secret, &message(hub, (epoch, no, at), hash));
        Checkpoint { epoch, no, hash: hex(hash), at, signature }
    }

    /// Whether the hub with this public key has signed it.
    pub fn is_signed(&self, hub: Uuid, public: &str) -> bool {
        let hash = self.hash().unwrap_or_default();
        hash.len() == 32 && is_signed(public, &message(hub, (self.epoch, self.no, self.at), &hash), &self.signature)
    }

    /// The hash as bytes; `None` when it is none.
    pub fn hash(&self) -> Option<Vec<u8>> {
        unhex(&self.hash)
    }
}

/// The public key of a secret one, hexadecimal.
pub fn public_of(secret: &[u8; 32]) -> String {
    hex(SigningKey::from_bytes(secret).verifying_key().as_bytes())
}

/// Signs a message; hexadecimal.
pub fn sign(secret: &[u8; 32], message: &[u8]) -> String {
    hex(&SigningKey::from_bytes(secret).sign(message).to_bytes())
}

/// Whether the owner of a public key has signed a message.
pub fn is_signed(public: &str, message: &[u8], signature: &str) -> bool {
    let key = unhex(public).and_then(|b| <[u8; 32]>::try_from(b).ok());
    let key = key.and_then(|b| VerifyingKey::from_bytes(&b).ok());
    let signature = unhex(signature).and_then(|b| <[u8; 64]>::try_from(b).ok()).map(|b| Signature::from_bytes(&b));
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_is_signed() {
        let (hub, secret) = (Uuid::from_u128(7), [3; 32]);
        let public = public_of(&secret);
        let one = Checkpoint::sign(&secret, hub, (1, 40, 5), &[9; 32]);
        assert!(one.is_signed(hub, &public));
        let others = [
            Checkpoint { epoch: 2, ..one.clone() },
            Checkpoint { no: 41, ..one.clone() },
            Checkpoint { at: 6, ..one.clone() },
            Checkpoint { hash: hex(&[8; 32]), ..one.clone() },
            Checkpoint { hash: String::new(), ..one.clone() },
            Checkpoint { signature: hex(&[0; 64]), ..one.clone() },
            Checkpoint { signature: String::new(), ..one.clone() },
        ];
        assert!(others.iter().all(|c| !c.is_signed(hub, &public)));
        assert!(!one.is_signed(Uuid::from_u128(8), &public), "of another hub");
        assert!(!one.is_signed(hub, &public_of(&[4; 32])), "by another key");
        assert!(!one.is_signed(hub, "") && !one.is_signed(hub, &hex(&[0; 32])));
    }
}
