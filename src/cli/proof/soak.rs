//! `gongfu test soak`: what the hours of a bad line print.

use super::args::SoakArgs;
use super::{binary, failed};
use crate::cli::context::Context;
use crate::cli::fail::{Exit, Fail};
use crate::cli::interrupt;
use crate::cli::out::Out;
use crate::cli::progress::Bar;
use crate::proof::soak::{LIMIT, Plan, Report, run as soak};
use crate::proof::{Fault, Promise};
use serde_json::{Value, json};
use std::time::Duration;

/// Runs `test soak`.
pub(super) fn run(context: &Context, args: &SoakArgs) -> Result<Exit, Fail> {
    let time = Duration::try_from_secs_f64(args.minutes * 60.0)
        .map_err(|e| failed(context, &Fault { promise: Promise::Sound, what: format!("--minutes: {e}") }))?;
    let plan = Plan {
        binary: binary(context)?,
        consoles: usize::from(args.consoles),
        time,
        pace: Duration::from_millis(args.pace),
        seed: args.seed,
        tls: args.tls,
        forgets: args.without.is_some(),
    };
    let stop = interrupt::flag();
    let bar = Bar::new(context, "cli-proof-seconds");
    let report = soak(&plan, &stop, |lived| bar.at(lived.as_secs(), time.as_secs()));
    bar.finish();
    let mut out = Out::new();
    if context.json {
        out.json(&document(&plan, &report))?;
    } else {
        lines(&plan, &report).iter().try_for_each(|line| out.line(line))?;
        out.done()?;
    }
    Ok(match (&report.fault, report.bad < plan.time) {
        (Some(_), _) => Exit::Refused,
        (None, true) => Exit::Interrupt,
        (None, false) => Exit::Done,
    })
}

/// Seconds with one place.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

fn document(plan: &Plan, r: &Report) -> Value {
    let c = &r.carried;
    json!({
        "seed": plan.seed, "consoles": plan.consoles, "tls": plan.tls, "seconds": seconds(r.bad),
        "acknowledged": r.acknowledged, "accepted": r.accepted, "conflicts": r.conflicts, "denied": r.denied,
        "connections": c.connections,
        "faults": {
            "refused": c.refused, "dropped": c.dropped, "cut": c.cut, "delayed": c.delayed, "stalled": c.stalled,
            "repeated": c.repeated, "outages": r.outages,
        },
        "kills": { "console": r.kills[0], "puller": r.kills[1], "hub": r.restarts[0] }, "ends": r.restarts[1],
        "rest_seconds": seconds(r.rest), "limit_seconds": LIMIT.as_secs(), "hub_mib": r.memory.map(|(now, _)| now >> 20),
        "promise": r.fault.as_ref().map(|f| f.promise.name()), "what": r.fault.as_ref().map(|f| &f.what),
    })
}

fn lines(plan: &Plan, r: &Report) -> Vec<String> {
    let c = &r.carried;
    let mut out = vec![
        format!(
            "{} consoles, {:.0} s of a bad line{}, seed {}: {} orders acknowledged",
            plan.consoles,
            r.bad.as_secs_f64(),
            if plan.tls { " under TLS" } else { "" },
            plan.seed,
            r.acknowledged
        ),
        format!(
            "{} connections: {} dropped, {} cut, {} stalled, {} refused in {} outages; {} pieces delayed, {} requests repeated",
            c.connections, c.dropped, c.cut, c.stalled, c.refused, r.outages, c.delayed, c.repeated
        ),
        format!(
            "killed {} times a console, {} its puller, {} the hub; ended the hub in good order {} times",
            r.kills[0], r.kills[1], r.restarts[0], r.restarts[1]
        ),
    ];
    let Some(fault) = &r.fault else {
        out.push(format!(
            "at rest after {:.1} s of at most {}; hub {} MiB",
            r.rest.as_secs_f64(),
            LIMIT.as_secs(),
            r.memory.map_or(0, |(now, _)| now >> 20)
        ));
        out.push(format!(
            "every console shows what the hub has for it, audits whole; {} accepted, {} conflicts, {} refused by a rule, 0 lost, 0 twice",
            r.accepted, r.conflicts, r.denied
        ));
        return out;
    };
    out.push(fault.to_string());
    out
}
