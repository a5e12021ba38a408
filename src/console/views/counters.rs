//! 专柜: the counter list, and a braille map of the province with a dot for every counter.
//!
//! On the map arrows walk the cities and partner cities; the chosen one narrows the list. The two goal counts stand
//! apart and are never added (plan 二 and 三（三）1).

use super::list::ListView;
use super::list_draw::state_role;
use super::{Caret, Context, Outcome, Subject};
use crate::base::text;
use crate::console::action::{Action, Scope};
use crate::console::format::grouped;
use crate::console::message::Effect;
use crate::console::theme::Role;
use crate::console::widgets::map::{Map, Place, Projection, Ring};
use crate::store::board::Board;
use crate::store::geo::{CityCounters, CounterMap};
use crate::store::list::ListKind;
use crate::store::reads::{Answer, Request, Slot};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Width from which map and list stand side by side.
const BESIDE: u16 = 110;
/// Lines under the map for figures.
const FIGURES: u16 = 6;

/// Counters as list and map.
pub struct CountersView {
    pub list: ListView,
    slot: Slot,
    map: Option<CounterMap>,
    board: Option<Box<Board>>,
    /// Whether arrows walk the map.
    on_map: bool,
    /// Whether the map is shown where there is no room for both.
    show_map: bool,
    city: Option<usize>,
    projection: Option<Projection>,
}

impl CountersView {
    /// Uses `slot` and the three after it.
    pub fn new(slot: Slot) -> CountersView {
        CountersView {
            list: ListView::new(ListKind::Counters, slot, ""),
            slot: slot + super::list::SLOTS,
            map: None,
            board: None,
            on_map: false,
            show_map: false,
            city: None,
            projection: None,
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
        match answer {
            Answer::Map(map) => self.map = Some(map),
            Answer::Board(board) => self.board = Some(board),
            other => return self.list.take(slot, other, cx),
        }
        Vec::new()
    }

    pub fn act(&mut self, action: Action, cx: &Context<'_>) -> Outcome {
        match action {
            Action::Map => {
                self.show_map = !self.show_map;
                self.on_map = self.show_map;
                Outcome::used()
            }
            Action::Focus => {
                self.on_map = !self.on_map;
                self.show_map |= self.on_map;
                Outcome::used()
            }
            Action::Left if self.on_map => self.walk((-1, 0)),
            Action::Right if self.on_map => self.walk((1, 0)),
            Action::Up if self.on_map => self.walk((0, -1)),
            Action::Down if self.on_map => self.walk((0, 1)),
            Action::Open if self.on_map => {
                self.on_map = false;
                self.show_map = cx.area.width >= BESIDE;
                Outcome::used()
            }
            Action::Back if self.on_map => {
                self.on_map = false;
                Outcome::used()
            }
            Action::Back if self.city.is_some() => {
                self.city = None;
                Outcome::does(self.list.set_filter(""))
            }
            _ => self.list.act(action, cx),
        }
    }

    /// The city next in a direction; the list shows its counters.
    fn walk(&mut self, direction: (i8, i8)) -> Outcome {
        let Some(map) = &self.map else { return Outcome::used() };
        let places: Vec<(f64, f64)> = cities(map).map(|c| middle(map, &c.code)).collect();
        let all: Vec<&CityCounters> = cities(map).collect();
        let from = self.city.filter(|c| *c < places.len());
        let next = match (from, self.projection) {
            (Some(from), Some(p)) => p.step(&places, from, direction).or_else(|| around(from, direction, all.len())),
            _ => (!all.is_empty()).then_some(0),
        };
        let Some(next) = next else { return Outcome::used() };
        self.city = Some(next);
        let filter = format!("county:{}", all[next].name);
        Outcome::does(self.list.set_filter(&filter))
    }

    pub fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Map, Scope::Global]
    }

    pub fn subjects(&self) -> Vec<Subject> {
        self.list.subjects()
    }

    pub fn status(&self, cx: &Context<'_>) -> String {
        self.list.status(cx)
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
        if self.show_map {
            return self.draw_map(frame, area, cx);
        }
        let figures = Rect { y: area.bottom().saturating_sub(2), height: 2.min(area.height), ..area };
        let body = Rect { height: area.height.saturating_sub(2), ..area };
        for (line, y) in self.figures(cx, usize::from(area.width)).iter().skip(1).zip(figures.y..figures.bottom()) {
            let style = cx.theme.style(Role::Info);
            frame.buffer_mut().set_stringn(area.x + 2, y, line, usize::from(area.width), style);
        }
        self.list.draw(frame, body, cx)
    }

    fn draw_map(&mut self, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
        let height = area.height.saturating_sub(FIGURES);
        let body = Rect { height, ..area };
        let mut caret = Position::new(area.x, area.y);
        if let Some(map) = &self.map {
            let rings: Vec<Ring<'_>> = map
                .rings
                .iter()
                .map(|b| Ring { corners: &b.corners, rank: 0, style: cx.theme.style(Role::MapBorder) })
                .collect();
            let mut places = dots(map, cx);
            let chosen = self.city.and_then(|i| cities(map).nth(i));
            if let Some(city) = chosen {
                let at = middle(map, &city.code);
                places.push(Place { at, sign: Some('@'), label: &city.name, style: cx.theme.style(Role::Selected) });
            }
            let drawn = Map { rings: &rings, places: &places, ascii: !cx.braille };
            self.projection = drawn.draw(body, frame.buffer_mut());
            if let (Some(p), Some(city)) = (self.projection, chosen) {
                caret = p.cell(middle(map, &city.code)).unwrap_or(caret);
            }
        }
        for (line, y) in self.figures(cx, usize::from(area.width)).iter().zip(body.bottom()..area.bottom()) {
            let style = cx.theme.style(Role::Info);
            frame.buffer_mut().set_stringn(area.x + 1, y, line, usize::from(area.width), style);
        }
        Caret::Parked(caret)
    }

    /// The chosen place, counters by state, the two goals apart, the reading rooms.
    fn figures(&self, cx: &Context<'_>, width: usize) -> Vec<String> {
        let locale = cx.format.locale;
        let mut lines = Vec::new();
        let city = self.map.as_ref().zip(self.city).and_then(|(m, i)| cities(m).nth(i));
        let states = match (city, &self.board) {
            (Some(c), _) => c.by_state.iter().map(|(s, n)| (s.clone(), *n)).collect(),
            (None, Some(b)) => b.counters.clone(),
            _ => Vec::new(),
        };
        let name = city.map_or_else(|| locale.tr("map-all").into_owned(), |c| c.name.clone());
        lines.push(format!("{name}  {}", locale.tr(if self.on_map { "map-keys" } else { "map-off" })));
        let mut by_state = String::new();
        for code in ["active", "preparing", "approved", "proposed", "paused", "closed"] {
            let n = states.iter().find(|(s, _)| s == code).map_or(0, |(_, n)| *n);
            by_state.push_str(&format!("{} {} ", locale.code("counter", code), grouped(n)));
        }
        // How many are asleep is known of the whole province only.
        if let Some(b) = self.board.as_ref().filter(|_| city.is_none()) {
            by_state.push_str(&format!("{} {}", locale.tr("counter-asleep"), grouped(b.asleep)));
        }
        lines.push(by_state);
        if let Some(b) = &self.board {
            let whole = city.map(|_| locale.tr("map-all").into_owned());
            let goal = |code: &str| b.goals.iter().find(|g| g.code == code);
            let shown: Vec<String> = ["counters", "bank_counters", "reading_rooms"]
                .iter()
                .filter_map(|c| goal(c))
                .map(|g| {
                    format!("{} {}/{}", cx.format.title(&g.title, &g.title_en), grouped(g.done), grouped(g.target))
                })
                .collect();
            lines.push(whole.into_iter().chain(shown).collect::<Vec<_>>().join("  "));
        }
        lines.iter().flat_map(|l| text::wrap(l, width.saturating_sub(2))).collect()
    }
}

/// Cities and partner cities that have counters.
fn cities(map: &CounterMap) -> impl Iterator<Item = &CityCounters> {
    map.cities.iter()
}

/// The middle of a city's counters: partner cities have no ring.
fn middle(map: &CounterMap, code: &str) -> (f64, f64) {
    let prefix = code.strip_suffix("00").unwrap_or(code);
    let (mut x, mut y, mut n) = (0.0, 0.0, 0.0);
    for dot in map.dots.iter().filter(|d| d.county_code.starts_with(prefix)) {
        (x, y, n) = (x + dot.longitude, y + dot.latitude, n + 1.0);
    }
    if n == 0.0 { (0.0, 0.0) } else { (x / n, y / n) }
}

/// Dots of the counters inside the province, the worst state drawn last so that it shows.
fn dots<'a>(map: &CounterMap, cx: &Context<'_>) -> Vec<Place<'a>> {
    let rank = |state: &str| match state_role(state) {
        Role::Danger => 3,
        Role::Warning => 2,
        Role::Good => 1,
        _ => 0,
    };
    let mut sorted: Vec<_> = map.dots.iter().filter(|d| !d.county_code.starts_with("32")).collect();
    sorted.sort_by_key(|d| rank(&d.state));
    sorted
        .iter()
        .map(|d| {
            let role = match rank(&d.state) {
                3 => Role::MapDotDanger,
                2 => Role::MapDotWarning,
                1 => Role::MapDotGood,
                _ => Role::MapDotNone,
            };
            Place { at: (d.longitude, d.latitude), sign: None, label: "", style: cx.theme.style(role) }
        })
        .collect()
}

/// Where the map has no neighbour in a direction, the next in the list.
fn around(from: usize, (dx, dy): (i8, i8), count: usize) -> Option<usize> {
    let forward = dx > 0 || dy > 0;
    (count > 0).then(|| if forward { (from + 1) % count } else { (from + count - 1) % count })
}
