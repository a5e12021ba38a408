//! The screen: a frame goes in, the fewest bytes come out, in one write.
//!
//! Views draw into a ratatui frame. `Screen` compares the finished frame with what the terminal
//! shows and writes the difference; an unchanged frame writes nothing at all. It never reads the
//! terminal and never asks for its size: the loop tells it about both.

mod class;
mod grid;
mod motion;
mod paint;
mod scroll;
mod sgr;
mod stage;
pub mod sync;

use grid::Grid;
use paint::{Caret, Painter};
use ratatui::layout::{Position, Size};
use ratatui::{Frame, Terminal};
use stage::Stage;
use std::io::{self, Write};
use sync::SyncMode;

/// How the screen writes.
#[derive(Debug, Clone, Copy)]
pub struct ScreenOptions {
    /// Synchronised updates.
    pub sync: SyncMode,
    /// Whether queries may be sent (see [`sync::may_ask`]).
    pub may_ask: bool,
    /// Move rows inside the terminal instead of writing them again.
    pub scrolling: bool,
}

impl Default for ScreenOptions {
    fn default() -> Self {
        Self { sync: SyncMode::Auto, may_ask: true, scrolling: true }
    }
}

/// An answer of the terminal, decoded by `input`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// State of a private mode: 0 unknown, 1 set, 2 reset, 3 and 4 fixed.
    Mode(u16, u16),
    /// Cursor position, counted from 1.
    Cursor {
        /// Row.
        row: u16,
        /// Column.
        col: u16,
    },
}

/// What a reply taught us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Synchronised updates are (not) available.
    Sync(bool),
    /// Cells the terminal gives to characters of ambiguous width.
    AmbiguousWidth(u16),
}

/// The ambiguous character the probe prints, and the row it prints it on.
const PROBE: &[u8] = "\x1b[2;1H\u{201c}\x1b[6n".as_bytes();
const PROBE_ROW: u16 = 2;

/// Writes frames to a terminal.
pub struct Screen<W: Write> {
    stage: Terminal<Stage>,
    painter: Painter,
    out: W,
    options: ScreenOptions,
    sync: bool,
    asked: bool,
    awaiting_width: bool,
    park: Option<Position>,
    packet: Vec<u8>,
    written: u64,
}

impl<W: Write> Screen<W> {
    /// A screen of the given size whose bytes go to `out`. Nothing is written yet.
    pub fn new(out: W, size: Size, options: ScreenOptions) -> Self {
        let Ok(stage) = Terminal::new(Stage::new(size));
        Self {
            stage,
            painter: Painter::new(options.scrolling),
            out,
            options,
            sync: options.sync == SyncMode::On,
            asked: false,
            awaiting_width: false,
            park: None,
            packet: Vec::new(),
            written: 0,
        }
    }

    /// Draws a frame and writes what changed; answers the number of bytes, 0 when nothing did.
    ///
    /// The cursor is shown where the frame sets it and hidden when it sets none.
    ///
    /// # Errors
    ///
    /// When the terminal is lost. What it shows is then unknown, so the next frame repaints.
    pub fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<usize> {
        let park = self.park;
        self.draw_parked(|frame| {
            view(frame);
            park
        })
    }

    /// As [`Screen::draw`], with the place the hidden cursor rests at known only once the frame is drawn.
    ///
    /// # Errors
    ///
    /// As [`Screen::draw`].
    pub fn draw_parked(&mut self, view: impl FnOnce(&mut Frame<'_>) -> Option<Position>) -> io::Result<usize> {
        let mut park = None;
        let Ok(frame) = self.stage.draw(|frame| park = view(frame));
        let grid = self.painter.compose(frame.buffer);
        self.park = park;
        let caret = self.caret(&grid);
        let preamble = self.questions();
        let body = self.painter.paint(grid, caret, &preamble);
        if body.is_empty() {
            return Ok(0);
        }
        self.packet.clear();
        if self.sync {
            self.packet.extend_from_slice(sync::BEGIN);
            self.packet.extend_from_slice(body);
            self.packet.extend_from_slice(sync::END);
        } else {
            self.packet.extend_from_slice(body);
        }
        let sent = self.out.write_all(&self.packet).and_then(|()| self.out.flush());
        if let Err(error) = sent {
            self.painter.forget();
            return Err(error);
        }
        self.written += self.packet.len() as u64;
        Ok(self.packet.len())
    }

    /// The terminal has a new size; the next frame repaints it.
    pub fn resize(&mut self, size: Size) {
        self.stage.backend_mut().resize(size);
        self.painter.forget();
    }

    /// The next frame writes everything again: after Ctrl-L, or when another program wrote to the terminal.
    pub fn repaint(&mut self) {
        self.painter.forget();
    }

    /// Where the hidden cursor rests when a frame sets none: the selected row. `None` leaves it alone.
    pub fn park(&mut self, position: Option<Position>) {
        self.park = position;
    }

    /// Takes an answer of the terminal, whenever it comes.
    pub fn on_reply(&mut self, reply: Reply) -> Option<Finding> {
        match reply {
            Reply::Mode(2026, state) => {
                let known = matches!(state, 1..=3);
                if self.options.sync == SyncMode::Auto {
                    self.sync = known;
                }
                Some(Finding::Sync(known))
            }
            Reply::Cursor { row: PROBE_ROW, col } if self.awaiting_width => {
                self.awaiting_width = false;
                matches!(col, 2 | 3).then(|| Finding::AmbiguousWidth(col - 1))
            }
            _ => None,
        }
    }

    /// The size the next frame will have.
    pub fn size(&self) -> Size {
        self.stage.backend().extent()
    }

    /// Bytes written since the start.
    pub fn bytes_written(&self) -> u64 {
        self.written
    }

    /// The sink, for tests and for restoring the terminal.
    pub fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    fn caret(&self, grid: &Grid) -> Caret {
        let inside = |p: &Position| p.x < grid.width && p.y < grid.height;
        match (self.stage.backend().caret(), self.park) {
            (Some(shown), _) if inside(&shown) => Caret::Shown(shown.x, shown.y),
            (_, Some(rest)) if inside(&rest) => Caret::Parked(rest.x, rest.y),
            _ => Caret::Anywhere,
        }
    }

    /// The queries that go out with the first repaint, once.
    fn questions(&mut self) -> Vec<u8> {
        let mut queries = Vec::new();
        if !self.asked && self.options.may_ask {
            self.asked = true;
            if self.options.sync == SyncMode::Auto {
                queries.extend_from_slice(sync::QUERY);
            }
            if self.size().height >= PROBE_ROW {
                self.awaiting_width = true;
                queries.extend_from_slice(PROBE);
            }
        }
        queries
    }
}

#[cfg(test)]
mod tests;
