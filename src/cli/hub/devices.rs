//! `gongfu hub enrol`, `devices` and `revoke`: the consoles a hub knows.

use super::Hub;
use crate::cli::cell::{instant, rfc3339};
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::cli::table::Table;
use crate::domain::actor::role_of;
use crate::domain::codes::Role;
use crate::domain::rows::OrgId;
use crate::hub::device::{self, CODE_LASTS, Entry};
use crate::hub::ledger::{self, Deed};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Runs `hub enrol`: a code with which one console of an organisation makes itself known.
pub(super) fn enrol(hub: &Hub<'_>, org: &str, role: Option<&str>) -> Result<Exit, Fail> {
    let by = hub.by();
    let made = hub.write(|engine| {
        let Some(found) = ledger::organisation(engine, org.trim())? else { return Ok(None) };
        let role = role.and_then(Role::parse).unwrap_or(role_of(found.kind));
        let OrgId(id) = found.id;
        let made = ledger::noted(engine, &by, |engine, _, at| {
            let code = device::make_code(engine, id, role, at)?;
            let reason = format!("a code for {} as {}", found.name, role.code());
            let target_code = found.code.clone();
            Ok(Some(Deed { command: "hub.enrol", target: id, target_code, reason, gives: (code, at + CODE_LASTS) }))
        })?;
        Ok(made.map(|(code, until)| (code, until, role, found)))
    })?;
    let Some((code, until, role, found)) = made else {
        return Err(hub.fail(Exit::Input, "no-organisation", &[("org", org.to_owned())]));
    };
    let mut out = Out::new();
    if hub.context.json {
        let document = json!({
            "code": code, "org": found.code, "org_name": found.name, "role": role.code(), "expires_at": rfc3339(until),
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let role = hub.context.locale.code("role", role.code());
    let args =
        [("code", code), ("org", found.name), ("org_code", found.code), ("role", role), ("until", instant(until))];
    out.line(&hub.words("hub-enrol-code", &args))?;
    if !hub.context.quiet {
        out.line(&hub.words("hub-enrol-for", &args))?;
    }
    out.done()
}

/// Runs `hub devices`.
pub(super) fn list(hub: &Hub<'_>) -> Result<Exit, Fail> {
    let (head, entries) = hub.read(|engine| {
        // The list first: what a console has is then never beyond the head.
        let entries = device::list(engine)?;
        Ok((ledger::state(engine)?.seq, entries))
    })?;
    let mut out = Out::new();
    if hub.context.json {
        let devices: Vec<Json> = entries.iter().map(|e| as_json(e, head)).collect();
        let document = json!({ "head": head, "devices": devices });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let locale = &hub.context.locale;
    let heads = ["name", "org", "role", "enrolled", "state", "has", "seen", "id"];
    let heads = heads.iter().map(|h| (locale.tr(&format!("hub-devices-{h}")).into_owned(), false));
    let mut table = Table::new(heads.collect());
    for e in &entries {
        let state = match e.revoked_at {
            Some(at) => hub.words("hub-devices-revoked", &[("at", instant(at))]),
            None => locale.tr("hub-devices-active").into_owned(),
        };
        let seen = e.seen_at.map_or_else(|| locale.tr("hub-devices-never").into_owned(), instant);
        let role = locale.code("role", &e.role);
        let enrolled = instant(e.enrolled_at);
        table.row(
            &mut out,
            vec![e.name.clone(), e.org_name.clone(), role, enrolled, state, has(hub, e, head), seen, e.id.to_string()],
        )?;
    }
    table.flush(&mut out)?;
    out.done()
}

/// How far a console has read: `118/120`, and by how much it is behind.
fn has(hub: &Hub<'_>, e: &Entry, head: i64) -> String {
    let args = [
        ("cursor", e.cursor.to_string()),
        ("head", head.to_string()),
        ("behind", behind(e, head).map(|n| n.to_string()).unwrap_or_default()),
    ];
    match behind(e, head) {
        Some(n) if n > 0 => hub.words("hub-devices-behind", &args),
        _ => hub.words("hub-devices-upto", &args),
    }
}

/// Numbers a console has still to read; nothing for one that is not to.
fn behind(e: &Entry, head: i64) -> Option<i64> {
    e.revoked_at.is_none().then(|| (head - e.cursor).max(0))
}

fn as_json(e: &Entry, head: i64) -> Json {
    let at = |at: Option<i64>| at.map_or(Json::Null, rfc3339);
    json!({
        "id": e.id.to_string(), "name": e.name, "org": e.org_code, "org_name": e.org_name, "role": e.role,
        "enrolled_at": rfc3339(e.enrolled_at), "revoked_at": at(e.revoked_at), "cursor": e.cursor,
        "behind": behind(e, head), "cursor_at": at(e.cursor_at), "seen_at": at(e.seen_at),
    })
}

/// Which console a person means.
enum Meant {
    One(Entry),
    None,
    /// Several of that name, by their ids.
    Many(Vec<String>),
    /// Its access has ended already, at this time.
    Ended(Entry, i64),
}

fn meant(entries: Vec<Entry>, called: &str) -> Meant {
    let id = Uuid::parse_str(called).ok();
    let (ended, mut active): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().filter(|e| id == Some(e.id) || e.name == called).partition(|e| e.revoked_at.is_some());
    match (active.len(), ended.into_iter().next_back()) {
        (0, Some(e)) => {
            let at = e.revoked_at.unwrap_or(0);
            Meant::Ended(e, at)
        }
        (0, None) => Meant::None,
        (1, _) => Meant::One(active.remove(0)),
        _ => Meant::Many(active.iter().map(|e| e.id.to_string()).collect()),
    }
}

/// Runs `hub revoke`.
pub(super) fn revoke(hub: &Hub<'_>, called: &str) -> Result<Exit, Fail> {
    let by = hub.by();
    let (meant, done) = hub.write(|engine| {
        let meant = meant(device::list(engine)?, called.trim());
        let Meant::One(e) = &meant else { return Ok((meant, None)) };
        let done = ledger::noted(engine, &by, |engine, _, at| {
            let reason = format!("the access of {} has ended", e.name);
            let deed = Deed { command: "hub.revoke", target: e.id, target_code: e.name.clone(), reason, gives: at };
            Ok(device::revoke(engine, e.id, at)?.then_some(deed))
        })?;
        Ok((meant, done))
    })?;
    let named = |e: &Entry| [("name", e.name.clone()), ("org", e.org_name.clone())];
    let (e, at) = match (meant, done) {
        (Meant::One(e), Some(at)) => (e, at),
        // Another was faster.
        (Meant::One(e), None) => return Err(hub.fail(Exit::Refused, "revoked", &named(&e))),
        (Meant::Ended(e, at), _) => {
            let mut args = named(&e).to_vec();
            args.push(("at", instant(at)));
            return Err(hub.fail(Exit::Refused, "revoked-at", &args));
        }
        (Meant::None, _) => return Err(hub.fail(Exit::Input, "no-device", &[("device", called.to_owned())])),
        (Meant::Many(ids), _) => {
            let args = [("device", called.to_owned()), ("n", ids.len().to_string()), ("ids", ids.join(" "))];
            return Err(hub.fail(Exit::Input, "many-devices", &args));
        }
    };
    let mut out = Out::new();
    if hub.context.json {
        let document = json!({ "done": true, "id": e.id.to_string(), "name": e.name, "org": e.org_code, "revoked_at": rfc3339(at) });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    if !hub.context.quiet {
        out.line(&hub.words("hub-revoke-done", &named(&e)))?;
    }
    out.done()
}
