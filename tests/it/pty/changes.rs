//! Changes asked for by keys: what is confirmed is stored with its reason, and nothing else is.

use super::{SIZES, board, catalog, code_in, state_of, wood_ears};
use crate::support::Data;
use crate::support::pty::{Demo, Start};

#[test]
fn an_entry_found_by_initials_is_suspended_with_a_chinese_reason() {
    for size in SIZES {
        let demo = Demo::new();
        let before = demo.audit();
        let (mut console, code) = wood_ears(&demo, &[], size);
        console.send("s").shows("理由").shows("Enter 确认").rests();
        console.send("仓库受潮，停售复检").shows("仓库受潮，停售复检").rests();
        console.send("\r").hides("Enter 确认").shows(&format!("已暂停 {code}"));
        console
            .until("the state", |s| s.contents().lines().any(|l| l.contains(&code) && l.trim_end().ends_with("暂停")));
        assert_eq!(state_of(&demo, &code), ("suspended".into(), "仓库受潮，停售复检".into()));
        assert_eq!(demo.audit(), before + 1, "one record");
        console.send("q");
        assert_eq!(console.ends(), 0);
    }
}

#[test]
fn a_pasted_reason_with_a_line_end_is_only_text() {
    for size in SIZES {
        let demo = Demo::new();
        let before = demo.audit();
        let (mut console, code) = wood_ears(&demo, &[], size);
        console.send("s").shows("Enter 确认").rests();
        console.paste("抽检二氧化硫\n超标\r").shows("抽检二氧化硫 超标").shows("Enter 确认").rests();
        assert_eq!((state_of(&demo, &code).0.as_str(), demo.audit()), ("listed", before), "nothing was confirmed");
        console.send("\r").hides("Enter 确认").shows(&format!("已暂停 {code}"));
        assert_eq!(state_of(&demo, &code), ("suspended".into(), "抽检二氧化硫 超标".into()));
        assert_eq!(demo.audit(), before + 1);
    }
}

#[test]
fn a_reason_is_needed_and_esc_or_ctrl_c_change_nothing() {
    let demo = Demo::new();
    let before = demo.audit();
    let (mut console, code) = wood_ears(&demo, &[], (80, 24));
    for leave in ["\x1b", "\x03"] {
        console.send("s").shows("Enter 确认").rests();
        console.send("\r").shows("请先写理由").rests();
        console.send("想想再说").shows("想想再说").rests();
        console.send(leave).hides("理由").rests();
    }
    assert_eq!((state_of(&demo, &code).0.as_str(), demo.audit()), ("listed", before));
    assert!(console.runs());
}

#[test]
fn several_at_once_need_their_number_typed() {
    let demo = Demo::new();
    let before = demo.audit();
    let (mut console, first) = wood_ears(&demo, &[], (120, 40));
    let mut codes = vec![first];
    for _ in 0..2 {
        console.send(" ").rests();
        codes.push(code_in(&console.selected()));
    }
    console.send(" ").shows("标记 3").rests();
    console.send("s").shows("3 种产品").shows("输入数目以确认").rests();
    console.send("同一批次").shows("同一批次").rests();
    console.send("\r").shows("请输入正确的数目").rests();
    for wrong in ["2", "33", "x"] {
        console.send(wrong).rests();
        console.send("\r").shows("请输入正确的数目").rests();
        console.send("\x15").rests();
    }
    assert_eq!(demo.audit(), before, "a wrong number does nothing");
    console.send("3").rests();
    console.send("\r").hides("输入数目以确认").shows("已暂停 3 种（审计 9-11）").rests();
    for code in &codes {
        assert_eq!(state_of(&demo, code), ("suspended".into(), "同一批次".into()));
    }
    assert!(demo.audit() > before);
    // The marks stay, so that all of them can be resumed at once.
    console.send("S").shows("3 种产品").rests();
    console.send("查过无事").rests();
    console.send("\t3").rests();
    console.send("\r").hides("输入数目以确认").shows("已恢复 3 种").rests();
    for code in codes {
        assert_eq!(state_of(&demo, &code), ("listed".into(), "查过无事".into()));
    }
}

#[test]
fn what_is_suspended_is_resumed_and_a_second_time_is_refused_in_words() {
    let demo = Demo::new();
    let (mut console, code) = wood_ears(&demo, &[], (80, 24));
    console.send("S").shows("现为").rests();
    assert!(!console.text().contains("Enter 确认"));
    for (key, done, reason) in [("s", "已暂停", "受潮"), ("S", "已恢复", "复检合格")] {
        console.send(key).shows("Enter 确认").rests();
        console.send(reason).shows(reason).rests();
        console.send("\r").hides("Enter 确认").shows(&format!("{done} {code}")).rests();
    }
    assert_eq!(state_of(&demo, &code).0, "listed");
}

#[test]
fn read_only_is_said_on_the_screen_and_nothing_can_be_changed() {
    for size in SIZES {
        let demo = Demo::new();
        let before = demo.dump();
        let (mut console, _) = wood_ears(&demo, &["--read-only"], size);
        assert!(console.lines()[1].contains("[只读]"), "{}", console.text());
        assert!(!console.text().contains("s 暂停"), "the footer offers it\n{}", console.text());
        console.send("s").shows("只读").rests();
        assert!(console.lines().last().is_some_and(|l| l.contains("只读")), "refused in words\n{}", console.text());
        assert!(!console.text().contains("理由"));
        console.send(":").shows("命令  输入").rests();
        console.send("zt").shows("> 暂停").rests();
        console.send("\r").rests();
        assert!(!console.text().contains("理由（"), "{}", console.text());
        console.send("5").shows("附件1").rests();
        console.send("r").shows("只读").rests();
        console.send("q");
        assert_eq!(console.ends(), 0);
        assert!(demo.dump() == before, "the file is what it was");
        let wal = std::fs::metadata(demo.path().join("gongfu.db-wal")).map_or(0, |m| m.len());
        assert_eq!(wal, 0, "and nothing waits beside it");
    }
}

#[test]
fn a_change_made_in_one_console_appears_in_the_other_without_a_key() {
    let demo = Demo::new();
    let (mut one, code) = wood_ears(&demo, &[], (80, 24));
    let (other, same) = wood_ears(&demo, &[], (120, 40));
    assert_eq!(code, same);
    assert!(other.line(&code).ends_with("在录"), "{}", other.text());
    one.send("s").shows("Enter 确认").rests();
    one.send("受潮").shows("受潮").rests();
    one.send("\r").shows("已暂停");
    other.until("the other's change", |s| {
        s.contents().lines().any(|l| l.contains(&code) && l.trim_end().ends_with("暂停"))
    });
    assert_eq!(code_in(&other.selected()), code, "the cursor stays");
    // What was decided on a row that has changed meanwhile is refused.
    let (mut late, code) = (other, code);
    late.send("S").shows("Enter 确认").rests();
    late.send("合格").shows("合格").rests();
    let (exit, _, err) = demo.run(&["catalog", "resume", &code, "--reason", "已复检"]);
    assert_eq!(exit, 0, "{err}");
    let before = demo.audit();
    late.send("\r").hides("Enter 确认").rests();
    assert!(!late.text().contains("已恢复"), "{}", late.text());
    assert_eq!((state_of(&demo, &code).0.as_str(), demo.audit() <= before + 1), ("listed", true));
}

#[test]
fn a_kept_demo_opens_as_a_demo() {
    let demo = Demo::new();
    let console = board(&demo, &[], (120, 40));
    assert!(
        console.lines()[1].contains("[演示数据]") && console.lines()[0].contains("8-20 14:3"),
        "{}",
        console.text()
    );
    let dir = demo.path().display().to_string();
    let start = crate::support::pty::Start::new(&["demo", "--alone", "--keep", &dir], (120, 40));
    let console = start.spawn();
    console.shows("[演示数据]").shows("李静");
    drop(catalog(&demo, &[], (120, 40)));
}

#[test]
fn under_a_fixed_clock_real_data_are_looked_at_only() {
    let data = Data::new();
    let dir = data.path().display().to_string();
    let args = ["--data-dir", &dir, "--now", crate::support::NOW, "--as", "王敏"];
    let mut console = Start::new(&args, SIZES[0]).spawn();
    console.shows("只读").rests();
    console.send("2").shows("SX611026-0001").rests();
    console.send("s").shows("现在是只读方式").rests();
    console.send("q");
    assert_eq!(console.ends(), 0);
    let (_, out, _) = crate::support::run(data.gongfu(&["audit", "list", "--json", "--limit", "0"]));
    assert!(out.contains("\"total\":9"), "{out}");
}

#[test]
fn consoles_started_apart_on_one_demo_show_the_same_minute() {
    let demo = Demo::new();
    // The demo was made 95 minutes and some seconds ago, and stood at 14:32 then.
    demo.made_before(jiff::SignedDuration::from_secs(95 * 60 + 5));
    let mut first = board(&demo, &[], SIZES[0]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let mut second = board(&demo, &[], SIZES[1]);
    for console in [&mut first, &mut second] {
        assert!(console.lines()[0].contains("8-20 16:07"), "{}", console.text());
        console.send("q");
        assert_eq!(console.ends(), 0);
    }
    // What is done now is of that time, also for a program that looks in later.
    let now = |args: &[&str]| demo.json(&[args, &["status"]].concat())["now"].as_str().expect("a time").to_owned();
    assert!(now(&[]).starts_with("2020-08-20T16:07:"), "{}", now(&[]));
    let fixed = "2020-08-20T14:32:00+08:00";
    assert_eq!((now(&["--now", fixed]), now(&["--now", fixed])), (fixed.to_owned(), fixed.to_owned()));
    // A record of a time somebody chose sets no clock; one of the demo's own time does.
    let listed = demo.json(&["list", "catalog", "--filter", "state:listed", "--limit", "1", "--columns", "code"]);
    let code = listed["rows"][0]["code"].as_str().expect("a code").to_owned();
    demo.json(&["--now", "2020-12-01T08:00:00+08:00", "catalog", "suspend", &code, "--reason", "试"]);
    assert!(now(&[]).starts_with("2020-08-20T16:0"), "{}", now(&[]));
    demo.json(&["catalog", "resume", &code, "--reason", "试"]);
    demo.made_before(jiff::SignedDuration::ZERO);
    assert!(now(&[]).starts_with("2020-08-20T16:0"), "the last record is not in the future: {}", now(&[]));
}
