//! Values as people write them: full-width digits, commas, units, about, ranges, households.
//!
//! Owns the reading of single fields. What is not exact says so; nothing goes through floating point.

use crate::domain::value::Fen;

/// A number as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    Missing,
    Exact(i64),
    /// 约500, 500余.
    About(i64),
    /// 500-600: the lower end.
    Range(i64),
    /// 120户/360人: the persons.
    HouseholdsAndPersons(i64),
    /// 120户: never turned into persons.
    Households(i64),
    Unclear,
}

/// A price as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Price {
    Missing,
    Exact(Fen),
    About(Fen),
    Unclear,
}

/// Full-width forms as their half-width ones; other characters stay.
pub(super) fn half_width(s: &str) -> String {
    let half = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{A0}' => ' ',
        _ => c,
    };
    s.chars().map(half).collect()
}

/// Whether the text says that there is no value. `0` is a value.
pub(super) fn is_missing(s: &str) -> bool {
    let t = half_width(s).trim().to_lowercase();
    let dashes = t.chars().all(|c| matches!(c, '/' | '-' | '—' | '–' | '―' | '\\' | '.' | '*'));
    dashes || ["无", "暂无", "没有", "不详", "未知", "n/a", "na", "none", "null"].contains(&t.as_str())
}

/// Whether a spreadsheet program has turned a long number into powers of ten.
pub(super) fn is_destroyed(s: &str) -> bool {
    let t = half_width(s).trim().to_uppercase();
    let Some((mantissa, exponent)) = t.split_once("E+") else { return false };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits(mantissa) && digits(exponent)
}

/// A count of pieces or persons.
pub(super) fn number(s: &str) -> Number {
    if is_missing(s) {
        return Number::Missing;
    }
    let text: String = half_width(s).chars().filter(|c| !c.is_whitespace()).collect();
    if let Some((households, persons)) = households(&text) {
        return match persons {
            Some(n) => Number::HouseholdsAndPersons(n),
            None => Number::Households(households),
        };
    }
    let (text, about) = strip_about(&text);
    let text = text.trim_end_matches(|c: char| "人口名个件袋盒箱瓶罐桶斤份套只条".contains(c));
    let (text, about) = match strip_about(text) {
        (t, true) => (t, true),
        (t, false) => (t, about),
    };
    if let Some((low, high)) = split_range(text) {
        return match (whole(low), whole(high)) {
            (Some(low), Some(high)) if low < high => Number::Range(low),
            _ => Number::Unclear,
        };
    }
    match whole(text) {
        Some(n) if about => Number::About(n),
        Some(n) => Number::Exact(n),
        None => Number::Unclear,
    }
}

/// Yuan, with or without a sign and a unit; at most two decimals.
pub(super) fn yuan(s: &str) -> Price {
    if is_missing(s) {
        return Price::Missing;
    }
    let text: String = half_width(s).chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.trim_start_matches(['¥', '￥']).trim_start_matches("RMB").trim_start_matches("人民币");
    // 39.8元/袋, 39.8/袋: what stands after the slash is the unit.
    let text = text.split_once('/').map_or(text, |(price, _)| price);
    let (text, about) = strip_about(text);
    let text = text.trim_end_matches(['元', '块', '圆']);
    let Some(plain) = without_commas(text) else { return Price::Unclear };
    let plain = match plain.split_once('.') {
        // 39.800 is 39.80; 39.805 is not an amount.
        Some((whole, frac)) if frac.len() > 2 => format!("{whole}.{}", trim_zeros(frac)),
        _ => plain,
    };
    match Fen::parse_yuan(&plain).filter(|f| !plain.starts_with('-') || f.0 == 0) {
        Some(fen) if about => Price::About(fen),
        Some(fen) => Price::Exact(fen),
        None => Price::Unclear,
    }
}

fn trim_zeros(frac: &str) -> &str {
    let kept = frac.trim_end_matches('0');
    frac.get(..kept.len().max(2)).unwrap_or(frac)
}

/// Households and, when they stand beside, persons: 120户, 120户/360人, 带动120户360人.
fn households(text: &str) -> Option<(i64, Option<i64>)> {
    let (before, after) = text.split_once('户')?;
    let count = whole(strip_about(tail_number(before)).0)?;
    let persons = after.trim_start_matches(|c: char| !c.is_ascii_digit()).split('人').next().unwrap_or("");
    Some((count, if after.contains('人') { whole(strip_about(persons).0) } else { None }))
}

/// The digits at the end of a text.
fn tail_number(text: &str) -> &str {
    let text = text.trim_end_matches(['余', '多']);
    let start = text
        .rfind(|c: char| !(c.is_ascii_digit() || ",.".contains(c)))
        .map_or(0, |i| i + text.get(i..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8));
    text.get(start..).unwrap_or("")
}

/// Takes off words that say "about".
fn strip_about(text: &str) -> (&str, bool) {
    let mut rest = text;
    for word in ["大约", "约", "近", "超过", "超", "不少于", "至少"] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    for word in ["左右", "以上", "上下", "余", "多", "+"] {
        rest = rest.strip_suffix(word).unwrap_or(rest);
    }
    (rest, rest.len() != text.len())
}

fn split_range(text: &str) -> Option<(&str, &str)> {
    ["-", "~", "—", "–", "至", "到"].iter().find_map(|sep| text.split_once(sep)).filter(|(low, _)| !low.is_empty())
}

/// A whole number with thousands commas and 万, such as 1,200 or 1.2万.
fn whole(text: &str) -> Option<i64> {
    let (text, times) = match text.strip_suffix('万') {
        Some(rest) => (rest, 10_000),
        None => (text, 1),
    };
    let plain = without_commas(text)?;
    let (whole, frac) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(frac) {
        return None;
    }
    let frac = frac.trim_end_matches('0');
    let places = if times == 1 { 0 } else { 4 };
    if frac.len() > places {
        return None;
    }
    let frac: i64 = if frac.is_empty() { 0 } else { format!("{frac:0<4}").parse().ok()? };
    whole.parse::<i64>().ok()?.checked_mul(times)?.checked_add(frac)
}

/// The text without thousands commas; `None` when a comma stands elsewhere.
fn without_commas(text: &str) -> Option<String> {
    let whole = text.split('.').next().unwrap_or("");
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let grouped = whole.contains(',');
    let first_ok = !grouped || (1..=3).contains(&first.trim_start_matches('-').len());
    if !first_ok || !groups.all(|g| g.len() == 3) || text.get(whole.len()..).is_some_and(|t| t.contains(',')) {
        return None;
    }
    Some(text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_people_write_them() {
        let cases = [
            ("1200", Number::Exact(1200)),
            ("１２００", Number::Exact(1200)),
            ("1,200", Number::Exact(1200)),
            ("1，200", Number::Exact(1200)),
            ("1 200", Number::Exact(1200)),
            ("1200.0", Number::Exact(1200)),
            ("360人", Number::Exact(360)),
            ("0", Number::Exact(0)),
            ("1.2万", Number::Exact(12_000)),
            ("2万袋", Number::Exact(20_000)),
            ("约500", Number::About(500)),
            ("500余人", Number::About(500)),
            ("500人左右", Number::About(500)),
            ("500-600", Number::Range(500)),
            ("500～600袋", Number::Range(500)),
            ("120户/360人", Number::HouseholdsAndPersons(360)),
            ("带动120户，360人", Number::HouseholdsAndPersons(360)),
            ("120余户", Number::Households(120)),
            ("/", Number::Missing),
            ("—", Number::Missing),
            ("无", Number::Missing),
            ("", Number::Missing),
            ("若干", Number::Unclear),
            ("百余户", Number::Unclear),
            ("12,5", Number::Unclear),
            ("1e3", Number::Unclear),
            ("NaN", Number::Unclear),
            ("-5", Number::Unclear),
            ("600-500", Number::Unclear),
            ("1.5", Number::Unclear),
            ("99999999999999999999", Number::Unclear),
            ("9223372036854775807万", Number::Unclear),
        ];
        for (written, expected) in cases {
            assert_eq!(number(written), expected, "{written}");
        }
    }

    #[test]
    fn prices_as_people_write_them() {
        let exact = |n| Price::Exact(Fen(n));
        let cases = [
            ("39.8", exact(3980)),
            ("３９．８", exact(3980)),
            ("¥39.80", exact(3980)),
            ("39.8元", exact(3980)),
            ("39.8元/袋", exact(3980)),
            ("1,280.00", exact(128_000)),
            ("39.800", exact(3980)),
            ("4.35", exact(435)),
            ("128", exact(12_800)),
            ("约40元", Price::About(Fen(4000))),
            ("面议", Price::Unclear),
            ("39.805", Price::Unclear),
            ("30-40", Price::Unclear),
            ("1.2万", Price::Unclear),
            ("-5", Price::Unclear),
            ("1e3", Price::Unclear),
            ("39,8", Price::Unclear),
            ("/", Price::Missing),
            ("暂无", Price::Missing),
        ];
        for (written, expected) in cases {
            assert_eq!(yuan(written), expected, "{written}");
        }
    }

    #[test]
    fn phones_that_a_spreadsheet_destroyed_are_seen() {
        assert!(is_destroyed("1.38E+10") && is_destroyed("１．３８e+10"));
        assert!(!is_destroyed("13800001111") && !is_destroyed("E+") && !is_destroyed("TEL E+1"));
    }
}
