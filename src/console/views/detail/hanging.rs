//! What hangs on a record: a section with its number, one dim line of headings, and its first rows.

use super::super::list_draw::{state_role, width_of};
use super::super::pager::{Line, wrapped};
use super::super::{Context, Go, title};
use crate::base::text;
use crate::console::format::grouped;
use crate::console::theme::Role;
use crate::console::widgets::table::{self, ColumnWidth};
use crate::store::detail::{Hanging, Stands};
use crate::store::filter::column_label;
use crate::store::list::{Column, Ty};
use crate::store::page::PageRow;

/// Cells before a hanging row, beside the cursor's own two.
const INDENT: usize = 2;
/// Cells a name may take from other columns.
const LONGEST: u16 = 40;

pub(super) fn lines(hanging: &Hanging, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let section = hanging.scope.section;
    let heading = cx.format.locale.tr(&format!("section-{}", section.id)).into_owned();
    let all = Go::List { kind: section.list, typed: String::new(), within: Some(hanging.scope) };
    let mut lines = vec![Line::default()];
    let pieces = vec![(format!("{heading}  "), Role::Heading), (grouped(hanging.total), Role::Title)];
    lines.push(Line::of(pieces).leading((hanging.total > 0).then(|| all.clone())));
    let columns: Vec<&'static Column> =
        section.shown().iter().filter_map(|id| section.list.spec().column(id)).collect();
    let widths: Vec<_> = columns.iter().map(|c| wanted(hanging, c, cx, width)).collect();
    // The table counts three cells of its own gutter, and the cursor's stand before the indent.
    let layout = table::layout(&widths, (width + 3).saturating_sub(INDENT + 3) as u16);
    let shown: Vec<(&'static Column, usize)> =
        columns.iter().zip(layout).filter_map(|(c, w)| Some((*c, usize::from(w?)))).collect();
    lines.push(Line::plain(headings(hanging, &shown, cx), Role::Dim));
    for row in &hanging.rows {
        lines.extend(row_lines(hanging, row, &shown, cx, width));
    }
    let more = hanging.total - hanging.rows.len() as i64;
    if more > 0 {
        let words = cx.format.locale.tr_with("detail-more", &[("n", &grouped(more))]);
        lines.push(Line::plain(format!("{}{words}", " ".repeat(INDENT)), Role::Dim).leading(Some(all)));
    }
    lines
}

/// What a column would like. What a row is called is shown whole where it can be: lesser columns leave for it.
fn wanted(hanging: &Hanging, column: &Column, cx: &Context<'_>, width: usize) -> ColumnWidth {
    let spec = hanging.scope.section.list.spec();
    let usual = width_of(column, spec, cx.format.locale, width as u16);
    if column.priority > 0 || !matches!(column.ty, Ty::Name | Ty::Text) {
        return usual;
    }
    let texts = hanging.rows.iter().filter_map(|r| title::cell(spec, r, column.id));
    let longest = texts.map(|(c, v)| text::width(&cx.format.cell(c.ty, v))).max().unwrap_or(0);
    let own = (longest.max(usize::from(column.width) / 2) as u16).min(LONGEST);
    ColumnWidth { min: own, ideal: own.max(usual.ideal), ..usual }
}

fn is_right(column: &Column) -> bool {
    matches!(column.ty, Ty::Count | Ty::Money | Ty::Bytes)
}

fn place(text: &str, column: &Column, cells: usize) -> String {
    if is_right(column) { text::fit_right(text, cells) } else { text::fit(text, cells) }
}

fn headings(hanging: &Hanging, shown: &[(&'static Column, usize)], cx: &Context<'_>) -> String {
    let spec = hanging.scope.section.list.spec();
    let words = shown.iter().map(|(c, cells)| place(&column_label(cx.format.locale, spec, c.id), c, *cells));
    format!("{}{}", " ".repeat(INDENT), words.collect::<Vec<_>>().join("  "))
}

/// A row; where it opens nothing, its last text goes on below until it is told.
fn row_lines(
    hanging: &Hanging,
    row: &PageRow,
    shown: &[(&'static Column, usize)],
    cx: &Context<'_>,
    width: usize,
) -> Vec<Line> {
    let section = hanging.scope.section;
    let spec = section.list.spec();
    let mut pieces = vec![(" ".repeat(INDENT), Role::Text)];
    let mut used = INDENT;
    let mut rest = Vec::new();
    for (i, (column, cells)) in shown.iter().enumerate() {
        let Some((_, value)) = title::cell(spec, row, column.id) else { continue };
        let text = cx.format.cell(column.ty, value);
        let last = i + 1 == shown.len();
        let mut own = place(&text, column, *cells);
        if last && section.stands == Stands::Nothing && text::width(&text) > *cells {
            let room = width.saturating_sub(used + 3).max(10);
            let mut parts = text::wrap(&text, room).into_iter();
            own = parts.next().unwrap_or_default();
            let more = parts.collect::<Vec<_>>().join("");
            rest = if more.is_empty() { Vec::new() } else { wrapped(&more, Role::Text, used, width) };
        }
        let is_state = spec.state == Some(column.id);
        let role = if is_state { state_role(value.as_text().unwrap_or_default()) } else { Role::Text };
        used += cells + 2;
        let gap = if last { "" } else { "  " };
        pieces.push((format!("{own}{gap}"), role));
    }
    let go = section.opens().map(|kind| Go::Record { kind, id: row.id });
    let subject = super::super::list::subject_of(spec, section.opens(), row, &cx.format);
    let mut lines = vec![Line { pieces, go, subject }];
    lines.extend(rest);
    lines
}
