//! What the command line says of little: a list that finds nothing tells which term excludes most, one is told as one.

use crate::support::{Data, run};

#[test]
fn the_english_status_cuts_no_amount_and_counts_one_as_one() {
    let data = Data::new();
    let (code, out, _) = run(data.gongfu(&["status", "--lang", "en"]));
    assert!(code == 0 && !out.contains("..") && out.contains(" yuan"), "{out}");
    let (_, out, _) = run(data.gongfu(&["list", "catalog", "--filter", "平利绿茶", "--lang", "en"]));
    assert!(out.ends_with("1 row, 1 shown\n"), "{out}");
}

#[test]
fn an_empty_table_names_the_term_that_excludes_most() {
    let data = Data::new();
    let (code, out, err) = run(data.gongfu(&["list", "catalog", "--filter", "county:柞水县 绿茶"]));
    assert_eq!((code, out.lines().last()), (0, Some("共 0 条，显示 0 条")), "{out}");
    assert_eq!(err, "没有符合的行。去掉 绿茶 就有 2 行\n");
    let quiet = ["list", "catalog", "--filter", "county:柞水县 绿茶", "-q"];
    assert_eq!(run(data.gongfu(&quiet)).2, "");
    for format in ["csv", "json", "ndjson"] {
        let args = ["list", "catalog", "--filter", "county:柞水县 绿茶", "--format", format];
        assert_eq!(run(data.gongfu(&args)).2, "", "{format}");
    }
    for alone in ["没有这个", "county:柞水县"] {
        assert_eq!(run(data.gongfu(&["list", "catalog", "--filter", alone])).2, "", "{alone}");
    }
}
