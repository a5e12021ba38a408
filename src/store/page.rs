//! One window of a list: the rows around an anchor in the asked order, and the exact count. Keyset only: no OFFSET, no
//! full list, so a page costs the same at the start and in the middle, at 1,600 rows and at 1,600,000.

use super::convert::{self, Bind};
use super::detail::Scope;
use super::filter::{Filter, Op, Test};
use super::list::{ListKind, ListSpec, Sort};
use super::search::{self, Found};
use crate::domain::value::Value;
use crate::sqlite;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

/// Up to this many matches are fetched by number and sorted; above it the order's index is walked and tested.
const SORT_MATCHES: usize = 4_000;

/// What to read of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    pub kind: ListKind,
    pub filter: Filter,
    /// Only the rows that hang on one record.
    pub scope: Option<Scope>,
    /// Column and whether descending, first key first; at most two count.
    pub sort: Vec<(&'static str, bool)>,
    pub anchor: Anchor,
    /// Rows to give at most.
    pub rows: usize,
}

/// Where the window lies.
#[derive(Debug, Clone, PartialEq)]
pub enum Anchor {
    Start,
    End,
    /// Right behind this place.
    After(Place),
    /// Right before it.
    Before(Place),
    /// With this record in the middle, at the start when it is not among the rows.
    Around(Uuid),
}

/// A row's place in an order: its sort values and its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub values: Vec<Value>,
    pub key: i64,
}

/// A row as read: every column of the list, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRow {
    pub id: Uuid,
    pub place: Place,
    pub cells: Vec<Value>,
}

/// The window.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub rows: Vec<PageRow>,
    pub at_start: bool,
    pub at_end: bool,
    /// Rows under filter and scope, exactly.
    pub total: i64,
}

/// SQL pieces with the values they bind.
#[derive(Debug, Default, Clone)]
struct Where {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Where {
    fn add(&mut self, sql: String, values: impl IntoIterator<Item = Value>) {
        self.parts.push(sql);
        self.values.extend(values);
    }

    fn sql(&self) -> String {
        if self.parts.is_empty() { String::new() } else { format!(" WHERE {}", self.parts.join(" AND ")) }
    }
}

/// Reads a window: rows and total are of one moment. `found` are the rows the bare words match, when the search column answered them; without it they are
/// matched row by row in SQL.
///
/// # Errors
/// What SQLite says.
pub fn read(db: &Connection, query: &ListQuery, found: Option<&Found>) -> rusqlite::Result<Page> {
    let _moment = sqlite::snapshot(db)?;
    let reader = Reader { db, spec: query.kind.spec(), query, found };
    let total = reader.total()?;
    let (rows, at_start, at_end) = match &query.anchor {
        Anchor::Start => reader.forward(None).map(|(rows, end)| (rows, true, end))?,
        Anchor::After(place) => reader.forward(Some(place)).map(|(rows, end)| (rows, false, end))?,
        Anchor::End => reader.backward(None).map(|(rows, start)| (rows, start, true))?,
        Anchor::Before(place) => reader.backward(Some(place)).map(|(rows, start)| (rows, start, false))?,
        Anchor::Around(id) => reader.around(*id)?,
    };
    Ok(Page { rows, at_start, at_end, total })
}

/// How many rows are under filter and scope, exactly; `found` as for [`read`].
///
/// # Errors
/// What SQLite says.
pub fn count(db: &Connection, query: &ListQuery, found: Option<&Found>) -> rusqlite::Result<i64> {
    Reader { db, spec: query.kind.spec(), query, found }.total()
}

/// Calls `each` for every row of one moment in order until it says stop: exports and `--format csv` of long lists.
///
/// # Errors
/// What SQLite says.
pub fn stream(
    db: &Connection,
    query: &ListQuery,
    found: Option<&Found>,
    mut each: impl FnMut(PageRow) -> bool,
) -> rusqlite::Result<()> {
    let _moment = sqlite::snapshot(db)?;
    let mut query = ListQuery { rows: 1_000, anchor: Anchor::Start, ..query.clone() };
    loop {
        let reader = Reader { db, spec: query.kind.spec(), query: &query, found };
        let after = match &query.anchor {
            Anchor::After(place) => Some(place),
            _ => None,
        };
        let (rows, end) = reader.forward(after)?;
        let last = rows.last().map(|r| r.place.clone());
        for row in rows {
            if !each(row) {
                return Ok(());
            }
        }
        match last {
            Some(place) if !end => query.anchor = Anchor::After(place),
            _ => return Ok(()),
        }
    }
}

struct Reader<'a> {
    db: &'a Connection,
    spec: &'static ListSpec,
    query: &'a ListQuery,
    found: Option<&'a Found>,
}

impl Reader<'_> {
    /// SQL of the id rows are known by: within a record that may be the record they stand for.
    fn id(&self) -> &'static str {
        self.query.scope.map_or(self.spec.id, |scope| scope.section.id_sql())
    }

    /// Sort expressions with their directions.
    fn order(&self) -> Vec<(&'static str, bool)> {
        let expression = |(id, descending): &(&'static str, bool)| match self.spec.column(id)?.sort {
            Sort::By(sql) => Some((sql, *descending)),
            Sort::No => None,
        };
        let order: Vec<_> = self.query.sort.iter().filter_map(expression).take(2).collect();
        if order.is_empty() { expression(&self.spec.sort).into_iter().collect() } else { order }
    }

    /// Scope and filter as SQL; bare words too unless the search column answered them.
    fn conditions(&self) -> Where {
        let mut w = Where::default();
        if let Some(scope) = &self.query.scope {
            let sql = scope.section.sql;
            let id = Value::Blob(scope.id.as_bytes().to_vec());
            w.add(sql.replace("?1", "?"), vec![id; sql.matches("?1").count()]);
        }
        if self.found.is_none() {
            for word in &self.query.filter.words {
                let not = if word.negated { "NOT " } else { "" };
                w.add(format!("{not}gongfu_match(?, {})", self.spec.text), [Value::Text(word.text.clone())]);
            }
        }
        for test in &self.query.filter.tests {
            if self.found.is_none() || !search::answers(self.spec, test) {
                self.add_test(&mut w, test);
            }
        }
        w
    }

    fn add_test(&self, w: &mut Where, test: &Test) {
        let Some(column) = self.spec.column(test.column) else { return };
        let sql = column.sql;
        let not = if test.negated { "NOT " } else { "" };
        match &test.op {
            Op::OneOf(values) => {
                let marks = vec!["?"; values.len()].join(",");
                w.add(format!("{not}({sql} IN ({marks}))"), values.iter().cloned());
            }
            Op::Prefix(text) => {
                // A range, not LIKE: it uses the index. Codes are in capitals; what was typed counts, too.
                let mut ranges = Vec::new();
                let mut values = Vec::new();
                for low in [text.to_uppercase(), text.clone()] {
                    let high = Value::Text(format!("{low}\u{10FFFF}"));
                    if !values.contains(&high) {
                        ranges.push(format!("({sql} >= ? AND {sql} < ?)"));
                        values.extend([Value::Text(low), high]);
                    }
                }
                w.add(format!("{not}({})", ranges.join(" OR ")), values);
            }
            Op::Part(part) => {
                let has = |code: &&str| format!(" OR instr(coalesce({code}, ''), ?) > 0");
                let codes: String = self.spec.codes.iter().map(has).collect();
                let values = vec![Value::Text(part.clone()); 1 + self.spec.codes.len()];
                w.add(format!("{not}(gongfu_match(?, {}){codes})", self.spec.text), values);
            }
            Op::Matches(text) => w.add(format!("{not}gongfu_match(?, {sql})"), [Value::Text(text.clone())]),
            Op::Either(text, values) => {
                let marks = vec!["?"; values.len()].join(",");
                let sql = format!("{not}(gongfu_match(?, {}) OR {sql} IN ({marks}))", self.spec.text);
                w.add(sql, std::iter::once(Value::Text(text.clone())).chain(values.iter().cloned()));
            }
            Op::Between(low, high) => {
                // An empty text or null is no day and no number: it lies in no range.
                let mut parts = vec![format!("{sql} IS NOT NULL")];
                let mut values = Vec::new();
                for (end, sign) in [(low, ">="), (high, "<=")] {
                    if let Some(value) = end {
                        parts.push(format!("{sql} {sign} ?"));
                        values.push(value.clone());
                    }
                }
                w.add(format!("{not}({})", parts.join(" AND ")), values);
            }
        }
    }

    fn total(&self) -> rusqlite::Result<i64> {
        let w = self.conditions();
        if let Some(found) = self.found {
            if w.parts.is_empty() {
                return Ok(i64::try_from(found.hits.len()).unwrap_or(i64::MAX));
            }
            let sql = format!("SELECT {} FROM {}{}", self.spec.key, self.spec.from, w.sql());
            let mut statement = self.db.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(w.values.iter().map(Bind)))?;
            let mut n = 0;
            while let Some(row) = rows.next()? {
                n += i64::from(found.contains(row.get(0)?));
            }
            return Ok(n);
        }
        if w.parts.is_empty()
            && let Some(kind) = self.spec.tally
        {
            let sql = "SELECT coalesce(sum(n), 0) FROM tally WHERE kind = ?1";
            return self.db.prepare_cached(sql)?.query_row([kind], |r| r.get(0));
        }
        let sql = format!("SELECT count(*) FROM {}{}", self.spec.from, w.sql());
        self.db.prepare_cached(&sql)?.query_row(params_from_iter(w.values.iter().map(Bind)), |r| r.get(0))
    }

    /// Rows behind `after` in order, and whether the last row of the list is among them.
    fn forward(&self, after: Option<&Place>) -> rusqlite::Result<(Vec<PageRow>, bool)> {
        let mut rows = self.run(after, false, self.query.rows + 1)?;
        let end = rows.len() <= self.query.rows;
        rows.truncate(self.query.rows);
        Ok((rows, end))
    }

    /// Rows before `before` in order, and whether the first row of the list is among them.
    fn backward(&self, before: Option<&Place>) -> rusqlite::Result<(Vec<PageRow>, bool)> {
        let mut rows = self.run(before, true, self.query.rows + 1)?;
        let start = rows.len() <= self.query.rows;
        rows.truncate(self.query.rows);
        rows.reverse();
        Ok((rows, start))
    }

    fn around(&self, id: Uuid) -> rusqlite::Result<(Vec<PageRow>, bool, bool)> {
        let Some(middle) = self.find(id)? else {
            return self.forward(None).map(|(rows, end)| (rows, true, end));
        };
        let others = self.query.rows.saturating_sub(1);
        let part = |rows| ListQuery { rows, ..self.query.clone() };
        let (mut rows, start) = Reader { query: &part(others / 2), ..*self }.backward(Some(&middle.place))?;
        let place = middle.place.clone();
        rows.push(middle);
        // Near the start there are fewer rows before it: those behind fill the window.
        let rest = self.query.rows.saturating_sub(rows.len());
        let (behind, end) = Reader { query: &part(rest), ..*self }.forward(Some(&place))?;
        rows.extend(behind);
        Ok((rows, start, end))
    }

    /// The row with this id when it is under the filter.
    fn find(&self, id: Uuid) -> rusqlite::Result<Option<PageRow>> {
        let mut w = self.conditions();
        w.add(format!("{} = ?", self.id()), [Value::Blob(id.as_bytes().to_vec())]);
        let order = self.order();
        let sql = format!("{}{} LIMIT 1", self.select(&order), w.sql());
        let mut rows = self.rows(&sql, &w.values, &order)?;
        Ok(rows.pop().filter(|r| self.found.is_none_or(|f| f.contains(r.place.key))))
    }

    /// `SELECT key, id, sort values, cells FROM …`.
    fn select(&self, order: &[(&'static str, bool)]) -> String {
        let mut columns = vec![self.spec.key, self.id()];
        columns.extend(order.iter().map(|(sql, _)| *sql));
        columns.extend(self.spec.columns.iter().map(|c| c.sql));
        format!("SELECT {} FROM {}", columns.join(", "), self.spec.from)
    }

    /// `limit` rows beyond `from` in order, turned round when `reverse`.
    fn run(&self, from: Option<&Place>, reverse: bool, limit: usize) -> rusqlite::Result<Vec<PageRow>> {
        let order = self.order();
        let by: Vec<String> = order
            .iter()
            .map(|(sql, descending)| format!("{sql}{}", if *descending != reverse { " DESC" } else { "" }))
            .chain([format!("{}{}", self.spec.key, if self.key_descends(&order) != reverse { " DESC" } else { "" })])
            .collect();
        let by = by.join(", ");
        let w = self.conditions();
        let many = self.found.filter(|f| f.hits.len() > SORT_MATCHES);
        if let Some(found) = many
            && w.parts.is_empty()
            && let Some(keys) = self.stroll(found, from, reverse, limit)
        {
            return self.fetch(&keys, &by, &order);
        }
        let mut rows = Vec::new();
        for piece in self.pieces(&w, &order, from, reverse) {
            let left = limit - rows.len();
            rows.extend(match (many, self.found) {
                (Some(found), _) => self.walk(found, &piece, &by, left, &order)?,
                (None, found) => {
                    let mut piece = piece;
                    if let Some(found) = found {
                        let keys = found.hits.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(",");
                        piece.parts.push(format!("{} IN ({keys})", self.spec.key));
                    }
                    let sql = format!("{}{} ORDER BY {by} LIMIT {left}", self.select(&order), piece.sql());
                    self.rows(&sql, &piece.values, &order)?
                }
            });
            if rows.len() >= limit {
                break;
            }
        }
        Ok(rows)
    }

    /// Many matches in the list's own order: walk the order the search column keeps in memory. `None` when the rows are
    /// sorted otherwise, or the place is not in it.
    fn stroll(&self, found: &Found, from: Option<&Place>, reverse: bool, limit: usize) -> Option<Vec<i64>> {
        let (id, descending) = match self.query.sort.as_slice() {
            [] => self.spec.sort,
            [one] => *one,
            _ => return None,
        };
        let order = found.order.as_deref().filter(|_| id == self.spec.sort.0)?;
        let start = match from {
            Some(place) => Some(order.iter().position(|n| i64::from(*n) == place.key)?),
            None => None,
        };
        let matching = |n: &&u32| found.hits.contains(**n);
        let keys: Vec<i64> = if descending == reverse {
            order[start.map_or(0, |s| s + 1)..].iter().filter(matching).take(limit).map(|n| i64::from(*n)).collect()
        } else {
            let before = &order[..start.unwrap_or(order.len())];
            before.iter().rev().filter(matching).take(limit).map(|n| i64::from(*n)).collect()
        };
        Some(keys)
    }

    /// Many matches: walk the order over keys alone, keep those that match, then fetch the page's rows.
    fn walk(
        &self,
        found: &Found,
        w: &Where,
        by: &str,
        limit: usize,
        order: &[(&'static str, bool)],
    ) -> rusqlite::Result<Vec<PageRow>> {
        let sql = format!("SELECT {} FROM {}{} ORDER BY {by}", self.spec.key, self.spec.from, w.sql());
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut keys = statement.query(params_from_iter(w.values.iter().map(Bind)))?;
        let mut kept: Vec<i64> = Vec::with_capacity(limit);
        while kept.len() < limit {
            let Some(row) = keys.next()? else { break };
            let key: i64 = row.get(0)?;
            if found.contains(key) {
                kept.push(key);
            }
        }
        self.fetch(&kept, by, order)
    }

    /// The rows with these keys.
    fn fetch(&self, keys: &[i64], by: &str, order: &[(&'static str, bool)]) -> rusqlite::Result<Vec<PageRow>> {
        let list = keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let sql = format!("{} WHERE {} IN ({list}) ORDER BY {by}", self.select(order), self.spec.key);
        self.rows(&sql, &[], order)
    }

    /// The key follows the first sort column's direction, so that one index serves both.
    fn key_descends(&self, order: &[(&'static str, bool)]) -> bool {
        order.first().is_some_and(|(_, descending)| *descending)
    }

    /// The conditions for the rows strictly beyond `from`, nearest first: those equal in every sort column with a key
    /// beyond its own, then those equal in all but the last, and so on. Each piece is one range of an index; compared as
    /// a pair, thousands of equal values would be stepped over.
    fn pieces(&self, w: &Where, order: &[(&'static str, bool)], from: Option<&Place>, reverse: bool) -> Vec<Where> {
        let Some(place) = from else { return vec![w.clone()] };
        let sign = |descending: bool| if descending != reverse { "<" } else { ">" };
        let key = (self.spec.key, self.key_descends(order), Value::Int(place.key));
        let steps: Vec<_> =
            order.iter().zip(&place.values).map(|((sql, d), v)| (*sql, *d, v.clone())).chain([key]).collect();
        let piece = |equal: usize| {
            let mut piece = w.clone();
            for (sql, _, value) in &steps[..equal] {
                piece.add(format!("{sql} = ?"), [value.clone()]);
            }
            let (sql, descending, value) = &steps[equal];
            piece.add(format!("{sql} {} ?", sign(*descending)), [value.clone()]);
            piece
        };
        (0..steps.len()).rev().map(piece).collect()
    }

    fn rows(&self, sql: &str, values: &[Value], order: &[(&'static str, bool)]) -> rusqlite::Result<Vec<PageRow>> {
        let mut statement = self.db.prepare(sql)?;
        let sorts = order.len();
        let read = |row: &rusqlite::Row<'_>| {
            let values = (2..2 + sorts).map(|i| convert::value(row, i)).collect::<rusqlite::Result<_>>()?;
            let cells = (0..self.spec.columns.len())
                .map(|i| convert::value(row, 2 + sorts + i))
                .collect::<rusqlite::Result<_>>()?;
            Ok(PageRow { id: convert::uuid(row, 1)?, place: Place { values, key: row.get(0)? }, cells })
        };
        statement.query_map(params_from_iter(values.iter().map(Bind)), read)?.collect()
    }
}
