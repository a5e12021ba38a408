//! Why a request is not answered: the status, the code and one sentence.
//!
//! Owns every refusal the hub gives. None says anything of the inside: what is wrong there is in the log.

use crate::hub::engine::EngineError;
use crate::wire::protocol::{Problem, ProblemBody};
use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Duration;

/// Every code, for the numbers an operator watches.
pub(super) const CODES: [&str; 11] = [
    "token-missing",
    "token-unknown",
    "revoked",
    "code-unknown",
    "not-allowed",
    "too-large",
    "not-understood",
    "too-many",
    "not-found",
    "away",
    "internal",
];

/// A request that is not answered.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Seconds after which the same may be asked again.
    after: Option<u64>,
}

/// The code of a refusal, left on its answer for who counts them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused(pub(super) &'static str);

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), after: None }
    }

    pub(super) fn token_missing() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "token-missing", "the request has no Authorization: Bearer header")
    }

    pub(super) fn token_unknown() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "token-unknown", "the hub does not know this token")
    }

    pub(super) fn revoked() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "revoked", "the access of this console has ended")
    }

    pub(super) fn code_unknown() -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "code-unknown", "the code is wrong, used or too old: ask for a new one")
    }

    pub(super) fn not_allowed(message: &str) -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "not-allowed", message)
    }

    pub(super) fn no_row() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "not-found", "the hub has no such row")
    }

    pub(super) fn too_large(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", message)
    }

    pub(super) fn not_understood(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "not-understood", message)
    }

    /// What was sent came too slowly.
    pub(super) fn too_slow() -> Refusal {
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "not-understood", "the body did not arrive in time")
    }

    pub(super) fn too_many(what: &str, after: Duration) -> Refusal {
        // A wait is told in whole seconds, never as none.
        let seconds = after.as_secs().saturating_add(1);
        let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too-many", format!("too many {what}"));
        Refusal { after: Some(seconds), ..refusal }
    }

    pub(super) fn away(message: impl Into<String>) -> Refusal {
        Refusal { after: Some(1), ..Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "away", message) }
    }

    pub(super) fn internal() -> Refusal {
        let message = "the hub could not answer; its log says why";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

impl From<EngineError> for Refusal {
    fn from(e: EngineError) -> Refusal {
        match e {
            EngineError::Away(why) => {
                tracing::warn!(error = %why, "the ledger is away");
                Refusal::away("the ledger is away; the same may be asked again")
            }
            // The hub that serves it from now on has the same address.
            EngineError::Moved | EngineError::Arriving => {
                Refusal::away("the ledger moves; the same may be asked again")
            }
            EngineError::Broken(why) => {
                tracing::error!(error = %why, "the ledger does not answer");
                Refusal::internal()
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Problem { error: ProblemBody { code: self.code.to_owned(), message: self.message } };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Refused(self.code));
        response
    }
}

pub(super) async fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not-found", "there is nothing under this path")
}

pub(super) async fn wrong_method() -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "not-found", "this path does not take this method")
}

/// What a console gets when a handler has failed in a way nobody foresaw.
pub(super) fn panicked(why: Box<dyn Any + Send>) -> Response {
    let text = why.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| why.downcast_ref::<&str>().copied()).unwrap_or("no text");
    tracing::error!(error = text, "a request could not be answered");
    Refusal::internal().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_inside_stays_inside() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let broken = || Refusal::from(EngineError::Broken("table secret is damaged".into())).into_response();
        for response in [panicked(Box::new("secret at line 7")), panicked(Box::new("secret".to_owned())), broken()] {
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let body = runtime.block_on(axum::body::to_bytes(response.into_body(), 1_000)).expect("a body");
            let problem: Problem = serde_json::from_slice(&body).expect("a problem");
            assert_eq!(problem.error.code, "internal");
            assert!(!problem.error.message.contains("secret"), "{problem:?}");
        }
        let away = Refusal::from(EngineError::Away("secret-host:5432".into())).into_response();
        assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(away.headers().get(RETRY_AFTER).map(HeaderValue::as_bytes), Some(&b"1"[..]));
    }
}
