//! What the tests share: rows in memory, a small province, random commands, the invariants, temporary databases.

pub mod commands;
pub mod invariants;
pub mod memory;
pub mod province;
pub mod storage;
