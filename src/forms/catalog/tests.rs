//! Tests of reading product lists: the fixtures, every kind of doubt, and bytes that are no list at all.

use super::super::{FORM_CODES, ISSUE_CODES, MAX_BYTES, MAX_LINES};
use super::*;
use fluent_bundle::FluentResource;
use proptest::prelude::*;
use std::sync::LazyLock;

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().expect("embedded"));

macro_rules! fixture {
    ($name:literal) => {
        &include_bytes!(concat!("../../../tests/fixtures/catalog/", $name))[..]
    };
}

fn read(bytes: &[u8]) -> Result<CatalogFile, FormError> {
    read_catalog(bytes, "名录.csv", None, &REFERENCE)
}

fn csv(lines: &str) -> CatalogFile {
    let text = format!("县,供应商,商品名称,规格,价格,库存,带贫人数,类别,信用代码,联系方式\n{lines}");
    read(text.as_bytes()).expect("a list")
}

/// Issue codes of the only line.
fn issues(line: &str) -> Vec<&'static str> {
    let file = csv(line);
    assert_eq!(file.read(), 1, "{line}");
    file.lines[0].issues.iter().map(|i| i.reason_code).collect()
}

/// Line number, whether it is taken, and the codes of its issues.
fn told(file: &CatalogFile) -> Vec<(u64, bool, Vec<&'static str>)> {
    let line = |l: &Line| (l.line_no, l.proposal.is_some(), l.issues.iter().map(|i| i.reason_code).collect());
    file.lines.iter().map(line).collect()
}

fn expected(first: u64) -> Vec<(u64, bool, Vec<&'static str>)> {
    vec![
        (first, true, vec![]),
        (first + 1, true, vec!["number-approximate", "households-and-persons"]),
        (first + 2, true, vec!["filled-down"]),
        (first + 3, true, vec!["number-missing", "number-destroyed"]),
        (first + 4, true, vec!["not-poverty-county", "number-range"]),
        (first + 5, false, vec!["duplicate"]),
        (first + 6, false, vec!["unknown-county"]),
        (first + 7, false, vec!["price-unclear"]),
        (first + 8, true, vec![]),
    ]
}

#[test]
fn the_same_list_reads_the_same_in_every_container() {
    let cases: [(&[u8], Encoding, &str, u64); 6] = [
        (fixture!("utf8.csv"), Encoding::Utf8, "csv", 4),
        (fixture!("utf8-bom.csv"), Encoding::Utf8Bom, "csv", 4),
        (fixture!("gb18030.csv"), Encoding::Gb18030, "csv", 4),
        (fixture!("tabs-utf16.txt"), Encoding::Utf16, "csv", 4),
        (fixture!("list.xlsx"), Encoding::Xlsx, "名录", 4),
        (fixture!("list.xls"), Encoding::Xls, "名录", 2),
    ];
    let strip = |file: &CatalogFile| {
        let plain = |p: &ProposeEntry| ProposeEntry { source: String::new(), ..p.clone() };
        file.lines.iter().filter_map(|l| l.proposal.as_ref()).map(plain).collect::<Vec<_>>()
    };
    let first = read(cases[0].0).expect("a list");
    for (bytes, encoding, sheet, line) in cases {
        let file = read(bytes).unwrap_or_else(|e| panic!("{encoding:?}: {e}"));
        assert_eq!((file.encoding, file.sheet.as_str()), (encoding, sheet));
        assert_eq!(told(&file), expected(line), "{encoding:?}");
        assert_eq!((file.read(), file.taken(), file.doubtful(), file.refused()), (9, 2, 4, 3), "{encoding:?}");
        assert_eq!(strip(&file), strip(&first), "{encoding:?}");
        assert_eq!(file.header_map.len(), 12, "{encoding:?}");
    }
}

#[test]
fn a_line_becomes_a_proposal() {
    let file = read(fixture!("gb18030.csv")).expect("a list");
    let first = file.lines[0].proposal.clone().expect("taken");
    assert_eq!(file.file_hash.len(), 64);
    let wanted = ProposeEntry {
        supplier_name: "柞水县野森林生态农业有限公司".into(),
        supplier_kind: SupplierKind::Enterprise,
        credit_code: String::new(),
        county_code: "611026".into(),
        name: "柞水木耳".into(),
        category: "edible_fungus".into(),
        spec: "250g/袋".into(),
        unit: "袋".into(),
        price: Fen(3980),
        stock: 1200,
        people_helped: 360,
        directory_no: "611026-2020-00001".into(),
        contact_name: "王敏".into(),
        contact_phone: "13800001111".into(),
        source: format!("import:{}!csv!4", &file.file_hash[..12]),
    };
    assert_eq!(first, wanted);
    let third = file.lines[2].proposal.as_ref().expect("taken");
    assert_eq!((third.supplier_kind, third.county_code.as_str()), (SupplierKind::Cooperative, "611026"));
    assert_eq!((third.stock, third.people_helped, third.directory_no.as_str()), (800, 85, ""));
    let duplicate = &file.lines[5].issues[0];
    assert_eq!((duplicate.args.as_slice(), duplicate.severity), (&[("line", "4".to_owned())][..], Severity::Refused));
    let english = read(fixture!("semicolons-en.csv")).expect("a list");
    assert_eq!((english.taken(), english.read()), (1, 1));
}

#[test]
fn doubts_and_refusals_of_single_fields() {
    let cases: [(&str, &[&str]); 14] = [
        ("柞水县,甲公司,木耳,,39.8,1,1,,,", &[]),
        (",甲公司,木耳,,39.8,1,1,,,", &["empty-field"]),
        ("柞水县,,木耳,,39.8,1,1,,,", &["empty-field"]),
        ("柞水县,甲公司,无,,39.8,1,1,,,", &["empty-field"]),
        ("柞水县,甲公司,木耳,,,1,1,,,", &["empty-field"]),
        ("柞水县,甲公司,木耳,,0,1,1,,,", &["price-out-of-range"]),
        ("柞水县,甲公司,木耳,,2000000,1,1,,,", &["price-out-of-range"]),
        ("柞水县,甲公司,木耳,,约40,1,1,,,", &["price-approximate"]),
        ("柞水县,甲公司,木耳,,40,若干,1,,,", &["number-unclear"]),
        ("柞水县,甲公司,木耳,,40,1,120户,,,", &["households"]),
        ("柞水县,甲公司,木耳,,40,9999999999,1,,,", &["number-out-of-range"]),
        ("柞水县,甲公司,木耳,,40,1,1,火箭,,", &["unknown-category"]),
        ("柞水县,甲公司,木耳,,40,1,1,,91611026MA70A1B2XX,", &["credit-code"]),
        ("柞水县,甲公司,木耳、香菇,,40,1,1,,,", &["many-products"]),
    ];
    for (line, codes) in cases {
        assert_eq!(issues(line), codes, "{line}");
    }
    assert_eq!(issues(&format!("柞水县,甲公司,{},,40,1,1,,,", "木".repeat(121))), ["too-long"]);
}

#[test]
fn categories_follow_the_word_then_the_name() {
    let category = |word: &str, name: &str| {
        let file = csv(&format!("柞水县,甲公司,{name},,40,1,1,{word},,"));
        file.lines[0].proposal.as_ref().map(|p| p.category.clone())
    };
    assert_eq!(category("食用菌类", "羊肚菌").as_deref(), Some("edible_fungus"));
    assert_eq!(category("tea", "红茶").as_deref(), Some("tea"));
    assert_eq!(category("", "柞水木耳（秋耳）").as_deref(), Some("edible_fungus"));
    assert_eq!(category("", "竹编").as_deref(), Some("other"));
    for (_, code) in CATEGORY_WORDS {
        assert!(REFERENCE.specialties.iter().any(|s| s.category == *code), "{code}");
    }
}

#[test]
fn files_that_are_no_list_are_refused_with_a_reason() {
    let code = |bytes: &[u8]| read(bytes).map(|f| f.read()).unwrap_err().code;
    assert_eq!(code(b""), "empty");
    assert_eq!(code(b" \r\n\t"), "empty");
    assert_eq!(code(&[0xFF, 0x81, 0xFF]), "unknown-encoding");
    assert_eq!(code(&[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]), "not-a-table");
    assert_eq!(code("明天开会，请带材料。\n".as_bytes()), "not-a-table");
    assert_eq!(code(b"<html><table><tr><td>x</td></tr></table>"), "not-a-table");
    assert_eq!(code(b"a\0b,c\n"), "not-a-table");
    assert_eq!(code(fixture!("protected.xlsx")), "password-protected");
    assert_eq!(code(&fixture!("list.xlsx")[..3000]), "corrupt-workbook");
    assert_eq!(code(&fixture!("list.xls")[..1500]), "corrupt-workbook");
    assert_eq!(code(&vec![b'a'; MAX_BYTES + 1]), "too-large");
    let missing = read("县,商品名称,规格\n柞水县,木耳,1\n".as_bytes()).unwrap_err();
    assert_eq!((missing.code, missing.args[0].1.as_str()), ("missing-columns", "supplier_name,price"));
    let sheet = |name| read_catalog(fixture!("list.xlsx"), "a.xlsx", Some(name), &REFERENCE);
    assert_eq!(sheet("没有").unwrap_err().code, "no-such-sheet");
    assert_eq!(sheet("空表").unwrap_err().code, "empty");
    assert_eq!(sheet("上年").unwrap_err().code, "not-a-table");
    assert_eq!(sheet("名录").map(|f| f.read()), Ok(9));
    let many = format!("县,供应商,商品名称,价格\n{}", "柞水县,甲,乙,1\n".repeat(MAX_LINES));
    assert_eq!(code(many.as_bytes()), "too-many-lines");
}

#[test]
fn a_table_of_strings_that_runs_over_several_records_is_read() {
    let file = read(fixture!("long.xls")).expect("a list");
    assert_eq!((file.read(), file.doubtful(), file.refused()), (400, 0, 0));
    for (i, line) in file.lines.iter().enumerate() {
        let p = line.proposal.as_ref().expect("taken");
        let n = i + 1;
        let maker = if n % 2 == 1 { format!("柞水县第{n}号种植专业合作社") } else { format!("coop {n}") };
        assert_eq!((p.supplier_name.clone(), p.name.clone()), (maker, format!("{}{n}", "柞水木耳".repeat(20))));
        assert_eq!((p.price.0, p.stock, line.line_no), (n as i64 * 100 + 50, n as i64, n as u64 + 1));
    }
}

#[test]
fn the_header_may_stand_in_the_tenth_row_but_no_lower() {
    let list = |above: usize| format!("{}县,供应商,商品名称,价格\n柞水县,甲,木耳,1\n", "标题\n".repeat(above));
    assert_eq!(read(list(9).as_bytes()).map(|f| f.lines[0].line_no), Ok(11));
    assert_eq!(read(list(10).as_bytes()).unwrap_err().code, "not-a-table");
}

#[test]
fn text_that_steers_terminals_does_not_come_through() {
    let file = csv("柞水县,甲公司,\u{1b}[31m木耳,,40,1,1,,,");
    let name = file.lines[0].proposal.as_ref().map(|p| p.name.clone()).unwrap_or_default();
    assert!(!name.contains('\u{1b}'), "{name:?}");
}

#[test]
fn every_code_has_a_sentence_in_both_languages() {
    for text in [include_str!("../../../locales/zh-CN/forms.ftl"), include_str!("../../../locales/en/forms.ftl")] {
        let resource = FluentResource::try_new(text.to_owned()).expect("right syntax");
        let known = FORM_CODES.len() + ISSUE_CODES.len();
        let lines = text.lines().filter(|l| l.starts_with("form-")).count();
        assert_eq!(lines, known);
        assert!(resource.entries().count() >= known);
        for (i, code) in FORM_CODES.iter().chain(ISSUE_CODES).enumerate() {
            let line = text.lines().position(|l| l.starts_with(&format!("form-{code} = ")));
            let line = line.unwrap_or_else(|| panic!("{code}"));
            let hint = text.lines().nth(line + 1).is_some_and(|l| l.starts_with("    .hint = "));
            assert_eq!(hint, i < FORM_CODES.len(), "{code}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), magic in 0..5_usize) {
        let heads: [&[u8]; 5] = [b"", b"PK\x03\x04", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], b"\xEF\xBB\xBF", b"\xFF\xFE"];
        let bytes = [heads[magic], &bytes].concat();
        let _ = read(&bytes);
    }

    #[test]
    fn random_cells_never_panic_and_counts_add_up(cells in prop::collection::vec("\\PC{0,12}", 0..40)) {
        let mut text = String::from("县,供应商,商品名称,价格,库存,带贫人数,联系方式\n");
        for row in cells.chunks(7) {
            text += &row.join(",");
            text.push('\n');
        }
        if let Ok(file) = read(text.as_bytes()) {
            prop_assert_eq!(file.read(), file.taken() + file.doubtful() + file.refused());
        }
    }

    #[test]
    fn damaged_workbooks_never_panic(at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), old in any::<bool>()) {
        let mut bytes = if old { fixture!("long.xls") } else { fixture!("list-stored.xlsx") }.to_vec();
        for (index, value) in at {
            let i = index.index(bytes.len());
            bytes[i] = value;
        }
        let _ = read(&bytes);
    }
}
