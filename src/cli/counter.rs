//! `gongfu counter …` and `gongfu edition …`: answers to removal notices, spot checks, reminders; publishing an edition.

mod remind;

use super::args::{CounterAct, EditionAct};
use super::context::Context;
use super::deed;
use super::fail::{Exit, Fail};
use crate::domain::codes::{AckAnswer, Channel};
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::record::Record;
use crate::domain::rows::{Kind, Publication};
use crate::domain::value::Cell;
use crate::domain::work::Rows;
use crate::store::rows::SqlRows;

/// Runs `counter`.
pub(super) fn run(context: &Context, act: &CounterAct) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let notice = |code: &str| deed::find(context, &store, Kind::RemovalNotice, code);
    let command = match act {
        CounterAct::Edit(args) => return super::edit::run(context, Kind::Counter, args),
        CounterAct::Ack { code, answer, quantity, reason } => Command::AckRemoval {
            notice: notice(code)?,
            answer: AckAnswer::parse(answer).unwrap_or(AckAnswer::Removed),
            quantity: *quantity,
            reason: reason.clone(),
        },
        CounterAct::Check { code, reason } => {
            let (kind, id) = (Kind::RemovalNotice, notice(code)?);
            Command::Move { kind, id, verb: Verb::Check, reason: reason.clone() }
        }
        CounterAct::Remind { code: Some(code), .. } => Command::RemindRemoval { notice: notice(code)? },
        CounterAct::Remind { due: true, .. } => return remind::all_due(context, &store),
        CounterAct::Remind { incident, .. } => {
            let code = incident.clone().unwrap_or_default();
            let incident = deed::find(context, &store, Kind::Incident, &code)?;
            return deed::submit(context, &store, Kind::Incident, Command::RemindSilent { incident });
        }
    };
    deed::submit(context, &store, Kind::RemovalNotice, command)
}

/// Runs `edition`: one of the three places of an edition is published or was looked at.
pub(super) fn edition(context: &Context, act: &EditionAct) -> Result<Exit, Fail> {
    let (verb, args) = match act {
        EditionAct::Publish(args) => (Verb::Publish, args),
        EditionAct::Verify(args) => (Verb::Verify, args),
    };
    let store = context.open_to_write()?;
    let edition = deed::find(context, &store, Kind::CatalogEdition, &args.number)?;
    let db = context.connect(&store)?;
    let rows = SqlRows::new(&db).find(Kind::Publication, "edition_id", &edition.to_value()).unwrap_or_default();
    let channel = Channel::parse(&args.channel);
    let place = rows.into_iter().filter_map(Publication::from_row).find(|p| Some(p.channel) == channel);
    let Some(place) = place else { return Err(deed::unknown(context, Kind::Publication, &args.channel)) };
    let command = Command::Move { kind: Kind::Publication, id: place.id.0, verb, reason: args.reason.clone() };
    let actor = context.actor(&store)?;
    let name = command.name();
    let done = store.submit_wait(&actor, vec![command]).map_err(|e| context.store_fail(&store, e))?;
    deed::tell_row(context, Kind::Publication, (&name, &done), || {
        let db = context.connect(&store)?;
        let row = SqlRows::new(&db).fetch(Kind::Publication, place.id.0).ok().flatten();
        row.ok_or_else(|| deed::unknown(context, Kind::Publication, &args.channel))
    })
}
