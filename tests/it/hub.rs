//! The hub: its ledger on both engines, and the protocol as a stranger would speak it.

mod ledger;
pub mod places;
mod rivals;
mod scope;
