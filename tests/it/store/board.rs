//! Every figure of the watch board against plain SQL over the rows.

use crate::support::province::NOW;
use crate::support::storage::{demo, number};
use gongfu::base::locale::Lang;
use gongfu::domain::codes::{DueState, GoalUnit};
use gongfu::store::board::{self, GradeAges};
use gongfu::store::list::ListKind;
use gongfu::store::page::{self, Anchor, ListQuery};
use std::collections::BTreeSet;

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
fn every_number_opens_exactly_the_rows_behind_it() {
    let s = crate::support::storage::Temporary::demo();
    let file = crate::support::storage::raw(&s.file());
    // One more deadline whose code begins like another's, so that neither may open the other's returns.
    let copy = |table: &str, change: &str, only: &str| {
        let mut statement = file.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).expect("sql");
        let names: Vec<String> =
            statement.query_map([], |r| r.get(0)).expect("columns").map(|r| r.expect("a name")).collect();
        let values: Vec<String> = names
            .iter()
            .map(|n| match n.as_str() {
                "seq" => "NULL".into(),
                "id" => "randomblob(16)".into(),
                n => change.strip_prefix(&format!("{n}=")).map_or_else(|| n.to_owned(), str::to_owned),
            })
            .collect();
        let sql = format!("INSERT INTO \"{table}\" SELECT {} FROM \"{table}\" WHERE {only}", values.join(", "));
        assert!(file.execute(&sql, []).expect("a copy") > 0);
    };
    copy("deadline", "code='D11'", "code = 'D1'");
    let new = "deadline_id=(SELECT id FROM deadline WHERE code = 'D11')";
    copy("return", new, "deadline_id = (SELECT id FROM deadline WHERE code = 'D1') LIMIT 5");
    copy("publication", "state='failed'", "true LIMIT 2");

    let store = s.open();
    let db = store.connect().expect("a reader");
    let b = board::read(&db, NOW).expect("a board");
    let opened = |list: &str, typed: &str| {
        let kind = ListKind::parse(list).expect(list);
        let filter = super::filters::parse(&db, Lang::En, kind, typed).unwrap_or_else(|e| panic!("{typed}: {e:?}"));
        let q = ListQuery { filter, ..super::pages::query(kind, &Vec::new(), Anchor::Start, 1) };
        page::read(&db, &q, None).expect("a page").total
    };
    let mut ids = BTreeSet::new();
    for u in b.urgent.iter().filter(|u| !matches!(u.id, "incident" | "deadline")) {
        assert_eq!(opened(u.list, &u.filter), u.count, "{} {} {}", u.id, u.code, u.filter);
        ids.insert(u.id);
    }
    assert!(["returns", "removal", "packs", "orders", "publications"].iter().all(|id| ids.contains(id)), "{ids:?}");
    for goal in &b.goals {
        match goal.unit {
            GoalUnit::Count => assert_eq!(opened(goal.list, goal.filter), goal.done, "{}", goal.code),
            GoalUnit::Fen => assert!(opened(goal.list, goal.filter) > 0),
        }
    }
    for (grade, ages) in (1..).zip(&b.incidents) {
        assert_eq!(opened("incidents", &format!("grade:{grade} open:1")), ages.total, "grade {grade}");
    }
    assert_eq!(opened("catalog", "state:suspended"), b.suspended);
    assert_eq!(opened("catalog", "state:delisted"), b.delisted);
    let done = b.deadlines.iter().filter(|d| d.state == DueState::Done).count();
    assert_eq!(usize::try_from(opened("deadlines", "state:done")).ok(), Some(done));
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
    let waiting = "SELECT count(*) FROM incident \
                   WHERE state IN ('reported','triaged','verifying','reopened','confirmed') AND grade";
    assert_eq!(of("incident"), n(&format!("{waiting} < '3'")), "grave ones one by one");
    assert_eq!(of("incidents"), n(&format!("{waiting} = '3'")), "the others as a number");
    assert!(b.urgent.windows(2).all(|w| w[0].rank <= w[1].rank), "most urgent first");
    assert!(!b.urgent.is_empty());
}
