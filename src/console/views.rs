//! The views: what is on the screen between the two lines on top and the one at the bottom.
//!
//! A view keeps its own state (cursor, window, filter) and rows already read; it draws from those alone. It answers
//! keys with effects, never with I/O.

pub mod board;
pub mod compose;
pub mod counters;
pub mod detail;
pub mod list;
pub mod list_draw;
mod list_keys;
mod list_window;
pub mod matrix;
pub mod order;
pub mod pager;
pub mod recall;
pub mod record;
mod title;
mod trouble;

use super::action::{Action, Scope};
use super::format::Format;
use super::message::Effect;
use super::theme::Theme;
use crate::domain::rows::Kind;
use crate::store::detail::Scope as Within;
use crate::store::list::ListKind;
use crate::store::reads::{Answer, Slot};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use uuid::Uuid;

/// What a view may look at while drawing and answering.
pub struct Context<'a> {
    pub format: Format<'a>,
    pub theme: &'a Theme,
    /// Cells of the body.
    pub area: Rect,
    /// Whether braille may be drawn.
    pub braille: bool,
    pub read_only: bool,
}

/// Where a view leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Go {
    /// A list, with a filter as typed.
    List { kind: ListKind, typed: String, within: Option<Within> },
    /// A record.
    Record { kind: Kind, id: Uuid },
    /// The audit record with this number.
    Audit(i64),
    /// The order to the hub with this number.
    Order(i64),
    /// The three answers of a recall of an incident, a batch or a product.
    Recall { kind: Kind, id: Uuid },
    /// The page on which a pack is made: a new one, one that is changed, or a new one like another.
    Compose { pack: Option<Uuid>, copies: bool },
}

/// What came of a key.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    pub effects: Vec<Effect>,
    pub go: Option<Go>,
    /// The view did something with the key.
    pub used: bool,
}

impl Outcome {
    /// The key did something without effects.
    pub fn used() -> Outcome {
        Outcome { used: true, ..Outcome::default() }
    }

    /// The key was for somebody else.
    pub fn ignored() -> Outcome {
        Outcome::default()
    }

    /// The key asks for these effects.
    pub fn does(effects: Vec<Effect>) -> Outcome {
        Outcome { effects, go: None, used: true }
    }

    /// The key leads elsewhere.
    pub fn go(go: Go) -> Outcome {
        Outcome { effects: Vec::new(), go: Some(go), used: true }
    }
}

/// A record under the cursor or open, as the views know it.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub kind: Kind,
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// Code of its state.
    pub state: String,
    pub rev: i64,
}

/// Every view.
pub enum View {
    Board(board::BoardView),
    List(list::ListView),
    Counters(Box<counters::CountersView>),
    Matrix(matrix::MatrixView),
    Detail(detail::DetailView),
    Record(record::RecordView),
    Order(order::OrderView),
    Recall(recall::RecallView),
    Compose(Box<compose::ComposeView>),
}

macro_rules! each {
    ($self:ident, $v:ident => $e:expr) => {
        match $self {
            View::Board($v) => $e,
            View::List($v) => $e,
            View::Counters($v) => $e,
            View::Matrix($v) => $e,
            View::Detail($v) => $e,
            View::Record($v) => $e,
            View::Order($v) => $e,
            View::Recall($v) => $e,
            View::Compose($v) => $e,
        }
    };
}

impl View {
    /// The slots whose answers are this view's.
    pub fn owns(&self, slot: Slot) -> bool {
        each!(self, v => v.owns(slot))
    }

    /// What to read when the view appears.
    pub fn enter(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        each!(self, v => v.enter(cx))
    }

    /// What to read again because the database moved.
    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        each!(self, v => v.refresh(cx))
    }

    /// Takes an answer in.
    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        each!(self, v => v.take(slot, answer, cx))
    }

    /// Does an action.
    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        each!(self, v => v.act(action, cx))
    }

    /// Draws, and says where the cursor stands or the typing goes.
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        each!(self, v => v.draw(frame, area, cx))
    }

    /// The scopes whose actions are at hand.
    pub fn scopes(&self) -> Vec<Scope> {
        each!(self, v => v.scopes())
    }

    /// What the second line says: filter and count.
    pub fn status(&self, cx: &Context<'_>) -> String {
        each!(self, v => v.status(cx))
    }

    /// Whether going back first takes a filter, marks or the map's focus away.
    pub fn can_clear(&self) -> bool {
        match self {
            View::List(list) => list.can_clear(),
            View::Counters(counters) => counters.can_clear(),
            _ => false,
        }
    }

    /// Text id of what the keys do, where the view says it itself.
    pub fn footer(&self) -> Option<&'static str> {
        match self {
            View::List(list) if list.is_typing() => Some("footer-typing"),
            View::Counters(counters) if counters.list.is_typing() => Some("footer-typing"),
            View::Counters(counters) => counters.footer(),
            View::Compose(compose) => compose.footer(),
            _ => None,
        }
    }

    /// The records an action would be about: the marked ones, or the one under the cursor.
    pub fn subjects(&self) -> Vec<Subject> {
        each!(self, v => v.subjects())
    }

    /// The order to the hub under the cursor or open, with its state.
    pub fn order(&self) -> Option<(i64, String)> {
        match self {
            View::List(list) => list.order(),
            View::Order(order) => order.order(),
            _ => None,
        }
    }

    /// Those of a kind; on a record's page its own record counts when the one under the cursor is of another kind.
    pub fn subjects_of(&self, kind: Kind) -> Vec<Subject> {
        match self {
            View::Detail(detail) => detail.subjects_of(kind),
            _ => self.subjects().into_iter().filter(|s| s.kind == kind).collect(),
        }
    }
}

/// Where the real cursor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caret {
    /// Hidden, parked on this cell.
    Parked(Position),
    /// Shown: text is being typed here.
    Typing(Position),
}
