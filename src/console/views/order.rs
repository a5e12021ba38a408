//! One order to the hub: what was wanted here, what the hub said of it, and what others did to the record meanwhile.
//!
//! Both sides are shown in full; what becomes of it a person says by the order's own actions.

use super::detail::history::change_words;
use super::pager::{Line, Pager, wrapped};
use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::locale::Sentence;
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::domain::codes::SendState;
use crate::domain::merge::Field;
use crate::domain::refusal::Refusal;
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::store::detail::OrderPage;
use crate::store::merge::Sides;
use crate::store::outbox::Item;
use crate::store::reads::{Answer, Request, Slot};
use crate::wire::order::Outcome as Word;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;

/// The order's page.
pub struct OrderView {
    n: i64,
    slot: Slot,
    page: Option<Box<OrderPage>>,
    pager: Pager,
    width: usize,
    troubles: Troubles,
}

impl OrderView {
    pub fn new(n: i64, slot: Slot) -> OrderView {
        OrderView { n, slot, page: None, pager: Pager::default(), width: 80, troubles: Troubles::default() }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Order(self.n))]
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        if let Answer::Order(page) = answer {
            self.page = page.map(Box::new);
        }
        Vec::new()
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let lines = self.page.as_ref().map_or_else(Vec::new, |p| lines(p, cx, self.width));
        match action {
            Action::Open => {
                let go = self.pager.current(&lines).and_then(|i| lines[i].go.clone());
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ if !self.pager.act(action, &lines) => return Outcome::ignored(),
            _ => {}
        }
        Outcome::used()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Order, Scope::Detail, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        Vec::new()
    }

    /// The order with its state, once it is read.
    pub fn order(&self) -> Option<(i64, String)> {
        self.page.as_ref().map(|p| (p.item.n, p.item.state.code().to_owned()))
    }

    /// The order's number with its sides, when it can be settled field by field.
    pub fn sides(&self) -> Option<(i64, Sides)> {
        let page = self.page.as_ref()?;
        match &page.sides {
            Some(Ok(sides)) => Some((page.item.n, sides.clone())),
            _ => None,
        }
    }

    /// Why it cannot be settled field by field.
    pub fn unmergeable(&self) -> Option<Refusal> {
        self.page.as_ref()?.sides.as_ref()?.as_ref().err().cloned()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        if let Some(sentence) = self.troubles.sentence() {
            return sentence;
        }
        cx.format.locale.tr_with("order-status", &[("n", &self.n.to_string())])
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        self.width = usize::from(area.width);
        let lines = self.page.as_ref().map_or_else(|| self.troubles.lines(), |p| lines(p, cx, self.width));
        Caret::Parked(self.pager.draw(&lines, frame, area, cx))
    }
}

fn lines(page: &OrderPage, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let (locale, item) = (cx.format.locale, &page.item);
    let role = match item.state {
        SendState::Accepted => Role::Good,
        SendState::Conflict | SendState::Denied => Role::Warning,
        SendState::Waiting | SendState::Withdrawn => Role::Text,
    };
    let head = format!("{}  ", locale.code("command", &item.command));
    let mut out = vec![Line::of(vec![(head, Role::Title), (locale.code("sending", item.state.code()), role)])];
    let label = |id: &str| text::fit(&locale.tr(&format!("col-{id}")), 12);
    let at = Timestamp::from_millisecond(item.made_at).unwrap_or_default();
    for (id, value) in [("at", cx.format.moment(at)), ("person", item.order.by.name.clone())] {
        let value = text::display(&value).into_owned();
        out.push(Line::of(vec![(format!("  {}", label(id)), Role::Dim), (value, Role::Text)]));
    }
    if let Some((kind, id)) = page.about {
        let words = format!("{} {}  ", locale.code("kind", kind.table()), text::display(&item.target_code));
        let open = (locale.tr("record-open").into_owned(), Role::Key);
        let pieces = vec![(format!("  {}", label("target")), Role::Dim), (words, Role::Text), open];
        out.push(Line::of(pieces).leading(Some(Go::Record { kind, id })));
    }
    let reason = item.order.command.reason();
    if !reason.is_empty() {
        out.push(Line::plain(format!("  {}", locale.tr("record-reason")), Role::Dim));
        out.extend(wrapped(&text::display(reason), Role::Info, 4, width));
    }
    out.push(Line::default());
    out.push(Line::plain(locale.tr("order-word"), Role::Heading));
    out.extend(wrapped(&word(item, cx), role, 2, width));
    match &page.sides {
        Some(Ok(sides)) => out.extend(sides_lines(sides, cx, width)),
        Some(Err(why)) => {
            let said = locale.refusal(&Sentence { family: "refusal", code: why.code, args: &why.args });
            out.extend(wrapped(&said.0, Role::Dim, 2, width));
            out.extend(mine(page, cx, width));
        }
        None => out.extend(mine(page, cx, width)),
    }
    out.extend(theirs(page, cx, width));
    out
}

/// What the hub said, in words.
fn word(item: &Item, cx: &Context<'_>) -> String {
    let locale = cx.format.locale;
    match &item.outcome {
        Some(Word::Conflict { by, at, .. }) => {
            let at = cx.format.moment(Timestamp::from_millisecond(*at).unwrap_or_default());
            locale.tr_with("outbox-word-conflict", &[("by", &text::display(by)), ("at", &at)])
        }
        Some(Word::Denied { code, args }) => {
            let args: Vec<(&str, String)> = args.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            locale.refusal(&Sentence { family: "refusal", code, args: &args }).0
        }
        Some(Word::Accepted { .. }) => locale.tr("order-word-done").into_owned(),
        Some(Word::Later { .. } | Word::Upgrade { .. }) | None => locale.tr("order-word-none").into_owned(),
    }
}

/// Every field of a conflict: what it was, what was wanted here and what it is now; what both changed is marked.
fn sides_lines(sides: &Sides, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut out = vec![Line::default(), Line::plain(locale.tr("order-sides"), Role::Heading)];
    for field in &sides.fields {
        let role = if field.clashes() { Role::Warning } else { Role::Text };
        out.extend(wrapped(&side_words(sides.kind, field, cx), role, 2, width));
    }
    out
}

/// `单价: 原 12.00  本机 13.00  对方 12.50  双方都改`.
fn side_words(kind: Kind, field: &Field, cx: &Context<'_>) -> String {
    let locale = cx.format.locale;
    let label = locale.code("field", field.column);
    let [base, mine, theirs] = [&field.base, &field.mine, &field.theirs].map(|v| side_text(kind, field, v, cx));
    let args = [("field", label.as_str()), ("base", &base), ("mine", &mine), ("theirs", &theirs)];
    let mut words = locale.tr_with("order-side", &args);
    if field.clashes() {
        words.push_str("  ");
        words.push_str(&locale.code("side", "both"));
    }
    words
}

/// One side's value in words.
pub fn side_text(kind: Kind, field: &Field, value: &Value, cx: &Context<'_>) -> String {
    let column = kind.columns().iter().find(|c| c.name == field.column);
    let words = column.map_or_else(String::new, |c| super::detail::fields::field_text(kind, c, value, cx, false));
    if words.is_empty() { "-".to_owned() } else { text::display(&words).into_owned() }
}

/// Every field the order would change, before and after.
fn mine(page: &OrderPage, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let changes = page.mine.iter().flat_map(|r| &r.fields).filter_map(|f| change_words(f, cx));
    let changes: Vec<String> = changes.take(FIELDS).collect();
    if changes.is_empty() {
        return Vec::new();
    }
    let mut out = vec![Line::default(), Line::plain(cx.format.locale.tr("order-mine"), Role::Heading)];
    changes.iter().for_each(|words| out.extend(wrapped(words, Role::Text, 2, width)));
    out
}

/// What others did to the record since.
fn theirs(page: &OrderPage, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    if page.theirs.is_empty() {
        return Vec::new();
    }
    let mut out = vec![Line::default(), Line::plain(locale.tr("order-theirs"), Role::Heading)];
    for event in &page.theirs {
        let who = format!("{} {}", text::display(&event.person), text::display(&event.org));
        let words = format!("{}  {who}  {}", cx.format.moment(event.at), locale.code("command", &event.command));
        out.extend(wrapped(&words, Role::Text, 2, width));
        if !event.reason.is_empty() {
            out.extend(wrapped(&text::display(&event.reason), Role::Info, 6, width));
        }
    }
    out
}

/// Fields shown: a delisting changes thousands.
const FIELDS: usize = 40;
