//! The whole way by keys alone, at 80x24 and 120x40, with the screen of every step kept in `docs/screens`: reported, triaged, verified, confirmed by another, answered, checked,
//! published, closed. And hasty keys on the page before a delisting, which change nothing.

use super::{SIZES, state_of};
use crate::pages::check;
use crate::support::NOW;
use crate::support::pty::{Console, Demo, Start};
use crate::support::storage::raw;
use std::time::Duration;

/// A listed product that stands on one shelf of the province, and the union of that city.
fn chosen(demo: &Demo) -> (String, String) {
    let db = raw(&demo.path().join("gongfu.db"));
    let sql = "SELECT e.code, (SELECT o.code FROM organisation o WHERE o.kind = 'city' \
               AND o.division_code = substr(c.county_code, 1, 4) || '00') AS city \
               FROM catalog_entry e JOIN shelf_line s ON s.entry_id = e.id JOIN counter c ON c.id = s.counter_id \
               WHERE e.state = 'listed' AND city IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.entry_id = e.id) \
               GROUP BY e.id HAVING count(*) = 1 ORDER BY e.code LIMIT 1";
    db.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?))).expect("such a product")
}

/// The console of a person, of the province or of a union. Its clock stands still, so that its screens are the same each time.
fn person(demo: &Demo, name: &str, org: &str, size: (u16, u16)) -> Console {
    let dir = demo.path().display().to_string();
    let start = Start::new(&["--data-dir", &dir, "--now", NOW, "--as", name], size).env("GONGFU_UNDO_SECONDS", "5");
    let console = if org.is_empty() { start } else { start.env("GONGFU_ORG", org) }.spawn();
    console.shows("现在要办").rests();
    console
}

/// Keeps what is shown as the screen of a step.
fn shot(console: &Console, size: (u16, u16), step: &str) {
    let name = format!("screens/{}x{}/delisting/{step}.txt", size.0, size.1);
    check(&name, &(console.lines().join("\n") + "\n"));
}

/// Steps down until the line under the cursor has these words.
fn down_to(console: &mut Console, words: &str) {
    for _ in 0..80 {
        if console.selected().contains(words) {
            return;
        }
        console.send("j").rests();
    }
    panic!("{words} is not reached\n{}", console.text());
}

/// Opens the page of an incident from anywhere.
fn incident(console: &mut Console, code: &str) {
    console.send("4").rests();
    console.send("4").rests();
    console.send("/").rests();
    // What was looked for last is still there.
    console.send("\x15").rests();
    console.send(code).rests();
    console.send("\r").rests();
    console.send("\r").shows("质量事件  QI-").rests();
}

#[test]
fn from_the_first_key_to_the_closed_incident() {
    std::thread::scope(|scope| {
        for size in SIZES {
            scope.spawn(move || the_whole_way(size));
        }
    });
}

fn the_whole_way(size: (u16, u16)) {
    let demo = Demo::new();
    let (product, city) = chosen(&demo);
    let code = "QI-2020-0121";
    // One reports it, from the board.
    let mut reporter = person(&demo, "孙柞", &city, size);
    reporter.send("d").shows("报告质量问题").rests();
    reporter.send(&product).rests();
    reporter.send("\r").rests();
    reporter.send("二氧化硫超标\r").rests();
    reporter.send("1\r").rests();
    reporter.send("西安某超市").rests();
    shot(&reporter, size, "01-report");
    reporter.send("\r").shows("已报告").rests();
    shot(&reporter, size, "02-reported");
    // The office triages and verifies, with a test report.
    let file = demo.path().join("report.pdf");
    std::fs::write(&file, "检验报告").expect("a file");
    let mut first = person(&demo, "李静", "", size);
    incident(&mut first, code);
    first.send("T").shows("先行暂停").rests();
    first.send("1\r").rests();
    first.send("1\r").rests();
    first.send("\r\r").rests();
    first.send("先行停售").rests();
    shot(&first, size, "03-triage");
    first.send("\r").shows("下一步：核查").rests();
    assert_eq!(state_of(&demo, &product).0, "suspended");
    first.send("V").shows("理由").rests();
    first.send("现场核查属实").rests();
    shot(&first, size, "04-verify");
    first.send("\r").shows("下一步：查实清退").rests();
    first.send("E").shows("附证据").rests();
    shot(&first, size, "05-evidence");
    first.send(file.display().to_string()).rests();
    first.send("\r1\r").rests();
    first.send("检验报告").rests();
    first.send("\r").shows("检验报告").hides("种类").rests();
    shot(&first, size, "06-verified");
    // Another person confirms.
    let mut second = person(&demo, "周敏", "", size);
    incident(&mut second, code);
    second.send("X").shows("不可恢复").shows("1 个要下架").rests();
    second.send("检验报告确认").rests();
    second.send("\t").rests();
    second.send(&product).rests();
    second.send("\t").shows("> [确认清退]").rests();
    shot(&second, size, "07-confirm");
    std::thread::sleep(Duration::from_millis(450));
    second.send("y").shows("5 秒内按 u 撤销").rests();
    shot(&second, size, "08-held");
    second.shows("已清退").rests();
    shot(&second, size, "09-delisted");
    assert_eq!(state_of(&demo, &product).0, "delisted");
    // The city answers for its counter and goes there.
    let mut answers = person(&demo, "赵商", &city, size);
    incident(&mut answers, code);
    down_to(&mut answers, "未回执");
    answers.send("\r").shows("下架通知").rests();
    answers.send("A").shows("下架回执").rests();
    answers.send("1\r").rests();
    answers.send("\x156\r").rests();
    shot(&answers, size, "10-answer");
    answers.send("\r").shows("已回执").rests();
    incident(&mut answers, code);
    down_to(&mut answers, "已回执");
    answers.send("\r").shows("下架通知").rests();
    answers.send("K").shows("说明").rests();
    answers.send("到场看过").rests();
    shot(&answers, size, "11-check");
    answers.send("\r").shows("已记抽查").rests();
    // The three places are published anew and looked at; then it is closed.
    second.send("C").shows("理由").rests();
    second.send("办结\r").shows("还没有处处核实").rests();
    second.send("\x1b").rests();
    incident(&mut second, code);
    down_to(&mut second, "待发");
    for round in 0..3 {
        down_to(&mut second, "待发");
        second.send("P").rests();
        second.send("\r").shows("已记发布").rests();
        down_to(&mut second, "已发");
        second.send("H").rests();
        if round == 0 {
            shot(&second, size, "12-publication");
        }
        second.send("\r").shows("已核查").rests();
        second.send("g").rests();
    }
    second.send("C").shows("理由").rests();
    second.send("清理完毕\r").shows("已办结").rests();
    shot(&second, size, "13-closed");
    let shown = demo.json(&["show", "incidents", code]);
    assert_eq!(shown["fields"]["state"], "closed");
    assert_eq!(demo.json(&["audit", "verify"])["whole"], true);
}

#[test]
fn hasty_keys_on_the_page_change_nothing() {
    let demo = Demo::new();
    let before = demo.audit();
    let mut console = person(&demo, "李静", "", SIZES[0]);
    console.send("4").rests();
    console.send("/").rests();
    console.send("state:核查中").rests();
    console.send("\r").rests();
    let page = |console: &mut Console| {
        console.send("X").shows("不可恢复").rests();
    };
    for keys in ["dd", "yyyyyyyyyy", "XXXX", "理由\ty\t\ty", "\t\t\ty", "\r\r\r\r\r\r\r\r\r\r\r\r"] {
        page(&mut console);
        console.send(keys).rests();
        console.send("\x1b").hides("不可恢复").rests();
    }
    page(&mut console);
    console.paste(&"理由 SX610925-0019\ty\r".repeat(500)).rests();
    console.send("\t").rests();
    console.paste(&"SX610925-0019\ty\r".repeat(700)).rests();
    console.send("\ty").rests();
    console.send("\x1b").hides("不可恢复").rests();
    // A held key, thirty a second.
    page(&mut console);
    for _ in 0..40 {
        console.send("y");
        std::thread::sleep(Duration::from_millis(33));
    }
    console.send("\x1b").hides("不可恢复").rests();
    for _ in 0..40 {
        console.send("X");
        std::thread::sleep(Duration::from_millis(33));
    }
    console.send("\x1b").rests();
    assert!(console.runs());
    assert_eq!(demo.audit(), before, "{}", console.text());
}
