//! Texts and numbers as typed, made fit for a row: cleaned, not empty where they must not be, never too long.

use crate::base::text;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rows::Kind;
use crate::domain::work::{Named, Work};

/// Longest reason or note in characters.
pub const LONG: usize = 500;
/// Longest name, address or title in characters.
pub const SHORT: usize = 120;

/// Cleans an optional text of at most `max` characters.
pub fn optional(field: &'static str, raw: &str, max: usize) -> Result<String, Refusal> {
    // Garbage can be megabytes; look at its length before doing work on it.
    if raw.len() > max * 16 {
        return Err(too_long(field, raw.chars().count(), max));
    }
    let clean = text::clean(raw);
    match clean.chars().count() {
        n if n > max => Err(too_long(field, n, max)),
        _ => Ok(clean),
    }
}

/// Cleans a text that must not be empty.
pub fn required(field: &'static str, raw: &str, max: usize) -> Result<String, Refusal> {
    let clean = optional(field, raw, max)?;
    if clean.is_empty() { Err(Refusal::new("field-empty").with("field", field)) } else { Ok(clean) }
}

/// Cleans the code of a division: other codes are made from it, so it holds ASCII letters and digits only.
pub fn division(raw: &str) -> Result<String, Refusal> {
    let code = required("county_code", raw, 12)?;
    if code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(code);
    }
    Err(Refusal::new("field-unclean").with("field", "county_code"))
}

/// Most codes a refusal names: reference files may hold any number.
const MOST_NAMED: usize = 24;

/// Cleans a code that reference data must have (A19 venue types, A05 categories).
pub fn referenced(w: &Work<'_>, field: &'static str, raw: &str, set: Named) -> Result<String, Stop> {
    let code = required(field, raw, 40)?;
    let known = w.reference(set)?;
    if known.contains(&code) {
        return Ok(code);
    }
    let nearest = text::nearest(&code, known.iter().map(String::as_str)).unwrap_or_default().to_owned();
    let known = known.into_iter().take(MOST_NAMED).collect::<Vec<_>>().join(",");
    let refusal = Refusal::new("unknown-code").with("field", field).with("value", code).with("set", set.set());
    Err(refusal.with("near", nearest).with("codes", known).into())
}

/// Cleans a reason; whether it may be empty is the arrow's business.
pub fn reason(raw: &str) -> Result<String, Refusal> {
    optional("reason", raw, LONG)
}

/// A number within bounds.
pub fn between(field: &'static str, n: i64, low: i64, high: i64) -> Result<i64, Refusal> {
    if (low..=high).contains(&n) {
        return Ok(n);
    }
    Err(Refusal::new("number-out-of-range")
        .with("field", field)
        .with("value", n.to_string())
        .with("low", low.to_string())
        .with("high", high.to_string()))
}

/// Refuses a list that names one thing `twice`.
pub fn once(twice: bool, kind: Kind, code: &str) -> Result<(), Refusal> {
    if !twice {
        return Ok(());
    }
    Err(Refusal::new("already-exists").with("kind", kind.table()).with("code", code))
}

fn too_long(field: &'static str, chars: usize, max: usize) -> Refusal {
    Refusal::new("field-too-long").with("field", field).with("chars", chars.to_string()).with("max", max.to_string())
}
