//! What is said of rules and packs, in the words of the locale files.
//!
//! Owns which text stands for which rule, limit and mistake; command line and console say the same.

use super::around::Reason;
use super::block::Relax;
use super::check::RulesError;
use super::rules::{Goal, Rule};
use super::written::WrittenError;
use crate::base::locale::Locale;
use crate::domain::sets::CATEGORIES;
use crate::domain::value::Fen;

/// A rule in words, with what it is about.
pub fn rule(locale: &Locale, rule: &Rule) -> String {
    let name = locale.code("pack_rule", rule.code());
    let about = match rule {
        Rule::CategoryLeast(c) | Rule::CategoryMost(c) => locale.code("category", c),
        _ => rule.about().to_owned(),
    };
    if about.is_empty() { name } else { format!("{name} {about}") }
}

/// A number of a field in the unit people write it in.
pub fn number(field: &str, n: i64) -> String {
    match field {
        "budget" | "floor" => Fen(n).yuan(),
        "weight" | "volume" => format!("{}.{:03}", n / 1_000, n % 1_000),
        _ => n.to_string(),
    }
}

/// The smallest change of a rule.
pub fn relax(locale: &Locale, relax: &Relax) -> String {
    let limit = relax.limit.map(|l| number(relax.rule.code(), l));
    let id = if limit.is_some() { "pack-relax-to" } else { "pack-relax-without" };
    locale.tr_with(id, &[("rule", &rule(locale, &relax.rule)), ("limit", &limit.unwrap_or_default())])
}

/// The categories with their names, as rules may call them.
pub fn categories(locale: &Locale) -> Vec<(&'static str, String)> {
    CATEGORIES.iter().map(|code| (*code, locale.code("category", code))).collect()
}

/// Code of a sentence and what stands in it.
pub type Sentence = (&'static str, Vec<(&'static str, String)>);

/// Why rules make no sense.
pub fn senseless(locale: &Locale, e: &RulesError) -> Sentence {
    let field = |f: &str| locale.code(if CATEGORIES.contains(&f) { "category" } else { "pack_field" }, f);
    match e {
        RulesError::Number { field: f, value, least, most } => {
            let [value, least, most] = [*value, *least, *most].map(|n| number(f, n));
            ("pack-number", vec![("field", field(f)), ("value", value), ("least", least), ("most", most)])
        }
        RulesError::Crossed { field: f, least, most } => {
            let [least, most] = [*least, *most].map(|n| number(f, n));
            ("pack-crossed", vec![("field", field(f)), ("least", least), ("most", most)])
        }
        RulesError::Both(code) => ("pack-both", vec![("code", code.clone())]),
        RulesError::Unknown(code) => ("pack-unknown", vec![("code", code.clone())]),
        RulesError::Category(name) => ("pack-category", vec![("key", name.clone()), ("nearest", String::new())]),
        RulesError::Overflow => ("pack-overflow", Vec::new()),
    }
}

/// Why rules as written are not understood.
pub fn unread(locale: &Locale, e: &WrittenError) -> Sentence {
    match e {
        WrittenError::Syntax { line } => ("pack-syntax", vec![("line", line.to_string())]),
        WrittenError::Key { key, nearest } => ("pack-key", vec![("key", key.clone()), ("nearest", nearest.clone())]),
        WrittenError::Category { name, nearest } => {
            ("pack-category", vec![("key", name.clone()), ("nearest", nearest.clone())])
        }
        WrittenError::Value { key, value, wanted } => {
            let wanted = locale.code("pack_value", wanted);
            ("pack-value", vec![("key", key.clone()), ("value", value.clone()), ("wanted", wanted)])
        }
    }
}

/// Why an item is in; nothing where time was up before that was known. `name` gives a product's name.
pub fn reason(locale: &Locale, goal: Goal, reason: &Reason, name: &dyn Fn(usize) -> String) -> Option<String> {
    let instead: Vec<String> = reason.instead.iter().map(|i| name(*i)).collect();
    let (name, instead) = (name(reason.product), instead.join(&locale.tr("compose-and")));
    let mut words = match reason.loss {
        Some(0) if reason.proved => locale.tr_with("compose-why-equal", &[("name", &name), ("instead", &instead)]),
        // Time was up before it was known whether anything is lost.
        Some(loss) if loss <= 0 => return None,
        Some(loss) => {
            let loss = gain(locale, goal, loss);
            let id = if reason.proved { "compose-why" } else { "compose-why-most" };
            locale.tr_with(id, &[("name", &name), ("loss", &loss), ("instead", &instead)])
        }
        None if reason.proved => locale.tr_with("compose-why-only", &[("name", &name)]),
        None => return None,
    };
    for rule in &reason.needs {
        words.push_str(&locale.tr_with("compose-why-rule", &[("rule", &self::rule(locale, rule))]));
    }
    Some(words)
}

/// What a gain is, in the unit of the goal.
fn gain(locale: &Locale, goal: Goal, gain: i64) -> String {
    let n = match goal {
        Goal::People => gain.to_string(),
        Goal::Stock | Goal::Counties => Fen(gain / 1_000).yuan(),
        Goal::Budget => Fen(gain).yuan(),
    };
    let code = Goal::ALL.iter().find(|(_, g)| *g == goal).map_or("", |(code, _)| code);
    locale.tr_with(&format!("compose-gain-{code}"), &[("n", &n)])
}

/// How good a pack is: proved best, or how far from it at most.
pub fn verdict(locale: &Locale, proved: bool, gap: i64) -> String {
    if proved {
        return locale.tr("pack-proved").into_owned();
    }
    locale.tr_with("pack-within", &[("gap", &Fen(gap).yuan())])
}
