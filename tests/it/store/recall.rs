//! The recall answers against a walk over every row: the indices leave nobody out and count nobody twice.

use crate::support::pty::Demo;
use crate::support::storage::raw;
use gongfu::domain::rows::Kind;
use gongfu::store::convert::uuid;
use gongfu::store::recall::{self, Part, Recall};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

struct Bought {
    entry: Uuid,
    batch: Option<Uuid>,
    buyer: Uuid,
    pieces: i64,
    fen: i64,
    counts: bool,
}

struct Stood {
    entry: Uuid,
    counter: Uuid,
    pieces: i64,
    there: bool,
}

/// Everything that was ever bought, ordered and put on a shelf.
struct Everything {
    bought: Vec<Bought>,
    /// Entry, order, its state, pieces.
    ordered: Vec<(Uuid, Uuid, String, i64)>,
    stood: Vec<Stood>,
}

fn everything(db: &Connection) -> Everything {
    let optional = |r: &rusqlite::Row<'_>, i: usize| -> rusqlite::Result<Option<Uuid>> {
        let blob: Option<Vec<u8>> = r.get(i)?;
        Ok(blob.map(|b| Uuid::from_slice(&b).expect("an id")))
    };
    let mut purchases = db
        .prepare("SELECT entry_id, batch_id, buyer_id, quantity, amount_fen, state FROM purchase NOT INDEXED")
        .expect("sql");
    let bought = purchases.query_map([], |r| {
        let state: String = r.get(5)?;
        let pieces: i64 = r.get(3)?;
        let counts = state != "rejected" && state != "adjusted" && pieces != 0;
        let entry = optional(r, 0)?.unwrap_or_default();
        Ok(Bought { entry, batch: optional(r, 1)?, buyer: uuid(r, 2)?, pieces, fen: r.get(4)?, counts })
    });
    let bought = bought.expect("rows").map(|r| r.expect("a row")).collect();
    let sql = "SELECT l.entry_id, l.order_id, o.state, l.quantity FROM order_line l NOT INDEXED, purchase_order o \
               WHERE o.id = l.order_id";
    let mut lines = db.prepare(sql).expect("sql");
    let ordered = lines.query_map([], |r| Ok((uuid(r, 0)?, uuid(r, 1)?, r.get(2)?, r.get(3)?)));
    let ordered = ordered.expect("rows").map(|r| r.expect("a row")).collect();
    let mut shelves =
        db.prepare("SELECT entry_id, counter_id, quantity, state FROM shelf_line NOT INDEXED").expect("sql");
    let stood = shelves.query_map([], |r| {
        let there = r.get::<_, String>(3)? != "removed";
        Ok(Stood { entry: uuid(r, 0)?, counter: uuid(r, 1)?, pieces: r.get(2)?, there })
    });
    Everything { bought, ordered, stood: stood.expect("rows").map(|r| r.expect("a row")).collect() }
}

/// Who, how many pieces and how much money.
type Sums = (usize, i64, i64);

fn sums(part: &Part) -> Sums {
    (usize::try_from(part.total).expect("few"), part.pieces, part.fen)
}

fn walk(all: &Everything, recall: &Recall, unknown_too: bool) -> [Sums; 4] {
    let entry = recall.entry.id.0;
    let batches: BTreeSet<Uuid> = recall.batches.iter().map(|b| b.id.0).collect();
    let mut buyers: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for b in all.bought.iter().filter(|b| b.entry == entry && b.counts) {
        if b.batch.map_or(unknown_too, |batch| batches.contains(&batch)) {
            let sum = buyers.entry(b.buyer).or_default();
            *sum = (sum.0 + b.pieces, sum.1 + b.fen);
        }
    }
    let orders = |states: &[&str]| {
        let mine = all.ordered.iter().filter(|(e, _, state, _)| *e == entry && states.contains(&state.as_str()));
        let mine: Vec<_> = mine.collect();
        let ids: BTreeSet<Uuid> = mine.iter().map(|(_, id, ..)| *id).collect();
        (ids.len(), mine.iter().map(|(.., n)| n).sum(), 0)
    };
    let shelves: Vec<_> = all.stood.iter().filter(|s| s.entry == entry && s.there).collect();
    let counters: BTreeSet<Uuid> = shelves.iter().map(|s| s.counter).collect();
    [
        (buyers.len(), buyers.values().map(|s| s.0).sum(), buyers.values().map(|s| s.1).sum()),
        orders(&["requested", "pooled", "ordered"]),
        orders(&["shipped", "received", "accepted", "disputed"]),
        (counters.len(), shelves.iter().map(|s| s.pieces).sum(), 0),
    ]
}

#[test]
fn the_three_answers_are_those_of_a_walk_over_every_row() {
    let demo = Demo::new();
    let db = raw(&demo.path().join("gongfu.db"));
    let all = everything(&db);
    let ids = |table: &str, most: usize| -> Vec<Uuid> {
        let mut statement = db.prepare(&format!("SELECT id FROM {table} ORDER BY seq LIMIT {most}")).expect("sql");
        let rows = statement.query_map([], |r| uuid(r, 0)).expect("rows").map(|r| r.expect("an id"));
        rows.collect()
    };
    let mut seen = [0_usize; 4];
    for (kind, table, most) in
        [(Kind::Incident, "incident", 120), (Kind::Batch, "batch", 400), (Kind::CatalogEntry, "catalog_entry", 400)]
    {
        for id in ids(table, most) {
            let recall = recall::read(&db, kind, id).expect("a read").expect("it is there");
            let mine = [&recall.buyers, &recall.stoppable, &recall.arrived, &recall.shelves].map(sums);
            let mut walked = walk(&all, &recall, kind != Kind::Batch);
            // What an order comes to is of its lines' prices, which the walk leaves alone.
            (1..3).for_each(|i| walked[i].2 = mine[i].2);
            assert_eq!(mine, walked, "{table} {id} {}", recall.entry.code);
            seen.iter_mut().zip(mine).for_each(|(n, sums)| *n += sums.0);
        }
    }
    assert!(seen.iter().all(|n| *n > 0), "every answer was given to some: {seen:?}");
    assert!(recall::read(&db, Kind::Incident, Uuid::nil()).expect("a read").is_none());
}
