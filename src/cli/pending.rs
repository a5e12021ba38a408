//! PENDING: the four roads into modules of other layers that are not joined yet. Everything that is missing from the
//! command line is in this one file; each function says what it is to call.

use super::args::{DemoArgs, ImportCatalog};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::keys::KeyRow;
use std::path::Path;

/// To call `crate::console::run`.
pub(super) fn console(_: &Context) -> Result<Exit, Fail> {
    Err(absent("console"))
}

/// To give the rows of the console's action table.
pub(super) fn key_rows() -> Result<Vec<KeyRow>, Fail> {
    Err(absent("keys"))
}

/// To call `crate::demo`.
pub(super) fn demo(_: &Context, _: &DemoArgs) -> Result<Exit, Fail> {
    Err(absent("demo"))
}

/// To call `crate::reference` for a new database; the data directory is there, for its owner only.
pub(super) fn init(_: &Context, _org: &str, _force: bool) -> Result<Exit, Fail> {
    Err(absent("init"))
}

/// To call `crate::forms` for a catalog file.
pub(super) fn import_catalog(_: &Context, _: &ImportCatalog) -> Result<Exit, Fail> {
    Err(absent("import catalog"))
}

/// To call `crate::reference` for a replaced table.
pub(super) fn import_reference(_: &Context, _table: &str, _file: &Path) -> Result<Exit, Fail> {
    Err(absent("import reference"))
}

fn absent(what: &str) -> Fail {
    Fail {
        exit: Exit::Internal,
        code: "not-joined".into(),
        message: format!("{what} is not joined to the command line in this build"),
        hint: String::new(),
    }
}
