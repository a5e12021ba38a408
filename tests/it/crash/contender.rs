//! What one of two rivals does: on each line of its input one round at one product, every answer told.

use super::child;
use crate::support::province::people;
use crate::support::storage::{id, raw};
use gongfu::base::clock::Clock;
use gongfu::base::ids::{Ids, mix};
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::AckAnswer;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::Kind;
use gongfu::store::{Store, StoreError};
use rusqlite::Connection;
use std::path::Path;
use uuid::Uuid;

fn ids(db: &Connection, sql: &str) -> Vec<Uuid> {
    let mut statement = db.prepare(sql).expect("sql");
    statement.query_map([], |r| Ok(id(r, 0))).expect("rows").map(|r| r.expect("an id")).collect()
}

/// Rows about one product.
struct Product {
    entry: Uuid,
    code: String,
    counters: Vec<Uuid>,
    pack: Uuid,
    order: Uuid,
    incidents: Vec<Uuid>,
}

fn products(db: &Connection) -> Vec<Product> {
    let entries = ids(db, "SELECT id FROM catalog_entry WHERE id IN (SELECT entry_id FROM incident) ORDER BY seq");
    let of = |entry: &Uuid| {
        let one = |sql: &str| ids(db, &sql.replace("ENTRY", &format!("x'{}'", entry.simple())));
        Product {
            entry: *entry,
            code: db
                .query_row("SELECT code FROM catalog_entry WHERE id = ?1", [entry.as_bytes().as_slice()], |r| r.get(0))
                .expect("a code"),
            counters: one("SELECT counter_id FROM shelf_line WHERE entry_id = ENTRY ORDER BY seq"),
            pack: one("SELECT pack_id FROM gift_pack_item WHERE entry_id = ENTRY")[0],
            order: one("SELECT order_id FROM order_line WHERE entry_id = ENTRY")[0],
            incidents: one("SELECT id FROM incident WHERE entry_id = ENTRY ORDER BY seq"),
        }
    };
    entries.iter().map(of).collect()
}

/// What one of the two asks for in a round, in an order of its own.
fn wishes(product: &Product, who: usize, round: usize) -> Vec<Command> {
    let Product { entry, code, counters, pack, order, incidents } = product;
    let step = |kind, id: &Uuid, verb| Command::Move { kind, id: *id, verb, reason: format!("{who}-{round}") };
    let (entry, pack, seed) = (*entry, *pack, mix((round * 2 + who) as u64));
    let quantity = i64::try_from(seed % 30).expect("small") + 1;
    let edits = [
        step(Kind::CatalogEntry, &entry, if seed.is_multiple_of(2) { Verb::Suspend } else { Verb::Resume }),
        Command::PlaceOnShelf { counter: counters[who], entry, quantity },
        Command::SetPackItem { pack, entry, quantity },
        step(Kind::GiftPack, &pack, Verb::Publish),
        step(Kind::PurchaseOrder, order, Verb::Pool),
    ];
    let mut out: Vec<Command> =
        edits.into_iter().enumerate().filter(|(n, _)| seed >> (8 + n) & 3 != 0).map(|(_, c)| c).collect();
    // Each confirms the report of its own; in one round of three both want the same.
    let mine = if round.is_multiple_of(3) { 0 } else { who };
    let at = usize::try_from(seed >> 20).unwrap_or(0) % (out.len() + 1);
    out.insert(
        at,
        Command::ConfirmIncident { incident: incidents[mine], product: code.clone(), reason: "查实".into() },
    );
    out
}

/// The task of a child.
pub fn contend(dir: &Path, who: usize) {
    let store = Store::open(dir, Clock::Real, Ids::real(Clock::Real), false).expect("a database");
    let db = raw(store.path());
    let products = products(&db);
    let person = people()[who].clone();
    let ask = |by: &Actor, asked: Command| {
        let name = asked.name();
        match store.submit_wait(by, vec![asked]) {
            Ok(done) => child::say(&format!("done {name} {}", done.audit_no)),
            Err(StoreError::Refused(refusal)) => child::say(&format!("refused {name} {}", refusal.code)),
            Err(other) => child::say(&format!("error {other:?}")),
        }
    };
    for line in std::io::stdin().lines() {
        let round: usize = line.expect("a line").parse().expect("a round");
        let product = &products[round % products.len()];
        for asked in wishes(product, who, round) {
            ask(&person, asked);
        }
        // Both answer for every counter, each city for its own.
        for (by, area) in [(2, "6109%"), (3, "6110%")] {
            let open =
                "SELECT id FROM removal_notice WHERE county_code LIKE 'AREA' AND entry_id = x'ENTRY' ORDER BY seq";
            let open = open.replace("AREA", area).replace("ENTRY", &product.entry.simple().to_string());
            for notice in ids(&db, &open) {
                let (answer, reason) = (AckAnswer::NoneHeld, String::new());
                ask(&people()[by], Command::AckRemoval { notice, answer, quantity: 0, reason });
            }
        }
        child::say("end");
    }
}
