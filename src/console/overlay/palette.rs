//! The palette: every action by Chinese name, pinyin, initials or id; its keys stand beside it.

use super::{Reaction, sheet};
use crate::base::{glyphs, text};
use crate::console::action::{ACTIONS, Danger, Entry, KeyMap, Scope, label_id};
use crate::console::keys::{Chord, Key};
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::console::widgets::field::{Edit, Field};
use ratatui::Frame;
use ratatui::layout::Rect;

/// The palette's state.
pub struct Palette {
    field: Field,
    cursor: usize,
    /// Scopes at hand where it was opened.
    scopes: Vec<Scope>,
}

impl Palette {
    pub fn new(scopes: Vec<Scope>) -> Palette {
        Palette { field: Field::new(60), cursor: 0, scopes }
    }

    /// The actions that can be done here and match what was typed.
    fn found(&self, cx: &Context<'_>) -> Vec<&'static Entry> {
        let typed = self.field.text();
        let at_hand = |e: &&Entry| self.scopes.contains(&e.scope) && !e.id.starts_with("move.");
        let matches = |e: &&Entry| {
            typed.trim().is_empty() || e.id.contains(typed.trim()) || glyphs::matches(&typed, &label(e, cx))
        };
        ACTIONS.iter().filter(at_hand).filter(matches).collect()
    }

    pub fn text(&mut self, text: &str) {
        self.field.insert(text);
        self.cursor = 0;
    }

    pub fn key(&mut self, chord: Chord, hasty: bool, cx: &Context<'_>, _keys: &KeyMap) -> Reaction {
        match chord.key {
            Key::Esc => return Reaction::Close,
            Key::Up => self.cursor = self.cursor.saturating_sub(1),
            Key::Down | Key::Tab => self.cursor += 1,
            Key::Enter => {
                return match self.found(cx).get(self.cursor) {
                    // A pasted command line must not start a change.
                    Some(e) if hasty && e.danger != Danger::None => Reaction::Stay,
                    Some(e) => Reaction::Act(e.action),
                    None => Reaction::Stay,
                };
            }
            _ => {
                if self.field.key(chord) == Edit::Changed {
                    self.cursor = 0;
                }
            }
        }
        self.cursor = self.cursor.min(self.found(cx).len().saturating_sub(1));
        Reaction::Stay
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, keys: &KeyMap) -> Caret {
        let found = self.found(cx);
        let height = (found.len() as u16 + 2).clamp(4, area.height.min(16));
        let sheet_area = Rect { height, ..area };
        let count =
            format!("{}  {}/{}", cx.format.locale.tr("palette-title"), found.len().min(self.cursor + 1), found.len());
        let body = sheet(frame, sheet_area, cx, &count);
        let line = Rect { x: body.x + 2, width: body.width.saturating_sub(3), height: 1.min(body.height), ..body };
        frame.buffer_mut().set_stringn(body.x, body.y, ":", 1, cx.theme.style(Role::Key));
        let caret = self.field.draw(line, frame.buffer_mut(), cx.theme.style(Role::Input));
        let room = usize::from(body.height.saturating_sub(1)).max(1);
        let top = (self.cursor + 1).saturating_sub(room);
        for (i, (entry, y)) in found.iter().skip(top).zip(body.y + 1..body.bottom()).enumerate() {
            let selected = top + i == self.cursor;
            draw_entry(entry, frame, Rect { y, height: 1, ..body }, cx, keys, selected);
        }
        Caret::Typing(caret)
    }
}

/// An action's name.
pub fn label(entry: &Entry, cx: &Context<'_>) -> String {
    cx.format.locale.tr(&label_id(entry)).into_owned()
}

/// An action's keys as people write them.
pub fn key_names(entry: &Entry, cx: &Context<'_>, keys: &KeyMap) -> String {
    let chinese = cx.format.locale.lang() == crate::base::locale::Lang::Zh;
    keys.keys(entry.action).iter().map(|k| k.label(chinese)).collect::<Vec<_>>().join(" ")
}

/// One action: sign, name, keys, what it is for.
pub fn draw_entry(entry: &Entry, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, keys: &KeyMap, selected: bool) {
    let buffer = frame.buffer_mut();
    if selected {
        buffer.set_stringn(area.x, area.y, ">", 1, cx.theme.style(Role::Selected));
    }
    let help = cx.format.locale.find(&format!("{}.help", label_id(entry)), &[]).unwrap_or_default();
    let width = usize::from(area.width);
    let name = text::fit(&label(entry, cx), 22);
    buffer.set_stringn(area.x + 2, area.y, name, width.saturating_sub(2), cx.theme.style(Role::Text));
    let x = area.x + 25;
    if x < area.right() {
        let names = text::fit(&key_names(entry, cx, keys), 14);
        buffer.set_stringn(x, area.y, names, width.saturating_sub(25), cx.theme.style(Role::Key));
    }
    if x + 15 < area.right() {
        let room = width.saturating_sub(41);
        buffer.set_stringn(x + 15, area.y, text::short(&help, room), room, cx.theme.style(Role::Dim));
    }
}
