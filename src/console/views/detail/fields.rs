//! The fields of a record as labels and values: codes as words, times as times, sizes with their unit.

use super::super::pager::{Line, wrapped};
use super::super::title;
use super::Context;
use crate::base::locale::Lang;
use crate::base::text;
use crate::console::theme::Role;
use crate::domain::pace;
use crate::domain::record::Column;
use crate::domain::rows::Kind;
use crate::domain::value::{CellType, Value};
use crate::domain::work::shanghai_date;
use crate::store::detail::Detail;
use crate::store::list::Ty;
use jiff::Timestamp;

/// Cells of a label with the gap behind it; English says it longer.
fn label_cells(lang: Lang) -> usize {
    if lang == Lang::Zh { 12 } else { 17 }
}
/// Below this width pairs stand one under the other.
const ONE_A_LINE: usize = 60;

/// Fields that are ids, are shown in the title, or are for the other language.
fn skipped(column: &Column, lang: Lang) -> bool {
    column.name.ends_with("_id")
        || (lang == Lang::Zh && column.name.ends_with("_en"))
        || matches!(column.name, "code" | "name" | "state" | "state_reason" | "relisted_from" | "adjusts")
}

/// Labels and values, as many pairs a line as there is room for; a value too long for its place has lines of its own.
pub(super) fn lines(detail: &Detail, cx: &Context<'_>, width: usize, revealed: bool) -> Vec<Line> {
    let cells = detail.row.cells();
    let mut pairs = Vec::new();
    for (column, value) in detail.row.kind().columns().iter().zip(&cells) {
        let empty = value.is_null() || value.as_text() == Some("");
        if skipped(column, cx.format.locale.lang()) || empty {
            continue;
        }
        let label = cx.format.locale.code("field", column.name);
        pairs.push((label, field_text(detail.row.kind(), column, value, cx, revealed)));
    }
    pairs.extend(due_pair(detail, cx));
    let columns = match width {
        ..ONE_A_LINE => 1,
        ONE_A_LINE..100 => 2,
        _ => 3,
    };
    let each = width.saturating_sub(4) / columns;
    let label_width = label_cells(cx.format.locale.lang());
    let room = each.saturating_sub(label_width + 2);
    let mut out = Vec::new();
    let mut waiting: Vec<(String, String)> = Vec::new();
    for (label, value) in pairs {
        if text::width(&value) > room {
            flush(&mut waiting, (each, label_width), &mut out);
            let mut own = wrapped(&value, Role::Text, 2 + label_width, width);
            if let Some(first) = own.first_mut() {
                let value = first.pieces[0].0.trim_start().to_owned();
                first.pieces = vec![(format!("  {}", labelled(&label, label_width)), Role::Dim), (value, Role::Text)];
            }
            out.extend(own);
            continue;
        }
        waiting.push((label, value));
        if waiting.len() == columns {
            flush(&mut waiting, (each, label_width), &mut out);
        }
    }
    flush(&mut waiting, (each, label_width), &mut out);
    out
}

/// The label, with a blank before the value however long it is.
fn labelled(label: &str, cells: usize) -> String {
    format!("{} ", text::fit(label, cells.saturating_sub(1)))
}

fn flush(waiting: &mut Vec<(String, String)>, (each, label_width): (usize, usize), out: &mut Vec<Line>) {
    if waiting.is_empty() {
        return;
    }
    let mut pieces = vec![("  ".to_owned(), Role::Text)];
    for (label, value) in waiting.drain(..) {
        pieces.push((labelled(&label, label_width), Role::Dim));
        pieces.push((text::fit(&value, each.saturating_sub(label_width)), Role::Text));
    }
    out.push(Line::of(pieces));
}

/// Until when a return is owed, and how late it is: its deadline says, not its row.
fn due_pair(detail: &Detail, cx: &Context<'_>) -> Option<(String, String)> {
    let (Kind::Return, Some(row), Some(list)) = (detail.row.kind(), &detail.line, detail.list) else { return None };
    let (_, due) = title::cell(list.spec(), row, "due")?;
    let (_, state) = title::cell(list.spec(), row, "state")?;
    let due = due.as_text()?;
    let mut words = cx.format.day(due);
    if !matches!(state.as_text(), Some("accepted" | "submitted")) {
        let left = pace::days_left(due.parse().ok()?, shanghai_date(cx.format.now));
        words.push_str(&format!("  {}", cx.format.days(left)));
    }
    Some((cx.format.locale.code("field", "due_on"), words))
}

/// How a field is shown; fields share their meaning by name across kinds.
fn field_type(kind: Kind, column: &Column, value: &Value) -> Ty {
    match (kind, column.name) {
        (_, "contact_name" | "contact_phone" | "phone" | "keeper") => Ty::Masked,
        (_, "county_code" | "division_code") => Ty::Division,
        (_, "category") => Ty::Set("category"),
        (_, "venue_type") => Ty::Set("venue"),
        (_, "trace") => Ty::Set("trace"),
        (_, "grade" | "recall_class") => Ty::Set("grade"),
        (_, "directory_state") => Ty::Set("directory"),
        (_, "form") => Ty::Set("form"),
        (_, "verb") => Ty::Set("verb"),
        (_, "answer") => Ty::Set("answer"),
        (Kind::Publication, "channel") => Ty::Set("channel_place"),
        (_, "channel") => Ty::Set("channel"),
        (Kind::Supplier, "kind") => Ty::Set("supplier_kind"),
        (Kind::Organisation, "kind") => Ty::Set("org"),
        (Kind::Purchase, "kind") => Ty::Set("purchase_kind"),
        (Kind::PurchaseEvidence, "kind") => Ty::Set("proof"),
        (Kind::Promotion, "kind") => Ty::Set("promotion_kind"),
        (_, "kind") => Ty::Set("evidence"),
        (Kind::Goal, "unit") => Ty::Set("goal_unit"),
        (_, "bytes") => Ty::Bytes,
        (_, "demo_room" | "under_review" | "held" | "files_annex1" | "files_annex2" | "republish" | "page_stopped") => {
            Ty::YesNo
        }
        (_, "last_visit" | "valid_until" | "dated" | "best_before") => Ty::Day,
        (_, name) if name == "year" || name.ends_with("_year") => Ty::Year,
        (_, name) if name.ends_with("_fen") => Ty::Money,
        (_, name) if name.ends_with("_on") => Ty::Day,
        (_, name) if column.cell == CellType::Int && (name == "at" || name.ends_with("_at")) => Ty::Instant,
        _ if matches!(value, Value::Int(_)) => Ty::Count,
        _ => Ty::Text,
    }
}

/// A field in words; personal data only when `revealed`.
pub fn field_text(kind: Kind, column: &Column, value: &Value, cx: &Context<'_>, revealed: bool) -> String {
    match (column.name, field_type(kind, column, value), value.as_int()) {
        ("state", ..) => cx.format.locale.code(kind.table(), value.as_text().unwrap_or_default()),
        ("quota_rate_bp", _, Some(n)) => format!("{}.{:02}%", n / 100, n % 100),
        ("longitude_e6" | "latitude_e6", _, Some(n)) => format!("{}.{:04}", n / 1_000_000, n % 1_000_000 / 100),
        // On its own page a time is told in full.
        (_, Ty::Instant, Some(ms)) => {
            Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| cx.format.moment(at))
        }
        (_, Ty::Masked, _) if revealed => cx.format.cell(Ty::Text, value),
        (_, ty, _) => cx.format.cell(ty, value),
    }
}
