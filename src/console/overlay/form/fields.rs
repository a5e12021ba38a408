//! The fields of each form as a table: what is typed, what is chosen from a set, what must be there.

use super::Purpose;
use crate::console::keys::{Chord, Key};
use crate::console::widgets::field::{Edit, Field};
use crate::domain::sets;
use crate::store::filter::Filter;
use crate::store::list::ListKind;
use crate::store::page::{Anchor, ListQuery};

/// Products shown under what is typed.
const MATCHES: usize = 5;
/// Longest text of a field in graphemes, well under what the domain takes.
const LONG: usize = 200;
const SHORT: usize = 100;

/// What a field takes.
#[derive(Debug, Clone)]
pub enum Input {
    Text(Field),
    /// One code of a set, chosen with left and right, its number or its first letter.
    Choice {
        set: &'static str,
        codes: Vec<&'static str>,
        at: usize,
    },
    /// Part of a product's name or code; what matches is shown below.
    Product(Field),
}

/// One field with its label `form-<id>`.
#[derive(Debug, Clone)]
pub struct Place {
    pub id: &'static str,
    pub input: Input,
    pub required: bool,
}

impl Input {
    pub fn is_empty(&self) -> bool {
        match self {
            Input::Text(field) => field.text().trim().is_empty(),
            Input::Choice { .. } | Input::Product(_) => false,
        }
    }

    /// Text as typed, or the code chosen.
    pub fn word(&self) -> String {
        match self {
            Input::Text(field) | Input::Product(field) => field.text().trim().to_owned(),
            Input::Choice { codes, at, .. } => codes.get(*at).map_or_else(String::new, |c| (*c).to_owned()),
        }
    }

    /// Committed or pasted text; true when something changed.
    pub fn insert(&mut self, words: &str) -> bool {
        match self {
            Input::Text(field) | Input::Product(field) => field.insert(words) == Edit::Changed,
            Input::Choice { .. } => words.chars().next().is_some_and(|c| self.choose(c)),
        }
    }

    pub fn key(&mut self, chord: Chord) -> Edit {
        match self {
            Input::Text(field) | Input::Product(field) => field.key(chord),
            Input::Choice { codes, at, .. } => {
                match chord.key {
                    Key::Left => *at = at.saturating_sub(1),
                    Key::Right => *at = (*at + 1).min(codes.len().saturating_sub(1)),
                    _ => {
                        let typed = chord.command_form().text();
                        return if typed.is_some_and(|c| self.choose(c)) { Edit::Changed } else { Edit::Ignored };
                    }
                }
                Edit::Changed
            }
        }
    }

    /// Chooses the code that is this digit or begins with this letter, else the one at this place.
    fn choose(&mut self, c: char) -> bool {
        let Input::Choice { codes, at, .. } = self else { return false };
        let by_code = codes.iter().position(|code| code.starts_with(c));
        let by_place =
            c.to_digit(10).and_then(|n| usize::try_from(n).ok()?.checked_sub(1)).filter(|n| *n < codes.len());
        match by_code.or(by_place) {
            Some(found) => {
                *at = found;
                true
            }
            None => false,
        }
    }
}

fn text(id: &'static str, most: usize, required: bool) -> Place {
    Place { id, input: Input::Text(Field::new(most)), required }
}

fn choice(id: &'static str, set: &'static str, at: usize) -> Place {
    let codes = if set == "yes_no" { vec!["yes", "no"] } else { sets::codes_of(set) };
    Place { id, input: Input::Choice { set, codes, at }, required: false }
}

/// The fields of a form about so many records.
pub fn of(purpose: Purpose, records: usize) -> Vec<Place> {
    let mut places = match purpose {
        Purpose::Report => vec![text("title", SHORT, true), choice("grade", "grade", 1), text("place", SHORT, false)],
        Purpose::Triage => vec![
            choice("grade", "grade", 1),
            choice("recall_class", "grade", 1),
            text("batches", SHORT, false),
            choice("suspend", "yes_no", 0),
            text("reason", LONG, true),
        ],
        Purpose::Answer => vec![
            choice("answer", "answer", 0),
            Place { id: "quantity", input: Input::Text(Field::new(7).with("0")), required: true },
            text("reason", LONG, false),
        ],
        Purpose::Attach => {
            vec![text("file", 400, true), choice("evidence", "evidence", 0), text("paper", SHORT, true)]
        }
        Purpose::Relist => vec![text("reason", LONG, true)],
        Purpose::Pack => vec![
            text("pack_name", SHORT, true),
            text("occasion", 40, false),
            text("audience", 40, false),
            text("until", 10, false),
        ],
    };
    if records > 1 {
        places.push(text("count", 6, true));
    }
    places
}

/// The first products of the catalog; the filter is typed.
pub fn products() -> ListQuery {
    ListQuery {
        kind: ListKind::Catalog,
        filter: Filter::default(),
        scope: None,
        sort: Vec::new(),
        anchor: Anchor::Start,
        rows: MATCHES,
    }
}
