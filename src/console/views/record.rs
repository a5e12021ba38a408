//! One audit record: who did what, when and from where, the reason in full, and every field before and after.

use super::detail::history::change_words;
use super::pager::{Line, Pager, wrapped};
use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::domain::rows::Kind;
use crate::store::audit;
use crate::store::detail::Record;
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::Rect;
use uuid::Uuid;

/// The record's page.
pub struct RecordView {
    no: i64,
    slot: Slot,
    record: Option<Box<Record>>,
    pager: Pager,
    width: usize,
    troubles: Troubles,
}

impl RecordView {
    pub fn new(no: i64, slot: Slot) -> RecordView {
        RecordView { no, slot, record: None, pager: Pager::default(), width: 80, troubles: Troubles::default() }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Audit(self.no))]
    }

    /// A record that is written never changes.
    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        if self.record.is_none() { self.enter(cx) } else { Vec::new() }
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        if let Answer::Audit(record) = answer {
            self.record = record.map(Box::new);
        }
        Vec::new()
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let lines = self.record.as_ref().map_or_else(Vec::new, |r| lines(r, cx, self.width));
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
        vec![Scope::Detail, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        let Some(r) = &self.record else { return Vec::new() };
        let Some((kind, id)) = r.target else { return Vec::new() };
        let (code, name, state) = (r.code.clone(), String::new(), String::new());
        vec![Subject { kind, id, code, name, state, rev: 0 }]
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        if let Some(sentence) = self.troubles.sentence() {
            return sentence;
        }
        cx.format.locale.tr_with("record-status", &[("no", &self.no.to_string())])
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        self.width = usize::from(area.width);
        let lines = self.record.as_ref().map_or_else(|| self.troubles.lines(), |r| lines(r, cx, self.width));
        Caret::Parked(self.pager.draw(&lines, frame, area, cx))
    }
}

fn lines(record: &Record, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let refused = record.outcome != audit::DONE;
    let outcome = (locale.code("outcome", &record.outcome), if refused { Role::Warning } else { Role::Good });
    let head = format!("{} {}  {}  ", locale.code("kind", "audit"), record.no, locale.code("command", &record.command));
    let mut out = vec![Line::of(vec![(head, Role::Title), outcome])];
    let label = |id: &str| text::fit(&locale.tr(&format!("col-{id}")), 12);
    let who = format!("{}  {}  {}", record.person, locale.code("role", &record.role), record.org);
    for (id, value) in [("at", cx.format.moment(record.at)), ("person", who), ("origin", record.origin.clone())] {
        let value = text::display(&value).into_owned();
        out.push(Line::of(vec![(format!("  {}", label(id)), Role::Dim), (value, Role::Text)]));
    }
    if !record.code.is_empty() || record.target.is_some() {
        let kind = record.target.map_or(String::new(), |(kind, _)| locale.code("kind", kind.table()));
        let words = format!("{kind} {}  ", text::display(&record.code));
        let mut pieces = vec![(format!("  {}", label("target")), Role::Dim), (words, Role::Text)];
        let go = record.target.map(|(kind, id)| Go::Record { kind, id });
        if go.is_some() {
            pieces.push((locale.tr("record-open").into_owned(), Role::Key));
        }
        out.push(Line::of(pieces).leading(go));
    }
    if !record.reason.is_empty() {
        out.push(Line::plain(format!("  {}", locale.tr("record-reason")), Role::Dim));
        out.extend(wrapped(&reason_words(record, cx), Role::Info, 4, width));
    }
    out.extend(change_lines(record, cx, width));
    out.push(Line::default());
    out.extend(wrapped(&format!("{} {}", locale.tr("col-hash"), record.hash), Role::Dim, 2, width));
    out
}

/// The reason as a person wrote it; what the program wrote itself is told in words.
fn reason_words(record: &Record, cx: &Context<'_>) -> String {
    text::display(&cx.format.reason(&record.command, &record.reason)).into_owned()
}

/// Every row that changed, each with its fields.
fn change_lines(record: &Record, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut out = Vec::new();
    let mut last = "";
    for change in &record.fields {
        if change.id != last {
            last = &change.id;
            let kind = Kind::parse(&change.kind);
            let code = record.codes.get(&change.id).map_or("", String::as_str);
            let words = format!("{}  {}", locale.code("kind", &change.kind), text::display(code));
            let go = kind.zip(Uuid::parse_str(&change.id).ok()).map(|(kind, id)| Go::Record { kind, id });
            out.push(Line::default());
            out.push(Line::plain(words, Role::Heading).leading(go));
        }
        if let Some(words) = change_words(change, cx) {
            out.extend(wrapped(&words, Role::Text, 4, width));
        }
    }
    out
}
