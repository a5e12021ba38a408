//! Every frame is fed to a terminal emulator and compared with what ratatui was asked to draw.

use super::grid::VISIBLE_ON_BLANK;
use super::*;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// A sink that remembers each write.
#[derive(Default)]
struct Wire {
    writes: Vec<Vec<u8>>,
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A screen, the emulator behind it and the frame both should show.
struct Bench {
    screen: Screen<Wire>,
    emulator: vt100::Parser,
    wanted: Buffer,
}

const PLAIN: ScreenOptions = ScreenOptions { sync: SyncMode::Off, may_ask: false, scrolling: false };
const SCROLLING: ScreenOptions = ScreenOptions { scrolling: true, ..PLAIN };

impl Bench {
    fn new(width: u16, height: u16, options: ScreenOptions) -> Self {
        let screen = Screen::new(Wire::default(), Size::new(width, height), options);
        let wanted = Buffer::empty(ratatui::layout::Rect::new(0, 0, width, height));
        Self { screen, emulator: vt100::Parser::new(height, width, 0), wanted }
    }

    /// Draws, checks that there was at most one write and that the emulator shows the frame.
    fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Vec<u8> {
        self.screen.out_mut().writes.clear();
        let mut wanted = Buffer::default();
        let count = self
            .screen
            .draw(|frame| {
                view(frame);
                wanted = frame.buffer_mut().clone();
            })
            .unwrap();
        self.wanted = wanted;
        let writes = std::mem::take(&mut self.screen.out_mut().writes);
        assert_eq!(writes.len(), usize::from(count > 0), "one write a frame");
        let bytes = writes.concat();
        assert!(std::str::from_utf8(&bytes).is_ok());
        self.emulator.process(&bytes);
        self.compare();
        bytes
    }

    fn lines(&mut self, lines: &[&str]) -> Vec<u8> {
        self.draw(|frame| write_lines(frame, lines))
    }

    fn compare(&self) {
        let area = self.wanted.area;
        for y in 0..area.height {
            let mut x = 0;
            while x < area.width {
                x += self.compare_cell(x, y);
            }
        }
    }

    fn compare_cell(&self, x: u16, y: u16) -> u16 {
        let wanted = &self.wanted[(x, y)];
        let class = class::classify(wanted.symbol()).filter(|c| x + c.width <= self.wanted.area.width);
        let symbol = if class.is_some() { wanted.symbol() } else { " " };
        let shown = self.emulator.screen().cell(y, x).unwrap();
        let text = if shown.has_contents() { shown.contents() } else { " " };
        assert_eq!(text, symbol, "text at {x},{y}");
        assert_eq!(shown.bgcolor(), expected_colour(wanted.bg), "background at {x},{y}");
        let ink = symbol != " " || wanted.modifier.intersects(VISIBLE_ON_BLANK);
        assert_eq!(shown.underline(), wanted.modifier.contains(Modifier::UNDERLINED), "underline at {x},{y}");
        assert_eq!(shown.inverse(), wanted.modifier.contains(Modifier::REVERSED), "reversed at {x},{y}");
        if ink {
            assert_eq!(shown.fgcolor(), expected_colour(wanted.fg), "colour at {x},{y}");
            assert_eq!(shown.bold(), wanted.modifier.contains(Modifier::BOLD), "bold at {x},{y}");
        }
        class.map_or(1, |c| c.width)
    }
}

fn expected_colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(n) => vt100::Color::Idx(n),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

fn write_lines(frame: &mut Frame<'_>, lines: &[&str]) {
    let height = frame.area().height;
    for (y, line) in (0..height).zip(lines) {
        frame.buffer_mut().set_string(0, y, line, Style::new());
    }
}

fn record(n: usize, marked: bool) -> String {
    const GOODS: [&str; 7] = ["柞水木耳", "富平柿饼", "紫阳富硒茶", "洛川苹果", "米脂小米", "宁强雀舌茶", "镇坪腊肉"];
    const MAKERS: [&str; 5] =
        ["野森林生态农业公司", "秦岭山货合作社", "陕北红枣专业合作社", "天一园食品", "汉水源茶业"];
    let sign = if marked { '>' } else { ' ' };
    let (goods, maker) = (GOODS[n % 7], MAKERS[n * 3 % 5]);
    let code = n * 7919 % 1_000_000;
    format!(
        "{sign} SX{code:06}-{n:04}  {goods}{}克   {maker}    {:>8}.00  {:>6}  有  在录",
        n % 9 * 50,
        n * 7 % 311,
        n * 137 % 9000
    )
}

fn list(bench: &mut Bench, first: usize, cursor: usize) -> Vec<u8> {
    bench.draw(|frame| {
        let height = frame.area().height;
        let buffer = frame.buffer_mut();
        buffer.set_string(0, 0, " 工扶  省总办公室 李静    1总览 2目录 3专柜", Style::new().bold());
        for y in 1..height - 1 {
            let n = first + usize::from(y) - 1;
            buffer.set_string(0, y, record(n, n == cursor), Style::new());
        }
        buffer.set_string(0, height - 1, "/ 查找   : 命令   ? 帮助   q 退出", Style::new());
    })
}

#[test]
fn an_unchanged_frame_writes_nothing() {
    for options in [PLAIN, SCROLLING, ScreenOptions { sync: SyncMode::On, ..SCROLLING }] {
        let mut bench = Bench::new(120, 40, options);
        assert!(!list(&mut bench, 0, 3).is_empty());
        assert_eq!(list(&mut bench, 0, 3), b"");
        let with_caret = |frame: &mut Frame<'_>| {
            write_lines(frame, &["查找 柞水"]);
            frame.set_cursor_position((9, 0));
        };
        let mut bench = Bench::new(80, 24, options);
        bench.draw(with_caret);
        assert_eq!(bench.draw(with_caret), b"");
        assert_eq!(bench.emulator.screen().cursor_position(), (0, 9));
    }
}

#[test]
fn a_small_change_costs_few_bytes() {
    let cases: [(&[&str], &[&str], usize); 6] = [
        (&["数据 1 分钟前"], &["数据 2 分钟前"], 8),
        (&["", "", "状态 在录"], &["", "", "状态 暂停"], 20),
        (&["abc"], &[""], 8),
        (&["一长行文字一长行文字"], &["一"], 12),
        (&["aXbYcZd"], &["aPbQcRd"], 14),
        (&["", "", "", "说“好”的"], &["", "", "", "说“坏”的"], 24),
    ];
    for (before, after, most) in cases {
        let mut bench = Bench::new(80, 24, PLAIN);
        bench.lines(before);
        let bytes = bench.lines(after);
        assert!(
            bytes.len() <= most,
            "{before:?} -> {after:?}: {} bytes {:?}",
            bytes.len(),
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn a_one_cell_change_costs_at_most_twenty_bytes_anywhere() {
    let mut bench = Bench::new(200, 60, PLAIN);
    list(&mut bench, 0, 3);
    for (x, y) in [(0, 0), (199, 59), (199, 0), (0, 59), (100, 30)] {
        let bytes = bench.draw(|frame| {
            let wanted = frame.buffer_mut();
            for row in 1..59 {
                wanted.set_string(0, row, record(usize::from(row) - 1, row == 4), Style::new());
            }
            wanted.set_string(0, 0, " 工扶  省总办公室 李静    1总览 2目录 3专柜", Style::new().bold());
            wanted.set_string(0, 59, "/ 查找   : 命令   ? 帮助   q 退出", Style::new());
            wanted.set_string(x, y, "x", Style::new());
        });
        // The cell written now, and the one of the last round that goes back.
        assert!(bytes.len() <= 40, "{x},{y}: {} bytes", bytes.len());
    }
}

#[test]
fn byte_budgets_at_120x40() {
    let mut bench = Bench::new(120, 40, ScreenOptions { sync: SyncMode::On, ..SCROLLING });
    let first = list(&mut bench, 0, 37).len();
    let step = list(&mut bench, 0, 36).len();
    let scroll = list(&mut bench, 1, 37).len();
    let back = list(&mut bench, 0, 1).len();
    let page = list(&mut bench, 100, 100).len();
    assert!(
        first <= 9_000 && step <= 60 && scroll <= 260 && back <= 300 && page <= 5_000,
        "{first} {step} {scroll} {back} {page}"
    );
}

#[test]
fn synchronised_updates_follow_the_setting_and_the_reply() {
    let on = ScreenOptions { sync: SyncMode::On, ..PLAIN };
    let mut bench = Bench::new(20, 3, on);
    let bytes = bench.lines(&["好"]);
    assert!(bytes.starts_with(sync::BEGIN) && bytes.ends_with(sync::END));

    let mut bench = Bench::new(20, 3, ScreenOptions { sync: SyncMode::Auto, may_ask: true, scrolling: false });
    let first = bench.lines(&["好"]);
    let query = String::from_utf8_lossy(&first).find("\x1b[?2026$p");
    let erase = String::from_utf8_lossy(&first).find("\x1b[2J");
    assert!(query.is_some() && query < erase, "asked before the erase");
    assert!(!bench.lines(&["不"]).starts_with(sync::BEGIN), "no reply yet");
    assert_eq!(bench.screen.on_reply(Reply::Mode(2026, 2)), Some(Finding::Sync(true)));
    assert!(bench.lines(&["再"]).starts_with(sync::BEGIN));
    assert_eq!(bench.lines(&["再"]), b"");
    assert_eq!(bench.screen.on_reply(Reply::Cursor { row: 2, col: 3 }), Some(Finding::AmbiguousWidth(2)));
    assert_eq!(bench.screen.on_reply(Reply::Cursor { row: 2, col: 3 }), None, "asked once");
    bench.screen.repaint();
    assert!(!String::from_utf8_lossy(&bench.lines(&["再"])).contains("$p"));
}

#[test]
fn the_cursor_is_shown_parked_or_left_alone() {
    let mut bench = Bench::new(20, 5, PLAIN);
    bench.lines(&["查找"]);
    assert!(bench.emulator.screen().hide_cursor());
    bench.draw(|frame| {
        write_lines(frame, &["查找"]);
        frame.set_cursor_position((4, 0));
    });
    assert!(!bench.emulator.screen().hide_cursor());
    bench.draw(|frame| {
        write_lines(frame, &["查找", "", "别处变了"]);
        frame.set_cursor_position((4, 0));
    });
    assert_eq!(bench.emulator.screen().cursor_position(), (0, 4));
    bench.screen.park(Some(Position::new(0, 2)));
    bench.lines(&["查找", "", "别处变了"]);
    assert!(bench.emulator.screen().hide_cursor());
    assert_eq!(bench.emulator.screen().cursor_position(), (2, 0));
}

#[test]
fn wide_and_narrow_glyphs_replace_each_other_cleanly() {
    let mut bench = Bench::new(6, 1, PLAIN);
    for line in
        ["中国", "a国", "中国", "a中b", "中a中", " 中中", "中中中", "abcdef", "中bc中", "", "“中”", "中“”", "ab中"]
    {
        bench.lines(&[line]);
    }
}

#[test]
fn scrolled_rows_are_moved_not_written() {
    for by in [1_usize, 2, 5] {
        let mut bench = Bench::new(120, 40, SCROLLING);
        list(&mut bench, 50, 50);
        let down = list(&mut bench, 50 + by, 50 + by);
        let up = list(&mut bench, 50, 50);
        assert!(down.len() < 260 * by && up.len() < 260 * by, "{by} rows: {} {}", down.len(), up.len());
    }
}

#[test]
fn a_new_size_and_a_repaint_start_from_nothing() {
    let mut bench = Bench::new(30, 6, SCROLLING);
    bench.lines(&["柞水木耳", "富平柿饼"]);
    for (width, height) in [(20, 3), (60, 20), (1, 1), (7, 2)] {
        bench.screen.resize(Size::new(width, height));
        // A fresh one: the emulator's own cutting of wide glyphs is not what is tested.
        bench.emulator = vt100::Parser::new(height, width, 0);
        if width > 1 {
            bench.emulator.process("rub\x1b[31;44m\x1b[3;4Hx".as_bytes());
        }
        bench.lines(&["柞水木耳", "富平柿饼"]);
    }
    bench.emulator.process("\x1b[7m乱写一气".as_bytes());
    bench.screen.repaint();
    bench.lines(&["柞水木耳", "富平柿饼"]);
}

#[test]
fn after_a_failed_write_everything_is_written_again() {
    struct Broken(bool, Vec<u8>);
    impl Write for Broken {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut screen = Screen::new(Broken(true, Vec::new()), Size::new(20, 2), PLAIN);
    assert!(screen.draw(|frame| write_lines(frame, &["好"])).is_err());
    assert_eq!(screen.bytes_written(), 0);
    screen.out_mut().0 = false;
    screen.draw(|frame| write_lines(frame, &["好"])).unwrap();
    assert!(String::from_utf8_lossy(&screen.out_mut().1).contains("\x1b[2J"));
}

/// What the emulator cannot show, because it is only one of many: bytes for terminals that disagree.
#[test]
fn nothing_is_assumed_where_terminals_disagree() {
    let sent = |before: &str, after: &str| {
        let mut bench = Bench::new(20, 3, PLAIN);
        bench.lines(&[before]);
        String::from_utf8(bench.lines(&[after])).unwrap()
    };
    assert_eq!(
        sent("abcd", "a“cd"),
        "\x08\x08\x08“\x1b[3Gc",
        "the cell behind is written again, from an absolute column"
    );
    assert_eq!(sent("abcd", "中cd"), "\r中");
    assert_eq!(sent("", "é中"), "\x1b[Hé\x1b[2G中");
    assert_eq!(sent("abcdef", "a☕def"), "\x1b[2G  \x1b[2G☕\x1b[4Gd", "both cells are cleared first");
    let full = "abcdefghijklmnopqrst";
    let mut bench = Bench::new(20, 3, PLAIN);
    bench.lines(&[full, full]);
    let bytes = bench.lines(&["abcdefghijklmnopqrsX", "abcdefghijklmnopqrYt"]);
    assert_eq!(String::from_utf8_lossy(&bytes), "\x1b[1;20HX\n\x1b[19GY", "the column after the last one is nowhere");
}

/// One thing drawn into a frame.
#[derive(Debug, Clone)]
struct Stroke(u16, u16, String, Style);

fn style() -> impl Strategy<Value = Style> {
    let colour = || {
        prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::LightBlue),
            Just(Color::Indexed(99)),
            Just(Color::Rgb(1, 22, 133))
        ]
    };
    let modifier = prop_oneof![
        4 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::UNDERLINED | Modifier::BOLD),
        1 => Just(Modifier::REVERSED),
    ];
    (colour(), prop_oneof![3 => Just(Color::Reset), 1 => colour()], modifier)
        .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 ,.]{1,12}",
        4 => "[柞水木耳县总工会（）：，。 ]{1,9}",
        1 => "[“”…①·é]{1,3}",
        2 => " {1,30}",
        1 => Just("あア한ﾊ".to_owned()),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|parts| parts.concat())
}

/// Strokes, cursor, and how far the last frame moved.
type Step = (Vec<Stroke>, Option<(u16, u16)>, i8);

fn frames() -> impl Strategy<Value = (u16, u16, Vec<Step>)> {
    let size = prop_oneof![3 => (1_u16..40, 1_u16..12), 1 => Just((1_u16, 1_u16)), 1 => Just((200_u16, 60_u16))];
    size.prop_flat_map(|(width, height)| {
        let stroke = (0..width, 0..height, text(), style()).prop_map(|(x, y, t, s)| Stroke(x, y, t, s));
        let strokes = proptest::collection::vec(stroke, 0..14);
        let caret = proptest::option::of((0..width, 0..height));
        let frame = (strokes, caret, -3_i8..4);
        (Just(width), Just(height), proptest::collection::vec(frame, 1..6))
    })
}

/// Keeps the rows of the last frame, moved, under the new strokes: what lists do.
fn draw_over(buffer: &mut Buffer, last: &Buffer, moved: i8, strokes: &[Stroke]) {
    let area = buffer.area;
    for y in 0..area.height {
        let from = i32::from(y) + i32::from(moved);
        if from < 0 || from >= i32::from(area.height) || last.area != area {
            continue;
        }
        for x in 0..area.width {
            buffer[(x, y)] = last[(x, from as u16)].clone();
        }
    }
    for Stroke(x, y, text, style) in strokes {
        buffer.set_string(*x, *y, text, *style);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_frames_look_the_same_in_a_terminal((width, height, frames) in frames(), scrolling in any::<bool>()) {
        let mut bench = Bench::new(width, height, if scrolling { SCROLLING } else { PLAIN });
        for (strokes, caret, moved) in frames {
            let last = bench.wanted.clone();
            bench.draw(|frame| {
                draw_over(frame.buffer_mut(), &last, moved, &strokes);
                if let Some(at) = caret {
                    frame.set_cursor_position(at);
                }
            });
            let screen = bench.emulator.screen();
            prop_assert_eq!(screen.hide_cursor(), caret.is_none());
            if let Some((x, y)) = caret {
                prop_assert_eq!(screen.cursor_position(), (y, x));
            }
        }
    }
}
