//! Any list: a window of rows around the cursor, read as the cursor nears its edge; filter, sort, columns, marks.
//!
//! The cursor and the marks belong to records, not to places: after a change the same record is under the cursor, on
//! the same line of the screen. The window's reading is in `list_window`, drawing in `list_draw`, keys in `list_keys`.

use super::list_window::Awaiting;
use super::{Caret, Context, Subject, title};
use crate::console::action::{Scope, scope_of};
use crate::console::format::Format;
use crate::console::message::Effect;
use crate::console::widgets::field::Field;
use crate::domain::rows::Kind;
use crate::store::StoreError;
use crate::store::detail::{Detail, Scope as Within};
use crate::store::excluded::Excluded;
use crate::store::filter::{Filter, FilterError};
use crate::store::list::{ListKind, ListSpec, Sort, Ty};
use crate::store::page::{Anchor, PageRow};
use crate::store::reads::Slot;
use ratatui::Frame;
use ratatui::layout::Rect;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Slots a view uses: the window, the pane beside it, and why there are no rows.
pub const SLOTS: Slot = 3;
/// Longest filter in graphemes.
const LONGEST_FILTER: usize = 200;

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
    /// Where nothing is left under it: the term that excludes most.
    pub(super) excluded: Option<Excluded>,
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
    /// The line of the screen the cursor is to stand on when they have.
    pub(super) owed_line: Option<usize>,
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
            excluded: None,
            sort: vec![spec.sort],
            columns: spec.shown(),
            rows: Vec::new(),
            at_start: true,
            at_end: false,
            total: None,
            top: 0,
            cursor: 0,
            owed: 0,
            owed_line: None,
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
        vec![self.read_fresh(Anchor::Start)]
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
        let searches = self.spec().is_searched();
        let mut effects = vec![self.reread()];
        if searches && self.within.is_none() {
            effects.push(Effect::WantColumn(self.kind));
        }
        effects
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
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

    /// Makes the subjects of the rows; marks keep what was last seen of their records.
    pub(super) fn name_rows(&mut self, cx: &Context<'_>) {
        let (spec, opens) = (self.spec(), self.opens());
        let named = self.rows.iter().filter_map(|r| Some((r.id, subject_of(spec, opens, r, &cx.format)?)));
        self.named = named.collect();
        for (id, mark) in &mut self.marks {
            if let Some(seen) = self.named.get(id) {
                mark.clone_from(seen);
            }
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
        let own = match self.kind {
            ListKind::Outbox => Some(Scope::Order),
            _ => self.opens().and_then(scope_of),
        };
        [Some(Scope::List), own, Some(Scope::Global)].into_iter().flatten().collect()
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
pub fn subject_of(spec: &ListSpec, kind: Option<Kind>, row: &PageRow, format: &Format<'_>) -> Option<Subject> {
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
