//! `gongfu status`: the watch board as calm text, what needs a person first.

use super::cell::{self, big_money};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use crate::base::locale::{Lang, Locale};
use crate::base::text;
use crate::console::format::{Format, percent};
use crate::console::standing;
use crate::console::views::board::urgent_words;
use crate::domain::codes::GoalUnit;
use crate::domain::pace;
use crate::store::board::{self, Board, Due, Progress, Urgent};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::io;

/// Runs `status`.
pub(super) fn run(context: &Context) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let board = board::read(&db, store.clock().now()).map_err(|e| context.db_fail(&e))?;
    if context.json {
        return Out::new().json(&document(&board)).map(|()| Exit::Done).map_err(Into::into);
    }
    let mut out = Out::new();
    print(&mut out, &board, &context.locale)?;
    out.done()
}

fn print(out: &mut Out, board: &Board, locale: &Locale) -> io::Result<()> {
    let demo = if board.demo { locale.tr("cli-status-demo").into_owned() } else { String::new() };
    let at = cell::instant(board.now.as_millisecond());
    out.line(format!("{}  {at}  {demo}", locale.tr("cli-status-title")).trim_end())?;
    if let Some(hub) = &board.hub {
        let divisions = HashMap::new();
        out.line(&standing::words(hub, &Format { locale, divisions: &divisions, now: board.now }, false).0)?;
    }
    out.line(&format!("\n{}", locale.tr("cli-status-urgent")))?;
    if board.urgent.is_empty() {
        out.line(&format!("  {}", locale.tr("cli-status-none")))?;
    }
    for urgent in &board.urgent {
        out.line(&format!("  {}", text::display(&urgent_line(urgent, board, locale))))?;
    }
    out.line(&format!("\n{}", locale.tr("cli-status-deadlines")))?;
    for due in &board.deadlines {
        out.line(&format!("  {}", text::display(&due_line(due, locale))))?;
    }
    out.line(&format!("\n{}", locale.tr("cli-status-goals")))?;
    for goal in &board.goals {
        out.line(&format!("  {}", text::display(&goal_line(goal, locale))))?;
    }
    let [one, two, three] = board.incidents.map(|g| g.total.to_string());
    let number = |n: i64| n.to_string();
    let args = [("one", one.as_str()), ("two", two.as_str()), ("three", three.as_str())];
    out.line(&format!("\n{}", locale.tr_with("cli-status-incidents", &args)))?;
    let (entries, suspended, delisted) = (number(board.entries), number(board.suspended), number(board.delisted));
    let args = [("listed", entries.as_str()), ("suspended", &suspended), ("delisted", &delisted)];
    out.line(&locale.tr_with("cli-status-catalog", &args))?;
    let counted = big_money(locale, board.counted_fen);
    let [august, december] = board.forecast.map(|fen| big_money(locale, fen));
    let args = [("counted", counted.as_str()), ("august", &august), ("december", &december)];
    out.line(&locale.tr_with("cli-status-spending", &args))?;
    let records = number(board.audit_records);
    out.line(&locale.tr_with("cli-status-audit", &[("records", &records)]))
}

fn urgent_line(urgent: &Urgent, board: &Board, locale: &Locale) -> String {
    let divisions = HashMap::new();
    let (word, body) = urgent_words(urgent, &Format { locale, divisions: &divisions, now: board.now });
    let cells = if locale.lang() == Lang::Zh { 4 } else { 8 };
    format!("{}  {}", text::fit(&word, cells), body.trim_end())
}

fn due_line(due: &Due, locale: &Locale) -> String {
    let state = locale.code("due", due.state.code());
    let days = match due.days {
        0 => locale.tr("cli-status-today").into_owned(),
        n if n < 0 => locale.tr_with("cli-status-late", &[("n", &(-n).to_string())]),
        n => locale.tr_with("cli-status-left", &[("n", &n.to_string())]),
    };
    let open = !matches!(due.state.code(), "done" | "waived");
    let when = if open { days } else { state };
    let owed = if due.owed > 0 { format!("  {}/{}", due.accepted, due.owed) } else { String::new() };
    let title = if locale.lang() == Lang::En { &due.title_en } else { &due.title };
    format!("{}  {}  {}  {title}{owed}", text::fit(&due.code, 4), due.due_on, text::fit(&when, 14))
}

fn goal_line(goal: &Progress, locale: &Locale) -> String {
    let title = if locale.lang() == Lang::En { &goal.title_en } else { &goal.title };
    let amount = |n: i64| match goal.unit {
        GoalUnit::Fen => big_money(locale, n),
        GoalUnit::Count => n.to_string(),
    };
    let share = percent(pace::permille(goal.done, goal.target));
    let plan = locale.tr_with("cli-status-plan", &[("share", &percent(goal.planned_permille))]);
    format!(
        "{}  {} / {}  {}  {plan}  {}",
        text::fit(title, 20),
        text::fit_right(&amount(goal.done), 14),
        text::fit(&amount(goal.target), 14),
        text::fit_right(&share, 7),
        goal.due_on
    )
}

fn document(board: &Board) -> Json {
    let at = |t: jiff::Timestamp| cell::rfc3339(t.as_millisecond());
    let urgent = board.urgent.iter().map(|u| {
        json!({
            "id": u.id, "rank": u.rank, "count": u.count, "code": u.code, "name": u.name, "state": u.state,
            "since": u.since.map(at), "days_late": u.days, "list": u.list, "filter": u.filter,
        })
    });
    let deadlines = board.deadlines.iter().map(|d| {
        json!({
            "code": d.code, "title": d.title, "title_en": d.title_en, "due_on": d.due_on.to_string(),
            "days_left": d.days, "state": d.state.code(), "accepted": d.accepted, "owed": d.owed,
        })
    });
    let goals = board.goals.iter().map(|g| {
        json!({
            "code": g.code, "title": g.title, "title_en": g.title_en, "unit": g.unit.code(), "done": g.done,
            "target": g.target, "permille": pace::permille(g.done, g.target), "planned_permille": g.planned_permille,
            "due_on": g.due_on.to_string(), "list": g.list, "filter": g.filter,
        })
    });
    let incidents = board.incidents.iter().zip(["1", "2", "3"]).map(|(g, grade)| {
        json!({
            "grade": grade, "open": g.total, "under_day": g.under_day, "under_week": g.under_week, "older": g.older,
        })
    });
    let counters: serde_json::Map<String, Json> =
        board.counters.iter().map(|(state, n)| (state.clone(), json!(n))).collect();
    json!({
        "now": at(board.now),
        "demo": board.demo,
        "organisation": board.profile,
        "urgent": urgent.collect::<Vec<_>>(),
        "deadlines": deadlines.collect::<Vec<_>>(),
        "goals": goals.collect::<Vec<_>>(),
        "incidents": incidents.collect::<Vec<_>>(),
        "catalog": { "listed": board.entries, "suspended": board.suspended, "delisted": board.delisted },
        "suppliers": board.suppliers,
        "counters": counters,
        "counters_asleep": board.asleep,
        "spending": {
            "counted_fen": board.counted_fen, "waiting_fen": board.waiting_fen,
            "forecast_august_fen": board.forecast[0], "forecast_december_fen": board.forecast[1],
        },
        "audit_records": board.audit_records,
        "hub": board.hub.as_ref().map(|s| super::sync::standing(&s.link, s.counts)),
    })
}
