//! Lists with nothing in them: which part of the filter excludes most, and what can be typed instead.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::input::Event;

/// Types a filter that may have blanks in it.
fn filter(desk: &mut Desk, typed: &str) {
    desk.press("/");
    desk.send(Event::Text(typed.to_owned()));
    desk.press("enter");
}

#[test]
fn an_empty_list_names_the_term_that_excludes_most() {
    let mut desk = Desk::new(Lang::Zh, true);
    desk.press("2");
    filter(&mut desk, "county:柞水县 state:在录");
    let of_county = desk.opened.borrow().last().cloned().expect("a list");
    assert!(of_county.1 > 0);
    filter(&mut desk, " 没有这个产品");
    let screen = desk.screen(80, 24);
    let words = format!("去掉 没有这个产品 就有 {} 条", of_county.1);
    assert!(screen.contains("没有符合") && screen.contains(&words), "{words}\n{screen}");
    // Another filter has another answer, and one term alone is not weighed.
    desk.press("esc");
    filter(&mut desk, "没有这个产品");
    let alone = desk.screen(80, 24);
    assert!(alone.contains("没有符合") && !alone.contains("去掉"), "{alone}");
}

#[test]
fn an_empty_part_of_a_record_counts_its_own_rows_only() {
    let mut desk = Desk::new(Lang::Zh, true);
    desk.press("1 right");
    for _ in 0..40 {
        desk.press("down");
        if desk.screen(120, 40).lines().any(|l| l.contains("> 逾期 51 天")) {
            break;
        }
    }
    desk.press("right enter");
    filter(&mut desk, " 没有这个单位");
    let screen = desk.screen(120, 40);
    assert!(screen.contains("去掉 没有这个单位 就有 55 条"), "{screen}");
}
