//! Who has what: a console says how far it has read, and the province's office asks which consoles have a row.
//!
//! Owns both questions. Receipts are collected by [`super::receipts`]; who is counted is [`crate::hub::receipts`]'s.

use super::door::Caller;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::domain::codes::Role;
use crate::domain::rows::Kind;
use crate::hub::{checkpoint, receipts};
use crate::wire::protocol::{Problem, Receipts, Told};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use uuid::Uuid;

/// How far a console has read.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Read {
    /// The last number the console has everything up to.
    cursor: i64,
    /// Of what it has.
    epoch: i64,
    /// As `epoch`.
    scope: i64,
}

/// A console has everything up to its cursor.
///
/// A pull says so of the cursor it asks from; this says so of what the last page brought. One of another epoch or scope, or of a
/// number never given, counts for nothing.
#[utoipa::path(
    post, path = "/v1/receipt", tag = "consoles", params(Read), responses(
        (status = 200, description = "How the hub stands.", body = Told),
        (status = 400, description = "`not-understood`: the message says what.", body = Problem),
        (status = 429, description = "`too-many`: again after the seconds of `Retry-After`.", body = Problem),
    ),
)]
pub(super) async fn receipt(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<Read>, QueryRejection>,
) -> Result<Json<Told>, Refusal> {
    let Query(read) = query.map_err(|e| Refusal::not_understood(e.body_text()))?;
    shared.rates.question(caller.device.id)?;
    let now = caller.standing;
    if (read.epoch, read.scope) == (now.epoch, now.scope) && (0..=now.head).contains(&read.cursor) {
        shared.receipts.note(caller.device.id, read.cursor, shared.clock.now().as_millisecond());
    }
    let checkpoint = shared.ask(checkpoint::latest).await?;
    Ok(Json(Told { epoch: now.epoch, head: now.head, checkpoint }))
}

/// The row that is asked about.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The table of the row.
    #[param(example = "incident")]
    kind: String,
    id: Uuid,
}

/// Which consoles have a row as it stands now, and which have not.
///
/// For consoles of the role `office`. Counted are consoles with access whose scope has the row, also the one that asks.
#[utoipa::path(
    get, path = "/v1/receipts", tag = "consoles", params(Asked), responses(
        (status = 200, description = "As of this moment.", body = Receipts),
        (status = 400, description = "`not-understood`: the message says what.", body = Problem),
        (status = 403, description = "`not-allowed`: the console has another role.", body = Problem),
        (status = 404, description = "`not-found`: the hub has no such row.", body = Problem),
        (status = 429, description = "`too-many`: again after the seconds of `Retry-After`.", body = Problem),
    ),
)]
pub(super) async fn receipts(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Receipts>, Refusal> {
    if caller.device.role != Role::Office {
        return Err(Refusal::not_allowed("which consoles have a row is for consoles of the role office"));
    }
    let Query(asked) = query.map_err(|e| Refusal::not_understood(e.body_text()))?;
    let kind = Kind::parse(&asked.kind).ok_or_else(|| Refusal::not_understood("there is no such table"))?;
    shared.rates.question(caller.device.id)?;
    // Taken before the ledger is read: what is written meanwhile is in one of the two.
    let told = shared.receipts.latest();
    let found = shared.ask(move |engine| receipts::of(engine, kind, asked.id, &told)).await?;
    found.map(Json).ok_or_else(Refusal::no_row)
}
