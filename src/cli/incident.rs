//! `gongfu incident …`: the whole way of a quality incident, by the same commands and rules as the screens.

mod notice;
mod receipts;

use super::args::{EvidenceAct, IncidentAct, TriageArgs};
use super::context::Context;
use super::deed;
use super::fail::{Exit, Fail};
use crate::domain::codes::{EvidenceKind, Grade};
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::rows::{Kind, Row};
use crate::setup::evidence;

/// Runs `incident`.
pub(super) fn run(context: &Context, act: &IncidentAct) -> Result<Exit, Fail> {
    let (verb, args) = match act {
        IncidentAct::Report { code, title, place, grade } => {
            return report(context, code, title, place, grade);
        }
        IncidentAct::Triage(args) => return triage(context, args),
        IncidentAct::Evidence { act: EvidenceAct::Add { code, kind, title, file } } => {
            return attach(context, code, (kind, title), file);
        }
        IncidentAct::Confirm { code, product, reason } => return confirm(context, code, product, reason),
        IncidentAct::Receipts { code } => return receipts::run(context, code),
        IncidentAct::Notice { code, out, force } => return notice::run(context, code, out, *force),
        IncidentAct::Verify(args) => (Verb::Verify, args),
        IncidentAct::Advise(args) => (Verb::Advise, args),
        IncidentAct::Unfounded(args) => (Verb::Unfounded, args),
        IncidentAct::NotSerious(args) => (Verb::NotSerious, args),
        IncidentAct::Close(args) => (Verb::Close, args),
        IncidentAct::Reopen(args) => (Verb::Reopen, args),
    };
    let store = context.open_to_write()?;
    let id = deed::find(context, &store, Kind::Incident, &args.code)?;
    let command = Command::Move { kind: Kind::Incident, id, verb, reason: args.reason.clone() };
    deed::submit(context, &store, Kind::Incident, command)
}

fn grade(code: &str) -> Grade {
    // Only the codes of the set get past the arguments.
    Grade::parse(code).unwrap_or(Grade::One)
}

fn report(context: &Context, code: &str, title: &str, place: &str, class: &str) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let entry = deed::find(context, &store, Kind::CatalogEntry, code)?;
    let (title, place) = (title.to_owned(), place.to_owned());
    let command = Command::ReportIncident { entry, title, place, grade: grade(class) };
    deed::submit(context, &store, Kind::Incident, command)
}

fn triage(context: &Context, args: &TriageArgs) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let command = Command::TriageIncident {
        incident: deed::find(context, &store, Kind::Incident, &args.code)?,
        grade: grade(&args.grade),
        recall_class: grade(args.recall_class.as_ref().unwrap_or(&args.grade)),
        batches: args.batches.clone(),
        suspend: args.suspend,
        reason: args.reason.clone(),
    };
    deed::submit(context, &store, Kind::Incident, command)
}

fn attach(context: &Context, code: &str, (kind, title): (&str, &str), file: &std::path::Path) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let incident = deed::find(context, &store, Kind::Incident, code)?;
    let actor = context.actor(&store)?;
    let kind = EvidenceKind::parse(kind).unwrap_or(EvidenceKind::Other);
    let done = evidence::attach(&store, &actor, incident, (kind, title.to_owned()), file)
        .map_err(|e| context.store_fail(&store, e))?;
    deed::tell(context, &store, Kind::Incident, "incident.add_evidence", &done)
}

/// The code of the product is typed, as on the screen.
fn confirm(context: &Context, code: &str, product: &str, reason: &str) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let Row::Incident(incident) = deed::read(context, &store, Kind::Incident, code)? else {
        return Err(deed::unknown(context, Kind::Incident, code));
    };
    let command =
        Command::ConfirmIncident { incident: incident.id.0, product: product.to_owned(), reason: reason.to_owned() };
    deed::submit(context, &store, Kind::Incident, command)
}
