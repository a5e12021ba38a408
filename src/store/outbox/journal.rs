//! The journal of the outbox: every order once more, in a file of lines beside the database, on the disk before the person hears that it is
//! saved. What a damaged database has lost of its outbox is there.
//!
//! Owns the file and its form. It is written after the commit, so that it has no order that was never made; what an end of the process
//! between the two leaves out is made good by [`renew`].

use super::COLUMNS;
use crate::sqlite::files;
use crate::wire::journal::{Line, Made};
use crate::wire::record::{hex, unhex};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Result, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Name of the file inside a data directory.
pub const FILE: &str = "outbox.ndjson";

/// The values of an order that waits, by [`COLUMNS`] and its id; nothing for one whose ids are none.
pub(super) fn values(made: &Made) -> Option<Vec<Value>> {
    let text = |t: &str| Value::Text(t.to_owned());
    Some(vec![
        Value::Integer(made.n),
        text(super::State::Waiting.code()),
        Value::Integer(made.made_at),
        text(&made.command),
        text(&made.kind),
        Value::Blob(unhex(&made.target)?),
        text(&made.target_code),
        text(&made.order),
        Value::Null,
        text(""),
        Value::Null,
        Value::Integer(made.audit_no),
        Value::Blob(unhex(&made.id)?),
    ])
}

/// Where the journal of a database lies.
pub fn path(database: &Path) -> PathBuf {
    database.with_file_name(FILE)
}

/// Writes lines behind the others, on the disk when this returns. What cannot be written is in the database all the same.
pub fn note(database: &Path, lines: &[Line]) {
    if let Err(e) = append(database, lines) {
        tracing::warn!(error = %e, "an order is in the database and not in its journal");
    }
}

fn append(database: &Path, lines: &[Line]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut file = held(&path(database))?;
    if !ends_whole(&file)? {
        file.write_all(b"\n")?;
    }
    let text: String = lines.iter().map(Line::to_text).collect();
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// Whether the last line was not cut off: what comes behind one that was must not be lost with it.
fn ends_whole(file: &File) -> Result<bool> {
    let (length, mut last) = (file.metadata()?.len(), [b'\n']);
    if length > 0 {
        file.read_exact_at(&mut last, length - 1)?;
    }
    Ok(last == *b"\n")
}

/// The file of that name, nobody else's until it is closed: another process may just have put a new one in its place.
fn held(path: &Path) -> Result<File> {
    loop {
        let file = File::options().create(true).read(true).append(true).mode(0o600).open(path)?;
        file.lock()?;
        match std::fs::metadata(path) {
            Ok(there) if there.ino() == file.metadata()?.ino() => return Ok(file),
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
}

/// What a journal says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// The orders that nobody has taken back.
    pub made: BTreeMap<i64, Made>,
    /// Numbers of those that somebody has.
    pub withdrawn: BTreeSet<i64>,
}

/// Reads the journal of a database; where there is none it says nothing. A line that was cut off, or that cannot be read, is
/// passed over.
pub fn read(database: &Path) -> Journal {
    let mut said = Journal::default();
    let Ok(file) = File::open(path(database)) else { return said };
    for line in BufReader::new(file).split(b'\n').map_while(Result::ok) {
        match Line::of(&line) {
            Some(Line::Made(one)) => _ = said.made.insert(one.n, one),
            Some(Line::Withdrawn { withdrawn }) => {
                said.made.remove(&withdrawn);
                said.withdrawn.insert(withdrawn);
            }
            None => {}
        }
    }
    said
}

/// Makes the journal agree with the outbox at the begin of an exchange: an order that lacks its line gets it, and lines of
/// orders that are no more go.
///
/// # Errors
/// What SQLite or the system says; the journal is as it was then.
pub fn renew(db: &Connection, database: &Path) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // Nobody appends while the two are compared.
    let held = held(&path(database))?;
    let there = of(db)?;
    if read(database) == there {
        return Ok(());
    }
    let withdrawn = there.withdrawn.into_iter().map(|withdrawn| Line::Withdrawn { withdrawn });
    let lines = there.made.into_values().map(Line::Made).chain(withdrawn);
    let text: String = lines.map(|line| line.to_text()).collect();
    files::replace_private(&path(database), text.as_bytes())?;
    drop(held);
    Ok(())
}

/// What the journal of an outbox should say.
fn of(db: &Connection) -> rusqlite::Result<Journal> {
    let mut said = Journal::default();
    let mut looked = db.prepare(&format!("SELECT {COLUMNS}, id FROM outbox"))?;
    let mut rows = looked.query([])?;
    while let Some(r) = rows.next()? {
        let n = r.get(0)?;
        if r.get::<_, String>(1)? == super::State::Withdrawn.code() {
            said.withdrawn.insert(n);
        } else {
            said.made.insert(n, made(r)?);
        }
    }
    Ok(said)
}

fn made(r: &Row<'_>) -> rusqlite::Result<Made> {
    Ok(Made {
        n: r.get(0)?,
        made_at: r.get(2)?,
        command: r.get(3)?,
        kind: r.get(4)?,
        target: hex(&r.get::<_, Vec<u8>>(5)?),
        target_code: r.get(6)?,
        order: r.get(7)?,
        audit_no: r.get(11)?,
        id: hex(&r.get::<_, Vec<u8>>(12)?),
    })
}
