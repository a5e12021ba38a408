//! The key consoles seal to, and opening what they sealed.
//!
//! Owns where it comes from: it follows from the secret of the ledger, as the key that signs checkpoints does and for the same
//! reasons. Hubs that share a database open alike, a backup put back or a ledger moved opens what was sealed before, and a ledger
//! of before there was sealing has a key without a change of its tables.

use super::checkpoint::secret;
use super::engine::{Engine, EngineError};
use super::ledger;
use crate::wire::sealed::{self, Opened, SealError};

/// The public key of the hub to seal to, hexadecimal.
///
/// # Errors
/// What the engine says.
pub fn public(engine: &mut dyn Engine) -> Result<String, EngineError> {
    Ok(sealed::public_of(&secret(engine)?))
}

/// Opens a sealed outbox; the inner error says what is wrong with it.
///
/// # Errors
/// What the engine says.
pub fn open(engine: &mut dyn Engine, text: &str) -> Result<Result<Opened, SealError>, EngineError> {
    let hub = ledger::state(engine)?.hub_id;
    Ok(sealed::open(&secret(engine)?, hub, text))
}
