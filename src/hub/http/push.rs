//! Orders in: read from the body, handed to the writer in their order, answered in their order.
//!
//! Owns the form of the body. What becomes of an order is the ledger's.

use super::body::{self, Coding};
use super::door::Caller;
use super::refusal::Refusal;
use super::shared::Shared;
use crate::domain::command::Command;
use crate::domain::machine::Verb;
use crate::hub::ledger::Device;
use crate::hub::writer::{TOGETHER, later};
use crate::wire::order::{Answer, Order, Outcome};
use crate::wire::protocol::{BODY, INFLATED, ORDERS, Problem};
use crate::wire::row::SCHEMA;
use crate::wire::signed;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// What NDJSON is called.
pub(super) const NDJSON: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "application/x-ndjson")];

/// A line of a push.
enum Line {
    Order(Box<Order>),
    /// An order of another version of the form, which need not be understood to be answered.
    Foreign(Uuid),
}

/// What every version of an order has.
#[derive(Deserialize)]
struct Outline {
    id: Uuid,
    schema: u32,
}

/// Orders, one a line; an answer each, in their order.
///
/// A console that told its public key when it enrolled signs each: `sig`, the last field of the line, is Ed25519 in hexadecimal over
/// the words `gongfu order 1`, a line feed, the ids of hub and console (16 bytes each) and the line without that field.
/// At most 500. Sent again, they have the same answers and no second effect. What takes something off sale has no rate.
/// The body has at most 1 MiB, packed by zstd at most 16 MiB when it is unpacked. A line that is no order refuses them all.
#[utoipa::path(
    post, path = "/v1/push", tag = "consoles",
    request_body(content = Order, content_type = "application/x-ndjson", description = "One a line."),
    responses(
        (status = 200, description = "One a line.", body = Answer, content_type = "application/x-ndjson"),
        (status = 400, description = "`not-understood`: the message says what.", body = Problem),
        (status = 408, description = "`not-understood`: the body did not arrive in time.", body = Problem),
        (status = 413, description = "`too-large`: in bytes, unpacked bytes or orders.", body = Problem),
        (status = 429, description = "`too-many`: again after the seconds of `Retry-After`.", body = Problem),
    ),
)]
pub(super) async fn push(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<([(HeaderName, &'static str); 1], String), Refusal> {
    let coding = Coding::of(&headers)?;
    let body = body::collect(body, BODY, shared.limits.body).await?;
    let lines = read(&shared, &caller.device, coding, body).await?;
    // What takes a product off sale is never told to come later.
    if !lines.iter().any(|l| matches!(l, Line::Order(o) if is_urgent(&o.command))) {
        shared.rates.orders(caller.device.id, lines.len())?;
    }
    let answers = answers(&shared, &caller.device, lines).await;
    let mut out = String::with_capacity(answers.len() * 128);
    for answer in &answers {
        shared.meters.outcome(&answer.outcome);
        let text = serde_json::to_string(answer).map_err(|e| {
            tracing::error!(error = %e, "an answer cannot be written");
            Refusal::internal()
        })?;
        out.push_str(&text);
        out.push('\n');
    }
    Ok((NDJSON, out))
}

/// Whether an order takes something off sale.
fn is_urgent(command: &Command) -> bool {
    matches!(command, Command::ConfirmIncident { .. } | Command::Move { verb: Verb::Suspend, .. })
}

/// The lines of a body, on a thread that may take its time.
async fn read(shared: &Shared, device: &Device, coding: Coding, body: Vec<u8>) -> Result<Vec<Line>, Refusal> {
    let turn = Arc::clone(&shared.reads).acquire_owned().await;
    let (hub, device) = (shared.hub, device.clone());
    let read = move || {
        let _turn = turn;
        lines(&coding.unpack(body, INFLATED)?, |line| {
            device.signer.as_ref().is_some_and(|public| signed::is_signed(line, public, hub, device.id))
        })
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(lines) => lines,
        Err(e) => {
            tracing::error!(error = %e, "a body was not read");
            Err(Refusal::internal())
        }
    }
}

/// `is_signed` says whether a line was signed by its console.
fn lines(body: &[u8], is_signed: impl Fn(&str) -> bool) -> Result<Vec<Line>, Refusal> {
    let mut out = Vec::new();
    for (n, text) in (1..).zip(body.split(|b| *b == b'\n')).filter(|(_, t)| !t.trim_ascii().is_empty()) {
        if out.len() == ORDERS {
            return Err(Refusal::too_large(format!("a push has at most {ORDERS} orders")));
        }
        let mut line = line(n, text)?;
        if let (Line::Order(order), Ok(text)) = (&mut line, std::str::from_utf8(text)) {
            order.signed = Some(text.trim().to_owned()).filter(|text| is_signed(text));
        }
        out.push(line);
    }
    Ok(out)
}

fn line(n: usize, text: &[u8]) -> Result<Line, Refusal> {
    let not_an_order = match serde_json::from_slice::<Order>(text) {
        Ok(order) => return Ok(Line::Order(Box::new(order))),
        Err(e) => e,
    };
    // A command this version does not know may be of a newer one.
    match serde_json::from_slice::<Outline>(text) {
        Ok(Outline { id, schema }) if schema != SCHEMA => Ok(Line::Foreign(id)),
        _ => {
            let why: String = not_an_order.to_string().chars().take(200).collect();
            Err(Refusal::not_understood(format!("line {n} is not an order: {why}")))
        }
    }
}

/// An answer for each line. After orders that could not be taken now the others are not tried: they may need what those make.
async fn answers(shared: &Shared, device: &Device, lines: Vec<Line>) -> Vec<Answer> {
    let orders = lines.iter().filter_map(|l| if let Line::Order(o) = l { Some(Order::clone(o)) } else { None });
    let orders: Vec<Order> = orders.collect();
    let mut taken = Vec::with_capacity(orders.len());
    for some in orders.chunks(TOGETHER) {
        match shared.writer.submit(device.clone(), some.to_vec()).await {
            Ok(mut answers) => taken.append(&mut answers),
            Err(_) => break,
        }
    }
    let mut taken = taken.into_iter();
    let answer = |line| match line {
        Line::Foreign(id) => Answer { id, outcome: Outcome::Upgrade { min: SCHEMA } },
        Line::Order(order) => taken.next().unwrap_or_else(|| later(&order)),
    };
    lines.into_iter().map(answer).collect()
}
