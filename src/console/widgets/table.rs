//! Lists over the full width: a header, and one line a record with a gutter of two cells.
//!
//! The gutter holds the mark and the cursor sign, so that moving the cursor changes two cells. The
//! table draws what it is given: which rows are visible, and in what order, is the view's business.

use crate::base::text::{fit, fit_right, glyphs, grapheme_width, shortened, width};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Cells between columns.
const GAP: u16 = 2;
/// Cells of the gutter: cursor sign, mark, and a blank before the first column.
const GUTTER: u16 = 3;

/// Which side of its column a text keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// What a column needs.
#[derive(Debug, Clone, Copy)]
pub struct ColumnWidth {
    /// Below this the column is left out.
    pub min: u16,
    /// More than this is never used.
    pub ideal: u16,
    /// The lowest leaves first when there is no room.
    pub priority: u8,
    /// Where its text goes.
    pub align: Align,
}

/// How a sort column is shown in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortSign {
    /// Smallest first.
    Up,
    /// Greatest first.
    Down,
}

/// A heading.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    /// The words.
    pub title: &'a str,
    /// The sign behind it, if rows are sorted by this column.
    pub sort: Option<SortSign>,
}

/// One field of a row.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// The text, already cleaned of control characters.
    pub text: &'a str,
    /// Byte ranges a search found; ranges that are no ranges of the text are ignored.
    pub matched: &'a [Range<usize>],
    /// Style over that of the row, such as the colour of a state.
    pub style: Style,
}

/// Gutter and style of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowLook {
    /// The cursor is on it: `>`.
    pub selected: bool,
    /// It is marked: `*`.
    pub marked: bool,
    /// The style of the whole row.
    pub style: Style,
    /// The style of the gutter signs.
    pub sign: Style,
    /// What matched ranges add; it should underline.
    pub matched: Style,
}

/// Widths for the columns in a line of `cells` cells; `None` for those left out.
///
/// Columns leave by priority until the rest fit with their least widths; what remains is then given
/// out, most important columns first. The most important column always stays, cut if it must be.
pub fn layout(columns: &[ColumnWidth], cells: u16) -> Vec<Option<u16>> {
    let room = cells.saturating_sub(GUTTER);
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let need = |kept: &[usize]| -> u32 {
        let gaps = u32::from(GAP) * (kept.len().saturating_sub(1) as u32);
        kept.iter().map(|i| u32::from(columns[*i].min)).sum::<u32>() + gaps
    };
    while kept.len() > 1 && need(&kept) > u32::from(room) {
        // Of equal ones the rightmost leaves.
        let Some(out) = kept.iter().copied().min_by_key(|i| (columns[*i].priority, usize::MAX - i)) else { break };
        kept.retain(|i| *i != out);
    }
    let mut widths = vec![None; columns.len()];
    let mut spare = u32::from(room).saturating_sub(need(&kept)) as u16;
    for i in &kept {
        widths[*i] = Some(columns[*i].min.min(room)).filter(|width| *width > 0);
    }
    kept.sort_by_key(|i| (u8::MAX - columns[*i].priority, *i));
    for i in kept {
        if let Some(width) = &mut widths[i] {
            let more = columns[i].ideal.saturating_sub(*width).min(spare);
            *width += more;
            spare -= more;
        }
    }
    widths
}

/// Draws the headings in the first line of `area`.
pub fn draw_header(
    area: Rect,
    buffer: &mut Buffer,
    columns: &[ColumnWidth],
    widths: &[Option<u16>],
    headings: &[Heading<'_>],
    style: Style,
) {
    let area = line(area, buffer);
    buffer.set_style(area, style);
    each(area, columns, widths, |i, x, cells, align| {
        let Some(heading) = headings.get(i) else { return };
        // Set off from the title, which a word would run into.
        let sign = match heading.sort {
            None => "",
            Some(SortSign::Up) => "^",
            Some(SortSign::Down) => "v",
        };
        let room = usize::from(cells);
        // The sign survives where the title does not.
        let title = if width(heading.title) + width(sign) > room {
            fit(heading.title, room.saturating_sub(width(sign))).trim_end().to_owned()
        } else {
            heading.title.to_owned()
        };
        let text = aligned(&format!("{title}{sign}"), room, align);
        buffer.set_stringn(x, area.y, text, room, style);
    });
}

/// Draws a record in the first line of `area`.
pub fn draw_row(
    area: Rect,
    buffer: &mut Buffer,
    columns: &[ColumnWidth],
    widths: &[Option<u16>],
    fields: &[Field<'_>],
    look: RowLook,
) {
    let area = line(area, buffer);
    if area.is_empty() {
        return;
    }
    let start = buffer.index_of(area.x, area.y);
    for cell in buffer.content.iter_mut().skip(start).take(usize::from(area.width)) {
        *cell = Cell::EMPTY;
        cell.set_style(look.style);
    }
    let signs = [(look.selected, ">"), (look.marked, "*")];
    for ((shown, sign), x) in signs.into_iter().zip(area.left()..area.right()) {
        if shown {
            buffer[(x, area.y)].set_symbol(sign).set_style(look.sign);
        }
    }
    each(area, columns, widths, |i, x, cells, align| {
        let Some(field) = fields.get(i) else { return };
        let style = look.style.patch(field.style);
        let (shown, used) = shortened(field.text, usize::from(cells));
        let lead = if align == Align::Right { usize::from(cells) - used } else { 0 };
        put(buffer, (x + lead as u16, area.y), &shown, style);
        underline(buffer, (x, area.y), lead, usize::from(cells), field, look.matched);
    });
}

/// Writes a drawing form that fits: its characters join with nothing, so nothing has to be looked for between them.
fn put(buffer: &mut Buffer, (x, y): (u16, u16), shown: &str, style: Style) {
    // Nothing may stand behind the last cell.
    if shown.is_empty() {
        return;
    }
    let mut at = buffer.index_of(x, y);
    for (glyph, cells) in glyphs(shown) {
        let Some((head, tail)) = buffer.content.get_mut(at..at + cells).and_then(<[Cell]>::split_first_mut) else {
            return;
        };
        head.set_symbol(glyph).set_style(style);
        // The second half of a wide glyph is hidden by the first.
        tail.iter_mut().for_each(Cell::reset);
        at += cells;
    }
}

/// Adds the style of matches to the cells of matched graphemes that are shown.
fn underline(buffer: &mut Buffer, (x, y): (u16, u16), lead: usize, cells: usize, field: &Field<'_>, style: Style) {
    if field.matched.is_empty() {
        return;
    }
    // Where the text is cut, its last two cells are dots, which match nothing.
    let end = if width(field.text) > cells { cells.saturating_sub(2) } else { cells };
    let mut at = lead;
    for (byte, grapheme) in field.text.grapheme_indices(true) {
        let next = at + grapheme_width(grapheme);
        if next > end {
            break;
        }
        let found = field.matched.iter().any(|range| range.start < byte + grapheme.len() && byte < range.end);
        if found {
            for cell in at..next {
                buffer[(x + cell as u16, y)].set_style(style);
            }
        }
        at = next;
    }
}

fn each(area: Rect, columns: &[ColumnWidth], widths: &[Option<u16>], mut draw: impl FnMut(usize, u16, u16, Align)) {
    let mut x = area.x.saturating_add(GUTTER);
    for (i, (column, width)) in columns.iter().zip(widths).enumerate() {
        let Some(width) = *width else { continue };
        if x >= area.right() {
            break;
        }
        draw(i, x, width.min(area.right() - x), column.align);
        x = x.saturating_add(width).saturating_add(GAP);
    }
}

fn aligned(text: &str, cells: usize, align: Align) -> String {
    match align {
        Align::Left => fit(text, cells),
        Align::Right => fit_right(text, cells),
    }
}

fn line(area: Rect, buffer: &Buffer) -> Rect {
    let area = area.intersection(buffer.area);
    Rect { height: area.height.min(1), ..area }
}

#[cfg(test)]
mod tests;
