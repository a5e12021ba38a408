//! Aligned tables by terminal cells. The first rows decide the widths; later ones are cut to them, so that any number
//! of rows takes bounded memory.

use super::out::Out;
use crate::base::text;
use std::io;

/// Rows that decide the widths.
const SAMPLE: usize = 200;
/// Widest column.
const WIDEST: usize = 40;

/// A table being written.
pub(super) struct Table {
    /// Head and whether values stand at the right.
    heads: Vec<(String, bool)>,
    widths: Vec<usize>,
    held: Vec<Vec<String>>,
    open: bool,
}

impl Table {
    pub(super) fn new(heads: Vec<(String, bool)>) -> Table {
        let widths = heads.iter().map(|(h, _)| text::width(h)).collect();
        Table { heads, widths, held: Vec::new(), open: false }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, out: &mut Out, cells: Vec<String>) -> io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|c| text::display(c).into_owned()).collect();
        if self.open {
            return self.put(out, &cells);
        }
        for (width, cell) in self.widths.iter_mut().zip(&cells) {
            *width = (*width).max(text::width(cell).min(WIDEST));
        }
        self.held.push(cells);
        if self.held.len() >= SAMPLE { self.flush(out) } else { Ok(()) }
    }

    /// Writes what is held back; a table without rows shows its heads.
    pub(super) fn flush(&mut self, out: &mut Out) -> io::Result<()> {
        if self.open {
            return Ok(());
        }
        self.open = true;
        let heads: Vec<String> = self.heads.iter().map(|(h, _)| h.clone()).collect();
        self.put(out, &heads)?;
        for row in std::mem::take(&mut self.held) {
            self.put(out, &row)?;
        }
        Ok(())
    }

    fn put(&self, out: &mut Out, cells: &[String]) -> io::Result<()> {
        let fitted = cells.iter().enumerate().map(|(i, cell)| {
            if self.heads[i].1 { text::fit_right(cell, self.widths[i]) } else { text::fit(cell, self.widths[i]) }
        });
        out.line(fitted.collect::<Vec<_>>().join("  ").trim_end())
    }
}
