//! The ask before a change: what will happen to what, and why. Submits nothing that was not confirmed by a person.
//!
//! A reversible change asks for a reason and Enter. Several records at once also ask for their number, typed. Enter
//! from a hasty burst or a paste confirms nothing.

use super::{Reaction, sheet};
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::{Effect, Seen};
use crate::console::theme::Role;
use crate::console::views::{Caret, Context, Subject};
use crate::console::widgets::field::Field;
use crate::domain::command::Command;
use crate::domain::machine::{self, Verb};
use ratatui::Frame;
use ratatui::layout::Rect;

/// Longest reason in graphemes, well under what the domain takes.
const REASON: usize = 200;

/// The ask's state.
pub struct Ask {
    verb: Verb,
    subjects: Vec<Subject>,
    reason: Field,
    count: Field,
    /// Whether the number is being typed.
    on_count: bool,
    /// Text id of what is missing, after an attempt.
    missing: Option<&'static str>,
}

impl Ask {
    /// Asks before `verb` is done to `subjects`; those it cannot be done to are left out.
    pub fn new(verb: Verb, subjects: Vec<Subject>) -> Ask {
        let subjects = subjects.into_iter().filter(|s| machine::arrow(s.kind, &s.state, verb).is_some()).collect();
        Ask { verb, subjects, reason: Field::new(REASON), count: Field::new(6), on_count: false, missing: None }
    }

    /// Whether there is nothing it can be done to.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    fn is_bulk(&self) -> bool {
        self.subjects.len() > 1
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
        if reason.is_empty() {
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
        Reaction::Do(vec![Effect::Submit { commands, seen, what: format!("{}:{what}", self.verb.code()) }])
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let locale = cx.format.locale;
        let shown = self.subjects.len().min(5) as u16;
        let height = (shown + 8 + 2 * u16::from(self.is_bulk())).min(area.height);
        let at = Rect { y: area.bottom() - height, height, ..area };
        let title = match &self.subjects[..] {
            [one] => format!("{}  {} {}", locale.code("verb", self.verb.code()), one.code, text::display(&one.name)),
            many => {
                let n = many.len().to_string();
                format!("{}  {}", locale.code("verb", self.verb.code()), locale.tr_with("ask-many", &[("n", &n)]))
            }
        };
        let body = sheet(frame, at, cx, &title);
        let width = usize::from(body.width.saturating_sub(4));
        let mut y = body.y;
        let mut line = |frame: &mut Frame<'_>, text: &str, role: Role| {
            if y < body.bottom() {
                frame.buffer_mut().set_stringn(body.x + 2, y, text::short(text, width), width, cx.theme.style(role));
            }
            y += 1;
            y
        };
        if self.is_bulk() {
            for s in self.subjects.iter().take(5) {
                let state = locale.code(s.kind.table(), &s.state);
                line(frame, &format!("{} {}  {state}", s.code, text::display(&s.name)), Role::Text);
            }
        }
        let effect = format!("ask-{}", self.verb.code().replace('_', "-"));
        for part in text::wrap(&locale.tr(&effect), width) {
            line(frame, &part, Role::Info);
        }
        line(frame, "", Role::Text);
        let reason_y = line(frame, &locale.tr("ask-reason"), Role::Heading);
        let caret = self.field(frame, cx, &self.reason, body, reason_y);
        y = reason_y + 1;
        let mut count_caret = caret;
        if self.is_bulk() {
            let n = self.subjects.len().to_string();
            let label = locale.tr_with("ask-count", &[("n", &n)]);
            if y < body.bottom() {
                frame.buffer_mut().set_stringn(body.x + 2, y, label, width, cx.theme.style(Role::Heading));
            }
            count_caret = self.field(frame, cx, &self.count, body, y + 1);
            y += 2;
        }
        let (id, role) = self.missing.map_or(("ask-keys", Role::Dim), |id| (id, Role::Warning));
        if y < body.bottom() {
            let text = text::short(&locale.tr(id), width);
            frame.buffer_mut().set_stringn(body.x + 2, y, text, width, cx.theme.style(role));
        }
        Caret::Typing(if self.on_count { count_caret } else { caret })
    }

    fn field(
        &self,
        frame: &mut Frame<'_>,
        cx: &Context<'_>,
        field: &Field,
        body: Rect,
        y: u16,
    ) -> ratatui::layout::Position {
        let y = y.min(body.bottom().saturating_sub(1));
        let line = Rect { x: body.x + 2, y, width: body.width.saturating_sub(4), height: 1 };
        field.draw(line, frame.buffer_mut(), cx.theme.style(Role::Input))
    }
}
