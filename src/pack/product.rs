//! What may be in a pack: a listed product as the rules see it.
//!
//! Owns what is read off a product's own words: how much it weighs, when it is in season, whether it is alcohol or pork.

/// A product that is listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Product {
    /// The code of its catalog entry.
    pub code: String,
    pub name: String,
    /// Who supplies it: the same text for the same supplier.
    pub supplier: String,
    pub supplier_name: String,
    /// Code of the county.
    pub county: String,
    /// Code of the category.
    pub category: String,
    /// Fen.
    pub price: i64,
    /// What the supplier has.
    pub stock: i64,
    /// How many people its growing helps out of poverty.
    pub people: i64,
    /// How far its county lags behind the one that most was bought from, in thousandths; 1,000 where nothing was.
    pub lags: i64,
    /// Grams; `None` where the specification does not say.
    pub weight: Option<i64>,
    /// Millilitres; `None` where the specification does not say.
    pub volume: Option<i64>,
    /// First and last month; over the turn of the year where the last is the smaller.
    pub season: Option<(i8, i8)>,
    /// Days.
    pub keeps: i64,
    pub alcohol: bool,
    pub pork: bool,
}

/// What a package holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measure {
    /// Grams.
    pub weight: Option<i64>,
    /// Millilitres.
    pub volume: Option<i64>,
}

/// Units of a specification: as written, how much one is, and whether that is volume.
const UNITS: &[(&str, i64, bool)] = &[
    ("公斤", 1_000, false),
    ("千克", 1_000, false),
    ("毫升", 1, true),
    ("kg", 1_000, false),
    ("ml", 1, true),
    ("斤", 500, false),
    ("克", 1, false),
    ("升", 1_000, true),
    ("g", 1, false),
    ("l", 1_000, true),
];

/// Largest number in a specification that is taken for one.
const LARGEST: i64 = 10_000_000;

/// What a specification such as `250g×8/盒` or `1.5L` says. A drink weighs a gram a millilitre; how much room a weight takes is not known.
pub fn measure(spec: &str) -> Measure {
    let text: String = spec.split('/').next().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_lowercase().replace(['×', '*', 'x', '✕'], "×");
    let mut parts = text.split('×');
    let Some((milli, rest)) = parts.next().and_then(number) else { return Measure::default() };
    let Some(&(_, one, liquid)) = UNITS.iter().find(|(name, ..)| *name == rest) else { return Measure::default() };
    let mut amount = milli.saturating_mul(one) / 1_000;
    for part in parts {
        let Some((times, _)) = number(part) else { return Measure::default() };
        amount = amount.saturating_mul(times / 1_000);
    }
    if !(1..=LARGEST).contains(&amount) {
        return Measure::default();
    }
    Measure { weight: Some(amount), volume: liquid.then_some(amount) }
}

/// The number at the begin, in thousandths, and what follows it.
fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: i64 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    let whole: i64 = whole.parse().ok().filter(|w| *w <= LARGEST)?;
    Some((whole * 1_000 + part, rest))
}

/// A season as the catalog has it: `9-11`, `11-2`, one month; `None` for anything else.
pub fn season(text: &str) -> Option<(i8, i8)> {
    let month = |t: &str| t.trim().parse().ok().filter(|m| (1..=12).contains(m));
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some((month(from)?, month(to)?))
}

/// Whether a month lies in a season.
pub fn in_season((from, to): (i8, i8), month: i8) -> bool {
    if from <= to { (from..=to).contains(&month) } else { month >= from || month <= to }
}

/// Words that tell alcohol, and words with them that do not.
const ALCOHOL: (&[&str], &[&str]) = (&["酒"], &["酒枣", "酒曲", "无酒精", "酒具", "酒杯"]);
/// Words that tell pork or what is made of it; smoked meat is pork unless its name says of what else.
const PORK: (&[&str], &[&str]) =
    (&["猪", "腊肉", "火腿", "香肠", "腊肠", "排骨"], &["牛", "羊", "鸡", "鱼", "鸭", "兔", "猪苓"]);

fn tells(name: &str, (words, but): (&[&str], &[&str])) -> bool {
    words.iter().any(|w| name.contains(w)) && !but.iter().any(|w| name.contains(w))
}

/// Whether a product's name tells alcohol.
pub fn is_alcohol(name: &str) -> bool {
    tells(name, ALCOHOL)
}

/// Whether a product's name tells pork.
pub fn is_pork(name: &str) -> bool {
    tells(name, PORK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specification_tells_weight_and_volume() {
        let cases: &[(&str, Option<i64>, Option<i64>)] = &[
            ("250g/盒", Some(250), None),
            ("500g×2/盒", Some(1_000), None),
            ("1.5kg/盒", Some(1_500), None),
            ("330ml×12/箱", Some(3_960), Some(3_960)),
            ("1.5L×4", Some(6_000), Some(6_000)),
            ("2.5 公斤/袋", Some(2_500), None),
            ("5斤", Some(2_500), None),
            ("1KG*4/盒", Some(4_000), None),
            ("12枚/盒", None, None),
            ("1件", None, None),
            ("", None, None),
            ("g", None, None),
            ("99999999999999999999kg", None, None),
            ("0g", None, None),
            ("500g×九", None, None),
        ];
        for (spec, weight, volume) in cases {
            assert_eq!(measure(spec), Measure { weight: *weight, volume: *volume }, "{spec}");
        }
    }

    #[test]
    fn a_season_may_turn_with_the_year() {
        assert_eq!(
            (season("9-11"), season("5"), season("0-3"), season("全年")),
            (Some((9, 11)), Some((5, 5)), None, None)
        );
        assert!(in_season((11, 2), 1) && in_season((11, 2), 12) && !in_season((11, 2), 3));
        assert!(in_season((3, 5), 4) && !in_season((3, 5), 6));
    }

    #[test]
    fn names_tell_alcohol_and_pork() {
        assert!(is_alcohol("丹凤葡萄酒 12瓶装") && !is_alcohol("陕北酒枣") && !is_alcohol("平利女娲茶"));
        assert!(is_pork("镇坪腊肉礼盒") && is_pork("黑猪肉") && !is_pork("横山羊肉") && !is_pork("腊羊肉火腿"));
    }
}
