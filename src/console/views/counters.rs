//! 专柜: the counter list, and a braille map of the province with a dot for every counter.
//!
//! On the map arrows walk the cities, and below it the partner cities; the chosen one narrows the list. Where there is
//! no room for both, one of them is shown and has the keys.

mod chart;
mod figures;

use super::list::ListView;
use super::trouble::Troubles;
use super::{Caret, Context, Outcome, Subject};
use crate::console::action::{Action, Scope};
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::widgets::map::Projection;
use crate::store::board::Board;
use crate::store::filter::column_label;
use crate::store::geo::{CityCounters, CounterMap};
use crate::store::list::ListKind;
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::Rect;

/// Width from which map and list stand side by side.
const BESIDE: u16 = 110;

/// Counters as list and map.
pub struct CountersView {
    pub list: ListView,
    slot: Slot,
    map: Option<CounterMap>,
    board: Option<Box<Board>>,
    /// Whether arrows walk the map. On a narrow screen it is then shown in the list's place.
    on_map: bool,
    /// Code of the chosen city or partner city.
    city: Option<String>,
    projection: Option<Projection>,
    troubles: Troubles,
}

impl CountersView {
    /// Uses `slot` and the four after it.
    pub fn new(slot: Slot) -> CountersView {
        CountersView {
            list: ListView::new(ListKind::Counters, slot, ""),
            slot: slot + super::list::SLOTS,
            map: None,
            board: None,
            on_map: false,
            city: None,
            projection: None,
            troubles: Troubles::default(),
        }
    }

    pub fn owns(&self, slot: Slot) -> bool {
        self.list.owns(slot) || slot == self.slot || slot == self.slot + 1
    }

    pub fn enter(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        let mut effects = self.list.enter(cx);
        effects.push(Effect::Ask(self.slot, Request::Map));
        effects.push(Effect::Ask(self.slot + 1, Request::Board));
        effects
    }

    pub fn refresh(&mut self, cx: &Context<'_>) -> Vec<Effect> {
        self.enter(cx)
    }

    pub fn take(&mut self, slot: Slot, answer: Answer, cx: &Context<'_>) -> Vec<Effect> {
        if self.list.owns(slot) {
            return self.list.take(slot, answer, cx);
        }
        self.troubles.note(slot, &answer, cx);
        match answer {
            Answer::Map(map) => self.map = Some(map),
            Answer::Board(board) => self.board = Some(board),
            _ => {}
        }
        Vec::new()
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        let direction = match action {
            Action::Left => Some((-1, 0)),
            Action::Right => Some((1, 0)),
            Action::Up => Some((0, -1)),
            Action::Down => Some((0, 1)),
            _ => None,
        };
        match (action, direction) {
            (Action::Map | Action::Focus, _) => self.on_map = !self.on_map,
            (_, Some(direction)) if self.on_map => return self.walk(direction, cx),
            (Action::Open | Action::Back, _) if self.on_map => self.on_map = false,
            (Action::Back, _) if self.city.is_some() && !self.list.is_narrowed() => {
                self.city = None;
                return Outcome::does(self.list.set_filter(""));
            }
            _ => return self.list.act(action, cx),
        }
        Outcome::used()
    }

    /// Whether the map has the keys, and so the footer.
    pub fn is_on_map(&self) -> bool {
        self.on_map
    }

    /// Whether going back first takes something away here.
    pub fn can_clear(&self) -> bool {
        self.on_map || self.city.is_some() || self.list.can_clear()
    }

    /// The city next in a direction, if there is one; the list shows its counters.
    fn walk(&mut self, direction: (i8, i8), cx: &Context<'_>) -> Outcome {
        let Some(map) = &self.map else { return Outcome::used() };
        let Some(next) = chart::next(map, self.projection, self.city.as_deref(), direction) else {
            return Outcome::used();
        };
        let county = column_label(cx.format.locale, self.list.spec(), "county");
        let filter = format!("{county}:{}", next.name);
        self.city = Some(next.code.clone());
        Outcome::does(self.list.set_filter(&filter))
    }

    fn chosen(&self) -> Option<&CityCounters> {
        self.map.as_ref()?.cities.iter().find(|c| Some(&c.code) == self.city.as_ref())
    }

    pub fn scopes(&self) -> Vec<Scope> {
        if self.on_map { vec![Scope::Map, Scope::Global] } else { vec![Scope::List, Scope::Map, Scope::Global] }
    }

    pub fn subjects(&self) -> Vec<Subject> {
        self.list.subjects()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        self.troubles.sentence().unwrap_or_else(|| self.list.status(cx))
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        if area.width >= BESIDE {
            let width = area.width * 2 / 5;
            let left = Rect { width, ..area };
            let right = Rect { x: area.x + width + 1, width: area.width - width - 1, ..area };
            let on_map = self.draw_map(frame, left, cx);
            let on_list = self.list.draw(frame, right, cx);
            return if self.on_map { on_map } else { on_list };
        }
        if self.on_map {
            return self.draw_map(frame, area, cx);
        }
        let lines = figures::states(self, cx, usize::from(area.width));
        let height = (lines.len() as u16).min(area.height / 3);
        let top = area.bottom() - height;
        for (line, y) in lines.iter().zip(top..area.bottom()) {
            let style = cx.theme.style(Role::Info);
            frame.buffer_mut().set_stringn(area.x + 2, y, line, usize::from(area.width), style);
        }
        self.list.draw(frame, Rect { height: area.height - height, ..area }, cx)
    }

    fn draw_map(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let lines = figures::all(self, cx, usize::from(area.width));
        let height = area.height.saturating_sub(lines.len() as u16).max(area.height / 2);
        let body = Rect { height, ..area };
        let mut caret = body.as_position();
        if let Some(map) = &self.map {
            (self.projection, caret) = chart::draw(map, self.chosen(), frame, body, cx);
        }
        for (line, y) in lines.iter().zip(body.bottom()..area.bottom()) {
            let style = cx.theme.style(Role::Info);
            frame.buffer_mut().set_stringn(area.x + 1, y, line, usize::from(area.width), style);
        }
        Caret::Parked(caret)
    }
}

/// Cities and zones of the province that have counters; partner cities are not on the map.
fn cities(map: &CounterMap) -> impl Iterator<Item = &CityCounters> {
    map.cities.iter().filter(|c| !is_partner(&c.code))
}

/// The partner cities, which stand in a row below the map.
fn partners(map: &CounterMap) -> impl Iterator<Item = &CityCounters> {
    map.cities.iter().filter(|c| is_partner(&c.code))
}

/// Codes of Jiangsu begin with 32.
fn is_partner(code: &str) -> bool {
    code.starts_with("32")
}
