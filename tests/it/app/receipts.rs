//! Which consoles have an incident or a delisted product: the line on its page, when it is asked for and when not.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::message::Message;
use gongfu::domain::codes::Role;
use gongfu::domain::rows::Kind;
use gongfu::store::link::{Link, Standing};
use gongfu::store::outbox::Counts;
use gongfu::store::reads::News;
use gongfu::sync::core::Failure;
use gongfu::sync::http::Said;
use gongfu::wire::protocol::{Behind, Receipts};
use uuid::Uuid;

/// Tells the console how it stands to its hub.
fn stands(desk: &mut Desk, role: Role, cursor: i64, waiting: i64) {
    let mut link = Link::new(Uuid::from_u128(1), Uuid::from_u128(2), "https://hub", "u0", role);
    (link.epoch, link.cursor, link.head) = (1, cursor, cursor);
    let standing = Standing { link, counts: Counts { waiting, ..Counts::default() } };
    let effects = desk.app.update(Message::News(News::Standing(Some(Box::new(standing)))));
    desk.carry_out(effects);
}

/// The answer to the last question.
fn hears(desk: &mut Desk, answer: Result<Receipts, Said>) {
    let (kind, id) = *desk.asked.last().expect("a question");
    let effects = desk.app.update(Message::Receipts { kind, id, answer });
    desk.carry_out(effects);
}

fn behind(name: &str, n: i64, seen_at: Option<i64>) -> Behind {
    Behind { name: name.into(), org: "安康市总工会".into(), behind: n, seen_at }
}

fn receipts(have: u64, of: u64, missing: Vec<Behind>) -> Receipts {
    Receipts { seq: 41, have, of, missing }
}

#[test]
fn the_page_of_an_incident_names_the_consoles_that_have_not_got_it() {
    let mut desk = Desk::new(Lang::Zh, false);
    stands(&mut desk, Role::Office, 41, 0);
    desk.press("4 enter");
    assert_eq!(desk.asked.len(), 1, "asked once when the page opens");
    assert_eq!(desk.asked[0].0, Kind::Incident);
    assert!(desk.screen(80, 24).contains("正在问中心站"), "{}", desk.screen(80, 24));
    let seen = "2020-08-20T10:31:00+08:00".parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
    let missing = vec![behind("办公室-2", 3, Some(seen)), behind("办公室-7", 41, None)];
    hears(&mut desk, Ok(receipts(118, 120, missing)));
    let screen = desk.screen(200, 50);
    let words = "各台已收到 118/120，未收到：安康市总工会 办公室-2（落后 3 条，最后联系 ";
    assert!(
        screen.contains(words) && screen.contains("10:31）、安康市总工会 办公室-7（落后 41 条，从未联系）"),
        "{screen}"
    );
    assert!(desk.app.wakes_at().is_some(), "it is asked again");
    assert_eq!(desk.asked.len(), 1, "but not at once");
    desk.press("down home");
    assert_eq!(desk.asked.len(), 1, "and no key asks");
    // Rows have come: the incident may be another.
    stands(&mut desk, Role::Office, 42, 0);
    assert_eq!(desk.asked.len(), 2);
    let many = (0..8).map(|n| behind(&format!("台{n}"), 1, None)).collect();
    hears(&mut desk, Ok(receipts(112, 120, many)));
    let screen = desk.screen(200, 50);
    assert!(screen.contains("台4（") && !screen.contains("台5") && screen.contains("等，另有 3 台"), "{screen}");
    stands(&mut desk, Role::Office, 43, 0);
    hears(&mut desk, Err(Said::Failure(Failure::Away)));
    let screen = desk.screen(80, 24);
    assert!(screen.contains("尚未问到") && !screen.contains("112/120"), "{screen}");
    stands(&mut desk, Role::Office, 44, 0);
    hears(&mut desk, Ok(receipts(120, 120, Vec::new())));
    assert!(desk.screen(80, 24).contains("各台已收到 120/120\n"), "{}", desk.screen(80, 24));
    let asked = desk.asked.len();
    desk.press("down up home");
    assert_eq!((desk.asked.len(), desk.app.wakes_at()), (asked, None), "who is complete is left alone");
    // What this console has done itself is not at the hub yet: the hub's word would be of the record before.
    stands(&mut desk, Role::Office, 44, 1);
    let screen = desk.screen(80, 24);
    assert!(screen.contains("本机有 1 笔待送") && !screen.contains("120/120"), "{screen}");
    assert_eq!(desk.asked.len(), asked);
    stands(&mut desk, Role::Office, 45, 0);
    assert_eq!(desk.asked.len(), asked + 1);
    // An answer for a page that is gone is nobody's.
    desk.press("2");
    hears(&mut desk, Ok(receipts(1, 9, Vec::new())));
    assert!(!desk.screen(80, 24).contains("1/9"));
}

#[test]
fn only_an_offices_console_of_a_hub_asks_and_only_of_what_every_console_must_have() {
    let mut alone = Desk::new(Lang::Zh, false);
    alone.press("4 enter");
    let mut city = Desk::new(Lang::Zh, false);
    stands(&mut city, Role::City, 41, 0);
    city.press("4 enter");
    let mut looks = Desk::new(Lang::Zh, true);
    stands(&mut looks, Role::Office, 41, 0);
    looks.press("4 enter");
    for desk in [&mut alone, &mut city, &mut looks] {
        let screen = desk.screen(80, 24);
        assert!(desk.asked.is_empty() && !screen.contains("各台"), "{screen}");
    }
    let mut desk = Desk::new(Lang::En, false);
    stands(&mut desk, Role::Office, 41, 0);
    desk.press("2 enter");
    assert!(desk.asked.is_empty(), "a product on sale");
    desk.press("esc /");
    desk.send(gongfu::console::input::Event::Text("state:delisted".into()));
    desk.press("enter enter");
    assert_eq!(desk.asked.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Kind::CatalogEntry]);
    hears(&mut desk, Ok(receipts(3, 4, vec![behind("pc", 2, None)])));
    let screen = desk.screen(120, 40);
    assert!(screen.contains("received by 3/4 consoles; not by: "), "{screen}");
    assert!(screen.contains("pc (2 behind, never heard of)"), "{screen}");
}
