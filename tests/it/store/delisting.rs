//! Delistings among random commands on a real file: one record for each command, no list that offers what was delisted,
//! and the same rows again from the accepted commands alone.

use crate::support::commands::{Throw, command, throws};
use crate::support::memory::Memory;
use crate::support::province::{NOW, Province};
use crate::support::replay::nothing_is_lost;
use crate::support::spread::verified;
use crate::support::storage::{Temporary, number, read_all};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::base::locale::Lang;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::{EntryState, OrderState};
use gongfu::domain::command::Command;
use gongfu::domain::rows::*;
use gongfu::store::audit::{Verdict, verify};
use gongfu::store::list::ListKind;
use gongfu::store::page::{Anchor, ListQuery, stream};
use gongfu::store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A command with all that its decision depends on besides the rows.
struct Asked {
    actor: Actor,
    command: Command,
    at: Timestamp,
    ids: Ids,
}

impl Asked {
    /// The `n`th: a minute after the one before it, with ids of its own.
    fn new(rows: &Memory, n: u64, t: Throw, people: &[Actor]) -> Asked {
        let command = command(rows, t);
        let actor = people[t.person(people.len(), &command)].clone();
        let at = NOW + SignedDuration::from_mins(i64::try_from(n).expect("few"));
        Asked { actor, command, at, ids: Ids::seeded(Clock::Fixed(at), n) }
    }

    /// Asks the file, as a program that is started for it does.
    fn ask(&self, s: &Temporary) -> Result<i64, &'static str> {
        let store = Store::open(s.path(), Clock::Fixed(self.at), self.ids.clone(), false).expect("opens");
        match store.submit_wait(&self.actor, vec![self.command.clone()]) {
            Ok(done) => Ok(done.audit_no),
            Err(StoreError::Refused(refusal)) => Err(refusal.code),
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// The newest record is of this command, by this person, with this outcome, and it is the only new one.
fn one_record(db: &Connection, asked: &Asked, outcome: &Result<i64, &'static str>, no: i64) {
    assert_eq!(number(db, "SELECT count(*) FROM audit"), no, "one record more: {:?}", asked.command);
    let sql = "SELECT no, command, person, outcome, at, detail <> '[]' FROM audit ORDER BY no DESC LIMIT 1";
    let found: (i64, String, String, String, i64, bool) = db
        .query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?)))
        .expect("a record");
    let expected = outcome.map_or_else(|code| code, |_| "done").to_owned();
    let (name, person, at) = (asked.command.name(), asked.actor.name.clone(), asked.at.as_millisecond());
    let changed = found.5;
    assert_eq!((found.0, found.1, found.2, found.3, found.4), (no, name, person, expected, at));
    assert!(outcome.is_ok() || !changed, "a refused command noted changes");
    assert!(outcome.is_err() || outcome == &Ok(no), "the number that was told");
}

/// Every row of a list under a filter, read as a person's list and an export are.
fn listed(db: &Connection, kind: ListKind, typed: &str) -> BTreeSet<Uuid> {
    let filter = super::filters::parse(db, Lang::Zh, kind, typed).expect("a filter");
    let query = ListQuery { filter, ..super::pages::query(kind, &Vec::new(), Anchor::Start, 60) };
    let mut out = BTreeSet::new();
    stream(db, &query, None, |row| out.insert(row.id)).expect("a list");
    out
}

/// What is on offer anywhere refers to nothing that was delisted.
fn nothing_offers_what_is_delisted(db: &Connection, rows: &Memory) {
    let gone: BTreeSet<EntryId> =
        rows.all::<CatalogEntry>().iter().filter(|e| e.state == EntryState::Delisted).map(|e| e.id).collect();
    let offered = |kind, typed| listed(db, kind, typed);
    let entries = offered(ListKind::Catalog, "state:listed");
    assert!(gone.iter().all(|e| !entries.contains(&e.0)), "the catalog lists what was delisted");
    let shelves = offered(ListKind::Shelf, "state:sellable");
    for line in rows.all::<ShelfLine>().iter().filter(|l| gone.contains(&l.entry_id)) {
        assert!(!shelves.contains(&line.id.0), "a shelf sells what was delisted");
    }
    let mall = offered(ListKind::Mall, "state:on_sale");
    for listing in rows.all::<MallListing>().iter().filter(|l| gone.contains(&l.entry_id)) {
        assert!(!mall.contains(&listing.id.0), "the mall sells what was delisted");
    }
    let packs = offered(ListKind::Packs, "state:published");
    for item in rows.all::<GiftPackItem>().iter().filter(|i| i.quantity > 0 && gone.contains(&i.entry_id)) {
        assert!(!packs.contains(&item.pack_id.0), "a published pack holds what was delisted");
    }
    for line in rows.all::<OrderLine>().iter().filter(|l| gone.contains(&l.entry_id)) {
        let order: PurchaseOrder = rows.get(line.order_id.0);
        let open = matches!(order.state, OrderState::Requested | OrderState::Pooled | OrderState::Ordered);
        assert!(!open || order.held, "{} is under way with what was delisted", order.code);
    }
}

/// Asks for everything, then for what was accepted alone, on a file of its own; gives the number of delistings.
fn again_from_the_accepted(throws: &[Throw]) -> usize {
    let mut p = Province::furnished();
    // Four incidents are well on their way: random commands alone seldom bring one to its end.
    let entries: Vec<Uuid> = p.rows.all::<CatalogEntry>().iter().take(4).map(|e| e.id.0).collect();
    entries.into_iter().for_each(|e| _ = verified(&mut p, e));
    let (first, second) = (Temporary::of(&p.rows), Temporary::of(&p.rows));
    let db = first.open().connect().expect("a reader");
    let (mut accepted, mut rows) = (Vec::new(), p.rows.clone());
    for (n, t) in (1..).zip(throws) {
        let asked = Asked::new(&rows, n, *t, &p.people);
        let outcome = asked.ask(&first);
        one_record(&db, &asked, &outcome, i64::try_from(n).expect("few"));
        if outcome.is_ok() {
            rows = read_all(&db);
            nothing_offers_what_is_delisted(&db, &rows);
            accepted.push(asked);
        }
    }
    let asked = i64::try_from(throws.len()).expect("few");
    assert!(matches!(verify(&db, |_| {}), Ok(Verdict::Whole { records, .. }) if records == asked));
    nothing_is_lost(&p.rows, &db, &rows);
    for (n, asked) in (1..).zip(&accepted) {
        assert_eq!(asked.ask(&second), Ok(n), "accepted before: {:?}", asked.command);
    }
    let replayed = read_all(&second.open().connect().expect("a reader"));
    for kind in Kind::ALL {
        assert_eq!(replayed.of(*kind), rows.of(*kind), "{}", kind.table());
    }
    accepted.iter().filter(|a| matches!(a.command, Command::ConfirmIncident { .. })).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn accepted_commands_make_the_same_rows_again_whatever_was_asked_between(throws in throws(40)) {
        again_from_the_accepted(&throws);
    }
}

#[test]
fn accepted_commands_make_the_same_rows_again_over_a_year_with_delistings() {
    let year = |start: u64| (0..200).map(|n| Throw::numbered(start * 10_000 + n)).collect::<Vec<_>>();
    let delistings: usize = (0..3).map(|start| again_from_the_accepted(&year(start))).sum();
    assert!(delistings >= 4, "{delistings} delistings");
}
