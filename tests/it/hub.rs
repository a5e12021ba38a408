//! The hub: its ledger on both engines, and the protocol as a stranger would speak it.

mod bell;
pub mod checkpoints;
mod export;
mod groups;
pub mod http;
pub mod ledger;
pub mod places;
mod rivals;
mod scope;
