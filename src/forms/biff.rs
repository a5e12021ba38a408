//! Workbooks of Excel 97 to 2003 and WPS (`.xls`), record by record.
//!
//! Owns what a product list needs of the format: sheet names, shared strings, cell values. The reader of the `calamine`
//! crate is not used here because damaged files make it panic or ask for tens of gigabytes.

use super::compound::{Compound, f64_at, u16_at, u32_at};
use std::collections::BTreeMap;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const FILEPASS: u16 = 0x002F;
const BOUNDSHEET: u16 = 0x0085;
const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const LABEL_SST: u16 = 0x00FD;
const LABEL: u16 = 0x0204;
const RK: u16 = 0x027E;
const MUL_RK: u16 = 0x00BD;
const NUMBER: u16 = 0x0203;
const FORMULA: u16 = 0x0006;
const STRING: u16 = 0x0207;
/// The version that Excel 97 and later write.
const BIFF8: u16 = 0x0600;
/// Bytes of text in the cells of one sheet at most.
const MOST_TEXT: usize = 64 << 20;

/// Why a workbook cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    Password,
    Damaged,
}

/// A sheet as the workbook lists it.
pub(super) struct SheetEntry {
    pub(super) name: String,
    pub(super) visible: bool,
    place: usize,
}

/// A value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
}

/// An opened workbook.
pub(super) struct Book {
    stream: Vec<u8>,
    pub(super) sheets: Vec<SheetEntry>,
    strings: Vec<String>,
}

impl Book {
    /// Opens a workbook.
    pub(super) fn open(bytes: &[u8]) -> Result<Book, Broken> {
        let container = Compound::open(bytes).ok_or(Broken::Damaged)?;
        if container.has("EncryptedPackage") {
            return Err(Broken::Password);
        }
        let stream = container.stream("Workbook").ok_or(Broken::Damaged)?;
        let mut records = Records { stream: &stream, at: 0 };
        if records.next().is_none_or(|(kind, data)| kind != BOF || u16_at(data, 0) != Some(BIFF8)) {
            return Err(Broken::Damaged);
        }
        let (mut sheets, mut shared) = (Vec::new(), Vec::new());
        let mut after_sst = false;
        for (kind, data) in records {
            match kind {
                FILEPASS => return Err(Broken::Password),
                BOUNDSHEET => sheets.extend(sheet_entry(data)),
                SST => shared = vec![data],
                CONTINUE if after_sst => shared.push(data),
                EOF => break,
                _ => {}
            }
            after_sst = kind == SST || (after_sst && kind == CONTINUE);
        }
        let strings = shared_strings(&shared);
        Ok(Book { sheets, strings, stream: stream.clone() })
    }

    /// The cells of a sheet by row and column, of the first `most` rows and the first `columns` columns; `None` when
    /// their texts come to more than any product list has. A few bytes a cell can name one long text again and again.
    pub(super) fn cells(&self, sheet: &SheetEntry, most: usize, columns: u16) -> Option<BTreeMap<(u16, u16), Value>> {
        let mut cells = BTreeMap::new();
        let mut texts = 0;
        let mut rows = 0;
        let mut last_row = None;
        let mut formula = None;
        let mut put = |row: u16, column: u16, value: Value| {
            if last_row != Some(row) {
                last_row = Some(row);
                rows += 1;
            }
            if column < columns && rows <= most && texts <= MOST_TEXT {
                if let Value::Text(text) = &value {
                    texts += text.len();
                }
                cells.insert((row, column), value);
            }
        };
        for (kind, data) in (Records { stream: &self.stream, at: sheet.place }) {
            let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else {
                if kind == EOF {
                    break;
                }
                continue;
            };
            match kind {
                EOF => break,
                LABEL_SST => {
                    let text = u32_at(data, 6).and_then(|i| self.strings.get(usize::try_from(i).ok()?));
                    text.into_iter().for_each(|t| put(row, column, Value::Text(t.clone())));
                }
                LABEL => long_string(data.get(6..)).into_iter().for_each(|t| put(row, column, Value::Text(t))),
                NUMBER => f64_at(data, 6).into_iter().for_each(|n| put(row, column, Value::Number(n))),
                RK => u32_at(data, 6).into_iter().for_each(|n| put(row, column, Value::Number(rk(n)))),
                MUL_RK => {
                    let values = data.get(4..data.len().saturating_sub(2)).unwrap_or(&[]);
                    for (column, value) in (column..).zip(values.chunks_exact(6)) {
                        u32_at(value, 2).into_iter().for_each(|n| put(row, column, Value::Number(rk(n))));
                    }
                }
                FORMULA if u16_at(data, 12) == Some(0xFFFF) => formula = Some((row, column)),
                FORMULA => f64_at(data, 6).into_iter().for_each(|n| put(row, column, Value::Number(n))),
                // The text a formula gave stands in a record of its own behind it.
                STRING => {
                    if let (Some((row, column)), Some(text)) = (formula.take(), long_string(Some(data))) {
                        put(row, column, Value::Text(text));
                    }
                }
                _ => {}
            }
        }
        (texts <= MOST_TEXT).then_some(cells)
    }
}

/// Records one after the other, up to the first that does not fit.
struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.stream, self.at)?;
        let length = usize::from(u16_at(self.stream, self.at + 2)?);
        let start = self.at + 4;
        let data = self.stream.get(start..start + length)?;
        self.at = start + length;
        Some((kind, data))
    }
}

/// A sheet entry; charts and macros are no sheets to read.
fn sheet_entry(data: &[u8]) -> Option<SheetEntry> {
    if *data.get(5)? != 0 {
        return None;
    }
    let place = usize::try_from(u32_at(data, 0)?).ok()?;
    let (count, wide) = (usize::from(*data.get(6)?), data.get(7)? & 1 == 1);
    Some(SheetEntry { name: characters(data.get(8..)?, count, wide), visible: data.get(4)? & 3 == 0, place })
}

/// A text with a length of two bytes before it.
fn long_string(data: Option<&[u8]>) -> Option<String> {
    let data = data?;
    let (count, wide) = (usize::from(u16_at(data, 0)?), data.get(2)? & 1 == 1);
    Some(characters(data.get(3..)?, count, wide))
}

/// At most `count` characters in one byte or two each.
fn characters(data: &[u8], count: usize, wide: bool) -> String {
    let units: Vec<u16> = if wide {
        data.chunks_exact(2).take(count).filter_map(|c| u16_at(c, 0)).collect()
    } else {
        data.iter().take(count).map(|b| u16::from(*b)).collect()
    };
    String::from_utf16_lossy(&units)
}

/// A number packed in four bytes: bit 0 says hundredths, bit 1 says whole.
fn rk(packed: u32) -> f64 {
    let value = if packed & 2 == 2 {
        f64::from(packed.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(packed & !3) << 32)
    };
    if packed & 1 == 1 { value / 100.0 } else { value }
}

/// The table of shared strings, which may run over several records.
fn shared_strings(parts: &[&[u8]]) -> Vec<String> {
    let mut reader = Shared { parts, part: 0, at: 8 };
    let mut strings = Vec::new();
    while let Some(text) = reader.string() {
        strings.push(text);
    }
    strings
}

struct Shared<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Shared<'_> {
    fn string(&mut self) -> Option<String> {
        let count = usize::from(self.number()?);
        let flags = self.byte()?;
        let runs = if flags & 8 == 8 { usize::from(self.number()?) } else { 0 };
        let extra = if flags & 4 == 4 {
            let (low, high) = (u32::from(self.number()?), u32::from(self.number()?));
            usize::try_from(low | high << 16).ok()?
        } else {
            0
        };
        let mut wide = flags & 1 == 1;
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            // A text that goes on in the next record says there anew how wide its characters are.
            if self.at_end() {
                self.turn()?;
                wide = self.byte()? & 1 == 1;
            }
            let unit = if wide { self.number()? } else { u16::from(self.byte()?) };
            units.push(unit);
        }
        self.skip(runs.saturating_mul(4).saturating_add(extra));
        Some(String::from_utf16_lossy(&units))
    }

    fn at_end(&self) -> bool {
        self.parts.get(self.part).is_none_or(|p| self.at >= p.len())
    }

    /// Goes on in the next record.
    fn turn(&mut self) -> Option<()> {
        self.part += 1;
        self.at = 0;
        self.parts.get(self.part).map(|_| ())
    }

    fn byte(&mut self) -> Option<u8> {
        while self.at_end() {
            self.turn()?;
        }
        let byte = self.parts.get(self.part)?.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 && !(self.at_end() && self.turn().is_none()) {
            let left = self.parts.get(self.part).map_or(0, |p| p.len().saturating_sub(self.at));
            let step = left.min(count);
            self.at += step;
            count -= step;
            if step == 0 && self.turn().is_none() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_may_change_its_width_where_the_record_breaks() {
        // Eight bytes of counts, then 木耳ab as two wide characters and, after the break, two narrow ones; then "c".
        let first = [&[0; 8][..], &[4, 0, 1, 0x28, 0x67, 0x33, 0x80]].concat();
        let second = [0, b'a', b'b', 1, 0, 0, b'c'];
        assert_eq!(shared_strings(&[&first, &second]), ["木耳ab", "c"]);
        assert_eq!(shared_strings(&[&first]), Vec::<String>::new());
    }

    #[test]
    fn cells_that_name_a_long_text_again_and_again_are_refused_in_time() {
        let record = |column: u16| [&[0xFD, 0, 10, 0, 0, 0][..], &column.to_le_bytes(), &[0; 6]].concat();
        let stream: Vec<u8> = (0..3_000).flat_map(record).collect();
        let sheet = SheetEntry { name: String::new(), visible: true, place: 0 };
        let cells = |text: String| {
            Book { stream: stream.clone(), sheets: Vec::new(), strings: vec![text] }.cells(&sheet, 9, 9_000)
        };
        assert_eq!(cells("木耳".into()).map(|c| c.len()), Some(3_000));
        assert_eq!(cells("木".repeat(20_000)), None);
    }

    #[test]
    fn packed_numbers() {
        assert_eq!([rk(0x0000_0002 | 1200 << 2), rk(3 | 3980 << 2)], [1200.0, 39.8]);
        assert_eq!(rk(3 | (-5_i32 << 2).cast_unsigned()), -0.05);
        assert_eq!(rk((168.0_f64.to_bits() >> 32) as u32), 168.0);
    }
}
