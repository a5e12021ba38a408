//! A gift pack on paper: the A4 text, and the order sheet as text and as a workbook.
//!
//! Owns layout and format. Words come from whoever asks; what stands in a cell is text or a number, never a formula.

use crate::base::text;
use crate::domain::value::Fen;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Count(i64),
    Money(Fen),
}

/// A sheet of paper: title and lines on top, a table with sums, lines below.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    pub title: String,
    pub above: Vec<String>,
    pub heads: Vec<String>,
    /// Groups of rows with what they add up to; the last sum is of all.
    pub groups: Vec<Group>,
    pub below: Vec<String>,
}

/// Rows, and the line below them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    pub rows: Vec<Vec<Cell>>,
    pub sum: Option<Vec<Cell>>,
}

/// Cells of a line on A4 in a font of fixed width.
const PAGE: usize = 80;
/// Widest column of the workbook, in characters.
const WIDEST: usize = 40;

impl Cell {
    fn words(&self) -> String {
        match self {
            Cell::Text(t) => text::display(t).into_owned(),
            Cell::Count(n) => n.to_string(),
            Cell::Money(fen) => fen.yuan(),
        }
    }

    fn is_number(&self) -> bool {
        !matches!(self, Cell::Text(_))
    }
}

impl Sheet {
    fn rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.groups.iter().flat_map(|g| g.rows.iter().chain(&g.sum))
    }

    /// Cells of each column.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|h| text::width(h)).collect();
        for row in self.rows() {
            widths.iter_mut().zip(row).for_each(|(w, cell)| *w = (*w).max(text::width(&cell.words())));
        }
        widths
    }

    /// The sheet as text that fits a page of A4 in a font of fixed width: the widest column of words gives way.
    pub fn text(&self) -> String {
        let mut widths = self.widths();
        let all = |widths: &[usize]| widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        let number = |c: usize| self.rows().any(|r| r.get(c).is_some_and(Cell::is_number));
        while all(&widths) > PAGE {
            let words = (0..widths.len()).filter(|c| !number(*c) && widths[*c] > 8);
            let Some(c) = words.max_by_key(|c| widths[*c]) else { break };
            widths[c] -= 1;
        }
        let width = all(&widths).min(PAGE);
        let centred = |t: &str| format!("{}{t}", " ".repeat(width.saturating_sub(text::width(t)) / 2));
        let line = |cells: Vec<(String, bool)>| {
            let fitted = cells.iter().zip(&widths).map(|((cell, right), width)| match right {
                true => text::fit_right(cell, *width),
                false => text::fit(cell, *width),
            });
            fitted.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let row = |cells: &Vec<Cell>| line(cells.iter().map(|c| (c.words(), c.is_number())).collect());
        let mut out = vec![centred(&self.title), String::new()];
        out.extend(self.above.iter().flat_map(|l| text::wrap(l, width)));
        out.push(String::new());
        out.push(line(self.heads.iter().enumerate().map(|(c, h)| (h.clone(), number(c))).collect()));
        out.push("-".repeat(width));
        for group in &self.groups {
            out.extend(group.rows.iter().map(row));
            out.extend(group.sum.iter().map(row));
            out.push("-".repeat(width));
        }
        out.extend(self.below.iter().flat_map(|l| text::wrap(l, width)));
        out.join("\n") + "\n"
    }

    /// The sheet as a workbook: A4, 黑体 on top, 宋体 below, money as numbers of two places.
    ///
    /// # Errors
    /// What the writer says.
    pub fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_paper_size(9).set_print_fit_to_pages(1, 0).set_portrait();
        let columns = u16::try_from(self.heads.len().max(1)).unwrap_or(u16::MAX);
        let title = Format::new().set_font_name("黑体").set_font_size(16.0).set_align(FormatAlign::Center);
        sheet.merge_range(0, 0, 0, columns.saturating_sub(1).max(1), &self.title, &title)?;
        let plain = Format::new().set_font_name("宋体").set_font_size(11.0);
        let mut at = 1;
        for line in &self.above {
            sheet.write_string_with_format(at, 0, line, &plain)?;
            at += 1;
        }
        let head = plain.clone().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
        for (c, words) in (0..columns).zip(&self.heads) {
            sheet.write_string_with_format(at, c, words, &head)?;
        }
        sheet.set_repeat_rows(at, at)?;
        at += 1;
        let cell = plain.clone().set_border(FormatBorder::Thin);
        for group in &self.groups {
            for row in &group.rows {
                put(sheet, at, row, &cell)?;
                at += 1;
            }
            if let Some(sum) = &group.sum {
                put(sheet, at, sum, &cell.clone().set_bold())?;
                at += 1;
            }
        }
        for line in &self.below {
            sheet.write_string_with_format(at, 0, line, &plain)?;
            at += 1;
        }
        for (c, width) in (0..columns).zip(self.widths()) {
            sheet.set_column_width(c, u32::try_from(width.min(WIDEST) + 2).unwrap_or(10))?;
        }
        book.save_to_buffer()
    }
}

fn put(sheet: &mut Worksheet, at: u32, row: &[Cell], format: &Format) -> Result<(), XlsxError> {
    for (c, cell) in (0..u16::MAX).zip(row) {
        match cell {
            Cell::Text(t) => sheet.write_string_with_format(at, c, text::display(t), format)?,
            Cell::Count(n) => sheet.write_number_with_format(at, c, *n as f64, &format.clone().set_num_format("0"))?,
            Cell::Money(fen) => {
                // A double holds every sum of fen exactly to two places up to ninety thousand billion yuan.
                let yuan = fen.0 as f64 / 100.0;
                sheet.write_number_with_format(at, c, yuan, &format.clone().set_num_format("#,##0.00"))?
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let row = |name: &str, n, fen| vec![Cell::Text(name.into()), Cell::Count(n), Cell::Money(Fen(fen))];
        Sheet {
            title: "礼包订货单".into(),
            above: vec!["份数：500".into()],
            heads: vec!["产品".into(), "件数".into(), "金额".into()],
            groups: vec![Group {
                rows: vec![row("=HYPERLINK(\"x\")", 500, 2_190_000), row(&"长".repeat(60), 1, 5)],
                sum: Some(row("合计", 501, 2_190_005)),
            }],
            below: vec!["经办人：".into()],
        }
    }

    #[test]
    fn the_text_fits_a_page_and_numbers_are_whole() {
        let text = sheet().text();
        assert!(text.lines().all(|l| text::width(l) <= PAGE), "{text}");
        assert!(text.contains("21900.05") && text.contains("21900.00") && text.contains("501"), "{text}");
        assert!(text.lines().next().is_some_and(|l| l.trim() == "礼包订货单"), "{text}");
    }

    #[test]
    fn the_workbook_reads_back_and_a_formula_is_only_text() {
        use calamine::{Data, Reader, Xlsx};
        let bytes = sheet().workbook().expect("a workbook");
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("opens");
        let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
        let cell = |r, c| range.get_value((r, c)).cloned().unwrap_or(Data::Empty);
        assert_eq!(cell(0, 0), Data::String("礼包订货单".into()));
        assert_eq!(cell(3, 0), Data::String("=HYPERLINK(\"x\")".into()));
        assert_eq!((cell(5, 1), cell(5, 2)), (Data::Float(501.0), Data::Float(21_900.05)));
        assert!(book.worksheet_formula("Sheet1").expect("formulas").is_empty());
    }
}
