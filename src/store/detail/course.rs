//! How far the removal of an incident is: answers, silent counters, spot checks, the three places.

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// Counters of an incident by what they answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Course {
    pub notices: i64,
    pub silent: i64,
    /// Silent although they were reminded at least twice.
    pub unreached: i64,
    /// Silent and past their 24 hours.
    pub late: i64,
    /// Silent, and a reminder is due that was not sent.
    pub remind: i64,
    pub acknowledged: i64,
    pub explained: i64,
    pub checked: i64,
    /// Pieces taken down, as answered.
    pub removed: i64,
    /// When the last counter answered, in milliseconds.
    pub last_answer: Option<i64>,
    /// Of the three places, those where the delisting's edition is verified.
    pub verified_places: i64,
    pub buyers: i64,
    pub buyers_told: i64,
}

/// Reads the course of an incident.
///
/// # Errors
/// What SQLite says.
pub fn course(db: &Connection, incident: Uuid) -> rusqlite::Result<Course> {
    let id = incident.as_bytes().as_slice();
    let mut course = db
        .prepare_cached(
            "SELECT count(*), total(s), total(s AND reminders >= 2), total(s AND due_at <= gongfu_now()), \
             total(s AND reminders < (a >= 7200000) + (a >= 28800000) + (a >= 86400000)), \
             total(state = 'acknowledged'), total(state = 'explained'), total(state = 'checked') \
             FROM (SELECT state, state = 'unacknowledged' AS s, reminders, due_at, gongfu_now() - issued_at AS a \
             FROM removal_notice WHERE incident_id = ?1)",
        )?
        .query_row([id], |r| {
            // Sums of conditions: whole numbers that SQLite gives as reals.
            #[expect(clippy::cast_possible_truncation, reason = "counts of rows")]
            let n = |i: usize| -> rusqlite::Result<i64> { Ok(r.get::<_, f64>(i)? as i64) };
            Ok(Course {
                notices: r.get(0)?,
                silent: n(1)?,
                unreached: n(2)?,
                late: n(3)?,
                remind: n(4)?,
                acknowledged: n(5)?,
                explained: n(6)?,
                checked: n(7)?,
                ..Course::default()
            })
        })?;
    (course.removed, course.last_answer) = db
        .prepare_cached(
            "SELECT coalesce(sum(a.quantity), 0), max(a.at) FROM removal_ack a JOIN removal_notice n ON n.id = a.notice_id \
             WHERE n.incident_id = ?1",
        )?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))?;
    course.verified_places = db
        .prepare_cached(
            "SELECT count(DISTINCT p.channel) FROM publication p JOIN catalog_edition e ON e.id = p.edition_id \
             WHERE p.state = 'verified' AND e.number >= (SELECT edition_no FROM incident WHERE id = ?1)",
        )?
        .query_row([id], |r| r.get(0))
        .optional()?
        .unwrap_or(0);
    (course.buyers, course.buyers_told) = db
        .prepare_cached(
            "SELECT count(*), coalesce(sum(state = 'notified'), 0) FROM buyer_notice WHERE incident_id = ?1",
        )?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(course)
}
