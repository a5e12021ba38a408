//! Single fields as people type them, and back: prices in yuan, positions in degrees.

use crate::base::text::half_width;
use crate::domain::command::Given;
use crate::domain::groups::{Editable, Typed, editable};
use crate::domain::rows::Kind;
use crate::domain::value::{Fen, Value};

/// The field of a kind that may be corrected and has this name: that of its column, with or without its unit.
pub fn field(kind: Kind, name: &str) -> Option<&'static Editable> {
    let name = name.trim();
    editable(kind).find(|e| e.column == name || short(e.column) == name)
}

/// The name of a column without its unit: `price` for `price_fen`.
pub fn short(column: &str) -> &str {
    column.strip_suffix("_fen").or_else(|| column.strip_suffix("_e6")).unwrap_or(column)
}

/// What was typed into a field; `None` when it is no value of its kind.
pub fn read(typed: Typed, text: &str) -> Option<Given> {
    let number = || half_width(text.trim());
    Some(match typed {
        Typed::Text(_) | Typed::Words(_) => Given::Text(text.to_owned()),
        Typed::Number(..) => Given::Number(number().parse().ok()?),
        Typed::Money(..) => Given::Number(Fen::parse_yuan(&number())?.0),
        Typed::Degrees(..) => Given::Number(degrees(&number())?),
    })
}

/// A value as it would be typed.
pub fn write(typed: Typed, value: &Value) -> String {
    match (typed, value) {
        (Typed::Money(..), Value::Int(n)) => Fen(*n).yuan(),
        (Typed::Degrees(..), Value::Int(n)) => {
            format!(
                "{}{}.{:06}",
                if *n < 0 { "-" } else { "" },
                n.unsigned_abs() / 1_000_000,
                n.unsigned_abs() % 1_000_000
            )
        }
        (_, Value::Int(n)) => n.to_string(),
        (_, Value::Text(t)) => t.clone(),
        (_, Value::Null | Value::Blob(_)) => String::new(),
    }
}

/// Degrees as decimal text with at most six decimals, in millionths; never through floating point.
fn degrees(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || rest.len() > 6 || !whole.bytes().chain(rest.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let rest: i64 = if rest.is_empty() { 0 } else { format!("{rest:0<6}").parse().ok()? };
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_the_same_and_nonsense_as_nothing() {
        for (typed, text, n) in [
            (Typed::Money(0, 0), "12.50", 1_250),
            (Typed::Money(0, 0), "１２", 1_200),
            (Typed::Number(0, 0), " 30 ", 30),
            (Typed::Degrees(0, 0), "109.9404", 109_940_400),
        ] {
            let given = read(typed, text).expect("a value");
            assert_eq!(given, Given::Number(n));
            assert_eq!(read(typed, &write(typed, &given.value())), Some(given));
        }
        for (typed, text) in
            [(Typed::Money(0, 0), "1.234"), (Typed::Number(0, 0), "3.5"), (Typed::Degrees(0, 0), "1.1234567")]
        {
            assert_eq!(read(typed, text), None, "{text}");
        }
        assert_eq!(read(Typed::Text(40), "王敏"), Some(Given::Text("王敏".into())));
        assert_eq!(field(Kind::CatalogEntry, "price").map(|e| e.column), Some("price_fen"));
        assert_eq!(field(Kind::CatalogEntry, "state"), None);
    }
}
