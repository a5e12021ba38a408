//! A conflict field by field: each field with both sides, a key to take the other side, a key to send what was chosen.
//!
//! Owns the choice. Enter asks nothing more: what is sent is what stands on the screen, and an order of its own that can be
//! taken back.

use super::{Reaction, sheet};
use crate::base::text;
use crate::console::keys::{Chord, Key};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::views::order::side_text;
use crate::console::views::{Caret, Context};
use crate::domain::merge::{Field, Side};
use crate::store::merge::Sides;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use std::time::{Duration, Instant};

/// Nobody looks at fields and chooses in less.
const READING: Duration = Duration::from_millis(300);

/// The choice's state.
pub struct Merge {
    n: i64,
    sides: Sides,
    /// Of the fields there is a choice about, in their order.
    chosen: Vec<(Field, Side)>,
    at: usize,
    /// When the key came that opened it.
    opened: Option<Instant>,
}

impl Merge {
    /// The fields of order `n`, each with the side it has by itself, opened by a key at `opened`.
    pub fn new(n: i64, sides: Sides, opened: Option<Instant>) -> Merge {
        let chosen = sides.fields.iter().filter(|f| f.differs()).map(|f| (f.clone(), f.side())).collect();
        Merge { n, sides, chosen, at: 0, opened }
    }

    /// Whether a key that came at `at` came before anyone could read the fields.
    pub fn is_unread(&self, at: Option<Instant>) -> bool {
        self.opened.zip(at).is_some_and(|(opened, at)| at.duration_since(opened) < READING)
    }

    pub fn key(&mut self, chord: Chord, hasty: bool) -> Reaction {
        let last = self.chosen.len().saturating_sub(1);
        match chord.command_form().key {
            Key::Esc => return Reaction::Close,
            Key::Up | Key::Char('k') => self.at = self.at.saturating_sub(1),
            Key::Down | Key::Tab | Key::Char('j') => self.at = (self.at + 1).min(last),
            Key::Left | Key::Char('h') => self.take(Some(Side::Mine)),
            Key::Right | Key::Char('l') => self.take(Some(Side::Theirs)),
            Key::Char(' ') => self.take(None),
            Key::Enter if !hasty => return Reaction::Do(vec![self.effect()]),
            _ => {}
        }
        Reaction::Stay
    }

    /// Gives the field at hand this side, or the other one.
    fn take(&mut self, side: Option<Side>) {
        let Some((_, now)) = self.chosen.get_mut(self.at) else { return };
        *now = side.unwrap_or(if *now == Side::Mine { Side::Theirs } else { Side::Mine });
    }

    fn effect(&self) -> Effect {
        let of = |side: Side| self.chosen.iter().filter(|(_, s)| *s == side).map(|(f, _)| f.column).collect();
        Effect::Merge { n: self.n, rev: self.sides.rev, mine: of(Side::Mine), theirs: of(Side::Theirs) }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let locale = cx.format.locale;
        let width = usize::from(area.width.saturating_sub(4));
        let wanted = self.chosen.len().max(1) * 3 + 2;
        let height = u16::try_from(wanted).unwrap_or(u16::MAX).min(area.height);
        let at = Rect { y: area.bottom() - height, height, ..area };
        let title = locale.tr_with("merge-title", &[("n", &self.n.to_string())]);
        let body = sheet(frame, at, cx, &title);
        let room = usize::from(body.height) / 3;
        let first = self.at.saturating_sub(room.saturating_sub(1));
        let mut caret = Position::new(body.x, body.y);
        let mut y = body.y;
        let mut put = |frame: &mut Frame<'_>, words: &str, role: Role| {
            if y < body.bottom() {
                frame.buffer_mut().set_stringn(body.x + 2, y, text::short(words, width), width, cx.theme.style(role));
            }
            y += 1;
            Position::new(body.x + 2, y - 1)
        };
        if self.chosen.is_empty() {
            put(frame, &locale.tr("merge-same"), Role::Text);
        }
        for (place, (field, side)) in self.chosen.iter().enumerate().skip(first).take(room.max(1)) {
            let here = place == self.at;
            let (head, role) = self.head(field, here, cx);
            let position = put(frame, &head, role);
            if here {
                caret = position;
            }
            for (own, value) in [(Side::Mine, &field.mine), (Side::Theirs, &field.theirs)] {
                let taken = own == *side;
                let id = if own == Side::Mine { "merge-mine" } else { "merge-theirs" };
                let value = side_text(self.sides.kind, field, value, cx);
                let mark = if taken { "(*)" } else { "( )" };
                let words = format!("    {mark} {}", locale.tr_with(id, &[("value", &value)]));
                put(frame, &words, if taken { Role::Text } else { Role::Dim });
            }
        }
        Caret::Parked(caret)
    }

    /// `> 价格  原 12.00  双方都改`.
    fn head(&self, field: &Field, here: bool, cx: &Context<'_>) -> (String, Role) {
        let locale = cx.format.locale;
        let base = side_text(self.sides.kind, field, &field.base, cx);
        let label = locale.code("field", field.column);
        let mut words =
            format!("{} {label}  {}", if here { ">" } else { " " }, locale.tr_with("merge-base", &[("value", &base)]));
        if field.clashes() {
            words.push_str("  ");
            words.push_str(&locale.code("side", "both"));
        }
        (words, if field.clashes() { Role::Warning } else { Role::Heading })
    }
}
