//! `gongfu import`: files of others into the database.

use super::args::ImportWhat;
use super::context::Context;
use super::fail::{Exit, Fail};
use super::pending;

/// Runs `import`.
pub(super) fn run(context: &Context, what: &ImportWhat) -> Result<Exit, Fail> {
    let file = match what {
        ImportWhat::Catalog(args) => &args.file,
        ImportWhat::Reference { file, .. } => file,
    };
    // A misspelt path is said before the database is opened.
    std::fs::File::open(file).map_err(|e| Fail::file(file, &e, &context.locale))?;
    match what {
        ImportWhat::Catalog(args) => pending::import_catalog(context, args),
        ImportWhat::Reference { table, file } => pending::import_reference(context, table, file),
    }
}
