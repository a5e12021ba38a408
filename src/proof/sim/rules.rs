//! The rules that can be switched off, to see that the day goes wrong without them.
//!
//! Owns their names and what each means; each is switched off around the product, never in it.

/// A rule of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The hub knows an order it has answered.
    Idempotency,
    /// An order says which revisions its person saw.
    Revisions,
    /// A correction is held against what its person saw of the fields it writes.
    Groups,
    /// Rows and cursor of a page become lasting together.
    Cursor,
    /// The console knows a restored hub by its epoch.
    Epoch,
    /// Accepted orders are kept until they are safe.
    Keep,
    /// The console knows by its version that its scope is another.
    Scope,
    /// Fetching waits for nothing.
    Tied,
    /// An answer of another epoch settles nothing.
    Answers,
}

impl Rule {
    /// Every rule with its name on the command line.
    pub const ALL: [(Rule, &'static str); 9] = [
        (Rule::Idempotency, "idempotency"),
        (Rule::Revisions, "revisions"),
        (Rule::Groups, "groups"),
        (Rule::Cursor, "cursor"),
        (Rule::Epoch, "epoch"),
        (Rule::Keep, "keep"),
        (Rule::Scope, "scope"),
        (Rule::Tied, "tied"),
        (Rule::Answers, "answers"),
    ];

    /// The rule with this name.
    pub fn parse(name: &str) -> Option<Rule> {
        Rule::ALL.iter().find(|(_, n)| *n == name).map(|(rule, _)| *rule)
    }

    pub fn name(self) -> &'static str {
        Rule::ALL.iter().find(|(rule, _)| *rule == self).map_or("", |(_, name)| name)
    }
}
