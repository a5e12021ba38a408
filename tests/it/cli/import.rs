//! Product lists by the command line: what is counted before anything is stored, and what is stored then.

use super::{error, json};
use crate::support::{Data, run};
use serde_json::Value as Json;

const HEAD: &str = "县区,供应商,产品,规格,单位,价格,类别,产量,带贫人数\n";

/// A list with a product that is there already, a new one, one of another city and a line the form refuses.
fn list(data: &Data) -> String {
    let known = json(data, &["show", "catalog", "SX611026-0001"]).1;
    let field = |name: &str| known["fields"][name].as_str().unwrap_or_default().to_owned();
    let file = data.path().join("名录.csv");
    let lines = [
        format!("柞水县,{},{},{},袋,45.00,菌菇,100,5", field("supplier_name"), field("name"), field("spec")),
        "柞水县,柞水县新社,柞水天麻,250g,袋,88.00,药材,100,5".into(),
        "平利县,平利县新社,平利绞股蓝,100g,盒,38.00,茶叶,100,5".into(),
        "柞水县,柞水县新社,柞水核桃,1kg,袋,贵,坚果,100,5".into(),
    ];
    std::fs::write(&file, format!("{HEAD}{}\n", lines.join("\n"))).expect("a file");
    file.display().to_string()
}

fn total(data: &Data) -> i64 {
    json(data, &["list", "catalog"]).1["total"].as_i64().expect("a number")
}

#[test]
fn what_the_rules_refuse_is_named_by_line_before_anything_is_stored() {
    let data = Data::new();
    let settings = data.path().join("c.toml");
    std::fs::write(&settings, "[profile.sl]\nperson = \"赵商\"\norg = \"商洛市总工会\"\n").expect("a file");
    let (path, before) = (settings.display().to_string(), total(&data));
    let file = list(&data);
    let asked = |more: &[&str]| {
        let args = ["--config", &path, "--profile", "sl", "import", "catalog", &file];
        json(&data, &args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let (code, seen) = asked(&["--dry-run"]);
    assert_eq!((code, &seen["read"], &seen["taken"], &seen["refused"]), (5, &4.into(), &1.into(), &3.into()), "{seen}");
    let said: Vec<(u64, &str)> = seen["issues"].as_array().map_or(&[][..], Vec::as_slice).iter().map(place).collect();
    assert_eq!(said, [(2, "already-exists"), (4, "not-your-area"), (5, "price-unclear")]);
    let refused = &seen["issues"][1]["message"];
    assert_eq!(refused, "平利县（610926）不在本单位辖区（611000）内", "a code without a name stays as it is");
    assert_eq!(total(&data), before, "nothing is stored by looking");

    let (code, stored) = asked(&["--yes"]);
    assert_eq!((code, &stored["stored"]), (5, &true.into()), "{stored}");
    assert_eq!(total(&data), before + 1);
    let (code, again) = asked(&["--yes"]);
    assert_eq!((code, &again["taken"], &again["stored"]), (5, &0.into(), &false.into()), "{again}");
    assert_eq!(total(&data), before + 1, "the same file twice adds nothing");
}

fn place(issue: &Json) -> (u64, &str) {
    (issue["line"].as_u64().unwrap_or_default(), issue["code"].as_str().unwrap_or_default())
}

#[test]
fn a_person_reads_the_line_and_the_reason() {
    let data = Data::new();
    let file = list(&data);
    let (code, out, err) = run(data.gongfu(&["import", "catalog", &file, "--dry-run"]));
    assert_eq!((code, err.as_str()), (5, ""));
    assert!(out.starts_with("读到 4 行（UTF8，csv）：可用 2，存疑 0，不收 2\n"), "{out}");
    assert!(out.contains("第 2 行 整行 不收：已有相同的目录产品：SX611026-0001\n"), "{out}");
    assert!(out.contains("第 5 行 价格 不收："), "{out}");
}

#[test]
fn an_auditor_imports_nothing() {
    let data = Data::new();
    let settings = data.path().join("c.toml");
    std::fs::write(&settings, "[profile.a]\nperson = \"郑审\"\norg = \"陕西省总工会\"\nrole = \"auditor\"\n")
        .expect("a file");
    let (path, file) = (settings.display().to_string(), list(&data));
    let who = ["--config", &path, "--profile", "a"];
    let (code, seen) = json(&data, &[&who[..], &["import", "catalog", &file, "--yes"]].concat());
    assert_eq!((code, &seen["taken"], &seen["stored"]), (5, &0.into(), &false.into()));
    let venues = concat!(env!("CARGO_MANIFEST_DIR"), "/data/venue_types.csv");
    let (code, why) = error(&data, &[&who[..], &["import", "reference", "venue_types", venues]].concat());
    assert_eq!((code, why["code"].as_str()), (1, Some("not-allowed")));
}
