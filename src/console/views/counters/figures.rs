//! What stands under the map and the list: counters by state, the goals apart, the partner cities, the legend. Every
//! number opens the rows it counted.

use super::super::board::lines::{Line, Piece, list_go};
use super::super::{Context, Go};
use super::{CountersView, Focus, chart, partners};
use crate::base::text;
use crate::console::format::grouped;
use crate::console::theme::Role;

/// States in the order of a counter's life.
const STATES: &[&str] = &["active", "preparing", "approved", "proposed", "paused", "closed"];
/// The goals that are of counters.
const GOALS: &[&str] = &["counters", "bank_counters", "reading_rooms"];

/// Lines with the places the cursor can stand on: line and piece.
pub(super) struct Strip {
    pub lines: Vec<Line>,
    stops: Vec<(usize, usize)>,
}

impl Strip {
    fn new(lines: Vec<Line>) -> Strip {
        let pieces =
            lines.iter().enumerate().flat_map(|(i, l)| l.pieces.iter().enumerate().map(move |(k, p)| (i, k, p)));
        let stops = pieces.filter(|(.., p)| p.stop.is_some()).map(|(i, k, _)| (i, k)).collect();
        Strip { lines, stops }
    }

    pub(super) fn last(&self) -> usize {
        self.stops.len().saturating_sub(1)
    }

    /// Line and piece of a stop.
    pub(super) fn place(&self, stop: usize) -> Option<(usize, usize)> {
        self.stops.get(stop).copied()
    }

    /// Where a stop leads.
    pub(super) fn go(&self, stop: usize) -> Option<Go> {
        let (line, piece) = self.place(stop)?;
        Some(self.lines.get(line)?.pieces.get(piece)?.stop.as_ref()?.go.clone())
    }

    /// The stop a direction leads to: along the figures as they are read, or to the line above or below.
    pub(super) fn next(&self, from: usize, (dx, dy): (i8, i8)) -> usize {
        let line = self.place(from).map_or(0, |(line, _)| line);
        let found = match dy {
            0 => Some(from.saturating_add_signed(isize::from(dx))),
            1.. => self.stops.iter().position(|(l, _)| *l > line),
            _ => self.stops.iter().rposition(|(l, _)| *l < line),
        };
        found.unwrap_or(from).min(self.last())
    }
}

/// Everything, for under the map.
pub(super) fn all(view: &CountersView, cx: &Context<'_>, width: usize) -> Strip {
    let locale = cx.format.locale;
    let name = view.chosen().map_or_else(|| locale.tr("map-all").into_owned(), |c| cx.format.division(&c.code));
    let keys = locale.tr(match view.focus {
        Focus::Map if view.inside => "map-keys-counties",
        Focus::Map => "map-keys",
        Focus::Figures => "map-figures",
        Focus::List => "map-off",
    });
    let mut lines = words(&format!("{name}  {keys}"), width);
    lines.extend(states(view, cx, width));
    if let Some(map) = &view.map {
        let n: i64 = partners(map).map(|c| c.total).sum();
        let head = vec![plain(locale.tr_with("map-partners", &[("n", &grouped(n))]))];
        let pair = |c: &crate::store::geo::CityCounters| {
            let sign = if view.city.as_ref() == Some(&c.code) { "@" } else { "" };
            let words = format!("{sign}{} {}", cx.format.division(&c.code), grouped(c.total));
            vec![plain(words).opens(list_go("counters", &format!("county:{}", c.name), cx), Some(c.total))]
        };
        lines.extend(joined(std::iter::once(head).chain(partners(map).map(pair)), width));
    }
    let legend = if chart::has_signs(cx) { "map-legend-signs" } else { "map-legend" };
    lines.extend(words(&locale.tr(legend), width));
    lines.iter_mut().for_each(|l| l.indent = 1);
    Strip::new(lines)
}

/// The states and goals alone, for under the list.
pub(super) fn under_list(view: &CountersView, cx: &Context<'_>, width: usize) -> Strip {
    Strip::new(states(view, cx, width))
}

/// Counters by state, of the chosen place or of all, and the goals apart: they are never added (plan 二 and 三（三）1).
fn states(view: &CountersView, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let place = view.chosen();
    let states: Vec<(String, i64)> = match (place, &view.board) {
        (Some(c), _) => c.by_state.iter().map(|(s, n)| (s.clone(), *n)).collect(),
        (None, Some(b)) => b.counters.clone(),
        _ => Vec::new(),
    };
    let only = place.map(|c| format!(" county:{}", c.name)).unwrap_or_default();
    let asleep = view.board.as_ref().filter(|_| place.is_none()).map(|b| b.asleep);
    let pair = |code: &str| {
        let n = states.iter().find(|(s, _)| s.as_str() == code).map_or(0, |(_, n)| *n);
        let words = format!("{} {}", locale.code("counter", code), grouped(n));
        let mut pieces = vec![plain(words).opens(list_go("counters", &format!("state:{code}{only}"), cx), Some(n))];
        if let Some(m) = asleep.filter(|_| code == "active") {
            // A part of those in use, not a state beside it.
            let words = locale.tr_with("counter-asleep", &[("n", &grouped(m))]);
            pieces.push(plain(" ".to_owned()));
            pieces.push(plain(words.trim_start().to_owned()).opens(list_go("counters", "asleep:1", cx), Some(m)));
        }
        pieces
    };
    let mut lines = joined(STATES.iter().copied().map(pair), width);
    if let Some(b) = &view.board {
        let goals = GOALS.iter().filter_map(|code| b.goals.iter().find(|g| g.code == *code)).map(|g| {
            let title = cx.format.title(&g.title, &g.title_en);
            let words = format!("{title} {}/{}", grouped(g.done), grouped(g.target));
            vec![plain(words).opens(list_go(g.list, g.filter, cx), Some(g.done))]
        });
        let head = vec![plain(locale.tr("map-goals").into_owned())];
        lines.extend(joined(std::iter::once(head).chain(goals), width));
    }
    lines
}

fn plain(words: String) -> Piece {
    Piece::text(words, Role::Info)
}

/// Words over as many lines as they need.
fn words(text: &str, width: usize) -> Vec<Line> {
    text::wrap(text, width.saturating_sub(2)).into_iter().map(|l| Line::plain(l, Role::Info)).collect()
}

/// Parts behind one another over as many lines as they need; a part is never broken.
fn joined(parts: impl Iterator<Item = Vec<Piece>>, width: usize) -> Vec<Line> {
    let room = width.saturating_sub(3);
    let cells = |pieces: &[Piece]| pieces.iter().map(|p| text::width(&p.text)).sum::<usize>();
    let mut lines: Vec<Line> = Vec::new();
    for part in parts {
        match lines.last_mut().filter(|l| cells(&l.pieces) + 2 + cells(&part) <= room) {
            Some(line) => {
                line.pieces.push(plain("  ".to_owned()));
                line.pieces.extend(part);
            }
            None => lines.push(Line::of(part)),
        }
    }
    lines
}
