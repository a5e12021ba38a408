//! Any list: a window of rows around the cursor, read as the cursor nears its edge; filter, sort, columns, marks.
//!
//! The cursor and the marks belong to records, not to places: after a change the same record is under the cursor, on
//! the same line of the screen. Drawing is in `list_draw`, keys in `list_keys`.

use super::{Caret, Context, Subject, title};
use crate::console::action::Scope;
use crate::console::format::Format;
use crate::console::message::Effect;
use crate::console::widgets::field::Field;
use crate::domain::rows::Kind;
use crate::store::StoreError;
use crate::store::detail::{Detail, Scope as Within};
use crate::store::filter::{Filter, FilterError};
use crate::store::list::{ListKind, ListSpec, Sort, Ty};
use crate::store::page::{Anchor, ListQuery, Page, PageRow};
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::Rect;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Slots a view uses: the window, and the pane beside it.
pub const SLOTS: Slot = 2;
/// Longest filter in graphemes.
const LONGEST_FILTER: usize = 200;
/// Screens of rows kept in memory at most.
const KEPT_SCREENS: usize = 8;

/// What an awaited window is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Awaiting {
    /// A new window; the record with this id goes to this line when it is among the rows.
    Fresh { keep: Option<(Uuid, usize)>, bottom: bool },
    /// Rows behind the window.
    Behind,
    /// Rows before it.
    Before,
}

/// What went wrong with the last read.
#[derive(Debug)]
pub(super) enum Trouble {
    Filter(FilterError),
    Store(StoreError),
}

/// A list on the screen.
pub struct ListView {
    pub kind: ListKind,
    pub(super) within: Option<Within>,
    /// Title of the record the list hangs on.
    pub(super) within_title: String,
    pub(super) slot: Slot,
    pub(super) filter: Field,
    /// The filter the list was opened with: it is what the list is about, not something the person typed.
    pub(super) given: String,
    pub(super) typing: bool,
    /// The filter as understood, for marking what matched.
    pub(super) understood: Filter,
    pub(super) sort: Vec<(&'static str, bool)>,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<PageRow>,
    pub(super) at_start: bool,
    pub(super) at_end: bool,
    pub(super) total: Option<i64>,
    pub(super) top: usize,
    pub(super) cursor: usize,
    /// Steps still to go when rows arrive.
    pub(super) owed: isize,
    pub(super) awaiting: Option<Awaiting>,
    pub(super) trouble: Option<Trouble>,
    /// The rows as subjects of actions, by id.
    named: BTreeMap<Uuid, Subject>,
    /// Marked records: id to code, name, state, revision.
    pub(super) marks: BTreeMap<Uuid, Subject>,
    pub(super) pane: bool,
    pub(super) detail: Option<Box<Detail>>,
    /// Lines the rows had when last drawn, and cells of a line.
    pub(super) height: usize,
    pub(super) width: u16,
}

impl ListView {
    /// A list of `kind`, with a filter as typed; `slot` and the next are its own.
    pub fn new(kind: ListKind, slot: Slot, typed: &str) -> ListView {
        let spec = kind.spec();
        ListView {
            kind,
            within: None,
            within_title: String::new(),
            slot,
            filter: Field::new(LONGEST_FILTER).with(typed),
            given: typed.to_owned(),
            typing: false,
            understood: Filter::default(),
            sort: vec![spec.sort],
            columns: spec.shown(),
            rows: Vec::new(),
            at_start: true,
            at_end: false,
            total: None,
            top: 0,
            cursor: 0,
            owed: 0,
            awaiting: None,
            trouble: None,
            named: BTreeMap::new(),
            marks: BTreeMap::new(),
            pane: false,
            detail: None,
            height: 20,
            width: 80,
        }
    }

    /// Only the rows that hang on one record.
    #[must_use]
    pub fn inside(mut self, within: Option<Within>, title: &str) -> ListView {
        self.within = within;
        if let Some(within) = within {
            self.columns = within.section.shown();
        }
        title.clone_into(&mut self.within_title);
        self
    }

    /// The columns a person set for this list; unknown ones are left out.
    #[must_use]
    pub fn with_columns(mut self, ids: Option<&Vec<String>>) -> ListView {
        self.set_columns(ids);
        self
    }

    /// Shows the columns a person set, where there are any and the list is not a part of a record.
    pub fn set_columns(&mut self, ids: Option<&Vec<String>>) {
        let chosen: Vec<&'static str> =
            ids.into_iter().flatten().filter_map(|id| self.spec().column(id).map(|c| c.id)).collect();
        if !chosen.is_empty() && self.within.is_none() {
            self.columns = chosen;
        }
    }

    pub fn spec(&self) -> &'static ListSpec {
        self.kind.spec()
    }

    pub fn owns(&self, slot: Slot) -> bool {
        (self.slot..self.slot + SLOTS).contains(&slot)
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&PageRow> {
        self.rows.get(self.cursor)
    }

    /// The filter as typed.
    pub fn typed(&self) -> String {
        self.filter.text()
    }

    /// Replaces the filter and reads anew.
    pub fn set_filter(&mut self, typed: &str) -> Vec<Effect> {
        self.filter = Field::new(LONGEST_FILTER).with(typed);
        typed.clone_into(&mut self.given);
        vec![self.read_fresh(None, Anchor::Start)]
    }

    /// Whether the person typed a filter over the one the list was opened with.
    pub fn is_narrowed(&self) -> bool {
        self.filter.text() != self.given
    }

    /// Whether going back first takes something away here.
    pub fn can_clear(&self) -> bool {
        self.is_narrowed() || !self.marks.is_empty()
    }

    /// Takes the typed filter away; the record stays under the cursor.
    pub(super) fn clear_filter(&mut self) -> Vec<Effect> {
        self.filter = Field::new(LONGEST_FILTER).with(&self.given);
        vec![self.resort()]
    }

    /// Whether the filter is being typed.
    pub fn is_typing(&self) -> bool {
        self.typing
    }

    pub fn enter(&mut self, _cx: &Context<'_>) -> Vec<Effect> {
        let searches = self.spec().row.is_some() || self.kind == ListKind::Audit;
        let mut effects = vec![self.reread()];
        if searches && self.within.is_none() {
            effects.push(Effect::WantColumn(self.kind));
        }
        effects
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    /// Reads the window again with the same record under the cursor.
    fn reread(&mut self) -> Effect {
        let keep = self.current().map(|r| (r.id, self.cursor - self.top));
        // At the very top a refresh shows what is new there; elsewhere nothing moves under the cursor.
        match keep {
            Some((id, line)) if self.cursor > 0 || !self.at_start => {
                self.read_fresh(Some((id, line)), Anchor::Around(id))
            }
            _ => self.read_fresh(None, Anchor::Start),
        }
    }

    pub(super) fn read_fresh(&mut self, keep: Option<(Uuid, usize)>, anchor: Anchor) -> Effect {
        let bottom = anchor == Anchor::End;
        self.awaiting = Some(Awaiting::Fresh { keep, bottom });
        self.owed = 0;
        self.request(anchor, (self.height * 3).max(60))
    }

    fn request(&self, anchor: Anchor, rows: usize) -> Effect {
        let query = ListQuery {
            kind: self.kind,
            filter: Filter::default(),
            scope: self.within,
            sort: self.sort.clone(),
            anchor,
            rows,
        };
        Effect::Ask(self.slot, Request::Page { query, typed: self.filter.text() })
    }

    /// Reads more rows when the cursor is within a screen of the window's edge.
    pub(super) fn read_ahead(&mut self) -> Vec<Effect> {
        if self.awaiting.is_some() || self.rows.is_empty() {
            return self.pane_effect();
        }
        let near = self.height.max(1) * 2;
        let effect = if !self.at_end && self.rows.len() - self.cursor <= near {
            self.awaiting = Some(Awaiting::Behind);
            self.rows.last().map(|r| self.request(Anchor::After(r.place.clone()), near * 2))
        } else if !self.at_start && self.cursor < near {
            self.awaiting = Some(Awaiting::Before);
            self.rows.first().map(|r| self.request(Anchor::Before(r.place.clone()), near * 2))
        } else {
            None
        };
        let mut effects: Vec<Effect> = effect.into_iter().collect();
        effects.extend(self.pane_effect());
        effects
    }

    /// The detail pane follows the cursor; the reader drops what is overtaken.
    fn pane_effect(&self) -> Vec<Effect> {
        match (self.pane, self.record()) {
            (true, Some((kind, id))) => vec![Effect::Ask(self.slot + 1, Request::Detail { kind, id })],
            _ => Vec::new(),
        }
    }

    /// Kind of the records the rows stand for; within a record its section says.
    pub fn opens(&self) -> Option<Kind> {
        match self.within {
            Some(within) => within.section.opens().or(self.spec().row),
            None => self.spec().row,
        }
    }

    /// Kind and id of the record under the cursor.
    pub(super) fn record(&self) -> Option<(Kind, Uuid)> {
        let kind = self.opens()?;
        self.current().map(|r| (kind, r.id))
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        if slot == self.slot + 1 {
            if let Answer::Detail(detail) = answer {
                self.detail = detail.map(Box::new);
            }
            return Vec::new();
        }
        match answer {
            Answer::Page { page, filter, .. } => {
                self.trouble = None;
                self.understood = filter;
                self.total = Some(page.total);
                self.take_page(page);
                self.name_rows(cx);
                let owed = std::mem::take(&mut self.owed);
                if owed != 0 { self.step(owed) } else { self.read_ahead() }
            }
            Answer::Filter(e) => {
                self.awaiting = None;
                self.trouble = Some(Trouble::Filter(e));
                self.drop_misfiltered();
                Vec::new()
            }
            Answer::Failed(StoreError::Cancelled) => Vec::new(),
            Answer::Failed(e) => {
                self.awaiting = None;
                self.trouble = Some(Trouble::Store(e));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Once a filter that is not understood is no longer being typed, the rows of the one before go: they would pass
    /// for its rows.
    pub(super) fn drop_misfiltered(&mut self) {
        if !self.typing && matches!(self.trouble, Some(Trouble::Filter(_))) {
            self.rows.clear();
            (self.cursor, self.top, self.total) = (0, 0, Some(0));
            (self.at_start, self.at_end) = (true, true);
        }
    }

    fn take_page(&mut self, page: Page) {
        match self.awaiting.take() {
            Some(Awaiting::Behind) => {
                self.at_end = page.at_end;
                self.rows.extend(page.rows);
                let most = self.height.max(8) * KEPT_SCREENS;
                // What is dropped in front can be read again.
                let drop = self.rows.len().saturating_sub(most).min(self.top);
                self.rows.drain(..drop);
                self.at_start &= drop == 0;
                self.cursor -= drop;
                self.top -= drop;
            }
            Some(Awaiting::Before) => {
                self.at_start = page.at_start;
                let added = page.rows.len();
                self.rows.splice(0..0, page.rows);
                self.cursor += added;
                self.top += added;
                let most = self.height.max(8) * KEPT_SCREENS;
                let keep = most.max(self.top + self.height);
                if self.rows.len() > keep {
                    self.rows.truncate(keep);
                    self.at_end = false;
                }
            }
            Some(Awaiting::Fresh { keep, bottom }) => self.take_fresh(page, keep, bottom),
            None => self.take_fresh(page, None, false),
        }
    }

    fn take_fresh(&mut self, page: Page, keep: Option<(Uuid, usize)>, bottom: bool) {
        (self.at_start, self.at_end) = (page.at_start, page.at_end);
        self.rows = page.rows;
        let found = keep.and_then(|(id, line)| Some((self.rows.iter().position(|r| r.id == id)?, line)));
        (self.cursor, self.top) = match found {
            Some((at, line)) => (at, at.saturating_sub(line)),
            None if bottom => {
                let last = self.rows.len().saturating_sub(1);
                (last, (last + 1).saturating_sub(self.height))
            }
            None => (0, 0),
        };
    }

    /// Makes the subjects of the rows; marks keep what was last seen of their records.
    fn name_rows(&mut self, cx: &Context<'_>) {
        let (spec, opens) = (self.spec(), self.opens());
        let named = self.rows.iter().filter_map(|r| Some((r.id, subject_of(spec, opens, r, &cx.format)?)));
        self.named = named.collect();
        for (id, mark) in &mut self.marks {
            if let Some(seen) = self.named.get(id) {
                mark.clone_from(seen);
            }
        }
    }

    /// Moves the cursor by `steps`, as far as rows are there; the rest follows when they arrive.
    pub(super) fn step(&mut self, steps: isize) -> Vec<Effect> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let last = self.rows.len() - 1;
        let wanted = self.cursor.saturating_add_signed(steps);
        let before = self.cursor;
        self.cursor = wanted.min(last);
        let went = self.cursor as isize - before as isize;
        let edge = if steps > 0 { self.at_end } else { self.at_start };
        if went != steps && !edge {
            self.owed = steps - went;
        }
        self.scroll_to_cursor();
        self.read_ahead()
    }

    /// Turns the page: cursor and window move together, so the cursor stays on its line.
    pub(super) fn turn(&mut self, pages: isize) -> Vec<Effect> {
        let lines = self.height.max(1) as isize * pages;
        let line = self.cursor.saturating_sub(self.top);
        let effects = self.step(lines);
        self.top = self.cursor.saturating_sub(line).min(self.rows.len().saturating_sub(self.height));
        self.scroll_to_cursor();
        effects
    }

    pub(super) fn scroll_to_cursor(&mut self) {
        let height = self.height.max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
    }

    /// What is known of a row as the subject of an action.
    pub(super) fn subject(&self, row: &PageRow) -> Option<Subject> {
        self.named.get(&row.id).cloned()
    }

    pub fn subjects(&self) -> Vec<Subject> {
        if !self.marks.is_empty() {
            return self.marks.values().cloned().collect();
        }
        self.current().and_then(|r| self.subject(r)).into_iter().collect()
    }

    pub fn scopes(&self) -> Vec<Scope> {
        match self.kind {
            ListKind::Catalog => vec![Scope::List, Scope::Entry, Scope::Global],
            ListKind::Returns => vec![Scope::List, Scope::Return, Scope::Global],
            _ => vec![Scope::List, Scope::Global],
        }
    }

    /// Columns that can be sorted by, for the chooser.
    pub fn sortable(&self) -> Vec<&'static str> {
        self.spec().columns.iter().filter(|c| c.sort != Sort::No).map(|c| c.id).collect()
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        super::list_draw::draw(self, frame, area, cx)
    }
}

/// A row as the subject of an action; its state only when the column shows the state of the record it stands for.
pub(super) fn subject_of(spec: &ListSpec, kind: Option<Kind>, row: &PageRow, format: &Format<'_>) -> Option<Subject> {
    let kind = kind?;
    let state = spec.state.and_then(|id| title::cell(spec, row, id));
    let own = state.filter(|(c, _)| c.ty == Ty::Set(kind.table())).and_then(|(_, v)| v.as_text());
    Some(Subject {
        kind,
        id: row.id,
        code: title::code(spec, row),
        name: title::name(spec, row, format),
        state: own.unwrap_or_default().to_owned(),
        rev: title::cell(spec, row, "rev")
            .filter(|_| spec.row == Some(kind))
            .and_then(|(_, v)| v.as_int())
            .unwrap_or(0),
    })
}
