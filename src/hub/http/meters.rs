//! What the hub has done since it began, as numbers that Prometheus reads.
//!
//! Owns their names: a name once published keeps its meaning.

use super::refusal::CODES;
use super::shared::Shared;
use crate::wire::order::Outcome;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const OUTCOMES: [&str; 5] = ["accepted", "conflict", "denied", "later", "upgrade"];

pub(super) struct Meters {
    begun: Instant,
    outcomes: [AtomicU64; OUTCOMES.len()],
    refused: [AtomicU64; CODES.len()],
    pulls: AtomicU64,
    rows: AtomicU64,
    bytes: AtomicU64,
}

impl Meters {
    pub(super) fn new() -> Meters {
        Meters {
            begun: Instant::now(),
            outcomes: Default::default(),
            refused: Default::default(),
            pulls: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    pub(super) fn outcome(&self, outcome: &Outcome) {
        let place = match outcome {
            Outcome::Accepted { .. } => 0,
            Outcome::Conflict { .. } => 1,
            Outcome::Denied { .. } => 2,
            Outcome::Later { .. } => 3,
            Outcome::Upgrade { .. } => 4,
        };
        self.outcomes[place].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self, code: &str) {
        if let Some(place) = CODES.iter().position(|c| *c == code) {
            self.refused[place].fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn page(&self, rows: u64, bytes: u64) {
        self.pulls.fetch_add(1, Ordering::Relaxed);
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Everything in the text form of Prometheus.
pub(super) fn text(shared: &Shared) -> String {
    let (meters, done) = (&shared.meters, shared.writer.done());
    let of = |n: &AtomicU64| n.load(Ordering::Relaxed);
    let streams: usize = shared.streams().values().sum();
    let listeners = shared.listeners.load(Ordering::Relaxed);
    let in_work = shared.limits.in_work.saturating_sub(shared.in_work.available_permits());
    let mut out = String::with_capacity(4_096);
    for (name, kind, help, value) in [
        ("uptime_seconds", "gauge", "Since the hub began.", meters.begun.elapsed().as_secs().to_string()),
        ("head", "gauge", "The last number given, as this hub knows it.", shared.head.borrow().to_string()),
        ("streams", "gauge", "Open streams of events.", streams.to_string()),
        ("listeners", "gauge", "Streams and long polls.", listeners.to_string()),
        ("in_work", "gauge", "Requests in work, those that only wait for news aside.", in_work.to_string()),
        ("pulls_total", "counter", "Pages given.", of(&meters.pulls).to_string()),
        ("rows_total", "counter", "Rows in those pages.", of(&meters.rows).to_string()),
        ("page_bytes_total", "counter", "Bytes of those pages as they travel.", of(&meters.bytes).to_string()),
    ] {
        head(&mut out, name, kind, help);
        let _ = writeln!(out, "gongfu_hub_{name} {value}");
    }
    let batches = of(&done.batches);
    let time = Duration::from_micros(of(&done.micros)).as_secs_f64().to_string();
    for (name, help, sum) in [
        ("batch_seconds", "Time of batches until they were on the disk.", time),
        ("batch_orders", "Orders of a batch.", of(&done.orders).to_string()),
    ] {
        head(&mut out, name, "summary", help);
        let _ = writeln!(out, "gongfu_hub_{name}_sum {sum}\ngongfu_hub_{name}_count {batches}");
    }
    labelled(&mut out, "orders_total", "Orders answered.", "outcome", &OUTCOMES, &meters.outcomes);
    labelled(&mut out, "refused_total", "Requests refused.", "code", &CODES, &meters.refused);
    out
}

// Writing to a string cannot fail.
fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP gongfu_hub_{name} {help}\n# TYPE gongfu_hub_{name} {kind}");
}

fn labelled(out: &mut String, name: &str, help: &str, label: &str, values: &[&str], counts: &[AtomicU64]) {
    head(out, name, "counter", help);
    for (value, count) in values.iter().zip(counts) {
        let _ = writeln!(out, "gongfu_hub_{name}{{{label}=\"{value}\"}} {}", count.load(Ordering::Relaxed));
    }
}
