//! Tools that prove the exchange between consoles and hub: a simulation of bad days, kills of real processes, measurements.
//!
//! Owns what they do and what they find; the command line prints it. They drive the product's own parts and change none of them:
//! what a tool needs otherwise is done around them.

mod asks;
pub mod bench;
mod check;
mod dice;
mod fault;
pub mod kill9;
mod orders;
mod process;
mod province;
mod proxy;
pub mod sim;
pub mod soak;
mod stage;

pub use fault::{Fault, Promise};
pub use orders::orders;
