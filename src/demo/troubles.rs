//! The 120 incidents as drawn beforehand: which entry, how grave, how far, when. Catalog, editions, shelves and incident
//! rows all follow from this one list.
//!
//! Owns the course of incidents and the numbers of catalog editions; writes no rows.

use super::emit::{Desk, at, days_between, later, plus};
use super::plan::Plan;
use super::rng::Rng;
use super::words::TITLES;
use crate::domain::codes::{Grade, IncidentState};
use crate::domain::work::shanghai_date;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::collections::{HashMap, HashSet};

/// An incident that is still open: grade, state, hours since the report, entry suspended.
type Open = (Grade, IncidentState, i64, bool);

use Grade::{One, Three, Two};
use IncidentState as S;

/// The open ones. One of them runs a removal, confirmed [`REMOVAL_HOURS`] ago.
const OPEN: &[Open] = &[
    (One, S::Verifying, 9, true),
    (Two, S::RemovalRunning, 61, false),
    (Two, S::Verifying, 41, true),
    (Two, S::Triaged, 7, true),
    (Two, S::Reported, 2, false),
    (Three, S::Reported, 1, false),
    (Three, S::Reported, 5, false),
    (Three, S::Reported, 11, false),
    (Three, S::Triaged, 20, true),
    (Three, S::Triaged, 27, false),
    (Three, S::Triaged, 33, false),
    (Three, S::Verifying, 50, true),
    (Three, S::Verifying, 74, true),
    (Three, S::Reopened, 300, false),
];
/// Hours since the running removal was confirmed and its notices went out.
pub(super) const REMOVAL_HOURS: i64 = 26;
/// Counters that have to answer it, and those that have not.
pub(super) const REMOVAL_COUNTERS: usize = 214;
pub(super) const REMOVAL_UNANSWERED: usize = 31;
/// Past incidents by outcome.
const PAST: &[(IncidentState, usize)] = &[(S::Closed, 46), (S::Unfounded, 32), (S::NotSerious, 28)];
/// Days on which editions were signed besides those a delisting makes, and their share of the entries in 1/100.
const EDITIONS: &[(Date, usize)] = &[
    (date(2020, 6, 5), 60),
    (date(2020, 6, 19), 9),
    (date(2020, 7, 3), 8),
    (date(2020, 7, 17), 8),
    (date(2020, 7, 28), 9),
    (date(2020, 8, 7), 4),
    (date(2020, 8, 17), 2),
];

/// One incident from report to end.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    /// Index of the catalog item (of the first scale step).
    pub(super) item: usize,
    pub(super) grade: Grade,
    pub(super) state: IncidentState,
    pub(super) title: &'static str,
    pub(super) reported: Timestamp,
    pub(super) triaged: Option<Timestamp>,
    pub(super) verified: Option<Timestamp>,
    pub(super) confirmed: Option<Timestamp>,
    pub(super) closed: Option<Timestamp>,
    /// The entry is suspended because of it now.
    pub(super) suspends: bool,
    /// This incident took the entry out of the catalog.
    pub(super) delists: bool,
    /// Counters that had the product.
    pub(super) counters: usize,
}

/// A catalog edition to be written.
pub(super) struct EditionPlan {
    pub(super) at: Timestamp,
    /// Index of the incident that made it; `None` for a regular one.
    pub(super) trouble: Option<usize>,
}

pub(super) struct Troubles {
    /// In the order of their reports, which is that of their codes.
    pub(super) list: Vec<Trouble>,
    /// In the order of their numbers, from 1.
    pub(super) editions: Vec<EditionPlan>,
    /// Numbers of the regular editions and their share of new entries.
    pub(super) regular: Vec<(i64, usize)>,
    /// The incident that decides an item's state.
    by_item: HashMap<usize, usize>,
    involved: HashSet<usize>,
}

impl Troubles {
    /// The incident that suspended or delisted an item.
    pub(super) fn of_item(&self, item: usize) -> Option<(usize, &Trouble)> {
        let i = *self.by_item.get(&item)?;
        self.list.get(i).map(|t| (i, t))
    }

    /// Whether any incident is about the item, so that it must have been listed.
    pub(super) fn is_involved(&self, item: usize) -> bool {
        self.involved.contains(&item)
    }
}

/// The code of the incident at this place of the list.
pub(super) fn code(index: usize) -> String {
    format!("QI-2020-{:04}", index + 1)
}

pub(super) fn draw<E>(desk: &Desk<'_, E>, plan: &Plan<'_>) -> Troubles {
    let mut rng = desk.rng("troubles");
    let mut free = items(&mut rng, plan);
    let mut take = || {
        let item = free.pop().unwrap_or(0);
        (item, plan.items.get(item).map_or("", |i| i.specialty.category.as_str()))
    };
    let mut list = Vec::new();
    for open in OPEN {
        let goods = take();
        let t = open_one(desk, &mut rng, *open, goods);
        if open.1 == S::Reopened {
            // It was reopened after another incident had already taken the entry out.
            let first = t.confirmed.map_or(t.reported, |at| later(at, -60 * 24 * 3));
            list.push(past(&mut rng, S::Closed, first, goods));
        }
        list.push(t);
    }
    let (first, last) = (date(2020, 6, 8), plus(desk.today(), -14));
    let span = days_between(first, last).max(1);
    for (state, count) in PAST {
        // One of the closed ones is the first of the reopened pair.
        let count = count - usize::from(*state == S::Closed);
        for _ in 0..count {
            let day = plus(first, rng.between(0, span));
            let reported = at(day, rng.between(8 * 60, 18 * 60));
            list.push(past(&mut rng, *state, reported, take()));
        }
    }
    list.sort_by_key(|t| (t.reported, t.item));
    finish(list)
}

/// Items that may have incidents, shuffled: not the first three of a county, which stay on sale.
fn items(rng: &mut Rng, plan: &Plan<'_>) -> Vec<usize> {
    let mut items: Vec<usize> = plan.items.iter().enumerate().filter(|(_, i)| i.place >= 3).map(|(n, _)| n).collect();
    for i in (1..items.len()).rev() {
        items.swap(i, rng.below(i + 1));
    }
    items
}

fn open_one<E>(
    desk: &Desk<'_, E>,
    rng: &mut Rng,
    (grade, state, hours, suspends): Open,
    (item, category): (usize, &str),
) -> Trouble {
    let reported = desk.hours_ago(hours);
    let delists = state == S::RemovalRunning;
    let done = |yes: bool, at: Timestamp| yes.then_some(at);
    let confirmed = match state {
        S::RemovalRunning => Some(desk.hours_ago(REMOVAL_HOURS)),
        S::Reopened => Some(desk.hours_ago(hours - 90)),
        _ => None,
    };
    let verifying = matches!(state, S::Verifying | S::RemovalRunning | S::Reopened);
    Trouble {
        item,
        grade,
        state,
        title: title(rng, grade, category),
        reported,
        triaged: done(state != S::Reported, later(reported, 70)),
        verified: done(verifying, later(reported, 60 * (hours / 3).min(30))),
        confirmed,
        closed: None,
        suspends,
        delists,
        counters: if delists { REMOVAL_COUNTERS } else { usize::from(suspends) * (6 + rng.below(20)) },
    }
}

fn past(rng: &mut Rng, state: IncidentState, reported: Timestamp, (item, category): (usize, &str)) -> Trouble {
    let grade = match rng.weighted(&[1, 4, 7]) {
        0 => One,
        1 => Two,
        _ => Three,
    };
    let triaged = later(reported, rng.between(25, 200));
    let verified = later(triaged, rng.between(5 * 60, 40 * 60));
    let judged = later(verified, rng.between(90, 20 * 60));
    let delists = state == S::Closed;
    let closed = if delists { later(judged, rng.between(30 * 60, 7 * 24 * 60)) } else { judged };
    Trouble {
        item,
        grade,
        state,
        title: title(rng, grade, category),
        reported,
        triaged: Some(triaged),
        verified: Some(verified),
        confirmed: delists.then_some(judged),
        closed: Some(closed),
        suspends: false,
        delists,
        counters: if delists { 8 + rng.below(23) } else { 0 },
    }
}

/// A title that can happen to goods of the category.
fn title(rng: &mut Rng, grade: Grade, category: &str) -> &'static str {
    let food = !["silk", "handicraft"].contains(&category);
    let fits = |only: &str| only.is_empty() || (only == "food" && food) || only.split(' ').any(|c| c == category);
    let fitting: Vec<&'static str> =
        TITLES.iter().filter(|(g, _, only)| *g == grade && fits(only)).map(|(_, title, _)| *title).collect();
    rng.pick(&fitting)
}

/// Numbers the editions by time: the regular ones and one for each delisting.
fn finish(list: Vec<Trouble>) -> Troubles {
    let mut editions: Vec<EditionPlan> =
        EDITIONS.iter().map(|(day, _)| EditionPlan { at: at(*day, 16 * 60), trouble: None }).collect();
    for (i, t) in list.iter().enumerate().filter(|(_, t)| t.delists) {
        if let Some(confirmed) = t.confirmed {
            editions.push(EditionPlan { at: confirmed, trouble: Some(i) });
        }
    }
    editions.sort_by_key(|e| (e.at, e.trouble));
    let shares = |day: Date| EDITIONS.iter().find(|(d, _)| *d == day).map_or(0, |(_, share)| *share);
    let number = |(n, e): (usize, &EditionPlan)| {
        (e.trouble.is_none()).then(|| (super::emit::int(n + 1), shares(shanghai_date(e.at))))
    };
    let regular = editions.iter().enumerate().filter_map(number).collect();
    let deciding = list.iter().enumerate().filter(|(_, t)| t.suspends || t.delists);
    Troubles {
        by_item: deciding.map(|(i, t)| (t.item, i)).collect(),
        involved: list.iter().map(|t| t.item).collect(),
        editions,
        regular,
        list,
    }
}
