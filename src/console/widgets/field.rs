//! A line of text being typed.
//!
//! Keys, committed text and pastes all end up here the same way. The caller shows the real cursor at
//! the position `draw` answers: input methods open their candidate window there.

use crate::base::text::{display, width};
use crate::console::keys::{Chord, Key};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

/// The text and where the cursor is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// One string a grapheme: the unit the cursor moves by.
    graphemes: Vec<String>,
    /// Graphemes left of the cursor.
    cursor: usize,
    most: usize,
}

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The text changed.
    Changed,
    /// The key was for the field, but the text is the same.
    Moved,
    /// The key is for somebody else.
    Ignored,
}

impl Field {
    /// An empty field for at most `most` graphemes.
    pub fn new(most: usize) -> Self {
        Self { graphemes: Vec::new(), cursor: 0, most }
    }

    /// A field with a text, the cursor after it.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.insert(text);
        self
    }

    /// The text.
    pub fn text(&self) -> String {
        self.graphemes.concat()
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.graphemes.is_empty()
    }

    /// Empties the field.
    pub fn clear(&mut self) {
        self.graphemes.clear();
        self.cursor = 0;
    }

    /// Inserts typed, committed or pasted text as it is, without control characters; line ends become spaces.
    pub fn insert(&mut self, text: &str) -> Edit {
        let clean: String =
            text.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ").chars().filter(|c| shows(*c)).collect();
        if clean.is_empty() {
            return Edit::Moved;
        }
        let before = self.graphemes.len();
        let left = self.graphemes[..self.cursor].concat() + &clean;
        let right = self.graphemes[self.cursor..].concat();
        // What is inserted may join with what is there: a combining mark typed on its own.
        let joined = left.clone() + &right;
        let mut graphemes: Vec<String> = joined.graphemes(true).map(str::to_owned).collect();
        let excess = graphemes.len().saturating_sub(self.most.max(before));
        let mut cursor = left.graphemes(true).count().min(graphemes.len());
        if excess > 0 {
            // Only what is new is cut off.
            let from = cursor.saturating_sub(excess);
            graphemes.drain(from..cursor);
            cursor = from;
        }
        let changed = graphemes != self.graphemes;
        self.graphemes = graphemes;
        self.cursor = cursor;
        if changed { Edit::Changed } else { Edit::Moved }
    }

    /// Handles a key: editing, or a character to insert.
    pub fn key(&mut self, chord: Chord) -> Edit {
        if let Some(c) = chord.text() {
            return self.insert(c.encode_utf8(&mut [0; 4]));
        }
        let end = self.graphemes.len();
        match (chord.key, chord.ctrl, chord.alt) {
            (Key::Left, false, false) => self.go(self.cursor.saturating_sub(1)),
            (Key::Right, false, false) => self.go((self.cursor + 1).min(end)),
            (Key::Home, false, false) => self.go(0),
            (Key::End, false, false) | (Key::Char('e'), true, false) => self.go(end),
            (Key::Backspace, false, false) => self.remove(self.cursor.saturating_sub(1), self.cursor),
            (Key::Delete, false, false) => self.remove(self.cursor, (self.cursor + 1).min(end)),
            (Key::Char('w'), true, false) | (Key::Backspace, false, true) => {
                self.remove(self.word_start(), self.cursor)
            }
            (Key::Char('u'), true, false) => self.remove(0, self.cursor),
            (Key::Char('k'), true, false) => self.remove(self.cursor, end),
            _ => Edit::Ignored,
        }
    }

    /// Draws the text in the form every terminal measures alike and answers where the cursor belongs; the text itself
    /// stays as typed. Cells not used are blanks in `style`.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, style: Style) -> Position {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return area.as_position();
        }
        let room = usize::from(area.width);
        buffer.set_style(Rect { height: 1, ..area }, style);
        let first = self.first_shown(room);
        let mut x = 0;
        let mut caret = 0;
        for (index, grapheme) in self.graphemes.iter().enumerate().skip(first) {
            if index == self.cursor {
                caret = x;
            }
            let face = display(grapheme);
            let cells = width(&face);
            if x + cells > room {
                break;
            }
            buffer.set_stringn(area.x + x as u16, area.y, &face, cells, style);
            x += cells;
        }
        if self.cursor == self.graphemes.len() {
            caret = x;
        }
        for rest in x..room {
            buffer[(area.x + rest as u16, area.y)].set_symbol(" ");
        }
        Position::new(area.x + caret.min(room - 1) as u16, area.y)
    }

    /// The first grapheme shown, so that the cursor and a cell for it fit.
    fn first_shown(&self, room: usize) -> usize {
        let under = self.graphemes.get(self.cursor).map_or(1, |g| width(&display(g)).max(1));
        let mut used = under;
        let mut first = self.cursor;
        while first > 0 {
            let next = used + width(&display(&self.graphemes[first - 1]));
            if next > room {
                break;
            }
            used = next;
            first -= 1;
        }
        first
    }

    fn go(&mut self, to: usize) -> Edit {
        self.cursor = to;
        Edit::Moved
    }

    fn remove(&mut self, from: usize, to: usize) -> Edit {
        if from >= to {
            return Edit::Moved;
        }
        self.graphemes.drain(from..to);
        self.cursor = from;
        Edit::Changed
    }

    /// Where the word left of the cursor starts; in Chinese, the run between blanks and punctuation.
    fn word_start(&self) -> usize {
        let is_word = |index: usize| self.graphemes[index].chars().next().is_some_and(char::is_alphanumeric);
        let mut at = self.cursor;
        while at > 0 && !is_word(at - 1) {
            at -= 1;
        }
        while at > 0 && is_word(at - 1) {
            at -= 1;
        }
        at
    }
}

/// Characters a field takes: no controls, and nothing that reorders or hides text.
fn shows(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(field: &mut Field, names: &str) {
        for name in names.split(' ') {
            field.key(name.parse().unwrap());
        }
    }

    fn drawn(field: &Field, cells: u16) -> (String, u16) {
        let area = Rect::new(2, 0, cells, 1);
        let mut buffer = Buffer::empty(Rect::new(0, 0, cells + 4, 1));
        buffer.set_string(0, 0, "#".repeat(usize::from(cells) + 4), Style::new());
        let caret = field.draw(area, &mut buffer, Style::new());
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, 0)].symbol();
            line.push_str(symbol);
            x += width(symbol).max(1) as u16;
        }
        assert!(line.starts_with("##") && line.ends_with("##"), "stays inside: {line}");
        (line.trim_matches('#').to_owned(), caret.x - 2)
    }

    #[test]
    fn editing_by_graphemes() {
        let mut field = Field::new(20).with("柞水木耳 abc");
        keys(&mut field, "backspace left left x");
        assert_eq!(field.text(), "柞水木耳 xab");
        keys(&mut field, "home delete right y");
        assert_eq!(field.text(), "水y木耳 xab");
        keys(&mut field, "end ctrl-w");
        assert_eq!(field.text(), "水y木耳 ");
        keys(&mut field, "ctrl-u");
        assert!(field.is_empty());
        assert_eq!(field.key("enter".parse().unwrap()), Edit::Ignored);
        assert_eq!(field.key("backspace".parse().unwrap()), Edit::Moved);
        let mut field = Field::new(9).with("e");
        field.insert("\u{301}");
        keys(&mut field, "backspace");
        assert!(field.is_empty(), "the mark joined its letter");
    }

    #[test]
    fn what_input_methods_send_is_kept_and_controls_are_not() {
        let mut field = Field::new(40);
        field.key(Chord::char('：'));
        field.insert("你好，ｊ");
        field.insert("a\x1b[31m\r\nb\u{202e}c\0");
        assert_eq!(field.text(), "：你好，ｊa[31m bc");
    }

    #[test]
    fn the_limit_cuts_what_is_new() {
        let mut field = Field::new(4).with("甲乙");
        keys(&mut field, "home");
        field.insert("一二三四");
        assert_eq!(field.text(), "一二甲乙");
        assert_eq!(field.key(Chord::char('x')), Edit::Moved);
    }

    #[test]
    fn the_cursor_is_at_the_insertion_column_and_always_visible() {
        assert_eq!(drawn(&Field::new(9), 6), ("      ".to_owned(), 0));
        assert_eq!(drawn(&Field::new(9).with("柞水"), 6), ("柞水  ".to_owned(), 4));
        assert_eq!(drawn(&Field::new(9).with("柞水木"), 6), ("水木  ".to_owned(), 4), "room for the cursor");
        let mut field = Field::new(9).with("柞水木");
        keys(&mut field, "left");
        assert_eq!(drawn(&field, 6), ("柞水木".to_owned(), 4));
        keys(&mut field, "home");
        assert_eq!(drawn(&field, 5), ("柞水 ".to_owned(), 0), "no half glyph");
        assert_eq!(drawn(&Field::new(9).with("柞"), 1).1, 0);
    }
}
