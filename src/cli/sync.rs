//! `gongfu sync`: sends what waits and fetches what is new, once or until it is ended.

use super::context::Context;
use super::enrol;
use super::fail::{Exit, Fail};
use super::interrupt;
use super::out::Out;
use super::progress::Bar;
use crate::base::locale::Sentence;
use crate::store::link::{self, Link, trouble};
use crate::store::outbox::{self, Counts};
use crate::sync::client::{self, Client};
use crate::sync::first;
use crate::sync::http::Caller;
use crate::sync::key::{self, Key};
use jiff::Timestamp;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Runs `sync`.
pub(super) fn run(context: &Context, watch: bool) -> Result<Exit, Fail> {
    if context.read_only {
        return Err(context.fail(Exit::Usage, "sync-read-only", &[]));
    }
    let key = key(context)?;
    // What enrolling had left to do when it was broken off.
    let home = first::home(&context.data_dir).map_err(|e| enrol::fail(context, e, &key.url))?;
    enrol::rest(context, &key, home)?;
    if watch { forever(context, &key) } else { once(context, &key) }
}

/// The console's key.
pub(super) fn key(context: &Context) -> Result<Key, Fail> {
    let dir = &context.data_dir;
    let key = key::load(dir).map_err(|e| Fail::file(&key::path(dir), &e, &context.locale))?;
    key.ok_or_else(|| context.fail(Exit::Input, "no-hub", &[("path", dir.display().to_string())]))
}

fn caller(context: &Context, key: &Key) -> Result<Caller, Fail> {
    Caller::of(key).map_err(|e| enrol::fail(context, e.into(), &key.url))
}

/// Sends and fetches until nothing is left, and says how the console stands.
pub(super) fn once(context: &Context, key: &Key) -> Result<Exit, Fail> {
    // A database of an older version is brought up first.
    drop(context.open_to_write()?);
    let stop = interrupt::flag();
    // Only a first load that was broken off has something to show.
    let mut bar = None;
    let mut shown = |stage| enrol::show_stage(bar.get_or_insert_with(|| Bar::new(context, "cli-sync-rows")), stage);
    let ended = client::once(&context.data_dir, caller(context, key)?, context.clock(), &stop, &mut shown)
        .map_err(|e| Fail::store(&e, &context.locale))?;
    if let Some(bar) = bar {
        bar.finish();
    }
    if stop.load(Ordering::Relaxed) {
        return Err(context.fail(Exit::Interrupt, "stopped", &[]));
    }
    let counts = counts(context, &ended.link)?;
    tell(context, &ended.link, counts, ended.elsewhere)?;
    match ended.failure {
        // That a hub does not answer is no word against its last one.
        Some(failure) => {
            let last = Some(ended.link.trouble.as_str()).filter(|t| *t == trouble::REVOKED);
            Err(enrol::trouble_fail(context, last.unwrap_or(client::code(failure)), key.url.clone()))
        }
        None if counts.conflict + counts.denied > 0 => Ok(Exit::Partial),
        None => Ok(Exit::Done),
    }
}

fn counts(context: &Context, link: &Link) -> Result<Counts, Fail> {
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    outbox::counts(&db, link.safe).map_err(|e| context.db_fail(&e))
}

/// Says how the console stands to its hub.
fn tell(context: &Context, link: &Link, counts: Counts, elsewhere: bool) -> Result<(), Fail> {
    let mut out = Out::new();
    if context.json {
        return out.json(&standing(link, counts)).map_err(Into::into);
    }
    if context.quiet {
        return Ok(());
    }
    let numbers = [link.cursor, link.head, counts.waiting, counts.conflict, counts.denied, counts.unsafe_yet];
    let texts = numbers.map(|n| n.to_string());
    let names = ["cursor", "head", "waiting", "conflict", "denied", "unsafe"];
    let mut args: Vec<(&str, &str)> = names.iter().copied().zip(texts.iter().map(String::as_str)).collect();
    args.push(("hub", &link.url));
    let id = if link.is_level() { "cli-sync-level" } else { "cli-sync-behind" };
    out.line(&context.locale.tr_with(id, &args))?;
    out.line(&context.locale.tr_with("cli-sync-outbox", &args))?;
    if link.trouble == trouble::HISTORY {
        // Rows came all the same: it is no failure of the exchange.
        let sentence = Sentence { family: "sync-trouble", code: trouble::HISTORY, args: &[("hub", link.url.clone())] };
        let (words, hint) = context.locale.refusal(&sentence);
        out.line(&words)?;
        out.line(&hint)?;
    }
    if elsewhere {
        out.line(&context.locale.tr("cli-sync-elsewhere"))?;
    }
    out.done().map(drop)
}

/// How a console stands to its hub, for programs.
pub(super) fn standing(link: &Link, counts: Counts) -> serde_json::Value {
    let instant = |ms: i64| (ms > 0).then(|| Timestamp::from_millisecond(ms).ok()).flatten().map(|t| t.to_string());
    json!({
        "hub": link.url, "org": link.org_code, "role": link.role.code(), "epoch": link.epoch, "cursor": link.cursor,
        "head": link.head, "safe": link.safe, "level": link.is_level(), "level_at": instant(link.level_at),
        "heard_at": instant(link.heard_at), "trouble": link.trouble, "waiting": counts.waiting,
        "conflicts": counts.conflict, "denied": counts.denied, "unsafe": counts.unsafe_yet,
    })
}

/// Keeps the database level until a signal ends it.
fn forever(context: &Context, key: &Key) -> Result<Exit, Fail> {
    drop(context.open_to_write()?);
    let stop = interrupt::flag();
    let failed = |e: std::io::Error| Fail::file(&context.data_dir, &e, &context.locale);
    let client = Client::start(&context.data_dir, caller(context, key)?, context.clock(), || {}).map_err(failed)?;
    let store = context.open_to_read()?;
    let db = context.connect(&store)?;
    let mut last: Option<(Link, Counts)> = None;
    while !stop.load(Ordering::Relaxed) {
        if let Some(link) = link::get(&db).map_err(|e| context.db_fail(&e))? {
            let counts = outbox::counts(&db, link.safe).map_err(|e| context.db_fail(&e))?;
            let moved = |(l, c): &(Link, Counts)| {
                (l.cursor, l.head, &l.trouble) != (link.cursor, link.head, &link.trouble) || *c != counts
            };
            if last.as_ref().is_none_or(moved) {
                if context.json {
                    let mut out = Out::new();
                    out.line(&standing(&link, counts).to_string())?;
                    out.done()?;
                } else {
                    tell(context, &link, counts, false)?;
                }
                last = Some((link, counts));
            }
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    drop(client);
    Ok(Exit::Done)
}
