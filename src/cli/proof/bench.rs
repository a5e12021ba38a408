//! `gongfu bench`: what the measurements print.

use super::{At, BenchAct, binary, failed};
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::out::{self, Out};
use crate::hub::engine::Place;
use crate::proof::bench::{Fanout, Pushed, Synced, fanout, push, sync};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Runs `bench`.
pub(in crate::cli) fn run(context: &Context, act: &BenchAct) -> Result<Exit, Fail> {
    let binary = binary(context)?;
    let tell = |what: &str| {
        if !context.quiet && !context.json {
            out::note(&format!("{what} …"));
        }
    };
    let (document, lines) = match act {
        BenchAct::Sync { rows, at } => {
            let home = home(context, at)?;
            synced(&sync(home.path(), &binary, *rows, tell).map_err(|e| failed(context, &e))?)
        }
        BenchAct::Fanout { consoles, rounds, at } => {
            let home = home(context, at)?;
            let measured = fanout(home.path(), &binary, (*consoles, *rounds), tell);
            fanned(&measured.map_err(|e| failed(context, &e))?)
        }
        BenchAct::Push { orders, store, at } => {
            let home = home(context, at)?;
            let unread = || Fail::new(Exit::Usage, &context.locale, "hub-fail", "store", &[]);
            let place = match store {
                Some(text) => Some(Place::parse(text).filter(Place::is_understood).ok_or_else(unread)?),
                None => None,
            };
            let named = place.as_ref().map_or_else(|| "sqlite".to_owned(), ToString::to_string);
            let measured = push(home.path(), &binary, (place, *orders), tell);
            pushed(&measured.map_err(|e| failed(context, &e))?, &named)
        }
    };
    let mut out = Out::new();
    if context.json {
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    lines.iter().try_for_each(|line| out.line(line))?;
    out.done()
}

/// A folder of its own, which goes with the measurement.
fn home(context: &Context, at: &At) -> Result<TempDir, Fail> {
    let dir = at.folder.clone().unwrap_or_else(std::env::temp_dir);
    let made = tempfile::Builder::new().prefix("gongfu-bench-").tempdir_in(&dir);
    made.map_err(|e| Fail::file(&dir, &e, &context.locale))
}

/// Rounded, for a document.
fn to(places: i32, n: f64) -> f64 {
    let ten = 10_f64.powi(places);
    (n * ten).round() / ten
}

fn mib(bytes: u64) -> u64 {
    bytes >> 20
}

fn synced(s: &Synced) -> (Value, Vec<String>) {
    let share = |n: f64| 100.0 * n / s.bare;
    let document = json!({
        "rows": s.rows, "bare_rows_per_s": s.bare.round(), "alone_rows_per_s": s.alone.round(),
        "alone_no_index_rows_per_s": s.heap.round(), "transfer_rows_per_s": s.transfer.round(),
        "transfer_share": to(1, share(s.transfer)), "whole_rows_per_s": s.whole.round(),
        "whole_share": to(1, share(s.whole)), "seconds": to(2, s.seconds), "bytes_per_row": to(1, s.bytes),
        "pages": s.pages, "hub_mib": s.memory.map(mib),
    });
    let lines = vec![
        format!(
            "{} rows; bare inserts: {:.0} rows/s into tables with a key; {:.0} where no journal is kept, {:.0} without any index",
            s.rows, s.bare, s.alone, s.heap
        ),
        format!("first load over TLS, rows: {:.0} rows/s, {:.0} % of bare", s.transfer, share(s.transfer)),
        format!("with indices and totals: {:.0} rows/s, {:.0} %, {:.2} s", s.whole, share(s.whole), s.seconds),
        format!("{:.1} B a row on the wire in {} pages; hub at most {} MiB", s.bytes, s.pages, s.memory.map_or(0, mib)),
    ];
    (document, lines)
}

fn fanned(f: &Fanout) -> (Value, Vec<String>) {
    let (now, most) = f.memory.unwrap_or_default();
    let document = json!({
        "consoles": f.consoles, "rounds": f.rounds, "answer_p50_ms": to(1, f.answer_p50), "p50_ms": to(1, f.p50),
        "p99_ms": to(1, f.p99), "last_p50_ms": to(1, f.last_p50), "last_max_ms": to(1, f.last_max),
        "hub_mib": mib(now), "hub_most_mib": mib(most),
    });
    let lines = vec![
        format!("{} streams over TLS, {} commands; answer p50 {:.1} ms", f.consoles, f.rounds, f.answer_p50),
        format!("row on a stream: p50 {:.1} ms, p99 {:.1} ms", f.p50, f.p99),
        format!("last stream: median {:.1} ms, slowest {:.1} ms", f.last_p50, f.last_max),
        format!("hub {} MiB, at most {} MiB", mib(now), mib(most)),
    ];
    (document, lines)
}

fn pushed(p: &Pushed, store: &str) -> (Value, Vec<String>) {
    let document = json!({
        "store": store, "orders": p.orders, "writer_per_s": p.writer.round(), "door_per_s": p.door.round(),
        "commits_per_s": p.commits.round(), "hub_mib": p.memory.map(mib),
    });
    let lines = vec![
        format!("{} orders each way on {store}; {:.0} bare commits/s", p.orders, p.commits),
        format!("writer alone: {:.0} orders/s", p.writer),
        format!("through the door over TLS: {:.0} orders/s; hub at most {} MiB", p.door, p.memory.map_or(0, mib)),
    ];
    (document, lines)
}
