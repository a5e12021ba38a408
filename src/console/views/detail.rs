//! One record with everything that hangs on it: fields, the lists around it, its history. Every line with rows behind
//! it opens.

use super::list_draw::state_role;
use super::{Caret, Context, Go, Outcome, Subject};
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::domain::record::Column;
use crate::domain::rows::{Kind, Row};
use crate::domain::value::{CellType, Value};
use crate::store::detail::{Detail, Event, Hanging};
use crate::store::list::Ty;
use crate::store::page::PageRow;
use crate::store::reads::{Answer, Request, Slot};
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use serde_json::Value as Json;
use uuid::Uuid;

/// A line of the page.
pub struct Line {
    pieces: Vec<(String, Role)>,
    go: Option<Go>,
}

/// The record's page.
pub struct DetailView {
    kind: Kind,
    id: Uuid,
    slot: Slot,
    detail: Option<Box<Detail>>,
    missing: bool,
    top: usize,
    /// Line under the cursor.
    cursor: usize,
    height: usize,
    width: usize,
    /// Contact shown in full after it was written down in the audit.
    revealed: bool,
}

impl DetailView {
    pub fn new(kind: Kind, id: Uuid, slot: Slot) -> DetailView {
        DetailView {
            kind,
            id,
            slot,
            detail: None,
            missing: false,
            top: 0,
            cursor: 0,
            height: 20,
            width: 80,
            revealed: false,
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

    pub fn take(&mut self, _slot: Slot, answer: Answer, _cx: &Context<'_>) -> Vec<Effect> {
        if let Answer::Detail(detail) = answer {
            self.missing = detail.is_none();
            self.detail = detail.map(Box::new);
        }
        Vec::new()
    }

    /// Shows the contact in full; called when the audit record is on the disk.
    pub fn reveal(&mut self) {
        self.revealed = true;
    }

    fn lines(&self, cx: &Context<'_>) -> Vec<Line> {
        self.detail.as_ref().map_or_else(Vec::new, |d| lines_with(d, cx, self.width, self.revealed))
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let lines = self.lines(cx);
        let last = lines.len().saturating_sub(1);
        let page = self.height.saturating_sub(1).max(1);
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(last),
            Action::PageUp => self.cursor = self.cursor.saturating_sub(page),
            Action::PageDown => self.cursor = (self.cursor + page).min(last),
            Action::Top => self.cursor = 0,
            Action::Bottom => self.cursor = last,
            Action::Refresh => return Outcome::does(self.enter(cx)),
            Action::Open => {
                let go = lines.get(self.cursor).and_then(|l| l.go.clone());
                return go.map_or_else(Outcome::used, Outcome::go);
            }
            _ => return Outcome::ignored(),
        }
        Outcome::used()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        match self.kind {
            Kind::CatalogEntry => vec![Scope::Detail, Scope::Entry, Scope::Global],
            Kind::Supplier => vec![Scope::Detail, Scope::Supplier, Scope::Global],
            _ => vec![Scope::Detail, Scope::Global],
        }
    }

    pub fn subjects(&self) -> Vec<Subject> {
        let Some(detail) = &self.detail else { return Vec::new() };
        let text =
            |name: &str| field(&detail.row, name).and_then(|v| v.as_text().map(str::to_owned)).unwrap_or_default();
        vec![Subject {
            kind: self.kind,
            id: self.id,
            code: text("code"),
            name: text("name"),
            state: text("state"),
            rev: detail.row.meta().rev,
        }]
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
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
        self.height = usize::from(area.height);
        self.width = usize::from(area.width);
        let lines = self.lines(cx);
        self.cursor = self.cursor.min(lines.len().saturating_sub(1));
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + self.height {
            self.top = self.cursor + 1 - self.height;
        }
        for (y, index) in (area.y..area.bottom()).zip(self.top..lines.len()) {
            let at = Rect { y, height: 1, ..area };
            draw_line(&lines[index], frame, at, cx, index == self.cursor);
        }
        Caret::Parked(Position::new(area.x, area.y + (self.cursor - self.top) as u16))
    }
}

/// A field of a row by its column name.
pub fn field(row: &Row, name: &str) -> Option<Value> {
    row.kind().columns().iter().position(|c| c.name == name).and_then(|i| row.cells().get(i).cloned())
}

/// The page's lines, contacts masked.
pub fn lines(detail: &Detail, cx: &Context<'_>, width: usize) -> Vec<Line> {
    lines_with(detail, cx, width, false)
}

fn lines_with(detail: &Detail, cx: &Context<'_>, width: usize, revealed: bool) -> Vec<Line> {
    let mut lines = title_lines(detail, cx);
    lines.extend(field_lines(detail, cx, width, revealed));
    let (some, none): (Vec<_>, Vec<_>) = detail.hanging.iter().partition(|h| h.total > 0);
    for hanging in some {
        lines.extend(hanging_lines(hanging, cx, width));
    }
    if !none.is_empty() {
        // What there is none of, in one line: an empty answer is an answer.
        let titles: Vec<_> =
            none.iter().map(|h| cx.format.locale.tr(&format!("section-{}", h.scope.section.id)).into_owned()).collect();
        lines.push(plain(String::new(), Role::Text));
        lines.push(plain(cx.format.locale.tr_with("detail-none", &[("what", &titles.join("  "))]), Role::Dim));
    }
    lines.push(plain(String::new(), Role::Text));
    let n = detail.history.len().to_string();
    lines.push(plain(cx.format.locale.tr_with("detail-history", &[("n", &n)]), Role::Heading));
    for event in &detail.history {
        lines.extend(event_lines(event, cx, width));
    }
    lines
}

fn plain(text: String, role: Role) -> Line {
    Line { pieces: vec![(text, role)], go: None }
}

fn title_lines(detail: &Detail, cx: &Context<'_>) -> Vec<Line> {
    let text = |name: &str| {
        let value = field(&detail.row, name).and_then(|v| v.as_text().map(str::to_owned)).unwrap_or_default();
        text::display(&value).into_owned()
    };
    let kind = detail.row.kind();
    let state = text("state");
    let name = if text("name").is_empty() { text("title") } else { text("name") };
    let mut pieces = vec![
        (format!("{}  ", cx.format.locale.code("kind", kind.table())), Role::Dim),
        (format!("{}  {name}  ", text("code")), Role::Title),
    ];
    if !state.is_empty() {
        pieces.push((cx.format.locale.code(kind.table(), &state), state_role(&state)));
    }
    if let Some(reason) = Some(text("state_reason")).filter(|r| !r.is_empty()) {
        pieces.push((format!("  {reason}"), Role::Info));
    }
    vec![Line { pieces, go: None }]
}

/// Fields that are ids or are shown in the title.
fn skipped(column: &Column) -> bool {
    column.name.ends_with("_id")
        || matches!(column.name, "code" | "name" | "state" | "state_reason" | "relisted_from" | "adjusts")
}

/// Labels and values, two pairs a line where there is room.
fn field_lines(detail: &Detail, cx: &Context<'_>, width: usize, revealed: bool) -> Vec<Line> {
    let cells = detail.row.cells();
    let mut pairs = Vec::new();
    for (column, value) in detail.row.kind().columns().iter().zip(&cells) {
        let empty = value.is_null() || value.as_text() == Some("");
        if skipped(column) || empty {
            continue;
        }
        let label = cx.format.locale.code("field", column.name);
        pairs.push((label, field_text(detail.row.kind(), column, value, cx, revealed)));
    }
    let columns = if width >= 100 { 3 } else { 2 };
    let each = width.saturating_sub(6) / columns;
    pairs
        .chunks(columns)
        .map(|chunk| {
            let mut pieces = vec![("  ".to_owned(), Role::Text)];
            for (label, value) in chunk {
                let label = text::fit(label, 12);
                pieces.push((label, Role::Dim));
                pieces.push((text::fit(value, each.saturating_sub(13)), Role::Text));
                pieces.push((" ".to_owned(), Role::Text));
            }
            Line { pieces, go: None }
        })
        .collect()
}

/// The column type a field is shown as; fields share their meaning by name across kinds.
fn field_text(kind: Kind, column: &Column, value: &Value, cx: &Context<'_>, revealed: bool) -> String {
    let name = column.name;
    let ty = match name {
        "contact_name" | "contact_phone" | "phone" | "keeper" if revealed => Ty::Text,
        "contact_name" | "contact_phone" | "phone" | "keeper" => Ty::Masked,
        "county_code" | "division_code" => Ty::Division,
        "category" => Ty::Set("category"),
        "venue_type" => Ty::Set("venue"),
        "trace" => Ty::Set("trace"),
        "grade" | "recall_class" => Ty::Set("grade"),
        "directory_state" => Ty::Set("directory"),
        "form" => Ty::Set("form"),
        "channel" => Ty::Set("channel"),
        "kind" if kind == Kind::Supplier => Ty::Set("supplier_kind"),
        "kind" if kind == Kind::Organisation => Ty::Set("org"),
        "kind" if kind == Kind::Purchase => Ty::Set("purchase_kind"),
        "kind" => Ty::Set("evidence"),
        _ if name == "year" || name.ends_with("_year") => Ty::Year,
        _ if name.ends_with("_fen") => Ty::Money,
        _ if name.ends_with("_on") || matches!(name, "last_visit" | "valid_until" | "dated") => Ty::Day,
        _ if column.cell == CellType::Int && name.ends_with("_at") => {
            let at = value.as_int().and_then(|ms| Timestamp::from_millisecond(ms).ok());
            return at.map_or_else(String::new, |at| cx.format.moment(at));
        }
        "quota_rate_bp" => {
            return value.as_int().map_or_else(String::new, |n| format!("{}.{:02}%", n / 100, n % 100));
        }
        "longitude_e6" | "latitude_e6" => {
            return value
                .as_int()
                .map_or_else(String::new, |n| format!("{}.{:04}", n / 1_000_000, n % 1_000_000 / 100));
        }
        "demo_room" | "under_review" | "held" | "files_annex1" | "files_annex2" => Ty::YesNo,
        _ => match value {
            Value::Int(_) => Ty::Count,
            _ => Ty::Text,
        },
    };
    cx.format.cell(ty, value)
}

fn hanging_lines(hanging: &Hanging, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let section = hanging.scope.section;
    let title = cx.format.locale.tr(&format!("section-{}", section.id)).into_owned();
    let count = crate::console::format::grouped(hanging.total);
    let go = Go::List { kind: section.list, typed: String::new(), within: Some(hanging.scope) };
    let mut lines = vec![plain(String::new(), Role::Text)];
    let pieces = vec![(format!("{title}  "), Role::Heading), (count, Role::Title)];
    lines.push(Line { pieces, go: (hanging.total > 0).then_some(go) });
    for row in &hanging.rows {
        lines.push(row_line(hanging, row, cx, width));
    }
    if hanging.total > hanging.rows.len() as i64 {
        let more = (hanging.total - hanging.rows.len() as i64).to_string();
        lines.push(plain(format!("    {}", cx.format.locale.tr_with("detail-more", &[("n", &more)])), Role::Dim));
    }
    lines
}

/// A hanging row in one line: the columns its list shows first, as many as fit.
fn row_line(hanging: &Hanging, row: &PageRow, cx: &Context<'_>, width: usize) -> Line {
    let spec = hanging.scope.section.list.spec();
    let mut pieces = vec![("    ".to_owned(), Role::Text)];
    let mut used = 4;
    let mut columns: Vec<_> = spec.columns.iter().enumerate().filter(|(_, c)| c.shown).collect();
    columns.sort_by_key(|(i, c)| (c.priority, *i));
    let mut chosen = Vec::new();
    for (i, column) in columns {
        let cells = usize::from(column.width) + 2;
        if used + cells <= width.saturating_sub(2) {
            used += cells;
            chosen.push((i, column));
        }
    }
    chosen.sort_by_key(|(i, _)| *i);
    for (i, column) in chosen {
        let text = cx.format.cell(column.ty, &row.cells[i]);
        let right = matches!(column.ty, Ty::Count | Ty::Money);
        let cells = usize::from(column.width);
        let text = if right { text::fit_right(&text, cells) } else { text::fit(&text, cells) };
        let is_state = spec.state == Some(column.id);
        let role = if is_state { state_role(row.cells[i].as_text().unwrap_or_default()) } else { Role::Text };
        pieces.push((format!("{text}  "), role));
    }
    let go = spec.row.map(|kind| Go::Record { kind, id: row.id });
    Line { pieces, go }
}

fn event_lines(event: &Event, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let mut head = format!(
        "  {}  {} {}  {}",
        cx.format.moment(event.at),
        text::display(&event.person),
        text::display(&event.org),
        locale.code("command", &event.command)
    );
    let refused = crate::store::detail::is_refused(&event.outcome);
    if refused {
        head.push_str(&format!("  {}", locale.code("outcome", &event.outcome)));
    }
    let mut pieces = vec![(head, if refused { Role::Warning } else { Role::Text })];
    if !event.reason.is_empty() {
        pieces.push((format!("  {}", text::display(&event.reason)), Role::Info));
    }
    let mut lines = vec![Line { pieces, go: None }];
    for f in event.fields.iter().filter(|f| !f.field.ends_with("_id")).take(6) {
        let kind = Kind::parse(&f.kind);
        let word = |j: &Json| json_text(kind, &f.field, j, cx);
        let line = format!("      {}: {} -> {}", locale.code("field", &f.field), word(&f.before), word(&f.after));
        lines.push(plain(text::short(&line, width.saturating_sub(1)), Role::Dim));
    }
    lines
}

fn json_text(kind: Option<Kind>, name: &str, json: &Json, cx: &Context<'_>) -> String {
    let value = match json {
        Json::Number(n) => n.as_i64().map_or(Value::Null, Value::Int),
        Json::String(s) => Value::Text(s.clone()),
        _ => return "-".to_owned(),
    };
    let column = kind.and_then(|k| k.columns().iter().find(|c| c.name == name));
    match (name, kind, column) {
        ("state", Some(kind), _) => cx.format.locale.code(kind.table(), value.as_text().unwrap_or_default()),
        (_, Some(kind), Some(column)) => field_text(kind, column, &value, cx, false),
        _ => String::new(),
    }
}

/// Draws one line.
pub fn draw_line(line: &Line, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>, selected: bool) {
    let buffer = frame.buffer_mut();
    if selected {
        buffer.set_stringn(area.x, area.y, ">", 1, cx.theme.style(Role::Selected));
    }
    let mut x = area.x + 2;
    for (text, role) in &line.pieces {
        let room = usize::from(area.right().saturating_sub(x));
        let shown = text::short(text, room);
        buffer.set_stringn(x, area.y, &shown, room, cx.theme.style(*role));
        x += text::width(&shown) as u16;
    }
}
