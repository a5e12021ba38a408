//! Numbered, append-only migrations. Each step runs in one transaction, after a copy of the file was made.
//!
//! `user_version` is the number of the last step that ran. A file from a newer program is refused, never touched.

use super::{APPLICATION_ID, DbError};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// One step: its number is its place in the list, starting at 1.
pub struct Step {
    /// What the step is for, as in its file name.
    pub name: &'static str,
    pub sql: &'static str,
}

/// Brings the database at `path` to the newest step. Gives the number of steps that ran.
///
/// # Errors
/// [`DbError::Newer`] for a file of a newer program; what SQLite says otherwise. A failed step leaves the file as it was.
pub fn run(db: &mut Connection, path: &Path, steps: &[Step]) -> Result<usize, DbError> {
    let failed = |e: rusqlite::Error| DbError::of(path, &e);
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found = version(db).map_err(failed)?;
    check(path, found, known)?;
    // A file that is being made holds nothing to copy.
    let fresh = found == 0;
    let mut ran = 0;
    for (number, step) in (1_i64..).zip(steps) {
        if number <= version(db).map_err(failed)? {
            continue;
        }
        if !fresh {
            copy_aside(db, path, number).map_err(failed)?;
        }
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Another process may have run the step while this one waited for the lock.
        let now = tx.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0)).map_err(failed)?;
        if now < number {
            tx.execute_batch(step.sql).map_err(failed)?;
            tx.execute_batch(&format!("PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={number};"))
                .map_err(failed)?;
            ran += 1;
        }
        tx.commit().map_err(failed)?;
    }
    Ok(ran)
}

/// Refuses a file of a newer program.
///
/// # Errors
/// [`DbError::Newer`].
pub fn check(path: &Path, found: i64, known: i64) -> Result<(), DbError> {
    if found > known { Err(DbError::Newer { path: path.to_path_buf(), found, known }) } else { Ok(()) }
}

/// The number of the last step that ran.
///
/// # Errors
/// What SQLite says.
pub fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |r| r.get(0))
}

/// Copies the file as `NAME.before-NNNN` beside it, once per step.
fn copy_aside(db: &Connection, path: &Path, number: i64) -> rusqlite::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".before-{number:04}"));
    let copy = path.with_file_name(name);
    if copy.exists() {
        return Ok(());
    }
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::{Use, open};

    const ONE: Step = Step { name: "one", sql: "CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES (1);" };
    const TWO: Step = Step { name: "two", sql: "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7;" };
    const BAD: Step = Step { name: "bad", sql: "DROP TABLE a; CREATE nonsense;" };

    #[test]
    fn steps_run_once_with_a_copy_before_each_and_a_bad_one_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        let mut db = open(&path, Use::Write).unwrap();
        assert_eq!(run(&mut db, &path, &[ONE]).unwrap(), 1);
        assert_eq!(run(&mut db, &path, &[ONE, TWO]).unwrap(), 1);
        assert_eq!(run(&mut db, &path, &[ONE, TWO]).unwrap(), 0);
        let copy = open(&dir.path().join("t.db.before-0002"), Use::Read).unwrap();
        assert_eq!(version(&copy).unwrap(), 1, "the copy is from before the step");
        assert!(run(&mut db, &path, &[ONE, TWO, BAD]).is_err());
        assert_eq!(version(&db).unwrap(), 2);
        assert_eq!(db.query_row("SELECT x + y FROM a", [], |r| r.get::<_, i64>(0)).unwrap(), 8);
        assert_eq!(run(&mut db, &path, &[ONE]).unwrap_err().code(), "newer");
    }
}
