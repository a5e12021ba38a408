//! What the hub holds to be true is what the domain says, on both engines, however often an order comes.

use super::places::{Bench, benches, number};
use crate::support::commands::{Throw, command};
use crate::support::memory::Memory;
use crate::support::province::NOW;
use crate::support::province::{Province, people};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::command::Command;
use gongfu::domain::decide::decide;
use gongfu::domain::refusal::Stop;
use gongfu::domain::rows::Kind;
use gongfu::domain::work::{Rows, Work};
use gongfu::hub::audit::{self, Verdict};
use gongfu::hub::engine;
use gongfu::hub::ledger::{self, Device};
use gongfu::hub::rows::LedgerRows;
use gongfu::wire::order::{Answer, By, Order, Outcome, Seen};
use gongfu::wire::row::{SCHEMA, from_line, to_line};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The test's instant, and minutes after it.
pub fn at(minutes: usize) -> Timestamp {
    let minutes = i64::try_from(minutes).expect("few");
    NOW.checked_add(SignedDuration::from_mins(minutes)).expect("an instant")
}

pub fn order(id: Uuid, n: u64, name: &str, asked: Command) -> Order {
    let by = By { name: name.into(), origin: "pts/3".into() };
    Order { id, n, made_at: 0, schema: SCHEMA, by, seen: Vec::new(), command: asked, signed: None }
}

/// Who asked, what, and the refusal it must come to, if any.
pub type Asked = (usize, Order, Option<&'static str>);

/// Orders of all people, decided in memory first: what each must come to, and the rows at the end.
pub fn expected(throws: &[Throw]) -> (Vec<Asked>, Memory) {
    let mut rows = Province::furnished().rows;
    let people = people();
    let mut ids = Ids::seeded(Clock::Fixed(at(0)), 5);
    let mut out = Vec::new();
    for (n, throw) in throws.iter().enumerate() {
        let asked = command(&rows, *throw);
        let who = throw.person(people.len(), &asked);
        let order = order(ids.next_id(), n as u64, &people[who].name, asked);
        let mut own = Ids::of_command(order.id);
        let outcome = match decide(Work::new(&rows, &mut own, &people[who], at(n)), &order.command) {
            Ok(decision) => {
                rows.apply(&decision.changes);
                None
            }
            Err(Stop::Refused(refusal)) => Some(refusal.code),
            Err(Stop::Rows(why)) => panic!("{why}"),
        };
        out.push((who, order, outcome));
    }
    (out, rows)
}

fn same_rows(bench: &Bench, rows: &Memory) {
    bench.with(|e| {
        for kind in Kind::ALL {
            let there = engine::all(e, &format!("SELECT \"id\" FROM \"{}\" ORDER BY \"ord\"", kind.table()), &[]);
            assert_eq!(there.expect("ids").len(), rows.of(*kind).len(), "{kind:?}");
            let ledger = LedgerRows::new(e);
            for row in rows.of(*kind) {
                assert_eq!(ledger.fetch(*kind, row.uuid()).expect("a row").as_ref(), Some(row), "{kind:?}");
            }
            assert_eq!(ledger.count(*kind, None), Ok(i64::try_from(rows.of(*kind).len()).expect("few")), "{kind:?}");
        }
        // The feed has every row once, as it is now.
        let mut lines = 0;
        let sql = "SELECT \"body\" FROM \"feed\"";
        for line in engine::all(e, sql, &[]).expect("a feed") {
            let row = from_line(line[0].as_text().expect("text")).expect("a row");
            assert!(rows.of(row.kind()).contains(&row), "{row:?}");
            lines += 1;
        }
        assert_eq!(lines, Kind::ALL.iter().map(|k| rows.of(*k).len()).sum::<usize>());
    });
}

fn said(answer: &Answer) -> Option<&str> {
    match &answer.outcome {
        Outcome::Accepted { .. } => None,
        Outcome::Denied { code, .. } => Some(code),
        other => panic!("{other:?}"),
    }
}

fn tell(bench: &Bench, n: usize, batch: &[(Device, Order)]) -> Vec<Answer> {
    bench.with(|e| ledger::take(e, at(n), batch)).expect("taken")
}

fn the_story(throws: &[Throw]) {
    let (orders, rows) = expected(throws);
    for bench in benches() {
        let mut answers = Vec::new();
        for (n, (who, order, outcome)) in orders.iter().enumerate() {
            let answer = tell(&bench, n, &[(bench.devices[*who].clone(), order.clone())]).remove(0);
            assert_eq!(said(&answer), *outcome, "{} by {}", order.command.name(), order.by.name);
            answers.push(answer);
        }
        same_rows(&bench, &rows);
        // Numbers have no gap, each accepted order one; every order has its record, and the chain is whole.
        let state = bench.with(|e| ledger::state(e)).expect("a state");
        let seqs: Vec<i64> = answers
            .iter()
            .filter_map(|a| match a.outcome {
                Outcome::Accepted { seq, .. } => Some(seq),
                _ => None,
            })
            .collect();
        assert_eq!(seqs, (2..=state.seq).collect::<Vec<_>>(), "the load has the first");
        let records = i64::try_from(orders.len() + 1).expect("few");
        assert_eq!(bench.with(|e| audit::verify(e, state.audit)).expect("checked"), Verdict::Whole(state.audit));
        assert_eq!(state.audit.no, records);
        // All of it once more, together and by another order: the same answers, nothing else.
        let again: Vec<(Device, Order)> =
            orders.iter().rev().map(|(who, order, _)| (bench.devices[*who].clone(), order.clone())).collect();
        let mut twice = tell(&bench, orders.len(), &again);
        twice.reverse();
        assert_eq!(twice, answers);
        let after = bench.with(|e| ledger::state(e)).expect("a state");
        assert_eq!((after.seq, after.audit), (state.seq, state.audit));
        same_rows(&bench, &rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn the_ledger_agrees_with_the_domain(throws in crate::support::commands::throws(80)) {
        the_story(&throws);
    }
}

#[test]
fn the_ledger_agrees_with_the_domain_over_a_long_year() {
    the_story(&(0..400).map(Throw::numbered).collect::<Vec<_>>());
}

#[test]
fn an_order_on_rows_that_changed_meanwhile_is_a_conflict_and_nothing_else() {
    for bench in benches() {
        let goal = bench.with(|e| {
            let found = engine::first(e, "SELECT \"id\", \"rev\" FROM \"goal\"", &[]).expect("asked").expect("a goal");
            let gongfu::domain::value::Value::Blob(id) = &found[0] else { panic!("no id") };
            (Uuid::from_slice(id).expect("an id"), found[1].as_int().expect("a number"))
        });
        let set = |n: u64, target| {
            let command = Command::SetGoal { id: goal.0, target, reason: "调整".into() };
            let seen = vec![Seen { kind: Kind::Goal, id: goal.0, rev: goal.1, groups: BTreeMap::new() }];
            Order { seen, ..order(Uuid::from_u128(u128::from(n)), n, "李静", command) }
        };
        let office = bench.devices[0].clone();
        let both = tell(&bench, 1, &[(office.clone(), set(1, 900)), (office, set(2, 700))]);
        assert!(matches!(both[0].outcome, Outcome::Accepted { .. }), "{both:?}");
        let Outcome::Conflict { kind: Kind::Goal, rev, by, .. } = &both[1].outcome else { panic!("{both:?}") };
        assert_eq!((*rev, by.as_str()), (goal.1 + 1, "李静"));
        assert_eq!(bench.with(|e| number(e, "SELECT \"target\" FROM \"goal\"")), 900);
    }
}

#[test]
fn a_revoked_console_and_an_old_form_change_nothing() {
    for bench in benches() {
        let asked = Command::RemindReturn { id: Uuid::from_u128(1) };
        let device = bench.devices[0].clone();
        assert!(bench.with(|e| gongfu::hub::device::revoke(e, device.id, 9)).expect("asked"));
        assert!(!bench.with(|e| gongfu::hub::device::revoke(e, device.id, 9)).expect("asked"), "only once");
        let before = bench.with(|e| ledger::state(e)).expect("a state");
        let old = Order { schema: SCHEMA + 1, ..order(Uuid::from_u128(2), 2, "李静", asked.clone()) };
        let answers =
            tell(&bench, 1, &[(device, order(Uuid::from_u128(1), 1, "李静", asked)), (bench.devices[1].clone(), old)]);
        assert_eq!(said(&answers[0]), Some("device-unknown"));
        assert_eq!(answers[1].outcome, Outcome::Upgrade { min: SCHEMA });
        let after = bench.with(|e| ledger::state(e)).expect("a state");
        assert_eq!((after.seq, after.audit), (before.seq, before.audit));
    }
}

#[test]
fn a_code_enrols_one_console_within_its_time_however_it_is_typed() {
    use gongfu::hub::device::{CODE_LASTS, Known, enrol, make_code, of_token};
    for bench in benches() {
        let org = bench.devices[2].org;
        let role = bench.devices[2].role;
        let code = bench.with(|e| make_code(e, org, role, 1_000)).expect("a code");
        let ask = |code: &str, id: u128, now| {
            bench.with(|e| enrol(e, code, "新机", Uuid::from_u128(id), now)).expect("asked")
        };
        assert_eq!(ask(&code, 1, 1_000 + CODE_LASTS), None, "too late");
        assert_eq!(ask(&code[1..], 1, 2_000), None, "not the code");
        let typed = code.to_lowercase().replace('-', " ");
        let enrolled = ask(&typed, 1, 2_000).expect("enrolled");
        assert_eq!((enrolled.device.org, enrolled.device.role), (org, role));
        assert_eq!(ask(&code, 2, 2_000), None, "used up");
        let known = |token: &str| bench.with(|e| of_token(e, token)).expect("asked");
        assert_eq!(known(&enrolled.token), Known::Device(enrolled.device.clone()));
        assert_eq!(known(&enrolled.token[1..]), Known::Nobody);
        bench.with(|e| gongfu::hub::device::revoke(e, enrolled.device.id, 3_000)).expect("revoked");
        assert_eq!(known(&enrolled.token), Known::Revoked);
        // Neither secret is in the ledger.
        for table in ["code", "device"] {
            for row in bench.with(|e| engine::all(e, &format!("SELECT * FROM \"{table}\""), &[])).expect("rows") {
                let text = format!("{row:?}");
                assert!(!text.contains(&enrolled.token) && !text.contains(&code), "{text}");
            }
        }
    }
}

#[test]
fn a_row_reads_back_from_its_line() {
    let (_, rows) = expected(&(0..200).map(Throw::numbered).collect::<Vec<_>>());
    let mut lines = 0;
    for kind in Kind::ALL {
        for row in rows.of(*kind) {
            assert_eq!(from_line(&to_line(row)).as_ref(), Ok(row));
            lines += 1;
        }
    }
    assert!(lines > 100, "{lines} rows");
    let line = to_line(&rows.of(Kind::Organisation)[0]);
    for bad in [
        "",
        "[]",
        "{}",
        "[1,2,3]",
        &line.replace("organisation", "organ"),
        &line.replace("]]", ",1]]"),
        &line[..line.len() - 4],
    ] {
        assert!(from_line(bad).is_err(), "{bad}");
    }
}
