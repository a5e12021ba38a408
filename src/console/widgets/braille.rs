//! A canvas of dots, two by four in a cell.
//!
//! Where braille may be drawn wide, or a screen reader reads along, the same dots come out as ASCII.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Dots and one style a cell. The origin is the upper left dot.
#[derive(Debug, Clone)]
pub struct Canvas {
    width: u16,
    height: u16,
    cells: Vec<(u8, u8, Style)>,
}

/// Bits of U+2800 for column and row of a dot.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

impl Canvas {
    /// An empty canvas of so many cells.
    pub fn new(width: u16, height: u16) -> Self {
        Self { width, height, cells: vec![(0, 0, Style::new()); usize::from(width) * usize::from(height)] }
    }

    /// Sets a dot; outside the canvas nothing happens. In each cell the style of the highest rank wins.
    pub fn dot(&mut self, x: i32, y: i32, rank: u8, style: Style) {
        let (Ok(column), Ok(row)) = (u16::try_from(x.div_euclid(2)), u16::try_from(y.div_euclid(4))) else { return };
        if column >= self.width || row >= self.height {
            return;
        }
        let index = usize::from(row) * usize::from(self.width) + usize::from(column);
        let (bits, best, shown) = &mut self.cells[index];
        let bit = BITS[x.rem_euclid(2) as usize][y.rem_euclid(4) as usize];
        if *bits == 0 || rank >= *best {
            (*best, *shown) = (rank, style);
        }
        *bits |= bit;
    }

    /// A straight line between two dots, both drawn. Parts outside are clipped before they are walked.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), rank: u8, style: Style) {
        let right = f64::from(self.width) * 2.0;
        let bottom = f64::from(self.height) * 4.0;
        let Some((from, to)) = clip(from, to, right, bottom) else { return };
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().max(1.0);
        for step in 0..=(steps as u32) {
            let part = f64::from(step) / steps;
            let x = from.0 + (to.0 - from.0) * part;
            let y = from.1 + (to.1 - from.1) * part;
            self.dot(x.floor() as i32, y.floor() as i32, rank, style);
        }
    }

    /// Puts the canvas at the upper left of `area`; empty cells leave the buffer alone.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, ascii: bool) {
        let area = area.intersection(buffer.area);
        for y in 0..self.height.min(area.height) {
            for x in 0..self.width.min(area.width) {
                let (bits, _, style) = self.cells[usize::from(y) * usize::from(self.width) + usize::from(x)];
                if bits == 0 {
                    continue;
                }
                let symbol =
                    if ascii { ascii_form(bits) } else { char::from_u32(0x2800 + u32::from(bits)).unwrap_or('#') };
                buffer[(area.x + x, area.y + y)].set_char(symbol).set_style(style);
            }
        }
    }
}

/// By the number of dots, and by where a few of them are.
fn ascii_form(bits: u8) -> char {
    match bits.count_ones() {
        1 | 2 if bits & 0b0001_1011 == bits => '\'',
        1 | 2 => '.',
        3 | 4 => ':',
        _ => '#',
    }
}

type Line = ((f64, f64), (f64, f64));

/// The part of a line inside the canvas (Liang and Barsky).
fn clip(from: (f64, f64), to: (f64, f64), right: f64, bottom: f64) -> Option<Line> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (toward, room) in [(-dx, from.0), (dx, right - from.0), (-dy, from.1), (dy, bottom - from.1)] {
        if toward == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if toward < 0.0 {
            enter = enter.max(room / toward);
        } else {
            leave = leave.min(room / toward);
        }
    }
    let at = |part: f64| (from.0 + dx * part, from.1 + dy * part);
    (enter <= leave).then(|| (at(enter), at(leave)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Color;

    fn text(canvas: &Canvas, ascii: bool) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, canvas.width, canvas.height));
        canvas.draw(buffer.area, &mut buffer, ascii);
        buffer.content.iter().map(|cell| cell.symbol()).collect()
    }

    #[test]
    fn dots_are_where_unicode_has_them() {
        let mut canvas = Canvas::new(3, 1);
        canvas.dot(0, 0, 0, Style::new());
        canvas.dot(3, 3, 0, Style::new());
        assert_eq!(text(&canvas, false), "\u{2801}\u{2880} ");
        assert_eq!(text(&canvas, true), "'. ");
        for (x, y) in [(-1, 0), (0, -1), (6, 0), (0, 4), (i32::MAX, i32::MIN)] {
            canvas.dot(x, y, 0, Style::new());
        }
        assert_eq!(text(&canvas, false), "\u{2801}\u{2880} ", "outside is nowhere");
    }

    #[test]
    fn lines_are_clipped() {
        let mut canvas = Canvas::new(3, 1);
        canvas.line((-1e9, 0.5), (1e9, 0.5), 0, Style::new());
        assert_eq!(text(&canvas, false), "\u{2809}\u{2809}\u{2809}");
        canvas.line((f64::NAN, 0.0), (1.0, 1.0), 0, Style::new());
        canvas.line((-5.0, -5.0), (-1.0, 90.0), 0, Style::new());
        assert_eq!(text(&canvas, false), "\u{2809}\u{2809}\u{2809}");
        assert_eq!(text(&canvas, true), "'''");
    }

    #[test]
    fn the_highest_rank_colours_a_cell() {
        let mut canvas = Canvas::new(1, 1);
        canvas.dot(0, 0, 2, Style::new().fg(Color::Red));
        canvas.dot(1, 1, 1, Style::new().fg(Color::Green));
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
        canvas.draw(buffer.area, &mut buffer, false);
        assert_eq!(buffer[(0, 0)].fg, Color::Red);
    }
}
