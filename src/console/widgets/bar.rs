//! Progress bars: background-coloured cells, or `=====-----` where there are no colours.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// What a bar shows. The number itself stands beside it and is not drawn here.
#[derive(Debug, Clone, Copy)]
pub struct Bar {
    /// Reached part of the goal, 0 to 1; more is shown as full.
    pub done: f64,
    /// Part that should be reached today, if there is a plan: marked with `|`.
    pub pace: Option<f64>,
    /// Style of the reached part.
    pub full: Style,
    /// Style of the rest.
    pub rest: Style,
    /// Draw characters instead of backgrounds.
    pub plain: bool,
}

impl Bar {
    /// Draws into the first line of `area`.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let full = filled(self.done, area.width);
        let mark = self.pace.map(|pace| filled(pace, area.width).min(area.width - 1));
        for offset in 0..area.width {
            let reached = offset < full;
            let symbol = match (mark == Some(offset), self.plain, reached) {
                (true, ..) => "|",
                (_, false, _) => " ",
                (_, true, true) => "=",
                (_, true, false) => "-",
            };
            let style = if reached { self.full } else { self.rest };
            buffer[(area.x + offset, area.y)].set_symbol(symbol).set_style(style);
        }
    }
}

/// Cells for a part: none only for nothing, all only for everything, so that a bar never lies at its ends.
fn filled(part: f64, width: u16) -> u16 {
    if part.is_nan() || part <= 0.0 {
        return 0;
    }
    if part >= 1.0 {
        return width;
    }
    let cells = (part * f64::from(width)).round() as u16;
    cells.clamp(1, width.saturating_sub(1).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Color;

    fn plain(done: f64, pace: Option<f64>, width: u16) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
        Bar { done, pace, full: Style::new(), rest: Style::new(), plain: true }.draw(buffer.area, &mut buffer);
        buffer.content.iter().map(|cell| cell.symbol()).collect()
    }

    #[test]
    fn characters() {
        assert_eq!(plain(0.38, None, 26), "==========----------------");
        assert_eq!(plain(0.0, None, 5), "-----");
        assert_eq!(plain(0.001, None, 5), "=----");
        assert_eq!(plain(0.999, None, 5), "====-");
        assert_eq!(plain(1.7, None, 5), "=====");
        assert_eq!(plain(f64::NAN, None, 5), "-----");
        assert_eq!(plain(0.4, Some(0.6), 10), "====--|---");
        assert_eq!(plain(0.4, Some(1.0), 10), "====-----|");
    }

    #[test]
    fn backgrounds() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        let style = |colour| Style::new().bg(colour);
        let bar = Bar { done: 0.5, pace: None, full: style(Color::Blue), rest: style(Color::Gray), plain: false };
        bar.draw(Rect::new(0, 0, 99, 9), &mut buffer);
        let colours: Vec<Color> = buffer.content.iter().map(|cell| cell.bg).collect();
        assert_eq!(colours, [Color::Blue, Color::Blue, Color::Gray, Color::Gray]);
        assert!(buffer.content.iter().all(|cell| cell.symbol() == " "));
    }
}
