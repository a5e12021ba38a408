//! Reference files in the database: the text as it was loaded, and the tables that names in lists come from.

use crate::reference::{Reference, Table};
use jiff::Timestamp;
use rusqlite::{Connection, params};

/// Name a table is kept under: its file name without ending.
pub fn name(table: Table) -> &'static str {
    table.file().trim_end_matches(".csv")
}

/// Replaces the reference tables by `reference`, made from the texts that `text` gives. The caller has a transaction.
///
/// # Errors
/// What SQLite says.
pub fn write(
    db: &Connection,
    reference: &Reference,
    text: impl Fn(Table) -> String,
    at: Timestamp,
) -> rusqlite::Result<()> {
    for table in Table::ALL {
        let sql = "INSERT INTO reference VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET text = excluded.text, \
                   loaded_at = excluded.loaded_at WHERE text <> excluded.text";
        db.prepare_cached(sql)?.execute(params![name(*table), text(*table), at.as_millisecond()])?;
    }
    db.execute_batch("DELETE FROM division; DELETE FROM venue_type; DELETE FROM jiangsu_pair;")?;
    let mut division = db.prepare("INSERT OR REPLACE INTO division VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for d in &reference.divisions {
        let city = reference.division(&d.prefecture_code).map_or("", |p| p.name.as_str());
        division.execute(params![d.code, d.name, d.name_en, city, d.level.code(), d.poverty_county])?;
    }
    for p in &reference.pairs {
        division.execute(params![p.jiangsu_code, p.jiangsu_name, "", p.jiangsu_city, "partner", false])?;
    }
    let mut venue = db.prepare("INSERT INTO venue_type VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for v in &reference.venue_types {
        venue.execute(params![v.code, v.name, v.name_en, v.family, if v.counts { "true" } else { "separate" }])?;
    }
    let mut pair = db.prepare("INSERT INTO jiangsu_pair VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (no, p) in (1_i64..).zip(&reference.pairs) {
        let since = p.since_year.unwrap_or(0);
        pair.execute(params![no, p.shaanxi_code, p.jiangsu_code, p.jiangsu_name, p.jiangsu_city, since])?;
    }
    Ok(())
}

/// Codes of the venue types; none in a database without reference data.
///
/// # Errors
/// What SQLite says.
pub fn venues(db: &Connection) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached("SELECT code FROM venue_type ORDER BY code")?.query_map([], |r| r.get(0))?.collect()
}

/// Categories that a replaced file of specialties names, each once; none while the file that comes with the product
/// counts, whose categories the domain knows.
///
/// # Errors
/// What SQLite says.
pub fn categories(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let kept = super::setting::reference_text(db, name(Table::Specialties))?;
    if kept.is_none_or(|text| text == crate::reference::embedded(Table::Specialties)) {
        return Ok(Vec::new());
    }
    let mut out: Vec<String> = read(db)?.specialties.into_iter().map(|s| s.category).collect();
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// The reference as this database has it; what was never replaced is the embedded text.
///
/// # Errors
/// What SQLite says; texts in the database were checked when they were loaded.
pub fn read(db: &Connection) -> rusqlite::Result<Reference> {
    let mut texts = Vec::new();
    for table in Table::ALL {
        texts.push((*table, super::setting::reference_text(db, name(*table))?));
    }
    let text = |t: Table| texts.iter().find(|(k, _)| *k == t).and_then(|(_, text)| text.clone());
    Reference::load(text).map_err(|errors| {
        let first = errors.first().map(|e| format!("{e:?}")).unwrap_or_default();
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, first.into())
    })
}
