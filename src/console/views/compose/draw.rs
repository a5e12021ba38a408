//! Drawing the page: rules on the left, the pack and what lies around it on the right.

use super::{ComposeView, Focus};
use crate::base::text;
use crate::console::theme::Role;
use crate::console::views::{Caret, Context};
use crate::console::widgets::table::{self, Align, ColumnWidth, Field, Heading, RowLook};
use crate::domain::value::Fen;
use crate::pack::best::{Outcome as Best, Pack, gap};
use crate::pack::block::Blocked;
use crate::pack::product::Product;
use crate::pack::words;
use crate::store::packs::Shelf;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// Width from which there is more room for the rules, and two packs stand side by side.
const WIDE: u16 = 110;
/// Cells of a label.
const LABEL: usize = 14;

pub(super) fn draw(view: &mut ComposeView, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
    let width = if area.width >= WIDE { 36 } else { 26 };
    let left = Rect { width, ..area };
    let right = Rect { x: area.x + width + 1, width: area.width.saturating_sub(width + 1), ..area };
    let typing = draw_rules(view, frame, left, cx);
    let parked = draw_right(view, frame, right, cx);
    if view.focus == Focus::Rules { typing } else { Caret::Parked(parked) }
}

fn put(frame: &mut Frame<'_>, area: Rect, y: u16, words: &str, role: Role, cx: &Context<'_>) {
    if y < area.bottom() {
        let room = usize::from(area.width);
        let words = text::display(words).into_owned();
        frame.buffer_mut().set_stringn(area.x, y, text::short(&words, room), room, cx.theme.style(role));
    }
}

fn draw_rules(view: &ComposeView, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
    let locale = cx.format.locale;
    put(frame, area, area.y, &format!(" {}", locale.tr("compose-rules")), Role::Heading, cx);
    let mut caret = area.as_position();
    let wrong = view.wrong.as_ref().and_then(|w| w.1);
    for (n, (label, value, field)) in view.form.lines(locale).into_iter().enumerate() {
        let y = area.y + 1 + u16::try_from(n).unwrap_or(u16::MAX);
        if y >= area.bottom() {
            break;
        }
        let here = view.focus == Focus::Rules && n == view.form.at;
        let sign = if here { ">" } else { " " };
        let role = match (wrong == Some(n), here) {
            (true, _) => Role::Warning,
            (_, true) => Role::Heading,
            _ => Role::Dim,
        };
        put(frame, area, y, &format!("{sign}{}", text::fit(&label, LABEL)), role, cx);
        let x = area.x + u16::try_from(LABEL).unwrap_or(0) + 2;
        let place = Rect { x, y, width: area.right().saturating_sub(x), height: 1 };
        let style = cx.theme.style(if here { Role::Input } else { Role::Text });
        match field.filter(|_| here) {
            Some(field) => caret = field.draw(place, frame.buffer_mut(), style),
            None => {
                let value = if field.is_none() && here { format!("< {value} >") } else { value };
                let value = text::short(&text::display(&value), usize::from(place.width));
                frame.buffer_mut().set_stringn(x, y, value, usize::from(place.width), style);
                if here {
                    caret = place.as_position();
                }
            }
        }
    }
    Caret::Typing(caret)
}

/// Draws the right side; gives the place of the item under the cursor.
fn draw_right(view: &ComposeView, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Position {
    let locale = cx.format.locale;
    let (head, role) = headline(view, cx);
    let mut y = area.y;
    for line in text::wrap(&head, usize::from(area.width)).into_iter().take(3) {
        put(frame, area, y, &line, role, cx);
        y += 1;
    }
    let Some(shelf) = view.shelf.clone() else { return area.as_position() };
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    match view.found.as_ref().map(|f| &f.outcome) {
        Some(Best::Pack(best)) => match (view.other, view.shown()) {
            (1.., Some(other)) => draw_compared(view, (best, other), &shelf, frame, rest, cx),
            _ => draw_pack(view, best, &shelf, frame, rest, cx),
        },
        // A pack stays until there is another; what was said of rules from before does not.
        Some(Best::Impossible(blocked)) if view.fresh => {
            draw_blocked(blocked, frame, rest, cx);
            rest.as_position()
        }
        Some(Best::Open) if view.fresh => {
            put(frame, rest, rest.y, &locale.tr("compose-open"), Role::Warning, cx);
            rest.as_position()
        }
        _ => rest.as_position(),
    }
}

/// What is known of the pack in one line.
fn headline(view: &ComposeView, cx: &Context<'_>) -> (String, Role) {
    let locale = cx.format.locale;
    if let Some((wrong, _)) = &view.wrong {
        return (wrong.clone(), Role::Warning);
    }
    let pack = match view.found.as_ref().map(|f| (&f.outcome, f.fewest)) {
        Some((Best::Impossible(_), _)) if view.fresh => {
            return (locale.tr("compose-impossible").into_owned(), Role::Danger);
        }
        Some((Best::Pack(pack), fewest)) if view.fresh => (view.shown().unwrap_or(pack), fewest),
        _ => return (still(view, cx), Role::Notice),
    };
    let (pack, fewest) = pack;
    let Some(shelf) = &view.shelf else { return (String::new(), Role::Text) };
    let sums = sums(pack, shelf, cx);
    let (verdict, good) = match (fewest, view.other) {
        (Some(true), _) => (locale.tr("compose-fewest").into_owned(), true),
        (Some(false), _) => (locale.tr("compose-fewer").into_owned(), false),
        (None, 0) => (words::verdict(locale, pack.proved, pack.gap()), pack.proved),
        (None, n) => (locale.tr_with("compose-other", &[("n", &n.to_string())]), true),
    };
    (format!("{sums}  {verdict}"), if good { Role::Good } else { Role::Notice })
}

/// How the search stands, in words.
fn still(view: &ComposeView, cx: &Context<'_>) -> String {
    let locale = cx.format.locale;
    match view.standing {
        Some(s) => match s.best {
            Some(best) => {
                let gap = gap(s.bound, best);
                locale.tr_with("compose-searching", &[("gap", &Fen(gap).yuan())])
            }
            None => locale.tr("compose-looking").into_owned(),
        },
        None if view.shelf.is_none() => locale.tr("status-reading").into_owned(),
        None => locale.tr("compose-looking").into_owned(),
    }
}

/// Price, kinds, people, counties and weight of a pack.
fn sums(pack: &Pack, shelf: &Shelf, cx: &Context<'_>) -> String {
    let items = || pack.items.iter().filter_map(|&(i, q)| Some((shelf.products.get(i)?, q)));
    let people: i64 = items().map(|(p, _)| p.people).sum();
    let mut counties: Vec<&str> = items().map(|(p, _)| p.county.as_str()).collect();
    counties.sort_unstable();
    counties.dedup();
    // Where a specification says no weight the pack weighs more than is known.
    let more = if items().any(|(p, _)| p.weight.is_none()) { "≥" } else { "" };
    let weight = format!("{more}{}", kilograms(items().map(|(p, q)| p.weight.unwrap_or(0) * q).sum()));
    let (price, kinds) = (Fen(pack.price).yuan(), pack.items.len().to_string());
    let (people, counties) = (crate::console::format::grouped(people), counties.len().to_string());
    let args = [("price", price.as_str()), ("kinds", &kinds), ("people", &people), ("counties", &counties)];
    cx.format.locale.tr_with("compose-sums", &[&args[..], &[("weight", &weight)]].concat())
}

/// Kilograms with one place.
fn kilograms(grams: i64) -> String {
    format!("{}.{}", grams / 1_000, grams % 1_000 / 100)
}

const HEADS: [&str; 7] = ["name", "price", "pieces", "people", "county", "weight", "supplier"];

fn widths() -> [ColumnWidth; 7] {
    let column = |min, ideal, priority, align| ColumnWidth { min, ideal, priority, align };
    [
        column(14, 30, 9, Align::Left),
        column(7, 9, 8, Align::Right),
        column(4, 4, 7, Align::Right),
        column(6, 8, 6, Align::Right),
        column(8, 10, 5, Align::Left),
        column(5, 6, 3, Align::Right),
        column(16, 28, 4, Align::Left),
    ]
}

fn cells(p: &Product, pieces: i64, cx: &Context<'_>) -> [String; 7] {
    [
        text::display(&p.name).into_owned(),
        Fen(p.price).yuan(),
        pieces.to_string(),
        crate::console::format::grouped(p.people),
        cx.format.division(&p.county),
        p.weight.map_or_else(String::new, kilograms),
        text::display(&p.supplier_name).into_owned(),
    ]
}

/// A line of a table of items: sign in the gutter, cells, colour.
struct Row {
    mark: bool,
    cells: [String; 7],
    role: Role,
}

/// Draws a table; gives the place of the row under the cursor.
fn draw_table(rows: &[Row], cursor: Option<usize>, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Position {
    let widths = widths();
    let layout = table::layout(&widths, area.width);
    let titles = HEADS.map(|h| cx.format.locale.tr(&format!("compose-head-{h}")).into_owned());
    let headings: Vec<Heading<'_>> = titles.iter().map(|title| Heading { title, sort: None }).collect();
    let head = Rect { height: 1.min(area.height), ..area };
    table::draw_header(head, frame.buffer_mut(), &widths, &layout, &headings, cx.theme.style(Role::Heading));
    let mut at = area.as_position();
    for (n, row) in rows.iter().enumerate() {
        let y = area.y + 1 + u16::try_from(n).unwrap_or(u16::MAX);
        if y >= area.bottom() {
            break;
        }
        let selected = cursor == Some(n);
        if selected {
            at = Position::new(area.x, y);
        }
        let style = Style::new();
        let fields: Vec<Field<'_>> = row.cells.iter().map(|text| Field { text, matched: &[], style }).collect();
        let look = RowLook {
            selected,
            marked: row.mark,
            style: cx.theme.style(row.role),
            sign: cx.theme.style(if selected { Role::Selected } else { Role::Marked }),
            matched: Style::new(),
        };
        table::draw_row(Rect { y, height: 1, ..area }, frame.buffer_mut(), &widths, &layout, &fields, look);
    }
    at
}

fn draw_pack(
    view: &ComposeView,
    pack: &Pack,
    shelf: &Shelf,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &Context<'_>,
) -> Position {
    let must = view.rules.as_ref().map(|r| r.must.clone()).unwrap_or_default();
    let was = |code: &str| shelf.pack.as_ref().is_some_and(|h| h.items.iter().any(|i| i.product.code == code));
    let mut rows: Vec<Row> = pack
        .items
        .iter()
        .filter_map(|&(i, q)| Some((shelf.products.get(i)?, q)))
        .map(|(p, q)| Row {
            mark: must.contains(&p.code),
            cells: cells(p, q, cx),
            role: if shelf.pack.is_some() && !was(&p.code) { Role::Good } else { Role::Text },
        })
        .collect();
    let here = |code: &str| pack.items.iter().any(|(i, _)| shelf.products.get(*i).is_some_and(|p| p.code == code));
    for item in shelf.pack.iter().flat_map(|h| &h.items).filter(|i| !here(&i.product.code)) {
        let mut cells = cells(&item.product, item.pieces, cx);
        cells[0] = cx.format.locale.tr_with("compose-out", &[("name", &cells[0])]);
        rows.push(Row { mark: false, cells, role: Role::Danger });
    }
    let cursor = (view.focus == Focus::Pack).then_some(view.cursor);
    let at = draw_table(&rows, cursor, frame, area, cx);
    let below = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX);
    let rest = Rect { y: area.y.saturating_add(below), height: area.height.saturating_sub(below), ..area };
    for (line, (words, role)) in around(view, pack, shelf, usize::from(area.width), cx).into_iter().enumerate() {
        put(frame, rest, rest.y + u16::try_from(line).unwrap_or(u16::MAX), &words, role, cx);
    }
    at
}

/// Why the item under the cursor is in, what would be in, other packs, what was kept out.
fn around(view: &ComposeView, pack: &Pack, shelf: &Shelf, width: usize, cx: &Context<'_>) -> Vec<(String, Role)> {
    let locale = cx.format.locale;
    let mut lines = Vec::new();
    let name = |i: usize| shelf.products.get(i).map_or_else(String::new, |p| p.name.clone());
    if let Some(words) = reason(view, pack, shelf, cx) {
        lines.extend(text::wrap(&words, width).into_iter().map(|l| (l, Role::Info)));
    }
    if !view.others.is_empty() {
        let n = view.others.len().to_string();
        lines.push((locale.tr_with("compose-others", &[("n", &n)]), Role::Text));
    }
    if !view.entering.is_empty() {
        lines.push((locale.tr("compose-entering").into_owned(), Role::Heading));
        for e in &view.entering {
            let (name, less) = (name(e.product), Fen(e.cheaper).yuan());
            lines.push((locale.tr_with("compose-cheaper", &[("name", &name), ("less", &less)]), Role::Text));
        }
    }
    for (rule, n) in &pack.left_out {
        let args = [("rule", words::rule(locale, rule)), ("n", n.to_string())];
        lines.push((locale.tr_with("pack-left-out", &args.each_ref().map(|(k, v)| (*k, v.as_str()))), Role::Dim));
    }
    lines
}

/// Why the item under the cursor is in.
fn reason(view: &ComposeView, pack: &Pack, shelf: &Shelf, cx: &Context<'_>) -> Option<String> {
    let (product, _) = *pack.items.get(view.cursor)?;
    let reason = view.reasons.iter().find(|r| r.product == product)?;
    let goal = view.rules.as_ref().map(|r| r.goal).unwrap_or_default();
    let name = |i: usize| shelf.products.get(i).map_or_else(String::new, |p| p.name.clone());
    words::reason(cx.format.locale, goal, reason, &name)
}

/// Two packs: side by side where there is room, else one below the other by what differs.
fn draw_compared(
    view: &ComposeView,
    (best, other): (&Pack, &Pack),
    shelf: &Shelf,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &Context<'_>,
) -> Position {
    let locale = cx.format.locale;
    let rows = |of: &Pack, beside: &Pack| -> Vec<Row> {
        let differs = |i: usize| beside.items.iter().all(|item| item.0 != i);
        let row = |&(i, q): &(usize, i64)| {
            let p = shelf.products.get(i)?;
            Some(Row {
                mark: differs(i),
                cells: cells(p, q, cx),
                role: if differs(i) { Role::Notice } else { Role::Text },
            })
        };
        of.items.iter().filter_map(row).collect()
    };
    let title = |n: usize, pack: &Pack| {
        let id = if n == 0 { "compose-this" } else { "compose-that" };
        format!("{}  {}", locale.tr_with(id, &[("n", &n.to_string())]), sums(pack, shelf, cx))
    };
    let (left, right) = (rows(best, other), rows(other, best));
    let cursor = (view.focus == Focus::Pack).then_some(view.cursor);
    let half = area.width / 2;
    let (first, second) = if area.width >= 100 {
        (Rect { width: half - 1, ..area }, Rect { x: area.x + half, width: area.width - half, ..area })
    } else {
        let height = u16::try_from(left.len() + 3).unwrap_or(u16::MAX).min(area.height / 2);
        (Rect { height, ..area }, Rect { y: area.y + height, height: area.height - height, ..area })
    };
    let below = |r: Rect| Rect { y: r.y + 1, height: r.height.saturating_sub(1), ..r };
    put(frame, first, first.y, &title(0, best), Role::Heading, cx);
    draw_table(&left, None, frame, below(first), cx);
    put(frame, second, second.y, &title(view.other, other), Role::Heading, cx);
    draw_table(&right, cursor, frame, below(second), cx)
}

/// Which rules exclude each other, and what is enough to change.
fn draw_blocked(blocked: &Blocked, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) {
    let locale = cx.format.locale;
    let mut lines: Vec<(String, Role)> =
        blocked.rules.iter().map(|r| (format!("  {}", words::rule(locale, r)), Role::Warning)).collect();
    if !blocked.proved {
        lines.push((locale.tr("compose-hurried").into_owned(), Role::Dim));
    }
    if !blocked.relax.is_empty() {
        lines.push((String::new(), Role::Text));
        lines.push((locale.tr("pack-relax").into_owned(), Role::Heading));
        lines.extend(blocked.relax.iter().map(|r| (format!("  {}", words::relax(locale, r)), Role::Text)));
    }
    for (n, (words, role)) in lines.iter().enumerate() {
        put(frame, area, area.y + u16::try_from(n).unwrap_or(u16::MAX), words, *role, cx);
    }
}
