//! 总览, the watch board: what needs a person now, deadlines, goals, incidents, the newest happenings.
//!
//! Most urgent first; every line opens the rows behind it. Behind plan is a number, not an alarm.

use super::list_draw::state_role;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::locale::Lang;
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::format::{Format, grouped, yi};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::widgets::bar::Bar;
use crate::domain::codes::{DueState, GoalUnit};
use crate::domain::pace;
use crate::domain::rows::Kind;
use crate::store::board::{Board, Happening, Progress, Urgent};
use crate::store::filter::column_label;
use crate::store::list::{ListKind, Ty};
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Width from which goals stand beside what is urgent.
const WIDE: u16 = 110;
/// Cells of a goal's bar.
const BAR: u16 = 24;

/// The watch board.
pub struct BoardView {
    slot: Slot,
    board: Option<Box<Board>>,
    /// Line under the cursor among those that open something.
    cursor: usize,
    top: usize,
    trouble: Vec<String>,
}

/// One line of the board.
struct Line {
    /// Pieces with their roles, one after another.
    pieces: Vec<(String, Role)>,
    /// Where Enter leads.
    go: Option<Go>,
    /// Goal whose bar stands at the end.
    bar: Option<(f64, f64)>,
}

impl Line {
    fn heading(text: String) -> Line {
        Line { pieces: vec![(text, Role::Heading)], go: None, bar: None }
    }

    fn blank() -> Line {
        Line { pieces: Vec::new(), go: None, bar: None }
    }
}

impl BoardView {
    pub fn new(slot: Slot) -> BoardView {
        BoardView { slot, board: None, cursor: 0, top: 0, trouble: Vec::new() }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Board)]
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, _slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        match answer {
            Answer::Board(board) => {
                self.board = Some(board);
                self.trouble.clear();
            }
            Answer::Failed(e) => self.trouble = super::list_draw::store_lines(&e, cx.format.locale),
            _ => {}
        }
        Vec::new()
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let (mut lines, right) = self.parts(cx);
        lines.extend(right);
        let stops: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].go.is_some()).collect();
        let last = stops.len().saturating_sub(1);
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(last),
            Action::PageUp | Action::Top => self.cursor = 0,
            Action::PageDown | Action::Bottom => self.cursor = last,
            Action::Refresh => return Outcome::does(self.enter(cx)),
            Action::Open => {
                let go = stops.get(self.cursor).and_then(|i| lines.get(*i)).and_then(|l| l.go.clone());
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ => return Outcome::ignored(),
        }
        Outcome::used()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Board, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        Vec::new()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        match &self.board {
            Some(b) => {
                let locale = cx.format.locale;
                locale.tr_with("board-status", &[("audit", &grouped(b.audit_records))])
            }
            None => cx.format.locale.tr("status-reading").into_owned(),
        }
    }

    /// The lines of the left and of the right part; narrow screens have one part.
    fn parts(&self, cx: &Context<'_>) -> (Vec<Line>, Vec<Line>) {
        let Some(board) = &self.board else {
            let say = |t: &String| Line { pieces: vec![(t.clone(), Role::Danger)], go: None, bar: None };
            return (self.trouble.iter().map(say).collect(), Vec::new());
        };
        let wide = cx.area.width >= WIDE;
        let mut left = urgent_lines(board, cx);
        left.extend(deadline_lines(board, cx));
        let mut right = goal_lines(board, cx, wide);
        right.extend(incident_lines(board, cx));
        if wide {
            right.extend(recent_lines(board, cx));
            return (left, right);
        }
        left.extend(right);
        if cx.area.height < 30 {
            // Every line counts: headings part the sections well enough.
            left.retain(|l| !l.pieces.is_empty());
        }
        (left, Vec::new())
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let (left_lines, right_lines) = self.parts(cx);
        let wide = area.width >= WIDE;
        let left = if wide { Rect { width: area.width * 11 / 20, ..area } } else { area };
        let right = Rect { x: left.right() + 2, width: area.width.saturating_sub(left.width + 2), ..area };
        let all = || left_lines.iter().chain(&right_lines);
        let stops: Vec<usize> = all().enumerate().filter(|(_, l)| l.go.is_some()).map(|(i, _)| i).collect();
        self.cursor = self.cursor.min(stops.len().saturating_sub(1));
        let current = stops.get(self.cursor).copied();
        let on_left = current.unwrap_or(0).min(left_lines.len());
        self.scroll(on_left, self.cursor == 0, usize::from(left.height), left_lines.len());
        let mut caret = Position::new(area.x, area.y);
        let shown =
            (left.y..left.bottom()).zip(self.top..left_lines.len()).map(|(y, i)| (Rect { y, height: 1, ..left }, i));
        let beside =
            (right.y..right.bottom()).zip(left_lines.len()..).map(|(y, i)| (Rect { y, height: 1, ..right }, i));
        for (at, index) in shown.chain(beside) {
            let Some(line) = all().nth(index) else { continue };
            if Some(index) == current {
                caret = at.as_position();
            }
            draw_line(line, frame, at, cx, Some(index) == current);
        }
        Caret::Parked(caret)
    }

    fn scroll(&mut self, current: usize, first: bool, height: usize, lines: usize) {
        if first {
            self.top = 0;
        } else if current < self.top + 1 {
            self.top = current.saturating_sub(1);
        } else if current + 1 >= self.top + height {
            self.top = current + 2 - height.min(current + 2);
        }
        self.top = self.top.min(lines.saturating_sub(height));
    }
}

fn urgent_lines(board: &Board, cx: &Context<'_>) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut lines = vec![Line::heading(locale.tr("board-urgent").into_owned())];
    if board.urgent.is_empty() {
        lines.push(Line { pieces: vec![(format!("   {}", locale.tr("board-calm")), Role::Good)], go: None, bar: None });
    }
    lines.extend(board.urgent.iter().map(|u| urgent_line(u, cx)));
    lines.push(Line::blank());
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
    (word, locale.tr_with(&format!("urgent-{}", u.id), &args))
}

fn urgent_line(u: &Urgent, cx: &Context<'_>) -> Line {
    let (word, body) = urgent_words(u, &cx.format);
    let sign = if u.rank <= 1 { "!" } else { ">" };
    let role = match u.rank {
        0 | 1 => Role::Danger,
        2 | 3 => Role::Warning,
        _ => Role::Notice,
    };
    let go = match u.record.filter(|_| u.id == "incident" || u.id == "deadline") {
        Some(id) if u.id == "incident" => Go::Record { kind: Kind::Incident, id },
        Some(id) => Go::Record { kind: Kind::Deadline, id },
        None => list_go(u.list, &u.filter, cx),
    };
    let pieces = vec![(format!("{sign} {word}  "), role), (body, Role::Text)];
    Line { pieces, go: Some(go), bar: None }
}

/// The list behind a figure; its filter is written in the words of the screen.
fn list_go(list: &str, filter: &str, cx: &Context<'_>) -> Go {
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

fn deadline_lines(board: &Board, cx: &Context<'_>) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut lines = vec![Line::heading(locale.tr("board-deadlines").into_owned())];
    let narrow = cx.area.width < WIDE;
    let open = board.deadlines.iter().filter(|d| !matches!(d.state, DueState::Done | DueState::Waived));
    for due in open {
        let role = match due.state {
            DueState::Overdue => Role::Danger,
            DueState::DueToday | DueState::DueSoon => Role::Warning,
            _ => Role::Text,
        };
        let days = text::fit(&cx.format.days(due.days), 13);
        let title = cx.format.title(&due.title, &due.title_en);
        let share = match due.owed {
            0 => String::new(),
            owed => format!("  {}/{owed}", due.accepted),
        };
        let room = usize::from(if narrow { cx.area.width } else { cx.area.width * 11 / 20 }).saturating_sub(37);
        let title = text::fit(&text::display(title), room);
        let day = text::fit(&cx.format.day(&due.due_on.to_string()), 6);
        let pieces = vec![
            (format!("  {days} "), role),
            (format!("{day} {} ", text::fit(&due.code, 4)), Role::Dim),
            (format!("{title}{share}"), Role::Text),
        ];
        lines.push(Line { pieces, go: Some(Go::Record { kind: Kind::Deadline, id: due.id }), bar: None });
    }
    let done = board.deadlines.iter().filter(|d| d.state == DueState::Done).count();
    let text = locale.tr_with("board-done", &[("n", &done.to_string())]);
    lines.push(Line {
        pieces: vec![(format!("  {text}"), Role::Dim)],
        go: Some(list_go("deadlines", "state:done", cx)),
        bar: None,
    });
    lines.push(Line::blank());
    lines
}

fn goal_lines(board: &Board, cx: &Context<'_>, bars: bool) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut lines = vec![Line::heading(locale.tr("board-goals").into_owned())];
    for goal in &board.goals {
        let done = goal.done as f64 / goal.target.max(1) as f64;
        let bar = bars.then_some((done, goal.planned_permille as f64 / 1000.0));
        let go = Some(list_go(goal.list, goal.filter, cx));
        lines.push(Line { pieces: goal_pieces(goal, cx), go, bar });
    }
    let [august, year] = board.forecast.map(yi);
    let forecast = locale.tr_with("board-forecast", &[("august", &august), ("year", &year)]);
    lines.push(Line { pieces: vec![(format!("  {forecast}"), Role::Info)], go: None, bar: None });
    lines.push(Line::blank());
    lines
}

fn goal_pieces(goal: &Progress, cx: &Context<'_>) -> Vec<(String, Role)> {
    let figures = match goal.unit {
        GoalUnit::Fen => format!("{} / {} {}", yi(goal.done), yi(goal.target), cx.format.locale.tr("unit-yi")),
        GoalUnit::Count => format!("{} / {}", grouped(goal.done), grouped(goal.target)),
    };
    let share = format!("{:>3}%", pace::permille(goal.done, goal.target) / 10);
    let title = text::fit(cx.format.title(&goal.title, &goal.title_en), 14);
    vec![
        (format!("  {title}"), Role::Text),
        (text::fit_right(&figures, 18), Role::Text),
        (format!(" {share} "), Role::Title),
    ]
}

fn incident_lines(board: &Board, cx: &Context<'_>) -> Vec<Line> {
    let locale = cx.format.locale;
    let total: i64 = board.incidents.iter().map(|g| g.total).sum();
    let mut lines = vec![Line::heading(locale.tr_with("board-incidents", &[("n", &total.to_string())]))];
    for (grade, ages) in ["1", "2", "3"].iter().zip(&board.incidents) {
        let args = [
            ("n", ages.total.to_string()),
            ("day", ages.under_day.to_string()),
            ("week", ages.under_week.to_string()),
            ("older", ages.older.to_string()),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let role = if ages.total > 0 { state_role(grade) } else { Role::Dim };
        let word = text::fit(&locale.code("grade", grade), 8);
        let pieces = vec![(format!("  {word}"), role), (locale.tr_with("board-ages", &args), Role::Text)];
        lines.push(Line { pieces, go: Some(list_go("incidents", &format!("grade:{grade} open:1"), cx)), bar: None });
    }
    for (id, n, filter) in
        [("board-suspended", board.suspended, "state:suspended"), ("board-delisted", board.delisted, "state:delisted")]
    {
        let text = locale.tr_with(id, &[("n", &grouped(n))]);
        let go = Some(list_go("catalog", filter, cx));
        lines.push(Line { pieces: vec![(format!("  {text}"), Role::Text)], go, bar: None });
    }
    lines.push(Line::blank());
    lines
}

fn recent_lines(board: &Board, cx: &Context<'_>) -> Vec<Line> {
    let mut lines = vec![Line::heading(cx.format.locale.tr("board-recent").into_owned())];
    for Happening { at, person, command, code, outcome } in &board.recent {
        let refused = if outcome == crate::store::audit::DONE {
            String::new()
        } else {
            format!(" {}", cx.format.locale.code("outcome", outcome))
        };
        let what = cx.format.locale.code("command", command);
        let line = format!("  {} {} {what} {code}{refused}", cx.format.instant(*at), text::display(person));
        lines.push(Line { pieces: vec![(line, Role::Dim)], go: None, bar: None });
    }
    lines
}

fn draw_line(line: &Line, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, selected: bool) {
    let buffer = frame.buffer_mut();
    let indent = if line.go.is_some() || line.pieces.len() > 1 { 2 } else { 1 };
    let mut x = area.x + indent;
    if selected {
        buffer.set_stringn(area.x, area.y, ">", 1, cx.theme.style(Role::Selected));
    }
    for (text, role) in &line.pieces {
        let room = usize::from(area.right().saturating_sub(x));
        let shown = text::short(text, room);
        buffer.set_stringn(x, area.y, &shown, room, cx.theme.style(*role));
        x += text::width(&shown) as u16;
    }
    if let Some((done, planned)) = line.bar {
        let width = area.right().saturating_sub(x + 1).min(BAR);
        if width >= 8 {
            let bar = Bar {
                done,
                pace: Some(planned),
                full: cx.theme.style(Role::BarFull),
                rest: cx.theme.style(Role::BarRest),
                plain: cx.theme.is_plain(),
            };
            bar.draw(Rect { x, y: area.y, width, height: 1 }, buffer);
        }
    }
}
