//! The tables of a ledger: one a kind, made from the declaration of the kinds, and the ledger's own.
//!
//! Owns their text, the same for SQLite and PostgreSQL. A change of it raises [`VERSION`] and says how to get there.

use crate::domain::record::{Column, Meta};
use crate::domain::rows::Kind;
use crate::domain::value::CellType;
use std::fmt::Write;

/// The version of the tables.
pub const VERSION: i64 = 1;

/// Texts by which rows are looked for or counted, by name of the column.
const SOUGHT: &[&str] = &["code", "county_code", "name", "number", "voucher_no", "state"];
const SOUGHT_NUMBERS: &[&str] = &["edition_no", "number"];

/// What a ledger has besides the rows. `hub` has one row: its lock is what orders everything, its numbers the next to give.
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
    "seq" BIGINT
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
    "hash" BYTEA NOT NULL
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
    "cursor_at" BIGINT
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
