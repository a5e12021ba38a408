//! The audit chain under an intruder with a raw connection: every change is found, at the first record it touches.

use crate::support::commands::Throw;
use crate::support::commands::command;
use crate::support::province::Province;
use crate::support::storage::{Temporary, number, raw};
use gongfu::base::ids::mix;
use gongfu::store::audit::{Verdict, verify};
use rusqlite::Connection;

const RECORDS: i64 = 60;

/// A database with [`RECORDS`] audit records, done and refused.
fn audited() -> Temporary {
    let mut p = Province::furnished();
    let s = Temporary::of(&p.rows);
    let store = s.open();
    for n in 0..u64::try_from(RECORDS).expect("a small number") {
        let t = Throw::numbered(n + 77);
        let asked = command(&p.rows, t);
        // Both answers are fine here: refused attempts are part of the chain.
        let _ = p.ask(0, &asked);
        let _ = store.submit_wait(&p.people[0], vec![asked]);
    }
    s
}

/// Lets `intrude` loose on a fresh copy; gives the verdict on what it left.
fn after(whole: &Temporary, intrude: impl FnOnce(&Connection)) -> Verdict {
    let copy = Temporary::empty();
    raw(&whole.file()).execute("VACUUM INTO ?1", [copy.file().to_string_lossy()]).expect("a copy");
    let db = raw(&copy.file());
    db.execute_batch("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;").expect("an intruder can");
    intrude(&db);
    verify(&db, |_| {}).expect("a verdict")
}

fn run(db: &Connection, sql: &str) {
    assert!(db.execute(sql, []).unwrap_or_else(|e| panic!("{sql}: {e}")) > 0, "{sql} did nothing");
}

#[test]
fn any_field_of_any_record_that_was_altered_is_named() {
    let whole = audited();
    assert!(matches!(after(&whole, |_| {}), Verdict::Whole { records: RECORDS, .. }));
    let texts =
        ["person", "org_name", "role", "origin", "command", "kind", "target_code", "reason", "outcome", "detail"];
    let mut alterations: Vec<String> = texts.iter().map(|c| format!("{c} = {c} || 'x'")).collect();
    alterations.extend(
        ["at = at + 1", "org_id = zeroblob(16)", "target = randomblob(16)", "hash = zeroblob(32)"].map(str::to_owned),
    );
    // What leaves one field moves into the next: only lengths keep the two apart.
    alterations.push("person = person || substr(org_name, 1, 1), org_name = substr(org_name, 2)".into());
    for (i, set) in (0_u64..).zip(&alterations) {
        for no in [1, RECORDS, 2 + i64::try_from(mix(i) % 57).expect("small")] {
            let verdict = after(&whole, |db| run(db, &format!("UPDATE audit SET {set} WHERE no = {no}")));
            assert_eq!(verdict, Verdict::Altered { no }, "{set} in record {no}");
        }
    }
}

#[test]
fn a_record_that_was_taken_away_put_in_or_swapped_is_named() {
    let whole = audited();
    for no in [1, 2, 30, RECORDS - 1, RECORDS] {
        let verdict = after(&whole, |db| run(db, &format!("DELETE FROM audit WHERE no = {no}")));
        assert_eq!(verdict, Verdict::Missing { no }, "record {no} deleted");
    }
    assert_eq!(after(&whole, |db| run(db, "DELETE FROM audit")), Verdict::Missing { no: 1 });
    let copy_as = |no: i64| {
        format!(
            "INSERT INTO audit SELECT {no}, at, person, org_id, org_name, role, origin, command, kind, target, target_code, reason, outcome, detail, hash FROM audit WHERE no = 30"
        )
    };
    for no in [RECORDS + 1, 0, -5] {
        assert_eq!(after(&whole, |db| run(db, &copy_as(no))), Verdict::Altered { no }, "inserted as {no}");
    }
    // Shifted up to make room in the middle.
    let shifted = after(&whole, |db| {
        run(db, "UPDATE audit SET no = -no WHERE no >= 20");
        run(db, "UPDATE audit SET no = 1 - no WHERE no < 0");
        run(db, &copy_as(20).replace("WHERE no = 30", "WHERE no = 31"));
    });
    assert_eq!(shifted, Verdict::Altered { no: 20 });
    for (a, b) in [(7, 8), (3, 50), (1, 2), (1, RECORDS), (RECORDS - 1, RECORDS)] {
        let swapped = after(&whole, |db| {
            for (from, to) in [(a, -1), (b, a), (-1, b)] {
                run(db, &format!("UPDATE audit SET no = {to} WHERE no = {from}"));
            }
        });
        assert_eq!(swapped, Verdict::Altered { no: a }, "{a} and {b} swapped");
    }
}

/// Moves the records from `no` on by one place up or down.
fn shift(db: &Connection, no: i64, by: i64) {
    run(db, &format!("UPDATE audit SET no = -no WHERE no >= {no}"));
    run(db, &format!("UPDATE audit SET no = {by} - no WHERE no < 0"));
}

#[test]
fn a_record_put_in_or_taken_away_shows_also_when_the_numbers_were_closed_again() {
    let whole = audited();
    // Another's record in a place of its own, all that follow moved up: the first that is not what was written is named.
    for no in [1, 2, 30, RECORDS - 1, RECORDS] {
        let forged = after(&whole, |db| {
            shift(db, no, 1);
            let from = if no > 30 { 29 } else { 55 };
            run(
                db,
                &format!(
                    "INSERT INTO audit SELECT {no}, at, person, org_id, org_name, role, origin, command, kind, target, target_code, reason, outcome, detail, hash FROM audit WHERE no = {from}"
                ),
            );
        });
        assert_eq!(forged, Verdict::Altered { no }, "put in as {no}");
    }
    // Taken away, and those that follow moved down to hide it.
    for no in [1, 2, 30, RECORDS - 1] {
        let hidden = after(&whole, |db| {
            run(db, &format!("DELETE FROM audit WHERE no = {no}"));
            shift(db, no + 1, -1);
        });
        assert_eq!(hidden, Verdict::Altered { no }, "record {no} taken away and the gap closed");
    }
    // Several at once, in any order: the first is named.
    let several = after(&whole, |db| {
        run(db, "DELETE FROM audit WHERE no = 50");
        run(db, "UPDATE audit SET reason = reason || 'x' WHERE no IN (21, 40)");
    });
    assert_eq!(several, Verdict::Altered { no: 21 });
    // Three in a ring: the first of them is named.
    for [a, b, c] in [[1, 2, 3], [10, 30, 20], [RECORDS - 2, RECORDS - 1, RECORDS]] {
        let ring = after(&whole, |db| {
            for (from, to) in [(a, -1), (b, a), (c, b), (-1, c)] {
                run(db, &format!("UPDATE audit SET no = {to} WHERE no = {from}"));
            }
        });
        assert_eq!(ring, Verdict::Altered { no: a.min(b).min(c) }, "{a}, {b} and {c} in a ring");
    }
}

#[test]
fn a_forged_end_that_chains_shows_against_the_head() {
    let whole = audited();
    // The chain itself can be continued by whoever knows the rule; the head kept aside tells.
    let other = audited();
    {
        let store = other.open();
        let p = Province::furnished();
        let _ = store.submit_wait(&p.people[0], vec![command(&p.rows, Throw::numbered(5))]);
    }
    let verdict = after(&other, |db| {
        let head: String = raw(&whole.file())
            .query_row("SELECT value FROM setting WHERE key = 'audit_head'", [], |r| r.get(0))
            .expect("a head");
        db.execute("UPDATE setting SET value = ?1 WHERE key = 'audit_head'", [head]).expect("an intruder can");
    });
    assert_eq!(verdict, Verdict::Altered { no: RECORDS + 1 });
    assert_eq!(number(&raw(&other.file()), "SELECT count(*) FROM audit"), RECORDS + 1);
}

#[test]
fn what_was_done_to_the_end_shows_for_ever_whatever_follows() {
    let zero = "0".repeat(64);
    let whole = audited();
    let cases: [(&str, Vec<String>, Verdict); 6] = [
        ("last", vec![format!("DELETE FROM audit WHERE no = {RECORDS}")], Verdict::Missing { no: RECORDS }),
        ("ten", vec![format!("DELETE FROM audit WHERE no > {}", RECORDS - 10)], Verdict::Missing { no: RECORDS - 9 }),
        ("all", vec!["DELETE FROM audit".into()], Verdict::Missing { no: 1 }),
        (
            "last and head",
            vec![
                format!("DELETE FROM audit WHERE no = {RECORDS}"),
                "DELETE FROM setting WHERE key = 'audit_head'".into(),
            ],
            Verdict::Altered { no: RECORDS },
        ),
        (
            "head",
            vec!["UPDATE setting SET value = 'x' WHERE key = 'audit_head'".into()],
            Verdict::Altered { no: RECORDS + 1 },
        ),
        (
            "false head",
            vec![format!("UPDATE setting SET value = '{RECORDS}:{zero}' WHERE key = 'audit_head'")],
            Verdict::Altered { no: RECORDS + 1 },
        ),
    ];
    for (what, intrusion, expected) in cases {
        let copy = Temporary::empty();
        raw(&whole.file()).execute("VACUUM INTO ?1", [copy.file().to_string_lossy()]).expect("a copy");
        let db = raw(&copy.file());
        db.execute_batch("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;").expect("an intruder can");
        intrusion.iter().for_each(|sql| run(&db, sql));
        let p = Province::furnished();
        let store = copy.open();
        for n in 0..3 {
            // Work goes on: the command is carried out or refused by its own rule.
            let _ = store.submit_wait(&p.people[0], vec![command(&p.rows, Throw::numbered(n + 5))]);
            assert_eq!(verify(&db, |_| {}), Ok(expected.clone()), "{what}, {} records later", n + 1);
        }
    }
}

#[test]
fn the_table_itself_refuses_changes_and_deletions() {
    let whole = audited();
    let db = raw(&whole.file());
    for sql in ["UPDATE audit SET reason = 'x' WHERE no = 3", "DELETE FROM audit WHERE no = 3", "DELETE FROM audit"] {
        assert!(db.execute(sql, []).is_err(), "{sql}");
    }
    let replace = "REPLACE INTO audit SELECT 3, at, person, org_id, org_name, role, origin, command, kind, target, target_code, 'x', outcome, detail, hash FROM audit WHERE no = 3";
    // REPLACE deletes without a trigger unless recursive triggers are on; the chain still tells.
    if db.execute(replace, []).is_ok() {
        assert_eq!(verify(&db, |_| {}), Ok(Verdict::Altered { no: 3 }));
    }
}
