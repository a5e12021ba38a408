//! What stands under the map and the list: counters by state, the goals apart, the partner cities, the legend.

use super::super::Context;
use super::{CountersView, chart, partners};
use crate::base::text;
use crate::console::format::grouped;

/// States in the order of a counter's life.
const STATES: &[&str] = &["active", "preparing", "approved", "proposed", "paused", "closed"];

/// Everything, for under the map.
pub(super) fn all(view: &CountersView, cx: &Context<'_>, width: usize) -> Vec<String> {
    let locale = cx.format.locale;
    let name = view.chosen().map_or_else(|| locale.tr("map-all").into_owned(), |c| cx.format.division(&c.code));
    let keys = locale.tr(if view.on_map { "map-keys" } else { "map-off" });
    let mut lines = text::wrap(&format!("{name}  {keys}"), width.saturating_sub(2));
    lines.extend(states(view, cx, width));
    if let Some(map) = &view.map {
        let n: i64 = partners(map).map(|c| c.total).sum();
        let head = locale.tr_with("map-partners", &[("n", &grouped(n))]);
        let pair = |c: &crate::store::geo::CityCounters| {
            let sign = if view.city.as_ref() == Some(&c.code) { "@" } else { "" };
            format!("{sign}{} {}", cx.format.division(&c.code), grouped(c.total))
        };
        lines.extend(joined(std::iter::once(head).chain(partners(map).map(pair)), width));
    }
    let legend = if chart::has_signs(cx) { "map-legend-signs" } else { "map-legend" };
    lines.extend(text::wrap(&locale.tr(legend), width.saturating_sub(2)));
    lines
}

/// Counters by state, of the chosen place or of all, and the goals apart: they are never added (plan 二 and 三（三）1).
pub(super) fn states(view: &CountersView, cx: &Context<'_>, width: usize) -> Vec<String> {
    let locale = cx.format.locale;
    let city = view.chosen();
    let states: Vec<(String, i64)> = match (city, &view.board) {
        (Some(c), _) => c.by_state.iter().map(|(s, n)| (s.clone(), *n)).collect(),
        (None, Some(b)) => b.counters.clone(),
        _ => Vec::new(),
    };
    let asleep = view.board.as_ref().filter(|_| city.is_none()).map(|b| b.asleep);
    let pair = |code: &str| {
        let n = states.iter().find(|(s, _)| s.as_str() == code).map_or(0, |(_, n)| *n);
        let words = format!("{} {}", locale.code("counter", code), grouped(n));
        match asleep.filter(|_| code == "active") {
            // A part of those in use, not a state beside it.
            Some(m) => format!("{words}{}", locale.tr_with("counter-asleep", &[("n", &grouped(m))])),
            None => words,
        }
    };
    let mut lines = joined(STATES.iter().copied().map(pair), width);
    if let Some(b) = &view.board {
        let goal = |code: &str| b.goals.iter().find(|g| g.code == code);
        let goals = ["counters", "bank_counters", "reading_rooms"]
            .iter()
            .filter_map(|c| goal(c))
            .map(|g| format!("{} {}/{}", cx.format.title(&g.title, &g.title_en), grouped(g.done), grouped(g.target)));
        let head = locale.tr("map-goals").into_owned();
        lines.extend(joined(std::iter::once(head).chain(goals), width));
    }
    lines
}

/// Parts behind one another over as many lines as they need; a part is never broken.
fn joined(parts: impl Iterator<Item = String>, width: usize) -> Vec<String> {
    let room = width.saturating_sub(3);
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut().filter(|l| text::width(l) + 2 + text::width(&part) <= room) {
            Some(line) => {
                line.push_str("  ");
                line.push_str(&part);
            }
            None => lines.push(part),
        }
    }
    lines
}
