//! One value in words or as JSON, by what its column holds. Lists, records and histories all go through here, so that
//! personal data is masked in one place.

use crate::base::locale::{Lang, Locale};
use crate::base::text;
use crate::domain::value::{Fen, Value};
use crate::store::Connection;
use crate::store::list::Ty;
use crate::store::reads;
use jiff::{Timestamp, tz};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// The words values are told in.
pub(super) struct Words<'a> {
    pub locale: &'a Locale,
    /// Code and name, as filters want them.
    pub divisions: Vec<(String, String)>,
    names: HashMap<String, String>,
}

impl<'a> Words<'a> {
    /// Reads the names of divisions once.
    pub(super) fn new(locale: &'a Locale, db: &Connection) -> crate::store::SqlResult<Words<'a>> {
        let divisions = reads::divisions(db)?;
        let names = reads::division_names(db, locale.lang())?;
        Ok(Words { locale, divisions, names })
    }

    /// The value for people; nothing for one that is absent.
    pub(super) fn text(&self, ty: Ty, value: &Value) -> String {
        match (ty, value) {
            (_, Value::Null) => String::new(),
            (Ty::Masked, Value::Text(t)) => text::mask(t),
            (Ty::Set(set), Value::Text(t)) => self.locale.code(set, t),
            (Ty::Division, Value::Text(t)) => self.names.get(t).unwrap_or(t).clone(),
            (_, Value::Text(t)) => t.clone(),
            (Ty::Year, Value::Int(0)) => String::new(),
            (Ty::Money, Value::Int(n)) => Fen(*n).yuan(),
            (Ty::Instant, Value::Int(n)) => instant(*n),
            (Ty::YesNo, Value::Int(n)) => {
                self.locale.tr(if *n == 0 { "cli-word-no" } else { "cli-word-yes" }).into_owned()
            }
            (_, Value::Int(n)) => n.to_string(),
            (_, Value::Blob(b)) => crate::wire::record::hex(b),
        }
    }

    /// The value for programs: codes as codes, money in fen, instants with their offset.
    pub(super) fn json(ty: Ty, value: &Value) -> Json {
        match (ty, value) {
            (Ty::Masked, Value::Text(t)) => json!(text::mask(t)),
            (Ty::Instant, Value::Int(n)) => rfc3339(*n),
            (Ty::YesNo, Value::Int(n)) => json!(*n != 0),
            _ => crate::wire::change::value(value),
        }
    }
}

/// Whether values of this kind stand at the right.
pub(super) fn is_number(ty: Ty) -> bool {
    matches!(ty, Ty::Count | Ty::Money)
}

/// `2020-08-20 14:32` in Asia/Shanghai.
pub(super) fn instant(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis).unwrap_or_default();
    at.to_zoned(tz::TimeZone::fixed(tz::offset(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The instant with its offset, `2020-08-20T14:32:00+08:00`.
pub(super) fn rfc3339(millis: i64) -> Json {
    let Ok(at) = Timestamp::from_millisecond(millis) else { return Json::Null };
    json!(at.display_with_offset(tz::offset(8)).to_string())
}

/// A large amount as people say it: 亿元 or 万元, in English millions of yuan or yuan, with two decimals, cut, never
/// rounded up.
pub(super) fn big_money(locale: &Locale, fen: i64) -> String {
    const YUAN: i64 = 100;
    const WAN: i64 = 10_000 * YUAN;
    let (large, small) = match locale.lang() {
        Lang::Zh => (10_000 * WAN, WAN),
        Lang::En => (100 * WAN, YUAN),
    };
    let unit = if fen.abs() >= large { (large, "cli-unit-yi") } else { (small, "cli-unit-wan") };
    let hundredths = fen / (unit.0 / 100);
    locale.tr_with(unit.1, &[("n", &Fen(hundredths).yuan())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_cut_to_what_people_say() {
        let zh = Locale::new(Lang::Zh);
        assert_eq!(big_money(&zh, 80_000_000_000), "8.00 亿元");
        assert_eq!(big_money(&zh, 30_299_999_999), "3.02 亿元");
        assert_eq!(big_money(&zh, 123_456_789), "123.45 万元");
        assert_eq!(big_money(&zh, 0), "0.00 万元");
        let en = Locale::new(Lang::En);
        assert_eq!(big_money(&en, 80_000_000_000), "800.00 M yuan");
        assert_eq!(big_money(&en, 30_299_999_999), "302.99 M yuan");
        assert_eq!(big_money(&en, 99_999_999), "999999.99 yuan");
    }

    #[test]
    fn instants_are_told_in_shanghai_time() {
        let at: Timestamp = "2020-08-20T06:32:00Z".parse().unwrap();
        assert_eq!(instant(at.as_millisecond()), "2020-08-20 14:32");
        assert_eq!(rfc3339(at.as_millisecond()), json!("2020-08-20T14:32:00+08:00"));
    }
}
