//! `gongfu pack …`: gift packs found, kept, changed and written out.

pub mod args;
mod export;
mod items;
mod several;
mod show;
mod solve;
mod substitute;

use super::context::Context;
use super::deed;
use super::fail::{Exit, Fail};
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::domain::rows::Kind;
use crate::domain::value::Fen;
use crate::pack::best::Pack;
use crate::store::list::ListKind;
use crate::store::packs::{self, Shelf};
use args::PackAct;
use uuid::Uuid;

/// Runs `pack`.
pub(super) fn run(context: &Context, act: &PackAct) -> Result<Exit, Fail> {
    let (verb, args) = match act {
        PackAct::Solve(args) => return solve::run(context, args),
        PackAct::List(how) => return super::list::rows(context, ListKind::Packs, how),
        PackAct::Show { code } => return show::run(context, code),
        PackAct::Compare { one, other } => return show::compare(context, one, other),
        PackAct::Substitute(args) => return substitute::run(context, args),
        PackAct::Export(args) => return export::run(context, args),
        PackAct::Copy { code, name } => return copy(context, code, name),
        PackAct::Consult(args) => (Verb::Consult, args),
        PackAct::Publish(args) => (Verb::Publish, args),
        PackAct::Withdraw(args) => (Verb::Withdraw, args),
    };
    let store = context.open_to_write()?;
    let id = deed::find(context, &store, Kind::GiftPack, &args.code)?;
    let command = Command::Move { kind: Kind::GiftPack, id, verb, reason: args.reason.clone() };
    deed::submit(context, &store, Kind::GiftPack, command)
}

/// Makes a draft of what was found; its code.
fn draft(context: &Context, name: &str, occasion: &str, shelf: &Shelf, pack: &Pack) -> Result<String, Fail> {
    let items: Vec<(Uuid, i64)> = pack.items.iter().filter_map(|&(i, q)| Some((*shelf.entries.get(i)?, q))).collect();
    let store = context.open_to_write()?;
    let actor = context.actor(&store)?;
    let command = Command::DraftPack {
        name: name.to_owned(),
        occasion: occasion.to_owned(),
        audience: String::new(),
        price: Fen(pack.price),
        items,
        valid_until: None,
    };
    let done = store.submit_wait(&actor, vec![command]).map_err(|e| context.store_fail(&store, e))?;
    Ok(done.codes.first().cloned().unwrap_or_default())
}

/// Makes a draft with what is in another pack and still listed.
fn copy(context: &Context, code: &str, name: &str) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let id = deed::find(context, &store, Kind::GiftPack, code)?;
    let db = context.connect(&store)?;
    let held = packs::held(&db, id).map_err(|e| context.db_fail(&e))?;
    let held = held.ok_or_else(|| deed::unknown(context, Kind::GiftPack, code))?;
    let command = Command::DraftPack {
        name: name.to_owned(),
        occasion: String::new(),
        audience: String::new(),
        price: Fen(held.price),
        items: held.items.iter().filter(|i| i.state == "listed").map(|i| (i.entry, i.pieces)).collect(),
        valid_until: None,
    };
    deed::submit(context, &store, Kind::GiftPack, command)
}
