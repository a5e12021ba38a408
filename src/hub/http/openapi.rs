//! The protocol as an OpenAPI 3.1 document, made from the handlers and the forms that travel.
//!
//! Owns what holds for every path: the token, the headers of an answer, the refusals. Served, and kept as `docs/openapi.json`.

use super::refusal::Refusal;
use super::{arrived, enrol, events, head, health, pull, push};
use crate::wire::protocol::{Standing, Urgent};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use std::sync::LazyLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, HeaderBuilder, ObjectBuilder, Ref, RefOr, ResponseBuilder, Type};
use utoipa::{Modify, OpenApi};

/// Refusals of every path of the protocol, first that of those which want a token.
const REFUSALS: [(&str, &str); 3] = [
    ("401", "`token-missing`, `token-unknown` or `revoked`."),
    ("500", "`internal`: the hub's log says why."),
    ("503", "`away`: the hub is full or its ledger away; again after the seconds of `Retry-After`."),
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "gongfu hub",
        description = "What hub and consoles say to each other, version 1. Bodies of lines are NDJSON: what a version does not know in a line \
                       it passes over.",
    ),
    paths(
        enrol::enrol, push::push, pull::pull, arrived::receipt, arrived::receipts, head::head, events::events, health::healthz, health::metrics, openapi,
    ),
    components(schemas(Urgent)),
    tags((name = "consoles"), (name = "operation")),
    modifiers(&Everywhere),
)]
struct Document;

/// What is the same for every path.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        for (path, item) in &mut document.paths.paths {
            if !path.starts_with("/v1/") {
                continue;
            }
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                let open = operation.security.is_some();
                if !open {
                    let none: [&str; 0] = [];
                    operation.security = Some(vec![SecurityRequirement::new("token", none)]);
                }
                complete(operation, open);
            }
        }
    }
}

/// Adds the refusals, and for a known console the headers in which the hub says how it stands.
fn complete(operation: &mut Operation, open: bool) {
    let responses = &mut operation.responses.responses;
    if !open {
        for response in responses.values_mut() {
            let RefOr::T(response) = response else { continue };
            for name in Standing::HEADERS {
                let number = ObjectBuilder::new().schema_type(Type::Integer);
                let header = HeaderBuilder::new().schema(Some(number)).build();
                response.headers.insert(name.to_owned(), RefOr::T(header));
            }
        }
    }
    for (status, what) in REFUSALS.into_iter().skip(usize::from(open)) {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new().description(what).content("application/json", problem).build();
        responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

static TEXT: LazyLock<Option<String>> = LazyLock::new(|| Document::openapi().to_pretty_json().ok());

/// The document as JSON; `None` when it cannot be written, which a test rules out.
pub fn document() -> Option<&'static str> {
    TEXT.as_deref()
}

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "operation", responses((status = 200, description = "What you read.", body = Object)))]
pub(super) async fn openapi() -> Result<([(HeaderName, &'static str); 1], &'static str), Refusal> {
    let text = document().ok_or_else(Refusal::internal)?;
    Ok(([(CONTENT_TYPE, "application/json")], text))
}
