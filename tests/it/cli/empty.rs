//! `gongfu list` that finds nothing tells on stderr which term of the filter excludes most.

use crate::support::{Data, run};

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
