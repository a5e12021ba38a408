//! Pages out: what is behind a console's cursor, as far as it may see it.
//!
//! Owns the lines around the rows and whether a console must begin anew. What it may see is the feed's.

use super::body::Coding;
use super::door::Caller;
use super::enrol::organisation;
use super::push::NDJSON;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::hub::checkpoint;
use crate::hub::engine::{Engine, EngineError};
use crate::hub::ledger::{self, Device};
use crate::hub::pull::{self as feed, Eye};
use crate::wire::protocol::{PAGE, PageEnd, PageHead, Problem};
use crate::wire::row::SCHEMA;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// How far a page is packed: a higher level makes rows no smaller.
const LEVEL: i32 = 1;

/// What a console says of itself; a new one says nothing.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The last number the console has everything up to; 0 when it has nothing.
    #[serde(default)]
    cursor: i64,
    /// Of what it has; 0 when it has nothing.
    #[serde(default)]
    epoch: i64,
    /// As `epoch`.
    #[serde(default)]
    scope: i64,
    /// Rows of the page, about; at most 10,000.
    #[serde(default = "whole")]
    limit: usize,
    /// Asked before what comes before it is at the console: no receipt.
    #[serde(default)]
    ahead: bool,
}

fn whole() -> usize {
    PAGE
}

/// A page of rows behind a cursor.
///
/// A line for its head, a line for each row that the console may see, a line for its end. A row is `[kind, id, [value, …]]`.
/// Packed by zstd for who accepts it. The cursor that is asked for is the receipt for everything up to it, unless it
/// is asked for `ahead`.
#[utoipa::path(
    get, path = "/v1/pull", tag = "consoles", params(Asked),
    responses(
        (
            status = 200, content_type = "application/x-ndjson",
        description = "First a `PageHead`, then rows, last a `PageEnd`: without it the page was cut off and is not applied.",
        body = PageLine,
        ),
        (status = 400, description = "`not-understood`: the message says what.", body = Problem),
        (status = 429, description = "`too-many`: again after the seconds of `Retry-After`.", body = Problem),
    ),
)]
pub(super) async fn pull(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = query.map_err(|e| Refusal::not_understood(e.body_text()))?;
    if asked.cursor < 0 {
        return Err(Refusal::not_understood("a cursor is no less than 0"));
    }
    shared.rates.pull(caller.device.id)?;
    let device = caller.device.clone();
    let coding = Coding::wanted(&headers);
    let seal = shared.seal.clone();
    let page = shared.read(move |engine| page(engine, &device, asked, (coding, seal))).await?;
    if !page.reset && !asked.ahead {
        shared.receipts.note(caller.device.id, asked.cursor, shared.clock.now().as_millisecond());
    }
    shared.meters.page(page.rows, page.body.len() as u64);
    let mut response = (NDJSON, page.body).into_response();
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    if coding == Coding::Zstd {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    Ok(response)
}

/// A line of a page.
#[derive(ToSchema)]
#[schema(as = PageLine)]
#[serde(untagged)]
#[expect(dead_code, reason = "names the lines for the description of the protocol")]
pub(super) enum PageLine {
    Head(PageHead),
    #[schema(value_type = Vec<Value>)]
    Row(Vec<serde_json::Value>),
    End(PageEnd),
}

/// A page as it travels.
struct Packed {
    body: Vec<u8>,
    rows: u64,
    reset: bool,
}

fn page(
    engine: &mut dyn Engine,
    device: &Device,
    asked: Asked,
    (coding, seal): (Coding, String),
) -> Result<Packed, EngineError> {
    let state = ledger::state(engine)?;
    let eye = Eye::new(device, &organisation(engine, device.org)?.division_code);
    let reset = feed::must_begin_anew((asked.epoch, asked.scope, asked.cursor), device, &state);
    let from = if reset { 0 } else { asked.cursor };
    let page = feed::page(engine, &state, &eye, from, asked.limit.clamp(1, PAGE))?;
    // What was written while the page was read has left it and comes under a higher number: then this is not the end.
    let done = page.next == state.seq && ledger::state(engine)?.seq == state.seq;
    let head = PageHead { schema: SCHEMA, epoch: state.epoch, scope: device.scope, head: state.seq, from, reset };
    let mut text = line(&head)?;
    let (mut crc, begin) = (crc32fast::Hasher::new(), text.len());
    let rows = page.rows.len() as u64;
    for (_, row) in page.rows {
        text.push_str(&row);
        text.push('\n');
    }
    crc.update(&text.as_bytes()[begin..]);
    let checkpoint = checkpoint::latest(engine)?;
    let (taken, notes) = (page.taken, page.notes);
    let end = PageEnd { next: page.next, done, rows, crc: crc.finalize(), taken, notes, checkpoint, seal };
    text.push_str(&line(&end)?);
    let body = match coding {
        Coding::Plain => text.into_bytes(),
        Coding::Zstd => zstd::bulk::compress(text.as_bytes(), LEVEL)
            .map_err(|e| EngineError::Broken(format!("a page cannot be packed: {e}")))?,
    };
    Ok(Packed { body, rows, reset })
}

fn line(of: &impl Serialize) -> Result<String, EngineError> {
    let mut text = serde_json::to_string(of).map_err(|e| EngineError::Broken(e.to_string()))?;
    text.push('\n');
    Ok(text)
}
