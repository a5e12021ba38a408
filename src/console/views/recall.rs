//! The three answers of a recall on one page: who received it, what can still be stopped, what stock is left.

use super::list_draw::state_role;
use super::pager::{Line, Pager, wrapped};
use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::format::{grouped, yuan};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::domain::rows::Kind;
use crate::store::reads::{Answer, Request, Slot};
use crate::store::recall::{Holder, Part, Recall};
use ratatui::Frame;
use ratatui::layout::Rect;
use uuid::Uuid;

/// The page.
pub struct RecallView {
    kind: Kind,
    id: Uuid,
    slot: Slot,
    recall: Option<Box<Recall>>,
    pager: Pager,
    width: usize,
    troubles: Troubles,
}

impl RecallView {
    /// The page of an incident, a batch or a product.
    pub fn new(kind: Kind, id: Uuid, slot: Slot) -> RecallView {
        let (pager, troubles) = (Pager::default(), Troubles::default());
        RecallView { kind, id, slot, recall: None, pager, width: 80, troubles }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Recall { kind: self.kind, id: self.id })]
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        if let Answer::Recall(recall) = answer {
            self.recall = recall.map(Box::new);
        }
        Vec::new()
    }

    fn lines(&self, cx: &Context<'_>) -> Vec<Line> {
        self.recall.as_ref().map_or_else(|| self.troubles.lines(), |r| lines(r, cx, self.width))
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let lines = self.lines(cx);
        match action {
            Action::Refresh => return Outcome::does(self.enter(cx)),
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
        vec![Scope::Detail, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        let Some(r) = &self.recall else { return Vec::new() };
        let (code, name) = (r.entry.code.clone(), r.entry.name.clone());
        let state = r.entry.state.code().to_owned();
        vec![Subject { kind: Kind::CatalogEntry, id: r.entry.id.0, code, name, state, rev: r.entry.meta.rev }]
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        let waiting = || cx.format.locale.tr(if self.recall.is_some() { "recall-status" } else { "status-reading" });
        self.troubles.sentence().unwrap_or_else(|| waiting().into_owned())
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        self.width = usize::from(area.width);
        let lines = self.lines(cx);
        Caret::Parked(self.pager.draw(&lines, frame, area, cx))
    }
}

fn lines(r: &Recall, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let title = format!("{}  {}  {}  ", locale.tr("recall-title"), r.entry.code, text::display(&r.entry.name));
    let state = r.entry.state.code();
    let mut out = vec![Line::of(vec![(title, Role::Title), (locale.code("catalog_entry", state), state_role(state))])];
    let batches: Vec<String> = r.batches.iter().map(|b| b.code.clone()).collect();
    let words = if batches.is_empty() { locale.tr("recall-no-batches").into_owned() } else { batches.join("  ") };
    out.extend(wrapped(&format!("{}  {words}", locale.tr("list-batches")), Role::Info, 0, width));
    let answers: [(&str, &[(&str, &Part)]); 3] = [
        ("recall-received", &[("recall-buyers", &r.buyers), ("recall-arrived", &r.arrived)]),
        ("recall-stoppable", &[("recall-orders", &r.stoppable), ("recall-agreements", &r.agreements)]),
        ("recall-left", &[("recall-supplier", &r.supplier), ("recall-shelves", &r.shelves)]),
    ];
    // First the three answers in one glance, then everyone by name.
    for (heading, parts) in answers {
        out.push(Line::default());
        out.push(Line::plain(locale.tr(heading).into_owned(), Role::Heading));
        out.extend(parts.iter().map(|(label, part)| {
            let role = if part.total > 0 { Role::Text } else { Role::Dim };
            Line::plain(format!("  {}", sum(label, part, cx)), role)
        }));
    }
    for (label, part) in answers.iter().flat_map(|(_, parts)| parts.iter()).filter(|(_, part)| part.total > 0) {
        out.push(Line::default());
        out.push(Line::plain(sum(label, part, cx), Role::Heading));
        out.extend(named(part, cx, width));
    }
    out
}

/// `买家 18 家  4,212 件  142,365.60 元`.
fn sum(label: &str, part: &Part, cx: &Context<'_>) -> String {
    let args = [("n", grouped(part.total)), ("pieces", grouped(part.pieces)), ("yuan", yuan(part.fen))];
    let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    cx.format.locale.tr_with(label, &args)
}

fn named(part: &Part, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut out: Vec<Line> = part.named.iter().map(|h| holder_line(h, cx, width)).collect();
    let more = part.total - part.named.len() as i64;
    if more > 0 {
        let words = locale.tr_with("detail-more", &[("n", &grouped(more))]);
        out.push(Line::plain(format!("  {words}"), Role::Dim));
    }
    out
}

/// Name, place, pieces, amount and state of who has it; Enter opens it.
fn holder_line(h: &Holder, cx: &Context<'_>, width: usize) -> Line {
    let locale = cx.format.locale;
    let county = if h.county.is_empty() { String::new() } else { cx.format.division(&h.county) };
    let set = if h.kind == Kind::Organisation { "buyer_notice" } else { h.kind.table() };
    let state = if h.state.is_empty() { String::new() } else { locale.code(set, &h.state) };
    let amount = if h.fen > 0 { yuan(h.fen) } else { String::new() };
    let tail = 8 + 2 + 12 + 2 + 8;
    let room = width.saturating_sub(5 + tail + 4).max(12);
    let named = [h.code.as_str(), &text::display(&h.name), &county];
    let named = named.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("  ");
    let pieces = text::fit_right(&grouped(h.pieces), 8);
    let words = format!("  {}  {pieces}  {}  ", text::fit(&named, room), text::fit_right(&amount, 12));
    let line = Line::of(vec![(words, Role::Text), (state, state_role(&h.state))]);
    line.leading(Some(Go::Record { kind: h.kind, id: h.id }))
}
