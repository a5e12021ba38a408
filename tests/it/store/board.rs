//! Every figure of the watch board against plain SQL over the rows.

use crate::support::province::NOW;
use crate::support::storage::{demo, number};
use gongfu::store::board::{self, GradeAges};

const UNION: &str =
    "('workers_home','love_station','maternal_room','drivers_home','workers_bookhouse','union_site_other')";

#[test]
fn the_boards_figures_are_those_of_the_rows() {
    let db = demo();
    let n = |sql: &str| number(&db, sql);
    let b = board::read(&db, NOW).expect("a board");
    for (what, shown, sql) in [
        ("listed", b.entries, "SELECT count(*) FROM catalog_entry WHERE state = 'listed'"),
        ("suspended", b.suspended, "SELECT count(*) FROM catalog_entry WHERE state = 'suspended'"),
        ("delisted", b.delisted, "SELECT count(*) FROM catalog_entry WHERE state = 'delisted'"),
        ("suppliers", b.suppliers, "SELECT count(*) FROM supplier WHERE state = 'active'"),
        ("counted", b.counted_fen, "SELECT sum(amount_fen) FROM purchase WHERE state = 'counted'"),
        (
            "waiting",
            b.waiting_fen,
            "SELECT sum(amount_fen) FROM purchase WHERE state IN ('submitted', 'waiting_evidence')",
        ),
        ("audit", b.audit_records, "SELECT count(*) FROM audit"),
        (
            "asleep",
            b.asleep,
            "SELECT count(*) FROM counter WHERE state = 'active' AND (last_visit IS NULL OR julianday('2020-08-20') - julianday(last_visit) > 90)",
        ),
        ("counters", b.counters.iter().map(|(_, n)| n).sum(), "SELECT count(*) FROM counter"),
    ] {
        assert_eq!(shown, n(sql), "{what}");
    }
    assert!(b.suspended > 0 && b.delisted > 0 && b.asleep > 0 && b.counted_fen > 0, "the demo has something to show");
    for (state, shown) in &b.counters {
        assert_eq!(*shown, n(&format!("SELECT count(*) FROM counter WHERE state = '{state}'")), "{state}");
    }
    for goal in &b.goals {
        let sql = match goal.code.as_str() {
            "spend" => "SELECT sum(amount_fen) FROM purchase WHERE state = 'counted'".to_owned(),
            "counters" => format!("SELECT count(*) FROM counter WHERE state = 'active' AND venue_type IN {UNION}"),
            "bank_counters" => {
                "SELECT count(*) FROM counter WHERE state = 'active' AND venue_type = 'bank_harbor'".into()
            }
            "reading_rooms" => {
                "SELECT count(*) FROM counter WHERE state = 'active' AND venue_type = 'workers_bookhouse' AND demo_room"
                    .into()
            }
            "suppliers" => "SELECT count(*) FROM supplier WHERE state = 'active'".into(),
            "products" => "SELECT count(*) FROM catalog_entry WHERE state = 'listed'".into(),
            "trace_coverage" => "SELECT count(*) FROM catalog_entry WHERE state = 'listed' AND trace = 'full'".into(),
            other => panic!("what is goal {other}?"),
        };
        assert_eq!(goal.done, n(&sql), "{}", goal.code);
    }
    assert_eq!(i64::try_from(b.goals.len()).ok(), Some(n("SELECT count(*) FROM goal")), "every goal is shown");
    for (place, grade) in b.incidents.iter().zip(1..) {
        let ages = |range: &str| {
            n(&format!(
                "SELECT count(*) FROM incident WHERE grade = '{grade}' AND state NOT IN ('closed','unfounded','not_serious') AND ({} - reported_at) / 3600000 {range}",
                NOW.as_millisecond()
            ))
        };
        let direct = GradeAges {
            total: ages(">= 0"),
            under_day: ages("< 24"),
            under_week: ages("BETWEEN 24 AND 167"),
            older: ages(">= 168"),
        };
        assert_eq!(*place, direct, "grade {grade}");
    }
    for due in &b.deadlines {
        let owed = |more: &str| {
            n(&format!(
                "SELECT count(*) FROM \"return\" r JOIN deadline d ON d.id = r.deadline_id WHERE d.code = '{}' {more}",
                due.code
            ))
        };
        assert_eq!((due.owed, due.accepted), (owed(""), owed("AND r.state = 'accepted'")), "{}", due.code);
        let days = n(&format!(
            "SELECT CAST(julianday(due_on) - julianday('2020-08-20') AS INTEGER) FROM deadline WHERE code = '{}'",
            due.code
        ));
        assert_eq!(due.days, days, "{}", due.code);
    }
    assert_eq!(i64::try_from(b.deadlines.len()).ok(), Some(n("SELECT count(*) FROM deadline")));
}

#[test]
fn what_is_urgent_counts_the_rows_it_leads_to() {
    let db = demo();
    let n = |sql: &str| number(&db, sql);
    let b = board::read(&db, NOW).expect("a board");
    let of = |id: &str| b.urgent.iter().filter(|u| u.id == id).map(|u| u.count).sum::<i64>();
    assert_eq!(of("packs"), n("SELECT count(*) FROM gift_pack WHERE state = 'needs_replacement'"));
    assert_eq!(of("orders"), n("SELECT count(*) FROM purchase_order WHERE held"));
    assert_eq!(of("publications"), n("SELECT count(*) FROM publication WHERE state = 'failed' OR republish"));
    assert_eq!(of("removal"), n("SELECT count(*) FROM removal_notice WHERE state = 'unacknowledged'"));
    assert_eq!(
        of("incident"),
        n("SELECT count(*) FROM incident WHERE state IN ('reported','triaged','verifying','reopened','confirmed')")
            .min(20)
    );
    assert!(b.urgent.windows(2).all(|w| w[0].rank <= w[1].rank), "most urgent first");
    assert!(!b.urgent.is_empty());
}
