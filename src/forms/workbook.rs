//! Workbooks of Excel and WPS: `.xlsx` and the older `.xls`.
//!
//! Owns choosing the sheet and turning cells into the text a person sees. Files that would unpack to far more than a
//! product list are refused before they are opened.

use super::biff::{Book, Broken, Value};
use super::compound::{u16_at, u32_at};
use super::error::FormError;
use super::sheet::{Encoding, MAX_CELLS, MAX_LINES, Sheet, push};
use calamine::{Data, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::collections::BTreeMap;
use std::io::Cursor;

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Most a workbook may say it unpacks to.
const MAX_UNPACKED: u64 = 400 << 20;

/// The kind of workbook the first bytes say it is. A protected `.xlsx` looks like an `.xls`.
pub(super) fn kind(bytes: &[u8]) -> Option<Encoding> {
    if bytes.starts_with(ZIP) {
        Some(Encoding::Xlsx)
    } else if bytes.starts_with(COMPOUND) {
        Some(Encoding::Xls)
    } else {
        None
    }
}

/// Reads a sheet of a workbook.
///
/// # Errors
/// `password-protected`, `corrupt-workbook`, `no-such-sheet`, `no-visible-sheet`, `empty`, `too-many-lines`.
pub(super) fn read(bytes: &[u8], kind: Encoding, file: &str, sheet: Option<&str>) -> Result<Sheet, FormError> {
    let about = |code: &'static str| FormError::new(code).with("file", file);
    let (name, sparse) = if kind == Encoding::Xlsx {
        // The library counts on sums that damaged files overflow: what it trips over is a damaged file.
        let read = std::panic::AssertUnwindSafe(|| xlsx(bytes, file, sheet));
        std::panic::catch_unwind(read).unwrap_or_else(|_| Err(about("corrupt-workbook")))?
    } else {
        let book = Book::open(bytes).map_err(|e| match e {
            Broken::Password => about("password-protected"),
            Broken::Damaged => about("corrupt-workbook"),
        })?;
        let list: Vec<_> = book.sheets.iter().map(|s| (s.name.as_str(), s.visible)).collect();
        let name = choose(&list, sheet)?;
        let chosen = book.sheets.iter().find(|s| s.name == name).ok_or_else(|| about("corrupt-workbook"))?;
        let mut sparse = Sparse::new();
        let columns = u16::try_from(MAX_CELLS).unwrap_or(u16::MAX);
        let cells = book.cells(chosen, MAX_LINES + 1, columns).ok_or_else(|| about("corrupt-workbook"))?;
        for ((row, column), value) in cells {
            let text = match value {
                Value::Text(t) => t,
                Value::Number(n) => number(n),
            };
            place(&mut sparse, u32::from(row), usize::from(column), text);
        }
        (name, sparse)
    };
    let mut rows = Vec::new();
    for (row, cells) in sparse {
        push(&mut rows, u64::from(row) + 1, cells)?;
    }
    if rows.is_empty() {
        return Err(about("empty"));
    }
    Ok(Sheet { encoding: kind, name, rows })
}

/// Name and cells of the sheet of an `.xlsx`.
fn xlsx(bytes: &[u8], file: &str, sheet: Option<&str>) -> Result<(String, Sparse), FormError> {
    let about = |code: &'static str| FormError::new(code).with("file", file);
    if unpacked(bytes).is_none_or(|n| n > MAX_UNPACKED) {
        return Err(about("corrupt-workbook"));
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsxError::Password => about("password-protected"),
        _ => about("corrupt-workbook"),
    })?;
    let list = book
        .sheets_metadata()
        .iter()
        .map(|s| (s.name.as_str(), s.visible == SheetVisible::Visible && s.typ == SheetType::WorkSheet));
    let name = choose(&list.collect::<Vec<_>>(), sheet)?;
    let sparse = xlsx_cells(&mut book, &name).map_err(|_| about("corrupt-workbook"))?;
    Ok((name, sparse))
}

/// The sheet asked for, by name; else the first one a person would see.
fn choose(sheets: &[(&str, bool)], wanted: Option<&str>) -> Result<String, FormError> {
    let names = || sheets.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("、");
    let found = match wanted {
        Some(name) => sheets.iter().find(|(n, _)| n.trim() == name.trim()),
        None => sheets.iter().find(|(_, visible)| *visible),
    };
    match (found, wanted) {
        (Some((name, _)), _) => Ok((*name).to_owned()),
        (None, Some(name)) => Err(FormError::new("no-such-sheet").with("sheet", name).with("sheets", names())),
        (None, None) => Err(FormError::new("no-visible-sheet").with("sheets", names())),
    }
}

/// Rows that hold something, by row number from 0.
type Sparse = BTreeMap<u32, Vec<String>>;

fn place(sparse: &mut Sparse, row: u32, column: usize, text: String) {
    if text.trim().is_empty() || column >= MAX_CELLS {
        return;
    }
    let cells = sparse.entry(row).or_default();
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if let Some(place) = cells.get_mut(column) {
        *place = text;
    }
}

/// The cells of an `.xlsx` sheet one by one: a sheet may claim a rectangle that no memory holds.
fn xlsx_cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Sparse, XlsxError> {
    let mut reader = book.worksheet_cells_reader(name)?;
    let mut sparse = Sparse::new();
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        if sparse.len() > MAX_LINES {
            break;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        place(&mut sparse, row, column, text(&Data::from(cell.get_value().clone())));
    }
    Ok(sparse)
}

/// A cell as a person sees it; numbers without the tail that binary fractions leave.
fn text(cell: &Data) -> String {
    match cell {
        Data::String(s) => s.clone(),
        Data::Int(n) => n.to_string(),
        Data::Float(f) => number(*f),
        Data::Bool(b) => b.to_string(),
        Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::DateTime(d) => d.to_string(),
        Data::Error(_) | Data::Empty => String::new(),
    }
}

/// A number without the tail that binary fractions leave: 39.8, not 39.800000000000004.
fn number(f: f64) -> String {
    if !f.is_finite() || f.abs() >= 1e15 {
        return f.to_string();
    }
    let fixed = format!("{f:.6}");
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the archive's directory says its files unpack to; `None` when it has none.
fn unpacked(bytes: &[u8]) -> Option<u64> {
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let mut at = usize::try_from(u32_at(bytes, end + 16)?).ok()?;
    let mut sum = 0_u64;
    for _ in 0..u16_at(bytes, end + 10)? {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        sum += u64::from(u32_at(bytes, at + 24)?);
        let tail = [28, 30, 32].into_iter().filter_map(|o| u16_at(bytes, at + o)).map(usize::from).sum::<usize>();
        at = at.checked_add(46 + tail)?;
    }
    Some(sum)
}
