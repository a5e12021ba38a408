//! A page of lines longer than the screen: the cursor stands on lines that open something, and where there is none
//! in sight the page scrolls line by line, so that everything can be read and no key is dead.

use super::{Context, Go, Subject};
use crate::base::text;
use crate::console::action::Action;
use crate::console::theme::Role;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// A line of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// Pieces with their roles, one after another.
    pub pieces: Vec<(String, Role)>,
    /// Where Enter leads.
    pub go: Option<Go>,
    /// The record the line is about.
    pub subject: Option<Subject>,
}

impl Line {
    /// A line in one role that opens nothing.
    pub fn plain(text: impl Into<String>, role: Role) -> Line {
        Line { pieces: vec![(text.into(), role)], ..Line::default() }
    }

    /// A line of pieces that opens nothing.
    pub fn of(pieces: Vec<(String, Role)>) -> Line {
        Line { pieces, ..Line::default() }
    }

    /// The same line, leading somewhere.
    #[must_use]
    pub fn leading(self, go: Option<Go>) -> Line {
        Line { go, ..self }
    }
}

/// Text over as many lines as it needs, each behind `indent` blanks.
pub fn wrapped(text: &str, role: Role, indent: usize, width: usize) -> Vec<Line> {
    let room = width.saturating_sub(indent + 3).max(10);
    text::wrap(text, room).into_iter().map(|l| Line::plain(format!("{}{l}", " ".repeat(indent)), role)).collect()
}

/// Where one is on a page.
#[derive(Debug, Default)]
pub struct Pager {
    top: usize,
    cursor: usize,
    height: usize,
}

impl Pager {
    /// Whether it took the key.
    pub fn act(&mut self, action: Action, lines: &[Line]) -> bool {
        let stops: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].go.is_some()).collect();
        let height = self.height.max(1);
        let most = lines.len().saturating_sub(height);
        let in_sight = |top: usize| stops.iter().copied().filter(move |s| (top..top + height).contains(s));
        let here = self.current(lines);
        match action {
            Action::Down => match in_sight(self.top).find(|s| here.is_none_or(|h| *s > h)) {
                Some(next) => self.cursor = next,
                None => {
                    self.top = (self.top + 1).min(most);
                    self.cursor = in_sight(self.top).find(|s| Some(*s) > here).unwrap_or(self.cursor);
                }
            },
            Action::Up => match in_sight(self.top).rev_find(|s| here.is_none_or(|h| *s < h)) {
                Some(next) => self.cursor = next,
                None => {
                    self.top = self.top.saturating_sub(1);
                    let above = |s: &usize| here.is_none_or(|h| *s < h);
                    self.cursor = in_sight(self.top).rev_find(above).unwrap_or(self.cursor);
                }
            },
            Action::PageDown => self.turn((self.top + height.saturating_sub(1)).min(most), &stops),
            Action::PageUp => self.turn(self.top.saturating_sub(height.saturating_sub(1)), &stops),
            Action::Top => self.turn(0, &stops),
            Action::Bottom => {
                self.top = most;
                self.cursor = stops.last().copied().unwrap_or(0);
            }
            _ => return false,
        }
        true
    }

    fn turn(&mut self, top: usize, stops: &[usize]) {
        self.top = top;
        self.cursor = stops.iter().copied().find(|s| *s >= top).unwrap_or(self.cursor);
    }

    /// The line under the cursor, when it opens something and can be seen.
    pub fn current(&self, lines: &[Line]) -> Option<usize> {
        let seen = self.cursor >= self.top && self.cursor < self.top + self.height.max(1);
        (seen && lines.get(self.cursor).is_some_and(|l| l.go.is_some())).then_some(self.cursor)
    }

    /// Puts the cursor on the line that leads to `go`, as far down the screen as before.
    pub fn keep(&mut self, go: Option<&Go>, lines: &[Line]) {
        // A section's heading and its last line lead to the same list: the nearest is meant.
        let same = |go: &Go| (0..lines.len()).filter(|i| lines[*i].go.as_ref() == Some(go)).collect::<Vec<_>>();
        let Some(at) = go.and_then(|go| same(go).into_iter().min_by_key(|i| i.abs_diff(self.cursor))) else { return };
        if at == self.cursor {
            return;
        }
        let line = self.cursor.saturating_sub(self.top);
        // A page that shows its beginning goes on showing it: lines that come there are what is new.
        let top = if self.top == 0 && at < self.height { 0 } else { at.saturating_sub(line) };
        (self.cursor, self.top) = (at, top);
    }

    /// Draws the lines in sight; gives where the cursor stands.
    pub fn draw(&mut self, lines: &[Line], frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Position {
        self.height = usize::from(area.height);
        self.top = self.top.min(lines.len().saturating_sub(self.height));
        if self.current(lines).is_none() && self.top == 0 {
            self.cursor = lines.iter().position(|l| l.go.is_some()).unwrap_or(0);
        }
        let current = self.current(lines);
        for (y, index) in (area.y..area.bottom()).zip(self.top..lines.len()) {
            let at = Rect { y, height: 1, ..area };
            draw_line(&lines[index], frame, at, cx, Some(index) == current);
        }
        let down = current.map_or(0, |c| c - self.top);
        Position::new(area.x, area.y + down as u16)
    }
}

/// Finding from the end, for iterators that can be walked from both.
trait RevFind: Iterator<Item = usize> + Sized {
    fn rev_find(self, wanted: impl Fn(&usize) -> bool) -> Option<usize> {
        self.filter(wanted).last()
    }
}

impl<I: Iterator<Item = usize>> RevFind for I {}

/// Draws one line.
pub fn draw_line(line: &Line, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, selected: bool) {
    let buffer = frame.buffer_mut();
    if selected {
        buffer.set_stringn(area.x, area.y, ">", 1, cx.theme.style(Role::Selected));
    }
    let mut x = area.x + 2;
    for (text, role) in &line.pieces {
        let room = usize::from(area.right().saturating_sub(x));
        let shown = text::short(text, room);
        buffer.set_stringn(x, area.y, &shown, room, cx.theme.style(*role));
        x += text::width(&shown) as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rows::Kind;
    use uuid::Uuid;

    /// `o` opens something, `.` does not.
    fn page(shape: &str) -> Vec<Line> {
        let go = Some(Go::Record { kind: Kind::Counter, id: Uuid::nil() });
        shape.chars().map(|c| Line::plain("x", Role::Text).leading(go.clone().filter(|_| c == 'o'))).collect()
    }

    #[test]
    fn the_cursor_leaps_from_stop_to_stop_and_the_rest_scrolls() {
        let lines = page("..o..o........o");
        let mut pager = Pager { top: 0, cursor: 2, height: 6 };
        pager.act(Action::Down, &lines);
        assert_eq!((pager.current(&lines), pager.top), (Some(5), 0));
        let mut scrolled = 0;
        while pager.current(&lines) != Some(14) {
            pager.act(Action::Down, &lines);
            scrolled += 1;
            assert!(scrolled < 20, "every line comes into sight");
        }
        assert_eq!((scrolled, pager.top), (9, 9));
        for _ in 0..20 {
            pager.act(Action::Up, &lines);
        }
        assert_eq!((pager.current(&lines), pager.top), (Some(2), 0));
        pager.act(Action::Bottom, &lines);
        assert_eq!(pager.current(&lines), Some(14));
        let text = page("..........");
        let mut pager = Pager { top: 0, cursor: 0, height: 4 };
        (0..20).for_each(|_| assert!(pager.act(Action::Down, &text)));
        assert_eq!((pager.current(&text), pager.top), (None, 6), "a page without stops scrolls to its end");
    }
}
