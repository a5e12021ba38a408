//! One product that is everywhere at once, and what its delisting must have done: told from the rows of the file alone,
//! by plain SQL, so that nothing of the code under test is asked.

use super::province::{Province, order, org, pack};
use super::storage::number;
use gongfu::domain::codes::*;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::*;
use rusqlite::Connection;
use uuid::Uuid;

pub const PACKS: usize = 24;
pub const ORDERS: usize = 10;

/// The furnished province with its first product at `counters` counters, in 24 packs and ten orders more, and an
/// incident about it that waits to be confirmed by anyone of the office.
pub fn spread(counters: usize) -> Province {
    let mut p = Province::furnished();
    let entries: Vec<Uuid> = p.rows.all::<CatalogEntry>().iter().map(|e| e.id.0).collect();
    let entry = entries[0];
    for n in 0..PACKS {
        let pack = p.must(0, pack(&format!("礼包{n}"), &[entry, entries[1 + n % 4]]));
        p.walk(Kind::GiftPack, pack, &[Verb::Publish]);
    }
    (0..ORDERS).for_each(|_| _ = p.must(0, order(org(6), &[entry])));
    verified(&mut p, entry);
    let line = p.rows.all::<ShelfLine>().into_iter().find(|l| l.entry_id.0 == entry).expect("a shelf with it");
    let counter: Counter = p.rows.get(line.counter_id.0);
    let there = p.rows.all::<ShelfLine>().iter().filter(|l| l.entry_id.0 == entry).count();
    // Made as rows: by commands in memory it would take as long as all kills together.
    for n in 0..(counters - there) as u128 {
        let id = CounterId(Uuid::from_u128(0x1_0000_0000 + n));
        let (code, name) = (format!("ZG610926-9{n:04}"), format!("专柜{n}"));
        p.rows.append(Counter { id, code, name, ..counter.clone() }.into());
        let shelf = ShelfLineId(Uuid::from_u128(0x2_0000_0000 + n));
        p.rows.append(ShelfLine { id: shelf, counter_id: id, ..line.clone() }.into());
    }
    p
}

/// Reports an incident, looks at it, and verifies it; what is left to do is to confirm it.
pub fn verified(p: &mut Province, entry: Uuid) -> Uuid {
    let (kind, title, sha256) = (EvidenceKind::TestReport, "报告".to_owned(), "ab".repeat(32));
    let (grade, recall_class, batches) = (Grade::One, Grade::One, String::new());
    let report = Command::ReportIncident { entry, title: "霉变".into(), place: "西安".into(), grade };
    let incident = p.must(2, report);
    p.must(2, Command::AddEvidence { incident, kind, title, sha256, bytes: 9 });
    let reason = || "核查".to_owned();
    p.must(0, Command::TriageIncident { incident, grade, recall_class, batches, suspend: false, reason: reason() });
    p.must(2, Command::Move { kind: Kind::Incident, id: incident, verb: Verb::Verify, reason: reason() });
    incident
}

/// Every effect of domain section 4 with its number before the delisting and after it.
pub fn effects(counters: i64) -> Vec<(&'static str, String, i64, i64)> {
    let (packs, orders) = (i64::try_from(PACKS).expect("few") + 1, i64::try_from(ORDERS).expect("few") + 1);
    let entry = "(SELECT entry_id FROM incident)";
    let of = |sql: &str| sql.replace("ENTRY", entry);
    let rows = [
        ("entry", "FROM catalog_entry WHERE id = ENTRY AND state = 'delisted'", 0, 1),
        ("edition", "FROM catalog_edition WHERE removed = 1", 0, 1),
        ("places to publish", "FROM publication WHERE republish = 1 AND state = 'pending'", 0, 3),
        ("notices", "FROM removal_notice WHERE entry_id = ENTRY AND state = 'unacknowledged'", 0, counters),
        ("counters told", "FROM (SELECT DISTINCT counter_id FROM removal_notice)", 0, counters),
        ("shelves", "FROM shelf_line WHERE entry_id = ENTRY AND state = 'sellable'", counters, 0),
        (
            "packs",
            "FROM gift_pack p JOIN gift_pack_item i ON i.pack_id = p.id WHERE i.entry_id = ENTRY AND p.state = 'published'",
            packs,
            0,
        ),
        (
            "orders",
            "FROM purchase_order o JOIN order_line l ON l.order_id = o.id WHERE l.entry_id = ENTRY AND NOT o.held",
            orders,
            0,
        ),
        ("mall", "FROM mall_listing WHERE entry_id = ENTRY AND state = 'on_sale'", 1, 0),
        ("agreements", "FROM sales_agreement WHERE entry_id = ENTRY AND state <> 'suspended'", 1, 0),
        ("batches", "FROM batch WHERE entry_id = ENTRY AND state <> 'recalled'", 2, 0),
        (
            "codes",
            "FROM trace_code c JOIN batch b ON b.id = c.batch_id WHERE b.entry_id = ENTRY AND NOT c.page_stopped",
            4,
            0,
        ),
        ("promotions", "FROM promotion WHERE state = 'running'", 1, 0),
        ("buyers", "FROM buyer_notice WHERE state = 'pending'", 0, 1),
        ("supplier", "FROM supplier WHERE under_review", 0, 1),
        ("siblings", "FROM catalog_entry WHERE under_review", 0, 1),
        ("incident", "FROM incident WHERE state = 'removal_running' AND confirmed_by <> ''", 0, 1),
        ("step", "FROM incident_step WHERE verb = 'confirm'", 0, 1),
        ("record", "FROM audit WHERE command = 'incident.confirm' AND outcome = 'done'", 0, 1),
    ];
    rows.into_iter()
        .map(|(name, sql, before, after)| (name, of(&format!("SELECT count(*) {sql}")), before, after))
        .collect()
}

/// What is there of a delisting: all of it, nothing of it; anything else is named.
pub fn delisted(db: &Connection, effects: &[(&'static str, String, i64, i64)]) -> bool {
    let found: Vec<i64> = effects.iter().map(|(_, sql, ..)| number(db, sql)).collect();
    if effects.iter().zip(&found).all(|((_, _, before, _), n)| n == before) {
        return false;
    }
    let missing: Vec<String> = effects
        .iter()
        .zip(&found)
        .filter(|((_, _, _, after), n)| *n != after)
        .map(|((name, _, before, after), n)| format!("{name}: {n}, neither {before} in all nor {after}"))
        .collect();
    assert!(missing.is_empty(), "half a delisting: {missing:?}");
    true
}

/// Rows, revisions and changes of every table: two files that agree in it had the same changes.
pub fn fingerprint(db: &Connection) -> Vec<(&'static str, i64, i64, i64)> {
    let of = |kind: &Kind| {
        let table = kind.table();
        let one = |what: &str| number(db, &format!("SELECT coalesce({what}, 0) FROM \"{table}\""));
        (table, one("count(*)"), one("sum(rev)"), one("sum(change_no > 0)"))
    };
    Kind::ALL.iter().map(of).collect()
}
