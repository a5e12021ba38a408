//! One batch of commands: decide on the rows as they are now, write rows and audit, all in one transaction.
//!
//! A refused command takes the whole batch back; the attempt itself is then written down in a transaction of its own.

use super::audit::{self, Entry};
use super::link::{self, Link};
use super::outbox::journal;
use super::put::Puts;
use super::rows::SqlRows;
use super::{Done, Job, Seen, StoreError, export, level, merge, outbox, setting};
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::command::Command;
use crate::domain::decide::decide;
use crate::domain::machine::Verb;
use crate::domain::refusal::{Refusal, Stop};
use crate::domain::rows::Kind;
use crate::domain::work::{Change, Decision, Rows, Work};
use crate::sqlite::DbError;
use crate::wire::change;
use crate::wire::journal::Line;
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Runs a batch at `now`; `decided` counts its commands as they are decided.
///
/// # Errors
/// The refusal of the first command that a rule refuses, or what is wrong with the file; nothing is changed then.
pub(super) fn run(
    db: &mut Connection,
    path: &Path,
    now: Timestamp,
    ids: &mut Ids,
    Job { actor, commands, seen, closing, .. }: &Job,
    decided: &AtomicU64,
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
    let mut link = link::get(&tx).map_err(failed)?;
    let keeps = |l: &Link| locked(l).or_else(|| commands.iter().find_map(|c| stale(l, now, c)));
    if let Some(refusal) = link.as_ref().and_then(keeps) {
        tx.rollback().map_err(failed)?;
        if let Some(command) = commands.first() {
            note_refusal(db, now, actor, command, &refusal).map_err(failed)?;
        }
        return Err(StoreError::Refused(refusal));
    }
    let mut lines = Vec::new();
    for command in commands {
        let rows = SqlRows::new(&tx);
        // The hub decides again with the same ids, so that what is shown now is what comes back.
        let order = link.is_some().then(|| ids.next_id());
        let based =
            if link.is_some() { outbox::seen_of(&rows, command, of_one(commands, seen)) } else { Ok(Vec::new()) };
        let mut of_order = order.map(Ids::of_command);
        let based = based.unwrap_or_default();
        let verdict = decide(Work::new(&rows, of_order.as_mut().unwrap_or(&mut *ids), actor, now), command);
        let unread = rows.into_failure();
        match verdict {
            Ok(decision) => {
                if link.is_some() {
                    level::keep(&tx, &decision.changes).map_err(failed)?;
                }
                done.audit_no = match apply(&tx, now, actor, command, &decision) {
                    Ok(no) => no,
                    // Rows are on their way that have the number this record would get.
                    Err(e) if link.is_some() && e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                        let refusal = Refusal::new("console-behind");
                        tx.rollback().map_err(failed)?;
                        note_refusal(db, now, actor, command, &refusal).map_err(failed)?;
                        return Err(StoreError::Refused(refusal));
                    }
                    Err(e) => return Err(failed(e)),
                };
                if let (Some(link), Some(id)) = (&mut link, order) {
                    let about = (decision.target, decision.target_code.as_str(), done.audit_no);
                    lines.push(outbox::add(&tx, link, (id, command, based), actor, now, about).map_err(failed)?);
                }
                done.changes += decision.changes.len();
                done.codes.push(decision.target_code);
                decided.fetch_add(1, Ordering::Relaxed);
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
    if let Some(closing) = closing {
        match merge::close(&tx, now, actor, closing).map_err(failed)? {
            Ok(_) => lines.push(Line::Withdrawn { withdrawn: closing.n }),
            Err(refusal) => {
                tx.rollback().map_err(failed)?;
                return Err(StoreError::Refused(refusal));
            }
        }
    }
    tx.commit().map_err(failed)?;
    journal::note(path, &lines);
    Ok(done)
}

/// Runs one command on a connection of the caller's own, as the writer's thread would.
///
/// # Errors
/// The refusal, or what is wrong with the file; nothing is changed then.
pub fn on(
    db: &mut Connection,
    path: &Path,
    now: Timestamp,
    ids: &mut Ids,
    actor: &Actor,
    command: Command,
) -> Result<Done, StoreError> {
    let (commands, answer) = (vec![command], Box::new(|_| {}));
    let job = Job { actor: actor.clone(), commands, seen: Vec::new(), closing: None, answer };
    run(db, path, now, ids, &job, &AtomicU64::new(0))
}

/// What was on the screen, for a command that was asked alone: of a batch nobody knows which row is whose.
fn of_one<'a>(commands: &[Command], seen: &'a [Seen]) -> &'a [Seen] {
    if commands.len() == 1 { seen } else { &[] }
}

/// Why an enrolled console may change nothing any more.
fn locked(link: &Link) -> Option<Refusal> {
    let code = match link.trouble.as_str() {
        link::trouble::REVOKED => "console-revoked",
        link::trouble::VERSION => "console-outdated",
        _ => return None,
    };
    Some(Refusal::new(code).with("hub", link.url.clone()))
}

/// Why something may not be made public now: the data are old, and nobody said why it is done all the same. What is said is in the
/// record of the command.
fn stale(link: &Link, now: Timestamp, command: &Command) -> Option<Refusal> {
    let why = match command {
        Command::Move { verb: Verb::Publish | Verb::Sign, reason, .. } => reason,
        Command::IssueEdition { note, .. } => note,
        _ => return None,
    };
    let hours = export::old_for(link, now).filter(|_| why.trim().is_empty())?;
    Some(Refusal::new("data-old").with("hours", hours.to_string()))
}

/// What would become of each command of a batch, in order: `None` when it would be done. Nothing stays written; a command
/// that would be refused is left out of what follows it.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn rehearse(
    db: &mut Connection,
    path: &Path,
    now: Timestamp,
    ids: &mut Ids,
    actor: &Actor,
    commands: &[Command],
) -> Result<Vec<Option<Refusal>>, StoreError> {
    let failed = |e: rusqlite::Error| StoreError::Db(DbError::of(path, &e));
    let mut out = Vec::with_capacity(commands.len());
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    for command in commands {
        let rows = SqlRows::new(&tx);
        match decide(Work::new(&rows, ids, actor, now), command) {
            Ok(decision) => {
                let mut puts = Puts::new(&tx);
                decision.changes.iter().try_for_each(|c| puts.put(c, 0)).map_err(failed)?;
                out.push(None);
            }
            Err(Stop::Refused(refusal)) => out.push(Some(refusal)),
            Err(Stop::Rows(why)) => {
                return Err(rows.into_failure().map_or_else(|| DbError::Other(path.to_path_buf(), why).into(), failed));
            }
        }
    }
    tx.rollback().map_err(failed)?;
    Ok(out)
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
fn put_all(db: &Connection, changes: &[Change]) -> rusqlite::Result<()> {
    let last: i64 = setting::get(db, setting::CHANGE_NO)?.and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut number = last;
    let mut puts = Puts::new(db);
    for change in changes {
        number += 1;
        puts.put(change, number)?;
    }
    if number > last {
        setting::set(db, setting::CHANGE_NO, &number.to_string())?;
    }
    Ok(())
}

/// Changes from which on their text is made beside the writing: a delisting's is a megabyte.
const MANY: usize = 200;

/// Writes changed rows inside the caller's transaction, and gives the text of the changes for the audit.
///
/// # Errors
/// What SQLite says.
pub(crate) fn put_and_tell(db: &Connection, changes: &[Change]) -> rusqlite::Result<String> {
    if changes.len() < MANY {
        return put_all(db, changes).map(|()| change::to_json(changes));
    }
    std::thread::scope(|scope| {
        let text = scope.spawn(|| change::to_json(changes));
        put_all(db, changes)?;
        Ok(text.join().unwrap_or_else(|_| change::to_json(changes)))
    })
}

fn apply(
    db: &Connection,
    now: Timestamp,
    actor: &Actor,
    command: &Command,
    decision: &Decision,
) -> rusqlite::Result<i64> {
    let detail = put_and_tell(db, &decision.changes)?;
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
        detail: &detail,
    };
    audit::append(db, &entry)
}

/// The code people know a record by, when it is there and has one.
fn code_of(db: &Connection, kind: Kind, id: Uuid) -> Option<String> {
    let place = kind.columns().iter().position(|c| c.name == "code")?;
    let row = SqlRows::new(db).fetch(kind, id).ok().flatten()?;
    row.cells().get(place).and_then(|v| v.as_text().map(str::to_owned))
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
    let aim = command.target();
    let code = match aim.and_then(|(kind, id)| code_of(&tx, kind, id)) {
        Some(code) => code,
        None => refusal.args.iter().find(|(n, _)| *n == "code").map_or_else(String::new, |(_, v)| v.clone()),
    };
    // A megabyte typed as a reason is refused; it need not fill the audit either.
    let reason: String = command.reason().chars().take(200).collect();
    let entry = Entry {
        at: now,
        actor,
        command: &name,
        kind: aim.map_or_else(|| name.split('.').next().unwrap_or_default(), |(kind, _)| kind.table()),
        target: aim.map_or(Uuid::nil(), |(_, id)| id),
        target_code: &code,
        reason: &crate::base::text::clean(&reason),
        outcome: refusal.code,
        changes: &[],
        detail: &change::to_json(&[]),
    };
    audit::append(&tx, &entry)?;
    tx.commit()
}
