//! Lists that people send as files: what is in them, what is doubtful, what cannot be taken.
//!
//! Owns reading spreadsheets and CSV into proposals. Must not write rows or judge rights: a proposal goes through the
//! same decision as a typed one. Nothing is taken silently: every reading that is not exact leaves an issue.

mod biff;
pub mod catalog;
mod columns;
mod compound;
mod error;
pub mod notice;
pub mod pack;
mod sheet;
pub mod typed;
mod values;
mod workbook;

pub use catalog::{CatalogFile, Line, read_catalog};
pub use columns::{Column, HeaderMatch};
pub use error::{FORM_CODES, FormError, ISSUE_CODES, Issue, Severity};
pub use sheet::{Encoding, MAX_BYTES, MAX_LINES};
