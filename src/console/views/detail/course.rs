//! The course of an incident at the top of its page: what comes next and who may do it, the clocks, and how far the
//! counters are. Every number opens the rows behind it.

use super::super::pager::{Line, wrapped};
use super::super::{Context, Go};
use crate::base::text;
use crate::console::format::grouped;
use crate::console::theme::Role;
use crate::domain::codes::IncidentState;
use crate::domain::decide::checks_needed;
use crate::domain::producer;
use crate::domain::rows::{Incident, Kind, Row};
use crate::domain::work::shanghai_date;
use crate::store::detail::{Course, Detail, SECTIONS, Scope};
use crate::store::list::ListKind;
use jiff::Timestamp;

/// Lines about an incident; none for other records.
pub(super) fn lines(detail: &Detail, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let (Row::Incident(incident), Some(course)) = (&detail.row, &detail.course) else { return Vec::new() };
    let mut out = vec![Line::default()];
    let next = cx.format.locale.tr_with(
        &format!("next-{}", incident.state.code()),
        &[("reporter", text::display(&incident.reporter).as_ref())],
    );
    out.extend(wrapped(&next, Role::Notice, 2, width));
    out.extend(clocks(incident, course, cx).into_iter().flat_map(|w| wrapped(&w, Role::Text, 2, width)));
    if course.notices > 0 {
        out.extend(answers(incident, course, cx));
    }
    out
}

fn clocks(incident: &Incident, course: &Course, cx: &Context<'_>) -> Vec<String> {
    let locale = cx.format.locale;
    let mut out = Vec::new();
    let over = matches!(incident.state, IncidentState::Unfounded | IncidentState::NotSerious);
    let found = incident.reported_at;
    match incident.confirmed_at {
        Some(confirmed) => {
            let mut words = locale.tr_with("clock-found", &[("span", &span(found, confirmed, cx))]);
            let answered = course.last_answer.filter(|_| course.silent == 0 && course.notices > 0);
            if let Some(last) = answered.and_then(|ms| Timestamp::from_millisecond(ms).ok()) {
                words.push_str(&locale.tr_with("clock-answered", &[("span", &span(confirmed, last, cx))]));
            }
            out.push(words);
            let class = incident.recall_class.unwrap_or(incident.grade);
            let law = producer::clock(class, confirmed);
            let days = crate::domain::pace::days_left(law.finish_on, shanghai_date(cx.format.now));
            let args = [
                ("class", locale.code("grade", class.code())),
                ("hours", law.start_hours.to_string()),
                ("start", cx.format.instant(law.start_by)),
                ("days", law.working_days.to_string()),
                ("finish", cx.format.day(&law.finish_on.to_string())),
                ("left", cx.format.days(days)),
            ];
            let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
            out.push(locale.tr_with("clock-law", &args));
        }
        None if !over => out.push(locale.tr_with("clock-open", &[("span", &span(found, cx.format.now, cx))])),
        None => {}
    }
    out
}

/// `6 小时 40 分`, `3 天 2 小时`.
fn span(from: Timestamp, to: Timestamp, cx: &Context<'_>) -> String {
    let minutes = ((to.as_millisecond() - from.as_millisecond()) / 60_000).max(0);
    let (id, big, small) = match minutes {
        0..2880 => ("span-hours", minutes / 60, minutes % 60),
        _ => ("span-days", minutes / 1440, minutes % 1440 / 60),
    };
    cx.format.locale.tr_with(id, &[("big", &big.to_string()), ("small", &small.to_string())])
}

/// The acknowledgement board: the unreached first, each line opens its counters.
fn answers(incident: &Incident, c: &Course, cx: &Context<'_>) -> Vec<Line> {
    let locale = cx.format.locale;
    let scope = SECTIONS.iter().find(|s| s.on == Kind::Incident && s.id == "notices");
    let scope = scope.map(|section| Scope { section, id: incident.id.0 });
    let open = |typed: &str| Some(Go::List { kind: ListKind::Notices, typed: typed.to_owned(), within: scope });
    let done = c.notices - c.silent;
    let args = [("done", grouped(done)), ("all", grouped(c.notices)), ("removed", grouped(c.removed))];
    let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut out = vec![Line::default()];
    let bar = bar(done, c.notices);
    let heading = vec![(format!("{}  ", locale.tr("board-answers")), Role::Heading), (bar, Role::Good)];
    let words = (format!("  {}", locale.tr_with("answers-done", &args)), Role::Title);
    out.push(Line::of(heading.into_iter().chain([words]).collect()).leading(open("")));
    let needed = checks_needed(incident.recall_class.unwrap_or(incident.grade), c.acknowledged + c.checked);
    let enough = c.checked >= needed;
    let rows = [
        ("answers-unreached", c.unreached, "reach:yes", Role::Danger, String::new()),
        ("answers-late", c.late, "late:yes", Role::Danger, String::new()),
        ("answers-silent", c.silent, "state:unacknowledged", Role::Warning, String::new()),
        ("answers-remind", c.remind, "remind:yes", Role::Warning, String::new()),
        ("answers-explained", c.explained, "state:explained", Role::Notice, String::new()),
        ("answers-acknowledged", c.acknowledged, "state:acknowledged", Role::Text, String::new()),
        (
            "answers-checked",
            c.checked,
            "state:checked",
            if enough { Role::Good } else { Role::Warning },
            locale.tr_with("answers-needed", &[("n", &grouped(needed))]),
        ),
    ];
    for (id, n, typed, role, more) in rows {
        if n == 0 && more.is_empty() {
            continue;
        }
        let label = text::fit(&locale.tr(id), 20);
        let pieces = vec![
            (format!("    {label}"), Role::Dim),
            (text::fit_right(&grouped(n), 6), if n > 0 { role } else { Role::Dim }),
            (format!("  {more}"), Role::Dim),
        ];
        out.push(Line::of(pieces).leading((n > 0).then(|| open(typed)).flatten()));
    }
    let places = locale.tr_with("answers-places", &[("n", &c.verified_places.to_string())]);
    let buyers = [("told", grouped(c.buyers_told)), ("all", grouped(c.buyers))];
    let buyers: Vec<(&str, &str)> = buyers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    out.push(Line::plain(format!("    {places}  {}", locale.tr_with("answers-buyers", &buyers)), Role::Dim));
    out
}

/// Twenty cells of `=` and `-`: read without colour.
fn bar(done: i64, all: i64) -> String {
    let full = usize::try_from(done * 20 / all.max(1)).unwrap_or(0).min(20);
    format!("{}{}", "=".repeat(full), "-".repeat(20 - full))
}
