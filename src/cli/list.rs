//! `gongfu list`: the rows of a screen, with the same filter, order and columns, in bounded memory.

use super::args::{Format, ListArgs, ListHow};
use super::cell::{self, Words};
use super::context::Context;
use super::fail::{Exit, Fail};
use super::out::Out;
use super::table::Table;
use crate::base::text;
use crate::console::keys::nearest;
use crate::domain::work::shanghai_date;
use crate::sqlite;
use crate::store::Connection;
use crate::store::filter::{Filter, Lexicon, column_label};
use crate::store::list::{Column, ListKind, ListSpec, Sort};
use crate::store::page::{self, Anchor, ListQuery, PageRow};
use crate::store::{Store, StoreError, excluded, export};
use serde_json::{Map, Value as Json};
use std::io::{self, Write};

/// Rows of a table unless asked otherwise.
const TABLE_ROWS: usize = 200;

/// Runs `list`.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<Exit, Fail> {
    rows(context, ListKind::parse(&args.kind).unwrap_or(ListKind::Catalog), &args.how)
}

/// Writes the rows of a list.
pub(super) fn rows(context: &Context, kind: ListKind, how: &ListHow) -> Result<Exit, Fail> {
    let spec = kind.spec();
    let columns = columns(context, spec, how.columns.as_deref())?;
    let sort = sort(context, spec, how.sort.as_deref())?;
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    // The number of rows and the rows are of one moment, however long it takes to write them out.
    let _moment = sqlite::snapshot(&db).map_err(|e| context.db_fail(&e))?;
    let words = Words::new(&context.locale, &db).map_err(|e| context.db_fail(&e))?;
    if context.json && matches!(how.format, Some(Format::Table | Format::Csv)) {
        return Err(context.fail(Exit::Usage, "format-conflict", &[]));
    }
    let year = shanghai_date(store.clock().now()).year();
    let lexicon = Lexicon { locale: &context.locale, divisions: &words.divisions, year };
    let typed = how.filter.as_deref().unwrap_or_default();
    let filter = Filter::parse(typed, spec, &lexicon).map_err(|e| Fail::filter(&e, &context.locale))?;
    let query = ListQuery { kind, filter, scope: None, sort, anchor: Anchor::Start, rows: 1 };
    if how.format == Some(Format::Csv) {
        leaves(context, &store, &db, spec.kind.code(), how.reason.as_deref().unwrap_or_default())?;
    }
    let job = Job { context, db: &db, spec, columns: &columns, words: &words, query: &query };
    match how.format.unwrap_or(if context.json { Format::Json } else { Format::Table }) {
        Format::Table => job.table(how.limit.unwrap_or(TABLE_ROWS)),
        Format::Csv => job.csv(how.limit.unwrap_or(usize::MAX)),
        Format::Json => job.json(how.limit.unwrap_or(usize::MAX)),
        Format::Ndjson => job.ndjson(how.limit.unwrap_or(usize::MAX)),
    }
}

/// A table for a spreadsheet is for somebody else: old data leave with a reason only, which is written down before the first row.
pub(super) fn leaves(context: &Context, store: &Store, db: &Connection, list: &str, reason: &str) -> Result<(), Fail> {
    let (dir, now) = (&context.data_dir, store.clock().now());
    let failed = |e| Fail::store(&e, &context.locale);
    if export::may_leave(db, dir, now, reason).map_err(failed)? {
        if context.read_only {
            return Err(failed(StoreError::read_only()));
        }
        let actor = super::actor::actor(context, db)?;
        export::note(dir, now, &actor, list, reason).map_err(failed)?;
    }
    Ok(())
}

/// A column with its place among a row's cells.
type Chosen = (usize, &'static Column);

fn columns(context: &Context, spec: &'static ListSpec, asked: Option<&str>) -> Result<Vec<Chosen>, Fail> {
    let word = spec.kind.code();
    let ids: Vec<String> = match (asked, context.config.settings.columns.get(word)) {
        (Some(text), _) if !words_of(text).is_empty() => words_of(text),
        (_, Some(set)) if !set.is_empty() => set.clone(),
        _ => spec.shown().into_iter().map(str::to_owned).collect(),
    };
    ids.iter().map(|id| find(context, spec, id)).collect()
}

fn find(context: &Context, spec: &'static ListSpec, id: &str) -> Result<Chosen, Fail> {
    let label = |c: &Column| column_label(&context.locale, spec, c.id);
    let found = spec.columns.iter().enumerate().find(|(_, c)| c.id == id || label(c) == id);
    found.ok_or_else(|| {
        let ids = || spec.columns.iter().map(|c| c.id);
        let args = [
            ("found", id.to_owned()),
            ("nearest", nearest(id, ids()).unwrap_or_default().to_owned()),
            ("known", ids().collect::<Vec<_>>().join(" ")),
        ];
        context.fail(Exit::Input, "unknown-column", &args)
    })
}

fn sort(context: &Context, spec: &'static ListSpec, asked: Option<&str>) -> Result<Vec<(&'static str, bool)>, Fail> {
    let mut out = Vec::new();
    for word in words_of(asked.unwrap_or_default()) {
        let (id, descending) = word.strip_prefix('-').map_or((word.as_str(), false), |rest| (rest, true));
        let (_, column) = find(context, spec, id)?;
        if column.sort == Sort::No {
            return Err(context.fail(Exit::Input, "unsortable", &[("column", column.id.to_owned())]));
        }
        out.push((column.id, descending));
    }
    match out.len() {
        0..=2 => Ok(out),
        _ => Err(context.fail(Exit::Input, "too-many-sorts", &[])),
    }
}

fn words_of(text: &str) -> Vec<String> {
    text.split([',', '，']).map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

struct Job<'a> {
    context: &'a Context,
    db: &'a Connection,
    spec: &'static ListSpec,
    columns: &'a [Chosen],
    words: &'a Words<'a>,
    query: &'a ListQuery,
}

impl Job<'_> {
    fn total(&self) -> Result<i64, Fail> {
        page::read(self.db, self.query, None).map(|p| p.total).map_err(|e| self.context.db_fail(&e))
    }

    /// Calls `each` for at most `limit` rows; gives how many there were.
    fn stream(&self, limit: usize, mut each: impl FnMut(&PageRow) -> io::Result<()>) -> Result<usize, Fail> {
        let (mut shown, mut failed) = (0, None);
        if limit == 0 {
            return Ok(0);
        }
        let read = page::stream(self.db, self.query, None, |row| {
            failed = each(&row).err();
            shown += 1;
            failed.is_none() && shown < limit
        });
        match failed {
            Some(e) => Err(e.into()),
            None => read.map(|()| shown).map_err(|e| self.context.db_fail(&e)),
        }
    }

    fn texts(&self, row: &PageRow) -> Vec<String> {
        self.columns.iter().map(|(i, c)| self.words.text(c.ty, &row.cells[*i])).collect()
    }

    fn object(&self, row: &PageRow) -> Json {
        let pairs = self.columns.iter().map(|(i, c)| (c.id.to_owned(), Words::json(c.ty, &row.cells[*i])));
        Json::Object(pairs.collect::<Map<_, _>>())
    }

    fn heads(&self) -> impl Iterator<Item = String> + '_ {
        self.columns.iter().map(|(_, c)| column_label(&self.context.locale, self.spec, c.id))
    }

    fn table(&self, limit: usize) -> Result<Exit, Fail> {
        let mut out = Out::new();
        let right = self.columns.iter().map(|(_, c)| cell::is_number(c.ty));
        let mut table = Table::new(self.heads().zip(right).collect());
        let shown = self.stream(limit, |row| table.row(&mut out, self.texts(row)))?;
        table.flush(&mut out)?;
        if self.context.quiet {
            return out.done();
        }
        let total = self.total()?;
        let args = [("total", &*total.to_string()), ("shown", &*shown.to_string())];
        out.line(&self.context.locale.tr_with("cli-list-total", &args))?;
        let exit = out.done()?;
        if total == 0 {
            self.tell_why()?;
        }
        Ok(exit)
    }

    /// Which term of the filter leaves nothing over, on stderr: stdout is the list and no more.
    fn tell_why(&self) -> Result<(), Fail> {
        let excluded = excluded::read(self.db, self.query, |_| Ok(None)).map_err(|e| self.context.db_fail(&e))?;
        if let Some(excluded) = excluded {
            let args = [("term", &*excluded.term), ("n", &*excluded.rows.to_string())];
            super::out::note(&self.context.locale.tr_with("cli-list-without", &args));
        }
        Ok(())
    }

    fn csv(&self, limit: usize) -> Result<Exit, Fail> {
        let mut out = Out::new();
        // Spreadsheets take a file without the mark for one in the machine's own encoding.
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
        let io = |e: csv::Error| match e.into_kind() {
            csv::ErrorKind::Io(e) => e,
            other => io::Error::other(format!("{other:?}")),
        };
        csv.write_record(self.heads()).map_err(io)?;
        self.stream(limit, |row| {
            let cells = self.columns.iter().zip(self.texts(row)).map(|((_, c), t)| match cell::is_number(c.ty) {
                true => t,
                false => harmless(t),
            });
            csv.write_record(cells).map_err(io)
        })?;
        csv.flush()?;
        drop(csv);
        out.done()
    }

    fn json(&self, limit: usize) -> Result<Exit, Fail> {
        let total = self.total()?;
        let mut out = Out::new();
        write!(out, "{{\"list\":\"{}\",\"total\":{total},\"rows\":[", self.spec.kind.code())?;
        let mut first = true;
        let read = self.stream(limit, |row| {
            out.write_all(if std::mem::take(&mut first) { b"\n" } else { b",\n" })?;
            out.write_all(text::json_escaped(&self.object(row).to_string()).as_bytes())
        });
        // Closed also when reading stopped half-way: what stdout has is a document, the error says that it is cut.
        out.line("]}")?;
        out.done()?;
        read.map(|_| Exit::Done)
    }

    fn ndjson(&self, limit: usize) -> Result<Exit, Fail> {
        let mut out = Out::new();
        self.stream(limit, |row| {
            out.write_all(text::json_escaped(&self.object(row).to_string()).as_bytes())?;
            out.write_all(b"\n")
        })?;
        out.done()
    }
}

/// A cell that no spreadsheet takes for a formula and no terminal for a command.
fn harmless(cell: String) -> String {
    let cell = text::harmless(&cell).replace('\n', " ");
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_look_like_formulas_are_made_harmless() {
        for bad in ["=1+1", "+86", "-x", "@a"] {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        assert_eq!(harmless("木耳=好".to_owned()), "木耳=好");
        assert_eq!(harmless("木\u{1b}[31m耳\u{202e}\n好".to_owned()), "木[31m耳 好");
    }
}
