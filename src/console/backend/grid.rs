//! What the terminal shows, or should show, cell by cell.
//!
//! A grid differs from a ratatui buffer in being explicit: the cells behind a wide glyph hold an
//! empty symbol, half glyphs and unprintable symbols are blanks, and attributes nobody can see on a
//! blank are dropped. Two grids are equal exactly when nothing has to be written.

use super::class::{self, Class};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::rc::Rc;

/// Attributes that show even where there is no ink.
pub(super) const VISIBLE_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// A line of a screen. Frames share the lines that did not change.
pub(super) type Row = Rc<[Cell]>;

/// A normalised screen.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub width: u16,
    pub height: u16,
    rows: Vec<Row>,
}

impl Grid {
    /// A screen just erased with the default background.
    pub(super) fn blank(width: u16, height: u16) -> Self {
        Self { width, height, rows: vec![blank_row(width); usize::from(height)] }
    }

    /// The screen a finished frame asks for. `old` is the screen that `drawn` asked for: a line drawn as before is the
    /// same line.
    pub(super) fn from_buffer(buffer: &Buffer, old: Option<&Grid>, drawn: &[Cell]) -> Self {
        let (width, height) = (buffer.area.width, buffer.area.height);
        let old = old.filter(|g| g.width == width && g.height == height && drawn.len() == buffer.content.len());
        let rows = (0..usize::from(height)).map(|y| {
            let place = y * usize::from(width)..(y + 1) * usize::from(width);
            let row = buffer.content.get(place.clone()).unwrap_or_default();
            match old.and_then(|g| g.rows.get(y)) {
                Some(known) if drawn.get(place) == Some(row) => Rc::clone(known),
                _ => normal_row(row),
            }
        });
        Self { width, height, rows: rows.collect() }
    }

    /// Copies into `drawn` the cells of the lines that this screen, composed of `frame`, does not share with `old`.
    pub(super) fn copy_new(&self, old: &Grid, frame: &Buffer, drawn: &mut [Cell]) {
        let width = usize::from(self.width);
        for (y, row) in self.rows.iter().enumerate() {
            let place = y * width..(y + 1) * width;
            let shared = old.rows.get(y).is_some_and(|known| Rc::ptr_eq(known, row));
            if let (false, Some(kept), Some(now)) = (shared, drawn.get_mut(place.clone()), frame.content.get(place)) {
                kept.clone_from_slice(now);
            }
        }
    }

    pub(super) fn row(&self, y: u16) -> &[Cell] {
        self.rows.get(usize::from(y)).map_or(&[], |row| row)
    }

    /// Whether a line is that of another screen, cell by cell.
    pub(super) fn has(&self, y: u16, other: &Grid) -> bool {
        match (self.rows.get(usize::from(y)), other.rows.get(usize::from(y))) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    /// Replays what the terminal does when rows `top..bottom` move up by `by` (down when negative).
    pub(super) fn scroll(&mut self, top: u16, bottom: u16, by: i32) {
        let blank = blank_row(self.width);
        let Some(band) = self.rows.get_mut(usize::from(top)..usize::from(bottom)) else { return };
        let shift = (by.unsigned_abs() as usize).min(band.len());
        if by > 0 {
            band.rotate_left(shift);
            let kept = band.len() - shift;
            band[kept..].fill(blank);
        } else {
            band.rotate_right(shift);
            band[..shift].fill(blank);
        }
    }
}

fn blank_row(width: u16) -> Row {
    std::iter::repeat_n(Cell::EMPTY, usize::from(width)).collect()
}

/// Whether the cell is the hidden part of the wide glyph on its left.
pub(super) fn is_tail(cell: &Cell) -> bool {
    cell.symbol().is_empty()
}

/// Whether the cell is a blank with the default background, which `CSI K` produces.
pub(super) fn is_erased(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(VISIBLE_ON_BLANK)
}

/// The class of a normalised head cell.
pub(super) fn class_of(cell: &Cell) -> Class {
    class::classify(cell.symbol()).unwrap_or(Class { width: 1, agreed: true })
}

fn normal_row(row: &[Cell]) -> Row {
    let mut out = Vec::with_capacity(row.len());
    let mut x = 0;
    while x < row.len() {
        let source = &row[x];
        let fits = class::classify(source.symbol()).filter(|class| x + usize::from(class.width) <= row.len());
        let mut head = Cell::EMPTY;
        head.bg = source.bg;
        head.modifier = source.modifier;
        head.fg = source.fg;
        match fits {
            Some(class) if source.symbol() != " " => {
                head.set_symbol(source.symbol());
                let mut tail = head.clone();
                tail.set_symbol("");
                out.push(head);
                out.extend((1..class.width).map(|_| tail.clone()));
                x += usize::from(class.width);
            }
            _ => {
                if !head.modifier.intersects(VISIBLE_ON_BLANK) {
                    head.fg = Color::Reset;
                    head.modifier = Modifier::empty();
                }
                out.push(head);
                x += 1;
            }
        }
    }
    out.into()
}
