//! The hours before the demo is looked at: a few people do what they do every day, by the road everybody takes, so that
//! watch board, histories and audit have something to tell. One of them tries what a rule refuses.
//!
//! Changes no figure of the province: visits, a reminder, a shelf, a look at a contact.

use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::demo::NOW;
use crate::domain::actor::Actor;
use crate::domain::codes::{CounterState, EntryState, ReturnState, Role, ShelfState};
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::record::Record;
use crate::domain::rows::*;
use crate::domain::value::{Cell, Value};
use crate::domain::work::{Rows, shanghai_date};
use crate::sqlite::DbError;
use crate::store::rows::SqlRows;
use crate::store::{FILE, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// When the day began: the demo data were loaded then.
pub(super) fn morning() -> Timestamp {
    before(5 * 60 + 32)
}

fn before(minutes: i64) -> Timestamp {
    NOW.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(NOW)
}

/// Who does something: code of the union, role, name.
type Person = (&'static str, Role, &'static str);

/// What is done, by whom, how many minutes before the demo is looked at.
const DAY: &[(i64, Person, Doing)] = &[
    (274, ("ziyang_ftu", Role::County, "唐小满"), Doing::Visit("陈列整齐，价签齐全")),
    (251, ("ankang_ftu", Role::City, "王建平"), Doing::ResumeTooEarly),
    (207, ("sx_ftu", Role::Office, "周敏"), Doing::LookUpContact),
    (96, ("sx_ftu", Role::Office, "李静"), Doing::Remind),
    (52, ("zhashui_ftu", Role::County, "吴柞林"), Doing::Restock),
    (27, ("mianxian_ftu", Role::County, "郑勉"), Doing::Visit("补货及时，建议增加一个货架")),
    (12, ("zhashui_ftu", Role::County, "吴柞林"), Doing::Visit("二维码可以扫开")),
];

#[derive(Clone, Copy)]
enum Doing {
    Visit(&'static str),
    /// Of a product whose incident is open: refused, and in the audit.
    ResumeTooEarly,
    LookUpContact,
    Remind,
    Restock,
}

/// Lives the day in the database of `dir`.
///
/// # Errors
/// What is wrong with the file, or a rule that refuses what should be done.
pub(super) fn live(dir: &Path, seed: u64) -> Result<(), DbError> {
    for (minutes, (code, role, name), doing) in DAY {
        let clock = Clock::Fixed(before(*minutes));
        let failed = |e: StoreError| told(dir, e);
        let ids = Ids::seeded(clock, seed.wrapping_add(minutes.unsigned_abs()));
        let store = Store::open(dir, clock, ids, false).map_err(failed)?;
        let db = store.connect().map_err(failed)?;
        let day = Day { rows: SqlRows::new(&db), now: clock.now() };
        let Some(org) = day.find::<Organisation>("code", (*code).to_owned().to_value(), |_| true) else { continue };
        let actor = Actor {
            name: (*name).to_owned(),
            org_id: org.id.0,
            org_name: org.name.clone(),
            role: *role,
            division_code: org.division_code.clone(),
            login: String::new(),
            terminal: String::new(),
            ssh_client: String::new(),
            clock_set: false,
        };
        let Some(command) = day.command(*doing, &org) else { continue };
        match store.submit_wait(&actor, vec![command]) {
            Err(StoreError::Refused(_)) if matches!(doing, Doing::ResumeTooEarly) => {}
            other => other.map(|_| ()).map_err(failed)?,
        }
    }
    Ok(())
}

fn told(dir: &Path, e: StoreError) -> DbError {
    match e {
        StoreError::Db(e) => e,
        other => DbError::Other(dir.join(FILE), other.to_string()),
    }
}

struct Day<'a> {
    rows: SqlRows<'a>,
    now: Timestamp,
}

impl Day<'_> {
    /// The first row whose column has the value and that is as wanted.
    fn find<R: Record>(&self, column: &'static str, value: Value, wanted: impl Fn(&R) -> bool) -> Option<R> {
        let rows = self.rows.find(R::KIND, column, &value).ok()?;
        rows.into_iter().filter_map(R::from_row).find(|r| wanted(r))
    }

    /// An open counter of the county that has been looked after lately, so that no figure moves.
    fn counter(&self, county: &str) -> Option<Counter> {
        let lately = shanghai_date(self.now).checked_sub(jiff::Span::new().days(60)).ok()?;
        self.find("county_code", county.to_owned().to_value(), |c: &Counter| {
            c.state == CounterState::Active && c.last_visit.is_some_and(|d| d > lately && d < shanghai_date(self.now))
        })
    }

    fn command(&self, doing: Doing, org: &Organisation) -> Option<Command> {
        let suspended = || {
            self.find("state", EntryState::Suspended.to_value(), |e: &CatalogEntry| {
                e.county_code.starts_with("6109") && !e.suspended_for.is_empty()
            })
        };
        Some(match doing {
            Doing::Visit(note) => {
                let counter = self.counter(&org.division_code)?.id.0;
                Command::VisitCounter { counter, on: shanghai_date(self.now), note: note.to_owned() }
            }
            Doing::ResumeTooEarly => {
                let (id, reason) = (suspended()?.id.0, "企业称已自查，申请先恢复".to_owned());
                Command::Move { kind: Kind::CatalogEntry, id, verb: Verb::Resume, reason }
            }
            Doing::LookUpContact => Command::RevealContact { supplier: suspended()?.supplier_id.0 },
            Doing::Remind => {
                let owed = |r: &Return| r.submitted_at.is_none();
                Command::RemindReturn { id: self.find("state", ReturnState::NotStarted.to_value(), owed)?.id.0 }
            }
            Doing::Restock => {
                let counter = self.counter(&org.division_code)?;
                let sold = |l: &ShelfLine| l.state == ShelfState::Sellable;
                let line = self.find("counter_id", counter.id.to_value(), sold)?;
                let (counter, entry) = (counter.id.0, line.entry_id.0);
                Command::PlaceOnShelf { counter, entry, quantity: line.quantity + 24 }
            }
        })
    }
}
