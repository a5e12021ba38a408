//! Cases and laws of the search column.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::machine::Machine;
use super::pattern::{Pattern, fold};
use super::*;
use crate::base::pinyin;

static GO: AtomicBool = AtomicBool::new(false);

fn rows(hits: &Hits) -> Vec<u32> {
    let rows: Vec<u32> = hits.iter().collect();
    assert_eq!(rows.len(), hits.len());
    rows
}

fn find(column: &Column, line: &str) -> Vec<u32> {
    rows(&column.search(&Query::parse_terms(line), &GO).unwrap())
}

/// The rules once more, by trying everything.
fn naive(term: &[char], text: &[char]) -> bool {
    (0..text.len()).any(|start| eat(term, &text[start..]))
}

fn eat(term: &[char], text: &[char]) -> bool {
    let (Some(c), false) = (text.first(), term.is_empty()) else { return term.is_empty() };
    let rest = &text[1..];
    if term[0] == *c && eat(&term[1..], rest) {
        return true;
    }
    pinyin::readings(*c).iter().any(|reading| {
        let r: Vec<char> = reading.chars().collect();
        let same = |n: usize| {
            n <= term.len()
                && (0..n).all(|i| {
                    let loose = i > 0 && "lnjqxy".contains(r[i - 1]) && "uv".contains(r[i]);
                    term[i] == r[i] || (loose && "uvü".contains(term[i]))
                })
        };
        let two = r.len() > 1 && "zcs".contains(r[0]) && r[1] == 'h';
        (same(r.len()) && eat(&term[r.len()..], rest))
            || (same(1) && eat(&term[1..], rest))
            || (two && same(2) && eat(&term[2..], rest))
            || (term.len() <= r.len() && same(term.len()))
    })
}

fn folded(s: &str) -> Vec<char> {
    s.chars().map(fold).collect()
}

#[test]
fn one_term_against_one_name() {
    for (name, yes, no) in [
        (
            "柞水木耳",
            "柞水 木耳 zsme zhsme zhashui zhashuimuer zsmuer zs木耳 zhashm z zha zh 柞 水 sm shuimu zuoshui ZSME ｚｓ zhashuim",
            "zss zsmee zhashuimuerx 木水 zahsui sh木耳z zhashumuer",
        ),
        ("吴堡空心挂面 250g", "wubu wub wbkxgm 挂面 gm wubao 250g 250G ２５０ｇ", "wbgm 2500"),
        ("绿茶SX6109", "lvcha lucha lücha lvc SX6109 sx6 lcsx lv lu", "lacha sx7 cha61"),
        ("略阳乌鸡", "lueyang lveyang lyang lvey lywj", "leyang"),
        ("重庆火锅", "chongqing zhongqing cq zq chongq", "hongqing"),
        ("女娲茶", "nvwa nuwa nw", "niwa"),
        ("陕西", "shaanxi shanxi sx shx", "saanxi"),
    ] {
        for term in yes.split(' ') {
            assert!(matches(term, name), "{term} must match {name}");
        }
        for term in no.split(' ') {
            assert!(!matches(term, name), "{term} must not match {name}");
        }
    }
    assert!(matches("", "x"));
}

#[test]
fn highlight_gives_the_matched_bytes() {
    for (term, name, want) in [
        ("zs", "柞水木耳", vec!["柞水"]),
        ("me", "柞水木耳（木耳）", vec!["木耳", "木耳"]),
        ("250G", "木耳250g", vec!["250g"]),
        ("x", "木耳", vec![]),
        ("", "木耳", vec![]),
    ] {
        let got: Vec<_> = highlight(term, name).into_iter().map(|range| &name[range]).collect();
        assert_eq!(got, want, "{term} in {name}");
    }
}

#[test]
fn terms_and_facets_combine() {
    let mut builder = ColumnBuilder::new(2);
    for (row, name, facets) in
        [(1, "柞水木耳", [1, 0]), (2, "洛南核桃", [2, 0]), (3, "柞水核桃", [1, 9]), (7, "木耳（干）", [3, 0])]
    {
        builder.push(row, name, &facets);
    }
    let column = builder.finish();
    assert_eq!(find(&column, ""), [1, 2, 3, 7]);
    assert_eq!(find(&column, "zs"), [1, 3]);
    assert_eq!(find(&column, "zs ht"), [3]);
    assert_eq!(find(&column, "me !zs"), [7]);
    assert_eq!(find(&column, "!柞水"), [2, 7]);
    let query = Query::parse_terms("ht").with_facet(FacetTest::any_of(0, [1, 3]));
    assert_eq!(rows(&column.search(&query, &GO).unwrap()), [3]);
    let nowhere = Query::default().with_facet(FacetTest::any_of(5, [0]));
    assert!(column.search(&nowhere, &GO).unwrap().is_empty());
    assert!(column.search(&query, &AtomicBool::new(true)).is_none());
}

#[test]
fn extending_is_recognised() {
    let extends = |new: &str, old: &str| Query::parse_terms(new).extends(&Query::parse_terms(old));
    for (new, old, want) in [
        ("zs", "z", true),
        ("z", "zs", false),
        ("zs me", "zs", true),
        ("zs m", "z", true),
        ("!zs", "!z", false),
        ("!z", "!z", true),
        ("a !z", "!z", true),
        ("柞水", "柞", true),
        ("ZS", "z", true),
        ("", "", true),
        ("e\u{301}", "e", false),
    ] {
        assert_eq!(extends(new, old), want, "{new} after {old}");
    }
    let wide = Query::default().with_facet(FacetTest::any_of(0, [1, 2]));
    let tight = Query::default().with_facet(FacetTest::any_of(0, [2]));
    assert!(tight.extends(&wide) && !wide.extends(&tight) && tight.extends(&Query::default()));
}

#[test]
fn hits_page_and_rank() {
    let mut builder = ColumnBuilder::new(0);
    for row in (3..4000).step_by(7) {
        builder.push(row, "木耳", &[]);
    }
    builder.push(3_000_000_000, "木耳", &[]);
    let column = builder.finish();
    let hits = column.search(&Query::parse_terms("me"), &GO).unwrap();
    let all = rows(&hits);
    for (place, row) in all.iter().enumerate() {
        assert_eq!((hits.nth(place), hits.rank(*row), hits.contains(*row)), (Some(*row), place, true));
    }
    assert_eq!(hits.nth(all.len()), None);
    assert_eq!(hits.from(700).collect::<Vec<_>>(), all.iter().copied().filter(|row| *row >= 700).collect::<Vec<_>>());
    assert!(!hits.contains(4) && !hits.contains(2_999_999_999));
}

#[test]
fn long_names_are_searched_to_their_end() {
    let mut column = ColumnBuilder::new(0).finish();
    let long = format!("{}柞水", "木".repeat(400));
    column.upsert(1, &long, &[]);
    assert_eq!(find(&column, "zs"), [1]);
    let mut builder = ColumnBuilder::new(0);
    builder.push(0, &long, &[]);
    assert_eq!(find(&builder.finish(), "zs"), [0]);
}

#[test]
fn distinct_names_are_shared_only_when_it_pays() {
    for (distinct, shared) in [(300, true), (3000, false)] {
        let mut builder = ColumnBuilder::new(0);
        for row in 0..3000 {
            builder.push(row, &format!("柞水木耳{}", row % distinct), &[]);
        }
        let mut column = builder.finish();
        assert_eq!(column.shares_names(), shared);
        assert_eq!(find(&column, "zsme299").len(), if shared { 10 } else { 11 });
        for row in 0..3000 {
            column.upsert(row, "洛南核桃", &[]);
        }
        column.lay_out_anew();
        assert!(column.shares_names());
        assert_eq!(find(&column, "lnht").len(), 3000);
    }
}

/// Letters, goods and strange characters close enough together to match often.
fn name() -> impl Strategy<Value = String> {
    "[柞水木耳核桃绿茶略女重长朝阳西安先省堡zshuailvnoüＡg250 ，\u{20000}]{0,9}"
}

fn term() -> impl Strategy<Value = String> {
    prop_oneof![
        "[zscharuimelvnüoxgwp柞水木耳绿2]{1,7}",
        name().prop_map(|n| pinyin::key(&n).replace(' ', "")),
        name().prop_map(|n| pinyin::initials(&n)),
        "(zh|sh|ch|z|s|u|a|i){20,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_form_agrees_with_trying_everything(name in name(), term in term()) {
        let folded_term: Vec<char> = folded(&term).into_iter().take(63).collect();
        prop_assume!(!folded_term.is_empty());
        let want = naive(&folded_term, &folded(&name));
        prop_assert_eq!(matches(&term, &name), want);
        prop_assert_eq!(highlight(&term, &name).is_empty(), !want);
        let mut dictionary = super::dictionary::Dictionary::new();
        let mut glyphs = Vec::new();
        dictionary.encode(&name, &mut glyphs);
        let machine = Machine::new(&Pattern::new(&term), dictionary.chars());
        prop_assert_eq!(machine.finds(&glyphs), want);
        prop_assert_eq!(machine.finds_stepwise(&glyphs), want);
    }

    #[test]
    fn narrowing_equals_searching(names in prop::collection::vec(name(), 1..150), line in term(), more in term()) {
        let mut builder = ColumnBuilder::new(1);
        for (row, name) in (5..).zip(&names) {
            builder.push(row, name, &[u8::try_from(name.len() % 5).unwrap()]);
        }
        let column = builder.finish();
        let first: String = line.chars().take(1).collect();
        let steps = [first, line.clone(), format!("{line} {more}"), format!("{line} {more} !{more}2")];
        let mut hits = column.search(&Query::parse_terms(""), &GO).unwrap();
        let mut before = Query::parse_terms("");
        for step in steps {
            let query = Query::parse_terms(&step).with_facet(FacetTest::any_of(0, 1..4));
            prop_assert!(query.extends(&before));
            let whole = rows(&column.search(&query, &GO).unwrap());
            hits = column.narrow(&query, &hits, &GO).unwrap();
            prop_assert_eq!(rows(&hits), whole.clone());
            let plain = (5..).zip(&names).filter(|(_, n)| (1..4).contains(&(n.len() % 5)) && query.matches(n));
            prop_assert_eq!(whole, plain.map(|(row, _)| row).collect::<Vec<u32>>());
            before = query;
        }
    }

    #[test]
    fn changes_equal_a_rebuild(
        start in prop::collection::btree_map(0u32..200, name(), 0..80),
        changes in prop::collection::vec((prop_oneof![4 => 0u32..300, 2 => 480u32..520, 3 => 590u32..600, 2 => 800u32..1100], prop::option::of(name())), 0..80),
        line in term(),
    ) {
        let mut builder = ColumnBuilder::new(1);
        start.iter().for_each(|(row, name)| builder.push(*row, name, &[7]));
        let mut column = builder.finish();
        let mut model: BTreeMap<u32, (String, u8)> = start.into_iter().map(|(row, name)| (row, (name, 7))).collect();
        for (at, (row, name)) in changes.into_iter().enumerate() {
            let facet = u8::try_from(at).unwrap();
            match name {
                Some(name) => {
                    column.upsert(row, &name, &[facet]);
                    model.insert(row, (name, facet));
                }
                None => {
                    column.remove(row);
                    model.remove(&row);
                }
            }
            if at % 16 == 15 {
                column.lay_out_anew();
            }
        }
        prop_assert_eq!(column.len(), model.len());
        let query = Query::parse_terms(&line).with_facet(FacetTest::any_of(0, 0..40));
        for query in [Query::default(), query] {
            let want = model.iter().filter(|(_, (name, facet))| query.matches(name) && query.facets.iter().all(|t| t.allows(*facet)));
            prop_assert_eq!(rows(&column.search(&query, &GO).unwrap()), want.map(|(row, _)| *row).collect::<Vec<_>>());
        }
    }
}
