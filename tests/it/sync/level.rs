//! The console's rows against the hub's, through everything a network can do to them.

use super::shuttle::{Console, catch_up, is_level, pull, push, settle};
use crate::hub::ledger::at;
use crate::hub::places::{Bench, benches};
use crate::support::commands::{Throw, command};
use crate::support::memory::Memory;
use crate::support::province::people;
use gongfu::domain::codes::EntryState;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::{CatalogEntry, Kind};
use gongfu::hub::engine;
use gongfu::store::StoreError;
use gongfu::store::level::Applied;
use gongfu::store::outbox::State;
use gongfu::wire::order::Outcome;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A throw of dice that is the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = gongfu::base::ids::mix(self.0);
        self.0 % sides
    }

    fn pick<'a, T>(&mut self, of: &'a mut [T]) -> &'a mut T {
        let n = self.roll(of.len() as u64);
        &mut of[usize::try_from(n).expect("few")]
    }
}

fn consoles(bench: &Bench) -> Vec<Console> {
    let all: Vec<Console> = (0..people().len()).map(|who| Console::new(bench, who, at(0))).collect();
    all.iter().for_each(|c| catch_up(bench, c, at(0)));
    all
}

/// What the hub has answered to every order it ever had.
fn results(bench: &Bench) -> BTreeMap<Uuid, Outcome> {
    bench.with(|e| {
        let rows = engine::all(e, "SELECT \"answer\" FROM \"result\"", &[]).expect("results");
        let read =
            |r: &Vec<_>| gongfu::wire::order::Answer::read(gongfu::domain::value::Value::as_text(&r[0]).expect("text"));
        rows.iter().map(|r| read(r).expect("an answer")).map(|a| (a.id, a.outcome)).collect()
    })
}

/// A day of a province with a bad network: orders and answers get lost, come twice and late, pages too, programs end.
fn bad_day(bench: &Bench, seed: u64) {
    let mut dice = Dice(seed);
    let mut all = consoles(bench);
    let (mut late_answers, mut late_pages, mut late_orders) = (Vec::new(), Vec::new(), Vec::new());
    let mut made: BTreeMap<Uuid, usize> = BTreeMap::new();
    for step in 0..300_usize {
        let now = at(step);
        let who = usize::try_from(dice.roll(all.len() as u64)).expect("few");
        let console = &mut all[who];
        match dice.roll(10) {
            0..=3 => {
                let asked = command(&console.rows(), Throw::numbered(dice.roll(u64::MAX)));
                // What a rule refuses here is not sent.
                let _ = console.ask(asked);
                made.extend(console.outbox().into_iter().map(|(id, _)| (id, who)));
            }
            4 | 5 => {
                let limit = usize::try_from(1 + dice.roll(5)).expect("few");
                let orders = console.outgoing(limit);
                match dice.roll(4) {
                    0 => late_orders.push((who, orders)),
                    fate => {
                        let answers = push(bench, console, orders, now);
                        let epoch = console.link().epoch;
                        match fate {
                            1 => late_answers.push((who, epoch, answers)),
                            _ => console.hears(epoch, &answers, now),
                        }
                    }
                }
            }
            6 | 7 => {
                let page = pull(bench, console, &console.link(), usize::try_from(1 + dice.roll(40)).expect("few"));
                if dice.roll(3) == 0 {
                    late_pages.push((who, page));
                } else {
                    console.takes(&page, now);
                    if dice.roll(3) == 0 {
                        assert_eq!(
                            console.takes(&page, now) == Applied::Done,
                            page.head.from == page.end.next,
                            "twice"
                        );
                    }
                }
            }
            8 => match dice.roll(3) {
                0 if !late_answers.is_empty() => {
                    let (who, epoch, answers) = dice.pick(&mut late_answers).clone();
                    all[who].hears(epoch, &answers, now);
                }
                1 if !late_pages.is_empty() => {
                    let (who, page) = dice.pick(&mut late_pages).clone();
                    all[who].takes(&page, now);
                }
                _ if !late_orders.is_empty() => {
                    let (who, orders) = dice.pick(&mut late_orders).clone();
                    // Nobody waits for the answer any more.
                    push(bench, &all[who], orders, now);
                }
                _ => {}
            },
            _ => console.restart(now),
        }
    }
    all.iter().for_each(|c| settle(bench, c, at(400)));
    all.iter().for_each(|c| catch_up(bench, c, at(401)));
    for console in &all {
        is_level(bench, console);
        assert_eq!(console.counts().waiting, 0);
    }
    every_order_has_its_word(&made, &results(bench), &all);
}

fn every_order_has_its_word(made: &BTreeMap<Uuid, usize>, results: &BTreeMap<Uuid, Outcome>, all: &[Console]) {
    let outboxes: Vec<BTreeMap<Uuid, State>> = all.iter().map(|c| c.outbox().into_iter().collect()).collect();
    assert!(made.len() > 20, "{} orders", made.len());
    for (id, who) in made {
        let said = results.get(id).unwrap_or_else(|| panic!("{id} never reached the hub"));
        let kept = outboxes[*who].get(id);
        match said {
            Outcome::Accepted { .. } => assert_eq!(kept, Some(&State::Accepted)),
            Outcome::Conflict { .. } => assert_eq!(kept, Some(&State::Conflict)),
            Outcome::Denied { .. } => assert_eq!(kept, Some(&State::Denied)),
            other => panic!("{other:?} is no last word"),
        }
    }
    assert_eq!(results.len(), made.len(), "the hub has what nobody asked");
}

#[test]
fn whatever_gets_lost_all_hold_the_same_in_the_end() {
    for seed in 1..=6 {
        benches().iter().for_each(|bench| bad_day(bench, seed));
    }
}

/// A listed product that no incident holds.
fn listed(rows: &Memory) -> CatalogEntry {
    rows.all::<CatalogEntry>().into_iter().find(|e| e.state == EntryState::Listed).expect("a listed product")
}

fn state(console: &Console, id: Uuid) -> EntryState {
    console.rows().get::<CatalogEntry>(id).state
}

fn step(entry: &CatalogEntry, verb: Verb) -> Command {
    Command::Move { kind: Kind::CatalogEntry, id: entry.id.0, verb, reason: "核查".into() }
}

#[test]
fn two_who_change_one_record_offline_the_first_wins_and_the_second_is_told() {
    for bench in benches() {
        let (one, two) = (Console::new(&bench, 0, at(0)), Console::new(&bench, 1, at(0)));
        [&one, &two].iter().for_each(|c| catch_up(&bench, c, at(0)));
        let goal = one.rows().all::<gongfu::domain::rows::Goal>().remove(0);
        let set = |target| Command::SetGoal { id: goal.id.0, target, reason: "调整".into() };
        one.ask(set(goal.target + 1)).expect("set");
        two.ask(set(goal.target + 2)).expect("set");
        let shown = |c: &Console| c.rows().get::<gongfu::domain::rows::Goal>(goal.id.0).target;
        assert_eq!((shown(&one), shown(&two)), (goal.target + 1, goal.target + 2), "each sees their own at once");
        settle(&bench, &one, at(1));
        settle(&bench, &two, at(2));
        assert_eq!((shown(&one), shown(&two)), (goal.target + 1, goal.target + 1));
        assert_eq!((one.counts().conflict, two.counts().conflict), (0, 1));
        let item = gongfu::store::outbox::list(&two.db(), &[State::Conflict]).expect("read").remove(0);
        let Some(Outcome::Conflict { by, .. }) = item.outcome else { panic!("{item:?}") };
        assert_eq!(by, one.actor.name);
        assert_eq!(item.order.command, set(goal.target + 2), "what was wanted is kept");
        // Taken back by a person: nothing is left to decide.
        assert!(gongfu::store::level::withdraw(&mut two.db(), &two.home.file(), item.n, at(3)).expect("done"));
        assert_eq!(two.counts().conflict, 0);
        is_level(&bench, &two);
    }
}

#[test]
fn what_the_hub_refuses_is_taken_back_here_and_kept_with_its_reason() {
    for bench in benches() {
        let (one, two) = (Console::new(&bench, 0, at(0)), Console::new(&bench, 1, at(0)));
        [&one, &two].iter().for_each(|c| catch_up(&bench, c, at(0)));
        let entry = listed(&one.rows());
        two.ask(step(&entry, Verb::Suspend)).expect("suspended here");
        one.ask(step(&entry, Verb::Suspend)).expect("suspended here, too");
        assert_eq!((state(&one, entry.id.0), state(&two, entry.id.0)), (EntryState::Suspended, EntryState::Suspended));
        settle(&bench, &one, at(1));
        settle(&bench, &two, at(2));
        // Overriding: no conflict, but it was done already, which a rule says.
        assert_eq!((two.counts().conflict, two.counts().denied), (0, 1));
        let item = gongfu::store::outbox::list(&two.db(), &[State::Denied]).expect("read").remove(0);
        assert!(matches!(&item.outcome, Some(Outcome::Denied { code, .. }) if code == "wrong-state"), "{item:?}");
        is_level(&bench, &two);
    }
}

#[test]
fn an_order_shows_through_every_page_until_its_own_rows_come() {
    let bench = benches().remove(0);
    let (one, two) = (Console::new(&bench, 0, at(0)), Console::new(&bench, 1, at(0)));
    [&one, &two].iter().for_each(|c| catch_up(&bench, c, at(0)));
    let entry = listed(&two.rows());
    two.ask(step(&entry, Verb::Suspend)).expect("suspended");
    let made = two.rows().all::<CatalogEntry>().len();
    // Others change other things meanwhile, again and again.
    for n in 0..5 {
        let goal = one.rows().all::<gongfu::domain::rows::Goal>().remove(0);
        one.ask(Command::SetGoal { id: goal.id.0, target: goal.target + n + 1, reason: "调整".into() }).expect("set");
        settle(&bench, &one, at(1));
        catch_up(&bench, &two, at(1));
        assert_eq!(state(&two, entry.id.0), EntryState::Suspended, "the own change stays in sight");
        assert_eq!(two.rows().all::<CatalogEntry>().len(), made);
    }
    let orders = two.outgoing(9);
    let answers = push(&bench, &two, orders, at(2));
    two.hears(two.link().epoch, &answers, at(2));
    assert_eq!(state(&two, entry.id.0), EntryState::Suspended, "between answer and page");
    catch_up(&bench, &two, at(3));
    is_level(&bench, &two);
    assert_eq!(two.counts().waiting, 0);
}

#[test]
fn an_answer_of_another_epoch_settles_nothing() {
    let bench = benches().remove(0);
    let one = Console::new(&bench, 0, at(0));
    catch_up(&bench, &one, at(0));
    one.ask(step(&listed(&one.rows()), Verb::Suspend)).expect("suspended");
    let answers = push(&bench, &one, one.outgoing(9), at(1));
    one.hears(one.link().epoch + 1, &answers, at(1));
    assert_eq!(one.counts().waiting, 1);
    // The page itself says that the order was taken.
    catch_up(&bench, &one, at(2));
    assert_eq!(one.counts().waiting, 0);
    is_level(&bench, &one);
}

#[test]
fn urgent_rows_are_here_at_once_and_the_cursor_stays() {
    let bench = benches().remove(0);
    let (one, two) = (Console::new(&bench, 0, at(0)), Console::new(&bench, 2, at(0)));
    [&one, &two].iter().for_each(|c| catch_up(&bench, c, at(0)));
    let entry = listed(&one.rows());
    one.ask(step(&entry, Verb::Suspend)).expect("suspended");
    settle(&bench, &one, at(1));
    let row: gongfu::domain::rows::Row = one.rows().get::<CatalogEntry>(entry.id.0).into();
    let cursor = two.link().cursor;
    let mut db = two.db();
    let taken = gongfu::store::level::urgent(&mut db, &two.home.file(), two.link().epoch, std::slice::from_ref(&row));
    assert_eq!(taken, Ok::<bool, StoreError>(true));
    assert_eq!(state(&two, entry.id.0), EntryState::Suspended);
    assert_eq!(two.link().cursor, cursor);
    // Twice, or late, is nothing.
    assert_eq!(gongfu::store::level::urgent(&mut db, &two.home.file(), two.link().epoch, &[row]), Ok(false));
    catch_up(&bench, &two, at(2));
    is_level(&bench, &two);
}

#[test]
fn another_scope_takes_the_old_rows_away_before_anything_is_shown() {
    let bench = benches().remove(0);
    let mut city = Console::new(&bench, 2, at(0));
    catch_up(&bench, &city, at(0));
    let held = |c: &Console| gongfu::domain::rights::OF_AN_AREA.iter().map(|k| c.rows().of(*k).len()).sum::<usize>();
    assert!(held(&city) > 0);
    // The same console works for another city from now on.
    let other = people().into_iter().enumerate().find(|(_, p)| p.division_code == "611000").expect("another city");
    city.device.org = other.1.org_id;
    city.device.scope += 1;
    city.actor = other.1;
    let first = pull(&bench, &city, &city.link(), 1);
    assert!(first.head.reset && first.head.from == 0);
    assert_eq!(city.takes(&first, at(1)), Applied::Anew);
    assert!(
        city.rows()
            .all::<gongfu::domain::rows::Supplier>()
            .iter()
            .all(|s| s.contact_phone.is_empty() || first.rows.iter().any(|r| r.uuid() == s.id.0))
    );
    let came: usize = first.rows.iter().filter(|r| gongfu::domain::rights::OF_AN_AREA.contains(&r.kind())).count();
    assert_eq!(held(&city), came, "old rows are gone with the first page");
    catch_up(&bench, &city, at(2));
    is_level(&bench, &city);
}

#[test]
fn a_restored_hub_gets_back_what_it_lost() {
    for bench in benches() {
        let mut all: Vec<Console> = (0..3).map(|who| Console::new(&bench, who, at(0))).collect();
        all.iter().for_each(|c| catch_up(&bench, c, at(0)));
        let entries: Vec<CatalogEntry> =
            all[0].rows().all::<CatalogEntry>().into_iter().filter(|e| e.state == EntryState::Listed).collect();
        let old = Snapshot::of(&bench);
        all[0].ask(step(&entries[0], Verb::Suspend)).expect("suspended");
        settle(&bench, &all[0], at(1));
        all.iter().for_each(|c| catch_up(&bench, c, at(1)));
        old.restore(&bench);
        // One console works on without having heard of it.
        all[1].ask(step(&entries[1], Verb::Suspend)).expect("suspended");
        for _ in 0..2 {
            all.iter_mut().for_each(|c| {
                catch_up(&bench, c, at(2));
                settle(&bench, c, at(2));
            });
        }
        for console in &all {
            is_level(&bench, console);
            assert_eq!(state(console, entries[0].id.0), EntryState::Suspended, "what was acknowledged is there again");
            assert_eq!(state(console, entries[1].id.0), EntryState::Suspended);
        }
    }
}

/// Every table of a ledger as it was.
pub struct Snapshot(Vec<(String, Vec<Vec<gongfu::domain::value::Value>>)>);

impl Snapshot {
    fn tables() -> Vec<String> {
        let own = ["hub", "feed", "result", "audit"].map(str::to_owned);
        Kind::ALL.iter().map(|k| k.table().to_owned()).chain(own).collect()
    }

    pub fn of(bench: &Bench) -> Snapshot {
        bench.with(|e| {
            let read = |t: String| {
                let rows = engine::all(e, &format!("SELECT * FROM \"{t}\""), &[]).expect("rows");
                (t, rows)
            };
            Snapshot(Snapshot::tables().into_iter().map(read).collect())
        })
    }

    pub fn restore(&self, bench: &Bench) {
        bench.with(|e| {
            e.begin().expect("begun");
            for (table, rows) in &self.0 {
                e.execute(&format!("DELETE FROM \"{table}\""), &[]).expect("emptied");
                for row in rows {
                    let marks: Vec<String> = (1..=row.len()).map(|n| format!("?{n}")).collect();
                    let sql = format!("INSERT INTO \"{table}\" VALUES ({})", marks.join(", "));
                    e.execute(&sql, row).expect("written");
                }
            }
            e.execute("UPDATE \"hub\" SET \"epoch\" = \"epoch\" + 1", &[]).expect("another epoch");
            e.commit().expect("restored");
        });
    }
}
