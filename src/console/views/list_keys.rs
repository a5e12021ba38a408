//! What keys do in a list.

use super::list::{ListView, Trouble};
use super::list_draw::{store_lines, width_of};
use super::{Context, Go, Outcome, Subject};
use crate::base::locale::{Locale, Sentence};
use crate::console::action::Action;
use crate::console::keys::{Chord, Key};
use crate::console::message::Effect;
use crate::console::widgets::field::{Edit, Field};
use crate::domain::machine::{self, Verb};
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::store::detail::cell;
use crate::store::filter::column_label;
use crate::store::list::ListKind;
use crate::store::page::Anchor;
use uuid::Uuid;

impl ListView {
    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let effects = match action {
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::PageUp => self.turn(-1),
            Action::PageDown => self.turn(1),
            // What is owed from before is overtaken by where these two go.
            Action::Top if self.at_start && !self.is_beginning() => self.step(isize::MIN / 2),
            Action::Top => vec![self.read_fresh(Anchor::Start)],
            Action::Bottom if self.at_end && !self.is_beginning() => self.step(isize::MAX / 2),
            Action::Bottom => vec![self.read_fresh(Anchor::End)],
            Action::Refresh => self.refresh(cx),
            Action::Open => return self.open(),
            Action::Filter => {
                self.typing = true;
                Vec::new()
            }
            Action::Mark => self.mark(),
            Action::ClearMarks => {
                self.marks.clear();
                Vec::new()
            }
            Action::Reverse => {
                if let Some(first) = self.sort.first_mut() {
                    first.1 = !first.1;
                }
                vec![self.resort()]
            }
            Action::Pane if self.spec().row.is_some() => {
                self.pane = !self.pane;
                self.detail = None;
                self.read_ahead()
            }
            Action::Back if self.is_narrowed() => self.clear_filter(),
            Action::Back if !self.marks.is_empty() => {
                self.marks.clear();
                Vec::new()
            }
            _ => return Outcome::ignored(),
        };
        Outcome::does(effects)
    }

    fn open(&mut self) -> Outcome {
        match (self.record(), self.current()) {
            (Some((kind, id)), _) => Outcome::go(Go::Record { kind, id }),
            (None, Some(row)) if self.kind == ListKind::Outbox => Outcome::go(Go::Order(row.place.key)),
            (None, Some(row)) => Outcome::go(Go::Audit(row.place.key)),
            (None, None) => Outcome::used(),
        }
    }

    /// The order to the hub under the cursor, with its state.
    pub fn order(&self) -> Option<(i64, String)> {
        let row = self.current().filter(|_| self.kind == ListKind::Outbox)?;
        let state = cell(self.spec(), row, "state").and_then(Value::as_text)?;
        Some((row.place.key, state.to_owned()))
    }

    /// Marks or unmarks the record under the cursor and steps on.
    fn mark(&mut self) -> Vec<Effect> {
        if let Some(subject) = self.current().and_then(|r| self.subject(r))
            && self.marks.remove(&subject.id).is_none()
        {
            let subject: Subject = subject;
            self.marks.insert(subject.id, subject);
        }
        self.step(1)
    }

    /// Sorts by a column; by the same one again turns it round. The former key decides among equals.
    pub fn sort_by(&mut self, id: &'static str) -> Effect {
        match self.sort.first_mut() {
            Some(first) if first.0 == id => first.1 = !first.1,
            _ => {
                self.sort.insert(0, (id, false));
                self.sort.truncate(1);
            }
        }
        self.resort()
    }

    /// Shows or hides a column; the last one stays.
    pub fn toggle_column(&mut self, id: &'static str) {
        match self.columns.iter().position(|c| *c == id) {
            Some(at) if self.columns.len() > 1 => {
                self.columns.remove(at);
            }
            Some(_) => {}
            None => {
                let order = |c: &&'static str| self.spec().columns.iter().position(|k| k.id == *c);
                let mut columns = self.columns.clone();
                columns.push(id);
                columns.sort_by_key(order);
                self.columns = columns;
            }
        }
    }

    /// A key while the filter is typed. Every change reads anew; the newest wins.
    pub fn type_key(&mut self, chord: Chord) -> Outcome {
        match chord.key {
            Key::Enter => {
                self.typing = false;
                self.drop_misfiltered();
                return Outcome::used();
            }
            Key::Esc => {
                self.typing = false;
                return Outcome::does(if self.is_narrowed() { self.clear_filter() } else { Vec::new() });
            }
            Key::Up | Key::Down => {
                self.typing = false;
                return Outcome::does(self.step(if chord.key == Key::Up { -1 } else { 1 }));
            }
            _ => {}
        }
        match self.filter.key(chord) {
            Edit::Changed => Outcome::does(vec![self.read_fresh(Anchor::Start)]),
            Edit::Moved => Outcome::used(),
            Edit::Ignored => Outcome::ignored(),
        }
    }

    /// Text while the filter is typed, or an ideograph committed in the list, which begins a filter with it.
    pub fn type_text(&mut self, text: &str) -> Outcome {
        self.typing = true;
        match self.filter.insert(text) {
            Edit::Changed => Outcome::does(vec![self.read_fresh(Anchor::Start)]),
            _ => Outcome::used(),
        }
    }

    /// What the second line says: marks, filter, sort, count.
    pub fn status(&self, cx: &Context<'_>) -> String {
        let locale = cx.format.locale;
        if let Some(Trouble::Filter(e)) = &self.trouble {
            return locale.refusal(&Sentence { family: "filter", code: e.code, args: &e.args }).0;
        }
        if let Some(Trouble::Store(e)) = &self.trouble
            && let Some(sentence) = store_lines(e, &cx.format).into_iter().next()
        {
            return sentence;
        }
        // The count first: what does not fit is cut at the end.
        let mut parts = Vec::new();
        match self.total {
            Some(n) => {
                let n = crate::console::format::grouped(n);
                parts.push(locale.tr_with("status-count", &[("n", &n)]));
            }
            None => parts.push(locale.tr("status-reading").into_owned()),
        }
        if !self.marks.is_empty() {
            parts.push(locale.tr_with("status-marked", &[("n", &self.marks.len().to_string())]));
        }
        if !self.within_title.is_empty() {
            parts.push(self.within_title.clone());
        }
        if let Some((id, descending)) = self.sort.first() {
            let label = column_label(locale, self.spec(), id);
            let way = locale.tr(if *descending { "sort-down" } else { "sort-up" });
            parts.push(locale.tr_with("status-sort", &[("column", &label), ("way", &way)]));
        }
        parts.join("  ")
    }

    /// The filter's line while typing, for the second line of the screen.
    pub fn field(&self) -> Option<&Field> {
        (self.typing || !self.filter.is_empty()).then_some(&self.filter)
    }
}

impl ListView {
    /// The column sorted by.
    pub fn sorted_by(&self) -> Vec<&'static str> {
        self.sort.iter().map(|(id, _)| *id).collect()
    }

    /// Those of the columns there is room for at the width last drawn.
    pub fn fitting_columns(&self, locale: &Locale) -> Vec<&'static str> {
        let columns: Vec<_> = self.columns.iter().filter_map(|id| self.spec().column(id)).collect();
        let widths: Vec<_> = columns.iter().map(|c| width_of(c, self.spec(), locale, self.width)).collect();
        let layout = crate::console::widgets::table::layout(&widths, self.width);
        columns.iter().zip(layout).filter(|(_, w)| w.is_some()).map(|(c, _)| c.id).collect()
    }

    /// The columns shown, in order.
    pub fn shown_columns(&self) -> Vec<&'static str> {
        self.columns.clone()
    }

    /// The marks after something was done to the records of `about`: they stay, so that it can be undone for all of them;
    /// of a record that is not on the screen only its new state is known.
    pub fn marks_after(&mut self, verb: Option<Verb>, about: &[(Kind, Uuid)]) {
        for mark in self.marks.values_mut().filter(|m| about.contains(&(m.kind, m.id))) {
            if let Some(arrow) = verb.and_then(|verb| machine::arrow(mark.kind, &mark.state, verb)) {
                arrow.to.clone_into(&mut mark.state);
                mark.rev = 0;
            }
        }
    }
}
