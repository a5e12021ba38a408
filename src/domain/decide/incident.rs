//! Quality incidents, delisting, removal notices (A31, domain section 4; plan 三（二）1 一经查实立即清理).

use super::{Target, catalog, closing, field, no_such_step, owner, recall, step};
use crate::base::text;
use crate::domain::codes::*;
use crate::domain::machine::{self, Verb};
use crate::domain::refusal::{Refusal, Stop, wrong_state};
use crate::domain::rights::{self, Right};
use crate::domain::rows::*;
use crate::domain::value::Cell;
use crate::domain::work::Work;
use jiff::SignedDuration;
use std::collections::HashSet;
use uuid::Uuid;

/// Hours a counter has to answer a removal notice (domain section 4, t4).
pub const ACK_HOURS: i64 = 24;

/// What triage settles.
pub struct Classes<'a> {
    pub grade: Grade,
    pub recall: Grade,
    pub batches: &'a str,
}

pub fn report(w: &mut Work<'_>, entry: Uuid, title: &str, place: &str, grade: Grade) -> Result<Target, Stop> {
    let entry: CatalogEntry = w.get(entry)?;
    w.allow(Right::ReportIncident, &entry.county_code, owner(&entry))?;
    // A product withdrawn for want of stock may still stand on shelves.
    if !matches!(entry.state, EntryState::Listed | EntryState::Suspended | EntryState::Withdrawn) {
        super::counter::must_be_listed(&entry)?;
    }
    let title = field::required("title", title, field::SHORT)?;
    let place = field::optional("place", place, field::SHORT)?;
    let year = w.today().year();
    let number = w.next_number(Kind::Incident)?;
    let incident = Incident {
        id: IncidentId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        code: format!("QI-{year}-{number:04}"),
        entry_id: entry.id,
        product_id: entry.product_id,
        supplier_id: entry.supplier_id,
        county_code: entry.county_code.clone(),
        title: title.clone(),
        place,
        grade,
        recall_class: None,
        batches: String::new(),
        state: IncidentState::Reported,
        reporter: w.actor.name.clone(),
        reported_at: w.now,
        triaged_at: None,
        verified_by: String::new(),
        verified_at: None,
        confirmed_by: String::new(),
        confirmed_at: None,
        closed_at: None,
        notices: 0,
        acknowledged: 0,
        edition_no: None,
    };
    let target = (incident.id.0, incident.code.clone());
    let id = incident.id;
    w.create(incident);
    add_step(w, id, 1, "report", title);
    Ok(target)
}

/// Whether an incident still waits for its end.
pub fn is_open(incident: &Incident) -> bool {
    !matches!(incident.state, IncidentState::Closed | IncidentState::Unfounded | IncidentState::NotSerious)
}

fn add_step(w: &mut Work<'_>, incident: IncidentId, number: i64, verb: &str, note: String) {
    let step = IncidentStep {
        id: IncidentStepId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        incident_id: incident,
        number,
        verb: verb.to_owned(),
        at: w.now,
        person: w.actor.name.clone(),
        note,
    };
    w.create(step);
}

fn log(w: &mut Work<'_>, incident: IncidentId, verb: Verb, note: &str) -> Result<(), Stop> {
    let number = w.count_where(Kind::IncidentStep, "incident_id", incident.to_value())? + 1;
    add_step(w, incident, number, verb.code(), note.to_owned());
    Ok(())
}

pub fn triage(w: &mut Work<'_>, id: Uuid, classes: &Classes<'_>, suspend: bool, reason: &str) -> Result<Target, Stop> {
    let incident: Incident = w.get(id)?;
    let area = (incident.county_code.as_str(), owner(&incident));
    let entry: CatalogEntry = w.get(incident.entry_id.0)?;
    // City or office (domain section 4), and by where the product is from: having reported gives no say.
    w.allow(Right::Suspend, &entry.county_code, owner(&entry))?;
    let (_, state) = step(w, &incident.code, incident.state, Verb::Triage, reason, area)?;
    if suspend && entry.state == EntryState::Listed {
        let stopped = catalog::set_state(w, &entry, Verb::Suspend, &format!("{} {reason}", incident.code))?;
        w.amend(CatalogEntry { suspended_for: incident.code.clone(), ..stopped });
    }
    let after = Incident {
        state,
        grade: classes.grade,
        recall_class: Some(classes.recall),
        batches: field::optional("batches", classes.batches, field::SHORT)?,
        triaged_at: Some(w.now),
        ..incident.clone()
    };
    w.update(incident.clone(), after);
    log(w, incident.id, Verb::Triage, reason)?;
    Ok((id, incident.code))
}

pub fn add_evidence(
    w: &mut Work<'_>,
    id: Uuid,
    kind: EvidenceKind,
    title: &str,
    sha256: &str,
    bytes: i64,
) -> Result<Target, Stop> {
    let incident: Incident = w.get(id)?;
    w.allow(Right::ReportIncident, &incident.county_code, owner(&incident))?;
    if !is_open(&incident) {
        let needs = "reported,triaged,verifying,removal_running,reopened";
        let (state, who) = (incident.state.code(), rights::who(Right::ReportIncident));
        return Err(wrong_state(Kind::Incident, incident.code, state, "add_evidence", needs, who).into());
    }
    if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Refusal::new("field-unclean").with("field", "sha256").into());
    }
    let evidence = Evidence {
        id: EvidenceId(w.new_id()),
        meta: w.new_meta(w.actor.org_id),
        incident_id: incident.id,
        kind,
        title: field::required("title", title, field::SHORT)?,
        sha256: sha256.to_ascii_lowercase(),
        bytes: field::between("bytes", bytes, 0, 20 << 20)?,
        added_at: w.now,
    };
    w.create(evidence);
    Ok((id, incident.code))
}

/// Verification, the ways out, closing and reopening. Triage and confirmation have more to say: their own commands.
pub fn walk(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let incident: Incident = w.get(id)?;
    let own_commands = [Verb::Triage, Verb::Confirm, Verb::StartRemoval];
    if own_commands.contains(&verb) {
        return Err(no_such_step(Kind::Incident, &incident.code, incident.state.code(), verb).into());
    }
    let area = (incident.county_code.as_str(), owner(&incident));
    let (_, state) = step(w, &incident.code, incident.state, verb, reason, area)?;
    let mut after = Incident { state, ..incident.clone() };
    match verb {
        Verb::Verify => {
            let mut names: Vec<&str> = incident.verified_by.split('、').filter(|n| !n.is_empty()).collect();
            if !names.contains(&w.actor.name.as_str()) {
                names.push(&w.actor.name);
            }
            after.verified_by = names.join("、");
            after.verified_at = Some(w.now);
        }
        Verb::Close => {
            let notices = w.find::<RemovalNotice>("incident_id", incident.id.to_value())?;
            let open = notices.iter().filter(|n| n.state == NoticeState::Unacknowledged).count();
            if open > 0 {
                let refusal = Refusal::new("open-notices").with("code", incident.code).with("open", open.to_string());
                return Err(refusal.into());
            }
            recall::must_be_checked(&incident, &notices)?;
            closing::must_be_republished(w, &incident)?;
            after.closed_at = Some(w.now);
        }
        Verb::Reopen => after.closed_at = None,
        Verb::Unfounded | Verb::NotSerious => {
            after.closed_at = Some(w.now);
            release(w, &incident, reason)?;
        }
        _ => {}
    }
    w.update(incident.clone(), after);
    log(w, incident.id, verb, reason)?;
    Ok((id, incident.code))
}

/// Lists the entry again when this incident suspended it and no other open incident keeps it so. What a person
/// suspended by hand, a person resumes.
fn release(w: &mut Work<'_>, incident: &Incident, reason: &str) -> Result<(), Stop> {
    let entry: CatalogEntry = w.get(incident.entry_id.0)?;
    let others = w.find::<Incident>("entry_id", entry.id.to_value())?;
    if entry.suspended_for != incident.code {
        return Ok(());
    }
    match others.iter().find(|i| i.id != incident.id && is_open(i)) {
        // The other one takes over, so that its end finds the suspension it has to lift.
        Some(other) => w.update(entry.clone(), CatalogEntry { suspended_for: other.code.clone(), ..entry }),
        None => {
            catalog::set_state(w, &entry, Verb::Resume, &format!("{} {reason}", incident.code))?;
        }
    }
    Ok(())
}

pub fn confirm(w: &mut Work<'_>, id: Uuid, product: &str, reason: &str) -> Result<Target, Stop> {
    let incident: Incident = w.get(id)?;
    let area = (incident.county_code.as_str(), owner(&incident));
    let (_, state) = step(w, &incident.code, incident.state, Verb::Confirm, reason, area)?;
    four_eyes(w, &incident)?;
    let (_, state) = machine::step(&incident.code, state, Verb::StartRemoval, reason)?;
    let entry: CatalogEntry = w.get(incident.entry_id.0)?;
    let typed = text::half_width(&field::required("code", product, field::SHORT)?).to_uppercase();
    if typed != entry.code {
        let refusal = Refusal::new("wrong-product").with("code", entry.code).with("typed", typed);
        return Err(refusal.with("incident", incident.code).into());
    }
    let cause = format!("{} {reason}", incident.code);
    let (notices, edition_no) = match entry.state {
        // One delisting, two reports (domain section 4): this one ends with the edition of the other.
        EntryState::Delisted => (0, closing::delisted_in(w, &incident)?),
        _ => delist(w, &incident, &entry, &cause).map(|(notices, number)| (notices, Some(number)))?,
    };
    let after = Incident {
        state,
        confirmed_by: w.actor.name.clone(),
        confirmed_at: Some(w.now),
        notices: incident.notices + notices,
        edition_no,
        ..incident.clone()
    };
    w.update(incident.clone(), after);
    log(w, incident.id, Verb::Confirm, reason)?;
    Ok((id, incident.code))
}

/// Delists an incident's product as [`confirm`] does, without asking who asks.
pub fn foresee(w: &mut Work<'_>, id: Uuid) -> Result<(), Stop> {
    let incident: Incident = w.get(id)?;
    let entry: CatalogEntry = w.get(incident.entry_id.0)?;
    delist(w, &incident, &entry, &format!("{} -", incident.code)).map(drop)
}

/// Never the reporter, never the one who verified alone; verified by a test report, a regulator's notice or two people
/// other than the reporter (domain section 4).
fn four_eyes(w: &Work<'_>, incident: &Incident) -> Result<(), Stop> {
    let me = w.actor.name.as_str();
    if incident.reporter == me || incident.verified_by == me {
        let role = if incident.reporter == me { "reporter" } else { "verifier" };
        return Err(Refusal::new("four-eyes").with("code", incident.code.clone()).with("role", role).into());
    }
    let evidence = w.find::<Evidence>("incident_id", incident.id.to_value())?;
    let official = |e: &Evidence| matches!(e.kind, EvidenceKind::TestReport | EvidenceKind::RegulatorNotice);
    let witnesses = incident.verified_by.split('、').filter(|n| !n.is_empty() && *n != incident.reporter).count();
    if evidence.is_empty() || !(evidence.iter().any(official) || witnesses >= 2) {
        return Err(Refusal::new("evidence-missing").with("code", incident.code.clone()).into());
    }
    Ok(())
}

/// Takes the entry out of everything in this one decision; gives the number of notices written and that of the edition.
fn delist(w: &mut Work<'_>, incident: &Incident, entry: &CatalogEntry, cause: &str) -> Result<(i64, i64), Stop> {
    let shelves = w.find::<ShelfLine>("entry_id", entry.id.to_value())?;
    // Each counter once, in the order of its lines. The lines are read once: there may be thousands.
    let mut seen = HashSet::new();
    let counters: Vec<CounterId> = shelves.iter().map(|s| s.counter_id).filter(|c| seen.insert(*c)).collect();
    let entry = catalog::delist(w, entry, shelves, cause)?;
    // Counts are of stored rows, where this entry may still be listed.
    let leaving = i64::from(w.stored::<CatalogEntry>(entry.id.0)?.is_some_and(|e| e.state == EntryState::Listed));
    let today = w.today();
    let number = w.next_number(Kind::CatalogEdition)?;
    catalog::new_edition(w, today, cause.to_owned(), (leaving, true))?;
    for (place, counter_id) in counters.iter().enumerate() {
        let counter: Counter = w.get(counter_id.0)?;
        let notice = RemovalNotice {
            id: NoticeId(w.new_id()),
            meta: w.new_meta(owner(&counter)),
            code: format!("{}-{:04}", incident.code.replacen("QI", "XJ", 1), place + 1),
            incident_id: incident.id,
            entry_id: entry.id,
            counter_id: counter.id,
            county_code: counter.county_code,
            issued_at: w.now,
            due_at: w.now.checked_add(SignedDuration::from_hours(ACK_HOURS)).unwrap_or(w.now),
            state: NoticeState::Unacknowledged,
            reminders: 0,
            reminded_at: None,
        };
        w.create(notice);
    }
    recall::take_back(w, incident, &entry, cause)?;
    for other in w.find::<CatalogEntry>("supplier_id", entry.supplier_id.to_value())? {
        let open = matches!(other.state, EntryState::Listed | EntryState::Suspended);
        if other.id != entry.id && open && !other.under_review {
            w.update(other.clone(), CatalogEntry { under_review: true, ..other });
        }
    }
    let supplier: Supplier = w.get(entry.supplier_id.0)?;
    w.update(supplier.clone(), Supplier { under_review: true, ..supplier });
    Ok((i64::try_from(counters.len()).unwrap_or(i64::MAX), number))
}

pub fn acknowledge(w: &mut Work<'_>, id: Uuid, answer: AckAnswer, quantity: i64, reason: &str) -> Result<Target, Stop> {
    let notice: RemovalNotice = w.get(id)?;
    let verb = if answer == AckAnswer::Cannot { Verb::Explain } else { Verb::Acknowledge };
    let area = (notice.county_code.as_str(), owner(&notice));
    let (_, state) = step(w, &notice.code, notice.state, verb, reason, area)?;
    let ack = RemovalAck {
        id: AckId(w.new_id()),
        meta: w.new_meta(owner(&notice)),
        notice_id: notice.id,
        answer,
        quantity: field::between("quantity", quantity, 0, 1_000_000)?,
        reason: reason.to_owned(),
        person: w.actor.name.clone(),
        at: w.now,
    };
    w.create(ack);
    let first_answer = notice.state == NoticeState::Unacknowledged;
    w.update(notice.clone(), RemovalNotice { state, ..notice.clone() });
    if answer != AckAnswer::Cannot {
        for line in w.find::<ShelfLine>("counter_id", notice.counter_id.to_value())? {
            if line.entry_id == notice.entry_id && line.state != ShelfState::Removed {
                w.update(line.clone(), ShelfLine { state: ShelfState::Removed, ..line });
            }
        }
    }
    if first_answer {
        let incident: Incident = w.get(notice.incident_id.0)?;
        w.update(incident.clone(), Incident { acknowledged: incident.acknowledged + 1, ..incident });
    }
    Ok((id, notice.code))
}

pub fn walk_notice(w: &mut Work<'_>, id: Uuid, verb: Verb, reason: &str) -> Result<Target, Stop> {
    let notice: RemovalNotice = w.get(id)?;
    if verb != Verb::Check {
        return Err(no_such_step(Kind::RemovalNotice, &notice.code, notice.state.code(), verb).into());
    }
    let area = (notice.county_code.as_str(), owner(&notice));
    let (_, state) = step(w, &notice.code, notice.state, verb, reason, area)?;
    w.update(notice.clone(), RemovalNotice { state, ..notice.clone() });
    // A spot check is a visit: who was there and when is on the counter's record (domain section 4).
    let counter: Counter = w.get(notice.counter_id.0)?;
    let today = w.today();
    let visit = Visit {
        id: VisitId(w.new_id()),
        meta: w.new_meta(owner(&counter)),
        counter_id: counter.id,
        visited_on: today,
        visitor: w.actor.name.clone(),
        note: format!("{} {reason}", notice.code).trim_end().to_owned(),
    };
    w.create(visit);
    let last_visit = counter.last_visit.max(Some(today));
    w.update(counter.clone(), Counter { last_visit, ..counter });
    Ok((id, notice.code))
}
