//! From a report to a product that is gone: the forms, the page before the delisting, the undo window.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::Settings;
use gongfu::console::action::Action;
use gongfu::console::input::Event;
use gongfu::console::keys::Chord;
use gongfu::console::message::Message;
use gongfu::console::theme::Depth;
use gongfu::domain::codes::{EntryState, EvidenceKind, Grade, IncidentState};
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::record::Record;
use gongfu::domain::rows::*;
use gongfu::domain::value::Cell;
use gongfu::domain::work::Rows;
use gongfu::setup;
use gongfu::store::rows::SqlRows;
use std::time::Duration;
use uuid::Uuid;

impl Desk {
    fn undo_window(&mut self, seconds: i64) {
        let settings = Settings { undo_seconds: seconds, depth: Depth::Ansi256, ..Settings::default() };
        self.app.update(Message::Settings(Ok(Box::new(settings))));
    }

    fn rows<R: Record>(&self, column: &'static str, value: impl Cell) -> Vec<R> {
        let rows = SqlRows::new(&self.db).find(R::KIND, column, &value.to_value()).expect("rows");
        rows.into_iter().filter_map(R::from_row).collect()
    }

    /// The incident that is being verified and graded highest; the office had no part in it so far.
    fn ripe(&self) -> (Incident, CatalogEntry) {
        let all = self.rows::<Incident>("state", IncidentState::Verifying);
        let one = all.into_iter().min_by_key(|i| (i.grade, i.code.clone())).expect("an incident");
        let entry = self.rows::<CatalogEntry>("code", self.code_of(one.entry_id)).remove(0);
        (one, entry)
    }

    fn code_of(&self, id: EntryId) -> String {
        match SqlRows::new(&self.db).fetch(Kind::CatalogEntry, id.0).expect("rows") {
            Some(Row::CatalogEntry(e)) => e.code,
            other => panic!("{other:?}"),
        }
    }

    fn state(&self, entry: &CatalogEntry) -> EntryState {
        self.rows::<CatalogEntry>("code", entry.code.clone()).remove(0).state
    }

    /// Opens the list of incidents with this one under the cursor.
    fn at_incident(&mut self, code: &str) {
        self.press("4 4 /");
        self.send(Event::Text(code.to_owned()));
        self.press("enter");
    }

    fn type_words(&mut self, words: &str) {
        words.chars().for_each(|c| self.send(Event::Key(Chord::char(c))));
    }

    /// Everything the page asks for, short of the last key.
    fn fill(&mut self, code: &str) {
        self.send(Event::Text("检验报告确认".into()));
        self.press("tab");
        self.type_words(code);
        self.press("tab");
    }

    fn by(&self, name: &str, commands: Vec<Command>) -> i64 {
        let actor = gongfu::domain::actor::Actor { name: name.into(), ..setup::office(Uuid::from_u128(1)) };
        self.store.submit_wait(&actor, commands).expect("it is done").audit_no
    }
}

#[test]
fn the_board_reports_a_product_found_by_its_initials() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("d z s m e down");
    let form = desk.screen(80, 24);
    assert!(form.contains("报告质量问题") && form.contains("> SX611026-0002  柞水木耳"), "{form}");
    desk.press("tab \"二氧化硫超标\" enter 1 enter \"西安某超市\"");
    assert!(desk.screen(80, 24).contains("[一级]"), "{}", desk.screen(80, 24));
    let before = desk.audit();
    desk.press("enter");
    assert_eq!(desk.audit(), before + 1);
    let new = desk.rows::<Incident>("title", "二氧化硫超标".to_owned()).remove(0);
    assert_eq!((new.grade, new.place.as_str(), new.state), (Grade::One, "西安某超市", IncidentState::Reported));
    assert_eq!(desk.code_of(new.entry_id), "SX611026-0002");
}

#[test]
fn a_report_without_words_or_product_is_not_sent_and_a_refusal_keeps_what_was_typed() {
    let mut desk = Desk::new(Lang::Zh, false);
    let before = desk.audit();
    desk.press("2 d enter enter enter");
    assert!(desk.screen(80, 24).contains("请写是什么问题"), "{}", desk.screen(80, 24));
    desk.press("esc 1 d");
    desk.send(Event::Text("没有这种东西".into()));
    desk.press("enter \"霉变\" enter enter enter");
    assert!(desk.screen(80, 24).contains("没有相符的"), "{}", desk.screen(80, 24));
    assert_eq!(desk.audit(), before);
    desk.press("esc 2 / \"state:已清退\" enter d \"又霉变\" enter enter enter");
    let refused = desk.screen(80, 24);
    assert!(refused.contains("又霉变") && refused.contains("不在录"), "{refused}");
}

#[test]
fn the_page_counts_and_lists_what_the_delisting_then_does() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(0);
    let (incident, entry) = desk.ripe();
    desk.at_incident(&incident.code);
    desk.press("X");
    let page = desk.screen(80, 24);
    let shelves = desk.rows::<ShelfLine>("entry_id", entry.id);
    for words in [&entry.code, "不可恢复", &format!("{} 个要下架", shelves.len()), "3 处须重新发布", "[确认清退]"]
    {
        assert!(page.contains(words), "{words}\n{page}");
    }
    desk.press("pgdn");
    assert!(desk.screen(80, 24).contains("扶贫专柜"), "counters are named: {}", desk.screen(80, 24));
    let before = desk.audit();
    desk.fill(&entry.code);
    assert!(desk.screen(80, 24).contains("> [确认清退]"), "{}", desk.screen(80, 24));
    desk.press("y");
    assert!(desk.screen(120, 40).contains("已清退"), "{}", desk.screen(120, 40));
    assert_eq!((desk.audit(), desk.state(&entry)), (before + 1, EntryState::Delisted));
    assert_eq!(desk.rows::<RemovalNotice>("incident_id", incident.id).len(), shelves.len());
    desk.press("enter");
    let detail = desk.screen(80, 24);
    assert!(detail.contains("回执") && detail.contains("生产者法定时限"), "{detail}");
    desk.press("W");
    let recall = desk.screen(80, 24);
    for words in ["谁收到了", "还能停下什么", "还剩多少"] {
        assert!(recall.contains(words), "{recall}");
    }
}

#[test]
fn nothing_short_of_the_whole_ritual_delists() {
    let hasty: &[&str] = &[
        "X X",
        "X y",
        "X enter enter enter y",
        "X d d y y",
        // The code without a reason, a reason without the code, another code.
        "X tab CODE tab y",
        "X \"理由\" tab tab y",
        "X \"理由\" tab \"SX610000-0000\" tab y",
        // Enter is not the key, wherever it is pressed.
        "X \"理由\" enter CODE enter enter enter",
        "X \"理由\" tab CODE tab enter",
        "X \"理由\" tab CODE tab X",
        "X \"理由\" tab CODE tab d",
        "X \"理由\" tab CODE tab esc y",
        "X \"理由\" tab CODE tab ctrl-c y",
    ];
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(0);
    let (incident, entry) = desk.ripe();
    let before = desk.audit();
    for script in hasty {
        desk.at_incident(&incident.code);
        desk.press(&script.replace("CODE", &entry.code.chars().map(|c| c.to_string()).collect::<Vec<_>>().join(" ")));
        desk.press("esc esc esc esc");
        assert_eq!((desk.audit(), desk.state(&entry)), (before, entry.state), "{script}");
    }
}

#[test]
fn a_pasted_code_and_a_key_at_once_confirm_nothing() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(0);
    let (incident, entry) = desk.ripe();
    let before = desk.audit();
    desk.at_incident(&incident.code);
    desk.press("X \"理由\" tab");
    desk.send(Event::Paste(entry.code.clone()));
    assert!(desk.screen(80, 24).contains("不能粘贴"), "{}", desk.screen(80, 24));
    desk.press("tab y backspace");
    assert_eq!(desk.audit(), before);
    desk.type_words(&entry.code);
    desk.press("tab");
    // Sooner than anyone can have meant it.
    desk.send_all(vec![Event::Key(Chord::char('y'))], Duration::from_millis(200));
    assert!(desk.screen(80, 24).contains("再按一次 y"), "{}", desk.screen(80, 24));
    assert_eq!(desk.audit(), before);
    desk.press("y");
    assert_eq!(desk.audit(), before + 1);
}

#[test]
fn within_the_window_it_can_be_taken_back_and_afterwards_or_on_leaving_it_is_done() {
    let mut desk = Desk::new(Lang::Zh, false);
    let (incident, entry) = desk.ripe();
    let before = desk.audit();
    desk.at_incident(&incident.code);
    desk.press("X");
    desk.fill(&entry.code);
    desk.press("y");
    assert!(desk.screen(80, 24).contains("10 秒内按 u 撤销"), "{}", desk.screen(80, 24));
    assert_eq!(desk.audit(), before, "nothing is written yet");
    desk.press("u");
    assert!(desk.screen(80, 24).contains("已撤销"), "{}", desk.screen(80, 24));
    assert!(desk.app.release_held().is_empty());
    // No product is touched; that it was confirmed and taken back stands in the audit and on the timeline.
    assert_eq!((desk.audit(), desk.state(&entry)), (before + 1, entry.state));
    let steps = desk.rows::<IncidentStep>("incident_id", incident.id);
    assert_eq!(steps.last().map(|s| s.verb.as_str()), Some("call_off"));
    let before = desk.audit();
    desk.press("u");
    assert!(desk.screen(80, 24).contains("没有可撤销的清退"), "{}", desk.screen(80, 24));
    desk.press("X");
    desk.fill(&entry.code);
    desk.press("y");
    // The event loop lets go of what is kept when the time is up, and before it ends.
    let kept = desk.app.release_held();
    assert_eq!(kept.len(), 1);
    desk.carry_out(kept);
    assert_eq!((desk.audit(), desk.state(&entry)), (before + 1, EntryState::Delisted));
}

#[test]
fn the_way_to_take_it_back_stays_in_sight_until_the_next_thing_after_the_window_lets_it_go() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(1);
    let (incident, entry) = desk.ripe();
    let before = desk.audit();
    desk.at_incident(&incident.code);
    desk.press("X");
    desk.fill(&entry.code);
    desk.press("y j k");
    assert!(desk.screen(80, 24).contains("1 秒内按 u 撤销"), "{}", desk.screen(80, 24));
    assert_eq!(desk.audit(), before);
    std::thread::sleep(Duration::from_millis(1_050));
    // Too late: it goes out before the key is looked at.
    desk.press("u");
    assert!(desk.screen(120, 40).contains("已清退"), "{}", desk.screen(120, 40));
    assert_eq!((desk.audit(), desk.state(&entry)), (before + 1, EntryState::Delisted));
}

#[test]
fn stepping_aside_for_the_shell_does_first_what_was_confirmed() {
    let mut desk = Desk::new(Lang::Zh, false);
    let (incident, entry) = desk.ripe();
    desk.at_incident(&incident.code);
    desk.press("X");
    desk.fill(&entry.code);
    desk.press("y");
    desk.act(Action::Stop);
    assert_eq!(desk.state(&entry), EntryState::Delisted);
}

#[test]
fn a_record_that_changed_meanwhile_is_shown_and_asked_about_anew() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(0);
    let (incident, entry) = desk.ripe();
    desk.at_incident(&incident.code);
    desk.press("X");
    desk.fill(&entry.code);
    let id = incident.id.0;
    let reason = "第三人也看过了".to_owned();
    desk.by("秦再核", vec![Command::Move { kind: Kind::Incident, id, verb: Verb::Verify, reason }]);
    desk.press("y");
    let again = desk.screen(80, 24);
    assert!(again.contains("已有变动") && again.contains("秦再核"), "{again}");
    assert_eq!(desk.state(&entry), entry.state);
    // The reason is still there; the code is typed anew, on the record as it is now.
    desk.type_words(&entry.code);
    desk.press("tab y");
    assert_eq!(desk.state(&entry), EntryState::Delisted, "{}", desk.screen(80, 24));
}

#[test]
fn who_reported_it_sees_why_another_person_has_to_confirm() {
    let mut desk = Desk::new(Lang::Zh, false);
    let entry = desk.rows::<CatalogEntry>("code", "SX611026-0001".to_owned()).remove(0);
    desk.press("1 d z s m e enter \"二氧化硫超标\" enter enter enter");
    let incident = desk.rows::<Incident>("entry_id", entry.id).pop().expect("an incident").id.0;
    let reason = || "核查".to_owned();
    let (grade, recall_class, batches) = (Grade::One, Grade::One, String::new());
    let (kind, title, sha256) = (EvidenceKind::TestReport, "检验报告".to_owned(), "ab".repeat(32));
    desk.by(
        "王核",
        vec![
            Command::TriageIncident { incident, grade, recall_class, batches, suspend: true, reason: reason() },
            Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: reason() },
            Command::AddEvidence { incident, kind, title, sha256, bytes: 9 },
        ],
    );
    desk.press("4 4 X");
    let page = desk.screen(80, 24);
    assert!(page.contains("须由另一人确认") && page.contains("个要下架"), "{page}");
    let before = desk.audit();
    desk.fill(&entry.code);
    desk.press("y");
    assert_eq!((desk.audit(), desk.state(&entry)), (before, EntryState::Suspended));
}

#[test]
fn marked_products_of_one_supplier_go_together_by_their_number() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(0);
    let listed = desk.rows::<CatalogEntry>("state", EntryState::Listed);
    let twins: Vec<CatalogEntry> = listed
        .iter()
        .filter(|e| listed.iter().filter(|o| o.supplier_id == e.supplier_id).count() >= 2)
        .take(1)
        .flat_map(|e| listed.iter().filter(|o| o.supplier_id == e.supplier_id).take(2).cloned())
        .collect();
    let reason = || "核查".to_owned();
    for entry in &twins {
        let (title, place) = ("霉变".to_owned(), String::new());
        desk.by("甲", vec![Command::ReportIncident { entry: entry.id.0, title, place, grade: Grade::One }]);
        let incident = desk.rows::<Incident>("entry_id", entry.id).pop().expect("an incident").id.0;
        let (grade, recall_class, batches) = (Grade::One, Grade::One, String::new());
        let (kind, title, sha256) = (EvidenceKind::TestReport, "检验报告".to_owned(), "ab".repeat(32));
        desk.by(
            "乙",
            vec![
                Command::TriageIncident { incident, grade, recall_class, batches, suspend: false, reason: reason() },
                Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: reason() },
                Command::AddEvidence { incident, kind, title, sha256, bytes: 9 },
            ],
        );
    }
    desk.press("2 /");
    desk.send(Event::Text(format!("supplier:{}", twins[0].supplier_name)));
    desk.press("enter space");
    // The other one is marked by its own row, wherever it is.
    let rows = desk.screen(120, 40);
    let lines: Vec<&str> = rows.lines().filter(|l| l.contains("SX61")).collect();
    let at = |code: &str| lines.iter().position(|l| l.contains(code)).expect("its row");
    desk.press("M home");
    for code in [&twins[0].code, &twins[1].code] {
        desk.press("home");
        (0..at(code)).for_each(|_| desk.press("down"));
        desk.press("space");
    }
    desk.act(Action::Confirm);
    let page = desk.screen(120, 40);
    assert!(page.contains("2 种产品") && page.contains("输入数目"), "{page}");
    let before = desk.audit();
    desk.fill("3");
    desk.press("y");
    assert_eq!(desk.audit(), before, "3 is not how many there are");
    desk.press("backspace backspace 2 tab y");
    assert_eq!(desk.audit(), before + 2);
    assert!(twins.iter().all(|e| desk.state(e) == EntryState::Delisted));
}

#[test]
fn products_of_two_suppliers_are_not_delisted_together() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.undo_window(0);
    let before = desk.audit();
    desk.press("4 / \"state:核查中\" enter space space X");
    let page = desk.screen(120, 40);
    assert!(page.contains("不是同一供应商"), "{page}");
    desk.fill("2");
    desk.press("y");
    assert_eq!(desk.audit(), before);
}

#[test]
fn a_refused_report_can_be_made_of_another_product_and_pieces_are_a_number() {
    let mut desk = Desk::new(Lang::Zh, false);
    let before = desk.audit();
    let long = "霉".repeat(99);
    desk.press("d z s m e tab");
    desk.send(Event::Text(long));
    desk.press("enter enter");
    // Somebody delists the product before it is sent.
    let entry = desk.rows::<CatalogEntry>("code", "SX611026-0001".to_owned()).remove(0);
    let reason = "售罄".to_owned();
    desk.by("别人", vec![Command::Move { kind: Kind::CatalogEntry, id: entry.id.0, verb: Verb::Suspend, reason }]);
    desk.press("enter");
    let again = desk.screen(80, 24);
    assert!(again.contains("已有变动"), "{again}");
    desk.press("up up up ctrl-u");
    desk.send(Event::Text("SX611026-0002".into()));
    desk.press("enter enter enter enter");
    let made = desk.rows::<Incident>("place", String::new()).pop().expect("an incident");
    assert_eq!(desk.code_of(made.entry_id), "SX611026-0002", "{}", desk.screen(80, 24));
    assert!(desk.audit() > before);
    desk.press("4 4 / \"state:清退中\" enter enter");
    desk.act(Action::Notices);
    desk.press("/ \"state:未回执\" enter A 1 enter ctrl-u \"几件\" enter enter");
    assert!(desk.screen(80, 24).contains("件数要写数字"), "{}", desk.screen(80, 24));
}
