//! The command line as other programs see it: exit codes, stdout, stderr, JSON.

mod clock;
mod conflicts;
mod empty;
mod export;
pub mod hub;
mod import;
mod incident;
mod interrupted;
mod matters;
mod pack;
mod safe;
mod sealed;
mod settings;
mod together;

use crate::support::{Data, bare, run};
use serde_json::Value as Json;

/// Runs and gives exit code and stdout as JSON.
fn json(data: &Data, args: &[&str]) -> (i32, Json) {
    let all: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let (code, out, err) = run(data.gongfu(&all));
    (code, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}\n{out}\n{err}")))
}

fn error(data: &Data, args: &[&str]) -> (i32, Json) {
    let all: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    let (code, out, err) = run(data.gongfu(&all));
    assert!(out.is_empty() || serde_json::from_str::<Json>(&out).is_ok(), "stdout is no JSON: {out}");
    (code, serde_json::from_str::<Json>(&err).unwrap_or_else(|e| panic!("{e}: {err}"))["error"].clone())
}

#[test]
fn a_list_is_aligned_masked_and_counted() {
    let data = Data::new();
    let (code, out, err) = run(data.gongfu(&["list", "catalog", "--sort", "price"]));
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("编号") && lines[0].contains("追溯"), "{out}");
    assert!(lines[1].contains("柞水香菇") && lines[1].contains("30.00") && lines[1].contains("候选"), "{out}");
    assert!(lines[3].contains("平利县") && lines[3].contains("168.00") && lines[3].contains("在录"), "{out}");
    assert_eq!(lines[4], "共 3 条，显示 3 条");
    let (_, out, _) = run(data.gongfu(&["list", "suppliers"]));
    assert!(out.contains("138****4567") && !out.contains("13891234567") && !out.contains("李建国"), "{out}");
    let (_, out, _) = run(data.gongfu(&["list", "catalog", "--limit", "1", "--lang", "en"]));
    assert!(out.ends_with("3 rows, 1 shown\n"), "{out}");
}

#[test]
fn filters_are_those_of_the_screens_and_bad_ones_exit_with_3() {
    let data = Data::new();
    let (_, found) = json(&data, &["list", "catalog", "--filter", "county:柞水县 state:在录 price:>40 zsme"]);
    assert_eq!(found["total"], 1);
    assert_eq!(found["rows"][0]["name"], "柞水木耳");
    assert_eq!(found["rows"][0]["price"], 4500);
    assert_eq!(found["rows"][0]["state"], "listed");
    assert_eq!(found["rows"][0]["county"], "611026");
    for (args, expected) in [
        (vec!["list", "catalog", "--filter", "colour:red"], "unknown-field"),
        (vec!["list", "catalog", "--filter", "state:purple"], "unknown-value"),
        (vec!["list", "suppliers", "--filter", "phone:138"], "masked-field"),
        (vec!["list", "catalog", "--columns", "code,prise"], "unknown-column"),
        (vec!["list", "suppliers", "--sort", "contact"], "unsortable"),
        (vec!["list", "catalog", "--sort", "code,name,price"], "too-many-sorts"),
        (vec!["show", "catalog", "SX999999-0001"], "unknown-record"),
    ] {
        let (code, error) = error(&data, &args);
        assert_eq!((code, error["code"].as_str()), (3, Some(expected)), "{args:?}");
        assert!(!error["hint"].as_str().unwrap_or_default().is_empty(), "{args:?} has no next step");
    }
}

#[test]
fn csv_is_safe_for_spreadsheets_and_ndjson_is_a_row_a_line() {
    let data = Data::new();
    let (_, out, _) = run(data.gongfu(&["list", "catalog", "--format", "csv", "--columns", "code,supplier,price"]));
    assert!(out.starts_with("\u{FEFF}编号,供应商,价格\r\n"), "{out:?}");
    assert!(out.contains(",'=女娲茶业,168.00\r\n"), "{out:?}");
    let (_, out, _) = run(data.gongfu(&["list", "catalog", "--format", "ndjson", "--sort", "-price", "--limit", "2"]));
    let rows: Vec<Json> = out.lines().map(|l| serde_json::from_str(l).expect("a row")).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["price"], 16_800);
    let (code, out, _) = run(data.gongfu(&["list", "catalog", "--json", "--limit", "0"]));
    assert_eq!(
        (code, serde_json::from_str::<Json>(&out).expect("JSON")["rows"].as_array().map(Vec::len)),
        (0, Some(0))
    );
}

#[test]
fn suspending_needs_a_reason_and_leaves_an_audit_record() {
    let data = Data::new();
    let (code, why) = error(&data, &["catalog", "suspend", "SX611026-0001"]);
    assert_eq!((code, why["code"].as_str()), (1, Some("reason-missing")));
    assert_eq!(why["message"], "SX611026-0001：暂停必须写明理由");
    let (code, done) = json(&data, &["catalog", "suspend", "sx611026-0001", "--reason", "检出超标"]);
    assert_eq!((code, done["state"].as_str()), (0, Some("suspended")));
    let (code, out, err) = run(data.gongfu(&["catalog", "suspend", "SX611026-0001", "--reason", "再来"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("gongfu: SX611026-0001 现为“暂停”，不能暂停。\n  只有下列状态可以：在录"), "{err}");
    let (_, shown) = json(&data, &["show", "catalog", "SX611026-0001"]);
    assert_eq!(shown["fields"]["state"], "suspended");
    let events: Vec<&str> = shown["history"].as_array().unwrap().iter().filter_map(|e| e["person"].as_str()).collect();
    assert_eq!(events[0], "王敏");
    let (_, out, _) = run(data.gongfu(&["show", "catalog", "SX611026-0001"]));
    assert!(out.contains("经过") && out.contains("状态：在录 -> 暂停") && out.contains("检出超标"), "{out}");
    let (_, out, _) = run(data.gongfu(&["catalog", "resume", "SX611026-0001", "--reason", "复检合格"]));
    assert!(out.contains("SX611026-0001 柞水木耳 现为在录"), "{out}");
}

#[test]
fn a_city_acts_in_its_own_area_only() {
    let data = Data::new();
    let settings = data.path().join("c.toml");
    std::fs::write(&settings, "[profile.ak]\nperson = \"王敏\"\norg = \"安康市总工会\"\n").unwrap();
    let path = settings.display().to_string();
    let args = ["--config", &path, "--profile", "ak", "catalog", "suspend", "SX611026-0001", "--reason", "x"];
    let (code, why) = error(&data, &args);
    assert_eq!((code, why["code"].as_str()), (1, Some("not-your-area")));
    assert_eq!(why["message"], "柞水县（611026）不在本单位辖区（安康市）内");
    let english: Vec<&str> = ["--lang", "en"].into_iter().chain(args).collect();
    assert_eq!(error(&data, &english).1["message"], "Zhashui (611026) is outside your area (Ankang)");
    let (code, why) = error(&data, &["--config", &path, "--profile", "zz", "status"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("unknown-profile")));
}

#[test]
fn read_only_refuses_every_change() {
    let data = Data::new();
    let (code, why) = error(&data, &["--read-only", "catalog", "suspend", "SX611026-0001", "--reason", "x"]);
    assert_eq!((code, why["code"].as_str()), (1, Some("read-only")));
    assert_eq!(run(data.gongfu(&["--read-only", "list", "catalog"])).0, 0);
}

#[test]
fn usage_errors_exit_with_2_in_the_persons_language() {
    let data = Data::new();
    for args in [
        vec!["lst"],
        vec!["list"],
        vec!["list", "catalogue"],
        vec!["--nonsense"],
        vec!["catalog"],
        vec!["list", "catalog", "--limit", "x"],
    ] {
        let (code, out, err) = run(data.gongfu(&args));
        assert_eq!((code, out.as_str()), (2, ""), "{args:?} {err}");
    }
    let (_, _, err) = run(data.gongfu(&["list", "catalogue"]));
    assert!(err.contains("不能是“catalogue”") && err.contains("catalog"), "{err}");
    let (code, why) = error(&data, &["lst"]);
    assert_eq!((code, why["code"].as_str()), (2, Some("unknown-command")));
    let (code, why) = error(&data, &["catalog"]);
    assert_eq!((code, why["code"].as_str()), (2, Some("command-missing")));
    let (code, out, _) = run({
        let mut c = bare();
        c.args(["--lang", "en", "list", "--help"]);
        c
    });
    assert!(code == 0 && out.contains("Usage: gongfu list") && out.contains("sort columns"), "{out}");
    let (_, out, _) = run({
        let mut c = bare();
        c.arg("--help");
        c
    });
    assert!(out.contains("用法：gongfu") && !out.contains("Print help") && !out.contains("cli-"), "{out}");
}

#[test]
fn a_misspelt_setting_is_named_with_line_column_and_the_nearest_key() {
    let data = Data::new();
    let settings = data.path().join("c.toml");
    std::fs::write(&settings, "# 设置\nnotice_second = 5\n").unwrap();
    let path = settings.display().to_string();
    let (code, out, err) = run(data.gongfu(&["--config", &path, "config", "check"]));
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("c.toml:2:1") && err.contains("notice_second") && err.contains("notice_seconds"), "{err}");
    std::fs::write(&settings, "notice_seconds = 5\n").unwrap();
    let (code, shown) = json(&data, &["--config", &path, "config", "show"]);
    assert_eq!((code, &shown["notice_seconds"]), (0, &5.into()));
    assert_eq!(run(data.gongfu(&["--config", &path, "config", "check"])).0, 0);
    let (_, out, _) = run(data.gongfu(&["--config", &path, "config", "path"]));
    assert_eq!(out.trim(), path);
}

#[test]
fn a_missing_damaged_foreign_or_newer_database_is_said_so() {
    let data = Data::new();
    let check = |data: &Data, expected: &str| {
        let (code, why) = error(data, &["list", "catalog"]);
        assert_eq!((code, why["code"].as_str()), (3, Some(expected)), "{why}");
    };
    let db = rusqlite::Connection::open(data.db()).unwrap();
    db.execute_batch("PRAGMA user_version=999").unwrap();
    check(&data, "newer");
    let (code, doctor) = json(&data, &["doctor"]);
    assert_eq!((code, &doctor["ok"]), (1, &false.into()));
    db.execute_batch("PRAGMA application_id=7").unwrap();
    check(&data, "foreign");
    drop(db);
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(data.path().join(format!("gongfu.db{suffix}")));
    }
    std::fs::write(data.db(), "this is no database at all, whatever its name says".repeat(100)).unwrap();
    check(&data, "corrupt");
    std::fs::remove_file(data.db()).unwrap();
    check(&data, "missing");
    let (code, why) = error(&data, &["catalog", "suspend", "SX611026-0001", "--reason", "x"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("missing")));
    assert!(!data.db().exists(), "a command must not make a database");
}

/// Lets `work` loose on the audit table behind the program's back, then checks the chain.
fn tampered(work: &str) -> (i32, Json) {
    let data = Data::new();
    let (code, whole) = json(&data, &["audit", "verify"]);
    assert_eq!((code, &whole["whole"], &whole["records"]), (0, &true.into(), &9.into()));
    let db = rusqlite::Connection::open(data.db()).unwrap();
    db.execute_batch("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;").unwrap();
    db.execute_batch(work).unwrap();
    drop(db);
    json(&data, &["audit", "verify"])
}

#[test]
fn audit_verify_names_the_first_record_that_was_touched() {
    let cases = [
        ("UPDATE audit SET reason = 'x' WHERE no = 4", "altered", 4),
        ("DELETE FROM audit WHERE no = 3", "missing", 3),
        ("DELETE FROM audit WHERE no = 9", "missing", 9),
        (
            "INSERT INTO audit SELECT 10, at, person, org_id, org_name, role, origin, command, kind, target, \
             target_code, reason, outcome, detail, hash FROM audit WHERE no = 9",
            "altered",
            10,
        ),
        (
            "UPDATE audit SET no = -no WHERE no >= 5; UPDATE audit SET no = 1 - no WHERE no < 0; \
             INSERT INTO audit SELECT 5, at, person, org_id, org_name, role, origin, command, kind, target, \
             target_code, reason, outcome, detail, hash FROM audit WHERE no = 2",
            "altered",
            5,
        ),
        (
            "UPDATE audit SET no = -1 WHERE no = 3; UPDATE audit SET no = 3 WHERE no = 7; \
             UPDATE audit SET no = 7 WHERE no = -1",
            "altered",
            3,
        ),
    ];
    for (work, fault, no) in cases {
        let (code, verdict) = tampered(work);
        assert_eq!(code, 1, "{work}");
        assert_eq!((&verdict["fault"], &verdict["no"]), (&fault.into(), &no.into()), "{work}");
    }
}

#[test]
fn status_is_calm_text_and_json() {
    let data = Data::new();
    let (code, out, _) = run(data.gongfu(&["status"]));
    assert_eq!(code, 0);
    assert!(out.starts_with("工扶 监督台  2020-08-20 14:32\n") && out.contains("在录 2，暂停 0"), "{out}");
    let (_, board) = json(&data, &["status"]);
    assert_eq!((&board["now"], &board["catalog"]["listed"]), (&"2020-08-20T14:32:00+08:00".into(), &2.into()));
    // Without a terminal the bare program shows the same, and says so.
    let (code, bare, err) = run(data.gongfu(&[]));
    assert_eq!((code, bare), (0, out));
    assert!(err.contains("没有终端"), "{err}");
}

#[test]
fn a_closed_stdout_ends_quietly() {
    let data = Data::new();
    let program = assert_cmd::cargo::cargo_bin("gongfu");
    for format in ["table", "csv", "json", "ndjson"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let args = ["--data-dir", &data.path().display().to_string(), "list", "catalog", "--format", format];
        let output = std::process::Command::new(&program).args(args).stdout(writer).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn backup_copies_once_and_never_overwrites() {
    let data = Data::new();
    let target = data.path().join("copy.db");
    let path = target.display().to_string();
    let (code, done) = json(&data, &["backup", &path]);
    assert_eq!((code, &done["done"]), (0, &true.into()));
    assert!(target.exists());
    let (code, why) = error(&data, &["backup", &path]);
    assert_eq!((code, why["code"].as_str()), (3, Some("exists")));
}

#[test]
fn completions_and_manual_pages_are_made_for_every_subcommand() {
    let data = Data::new();
    for shell in ["bash", "zsh", "fish", "elvish"] {
        let (code, out, _) = run(data.gongfu(&["completions", shell]));
        assert!(code == 0 && out.contains("gongfu") && out.contains("doctor"), "{shell}");
    }
    let dir = data.path().join("man");
    assert_eq!(run(data.gongfu(&["man", &dir.display().to_string()])).0, 0);
    for page in ["gongfu.1", "gongfu-list.1", "gongfu-catalog-suspend.1", "gongfu-audit-verify.1"] {
        assert!(dir.join(page).exists(), "{page}");
    }
}

#[test]
fn logs_go_to_the_data_directory_and_never_to_the_terminal() {
    let data = Data::new();
    let (code, _, err) = run(data.gongfu(&["-vvv", "list", "catalog"]));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(data.path().join("logs").is_dir());
}

#[test]
fn init_makes_a_whole_database_or_leaves_the_old_one_as_it_was() {
    let data = Data::new();
    let (code, why) = error(&data, &["init", "--org", "安康市总工会"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("exists")));
    let (code, why) = error(&data, &["init", "--org", "没有这个单位", "--force"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("no-organisation")));
    assert_eq!(json(&data, &["list", "catalog"]).1["total"], 3, "the old database is still there");
    assert_eq!(run(data.gongfu(&["--read-only", "init", "--org", "安康市总工会", "--force"])).0, 1);
    // Somebody else has it open: it is not taken away under them.
    let other = rusqlite::Connection::open(data.db()).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM audit;").unwrap();
    let (code, why) = error(&data, &["init", "--org", "安康市总工会", "--force"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("locked")));
    drop(other);
    assert_eq!(run(data.gongfu(&["init", "--org", "安康市总工会", "--force"])).0, 0);
    assert_eq!(json(&data, &["list", "catalog"]).1["total"], 0);
    let names: Vec<String> = std::fs::read_dir(data.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.contains(&"gongfu.db.old-1".to_owned()), "{names:?}");
    assert!(!names.iter().any(|n| n.starts_with(".new-")), "{names:?}");
    let old = rusqlite::Connection::open(data.path().join("gongfu.db.old-1")).unwrap();
    let entries: i64 = old.query_row("SELECT count(*) FROM catalog_entry", [], |r| r.get(0)).unwrap();
    assert_eq!(entries, 3);
}

#[test]
fn the_demo_is_kept_where_asked_and_never_over_other_data() {
    let data = Data::new();
    let (code, why) = error(&data, &["demo", "--no-tui", "--keep", &data.path().display().to_string()]);
    assert_eq!((code, why["code"].as_str()), (3, Some("demo-not-demo")));
    let keep = data.path().join("demo").display().to_string();
    let mut command = bare();
    command.args(["demo", "--no-tui", "--keep", &keep, "--json"]);
    let (code, out, err) = run(command);
    let board: Json = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out} {err}"));
    assert_eq!((code, &board["demo"], board["deadlines"].as_array().map(Vec::len)), (0, &true.into(), Some(10)));
    let mut command = bare();
    command.args(["--data-dir", &keep, "audit", "verify"]);
    assert_eq!(run(command).0, 0);
}

#[test]
fn a_file_or_table_that_is_not_there_is_said_so() {
    let data = Data::new();
    let (code, why) = error(&data, &["import", "catalog", "/no/such/file.xlsx"]);
    assert_eq!((code, why["code"].as_str()), (3, Some("file")));
    let file = data.path().join("x.csv");
    std::fs::write(&file, "a,b\n").unwrap();
    let (code, _) = error(&data, &["import", "reference", "no_such_table", &file.display().to_string()]);
    assert!(code == 2 || code == 3, "{code}");
}
