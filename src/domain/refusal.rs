//! Why a command was not carried out. A refusal changes nothing; its sentence and hint come from the locale files
//! (`refusal-<code>` and `refusal-<code>.hint`), so that every person reads it in their language.

/// A command refused by a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code, one of [`CODES`].
    pub code: &'static str,
    /// Values the sentence names: what, where, which state, who could act.
    pub args: Vec<(&'static str, String)>,
}

/// Every refusal code. A test holds that each has a sentence and a hint in every language.
pub const CODES: &[&str] = &[
    "console-behind",
    "console-revoked",
    "console-outdated",
    "data-old",
    "data-old-export",
    "order-settled",
    "not-checked",
    "not-of-entry",
    "evidence-absent",
    "evidence-unreadable",
    "evidence-not-a-file",
    "evidence-too-big",
    "evidence-unwritable",
    "evidence-changed",
    "evidence-empty",
    "evidence-damaged",
    "no-reminder-due",
    "no-verified-incident",
    "several-suppliers",
    "wrong-product",
    "not-allowed",
    "not-your-area",
    "wrong-state",
    "unknown-record",
    "reason-missing",
    "field-empty",
    "field-too-long",
    "field-unclean",
    "number-out-of-range",
    "unknown-code",
    "not-in-directory",
    "not-in-province",
    "already-exists",
    "was-delisted",
    "open-incident",
    "supplier-out",
    "not-public",
    "not-of-supplier",
    "not-of-pack",
    "not-listed",
    "four-eyes",
    "evidence-missing",
    "not-triaged",
    "open-notices",
    "not-republished",
    "counter-not-ready",
    "pack-empty",
    "order-held",
    "not-counted",
    "same-figures",
    "record-changed",
    "order-forged",
    "field-fixed",
    "nothing-changes",
    "not-mergeable",
    "merge-open",
    "merge-unknown-field",
    "theirs-not-here",
    "read-only",
    "store",
];

impl Refusal {
    /// A refusal without values yet.
    pub fn new(code: &'static str) -> Refusal {
        debug_assert!(CODES.contains(&code), "{code} is not in the table");
        Refusal { code, args: Vec::new() }
    }

    /// Adds a value the sentence names.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Refusal {
        self.args.push((name, value.into()));
        self
    }
}

/// The refusal of something that cannot be done to a record in its state: names the state, the states it needs and the
/// roles that could act, both as codes joined with commas.
pub fn wrong_state(
    kind: super::rows::Kind,
    code: impl Into<String>,
    state: &str,
    verb: &str,
    needs: impl Into<String>,
    who: impl Into<String>,
) -> Refusal {
    Refusal::new("wrong-state")
        .with("code", code)
        .with("kind", kind.table())
        .with("state", state)
        .with("verb", verb)
        .with("needs", needs)
        .with("who", who)
}

/// Why [`super::decide::decide`] gave no decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A rule said no.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// The rows could not be read.
    #[error("rows cannot be read: {0}")]
    Rows(String),
}

impl From<Refusal> for Stop {
    fn from(r: Refusal) -> Stop {
        Stop::Refused(r)
    }
}
