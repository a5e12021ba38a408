//! The watch board's figures: what needs a person now, deadlines, goals, incidents, returns, the age of the data.
//!
//! Every figure names the list and filter that shows its rows, those and no others. Running totals and indexed counts only: it costs the
//! same at any size.

mod hub;
mod tallies;

use super::link::Standing;
use super::setting;
use crate::domain::codes::{DeadlineState, DueState, GoalUnit};
use crate::domain::pace;
use crate::domain::rows::Kind;
use crate::domain::value::Cell;
use crate::domain::work::shanghai_date;
use crate::sqlite;
use jiff::{Timestamp, civil::Date};
use rusqlite::Connection;
use tallies::Tallies;
use uuid::Uuid;

/// Start of the programme, from which pace is counted (陕工发〔2020〕1号).
pub const PROGRAMME_START: Date = jiff::civil::date(2020, 6, 1);

/// Days without a visit after which an active counter is asleep (A19).
pub const ASLEEP_DAYS: i64 = 90;

/// Something that needs a person, most urgent first.
#[derive(Debug, Clone, PartialEq)]
pub struct Urgent {
    /// Text id: `urgent-<id>`.
    pub id: &'static str,
    /// Rank; lower comes first: a confirmed incident before an overdue return before a goal gap.
    pub rank: u8,
    pub count: i64,
    /// Code and name of the record it is about, when it is one.
    pub code: String,
    pub name: String,
    /// Code set and code of its state or grade.
    pub state: String,
    pub grade: String,
    /// Since when it waits.
    pub since: Option<Timestamp>,
    /// Days it is late.
    pub days: i64,
    /// Where Enter leads: list word, filter text, record.
    pub list: &'static str,
    pub filter: String,
    pub record: Option<Uuid>,
}

/// A deadline with how near it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub title_en: String,
    pub due_on: Date,
    pub days: i64,
    pub state: DueState,
    /// Returns accepted and owed, when the deadline has any.
    pub accepted: i64,
    pub owed: i64,
}

/// A goal with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    pub code: String,
    pub title: String,
    pub title_en: String,
    pub unit: GoalUnit,
    pub done: i64,
    pub target: i64,
    pub due_on: Date,
    /// Share of the straight line from start to due date, in 1/1,000.
    pub planned_permille: i64,
    /// List and filter that show the rows behind the figure.
    pub list: &'static str,
    pub filter: &'static str,
}

/// Open incidents of one grade by age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GradeAges {
    pub total: i64,
    pub under_day: i64,
    pub under_week: i64,
    pub older: i64,
}

/// An audit record in one line: of this database, or what the hub told of others.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// Its number in the audit here; `None` for what others did elsewhere.
    pub no: Option<i64>,
    /// The record it is about, when it is one of a kind.
    pub about: Option<(Kind, Uuid)>,
    pub at: Timestamp,
    pub person: String,
    pub command: String,
    pub code: String,
    pub outcome: String,
}

/// The board.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    pub now: Timestamp,
    pub today: Date,
    pub urgent: Vec<Urgent>,
    pub deadlines: Vec<Due>,
    pub goals: Vec<Progress>,
    /// Open incidents of grade 1, 2, 3.
    pub incidents: [GradeAges; 3],
    pub suspended: i64,
    pub delisted: i64,
    pub entries: i64,
    pub suppliers: i64,
    pub counters: Vec<(String, i64)>,
    pub asleep: i64,
    /// Counted, waiting and rejected purchases in fen.
    pub counted_fen: i64,
    pub waiting_fen: i64,
    /// Forecast of counted spending on 31 August and 31 December at the pace so far, in fen.
    pub forecast: [i64; 2],
    /// Newest audit records.
    pub recent: Vec<Happening>,
    pub audit_records: i64,
    pub demo: bool,
    pub profile: String,
    /// How the database stands to its hub; `None` where it has none.
    pub hub: Option<Standing>,
}

/// Reads the board as it stands at `now`.
///
/// # Errors
/// What SQLite says.
pub fn read(db: &Connection, now: Timestamp) -> rusqlite::Result<Board> {
    let today = shanghai_date(now);
    let _moment = sqlite::snapshot(db)?;
    let tallies = Tallies::read(db)?;
    let counted_fen = tallies.fen("purchase", &["counted"]);
    let deadlines = deadlines(db, today)?;
    let year_end = jiff::civil::date(today.year(), 12, 31);
    let forecast = [jiff::civil::date(today.year(), 8, 31), year_end]
        .map(|on| pace::forecast(counted_fen, PROGRAMME_START, today, on));
    Ok(Board {
        now,
        today,
        urgent: urgent(db, now, &deadlines)?,
        goals: goals(db, today, counted_fen, &tallies)?,
        deadlines,
        incidents: incident_ages(db, now)?,
        suspended: tallies.count("catalog_entry", &["suspended"]),
        delisted: tallies.count("catalog_entry", &["delisted"]),
        entries: tallies.count("catalog_entry", &["listed"]),
        suppliers: tallies.count("supplier", &["active"]),
        counters: tallies.by_first("counter"),
        asleep: asleep(db, today)?,
        counted_fen,
        waiting_fen: tallies.fen("purchase", &["submitted"]) + tallies.fen("purchase", &["waiting_evidence"]),
        forecast,
        recent: recent(db)?,
        audit_records: super::detail::last_audit_no(db)?,
        demo: setting::get(db, setting::DEMO)?.is_some(),
        profile: setting::get(db, setting::PROFILE_ORG)?.unwrap_or_default(),
        hub: Standing::read(db)?,
    })
}

fn deadlines(db: &Connection, today: Date) -> rusqlite::Result<Vec<Due>> {
    let mut statement = db.prepare_cached(
        "SELECT d.id, d.code, d.title, d.title_en, d.due_on, d.state, \
         (SELECT count(*) FROM \"return\" r WHERE r.deadline_id = d.id AND r.state = 'accepted'), \
         (SELECT count(*) FROM \"return\" r WHERE r.deadline_id = d.id) FROM deadline d",
    )?;
    let rows = statement.query_map([], |r| {
        let state = DeadlineState::parse(&r.get::<_, String>(5)?).unwrap_or(DeadlineState::Open);
        let due_on: Date = r.get::<_, String>(4)?.parse().unwrap_or(today);
        Ok(Due {
            id: super::convert::uuid(r, 0)?,
            code: r.get(1)?,
            title: r.get(2)?,
            title_en: r.get(3)?,
            due_on,
            days: pace::days_left(due_on, today),
            state: pace::due_state(state, due_on, today),
            accepted: r.get(6)?,
            owed: r.get(7)?,
        })
    })?;
    let mut all = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    // Late ones first, then by nearness; what is done comes last.
    all.sort_by_key(|d| (matches!(d.state, DueState::Done | DueState::Waived), d.days, d.code.clone()));
    Ok(all)
}

fn goals(db: &Connection, today: Date, counted_fen: i64, tallies: &Tallies) -> rusqlite::Result<Vec<Progress>> {
    let counters = |venues: &[&str]| venues.iter().map(|v| tallies.count("counter", &["active", v])).sum::<i64>();
    const UNION: &[&str] =
        &["workers_home", "love_station", "maternal_room", "drivers_home", "workers_bookhouse", "union_site_other"];
    let mut statement =
        db.prepare_cached("SELECT code, title, title_en, target, unit, due_on FROM goal ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        let code: String = r.get(0)?;
        let listed = tallies.count("catalog_entry", &["listed"]);
        let mut target: i64 = r.get(3)?;
        let (done, list, filter) = match code.as_str() {
            "spend" => (counted_fen, "purchases", "state:counted"),
            "counters" => (counters(UNION), "counters", "state:active family:union_site"),
            "bank_counters" => (counters(&["bank_harbor"]), "counters", "state:active family:bank_outlet"),
            "reading_rooms" => {
                let rooms = tallies.count("counter", &["active", "workers_bookhouse", "1"]);
                (rooms, "counters", "state:active room:1")
            }
            "suppliers" => (tallies.count("supplier", &["active"]), "suppliers", "state:active"),
            "products" => (listed, "catalog", "state:listed"),
            "trace_coverage" => {
                target = listed;
                (tallies.count("catalog_entry", &["listed", "full"]), "catalog", "state:listed trace:full")
            }
            _ => continue,
        };
        let due_on: Date = r.get::<_, String>(5)?.parse().unwrap_or(today);
        out.push(Progress {
            code,
            title: r.get(1)?,
            title_en: r.get(2)?,
            unit: GoalUnit::parse(&r.get::<_, String>(4)?).unwrap_or(GoalUnit::Count),
            done,
            target,
            due_on,
            planned_permille: pace::planned_permille(PROGRAMME_START, due_on, today),
            list,
            filter,
        });
    }
    Ok(out)
}

const OPEN_INCIDENT: &str = "state NOT IN ('closed', 'unfounded', 'not_serious')";

fn incident_ages(db: &Connection, now: Timestamp) -> rusqlite::Result<[GradeAges; 3]> {
    let mut ages = [GradeAges::default(); 3];
    let sql = format!("SELECT grade, reported_at FROM incident WHERE {OPEN_INCIDENT}");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(r) = rows.next()? {
        let place = match r.get::<_, String>(0)?.as_str() {
            "1" => 0,
            "2" => 1,
            _ => 2,
        };
        let hours = (now.as_millisecond() - r.get::<_, i64>(1)?) / 3_600_000;
        let age: &mut GradeAges = &mut ages[place];
        age.total += 1;
        match hours {
            ..24 => age.under_day += 1,
            24..168 => age.under_week += 1,
            _ => age.older += 1,
        }
    }
    Ok(ages)
}

fn asleep(db: &Connection, today: Date) -> rusqlite::Result<i64> {
    let since = today.checked_sub(jiff::Span::new().days(ASLEEP_DAYS)).unwrap_or(today);
    // Two counts within one index; a condition on both would go through every active counter.
    let sql = "SELECT (SELECT count(*) FROM counter WHERE state = 'active' AND last_visit IS NULL) \
               + (SELECT count(*) FROM counter WHERE state = 'active' AND last_visit < ?1)";
    db.prepare_cached(sql)?.query_row([since.to_string()], |r| r.get(0))
}

fn urgent(db: &Connection, now: Timestamp, deadlines: &[Due]) -> rusqlite::Result<Vec<Urgent>> {
    let mut out = open_incidents(db)?;
    out.extend(unanswered(db, now)?);
    out.extend(hub::matters(db, now)?);
    for due in deadlines.iter().filter(|d| matches!(d.state, DueState::Overdue | DueState::DueToday)) {
        let missing = due.owed - due.accepted;
        out.push(Urgent {
            id: if due.owed > 0 { "returns" } else { "deadline" },
            rank: 4,
            count: missing,
            code: due.code.clone(),
            name: due.title.clone(),
            state: due.state.code().into(),
            grade: due.title_en.clone(),
            since: None,
            days: -due.days,
            list: if due.owed > 0 { "returns" } else { "deadlines" },
            filter: if due.owed > 0 { format!("deadline:={} !state:accepted", due.code) } else { String::new() },
            record: (due.owed == 0).then_some(due.id),
        });
    }
    let orders = Standing::read(db)?.map(|s| s.counts).unwrap_or_default();
    let packs: i64 =
        db.query_row("SELECT count(*) FROM gift_pack WHERE state = 'needs_replacement'", [], |r| r.get(0))?;
    let held: i64 = db.query_row("SELECT count(*) FROM purchase_order WHERE held = 1", [], |r| r.get(0))?;
    let failed: i64 =
        db.query_row("SELECT count(*) FROM publication WHERE state = 'failed' OR republish = 1", [], |r| r.get(0))?;
    let contradicted = super::witness::contradictions(db)?;
    for (id, count, list, filter) in [
        // Each has one record in the audit.
        ("history", contradicted, "audit", "command:hub.contradicted"),
        ("packs", packs, "packs", "state:needs_replacement"),
        ("orders", held, "orders", "held:1"),
        ("publications", failed, "publications", "trouble:1"),
        ("conflicts", orders.conflict, "outbox", "state:conflict"),
        ("denied", orders.denied, "outbox", "state:denied"),
    ] {
        if count > 0 {
            out.push(Urgent {
                id,
                rank: if id == "history" { 0 } else { 5 },
                count,
                code: String::new(),
                name: String::new(),
                state: String::new(),
                grade: String::new(),
                since: None,
                days: 0,
                list,
                filter: filter.into(),
                record: None,
            });
        }
    }
    let grade = |u: &Urgent| if u.grade.len() == 1 { u.grade.clone() } else { String::new() };
    out.sort_by_key(|u| (u.rank, grade(u), u.since, std::cmp::Reverse(u.days)));
    Ok(out)
}

/// Open incidents that wait for a person: grades 1 and 2 one by one, gravest and oldest first, grade 3 as a number.
/// Those whose removal runs are counted by notices.
fn open_incidents(db: &Connection) -> rusqlite::Result<Vec<Urgent>> {
    let sql = "SELECT i.id, i.code, CASE WHEN instr(i.title, e.name) THEN i.title ELSE e.name || ' ' || i.title END, \
               i.state, i.grade, i.reported_at FROM incident i JOIN catalog_entry e ON e.id = i.entry_id \
               WHERE i.state IN ('reported', 'triaged', 'verifying', 'reopened', 'confirmed') AND i.grade < '3' \
               ORDER BY i.grade, i.reported_at LIMIT 20";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |r| {
        let grade: String = r.get(4)?;
        Ok(Urgent {
            id: "incident",
            rank: if grade == "1" { 0 } else { 2 },
            count: 1,
            code: r.get(1)?,
            name: r.get(2)?,
            state: r.get(3)?,
            grade,
            since: Timestamp::from_millisecond(r.get(5)?).ok(),
            days: 0,
            list: "incidents",
            filter: String::new(),
            record: Some(super::convert::uuid(r, 0)?),
        })
    })?;
    let mut out = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let sql = "SELECT count(*), min(reported_at) FROM incident \
               WHERE state IN ('reported', 'triaged', 'verifying', 'reopened', 'confirmed') AND grade = '3'";
    let (count, since): (i64, Option<i64>) = db.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    if count > 0 {
        out.push(Urgent {
            id: "incidents",
            rank: 4,
            count,
            code: String::new(),
            name: String::new(),
            state: String::new(),
            grade: "3".into(),
            since: since.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            days: 0,
            list: "incidents",
            filter: "grade:3 state:reported,triaged,verifying,reopened,confirmed".into(),
            record: None,
        });
    }
    Ok(out)
}

/// Removals that still wait for counters, one line an incident.
fn unanswered(db: &Connection, now: Timestamp) -> rusqlite::Result<Vec<Urgent>> {
    let sql = "SELECT i.id, i.code, e.name, i.grade, count(*), min(n.issued_at) FROM removal_notice n \
               JOIN incident i ON i.id = n.incident_id JOIN catalog_entry e ON e.id = i.entry_id \
               WHERE n.state = 'unacknowledged' GROUP BY i.id ORDER BY min(n.issued_at)";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |r| {
        let since = Timestamp::from_millisecond(r.get(5)?).ok();
        let late = since.is_some_and(|s| (now.as_millisecond() - s.as_millisecond()) / 3_600_000 >= 24);
        Ok(Urgent {
            id: "removal",
            rank: if late { 1 } else { 3 },
            count: r.get(4)?,
            code: r.get(1)?,
            name: r.get(2)?,
            state: "unacknowledged".into(),
            grade: r.get(3)?,
            since,
            days: 0,
            list: "notices",
            filter: format!("incident:={} state:unacknowledged", r.get::<_, String>(1)?),
            record: Some(super::convert::uuid(r, 0)?),
        })
    })?;
    rows.collect()
}

fn recent(db: &Connection) -> rusqlite::Result<Vec<Happening>> {
    let sql = "SELECT * FROM (SELECT no, at, person, command, target_code, outcome, kind, target FROM audit ORDER BY no DESC LIMIT 8) \
               UNION ALL SELECT * FROM (SELECT NULL, at, person, command, target_code, 'done', kind, target FROM happening \
               ORDER BY no DESC LIMIT 8) ORDER BY 2 DESC, 1 DESC LIMIT 8";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |r| {
        let at = Timestamp::from_value(crate::domain::value::Value::Int(r.get(1)?)).unwrap_or_default();
        let kind = Kind::parse(&r.get::<_, String>(6)?);
        let about = kind.zip(Some(super::convert::uuid(r, 7)?));
        let (person, command, code, outcome) = (r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?);
        Ok(Happening { no: r.get(0)?, about, at, person, command, code, outcome })
    })?;
    rows.collect()
}
