//! The province's hub: takes commands of many consoles, decides each again on its own rows, numbers what was accepted
//! and hands the rows on.
//!
//! Owns the ledger (one SQL text on two engines), devices, the protocol over HTTP. Decides nothing itself: the domain does.
//! Knows no console and no file of one.

pub mod audit;
pub mod checkpoint;
pub mod device;
pub mod engine;
pub mod export;
pub mod http;
pub mod keys;
pub mod ledger;
pub mod lock;
pub mod pull;
pub mod receipts;
pub mod rows;
pub mod schema;
pub mod sealing;
pub mod whole;
pub mod writer;
