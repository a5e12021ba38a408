//! Stored values as people read them: one function from value and column type to cell text.

use crate::base::locale::{Lang, Locale};
use crate::base::text;
use crate::domain::value::{Fen, Value};
use crate::store::list::Ty;
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};
use std::borrow::Cow;
use std::collections::HashMap;

/// What formatting needs to know.
#[derive(Debug, Clone)]
pub struct Format<'a> {
    pub locale: &'a Locale,
    /// Names of divisions by code.
    pub divisions: &'a HashMap<String, String>,
    pub now: Timestamp,
}

/// An instant in Asia/Shanghai.
pub fn shanghai(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::fixed(jiff::tz::offset(8)))
}

/// `1,234,567`.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// Yuan with thousands separated: `182,400.00`.
pub fn yuan(fen: i64) -> String {
    let text = Fen(fen).yuan();
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let sign = if whole == "-0" { "-" } else { "" };
    format!("{sign}{}.{cents}", grouped(whole.parse().unwrap_or(0)))
}

/// Fen as 亿元 with two decimals, cut and never rounded up, as `gongfu status` says it.
pub fn yi(fen: i64) -> String {
    Fen(fen / 100_000_000).yuan()
}

/// `37.7%` from thousandths.
pub fn percent(permille: i64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// Size of a file: `1.2 MB`.
pub fn size(bytes: i64) -> String {
    const STEPS: &[(i64, &str)] = &[(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    match STEPS.iter().find(|(step, _)| bytes >= *step) {
        Some((step, unit)) => {
            let tenths = bytes / (step / 10).max(1);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} B"),
    }
}

/// The name of a place as it stands in a column: in English without what kind of place it is.
fn short_place(name: String) -> String {
    const KINDS: &[&str] = &[" District", " County", " City", " Province"];
    match KINDS.iter().find_map(|kind| name.strip_suffix(kind)) {
        Some(short) => short.to_owned(),
        None => name,
    }
}

impl Format<'_> {
    /// A cell's text. What comes out is safe to draw.
    pub fn cell(&self, ty: Ty, value: &Value) -> String {
        let text: Cow<'_, str> = match (ty, value) {
            (_, Value::Null) => Cow::Borrowed(""),
            (Ty::Set(set), Value::Text(code)) => Cow::Owned(self.locale.code(set, code)),
            (Ty::Division, Value::Text(code)) => Cow::Owned(short_place(self.division(code))),
            (Ty::Masked, Value::Text(t)) => Cow::Owned(text::mask(t)),
            (Ty::Day, Value::Text(t)) => Cow::Owned(self.day(t)),
            (Ty::Money, Value::Int(n)) => Cow::Owned(yuan(*n)),
            (Ty::Bytes, Value::Int(n)) => Cow::Owned(size(*n)),
            (Ty::Count, Value::Int(n)) => Cow::Owned(grouped(*n)),
            (Ty::Instant | Ty::Year, Value::Int(0)) => Cow::Borrowed(""),
            (Ty::Instant, Value::Int(n)) => {
                Cow::Owned(self.instant(Timestamp::from_millisecond(*n).unwrap_or_default()))
            }
            (Ty::YesNo, Value::Int(n)) => {
                Cow::Owned(if *n == 0 { "-".to_owned() } else { self.locale.tr("yes").into_owned() })
            }
            (_, Value::Text(t)) => Cow::Borrowed(t.as_str()),
            (_, Value::Int(n)) => Cow::Owned(n.to_string()),
            (_, Value::Blob(b)) => Cow::Owned(crate::wire::record::hex(b)),
        };
        text::display(&text).into_owned()
    }

    /// The reason of an audit record; what the program wrote itself is told in words.
    pub fn reason<'t>(&self, command: &str, reason: &'t str) -> Cow<'t, str> {
        let numbers: Vec<&str> = reason.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
        match (command, &numbers[..]) {
            ("database.demo", [seed, scale, rows]) if reason.starts_with("seed ") => {
                let rows = rows.parse().map_or_else(|_| (*rows).to_owned(), grouped);
                let args = [("seed", *seed), ("scale", *scale), ("rows", &*rows)];
                Cow::Owned(self.locale.tr_with("reason-demo", &args))
            }
            _ => Cow::Borrowed(reason),
        }
    }

    /// Name of a division.
    pub fn division(&self, code: &str) -> String {
        self.divisions.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// `8-31`, or with its year when that is another one.
    pub fn day(&self, iso: &str) -> String {
        match iso.parse::<Date>() {
            Ok(d) if d.year() == shanghai(self.now).year() => format!("{}-{}", d.month(), d.day()),
            Ok(d) => d.to_string(),
            Err(_) => iso.to_owned(),
        }
    }

    /// `8-20 14:32` within the year, else the day with its year: what fits a list.
    pub fn instant(&self, at: Timestamp) -> String {
        let z = shanghai(at);
        if z.year() == shanghai(self.now).year() {
            format!("{}-{} {:02}:{:02}", z.month(), z.day(), z.hour(), z.minute())
        } else {
            z.date().to_string()
        }
    }

    /// Day and time in full, for a record's own page.
    pub fn moment(&self, at: Timestamp) -> String {
        let z = shanghai(at);
        format!("{} {:02}:{:02}", z.date(), z.hour(), z.minute())
    }

    /// How long ago in one word: `3 小时`.
    pub fn age(&self, since: Timestamp) -> String {
        let minutes = ((self.now.as_millisecond() - since.as_millisecond()) / 60_000).max(0);
        let (id, n) = match minutes {
            0..60 => ("age-minutes", minutes),
            60..2880 => ("age-hours", minutes / 60),
            _ => ("age-days", minutes / 1440),
        };
        self.locale.tr_with(id, &[("n", &n.to_string())])
    }

    /// `还有 11 天`, `今天`, `逾期 51 天`.
    pub fn days(&self, days: i64) -> String {
        match days {
            0 => self.locale.tr("days-today").into_owned(),
            1.. => self.locale.tr_with("days-left", &[("n", &days.to_string())]),
            _ => self.locale.tr_with("days-late", &[("n", &(-days).to_string())]),
        }
    }

    /// A large amount in the unit it is told in, `unit-yi`: 亿元, or millions in English; cut, never rounded up.
    pub fn amount(&self, fen: i64) -> String {
        if self.locale.lang() == Lang::En { grouped(fen / 100_000_000) } else { yi(fen) }
    }

    /// The title in the language shown.
    pub fn title<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.locale.lang() == Lang::En && !en.is_empty() { en } else { zh }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_written_by_hand() {
        assert_eq!(grouped(1_603), "1,603");
        assert_eq!(grouped(-12), "-12");
        assert_eq!(yuan(18_240_000), "182,400.00");
        assert_eq!(yuan(-5), "-0.05");
        assert_eq!(yi(30_200_000_000), "3.02");
        assert_eq!(yi(80_000_000_000), "8.00");
        assert_eq!(yi(30_299_999_999), "3.02", "cut, as gongfu status says it");
        assert_eq!(percent(377), "37.7%");
        assert_eq!(size(900), "900 B");
        assert_eq!(size(1_258_291), "1.2 MB");
    }
}
