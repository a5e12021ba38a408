//! A plain change asks one thing: `y`. Any other key leaves everything as it is, so that a held key does nothing twice.

use super::{Reaction, sheet};
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use std::time::{Duration, Instant};

/// Nobody reads a question and answers it in less.
const READING: Duration = Duration::from_millis(300);

/// The question's state.
pub struct Confirm {
    question: String,
    effects: Vec<Effect>,
    /// When the key came that opened it.
    opened: Option<Instant>,
}

impl Confirm {
    /// Asks `question`, opened by a key at `opened`; `effects` follow when the answer is yes.
    pub fn new(question: String, effects: Vec<Effect>, opened: Option<Instant>) -> Confirm {
        Confirm { question, effects, opened }
    }

    /// Whether a key that came at `at` came too soon after the question to be an answer to it.
    pub fn is_unread(&self, at: Option<Instant>) -> bool {
        self.opened.zip(at).is_some_and(|(opened, at)| at.duration_since(opened) < READING)
    }

    pub fn key(&mut self, chord: Chord, hasty: bool) -> Reaction {
        match chord.command_form().key {
            Key::Char('y') if !hasty => Reaction::Do(std::mem::take(&mut self.effects)),
            _ => Reaction::Close,
        }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let width = usize::from(area.width.saturating_sub(4));
        let lines = text::wrap(&self.question, width);
        let height = (lines.len() as u16 + 3).min(area.height);
        let at = Rect { y: area.bottom() - height, height, ..area };
        let body = sheet(frame, at, cx, &cx.format.locale.tr("confirm-title"));
        let keys = cx.format.locale.tr("confirm-keys").into_owned();
        let shown = lines.iter().map(|l| (l, Role::Text)).chain([(&keys, Role::Dim)]);
        for ((line, role), y) in shown.zip(body.y..body.bottom()) {
            frame.buffer_mut().set_stringn(body.x + 2, y, text::short(line, width), width, cx.theme.style(role));
        }
        Caret::Parked(Position::new(body.x, body.y))
    }
}
