//! The one filter language, on every screen and on the command line: `county:柞水县 state:在录 price:>100 zsme !礼盒`.
//!
//! Bare words match the list's text by ideographs, pinyin or initials; `field:value` tests a column; `!` turns either
//! round. Fields and values are understood in Chinese, English, by code and by pinyin. Owns parsing and the SQL of one
//! test; running it is `page`'s.

use super::list::{Column, ListSpec, Ty};
use crate::base::locale::{Lang, Locale};
use crate::base::{glyphs, text};
use crate::domain::command::Command;
use crate::domain::refusal::CODES;
use crate::domain::value::{Fen, Value};
use jiff::civil::Date;

/// A filter as understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Bare words; each must match, or must not when negated.
    pub words: Vec<Word>,
    pub tests: Vec<Test>,
}

/// A bare word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    pub negated: bool,
}

/// A test of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub column: &'static str,
    pub negated: bool,
    pub op: Op,
    /// The whole term as it was typed.
    pub typed: String,
}

/// What a column must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    OneOf(Vec<Value>),
    /// Begins with, for codes; case does not matter.
    Prefix(String),
    /// The list's text matches as bare words do, or one of the list's codes has this in it.
    Part(String),
    /// Matches as bare words do.
    Matches(String),
    /// The list's text matches as bare words do, or the column is one of these.
    Either(String, Vec<Value>),
    /// Lies between both ends, which belong to it; either may be open.
    Between(Option<Value>, Option<Value>),
}

/// What in a filter is not understood; the locale files explain it (`filter-<code>`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    pub code: &'static str,
    pub args: Vec<(&'static str, String)>,
}

/// The words a filter may use for fields and values.
pub struct Lexicon<'a> {
    pub locale: &'a Locale,
    /// Code and name of every division and partner city.
    pub divisions: &'a [(String, String)],
    /// The year of a day typed without one.
    pub year: i16,
}

/// Terms of one filter: more than anybody types, fewer than SQLite puts into one statement.
const MOST_TERMS: usize = 60;
/// Bytes of one filter.
const MOST_BYTES: usize = 4_000;

impl Filter {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// `unknown-field` and `unknown-value` name what was not understood and what there is.
    pub fn parse(typed: &str, spec: &ListSpec, lexicon: &Lexicon<'_>) -> Result<Filter, FilterError> {
        let mut filter = Filter::default();
        let tokens = tokens(typed);
        if tokens.len() > MOST_TERMS || typed.len() > MOST_BYTES {
            let max = vec![("max", MOST_TERMS.to_string())];
            return Err(FilterError { code: "too-long", args: max });
        }
        for token in tokens {
            let typed = token.clone();
            let (negated, token) = match token.strip_prefix(['!', '！']) {
                Some(rest) => (true, rest.to_owned()),
                None => (false, token),
            };
            if token.is_empty() {
                continue;
            }
            match token.split_once([':', '：']) {
                Some((field, value)) if !field.is_empty() => {
                    let column = find_column(field, spec, lexicon)?;
                    if !value.is_empty() {
                        filter.tests.push(Test { column: column.id, negated, op: op(column, value, lexicon)?, typed });
                    }
                }
                _ => match meant_code(&token, spec).or_else(|| meant_commands(&token, spec, lexicon)) {
                    Some((column, op)) => filter.tests.push(Test { column, negated, op, typed }),
                    None => filter.words.push(Word { text: token, negated }),
                },
            }
        }
        Ok(filter)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.tests.is_empty()
    }

    /// Every term as it was typed, with the filter that is left without it.
    pub fn without_each(&self) -> Vec<(String, Filter)> {
        let sign = |word: &Word| if word.negated { "!" } else { "" };
        let words = self.words.iter().enumerate().map(|(i, word)| {
            let mut rest = self.clone();
            rest.words.remove(i);
            (in_one(&format!("{}{}", sign(word), word.text)), rest)
        });
        let tests = self.tests.iter().enumerate().map(|(i, test)| {
            let mut rest = self.clone();
            rest.tests.remove(i);
            (in_one(&test.typed), rest)
        });
        words.chain(tests).collect()
    }
}

/// The term with what keeps it together when it is typed again.
fn in_one(term: &str) -> String {
    let (not, rest) = term.strip_prefix('!').map_or(("", term), |rest| ("!", rest));
    match (rest.contains(char::is_whitespace), rest.split_once([':', '：'])) {
        (false, _) => term.to_owned(),
        (true, Some((field, value))) => format!("{not}{field}:\"{value}\""),
        (true, None) => format!("{not}\"{rest}\""),
    }
}

/// A code or a part of one, as it is read out: `SX611026-0003` from its beginning, `0003` or `1026-0003` anywhere.
fn meant_code(word: &str, spec: &ListSpec) -> Option<(&'static str, Op)> {
    let column = spec.columns.iter().find(|c| c.ty == Ty::Code)?;
    let others = spec.codes.iter().any(|sql| *sql != column.sql);
    let half = text::half_width(word);
    if looks_like_code(word) && !others {
        return Some((column.id, Op::Prefix(word.to_owned())));
    }
    let is_part = !spec.codes.is_empty() && (looks_like_code(&half) || looks_like_part(&half));
    is_part.then(|| (column.id, Op::Part(half.to_uppercase())))
}

/// What was done is kept as a code; a word for it in the language of the screen, or its pinyin, finds it beside the
/// list's text.
fn meant_commands(word: &str, spec: &ListSpec, lexicon: &Lexicon<'_>) -> Option<(&'static str, Op)> {
    let column = spec.column("command").filter(|c| c.ty == Ty::Set("command"))?;
    let Ty::Set(set) = column.ty else { return None };
    let codes = set_codes(set, lexicon.locale);
    let meant: Vec<Value> =
        codes.into_iter().filter(|(_, name)| glyphs::matches(word, name)).map(|(code, _)| Value::Text(code)).collect();
    (!meant.is_empty()).then(|| (column.id, Op::Either(word.to_owned(), meant)))
}

/// Splits at blanks; quotes keep a value together: `supplier:"a b"`.
fn tokens(typed: &str) -> Vec<String> {
    let mut out = Vec::new();
    let (mut current, mut quoted) = (String::new(), false);
    for c in typed.chars() {
        match c {
            '"' | '“' | '”' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !current.is_empty() {
                    out.push(std::mem::take(&mut current));
                }
            }
            c if c.is_control() => {}
            c => current.push(c),
        }
    }
    if !current.is_empty() {
        out.push(current);
    }
    out
}

/// `SX6110`, `QI-2020-0117`, `ZG610102-3`: two letters, then at least three of digits and dashes, nothing else.
fn looks_like_code(token: &str) -> bool {
    let (letters, rest) = token.split_at(token.bytes().take_while(u8::is_ascii_alphabetic).count());
    (1..=3).contains(&letters.len())
        && rest.bytes().filter(u8::is_ascii_digit).count() >= 3
        && rest.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// `0003`, `1026-0003`, `-0003`: digits and dashes, either four digits or a dash between two.
fn looks_like_part(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let has_dash = token.trim_matches('-').contains('-');
    token.bytes().all(|b| b.is_ascii_digit() || b == b'-') && (digits >= 4 || has_dash)
}

fn find_column(field: &str, spec: &ListSpec, lexicon: &Lexicon<'_>) -> Result<&'static Column, FilterError> {
    let wanted = text::half_width(field).to_lowercase();
    let label = |c: &Column| column_label(lexicon.locale, spec, c.id);
    let exact = spec.columns.iter().find(|c| c.id == wanted || label(c).to_lowercase() == wanted);
    let by_name = || spec.columns.iter().find(|c| glyphs::matches(&wanted, &label(c)));
    let by_other_name = || {
        let other = other_language(lexicon.locale);
        spec.columns.iter().find(|c| column_label(&other, spec, c.id).to_lowercase() == wanted)
    };
    exact.or_else(by_name).or_else(by_other_name).ok_or_else(|| {
        let known = spec.columns.iter().map(|c| c.id).collect::<Vec<_>>().join(" ");
        FilterError { code: "unknown-field", args: vec![("field", field.to_owned()), ("known", known)] }
    })
}

/// The words of the language that is not shown: scripts and notes are shared by people who read either.
fn other_language(locale: &Locale) -> Locale {
    Locale::new(if locale.lang() == Lang::Zh { Lang::En } else { Lang::Zh })
}

/// Label of a column: its own in this list, or the shared one.
pub fn column_label(locale: &Locale, spec: &ListSpec, id: &str) -> String {
    let own = format!("col-{}-{id}", spec.kind.code());
    locale.find(&own, &[]).unwrap_or_else(|| locale.tr(&format!("col-{id}")).into_owned())
}

fn op(column: &Column, value: &str, lexicon: &Lexicon<'_>) -> Result<Op, FilterError> {
    let unknown = |known: String| FilterError {
        code: "unknown-value",
        args: vec![("field", column.id.to_owned()), ("value", value.to_owned()), ("known", known)],
    };
    match column.ty {
        Ty::Set(set) => {
            let known = set_codes(set, lexicon.locale);
            let by_other_name = || one_of(value, &set_codes(set, &other_language(lexicon.locale)));
            one_of(value, &known).or_else(by_other_name).ok_or_else(|| {
                let mut names: Vec<String> = known.into_iter().map(|(_, n)| n).collect();
                names.dedup();
                unknown(names.join(" "))
            })
        }
        Ty::Division => one_of(value, lexicon.divisions).ok_or_else(|| unknown(String::new())),
        Ty::YesNo => match value {
            "1" | "yes" | "true" | "是" | "有" | "y" => Ok(Op::OneOf(vec![Value::Int(1)])),
            "0" | "no" | "false" | "否" | "无" | "n" => Ok(Op::OneOf(vec![Value::Int(0)])),
            _ => Err(unknown("yes no".into())),
        },
        Ty::Code => {
            let code = text::half_width(value);
            Ok(match code.strip_prefix('=') {
                // This code and none that begins with it.
                Some(whole) => Op::OneOf(vec![Value::Text(whole.to_uppercase()), Value::Text(whole.to_owned())]),
                None => Op::Prefix(code),
            })
        }
        Ty::Name | Ty::Text => Ok(Op::Matches(value.to_owned())),
        Ty::Masked => Err(FilterError { code: "masked-field", args: vec![("field", column.id.to_owned())] }),
        Ty::Count | Ty::Year | Ty::Money | Ty::Bytes | Ty::Day | Ty::Instant => {
            let shape =
                if matches!(column.ty, Ty::Day | Ty::Instant) { "filter-shape-day" } else { "filter-shape-number" };
            range(column.ty, &text::half_width(value), lexicon.year)
                .ok_or_else(|| unknown(lexicon.locale.tr(shape).into_owned()))
        }
    }
}

/// The codes of a set with their words, from the locale files.
pub fn set_codes(set: &str, locale: &Locale) -> Vec<(String, String)> {
    let codes: Vec<String> = match set {
        "command" => Command::names(),
        "outcome" => std::iter::once(super::audit::DONE).chain(CODES.iter().copied()).map(str::to_owned).collect(),
        _ => crate::domain::sets::codes_of(set).into_iter().map(str::to_owned).collect(),
    };
    codes.into_iter().map(|c| (c.clone(), locale.code(set, &c))).collect()
}

/// Each comma-separated word as one or more codes: by code, by name, by part of the name or its pinyin.
fn one_of(value: &str, known: &[(String, String)]) -> Option<Op> {
    let mut found = Vec::new();
    for word in value.split([',', '，', '、']).filter(|w| !w.is_empty()) {
        let exact: Vec<&String> =
            known.iter().filter(|(c, n)| c.eq_ignore_ascii_case(word) || n == word).map(|(c, _)| c).collect();
        let near: Vec<&String> = match exact.is_empty() {
            true => known.iter().filter(|(_, n)| glyphs::matches(word, n)).map(|(c, _)| c).collect(),
            false => exact,
        };
        // A city's name stands for its counties, too.
        let codes = near.iter().flat_map(|c| {
            let city = c.strip_suffix("00").filter(|p| p.len() == 4 && !p.ends_with("00"));
            let inside = known.iter().filter(move |(k, _)| city.is_some_and(|p| k.len() == 6 && k.starts_with(p)));
            std::iter::once((*c).clone()).chain(inside.map(|(k, _)| k.clone())).collect::<Vec<_>>()
        });
        let before = found.len();
        for code in codes {
            if !found.contains(&Value::Text(code.clone())) {
                found.push(Value::Text(code));
            }
        }
        if found.len() == before && near.is_empty() {
            return None;
        }
    }
    (!found.is_empty()).then_some(Op::OneOf(found))
}

fn range(ty: Ty, value: &str, year: i16) -> Option<Op> {
    let (low, high) = if let Some((a, b)) = value.split_once("..") {
        ((!a.is_empty()).then_some((a, true)), (!b.is_empty()).then_some((b, true)))
    } else if let Some(rest) = value.strip_prefix(">=") {
        (Some((rest, true)), None)
    } else if let Some(rest) = value.strip_prefix("<=") {
        (None, Some((rest, true)))
    } else if let Some(rest) = value.strip_prefix('>') {
        (Some((rest, false)), None)
    } else if let Some(rest) = value.strip_prefix('<') {
        (None, Some((rest, false)))
    } else {
        (Some((value, true)), Some((value, true)))
    };
    let low = low.map(|(t, own)| end(ty, t, own, false, year)).map_or(Some(None), |v| v.map(Some))?;
    let high = high.map(|(t, own)| end(ty, t, own, true, year)).map_or(Some(None), |v| v.map(Some))?;
    Some(Op::Between(low, high))
}

/// One end of a range as the stored value; `own` says whether the end itself belongs to it, `upper` which end it is.
fn end(ty: Ty, typed: &str, own: bool, upper: bool, year: i16) -> Option<Value> {
    let step = match (own, upper) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    };
    match ty {
        Ty::Money => Fen::parse_yuan(&typed.replace(',', "")).and_then(|f| f.0.checked_add(step)).map(Value::Int),
        Ty::Day => day(typed, own == upper, year, step).map(|d| Value::Text(d.to_string())),
        Ty::Instant => {
            // A day covers its 24 hours in Asia/Shanghai.
            let day = day(typed, own == upper, year, step)?;
            let at = if upper { day.tomorrow().ok()? } else { day };
            let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
            let millis = at.to_zoned(zone).ok()?.timestamp().as_millisecond();
            Some(Value::Int(if upper { millis - 1 } else { millis }))
        }
        _ => typed.replace(',', "").parse::<i64>().ok().and_then(|n| n.checked_add(step)).map(Value::Int),
    }
}

/// `2020-08-20`, `8-20` of the year, or a month: its last day or its first.
fn day(typed: &str, last: bool, year: i16, step: i64) -> Option<Date> {
    let plain = typed.replace(['/', '.', '年', '月'], "-").replace('日', "");
    let parts: Vec<i16> = plain.split('-').filter(|p| !p.is_empty()).map(str::parse).collect::<Result<_, _>>().ok()?;
    let civil =
        |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let date = match parts[..] {
        [year, month, day] => civil(year, month, day)?,
        [year, month] if year >= 1000 => {
            let first = civil(year, month, 1)?;
            if last { first.last_of_month() } else { first }
        }
        [month, day] => civil(year, month, day)?,
        _ => return None,
    };
    date.checked_add(jiff::Span::new().days(step)).ok()
}
