//! `gongfu init`: an empty database for one organisation, with the reference data.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::base::ids::Ids;
use crate::domain::refusal::Refusal;
use crate::setup;
use crate::sqlite;
use crate::store::{self, StoreError, load};
use serde_json::json;

/// Runs `init`. A database that is there is left alone unless `--force` says otherwise.
pub(super) fn run(context: &Context, org: &str, force: bool) -> Result<Exit, Fail> {
    if context.read_only {
        return Err(Fail::store(&StoreError::Refused(Refusal::new("read-only")), &context.locale));
    }
    if context.db_path().exists() && !force {
        return Err(Fail::store(&StoreError::Exists(context.db_path()), &context.locale));
    }
    context.may_stamp()?;
    context.make_data_dir()?;
    let name = make(context, org)?;
    let mut out = Out::new();
    if context.json {
        let document = json!({ "org": name, "data_dir": context.data_dir.display().to_string() });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let dir = context.data_dir.display().to_string();
    out.line(&context.locale.tr_with("cli-init-done", &[("org", &name), ("path", &dir)]))?;
    out.done()
}

/// Makes the database in a folder of its own first: an old one is set aside only for one that is whole.
fn make(context: &Context, org: &str) -> Result<String, Fail> {
    let failed = |e: std::io::Error| Fail::file(&context.data_dir, &e, &context.locale);
    let place = tempfile::Builder::new().prefix(".new-").tempdir_in(&context.data_dir).map_err(failed)?;
    let clock = context.clock();
    let name =
        setup::init(place.path(), org, clock, &mut Ids::real(clock)).map_err(|e| Fail::setup(&e, &context.locale))?;
    // Nothing a person made is ever deleted.
    sqlite::retire(&context.db_path()).map_err(|e| Fail::db(&e, &context.locale))?;
    load::publish(&place.path().join(store::FILE), context.db_path()).map_err(|e| Fail::db(&e, &context.locale))?;
    Ok(name)
}
