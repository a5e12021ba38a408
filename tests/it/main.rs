//! The one integration binary: every module tests a layer through its public face.

mod cli;
mod pages;
mod schema;
mod support;
mod texts;
