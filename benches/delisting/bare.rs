//! What the disk asks of anybody who writes as much: a bare SQLite transaction, and bytes with an fsync. Knows no rows.

use gongfu::sqlite::{self, Use};
use rusqlite::Connection;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Empties the write-ahead file, so that every round starts alike.
pub fn checkpoint(db: &Connection) {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
}

/// The same on the disk without rules, indices or totals.
pub struct Bare {
    db: Connection,
    file: PathBuf,
    next: i64,
}

impl Bare {
    pub fn new(dir: &Path) -> Bare {
        let file = dir.join("bare.db");
        let db = sqlite::open(&file, Use::Write).expect("a database");
        db.execute_batch("CREATE TABLE a (x INTEGER PRIMARY KEY, y BLOB)").expect("SQL");
        Bare { db, file, next: 0 }
    }

    /// As many rows of some 250 bytes, and the audit record's bytes, in one transaction with `synchronous=FULL`.
    pub fn write(&mut self, rows: usize, detail: usize) -> Duration {
        let row = vec![7_u8; 250];
        let record = vec![7_u8; detail];
        checkpoint(&self.db);
        let started = Instant::now();
        let tx = self.db.transaction().expect("a transaction");
        {
            let mut statement = tx.prepare("INSERT INTO a VALUES (?1, ?2)").expect("SQL");
            for body in std::iter::repeat_n(&row, rows).chain([&record]) {
                self.next += 1;
                statement.execute(rusqlite::params![self.next, body]).expect("a row");
            }
        }
        tx.commit().expect("a commit");
        started.elapsed()
    }

    /// The bytes of the write-ahead file into a file, and onto the disk.
    pub fn bytes(&self, bytes: u64) -> Duration {
        let body = vec![7_u8; usize::try_from(bytes).expect("megabytes")];
        let path = self.file.with_extension("bytes");
        let started = Instant::now();
        let mut file = std::fs::File::create(&path).expect("a file");
        file.write_all(&body).and_then(|()| file.sync_data()).expect("on the disk");
        let took = started.elapsed();
        std::fs::remove_file(path).expect("the file");
        took
    }
}
