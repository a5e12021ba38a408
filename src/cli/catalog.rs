//! `gongfu catalog …`: the arrows of a catalog entry that one person may walk, and relisting.

use super::args::CatalogAct;
use super::context::Context;
use super::deed;
use super::fail::{Exit, Fail};
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::rows::Kind;

/// Runs `catalog`.
pub(super) fn run(context: &Context, act: &CatalogAct) -> Result<Exit, Fail> {
    let (verb, args) = match act {
        CatalogAct::Screen(args) => (Some(Verb::Screen), args),
        CatalogAct::List(args) => (Some(Verb::List), args),
        CatalogAct::Suspend(args) => (Some(Verb::Suspend), args),
        CatalogAct::Resume(args) => (Some(Verb::Resume), args),
        CatalogAct::Withdraw(args) => (Some(Verb::Withdraw), args),
        CatalogAct::Relist(args) => (None, args),
        CatalogAct::Edit(args) => return super::edit::run(context, Kind::CatalogEntry, args),
    };
    let store = context.open_to_write()?;
    let id = deed::find(context, &store, Kind::CatalogEntry, &args.code)?;
    let reason = args.reason.clone();
    let command = match verb {
        Some(verb) => Command::Move { kind: Kind::CatalogEntry, id, verb, reason },
        None => Command::RelistEntry { entry: id, reason },
    };
    deed::submit(context, &store, Kind::CatalogEntry, command)
}
