//! The one integration binary: every module tests a layer through its public face.

mod cli;
mod support;
mod texts;
