//! Ways through the views: every number opens its rows, link rows open what they stand for, Esc leads back.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::base::text;
use gongfu::console::Settings;
use gongfu::console::format::Format;
use gongfu::console::input::Event;
use gongfu::console::keys::Chord;
use gongfu::console::message::{Effect, Message};
use gongfu::console::theme::{Depth, Theme};
use gongfu::console::views::board::figures;
use gongfu::console::views::{Context, Go};
use gongfu::demo;
use gongfu::store::filter::{Filter, Lexicon};
use gongfu::store::page::{self, Anchor, ListQuery};
use gongfu::store::{board, reads};
use ratatui::layout::Rect;

/// Presses `down` until the line under the cursor has `words`.
fn reach(desk: &mut Desk, words: &str) -> String {
    for _ in 0..300 {
        let screen = desk.screen(120, 40);
        let here = screen.lines().find(|l| l.starts_with('>')).unwrap_or_default();
        if here.contains(words) {
            return here.to_owned();
        }
        desk.press("down");
    }
    panic!("{words} is not reached\n{}", desk.screen(120, 40));
}

#[test]
fn every_number_of_the_board_is_the_count_of_the_list_behind_it() {
    let desk = Desk::new(Lang::Zh, false);
    let read = board::read(&desk.db, demo::NOW).expect("a board");
    let theme = Theme::shipped("dark", Depth::Ansi256).expect("a theme");
    let names = reads::division_names(&desk.db, Lang::Zh).expect("names");
    let format = Format { locale: &desk.locale, divisions: &names, now: demo::NOW };
    let cx = Context { format, theme: &theme, area: Rect::new(0, 2, 120, 37), braille: true, read_only: false };
    let mut seen = 0;
    for (count, go) in figures(&read, &cx) {
        let Go::List { kind, typed, within } = go else { panic!("{count} leads to {go:?}, which has no count") };
        // Left to who owes what for how long.
        if typed.contains("逾期") {
            continue;
        }
        let lexicon = Lexicon { locale: &desk.locale, divisions: &desk.divisions, year: 2020 };
        let filter = Filter::parse(&typed, kind.spec(), &lexicon).unwrap_or_else(|e| panic!("{typed}: {e:?}"));
        let query = ListQuery { kind, filter, scope: within, sort: Vec::new(), anchor: Anchor::Start, rows: 1 };
        let total = page::read(&desk.db, &query, None).expect("a page").total;
        assert_eq!(total, count, "{kind:?} {typed}");
        seen += 1;
    }
    assert!(seen > 20, "{seen} numbers");
}

#[test]
fn the_board_is_walked_by_lines_and_along_them_down_to_the_audit() {
    let mut desk = Desk::new(Lang::Zh, false);
    reach(&mut desk, "> 逾期 51 天");
    desk.press("right enter");
    let accepted = desk.screen(120, 40);
    assert!(accepted.contains("状态:已接收") && accepted.contains("55 条"), "{accepted}");
    // The filter came with the number: one Esc leads back, and the cursor is where it was.
    desk.press("esc enter");
    assert!(desk.screen(120, 40).contains("55 条"));
    desk.press("esc G");
    let last = desk.screen(120, 40).lines().find(|l| l.contains("> 8-20 ")).expect("a line of 动态").to_owned();
    desk.press("enter");
    let opened = desk.screen(120, 40);
    let person = last.split("> 8-20 ").nth(1).and_then(|l| l.split_whitespace().nth(1)).expect("a person");
    assert!(opened.contains("审计记录") && opened.contains(person), "{last}\n{opened}");
    desk.press("esc 0 G enter");
    let record = desk.screen(120, 40);
    assert!(record.contains("审计 1") && record.contains("种子 7，规模 1") && record.contains("指纹"), "{record}");
}

#[test]
fn link_rows_open_what_they_stand_for_from_where_one_stands() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 enter");
    let product = desk.screen(120, 40);
    let heading = product.lines().position(|l| l.contains("所在专柜")).expect("a section");
    let columns = product.lines().nth(heading + 1).expect("headings");
    assert!(columns.contains("专柜编号") && columns.contains("县区") && !columns.contains("产品"), "{product}");
    let row = reach(&mut desk, "ZG61");
    let code = row.split_whitespace().nth(1).expect("a code").to_owned();
    desk.press("enter");
    let counter = desk.screen(120, 40);
    assert!(counter.contains(&format!("专柜  {code}")) && counter.contains("在柜产品"), "{counter}");
    let row = reach(&mut desk, "SX61");
    let product = row.split_whitespace().find(|w| w.starts_with("SX61")).expect("a code").to_owned();
    desk.press("enter");
    let shown = desk.screen(120, 40);
    assert!(shown.contains(&format!("目录产品  {product}")), "{shown}");
    desk.press("7 enter");
    let row = reach(&mut desk, "SX61");
    let item = row.split_whitespace().find(|w| w.starts_with("SX61")).expect("a code").to_owned();
    desk.press("enter");
    assert!(desk.screen(120, 40).contains(&format!("目录产品  {item}")));
}

#[test]
fn steps_and_papers_are_told_in_words_times_and_units() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("4 / \"state:已办结\" enter enter");
    let incident = desk.screen(120, 40);
    assert!(incident.contains("办理步骤") && !incident.contains("report "), "{incident}");
    reach(&mut desk, "证据");
    desk.press("down enter");
    let paper = desk.screen(120, 40);
    assert!(paper.contains("证据  ") && paper.contains(" B"), "{paper}");
    assert!(paper.contains("QI-"), "it leads back to its incident: {paper}");
}

#[test]
fn only_a_filter_somebody_typed_is_cleared_first() {
    let mut desk = Desk::new(Lang::Zh, false);
    reach(&mut desk, "礼包待替换");
    desk.press("enter / space \"端午\" enter esc");
    let given = desk.screen(120, 40);
    assert!(given.contains("状态:待替换") && !given.contains("端午 "), "what was typed goes first: {given}");
    desk.press("esc");
    assert!(desk.screen(120, 40).contains("现在要办"));
}

#[test]
fn the_map_walks_to_neighbours_only_and_on_to_the_partner_cities() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("3 tab");
    let map = desk.screen(80, 24);
    assert!(map.contains("江苏对口城市专柜") && map.contains("方向键 选城市") && !map.contains("编号^"), "{map}");
    desk.press("down");
    desk.screen(80, 24);
    for _ in 0..20 {
        desk.press("up");
        desk.screen(80, 24);
    }
    let north = desk.screen(80, 24);
    assert!(north.contains("县区:榆林市"), "the edge holds: {north}");
    for _ in 0..12 {
        desk.press("down");
        desk.screen(80, 24);
    }
    let partner = desk.screen(80, 24);
    assert!(partner.contains("县区:南京市") && partner.contains("@南京市"), "{partner}");
    desk.press("right");
    assert!(desk.screen(80, 24).contains("@无锡市"));
    desk.press("up enter enter");
    let list = desk.screen(80, 24);
    assert!(list.contains("编号") && list.contains("其中休眠") == list.contains("全省"), "{list}");
    desk.press("esc / \"休眠:是\" enter");
    let asleep = board::read(&desk.db, demo::NOW).expect("a board").asleep;
    let screen = desk.screen(80, 24);
    assert!(
        screen.contains(&format!("{asleep} 条")) && screen.contains(&format!(" （其中休眠 {asleep}）")),
        "{screen}"
    );
}

#[test]
fn searches_find_codes_commands_and_months() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("4 / \"0109\" enter");
    assert!(desk.screen(120, 40).contains("QI-2020-0109"));
    desk.press("2 s \"抽检\" enter 0 / \"暂停\" enter");
    let found = desk.screen(120, 40);
    assert!(found.contains(" 1 条") && found.contains("暂停产品"), "{found}");
    for typed in ["zt", "ztcp", "zanting"] {
        desk.press(&format!("esc / \"{typed}\" enter"));
        let found = desk.screen(120, 40);
        assert!(found.contains(" 1 条") && found.contains("暂停产品"), "{typed}: {found}");
    }
    desk.press("esc / \"灞桥樱桃\" enter");
    assert!(desk.screen(120, 40).contains(" 1 条"), "{}", desk.screen(120, 40));
    let count = |desk: &mut Desk, typed: &str| {
        desk.press(&format!("6 / \"{typed}\" enter"));
        let screen = desk.screen(120, 40);
        desk.press("esc");
        screen
            .lines()
            .nth(1)
            .and_then(|l| l.split(" 条").next()?.split_whitespace().last())
            .expect("a count")
            .to_owned()
    };
    assert_eq!(count(&mut desk, "日期:8-20"), count(&mut desk, "日期:2020-08-20"));
    assert_eq!(count(&mut desk, "日期:2020-07"), count(&mut desk, "日期:2020-07-01..2020-07-31"));
    desk.press("6 / \"金额:多\" enter");
    assert!(desk.screen(120, 40).contains("数字，如"), "{}", desk.screen(120, 40));
}

#[test]
fn small_windows_say_who_and_a_tiny_one_says_what_it_needs() {
    let mut desk = Desk::new(Lang::Zh, false);
    for (width, height) in [(60, 15), (80, 24), (120, 40)] {
        let screen = desk.screen(width, height);
        assert!(screen.contains("李静") && screen.contains("0审计") && screen.contains("1总览"), "{screen}");
    }
    assert_eq!(desk.screen(59, 15).trim(), "窗口太小：现为 59 列 15 行，至少要 60 列 15 行");
    let mut english = Desk::new(Lang::En, false);
    let screen = english.screen(80, 24);
    assert!(screen.contains("7Packs 8Pairs 0Audit"), "{screen}");
}

#[test]
fn esc_and_a_key_in_one_packet_are_two_keys() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 enter alt-j");
    let list = desk.screen(120, 40);
    let lines = list.lines().collect::<Vec<_>>();
    assert!(lines[4].starts_with('>'), "back, and one down: {list}");
    desk.press("o");
    assert!(desk.screen(120, 40).contains("排序"), "{}", desk.screen(120, 40));
    desk.press("alt-g");
    assert!(desk.screen(120, 40).lines().nth(3).is_some_and(|l| l.starts_with('>')), "{}", desk.screen(120, 40));
    // Where text is typed Alt-Backspace takes a word.
    desk.press("/ z s alt-backspace");
    assert!(!desk.screen(120, 40).contains("zs"));
}

#[test]
fn the_chooser_takes_the_keys_of_lists_as_they_are_set() {
    let mut desk = Desk::new(Lang::Zh, false);
    let at = |desk: &mut Desk| {
        let screen = desk.screen(120, 40);
        screen.lines().position(|l| l.contains("> [")).unwrap_or_else(|| panic!("no chooser\n{screen}"))
    };
    desk.press("2 c");
    let top = at(&mut desk);
    (0..2).for_each(|_| desk.send(Event::Key(Chord::char('ｊ'))));
    assert_eq!(at(&mut desk), top + 2);
    desk.press("esc");
    let keys = std::collections::BTreeMap::from([("move.down".to_owned(), vec!["x".parse().expect("a key")])]);
    let settings = Settings { depth: Depth::Ansi256, keys, ..Settings::default() };
    desk.app.update(Message::Settings(Ok(Box::new(settings))));
    desk.press("c x");
    assert_eq!(at(&mut desk), top + 1);
    desk.press("j");
    assert_eq!(at(&mut desk), top + 1, "it is another key now");
}

#[test]
fn a_terminal_that_gives_two_cells_to_quotes_gets_a_map_without_braille() {
    let mut desk = Desk::new(Lang::Zh, false);
    let has_braille = |desk: &mut Desk| desk.screen(120, 40).chars().any(|c| ('\u{2801}'..='\u{28FF}').contains(&c));
    desk.press("3");
    assert_eq!(desk.app.measured(1), []);
    assert!(has_braille(&mut desk));
    // Who said in the settings that it is narrow is believed.
    let narrow = Settings { ask_width: false, ..Settings::default() };
    desk.app.update(Message::Settings(Ok(Box::new(narrow))));
    assert_eq!(desk.app.measured(2), []);
    assert!(has_braille(&mut desk));
    desk.app.update(Message::Settings(Ok(Box::default())));
    assert_eq!(desk.app.measured(2), [Effect::Repaint]);
    assert!(!has_braille(&mut desk), "{}", desk.screen(120, 40));
}

#[test]
fn the_footer_stands_still_while_the_cursor_steps_over_records_in_every_state() {
    let mut desk = Desk::new(Lang::Zh, false);
    for (tab, word) in [("2", "暂停"), ("4", "分级")] {
        desk.press(tab);
        // Where each key stands, whatever it does to the record under the cursor.
        let place = |desk: &mut Desk, key: &str| {
            let screen = desk.screen(80, 24);
            let footer = screen.lines().last().expect("a footer").to_owned();
            text::width(footer.split(key).next().unwrap_or_default())
        };
        assert!(desk.screen(80, 24).lines().last().expect("a footer").contains(word));
        let stood = place(&mut desk, "o 排序");
        for _ in 0..40 {
            desk.press("down");
            assert_eq!(place(&mut desk, "o 排序"), stood, "{}", desk.screen(80, 24));
        }
    }
}
