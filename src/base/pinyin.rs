//! Pinyin of Han characters: every reading for search, one reading for order. Toneless, ü as `v`.
//!
//! Place names of the province that a dictionary reads wrongly are put right in the tables here.

use pinyin::{ToPinyin, ToPinyinMulti};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Readings a dictionary lacks, or does not put first, in the names of our places.
const EXTRA: &[(char, &str)] = &[
    ('柞', "zha"),
    ('堡', "bu"),
    ('盱', "xu"),
    ('眙', "yi"),
    ('睢', "sui"),
    ('鄠', "hu"),
    ('汧', "qian"),
    ('浐', "chan"),
    ('沣', "feng"),
    ('邠', "bin"),
    ('彬', "bin"),
    ('郃', "he"),
    ('雒', "luo"),
    ('栒', "xun"),
    ('阎', "yan"),
    ('洋', "yang"),
];

/// Words whose order a single character's main reading would get wrong.
const WORDS: &[(&str, &str)] = &[
    ("柞水", "zha shui"),
    ("吴堡", "wu bu"),
    ("长安", "chang an"),
    ("洛南", "luo nan"),
    ("绥德", "sui de"),
    ("重庆", "chong qing"),
    ("乐园", "le yuan"),
    ("大荔", "da li"),
    ("盱眙", "xu yi"),
    ("睢宁", "sui ning"),
    ("朝邑", "chao yi"),
];

/// Every toneless reading of a character; none when it is not Han.
pub fn readings(c: char) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut add = |plain: &str| {
        let plain = plain.replace('ü', "v");
        if !out.contains(&plain) {
            out.push(plain);
        }
    };
    EXTRA.iter().filter(|(e, _)| *e == c).for_each(|(_, r)| add(r));
    if let Some(all) = c.to_pinyin_multi() {
        all.into_iter().for_each(|p| add(p.plain()));
    } else if let Some(one) = c.to_pinyin() {
        add(one.plain());
    }
    out
}

/// The main reading of the common Han block, looked up once: sort keys are made for every stored name.
fn main_reading(c: char) -> Option<&'static str> {
    static TABLE: OnceLock<Vec<Option<&'static str>>> = OnceLock::new();
    const FIRST: u32 = 0x4E00;
    let table = TABLE.get_or_init(|| {
        (FIRST..0xA000)
            .map(|n| {
                let c = char::from_u32(n)?;
                let extra = EXTRA.iter().find(|(e, _)| *e == c).map(|(_, r)| *r);
                extra.or_else(|| c.to_pinyin().map(|p| p.plain()))
            })
            .collect()
    });
    match u32::from(c).checked_sub(FIRST).and_then(|i| table.get(usize::try_from(i).ok()?)) {
        Some(found) => *found,
        None => c.to_pinyin().map(|p| p.plain()),
    }
}

fn words() -> &'static HashMap<char, Vec<&'static (&'static str, &'static str)>> {
    static MAP: OnceLock<HashMap<char, Vec<&'static (&'static str, &'static str)>>> = OnceLock::new();
    MAP.get_or_init(|| {
        let mut map: HashMap<char, Vec<_>> = HashMap::new();
        for word in WORDS {
            if let Some(first) = word.0.chars().next() {
                map.entry(first).or_default().push(word);
            }
        }
        map
    })
}

/// Key that orders names by pinyin, syllable by syllable: `柞水木耳 250g` gives `zha shui mu er 250g`.
pub fn key(name: &str) -> String {
    let mut out = String::with_capacity(name.len() * 2);
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let word = words().get(&c).and_then(|list| list.iter().find(|(w, _)| rest.starts_with(w)));
        let (taken, reading) = match word {
            Some((han, reading)) => (han.len(), Some(*reading)),
            None => (c.len_utf8(), main_reading(c)),
        };
        match reading {
            Some(reading) => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push_str(reading);
                out.push(' ');
            }
            None => out.extend(super::text::half(c).to_lowercase()),
        }
        rest = &rest[taken..];
    }
    out.truncate(out.trim_end().len());
    out
}

/// First letters of the main readings: `柞水木耳` gives `zsme`.
pub fn initials(name: &str) -> String {
    key(name).split(' ').filter_map(|s| s.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_by_syllable_and_places_read_as_their_people_say() {
        assert_eq!(key("柞水木耳 250g"), "zha shui mu er 250g");
        assert_eq!(key("吴堡空心挂面"), "wu bu kong xin gua mian");
        assert_eq!(initials("柞水木耳"), "zsme");
        assert!(readings('长').contains(&"chang".to_owned()) && readings('长').contains(&"zhang".to_owned()));
        assert!(readings('绿').contains(&"lv".to_owned()));
        assert!(readings('a').is_empty());
    }

    #[test]
    fn every_division_can_be_found_by_the_pinyin_in_its_file() {
        let table = include_str!("../../data/shaanxi_divisions.csv");
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let (name, pinyin) = (fields[1], fields[2].to_lowercase().replace(['\'', ' ', '-'], ""));
            let reachable = |name: &str| {
                let mut ends = vec![0_usize];
                for c in name.chars() {
                    let next = readings(c);
                    ends = ends
                        .iter()
                        .flat_map(|e| {
                            next.iter().filter(|r| pinyin[*e..].starts_with(r.as_str())).map(move |r| e + r.len())
                        })
                        .collect();
                }
                ends.contains(&pinyin.len())
            };
            let stem: String = name.chars().take(name.chars().count() - 1).collect();
            assert!(
                reachable(name) || reachable(&stem) || name.contains('示') || name.contains('新'),
                "{name} {pinyin}"
            );
        }
    }
}
