//! Cases of the pinyin module, and every Shaanxi division against its official spelling.

use super::*;

const DIVISIONS: &str = include_str!("../../../data/shaanxi_divisions.csv");

/// `(name, pinyin)` of every row, pinyin in lower case without apostrophes.
fn divisions() -> Vec<(String, String)> {
    let field = |line: &str, n: usize| line.split(',').nth(n).unwrap().to_owned();
    let rows = DIVISIONS.lines().skip(1).filter(|line| !line.contains('"'));
    rows.map(|line| (field(line, 1), field(line, 2).to_lowercase().replace('\'', ""))).collect()
}

/// Whether `spelling` can be read off the first characters of `name`, u and v alike.
fn reachable(name: &str, spelling: &str) -> bool {
    let mut chars = name.chars();
    let Some(c) = chars.next() else { return spelling.is_empty() };
    spelling.is_empty()
        || readings(c).iter().any(|reading| {
            let plain = reading.replace('v', "u");
            spelling.strip_prefix(plain.as_str()).is_some_and(|rest| reachable(chars.as_str(), rest))
        })
}

#[test]
fn every_division_is_readable_by_its_spelling() {
    let rows = divisions();
    assert!(rows.len() >= 115, "{} rows", rows.len());
    for (name, spelling) in rows {
        assert!(reachable(&name, &spelling), "{name} {spelling}: {:?}", name.chars().map(readings).collect::<Vec<_>>());
    }
}

#[test]
fn sort_keys_of_divisions_start_with_their_spelling() {
    for (name, spelling) in divisions() {
        let joined = key(&name).replace(' ', "").replace('v', "u");
        let short = name == "杨凌农业高新技术产业示范区";
        assert!(short || joined.starts_with(&spelling.replace("shaan", "shan")), "{name}: {joined} is not {spelling}");
    }
}

#[test]
fn readings_know_heteronyms_and_old_names() {
    for (c, some) in [
        ('柞', "zha"),
        ('堡', "bu"),
        ('堡', "bao"),
        ('盱', "xu"),
        ('眙', "yi"),
        ('睢', "sui"),
        ('鄠', "hu"),
        ('盩', "zhou"),
        ('厔', "zhi"),
        ('汧', "qian"),
        ('郃', "he"),
        ('略', "lve"),
        ('绿', "lv"),
        ('重', "chong"),
        ('〇', "ling"),
        ('澽', "ju"),
        ('长', "zhang"),
        ('参', "shen"),
        ('饹', "le"),
        ('𠀀', "he"),
    ] {
        assert!(readings(c).contains(&some), "{c}: {:?}", readings(c));
    }
    assert!(readings('a').is_empty() && readings('，').is_empty());
    let strange: Vec<_> = (DENSE.filter_map(char::from_u32)).flat_map(readings).filter(|r| r.len() > 6).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn keys_sort_by_syllable() {
    for (name, want) in [
        ("柞水木耳", "zha shui mu er"),
        ("吴堡空心挂面", "wu bu kong xin gua mian"),
        ("ＡＢ柞水 木耳250G×2", "ab zha shui mu er 250g×2"),
        ("西安", "xi an"),
        ("商洛丹参", "shang luo dan shen"),
        ("留坝西洋参", "liu ba xi yang shen"),
        ("勉县大米", "mian xian da mi"),
        ("城固元胡", "cheng gu yuan hu"),
        ("", ""),
    ] {
        assert_eq!(key(name), want);
    }
    let mut names = vec!["西安", "先锋", "佛坪", "柞水", "安康", "白河"];
    names.sort_by_cached_key(|name| key(name));
    assert_eq!(names, ["安康", "白河", "佛坪", "西安", "先锋", "柞水"]);
}

#[test]
fn initials_keep_letters_and_digits() {
    assert_eq!(initials("柞水木耳"), "zsme");
    assert_eq!(initials("吴堡 挂面（250g）"), "wbgm250g");
}

#[test]
fn word_table_agrees_with_its_own_length() {
    for (word, reading) in words::WORDS {
        assert_eq!(word.chars().count(), reading.split(' ').count(), "{word}");
    }
}
