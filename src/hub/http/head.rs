//! How the hub stands, at once or when it has moved: for consoles behind whatever keeps a stream of events back.

use super::door::Caller;
use super::news::Listening;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::wire::protocol::{Head, LONGEST_WAIT, Problem};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use utoipa::IntoParams;

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The head the console knows.
    after: Option<i64>,
    /// Seconds, at most 25.
    #[serde(default)]
    wait: u64,
}

/// How the hub stands.
///
/// At once, or when the head is past `after`, or after `wait` seconds.
#[utoipa::path(
    get, path = "/v1/head", tag = "consoles", params(Asked), responses(
        (status = 200, description = "The head, moved or not.", body = Head),
        (status = 400, description = "`not-understood`: the message says what.", body = Problem),
    ),
)]
pub(super) async fn head(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Head>, Refusal> {
    let Query(asked) = query.map_err(|e| Refusal::not_understood(e.body_text()))?;
    let mut watching = shared.head.subscribe();
    if let Some(after) = asked.after.filter(|after| *after >= caller.standing.head) {
        let _listening = Listening::begin(&shared)?;
        let wait = Duration::from_secs(asked.wait.min(LONGEST_WAIT));
        tokio::select! {
            _ = tokio::time::timeout(wait, watching.wait_for(|head| *head > after)) => {}
            () = shared.stop.told() => {}
        }
    }
    let head = *shared.head.borrow();
    Ok(Json(Head { epoch: shared.epoch.load(Ordering::Relaxed), head }))
}
