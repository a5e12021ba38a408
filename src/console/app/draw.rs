//! Drawing the app: the three fixed lines, the view between them, the overlays above it.

use super::{App, TABS};
use crate::base::locale::Lang;
use crate::base::text;
use crate::console::action::{self, ACTIONS, Action, label_id};
use crate::console::format::{Format, shanghai};
use crate::console::overlay::Overlay;
use crate::console::standing;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context, View};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

/// Keys shown at the bottom at most.
const MOST_FOOTER: usize = 8;

/// Below this only one line is shown.
const LEAST: (u16, u16) = (60, 15);
/// Below this the person stands in the second line, where a name is not cut.
const ROOMY: u16 = 100;

impl App {
    /// Draws everything; says where the cursor is to be parked, or that it is shown.
    pub fn draw(&mut self, frame: &mut Frame<'_>) -> Caret {
        let area = frame.area();
        self.area = area;
        self.dirty = false;
        if self.is_too_small() {
            let sizes = [LEAST.0, LEAST.1, area.width, area.height].map(|n| n.to_string());
            let [w, h, wide, high] = &sizes;
            let args = [("w", w.as_str()), ("h", h), ("wide", wide), ("high", high)];
            let line = self.facts.locale.tr_with("too-small", &args);
            let line = text::short(&line, usize::from(area.width));
            if area.height > 0 {
                frame.buffer_mut().set_stringn(
                    area.x,
                    area.y,
                    line,
                    usize::from(area.width),
                    self.theme.style(Role::Text),
                );
            }
            return Caret::Parked(area.as_position());
        }
        frame.buffer_mut().set_style(area, self.theme.style(Role::Text));
        self.draw_top(frame, Rect { height: 1, ..area });
        let body = self.body();
        let mut caret = self.draw_view(frame, body);
        if body.y > area.y + 1 {
            let line = Rect { y: area.y + 1, height: 1, ..area };
            if let Some(typing) = self.draw_second(frame, line) {
                caret = typing;
            }
        }
        self.draw_footer(frame, Rect { y: area.bottom() - 1, height: 1, ..area });
        let mut overlays = std::mem::take(&mut self.overlays);
        for overlay in &mut overlays {
            caret = self.with_context(|cx| overlay.draw(frame, body, cx, &self.keys));
        }
        self.overlays = overlays;
        if let Caret::Typing(at) = caret {
            frame.set_cursor_position(at);
        }
        caret
    }

    /// Whether nothing can be shown but a sentence that says so.
    pub(super) fn is_too_small(&self) -> bool {
        self.area.width < LEAST.0 || self.area.height < LEAST.1
    }

    /// Runs `work` with what views and overlays may look at.
    pub(super) fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> T) -> T {
        work(&Context {
            format: Format { locale: &self.facts.locale, divisions: &self.facts.divisions, now: self.now() },
            theme: &self.theme,
            area: self.body(),
            braille: self.facts.braille && self.settings.braille,
            read_only: self.facts.read_only,
        })
    }

    fn draw_view(&mut self, frame: &mut Frame<'_>, body: Rect) -> Caret {
        let mut stack = std::mem::take(self.stack());
        let caret = match stack.last_mut() {
            Some(view) => self.with_context(|cx| view.draw(frame, body, cx)),
            None => Caret::Parked(body.as_position()),
        };
        *self.stack() = stack;
        caret
    }

    /// Product, organisation and person; the views with their digits; the clock to the minute.
    fn draw_top(&mut self, frame: &mut Frame<'_>, area: Rect) {
        let header = self.theme.style(Role::Header);
        frame.buffer_mut().set_style(area, header);
        let locale = &self.facts.locale;
        let chinese = locale.lang() == Lang::Zh;
        let tabs: Vec<(String, bool)> = TABS
            .iter()
            .map(|tab| {
                let entry = action::find(*tab);
                let key = self.keys.keys(*tab).first().map_or(String::new(), |k| k.label(chinese));
                (format!("{key}{}", locale.tr(&format!("{}.tab", label_id(entry)))), *tab == self.tab)
            })
            .collect();
        let tabs_width: usize = tabs.iter().map(|(t, _)| text::width(t) + 1).sum();
        // The views come first: the clock gives way, first its day.
        let z = shanghai(self.now());
        let short = format!("{:02}:{:02} ", z.hour(), z.minute());
        let clocks = [format!("{}-{} {short}", z.month(), z.day()), short, String::new()];
        let fits = |c: &&String| tabs_width + c.len() <= usize::from(area.width);
        let clock = clocks.iter().find(fits).map_or("", String::as_str);
        let clock_x = area.right().saturating_sub(clock.len() as u16);
        frame.buffer_mut().set_stringn(clock_x, area.y, clock, clock.len(), header);
        let name = locale.tr("product").into_owned();
        let left = usize::from(clock_x.saturating_sub(area.x)).saturating_sub(tabs_width);
        let head = if area.width < ROOMY { format!(" {name}") } else { format!(" {name} {}", self.who()) };
        let head = if left > text::width(&name) + 1 { text::fit(&head, left) } else { String::new() };
        let buffer = frame.buffer_mut();
        buffer.set_stringn(area.x, area.y, &head, left, self.theme.style(Role::Title).patch(header));
        let mut x = area.x + left as u16;
        for (tab, here) in tabs {
            let width = text::width(&tab) as u16;
            let style = if here { self.theme.style(Role::Selected) } else { header };
            buffer.set_stringn(x, area.y, &tab, usize::from(area.right().saturating_sub(x)), style);
            x = (x + width + 1).min(area.right());
        }
    }

    /// The profile's organisation and the person, as every change will name them.
    fn who(&self) -> String {
        format!("{} {}", text::display(&self.facts.actor.org_name), text::display(&self.facts.actor.name))
    }

    /// Marks of demo and read-only, where the data stands, the filter, sort and count.
    fn draw_second(&mut self, frame: &mut Frame<'_>, area: Rect) -> Option<Caret> {
        let locale = std::sync::Arc::clone(&self.facts.locale);
        let style = self.theme.style(Role::Header);
        frame.buffer_mut().set_style(area, style);
        let mut x = area.x + 1;
        let field = match self.stack().last() {
            Some(View::List(l)) => l.field().cloned().map(|f| (f, l.is_typing())),
            Some(View::Counters(c)) => c.list.field().cloned().map(|f| (f, c.list.is_typing())),
            _ => None,
        };
        // A mark that came and went would push the text being typed to and fro.
        let ime = self.ime && !field.as_ref().is_some_and(|(_, typing)| *typing);
        let narrow = area.width < ROOMY;
        if narrow {
            let who = format!("{} ", self.who());
            frame.buffer_mut().set_stringn(x, area.y, &who, 30, self.theme.style(Role::Title).patch(style));
            x += text::width(&who).min(30) as u16;
        }
        let marks = [
            (self.facts.demo, "mark-demo"),
            (self.facts.read_only && !self.facts.nowhere, "mark-read-only"),
            (self.misset, "mark-misset"),
            (ime, "mark-ime"),
        ];
        for (_, id) in marks.iter().filter(|(on, _)| *on) {
            let word = format!("[{}] ", locale.tr(id));
            frame.buffer_mut().set_stringn(x, area.y, &word, 30, self.theme.style(Role::Warning).patch(style));
            x += text::width(&word) as u16;
        }
        let (data, role) = match narrow && field.is_some() {
            true => (String::new(), Role::Header),
            false => self.where_the_data_stand(narrow),
        };
        let style = if role == Role::Header { style } else { self.theme.style(role).patch(style) };
        frame.buffer_mut().set_stringn(x, area.y, &data, 40, style);
        let style = self.theme.style(Role::Header);
        x += text::width(&data) as u16;
        let mut status = self.with_view(|view, cx| view.status(cx));
        if self.stack().len() > 1
            && let Some(View::List(list)) = self.stack().last()
        {
            // On top of another view the tab does not say which list this is.
            status = format!("{}  {status}", locale.tr(&format!("list-{}", list.kind.code())));
        }
        let room = usize::from(area.right().saturating_sub(x + 1));
        let status = text::short(&status, if field.is_some() { room / 2 } else { room });
        let status_width = text::width(&status) as u16;
        let status_x = area.right().saturating_sub(status_width + 1);
        frame.buffer_mut().set_stringn(status_x, area.y, &status, room, style);
        let (field, typing) = field?;
        let label = format!("{} ", locale.tr("filter-label"));
        frame.buffer_mut().set_stringn(x, area.y, &label, 20, self.theme.style(Role::Key).patch(style));
        x += text::width(&label) as u16;
        let line = Rect { x, y: area.y, width: status_x.saturating_sub(x + 1), height: 1 };
        if !typing {
            // How it begins says more than how it ends.
            let words = text::fit(&text::display(&field.text()), usize::from(line.width));
            frame.buffer_mut().set_stringn(x, area.y, words, usize::from(line.width), self.theme.style(Role::Input));
            return None;
        }
        Some(Caret::Typing(field.draw(line, frame.buffer_mut(), self.theme.style(Role::Input))))
    }

    /// Where the data stand: here alone, level with the hub, or how old they are; what waits, and what a person must settle.
    fn where_the_data_stand(&self, narrow: bool) -> (String, Role) {
        let locale = &self.facts.locale;
        let Some(standing) = &self.standing else {
            return self.without_a_hub(narrow);
        };
        let format = Format { locale, divisions: &self.facts.divisions, now: self.now() };
        let (words, role) = standing::words(standing, &format, narrow);
        (format!("{words}  "), role)
    }

    /// No hub, and where there could be one, the key that enrols.
    fn without_a_hub(&self, narrow: bool) -> (String, Role) {
        let locale = &self.facts.locale;
        let short = if narrow { "-short" } else { "" };
        let (id, role) =
            if self.facts.nowhere { ("data-nowhere", Role::Warning) } else { ("data-local", Role::Header) };
        let mut words = locale.tr(&format!("{id}{short}")).into_owned();
        let key = self.keys.keys(Action::Enrol).first().map(|k| k.label(locale.lang() == Lang::Zh));
        // A demo has its own hub, or none.
        if let Some(key) = key.filter(|_| self.may_enrol() && !self.facts.demo) {
            words.push_str(&locale.tr_with("data-enrol", &[("key", &key)]));
        }
        (format!("{words}  "), role)
    }

    /// What the keys do here, or the newest answer.
    fn draw_footer(&mut self, frame: &mut Frame<'_>, area: Rect) {
        let style = self.theme.style(Role::Footer);
        frame.buffer_mut().set_style(area, style);
        let room = usize::from(area.width.saturating_sub(2));
        if let Some(notice) = &self.notice {
            let role = if notice.good { Role::Good } else { Role::Warning };
            let style = self.theme.style(role).patch(style);
            // A refusal says who could act: all of it is shown, upwards from the bottom.
            let lines = text::wrap(&text::display(&notice.text), room);
            let lines = &lines[..lines.len().min(3)];
            let top = area.y + 1 - (lines.len() as u16).min(area.y);
            for (line, y) in lines.iter().zip(top..=area.y) {
                let at = Rect { y, ..area };
                Clear.render(at, frame.buffer_mut());
                frame.buffer_mut().set_style(at, style);
                frame.buffer_mut().set_stringn(area.x + 1, y, line, room, style);
            }
            return;
        }
        let mode = self.overlays.last().map(Overlay::footer).or_else(|| self.stack().last().and_then(View::footer));
        if let Some(id) = mode {
            let line = text::short(&self.facts.locale.tr(id), room);
            frame.buffer_mut().set_stringn(area.x + 1, area.y, line, room, style);
            return;
        }
        let shown = self.footer_places();
        let chinese = self.facts.locale.lang() == Lang::Zh;
        let mut x = area.x + 1;
        // Help is always at hand: its place is kept.
        let help = action::find(action::Action::Help);
        let kept =
            self.keys.keys(help.action).first().map_or(0, |k| {
                text::width(&k.label(chinese)) + text::width(&self.facts.locale.tr(&label_id(help))) + 3
            });
        let mut left = MOST_FOOTER;
        for place in shown {
            let words = |entry: &action::Entry| {
                let key = self.keys.keys(entry.action).first().map(|k| k.label(chinese))?;
                Some((key, self.facts.locale.tr(&label_id(entry)).into_owned()))
            };
            let cells = |entry: &&'static action::Entry| {
                words(entry).map_or(0, |(key, label)| text::width(&key) + 1 + text::width(&label) + 2)
            };
            let is_help = place.offered.is_some_and(|e| e.action == help.action);
            let need = place.entries.iter().map(cells).max().unwrap_or(0);
            let reserve = if is_help { 0 } else { kept };
            if left == 0 && !is_help || usize::from(x) + need + reserve > usize::from(area.right()) {
                continue;
            }
            left = left.saturating_sub(1);
            if let Some((key, label)) = place.offered.and_then(words) {
                let buffer = frame.buffer_mut();
                buffer.set_stringn(x, area.y, &key, room, self.theme.style(Role::Key).patch(style));
                let at = x + text::width(&key) as u16 + 1;
                buffer.set_stringn(at, area.y, &label, room, style);
            }
            x += need as u16;
        }
    }

    /// The places of the footer from left to right.
    fn footer_places(&mut self) -> Vec<Place> {
        let scopes = self.scopes();
        let mut at_hand: Vec<&'static action::Entry> =
            ACTIONS.iter().filter(|e| e.footer > 0 && scopes.contains(&e.scope)).collect();
        at_hand.sort_by_key(|e| e.footer);
        let mut places: Vec<Place> = Vec::new();
        for entry in at_hand {
            let shared = action::PLACES.iter().find(|p| p.contains(&entry.action));
            if places.iter().any(|p| shared.is_some() && p.shared == shared) {
                continue;
            }
            let entries: Vec<&'static action::Entry> = match shared {
                Some(actions) => {
                    actions.iter().map(|a| action::find(*a)).filter(|e| scopes.contains(&e.scope)).collect()
                }
                None => vec![entry],
            };
            let offered = entries.iter().copied().find(|e| self.offers(e));
            if shared.is_some() || offered.is_some() {
                places.push(Place { shared, entries, offered });
            }
        }
        places
    }
}

/// A place in the footer: the actions that may stand there, and the one that does.
struct Place {
    shared: Option<&'static &'static [action::Action]>,
    entries: Vec<&'static action::Entry>,
    offered: Option<&'static action::Entry>,
}
