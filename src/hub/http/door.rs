//! What stands before the handlers: who asks, whether there is room, what is written down of a refusal.
//!
//! Owns the token's way through a request; it is never logged.

use super::listen::Peer;
use super::refusal::{Refusal, Refused};
use super::shared::Shared;
use crate::hub::device::{self, Known};
use crate::hub::ledger::{self, Device};
use crate::wire::protocol::Standing;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The console that asks, and how the ledger stood when it began to.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) device: Device,
    pub(super) standing: Standing,
}

/// Lets only known consoles through, and tells each how the hub stands.
pub(super) async fn known(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let caller = match caller(&shared, request.headers()).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal.into_response(),
    };
    let device = caller.device.id;
    let standing = caller.standing;
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    response.extensions_mut().insert(Of(device));
    let now = Standing {
        head: standing.head.max(*shared.head.borrow()),
        at: shared.clock.now().as_millisecond(),
        ..standing
    };
    for (name, value) in Standing::HEADERS.into_iter().zip(now.values()) {
        response.headers_mut().insert(name, HeaderValue::from(value));
    }
    response
}

/// The console an answer is for, left on it for the log.
#[derive(Debug, Clone, Copy)]
struct Of(uuid::Uuid);

async fn caller(shared: &Shared, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let token = bearer(headers).ok_or_else(Refusal::token_missing)?.to_owned();
    let (known, state) = shared.ask(move |e| Ok((device::of_token(e, &token)?, ledger::state(e)?))).await?;
    shared.stands(state.epoch, state.seq);
    match known {
        Known::Device(device) => {
            let standing =
                Standing { epoch: state.epoch, head: state.seq, safe: state.safe, scope: device.scope, at: 0 };
            Ok(Caller { device, standing })
        }
        Known::Revoked => Err(Refusal::revoked()),
        Known::Nobody => Err(Refusal::token_unknown()),
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    Some(token.trim()).filter(|t| scheme.eq_ignore_ascii_case("bearer") && !t.is_empty())
}

/// Lets in as many as the hub can work for at once.
pub(super) async fn crowd(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match Arc::clone(&shared.in_work).try_acquire_owned() {
        Ok(_seat) => next.run(request).await,
        Err(_) => Refusal::away("the hub is full; the same may be asked again").into_response(),
    }
}

/// Counts and writes down what was refused.
pub(super) async fn note(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map(|p| p.0);
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(Refused(code)) = response.extensions().get() {
        shared.meters.refused(code);
        let device = response.extensions().get::<Of>().map(|of| of.0);
        match *code {
            "not-found" | "too-many" | "away" => tracing::debug!(code, ?path, ?peer, ?device, "refused"),
            _ => tracing::warn!(code, ?path, ?peer, ?device, "refused"),
        }
    }
    response
}

/// What no answer goes without.
pub(super) async fn plain_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
