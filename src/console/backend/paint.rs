//! Turns two grids into the fewest bytes that lead from one to the other.
//!
//! It owns everything known about the terminal: what it shows, where its cursor is, which pen it
//! writes with. It writes to memory only; `Screen` sends the bytes.

use super::grid::{self, Grid, class_of, is_erased, is_tail};
use super::motion::{self, At};
use super::scroll::{self, Shift};
use super::sgr::Pen;
use ratatui::buffer::{Buffer, Cell};
use std::io::Write as _;

/// Where the cursor has to be when a frame ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caret {
    /// Shown, at the insertion point.
    Shown(u16, u16),
    /// Hidden, left at this cell for screen readers and magnifiers.
    Parked(u16, u16),
    /// Hidden, wherever it happens to be.
    Anywhere,
}

/// What the terminal is known to hold, and the bytes of the frame being written.
#[derive(Debug, Default)]
pub(super) struct Painter {
    shown: Option<Grid>,
    /// The cells of the frame that `shown` came from.
    drawn: Vec<Cell>,
    pen: Option<Pen>,
    at: At,
    visible: Option<bool>,
    out: Vec<u8>,
    /// Use insert and delete line inside a scroll region when rows moved.
    scrolling: bool,
}

impl Painter {
    pub(super) fn new(scrolling: bool) -> Self {
        Self { scrolling, ..Self::default() }
    }

    /// Forgets the terminal: the next frame erases it and writes everything.
    pub(super) fn forget(&mut self) {
        self.shown = None;
        self.pen = None;
        self.at = At::default();
        self.visible = None;
    }

    /// The screen a finished frame asks for, for [`Painter::paint`].
    pub(super) fn compose(&mut self, frame: &Buffer) -> Grid {
        let next = Grid::from_buffer(frame, self.shown.as_ref(), &self.drawn);
        match &self.shown {
            Some(shown) if self.drawn.len() == frame.content.len() => next.copy_new(shown, frame, &mut self.drawn),
            _ => self.drawn.clone_from(&frame.content),
        }
        next
    }

    /// The bytes that bring the terminal from the last frame to `next`; empty when nothing changed.
    /// `preamble` is sent before the first byte of a full repaint, where a terminal that prints it is repaired at once.
    pub(super) fn paint(&mut self, next: Grid, caret: Caret, preamble: &[u8]) -> &[u8] {
        self.out.clear();
        let known = self.shown.take().filter(|old| old.width == next.width && old.height == next.height);
        let fresh = known.is_none();
        let mut old = known.unwrap_or_else(|| self.erase_all(&next, preamble));
        // On an erased screen nothing can have moved.
        if self.scrolling
            && !fresh
            && let Some(shift) = scroll::find(&old, &next)
        {
            self.shift(shift, next.height);
            old.scroll(shift.top, shift.bottom, shift.by);
        }
        for y in 0..next.height {
            if !next.has(y, &old) {
                self.row(y, old.row(y), next.row(y));
            }
        }
        self.caret(caret);
        self.shown = Some(next);
        &self.out
    }

    fn erase_all(&mut self, next: &Grid, preamble: &[u8]) -> Grid {
        self.forget();
        self.out.extend_from_slice(preamble);
        self.out.extend_from_slice(b"\x1b[?25l\x1b[m\x1b[2J");
        self.visible = Some(false);
        self.pen = Some(Pen::DEFAULT);
        Grid::blank(next.width, next.height)
    }

    fn shift(&mut self, shift: Shift, height: u16) {
        self.select(Pen::DEFAULT);
        let whole = shift.top == 0 && shift.bottom == height;
        if !whole {
            let _ = write!(self.out, "\x1b[{};{}r", shift.top + 1, shift.bottom);
            // Setting the region homes the cursor, but not to the same place everywhere.
            self.at = At::default();
        }
        self.goto(0, shift.top, &[]);
        let last = if shift.by > 0 { 'M' } else { 'L' };
        let _ = match shift.by.unsigned_abs() {
            1 => write!(self.out, "\x1b[{last}"),
            rows => write!(self.out, "\x1b[{rows}{last}"),
        };
        if !whole {
            self.out.extend_from_slice(b"\x1b[r");
        }
        self.at = At::default();
    }

    fn row(&mut self, y: u16, old: &[Cell], new: &[Cell]) {
        let changed = changed_cells(old, new);
        let blank_from = new.iter().rposition(|cell| !is_erased(cell)).map_or(0, |x| x + 1);
        let erase_from = erase_start(&changed, blank_from);
        let limit = erase_from.unwrap_or(new.len());
        let mut x = 0;
        while x < limit {
            let class = class_of(&new[x]);
            let width = usize::from(class.width);
            if changed[x] {
                self.goto(x as u16, y, new);
                self.glyph(&new[x], x, y, new.len());
            }
            x += width;
        }
        if let Some(x) = erase_from {
            self.goto(x as u16, y, new);
            if !self.pen.is_some_and(|pen| pen.suits(&Cell::EMPTY)) {
                self.select(Pen::DEFAULT);
            }
            self.out.extend_from_slice(b"\x1b[K");
        }
    }

    fn glyph(&mut self, cell: &Cell, x: usize, y: u16, columns: usize) {
        if !self.pen.is_some_and(|pen| pen.suits(cell)) {
            self.select(Pen::of(cell));
        }
        let class = class_of(cell);
        if !class.agreed && class.width > 1 {
            // A terminal that draws the glyph narrower must not keep old cells behind it.
            self.out.resize(self.out.len() + usize::from(class.width), b' ');
            self.at = At { col: None, row: Some(y) };
            self.goto(x as u16, y, &[]);
        }
        self.out.extend_from_slice(cell.symbol().as_bytes());
        let after = x + usize::from(class.width);
        let sure = class.agreed && after < columns;
        self.at = At { col: sure.then_some(after as u16), row: Some(y) };
    }

    /// Moves to a cell, over the unchanged cells between if writing them again is shorter.
    fn goto(&mut self, x: u16, y: u16, row: &[Cell]) {
        let moves = motion::shortest(self.at, x, y);
        if moves.is_empty() {
            return;
        }
        match self.bridge(x, y, row) {
            Some(text) if text.len() <= moves.len() => self.out.extend_from_slice(&text),
            _ => self.out.extend_from_slice(&moves),
        }
        self.at = At { col: Some(x), row: Some(y) };
    }

    /// The text between the cursor and column `x`, if the pen suits it and every terminal agrees on its width.
    fn bridge(&self, x: u16, y: u16, row: &[Cell]) -> Option<Vec<u8>> {
        let from = self.at.col.filter(|from| self.at.row == Some(y) && *from < x)?;
        let between = row.get(usize::from(from)..usize::from(x)).filter(|cells| cells.len() <= 16)?;
        let pen = self.pen?;
        if between.first().is_none_or(is_tail) {
            return None;
        }
        let mut text = Vec::with_capacity(16);
        for cell in between.iter().filter(|cell| !is_tail(cell)) {
            if !pen.suits(cell) || !class_of(cell).agreed {
                return None;
            }
            text.extend_from_slice(cell.symbol().as_bytes());
        }
        Some(text)
    }

    fn select(&mut self, pen: Pen) {
        if self.pen != Some(pen) {
            pen.select(self.pen, &mut self.out);
            self.pen = Some(pen);
        }
    }

    fn caret(&mut self, caret: Caret) {
        let show = matches!(caret, Caret::Shown(..));
        if !show && self.visible != Some(false) {
            self.out.extend_from_slice(b"\x1b[?25l");
        }
        if let Caret::Shown(x, y) | Caret::Parked(x, y) = caret {
            self.goto(x, y, &[]);
        }
        if show && self.visible != Some(true) {
            self.out.extend_from_slice(b"\x1b[?25h");
        }
        self.visible = Some(show);
    }
}

/// Marks every cell to be written: whole glyphs, and what follows a glyph whose width is not agreed.
fn changed_cells(old: &[Cell], new: &[Cell]) -> Vec<bool> {
    let mut changed: Vec<bool> = new.iter().zip(old).map(|(new, old)| new != old).collect();
    let mut x = 0;
    while x < new.len() {
        let class = grid::class_of(&new[x]);
        let end = (x + usize::from(class.width)).min(new.len());
        if changed[x..end].contains(&true) {
            changed[x..end].fill(true);
            if !class.agreed && end < new.len() {
                changed[end] = true;
            }
        }
        x = end;
    }
    changed
}

/// Where `CSI K` should start, if the changed blanks at the end of the line are worth it.
fn erase_start(changed: &[bool], blank_from: usize) -> Option<usize> {
    let tail = changed.get(blank_from..)?;
    let first = tail.iter().position(|changed| *changed)?;
    let last = tail.iter().rposition(|changed| *changed)?;
    (last - first >= 3).then_some(blank_from + first)
}
