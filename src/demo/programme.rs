//! The programme of the year: goals, deadlines and the returns of the filing units.
//!
//! Owns how far the plan's dates have come on the day of the demo; the dates themselves are data.

use super::emit::{Desk, Done, at, changed, made, plus};
use super::names;
use super::orgs::{Filer, People};
use super::rng::Rng;
use crate::domain::codes::*;
use crate::domain::rows::*;
use crate::domain::value::Fen;
use crate::reference::Reference;
use jiff::civil::{Date, date};
use std::collections::HashMap;

/// Deadlines that are done: code, day, what was noted.
const DONE: &[(&str, Date, &str)] = &[
    ("D2", date(2020, 7, 3), "十市名录全部受理，汉中市、榆林市逾期三日"),
    ("D3", date(2020, 7, 24), "会议已召开，纪要已印发"),
    ("D4", date(2020, 7, 29), "意向书已签订，未签的已说明原因"),
    ("D5", date(2020, 7, 28), "正式目录签发"),
    ("D6", date(2020, 7, 22), "包装和二维码设计第三稿审定"),
];

/// States of the six units that are late with annex 1, and the reminders they have had.
const LATE: &[(ReturnState, i64)] = &[
    (ReturnState::Submitted, 2),
    (ReturnState::Submitted, 1),
    (ReturnState::Returned, 2),
    (ReturnState::Amended, 1),
    (ReturnState::Draft, 3),
    (ReturnState::NotStarted, 4),
];

/// Workers and planned spending in 万元 of the cities and zones. Ankang's goal was in the press, the others are made up.
const AREAS: &[(&str, i64, i64)] = &[
    ("610100", 1_862_000, 12_460),
    ("610200", 158_300, 1_880),
    ("610300", 621_500, 6_790),
    ("610400", 561_200, 5_930),
    ("610500", 543_800, 5_610),
    ("610600", 384_600, 5_240),
    ("610700", 421_700, 4_920),
    ("610800", 512_900, 7_380),
    ("610900", 338_400, 5_000),
    ("611000", 231_600, 3_310),
    ("Z61YL", 32_400, 420),
    ("610581", 61_800, 890),
    ("Z61XX", 97_500, 1_210),
];

pub(super) fn write<E>(reference: &Reference, desk: &mut Desk<'_, E>, people: &People) -> Done<E> {
    let office = names::clerk("610000", 5);
    let entered = at(date(2020, 6, 1), 9 * 60);
    for goal in &reference.goals {
        let id = GoalId(desk.id());
        desk.put(Goal {
            id,
            meta: made(people.province, entered, &office),
            code: goal.code.clone(),
            title: goal.title.clone(),
            title_en: goal.title_en.clone(),
            target: goal.target,
            unit: goal.unit,
            due_on: goal.due_on,
            plan_item: goal.plan_item.clone(),
        })?;
    }
    let mut deadlines: HashMap<&str, DeadlineId> = HashMap::new();
    for d in &reference.deadlines {
        let done = DONE.iter().find(|(code, _, _)| *code == d.code);
        let touched = done.map_or(entered, |(_, day, _)| at(*day, 17 * 60));
        let id = DeadlineId(desk.id());
        deadlines.insert(&d.code, id);
        desk.put(Deadline {
            id,
            meta: changed(people.province, (entered, &office), (touched, &office), 1 + i64::from(done.is_some())),
            code: d.code.clone(),
            title: d.title.clone(),
            title_en: d.title_en.clone(),
            due_on: d.due_on,
            owner: d.owner.clone(),
            done_when: d.done_when.clone(),
            plan_item: d.plan_item.clone(),
            state: if done.is_some() { DeadlineState::Done } else { DeadlineState::Open },
            done_on: done.map(|(_, day, _)| *day),
            note: done.map_or("", |(_, _, note)| note).to_owned(),
        })?;
    }
    let mut rng = desk.rng("returns");
    // The late ones are spread over the direct and industrial unions.
    let others: Vec<usize> = (0..people.filers.len()).filter(|i| is_system(people, *i)).collect();
    let late = rng.sample(LATE.len(), others.len());
    let late: Vec<usize> = late.into_iter().filter_map(|k| others.get(k).copied()).collect();
    if let Some(d1) = deadlines.get("D1") {
        for (i, filer) in people.filers.iter().enumerate() {
            let lateness = late.iter().position(|l| *l == i).and_then(|k| LATE.get(k)).copied();
            put(desk, &mut rng, people, (*d1, ReturnForm::Annex1), filer, lateness)?;
        }
    }
    if let Some(d2) = deadlines.get("D2") {
        for filer in people.filers.iter().filter(|f| f.annex2) {
            put(desk, &mut rng, people, (*d2, ReturnForm::Annex2), filer, None)?;
        }
    }
    Ok(())
}

fn is_system(people: &People, i: usize) -> bool {
    people.filers.get(i).is_some_and(|f| matches!(f.kind, OrgKind::Direct | OrgKind::Industrial))
}

fn put<E>(
    desk: &mut Desk<'_, E>,
    rng: &mut Rng,
    people: &People,
    (deadline, form): (DeadlineId, ReturnForm),
    filer: &Filer,
    late: Option<(ReturnState, i64)>,
) -> Done<E> {
    let (state, reminders) = late.unwrap_or((ReturnState::Accepted, 0));
    let blank = matches!(state, ReturnState::Draft | ReturnState::NotStarted);
    let (workers, planned) = figures(rng, filer);
    // Most come in the last days of June; annex 2 of two cities came three days late.
    let slow = form == ReturnForm::Annex2 && ["610700", "610800"].contains(&filer.division.as_str());
    let day = match late {
        Some(_) => date(2020, 8, 3 + i8::try_from(rng.below(14)).unwrap_or(0)),
        None if slow => date(2020, 7, 3),
        None => plus(date(2020, 6, 30), -rng.between(0, 14)),
    };
    let submitted = at(day, rng.between(9 * 60, 13 * 60));
    let accepted = at(if slow { day } else { plus(day, i64::from(late.is_none()) * rng.between(0, 2)) }, 17 * 60);
    let accepted = matches!(state, ReturnState::Accepted | ReturnState::Amended).then_some(accepted);
    let clerk = if is_area(filer) { names::clerk(&filer.division, 2) } else { names::person(rng.next()) };
    let opened = at(date(2020, 6, 2), 9 * 60);
    let touched = if state == ReturnState::NotStarted { opened } else { accepted.unwrap_or(submitted) };
    let filled = !blank && form == ReturnForm::Annex1;
    let note = match state {
        ReturnState::Returned => "职工数与慰问品总额对不上，请核对",
        ReturnState::Amended => "基层工会数量有误，更正重报",
        _ => "",
    };
    let id = ReturnId(desk.id());
    desk.put(Return {
        id,
        meta: changed(filer.id.0, (opened, &names::clerk("610000", 5)), (touched, &clerk), 3),
        deadline_id: deadline,
        unit_id: filer.id,
        form,
        state,
        submitted_at: (!blank).then_some(submitted),
        accepted_at: accepted,
        reminders,
        planned_fen: Fen(if filled { planned * 1_000_000 } else { 0 }),
        workers: if filled { workers } else { 0 },
        note: note.to_owned(),
    })?;
    debug_assert!(people.province != filer.id.0);
    Ok(())
}

fn is_area(filer: &Filer) -> bool {
    matches!(filer.kind, OrgKind::City | OrgKind::Zone)
}

/// Workers and planned spending in 万元.
fn figures(rng: &mut Rng, filer: &Filer) -> (i64, i64) {
    let area = AREAS.iter().find(|(code, _, _)| is_area(filer) && *code == filer.division);
    area.map_or_else(
        || {
            let workers =
                if filer.kind == OrgKind::Industrial { rng.between(120, 400) } else { rng.between(15, 120) } * 100;
            // 1,200 yuan a year for each worker, of which three to four tenths go to relief products.
            (workers, workers * 12 * rng.between(30, 40) / 100 / 100)
        },
        |(_, workers, planned)| (*workers, *planned),
    )
}
