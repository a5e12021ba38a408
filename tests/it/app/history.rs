//! A hub whose audit is not what this console has seen: told on the board and in the second line, and the board leads to what was seen.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::message::Message;
use gongfu::demo;
use gongfu::domain::codes::Role;
use gongfu::store::link::{self, Link, trouble};
use gongfu::store::outbox::Counts;
use gongfu::store::reads::News;
use gongfu::store::{link::Standing, witness};
use gongfu::wire::checkpoint::{Checkpoint, public_of};
use uuid::Uuid;

#[test]
fn a_rewritten_history_is_the_first_on_the_board_and_opens_its_records() {
    for (lang, words, mark) in [
        (Lang::Zh, "中心站的审计记录与本机见过的有 2 处不符", "中心站记录前后不符"),
        (Lang::En, "the hub's audit contradicts what this", "the hub's audit has changed"),
    ] {
        let mut desk = Desk::new(lang, false);
        let (hub, secret) = (Uuid::from_u128(1), [5; 32]);
        let mut link = Link::new(hub, Uuid::from_u128(2), "https://hub", "u0", Role::Office);
        (link.epoch, link.level_at) = (1, demo::NOW.as_millisecond());
        trouble::HISTORY.clone_into(&mut link.trouble);
        let path = desk.store.path().to_path_buf();
        let mut db = rusqlite::Connection::open(&path).expect("a file");
        link::put(&db, &link).expect("linked");
        let mut hears = |no, hash: u8| {
            let c = Checkpoint::sign(&secret, hub, (1, no, 5), &[hash; 32]);
            witness::take(&mut db, &path, &public_of(&secret), &c, demo::NOW).expect("taken")
        };
        assert_eq!((hears(4, 1), hears(9, 2)), (None, None));
        assert_eq!((hears(9, 3), hears(4, 3)), (Some(witness::Fault::Differs), Some(witness::Fault::Differs)));
        let standing = Standing { link, counts: Counts::default() };
        let effects = desk.app.update(Message::News(News::Standing(Some(Box::new(standing)))));
        desk.carry_out(effects);
        desk.press("2 1");
        let screen = desk.screen(120, 40);
        let first = screen.lines().position(|l| l.contains("!!")).expect("something urgent");
        assert!(screen.lines().nth(first).is_some_and(|l| l.contains(words)), "{screen}");
        assert!(screen.contains(mark), "{screen}");
        desk.press("home");
        desk.opened.borrow_mut().clear();
        desk.press("enter");
        let opened = desk.opened.borrow().first().cloned().expect("a list");
        assert!(opened.0.starts_with("audit ") && opened.1 == 2, "{opened:?}");
    }
}
