//! Gift packs in the console: rules typed, the pack worked out at once, saved, changed, published.

use super::Desk;
use gongfu::base::locale::Lang;
use gongfu::console::compose::{self, Found, Task, Word};
use gongfu::console::message::{Effect, Message};
use gongfu::pack::best::Outcome;
use gongfu::store::packs;

impl Desk {
    /// Works out what was asked for last.
    pub(super) fn settle(&mut self) {
        let Some((slot, serial, task)) = self.composing.take() else { return };
        // A build for tests is many times slower.
        let task = Task { question: task.question * 20, ..task };
        let mut words = Vec::new();
        compose::work(&task, |word| {
            words.push(word);
            true
        });
        for word in words {
            let effects = self.app.update(Message::Composed { slot, serial, word });
            self.carry_out(effects);
        }
    }
}

/// The line of a list with this code.
fn line(screen: &str, code: &str) -> String {
    screen.lines().find(|l| l.contains(code)).unwrap_or_else(|| panic!("{code} in {screen}")).to_owned()
}

#[test]
fn the_best_pack_stands_there_with_every_key_and_is_saved_as_a_draft() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("7 b");
    let first = desk.screen(80, 24);
    assert!(first.contains("已证明") && first.contains("300") && first.contains("带贫"), "{first}");
    // The budget is where the typing goes; full-width digits of an input method count.
    desk.press("backspace backspace backspace \"２５０\"");
    let less = desk.screen(120, 40);
    assert!(less.contains("已证明没有更好的") && less != first, "{less}");
    let price = less.split(" 元  ").next().and_then(|l| l.split_whitespace().last()).expect("a price").to_owned();
    assert!(price.parse::<f64>().expect("a number") <= 250.0, "{price}");
    desk.press("tab");
    let around = desk.screen(120, 40);
    assert!(around.contains("不选它") && around.contains("逐份对比"), "{around}");
    desk.press("w \"重阳慰问\" enter \"重阳\" enter enter \"2021-13-01\" enter");
    assert!(desk.screen(120, 40).contains("有效期写成"), "{}", desk.screen(120, 40));
    desk.press("ctrl-u \"2020-12-01\" enter");
    let saved = desk.screen(120, 40);
    assert!(saved.contains("已存礼包草稿 重阳慰问"), "{saved}");
    desk.press("esc 7 / \"重阳慰问\" enter");
    let list = desk.screen(120, 40);
    let row = line(&list, "LB-2020-");
    assert!(row.contains("草稿") && row.contains("重阳慰问") && row.contains(&price), "{price} {list}");
}

#[test]
fn wrong_rules_are_said_in_one_sentence_and_blocking_ones_are_named_with_the_smallest_change() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("7 b down down \"三\"");
    let wrong = desk.screen(80, 24);
    assert!(wrong.contains("份数") && wrong.contains("应为整数"), "{wrong}");
    desk.press("ctrl-u 1 up \"99.5\" down down ctrl-u \"9-3\"");
    let crossed = desk.screen(80, 24);
    assert!(crossed.contains("互相矛盾"), "{crossed}");
    // Eight kinds for two yuan there are not.
    desk.press("ctrl-u \"4-8\" up up ctrl-u up ctrl-u 2");
    let blocked = desk.screen(120, 40);
    assert!(blocked.contains("没有一份能同时满足") && blocked.contains("预算上限（元）：改为"), "{blocked}");
    assert!(blocked.contains("只改一条就行得通的") && !blocked.contains("pack-"), "{blocked}");
    // Nothing of it can be saved.
    desk.press("tab w");
    assert!(desk.screen(80, 24).contains("还没有算出可以存的一份"), "{}", desk.screen(80, 24));
}

#[test]
fn a_product_under_the_cursor_is_kept_out_or_must_be_in() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("7 b tab");
    let first = desk.screen(120, 40);
    let item = |screen: &str| {
        let line = screen.lines().find(|l| l.contains(">  ") || l.contains(">* ")).expect("a cursor").to_owned();
        let from = line.find('>').expect("a sign");
        line[from + 1..].trim_start_matches(['*', ' ']).split("  ").next().expect("a name").trim().to_owned()
    };
    let name = item(&first);
    desk.press("-");
    let without = desk.screen(120, 40);
    assert_ne!(item(&without), name, "{without}");
    assert!(without.contains("因「不选」不能入选的：1 种") && without.contains("SX61"), "{without}");
    // Once more on another one, which then must be in whatever it costs.
    let other = item(&without);
    desk.press("+");
    assert!(desk.screen(120, 40).contains(&format!("* {other}")), "{}", desk.screen(120, 40));
}

#[test]
fn a_pack_that_waits_is_mended_with_the_fewest_changes_after_a_question() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("7 g R");
    let page = desk.screen(120, 40);
    assert!(page.contains("调整 LB-2020-001") && page.contains("改动最少") && page.contains("去掉 "), "{page}");
    desk.press("tab w");
    let question = desk.screen(120, 40);
    assert!(question.contains("去掉") && question.contains("换入") && question.contains("y 确认"), "{question}");
    desk.press("y");
    assert!(desk.screen(120, 40).contains("已更换"), "{}", desk.screen(120, 40));
    let id = packs::waiting(&desk.db).expect("packs").into_iter().next().expect("a pack");
    let held = packs::held(&desk.db, id).expect("a pack").expect("it is there");
    assert_eq!(held.code, "LB-2020-001");
    assert!(held.items.iter().all(|i| i.state == "listed"), "{held:?}");
    desk.press("esc P enter");
    assert!(line(&desk.screen(120, 40), "LB-2020-001").contains("已发布"), "{}", desk.screen(120, 40));
    // What is published is not changed; the next best is another like it.
    desk.press("R");
    assert!(desk.screen(120, 40).contains("按 C 照样另做一份"), "{}", desk.screen(120, 40));
}

#[test]
fn another_pack_is_set_beside_the_best() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.press("7 b tab");
    let best = desk.screen(160, 50);
    assert!(best.contains("便宜多少就能入选"), "{best}");
    desk.press("n");
    let screen = desk.screen(160, 50);
    assert!(screen.contains("最优  ") && screen.contains("另一份 1"), "{screen}");
    desk.press("n n n");
    assert!(!desk.screen(160, 50).contains("另一份 1  "), "{}", desk.screen(160, 50));
}

#[test]
fn an_answer_to_rules_from_before_the_last_key_is_dropped() {
    let mut desk = Desk::new(Lang::Zh, false);
    desk.waits = true;
    desk.press("7 b 1");
    let tasks = std::mem::take(&mut desk.elsewhere);
    let tasks: Vec<_> = tasks
        .into_iter()
        .filter_map(|e| match e {
            Effect::Compose { slot, serial, task } => Some((slot, serial, task)),
            _ => None,
        })
        .collect();
    let [(slot, first, old), (_, second, _)] = &tasks[..] else { panic!("{} tasks", tasks.len()) };
    assert!(old.cancel.load(std::sync::atomic::Ordering::Relaxed), "what nobody waits for ends");
    let word = || Word::Found(Ok(Found { outcome: Outcome::Open, fewest: None }));
    desk.app.update(Message::Composed { slot: *slot, serial: *first, word: word() });
    assert!(!desk.screen(80, 24).contains("时间到了"), "{}", desk.screen(80, 24));
    desk.app.update(Message::Composed { slot: *slot, serial: *second, word: word() });
    assert!(desk.screen(80, 24).contains("时间到了"), "{}", desk.screen(80, 24));
    // Also what came for rules that can no longer be read is nothing to save.
    desk.press("x");
    desk.app.update(Message::Composed { slot: *slot, serial: *second, word: word() });
    let screen = desk.screen(80, 24);
    assert!(screen.contains("不对") && !screen.contains("时间到了，"), "{screen}");
    // A key that takes text away leads nowhere in a field that has none.
    desk.press("up backspace");
    assert!(desk.screen(80, 24).contains("新礼包"), "{}", desk.screen(80, 24));
}

#[test]
fn who_only_looks_may_work_packs_out_and_saves_none() {
    let mut desk = Desk::new(Lang::En, true);
    desk.press("7 b tab");
    let screen = desk.screen(120, 40);
    assert!(
        screen.contains("proved best") && screen.contains("would be in if") || screen.contains("without it"),
        "{screen}"
    );
    let before = desk.audit();
    desk.press("w");
    assert!(desk.screen(120, 40).contains("only"), "{}", desk.screen(120, 40));
    assert_eq!(desk.audit(), before);
}
