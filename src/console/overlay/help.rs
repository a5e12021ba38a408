//! Help: every action with its keys, searchable; the same table as the palette's.

use super::palette::{draw_entry, key_names, label};
use super::{Reaction, sheet};
use crate::base::glyphs;
use crate::console::action::{ACTIONS, Entry, KeyMap};
use crate::console::keys::{Chord, Key};
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::console::widgets::field::{Edit, Field};
use ratatui::Frame;
use ratatui::layout::Rect;

/// The help page's state.
pub struct Help {
    field: Field,
    top: usize,
    height: usize,
}

impl Default for Help {
    fn default() -> Help {
        Help { field: Field::new(60), top: 0, height: 10 }
    }
}

impl Help {
    pub fn text(&mut self, text: &str) {
        self.field.insert(text);
        self.top = 0;
    }

    pub fn key(&mut self, chord: Chord) -> Reaction {
        match chord.key {
            Key::Esc => return Reaction::Close,
            Key::Enter if self.field.is_empty() => return Reaction::Close,
            Key::Char('q' | '?') if self.field.is_empty() => return Reaction::Close,
            Key::Up => self.top = self.top.saturating_sub(1),
            Key::Down => self.top += 1,
            Key::PageUp => self.top = self.top.saturating_sub(self.height),
            Key::PageDown => self.top += self.height,
            _ => {
                if self.field.key(chord) == Edit::Changed {
                    self.top = 0;
                }
            }
        }
        Reaction::Stay
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, keys: &KeyMap) -> Caret {
        let body = sheet(frame, area, cx, &cx.format.locale.tr("help-title"));
        let line = Rect { x: body.x + 2, width: body.width.saturating_sub(3), height: 1.min(body.height), ..body };
        frame.buffer_mut().set_stringn(body.x, body.y, "/", 1, cx.theme.style(Role::Key));
        let caret = self.field.draw(line, frame.buffer_mut(), cx.theme.style(Role::Input));
        let typed = self.field.text();
        let found = |e: &&Entry| {
            typed.trim().is_empty()
                || glyphs::matches(&typed, &label(e, cx))
                || key_names(e, cx, keys).split(' ').any(|k| k == typed.trim())
        };
        let entries: Vec<&Entry> = ACTIONS.iter().filter(found).collect();
        self.height = usize::from(body.height.saturating_sub(2)).max(1);
        self.top = self.top.min(entries.len().saturating_sub(self.height));
        for (entry, y) in entries.iter().skip(self.top).zip(body.y + 1..body.bottom()) {
            draw_entry(entry, frame, Rect { y, height: 1, ..body }, cx, keys, false);
        }
        Caret::Typing(caret)
    }
}
