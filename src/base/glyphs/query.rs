//! What is searched for: terms and facet tests. Owns how typed text becomes terms.

use super::pattern::{Pattern, matches};

/// A search: every term must hold and every facet test must pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub terms: Vec<Term>,
    pub facets: Vec<FacetTest>,
}

/// One word of the search line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub text: String,
    /// Written with a leading `!`: the name must not match.
    pub negated: bool,
}

/// Rows whose facet byte in `column` is in the allowed set. A column the rows do not have passes no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetTest {
    pub column: usize,
    /// One bit per byte value.
    allowed: [u64; 4],
}

impl FacetTest {
    /// Allows the listed byte values.
    pub fn any_of(column: usize, values: impl IntoIterator<Item = u8>) -> Self {
        let mut allowed = [0; 4];
        for value in values {
            if let Some(word) = allowed.get_mut(usize::from(value / 64)) {
                *word |= 1 << (value % 64);
            }
        }
        Self { column, allowed }
    }

    pub fn allows(&self, value: u8) -> bool {
        self.allowed.get(usize::from(value / 64)).is_some_and(|word| word & (1 << (value % 64)) != 0)
    }

    fn is_within(&self, earlier: &Self) -> bool {
        self.column == earlier.column && self.allowed.iter().zip(&earlier.allowed).all(|(new, old)| new & !old == 0)
    }
}

impl Query {
    /// Terms of a typed line: words between white space (full-width space too), `!` or `！` in front negates.
    /// A bare `!` is a word not finished yet and counts for nothing.
    pub fn parse_terms(line: &str) -> Self {
        let terms = line.split_whitespace().filter_map(|word| {
            let stripped = word.strip_prefix(['!', '！']);
            let text = stripped.unwrap_or(word).to_owned();
            (!text.is_empty()).then_some(Term { text, negated: stripped.is_some() })
        });
        Self { terms: terms.collect(), facets: Vec::new() }
    }

    /// Adds a facet test.
    #[must_use]
    pub fn with_facet(mut self, test: FacetTest) -> Self {
        self.facets.push(test);
        self
    }

    /// Whether every hit of `self` is a hit of `earlier` by construction, so that its hits may be narrowed.
    ///
    /// Holds when letters were typed at the end of a term, terms or facet tests were added, or a test got stricter.
    pub fn extends(&self, earlier: &Self) -> bool {
        let terms = earlier.terms.iter().all(|old| self.terms.iter().any(|new| new.implies(old)));
        let facets = earlier.facets.iter().all(|old| self.facets.iter().any(|new| new.is_within(old)));
        terms && facets
    }

    /// Whether the terms hold for one text; facet tests are not looked at. For lists too small for a column.
    pub fn matches(&self, text: &str) -> bool {
        self.terms.iter().all(|term| matches(&term.text, text) != term.negated)
    }
}

impl Term {
    fn implies(&self, old: &Self) -> bool {
        if self.negated || old.negated {
            return self == old;
        }
        Pattern::new(&self.text).chars().starts_with(Pattern::new(&old.text).chars())
    }
}
