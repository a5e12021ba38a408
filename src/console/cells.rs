//! Text in cells: width, cutting and padding on grapheme boundaries.
//!
//! The names are those of `base::text`, which is to replace this file.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

/// Cells a text takes.
pub(in crate::console) fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// Cells one grapheme takes; control characters take none.
pub(in crate::console) fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.chars().any(char::is_control) { 0 } else { usize::from(grapheme.cell_width()) }
}

/// The text in exactly `cells` cells: padded on the right, or cut with `..`.
pub(in crate::console) fn fit(text: &str, cells: usize) -> String {
    let mut fitted = cut(text, cells);
    let used = width(&fitted);
    fitted.extend(std::iter::repeat_n(' ', cells.saturating_sub(used)));
    fitted
}

/// The text in exactly `cells` cells, padded on the left.
pub(in crate::console) fn fit_right(text: &str, cells: usize) -> String {
    let cut = cut(text, cells);
    let mut fitted = " ".repeat(cells.saturating_sub(width(&cut)));
    fitted.push_str(&cut);
    fitted
}

fn cut(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let room = cells.saturating_sub(2);
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let next = used + grapheme_width(grapheme);
        if next > room {
            break;
        }
        used = next;
        kept.push_str(grapheme);
    }
    kept.push_str(&".."[..cells.min(2)]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_exactly() {
        assert_eq!(fit("柞水木耳", 10), "柞水木耳  ");
        assert_eq!(fit("柞水木耳", 8), "柞水木耳");
        assert_eq!(fit("柞水木耳", 7), "柞水.. ");
        assert_eq!(fit("柞水木耳", 6), "柞水..");
        assert_eq!(fit("柞水", 1), ".");
        assert_eq!(fit("柞水", 0), "");
        assert_eq!(fit_right("45.00", 8), "   45.00");
        assert_eq!(width("e\u{301}中"), 3);
    }
}
