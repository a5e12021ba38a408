//! `gongfu incident receipts`: which consoles have the latest of an incident, by the hub's word.

use crate::cli::cell::{instant, rfc3339};
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::Out;
use crate::cli::table::Table;
use crate::cli::{deed, enrol, sync};
use crate::domain::rows::Kind;
use crate::sync::client::{self, code as word};
use crate::sync::http::{Caller, Said};
use crate::wire::protocol::{Behind, Receipts};
use serde_json::{Value as Json, json};

/// Runs `incident receipts`.
pub(super) fn run(context: &Context, code: &str) -> Result<Exit, Fail> {
    let key = sync::key(context)?;
    let store = context.open_to_read()?;
    let id = deed::find(context, &store, Kind::Incident, code)?;
    let caller = Caller::of(&key).map_err(|e| enrol::fail(context, e.into(), &key.url))?;
    let receipts = client::receipts(&caller, Kind::Incident, id).map_err(|said| match said {
        Said::Failure(failure) => enrol::trouble_fail(context, word(failure), key.url.clone()),
        Said::Problem(said) => refused(context, &said, code, &key.url),
    })?;
    tell(context, code, &receipts)
}

/// The hub's refusal in words.
fn refused(context: &Context, said: &str, code: &str, hub: &str) -> Fail {
    use crate::store::link::trouble;
    match said {
        "not-allowed" => context.fail(Exit::Refused, "receipts-not-allowed", &[]),
        "not-found" => context.fail(Exit::Input, "receipts-not-found", &[("code", code.to_owned())]),
        "revoked" => enrol::trouble_fail(context, trouble::REVOKED, hub.to_owned()),
        "token-unknown" | "token-missing" => enrol::trouble_fail(context, trouble::UNKNOWN, hub.to_owned()),
        "away" | "internal" | "too-many" => enrol::trouble_fail(context, trouble::AWAY, hub.to_owned()),
        _ => enrol::trouble_fail(context, trouble::STRANGER, hub.to_owned()),
    }
}

fn tell(context: &Context, code: &str, receipts: &Receipts) -> Result<Exit, Fail> {
    let mut out = Out::new();
    if context.json {
        let one = |b: &Behind| {
            let seen = b.seen_at.map_or(Json::Null, rfc3339);
            json!({ "name": b.name, "org_name": b.org, "behind": b.behind, "seen_at": seen })
        };
        let missing: Vec<Json> = receipts.missing.iter().map(one).collect();
        let document = json!({
            "incident": code, "seq": receipts.seq, "have": receipts.have, "of": receipts.of,
            "complete": receipts.is_complete(), "missing": missing,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    let locale = &context.locale;
    let numbers = [receipts.have, receipts.of].map(|n| n.to_string());
    let args = [("code", code), ("have", &numbers[0]), ("of", &numbers[1])];
    let id = if receipts.is_complete() { "cli-receipts-all" } else { "cli-receipts-some" };
    out.line(&locale.tr_with(id, &args))?;
    if receipts.is_complete() {
        return out.done();
    }
    let heads = ["org", "name", "behind", "seen"];
    let heads = heads.map(|h| (locale.tr(&format!("cli-receipts-{h}")).into_owned(), h == "behind"));
    let mut table = Table::new(heads.to_vec());
    for b in &receipts.missing {
        let seen = b.seen_at.map_or_else(|| locale.tr("receipts-never").into_owned(), instant);
        table.row(&mut out, vec![b.org.clone(), b.name.clone(), b.behind.to_string(), seen])?;
    }
    table.flush(&mut out)?;
    out.done()
}
