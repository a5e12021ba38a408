//! Replacing a reference file in a database that is in use: the file, the names that come from it and the rows that were
//! made from it, in one transaction with its audit record.
//!
//! Nothing is deleted: what a new file no longer names stays. What a person changed since stays, too, unless the new
//! file itself says something else than the one before.

use super::{SetupError, owed_return};
use crate::base::ids::Ids;
use crate::domain::actor::Actor;
use crate::domain::codes::{DeadlineState, ReturnForm};
use crate::domain::record::{Meta, Record};
use crate::domain::rows::*;
use crate::domain::value::Value;
use crate::domain::work::{Change, Rows};
use crate::reference::{ProgrammeDeadline, ProgrammeGoal, Reference, Table, embedded, read};
use crate::sqlite::{self, DbError, Use};
use crate::store::audit::{self, Entry};
use crate::store::rows::SqlRows;
use crate::store::{Connection, FILE, reference, setting, submit};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use uuid::Uuid;

/// Replaces one reference file of the database in `dir` and brings goals, open deadlines and unions level with it;
/// gives the number of lines. All of it is checked first, against the other tables too; nothing changes when a line is
/// wrong.
///
/// # Errors
/// Every wrong line with file, line and column, or what is wrong with the database.
pub fn replace_reference(
    dir: &Path,
    table: Table,
    text: &str,
    actor: &Actor,
    now: Timestamp,
    ids: &mut Ids,
) -> Result<usize, SetupError> {
    let path = dir.join(FILE);
    if !path.exists() {
        return Err(DbError::Missing(path).into());
    }
    let mut db = sqlite::open(&path, Use::Write)?;
    let failed = |e: rusqlite::Error| SetupError::Db(DbError::of(&path, &e));
    // The other files are read under the lock: one that is replaced at the same time must not come back.
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
    let mut texts = BTreeMap::new();
    for t in Table::ALL {
        let kept = setting::reference_text(&tx, reference::name(*t)).map_err(failed)?;
        texts.insert(*t, kept.unwrap_or_else(|| embedded(*t).to_owned()));
    }
    let before = Reference::load(|t| texts.get(&t).cloned()).map_err(SetupError::Reference)?;
    texts.insert(table, text.to_owned());
    let after = Reference::load(|t| texts.get(&t).cloned()).map_err(SetupError::Reference)?;
    texts.insert(table, read::cleaned(text));
    reference::write(&tx, &after, |t| texts.get(&t).cloned().unwrap_or_default(), now).map_err(failed)?;
    let lines = text.lines().count().saturating_sub(1);
    let changes = Follow { db: &tx, actor, now, ids, changes: Vec::new() }.all(&before, &after).map_err(failed)?;
    let detail = submit::put_and_tell(&tx, &changes).map_err(failed)?;
    let entry = Entry {
        at: now,
        actor,
        command: "reference.replace",
        kind: "reference",
        target: actor.org_id,
        target_code: reference::name(table),
        reason: &format!("{} lines", lines),
        outcome: audit::DONE,
        changes: &changes,
        detail: &detail,
    };
    audit::append(&tx, &entry).map_err(failed)?;
    tx.commit().map_err(failed)?;
    Ok(lines)
}

/// The rows that follow a file.
struct Follow<'a> {
    db: &'a Connection,
    actor: &'a Actor,
    now: Timestamp,
    ids: &'a mut Ids,
    changes: Vec<Change>,
}

impl Follow<'_> {
    fn all(mut self, before: &Reference, after: &Reference) -> rusqlite::Result<Vec<Change>> {
        for goal in &after.goals {
            self.goal(before.goals.iter().find(|g| g.code == goal.code), goal)?;
        }
        for due in &after.deadlines {
            self.deadline(before.deadlines.iter().find(|d| d.code == due.code), due)?;
        }
        self.unions(after)?;
        Ok(self.changes)
    }

    /// Rows of a kind whose column holds this text.
    fn find<R: Record>(&self, column: &'static str, text: &str) -> rusqlite::Result<Vec<R>> {
        let rows = SqlRows::new(self.db);
        match rows.find(R::KIND, column, &Value::Text(text.to_owned())) {
            Ok(found) => Ok(found.into_iter().filter_map(R::from_row).collect()),
            Err(why) => {
                let said = rows.into_failure();
                Err(said.unwrap_or_else(|| rusqlite::Error::ToSqlConversionFailure(why.into())))
            }
        }
    }

    fn meta(&self, org: Uuid) -> Meta {
        let who = self.actor.name.clone();
        let (created_by, updated_by) = (who.clone(), who);
        let (created_at, updated_at) = (self.now, self.now);
        Meta { org, rev: 1, created_at, created_by, updated_at, updated_by, source: "reference".into() }
    }

    /// Notes that a row is another now, when it is.
    fn change<R: Record>(&mut self, before: R, mut after: R) {
        if before == after {
            return;
        }
        let meta = after.meta_mut();
        meta.rev += 1;
        meta.updated_at = self.now;
        meta.updated_by.clone_from(&self.actor.name);
        self.changes.push(Change { before: Some(before.into()), after: after.into() });
    }

    fn new_row(&mut self, row: impl Into<Row>) {
        self.changes.push(Change { before: None, after: row.into() });
    }

    fn goal(&mut self, old: Option<&ProgrammeGoal>, new: &ProgrammeGoal) -> rusqlite::Result<()> {
        if old == Some(new) {
            return Ok(());
        }
        let Some(row) = self.find::<Goal>("code", &new.code)?.into_iter().next() else {
            let id = GoalId(self.ids.next_id());
            let meta = self.meta(self.actor.org_id);
            let (code, title, title_en) = (new.code.clone(), new.title.clone(), new.title_en.clone());
            let (target, unit, due_on, plan_item) = (new.target, new.unit, new.due_on, new.plan_item.clone());
            self.new_row(Goal { id, meta, code, title, title_en, target, unit, due_on, plan_item });
            return Ok(());
        };
        let mut after = row.clone();
        if old.is_none_or(|o| o.target != new.target) {
            (after.target, after.unit) = (new.target, new.unit);
        }
        if old.is_none_or(|o| o.due_on != new.due_on) {
            after.due_on = new.due_on;
        }
        after.title.clone_from(&new.title);
        after.title_en.clone_from(&new.title_en);
        after.plan_item.clone_from(&new.plan_item);
        self.change(row, after);
        Ok(())
    }

    fn deadline(&mut self, old: Option<&ProgrammeDeadline>, new: &ProgrammeDeadline) -> rusqlite::Result<()> {
        if old == Some(new) {
            return Ok(());
        }
        let Some(row) = self.find::<Deadline>("code", &new.code)?.into_iter().next() else {
            let new = Deadline {
                id: DeadlineId(self.ids.next_id()),
                meta: self.meta(self.actor.org_id),
                code: new.code.clone(),
                title: new.title.clone(),
                title_en: new.title_en.clone(),
                due_on: new.due_on,
                owner: new.owner.clone(),
                done_when: new.done_when.clone(),
                plan_item: new.plan_item.clone(),
                state: DeadlineState::Open,
                done_on: None,
                note: String::new(),
            };
            self.new_row(new);
            return Ok(());
        };
        // What is done was done by the day that counted then.
        if row.state != DeadlineState::Open {
            return Ok(());
        }
        let mut after = row.clone();
        if old.is_none_or(|o| o.due_on != new.due_on) {
            after.due_on = new.due_on;
        }
        after.title.clone_from(&new.title);
        after.title_en.clone_from(&new.title_en);
        after.owner.clone_from(&new.owner);
        after.done_when.clone_from(&new.done_when);
        after.plan_item.clone_from(&new.plan_item);
        self.change(row, after);
        Ok(())
    }

    /// Unions that are new become organisations and owe the returns that are open.
    fn unions(&mut self, after: &Reference) -> rusqlite::Result<()> {
        let mut known: BTreeMap<String, Uuid> = BTreeMap::new();
        {
            let mut statement = self.db.prepare("SELECT code, id FROM organisation")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                known.insert(row.get(0)?, crate::store::convert::uuid(row, 1)?);
            }
        }
        let new: Vec<_> = after.unions.iter().filter(|u| !known.contains_key(&u.id)).collect();
        for union in &new {
            known.insert(union.id.clone(), self.ids.next_id());
        }
        for union in new {
            let Some(id) = known.get(&union.id).copied() else { continue };
            let parent = known.get(&union.parent_id).copied().map(OrgId);
            let (annex1, annex2) = (union.files_annex1 == "yes", union.files_annex2 == "yes");
            self.new_row(Organisation {
                id: OrgId(id),
                meta: self.meta(parent.map_or(id, |p| p.0)),
                code: union.id.clone(),
                name: union.name.clone(),
                name_en: union.name_en.clone(),
                kind: union.kind,
                division_code: union.division_code.clone(),
                parent_id: parent,
                files_annex1: annex1,
                files_annex2: annex2,
                quota_rate_bp: 3000,
            });
            for (owes, form, code) in [(annex1, ReturnForm::Annex1, "D1"), (annex2, ReturnForm::Annex2, "D2")] {
                let open = self.find::<Deadline>("code", code)?.into_iter().find(|d| d.state == DeadlineState::Open);
                if let Some(deadline) = open.filter(|_| owes) {
                    self.owe(id, deadline.id, form);
                }
            }
        }
        Ok(())
    }

    fn owe(&mut self, unit: Uuid, deadline: DeadlineId, form: ReturnForm) {
        let id = ReturnId(self.ids.next_id());
        self.new_row(owed_return(id, self.meta(unit), (deadline, OrgId(unit), form)));
    }
}
