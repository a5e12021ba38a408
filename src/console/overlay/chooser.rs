//! Choosing a sort column, or which columns are shown, live.

use super::{Reaction, sheet};
use crate::base::text;
use crate::console::action::{Action, KeyMap, Scope};
use crate::console::keys::{Chord, Key};
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::store::filter::column_label;
use crate::store::list::ListKind;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Sort,
    Columns,
}

/// The chooser's state.
pub struct Chooser {
    choice: Choice,
    kind: ListKind,
    /// Column ids offered.
    items: Vec<&'static str>,
    /// Those that are on: shown columns, or the sort column.
    on: Vec<&'static str>,
    /// Shown columns that fit on the screen.
    fitting: Vec<&'static str>,
    cursor: usize,
}

impl Chooser {
    pub fn new(choice: Choice, kind: ListKind, items: Vec<&'static str>, on: Vec<&'static str>) -> Chooser {
        let cursor = items.iter().position(|i| on.first() == Some(i)).unwrap_or(0);
        Chooser { choice, kind, items, on, fitting: Vec::new(), cursor }
    }

    /// The columns there is room for.
    pub fn set_fitting(&mut self, fitting: Vec<&'static str>) {
        self.fitting = fitting;
    }

    /// What is on now, after a column was toggled.
    pub fn set_on(&mut self, on: Vec<&'static str>) {
        self.on = on;
    }

    /// The keys of lists, as they are set, full-width ones too; arrows, Enter, Space and Esc whatever is set.
    pub fn key(&mut self, chord: Chord, keys: &KeyMap) -> Reaction {
        let chord = chord.command_form();
        let last = self.items.len().saturating_sub(1);
        let fixed = match chord.key {
            Key::Esc => Some(Action::Back),
            Key::Up => Some(Action::Up),
            Key::Down => Some(Action::Down),
            Key::Home => Some(Action::Top),
            Key::End => Some(Action::Bottom),
            Key::Enter => Some(Action::Open),
            Key::Char(' ') => Some(Action::Mark),
            _ => None,
        };
        match fixed.or_else(|| keys.action(&[Scope::Global, Scope::List], chord)) {
            Some(Action::Back | Action::Quit) => return Reaction::Close,
            Some(Action::Up) => self.cursor = self.cursor.saturating_sub(1),
            Some(Action::Down) => self.cursor = (self.cursor + 1).min(last),
            Some(Action::Top | Action::PageUp) => self.cursor = 0,
            Some(Action::Bottom | Action::PageDown) => self.cursor = last,
            Some(Action::Open) if self.choice == Choice::Columns => return Reaction::Close,
            Some(Action::Open | Action::Mark) => {
                let Some(id) = self.items.get(self.cursor) else { return Reaction::Close };
                return match self.choice {
                    Choice::Sort => Reaction::SortBy(id),
                    Choice::Columns => Reaction::Column(id),
                };
            }
            _ => {}
        }
        Reaction::Stay
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let height = (self.items.len() as u16 + 1).min(area.height);
        let title = cx.format.locale.tr(match self.choice {
            Choice::Sort => "chooser-sort",
            Choice::Columns => "chooser-columns",
        });
        // How far down the list one is: what is above and below is not forgotten.
        let title = format!("{title}  {}/{}", self.cursor + 1, self.items.len());
        let width = (text::width(&title) as u16 + 4).max(36).min(area.width);
        let at = Rect { x: area.right() - width, y: area.y, width, height };
        let body = sheet(frame, at, cx, &title);
        let room = usize::from(body.height).max(1);
        let top = (self.cursor + 1).saturating_sub(room);
        let mut caret = Position::new(body.x, body.y);
        for ((i, id), y) in self.items.iter().enumerate().skip(top).zip(body.y..body.bottom()) {
            let label = text::fit(&column_label(cx.format.locale, self.kind.spec(), id), 16);
            let sign = if self.on.contains(id) { "[x]" } else { "[ ]" };
            let selected = i == self.cursor;
            if selected {
                caret = Position::new(body.x, y);
            }
            // Chosen, and yet not on the screen: it says why.
            let hidden = self.choice == Choice::Columns && self.on.contains(id) && !self.fitting.contains(id);
            let note = if hidden { cx.format.locale.tr("chooser-no-room") } else { "".into() };
            let line = format!("{} {sign} {label} {note}", if selected { ">" } else { " " });
            let role = if selected { Role::Selected } else { Role::Text };
            frame.buffer_mut().set_stringn(body.x, y, line, usize::from(body.width), cx.theme.style(role));
        }
        Caret::Parked(caret)
    }
}
