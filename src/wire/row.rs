//! A row as it travels: kind, id and every value in the order of the kind's columns. The schema's number on the page says
//! which columns those are.
//!
//! Form 1: `["counter","0197…",[…]]`; bytes as hexadecimal text, no value as `null`. One line a row: ordinary tools read it.

use super::change::write_value;
use crate::domain::record::{Column, Meta};
use crate::domain::rows::{Kind, Row};
use crate::domain::value::{CellType, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

/// The number of the form in which rows and commands travel. A hub serves its own and the one before.
pub const SCHEMA: u32 = 1;

/// A line that is not a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a row: {0}")]
pub struct RowError(pub String);

/// A row as one line.
pub fn to_line(row: &Row) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(256);
    let mut values = Vec::with_capacity(Meta::COLUMNS.len());
    row.meta().cells(&mut values);
    values.extend(row.cells());
    let _ = write!(out, r#"["{}","{}",["#, row.kind().table(), row.uuid().simple());
    for (n, value) in values.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_value(&mut out, value);
    }
    out.push_str("]]");
    out
}

/// Reads [`to_line`]'s text.
///
/// # Errors
/// When it is no row of a kind this version knows.
pub fn from_line(line: &str) -> Result<Row, RowError> {
    let bad = |e: serde_json::Error| RowError(e.to_string());
    let mut reader = serde_json::Deserializer::from_str(line);
    let row = reader.deserialize_seq(Line).map_err(bad)?;
    reader.end().map_err(bad)?;
    Ok(row)
}

/// Reads a row straight from its text: a first load is millions of them, and a tree of values first takes as long as all the rest.
struct Line;

impl<'de> Visitor<'de> for Line {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind, an id and values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Row, A::Error> {
        let missing = |n| A::Error::invalid_length(n, &Line);
        let kind: Cow<'de, str> = parts.next_element_seed(Words)?.ok_or_else(|| missing(0))?;
        let kind = Kind::parse(&kind).ok_or_else(|| A::Error::custom(format!("{kind} is no kind")))?;
        let id: Cow<'de, str> = parts.next_element_seed(Words)?.ok_or_else(|| missing(1))?;
        let id = Uuid::parse_str(&id).map_err(|_| A::Error::custom(format!("{id} is no id")))?;
        let mut cells = parts.next_element_seed(Cells(kind))?.ok_or_else(|| missing(2))?.into_iter();
        if parts.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("more than three parts"));
        }
        let meta = Meta::from_cells(&mut cells).map_err(A::Error::custom)?;
        Row::from_cells(kind, id, meta, &mut cells).map_err(A::Error::custom)
    }
}

/// A text, as it stands in the line where it can be.
struct Words;

impl<'de> DeserializeSeed<'de> for Words {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Cow<'de, str>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Words {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The values of a row of this kind, in the order of its columns.
struct Cells(Kind);

impl<'de> DeserializeSeed<'de> for Cells {
    type Value = Vec<Value>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<Value>, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Cells {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the values of a {}", self.0.table())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Vec<Value>, A::Error> {
        let kind = self.0;
        let mut cells = Vec::with_capacity(Meta::COLUMNS.len() + kind.columns().len());
        for column in Meta::COLUMNS.iter().chain(kind.columns()) {
            let Some(value) = values.next_element_seed(Cell(column))? else {
                return Err(A::Error::custom(format!("{} values for a {}", cells.len(), kind.table())));
            };
            cells.push(value);
        }
        match values.next_element::<IgnoredAny>()? {
            None => Ok(cells),
            Some(_) => Err(A::Error::custom(format!("more values than a {} has", kind.table()))),
        }
    }
}

/// A value of this column.
struct Cell(&'static Column);

impl<'de> DeserializeSeed<'de> for Cell {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of {}", self.0.name)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Value, E> {
        match self.0.cell {
            CellType::Int => Ok(Value::Int(n)),
            CellType::Text | CellType::Blob => Err(E::invalid_type(Unexpected::Signed(n), &self)),
        }
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Value, E> {
        match i64::try_from(n) {
            Ok(n) => self.visit_i64(n),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(n), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        match self.0.cell {
            CellType::Text => Ok(Value::Text(text.to_owned())),
            CellType::Blob => {
                bytes(text).map(Value::Blob).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
            CellType::Int => Err(E::invalid_type(Unexpected::Str(text), &self)),
        }
    }
}

/// Hexadecimal text as bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_row_says_why() {
        let meta = r#""00000000000000000000000000000001",1,0,"a",0,"a","typed""#;
        let goal = |cells: &str| format!(r#"["goal","00000000000000000000000000000002",[{cells}]]"#);
        let good = format!(r#"{meta},"g","题\n目","t",5,"fen","2020-12-31","二""#);
        let row = from_line(&goal(&good)).expect("a row");
        assert_eq!(to_line(&row), goal(&good));
        assert_eq!(from_line(&to_line(&row)).as_ref(), Ok(&row));
        for (line, why) in [
            (String::new(), "EOF"),
            ("{}".into(), "expected a kind"),
            ("[]".into(), "invalid length 0"),
            (r#"["goal"]"#.into(), "invalid length 1"),
            (r#"["goals","00000000000000000000000000000002",[]]"#.into(), "goals is no kind"),
            (r#"["goal","2",[]]"#.into(), "2 is no id"),
            (goal(meta), "7 values for a goal"),
            (goal(&format!("{good},1")), "more values than a goal has"),
            (goal(&good.replace(",5,", r#","5","#)), "expected a value of target"),
            (goal(&good.replace(",5,", ",5.5,")), "expected a value of target"),
            (goal(&good.replace(",5,", ",18446744073709551615,")), "expected a value of target"),
            (goal(&good.replace("0001", "000g")), "expected a value of org_id"),
            (goal(&good.replace("0001", "001")), "expected a value of org_id"),
            (format!("{} 1", goal(&good)), "trailing"),
            (goal(&good).replace("]]", "],1]"), "more than three parts"),
        ] {
            match from_line(&line) {
                Err(RowError(said)) => assert!(said.contains(why), "{line}: {said}"),
                Ok(row) => panic!("{line} is {row:?}"),
            }
        }
    }
}
