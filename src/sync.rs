//! The console's end of the line to the hub: what is sent and fetched, when, and what a failure means.
//!
//! Owns the protocol as a pure core ([`core`]) and the client that does what the core asks over HTTP. Rows, orders and cursor are
//! the store's; nothing here decides about a row. Callers: console and command line.

pub mod ahead;
pub mod ballast;
pub mod client;
pub mod core;
pub mod desk;
pub mod first;
pub mod http;
pub mod join;
pub mod key;
pub mod rebuild;
mod tidier;
