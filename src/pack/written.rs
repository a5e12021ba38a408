//! Rules as an officer writes them: a small TOML file, keys in Chinese or English.
//!
//! Owns the names of the keys and what may stand behind each. Opens no file.

use super::check::COUNT;
use super::rules::{Goal, Rules};
use crate::base::text;
use crate::domain::value::Fen;
use std::fmt::Write;
use toml::{Table, Value};

/// What is wrong with a rules file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrittenError {
    /// It is no TOML.
    #[error("line {line} is no TOML")]
    Syntax { line: usize },
    /// A key that is none, and the nearest that is one.
    #[error("there is no rule {key}, perhaps {nearest}")]
    Key { key: String, nearest: String },
    /// A value that is none of its key.
    #[error("{key} is {value}, which is no {wanted}")]
    Value { key: String, value: String, wanted: &'static str },
    /// A category that is none, and the nearest that is one.
    #[error("there is no category {name}, perhaps {nearest}")]
    Category { name: String, nearest: String },
}

type Set = fn(&mut Rules, &Value) -> Option<()>;

/// A key: in English, in Chinese, what stands behind it (for `code-pack_value-…`), and where that goes.
struct Key(&'static str, &'static str, &'static str, Set);

const KEYS: &[Key] = &[
    Key("packs", "份数", "count", |r, v| set(&mut r.packs, count(v))),
    Key("budget", "预算", "money", |r, v| set(&mut r.budget, money(v))),
    Key("floor", "不低于", "money", |r, v| set(&mut r.floor, money(v))),
    Key("kinds", "品种", "range", |r, v| set(&mut r.kinds, range(v))),
    Key("pieces", "每样最多", "count", |r, v| set(&mut r.pieces, count(v))),
    Key("per_supplier", "同一供应商最多", "count", |r, v| set(&mut r.per_supplier, count(v).map(Some))),
    Key("counties", "县不少于", "count", |r, v| set(&mut r.counties, count(v))),
    Key("weight", "重量不超过", "weight", |r, v| set(&mut r.weight, thousandths(v).map(Some))),
    Key("volume", "体积不超过", "volume", |r, v| set(&mut r.volume, thousandths(v).map(Some))),
    Key("day", "发放日期", "day", |r, v| {
        set(&mut r.day, text_of(v).and_then(|t| t.parse::<jiff::civil::Date>().ok()))
    }),
    Key("keeps", "保质期不少于", "count", |r, v| set(&mut r.keeps, count(v))),
    Key("seasonal", "只要当季", "flag", |r, v| set(&mut r.seasonal, v.as_bool())),
    Key("alcohol", "可含酒", "flag", |r, v| set(&mut r.alcohol, v.as_bool())),
    Key("halal", "清真", "flag", |r, v| set(&mut r.halal, v.as_bool())),
    Key("must", "必选", "codes", |r, v| set(&mut r.must, codes(v))),
    Key("must_not", "不选", "codes", |r, v| set(&mut r.must_not, codes(v))),
    Key("goal", "目标", "goal", |r, v| set(&mut r.goal, goal(v))),
];

/// The table of categories.
const CATEGORIES: (&str, &str) = ("categories", "品类");

/// Names of goals beside their codes.
const GOALS: &[(&str, Goal)] =
    &[("带贫人数", Goal::People), ("滞销", Goal::Stock), ("县域均衡", Goal::Counties), ("贴近预算", Goal::Budget)];

/// Reads rules over those that are there. `categories` are pairs of a category's code and its name.
///
/// # Errors
/// The first thing that is not understood; nothing is taken then.
pub fn read(text: &str, rules: &Rules, categories: &[(&str, String)]) -> Result<Rules, WrittenError> {
    let text = quoted(text.trim_start_matches('\u{feff}'));
    let table: Table = toml::from_str(&text).map_err(|e| {
        let at = e.span().map_or(0, |s| s.start.min(text.len()));
        WrittenError::Syntax { line: text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1 }
    })?;
    take(&table, rules, categories)
}

/// Reads rules as they are typed into single fields: a key and what stands in it, nothing where nothing is asked for. Ranges are `3-6`, codes
/// stand between blanks or commas, categories are `粮食=1 茶叶=0-2`.
///
/// # Errors
/// As [`read`].
pub fn typed(fields: &[(&str, String)], rules: &Rules, categories: &[(&str, String)]) -> Result<Rules, WrittenError> {
    let mut table = Table::new();
    for (key, text) in fields {
        let text = text::half_width(text.trim());
        if text.is_empty() {
            continue;
        }
        let number = |t: &str| t.trim().parse().map_or_else(|_| Value::String(t.trim().to_owned()), Value::Integer);
        let range = |t: &str| match t.split_once(['-', '~', '至']) {
            Some((least, most)) => Value::Array(vec![number(least), number(most)]),
            None => number(t),
        };
        let parts = || codes_of(&text);
        let wanted = KEYS.iter().find(|k| k.0 == *key).map_or("categories", |k| k.2);
        let value = match wanted {
            "count" => number(&text),
            "range" => range(&text),
            "flag" => Value::Boolean(matches!(text.as_str(), "yes" | "true" | "是")),
            "codes" => Value::Array(parts().map(|t| Value::String(t.to_owned())).collect()),
            "categories" => {
                let pair = |t: &str| {
                    let (name, limits) = t.split_once('=').unwrap_or((t, "1"));
                    (name.to_owned(), range(limits))
                };
                Value::Table(parts().map(pair).collect())
            }
            _ => Value::String(text.clone()),
        };
        table.insert((*key).to_owned(), value);
    }
    take(&table, rules, categories)
}

/// The codes in a field: between blanks or commas.
pub fn codes_of(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '，', '、', '\u{3000}']).filter(|t| !t.is_empty())
}

fn take(table: &Table, rules: &Rules, categories: &[(&str, String)]) -> Result<Rules, WrittenError> {
    let mut rules = rules.clone();
    for (key, value) in table {
        let wrong = |wanted| WrittenError::Value { key: key.clone(), value: shown(value), wanted };
        if key == CATEGORIES.0 || key == CATEGORIES.1 {
            let named = value.as_table().ok_or_else(|| wrong("categories"))?;
            for (name, limits) in named {
                let code = category(name, categories)?;
                let limits = range(limits).ok_or_else(|| WrittenError::Value {
                    key: name.clone(),
                    value: shown(limits),
                    wanted: "range",
                })?;
                rules.categories.insert(code.to_owned(), limits);
            }
            continue;
        }
        let Some(Key(_, _, wanted, put)) = KEYS.iter().find(|k| k.0 == key || k.1 == key) else {
            let names = KEYS.iter().flat_map(|k| [k.0, k.1]).chain([CATEGORIES.0, CATEGORIES.1]);
            let nearest = text::nearest(key, names).unwrap_or_default().to_owned();
            return Err(WrittenError::Key { key: key.clone(), nearest });
        };
        put(&mut rules, value).ok_or_else(|| wrong(wanted))?;
    }
    Ok(rules)
}

/// The text with its Chinese keys in quotes, which TOML wants and nobody would think of. Lines stay where they are.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let (open, rest) =
            if line.trim_start().starts_with('[') { line.split_once('[').unwrap_or((line, "")) } else { ("", line) };
        let end = if rest.len() == line.len() { '=' } else { ']' };
        match rest.split_once(end).map(|(key, after)| (key.trim(), after)) {
            Some((key, after)) if !key.is_ascii() && !key.contains(['"', '\'', '#', '[']) => {
                let bracket = if end == ']' { "[" } else { "" };
                let _ = write!(out, "{open}{bracket}\"{key}\"{end}{after}");
            }
            _ => out.push_str(line),
        }
    }
    out
}

fn category<'a>(name: &str, categories: &'a [(&str, String)]) -> Result<&'a str, WrittenError> {
    let found = categories.iter().find(|(code, known)| *code == name || known == name);
    found.map(|(code, _)| *code).ok_or_else(|| {
        let names = categories.iter().flat_map(|(code, known)| [*code, known.as_str()]);
        WrittenError::Category {
            name: name.to_owned(),
            nearest: text::nearest(name, names).unwrap_or_default().to_owned(),
        }
    })
}

fn set<T>(to: &mut T, value: Option<impl Into<T>>) -> Option<()> {
    *to = value?.into();
    Some(())
}

fn count(v: &Value) -> Option<i64> {
    v.as_integer().filter(|n| (-COUNT..=COUNT).contains(n))
}

/// Yuan: a whole number, a decimal of at most two places, or either as text.
fn money(v: &Value) -> Option<i64> {
    Fen::parse_yuan(&written(v)?).map(|f| f.0)
}

/// Kilograms or litres, in thousandths.
fn thousandths(v: &Value) -> Option<i64> {
    let text = written(v)?;
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let part: i64 = (digits(part) && part.len() <= 3).then(|| format!("{part:0<3}").parse().ok())??;
    digits(whole).then(|| whole.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(part))?
}

/// A number as it was written: the shortest decimal that is read as the same double is what stood there.
fn written(v: &Value) -> Option<String> {
    match v {
        Value::Integer(n) => Some(n.to_string()),
        Value::Float(n) => Some(n.to_string()),
        Value::String(t) => Some(t.clone()),
        _ => None,
    }
}

fn text_of(v: &Value) -> Option<String> {
    match v {
        Value::String(t) => Some(t.clone()),
        Value::Datetime(d) => Some(d.to_string()),
        _ => None,
    }
}

/// `[least, most]`, or one number for both.
fn range(v: &Value) -> Option<(i64, i64)> {
    match v.as_array().map(Vec::as_slice) {
        Some([least, most]) => Some((count(least)?, count(most)?)),
        Some(_) => None,
        None => count(v).map(|n| (n, n)),
    }
}

fn codes(v: &Value) -> Option<Vec<String>> {
    v.as_array()?.iter().map(|c| c.as_str().map(str::to_owned)).collect()
}

fn goal(v: &Value) -> Option<Goal> {
    let name = v.as_str()?;
    Goal::ALL.iter().chain(GOALS).find(|(n, _)| *n == name).map(|(_, g)| *g)
}

/// A value for a sentence, not longer than one.
fn shown(v: &Value) -> String {
    let mut out = String::new();
    let _ = write!(out, "{v}");
    text::display(&out).chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read_with(text: &str) -> Result<Rules, WrittenError> {
        let names = [("grain", "粮食".to_owned()), ("oil", "食用油".to_owned())];
        read(text, &Rules::of_budget(0, date(2021, 1, 1)), &names)
    }

    #[test]
    fn every_key_is_read_in_both_languages() {
        let zh = "\u{feff}份数 = 500\n预算 = 300 # 元\n不低于 = 291.50\n品种 = [6, 10]\n每样最多 = 2\n同一供应商最多 = 1\n县不少于 = 6\n\
            重量不超过 = 6.5\n体积不超过 = \"9\"\n发放日期 = 2021-01-25\n保质期不少于 = 90\n只要当季 = true\n可含酒 = true\n清真 = true\n\
            必选 = [\"A\"]\n不选 = [\"B\"]\n目标 = \"滞销\"\n[品类]\n粮食 = 1\noil = [0, 2]\n";
        let mut en = zh.replace("[品类]", "[categories]").replace("粮食", "grain").replace("滞销", "stock");
        for Key(english, chinese, ..) in KEYS {
            assert!(zh.contains(chinese), "{chinese}");
            en = en
                .replace(&format!("\n{chinese} ="), &format!("\n{english} ="))
                .replace(&format!("\u{feff}{chinese}"), english);
        }
        let rules = read_with(zh).unwrap();
        assert_eq!(rules, read_with(&en).unwrap(), "{en}");
        assert_eq!(
            (rules.packs, rules.budget, rules.floor, rules.kinds, rules.pieces),
            (500, 30_000, 29_150, (6, 10), 2)
        );
        assert_eq!((rules.weight, rules.volume, rules.day), (Some(6_500), Some(9_000), date(2021, 1, 25)));
        assert_eq!((rules.per_supplier, rules.counties, rules.keeps), (Some(1), 6, 90));
        assert!(rules.seasonal && rules.alcohol && rules.halal && rules.goal == Goal::Stock);
        assert_eq!((rules.must, rules.must_not), (vec!["A".to_owned()], vec!["B".to_owned()]));
        assert_eq!(
            rules.categories.into_iter().collect::<Vec<_>>(),
            [("grain".into(), (1, 1)), ("oil".into(), (0, 2))]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_the_nearest_that_is_right() {
        let value =
            |key: &str, value: &str, wanted| WrittenError::Value { key: key.into(), value: value.into(), wanted };
        let cases = [
            ("预算 = 300\n品种 = = 3", WrittenError::Syntax { line: 2 }),
            ("预箅 = 300", WrittenError::Key { key: "预箅".into(), nearest: "预算".into() }),
            ("budgett = 300", WrittenError::Key { key: "budgett".into(), nearest: "budget".into() }),
            ("[品类]\n粮 食 = 1", WrittenError::Category { name: "粮 食".into(), nearest: "粮食".into() }),
            ("预算 = 3.999", value("预算", "3.999", "money")),
            ("预算 = true", value("预算", "true", "money")),
            ("份数 = 99999999999", value("份数", "99999999999", "count")),
            ("品种 = [1, 2, 3]", value("品种", "[1, 2, 3]", "range")),
            ("发放日期 = \"明天\"", value("发放日期", "\"明天\"", "day")),
            ("重量不超过 = -1", value("重量不超过", "-1", "weight")),
            ("目标 = \"好\"", value("目标", "\"好\"", "goal")),
            ("必选 = [1]", value("必选", "[1]", "codes")),
            ("品类 = 3", value("品类", "3", "categories")),
        ];
        for (text, error) in cases {
            assert_eq!(read_with(text), Err(error), "{text}");
        }
    }
}
