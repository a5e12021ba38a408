//! Making a database: the demo province, a new profile with the reference data only, replacing a reference file.
//!
//! Owns what a fresh database holds; rows are written through the store's loader or as one transaction.

pub mod evidence;
mod replace;

pub use replace::replace_reference;

mod day;

use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::demo::{self, Options, Summary};
use crate::domain::actor::Actor;
use crate::domain::codes::{DeadlineState, OrgKind, ReturnForm, ReturnState, Role};
use crate::domain::record::Meta;
use crate::domain::rows::*;
use crate::domain::value::Fen;
use crate::reference::{Reference, RowError, embedded};
use crate::sqlite::{self, DbError, Stop, Use};
use crate::store::load::{self, Loader};
use crate::store::{FILE, reference, setting};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use uuid::Uuid;

/// Why a database could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// The reference files do not fit; every line that is wrong.
    #[error("reference data: {} lines are wrong", .0.len())]
    Reference(Vec<RowError>),
    /// No union or division has this name or code.
    #[error("no union or division is called {0}")]
    UnknownOrg(String),
}

/// How far a long making is: rows done and expected, or steps of the indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Rows { done: u64, expected: u64 },
    Indices { done: usize, of: usize },
}

/// Code of the organisation the demo is shown as.
pub const DEMO_ORG: &str = "sx_ftu";

/// Makes the demo province in `dir`, which must have no database yet.
///
/// # Errors
/// What is wrong with the directory or the disk; nothing is left behind then that would be taken for a database.
pub fn demo(dir: &Path, seed: u64, scale: u32, progress: impl FnMut(Stage)) -> Result<Summary, SetupError> {
    demo_until(dir, seed, scale, &Stop::default(), progress)
}

/// As [`demo()`], ended by `stop`: nothing is left behind then.
///
/// # Errors
/// As [`demo()`]; [`DbError::Interrupted`].
pub fn demo_until(
    dir: &Path,
    seed: u64,
    scale: u32,
    stop: &Stop,
    mut progress: impl FnMut(Stage),
) -> Result<Summary, SetupError> {
    let tables = Reference::embedded().map_err(SetupError::Reference)?;
    let mut loader = Loader::begin_until(dir, stop)?;
    let now = demo::NOW;
    loader.with(|db| reference::write(db, &tables, |t| embedded(t).to_owned(), now))?;
    let mut org = None;
    let mut files = Vec::new();
    let progress = std::cell::RefCell::new(&mut progress);
    let summary = demo::generate_with(
        &tables,
        &Options { seed, scale, now },
        &mut |row| {
            if let Row::Organisation(o) = &row
                && o.code == DEMO_ORG
            {
                org = Some(o.id.0);
            }
            if let Row::Evidence(e) = &row {
                files.push(demo::evidence_text(&e.title, e.id));
            }
            loader.push(&row)
        },
        &mut |p| (progress.borrow_mut())(Stage::Rows { done: p.done, expected: p.expected }),
    )?;
    let actor = office(org.unwrap_or_default());
    loader.with(|db| load::mark(db, Some(now), DEMO_ORG))?;
    loader.note(
        day::morning(),
        &actor,
        "database.demo",
        &format!("seed {seed}, scale {scale}, {} rows", summary.total()),
    )?;
    for content in files {
        evidence::put(dir, content.as_bytes()).map_err(|e| DbError::io(dir, &e))?;
    }
    loader.finish(|done, of| (progress.borrow_mut())(Stage::Indices { done, of }))?;
    day::live(dir, seed)?;
    start_clock(dir)?;
    Ok(summary)
}

/// Notes the machine's time as the moment the demo stands at its instant: making it may have taken minutes.
fn start_clock(dir: &Path) -> Result<(), DbError> {
    let path = dir.join(FILE);
    let db = sqlite::open(&path, Use::Write)?;
    setting::set(&db, setting::DEMO_SINCE, &Clock::Real.now().to_string()).map_err(|e| DbError::of(&path, &e))
}

/// The person the demo is shown to.
pub fn office(org_id: Uuid) -> Actor {
    Actor {
        name: "李静".into(),
        org_id,
        org_name: "省总办公室".into(),
        role: Role::Office,
        division_code: "610000".into(),
        login: String::new(),
        terminal: String::new(),
        ssh_client: String::new(),
        clock_set: false,
    }
}

/// Makes a profile in `dir` for the union or division called `org` (code or name), with the reference data, the
/// programme's deadlines and goals, the unions that file and the returns they owe. Gives the organisation's name.
///
/// # Errors
/// When no union has that name, the reference data do not fit or the directory has a database already.
pub fn init(dir: &Path, org: &str, clock: Clock, ids: &mut Ids) -> Result<String, SetupError> {
    let tables = Reference::embedded().map_err(SetupError::Reference)?;
    let now = clock.now();
    let unions = organisations(&tables, now, ids);
    let mine = unions
        .iter()
        .find(|o| o.code == org || o.name == org || o.division_code == org && o.kind != OrgKind::Industrial)
        .ok_or_else(|| SetupError::UnknownOrg(org.to_owned()))?;
    let (id, name, code) = (mine.id.0, mine.name.clone(), mine.code.clone());
    let mut loader = Loader::begin(dir)?;
    loader.with(|db| reference::write(db, &tables, |t| embedded(t).to_owned(), now))?;
    let mut rows: Vec<Row> = unions.iter().cloned().map(Row::from).collect();
    rows.extend(programme(&tables, &unions, now, ids));
    for row in &rows {
        loader.push(row)?;
    }
    loader.with(|db| load::mark(db, None, &code))?;
    let mut actor = office(id);
    actor.name = "gongfu init".into();
    name.clone_into(&mut actor.org_name);
    loader.note(now, &actor, "database.init", &name)?;
    loader.finish(|_, _| {})?;
    Ok(name)
}

fn meta(org: Uuid, now: Timestamp) -> Meta {
    let who = "gongfu init".to_owned();
    Meta {
        org,
        rev: 1,
        created_at: now,
        created_by: who.clone(),
        updated_at: now,
        updated_by: who,
        source: "reference".into(),
    }
}

/// The unions of the reference file, and one for every county.
fn organisations(tables: &Reference, now: Timestamp, ids: &mut Ids) -> Vec<Organisation> {
    let known: BTreeMap<&str, Uuid> = tables.unions.iter().map(|u| (u.id.as_str(), ids.next_id())).collect();
    let mut out: Vec<Organisation> = Vec::new();
    for u in &tables.unions {
        let id = known.get(u.id.as_str()).copied().unwrap_or_default();
        let parent = known.get(u.parent_id.as_str()).copied().map(OrgId);
        out.push(Organisation {
            id: OrgId(id),
            meta: meta(parent.map_or(id, |p| p.0), now),
            code: u.id.clone(),
            name: u.name.clone(),
            name_en: u.name_en.clone(),
            kind: u.kind,
            division_code: u.division_code.clone(),
            parent_id: parent,
            files_annex1: u.files_annex1 == "yes",
            files_annex2: u.files_annex2 == "yes",
            quota_rate_bp: 3000,
        });
    }
    for county in tables.counties().filter(|d| !tables.unions.iter().any(|u| u.division_code == d.code)) {
        let parent =
            out.iter().find(|o| o.kind == OrgKind::City && o.division_code == county.prefecture_code).map(|o| o.id);
        let id = ids.next_id();
        out.push(Organisation {
            id: OrgId(id),
            meta: meta(parent.map_or(id, |p| p.0), now),
            code: format!("ftu_{}", county.code),
            name: format!("{}总工会", county.name),
            name_en: format!("{} Federation of Trade Unions", county.name_en),
            kind: OrgKind::County,
            division_code: county.code.clone(),
            parent_id: parent,
            files_annex1: false,
            files_annex2: false,
            quota_rate_bp: 3000,
        });
    }
    out
}

/// Deadlines, goals, and a return for every unit that owes one (四, D1 and D2).
fn programme(tables: &Reference, unions: &[Organisation], now: Timestamp, ids: &mut Ids) -> Vec<Row> {
    let owner = unions.iter().find(|o| o.kind == OrgKind::Provincial).map_or_else(Uuid::nil, |o| o.id.0);
    let mut out: Vec<Row> = Vec::new();
    for g in &tables.goals {
        out.push(Row::from(Goal {
            id: GoalId(ids.next_id()),
            meta: meta(owner, now),
            code: g.code.clone(),
            title: g.title.clone(),
            title_en: g.title_en.clone(),
            target: g.target,
            unit: g.unit,
            due_on: g.due_on,
            plan_item: g.plan_item.clone(),
        }));
    }
    for d in &tables.deadlines {
        let id = DeadlineId(ids.next_id());
        out.push(Row::from(Deadline {
            id,
            meta: meta(owner, now),
            code: d.code.clone(),
            title: d.title.clone(),
            title_en: d.title_en.clone(),
            due_on: d.due_on,
            owner: d.owner.clone(),
            done_when: d.done_when.clone(),
            plan_item: d.plan_item.clone(),
            state: DeadlineState::Open,
            done_on: None,
            note: String::new(),
        }));
        let form = match d.code.as_str() {
            "D1" => ReturnForm::Annex1,
            "D2" => ReturnForm::Annex2,
            _ => continue,
        };
        let owes = |o: &&Organisation| if form == ReturnForm::Annex1 { o.files_annex1 } else { o.files_annex2 };
        for unit in unions.iter().filter(owes) {
            let owed = owed_return(ReturnId(ids.next_id()), meta(unit.id.0, now), (id, unit.id, form));
            out.push(owed.into());
        }
    }
    out
}

/// The return a unit owes for a deadline, before anything was done about it (A32).
fn owed_return(id: ReturnId, meta: Meta, (deadline_id, unit_id, form): (DeadlineId, OrgId, ReturnForm)) -> Return {
    Return {
        id,
        meta,
        deadline_id,
        unit_id,
        form,
        state: ReturnState::NotStarted,
        submitted_at: None,
        accepted_at: None,
        reminders: 0,
        planned_fen: Fen(0),
        workers: 0,
        note: String::new(),
    }
}
