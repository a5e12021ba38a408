//! 总览, the watch board: what needs a person now, deadlines, goals, incidents, the newest happenings.
//!
//! Most urgent first; every number opens the rows behind it. Behind plan is a number, not an alarm.

pub(super) mod lines;

pub use lines::urgent_words;
use lines::{Line, Stop};

use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::format::grouped;
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::widgets::bar::Bar;
use crate::store::board::Board;
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Width from which goals stand beside what is urgent.
const WIDE: u16 = 110;
/// Cells of the goals' part: title, figures, share and a bar.
const GOALS: u16 = 62;

/// The watch board.
pub struct BoardView {
    slot: Slot,
    board: Option<Box<Board>>,
    /// The stop under the cursor, among all in reading order.
    cursor: usize,
    top: usize,
    /// Where what is under the cursor leads: lines come and go, the cursor stays on its own.
    here: Option<Go>,
    troubles: Troubles,
}

/// The lines of both parts, and every place the cursor can stand on: line and piece.
struct Page {
    left: Vec<Line>,
    right: Vec<Line>,
    stops: Vec<(usize, usize)>,
}

impl Page {
    fn new(left: Vec<Line>, right: Vec<Line>) -> Page {
        let all = left.iter().chain(&right).enumerate();
        let stops = all
            .flat_map(|(i, l)| l.pieces.iter().enumerate().filter(|(_, p)| p.stop.is_some()).map(move |(k, _)| (i, k)))
            .collect();
        Page { left, right, stops }
    }

    fn line(&self, index: usize) -> Option<&Line> {
        self.left.get(index).or_else(|| self.right.get(index.checked_sub(self.left.len())?))
    }

    fn stop(&self, index: usize) -> Option<&Stop> {
        let (line, piece) = *self.stops.get(index)?;
        self.line(line)?.pieces.get(piece)?.stop.as_ref()
    }

    /// The first stop of the next line that has one, or of the one before.
    fn vertical(&self, from: usize, down: bool) -> usize {
        let Some((line, _)) = self.stops.get(from).copied() else { return 0 };
        let other = match down {
            true => self.stops.iter().find(|(l, _)| *l > line),
            false => self.stops.iter().rfind(|(l, _)| *l < line),
        };
        let Some((line, _)) = other else { return from };
        self.stops.iter().position(|(l, _)| l == line).unwrap_or(from)
    }

    /// The stop beside this one on its line; at the end of a line the part beside it.
    fn horizontal(&self, from: usize, right: bool) -> usize {
        let Some((line, _)) = self.stops.get(from).copied() else { return 0 };
        let next = if right { from + 1 } else { from.wrapping_sub(1) };
        if self.stops.get(next).is_some_and(|(l, _)| *l == line) {
            return next;
        }
        let split = self.left.len();
        let beside = |l: usize| if right { l >= split } else { l < split };
        if self.right.is_empty() || (right == (line >= split)) {
            return from;
        }
        let height = |l: usize| if l >= split { l - split } else { l };
        let nearest = (0..self.stops.len()).filter(|i| beside(self.stops[*i].0));
        nearest.min_by_key(|i| height(self.stops[*i].0).abs_diff(height(line))).unwrap_or(from)
    }
}

impl BoardView {
    pub fn new(slot: Slot) -> BoardView {
        BoardView { slot, board: None, cursor: 0, top: 0, here: None, troubles: Troubles::default() }
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

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        if let Answer::Board(board) = answer {
            self.board = Some(board);
        }
        Vec::new()
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let page = self.page(cx);
        self.look_again(&page);
        match action {
            Action::Up | Action::Down => self.cursor = page.vertical(self.cursor, action == Action::Down),
            Action::Left | Action::Right => self.cursor = page.horizontal(self.cursor, action == Action::Right),
            Action::PageUp | Action::Top => self.cursor = 0,
            Action::PageDown | Action::Bottom => self.cursor = page.stops.len().saturating_sub(1),
            Action::Refresh => return Outcome::does(self.enter(cx)),
            Action::Open => {
                let go = page.stop(self.cursor).map(|s| s.go.clone());
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ => return Outcome::ignored(),
        }
        self.here = page.stop(self.cursor).map(|s| s.go.clone());
        Outcome::used()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Board, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        Vec::new()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        if let Some(sentence) = self.troubles.sentence() {
            return sentence;
        }
        match &self.board {
            Some(b) => {
                let locale = cx.format.locale;
                locale.tr_with("board-status", &[("audit", &grouped(b.audit_records))])
            }
            None => cx.format.locale.tr("status-reading").into_owned(),
        }
    }

    /// Cells of the left part.
    fn left_width(area: Rect) -> u16 {
        if area.width >= WIDE { area.width - GOALS - 2 } else { area.width }
    }

    /// The lines of the left and of the right part; narrow screens have one part.
    fn page(&self, cx: &Context<'_>) -> Page {
        let Some(board) = &self.board else {
            let words = self.troubles.lines().into_iter().flat_map(|l| l.pieces);
            return Page::new(words.map(|(text, role)| Line::plain(text, role)).collect(), Vec::new());
        };
        let wide = cx.area.width >= WIDE;
        let width = usize::from(BoardView::left_width(cx.area));
        let mut left = lines::urgent(board, cx, width);
        left.extend(lines::deadlines(board, cx, width));
        let mut right = lines::goals(board, cx, wide);
        right.extend(lines::incidents(board, cx));
        right.extend(lines::recent(board, cx));
        if wide {
            return Page::new(left, right);
        }
        left.extend(right);
        if cx.area.height < 30 {
            // Every line counts: headings part the sections well enough.
            left.retain(|l| !l.pieces.is_empty());
        }
        Page::new(left, Vec::new())
    }

    /// Puts the cursor back on what it stood on, wherever that is now; where it is gone, on what took its place.
    fn look_again(&mut self, page: &Page) {
        let is_here = |i: &usize| page.stop(*i).map(|s| &s.go) == self.here.as_ref();
        let found = (0..page.stops.len()).filter(is_here).min_by_key(|i| i.abs_diff(self.cursor));
        self.cursor = found.unwrap_or(self.cursor).min(page.stops.len().saturating_sub(1));
        self.here = page.stop(self.cursor).map(|s| s.go.clone());
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let page = self.page(cx);
        let left = Rect { width: BoardView::left_width(area), ..area };
        let right = Rect { x: left.right() + 2, width: area.width.saturating_sub(left.width + 2), ..area };
        self.look_again(&page);
        let current = page.stops.get(self.cursor).copied();
        let on_left = current.map_or(0, |(line, _)| line).min(page.left.len());
        self.scroll(on_left, self.cursor == 0, usize::from(left.height), page.left.len());
        let mut caret = Position::new(area.x, area.y);
        let shown =
            (left.y..left.bottom()).zip(self.top..page.left.len()).map(|(y, i)| (Rect { y, height: 1, ..left }, i));
        let beside = (right.y..right.bottom()).zip(page.left.len()..).map(|(y, i)| (Rect { y, height: 1, ..right }, i));
        for (at, index) in shown.chain(beside) {
            let Some(line) = page.line(index) else { continue };
            let chosen = current.filter(|(l, _)| *l == index).map(|(_, piece)| piece);
            caret = draw_line(line, frame, at, cx, chosen).unwrap_or(caret);
        }
        let below = page.left.len().saturating_sub(self.top + usize::from(left.height));
        if below > 0 {
            let words = cx.format.locale.tr_with("board-below", &[("n", &below.to_string())]);
            let words = format!(" {words}");
            let cells = text::width(&words) as u16;
            let x = left.right().saturating_sub(cells);
            frame.buffer_mut().set_stringn(
                x,
                left.bottom() - 1,
                words,
                usize::from(cells),
                cx.theme.style(Role::Notice),
            );
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

/// Every number of a board that counts rows, with where it leads.
pub fn figures(board: &Board, cx: &Context<'_>) -> Vec<(i64, Go)> {
    let width = usize::from(cx.area.width);
    let parts = [
        lines::urgent(board, cx, width),
        lines::deadlines(board, cx, width),
        lines::goals(board, cx, false),
        lines::incidents(board, cx),
    ];
    let pieces = parts.into_iter().flatten().flat_map(|l| l.pieces);
    pieces.filter_map(|p| p.stop).filter_map(|s| Some((s.count?, s.go))).collect()
}

/// Draws a line; gives the place of the cursor when it stands on one of its pieces.
pub(super) fn draw_line(
    line: &Line,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &Context<'_>,
    chosen: Option<usize>,
) -> Option<Position> {
    let buffer = frame.buffer_mut();
    let mut x = area.x + line.indent;
    let mut caret = None;
    for (i, piece) in line.pieces.iter().enumerate() {
        let room = usize::from(area.right().saturating_sub(x));
        let shown = text::short(&piece.text, room);
        if chosen == Some(i) {
            // The sign stands in the blank before what would be opened.
            let at = if i == 0 { area.x } else { x.saturating_sub(1) };
            buffer.set_stringn(at, area.y, ">", 1, cx.theme.style(Role::Selected));
            caret = Some(Position::new(at, area.y));
        }
        buffer.set_stringn(x, area.y, &shown, room, cx.theme.style(piece.role));
        x += text::width(&shown) as u16;
    }
    if let Some((done, planned)) = line.bar {
        let width = area.right().saturating_sub(x);
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
    caret
}
