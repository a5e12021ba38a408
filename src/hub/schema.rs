//! The tables of a ledger: one a kind, made from the declaration of the kinds, and the ledger's own.
//!
//! Owns their text, the same for SQLite and PostgreSQL. A change of it raises [`VERSION`] and says how to get there.

use crate::domain::record::{Column, Meta};
use crate::domain::rows::Kind;
use crate::domain::value::CellType;
use std::fmt::Write;

/// The version of the tables.
pub const VERSION: i64 = 2;
/// In the place of a version: the ledger has moved elsewhere and takes nothing any more.
pub const MOVED: i64 = -1;
/// In the place of a version: the ledger is moving here and takes nothing yet.
pub const ARRIVING: i64 = -2;

/// How a ledger of an earlier version becomes one of the next, version 1 first.
pub const STEPS: &[&str] = &[
    // Orders are signed by their consoles.
    "ALTER TABLE \"device\" ADD COLUMN \"signer\" TEXT; ALTER TABLE \"result\" ADD COLUMN \"signed\" TEXT;",
];

/// Texts by which rows are looked for or counted, by name of the column.
const SOUGHT: &[&str] = &["code", "county_code", "name", "number", "voucher_no", "state"];
const SOUGHT_NUMBERS: &[&str] = &["edition_no", "number"];

/// What a ledger has besides the rows. `hub` has one row: its lock is what orders everything, its numbers the next to give.
/// `hub_key` has one, too: the Ed25519 secret that signs checkpoints.
const OWN: &str = r#"
CREATE TABLE "hub" (
    "one" BIGINT PRIMARY KEY,
    "version" BIGINT NOT NULL,
    "hub_id" BYTEA NOT NULL,
    "epoch" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "audit_no" BIGINT NOT NULL,
    "audit_hash" BYTEA NOT NULL,
    "last_at" BIGINT NOT NULL,
    "safe" BIGINT NOT NULL
);
CREATE TABLE "feed" (
    "kind" TEXT NOT NULL,
    "id" BYTEA NOT NULL,
    "seq" BIGINT NOT NULL,
    "org" BYTEA NOT NULL,
    "area" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    PRIMARY KEY ("kind", "id")
);
CREATE INDEX "feed_seq" ON "feed" ("seq");
CREATE TABLE "result" (
    "id" BYTEA PRIMARY KEY,
    "device" BYTEA NOT NULL,
    "n" BIGINT NOT NULL,
    "at" BIGINT NOT NULL,
    "answer" TEXT NOT NULL,
    "seq" BIGINT,
    "signed" TEXT
);
CREATE INDEX "result_device" ON "result" ("device", "seq");
CREATE TABLE "audit" (
    "no" BIGINT PRIMARY KEY,
    "at" BIGINT NOT NULL,
    "person" TEXT NOT NULL,
    "org_id" BYTEA NOT NULL,
    "org_name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target" BYTEA NOT NULL,
    "target_code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "seq" BIGINT
);
CREATE INDEX "audit_seq" ON "audit" ("seq");
CREATE TABLE "checkpoint" (
    "epoch" BIGINT NOT NULL,
    "no" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" BIGINT NOT NULL,
    "signature" BYTEA NOT NULL,
    PRIMARY KEY ("epoch", "no")
);
CREATE TABLE "hub_key" (
    "one" BIGINT PRIMARY KEY,
    "secret" BYTEA NOT NULL
);
CREATE TABLE "device" (
    "id" BYTEA PRIMARY KEY,
    "name" TEXT NOT NULL,
    "org_id" BYTEA NOT NULL,
    "role" TEXT NOT NULL,
    "token" BYTEA NOT NULL UNIQUE,
    "enrolled_at" BIGINT NOT NULL,
    "revoked_at" BIGINT,
    "seen_at" BIGINT,
    "scope" BIGINT NOT NULL,
    "cursor" BIGINT NOT NULL,
    "cursor_at" BIGINT,
    "signer" TEXT
);
CREATE TABLE "code" (
    "hash" BYTEA PRIMARY KEY,
    "org_id" BYTEA NOT NULL,
    "role" TEXT NOT NULL,
    "made_at" BIGINT NOT NULL,
    "expires_at" BIGINT NOT NULL,
    "used_by" BYTEA
);
CREATE TABLE "named" (
    "set" TEXT NOT NULL,
    "place" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    PRIMARY KEY ("set", "place")
);
"#;

/// Every statement that makes an empty ledger.
pub fn tables() -> String {
    let mut out = OWN.to_owned();
    for kind in Kind::ALL {
        let table = kind.table();
        let _ = write!(out, "CREATE TABLE \"{table}\" (\"id\" BYTEA PRIMARY KEY, \"ord\" BIGINT NOT NULL UNIQUE");
        for column in columns(*kind) {
            let null = if column.nullable { "" } else { " NOT NULL" };
            let _ = write!(out, ", \"{}\" {}{null}", column.name, type_of(column.cell));
        }
        out.push_str(");\n");
        for column in kind.columns().iter().filter(|c| is_sought(c)) {
            let name = column.name;
            let _ = writeln!(out, "CREATE INDEX \"{table}_{name}\" ON \"{table}\" (\"{name}\");");
        }
    }
    out
}

/// A kind's columns after its id.
pub fn columns(kind: Kind) -> impl Iterator<Item = &'static Column> {
    Meta::COLUMNS.iter().chain(kind.columns())
}

/// Whether rows are looked for by this column: what names another row, and a few texts and numbers.
pub fn is_sought(column: &Column) -> bool {
    match column.cell {
        CellType::Blob => true,
        CellType::Text => SOUGHT.contains(&column.name),
        CellType::Int => SOUGHT_NUMBERS.contains(&column.name),
    }
}

const fn type_of(cell: CellType) -> &'static str {
    match cell {
        CellType::Int => "BIGINT",
        CellType::Text => "TEXT",
        CellType::Blob => "BYTEA",
    }
}

/// A table as it is: its name, its columns in order, and the places of those that say which row it is and order a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub table: String,
    pub columns: Vec<String>,
    pub key: Vec<usize>,
}

/// Every table of a ledger, read from the statements that make it. A kind's rows are ordered as they came.
pub fn shapes() -> Vec<Shape> {
    let text = tables();
    let statements = text.split(';').filter_map(|s| s.trim().strip_prefix("CREATE TABLE "));
    statements.filter_map(|s| s.split_once('(')).map(|(name, body)| shape(name.trim(), body)).collect()
}

fn shape(name: &str, body: &str) -> Shape {
    let table = name.trim_matches('"').to_owned();
    let (own, together) = body.split_once("PRIMARY KEY (").unwrap_or((body, ""));
    let parts = own.split(',').map(str::trim).filter(|p| p.starts_with('"'));
    let columns: Vec<(String, &str)> = parts
        .filter_map(|p| p.strip_prefix('"')?.split_once('"'))
        .map(|(name, rest)| (name.to_owned(), rest))
        .collect();
    let is_key = |name: &str, rest: &str| match Kind::parse(&table) {
        Some(_) => name == "ord",
        None => rest.contains("PRIMARY KEY") || together.contains(&format!("\"{name}\"")),
    };
    let key = columns.iter().enumerate().filter(|(_, (n, rest))| is_key(n, rest)).map(|(i, _)| i).collect();
    Shape { table, columns: columns.into_iter().map(|(n, _)| n).collect(), key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_are_those_of_all_tables() {
        let shapes = shapes();
        assert_eq!(shapes.len(), 9 + Kind::ALL.len());
        let of = |table: &str| shapes.iter().find(|s| s.table == table).unwrap();
        assert_eq!(of("feed").columns, ["kind", "id", "seq", "org", "area", "body"]);
        assert_eq!((&of("feed").key, &of("named").key, &of("hub").key), (&vec![0, 1], &vec![0, 1], &vec![0]));
        assert_eq!(of("device").columns.len(), 12);
        assert_eq!(STEPS.len() as i64, VERSION - 1);
        for kind in Kind::ALL {
            let shape = of(kind.table());
            assert_eq!((shape.columns.len(), &shape.key), (2 + columns(*kind).count(), &vec![1]), "{kind:?}");
            assert_eq!((shape.columns[0].as_str(), shape.columns[1].as_str()), ("id", "ord"));
        }
        assert!(shapes.iter().all(|s| !s.key.is_empty()));
    }
}
