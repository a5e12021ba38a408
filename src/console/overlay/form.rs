//! A form before a change that needs more than a reason: reporting, grading, answering, attaching, listing anew.
//!
//! Owns the fields, the keys between them and the command they make. Enter goes on to the next field and, on the last,
//! submits; from a hasty burst or a paste it does neither. Nothing typed is lost to a refusal.

mod draw;
mod fields;

use super::Reaction;
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::{Effect, Seen};
use crate::console::views::Subject;
use crate::console::views::compose::Ready;
use crate::console::widgets::field::{Edit, Field};
use crate::domain::codes::*;
use crate::domain::command::Command;
use crate::domain::rows::Kind;
use crate::domain::value::Fen;
use crate::store::reads::{Answer, Request};
use fields::{Input, Place};
use std::path::PathBuf;
use uuid::Uuid;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new incident about one product or several.
    Report,
    Triage,
    /// A counter's answer to a removal notice.
    Answer,
    /// A file that supports an incident.
    Attach,
    /// A delisted product applies anew.
    Relist,
    /// A new gift pack gets its name.
    Pack,
}

impl Purpose {
    /// Its word in text ids and in the answer's notice.
    pub const fn code(self) -> &'static str {
        match self {
            Purpose::Report => "report",
            Purpose::Triage => "triage",
            Purpose::Answer => "answer",
            Purpose::Attach => "attach",
            Purpose::Relist => "relist",
            Purpose::Pack => "pack",
        }
    }
}

/// The form's state.
pub struct Form {
    purpose: Purpose,
    /// Records it is about; empty while the product is still to be found.
    subjects: Vec<Subject>,
    places: Vec<Place>,
    at: usize,
    /// Why it was not submitted, in words or by text id.
    missing: Option<String>,
    /// Products that match what was typed, and the chosen one.
    matches: Vec<Subject>,
    chosen: usize,
    /// What the new gift pack holds.
    pack: Option<Ready>,
}

impl Form {
    /// A form about `subjects`; a report without any first asks for the product.
    pub fn new(purpose: Purpose, subjects: Vec<Subject>) -> Form {
        let mut places = fields::of(purpose, subjects.len());
        if purpose == Purpose::Report && subjects.is_empty() {
            places.insert(0, Place { id: "product", input: Input::Product(Field::new(60)), required: true });
        }
        Form { purpose, subjects, places, at: 0, missing: None, matches: Vec::new(), chosen: 0, pack: None }
    }

    /// The form that makes a gift pack of what was found.
    pub fn of_pack(pack: Ready) -> Form {
        Form { pack: Some(pack), ..Form::new(Purpose::Pack, Vec::new()) }
    }

    /// Says why what was typed was refused; it is asked about again.
    pub fn refused(&mut self, words: String) {
        self.missing = Some(words);
    }

    /// What to read for it: the products that match.
    pub fn wants(&self) -> Option<Effect> {
        let Some(Place { input: Input::Product(field), .. }) = self.places.first() else { return None };
        let query = fields::products();
        let typed = format!("{} state:listed,suspended,withdrawn", field.text());
        Some(Effect::Ask(super::ask::SLOT, Request::Page { query, typed }))
    }

    /// Looks for what was typed; what matched before is no longer meant.
    fn search(&mut self) -> Option<Effect> {
        let wants = self.wants();
        if wants.is_some() {
            self.matches.clear();
        }
        wants
    }

    /// Takes in the products that match.
    pub fn take(&mut self, answer: &Answer, name: impl Fn(&crate::store::page::PageRow) -> Option<Subject>) {
        if let Answer::Page { page, .. } = answer {
            self.matches = page.rows.iter().filter_map(name).collect();
            self.chosen = 0;
        }
    }

    pub fn text(&mut self, words: &str) -> Option<Effect> {
        self.missing = None;
        let typed = self.places.get_mut(self.at).is_some_and(|p| p.input.insert(words));
        if typed && self.at == 0 { self.search() } else { None }
    }

    pub fn key(&mut self, chord: Chord, hasty: bool) -> Reaction {
        let last = self.places.len().saturating_sub(1);
        let on_product = matches!(self.places.get(self.at).map(|p| &p.input), Some(Input::Product(_)));
        match chord.key {
            Key::Esc => return Reaction::Close,
            Key::Up if on_product => self.chosen = self.chosen.saturating_sub(1),
            Key::Down if on_product => self.chosen = (self.chosen + 1).min(self.matches.len().saturating_sub(1)),
            Key::Up => self.at = self.at.saturating_sub(1),
            Key::Tab if chord.shift => self.at = self.at.saturating_sub(1),
            Key::Tab | Key::Down => self.at = (self.at + 1).min(last),
            // What was pasted or typed ahead may fill a field, never leave it or submit.
            Key::Enter if hasty => {}
            Key::Enter if self.at < last => self.at += 1,
            Key::Enter => return self.submit(),
            _ => {
                self.missing = None;
                let Some(place) = self.places.get_mut(self.at) else { return Reaction::Stay };
                let edit = place.input.key(chord);
                if on_product && edit == Edit::Changed {
                    return self.search().map_or(Reaction::Stay, |e| Reaction::Ask(vec![e]));
                }
            }
        }
        Reaction::Stay
    }

    fn submit(&mut self) -> Reaction {
        if let Some(i) = self.places.iter().position(|p| p.required && p.input.is_empty()) {
            self.at = i;
            self.missing = Some(format!("form-needs-{}", self.places[i].id));
            return Reaction::Stay;
        }
        if let Some(pack) = &self.pack {
            let Ok(commands) = self.draft(pack) else {
                self.at = self.places.iter().position(|p| p.id == "until").unwrap_or(0);
                self.missing = Some("form-needs-until".into());
                return Reaction::Stay;
            };
            let what = format!("pack:{}", self.word("pack_name"));
            return Reaction::Do(vec![Effect::Submit { commands, seen: Vec::new(), about: Vec::new(), what }]);
        }
        // The product found stays a choice: after a refusal another one can be looked for.
        let subjects = match (&self.subjects[..], self.matches.get(self.chosen)) {
            ([], None) => {
                self.at = 0;
                self.missing = Some("form-needs-product".into());
                return Reaction::Stay;
            }
            ([], Some(product)) => vec![product.clone()],
            (some, _) => some.to_vec(),
        };
        let what = match &subjects[..] {
            [one] => format!("{} {}", one.code, one.name),
            many if text::half_width(&self.word("count")) != many.len().to_string() => {
                self.at = self.places.len().saturating_sub(1);
                self.missing = Some("ask-needs-count".into());
                return Reaction::Stay;
            }
            many => many.len().to_string(),
        };
        if self.purpose == Purpose::Answer && self.quantity().is_none() {
            self.at = self.places.iter().position(|p| p.id == "quantity").unwrap_or(0);
            self.missing = Some("form-needs-quantity".into());
            return Reaction::Stay;
        }
        let what = format!("{}:{what}", self.purpose.code());
        if self.purpose == Purpose::Attach {
            let Some(one) = subjects.first() else { return Reaction::Stay };
            let (kind, title) = (self.code("evidence", EvidenceKind::parse), self.word("paper"));
            let path = PathBuf::from(self.word("file"));
            return Reaction::Do(vec![Effect::Attach { incident: one.id, kind, title, path, what }]);
        }
        let about: Vec<(Kind, Uuid)> = subjects.iter().map(|s| (s.kind, s.id)).collect();
        let seen = subjects.iter().map(|s| Seen { kind: s.kind, id: s.id, rev: s.rev }).collect();
        let commands: Vec<Command> = subjects.iter().map(|s| self.command(s)).collect();
        Reaction::Do(vec![Effect::Submit { commands, seen, about, what }])
    }

    /// The command that makes the pack.
    fn draft(&self, pack: &Ready) -> Result<Vec<Command>, jiff::Error> {
        let until = text::half_width(&self.word("until"));
        Ok(vec![Command::DraftPack {
            name: self.word("pack_name"),
            occasion: self.word("occasion"),
            audience: self.word("audience"),
            price: Fen(pack.price),
            items: pack.items.clone(),
            valid_until: if until.is_empty() { None } else { Some(until.parse()?) },
        }])
    }

    fn command(&self, s: &Subject) -> Command {
        match self.purpose {
            Purpose::Triage => Command::TriageIncident {
                incident: s.id,
                grade: self.code("grade", Grade::parse),
                recall_class: self.code("recall_class", Grade::parse),
                batches: self.word("batches"),
                suspend: self.word("suspend") == "yes",
                reason: self.word("reason"),
            },
            Purpose::Answer => Command::AckRemoval {
                notice: s.id,
                answer: self.code("answer", AckAnswer::parse),
                quantity: self.quantity().unwrap_or(0),
                reason: self.word("reason"),
            },
            Purpose::Relist => Command::RelistEntry { entry: s.id, reason: self.word("reason") },
            // Attaching goes by the loop, which reads the file; a pack is made of what was found.
            Purpose::Report | Purpose::Attach | Purpose::Pack => Command::ReportIncident {
                entry: s.id,
                title: self.word("title"),
                place: self.word("place"),
                grade: self.code("grade", Grade::parse),
            },
        }
    }

    /// How many pieces, when a number was typed.
    fn quantity(&self) -> Option<i64> {
        text::half_width(&self.word("quantity")).parse().ok()
    }

    /// What stands in a field: text as typed, or the code chosen.
    fn word(&self, id: &str) -> String {
        self.places.iter().find(|p| p.id == id).map_or_else(String::new, |p| p.input.word())
    }

    /// The code chosen in a field; the first of the set where there is no such field.
    fn code<T: First>(&self, id: &str, parse: impl Fn(&str) -> Option<T>) -> T {
        parse(&self.word(id)).unwrap_or(T::FIRST)
    }
}

/// The first code of a set.
pub trait First {
    const FIRST: Self;
}

impl First for Grade {
    const FIRST: Grade = Grade::One;
}

impl First for AckAnswer {
    const FIRST: AckAnswer = AckAnswer::Removed;
}

impl First for EvidenceKind {
    const FIRST: EvidenceKind = EvidenceKind::TestReport;
}
