//! A ratatui backend that is only a stage: it has a size and remembers the cursor a frame asked for.
//!
//! ratatui calls it for every frame, in its own order and with its own idea of what changed; `Screen`
//! reads the finished frame instead, because erasing line ends and moving rows need whole lines.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use std::convert::Infallible;

/// Size and cursor of the frame in hand.
#[derive(Debug)]
pub(super) struct Stage {
    size: Size,
    caret: Option<Position>,
    last: Position,
}

impl Stage {
    pub(super) fn new(size: Size) -> Self {
        Self { size, caret: None, last: Position::ORIGIN }
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
    }

    pub(super) fn extent(&self) -> Size {
        self.size
    }

    pub(super) fn caret(&self) -> Option<Position> {
        self.caret
    }
}

impl Backend for Stage {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, _changes: I) -> Result<(), Infallible> {
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.caret = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.caret = Some(self.last);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.last)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.last = position.into();
        if self.caret.is_some() {
            self.caret = Some(self.last);
        }
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear_region(&mut self, _what: ClearType) -> Result<(), Infallible> {
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
