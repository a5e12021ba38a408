//! Drawing a list: header, rows, the pane beside it, and what to say when there are no rows.

use super::list::{ListView, Trouble};
use super::{Caret, Context, title};
use crate::base::locale::{Lang, Locale, Sentence};
use crate::base::{glyphs, text};
use crate::console::format::{Format, grouped};
use crate::console::theme::Role;
use crate::console::widgets::table::{self, Align, ColumnWidth, Field, Heading, RowLook, SortSign};
use crate::store::StoreError;
use crate::store::filter::{Op, column_label, set_codes};
use crate::store::list::{Column, ListSpec, Ty};
use crate::store::page::PageRow;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::ops::Range;

/// Width from which the pane stands beside the list; below it, under it.
const BESIDE: u16 = 110;

pub(super) fn draw(view: &mut ListView, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) -> Caret {
    let (list, pane) = split(area, view.pane);
    view.height = usize::from(list.height.saturating_sub(1)).max(1);
    view.width = list.width;
    view.scroll_to_cursor();
    let columns: Vec<&'static Column> = view.columns.iter().filter_map(|id| view.spec().column(id)).collect();
    let widths: Vec<ColumnWidth> =
        columns.iter().map(|c| width_of(c, view.spec(), cx.format.locale, list.width)).collect();
    let layout = table::layout(&widths, list.width);
    draw_header(view, frame, list, cx, &columns, &widths, &layout);
    let body = Rect { y: list.y + 1, height: list.height.saturating_sub(1), ..list };
    if view.rows.is_empty() {
        draw_empty(view, frame, body, cx);
    }
    let end = (view.top + view.height).min(view.rows.len());
    for (line, index) in (view.top..end).enumerate() {
        let at = Rect { y: body.y + line as u16, height: 1, ..body };
        draw_one(view, frame, at, cx, &columns, &widths, &layout, index);
    }
    if let Some(pane) = pane {
        draw_pane(view, frame, pane, cx);
    }
    let line = view.cursor.saturating_sub(view.top) as u16;
    Caret::Parked(Position::new(area.x, (body.y + line).min(area.bottom().saturating_sub(1))))
}

fn split(area: Rect, pane: bool) -> (Rect, Option<Rect>) {
    if !pane || area.height < 8 {
        return (area, None);
    }
    if area.width >= BESIDE {
        let width = area.width * 3 / 5;
        let rest = Rect { x: area.x + width + 1, width: area.width - width - 1, ..area };
        return (Rect { width, ..area }, Some(rest));
    }
    let height = area.height / 2;
    let rest = Rect { y: area.y + height, height: area.height - height, ..area };
    (Rect { height, ..area }, Some(rest))
}

/// Width from which names are shown whole before lesser columns are shown at all.
const ROOMY: u16 = 64;
/// The same where the other columns take more: names are in Chinese all the same.
const ROOMY_ENGLISH: u16 = 90;

/// Most cells words of a closed set may take from other columns.
const LONGEST_WORDS: usize = 20;
/// Cells of most places, Tongchuan for one.
const LONGEST_PLACE: usize = 9;
/// Cells such words keep when there is little room.
const SHORT_WORDS: u16 = 12;

/// Cells a column likes to have. They are measured for Chinese; English heads and words are longer.
fn liked(column: &Column, spec: &ListSpec, locale: &Locale) -> u16 {
    if locale.lang() == Lang::Zh {
        return column.width;
    }
    let words = match column.ty {
        Ty::Set(set) => set_codes(set, locale).iter().map(|(_, word)| text::width(word)).max().unwrap_or(0),
        Ty::Division => LONGEST_PLACE,
        _ => 0,
    };
    let head = text::width(&column_label(locale, spec, column.id)) + 1;
    let most = words.min(LONGEST_WORDS).max(head);
    column.width.max(u16::try_from(most).unwrap_or(column.width))
}

/// How much of a line of `cells` a column may take: names and what happened get the free space, the rest what it needs.
pub(super) fn width_of(column: &Column, spec: &ListSpec, locale: &Locale, cells: u16) -> ColumnWidth {
    let right = matches!(column.ty, Ty::Count | Ty::Money | Ty::Bytes);
    let is_words = matches!(column.ty, Ty::Name | Ty::Text) && column.width > 12;
    let liked = liked(column, spec, locale);
    // Names can do with less; codes and numbers are worthless cut.
    let min = match column.ty {
        _ if is_words && cells < ROOMY => column.width * 2 / 3,
        _ if is_words && cells < ROOMY_ENGLISH && locale.lang() == Lang::En => column.width * 4 / 5,
        _ if is_words => column.width,
        Ty::Set(_) => liked.min(column.width.max(SHORT_WORDS)),
        _ => liked,
    };
    let ideal = if is_words { column.width * 2 } else { liked };
    let align = if right { Align::Right } else { Align::Left };
    ColumnWidth { min, ideal, priority: 10 - column.priority.min(10), align }
}

fn draw_header(
    view: &ListView,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &Context<'_>,
    columns: &[&'static Column],
    widths: &[ColumnWidth],
    layout: &[Option<u16>],
) {
    let labels: Vec<String> = columns.iter().map(|c| column_label(cx.format.locale, view.spec(), c.id)).collect();
    let headings: Vec<Heading<'_>> = columns
        .iter()
        .zip(&labels)
        .map(|(c, title)| {
            let sorted = view.sort.iter().find(|(id, _)| *id == c.id);
            let sort = sorted.map(|(_, down)| if *down { SortSign::Down } else { SortSign::Up });
            Heading { title, sort }
        })
        .collect();
    let style = cx.theme.style(Role::Heading);
    table::draw_header(area, frame.buffer_mut(), widths, layout, &headings, style);
}

#[expect(clippy::too_many_arguments, reason = "one row of a table needs the table's measures")]
fn draw_one(
    view: &ListView,
    frame: &mut Frame<'_>,
    area: Rect,
    cx: &Context<'_>,
    columns: &[&'static Column],
    widths: &[ColumnWidth],
    layout: &[Option<u16>],
    index: usize,
) {
    let row = &view.rows[index];
    let texts: Vec<String> = columns.iter().map(|c| cell_text(view, row, c, cx)).collect();
    let marks: Vec<Vec<Range<usize>>> = columns.iter().zip(&texts).map(|(c, t)| matched(view, c, t)).collect();
    let state = view.spec().state;
    let fields: Vec<Field<'_>> = columns
        .iter()
        .zip(texts.iter().zip(&marks))
        .map(|(c, (text, matched))| {
            let style =
                if Some(c.id) == state || c.id == "grade" { state_style(view, row, c, cx) } else { Style::new() };
            Field { text, matched, style }
        })
        .collect();
    let look = RowLook {
        selected: index == view.cursor,
        marked: view.marks.contains_key(&row.id),
        style: cx.theme.style(Role::Text),
        sign: cx.theme.style(if index == view.cursor { Role::Selected } else { Role::Marked }),
        matched: cx.theme.style(Role::Match),
    };
    table::draw_row(area, frame.buffer_mut(), widths, layout, &fields, look);
}

/// What of a cell was looked for: in names and texts every bare word, in codes and commands those that may mean one.
fn matched(view: &ListView, column: &Column, text: &str) -> Vec<Range<usize>> {
    let is_text = matches!(column.ty, Ty::Name | Ty::Text) || view.spec().text.contains(column.sql);
    let words = view.understood.words.iter().filter(|w| is_text && !w.negated).map(|w| &w.text);
    let parts = view.understood.tests.iter().filter(|t| !t.negated).filter_map(|t| match &t.op {
        Op::Part(part) if is_text || column.ty == Ty::Code => Some(part),
        Op::Either(word, _) if is_text || column.id == t.column => Some(word),
        _ => None,
    });
    words.chain(parts).flat_map(|word| glyphs::highlight(word, text)).collect()
}

fn cell_text(view: &ListView, row: &PageRow, column: &Column, cx: &Context<'_>) -> String {
    let Some((_, value)) = title::cell(view.spec(), row, column.id) else { return String::new() };
    let command = title::cell(view.spec(), row, "command").and_then(|(_, v)| v.as_text());
    match (command, value.as_text()) {
        (Some(command), Some(reason)) if column.id == "reason" => {
            text::display(&cx.format.reason(command, reason)).into_owned()
        }
        _ => cx.format.cell(column.ty, value),
    }
}

fn state_style(view: &ListView, row: &PageRow, column: &Column, cx: &Context<'_>) -> Style {
    let place = view.spec().columns.iter().position(|c| c.id == column.id);
    let code = place.and_then(|i| row.cells.get(i)).and_then(|v| v.as_text()).unwrap_or_default();
    cx.theme.style(state_role(code))
}

/// The colour of a state or grade; its word says the same.
pub fn state_role(code: &str) -> Role {
    match code {
        "suspended" | "stopped" | "needs_replacement" | "paused" | "waiting_evidence" | "returned" | "due_soon"
        | "2" | "triaged" | "verifying" | "explained" | "partial" | "failed" => Role::Warning,
        "delisted" | "removed" | "overdue" | "confirmed" | "removal_running" | "reported" | "reopened"
        | "unacknowledged" | "disputed" | "rejected" | "1" => Role::Danger,
        "listed" | "active" | "published" | "accepted" | "counted" | "done" | "sellable" | "acknowledged"
        | "checked" | "full" | "settled" | "verified" => Role::Good,
        "candidate" | "screened" | "draft" | "proposed" | "approved" | "preparing" | "submitted" => Role::Notice,
        _ => Role::Dim,
    }
}

/// No rows: why, and what to press.
fn draw_empty(view: &ListView, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) {
    let locale = cx.format.locale;
    let (role, lines) = match &view.trouble {
        Some(Trouble::Filter(e)) => {
            let (sentence, hint) = locale.refusal(&Sentence { family: "filter", code: e.code, args: &e.args });
            (Role::Warning, vec![sentence, hint])
        }
        Some(Trouble::Store(e)) => (Role::Danger, store_lines(e, &cx.format)),
        None if view.total.is_none() => return,
        None if !view.filter.is_empty() => (Role::Text, no_match(view, locale)),
        None => (Role::Text, vec![locale.tr("empty-list").into_owned()]),
    };
    for (i, line) in lines.iter().flat_map(|l| text::wrap(l, usize::from(area.width.saturating_sub(4)))).enumerate() {
        let y = area.y + 1 + i as u16;
        if y < area.bottom() {
            let style = cx.theme.style(role);
            frame.buffer_mut().set_stringn(area.x + 3, y, text::display(&line), usize::from(area.width), style);
        }
    }
}

/// Nothing is under the filter: which part of it excludes most, and what else can be typed.
fn no_match(view: &ListView, locale: &Locale) -> Vec<String> {
    let without = view.excluded.as_ref().map(|e| {
        let (term, rows) = (text::display(&e.term), grouped(e.rows));
        locale.tr_with("empty-without", &[("term", &term), ("n", &rows)])
    });
    let first = locale.tr_with("empty-filter", &[("filter", &text::display(&view.typed()))]);
    let last = locale.tr_with("empty-filter-hint", &[("example", &example(view.spec(), locale))]);
    [Some(first), without, Some(last)].into_iter().flatten().collect()
}

/// A filter on a column this list has, for the hint.
fn example(spec: &ListSpec, locale: &Locale) -> String {
    let sets = spec.columns.iter().filter_map(|c| match c.ty {
        Ty::Set(set) => Some((c.id, set_codes(set, locale).into_iter().next()?.1)),
        _ => None,
    });
    let example = sets.min_by_key(|(id, _)| Some(*id) != spec.state);
    example.map_or_else(String::new, |(id, word)| format!("{}:{word}", column_label(locale, spec, id)))
}

/// A store error as sentence and hint.
pub fn store_lines(e: &StoreError, format: &Format<'_>) -> Vec<String> {
    let locale = format.locale;
    let (sentence, hint) = match e {
        StoreError::Refused(r) => {
            let args = locale.placed(&r.args, format.divisions);
            locale.refusal(&Sentence { family: "refusal", code: r.code, args: &args })
        }
        StoreError::Db(e) => locale.refusal(&Sentence { family: "db", code: e.code(), args: &e.args() }),
        StoreError::Filter(e) => locale.refusal(&Sentence { family: "filter", code: e.code, args: &e.args }),
        StoreError::Exists(path) => {
            let args = [("path", path.display().to_string())];
            locale.refusal(&Sentence { family: "db", code: "exists", args: &args })
        }
        StoreError::Cancelled => (String::new(), String::new()),
    };
    vec![sentence, hint]
}

fn draw_pane(view: &ListView, frame: &mut Frame<'_>, area: Rect, cx: &Context<'_>) {
    // Until the record under the cursor is read, the pane of another one would pass for its own.
    let current = view.record().map(|(_, id)| id);
    let Some(detail) = view.detail.as_ref().filter(|d| Some(d.row.uuid()) == current) else { return };
    let lines = super::detail::lines(detail, cx, usize::from(area.width));
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        super::pager::draw_line(line, frame, Rect { y, height: 1, ..area }, cx, false);
    }
}
