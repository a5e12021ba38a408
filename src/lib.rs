//! gongfu (工扶): the operations console of a trade-union federation that buys what formerly poor counties grow.
//!
//! Folders are layers; a lower layer never names a higher one. `ARCHITECTURE.md` holds the map and
//! `tests/it/architecture.rs` the table that keeps it true.

pub mod base;
pub mod cli;
pub mod config;
pub mod console;
pub mod demo;
pub mod domain;
pub mod forms;
pub mod hub;
pub mod pack;
pub mod proof;
pub mod reference;
pub mod setup;
pub mod sqlite;
pub mod store;
pub mod sync;
pub mod wire;
