//! The rules of a pack as fields on the left of the page: one a line, typed or chosen, read as a rules file is.
//!
//! Owns which fields there are and what stands in them. What they mean is read by [`written`].

use crate::base::locale::Locale;
use crate::console::keys::{Chord, Key};
use crate::console::widgets::field::{Edit, Field};
use crate::domain::value::Fen;
use crate::pack::rules::Rules;
use crate::pack::words;
use crate::pack::written::{self, WrittenError};
use crate::store::packs::Held;
use jiff::civil::Date;

/// What a field takes.
enum Input {
    Text(Field),
    /// One of a few codes, chosen with left and right; the words are `code-<set>-<code>`.
    Choice(&'static str, &'static [&'static str], usize),
}

struct Place {
    /// Key of the rules file.
    key: &'static str,
    input: Input,
}

const FLAG: &[&str] = &["no", "yes"];
const GOALS: &[&str] = &["people", "stock", "counties", "budget"];

/// Keys and what stands there in the beginning; a key of a choice has its set.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("goal", "pack_goal", GOALS),
    ("budget", "300", &[]),
    ("floor", "", &[]),
    ("packs", "1", &[]),
    ("kinds", "4-8", &[]),
    ("pieces", "1", &[]),
    ("per_supplier", "2", &[]),
    ("counties", "3", &[]),
    ("weight", "", &[]),
    ("volume", "", &[]),
    ("day", "", &[]),
    ("keeps", "", &[]),
    ("seasonal", "yes_no", FLAG),
    ("alcohol", "yes_no", FLAG),
    ("halal", "yes_no", FLAG),
    ("categories", "", &[]),
    ("must", "", &[]),
    ("must_not", "", &[]),
];

/// Longest text of a field.
const LONG: usize = 200;

/// The fields, and the one the cursor is in.
pub(super) struct Form {
    places: Vec<Place>,
    pub(super) at: usize,
}

impl Form {
    pub(super) fn new() -> Form {
        let place = |&(key, first, codes): &(&'static str, &'static str, &'static [&'static str])| Place {
            key,
            input: match codes {
                [] => Input::Text(Field::new(LONG).with(first)),
                codes => Input::Choice(first, codes, 0),
            },
        };
        // The budget is what people come to type.
        Form { places: FIELDS.iter().map(place).collect(), at: 1 }
    }

    /// What a pack that is to be changed was like.
    pub(super) fn fit(&mut self, held: &Held, today: Date) {
        let rules = Rules::like(&held.parts(), today);
        for (key, text) in [
            ("budget", Fen(rules.budget).yuan()),
            ("floor", Fen(rules.floor).yuan()),
            ("kinds", format!("{}-{}", rules.kinds.0, rules.kinds.1)),
            ("pieces", rules.pieces.to_string()),
            ("per_supplier", String::new()),
            ("counties", String::new()),
        ] {
            self.set(key, &text);
        }
        if let Some(Input::Choice(_, _, at)) = self.input("alcohol") {
            *at = usize::from(rules.alcohol);
        }
    }

    fn input(&mut self, key: &str) -> Option<&mut Input> {
        self.places.iter_mut().find(|p| p.key == key).map(|p| &mut p.input)
    }

    fn set(&mut self, key: &str, text: &str) {
        if let Some(Input::Text(field)) = self.input(key) {
            *field = Field::new(LONG).with(text);
        }
    }

    /// What the fields mean.
    ///
    /// # Errors
    /// The first field that is not understood; see [`Form::place_of`].
    pub(super) fn rules(&self, today: Date, locale: &Locale) -> Result<Rules, WrittenError> {
        let text = |p: &Place| match &p.input {
            Input::Text(field) => field.text(),
            Input::Choice(_, codes, at) => codes.get(*at).copied().unwrap_or_default().to_owned(),
        };
        let fields: Vec<(&str, String)> = self.places.iter().map(|p| (p.key, text(p))).collect();
        written::typed(&fields, &Rules::of_budget(0, today), &words::categories(locale))
    }

    /// Puts a code into `to` and takes it from `from`, or out of `to` when it is there.
    pub(super) fn turn(&mut self, code: &str, to: &str, from: &str) {
        let codes = |form: &mut Form, key: &str| -> Vec<String> {
            match form.input(key) {
                Some(Input::Text(field)) => written::codes_of(&field.text()).map(str::to_owned).collect(),
                _ => Vec::new(),
            }
        };
        let mut there = codes(self, to);
        if there.iter().any(|c| c == code) {
            there.retain(|c| c != code);
        } else {
            there.push(code.to_owned());
        }
        let mut other = codes(self, from);
        other.retain(|c| c != code);
        self.set(to, &there.join(" "));
        self.set(from, &other.join(" "));
    }

    /// Which field this is about.
    pub(super) fn place_of(&self, e: &WrittenError) -> Option<usize> {
        let key = match e {
            WrittenError::Value { key, .. } => self.places.iter().position(|p| p.key == key),
            WrittenError::Category { .. } => None,
            WrittenError::Key { .. } | WrittenError::Syntax { .. } => return None,
        };
        // The name of a category stands in the field of all.
        key.or_else(|| self.places.iter().position(|p| p.key == "categories"))
    }

    /// A key in the field; whether something changed, or `None` where the key is for somebody else.
    pub(super) fn key(&mut self, chord: Chord) -> Option<bool> {
        let last = self.places.len() - 1;
        match chord.key {
            Key::Up => self.at = self.at.saturating_sub(1),
            Key::Down | Key::Enter => self.at = (self.at + 1).min(last),
            Key::PageUp => self.at = 0,
            Key::PageDown => self.at = last,
            _ => match self.places.get_mut(self.at).map(|p| &mut p.input) {
                Some(Input::Text(field)) => {
                    return match field.key(chord) {
                        Edit::Changed => Some(true),
                        Edit::Moved => Some(false),
                        Edit::Ignored => None,
                    };
                }
                Some(Input::Choice(_, codes, at)) => {
                    let to = match (chord.key, chord.text()) {
                        (Key::Left, _) => at.saturating_sub(1),
                        (Key::Right, _) => (*at + 1).min(codes.len() - 1),
                        (_, Some(' ')) => (*at + 1) % codes.len(),
                        // What would change text changes nothing here, and must not lead away.
                        (Key::Backspace | Key::Delete | Key::Home | Key::End, _) | (_, Some(_)) => *at,
                        _ => return None,
                    };
                    return Some(std::mem::replace(at, to) != to);
                }
                None => return None,
            },
        }
        Some(false)
    }

    /// Committed or pasted text; whether something changed.
    pub(super) fn text(&mut self, words: &str) -> bool {
        match self.places.get_mut(self.at).map(|p| &mut p.input) {
            Some(Input::Text(field)) => field.insert(words) == Edit::Changed,
            _ => false,
        }
    }

    /// Label, value and, where text is typed, the field of each place.
    pub(super) fn lines(&self, locale: &Locale) -> Vec<(String, String, Option<&Field>)> {
        fn line<'p>(p: &'p Place, locale: &Locale) -> (String, String, Option<&'p Field>) {
            let label = locale.tr(&format!("compose-{}", p.key.replace('_', "-"))).into_owned();
            match &p.input {
                Input::Text(field) => (label, field.text(), Some(field)),
                Input::Choice(set, codes, at) => {
                    (label, locale.code(set, codes.get(*at).copied().unwrap_or_default()), None)
                }
            }
        }
        self.places.iter().map(|p| line(p, locale)).collect()
    }
}

impl Default for Form {
    fn default() -> Form {
        Form::new()
    }
}
