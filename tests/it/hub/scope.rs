//! Who gets what: a console's pages hold its scope and nothing beside it, contacts only for those who may see them.

use super::ledger::{at, expected};
use super::places::{Bench, benches};
use crate::support::commands::Throw;
use crate::support::memory::{Memory, text};
use crate::support::province::people;
use gongfu::domain::actor::Actor;
use gongfu::domain::codes::Role;
use gongfu::domain::rights::OF_AN_AREA;
use gongfu::domain::rows::{Kind, Organisation, Row};
use gongfu::hub::ledger;
use gongfu::hub::pull::{self, Eye};
use gongfu::wire::row::from_line;
use std::collections::BTreeSet;
use uuid::Uuid;

#[test]
fn a_console_gets_its_scope_and_nothing_beside_it() {
    for bench in benches() {
        let rows = after_a_year(&bench);
        for (who, person) in people().iter().enumerate() {
            holds(person, &everything(&bench, who), &rows);
        }
        let hidden: usize = OF_AN_AREA.iter().map(|k| rows.of(*k).len() - everything(&bench, 4).of(*k).len()).sum();
        assert!(hidden > 20, "a county is not shown {hidden} rows of others");
    }
}

/// Lets everybody order a lot; the rows after it.
pub fn after_a_year(bench: &Bench) -> Memory {
    let (orders, rows) = expected(&(0..400).map(Throw::numbered).collect::<Vec<_>>());
    for (n, (who, order, _)) in orders.into_iter().enumerate() {
        bench.with(|e| ledger::take(e, at(n), &[(bench.devices[who].clone(), order)])).expect("taken");
    }
    rows
}

/// Whether what a person's console has is all it may have of these rows, and nothing else.
pub fn holds(person: &Actor, mine: &Memory, rows: &Memory) {
    for kind in Kind::ALL {
        let got: BTreeSet<Uuid> = mine.of(*kind).iter().map(Row::uuid).collect();
        for row in rows.of(*kind) {
            let owner = row.meta().org;
            let union = rows.all::<Organisation>().into_iter().find(|o| o.id.0 == owner);
            let county = Some(text(row, "county_code")).filter(|c| !c.is_empty());
            let area = county.or(union.map(|o| o.division_code)).unwrap_or_default();
            let own = person.covers(&area, owner);
            assert_eq!(got.contains(&row.uuid()), own || !OF_AN_AREA.contains(kind), "{kind:?} for {}", person.name);
            let there = mine.of(*kind).iter().find(|r| r.uuid() == row.uuid());
            if let (Some(there), true) = (there, *kind == Kind::Supplier) {
                let may = own && !matches!(person.role, Role::Auditor | Role::SellerFeed);
                let expected = if may { text(row, "contact_phone") } else { String::new() };
                assert_eq!(text(there, "contact_phone"), expected, "for {}", person.name);
            }
        }
    }
}

/// What a console has after pulling from the start, in pages of a few.
fn everything(bench: &Bench, who: usize) -> Memory {
    let person = &people()[who];
    let eye = Eye::new(&bench.devices[who], &person.division_code);
    let (mut cursor, mut rows) = (0, Vec::new());
    bench.with(|e| {
        let state = ledger::state(e).expect("a state");
        while cursor < state.seq {
            let page = pull::page(e, &state, &eye, cursor, 50).expect("a page");
            assert!(page.next > cursor);
            rows.extend(page.rows.into_iter().map(|(_, line)| from_line(&line).expect("a row")));
            cursor = page.next;
        }
    });
    let mut out = Memory::default();
    rows.into_iter().for_each(|r| out.put(r));
    out
}
