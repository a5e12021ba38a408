//! `gongfu init`: an empty database for one organisation, with the reference data.

use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::base::ids::Ids;
use crate::domain::refusal::Refusal;
use crate::setup;
use crate::store::StoreError;
use serde_json::json;

/// Runs `init`. A database that is there is left alone unless `--force` says otherwise.
pub(super) fn run(context: &Context, org: &str, force: bool) -> Result<Exit, Fail> {
    if context.read_only {
        return Err(Fail::store(&StoreError::Refused(Refusal::new("read-only")), &context.locale));
    }
    if context.db_path().exists() && !force {
        return Err(Fail::store(&StoreError::Exists(context.db_path()), &context.locale));
    }
    context.make_data_dir()?;
    if force && context.db_path().exists() {
        set_aside(context)?;
    }
    let clock = context.clock();
    let name = setup::init(&context.data_dir, org, clock, &mut Ids::real(clock))
        .map_err(|e| Fail::setup(&e, &context.locale))?;
    let mut out = Out::new();
    if context.json {
        let document = json!({ "org": name, "data_dir": context.data_dir.display().to_string() });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let dir = context.data_dir.display().to_string();
    out.line(&context.locale.tr_with("cli-init-done", &[("org", &name), ("path", &dir)]))?;
    out.done()
}

/// Keeps the database that was there under another name: nothing a person made is ever deleted.
fn set_aside(context: &Context) -> Result<(), Fail> {
    let path = context.db_path();
    // What is only in the write-ahead file yet must go along.
    drop(context.open_to_write()?);
    for n in 1..10_000 {
        let aside = path.with_extension(format!("db.old-{n}"));
        if !aside.exists() {
            return std::fs::rename(&path, &aside).map_err(|e| Fail::file(&path, &e, &context.locale));
        }
    }
    Err(Fail::store(&StoreError::Exists(path), &context.locale))
}
