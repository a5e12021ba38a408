//! Deadlines, returns and goals (A32, A36, A37; plan 四 and 二).

use super::{Target, field, no_such_step, owner, step};
use crate::domain::codes::*;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::Fen;
use crate::domain::work::Work;
use jiff::civil::Date;
use uuid::Uuid;

fn unit_and_code(w: &Work<'_>, row: &Return) -> Result<(Organisation, String), Stop> {
    let unit: Organisation = w.get(row.unit_id.0)?;
    // Returns have no code of their own: people know them by unit and form.
    let form = if row.form == ReturnForm::Annex1 { "附件1" } else { "附件2" };
    let code = format!("{} {form}", unit.name);
    Ok((unit, code))
}

/// The right a filing needs depends on the form: counties and industrial unions differ (domain section 8).
fn allow_filing(w: &Work<'_>, row: &Return, unit: &Organisation) -> Result<(), Stop> {
    let right = if row.form == ReturnForm::Annex1 { Right::SubmitAnnex1 } else { Right::SubmitAnnex2 };
    w.allow(right, &unit.division_code, unit.id.0)
}

pub fn file(w: &mut Work<'_>, id: Uuid, workers: i64, planned: Fen, note: &str) -> Result<Target, Stop> {
    let row: Return = w.get(id)?;
    let (unit, code) = unit_and_code(w, &row)?;
    allow_filing(w, &row, &unit)?;
    let (_, state) = step(w, &code, row.state, Verb::Submit, "", (&unit.division_code, unit.id.0))?;
    let after = Return {
        state,
        workers: field::between("workers", workers, 0, 50_000_000)?,
        planned_fen: Fen(field::between("planned", planned.0, 0, 100_000_000_000_000)?),
        note: field::optional("note", note, field::LONG)?,
        submitted_at: row.submitted_at.or(Some(w.now)),
        ..row.clone()
    };
    w.update(row, after);
    Ok((id, code))
}

pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let row: Return = w.get(id)?;
    let (unit, code) = unit_and_code(w, &row)?;
    if verb == Verb::Submit {
        // Submitting needs the figures: FileReturn.
        return Err(no_such_step(Kind::Return, &code, row.state.code(), verb).into());
    }
    if matches!(verb, Verb::Draft | Verb::Amend) {
        allow_filing(w, &row, &unit)?;
    }
    let (_, state) = step(w, &code, row.state, verb, reason, (&unit.division_code, unit.id.0))?;
    let mut after = Return { state, ..row.clone() };
    if verb == Verb::Accept {
        after.accepted_at = Some(w.now);
    }
    if !reason.is_empty() {
        after.note = reason.to_owned();
    }
    w.update(row, after);
    Ok((id, code))
}

pub fn remind(w: &mut Work<'_>, id: Uuid) -> Result<Target, Stop> {
    let row: Return = w.get(id)?;
    let (_, code) = unit_and_code(w, &row)?;
    w.allow(Right::AcceptReturns, "610000", owner(&row))?;
    if matches!(row.state, ReturnState::Submitted | ReturnState::Accepted) {
        let needs = "not_started,draft,returned,amended";
        return Err(wrong_state(
            Kind::Return,
            code,
            row.state.code(),
            "remind",
            needs,
            rights::who(Right::AcceptReturns),
        )
        .into());
    }
    w.update(row.clone(), Return { reminders: row.reminders + 1, ..row });
    Ok((id, code))
}

pub fn walk_deadline(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let row: Deadline = w.get(id)?;
    let (_, state) = step(w, &row.code, row.state, verb, reason, ("610000", owner(&row)))?;
    let done_on = (verb == Verb::Finish).then(|| w.today());
    w.update(row.clone(), Deadline { state, done_on, note: reason.to_owned(), ..row.clone() });
    Ok((id, row.code))
}

pub fn set_deadline(w: &mut Work<'_>, id: Uuid, due_on: Date, reason: &str) -> Result<Target, Stop> {
    let row: Deadline = w.get(id)?;
    w.allow(Right::ChangeDeadlines, "610000", owner(&row))?;
    needs_reason(&row.code, "set", reason)?;
    w.update(row.clone(), Deadline { due_on, note: reason.to_owned(), ..row.clone() });
    Ok((id, row.code))
}

pub fn set_goal(w: &mut Work<'_>, id: Uuid, target: i64, reason: &str) -> Result<Target, Stop> {
    let row: Goal = w.get(id)?;
    w.allow(Right::ChangeDeadlines, "610000", owner(&row))?;
    needs_reason(&row.code, "set", reason)?;
    let target = field::between("target", target, 1, i64::MAX / 10_000)?;
    w.update(row.clone(), Goal { target, ..row.clone() });
    Ok((id, row.code))
}

fn needs_reason(code: &str, verb: &str, reason: &str) -> Result<(), Refusal> {
    if reason.is_empty() { Err(Refusal::new("reason-missing").with("code", code).with("verb", verb)) } else { Ok(()) }
}
