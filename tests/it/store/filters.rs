//! The filter language against SQL written by hand, in Chinese, English, by code and by pinyin; and what it refuses.

use super::pages::query;
use crate::support::storage::{demo, number};
use gongfu::base::locale::{Lang, Locale};
use gongfu::store::filter::{Filter, FilterError, Lexicon};
use gongfu::store::list::ListKind;
use gongfu::store::page::{Anchor, ListQuery, read};
use gongfu::store::reads::divisions;
use rusqlite::Connection;

pub fn parse(db: &Connection, lang: Lang, kind: ListKind, typed: &str) -> Result<Filter, FilterError> {
    let locale = Locale::new(lang);
    let divisions = divisions(db).expect("divisions");
    Filter::parse(typed, kind.spec(), &Lexicon { locale: &locale, divisions: &divisions, year: 2020 })
}

/// Rows under a filter, and the count the page tells.
fn total(db: &Connection, kind: ListKind, filter: Filter) -> i64 {
    let q = ListQuery { filter, ..query(kind, &Vec::new(), Anchor::Start, 1_000_000) };
    let page = read(db, &q, None).expect("a page");
    assert_eq!(i64::try_from(page.rows.len()).ok(), Some(page.total), "the total is the number of rows");
    page.total
}

#[test]
fn a_filter_gives_the_rows_that_sql_gives_in_every_spelling() {
    let db = demo();
    let cases: &[(ListKind, &[&str], &str)] = &[
        (
            ListKind::Catalog,
            &[
                "county:柞水县",
                "县:柞水",
                "县:柞水县",
                "county:611026",
                "county:zhashui",
                "COUNTY:柞水县",
                "county：柞水县",
            ],
            "county_code = '611026'",
        ),
        (ListKind::Catalog, &["!county:柞水县", "！county:柞水县"], "county_code <> '611026'"),
        (ListKind::Catalog, &["state:listed", "state:在录", "状态:在录", "state:zailu"], "state = 'listed'"),
        (ListKind::Catalog, &["state:listed,suspended", "state:listed，suspended"], "state IN ('listed', 'suspended')"),
        (ListKind::Catalog, &["!state:listed"], "state <> 'listed'"),
        (ListKind::Catalog, &["price:>100", "price:＞100", "price:>100.00"], "price_fen > 10000"),
        (ListKind::Catalog, &["price:>=100"], "price_fen >= 10000"),
        (ListKind::Catalog, &["price:<20"], "price_fen < 2000"),
        (ListKind::Catalog, &["price:10..20"], "price_fen BETWEEN 1000 AND 2000"),
        (ListKind::Catalog, &["price:..20"], "price_fen <= 2000"),
        (ListKind::Catalog, &["price:10..20 state:listed"], "price_fen BETWEEN 1000 AND 2000 AND state = 'listed'"),
        (ListKind::Catalog, &["!price:10..20"], "NOT price_fen BETWEEN 1000 AND 2000"),
        (ListKind::Catalog, &["SX611026", "sx611026", "code:sx611026"], "code LIKE 'SX611026%'"),
        (ListKind::Catalog, &["1026-0003", "１０２６-0003", "026-0003", "6-0003 1026"], "code = 'SX611026-0003'"),
        (ListKind::Catalog, &["0003"], "code LIKE '%0003%' OR name LIKE '%0003%'"),
        (ListKind::Catalog, &["!0003"], "code NOT LIKE '%0003%' AND name NOT LIKE '%0003%'"),
        (ListKind::Suppliers, &["0003"], "code LIKE '%0003%'"),
        (ListKind::Purchases, &["020-000123"], "code = 'CG-2020-000123'"),
        (ListKind::Counters, &["0003"], "code LIKE '%0003%'"),
        (ListKind::Catalog, &["review:1", "review:yes", "review:是"], "under_review = 1"),
        (ListKind::Catalog, &["edition:>0"], "edition_no > 0"),
        (ListKind::Catalog, &["!edition:>0"], "NOT (edition_no IS NOT NULL AND edition_no > 0)"),
        (
            ListKind::Purchases,
            &[
                "day:2020-08-01..2020-08-10",
                "day:2020/8/1..2020/8/10",
                "day:2020年8月1日..2020年8月10日",
                "day:2020.8.1..2020.8.10",
            ],
            "bought_on BETWEEN '2020-08-01' AND '2020-08-10'",
        ),
        (ListKind::Purchases, &["day:>2020-08-10"], "bought_on > '2020-08-10'"),
        (ListKind::Purchases, &["day:2020-08-01"], "bought_on = '2020-08-01'"),
        (ListKind::Purchases, &["state:counted", "state:已统计"], "state = 'counted'"),
        (ListKind::Catalog, &["price:>1,000"], "price_fen > 100000"),
    ];
    for (kind, spellings, sql) in cases {
        let table = kind.spec().row.expect("a kind").table();
        let expected = number(&db, &format!("SELECT count(*) FROM \"{table}\" WHERE {sql}"));
        let all = number(&db, &format!("SELECT count(*) FROM \"{table}\""));
        assert!(
            expected > 0 && expected < all || sql.contains("IS NOT NULL") || sql.contains("100000"),
            "{sql} gives {expected} of {all}"
        );
        for typed in *spellings {
            let mut understood = 0;
            for lang in [Lang::Zh, Lang::En] {
                match parse(&db, lang, *kind, typed) {
                    Ok(filter) => {
                        assert_eq!(total(&db, *kind, filter), expected, "{typed}");
                        understood += 1;
                    }
                    Err(e) => {
                        assert!(typed.chars().any(|c| c > '\u{2e80}') || typed.contains("zailu"), "{typed}: {e:?}")
                    }
                }
            }
            assert!(understood > 0, "{typed} is understood in no language");
        }
    }
}

#[test]
fn a_list_finds_the_codes_of_the_records_its_rows_are_about() {
    let db = demo();
    let of = |kind, typed: &str| total(&db, kind, parse(&db, Lang::Zh, kind, typed).expect(typed));
    for (kind, sql) in [
        (
            ListKind::Incidents,
            "SELECT e.code, count(*) FROM incident t JOIN catalog_entry e ON e.id = t.entry_id GROUP BY 1",
        ),
        (
            ListKind::Shelf,
            "SELECT e.code, count(*) FROM shelf_line t JOIN catalog_entry e ON e.id = t.entry_id GROUP BY 1",
        ),
        (ListKind::Shelf, "SELECT c.code, count(*) FROM shelf_line t JOIN counter c ON c.id = t.counter_id GROUP BY 1"),
    ] {
        let read = |r: &rusqlite::Row<'_>| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?));
        let (code, rows) = db.query_row(&format!("{sql} ORDER BY 2 DESC, 1 LIMIT 1"), [], read).expect("a code");
        assert!(rows > 0);
        for typed in [code.clone(), code.to_lowercase(), code[4..].to_owned()] {
            assert!(of(kind, &typed) >= rows, "{kind:?} {typed}");
        }
        assert_eq!(of(kind, &code), rows, "{kind:?} {code}");
    }
}

#[test]
fn an_instant_is_a_day_of_shanghai() {
    let db = demo();
    let day =
        |typed: &str| total(&db, ListKind::Incidents, parse(&db, Lang::En, ListKind::Incidents, typed).expect(typed));
    let sql = |op: &str| {
        number(&db, &format!("SELECT count(*) FROM incident WHERE date(reported_at / 1000 + 28800, 'unixepoch') {op}"))
    };
    let (busiest, most): (String, i64) = db
        .query_row(
            "SELECT date(reported_at / 1000 + 28800, 'unixepoch') AS d, count(*) AS n FROM incident GROUP BY d ORDER BY n DESC LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .expect("incidents");
    assert!(most > 0);
    for (typed, op) in [("", "="), (">", ">"), ("<", "<"), (">=", ">="), ("<=", "<=")] {
        assert_eq!(day(&format!("reported:{typed}{busiest}")), sql(&format!("{op} '{busiest}'")), "{typed}{busiest}");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    let db = demo();
    for (kind, typed, code, field) in [
        (ListKind::Catalog, "colour:red", "unknown-field", "colour"),
        (ListKind::Catalog, "颜色:红", "unknown-field", "颜色"),
        (ListKind::Catalog, "state:gone", "unknown-value", "state"),
        (ListKind::Catalog, "county:上海", "unknown-value", "county"),
        (ListKind::Catalog, "price:cheap", "unknown-value", "price"),
        (ListKind::Catalog, "price:10..cheap", "unknown-value", "price"),
        (ListKind::Catalog, "price:>92233720368547758.07", "unknown-value", "price"),
        (ListKind::Catalog, "price:99999999999999999999", "unknown-value", "price"),
        (ListKind::Catalog, "stock:>9223372036854775807", "unknown-value", "stock"),
        (ListKind::Catalog, "review:maybe", "unknown-value", "review"),
        (ListKind::Purchases, "day:2020-13-01", "unknown-value", "day"),
        (ListKind::Purchases, "day:2020-02-30", "unknown-value", "day"),
        (ListKind::Purchases, "day:>9999-12-31", "unknown-value", "day"),
        (ListKind::Incidents, "reported:9999-12-31", "unknown-value", "reported"),
    ] {
        for lang in [Lang::Zh, Lang::En] {
            let e = parse(&db, lang, kind, typed).expect_err(typed);
            assert_eq!(e.code, code, "{typed}");
            assert!(e.args.contains(&("field", field.to_owned())), "{typed}: {e:?}");
            let id = format!("filter-{code}");
            assert!(Locale::new(lang).find(&id, &[]).is_some(), "no text {id}");
        }
    }
}

#[test]
fn whatever_is_typed_parses_or_is_refused_and_runs() {
    let db = demo();
    let mut typed: Vec<String> = [
        "",
        " ",
        ":",
        "::",
        "!",
        "!!",
        "!:",
        "state:",
        ":listed",
        "\"",
        "\"a b\"",
        "price:..",
        "price:>",
        "price:<=",
        "day:..",
        "a\u{0}b",
        "\u{1b}[31m",
        "\u{202e}abc",
        "'; DROP TABLE audit; --",
        "%",
        "_",
        "*",
        "?",
        "code:%",
        "name:%' OR 1=1",
        "supplier:\"a b\"",
        "SX1000000000000000000000",
        "木耳 !木耳",
        "zsme",
        "💥",
        "ａｂｃ",
        "county:,",
        "county:，，",
        "state:,listed",
    ]
    .map(str::to_owned)
    .to_vec();
    typed.push("木".repeat(10_000));
    typed.push("a ".repeat(200));
    for typed in typed {
        for kind in [ListKind::Catalog, ListKind::Counters, ListKind::Audit] {
            if let Ok(filter) = parse(&db, Lang::Zh, kind, &typed) {
                let q = ListQuery { filter, ..query(kind, &Vec::new(), Anchor::Start, 20) };
                let head: String = typed.chars().take(40).collect();
                let page = read(&db, &q, None).unwrap_or_else(|e| panic!("{head}: {e}"));
                assert!(i64::try_from(page.rows.len()).is_ok_and(|n| n == page.total.min(20)), "{head}");
            }
        }
    }
}

#[test]
fn words_of_either_language_and_any_case_are_understood_and_too_many_are_refused() {
    let db = demo();
    let of =
        |lang, typed: &str| total(&db, ListKind::Catalog, parse(&db, lang, ListKind::Catalog, typed).expect(typed));
    let listed = of(Lang::Zh, "state:listed");
    assert!(listed > 0);
    for typed in ["状态:在录", "State:LISTED", "state:在录", "状态:listed"] {
        assert_eq!((of(Lang::Zh, typed), of(Lang::En, typed)), (listed, listed), "{typed}");
    }
    for typed in ["木 ".repeat(200), "!price:>1 ".repeat(2_000), "木".repeat(3_000)] {
        let refused = parse(&db, Lang::Zh, ListKind::Catalog, &typed).expect_err("too much");
        assert_eq!(refused.code, "too-long");
    }
}
