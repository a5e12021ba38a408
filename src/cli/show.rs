//! `gongfu show`: one record with its fields, what hangs on it, and what happened to it.

use super::cell::{self, Words};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::fields::field_type;
use super::out::Out;
use crate::domain::codes::GoalUnit;
use crate::domain::refusal::Refusal;
use crate::domain::rows::Kind;
use crate::domain::value::Value;
use crate::store::StoreError;
use crate::store::detail::{self, Detail, Event, Hanging};
use crate::store::filter::column_label;
use crate::store::list::{Column, ListKind, ListSpec, Ty};
use crate::store::page::PageRow;
use crate::wire::change::FieldChange;
use serde_json::{Map, Value as Json, json};

/// The words a kind may be named by: the list's, then the kind's own.
pub(super) fn words() -> Vec<&'static str> {
    let has_code = |kind: &Kind| kind.columns().iter().any(|c| c.name == "code") || *kind == Kind::CatalogEdition;
    let lists = ListKind::ALL.iter().filter(|l| l.spec().row.is_some_and(|k| has_code(&k))).map(|l| l.code());
    lists.chain(Kind::ALL.iter().filter(|k| has_code(k)).map(|k| k.table())).collect()
}

/// The kind a word names.
fn kind_of(word: &str) -> Option<Kind> {
    ListKind::parse(word).and_then(|l| l.spec().row).or_else(|| Kind::parse(word))
}

/// Runs `show`.
pub(super) fn run(context: &Context, word: &str, code: &str) -> Result<Exit, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let kind = kind_of(word).unwrap_or(Kind::CatalogEntry);
    let failed = |e: crate::store::SqlError| context.db_fail(&e);
    let found = match detail::find_code(&db, kind, code).map_err(failed)? {
        Some(id) => detail::read(&db, kind, id).map_err(failed)?,
        None => None,
    };
    let Some(record) = found else {
        let refusal = Refusal::new("unknown-record").with("kind", kind.table()).with("code", code);
        return Err(Fail::store(&StoreError::Refused(refusal), &context.locale));
    };
    let words = Words::new(&context.locale, &db).map_err(failed)?;
    match context.json {
        true => Out::new().json(&document(&record)).map(|()| Exit::Done).map_err(Into::into),
        false => print(context, &record, &words),
    }
}

/// Own columns with what they hold and their values; ids of other rows have no type.
fn cells(record: &Detail) -> Vec<(&'static str, Option<Ty>, Value)> {
    let kind = record.row.kind();
    let values = record.row.cells();
    kind.columns().iter().zip(values).map(|(c, v)| (c.name, field_type(kind, c.name), v)).collect()
}

fn print(context: &Context, record: &Detail, words: &Words<'_>) -> Result<Exit, Fail> {
    let locale = &context.locale;
    let mut out = Out::new();
    let kind = record.row.kind();
    let text = |name: &str| {
        let value = cells(record).into_iter().find(|(n, ..)| *n == name).map(|(_, _, v)| v);
        value.and_then(|v| v.as_text().map(str::to_owned)).unwrap_or_default()
    };
    let title = if text("name").is_empty() { text("title") } else { text("name") };
    let in_money = kind == Kind::Goal && text("unit") == GoalUnit::Fen.code();
    let head = format!("{}  {}  {title}", locale.code("kind", kind.table()), text("code"));
    out.line(&crate::base::text::display(head.trim_end()))?;
    let mut fields: Vec<(String, String)> = cells(record)
        .into_iter()
        .filter_map(|(name, ty, value)| {
            // What a goal counts decides what its target is counted in.
            let ty = if name == "target" && in_money { Some(Ty::Money) } else { ty };
            Some((locale.code("field", name), field_text(name, ty?, &value, words)))
        })
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let meta = record.row.meta();
    let changed = format!("{}  {}", meta.updated_by, cell::instant(meta.updated_at.as_millisecond()));
    fields.push((locale.tr("col-updated_by").into_owned(), changed));
    let widest = fields.iter().map(|(l, _)| crate::base::text::width(l)).max().unwrap_or(0);
    for (label, value) in fields {
        out.line(&format!("  {}  {}", crate::base::text::fit(&label, widest), crate::base::text::display(&value)))?;
    }
    for hanging in record.hanging.iter().filter(|h| h.total > 0) {
        let title = locale.tr(&format!("section-{}", hanging.scope.section.id)).into_owned();
        out.line(&format!("\n{title}  {}", hanging.total))?;
        for row in &hanging.rows {
            out.line(&format!("  {}", line(hanging.scope.section.list.spec(), row, words)))?;
        }
        let more = hanging.total - i64::try_from(hanging.rows.len()).unwrap_or(0);
        if more > 0 {
            out.line(&format!("  {}", locale.tr_with("cli-show-more", &[("more", &more.to_string())])))?;
        }
    }
    out.line(&format!("\n{}", locale.tr("cli-show-history")))?;
    for event in &record.history {
        print_event(&mut out, event, words)?;
    }
    out.done()
}

/// A field in words; positions are kept in millionths of a degree.
fn field_text(name: &str, ty: Ty, value: &Value, words: &Words<'_>) -> String {
    match value.as_int().filter(|_| name.ends_with("_e6")) {
        Some(n) => format!("{}.{:06}", n / 1_000_000, n.unsigned_abs() % 1_000_000),
        None => words.text(ty, value),
    }
}

/// A row in one line: the columns that matter most. A yes shows as the column's name, a no as nothing.
fn line(spec: &ListSpec, row: &PageRow, words: &Words<'_>) -> String {
    let shown = spec.columns.iter().zip(&row.cells).filter(|(c, _)| c.shown && c.priority <= 4);
    let word = |c: &Column, v: &Value| match (c.ty, v) {
        (Ty::YesNo, Value::Int(0)) => String::new(),
        (Ty::YesNo, _) => column_label(words.locale, spec, c.id),
        _ => words.text(c.ty, v),
    };
    let texts = shown.map(|(c, v)| word(c, v)).filter(|t| !t.is_empty());
    crate::base::text::display(&texts.collect::<Vec<_>>().join("  ")).into_owned()
}

fn print_event(out: &mut Out, event: &Event, words: &Words<'_>) -> std::io::Result<()> {
    let command = words.locale.code("command", &event.command);
    let outcome = if detail::is_refused(&event.outcome) {
        format!("  {}", words.locale.code("outcome", &event.outcome))
    } else {
        String::new()
    };
    let at = cell::instant(event.at.as_millisecond());
    let head = format!("  {at}  {}  {command}{outcome}  {}", event.person, event.reason);
    out.line(crate::base::text::display(head.trim_end()).as_ref())?;
    for field in &event.fields {
        if let Some((before, after)) = sides(field, words) {
            let label = words.locale.code("field", &field.field);
            out.line(&crate::base::text::display(&format!("      {label}：{before} -> {after}")))?;
        }
    }
    Ok(())
}

/// Both sides of a change in words; `None` for ids of other rows.
fn sides(field: &FieldChange, words: &Words<'_>) -> Option<(String, String)> {
    let ty = field_type(Kind::parse(&field.kind)?, &field.field)?;
    let word = |json: &Json| match field_text(&field.field, ty, &value(json), words) {
        empty if empty.is_empty() => words.locale.tr("cli-word-nothing").into_owned(),
        text => text,
    };
    Some((word(&field.before), word(&field.after)))
}

fn value(json: &Json) -> Value {
    match json {
        Json::Number(n) => n.as_i64().map_or(Value::Null, Value::Int),
        Json::String(t) => Value::Text(t.clone()),
        _ => Value::Null,
    }
}

fn document(record: &Detail) -> Json {
    let fields: Map<String, Json> = cells(record)
        .into_iter()
        .filter_map(|(name, ty, value)| Some((name.to_owned(), Words::json(ty?, &value))))
        .collect();
    let meta = record.row.meta();
    json!({
        "kind": record.row.kind().table(),
        "id": record.row.uuid().to_string(),
        "rev": meta.rev,
        "updated_by": meta.updated_by,
        "updated_at": cell::rfc3339(meta.updated_at.as_millisecond()),
        "source": meta.source,
        "fields": fields,
        "sections": record.hanging.iter().map(section).collect::<Vec<_>>(),
        "history": record.history.iter().map(event).collect::<Vec<_>>(),
    })
}

fn section(hanging: &Hanging) -> Json {
    let list = hanging.scope.section.list;
    let rows = hanging.rows.iter().map(|row| {
        let pairs = list.spec().columns.iter().zip(&row.cells).map(|(c, v)| (c.id.to_owned(), Words::json(c.ty, v)));
        Json::Object(pairs.collect())
    });
    json!({
        "id": hanging.scope.section.id,
        "list": list.code(),
        "total": hanging.total,
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn event(event: &Event) -> Json {
    let side = |f: &FieldChange, json: &Json| {
        let ty = Kind::parse(&f.kind).and_then(|k| field_type(k, &f.field));
        ty.map_or_else(|| json.clone(), |ty| Words::json(ty, &value(json)))
    };
    let fields = event
        .fields
        .iter()
        .map(|f| json!({ "field": f.field, "before": side(f, &f.before), "after": side(f, &f.after) }));
    json!({
        "no": event.no,
        "at": cell::rfc3339(event.at.as_millisecond()),
        "person": event.person,
        "org": event.org,
        "command": event.command,
        "reason": event.reason,
        "outcome": event.outcome,
        "fields": fields.collect::<Vec<_>>(),
    })
}
