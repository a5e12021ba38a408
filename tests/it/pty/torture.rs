//! Names that would like to be commands: escape sequences, reversed text, invisible characters, endless lines.

use super::board;
use crate::support::pty::Demo;

/// Names with what must not reach the terminal.
const NAMES: &[&str] = &[
    "茶\u{1b}]0;owned\u{7}叶",
    "木\u{1b}[2J\u{1b}[H耳",
    "核\u{1b}]52;c;ZXZpbA==\u{7}桃",
    "花\u{9b}31m椒",
    "柿\u{202e}drowssap\u{202c}饼",
    "香\u{200b}\u{200d}\u{feff}菇",
    "板\u{8}\u{8}\u{8}栗",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}酒",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦礼盒",
    "苹果—“特级”…①",
];

/// What was injected, as bytes.
const FOREIGN: &[&[u8]] = &[b"\x1b]", b"\x1b[2J\x1b[H\xe8", "\u{9b}".as_bytes(), b"\x07", "板\u{8}".as_bytes()];

fn contains(all: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(all, part).is_some()
}

/// Every sequence in the output is one the console writes; the rest is text without controls.
fn assert_ours(raw: &[u8]) {
    let text = std::str::from_utf8(raw).expect("UTF-8 throughout");
    let mut rest = text;
    // Line feed, return and backspace are short ways to move the cursor.
    while let Some(at) = rest.find(|c: char| c.is_control() && !"\n\r\u{8}".contains(c)) {
        rest = &rest[at..];
        let Some(body) = rest.strip_prefix("\x1b[") else { panic!("{:?}", rest.chars().take(20).collect::<String>()) };
        let end = body.find(|c: char| ('@'..='~').contains(&c)).expect("an end");
        let (parameters, last) = (&body[..end], &body[end..=end]);
        let known = match last {
            "h" | "l" => ["?1049", "?2004", "?7", "?25", "?2026", "?1000", "?1002", "?1003", "?1006", "?1004"]
                .contains(&parameters),
            "p" => parameters == "?2026$",
            "n" => parameters == "6",
            other => {
                "HABCDGdmJKXLMSTr@P".contains(other)
                    && parameters.chars().all(|c| c.is_ascii_digit() || ";:".contains(c))
            }
        };
        assert!(known, "the console does not write {:?}", &rest[..end + 3]);
        rest = &body[end + 1..];
    }
    let hidden =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    assert!(!text.contains(hidden), "nothing invisible");
    for foreign in FOREIGN {
        assert!(!contains(raw, foreign), "{:?}", String::from_utf8_lossy(foreign));
    }
}

#[test]
fn imported_names_are_text_and_nothing_else() {
    let demo = Demo::new();
    let mut csv = String::from("县,供应商,商品名称,规格,价格,库存,带贫人数,类别\n");
    for (i, name) in NAMES.iter().enumerate() {
        csv.push_str(&format!("柞水县,毒蘑菇{i}社,怪名{i}{name},1kg,{}.00,10,5,食用菌\n", i + 1));
    }
    csv.push_str(&format!("柞水县,长社,怪名长{},1kg,9.00,10,5,食用菌\n", "长".repeat(60)));
    let file = demo.path().join("怪名.csv");
    std::fs::write(&file, csv).expect("a file");
    let (code, out, err) = demo.run(&["import", "catalog", &file.display().to_string(), "--yes"]);
    assert!(matches!(code, 0 | 5), "{code} {out} {err}");
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out:?}");
    look(&demo, 8);
}

#[test]
fn names_another_program_stored_are_text_and_nothing_else() {
    let demo = Demo::new();
    let db = rusqlite::Connection::open(demo.path().join("gongfu.db")).expect("the database");
    let huge = "\u{1b}[31m很长很长的名字".repeat(5000);
    let names = NAMES.iter().copied().chain([huge.as_str()]);
    for (i, name) in names.enumerate() {
        let name = format!("怪名{i}{name}");
        let text = "UPDATE catalog_entry SET name = ?1, supplier_name = ?1, spec = ?1, state_reason = ?1 WHERE seq = \
                    (SELECT seq FROM catalog_entry ORDER BY code LIMIT 1 OFFSET ?2)";
        assert_eq!(db.execute(text, (name, i64::try_from(i).expect("a few"))).expect("a row"), 1);
    }
    drop(db);
    look(&demo, NAMES.len());
}

/// Looks at the strange names in list, pane and detail.
fn look(demo: &Demo, at_least: usize) {
    let mut console = board(demo, &[], (120, 40));
    console.send("2").shows("SX6").rests();
    console.send("/").rests();
    console.send("怪名").shows("查找 怪名").rests();
    console.send("\r").rests();
    let rows = console.lines().iter().filter(|l| l.contains("怪名") && l.contains("SX")).count();
    assert!(rows >= at_least, "{rows}\n{}", console.text());
    let (first, last) = (console.lines()[0].clone(), console.lines()[39].clone());
    for _ in 0..rows {
        console.send("v").rests();
        console.send("v").rests();
        console.send("\r").shows("目录产品").rests();
        assert_eq!(console.lines()[0], first, "the top line is untouched");
        assert!(console.lines()[2].contains("怪名"), "{}", console.text());
        console.send("s");
        console.until("an answer", |s| ["Enter 确认", "现为"].iter().any(|w| s.contents().contains(w)));
        if console.text().contains("Enter 确认") {
            console.send("\x1b").hides("Enter 确认").rests();
        }
        console.send("\x1b").hides("目录产品  SX").rests();
        assert_eq!((&console.lines()[0], &console.lines()[39]), (&first, &last), "{}", console.text());
        console.send("j").rests();
    }
    assert_ours(&console.raw(0));
}
