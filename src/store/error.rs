//! What can go wrong with the store, each with a code the locale files explain.

use crate::domain::refusal::Refusal;
use crate::sqlite::DbError;
use std::path::PathBuf;

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
