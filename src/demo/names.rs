//! Names, phones and codes of the made-up people and firms.
//!
//! Owns how a name is put together; must give the same name for the same place, so that a clerk stays the same clerk.

use super::goods::Category;
use super::words::*;
use crate::base::ids::mix;
use crate::domain::codes::SupplierKind;
use crate::reference::credit;

/// A person's name from a number.
pub(super) fn person(n: u64) -> String {
    let n = mix(n);
    format!("{}{}", at(SURNAMES, n), at(GIVEN, n >> 20))
}

/// The clerk (or another person, by `desk`) who works for the union of a division.
pub(super) fn clerk(division_code: &str, desk: u64) -> String {
    let n = division_code.bytes().fold(desk, |h, b| h.wrapping_mul(131).wrapping_add(u64::from(b)));
    person(n)
}

/// A phone in a block that is used for examples only.
pub(super) fn phone(n: u64) -> String {
    format!("1380000{:04}", mix(n) % 10_000)
}

/// A brand that is not used twice for numbers below 20480.
pub(super) fn brand(n: u64) -> String {
    format!("{}{}{}", at(BRAND_C, n / 2560), at(BRAND_A, n), at(BRAND_B, n / 64))
}

/// A supplier's kind and name. Numbers of one county never share a name.
pub(super) fn supplier(county: &str, shuffle: u64, n: u64, trade: Option<&Category>) -> (SupplierKind, String) {
    // Plain brands first, in an order of the county's own; prefixed ones only when those are used up.
    let plain = 2560;
    let round = n / plain;
    let brand = brand(round % 8 * plain + (n.wrapping_mul(7919).wrapping_add(shuffle)) % plain);
    let word = trade.map_or("", |c| c.trade);
    // Beyond all brands (never at the scales in use) a number keeps names apart.
    let more = if round >= 8 { format!("第{}", round / 8 + 1) } else { String::new() };
    let short = county.strip_suffix(['县', '区', '市']).filter(|s| s.chars().count() > 1).unwrap_or(county);
    match mix(n ^ shuffle) % 100 {
        0..=4 => (SupplierKind::Lead, format!("陕西{short}{brand}{more}{word}集团有限公司")),
        5..=44 => {
            let word = if word.is_empty() { "种植养殖" } else { word };
            (SupplierKind::Cooperative, format!("{county}{brand}{more}{word}专业合作社"))
        }
        45..=69 => (SupplierKind::Enterprise, format!("{county}{brand}{more}{word}农业科技有限公司")),
        70..=84 => (SupplierKind::Enterprise, format!("{county}{brand}{more}{word}农产品有限公司")),
        _ => (SupplierKind::Enterprise, format!("{county}{brand}{more}{word}生态农业有限公司")),
    }
}

/// A well-formed credit code for a made-up firm; `n` must be below 31^6 / 2 and differ between firms.
pub(super) fn credit_code(kind: SupplierKind, county_code: &str, n: u64) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    // 887503681 = 31^6; the multiplier shares no factor with it, so different numbers stay different.
    let mut left = n.wrapping_mul(48_271_009) % 887_503_681;
    let mut tail = String::new();
    for _ in 0..6 {
        let digit = usize::try_from(left % 31).unwrap_or(0);
        tail.push(ALPHABET.get(digit).map_or('0', |b| char::from(*b)));
        left /= 31;
    }
    let org = format!("MA{tail}");
    let org_check = credit::org_check_char(&org).unwrap_or('0');
    let family = if kind == SupplierKind::Cooperative { "93" } else { "91" };
    let head = format!("{family}{county_code}{org}{org_check}");
    let check = credit::check_char(&head).unwrap_or('0');
    format!("{head}{check}")
}

fn at(list: &'static [&'static str], n: u64) -> &'static str {
    let len = u64::try_from(list.len().max(1)).unwrap_or(1);
    usize::try_from(n % len).ok().and_then(|i| list.get(i)).copied().unwrap_or("")
}
