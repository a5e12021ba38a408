//! One batch of commands: decide on the rows as they are now, write rows and audit, all in one transaction.
//!
//! A refused command takes the whole batch back; the attempt itself is then written down in a transaction of its own.

use super::audit::{self, Entry};
use super::rows::{SqlRows, put, put_sql};
use super::{Done, Seen, StoreError, setting};
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::decide::decide;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::work::{Change, Decision, Rows, Work};
use crate::sqlite::DbError;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use uuid::Uuid;

/// Runs a batch for `actor` at `now`.
///
/// # Errors
/// The refusal of the first command that a rule refuses, or what is wrong with the file; nothing is changed then.
pub fn run(
    db: &mut Connection,
    path: &Path,
    now: Timestamp,
    ids: &mut Ids,
    actor: &Actor,
    commands: &[Command],
    seen: &[Seen],
) -> Result<Done, StoreError> {
    let failed = |e: rusqlite::Error| StoreError::Db(DbError::of(path, &e));
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if let Some(refusal) = changed_since(&SqlRows::new(&tx), seen) {
        tx.rollback().map_err(failed)?;
        if let Some(command) = commands.first() {
            note_refusal(db, now, actor, command, &refusal).map_err(failed)?;
        }
        return Err(StoreError::Refused(refusal));
    }
    let mut done = Done { codes: Vec::with_capacity(commands.len()), audit_no: 0, changes: 0 };
    for command in commands {
        let rows = SqlRows::new(&tx);
        let decided = decide(Work::new(&rows, ids, actor, now), command);
        let unread = rows.into_failure();
        match decided {
            Ok(decision) => {
                done.audit_no = apply(&tx, now, actor, command, &decision).map_err(failed)?;
                done.changes += decision.changes.len();
                done.codes.push(decision.target_code);
            }
            Err(Stop::Refused(refusal)) => {
                tx.rollback().map_err(failed)?;
                note_refusal(db, now, actor, command, &refusal).map_err(failed)?;
                return Err(StoreError::Refused(refusal));
            }
            Err(Stop::Rows(why)) => {
                return Err(match unread {
                    Some(e) => failed(e),
                    None => DbError::Other(path.to_path_buf(), why).into(),
                });
            }
        }
    }
    tx.commit().map_err(failed)?;
    Ok(done)
}

/// The first row that is not as it was seen. Revision 0 stands for a row seen without its revision.
fn changed_since(rows: &SqlRows<'_>, seen: &[Seen]) -> Option<Refusal> {
    seen.iter().filter(|(_, _, rev)| *rev > 0).find_map(|(kind, id, rev)| {
        let row = rows.fetch(*kind, *id).ok().flatten()?;
        let code = row.kind().columns().iter().position(|c| c.name == "code");
        let code = code.and_then(|i| row.cells()[i].as_text().map(str::to_owned)).unwrap_or_default();
        (row.meta().rev != *rev).then(|| Refusal::new("record-changed").with("code", code))
    })
}

/// Writes changed rows inside the caller's transaction, each with the next number of the changes made here.
///
/// # Errors
/// What SQLite says.
pub fn put_all(db: &Connection, changes: &[Change]) -> rusqlite::Result<()> {
    let last: i64 = setting::get(db, setting::CHANGE_NO)?.and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut number = last;
    for change in changes {
        number += 1;
        put(&mut *db.prepare_cached(&put_sql(change.after.kind()))?, &change.after, number)?;
    }
    if number > last {
        setting::set(db, setting::CHANGE_NO, &number.to_string())?;
    }
    Ok(())
}

fn apply(
    db: &Connection,
    now: Timestamp,
    actor: &Actor,
    command: &Command,
    decision: &Decision,
) -> rusqlite::Result<i64> {
    put_all(db, &decision.changes)?;
    let name = command.name();
    let entry = Entry {
        at: now,
        actor,
        command: &name,
        kind: name.split('.').next().unwrap_or_default(),
        target: decision.target,
        target_code: &decision.target_code,
        // As the rows have it: what a person typed may hold escape sequences.
        reason: &crate::base::text::clean(command.reason()),
        outcome: audit::DONE,
        changes: &decision.changes,
    };
    audit::append(db, &entry)
}

fn note_refusal(
    db: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    command: &Command,
    refusal: &Refusal,
) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let name = command.name();
    let code = refusal.args.iter().find(|(n, _)| *n == "code").map_or("", |(_, v)| v.as_str());
    // A megabyte typed as a reason is refused; it need not fill the audit either.
    let reason: String = command.reason().chars().take(200).collect();
    let entry = Entry {
        at: now,
        actor,
        command: &name,
        kind: name.split('.').next().unwrap_or_default(),
        target: Uuid::nil(),
        target_code: code,
        reason: &crate::base::text::clean(&reason),
        outcome: refusal.code,
        changes: &[],
    };
    audit::append(&tx, &entry)?;
    tx.commit()
}
