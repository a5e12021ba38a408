//! `gongfu sim`, `gongfu test`, `gongfu bench`: tools for developers, not among the commands the help lists. Their output is
//! English: it goes into reports and logs.
//!
//! Owns what they print; what they do is [`crate::proof`]'s.

pub mod args;
mod bench;
mod soak;

pub(super) use bench::run as bench;

use super::context::Context;
use super::fail::{Exit, Fail};
use super::interrupt;
use super::out::Out;
use super::progress::Bar;
use crate::proof::sim::{self, Failure, Plan, Report, Rule, Tally};
use crate::proof::{Fault, Promise, kill9};
use args::{At, BenchAct, SimArgs, TestAct};
use serde_json::json;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures that are told in full; of the others only the number.
const TOLD: usize = 20;

/// Days for which a second process is worth its start.
const WORTH: u64 = 50;

/// Runs `sim`.
pub(super) fn sim(context: &Context, args: &SimArgs) -> Result<Exit, Fail> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let jobs = args.jobs.unwrap_or(cores).clamp(1, (args.seeds / WORTH).max(1));
    let begun = Instant::now();
    let report = if jobs > 1 { shared(context, args, jobs)? } else { alone(context, args)? };
    tell(context, args, &report, begun.elapsed().as_secs_f64())?;
    let complete = report.tally.seeds == args.seeds;
    Ok(match (report.failures.is_empty(), complete) {
        (false, _) => Exit::Refused,
        (true, true) => Exit::Done,
        (true, false) => Exit::Interrupt,
    })
}

fn alone(context: &Context, args: &SimArgs) -> Result<Report, Fail> {
    let without = args.without.as_deref().and_then(Rule::parse);
    let plan = Plan { seeds: args.from..args.from.saturating_add(args.seeds), without, threads: 1 };
    let bar = Mutex::new(Bar::new(context, "cli-proof-days"));
    let show = |bar: &dyn Fn(&Bar<'_>), of: &Mutex<Bar<'_>>| bar(&of.lock().unwrap_or_else(PoisonError::into_inner));
    let lived = sim::run(&plan, &interrupt::flag(), &|over| show(&|b| b.at(over, args.seeds), &bar));
    show(&|b| b.finish(), &bar);
    lived.map_err(|e| failed(context, &e))
}

/// Each process lives its part of the days: threads of one would wait for each other at every piece of memory SQLite takes.
fn shared(context: &Context, args: &SimArgs, jobs: u64) -> Result<Report, Fail> {
    let binary = binary(context)?;
    let each = args.seeds.div_ceil(jobs);
    let parts = (0..jobs).map(|n| (args.from + n * each, each.min(args.seeds.saturating_sub(n * each))));
    let start = |(from, seeds): (u64, u64)| {
        let mut command = std::process::Command::new(&binary);
        command.args(["--json", "sim", "--jobs", "1", "--seeds"]).arg(seeds.to_string());
        command.arg("--from").arg(from.to_string());
        if let Some(rule) = &args.without {
            command.args(["--break", rule]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()
    };
    let children = parts.filter(|(_, seeds)| *seeds > 0).map(start).collect::<Result<Vec<_>, _>>();
    let mut report = Report::default();
    for child in children.map_err(|e| failed(context, &e.into()))? {
        let output = child.wait_with_output().map_err(|e| failed(context, &e.into()))?;
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|e| {
            context.fail(Exit::Internal, "proof", &[("why", format!("a process of the simulation: {e}"))])
        })?;
        add(&mut report, &document);
    }
    report.failures.sort_by_key(|f| f.seed);
    Ok(report)
}

/// Adds what another process has lived, as [`tell`] writes it.
fn add(report: &mut Report, document: &serde_json::Value) {
    let n = |name: &str| document[name].as_u64().unwrap_or(0);
    report.tally.add(&Tally {
        seeds: n("seeds"),
        events: n("events"),
        orders: n("orders"),
        accepted: n("accepted"),
        refused: n("refused"),
        crashes: n("crashes"),
        restores: n("restores"),
        moves: n("moves"),
        pages: n("pages"),
    });
    for failure in document["failures"].as_array().into_iter().flatten() {
        let text = |name: &str| failure[name].as_str().unwrap_or_default().to_owned();
        let promise = Promise::parse(&text("promise")).unwrap_or(Promise::Sound);
        let fault = Fault { promise, what: text("what") };
        report.failures.push(Failure { seed: failure["seed"].as_u64().unwrap_or(0), fault });
    }
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
        TestAct::Soak(args) => soak::run(context, args),
        TestAct::Orders { seed, pace } => orders(context, (*seed, Duration::from_millis(*pace))),
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
fn orders(context: &Context, throws: (u64, Duration)) -> Result<Exit, Fail> {
    let store = context.open_to_write()?;
    let actor = context.actor(&store)?;
    let tell = |id: uuid::Uuid| {
        let mut out = Out::new();
        out.line(&format!("order {id}"))?;
        std::io::Write::flush(&mut out)
    };
    crate::proof::orders(&store, &actor, throws, &interrupt::flag(), tell).map_err(|e| failed(context, &e))?;
    Ok(Exit::Done)
}
