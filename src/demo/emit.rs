//! The desk the province is written at: hands rows to the sink, makes ids and meta, counts.
//!
//! Owns what every row shares; must not decide what rows hold.

use super::rng::Rng;
use super::{Options, Progress, Summary};
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::record::Meta;
use crate::domain::rows::{Kind, Row};
use crate::domain::work::shanghai_date;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp, ToSpan};
use uuid::Uuid;

/// Outcome of a writing step.
pub(super) type Done<E> = Result<(), E>;

/// Rows between two calls of the progress callback.
const TELL_EVERY: u64 = 4096;
/// Ids of the demo are older than any made while it runs (1 June 2020, the day of the plan), so they sort before them.
const ID_TIME: Timestamp = Timestamp::constant(1_590_969_600, 0);

pub(super) struct Desk<'a, E> {
    pub(super) options: Options,
    sink: &'a mut dyn FnMut(Row) -> Result<(), E>,
    progress: &'a mut dyn FnMut(Progress),
    ids: Ids,
    summary: Summary,
    done: u64,
    expected: u64,
}

impl<'a, E> Desk<'a, E> {
    pub(super) fn new(
        options: Options,
        expected: u64,
        sink: &'a mut dyn FnMut(Row) -> Result<(), E>,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Desk<'a, E> {
        let ids = Ids::seeded(Clock::Fixed(ID_TIME), options.seed);
        Desk { options, sink, progress, ids, summary: Summary::default(), done: 0, expected }
    }

    /// Hands a row over.
    pub(super) fn put(&mut self, row: impl Into<Row>) -> Done<E> {
        let row = row.into();
        let kind = row.kind();
        *self.summary.rows.entry(kind).or_insert(0) += 1;
        self.done += 1;
        if self.done.is_multiple_of(TELL_EVERY) {
            (self.progress)(Progress { kind, done: self.done, expected: self.expected.max(self.done) });
        }
        (self.sink)(row)
    }

    /// Rows of a kind so far.
    pub(super) fn made(&self, kind: Kind) -> u64 {
        self.summary.count(kind)
    }

    pub(super) fn id(&mut self) -> Uuid {
        self.ids.next_id()
    }

    /// A random stream of its own for a part of the province.
    pub(super) fn rng(&self, stream: &str) -> Rng {
        Rng::new(self.options.seed, stream)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.options.now
    }

    pub(super) fn today(&self) -> Date {
        shanghai_date(self.options.now)
    }

    /// `hours` before now.
    pub(super) fn hours_ago(&self, hours: i64) -> Timestamp {
        later(self.options.now, -hours * 60)
    }

    pub(super) fn add_counted(&mut self, fen: i64) {
        self.summary.counted_fen = self.summary.counted_fen.saturating_add(fen);
    }

    pub(super) fn into_summary(self) -> Summary {
        self.summary
    }
}

/// Meta of a row made once and not changed since.
pub(super) fn made(org: Uuid, at: Timestamp, by: &str) -> Meta {
    changed(org, (at, by), (at, by), 1)
}

/// Meta of a row at revision `rev`.
pub(super) fn changed(org: Uuid, created: (Timestamp, &str), updated: (Timestamp, &str), rev: i64) -> Meta {
    Meta {
        org,
        rev,
        created_at: created.0,
        created_by: created.1.to_owned(),
        updated_at: updated.0.max(created.0),
        updated_by: updated.1.to_owned(),
        source: "demo".to_owned(),
    }
}

/// `minutes` after an instant.
pub(super) fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(at)
}

/// A day's instant in Asia/Shanghai, `minutes` after midnight.
pub(super) fn at(day: Date, minutes: i64) -> Timestamp {
    let midnight = TimeZone::fixed(offset(8)).to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(ID_TIME);
    later(midnight, minutes)
}

/// The day `days` after (before, when negative).
pub(super) fn plus(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// Whole days from `a` to `b`.
pub(super) fn days_between(a: Date, b: Date) -> i64 {
    (b - a).get_days().into()
}

/// `usize` as `i64`.
pub(super) fn int(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
