//! A plain change asks one thing: `y`. Any other key leaves everything as it is, so that a held key does nothing twice.

use super::{Reaction, sheet};
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// The question's state.
pub struct Confirm {
    question: String,
    effects: Vec<Effect>,
}

impl Confirm {
    /// Asks `question`; `effects` follow when the answer is yes.
    pub fn new(question: String, effects: Vec<Effect>) -> Confirm {
        Confirm { question, effects }
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
