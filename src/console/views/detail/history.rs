//! What happened to a record, newest first, each with its reason in full.

use super::super::pager::{Line, wrapped};
use super::super::{Context, Go};
use super::fields::field_text;
use crate::base::text;
use crate::console::theme::Role;
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::store::detail::{Detail, Event};
use crate::wire::change::FieldChange;
use serde_json::Value as Json;

/// Fields shown of one event; its audit record has them all.
const FIELDS: usize = 6;

pub(super) fn lines(detail: &Detail, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let heading = match detail.history.len() {
        0 => locale.tr("detail-history-none").into_owned(),
        n => locale.tr_with("detail-history", &[("n", &n.to_string())]),
    };
    let mut lines = vec![Line::default(), Line::plain(heading, Role::Heading)];
    if detail.history.is_empty() {
        // Rows that were loaded are older than the audit: no record does not mean that nothing happened.
        lines.extend(wrapped(&locale.tr("detail-older"), Role::Dim, 2, width));
    }
    for event in &detail.history {
        lines.extend(event_lines(event, cx, width));
    }
    lines
}

fn event_lines(event: &Event, cx: &Context<'_>, width: usize) -> Vec<Line> {
    let locale = cx.format.locale;
    let refused = crate::store::detail::is_refused(&event.outcome);
    let mut head = format!(
        "  {}  {} {}  {}",
        cx.format.moment(event.at),
        text::display(&event.person),
        text::display(&event.org),
        locale.code("command", &event.command)
    );
    if refused {
        head.push_str(&format!("  {}", locale.code("outcome", &event.outcome)));
    }
    let role = if refused { Role::Warning } else { Role::Text };
    let mut lines = vec![Line::plain(head, role).leading(event.no.map(Go::Audit))];
    if !event.reason.is_empty() {
        lines.extend(wrapped(&text::display(&event.reason), Role::Info, 6, width));
    }
    for words in event.fields.iter().filter_map(|f| change_words(f, cx)).take(FIELDS) {
        lines.extend(wrapped(&words, Role::Dim, 6, width));
    }
    lines
}

/// `状态: 在录 -> 暂停`; nothing for ids of other rows and for what reads the same on both sides.
pub fn change_words(change: &FieldChange, cx: &Context<'_>) -> Option<String> {
    let kind = Kind::parse(&change.kind)?;
    let column = kind.columns().iter().find(|c| c.name == change.field)?;
    if change.field.ends_with("_id") {
        return None;
    }
    let word = |json: &Json| {
        let value = match json {
            Json::Number(n) => n.as_i64().map_or(Value::Null, Value::Int),
            Json::String(s) if !s.is_empty() => Value::Text(s.clone()),
            _ => return "-".to_owned(),
        };
        field_text(kind, column, &value, cx, false)
    };
    let (before, after) = (word(&change.before), word(&change.after));
    (before != after).then(|| format!("{}: {before} -> {after}", cx.format.locale.code("field", &change.field)))
}
