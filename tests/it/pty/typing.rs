//! Input methods and the real cursor: full-width keys, committed ideographs, pastes, the caret.

use super::{SIZES, board, catalog, wood_ears};
use crate::support::pty::{Console, Demo};

/// Whether the cursor is shown, its row and its column.
fn cursor(console: &Console) -> (bool, u16, u16) {
    console.screen(|s| (!s.hide_cursor(), s.cursor_position().0, s.cursor_position().1))
}

/// Cells in front of a text on its line, and its row.
fn place(console: &Console, text: &str) -> (u16, u16) {
    console.screen(|s| {
        let (rows, cols) = s.size();
        for row in 0..rows {
            for col in 0..cols {
                let width = cols - col;
                let rest = s.rows(col, width).nth(usize::from(row)).unwrap_or_default();
                let starts = s.cell(row, col).is_some_and(|c| !c.is_wide_continuation());
                if starts && rest.starts_with(text) {
                    return (row, col);
                }
            }
        }
        panic!("{text} is not on the screen\n{}", s.contents())
    })
}

#[test]
fn full_width_keys_are_commands() {
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (100, 30));
    let first = console.selected();
    console.send("ｊ").shows("[输入法开]").rests();
    assert!(!console.selected().is_empty() && console.selected() != first, "{}", console.text());
    console.send("ｋ").rests();
    assert_eq!(console.selected(), first);
    console.send("：").shows("命令  输入").rests();
    console.send("\x1b").hides("命令  输入").rests();
    console.send("？").shows("按键  输入").rests();
    console.send("\x1b").hides("按键  输入").rests();
    for slash in ["／", "、"] {
        console.send(slash).shows("查找 ").rests();
        assert!(cursor(&console).0, "it is typed in");
        console.send("\x1b").rests();
    }
}

#[test]
fn an_ideograph_in_a_list_begins_a_filter_in_every_form_it_is_sent() {
    for form in ["柞", "\x1b柞"] {
        let demo = Demo::new();
        let mut console = catalog(&demo, &[], (100, 30));
        console.send(form).shows("查找 柞").rests();
        let shown = cursor(&console);
        let (row, col) = place(&console, "查找 柞");
        assert_eq!(shown, (true, row, col + 5 + 2));
        console.send("水木耳").shows("8 条").shows("查找 柞水木耳").rests();
        console.send("\r").rests();
        assert!(!cursor(&console).0, "hidden when nothing is typed");
    }
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (100, 30));
    console.send("/").rests();
    console.paste("柞水木耳").shows("8 条");
}

#[test]
fn the_real_cursor_stands_where_text_goes_and_rests_on_the_row_otherwise() {
    for size in SIZES {
        let demo = Demo::new();
        let mut console = board(&demo, &[], size);
        assert!(!cursor(&console).0);
        console.send("2").shows("SX610111-").rests();
        for _ in 0..3 {
            let row = place(&console, ">").0;
            assert_eq!(cursor(&console), (false, row, 0), "hidden on the row under the cursor");
            console.send("j").rests();
        }
        console.send("/").rests();
        let (row, col) = place(&console, "查找");
        assert_eq!(cursor(&console), (true, row, col + 5));
        for (keys, cells) in
            [("柞", 2), ("水 a", 6), ("\x7f", 5), ("\x1b[D", 4), ("\x1b[H", 0), ("木", 2), ("\x1b[F", 7)]
        {
            console.send(keys).rests();
            assert_eq!(cursor(&console), (true, row, col + 5 + cells), "after {keys:?}\n{}", console.text());
        }
        console.send("\x1b").rests();
        console.send("/").rests();
        console.send("zsme\r").shows("8 条").rests();
        assert!(!cursor(&console).0);
        console.send("s").shows("Enter 确认").rests();
        let below = place(&console, "理由（必填").0 + 1;
        assert_eq!(cursor(&console), (true, below, 2));
        console.send("受潮，").rests();
        assert_eq!(cursor(&console), (true, below, 2 + 6));
        console.send("\x1b").hides("Enter 确认").rests();
        assert!(!cursor(&console).0);
        console.send(":").shows("命令  输入").rests();
        assert!(cursor(&console).0);
    }
}

#[test]
fn a_late_answer_of_the_terminal_is_never_a_key() {
    let demo = Demo::new();
    let (mut console, _) = wood_ears(&demo, &[], (100, 30));
    let text = console.text();
    let raw = String::from_utf8_lossy(&console.raw(0)).into_owned();
    assert!(raw.contains("\x1b[6n") && raw.contains("\x1b[?2026$p"), "it asked");
    console.send("\x1b[2;2R\x1b[?2026;2$y").rests();
    assert_eq!(console.text(), text);
    let from = console.written();
    console.send("j").rests();
    let frame = String::from_utf8_lossy(&console.raw(from)).into_owned();
    assert!(frame.starts_with("\x1b[?2026h") && frame.ends_with("\x1b[?2026l"), "frames are bracketed now: {frame:?}");
}

#[test]
fn a_filter_that_is_not_understood_says_so() {
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (100, 30));
    console.send("/").rests();
    console.send("colour:red").shows("colour").rests();
    console.send("\r").rests();
    assert!(console.selected().is_empty(), "no rows of another filter\n{}", console.text());
    assert!(console.lines()[3..].iter().any(|l| l.contains("colour")), "{}", console.text());
    console.send("\x1b").shows("SX610111-").rests();
    assert!(!console.selected().is_empty());
}
