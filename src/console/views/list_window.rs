//! The window of a list: what is read when, and how rows that arrive change what is on the screen.
//!
//! Steps made before their rows are there are owed and add up. The cursor belongs to a record; where the record is gone,
//! the one that follows it takes its line.

use super::Context;
use super::list::{ListView, Trouble};
use crate::console::message::Effect;
use crate::store::StoreError;
use crate::store::filter::Filter;
use crate::store::page::{Anchor, ListQuery, Page, PageRow, Place};
use crate::store::reads::{Answer, Request, Slot};
use uuid::Uuid;

/// Screens of rows kept in memory at most.
const KEPT_SCREENS: usize = 8;

/// The record a new window is read around.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Keep {
    id: Uuid,
    /// Its line on the screen.
    line: usize,
    /// Its place in the order; none when the order is another one now.
    place: Option<Place>,
    /// Nothing was above it: what is new there comes into sight.
    first: bool,
}

/// What an awaited window is for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Awaiting {
    /// A new window around a record, or from an end of the list.
    Fresh {
        keep: Option<Keep>,
        bottom: bool,
    },
    /// The record left the list: the rows before its place, then those behind it.
    Above(Keep),
    Below(Keep, Vec<PageRow>, bool),
    /// Rows behind the window.
    Behind,
    /// Rows before it.
    Before,
}

impl ListView {
    /// The record under the cursor, to be found again.
    fn keep(&self) -> Option<Keep> {
        let row = self.current()?;
        let line = self.cursor.saturating_sub(self.top);
        Some(Keep { id: row.id, line, place: Some(row.place.clone()), first: self.cursor == 0 && self.at_start })
    }

    /// Reads the window again with the same record under the cursor. Steps still owed go on from there.
    pub(super) fn reread(&mut self) -> Effect {
        let (owed, line) = (self.owed, self.owed_line);
        let keep = self.keep();
        let anchor = keep.as_ref().map_or(Anchor::Start, |k| Anchor::Around(k.id));
        let effect = self.read_window(keep, anchor);
        (self.owed, self.owed_line) = (owed, line);
        effect
    }

    /// Reads in another order or under another filter: the record stays under the cursor.
    pub(super) fn resort(&mut self) -> Effect {
        match self.keep().filter(|_| self.cursor > 0) {
            Some(keep) => {
                let around = Anchor::Around(keep.id);
                self.read_window(Some(Keep { place: None, ..keep }), around)
            }
            None => self.read_fresh(Anchor::Start),
        }
    }

    /// Reads a new window from an end of the list.
    pub(super) fn read_fresh(&mut self, anchor: Anchor) -> Effect {
        self.read_window(None, anchor)
    }

    fn read_window(&mut self, keep: Option<Keep>, anchor: Anchor) -> Effect {
        let bottom = anchor == Anchor::End;
        self.awaiting = Some(Awaiting::Fresh { keep, bottom });
        (self.owed, self.owed_line) = (0, None);
        self.request(anchor, self.wanted_rows())
    }

    fn wanted_rows(&self) -> usize {
        (self.height * 3).max(60)
    }

    fn request(&self, anchor: Anchor, rows: usize) -> Effect {
        Effect::Ask(self.slot, Request::Page { query: self.query(anchor, rows), typed: self.filter.text() })
    }

    fn query(&self, anchor: Anchor, rows: usize) -> ListQuery {
        let (scope, sort) = (self.within, self.sort.clone());
        ListQuery { kind: self.kind, filter: Filter::default(), scope, sort, anchor, rows }
    }

    /// Asks which term leaves nothing over, where there are several to choose from.
    fn ask_why(&self) -> Option<Effect> {
        let terms = self.understood.words.len() + self.understood.tests.len();
        let query = (self.total == Some(0) && terms > 1).then(|| self.query(Anchor::Start, 0))?;
        Some(Effect::Ask(self.slot + 2, Request::Excluded { query, typed: self.filter.text() }))
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

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        match answer {
            Answer::Failed(StoreError::Cancelled) => Vec::new(),
            Answer::Failed(e) => {
                self.trouble = Some(Trouble::Store(e));
                if slot == self.slot {
                    self.awaiting = None;
                    (self.owed, self.owed_line) = (0, None);
                }
                Vec::new()
            }
            Answer::Detail(detail) if slot == self.slot + 1 => {
                self.detail = detail.map(Box::new);
                Vec::new()
            }
            Answer::Page { page, filter, .. } => {
                self.trouble = None;
                if self.understood != filter {
                    self.excluded = None;
                }
                self.understood = filter;
                self.total = Some(page.total);
                if let Some(effect) = self.take_page(page) {
                    return vec![effect];
                }
                self.name_rows(cx);
                let mut effects = self.pay();
                effects.extend(self.ask_why());
                effects
            }
            Answer::Excluded(excluded) => {
                self.excluded = excluded;
                Vec::new()
            }
            Answer::Filter(e) => {
                self.awaiting = None;
                (self.owed, self.owed_line) = (0, None);
                self.trouble = Some(Trouble::Filter(e));
                self.drop_misfiltered();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Goes the steps owed, as far as there are rows now.
    fn pay(&mut self) -> Vec<Effect> {
        let line = self.owed_line;
        let effects = if self.owed == 0 { self.read_ahead() } else { self.step(0) };
        if line.is_some() {
            self.stand_on(line);
        }
        effects
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

    /// Takes rows in, or says what else must be read before anything changes on the screen.
    fn take_page(&mut self, page: Page) -> Option<Effect> {
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
            Some(Awaiting::Fresh { keep: Some(keep), .. }) => return self.take_around(page, keep),
            Some(Awaiting::Fresh { keep: None, bottom }) => self.take_fresh(page, bottom),
            Some(Awaiting::Above(keep)) => {
                let place = keep.place.clone()?;
                self.awaiting = Some(Awaiting::Below(keep, page.rows, page.at_start));
                return Some(self.request(Anchor::After(place), self.wanted_rows()));
            }
            Some(Awaiting::Below(keep, above, at_start)) => {
                let next = above.len();
                let rows = above.into_iter().chain(page.rows).collect();
                self.put(Page { rows, at_start, ..page }, &keep, next);
            }
            None => self.take_fresh(page, false),
        }
        None
    }

    /// A window around the record; where it has left the list, its neighbours are read by its place.
    fn take_around(&mut self, page: Page, keep: Keep) -> Option<Effect> {
        let found = page.rows.iter().position(|r| r.id == keep.id);
        match (found, &keep.place) {
            (Some(at), _) => self.put(page, &keep, at),
            (None, Some(place)) if !page.rows.is_empty() => {
                let before = Anchor::Before(place.clone());
                self.awaiting = Some(Awaiting::Above(keep));
                return Some(self.request(before, self.wanted_rows()));
            }
            (None, _) => self.take_fresh(page, false),
        }
        None
    }

    /// Shows the rows, the cursor on the record it went to meanwhile, or else on the one at `at`.
    fn put(&mut self, page: Page, keep: &Keep, at: usize) {
        let moved = self.keep().filter(|now| now.id != keep.id);
        let moved = moved.and_then(|now| Some((page.rows.iter().position(|r| r.id == now.id)?, now.line)));
        let (at, line) = moved.unwrap_or((at, keep.line));
        (self.at_start, self.at_end) = (page.at_start, page.at_end);
        self.rows = page.rows;
        self.cursor = at.min(self.rows.len().saturating_sub(1));
        let fits = self.at_start && self.cursor < self.height.max(1);
        self.top = if keep.first && fits { 0 } else { self.cursor.saturating_sub(line) };
    }

    fn take_fresh(&mut self, page: Page, bottom: bool) {
        (self.at_start, self.at_end) = (page.at_start, page.at_end);
        self.rows = page.rows;
        let last = self.rows.len().saturating_sub(1);
        (self.cursor, self.top) = if bottom { (last, (last + 1).saturating_sub(self.height)) } else { (0, 0) };
    }

    /// Whether a window from an end of the list is awaited.
    pub(super) fn is_beginning(&self) -> bool {
        matches!(self.awaiting, Some(Awaiting::Fresh { keep: None, .. }))
    }

    /// Moves the cursor by `steps` and those still owed, as far as rows are there; the rest follows when they arrive.
    pub(super) fn step(&mut self, steps: isize) -> Vec<Effect> {
        let steps = steps.saturating_add(std::mem::take(&mut self.owed));
        self.owed_line = None;
        if self.is_beginning() {
            // They are meant from where the new window begins.
            self.owed = steps;
            return Vec::new();
        }
        if self.rows.is_empty() {
            return Vec::new();
        }
        let last = self.rows.len() - 1;
        let wanted = self.cursor.saturating_add_signed(steps);
        let before = self.cursor;
        self.cursor = wanted.min(last);
        let went = self.cursor as isize - before as isize;
        let edge = if steps > 0 { self.at_end } else { self.at_start };
        if !edge {
            self.owed = steps - went;
        }
        self.scroll_to_cursor();
        self.read_ahead()
    }

    /// Turns the page: cursor and window move together, so the cursor stays on its line.
    pub(super) fn turn(&mut self, pages: isize) -> Vec<Effect> {
        let lines = self.height.max(1) as isize * pages;
        let line = self.owed_line.unwrap_or(self.cursor.saturating_sub(self.top));
        let effects = self.step(lines);
        self.stand_on(Some(line));
        effects
    }

    /// Scrolls so that the cursor stands on this line of the screen, as far as there are rows; for what is owed, too.
    fn stand_on(&mut self, line: Option<usize>) {
        if let Some(line) = line {
            self.top = self.cursor.saturating_sub(line).min(self.rows.len().saturating_sub(self.height));
        }
        // Where the rows above or below it are not there yet, it comes to stand there when they are.
        let now = self.cursor.saturating_sub(self.top);
        self.owed_line = line.filter(|l| self.owed != 0 || now < *l && !self.at_start || now > *l && !self.at_end);
        self.scroll_to_cursor();
    }

    pub(super) fn scroll_to_cursor(&mut self) {
        let height = self.height.max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
    }
}
