//! `gongfu init`: an empty database for one organisation, with the reference data.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::pending;
use crate::domain::refusal::Refusal;
use crate::store::StoreError;

/// Runs `init`. A database that is there is left alone unless `--force` says otherwise.
pub(super) fn run(context: &Context, org: &str, force: bool) -> Result<Exit, Fail> {
    if context.read_only {
        return Err(Fail::store(&StoreError::Refused(Refusal::new("read-only")), &context.locale));
    }
    if context.db_path().exists() && !force {
        return Err(Fail::store(&StoreError::Exists(context.db_path()), &context.locale));
    }
    context.make_data_dir()?;
    pending::init(context, org, force)
}
