//! The console without a terminal: keys in, screens out, on a real database. Effects are carried out at once, so that a
//! script of keys always gives the same screens.

mod changes;
mod delisting;
mod empty;
mod english;
mod enrol;
mod history;
mod map;
mod packs;
mod places;
mod receipts;
mod ways;

use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::base::locale::{Lang, Locale};
use gongfu::base::text;
use gongfu::console::Settings;
use gongfu::console::action::KeyMap;
use gongfu::console::action::{ACTIONS, Action};
use gongfu::console::app::{App, Facts};
use gongfu::console::compose::Task;
use gongfu::console::input::{Event, Input};
use gongfu::console::keys::Chord;
use gongfu::console::message::{Effect, Message};
use gongfu::console::theme::Depth;
use gongfu::store::filter::{Filter, Lexicon};
use gongfu::store::page::ListQuery;
use gongfu::store::reads::{self, Answer, News, Request};
use gongfu::store::{Store, StoreError, board, detail, excluded, geo, page, preview, recall};
use gongfu::{demo, setup};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// A demo made once for this binary.
fn demo_file() -> &'static std::path::Path {
    static DIR: OnceLock<tempfile::TempDir> = OnceLock::new();
    DIR.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a directory");
        setup::demo(dir.path(), 7, 1, |_| {}).expect("a demo");
        dir
    })
    .path()
}

/// A console driven by keys.
struct Desk {
    app: App,
    store: Store,
    db: rusqlite::Connection,
    locale: Arc<Locale>,
    divisions: Vec<(String, String)>,
    serial: u64,
    left: bool,
    /// Answers of the writer wait until they are let go, as behind another process that writes.
    hold: bool,
    held: Vec<Message>,
    /// What is worked out beside the screen does not come.
    waits: bool,
    /// The pack that is to be worked out before somebody looks at the screen.
    composing: Option<(u32, u64, Task)>,
    /// Every read fails.
    broken: bool,
    /// When the next key comes: they come half a second apart.
    at: Instant,
    /// The lists read, with their filters as typed and their totals.
    opened: std::cell::RefCell<Vec<(String, i64)>>,
    /// What the hub was asked about.
    asked: Vec<(gongfu::domain::rows::Kind, uuid::Uuid)>,
    /// What the loop would have done besides.
    elsewhere: Vec<Effect>,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new(lang: Lang, read_only: bool) -> Desk {
        Desk::at(lang, read_only, Clock::Fixed(demo::NOW))
    }

    fn at(lang: Lang, read_only: bool, clock: Clock) -> Desk {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::copy(demo_file().join("gongfu.db"), dir.path().join("gongfu.db")).expect("a copy");
        let store = Store::open(dir.path(), clock, Ids::seeded(clock, 1), false).expect("a store");
        let db = store.connect().expect("a connection");
        let divisions = reads::divisions(&db).expect("divisions");
        let locale = Arc::new(Locale::new(lang));
        let facts = Facts {
            locale: Arc::clone(&locale),
            clock,
            actor: setup::office(uuid::Uuid::from_u128(1)),
            divisions: reads::division_names(&db, lang).expect("names"),
            read_only,
            demo: true,
            nowhere: false,
            begun: None,
            braille: true,
        };
        let settings = Settings { depth: Depth::Ansi256, ..Settings::default() };
        let keys = KeyMap::new(&settings.keys).expect("keys");
        let app = App::new(facts, settings, keys, Rect::new(0, 0, 80, 24)).expect("an app");
        let mut desk = Desk {
            app,
            store,
            db,
            locale,
            divisions,
            serial: 0,
            left: false,
            hold: false,
            held: Vec::new(),
            waits: false,
            composing: None,
            broken: false,
            at: Instant::now(),
            opened: Default::default(),
            asked: Vec::new(),
            elsewhere: Vec::new(),
            _dir: dir,
        };
        let effects = desk.app.start();
        desk.carry_out(effects);
        desk
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let next = match effect {
                Effect::Ask(slot, request) => {
                    self.serial += 1;
                    self.app.asked(slot, self.serial);
                    let answer = self.answer(request);
                    self.app.update(Message::News(News::Answer { slot, serial: self.serial, answer }))
                }
                Effect::Submit { commands, seen, about, what } => {
                    let seen = seen.iter().map(|s| (s.kind, s.id, s.rev)).collect();
                    let (send, receive) = std::sync::mpsc::channel();
                    let actor = setup::office(uuid::Uuid::from_u128(1));
                    self.store.submit(&actor, commands, seen, move |r| send.send(r).expect("a listener"));
                    let result = receive.recv().expect("an answer");
                    let answer = Message::Submitted { what, about, result };
                    if self.hold {
                        self.held.push(answer);
                        continue;
                    }
                    self.app.update(answer)
                }
                Effect::Copy(text) => self.app.update(Message::Copied { text, done: !self.broken }),
                Effect::Receipts { kind, id } => {
                    self.asked.push((kind, id));
                    Vec::new()
                }
                Effect::Compose { slot, serial, task } if !self.waits => {
                    self.composing = Some((slot, serial, task));
                    Vec::new()
                }
                Effect::Quit => {
                    self.left = true;
                    Vec::new()
                }
                other => {
                    self.elsewhere.push(other);
                    Vec::new()
                }
            };
            self.carry_out(next);
        }
    }

    /// The writer's answers arrive.
    fn let_go(&mut self) {
        self.hold = false;
        for answer in std::mem::take(&mut self.held) {
            let effects = self.app.update(answer);
            self.carry_out(effects);
        }
    }

    fn answer(&self, request: Request) -> Answer {
        if self.broken {
            return Answer::Failed(StoreError::Db(gongfu::sqlite::DbError::Locked("/a/b.db".into())));
        }
        match request {
            Request::Board => Answer::Board(Box::new(board::read(&self.db, demo::NOW).expect("a board"))),
            Request::Detail { kind, id } => {
                Answer::Detail(Box::new(detail::read(&self.db, kind, id).expect("a detail")))
            }
            Request::Audit(no) => Answer::Audit(Box::new(detail::record(&self.db, no).expect("a record"))),
            Request::Order(n) => Answer::Order(Box::new(detail::order(&self.db, n).expect("an order"))),
            Request::Reach(ids) => Answer::Reach(detail::reach(&self.db, &ids).expect("numbers")),
            Request::Preview { actor, incidents, entries } => {
                let preview = preview::read(&self.db, &actor, demo::NOW, &incidents, &entries);
                Answer::Preview(Box::new(preview.expect("a preview")))
            }
            Request::Recall { kind, id } => {
                Answer::Recall(Box::new(recall::read(&self.db, kind, id).expect("the answers")))
            }
            Request::Map => Answer::Map(geo::counter_map(&self.db).expect("a map")),
            Request::Excluded { query, typed } => {
                let lexicon = Lexicon { locale: &self.locale, divisions: &self.divisions, year: 2020 };
                let filter = Filter::parse(&typed, query.kind.spec(), &lexicon).expect("a filter understood before");
                let query = ListQuery { filter, ..query };
                Answer::Excluded(excluded::read(&self.db, &query, |_| Ok(None)).expect("an answer"))
            }
            Request::Matrix => Answer::Matrix(geo::matrix(&self.db).expect("a matrix")),
            Request::Shelf(pack) => {
                Answer::Shelf(Box::new(gongfu::store::packs::shelf(&self.db, pack).expect("a shelf")))
            }
            Request::Page { query, typed } => {
                let lexicon = Lexicon { locale: &self.locale, divisions: &self.divisions, year: 2020 };
                match Filter::parse(&typed, query.kind.spec(), &lexicon) {
                    Err(e) => Answer::Filter(e),
                    Ok(filter) => {
                        let query = ListQuery { filter: filter.clone(), ..query };
                        let page = page::read(&self.db, &query, None).expect("a page");
                        self.opened.borrow_mut().push((format!("{} {typed}", query.kind.code()), page.total));
                        Answer::Page { page, filter, took: std::time::Duration::ZERO }
                    }
                }
            }
        }
    }

    fn send(&mut self, event: Event) {
        self.send_all(vec![event], Duration::from_millis(500));
    }

    /// Events in one packet, some time after the last.
    fn send_all(&mut self, events: Vec<Event>, later: Duration) {
        self.at += later;
        let input = Input { at: self.at, hasty: false, events };
        let effects = self.app.update(Message::Input(input));
        self.carry_out(effects);
    }

    /// Number of the newest audit record.
    fn audit(&self) -> i64 {
        self.db.query_row("SELECT max(no) FROM audit", [], |r| r.get(0)).expect("a number")
    }

    fn act(&mut self, action: Action) {
        let effects = self.app.act(action);
        self.carry_out(effects);
    }

    /// Presses keys by name, separated by blanks; a name in quotes is typed as committed text.
    fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            match key.strip_prefix('"').and_then(|k| k.strip_suffix('"')) {
                Some(text) => self.send(Event::Text(text.to_owned())),
                None => self.send(Event::Key(key.parse::<Chord>().unwrap_or_else(|e| panic!("{key}: {e}")))),
            }
        }
    }

    fn screen(&mut self, width: u16, height: u16) -> String {
        self.settle();
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        terminal
            .draw(|frame| {
                self.app.draw(frame);
            })
            .expect("a frame");
        let buffer = terminal.backend().buffer();
        let mut out = String::new();
        for y in 0..height {
            let mut x = 0;
            let mut line = String::new();
            while x < width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                x += u16::try_from(text::width(symbol)).unwrap_or(1).max(1);
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

#[test]
fn keys_lead_from_the_board_to_a_suspended_product_and_back() {
    let mut desk = Desk::new(Lang::Zh, false);
    assert!(desk.screen(80, 24).contains("现在要办"));
    desk.press("2 / z s m e enter");
    let list = desk.screen(80, 24);
    assert!(list.contains("> ") && list.contains("柞水木耳") && list.contains("查找 zsme"), "{list}");
    desk.press("down enter");
    let detail = desk.screen(120, 40);
    assert!(detail.contains("供应商  1") && detail.contains("所在专柜"), "{detail}");
    desk.press("s enter");
    assert!(desk.screen(80, 24).contains("请先写理由"), "Enter without a reason submits nothing");
    desk.press("\"抽检不合格\" enter");
    assert!(desk.screen(120, 40).contains("暂停  抽检不合格"), "{}", desk.screen(120, 40));
    desk.press("s");
    let refused = desk.screen(120, 40);
    assert!(refused.contains("不能暂停") && refused.contains("可以办理的是"), "{refused}");
    desk.press("esc");
    let back = desk.screen(80, 24);
    assert!(back.contains("查找 zsme"), "the filter is kept: {back}");
    let row = back.lines().find(|l| l.starts_with('>')).expect("a cursor");
    assert!(row.contains("暂停"), "the cursor is still on the record: {row}");
}

#[test]
fn a_number_on_the_board_opens_as_many_rows_in_the_words_of_the_screen() {
    for lang in [Lang::Zh, Lang::En] {
        let mut desk = Desk::new(lang, true);
        let urgent = board::read(&desk.db, demo::NOW).expect("a board").urgent;
        let mut ids = Vec::new();
        for (n, line) in urgent.iter().enumerate() {
            if matches!(line.id, "incident" | "deadline") {
                continue;
            }
            desk.press("1");
            desk.press("home");
            (0..n).for_each(|_| desk.press("down"));
            desk.opened.borrow_mut().clear();
            desk.press("enter");
            let opened = desk.opened.borrow().first().cloned();
            let (typed, total) = opened.unwrap_or_else(|| panic!("{} opened nothing", line.id));
            assert!(typed.starts_with(line.list), "{typed} for {}", line.list);
            assert_eq!(total, line.count, "{} {} as {typed}", line.id, line.code);
            ids.push(line.id);
        }
        assert!(ids.contains(&"returns") && ids.contains(&"removal"), "{ids:?}");
    }
}

#[test]
fn several_marked_records_need_their_number_typed() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 / \"state:在录\" enter space space space s");
    let ask = desk.screen(80, 24);
    assert!(ask.contains("3 种产品") && ask.contains("输入数目"), "{ask}");
    desk.press("\"停\" tab 4 enter");
    assert!(desk.screen(80, 24).contains("请输入正确的数目"));
    desk.press("backspace 3 enter");
    let done = desk.screen(80, 24);
    assert!(done.contains("已暂停 3"), "{done}");
    desk.press("0");
    assert!(desk.screen(80, 24).lines().filter(|l| l.contains("完成")).count() >= 3);
}

#[test]
fn read_only_refuses_every_change_and_says_so() {
    let mut desk = Desk::new(Lang::Zh, true);
    desk.press("2 s");
    let screen = desk.screen(80, 24);
    assert!(screen.contains("[只读]") && screen.contains("不能改动"), "{screen}");
    // The store could write: what is refused is refused by the console.
    let before = desk.audit();
    for tab in ["1", "2", "2 enter", "3", "4", "5", "5 enter", "6", "7", "8", "0"] {
        for entry in ACTIONS.iter().filter(|e| !matches!(e.action, Action::Quit | Action::Stop)) {
            desk.press(tab);
            desk.act(entry.action);
            desk.press("\"理由\" enter y esc esc esc");
            assert_eq!(desk.audit(), before, "{} on {tab}", entry.id);
        }
    }
    desk.act(Action::Suppliers);
    desk.press("enter p");
    assert_eq!(desk.audit(), before);
    let mut writing = Desk::new(Lang::Zh, false);
    writing.press("2 s \"理由\" enter");
    assert_eq!(writing.audit(), before + 1, "the same keys change something where they may");
}

#[test]
fn an_answer_to_an_overtaken_request_is_dropped() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("2 / z s m e");
    let before = desk.screen(80, 24);
    // The answer of a request the app has forgotten: an empty page with an old serial number.
    let page = page::Page { rows: vec![], at_start: true, at_end: true, total: 0 };
    for slot in 0..40 {
        let answer = Answer::Page { page: page.clone(), filter: Filter::default(), took: std::time::Duration::ZERO };
        desk.app.update(Message::News(News::Answer { slot, serial: 0, answer }));
    }
    assert_eq!(desk.screen(80, 24), before);
}

/// A small generator: the same keys every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: u64) -> u64 {
        self.0 = gongfu::base::ids::mix(self.0);
        self.0 % n
    }
}

#[test]
fn no_key_in_any_view_at_any_size_breaks_the_screen() {
    const KEYS: &[&str] = &[
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "0",
        "up",
        "down",
        "pgup",
        "pgdn",
        "g",
        "G",
        "enter",
        "enter",
        "esc",
        "esc",
        "/",
        "o",
        "O",
        "c",
        "space",
        "M",
        "v",
        "t",
        ":",
        "?",
        "m",
        "tab",
        "left",
        "right",
        "s",
        "S",
        "p",
        "r",
        "y",
        "f5",
        "backspace",
        "x",
        "j",
        "k",
        "\"木耳\"",
        "\"zs\"",
        "\"county:柞水\"",
        "\"：\"",
        "ctrl-l",
        "\"👨‍👩‍👧\"",
        "\"é\"",
    ];
    for lang in [Lang::Zh, Lang::En] {
        let mut desk = Desk::new(lang, false);
        let mut dice = Dice(20);
        for step in 0..700 {
            let key = KEYS[dice.roll(KEYS.len() as u64) as usize];
            desk.press(key);
            let (width, height) = match dice.roll(4) {
                0 => (80, 24),
                1 => (120, 40),
                2 => (60, 15),
                _ => (dice.roll(200) as u16 + 1, dice.roll(60) as u16 + 1),
            };
            desk.send(Event::Resize(width, height));
            let screen = desk.screen(width, height);
            for line in screen.lines() {
                assert!(text::width(line) <= usize::from(width), "{step} {key} {width}x{height}: {line}");
                let odd = line
                    .chars()
                    .find(|c| !('\u{2800}'..='\u{28FF}').contains(c) && text::display(&c.to_string()) != c.to_string());
                assert_eq!(odd, None, "{step} {key}: a character of uncertain width in {line}");
            }
            assert!(!desk.left, "only q leaves");
        }
    }
}

#[test]
fn every_view_speaks_english_completely() {
    let mut desk = Desk::new(Lang::En, false);
    for keys in ["1", "2", "3", "4", "5", "6", "7", "8", "0", ":", "esc ?"] {
        desk.press(keys);
        let screen = desk.screen(120, 40);
        // An id that is shown instead of its text.
        let bare = ["action-", "code-", "col-", "section-", "board-", "status-", "refusal-"];
        let shown = bare.iter().find(|p| screen.contains(*p));
        assert_eq!(shown, None, "{screen}");
    }
}
