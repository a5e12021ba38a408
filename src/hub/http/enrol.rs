//! A console becomes known by a one-time code.
//!
//! Owns the check of what it calls itself, and that codes cannot be guessed by trying.

use super::body;
use super::listen::Peer;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::base::ids::Ids;
use crate::base::text;
use crate::domain::rows::{Kind, Organisation, Row};
use crate::domain::work::Rows;
use crate::hub::checkpoint;
use crate::hub::device;
use crate::hub::engine::{Engine, EngineError};
use crate::hub::ledger;
use crate::hub::rows::LedgerRows;
use crate::hub::sealing;
use crate::wire::protocol::{Enrol, Enrolled, Problem};
use axum::body::Body;
use axum::extract::State;
use axum::{Extension, Json};
use std::sync::Arc;
use uuid::Uuid;

/// Largest body, in bytes.
const BODY: usize = 4 << 10;
/// Longest name of a console, in characters.
const NAME: usize = 60;

/// A console becomes known by a one-time code.
///
/// Somebody who may has made it and read it out. Five tries a minute from one address.
#[utoipa::path(
    post, path = "/v1/enrol", tag = "consoles", security(()), request_body = Enrol,
    responses(
        (status = 200, description = "The token is told here and never again.", body = Enrolled),
        (status = 400, description = "`not-understood`: the message says what.", body = Problem),
        (status = 403, description = "`code-unknown`: wrong, used or too old.", body = Problem),
        (status = 408, description = "`not-understood`: the body did not arrive in time.", body = Problem),
        (status = 413, description = "`too-large`", body = Problem),
        (status = 429, description = "`too-many`: again after the seconds of `Retry-After`.", body = Problem),
    ),
)]
pub(super) async fn enrol(
    State(shared): State<Arc<Shared>>,
    Extension(Peer(address)): Extension<Peer>,
    body: Body,
) -> Result<Json<Enrolled>, Refusal> {
    // Before anything is read: who guesses has no free tries.
    shared.rates.enrol(address)?;
    let bytes = body::collect(body, BODY, shared.limits.body).await?;
    let asked: Enrol =
        serde_json::from_slice(&bytes).map_err(|e| Refusal::not_understood(format!("no request to enrol: {e}")))?;
    let name = text::clean(&asked.name);
    if name.is_empty() || name.chars().count() > NAME {
        return Err(Refusal::not_understood(format!("a console's name has 1 to {NAME} characters")));
    }
    if !asked.signer.is_empty() && !is_key(&asked.signer) {
        return Err(Refusal::not_understood("a public key has 64 hexadecimal digits"));
    }
    let now = shared.clock.now().as_millisecond();
    let id = Ids::real(shared.clock).next_id();
    let demo = shared.demo;
    let known = shared.ask(move |engine| take(engine, &asked, &name, id, now)).await?;
    let known = known.map(|e| Enrolled { demo, ..e });
    let enrolled = known.ok_or_else(Refusal::code_unknown)?;
    tracing::info!(device = %enrolled.device, org = enrolled.org, role = enrolled.role, %address, "a console enrolled");
    Ok(Json(enrolled))
}

/// Whether a text is a public key.
fn is_key(text: &str) -> bool {
    crate::wire::record::unhex(text).is_some_and(|b| b.len() == 32)
}

fn take(
    engine: &mut dyn Engine,
    asked: &Enrol,
    name: &str,
    id: Uuid,
    now: i64,
) -> Result<Option<Enrolled>, EngineError> {
    let hub = ledger::state(engine)?.hub_id;
    let signer = Some(asked.signer.as_str()).filter(|s| !s.is_empty());
    let known = device::enrol_signing(engine, &asked.code, (name, signer), id, now)?;
    let Some(device::Enrolled { device, token }) = known else {
        return Ok(None);
    };
    let org = organisation(engine, device.org)?;
    let role = device.role.code().to_owned();
    let (public, seal) = (checkpoint::public(engine)?, sealing::public(engine)?);
    let (org, org_name) = (org.code, org.name);
    Ok(Some(Enrolled { hub, device: device.id, token, org, org_name, role, public, seal, demo: false }))
}

/// The union a console works for.
pub(super) fn organisation(engine: &mut dyn Engine, id: Uuid) -> Result<Organisation, EngineError> {
    let found = LedgerRows::new(engine).fetch(Kind::Organisation, id).map_err(EngineError::Broken)?;
    match found {
        Some(Row::Organisation(org)) => Ok(org),
        _ => Err(EngineError::Broken(format!("the union {id} of a console is not in the ledger"))),
    }
}
