//! The matching table, a naive matcher to compare with, and rebuilding against changing.

use super::*;
use crate::base::pinyin;
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

#[test]
fn words_match_by_ideograph_pinyin_initials_and_mixes() {
    let name = "柞水木耳 250g";
    for word in [
        "柞水",
        "木耳",
        "zsme",
        "zhsme",
        "zhashui",
        "zhashuimuer",
        "zsmuer",
        "zs木耳",
        "zhashm",
        "ZSME",
        "ｚｓ",
        "shuim",
        "250g",
        "zha",
        "me250",
        "",
        "水m",
    ] {
        assert!(matches(word, name), "{word}");
    }
    for word in ["zss", "木水", "zshm", "x", "耳柞", "zhaw", "251"] {
        assert!(!matches(word, name), "{word}");
    }
    assert!(matches("cs", "长寿面") && matches("zhangshou", "长寿面"), "every reading counts");
    assert!(matches("lvdou", "绿豆") && matches("ludou", "绿豆"));
    assert_eq!(highlight("me", name).map(|r| &name[r]), Some("木耳"));
    assert_eq!(highlight("zsme", "正宗柞水木耳").map(|r| &"正宗柞水木耳"[r]), Some("柞水木耳"));
}

fn column(names: &[String]) -> Column {
    let mut b = Builder::new(1);
    for (i, n) in names.iter().enumerate() {
        b.push(i as u32 + 1, n, &[(i % 3) as u8]);
    }
    b.finish()
}

fn search(column: &Column, word: &str, negated: bool) -> Vec<u32> {
    let words = vec![(Pattern::new(word).expect("a word"), negated)];
    let hits = column.search(&Query { words, facets: vec![] }, &AtomicBool::new(false)).expect("not cancelled");
    assert_eq!(hits.iter().count(), hits.len());
    hits.iter().collect()
}

/// Tries every way to read each character; slow and plainly right.
fn naive(word: &[char], name: &[char]) -> bool {
    fn from(word: &[char], name: &[char]) -> bool {
        if word.is_empty() {
            return true;
        }
        let Some((c, rest)) = name.split_first() else { return false };
        let mut ways = vec![1; usize::from(word[0] == fold(*c))];
        for reading in pinyin::readings(*c) {
            let r: Vec<char> = reading.chars().collect();
            let agree =
                |n: usize| n <= word.len() && word[..n].iter().zip(&r).all(|(a, b)| a == b || (*b == 'v' && *a == 'u'));
            for n in 1..=r.len() {
                let whole_or_initial = n == r.len() || n == 1 || (n == 2 && r[1] == 'h');
                if agree(n) && (whole_or_initial || n == word.len()) {
                    ways.push(n);
                }
            }
        }
        ways.into_iter().any(|n| from(&word[n..], rest))
    }
    (0..name.len()).any(|i| from(word, &name[i..]))
}

proptest! {
    #[test]
    fn the_column_agrees_with_trying_every_way(
        names in prop::collection::vec("[柞水木耳长安绿豆重庆茶a2 ]{0,8}", 1..30),
        word in "[zhasuimerclvndoqg2a木水]{1,6}",
    ) {
        let c = column(&names);
        let w: Vec<char> = word.chars().collect();
        let expected: Vec<u32> = names.iter().enumerate()
            .filter(|(_, n)| naive(&w, &n.chars().filter(|c| *c != ' ').collect::<Vec<_>>()))
            .map(|(i, _)| i as u32 + 1).collect();
        prop_assert_eq!(search(&c, &word, false), expected.clone());
        let rest: Vec<u32> = (1..=names.len() as u32).filter(|r| !expected.contains(r)).collect();
        prop_assert_eq!(search(&c, &word, true), rest);
        for n in &names {
            let found = highlight(&word, n);
            prop_assert_eq!(found.is_some(), naive(&w, &n.chars().filter(|c| *c != ' ').collect::<Vec<_>>()));
        }
    }

    #[test]
    fn changing_rows_equals_building_anew(
        names in prop::collection::vec("[柞水木耳茶]{0,4}", 1..20),
        changes in prop::collection::vec((1u32..40, "[柞水木耳茶]{0,4}"), 0..20),
    ) {
        let mut c = column(&names);
        let mut now: std::collections::BTreeMap<u32, String> =
            names.iter().enumerate().map(|(i, n)| (i as u32 + 1, n.clone())).collect();
        for (row, name) in changes {
            c.upsert(row, &name, &[7]);
            now.insert(row, name);
        }
        prop_assert_eq!(c.len(), now.len());
        let expected: Vec<u32> = now.iter().filter(|(_, n)| n.contains('茶')).map(|(r, _)| *r).collect();
        prop_assert_eq!(search(&c, "茶", false), expected);
    }
}

#[test]
fn facets_narrow_without_words_and_a_cancelled_search_gives_nothing() {
    let names: Vec<String> = (0..9).map(|_| "柞水木耳".to_owned()).collect();
    let c = column(&names);
    let mut allowed = [false; 256];
    allowed[1] = true;
    let query = Query { words: vec![], facets: vec![FacetTest { facet: 0, allowed }] };
    let hits = c.search(&query, &AtomicBool::new(false)).expect("hits");
    assert_eq!(hits.iter().collect::<Vec<_>>(), [2, 5, 8]);
    assert!(c.search(&query, &AtomicBool::new(true)).is_none());
    assert!(c.memory_bytes() < 1000, "equal names are kept once");
}
