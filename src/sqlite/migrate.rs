//! Numbered, append-only migrations. The steps a file lacks run in one transaction, after a copy of it was made under
//! the same lock: nothing that was committed before is missing in the copy.
//!
//! `user_version` is the number of the last step that ran. A file from a newer program is refused, never touched.

use super::{APPLICATION_ID, DbError, Stop, copy, files};
use rusqlite::{Connection, TransactionBehavior};
use std::io::{BufRead, BufReader};
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
    if found == known {
        return Ok(0);
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Another process may have run steps while this one waited for the lock.
    let found = version(&tx).map_err(failed)?;
    check(path, found, known)?;
    let missing: Vec<(i64, &Step)> = (1_i64..).zip(steps).filter(|(number, _)| *number > found).collect();
    if let Some((first, _)) = missing.first()
        && found > 0
    {
        copy_aside(path, *first)?;
    }
    for (number, step) in &missing {
        tx.execute_batch(step.sql).map_err(failed)?;
        tx.execute_batch(&format!("PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={number};"))
            .map_err(failed)?;
    }
    tx.commit().map_err(failed)?;
    Ok(missing.len())
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

/// Copies the file as `NAME.before-NNNN` beside it while the caller keeps others from writing. A copy that is there
/// already counts only when it holds the same; else the new one takes the next free name.
fn copy_aside(path: &Path, number: i64) -> Result<(), DbError> {
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let name = files::beside(path, &format!(".before-{number:04}"));
    let failed = |e: std::io::Error| DbError::io(&name, &e);
    let place = tempfile::Builder::new().prefix(".gongfu-copy-").tempdir_in(dir).map_err(failed)?;
    let made = place.path().join("copy");
    // Through a connection of its own, which reads while the lock is held.
    copy(path, &made, &name, &Stop::default())?;
    let mut free = name.clone();
    for n in 2..10_000 {
        if !free.exists() {
            return files::publish(&made, &free).map_err(failed);
        }
        if same(&made, &free).map_err(failed)? {
            return Ok(());
        }
        free = files::beside(&name, &format!("-{n}"));
    }
    Err(failed(std::io::ErrorKind::AlreadyExists.into()))
}

fn same(a: &Path, b: &Path) -> std::io::Result<bool> {
    let (a, b) = (std::fs::File::open(a)?, std::fs::File::open(b)?);
    if a.metadata()?.len() != b.metadata()?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (BufReader::with_capacity(1 << 16, a), BufReader::with_capacity(1 << 16, b));
    loop {
        let (x, y) = (a.fill_buf()?, b.fill_buf()?);
        let n = x.len().min(y.len());
        if x[..n] != y[..n] {
            return Ok(false);
        }
        if n == 0 {
            return Ok(true);
        }
        a.consume(n);
        b.consume(n);
    }
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

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|f| f.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|n| n.contains("before") || n.starts_with('.'))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_copy_holds_what_was_there_before_the_step_and_no_other_passes_for_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        let mut db = open(&path, Use::Write).unwrap();
        run(&mut db, &path, &[ONE]).unwrap();
        assert!(names(dir.path()).is_empty(), "a new file needs no copy");
        // Half a copy of an attempt that was cut off.
        std::fs::write(dir.path().join("t.db.before-0002"), "SQLite format 3").unwrap();
        assert!(run(&mut db, &path, &[ONE, BAD]).is_err());
        assert!(run(&mut db, &path, &[ONE, BAD]).is_err(), "the same again needs no second copy");
        assert_eq!(names(dir.path()), ["t.db.before-0002", "t.db.before-0002-2"]);
        db.execute_batch("INSERT INTO a VALUES (41)").unwrap();
        assert_eq!(run(&mut db, &path, &[ONE, TWO]).unwrap(), 1);
        assert_eq!(names(dir.path()), ["t.db.before-0002", "t.db.before-0002-2", "t.db.before-0002-3"]);
        let copy = open(&dir.path().join("t.db.before-0002-3"), Use::Read).unwrap();
        assert_eq!(copy.query_row("SELECT sum(x) FROM a", [], |r| r.get::<_, i64>(0)).unwrap(), 42);
    }

    #[test]
    fn every_commit_of_another_is_in_the_copy_and_two_that_migrate_at_once_do_it_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        run(&mut open(&path, Use::Write).unwrap(), &path, &[ONE]).unwrap();
        let (committed, ran) = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut db = open(&path, Use::Write).unwrap();
                // Bounded, and with pauses: a writer that never pauses can keep everybody else out.
                for n in 0..4000 {
                    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
                    if version(&tx).unwrap() > 1 {
                        return n;
                    }
                    tx.execute("INSERT INTO a VALUES (1)", []).unwrap();
                    tx.commit().unwrap();
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
                panic!("nobody ran the step");
            });
            let migrate = || run(&mut open(&path, Use::Write).unwrap(), &path, &[ONE, TWO]).unwrap();
            let others = [scope.spawn(migrate), scope.spawn(migrate)];
            let ran: usize = others.map(|t| t.join().unwrap()).iter().sum();
            (writer.join().unwrap(), ran)
        });
        assert_eq!(ran, 1, "one of the two ran the step");
        assert_eq!(names(dir.path()), ["t.db.before-0002"]);
        let copy = open(&dir.path().join("t.db.before-0002"), Use::Read).unwrap();
        assert_eq!(copy.query_row("SELECT count(*) FROM a", [], |r| r.get::<_, i64>(0)).unwrap(), committed + 1);
    }
}
