//! `gongfu demo`: a province of data to look at.

use super::args::DemoArgs;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::pending;

/// Runs `demo`.
pub(super) fn run(context: &Context, args: &DemoArgs) -> Result<Exit, Fail> {
    pending::demo(context, args)
}
