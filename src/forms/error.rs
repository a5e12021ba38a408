//! What can be wrong with a file as a whole ([`FormError`]) and with one field of it ([`Issue`]).
//!
//! Owns the codes; the sentences are in `locales/*/forms.ftl` as `form-<code>`, and a test holds that none is missing.

use super::columns::Column;

/// Codes of [`FormError`].
pub const FORM_CODES: &[&str] = &[
    "too-large",
    "too-many-lines",
    "empty",
    "unknown-encoding",
    "not-a-table",
    "missing-columns",
    "password-protected",
    "corrupt-workbook",
    "no-such-sheet",
    "no-visible-sheet",
];

/// Codes of [`Issue`].
pub const ISSUE_CODES: &[&str] = &[
    "empty-field",
    "too-long",
    "unknown-county",
    "ambiguous-county",
    "filled-down",
    "not-poverty-county",
    "price-unclear",
    "price-out-of-range",
    "price-approximate",
    "number-unclear",
    "number-approximate",
    "number-range",
    "number-missing",
    "number-out-of-range",
    "households",
    "households-and-persons",
    "unknown-category",
    "credit-code",
    "number-destroyed",
    "many-products",
    "duplicate",
];

/// A file of which nothing can be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} {args:?}")]
pub struct FormError {
    /// One of [`FORM_CODES`].
    pub code: &'static str,
    /// Values the sentence names.
    pub args: Vec<(&'static str, String)>,
}

impl FormError {
    /// An error without values yet.
    pub fn new(code: &'static str) -> FormError {
        debug_assert!(FORM_CODES.contains(&code), "{code} is not in the table");
        FormError { code, args: Vec::new() }
    }

    /// Adds a value the sentence names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> FormError {
        self.args.push((name, value.into()));
        self
    }
}

/// How bad an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The line is taken; a person should look.
    Doubtful,
    /// The line is not taken.
    Refused,
}

/// One thing to say about one field of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub column: Column,
    /// The field as written, shortened.
    pub found: String,
    /// One of [`ISSUE_CODES`].
    pub reason_code: &'static str,
    /// Further values the sentence names.
    pub args: Vec<(&'static str, String)>,
    pub severity: Severity,
}

/// Characters of a field that an issue repeats.
const SHOWN: usize = 60;

impl Issue {
    /// A reason to look at the line.
    pub fn doubtful(column: Column, found: &str, reason_code: &'static str) -> Issue {
        Issue::new(column, found, reason_code, Severity::Doubtful)
    }

    /// A reason not to take the line.
    pub fn refused(column: Column, found: &str, reason_code: &'static str) -> Issue {
        Issue::new(column, found, reason_code, Severity::Refused)
    }

    fn new(column: Column, found: &str, reason_code: &'static str, severity: Severity) -> Issue {
        debug_assert!(ISSUE_CODES.contains(&reason_code), "{reason_code} is not in the table");
        let found = found.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        Issue { column, found, reason_code, args: Vec::new(), severity }
    }

    /// Adds a value the sentence names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Issue {
        self.args.push((name, value.into()));
        self
    }
}
