//! What an operator's watch asks: is the ledger there, and the numbers.

use super::meters;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::hub::ledger;
use crate::wire::protocol::Problem;
use crate::wire::row::SCHEMA;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A hub whose ledger answers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    schema: u32,
    epoch: i64,
    head: i64,
}

/// Whether the hub can serve: its ledger answers.
#[utoipa::path(
    get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, description = "It does.", body = Health), (status = 503, description = "The ledger does not answer.", body = Problem)),
)]
pub(super) async fn healthz(State(shared): State<Arc<Shared>>) -> Result<Json<Health>, Refusal> {
    match shared.ask(ledger::state).await {
        Ok(state) => Ok(Json(Health { status: "ok", schema: SCHEMA, epoch: state.epoch, head: state.seq })),
        // Whatever is wrong with it: this hub cannot serve.
        Err(_) => Err(Refusal::away("the ledger does not answer")),
    }
}

/// What the hub has done since it began, in the text form of Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "A line a number.", body = String, content_type = "text/plain")),
)]
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> ([(HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], meters::text(&shared))
}
