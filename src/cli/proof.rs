//! `gongfu sim`, `gongfu test`, `gongfu bench`: tools for developers, not among the commands the help lists. Their output is
//! English: it goes into reports and logs.
//!
//! Owns what they print; what they do is [`crate::proof`]'s.

pub mod args;
mod bench;

pub(super) use bench::run as bench;

use super::context::Context;
use super::fail::{Exit, Fail};
use super::interrupt;
use super::out::Out;
use super::progress::Bar;
use crate::proof::Fault;
use crate::proof::kill9;
use crate::proof::sim::{self, Plan, Report, Rule};
use args::{At, BenchAct, SimArgs, TestAct};
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
    let report = lived.map_err(|e| failed(context, &e))?;
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
        let failures = report
            .failures
            .iter()
            .map(|f| json!({ "seed": f.seed, "promise": f.fault.promise.name(), "what": f.fault.what }));
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

fn failed(context: &Context, fault: &Fault) -> Fail {
    context.fail(Exit::Internal, "proof", &[("why", fault.to_string())])
}

/// Runs `test`.
pub(super) fn test(context: &Context, act: &TestAct) -> Result<Exit, Fail> {
    match act {
        TestAct::Kill9 { rounds, seed } => kill(context, *rounds, *seed),
        TestAct::Orders { seed } => orders(context, *seed),
    }
}

/// The program that runs.
fn binary(context: &Context) -> Result<std::path::PathBuf, Fail> {
    std::env::current_exe().map_err(|e| failed(context, &e.into()))
}

fn kill(context: &Context, rounds: u64, seed: u64) -> Result<Exit, Fail> {
    let plan = kill9::Plan { binary: binary(context)?, rounds, seed };
    let bar = Bar::new(context, "cli-proof-rounds");
    let begun = Instant::now();
    let done = kill9::run(&plan, &interrupt::flag(), |round| bar.at(round, rounds));
    bar.finish();
    let seconds = begun.elapsed().as_secs_f64();
    let mut out = Out::new();
    let r = match done {
        Ok(report) => report,
        Err(fault) if context.json => {
            let document = json!({ "seed": seed, "promise": fault.promise.name(), "what": fault.what });
            return out.json(&document).map(|()| Exit::Refused).map_err(Into::into);
        }
        Err(fault) => {
            out.line(&fault.to_string())?;
            return out.done().map(|_| Exit::Refused);
        }
    };
    if context.json {
        let document = json!({
            "seed": seed, "rounds": r.rounds, "kills": { "console": r.kills[0], "puller": r.kills[1], "hub": r.kills[2] },
            "acknowledged": r.acknowledged, "accepted": r.accepted, "refused": r.refused, "lost": 0, "torn": 0,
            "seconds": (seconds * 10.0).round() / 10.0,
        });
        return out.json(&document).map(|()| Exit::Done).map_err(Into::into);
    }
    out.line(&format!(
        "{} rounds, {seconds:.0} s: killed {} times a console, {} its puller, {} the hub; {} orders acknowledged ({} accepted, \
         {} refused at the hub), 0 lost, 0 torn",
        r.rounds, r.kills[0], r.kills[1], r.kills[2], r.acknowledged, r.accepted, r.refused
    ))?;
    out.done()
}

/// The process that is killed: takes orders, and tells each when it is on the disk.
fn orders(context: &Context, seed: u64) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let actor = context.actor(&store)?;
    let tell = |id: uuid::Uuid| {
        let mut out = Out::new();
        out.line(&format!("order {id}"))?;
        std::io::Write::flush(&mut out)
    };
    kill9::orders(&store, &actor, seed, &interrupt::flag(), tell).map_err(|e| failed(context, &e))?;
    Ok(Exit::Done)
}
