//! Files of evidence by the command line: kept by their hash, looked after, and never lost to somebody else's refusal.

use super::{FIRST, INCIDENT, PRODUCT, SECOND, must, refused, verified};
use crate::cli::json;
use crate::support::{Data, run};
use serde_json::Value as Json;

/// What `doctor` says of the files.
fn doctor(data: &Data) -> Json {
    let (_, out, _) = run(data.gongfu(&["doctor", "--json"]));
    let said: Json = serde_json::from_str(&out).expect("JSON");
    let checks = said["checks"].as_array().expect("checks").clone();
    checks.into_iter().find(|c| c["id"] == "evidence").expect("a check")
}

#[test]
fn evidence_is_kept_by_its_hash_and_what_is_none_leaves_nothing() {
    let data = Data::new();
    verified(&data);
    let (_, shown) = json(&data, &["show", "incidents", INCIDENT]);
    let sections = shown["sections"].as_array().expect("sections");
    let kept = sections.iter().find(|s| s["id"] == "evidence").expect("evidence");
    assert_eq!(kept["total"], 1);
    let folder = data.path().join("evidence");
    let files = || std::fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(files(), 1);
    std::os::unix::fs::symlink(data.path().join("报告.pdf"), data.path().join("链接.pdf")).expect("a link");
    let not_files = [(".", "evidence-not-a-file"), ("链接.pdf", "evidence-not-a-file")];
    for (file, code) in not_files.into_iter().chain([("没有.pdf", "evidence-absent")]) {
        let path = data.path().join(file).display().to_string();
        let add = ["incident", "evidence", "add", INCIDENT, "--kind", "photo", "--title", "照片", "--file", &path];
        refused(&data, FIRST, &add, 3, code);
    }
    // A refused change takes its file away again.
    let other = data.path().join("照片.jpg");
    std::fs::write(&other, "另一份").expect("a file");
    let other = other.display().to_string();
    must(&data, SECOND, &["incident", "unfounded", INCIDENT, "--reason", "复检合格"]);
    let add = ["incident", "evidence", "add", INCIDENT, "--kind", "photo", "--title", "照片", "--file", &other];
    refused(&data, FIRST, &add, 1, "wrong-state");
    assert_eq!(files(), 1);
    assert_eq!(doctor(&data)["level"], "ok");
    let copy = data.path().join("copy.db");
    let (_, said) = json(&data, &["backup", &copy.display().to_string()]);
    assert_eq!(said["evidence"], 1);
    std::fs::remove_dir_all(&folder).expect("gone");
    let bad = doctor(&data);
    assert_eq!(bad["level"], "bad");
    assert!(bad["found"].as_str().is_some_and(|f| f.contains("QI-2020-0001 检验报告")), "{bad}");
    std::fs::rename(data.path().join("copy.db.evidence"), &folder).expect("put back");
    assert_eq!(doctor(&data)["level"], "ok");
}

#[test]
fn a_file_that_another_evidence_names_outlives_a_refused_change() {
    let data = Data::new();
    verified(&data);
    let report = ["incident", "report", PRODUCT, "--title", "包装破损", "--grade", "3"];
    let second = must(&data, FIRST, &report)["code"].as_str().expect("a code").to_owned();
    must(&data, FIRST, &["incident", "triage", &second, "--grade", "3", "--reason", "看过"]);
    must(&data, FIRST, &["incident", "unfounded", &second, "--reason", "运输所致"]);
    let file = data.path().join("照片.jpg");
    std::fs::write(&file, "同一张照片").expect("a file");
    let file = file.display().to_string();
    let add = |code| {
        let args = ["incident", "evidence", "add", code, "--kind", "photo", "--title", "照片", "--file", &file];
        data.gongfu(&args)
    };
    // Refused and taken at once, in any order: whoever comes first, the file stays for the one that names it.
    let runs: Vec<_> = (0..8).map(|n| add(if n % 2 == 0 { &second } else { INCIDENT })).collect();
    let runs: Vec<_> = runs.into_iter().map(|command| std::thread::spawn(|| run(command))).collect();
    for (n, run) in runs.into_iter().enumerate() {
        let (code, out, err) = run.join().expect("an end");
        assert_eq!(code, if n % 2 == 0 { 1 } else { 0 }, "{out}{err}");
    }
    assert_eq!(run(add(&second)).0, 1);
    assert_eq!(doctor(&data)["level"], "ok");
}

#[test]
fn a_program_that_may_only_look_keeps_no_file() {
    let data = Data::new();
    let file = data.path().join("照片.jpg");
    std::fs::write(&file, "照片").expect("a file");
    must(&data, FIRST, &["incident", "report", PRODUCT, "--title", "异味", "--grade", "3"]);
    let file = file.display().to_string();
    let add = ["--read-only", "incident", "evidence", "add", INCIDENT, "--kind", "photo", "--title", "照片", "--file"];
    refused(&data, SECOND, &[&add[..], &[&file]].concat(), 1, "read-only");
    assert!(!data.path().join("evidence").exists());
}
