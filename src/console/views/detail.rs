//! One record with everything that hangs on it: fields, the lists around it, its history. Every line with rows behind
//! it opens.

mod arrival;
mod course;
pub mod fields;
mod hanging;
pub mod history;

pub use arrival::Arrival;

use super::list_draw::state_role;
use super::pager::{Line, Pager, wrapped};
use super::trouble::Troubles;
use super::{Caret, Context, Go, Outcome, Subject, title};
use crate::base::text;
use crate::console::action::{Action, Scope, scope_of};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::Value;
use crate::store::detail::Detail;
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::Rect;
use uuid::Uuid;

/// The record's page.
pub struct DetailView {
    kind: Kind,
    id: Uuid,
    slot: Slot,
    detail: Option<Box<Detail>>,
    missing: bool,
    pager: Pager,
    width: usize,
    /// The page's record, and the one under the cursor when that is another.
    page: Option<Subject>,
    under: Option<Subject>,
    /// Where the line under the cursor leads: lines come and go, the cursor stays on its own.
    here: Option<Go>,
    /// Contact shown in full after it was written down in the audit.
    revealed: bool,
    troubles: Troubles,
    /// Which consoles have the record, where that is asked.
    arrival: Option<Arrival>,
}

impl DetailView {
    pub fn new(kind: Kind, id: Uuid, slot: Slot) -> DetailView {
        DetailView {
            kind,
            id,
            slot,
            detail: None,
            missing: false,
            pager: Pager::default(),
            width: 80,
            page: None,
            under: None,
            here: None,
            revealed: false,
            troubles: Troubles::default(),
            arrival: None,
        }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        slot == self.slot
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        vec![Effect::Ask(self.slot, Request::Detail { kind: self.kind, id: self.id })]
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        self.troubles.note(slot, &answer, cx);
        if let Answer::Detail(detail) = answer {
            self.missing = detail.is_none();
            self.detail = detail.map(Box::new);
            self.page = self.detail.as_ref().map(|d| page_subject(d, cx));
            let lines = self.lines(cx);
            self.look_again(&lines);
        }
        Vec::new()
    }

    /// Shows the contact in full; called when the audit record is on the disk.
    pub fn reveal(&mut self) {
        self.revealed = true;
    }

    /// Masks the contact again.
    pub fn mask(&mut self) {
        self.revealed = false;
    }

    /// Whether it matters that every console has the record: an incident, or a product that was delisted.
    pub fn wants_receipts(&self) -> bool {
        let delisted = || self.page.as_ref().is_some_and(|p| p.state == "delisted");
        self.kind == Kind::Incident || self.kind == Kind::CatalogEntry && delisted()
    }

    /// The hub is asked which consoles have it; what was known is shown until it answers.
    pub fn is_asked(&mut self) {
        if !matches!(self.arrival, Some(Arrival::Known(_) | Arrival::Unknown)) {
            self.arrival = Some(Arrival::Asked);
        }
    }

    /// Shows which consoles have it; whether that is another line than before.
    pub fn arrived(&mut self, arrival: Option<Arrival>) -> bool {
        let other = self.arrival != arrival;
        self.arrival = arrival;
        other
    }

    /// The record the page is about.
    pub fn subject(&self) -> (Kind, Uuid) {
        (self.kind, self.id)
    }

    fn lines(&self, cx: &Context<'_>) -> Vec<Line> {
        let Some(detail) = &self.detail else { return self.troubles.lines() };
        let mut lines = lines_with(detail, cx, self.width, self.revealed);
        if let Some(arrival) = &self.arrival {
            let title = title_lines(detail, cx, self.width).len();
            lines.splice(title..title, arrival::lines(arrival, cx, self.width));
        }
        lines
    }

    /// Puts the cursor back on its line, wherever that is now.
    fn look_again(&mut self, lines: &[Line]) {
        let here = self.here.clone();
        self.pager.keep(here.as_ref(), lines);
        self.look(lines);
    }

    /// Remembers what is under the cursor.
    fn look(&mut self, lines: &[Line]) {
        let line = self.pager.current(lines).map(|i| &lines[i]);
        (self.under, self.here) = (line.and_then(|l| l.subject.clone()), line.and_then(|l| l.go.clone()));
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let lines = self.lines(cx);
        self.look_again(&lines);
        match action {
            Action::Refresh => return Outcome::does(self.enter(cx)),
            Action::Open => {
                let go = self.pager.current(&lines).and_then(|i| lines[i].go.clone());
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ if !self.pager.act(action, &lines) => return Outcome::ignored(),
            _ => {}
        }
        self.look(&lines);
        Outcome::used()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        let under = self.under.as_ref().filter(|s| !s.state.is_empty()).map(|s| s.kind);
        let mut scopes = vec![Scope::Detail];
        // Keys are for the line under the cursor first, then for the page.
        scopes.extend(under.filter(|k| *k != self.kind).and_then(scope_of));
        scopes.extend(scope_of(self.kind));
        scopes.push(Scope::Global);
        scopes
    }

    /// The record under the cursor, then the page's own.
    pub fn subjects(&self) -> Vec<Subject> {
        self.under.iter().chain(&self.page).take(1).cloned().collect()
    }

    /// The record of a kind that an action is about: the one under the cursor, else the page's own.
    pub fn subjects_of(&self, kind: Kind) -> Vec<Subject> {
        let of = |s: &&Subject| s.kind == kind && !s.state.is_empty();
        self.under.iter().chain(&self.page).find(of).cloned().into_iter().collect()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        if let Some(sentence) = self.troubles.sentence() {
            return sentence;
        }
        match (&self.detail, self.missing) {
            (Some(d), _) => {
                let at = cx.format.instant(d.row.meta().updated_at);
                let who = text::display(&d.row.meta().updated_by).into_owned();
                cx.format.locale.tr_with("detail-status", &[("at", &at), ("who", &who)])
            }
            (None, true) => cx.format.locale.tr("detail-missing").into_owned(),
            (None, false) => cx.format.locale.tr("status-reading").into_owned(),
        }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        self.width = usize::from(area.width);
        let lines = self.lines(cx);
        // Another width wraps the lines anew.
        self.look_again(&lines);
        let caret = self.pager.draw(&lines, frame, area, cx);
        self.look(&lines);
        Caret::Parked(caret)
    }
}

/// A field of a row by its column name.
pub fn field(row: &Row, name: &str) -> Option<Value> {
    row.kind().columns().iter().position(|c| c.name == name).and_then(|i| row.cells().get(i).cloned())
}

fn field_word(row: &Row, name: &str) -> String {
    field(row, name).and_then(|v| v.as_text().map(str::to_owned)).unwrap_or_default()
}

fn page_subject(detail: &Detail, cx: &Context<'_>) -> Subject {
    let row = &detail.row;
    Subject {
        kind: row.kind(),
        id: row.uuid(),
        code: field_word(row, "code"),
        name: name_of(detail, cx),
        state: field_word(row, "state"),
        rev: row.meta().rev,
    }
}

/// Its own name, or the one its list makes of other columns.
fn name_of(detail: &Detail, cx: &Context<'_>) -> String {
    let own = field_word(&detail.row, "name");
    let listed = detail.list.zip(detail.line.as_ref()).map(|(list, row)| title::name(list.spec(), row, &cx.format));
    let name = if own.is_empty() { listed.unwrap_or_default() } else { own };
    if name.is_empty() { field_word(&detail.row, "title") } else { name }
}

/// The page's lines, contacts masked.
pub fn lines(detail: &Detail, cx: &Context<'_>, width: usize) -> Vec<Line> {
    lines_with(detail, cx, width, false)
}

fn lines_with(detail: &Detail, cx: &Context<'_>, width: usize, revealed: bool) -> Vec<Line> {
    let mut lines = title_lines(detail, cx, width);
    lines.extend(fields::lines(detail, cx, width, revealed));
    lines.extend(course::lines(detail, cx, width));
    let (some, none): (Vec<_>, Vec<_>) = detail.hanging.iter().partition(|h| h.total > 0);
    for hanging in some {
        lines.extend(hanging::lines(hanging, cx, width));
    }
    if !none.is_empty() {
        // What there is none of, in one line: an empty answer is an answer.
        let titles: Vec<_> =
            none.iter().map(|h| cx.format.locale.tr(&format!("section-{}", h.scope.section.id)).into_owned()).collect();
        lines.push(Line::default());
        let words = cx.format.locale.tr_with("detail-none", &[("what", &titles.join("  "))]);
        lines.extend(wrapped(&words, Role::Dim, 0, width));
    }
    lines.extend(history::lines(detail, cx, width));
    lines
}

fn title_lines(detail: &Detail, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let kind = detail.row.kind();
    let state = field_word(&detail.row, "state");
    let names = [field_word(&detail.row, "code"), name_of(detail, cx)];
    let named = names.iter().filter(|n| !n.is_empty()).map(|n| text::display(n).into_owned()).collect::<Vec<_>>();
    let mut pieces = vec![
        (format!("{}  ", cx.format.locale.code("kind", kind.table())), Role::Dim),
        (format!("{}  ", named.join("  ")), Role::Title),
    ];
    if !state.is_empty() {
        pieces.push((cx.format.locale.code(kind.table(), &state), state_role(&state)));
    }
    let reason = text::display(&field_word(&detail.row, "state_reason")).into_owned();
    let used: usize = pieces.iter().map(|(t, _)| text::width(t)).sum();
    if used + text::width(&reason) + 4 <= width {
        pieces.push((format!("  {reason}"), Role::Info));
        return vec![Line::of(pieces)];
    }
    let mut lines = vec![Line::of(pieces)];
    lines.extend(wrapped(&reason, Role::Info, 2, width));
    lines
}
