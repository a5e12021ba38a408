//! What the terminal shows, or should show, cell by cell.
//!
//! A grid differs from a ratatui buffer in being explicit: the cells behind a wide glyph hold an
//! empty symbol, half glyphs and unprintable symbols are blanks, and attributes nobody can see on a
//! blank are dropped. Two grids are equal exactly when nothing has to be written.

use super::class::{self, Class};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Attributes that show even where there is no ink.
pub(super) const VISIBLE_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// A normalised screen.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub width: u16,
    pub height: u16,
    cells: Vec<Cell>,
}

impl Grid {
    /// A screen just erased with the default background.
    pub(super) fn blank(width: u16, height: u16) -> Self {
        Self { width, height, cells: vec![Cell::EMPTY; usize::from(width) * usize::from(height)] }
    }

    /// The screen a finished frame asks for.
    pub(super) fn from_buffer(buffer: &Buffer) -> Self {
        let (width, height) = (buffer.area.width, buffer.area.height);
        let mut cells = Vec::with_capacity(buffer.content.len());
        if width > 0 {
            for row in buffer.content.chunks(usize::from(width)) {
                normalise_row(row, &mut cells);
            }
        }
        Self { width, height, cells }
    }

    pub(super) fn row(&self, y: u16) -> &[Cell] {
        let width = usize::from(self.width);
        let start = usize::from(y) * width;
        self.cells.get(start..start + width).unwrap_or_default()
    }

    /// Replays what the terminal does when rows `top..bottom` move up by `by` (down when negative).
    pub(super) fn scroll(&mut self, top: u16, bottom: u16, by: i32) {
        let width = usize::from(self.width);
        let Some(band) = self.cells.get_mut(usize::from(top) * width..usize::from(bottom) * width) else { return };
        let shift = (by.unsigned_abs() as usize * width).min(band.len());
        if by > 0 {
            band.rotate_left(shift);
            let kept = band.len() - shift;
            band[kept..].fill(Cell::EMPTY);
        } else {
            band.rotate_right(shift);
            band[..shift].fill(Cell::EMPTY);
        }
    }
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

fn normalise_row(row: &[Cell], out: &mut Vec<Cell>) {
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
}
