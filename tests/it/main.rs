//! The one integration binary: every module tests a layer through its public face.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and may look behind the layers"
)]

mod app;
mod architecture;
mod cli;
mod crash;
mod domain;
mod garbage;
mod groups;
mod hub;
mod pack;
mod pages;
mod proof;
mod pty;
mod recall;
mod schema;
mod store;
mod support;
mod sync;
mod texts;
mod wire;
