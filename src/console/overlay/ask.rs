//! The ask before a change: what will happen to what, and why. Submits nothing that was not confirmed by a person.
//!
//! A reversible change asks for a reason and Enter. Several records at once also ask for their number, typed. Enter
//! from a hasty burst or a paste confirms nothing. What a person typed survives a refusal: a record that changed
//! meanwhile is asked about again, with what changed.

mod draw;

use super::Reaction;
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::{Effect, Seen};
use crate::console::views::detail::history::change_words;
use crate::console::views::{Context, Subject};
use crate::console::widgets::field::Field;
use crate::domain::command::Command;
use crate::domain::machine::{self, Verb};
use crate::domain::rows::Kind;
use crate::store::detail::{Detail, Reach, is_refused};
use crate::store::reads::{Request, Slot};

/// Longest reason in graphemes, well under what the domain takes.
const REASON: usize = 200;

/// The slot of what an ask reads; views count theirs from 1.
pub const SLOT: Slot = 0;

/// The ask's state.
pub struct Ask {
    verb: Verb,
    /// Records it will be done to.
    subjects: Vec<Subject>,
    /// Marked records it cannot be done to.
    others: Vec<Subject>,
    reason: Field,
    count: Field,
    /// Whether the number is being typed.
    on_count: bool,
    /// Text id of what is missing, after an attempt.
    missing: Option<&'static str>,
    /// What hangs on the records, once it is counted.
    reach: Option<Reach>,
    /// What changed meanwhile in a record, in words.
    changed: Vec<String>,
}

impl Ask {
    /// Asks before `verb` is done to `subjects`; those it cannot be done to are named and left as they are.
    pub fn new(verb: Verb, subjects: Vec<Subject>) -> Ask {
        let (subjects, others) = subjects.into_iter().partition(|s| machine::arrow(s.kind, &s.state, verb).is_some());
        Ask {
            verb,
            subjects,
            others,
            reason: Field::new(REASON),
            count: Field::new(6),
            on_count: false,
            missing: None,
            reach: None,
            changed: Vec::new(),
        }
    }

    /// Whether there is nothing it can be done to.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    /// Whether the arrow asks why.
    fn needs_reason(&self) -> bool {
        let arrow = |s: &Subject| machine::arrow(s.kind, &s.state, self.verb).is_some_and(|a| a.reason);
        self.subjects.iter().any(arrow)
    }

    fn is_bulk(&self) -> bool {
        self.subjects.len() > 1
    }

    /// What to read while it is open: how much the change would touch.
    pub fn wants(&self) -> Option<Effect> {
        let entries = self.subjects.iter().filter(|s| s.kind == Kind::CatalogEntry).map(|s| s.id).collect();
        (self.verb == Verb::Suspend).then_some(Effect::Ask(SLOT, Request::Reach(entries)))
    }

    /// Takes in how much would be touched.
    pub fn take_reach(&mut self, reach: Reach) {
        self.reach = Some(reach);
    }

    /// What to read when the record with this code was refused as changed.
    pub fn wants_changed(&self, code: &str) -> Option<Effect> {
        let subject = self.subjects.iter().find(|s| s.code == code).or_else(|| self.subjects.first())?;
        Some(Effect::Ask(SLOT, Request::Detail { kind: subject.kind, id: subject.id }))
    }

    /// Takes in a record as it is now: what changed since it was seen is shown, and it is asked about anew. False when
    /// it can no longer be done.
    pub fn take_changed(&mut self, detail: &Detail, cx: &Context<'_>) -> bool {
        let Some(subject) = self.subjects.iter_mut().find(|s| s.id == detail.row.uuid()) else { return true };
        let meta = detail.row.meta();
        let news = usize::try_from(meta.rev - subject.rev).unwrap_or(0);
        let events = detail.history.iter().filter(|e| !is_refused(&e.outcome)).take(news);
        self.changed = events
            .flat_map(|e| {
                let who = format!("{} {}", cx.format.moment(e.at), text::display(&e.person));
                e.fields.iter().filter_map(|f| change_words(f, cx)).map(move |w| format!("{who}  {w}"))
            })
            .collect();
        subject.rev = meta.rev;
        if let Some(state) = crate::console::views::detail::field(&detail.row, "state") {
            state.as_text().unwrap_or_default().clone_into(&mut subject.state);
        }
        self.missing = Some("ask-changed");
        machine::arrow(subject.kind, &subject.state, self.verb).is_some()
    }

    pub fn text(&mut self, text: &str) {
        self.missing = None;
        if self.on_count {
            self.count.insert(text)
        } else {
            self.reason.insert(text)
        };
    }

    pub fn key(&mut self, chord: Chord, hasty: bool) -> Reaction {
        match chord.key {
            Key::Esc => return Reaction::Close,
            Key::Tab | Key::Up | Key::Down => self.on_count = self.is_bulk() && !self.on_count,
            // What was pasted or typed ahead may fill the reason, never confirm.
            Key::Enter if hasty => {}
            Key::Enter => return self.confirm(),
            _ => {
                self.missing = None;
                if self.on_count {
                    self.count.key(chord)
                } else {
                    self.reason.key(chord)
                };
            }
        }
        Reaction::Stay
    }

    fn confirm(&mut self) -> Reaction {
        let reason = text::clean(&self.reason.text());
        if reason.is_empty() && self.needs_reason() {
            self.on_count = false;
            self.missing = Some("ask-needs-reason");
            return Reaction::Stay;
        }
        if self.is_bulk() && text::half_width(&self.count.text()) != self.subjects.len().to_string() {
            self.missing = Some("ask-needs-count");
            self.on_count = true;
            return Reaction::Stay;
        }
        let commands = self
            .subjects
            .iter()
            .map(|s| Command::Move { kind: s.kind, id: s.id, verb: self.verb, reason: reason.clone() })
            .collect();
        let seen = self.subjects.iter().map(|s| Seen { kind: s.kind, id: s.id, rev: s.rev }).collect();
        let what = match &self.subjects[..] {
            [one] => format!("{} {}", one.code, one.name),
            many => many.len().to_string(),
        };
        let about = self.subjects.iter().map(|s| (s.kind, s.id)).collect();
        let what = format!("{}:{what}", self.verb.code());
        Reaction::Do(vec![Effect::Submit { commands, seen, about, what }])
    }
}
