//! 专柜: the counter list, and a braille map of the province with a dot for every counter.
//!
//! On the map arrows walk the cities, and below it the partner cities; the chosen one narrows the list, and Enter narrows
//! the map to its counties. Every figure below opens its rows. Where there is no room for both, one of map and list is
//! shown and has the keys.

mod chart;
mod figures;

use super::board::draw_line;
use super::list::ListView;
use super::trouble::Troubles;
use super::{Caret, Context, Outcome, Subject};
use crate::console::action::{Action, Scope};
use crate::console::message::Effect;
use crate::console::widgets::map::Projection;
use crate::store::board::Board;
use crate::store::filter::column_label;
use crate::store::geo::{CityCounters, CounterMap};
use crate::store::list::ListKind;
use crate::store::reads::{Answer, Request, Slot};
use figures::Strip;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Width from which map and list stand side by side.
const BESIDE: u16 = 110;

/// What has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Focus {
    List,
    Map,
    Figures,
}

impl Focus {
    fn next(self) -> Focus {
        match self {
            Focus::List => Focus::Map,
            Focus::Map => Focus::Figures,
            Focus::Figures => Focus::List,
        }
    }
}

/// Counters as list and map.
pub struct CountersView {
    pub list: ListView,
    slot: Slot,
    map: Option<CounterMap>,
    board: Option<Box<Board>>,
    /// What has the keys. On a narrow screen the map is shown in the list's place when it has them.
    focus: Focus,
    /// Code of the chosen city or partner city.
    city: Option<String>,
    /// Whether the map shows the counties of that city.
    inside: bool,
    /// Code of the chosen county of it.
    county: Option<String>,
    /// The figure under the cursor, in reading order.
    figure: usize,
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
            focus: Focus::List,
            city: None,
            inside: false,
            county: None,
            figure: 0,
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
        match (action, self.focus, direction) {
            (Action::Map, Focus::Map, _) => self.focus = Focus::List,
            (Action::Map, ..) => self.focus = Focus::Map,
            (Action::Focus, ..) => self.focus = self.focus.next(),
            (_, Focus::Map, Some(direction)) => return self.walk(direction, cx),
            (_, Focus::Figures, Some(direction)) => {
                let strip = self.strip(cx);
                self.figure = strip.next(self.figure.min(strip.last()), direction);
            }
            (Action::Open, Focus::Figures, _) => {
                let strip = self.strip(cx);
                return strip.go(self.figure.min(strip.last())).map_or_else(Outcome::used, Outcome::go);
            }
            (Action::Open, Focus::Map, _) if self.can_narrow() => (self.inside, self.county) = (true, None),
            (Action::Back, Focus::Map, _) if self.inside => return self.leave_city(cx),
            (Action::Open | Action::Back, Focus::Map, _) | (Action::Back, Focus::Figures, _) => {
                self.focus = Focus::List;
            }
            (Action::Back, ..) if self.city.is_some() && !self.list.is_narrowed() => {
                (self.city, self.county, self.inside) = (None, None, false);
                return Outcome::does(self.list.set_filter(""));
            }
            (_, Focus::Figures, _) if !matches!(action, Action::Refresh) => return Outcome::ignored(),
            _ => return self.list.act(action, cx),
        }
        Outcome::used()
    }

    /// What the keys do, where it is not the list that has them.
    pub fn footer(&self) -> Option<&'static str> {
        match self.focus {
            Focus::List => None,
            Focus::Figures => Some("footer-figures"),
            Focus::Map if self.inside => Some("footer-map-counties"),
            Focus::Map if self.can_narrow() => Some("footer-map"),
            Focus::Map => Some("footer-map-out"),
        }
    }

    /// Whether going back first takes something away here.
    pub fn can_clear(&self) -> bool {
        self.focus != Focus::List || self.city.is_some() || self.list.can_clear()
    }

    /// Whether the map can be narrowed to the counties of the chosen city.
    fn can_narrow(&self) -> bool {
        let counties = self.map.iter().zip(&self.city).flat_map(|(map, city)| counties(map, city));
        !self.inside && counties.count() > 1
    }

    /// Back from the counties of a city to the cities; the list shows the city again.
    fn leave_city(&mut self, cx: &Context<'_>) -> Outcome {
        (self.inside, self.county) = (false, None);
        self.show_chosen(cx)
    }

    /// The city or county next in a direction, if there is one; the list shows its counters.
    fn walk(&mut self, direction: (i8, i8), cx: &Context<'_>) -> Outcome {
        let Some(map) = &self.map else { return Outcome::used() };
        let next = match self.city.as_deref().filter(|_| self.inside) {
            Some(city) => chart::next_county(map, self.projection, city, self.county.as_deref(), direction),
            None => chart::next(map, self.projection, self.city.as_deref(), direction),
        };
        let Some(next) = next else { return Outcome::used() };
        let code = Some(next.code.clone());
        if self.inside {
            self.county = code;
        } else {
            self.city = code;
        }
        self.show_chosen(cx)
    }

    /// The list shows the counters of what is chosen on the map.
    fn show_chosen(&mut self, cx: &Context<'_>) -> Outcome {
        let county = column_label(cx.format.locale, self.list.spec(), "county");
        let filter = self.chosen().map(|place| format!("{county}:{}", place.name)).unwrap_or_default();
        Outcome::does(self.list.set_filter(&filter))
    }

    /// The county chosen on the map, or else the city.
    fn chosen(&self) -> Option<&CityCounters> {
        let map = self.map.as_ref()?;
        let county = map.counties.iter().find(|c| Some(&c.code) == self.county.as_ref());
        county.or_else(|| map.cities.iter().find(|c| Some(&c.code) == self.city.as_ref()))
    }

    pub fn scopes(&self) -> Vec<Scope> {
        match self.focus {
            Focus::List => vec![Scope::List, Scope::Map, Scope::Global],
            Focus::Map | Focus::Figures => vec![Scope::Map, Scope::Global],
        }
    }

    pub fn subjects(&self) -> Vec<Subject> {
        self.list.subjects()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        self.troubles.sentence().unwrap_or_else(|| self.list.status(cx))
    }

    /// The figures as they stand on the screen now.
    fn strip(&self, cx: &Context<'_>) -> Strip {
        match cx.area.width >= BESIDE {
            true => figures::all(self, cx, usize::from(map_width(cx.area))),
            false => figures::under_list(self, cx, usize::from(cx.area.width)),
        }
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        if area.width >= BESIDE {
            let width = map_width(area);
            let left = Rect { width, ..area };
            let right = Rect { x: area.x + width + 1, width: area.width - width - 1, ..area };
            let on_map = self.draw_map(frame, left, cx);
            let on_list = self.list.draw(frame, right, cx);
            return if self.focus == Focus::List { on_list } else { on_map };
        }
        if self.focus == Focus::Map {
            return self.draw_map(frame, area, cx);
        }
        let strip = figures::under_list(self, cx, usize::from(area.width));
        let height = (strip.lines.len() as u16).min(area.height / 3);
        let below = Rect { y: area.bottom() - height, height, ..area };
        let on_figure = self.draw_strip(&strip, frame, below, cx);
        let on_list = self.list.draw(frame, Rect { height: area.height - height, ..area }, cx);
        on_figure.map_or(on_list, Caret::Parked)
    }

    fn draw_map(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let strip = figures::all(self, cx, usize::from(area.width));
        let height = area.height.saturating_sub(strip.lines.len() as u16).max(area.height / 2);
        let body = Rect { height, ..area };
        let mut caret = body.as_position();
        if let Some(map) = &self.map {
            let inside = self.city.as_deref().filter(|_| self.inside);
            (self.projection, caret) = chart::draw(map, self.chosen(), inside, frame, body, cx);
        }
        let below = Rect { y: body.bottom(), height: area.bottom().saturating_sub(body.bottom()), ..area };
        Caret::Parked(self.draw_strip(&strip, frame, below, cx).unwrap_or(caret))
    }

    /// Draws the figures; gives the place of the cursor when it stands on one of them. Where there is no room for all,
    /// the one under the cursor is among those shown.
    fn draw_strip(&self, strip: &Strip, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Option<Position> {
        let stop = strip.place(self.figure.min(strip.last())).filter(|_| self.focus == Focus::Figures);
        let first = stop.map_or(0, |(line, _)| (line + 1).saturating_sub(usize::from(area.height)));
        let lines = strip.lines.iter().enumerate().skip(first).zip(area.y..area.bottom());
        let drawn = lines.map(|((i, line), y)| {
            let chosen = stop.filter(|(at, _)| *at == i).map(|(_, piece)| piece);
            draw_line(line, frame, Rect { y, height: 1, ..area }, cx, chosen)
        });
        drawn.fold(None, Option::or)
    }
}

/// Cells of the map and the figures under it, where the list stands beside them.
fn map_width(area: Rect) -> u16 {
    area.width * 2 / 5
}

/// The counties of a city.
fn counties<'m>(map: &'m CounterMap, city: &str) -> impl Iterator<Item = &'m CityCounters> {
    map.counties.iter().filter(move |c| c.city == city)
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
