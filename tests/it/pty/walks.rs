//! Ways through the views: down into records and back, choosers, palette, help, sizes.

use super::{SIZES, board, catalog, code_in, wood_ears};
use crate::support::pty::Demo;

#[test]
fn down_into_a_record_and_back_to_the_same_row_and_filter() {
    for size in SIZES {
        let demo = Demo::new();
        let (mut console, _) = wood_ears(&demo, &[], size);
        console.send("jj").rests();
        let (selected, text) = (console.selected(), console.text());
        let code = code_in(&selected);
        console.send("\r").shows("目录产品").rests();
        assert!(console.lines()[2].contains(&code), "{}", console.text());
        console.until("sections", |s| s.contents().contains("供应商  1"));
        // Every line with rows behind it opens, and Esc comes back line by line.
        assert!(console.selected().contains("供应商  1"), "the first line that opens\n{}", console.text());
        console.send("\r").shows("GY6").hides("目录产品  SX").rests();
        assert!(console.lines()[1].contains(&code), "it says whose\n{}", console.text());
        console.send("\x1b").shows("目录产品  SX").rests();
        console.send("\x1b").hides("目录产品  SX").rests();
        assert_eq!((console.selected(), console.text()), (selected, text));
        console.send("\x1b").hides("查找 zsme").rests();
        assert!(console.text().contains(&code), "the record stays under the cursor\n{}", console.text());
    }
}

#[test]
fn a_figure_of_the_board_opens_its_rows() {
    let demo = Demo::new();
    let mut console = board(&demo, &[], (120, 40));
    assert!(console.selected().contains("QI-"), "{}", console.text());
    console.send("\r").shows("质量事件  QI-").rests();
    console.send("\x1b").shows("现在要办").rests();
    for _ in 0..20 {
        if console.selected().contains("礼包待替换") {
            break;
        }
        console.send("j").rests();
    }
    let count: usize = console.selected().split_whitespace().find_map(|w| w.parse().ok()).expect("a number");
    console.send("\r").shows(&format!("{count} 条")).rests();
}

#[test]
fn a_small_board_reaches_its_last_line() {
    let demo = Demo::new();
    let mut console = board(&demo, &[], (80, 24));
    assert!(!console.text().contains("更久"), "there is more than fits\n{}", console.text());
    assert!(console.text().contains("下面还有"), "and it says so\n{}", console.text());
    console.send("G").rests();
    assert!(console.selected().contains("8-20 "), "{}", console.text());
    console.send("\r").shows("审计记录 ").rests();
    console.send("\x1b").shows("动态").rests();
    while !console.selected().contains("已清退") {
        console.send("k").rests();
    }
    assert!(console.selected().contains("已清退"), "{}", console.text());
    console.send("\r").hides("按目前进度").rests();
    assert!(console.lines().iter().any(|l| l.contains("SX61") && l.ends_with("已清退")), "{}", console.text());
    // The filter came with the figure: one Esc leads back.
    console.send("\x1b").shows("按目前进度").rests();
    console.send("g").rests();
    assert!(console.text().contains("现在要办") && console.selected().contains("QI-"), "{}", console.text());
}

#[test]
fn the_sort_chooser_sorts_and_turns_round() {
    let demo = Demo::new();
    let (mut console, _) = wood_ears(&demo, &[], (120, 40));
    let prices = |text: &str| -> Vec<i64> {
        let cents =
            |w: &str| w.split_once('.').filter(|(_, c)| c.len() == 2).and(w.replace([',', '.'], "").parse().ok());
        text.lines().filter(|l| l.contains("SX611026")).filter_map(|l| l.split_whitespace().find_map(cents)).collect()
    };
    console.send("o").shows("按哪一栏排序").rests();
    let price =
        console.lines().iter().filter(|l| l.contains("[ ]") || l.contains("[x]")).position(|l| l.contains("] 价格"));
    for _ in 0..price.expect("a column") {
        console.send("j").rests();
    }
    console.send("\r").hides("按哪一栏排序").shows("按 价格 升").rests();
    let up = prices(&console.text());
    assert!(up.len() == 8 && up.is_sorted(), "{up:?}\n{}", console.text());
    console.send("O").shows("按 价格 降").rests();
    let down = prices(&console.text());
    assert!(down.len() == 8 && down.is_sorted_by(|a, b| a >= b), "{down:?}");
}

#[test]
fn the_columns_chooser_hides_and_shows_a_column_at_once() {
    let demo = Demo::new();
    let (mut console, _) = wood_ears(&demo, &[], (120, 40));
    let head = |text: &str| text.lines().nth(2).unwrap_or_default().to_owned();
    assert!(head(&console.text()).contains("供应商"));
    console.send("c").shows("显示哪些栏").rests();
    let at = console.lines().iter().skip(3).position(|l| l.contains("[x] 供应商"));
    for _ in 0..at.expect("a column") {
        console.send("j").rests();
    }
    console.send(" ").shows("[ ] 供应商").rests();
    console.send("\r").hides("显示哪些栏").rests();
    assert!(!head(&console.text()).contains("供应商"), "{}", console.text());
}

#[test]
fn the_palette_finds_by_initials_pinyin_and_name() {
    for typed in ["zt", "zanting", "暂停", "entry.suspend"] {
        let demo = Demo::new();
        let (mut console, code) = wood_ears(&demo, &[], (80, 24));
        console.send(":").shows("命令  输入").rests();
        for key in typed.chars() {
            console.send(key.to_string()).rests();
        }
        console.shows("> 暂停").rests();
        console.send("\r").shows(&format!("暂停  {code}")).shows("理由（必填");
    }
}

#[test]
fn help_is_searched_by_name_and_by_key() {
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (80, 24));
    console.send("?").shows("按键  输入").rests();
    for (typed, found) in [("pai", "排序"), ("ctrl-l", "重画")] {
        for key in typed.chars() {
            console.send(key.to_string()).rests();
        }
        if typed == "pai" {
            console.shows(found).hides("查找可").rests();
            assert!(!console.text().contains("重画"), "{}", console.text());
        }
        console.send("\x15").rests();
    }
    console.send("\x1b").hides("按键  输入").shows("SX610111-");
}

#[test]
fn the_theme_changes_and_comes_round_again() {
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (80, 24));
    for name in ["浅色", "高对比度", "色觉友好", "单色", "深色"] {
        let from = console.written();
        console.send("t").shows(&format!("配色：{name}")).rests();
        let raw = String::from_utf8_lossy(&console.raw(from)).into_owned();
        assert_eq!(name != "单色", raw.contains("38;5;") || raw.contains("48;5;"), "{name}: {raw:?}");
    }
}

#[test]
fn every_size_is_survived_and_the_last_one_is_right() {
    let demo = Demo::new();
    let (mut console, _) = wood_ears(&demo, &[], (80, 24));
    let text = console.text();
    let storm =
        [(1, 1), (200, 60), (2, 40), (300, 2), (39, 8), (40, 8), (110, 9), (80, 1), (17, 17), (60, 15), (1, 60)];
    for opens in ["", "\r", ":", "?", "c", "s", "v", "3", "5", "1"] {
        console.send(opens).rests();
        for (cols, rows) in storm {
            console.resize(cols, rows);
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        console.resize(80, 24);
        console.rests();
        assert!(console.runs(), "after {opens:?}");
        console.send("\x1b").rests();
    }
    console.send("2").rests();
    console.send("/").rests();
    console.send("zsme").shows("8 条").rests();
    console.send("\r").rests();
    if console.text() != text {
        // The pane was opened on the way.
        console.send("v").rests();
    }
    assert_eq!(console.text(), text);
}

#[test]
fn a_small_window_keeps_what_matters_and_a_tiny_one_says_so() {
    let demo = Demo::new();
    let (mut console, code) = wood_ears(&demo, &[], (60, 15));
    assert!(console.selected().contains(&code) && console.selected().ends_with("在录"), "{}", console.text());
    assert!(console.lines()[1].contains("8 条"), "{}", console.text());
    console.send("s").shows("Enter 确认").rests();
    console.send("\x1b").rests();
    console.resize(30, 5);
    console.shows("窗口太小").rests();
    assert_eq!(console.lines().iter().filter(|l| !l.is_empty()).count(), 1, "{}", console.text());
    console.resize(60, 15);
    console.shows(&code).rests();
    console.send("q");
    assert_eq!(console.ends(), 0);
}
