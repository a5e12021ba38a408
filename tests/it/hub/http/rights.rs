//! Whoever asks for whatever over the wire gets what the table of rights says, and sees what it may see.

use super::story::{consoles, delisting, everything};
use super::{Hub, MINUTE, console};
use crate::hub::ledger::{at, order};
use crate::hub::places::{Bench, benches};
use crate::hub::scope::{after_a_year, holds};
use crate::support::commands::{Throw, command};
use crate::support::invariants::may;
use crate::support::memory::{Memory, text};
use crate::support::province::{Province, agreement, people};
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::{AckAnswer, Role};
use gongfu::domain::command::Command;
use gongfu::domain::decide::decide;
use gongfu::domain::machine;
use gongfu::domain::refusal::Stop;
use gongfu::domain::rights::Right;
use gongfu::domain::rows::{CatalogEntry, Kind, Purchase, RemovalNotice, Return};
use gongfu::domain::value::Fen;
use gongfu::domain::work::Work;
use gongfu::hub::ledger;
use gongfu::wire::order::{Order, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a person asks, what it must come to, and the right it takes with whether they have it.
struct Asked {
    order: Order,
    refusal: Option<&'static str>,
    right: Option<(Right, bool)>,
}

/// Steps along every arrow, on a row where the person may walk it and on one where not, as far as there are such; and other
/// commands.
fn wanted(rows: &Memory, actor: &Actor, n: usize) -> Vec<Command> {
    let mut out = Vec::new();
    for (kind, _) in machine::machines() {
        let mut seen: BTreeSet<(String, &str, bool)> = BTreeSet::new();
        for row in rows.of(kind) {
            let state = text(row, "state");
            for arrow in machine::leaving(kind, &state) {
                let step = Command::Move { kind, id: row.uuid(), verb: arrow.verb, reason: "核查".into() };
                let Some((_, may)) = may(rows, actor, &step) else { continue };
                if seen.insert((state.clone(), arrow.verb.code(), may)) {
                    out.push(step);
                }
            }
        }
    }
    let file = |r: Return| Command::FileReturn { id: r.id.0, workers: 3, planned: Fen(100), note: String::new() };
    out.extend(rows.all::<Return>().into_iter().map(file));
    let answer = AckAnswer::ALL[0];
    let acknowledge =
        |n: RemovalNotice| Command::AckRemoval { notice: n.id.0, answer, quantity: 1, reason: "已下架".into() };
    out.extend(rows.all::<RemovalNotice>().into_iter().map(acknowledge));
    out.extend(rows.all::<CatalogEntry>().into_iter().take(6).map(|e| agreement(e.id.0)));
    let correct = |p: Purchase| Command::AdjustPurchase {
        purchase: p.id.0,
        quantity: 1,
        amount: Fen(500),
        reason: "录错".into(),
    };
    out.extend(rows.all::<Purchase>().into_iter().map(correct));
    let there = |c: &Command| c.target().is_none_or(|(kind, id)| rows.of(kind).iter().any(|r| r.uuid() == id));
    let throws = (0..90).map(|t| command(rows, Throw::numbered((n * 1_000 + t) as u64)));
    out.extend(throws.filter(|c| !matches!(c, Command::Move { .. }) && there(c)));
    out
}

/// Everything one person asks, decided in memory.
fn asked(rows: &mut Memory, actor: &Actor, n: usize) -> Vec<Asked> {
    let mut out = Vec::new();
    for (place, command) in (0..).zip(wanted(rows, actor, n)) {
        // An earlier command may have moved the row: then there is no arrow from where it is.
        if let Command::Move { kind, id, verb, .. } = &command {
            let row = rows.of(*kind).iter().find(|r| r.uuid() == *id).expect("a row");
            if machine::arrow(*kind, &text(row, "state"), *verb).is_none() {
                continue;
            }
        }
        let right = may(rows, actor, &command);
        let order = order(Uuid::now_v7(), place, &actor.name, command);
        let mut ids = Ids::of_command(order.id);
        let refusal = match decide(Work::new(rows, &mut ids, actor, at(MINUTE)), &order.command) {
            Ok(decision) => {
                rows.apply(&decision.changes);
                None
            }
            Err(Stop::Refused(refusal)) => Some(refusal.code),
            Err(Stop::Rows(why)) => panic!("{why}"),
        };
        out.push(Asked { order, refusal, right });
    }
    out
}

/// A province with a product delisted, so that there are incidents and notices to answer.
fn after_a_delisting(bench: &Bench) -> Memory {
    let mut rows = Province::furnished().rows;
    let (orders, _) = delisting(&rows);
    for (who, order) in orders {
        let mut ids = Ids::of_command(order.id);
        let decision = decide(Work::new(&rows, &mut ids, &people()[who], at(MINUTE)), &order.command).expect("decided");
        rows.apply(&decision.changes);
        bench.with(|e| ledger::take(e, at(MINUTE), &[(bench.devices[who].clone(), order)])).expect("taken");
    }
    rows
}

#[test]
fn every_role_may_over_the_wire_what_the_table_of_rights_says_and_nothing_else() {
    for bench in benches() {
        let mut rows = after_a_delisting(&bench);
        let hub = Hub::new(&bench);
        let mut tried: BTreeMap<(&str, &str, bool), usize> = BTreeMap::new();
        // Twice, so that the first can act on what the last have made.
        let people = people();
        for (round, n) in (0..2).flat_map(|round| (0..people.len()).map(move |n| (round, n))) {
            let actor = &people[n];
            let all = asked(&mut rows, actor, round * 10 + n);
            assert!(all.len() > 60, "{} asks {}", actor.name, all.len());
            let orders: Vec<Order> = all.iter().map(|a| a.order.clone()).collect();
            let mut answers = Vec::new();
            for some in orders.chunks(500) {
                answers.extend(hub.push(&console(&bench, n).1, some));
            }
            assert_eq!(answers.len(), all.len());
            for (asked, answer) in all.iter().zip(answers) {
                let name = asked.order.command.name();
                let who = format!("{name} by {} ({})", actor.name, actor.role.code());
                let code = match &answer.outcome {
                    Outcome::Accepted { .. } => None,
                    Outcome::Denied { code, .. } => Some(code.as_str()),
                    other => panic!("{who}: {other:?}"),
                };
                assert_eq!(code, asked.refusal, "{who}");
                let Some((right, may)) = asked.right else { continue };
                assert!(may || code.is_some(), "{who} without {right:?}");
                assert!(!may || !matches!(code, Some("not-allowed")), "{who} has {right:?}");
                *tried.entry((right.code(), actor.role.code(), may)).or_default() += 1;
            }
        }
        let orders = Right::ALL.iter().filter(|r| **r != Right::ReplaceReference);
        let pairs = orders.flat_map(|right| Role::ALL.iter().map(|role| (right.code(), role.code())));
        let untried: Vec<_> = pairs
            .filter(|(right, role)| ![true, false].iter().any(|may| tried.contains_key(&(right, role, *may))))
            .collect();
        assert!(untried.is_empty(), "never tried: {untried:?}");
        let refused: usize = tried.iter().filter(|((.., may), _)| !may).map(|(_, n)| n).sum();
        assert!(refused > 300, "{refused} without the right");
    }
}

#[test]
fn what_a_console_is_given_over_the_wire_is_its_scope_without_foreign_contacts() {
    for bench in benches() {
        let rows = after_a_year(&bench);
        let hub = Hub::new(&bench);
        for (person, token) in people().iter().zip(consoles(&bench)) {
            let mine = everything(&hub, &token);
            holds(person, &mine, &rows);
            assert!(Kind::ALL.iter().map(|k| mine.of(*k).len()).sum::<usize>() > 50, "{}", person.name);
        }
    }
}
