//! 报送: who owes which return, units down, duties across, late ones first; deadlines above.

use super::list_draw::state_role;
use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::format::{grouped, yuan};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::domain::pace;
use crate::domain::rows::Kind;
use crate::domain::work::shanghai_date;
use crate::store::board::Board;
use crate::store::geo::{Matrix, MatrixCell, MatrixRow};
use crate::store::reads::{Answer, Request, Slot};
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Lines of deadlines shown above the matrix.
const DEADLINES: u16 = 4;

/// The matrix of returns.
pub struct MatrixView {
    slot: Slot,
    matrix: Matrix,
    board: Option<Box<Board>>,
    cursor: usize,
    column: usize,
    top: usize,
    height: usize,
    /// The return that would be opened or reminded.
    chosen: Option<Subject>,
    troubles: Troubles,
}

impl MatrixView {
    pub fn new(slot: Slot) -> MatrixView {
        MatrixView {
            slot,
            matrix: Matrix::default(),
            board: None,
            cursor: 0,
            column: 0,
            top: 0,
            height: 10,
            chosen: None,
            troubles: Troubles::default(),
        }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot || slot == self.slot + 1
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Matrix), Effect::Ask(self.slot + 1, Request::Board)]
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        match answer {
            Answer::Matrix(matrix) => {
                let unit = self.matrix.rows.get(self.cursor).map(|r| r.unit);
                self.matrix = matrix;
                if let Some(at) = self.matrix.rows.iter().position(|r| Some(r.unit) == unit) {
                    self.cursor = at;
                }
                self.choose(cx);
            }
            Answer::Board(board) => self.board = Some(board),
            _ => {}
        }
        Vec::new()
    }

    fn cell(&self) -> Option<&MatrixCell> {
        let row = self.matrix.rows.get(self.cursor)?;
        row.cells.get(self.column)?.as_ref().or_else(|| row.cells.iter().flatten().next())
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let last = self.matrix.rows.len().saturating_sub(1);
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(last),
            Action::PageUp => self.cursor = self.cursor.saturating_sub(self.height),
            Action::PageDown => self.cursor = (self.cursor + self.height).min(last),
            Action::Left => self.column = self.column.saturating_sub(1),
            Action::Right => self.column = (self.column + 1).min(self.matrix.forms.len().saturating_sub(1)),
            Action::Top => self.cursor = 0,
            Action::Bottom => self.cursor = last,
            Action::Refresh => return Outcome::does(self.enter(cx)),
            Action::Open => {
                let go = self.cell().map(|c| Go::Record { kind: Kind::Return, id: c.id });
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ => return Outcome::ignored(),
        }
        self.choose(cx);
        Outcome::used()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Matrix, Scope::Return, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        self.chosen.iter().cloned().collect()
    }

    /// The return in the chosen column; where the unit owes none there, the one it owes.
    fn choose(&mut self, cx: &Context<'_>) {
        let unit = self.matrix.rows.get(self.cursor).map(|r| r.name.clone()).unwrap_or_default();
        self.chosen = self.cell().map(|c| Subject {
            kind: Kind::Return,
            id: c.id,
            code: String::new(),
            name: format!("{unit} {}", cx.format.locale.code("form", &c.form)),
            state: c.state.clone(),
            rev: 0,
        });
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        if let Some(sentence) = self.troubles.sentence() {
            return sentence;
        }
        let cells = || self.matrix.rows.iter().flat_map(|r| r.cells.iter().flatten());
        let accepted = cells().filter(|c| c.state == "accepted").count();
        let args = [("n", accepted.to_string()), ("of", cells().count().to_string())];
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        cx.format.locale.tr_with("matrix-status", &args)
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let above = if area.height >= 16 { DEADLINES + 1 } else { 0 };
        self.draw_deadlines(frame, Rect { height: above, ..area }, cx);
        let body = Rect { y: area.y + above, height: area.height.saturating_sub(above), ..area };
        let name_cells = usize::from((body.width * 2 / 5).clamp(20, 40));
        let cell_cells =
            (usize::from(body.width).saturating_sub(name_cells + 4) / self.matrix.forms.len().max(1)).max(12);
        self.draw_heading(frame, Rect { height: 1.min(body.height), ..body }, cx, name_cells, cell_cells);
        let rows = Rect { y: body.y + 1, height: body.height.saturating_sub(2), ..body };
        self.height = usize::from(rows.height).max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + self.height {
            self.top = self.cursor + 1 - self.height;
        }
        for (y, index) in (rows.y..rows.bottom()).zip(self.top..self.matrix.rows.len()) {
            let at = Rect { y, height: 1, ..rows };
            self.draw_row(frame, at, cx, index, name_cells, cell_cells);
        }
        self.draw_totals(frame, Rect { y: body.bottom().saturating_sub(1), height: 1.min(body.height), ..body }, cx);
        Caret::Parked(Position::new(area.x, rows.y + (self.cursor.saturating_sub(self.top)) as u16))
    }

    fn draw_deadlines(&self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) {
        let Some(board) = &self.board else { return };
        for (due, y) in board.deadlines.iter().zip(area.y..area.bottom().saturating_sub(1)) {
            let word = cx.format.locale.code("due", due.state.code());
            let days = if matches!(due.state.code(), "done" | "waived") { word } else { cx.format.days(due.days) };
            let day = cx.format.day(&due.due_on.to_string());
            let title = cx.format.title(&due.title, &due.title_en);
            let line = format!("  {} {} {} {title}", text::fit(&due.code, 4), text::fit(&day, 6), text::fit(&days, 13));
            let shown = text::short(&text::display(&line), usize::from(area.width));
            let style = cx.theme.style(state_role(due.state.code()));
            frame.buffer_mut().set_stringn(area.x, y, shown, usize::from(area.width), style);
        }
    }

    fn draw_heading(&self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, name: usize, cell: usize) {
        let mut line = format!("  {}", text::fit(&cx.format.locale.tr("matrix-unit"), name));
        for form in &self.matrix.forms {
            line.push_str(&text::fit(&cx.format.locale.code("form", form), cell));
        }
        let style = cx.theme.style(Role::Heading);
        frame.buffer_mut().set_stringn(area.x, area.y, line, usize::from(area.width), style);
    }

    fn draw_row(&self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, index: usize, name: usize, cell: usize) {
        let row: &MatrixRow = &self.matrix.rows[index];
        let buffer = frame.buffer_mut();
        if index == self.cursor {
            buffer.set_stringn(area.x, area.y, ">", 1, cx.theme.style(Role::Selected));
        }
        let unit = text::fit(&text::display(&row.name), name);
        buffer.set_stringn(area.x + 2, area.y, unit, name, cx.theme.style(Role::Text));
        let mut x = area.x + 2 + name as u16;
        let chosen = self.chosen.as_ref().filter(|_| index == self.cursor).map(|s| s.id);
        for duty in &row.cells {
            if duty.as_ref().is_some_and(|c| Some(c.id) == chosen) && x > area.x + 2 {
                buffer.set_stringn(x - 2, area.y, ">", 1, cx.theme.style(Role::Selected));
            }
            let (words, role) =
                duty.as_ref().map_or((String::new(), Role::Dim), |c| cell_words(c, cx, cell.saturating_sub(1)));
            let room = usize::from(area.right().saturating_sub(x)).min(cell);
            buffer.set_stringn(x, area.y, text::short(&words, room.saturating_sub(1)), room, cx.theme.style(role));
            x = x.saturating_add(cell as u16);
        }
    }

    /// Totals of what the returns say, against the goal.
    fn draw_totals(&self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) {
        let planned: i64 = self.matrix.rows.iter().flat_map(|r| r.cells.iter().flatten()).map(|c| c.planned_fen).sum();
        let goal = self.board.as_ref().and_then(|b| b.goals.iter().find(|g| g.code == "spend")).map_or(0, |g| g.target);
        let args = [
            ("planned", yuan(planned / 10_000 * 10_000)),
            ("goal", yuan(goal)),
            ("units", grouped(self.matrix.rows.len() as i64)),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let line =
            text::short(&cx.format.locale.tr_with("matrix-total", &args), usize::from(area.width.saturating_sub(2)));
        frame.buffer_mut().set_stringn(area.x + 2, area.y, line, usize::from(area.width), cx.theme.style(Role::Info));
    }
}

/// State with its day, and how late it is: `已接收 6-27`, `退回 逾期 51 天`; how often it was reminded where there is room.
fn cell_words(cell: &MatrixCell, cx: &Context<'_>, room: usize) -> (String, Role) {
    let word = cx.format.locale.code("return", &cell.state);
    let day = |ms: Option<i64>| {
        ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .map(|at| cx.format.day(&shanghai_date(at).to_string()))
            .unwrap_or_default()
    };
    match cell.state.as_str() {
        "accepted" => (format!("{word} {}", day(cell.accepted_at)), Role::Good),
        "submitted" => (format!("{word} {}", day(cell.submitted_at)), Role::Notice),
        _ => {
            let due = cell.due_on.parse().unwrap_or_default();
            let days = pace::days_left(due, shanghai_date(cx.format.now));
            let late = if days < 0 { Role::Danger } else { Role::Warning };
            let when = match days {
                0.. => cx.format.days(days),
                _ => cx.format.locale.tr_with("matrix-late", &[("n", &(-days).to_string())]),
            };
            let words = format!("{word} {when}");
            let n = cell.reminders.to_string();
            let more = format!("{words} {}", cx.format.locale.tr_with("matrix-reminded", &[("n", &n)]));
            let has_room = cell.reminders > 0 && text::width(&more) <= room;
            (if has_room { more } else { words }, late)
        }
    }
}
