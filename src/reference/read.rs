//! Reads one reference file: fixed header, every line, every error with file, line and column.
//!
//! Owns reading and error collection; what a column may hold is said by each row type in `kinds`.

use super::table::Table;
use crate::base::lines::LineNumbers;
use crate::base::text;
use jiff::civil::Date;
use std::collections::HashMap;

/// What should have stood in a field: a code whose words are in the locale files (`reference-expected-<code>`), and the
/// value they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub code: &'static str,
    pub arg: String,
}

impl Expected {
    /// Every code. A test holds that each has its words.
    pub const CODES: &'static [&'static str] = &[
        "one-of",
        "year",
        "division",
        "count",
        "positive",
        "months",
        "date",
        "not-before-due",
        "csv-line",
        "fields",
        "new-key",
        "row",
        "column",
        "text",
        "union",
        "degrees",
        "place",
        "no-column",
    ];

    pub(super) fn code(code: &'static str) -> Expected {
        Expected::with(code, "")
    }

    pub(super) fn with(code: &'static str, arg: impl ToString) -> Expected {
        debug_assert!(Expected::CODES.contains(&code), "{code} is not in the table");
        Expected { code, arg: arg.to_string() }
    }

    pub(super) fn one_of(values: &str) -> Expected {
        Expected::with("one-of", values)
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code, self.arg)
    }
}

/// Most characters of a wrong value that an error repeats.
const SHOWN: usize = 40;

/// One thing wrong with a reference file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {column}: found \"{found}\", expected {expected}")]
pub struct RowError {
    pub file: &'static str,
    /// Line in the file, the header being 1.
    pub line: u64,
    /// Column the error is in; the nearest one when a header is wrong.
    pub column: String,
    pub found: String,
    pub expected: Expected,
}

impl RowError {
    /// An error in `column` on `line`.
    pub fn new(table: Table, line: u64, column: &str, found: &str, expected: Expected) -> RowError {
        let found: String = text::clean(found).chars().take(SHOWN).collect();
        RowError { file: table.file(), line, column: column.to_owned(), found, expected }
    }
}

/// A row type of a reference file.
pub trait TableRow: Sized {
    const TABLE: Table;
    /// Reads the fields; wrong ones are noted in `f` and replaced by something harmless.
    fn read(f: &mut Fields<'_>) -> Self;
    /// What must be there only once, as column and value.
    fn key(&self) -> (&'static str, String);
}

/// A row with the line it stood on.
#[derive(Debug, Clone)]
pub struct Line<T> {
    pub line: u64,
    pub row: T,
}

/// Reads a whole file.
///
/// # Errors
/// Every error in the file, in the order of its lines.
pub fn parse<T: TableRow>(text: &str) -> Result<Vec<T>, Vec<RowError>> {
    Ok(parse_lines::<T>(text)?.into_iter().map(|l| l.row).collect())
}

/// As [`parse`], with line numbers.
///
/// # Errors
/// As [`parse`].
pub fn parse_lines<T: TableRow>(text: &str) -> Result<Vec<Line<T>>, Vec<RowError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok).unwrap_or_default();
    let mut errors = check_header(T::TABLE, &header);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut out = Vec::new();
    let mut lines = LineNumbers::new(text);
    for (n, record) in records.enumerate() {
        let fallback = u64::try_from(n).unwrap_or(u64::MAX).saturating_add(2);
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                errors.push(RowError::new(T::TABLE, fallback, "", &e.to_string(), Expected::code("csv-line")));
                continue;
            }
        };
        let line = record.position().map_or(fallback, |p| lines.line_of(p.byte()));
        let expected = T::TABLE.columns().len();
        if record.len() != expected {
            let last = T::TABLE.columns().get(record.len().min(expected) - 1).copied().unwrap_or("");
            let found = format!("{} fields", record.len());
            errors.push(RowError::new(T::TABLE, line, last, &found, Expected::with("fields", expected)));
            continue;
        }
        let mut fields = Fields { table: T::TABLE, line, record: &record, errors: &mut errors };
        let row = T::read(&mut fields);
        let (column, key) = row.key();
        if let Some(first) = seen.insert(key.clone(), line) {
            errors.push(RowError::new(T::TABLE, line, column, &key, Expected::with("new-key", first)));
        }
        out.push(Line { line, row });
    }
    if out.is_empty() && errors.is_empty() {
        // A table without a line would take away what the product stands on.
        let first = T::TABLE.columns().first().copied().unwrap_or_default();
        errors.push(RowError::new(T::TABLE, 2, first, "", Expected::code("row")));
    }
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

/// The same file with every field cleaned, for keeping. Call it with a text that [`parse`] takes.
pub fn cleaned(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for record in reader.records().flatten() {
        // A record that cannot be written to memory does not exist.
        let _ = writer.write_record(record.iter().map(text::clean));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn check_header(table: Table, header: &csv::StringRecord) -> Vec<RowError> {
    let expected = table.columns();
    let found: Vec<&str> = header.iter().map(str::trim).collect();
    let mut errors = Vec::new();
    for name in found.iter().filter(|n| !expected.contains(n)) {
        let free = expected.iter().filter(|e| !found.contains(e));
        let nearest = free.chain(expected).min_by_key(|e| distance(e, name)).copied().unwrap_or("");
        errors.push(RowError::new(table, 1, nearest, name, Expected::with("column", nearest)));
    }
    for name in expected.iter().filter(|e| !found.contains(e)) {
        if !errors.iter().any(|e: &RowError| e.column == **name) {
            errors.push(RowError::new(table, 1, name, "", Expected::with("column", name)));
        }
    }
    if errors.is_empty() {
        for (i, name) in found.iter().enumerate() {
            match expected.get(i) {
                Some(wanted) if name != wanted => {
                    let place = format!("{wanted} {}", i + 1);
                    errors.push(RowError::new(table, 1, name, name, Expected::with("place", place)));
                }
                Some(_) => {}
                None => errors.push(RowError::new(table, 1, name, name, Expected::code("no-column"))),
            }
        }
    }
    errors
}

/// Edits between two names (Levenshtein), to name the column most likely meant.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row.first().copied().unwrap_or(0);
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(0);
            let left = row.get(j).copied().unwrap_or(0);
            let best = (diagonal + usize::from(x != *y)).min(above + 1).min(left + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = best;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

/// The fields of one line, by column name; notes what is wrong with them.
pub struct Fields<'a> {
    table: Table,
    line: u64,
    record: &'a csv::StringRecord,
    errors: &'a mut Vec<RowError>,
}

impl Fields<'_> {
    /// Text that may be empty, cleaned as everything that comes from outside.
    pub fn optional(&mut self, column: &'static str) -> String {
        text::clean(self.raw(column))
    }

    /// Text that must be there.
    pub fn text(&mut self, column: &'static str) -> String {
        let text = text::clean(self.raw(column));
        if text.is_empty() {
            self.wrong(column, Expected::code("text"));
        }
        text
    }

    /// A value that `read` understands; `expected` says what that is.
    pub fn value<T>(
        &mut self,
        column: &'static str,
        expected: Expected,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.raw(column));
        if value.is_none() {
            self.wrong(column, expected);
        }
        value
    }

    /// As [`Fields::value`], absent when the field is empty.
    pub fn maybe<T>(
        &mut self,
        column: &'static str,
        expected: Expected,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.raw(column).is_empty() { None } else { self.value(column, expected, read) }
    }

    /// A calendar day.
    pub fn date(&mut self, column: &'static str) -> Date {
        self.value(column, Expected::code("date"), |t| t.parse().ok()).unwrap_or(Date::ZERO)
    }

    /// Degrees with up to six decimals as millionths, within bounds given in degrees.
    pub fn degrees(&mut self, column: &'static str, low: i64, high: i64) -> i64 {
        let expected = Expected::with("degrees", format!("{low}..{high}"));
        let within = |n: &i64| (low * 1_000_000..=high * 1_000_000).contains(n);
        self.value(column, expected, |t| micro(t).filter(within)).unwrap_or(0)
    }

    /// `true` or `false`; empty counts as false.
    pub fn flag(&mut self, column: &'static str) -> bool {
        self.maybe(column, Expected::one_of("true, false"), |t| t.parse().ok()).unwrap_or(false)
    }

    /// A division code: six digits, or `Z` with letters and digits.
    pub fn code(&mut self, column: &'static str) -> String {
        self.value(column, Expected::code("division"), |t| is_division_code(t).then(|| t.to_owned()))
            .unwrap_or_default()
    }

    /// Notes that `column` is wrong.
    pub fn wrong(&mut self, column: &'static str, expected: Expected) {
        let error = RowError::new(self.table, self.line, column, self.raw(column), expected);
        self.errors.push(error);
    }

    fn raw(&self, column: &'static str) -> &str {
        debug_assert!(self.table.columns().contains(&column), "{column} is not in {}", self.table.file());
        let at = self.table.columns().iter().position(|c| *c == column);
        at.and_then(|i| self.record.get(i)).map_or("", str::trim)
    }
}

/// Whether the text has the shape of a division code.
pub fn is_division_code(t: &str) -> bool {
    let digits = t.len() == 6 && t.bytes().all(|b| b.is_ascii_digit());
    let local = t.strip_prefix('Z').is_some_and(|r| (2..=8).contains(&r.len()));
    digits || (local && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

/// Decimal degrees as millionths, never through floating point.
fn micro(t: &str) -> Option<i64> {
    let (whole, frac) = t.split_once('.').unwrap_or((t, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(frac) || frac.len() > 6 || whole.len() > 3 {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 1_000_000 + format!("{frac:0<6}").parse::<i64>().ok()?)
}
