//! Many programs on one file: each waits for its turn, none says that the file is busy, nothing is lost.

use crate::support::{Data, run};

#[test]
fn sixteen_processes_on_one_file_wait_for_each_other() {
    let data = Data::new();
    let codes: Vec<String> = {
        let (_, out, _) = run(data.gongfu(&["list", "catalog", "--filter", "state:listed", "--json", "--limit", "9"]));
        let list: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        let rows = list["rows"].as_array().expect("rows").iter();
        rows.map(|r| r["code"].as_str().expect("a code").to_owned()).collect()
    };
    assert!(!codes.is_empty());
    let before = records(&data);
    // The same products by everybody: some are refused, in words and not for the file's sake.
    let outcomes: Vec<(i32, String)> = std::thread::scope(|scope| {
        let one = |n: usize| {
            let (data, code) = (&data, &codes[n % codes.len()]);
            move || {
                let verbs = if n.is_multiple_of(2) { ["suspend", "resume"] } else { ["resume", "suspend"] };
                verbs.map(|verb| {
                    let (exit, _, err) = run(data.gongfu(&["catalog", verb, code, "--reason", "抽检", "--json"]));
                    (exit, err)
                })
            }
        };
        let all: Vec<_> = (0..16).map(|n| scope.spawn(one(n))).collect();
        all.into_iter().flat_map(|t| t.join().expect("no panic")).collect()
    });
    for (exit, err) in &outcomes {
        assert!(matches!(exit, 0 | 1), "{exit}: {err}");
        assert!(*exit == 0 || err.contains("\"wrong-state\"") || err.contains("\"open-incident\""), "{err}");
    }
    assert!(outcomes.iter().any(|(exit, _)| *exit == 0));
    assert_eq!(records(&data) - before, 32, "each attempt has its record");
    let (exit, _, err) = run(data.gongfu(&["audit", "verify"]));
    assert_eq!(exit, 0, "{err}");
}

fn records(data: &Data) -> i64 {
    let (_, out, _) = run(data.gongfu(&["audit", "list", "--json", "--limit", "0"]));
    let list: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    list["total"].as_i64().expect("a number")
}
