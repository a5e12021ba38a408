//! Replacing reference files in a database in use: clean, recorded, complete, and none lost to another.

use crate::support::province::{self, NOW};
use crate::support::storage::{Temporary, number, raw};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::actor::Actor;
use gongfu::domain::command::{AddCounter, Command, ProposeEntry};
use gongfu::reference::{Table, embedded};
use gongfu::setup::{self, SetupError};
use gongfu::store::audit::{Verdict, verify};
use gongfu::store::setting;
use rusqlite::Connection;

fn made() -> Temporary {
    let s = Temporary::empty();
    let clock = Clock::Fixed(NOW);
    setup::init(s.path(), "sx_ftu", clock, &mut Ids::real(clock)).expect("a profile");
    s
}

fn office(db: &Connection) -> Actor {
    let id = db
        .query_row("SELECT id FROM organisation WHERE code = 'sx_ftu'", [], |r| Ok(crate::support::storage::id(r, 0)));
    setup::office(id.expect("the province"))
}

fn replace(s: &Temporary, table: Table, text: &str) -> Result<usize, SetupError> {
    let actor = office(&raw(&s.file()));
    setup::replace_reference(s.path(), table, text, &actor, NOW, &mut Ids::real(Clock::Fixed(NOW)))
}

fn text(db: &Connection, sql: &str) -> String {
    db.query_row(sql, [], |r| r.get(0)).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

#[test]
fn a_replaced_file_is_cleaned_and_recorded() {
    let s = made();
    let dirty = embedded(Table::Divisions).replace("柞水县", "\u{1b}[31m柞\u{202e}水县");
    replace(&s, Table::Divisions, &dirty).expect("replaced");
    let db = raw(&s.file());
    assert_eq!(text(&db, "SELECT name FROM division WHERE code = '611026'"), "[31m柞水县");
    let kept = setting::reference_text(&db, "shaanxi_divisions").expect("a read").expect("the file");
    assert!(!kept.contains(['\u{1b}', '\u{202e}']), "nor is the file kept as it came");
    assert_eq!(kept.lines().count(), dirty.lines().count());
    let last = "SELECT command || ' ' || target_code || ' ' || outcome FROM audit ORDER BY no DESC LIMIT 1";
    assert_eq!(text(&db, last), "reference.replace shaanxi_divisions done");
    assert_eq!(number(&db, "SELECT count(*) FROM audit"), 2);
    // What was kept can be read again, and replaced again.
    replace(&s, Table::Divisions, embedded(Table::Divisions)).expect("replaced");
    assert_eq!(text(&db, "SELECT name FROM division WHERE code = '611026'"), "柞水县");
    crate::crash::file_holds(&s.file());
}

#[test]
fn goals_and_open_deadlines_follow_the_programme_and_what_a_person_set_stays() {
    let s = made();
    let db = raw(&s.file());
    let due = |code: &str| text(&db, &format!("SELECT due_on FROM deadline WHERE code = '{code}'"));
    let goal = |code: &str| number(&db, &format!("SELECT target FROM goal WHERE code = '{code}'"));
    let days = (due("D1"), due("D2"), due("D3"));
    db.execute_batch(
        "UPDATE deadline SET state = 'done', done_on = '2020-06-20' WHERE code = 'D2'; \
         UPDATE goal SET target = 77 WHERE code = 'suppliers';",
    )
    .expect("as a person changed it");
    let row = |file: &str, code: &str| {
        let found = file.lines().find(|l| l.split(',').nth(1) == Some(code));
        found.unwrap_or_else(|| panic!("{code}")).to_owned()
    };
    let mut file = embedded(Table::Programme).to_owned();
    for code in ["D1", "D2"] {
        let old = row(&file, code);
        let day = if code == "D1" { &days.0 } else { &days.1 };
        file = file.replace(&old, &old.replace(day.as_str(), "2020-12-01"));
    }
    let counters = row(&file, "counters");
    file = file.replace(&counters, &counters.replacen(",1000,", ",1500,", 1));
    let new = row(&file, "D3").replacen(",D3,", ",D99,", 1);
    file = format!("{}\n{new}\n", file.trim_end());
    let rows = |what: &str| number(&db, &format!("SELECT count(*) FROM {what}"));
    let (deadlines, goals) = (rows("deadline"), rows("goal"));
    replace(&s, Table::Programme, &file).expect("replaced");
    assert_eq!((due("D1").as_str(), due("D2")), ("2020-12-01", days.1), "what is done stays as it was");
    assert_eq!((due("D3"), due("D99")), (days.2.clone(), days.2));
    assert_eq!((goal("counters"), goal("suppliers")), (1500, 77), "the file says nothing new of suppliers");
    assert_eq!((rows("deadline"), rows("goal")), (deadlines + 1, goals));
    let detail = text(&db, "SELECT detail FROM audit ORDER BY no DESC LIMIT 1");
    assert!(detail.contains("2020-12-01"), "the record says what changed: {detail}");
    let history = gongfu::store::detail::find_code(&db, gongfu::domain::rows::Kind::Deadline, "D1").expect("a read");
    let events = gongfu::store::detail::history(&db, history.expect("D1")).expect("a history");
    assert_eq!(events[0].command, "reference.replace");
    crate::crash::file_holds(&s.file());
}

#[test]
fn a_new_union_becomes_an_organisation_and_owes_what_is_open() {
    let s = made();
    let db = raw(&s.file());
    let rows = |what: &str| number(&db, &format!("SELECT count(*) FROM {what}"));
    let before = (rows("organisation"), rows("\"return\""));
    let old = embedded(Table::Unions);
    let xian = old.lines().find(|l| l.starts_with("xian_ftu,")).expect("a line");
    let new = xian.replacen("xian_ftu,西安市", "new_ftu,新立", 1);
    // One that is left out stays.
    let file: String = old.lines().filter(|l| !l.starts_with("yulin_ftu,")).map(|l| format!("{l}\n")).collect();
    let without = if file.contains(",yulin_ftu,") { format!("{}\n", old.trim_end()) } else { file };
    replace(&s, Table::Unions, &format!("{without}{new}\n")).expect("replaced");
    assert_eq!((rows("organisation"), rows("\"return\"")), (before.0 + 1, before.1 + 2));
    let parent = "SELECT p.code FROM organisation o JOIN organisation p ON p.id = o.parent_id WHERE o.code = 'new_ftu'";
    assert_eq!(text(&db, parent), "sx_ftu");
    crate::crash::file_holds(&s.file());
}

#[test]
fn a_file_with_errors_changes_nothing_and_two_at_once_both_count() {
    let s = made();
    let db = raw(&s.file());
    let broken = replace(&s, Table::Programme, "record,code\n").expect_err("a wrong header");
    assert!(matches!(broken, SetupError::Reference(_)), "{broken:?}");
    assert_eq!(number(&db, "SELECT count(*) FROM audit"), 1);
    let divisions = embedded(Table::Divisions).replace("柞水县", "新水县");
    let venues = embedded(Table::VenueTypes);
    let first = venues.lines().nth(1).expect("a line").split(',').nth(1).expect("a name").to_owned();
    let venues = venues.replacen(&first, "新处所", 1);
    for _ in 0..5 {
        std::thread::scope(|scope| {
            let one = scope.spawn(|| replace(&s, Table::Divisions, &divisions).map_err(|e| e.to_string()));
            let two = scope.spawn(|| replace(&s, Table::VenueTypes, &venues).map_err(|e| e.to_string()));
            one.join().expect("no panic").expect("replaced");
            two.join().expect("no panic").expect("replaced");
        });
        assert_eq!(number(&db, "SELECT count(*) FROM division WHERE name = '新水县'"), 1);
        assert_eq!(number(&db, "SELECT count(*) FROM venue_type WHERE name = '新处所'"), 1);
        for table in [Table::Divisions, Table::VenueTypes] {
            replace(&s, table, embedded(table)).expect("back again");
        }
    }
    assert!(matches!(verify(&db, |_| {}), Ok(Verdict::Whole { .. })));
}

/// What becomes of a counter with this venue type and of a product with this category.
fn asked(s: &Temporary, venue: &str, category: &str) -> [Option<&'static str>; 2] {
    let store = s.open();
    let actor = office(&raw(&s.file()));
    let counter = AddCounter { venue_type: venue.into(), ..province::counter(1, "611026") };
    let goods = ProposeEntry { category: category.into(), ..province::line(1, "611026") };
    let batch = [Command::AddCounter(counter), Command::ProposeEntry(goods)];
    let refused = store.rehearse(&actor, &batch).expect("a rehearsal");
    [0, 1].map(|i| refused[i].as_ref().map(|r| r.code))
}

#[test]
fn commands_know_the_codes_of_the_files_that_count() {
    let s = made();
    assert_eq!(asked(&s, "workers_home", "tea"), [None, None]);
    assert_eq!(asked(&s, "metro_stop", "seedling"), [Some("unknown-code"); 2]);
    let venues = embedded(Table::VenueTypes).replace("workers_home,", "metro_stop,");
    replace(&s, Table::VenueTypes, &venues).expect("replaced");
    let specialties = embedded(Table::Specialties).replacen(",fruit,", ",seedling,", 1);
    replace(&s, Table::Specialties, &specialties).expect("replaced");
    assert_eq!(asked(&s, "metro_stop", "seedling"), [None, None], "what a file adds is known");
    assert_eq!(asked(&s, "workers_home", "tea"), [Some("unknown-code"), None], "the file of venue types stands alone");
}
