//! The scalar values a row is made of, and how each one is carried through storage, audit and wire.
//!
//! Owns [`Value`] and [`Cell`]; must not know SQL or JSON: those layers map `Value` once, and every row follows.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// One stored scalar. Every field of every row can be turned into it and back without loss.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    /// The text of a text value, or `None`.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }

    /// The number of an integer value, or `None`.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// Whether the value is absent.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

/// What storage needs to know of a column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellType {
    Int,
    Text,
    Blob,
}

/// A stored value could not be read back as the type its column has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be read from {found}")]
pub struct CellError {
    pub what: &'static str,
    pub found: String,
}

/// A [`Value`] that belongs to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl<'a> Shown<'a> {
    /// The value without its copy.
    pub fn of(value: &'a Value) -> Shown<'a> {
        match value {
            Value::Null => Shown::Null,
            Value::Int(n) => Shown::Int(*n),
            Value::Text(t) => Shown::Text(t),
            Value::Blob(b) => Shown::Blob(b),
        }
    }
}

/// A field type: how it becomes a [`Value`] and back.
pub trait Cell: Sized {
    const TYPE: CellType;
    const NULLABLE: bool = false;
    fn to_value(&self) -> Value;
    /// Shows the value as it lies: writing a million rows need not copy each text first.
    fn show(&self, to: &mut dyn FnMut(Shown<'_>)) {
        to(Shown::of(&self.to_value()));
    }
    /// # Errors
    /// When the value has another type or is outside the type's range.
    fn from_value(v: Value) -> Result<Self, CellError>;
}

fn wrong<T>(what: &'static str, found: &Value) -> Result<T, CellError> {
    Err(CellError { what, found: format!("{found:?}") })
}

/// Money in fen (1/100 yuan). Yuan, 万元 and 亿元 exist only at the edges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// Yuan with two decimals, as people write an amount: `1234.50`.
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let n = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", n / 100, n % 100)
    }

    /// Reads yuan written as decimal text with at most two decimals; never through floating point.
    pub fn parse_yuan(text: &str) -> Option<Fen> {
        let t = text.trim();
        let (neg, t) = t.strip_prefix('-').map_or((false, t), |r| (true, r));
        let (whole, frac) = t.split_once('.').unwrap_or((t, ""));
        if whole.is_empty() || frac.len() > 2 || !whole.bytes().chain(frac.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let frac: i64 = if frac.is_empty() { 0 } else { format!("{frac:0<2}").parse().ok()? };
        let n = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(frac)?;
        Some(Fen(if neg { -n } else { n }))
    }
}

impl Cell for String {
    const TYPE: CellType = CellType::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn show(&self, to: &mut dyn FnMut(Shown<'_>)) {
        to(Shown::Text(self));
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        match v {
            Value::Text(t) => Ok(t),
            other => wrong("text", &other),
        }
    }
}

impl Cell for i64 {
    const TYPE: CellType = CellType::Int;
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        match v {
            Value::Int(n) => Ok(n),
            other => wrong("an integer", &other),
        }
    }
}

impl Cell for bool {
    const TYPE: CellType = CellType::Int;
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        match v {
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => wrong("yes or no", &other),
        }
    }
}

impl Cell for Fen {
    const TYPE: CellType = CellType::Int;
    fn to_value(&self) -> Value {
        Value::Int(self.0)
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        i64::from_value(v).map(Fen)
    }
}

/// Instants are stored as milliseconds since 1970 in UTC.
impl Cell for Timestamp {
    const TYPE: CellType = CellType::Int;
    fn to_value(&self) -> Value {
        Value::Int(self.as_millisecond())
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        match v {
            Value::Int(n) => {
                Timestamp::from_millisecond(n).map_err(|_| CellError { what: "an instant", found: n.to_string() })
            }
            other => wrong("an instant", &other),
        }
    }
}

/// Calendar days are stored as `YYYY-MM-DD`, the day in Asia/Shanghai.
impl Cell for Date {
    const TYPE: CellType = CellType::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        match v {
            Value::Text(t) => t.parse().map_err(|_| CellError { what: "a date", found: t }),
            other => wrong("a date", &other),
        }
    }
}

impl Cell for Uuid {
    const TYPE: CellType = CellType::Blob;
    fn to_value(&self) -> Value {
        Value::Blob(self.as_bytes().to_vec())
    }
    fn show(&self, to: &mut dyn FnMut(Shown<'_>)) {
        to(Shown::Blob(self.as_bytes()));
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        match v {
            Value::Blob(b) => {
                Uuid::from_slice(&b).map_err(|_| CellError { what: "an id", found: format!("{} bytes", b.len()) })
            }
            other => wrong("an id", &other),
        }
    }
}

impl<T: Cell> Cell for Option<T> {
    const TYPE: CellType = T::TYPE;
    const NULLABLE: bool = true;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::to_value)
    }
    fn show(&self, to: &mut dyn FnMut(Shown<'_>)) {
        match self {
            Some(value) => value.show(to),
            None => to(Shown::Null),
        }
    }
    fn from_value(v: Value) -> Result<Self, CellError> {
        if v.is_null() { Ok(None) } else { T::from_value(v).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_text_round_trips_and_refuses_what_is_not_money() {
        for n in [0, 5, 50, 100, 123_456, -7, -12_345] {
            assert_eq!(Fen::parse_yuan(&Fen(n).yuan()), Some(Fen(n)));
        }
        assert_eq!(Fen::parse_yuan("4.35"), Some(Fen(435)));
        assert_eq!(Fen::parse_yuan("12.5"), Some(Fen(1250)));
        for bad in ["", ".", "1.234", "1e3", "NaN", "inf", "１２", "1,200", "--1", "99999999999999999999"] {
            assert_eq!(Fen::parse_yuan(bad), None, "{bad}");
        }
    }
}
