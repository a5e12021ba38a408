//! Two processes that delist, suspend, place, pack, order and answer the same product at once: every product leaves the
//! catalog once, nobody's change is lost, and who comes too late is told plainly why.

use super::child;
use super::kill::file_holds;
use crate::support::province::{COUNTIES, Province, line, order, org, pack};
use crate::support::replay::nothing_is_lost;
use crate::support::spread::verified;
use crate::support::storage::{Temporary, number, read_all};
use gongfu::domain::codes::DirectoryState;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::*;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStderr};
use uuid::Uuid;

/// Products of one file; small enough that looking at all rows stays quick.
const PRODUCTS: usize = 50;
const FILES: usize = 20;
/// What may be answered to who comes too late, and nothing else.
const REFUSALS: &[&str] = &["wrong-state", "not-listed", "open-incident", "order-held", "pack-empty"];

/// A province with [`PRODUCTS`] products more, each on two shelves, in a pack, on order, and with two incidents that
/// wait to be confirmed.
fn contested() -> Province {
    let mut p = Province::furnished();
    let counters: Vec<Uuid> = p.rows.all::<Counter>().iter().map(|c| c.id.0).collect();
    for n in 0..PRODUCTS {
        let entry = p.must(0, Command::ProposeEntry(line(100 + n, COUNTIES[n % 4])));
        let product = p.rows.get::<CatalogEntry>(entry).product_id.0;
        let (number, state) = (format!("ML{n}"), DirectoryState::Found);
        p.must(0, Command::CheckDirectory { product, number, state });
        p.walk(Kind::CatalogEntry, entry, &[Verb::Screen, Verb::List]);
        for counter in [counters[n % 4], counters[(n + 1) % 4]] {
            p.must(0, Command::PlaceOnShelf { counter, entry, quantity: 10 });
        }
        p.must(0, pack(&format!("争{n}"), &[entry]));
        p.must(0, order(org(6), &[entry]));
        (0..2).for_each(|_| _ = verified(&mut p, entry));
    }
    p
}

/// The parent's end of a child.
struct Rival {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStderr>>,
}

impl Rival {
    fn new(dir: &Path, who: usize) -> Rival {
        let mut child = child::start_listening(&format!("contend={who}"), dir);
        let lines = BufReader::new(child.stderr.take().expect("its answers")).lines();
        Rival { child, lines }
    }

    fn go(&mut self, round: usize) {
        writeln!(self.child.stdin.as_ref().expect("its input"), "{round}").expect("a child that reads");
    }

    /// Its answers of a round, each as outcome, command and code or number.
    fn answers(&mut self) -> Vec<[String; 3]> {
        let mut out = Vec::new();
        loop {
            let line = self.lines.next().expect("a child that answers").expect("a line");
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["end"] => return out,
                ["done" | "refused", name, what] => out.push([words[0], name, what].map(str::to_owned)),
                ["error", ..] => panic!("{line}"),
                // What the test harness says for itself.
                _ => {}
            }
        }
    }
}

/// Lets two processes at the same products, one round a product; gives how often each was answered how.
fn contest(whole: &Temporary, p: &Province) -> BTreeMap<(String, String), usize> {
    let s = Temporary::empty();
    std::fs::copy(whole.file(), s.file()).expect("a copy");
    let mut rivals = [0, 1].map(|who| Rival::new(s.path(), who));
    let (mut told, mut acknowledged) = (BTreeMap::new(), BTreeSet::new());
    let mut answers = 0;
    for round in 0..PRODUCTS {
        rivals.iter_mut().for_each(|r| r.go(round));
        for [outcome, name, what] in rivals.iter_mut().flat_map(Rival::answers) {
            answers += 1;
            if outcome == "done" {
                assert!(acknowledged.insert(what.parse::<i64>().expect("a number")), "{what} twice");
                *told.entry((name, outcome)).or_default() += 1;
            } else {
                assert!(REFUSALS.contains(&what.as_str()), "{name} was refused with {what}");
                *told.entry((name, what)).or_default() += 1;
            }
        }
    }
    for mut rival in rivals {
        drop(rival.child.stdin.take());
        assert!(rival.child.wait().expect("an end").success());
    }
    let (db, records) = file_holds(&s.file());
    assert_eq!(records, answers, "one record for each answer");
    let done: BTreeSet<i64> = ids_of_done(&db);
    assert_eq!(done, acknowledged, "what was acknowledged is what is there");
    nothing_is_lost(&p.rows, &db, &read_all(&db));
    once_each(&db);
    told
}

fn ids_of_done(db: &Connection) -> BTreeSet<i64> {
    let mut statement = db.prepare("SELECT no FROM audit WHERE outcome = 'done'").expect("sql");
    statement.query_map([], |r| r.get(0)).expect("rows").map(|r| r.expect("a number")).collect()
}

/// Every product left the catalog once, with one edition, and each of its counters was told once.
fn once_each(db: &Connection) {
    let products = i64::try_from(PRODUCTS).expect("few");
    for (sql, expected) in [
        ("SELECT count(*) FROM catalog_entry WHERE state = 'delisted'", products),
        ("SELECT count(*) FROM catalog_edition WHERE removed = 1 OR note LIKE 'QI-%'", products),
        ("SELECT count(*) FROM (SELECT DISTINCT entry_id, counter_id FROM removal_notice)", 2 * products),
        ("SELECT count(*) FROM removal_notice", 2 * products),
        ("SELECT count(*) FROM incident WHERE notices > 0", products),
        (
            "SELECT count(*) FROM (SELECT DISTINCT e.value ->> '$.id' FROM audit, json_each(audit.detail) e \
              WHERE e.value ->> '$.kind' = 'catalog_entry' AND e.value ->> '$.set.state[1]' = 'delisted')",
            products,
        ),
        (
            "SELECT count(*) FROM audit, json_each(audit.detail) e \
              WHERE e.value ->> '$.kind' = 'catalog_entry' AND e.value ->> '$.set.state[1]' = 'delisted'",
            products,
        ),
    ] {
        assert_eq!(number(db, sql), expected, "{sql}");
    }
    // Two reports, one delisting: both name its edition.
    let sql = "SELECT count(*) FROM incident a JOIN incident b ON a.entry_id = b.entry_id \
         WHERE a.confirmed_at IS NOT NULL AND b.confirmed_at IS NOT NULL AND a.edition_no <> b.edition_no";
    assert_eq!(number(db, sql), 0, "an edition for each report");
}

#[test]
fn two_processes_delist_answer_and_edit_the_same_products_and_each_leaves_the_catalog_once() {
    let p = contested();
    let whole = Temporary::of(&p.rows);
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for _ in 0..FILES {
        for (how, times) in contest(&whole, &p) {
            *told.entry(how).or_default() += times;
        }
    }
    let times = |name: &str, how: &str| told.get(&(name.to_owned(), how.to_owned())).copied().unwrap_or(0);
    // Rounds in which nobody came too late would prove nothing.
    for (name, how) in [
        ("incident.confirm", "done"),
        ("incident.confirm", "wrong-state"),
        ("removal_notice.acknowledge", "done"),
        ("removal_notice.acknowledge", "wrong-state"),
        ("catalog_entry.suspend", "done"),
        ("catalog_entry.suspend", "wrong-state"),
        ("counter.place", "done"),
        ("counter.place", "not-listed"),
        ("gift_pack.set_item", "done"),
        ("gift_pack.set_item", "not-listed"),
        ("gift_pack.publish", "done"),
        ("gift_pack.publish", "not-listed"),
        ("purchase_order.pool", "done"),
        ("purchase_order.pool", "order-held"),
    ] {
        assert!(times(name, how) >= 10, "{name} {how}: {told:?}");
    }
}
