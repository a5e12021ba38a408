//! The page before a delisting, the only one that looks like this: what it touches, counted and listed, and the ritual.
//!
//! Asks why and for the code of the product (the number of them, when they are several), typed; then Tab to the button
//! and `y`, which is another key than the one that opened it. Enter alone, a paste, a burst or what was typed ahead
//! never confirms. The default is to leave everything as it is.

mod draw;

use super::Reaction;
use super::ask::SLOT;
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::{Effect, Seen};
use crate::console::views::Context;
use crate::console::views::detail::history::change_words;
use crate::console::widgets::field::Field;
use crate::domain::command::Command;
use crate::domain::rows::Kind;
use crate::store::detail::{Detail, is_refused};
use crate::store::preview::Preview;
use crate::store::reads::Request;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Longest reason in graphemes, well under what the domain takes.
const REASON: usize = 200;
/// Nobody reads the page and means the button in less.
const GUARD: Duration = Duration::from_millis(400);

/// Where the keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    Reason,
    Code,
    Button,
}

/// The page's state.
pub struct Delist {
    incidents: Vec<Uuid>,
    entries: Vec<Uuid>,
    preview: Option<Box<Preview>>,
    reason: Field,
    code: Field,
    focus: Focus,
    /// When the newest key came, and when the button was reached.
    now: Option<Instant>,
    reached: Option<Instant>,
    top: usize,
    height: usize,
    /// Text id of what is missing, after an attempt.
    missing: Option<&'static str>,
    /// What changed meanwhile, in words.
    changed: Vec<String>,
}

impl Delist {
    /// The page for some incidents, or for the incidents of some products.
    pub fn new(incidents: Vec<Uuid>, entries: Vec<Uuid>) -> Delist {
        Delist {
            incidents,
            entries,
            preview: None,
            reason: Field::new(REASON),
            code: Field::new(40),
            focus: Focus::Reason,
            now: None,
            reached: None,
            top: 0,
            height: 1,
            missing: None,
            changed: Vec::new(),
        }
    }

    /// What to read for it.
    pub fn wants(&self, cx: &crate::domain::actor::Actor) -> Effect {
        let (incidents, entries) = (self.incidents.clone(), self.entries.clone());
        Effect::Ask(SLOT, Request::Preview { actor: Box::new(cx.clone()), incidents, entries })
    }

    /// Takes in what it would touch.
    pub fn take(&mut self, preview: Preview) {
        self.preview = Some(Box::new(preview));
    }

    /// What to read when the record with this code was refused as changed: the record, for its difference.
    pub fn wants_changed(&self, code: &str) -> Option<Effect> {
        let cases = &self.preview.as_ref()?.cases;
        let entry = cases.iter().find(|c| c.entry.code == code).map(|c| (Kind::CatalogEntry, c.entry.id.0));
        let incident = cases.iter().find(|c| c.incident.code == code).map(|c| (Kind::Incident, c.incident.id.0));
        let (kind, id) = entry.or(incident)?;
        Some(Effect::Ask(SLOT, Request::Detail { kind, id }))
    }

    /// Takes in a record that changed since the page was read: the difference is shown, and everything is asked anew.
    pub fn take_changed(&mut self, detail: &Detail, cx: &Context<'_>) {
        let seen = self.seen().into_iter().find(|s| s.id == detail.row.uuid()).map_or(0, |s| s.rev);
        let news = usize::try_from(detail.row.meta().rev - seen).unwrap_or(0);
        let events = detail.history.iter().filter(|e| !is_refused(&e.outcome)).take(news);
        self.changed = events
            .flat_map(|e| {
                let who = format!("{} {}", cx.format.moment(e.at), text::display(&e.person));
                e.fields.iter().filter_map(|f| change_words(f, cx)).map(move |w| format!("{who}  {w}"))
            })
            .collect();
        self.code.clear();
        self.focus = Focus::Code;
        self.top = 0;
        self.missing = Some("delist-changed");
    }

    /// Takes note of when a key came.
    pub fn at(&mut self, pressed: Option<Instant>) {
        self.now = pressed;
    }

    fn is_bulk(&self) -> bool {
        self.preview.as_ref().is_some_and(|p| p.cases.len() > 1)
    }

    /// What has to be typed: the product's code, or how many there are.
    fn expected(&self) -> Option<String> {
        match &self.preview.as_ref()?.cases[..] {
            [] => None,
            [one] => Some(one.entry.code.clone()),
            many => Some(many.len().to_string()),
        }
    }

    /// The rows it was decided on by looking.
    fn seen(&self) -> Vec<Seen> {
        let cases = self.preview.iter().flat_map(|p| &p.cases);
        cases
            .flat_map(|c| {
                let incident = Seen { kind: Kind::Incident, id: c.incident.id.0, rev: c.incident.meta.rev };
                [incident, Seen { kind: Kind::CatalogEntry, id: c.entry.id.0, rev: c.entry.meta.rev }]
            })
            .collect()
    }

    /// Committed or pasted text. The code is typed, never pasted: a paste proves nobody read it.
    pub fn text(&mut self, words: &str, pasted: bool) {
        self.missing = None;
        match self.focus {
            Focus::Reason => _ = self.reason.insert(words),
            Focus::Code if pasted => self.missing = Some("delist-typed"),
            Focus::Code => _ = self.code.insert(words),
            // An input method that is on sends the key as text: it has to be typed without it.
            Focus::Button => self.missing = Some("delist-button"),
        }
    }

    pub fn key(&mut self, chord: Chord, hasty: bool) -> Reaction {
        let page = self.height.saturating_sub(1).max(1);
        match chord.key {
            Key::Esc => return Reaction::Close,
            Key::Up => self.top = self.top.saturating_sub(1),
            Key::Down => self.top += 1,
            Key::PageUp => self.top = self.top.saturating_sub(page),
            Key::PageDown => self.top += page,
            // What was pasted or typed ahead fills a field, never leaves it.
            Key::Tab | Key::Enter if hasty => {}
            Key::Tab if chord.shift => self.back(),
            Key::Tab => self.onward(),
            // Enter goes from the reason to the code, and nowhere else.
            Key::Enter if self.focus == Focus::Reason && !self.reason.text().trim().is_empty() => {
                self.focus = Focus::Code;
            }
            Key::Enter => {}
            _ => return self.typed(chord, hasty),
        }
        Reaction::Stay
    }

    fn typed(&mut self, chord: Chord, hasty: bool) -> Reaction {
        self.missing = None;
        match self.focus {
            Focus::Reason => _ = self.reason.key(chord),
            Focus::Code => _ = self.code.key(chord),
            Focus::Button => {
                let meant = chord.command_form().key == Key::Char('y');
                let ripe = self.reached.zip(self.now).is_some_and(|(then, now)| now.duration_since(then) >= GUARD);
                match meant {
                    true if ripe && !hasty => return self.confirm(),
                    true => self.missing = Some("delist-too-soon"),
                    false => self.back(),
                }
            }
        }
        Reaction::Stay
    }

    fn back(&mut self) {
        self.missing = None;
        self.focus = match self.focus {
            Focus::Button => Focus::Code,
            _ => Focus::Reason,
        };
    }

    /// To the next field; to the button only when everything is there.
    fn onward(&mut self) {
        self.missing = None;
        match self.focus {
            Focus::Reason => self.focus = Focus::Code,
            Focus::Button => self.focus = Focus::Reason,
            Focus::Code => match self.lacks() {
                Some(lack) => self.missing = Some(lack),
                None => {
                    self.focus = Focus::Button;
                    self.reached = self.now;
                }
            },
        }
    }

    /// What keeps the button out of reach.
    fn lacks(&mut self) -> Option<&'static str> {
        let Some(preview) = &self.preview else { return Some("delist-reading") };
        if preview.refusal.is_some() || preview.cases.is_empty() {
            return Some("delist-refused");
        }
        if text::clean(&self.reason.text()).is_empty() {
            self.focus = Focus::Reason;
            return Some("ask-needs-reason");
        }
        let typed = text::half_width(&self.code.text()).trim().to_uppercase();
        let wrong = self.expected().is_none_or(|e| e != typed);
        wrong.then_some(if self.is_bulk() { "ask-needs-count" } else { "delist-needs-code" })
    }

    fn confirm(&mut self) -> Reaction {
        if let Some(lack) = self.lacks() {
            self.missing = Some(lack);
            return Reaction::Stay;
        }
        let Some(preview) = &self.preview else { return Reaction::Stay };
        let reason = text::clean(&self.reason.text());
        let commands = preview.cases.iter().map(|c| Command::ConfirmIncident {
            incident: c.incident.id.0,
            product: c.entry.code.clone(),
            reason: reason.clone(),
        });
        let about = preview.cases.iter().map(|c| (Kind::Incident, c.incident.id.0)).collect();
        let what = match &preview.cases[..] {
            [one] => format!("confirm:{} {}", one.entry.code, one.entry.name),
            many => format!("confirm:{}", many.len()),
        };
        Reaction::Do(vec![Effect::Submit { commands: commands.collect(), seen: self.seen(), about, what }])
    }
}
