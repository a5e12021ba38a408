//! `gongfu sim`, `gongfu test`, `gongfu bench`: tools for developers, not among the commands the help lists. Their output is
//! English: it goes into reports and logs.
//!
//! Owns what they print; what they do is [`crate::proof`]'s.

pub mod args;

use super::context::Context;
use super::fail::{Exit, Fail};
use super::interrupt;
use super::out::Out;
use super::progress::Bar;
use crate::proof::sim::{self, Plan, Report, Rule};
use args::SimArgs;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Failures that are told in full; of the others only the number.
const TOLD: usize = 20;

/// Runs `sim`.
pub(super) fn sim(context: &Context, args: &SimArgs) -> Result<Exit, Fail> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let without = args.without.as_deref().and_then(Rule::parse);
    let plan = Plan { seeds: args.from..args.from.saturating_add(args.seeds), without, threads };
    let bar = Mutex::new(Bar::new(context, "cli-proof-days"));
    let show = |bar: &dyn Fn(&Bar<'_>), of: &Mutex<Bar<'_>>| bar(&of.lock().unwrap_or_else(PoisonError::into_inner));
    let begun = Instant::now();
    let lived = sim::run(&plan, &interrupt::flag(), &|over| show(&|b| b.at(over, args.seeds), &bar));
    show(&|b| b.finish(), &bar);
    let report = lived.map_err(|e| context.fail(Exit::Internal, "proof", &[("why", e.to_string())]))?;
    let seconds = begun.elapsed().as_secs_f64();
    tell(context, args, &report, seconds)?;
    let complete = report.tally.seeds == args.seeds;
    Ok(match (report.failures.is_empty(), complete) {
        (false, _) => Exit::Refused,
        (true, true) => Exit::Done,
        (true, false) => Exit::Interrupt,
    })
}

fn tell(context: &Context, args: &SimArgs, report: &Report, seconds: f64) -> Result<(), Fail> {
    let t = &report.tally;
    let mut out = Out::new();
    if context.json {
        let failures = report.failures.iter().map(|f| {
            json!({ "seed": f.seed, "promise": f.fault.promise.name(), "what": f.fault.what })
        });
        let document = json!({
            "without": args.without, "from": args.from, "seeds": t.seeds, "failed": report.failures.len(),
            "seconds": (seconds * 10.0).round() / 10.0, "events": t.events, "pages": t.pages, "orders": t.orders,
            "accepted": t.accepted, "refused": t.refused, "crashes": t.crashes, "restores": t.restores,
            "moves": t.moves, "failures": failures.collect::<Vec<_>>(),
        });
        return out.json(&document).map_err(Into::into);
    }
    for failure in report.failures.iter().take(TOLD) {
        out.line(&format!("seed {}: {}", failure.seed, failure.fault))?;
        let rule = args.without.as_deref().map(|r| format!(" --break {r}")).unwrap_or_default();
        out.line(&format!("  again: gongfu sim --seeds 1 --from {}{rule}", failure.seed))?;
    }
    out.line(&format!(
        "{} seeds, {} failed, {seconds:.1} s: {} events, {} pages, {} orders ({} accepted, {} refused), {} crashes, {} restores, {} moves",
        t.seeds, report.failures.len(), t.events, t.pages, t.orders, t.accepted, t.refused, t.crashes, t.restores, t.moves
    ))?;
    out.done().map(drop)
}
