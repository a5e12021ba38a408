//! Reminding every counter that is due by one command, as a timer would.

use super::{INCIDENT, PRODUCT, SECOND, must, verified};
use crate::support::{Data, bare, run};
use serde_json::Value as Json;

/// Reminds as a union at an instant of the day; gives exit code and what was printed.
fn remind(data: &Data, org: &str, time: &str) -> (i32, Json) {
    let mut command = bare();
    let now = format!("2020-08-20T{time}:00+08:00");
    command.args(["--data-dir", &data.path().display().to_string(), "--now", &now, "--as", "赵商", "--json"]);
    command.args(["counter", "remind", "--due"]).env("GONGFU_ORG", org);
    let (code, out, err) = run(command);
    (code, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{err}")))
}

#[test]
fn whoever_is_due_is_reminded_once_in_the_own_area_and_nobody_due_is_no_failure() {
    let data = Data::new();
    verified(&data);
    must(&data, SECOND, &["incident", "confirm", INCIDENT, "--product", PRODUCT, "--reason", "检验报告确认"]);
    let schema = crate::schema::all().into_iter().find(|(n, _)| *n == "counter-remind-due").expect("a schema").1;
    for (org, time, reminded) in [
        ("SX-SL", "15:00", 0),
        // Two hours after the notice; the next city has no part in it.
        ("SX-AK", "16:40", 0),
        ("SX-SL", "16:40", 2),
        ("SX-PROV", "16:45", 0),
        ("SX-PROV", "22:40", 2),
    ] {
        let (code, said) = remind(&data, org, time);
        assert_eq!((code, said["reminded"].as_i64()), (0, Some(reminded)), "{org} {time} {said}");
        assert_eq!(said["incidents"].as_array().map(Vec::len), Some(usize::from(reminded > 0)));
        assert_eq!(crate::schema::faults(&schema, &said, "$"), Vec::<String>::new());
    }
    let twice = run(data.gongfu(&["counter", "remind", "--due", "--incident", INCIDENT]));
    assert_eq!(twice.0, 2, "{}", twice.2);
    assert_eq!(run(data.gongfu(&["counter", "remind"])).0, 2);
}
