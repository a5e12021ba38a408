//! Facts about the database file itself: profile, demo mark, heads of the audit and of the changes.

use rusqlite::{Connection, OptionalExtension};

/// Name of the organisation and division this database was made for, as `code`.
pub const PROFILE_ORG: &str = "profile_org";
/// Present in a demo database; holds the instant the demo clock starts from.
pub const DEMO: &str = "demo";
/// What the machine's clock showed when the demo was made and its clock stood at that instant: every program on the
/// file counts from there, so that all of them show the same minute.
pub const DEMO_SINCE: &str = "demo_since";
/// `no:hash` of the last audit record.
pub const AUDIT_HEAD: &str = "audit_head";
/// Number of the last row change made here.
pub const CHANGE_NO: &str = "change_no";

/// Present while the hub is asked now and then because its events do not come through.
pub const HUB_ASKED: &str = "hub_asked";

/// The hub's public key to seal to, as its last page named it.
pub const HUB_SEAL: &str = "hub_seal";

/// How often rows went: counts that are kept in memory are made anew when it moves.
pub const ROWS_GONE: &str = "rows_gone";

/// Takes a fact away.
///
/// # Errors
/// What SQLite says.
pub fn clear(db: &Connection, key: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM setting WHERE key = ?1")?.execute([key]).map(drop)
}

/// Adds one to a fact that is a number.
///
/// # Errors
/// What SQLite says.
pub fn bump(db: &Connection, key: &str) -> rusqlite::Result<()> {
    let last: i64 = get(db, key)?.and_then(|n| n.parse().ok()).unwrap_or(0);
    set(db, key, &(last + 1).to_string())
}

/// Reads a fact.
///
/// # Errors
/// What SQLite says.
pub fn get(db: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM setting WHERE key = ?1")?.query_row([key], |r| r.get(0)).optional()
}

/// Writes a fact.
///
/// # Errors
/// What SQLite says.
pub fn set(db: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
    db.prepare_cached(sql)?.execute([key, value]).map(|_| ())
}

/// The text of a reference file as it was loaded.
///
/// # Errors
/// What SQLite says.
pub fn reference_text(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT text FROM reference WHERE name = ?1")?.query_row([name], |r| r.get(0)).optional()
}
