//! What keeps this console from its hub, or makes its data doubtful: each one line of the board.
//!
//! Owns when there is such a line. Its words are `urgent-<id>` of the locale.

use super::Urgent;
use crate::store::export::OLD_MS;
use crate::store::link::{Link, trouble};
use crate::store::{level, link, setting};
use jiff::Timestamp;
use rusqlite::Connection;

/// A hub that has not answered for so long is told: 15 minutes, in milliseconds.
const AWAY_MS: i64 = 15 * 60_000;
/// A clock that is off by more than this is told: two minutes.
const CLOCK_MS: i64 = 120_000;
/// How long a hub that was put back from a copy is told: three days.
const RESTORED_MS: i64 = 3 * OLD_MS;

/// Troubles a person must see to, with their ids. A contradiction has a line of its own; that a hub is away shows by its age.
const TROUBLES: [(&str, &str); 6] = [
    (trouble::REVOKED, "hub-revoked"),
    (trouble::UNKNOWN, "hub-unknown"),
    (trouble::STRANGER, "hub-stranger"),
    (trouble::CERTIFICATE, "hub-certificate"),
    (trouble::VERSION, "hub-version"),
    (trouble::DISK, "hub-disk"),
];

/// The lines of a console; none of a database that belongs to no hub.
///
/// # Errors
/// What SQLite says.
pub(super) fn matters(db: &Connection, now: Timestamp) -> rusqlite::Result<Vec<Urgent>> {
    let Some(link) = link::get(db)? else { return Ok(Vec::new()) };
    let mut out: Vec<Urgent> = TROUBLES
        .iter()
        .filter(|(code, _)| *code == link.trouble)
        .map(|(_, id)| line(id, 1, since(link.heard_at)))
        .collect();
    out.extend(age(&link, now));
    if link.clock_ms.abs() > CLOCK_MS {
        // As an age it reads in hours and days.
        out.push(line("hub-clock", 3, since(now.as_millisecond() - link.clock_ms.abs())));
    }
    if setting::get(db, setting::HUB_ASKED)?.is_some() {
        out.push(line("hub-asked", 5, None));
    }
    let sql = "SELECT max(at) FROM audit WHERE command = ?1 AND at > ?2";
    let restored: Option<i64> =
        db.prepare_cached(sql)?.query_row((level::RESTORED, now.as_millisecond() - RESTORED_MS), |r| r.get(0))?;
    if let Some(at) = restored {
        let told = line("hub-restored", 3, since(at));
        out.push(Urgent { list: "audit", filter: format!("command:{}", level::RESTORED), ..told });
    }
    Ok(out)
}

/// That the data are old, or else that the hub has been away for a while.
fn age(link: &Link, now: Timestamp) -> Option<Urgent> {
    let ago = |at: i64| now.as_millisecond() - at;
    if link.level_at == 0 {
        return None;
    }
    if ago(link.level_at) > OLD_MS {
        return Some(line("hub-old", 2, since(link.level_at)));
    }
    let away = link.trouble == trouble::AWAY && ago(link.heard_at) > AWAY_MS;
    away.then(|| line("hub-away", 4, since(link.heard_at)))
}

fn since(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok().filter(|_| ms > 0)
}

fn line(id: &'static str, rank: u8, since: Option<Timestamp>) -> Urgent {
    Urgent {
        id,
        rank,
        count: 0,
        code: String::new(),
        name: String::new(),
        state: String::new(),
        grade: String::new(),
        since,
        days: 0,
        list: "outbox",
        filter: String::new(),
        record: None,
    }
}
