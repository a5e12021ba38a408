//! What can go wrong with the store, each with a code the locale files explain.

use crate::domain::refusal::Refusal;
use crate::sqlite::DbError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Why the store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A rule of the domain said no; nothing changed.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// Something is wrong with the file.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A file that must not be overwritten is there already.
    #[error("{0} exists")]
    Exists(PathBuf),
    /// A filter names a field or value the list does not have.
    #[error("filter: {0:?}")]
    Filter(super::filter::FilterError),
    /// The read was cancelled because a newer one took its place.
    #[error("cancelled")]
    Cancelled,
}

impl StoreError {
    /// The refusal of every change in read-only mode.
    pub fn read_only() -> StoreError {
        StoreError::Refused(Refusal::new("read-only"))
    }
}

/// Runs `work` on the database at `path`. A panic in it is an answer, too: whoever asked would wait for ever, and the
/// thread that answers would be gone for everybody.
///
/// # Errors
/// Those of `work`.
pub fn answered<T>(path: &Path, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|why| {
        let text =
            why.downcast_ref::<&str>().map(|t| (*t).to_owned()).or_else(|| why.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "a fault of the program".to_owned());
        tracing::error!(why = text, "a task of the store failed");
        Err(DbError::Other(path.to_path_buf(), text).into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_panics_is_answered_with_what_it_said() {
        let path = Path::new("x.db");
        assert_eq!(answered(path, || Ok(7)), Ok(7));
        assert_eq!(answered::<()>(path, || Err(StoreError::Cancelled)), Err(StoreError::Cancelled));
        let failed = answered::<()>(path, || panic!("slot {}", 3));
        assert_eq!(failed, Err(DbError::Other(path.into(), "slot 3".into()).into()));
    }
}
