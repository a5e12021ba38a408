//! The board's lines: pieces of text, of which those that stand for rows can be opened.

use super::super::list_draw::state_role;
use super::super::{Context, Go};
use crate::base::locale::Lang;
use crate::base::text;
use crate::console::format::{Format, grouped, percent};
use crate::console::theme::Role;
use crate::domain::codes::{DueState, GoalUnit};
use crate::domain::pace;
use crate::domain::rows::Kind;
use crate::store::audit;
use crate::store::board::{Board, Due, Happening, Progress, Urgent};
use crate::store::detail::{SECTIONS, Scope as Within};
use crate::store::filter::column_label;
use crate::store::list::{ListKind, Ty};
use uuid::Uuid;

/// Where a piece leads.
pub(in crate::console::views) struct Stop {
    pub go: Go,
    /// How many rows the list behind it has, when the piece says a number of rows.
    pub count: Option<i64>,
}

/// A piece of a line.
pub(in crate::console::views) struct Piece {
    pub text: String,
    pub role: Role,
    pub stop: Option<Stop>,
}

impl Piece {
    pub(in crate::console::views) fn text(text: impl Into<String>, role: Role) -> Piece {
        Piece { text: text.into(), role, stop: None }
    }

    pub(in crate::console::views) fn opens(self, go: Go, count: Option<i64>) -> Piece {
        Piece { stop: Some(Stop { go, count }), ..self }
    }
}

/// One line of the board.
#[derive(Default)]
pub(in crate::console::views) struct Line {
    pub pieces: Vec<Piece>,
    pub indent: u16,
    /// Part reached, and part planned by today, of the bar at the end.
    pub bar: Option<(f64, f64)>,
}

impl Line {
    pub(in crate::console::views) fn of(pieces: Vec<Piece>) -> Line {
        Line { pieces, indent: 2, bar: None }
    }

    pub(in crate::console::views) fn plain(text: impl Into<String>, role: Role) -> Line {
        Line::of(vec![Piece::text(text, role)])
    }

    fn heading(text: impl Into<String>) -> Line {
        Line { pieces: vec![Piece::text(text, Role::Heading)], indent: 1, bar: None }
    }
}

pub(super) fn urgent(board: &Board, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut lines = vec![Line::heading(locale.tr("board-urgent"))];
    if board.urgent.is_empty() {
        lines.push(Line::plain(format!("   {}", locale.tr("board-calm")), Role::Good));
    }
    for u in &board.urgent {
        lines.extend(urgent_lines(u, cx, width));
    }
    lines.push(Line::default());
    lines
}

/// What an urgent matter is called and what there is to say of it, in words.
pub fn urgent_words(u: &Urgent, format: &Format<'_>) -> (String, String) {
    let locale = format.locale;
    let age = u.since.map(|s| format.age(s)).unwrap_or_default();
    // For deadlines the English title travels in the grade.
    let titled = matches!(u.id, "returns" | "deadline");
    let name = format.title(&u.name, if titled { &u.grade } else { "" });
    let state = if u.id == "incident" { locale.code("incident", &u.state) } else { String::new() };
    let args = [
        ("code", u.code.as_str()),
        ("name", &text::display(name)),
        ("n", &grouped(u.count)),
        ("age", &age),
        ("days", &u.days.to_string()),
        ("state", &state),
        ("grade", &locale.code("grade", &u.grade)),
    ];
    let word = locale.tr(&format!("urgent-word-{}", u.id)).into_owned();
    let today = if titled && u.days == 0 { "-today" } else { "" };
    (word, locale.tr_with(&format!("urgent-{}{today}", u.id), &args))
}

/// A matter over as many lines as its words need.
fn urgent_lines(u: &Urgent, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let (word, body) = urgent_words(u, &cx.format);
    // ASCII, and never the cursor's sign.
    let (sign, role) = match u.rank {
        0 | 1 => ("!!", Role::Danger),
        2 | 3 => ("! ", Role::Warning),
        _ => ("- ", Role::Notice),
    };
    let (go, count) = match u.record.filter(|_| u.id == "incident" || u.id == "deadline") {
        Some(id) if u.id == "incident" => (Go::Record { kind: Kind::Incident, id }, None),
        Some(id) => (Go::Record { kind: Kind::Deadline, id }, None),
        None => (list_go(u.list, &u.filter, cx), Some(u.count)),
    };
    let head = format!("{sign} {word}  ");
    let indent = text::width(&head);
    let room = width.saturating_sub(indent + 3).max(12);
    let mut parts = text::wrap(&body, room).into_iter();
    let first = parts.next().unwrap_or_default();
    let mut lines = vec![Line::of(vec![Piece::text(head, role).opens(go, count), Piece::text(first, Role::Text)])];
    lines.extend(parts.map(|p| Line::plain(format!("{}{p}", " ".repeat(indent)), Role::Text)));
    lines
}

/// The list behind a figure; its filter is written in the words of the screen.
pub(in crate::console::views) fn list_go(list: &str, filter: &str, cx: &Context<'_>) -> Go {
    let kind = ListKind::parse(list).unwrap_or(ListKind::Catalog);
    Go::List { kind, typed: in_words(kind, filter, cx), within: None }
}

/// `state:counted` as `状态:已统计`, as a person would have typed it.
fn in_words(kind: ListKind, filter: &str, cx: &Context<'_>) -> String {
    let locale = cx.format.locale;
    let token = |t: &str| {
        let (not, t) = t.strip_prefix('!').map_or(("", t), |rest| ("!", rest));
        let Some((field, values)) = t.split_once(':') else { return format!("{not}{t}") };
        let Some(column) = kind.spec().column(field) else { return format!("{not}{t}") };
        let word = |v: &str| match column.ty {
            Ty::Set(set) => locale.code(set, v),
            Ty::YesNo if v == "1" => locale.tr("yes").into_owned(),
            _ => v.to_owned(),
        };
        let values: Vec<String> = values.split(',').map(word).collect();
        format!("{not}{}:{}", column_label(locale, kind.spec(), field), values.join(","))
    };
    if locale.lang() == Lang::En {
        filter.to_owned()
    } else {
        filter.split(' ').map(token).collect::<Vec<_>>().join(" ")
    }
}

/// The returns of one deadline.
fn returns_of(deadline: Uuid, filter: &str, cx: &Context<'_>) -> Option<Go> {
    let section = SECTIONS.iter().find(|s| s.on == Kind::Deadline && s.list == ListKind::Returns)?;
    let typed = if filter.is_empty() { String::new() } else { in_words(ListKind::Returns, filter, cx) };
    Some(Go::List { kind: ListKind::Returns, typed, within: Some(Within { section, id: deadline }) })
}

pub(super) fn deadlines(board: &Board, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut lines = vec![Line::heading(locale.tr("board-deadlines"))];
    let open = board.deadlines.iter().filter(|d| !matches!(d.state, DueState::Done | DueState::Waived));
    lines.extend(open.flat_map(|due| deadline(due, cx, width)));
    let done = board.deadlines.iter().filter(|d| d.state == DueState::Done).count();
    let words = locale.tr_with("board-done", &[("n", &done.to_string())]);
    let count = i64::try_from(done).ok();
    lines.push(Line::of(vec![Piece::text(words, Role::Dim).opens(list_go("deadlines", "state:done", cx), count)]));
    lines.push(Line::default());
    lines
}

/// A deadline; its title goes on below where it needs more than the line.
fn deadline(due: &Due, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let role = match due.state {
        DueState::Overdue => Role::Danger,
        DueState::DueToday | DueState::DueSoon => Role::Warning,
        _ => Role::Text,
    };
    let days = text::fit(&cx.format.days(due.days), 13);
    let day = text::fit(&cx.format.day(&due.due_on.to_string()), 6);
    let mut owed = Vec::new();
    if due.owed > 0 {
        let words = |id: &str, n: i64| locale.tr_with(id, &[("n", &grouped(n))]);
        for (id, n, filter) in [("board-in", due.accepted, "state:accepted"), ("board-owed", due.owed, "")] {
            let piece = Piece::text(words(id, n), Role::Text);
            owed.push(Piece::text("  ", Role::Text));
            owed.push(match returns_of(due.id, filter, cx) {
                Some(go) => piece.opens(go, Some(n)),
                None => piece,
            });
        }
    }
    let cells: usize = owed.iter().map(|p| text::width(&p.text)).sum();
    let title = cx.format.title(&due.title, &due.title_en);
    let room = width.saturating_sub(29 + cells).max(8);
    let mut parts = text::wrap(&text::display(title), room).into_iter();
    let title = text::fit(&parts.next().unwrap_or_default(), room);
    let go = Go::Record { kind: Kind::Deadline, id: due.id };
    let mut pieces = vec![
        Piece::text(format!("{days} "), role).opens(go, None),
        Piece::text(format!("{day} {} ", text::fit(&due.code, 4)), Role::Dim),
        Piece::text(title, Role::Text),
    ];
    pieces.extend(owed);
    let mut lines = vec![Line::of(pieces)];
    lines.extend(parts.map(|p| Line::plain(format!("{}{p}", " ".repeat(26)), Role::Text)));
    lines
}

pub(super) fn goals(board: &Board, cx: &Context<'_>, bars: bool) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut heading = Line::heading(locale.tr("board-goals"));
    if bars {
        heading.pieces.push(Piece::text(format!("   {}", locale.tr("board-plan")), Role::Dim));
    }
    let mut lines = vec![heading];
    for goal in &board.goals {
        let done = goal.done as f64 / goal.target.max(1) as f64;
        let bar = bars.then_some((done, goal.planned_permille as f64 / 1000.0));
        lines.push(Line { bar, ..Line::of(goal_pieces(goal, cx, bars)) });
    }
    let [august, year] = board.forecast.map(|fen| cx.format.amount(fen));
    let forecast = locale.tr_with("board-forecast", &[("august", &august), ("year", &year)]);
    lines.push(Line::plain(forecast, Role::Info));
    lines.push(Line::default());
    lines
}

fn goal_pieces(goal: &Progress, cx: &Context<'_>, bars: bool) -> Vec<Piece> {
    // Where no bar stands behind them, words and figures have its room.
    let (words, figured) = match (bars, cx.format.locale.lang()) {
        (true, Lang::Zh) => (14, 18),
        (true, Lang::En) => (16, 16),
        (false, _) => (24, 22),
    };
    let (figures, count) = match goal.unit {
        // The rows add up to it.
        GoalUnit::Fen => {
            let (done, target) = (cx.format.amount(goal.done), cx.format.amount(goal.target));
            (format!("{done} / {target} {}", cx.format.locale.tr("unit-yi")), None)
        }
        GoalUnit::Count => (format!("{} / {}", grouped(goal.done), grouped(goal.target)), Some(goal.done)),
    };
    let share = percent(pace::permille(goal.done, goal.target));
    let title = text::fit(cx.format.title(&goal.title, &goal.title_en), words);
    vec![
        Piece::text(title, Role::Text).opens(list_go(goal.list, goal.filter, cx), count),
        Piece::text(text::fit_right(&figures, figured), Role::Text),
        Piece::text(format!(" {} ", text::fit_right(&share, 6)), Role::Title),
    ]
}

pub(super) fn incidents(board: &Board, cx: &Context<'_>) -> Vec<Line> {
    let locale = cx.format.locale;
    let total: i64 = board.incidents.iter().map(|g| g.total).sum();
    let open = |filter: &str, n: i64, words: String, role: Role| {
        Piece::text(words, role).opens(list_go("incidents", filter, cx), Some(n))
    };
    let words = |id: &str, n: i64| locale.tr_with(id, &[("n", &grouped(n))]);
    let mut heading = Line::heading(format!("{}  ", locale.tr("board-incidents")));
    heading.pieces.push(open("open:1", total, words("board-open", total), Role::Title));
    let mut lines = vec![heading];
    for (grade, ages) in ["1", "2", "3"].iter().zip(&board.incidents) {
        let role = if ages.total > 0 { state_role(grade) } else { Role::Dim };
        let word = text::fit(&locale.code("grade", grade), 8);
        let filter = format!("grade:{grade} open:1");
        let all = text::fit(&words("board-grade", ages.total), 8);
        let mut pieces = vec![Piece::text(word, role), open(&filter, ages.total, all, Role::Text)];
        for (id, n, hours) in [
            ("board-day", ages.under_day, "hours:<24"),
            ("board-week", ages.under_week, "hours:24..167"),
            ("board-older", ages.older, "hours:>=168"),
        ] {
            pieces.push(Piece::text("  ", Role::Text));
            pieces.push(open(&format!("{filter} {hours}"), n, words(id, n), Role::Text));
        }
        lines.push(Line::of(pieces));
    }
    for (id, n, filter) in
        [("board-suspended", board.suspended, "state:suspended"), ("board-delisted", board.delisted, "state:delisted")]
    {
        let go = list_go("catalog", filter, cx);
        lines.push(Line::of(vec![Piece::text(words(id, n), Role::Text).opens(go, Some(n))]));
    }
    lines.push(Line::default());
    lines
}

pub(super) fn recent(board: &Board, cx: &Context<'_>) -> Vec<Line> {
    let mut lines = vec![Line::heading(cx.format.locale.tr("board-recent"))];
    for Happening { no, about, at, person, command, code, outcome } in &board.recent {
        let refused = if outcome == audit::DONE {
            String::new()
        } else {
            format!(" {}", cx.format.locale.code("outcome", outcome))
        };
        let what = cx.format.locale.code("command", command);
        let line = format!("{} {} {what} {code}{refused}", cx.format.instant(*at), text::display(person));
        let go = no.map(Go::Audit).or(about.map(|(kind, id)| Go::Record { kind, id }));
        let piece = Piece::text(line, Role::Dim);
        lines.push(Line::of(vec![match go {
            Some(go) => piece.opens(go, None),
            None => piece,
        }]));
    }
    lines
}
