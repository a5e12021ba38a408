//! Changes: what a question names, what it leaves alone, and what it keeps when somebody else was faster.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::action::Action;
use gongfu::console::input::Event;
use gongfu::console::keys::Chord;
use gongfu::console::message::Message;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::refusal::Refusal;
use gongfu::domain::rows::Kind;
use gongfu::setup;
use gongfu::store::{StoreError, detail};
use std::time::Duration;

impl Desk {
    /// Somebody else suspends or resumes a product.
    pub(super) fn other(&self, code: &str, verb: Verb) {
        let id = detail::find_code(&self.db, Kind::CatalogEntry, code).expect("a search").expect("a product");
        let command = Command::Move { kind: Kind::CatalogEntry, id, verb, reason: "别人的理由".into() };
        let actor = setup::office(uuid::Uuid::from_u128(1));
        self.store.submit_wait(&actor, vec![command]).expect("it is done");
    }

    /// Code of the record under the cursor.
    pub(super) fn code(&mut self) -> String {
        let screen = self.screen(120, 40);
        let row = screen.lines().find(|l| l.starts_with('>')).expect("a cursor").to_owned();
        row.split_whitespace().find(|w| w.starts_with("SX61")).expect("a code").to_owned()
    }
}

#[test]
fn a_refusal_names_the_place_and_not_its_number_alone() {
    for (lang, words) in [(Lang::Zh, "柞水县（611026）不在本单位辖区（安康市）内"), (Lang::En, "Zhashui")]
    {
        let mut desk = Desk::new(lang, false);
        let refusal =
            Refusal::new("not-your-area").with("area", "610900").with("county", "611026").with("who", "office");
        let result = Err(StoreError::Refused(refusal));
        desk.app.update(Message::Submitted { what: String::new(), about: Vec::new(), result });
        let screen = desk.screen(120, 40);
        assert!(screen.contains(words) && !screen.contains("610900"), "{screen}");
    }
}

#[test]
fn marked_records_that_cannot_be_changed_are_named_and_left() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 / \"state:已清退\" enter");
    let gone = desk.code();
    desk.press("space esc g space s");
    let ask = desk.screen(80, 24);
    assert!(ask.contains("标记 2 条，其中 1 条在录可暂停"), "{ask}");
    assert!(ask.contains(&format!("{gone} 已清退，不动")), "{ask}");
    assert!(ask.contains("将涉及：在售专柜"), "{ask}");
    desk.press("\"抽检\" enter");
    assert!(desk.screen(80, 24).contains("已暂停 SX"), "{}", desk.screen(80, 24));
}

#[test]
fn a_change_by_somebody_else_is_shown_and_the_reason_kept() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2");
    let code = desk.code();
    desk.press("s \"运输破损\"");
    desk.other(&code, Verb::Suspend);
    desk.other(&code, Verb::Resume);
    desk.press("enter");
    let again = desk.screen(120, 40);
    assert!(again.contains("运输破损") && again.contains("再按 Enter 确认"), "{again}");
    assert!(again.contains("暂停 -> 在录") || again.contains("在录 -> 暂停"), "{again}");
    desk.press("enter");
    assert!(desk.screen(120, 40).contains(&format!("已暂停 {code}")), "{}", desk.screen(120, 40));
    desk.press("S \"无事\"");
    desk.other(&code, Verb::Resume);
    desk.press("enter");
    let gone = desk.screen(120, 40);
    assert!(!gone.contains("Enter 确认") && gone.contains("已有变动"), "nothing is left to resume: {gone}");
}

#[test]
fn on_a_page_the_row_under_the_cursor_is_meant() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2");
    let page = desk.code();
    desk.press("enter s");
    assert!(desk.screen(120, 40).contains(&format!("暂停  {page}")), "the page's own: {}", desk.screen(120, 40));
    desk.press("esc");
    for _ in 0..60 {
        let screen = desk.screen(120, 40);
        let row = screen.lines().find(|l| l.starts_with('>')).unwrap_or_default();
        if row.contains("SX61") && row.contains("在录") {
            break;
        }
        desk.press("down");
    }
    let other = desk.code();
    assert_ne!(other, page);
    desk.press("s");
    assert!(desk.screen(120, 40).contains(&format!("暂停  {other}")), "{}", desk.screen(120, 40));
}

#[test]
fn units_are_reminded_where_they_are_shown_and_never_of_what_is_in() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("5 / \"state:已接收\" enter r");
    let refused = desk.screen(80, 24);
    assert!(refused.contains("已接收") && refused.contains("不用催报") && !refused.contains("y 确认"), "{refused}");
    assert!(!refused.contains("r 催报"), "the footer does not offer it: {refused}");
    desk.press("esc esc / \"状态:未报,草稿,退回\" enter space space r");
    let ask = desk.screen(120, 40);
    assert!(ask.contains("催报 2 份"), "{ask}");
    desk.press("y");
    assert!(desk.screen(120, 40).contains("已催报 2 家"), "{}", desk.screen(120, 40));
    desk.press("M enter r y");
    let one = desk.screen(120, 40);
    assert!(one.contains("已催报 ") && one.contains("附件") && !one.contains("annex"), "{one}");
    desk.press("5 right enter");
    let page = desk.screen(120, 40);
    assert!(page.contains("报表  ") && page.contains("附件2") && page.contains("限期"), "{page}");
}

#[test]
fn the_footer_offers_what_works_here_and_now() {
    let mut desk = Desk::new(Lang::Zh, false);
    let footer = |desk: &mut Desk| desk.screen(120, 40).lines().last().unwrap_or_default().to_owned();
    assert!(!footer(&mut desk).contains("返回"), "{}", footer(&mut desk));
    desk.press("2 / \"state:已清退\" enter");
    assert!(!footer(&mut desk).contains("暂停") && !footer(&mut desk).contains("恢复"), "{}", footer(&mut desk));
    desk.press("esc");
    assert!(footer(&mut desk).contains("s 暂停"), "{}", footer(&mut desk));
    desk.press("0");
    assert!(!footer(&mut desk).contains("详情栏"), "{}", footer(&mut desk));
}

/// The contact's line of a supplier's page.
fn phone(screen: &str) -> String {
    screen.lines().find(|l| l.contains("电话")).unwrap_or_else(|| panic!("no phone in\n{screen}")).to_owned()
}

#[test]
fn a_contact_is_shown_on_the_page_it_was_asked_on_and_masked_once_left() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.act(Action::Suppliers);
    desk.press("enter");
    let masked = phone(&desk.screen(120, 40));
    desk.press("esc j enter");
    let other = phone(&desk.screen(120, 40));
    desk.press("esc k enter");
    desk.hold = true;
    desk.press("p esc j enter");
    desk.let_go();
    assert_eq!(phone(&desk.screen(120, 40)), other, "another supplier's page shows nothing more");
    desk.press("esc k enter");
    assert_eq!(phone(&desk.screen(120, 40)), masked, "a new page is masked");
    desk.press("p");
    let shown = phone(&desk.screen(120, 40));
    assert_ne!(shown, masked);
    desk.press("2");
    desk.press("1");
    assert_eq!(phone(&desk.screen(120, 40)), masked, "who comes back asks anew");
    desk.hold = true;
    desk.press("p 2");
    desk.let_go();
    desk.press("1");
    assert_eq!(phone(&desk.screen(120, 40)), shown, "the answer finds its page behind another view");
}

#[test]
fn marks_learn_of_a_change_in_their_own_list_whatever_is_on_the_screen() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("7 space 2 / \"state:在录\" enter space space s \"抽检\" tab 2");
    desk.hold = true;
    desk.press("enter 7");
    desk.let_go();
    assert!(desk.screen(120, 40).contains("标记 1"), "another list keeps its marks: {}", desk.screen(120, 40));
    desk.press("2 S");
    let ask = desk.screen(120, 40);
    assert!(ask.contains("恢复") && ask.contains("2 种产品"), "the two are known as suspended: {ask}");
}

#[test]
fn a_question_is_answered_only_by_who_could_read_it() {
    let mut desk = Desk::new(Lang::Zh, false);
    let key = |c| Event::Key(Chord::char(c));
    desk.press("5");
    let before = desk.audit();
    desk.send_all(vec![key('r'), key('y')], Duration::from_secs(1));
    assert!(desk.screen(120, 40).contains("y 确认"), "typed ahead: {}", desk.screen(120, 40));
    desk.send_all(vec![key('y')], Duration::from_millis(250));
    assert!(desk.screen(120, 40).contains("y 确认"), "too soon: {}", desk.screen(120, 40));
    assert_eq!(desk.audit(), before);
    desk.send_all(vec![key('y')], Duration::from_millis(100));
    assert!(desk.screen(120, 40).contains("已催报"), "{}", desk.screen(120, 40));
    assert_eq!(desk.audit(), before + 1);
}
