//! From bytes to rows of text: finds out what the file is, decodes it and cuts it into cells.
//!
//! Owns encodings, delimiters and limits. Byte order mark first, then strict UTF-8, then GB18030: text in GB18030 is
//! practically never right UTF-8, so the order is safe.

use super::columns;
use super::error::FormError;
use super::workbook;
use crate::base::lines::LineNumbers;
use crate::domain::codes::codes;
use std::borrow::Cow;

/// Largest file taken.
pub const MAX_BYTES: usize = 50 << 20;
/// Most lines taken.
pub const MAX_LINES: usize = 200_000;
/// Most cells kept of a row; what stands further right is not part of a product list.
pub(super) const MAX_CELLS: usize = 200;
/// Rows a delimiter is judged by.
const PROBE_ROWS: usize = 12;

codes! {
    /// What the file was found to be.
    Encoding {
        Utf8 = "utf8", Utf8Bom = "utf8-bom", Utf16 = "utf16", Gb18030 = "gb18030", Xlsx = "xlsx", Xls = "xls",
    }
}

/// A row with the line or row number a person sees.
pub(super) struct RawRow {
    pub(super) line_no: u64,
    pub(super) cells: Vec<String>,
}

/// A table as text.
pub(super) struct Sheet {
    pub(super) encoding: Encoding,
    /// Name of the sheet; `csv` for a text file.
    pub(super) name: String,
    pub(super) rows: Vec<RawRow>,
}

/// Reads the table out of a file.
///
/// # Errors
/// `too-large`, `empty`, `unknown-encoding`, `not-a-table`, `too-many-lines`, and those of workbooks.
pub(super) fn read(bytes: &[u8], file_name: &str, sheet: Option<&str>) -> Result<Sheet, FormError> {
    if bytes.len() > MAX_BYTES {
        let mib = |n: usize| (n >> 20).to_string();
        return Err(FormError::new("too-large").with("size", mib(bytes.len())).with("max", mib(MAX_BYTES)));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(FormError::new("empty").with("file", file_name));
    }
    if let Some(kind) = workbook::kind(bytes) {
        return workbook::read(bytes, kind, file_name, sheet);
    }
    let (encoding, text) = decode(bytes).ok_or_else(|| FormError::new("unknown-encoding").with("file", file_name))?;
    let head = text.trim_start().get(..5).unwrap_or("").to_ascii_lowercase();
    if text.contains('\0') || head.starts_with("<html") || head.starts_with("<!doc") || head.starts_with("<tabl") {
        return Err(FormError::new("not-a-table").with("file", file_name));
    }
    let rows = split(&text, delimiter(&text))?;
    if rows.is_empty() {
        return Err(FormError::new("empty").with("file", file_name));
    }
    Ok(Sheet { encoding, name: "csv".to_owned(), rows })
}

pub(super) fn decode(bytes: &[u8]) -> Option<(Encoding, Cow<'_, str>)> {
    if let Some((found, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or(&[]);
        let text = found.decode_without_bom_handling_and_without_replacement(rest)?;
        let utf8 = found == encoding_rs::UTF_8;
        return Some((if utf8 { Encoding::Utf8Bom } else { Encoding::Utf16 }, text));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((Encoding::Utf8, Cow::Borrowed(text)));
    }
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((Encoding::Gb18030, text))
}

/// The delimiter under which the first rows look most like a product list; then the one with most fields.
fn delimiter(text: &str) -> u8 {
    let score = |delimiter: &u8| {
        let mut reader = reader(text, *delimiter);
        let (mut known, mut fields) = (0, 0);
        for record in reader.records().take(PROBE_ROWS).filter_map(Result::ok) {
            let cells: Vec<String> = record.iter().take(MAX_CELLS).map(str::to_owned).collect();
            known = known.max(columns::matches(&cells).len());
            fields += record.len();
        }
        (known, fields)
    };
    let mut best = (b',', (0, 0));
    for delimiter in *b",\t;" {
        let found = score(&delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

fn split(text: &str, delimiter: u8) -> Result<Vec<RawRow>, FormError> {
    let mut rows = Vec::new();
    let mut lines = LineNumbers::new(text);
    for record in reader(text, delimiter).records() {
        let record = record.map_err(|_| FormError::new("not-a-table"))?;
        let line_no = record.position().map_or(0, |p| lines.line_of(p.byte()));
        let cells: Vec<String> = record.iter().take(MAX_CELLS).map(str::to_owned).collect();
        push(&mut rows, line_no, cells)?;
    }
    Ok(rows)
}

/// Adds a row unless it is blank.
///
/// # Errors
/// `too-many-lines`.
pub(super) fn push(rows: &mut Vec<RawRow>, line_no: u64, cells: Vec<String>) -> Result<(), FormError> {
    if cells.iter().all(|c| c.trim().is_empty()) {
        return Ok(());
    }
    if rows.len() >= MAX_LINES {
        return Err(FormError::new("too-many-lines").with("max", MAX_LINES.to_string()));
    }
    rows.push(RawRow { line_no, cells });
    Ok(())
}
