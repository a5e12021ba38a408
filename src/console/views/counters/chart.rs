//! The map itself: borders, a dot for every counter, the chosen city, and the way from city to city.

use super::super::Context;
use super::super::list_draw::state_role;
use super::{cities, counties, is_partner, partners};
use crate::console::theme::Role;
use crate::console::widgets::map::{Map, Place, Projection, Ring};
use crate::store::geo::{CityCounters, CounterMap};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

/// Signs of a counter by how much care its state needs; where there are no colours every dot has one, so that a border
/// is not taken for a counter.
const SIGNS: [char; 4] = ['.', 'o', '-', 'x'];

/// Draws the province, or with `inside` the city with this code alone and as large as there is room.
pub(super) fn draw(
    map: &CounterMap,
    chosen: Option<&CityCounters>,
    inside: Option<&str>,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &Context<'_>,
) -> (Option<Projection>, Position) {
    let style = cx.theme.style(Role::MapBorder);
    let around = map.rings.iter().filter(|b| inside.is_none_or(|city| b.code == city));
    let rings: Vec<Ring<'_>> = around.map(|b| Ring { corners: &b.corners, rank: 0, style }).collect();
    let mut places = dots(map, inside, cx);
    let name = chosen.map(|c| cx.format.division(&c.code)).unwrap_or_default();
    let chosen = chosen.filter(|c| !is_partner(&c.code) && Some(c.code.as_str()) != inside);
    if let Some(city) = chosen {
        let at = middle(map, &city.code);
        places.push(Place { at, sign: Some('@'), label: &name, style: cx.theme.style(Role::Selected) });
    }
    let projection = Map { rings: &rings, places: &places, ascii: !cx.braille }.draw(area, frame.buffer_mut());
    let cell = projection.zip(chosen).and_then(|(p, city)| p.cell(middle(map, &city.code)));
    (projection, cell.unwrap_or(area.as_position()))
}

/// The city next in a direction. South of the last city the partner cities begin, one after another; north of them is
/// the map again. At an edge there is none.
pub(super) fn next<'m>(
    map: &'m CounterMap,
    projection: Option<Projection>,
    from: Option<&str>,
    (dx, dy): (i8, i8),
) -> Option<&'m CityCounters> {
    let inside: Vec<&CityCounters> = cities(map).collect();
    let outside: Vec<&CityCounters> = partners(map).collect();
    if let Some(at) = outside.iter().position(|c| Some(c.code.as_str()) == from) {
        return match (dx, dy) {
            (0, -1) => southernmost(map, &inside),
            (0, _) => None,
            (1, _) => outside.get(at + 1).copied(),
            _ => at.checked_sub(1).and_then(|i| outside.get(i)).copied(),
        };
    }
    let Some(at) = inside.iter().position(|c| Some(c.code.as_str()) == from) else { return inside.first().copied() };
    let places: Vec<(f64, f64)> = inside.iter().map(|c| middle(map, &c.code)).collect();
    match projection.and_then(|p| p.step(&places, at, (dx, dy))) {
        Some(next) => inside.get(next).copied(),
        None if dy > 0 => outside.first().copied(),
        None => None,
    }
}

/// The county of a city next in a direction; without one to start from the city's first.
pub(super) fn next_county<'m>(
    map: &'m CounterMap,
    projection: Option<Projection>,
    city: &str,
    from: Option<&str>,
    direction: (i8, i8),
) -> Option<&'m CityCounters> {
    let counties: Vec<&CityCounters> = counties(map, city).collect();
    let Some(at) = counties.iter().position(|c| Some(c.code.as_str()) == from) else {
        return counties.first().copied();
    };
    let places: Vec<(f64, f64)> = counties.iter().map(|c| middle(map, &c.code)).collect();
    projection.and_then(|p| p.step(&places, at, direction)).and_then(|next| counties.get(next).copied())
}

fn southernmost<'m>(map: &CounterMap, inside: &[&'m CityCounters]) -> Option<&'m CityCounters> {
    inside.iter().copied().min_by(|a, b| middle(map, &a.code).1.total_cmp(&middle(map, &b.code).1))
}

/// The middle of a city's counters.
fn middle(map: &CounterMap, code: &str) -> (f64, f64) {
    let prefix = prefix(code);
    let (mut x, mut y, mut n) = (0.0, 0.0, 0.0);
    for dot in map.dots.iter().filter(|d| d.county_code.starts_with(prefix)) {
        (x, y, n) = (x + dot.longitude, y + dot.latitude, n + 1.0);
    }
    if n == 0.0 { (0.0, 0.0) } else { (x / n, y / n) }
}

/// What the codes of a city's counties begin with; a county's own code.
fn prefix(code: &str) -> &str {
    code.strip_suffix("00").unwrap_or(code)
}

/// Dots of the counters inside the province or one city, the worst state drawn last so that it shows.
fn dots<'a>(map: &CounterMap, inside: Option<&str>, cx: &Context<'_>) -> Vec<Place<'a>> {
    let rank = |state: &str| match state_role(state) {
        Role::Danger => 3_usize,
        Role::Warning => 2,
        Role::Good => 1,
        _ => 0,
    };
    let roles = [Role::MapDotNone, Role::MapDotGood, Role::MapDotWarning, Role::MapDotDanger];
    let signs = has_signs(cx);
    let mut sorted: Vec<_> = map
        .dots
        .iter()
        .filter(|d| !is_partner(&d.county_code))
        .filter(|d| inside.is_none_or(|city| d.county_code.starts_with(prefix(city))))
        .collect();
    sorted.sort_by_key(|d| rank(&d.state));
    sorted
        .iter()
        .map(|d| {
            let rank = rank(&d.state);
            // Not by colour alone: what needs care has a sign of its own.
            let sign = (signs || rank >= 2).then_some(SIGNS[rank]);
            Place { at: (d.longitude, d.latitude), sign, label: "", style: cx.theme.style(roles[rank]) }
        })
        .collect()
}

/// Whether every counter is drawn as a sign.
pub(super) fn has_signs(cx: &Context<'_>) -> bool {
    cx.theme.is_plain() || !cx.braille
}
