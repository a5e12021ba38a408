//! Real processes on real files, killed at any moment: consoles that take orders, what keeps them level, and the hub.
//!
//! Owns who is killed when, and what must hold after each kill and in the end: nothing acknowledged is lost, no pair that belongs
//! together is torn.

use super::dice::Dice;
use super::fault::Fault;
use super::stage::{ORDERS, SYNC, Setting, Stage};
use crate::sqlite::Stop;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What is done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program that is killed.
    pub binary: PathBuf,
    pub rounds: u64,
    pub seed: u64,
}

/// What came of it; only when nothing was lost or torn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    pub rounds: u64,
    /// Kills of consoles, of what keeps them level, of the hub.
    pub kills: [u64; 3],
    /// Orders that were told to be done before their process was killed.
    pub acknowledged: u64,
    /// What became of them at the hub.
    pub accepted: u64,
    pub refused: u64,
}

/// Who sits at the consoles.
const CONSOLES: [usize; 2] = [0, 1];
/// Between two orders of a console.
pub const PACE: Duration = Duration::from_millis(10);
/// Kills of the hub, in [`Report::kills`]; those of a console's two processes have their numbers.
const HUB: usize = 2;

/// Kills until all rounds are over or `stop` says so; `tell` hears how many are.
///
/// # Errors
/// What was lost or torn, with the round; a part that failed.
pub fn run(plan: &Plan, stop: &Stop, mut tell: impl FnMut(u64)) -> Result<Report, Fault> {
    let home = tempfile::Builder::new().prefix("gongfu-kill9-").tempdir()?;
    let done = all(plan, home.path(), stop, &mut tell);
    if done.is_err() {
        // What was found is worth looking at.
        tracing::warn!(path = %home.keep().display(), "the files are kept");
    }
    done
}

fn all(plan: &Plan, home: &Path, stop: &Stop, tell: &mut dyn FnMut(u64)) -> Result<Report, Fault> {
    let setting = Setting { binary: &plan.binary, seed: plan.seed, pace: PACE, tls: false };
    let mut stage = Stage::set(setting, home)?;
    let address = stage.address().to_owned();
    for (no, who) in CONSOLES.into_iter().enumerate() {
        stage.enrol(who, &address)?;
        stage.start(no, SYNC)?;
        stage.start(no, ORDERS)?;
    }
    let mut report = Report::default();
    rounds(plan, &mut stage, &mut report, stop, tell)?;
    stage.no_more_orders()?;
    stage.settles()?;
    let outcomes = stage.kept()?;
    report.acknowledged = stage.acknowledged();
    (report.accepted, report.refused) = (outcomes.accepted, outcomes.conflicts + outcomes.denied);
    Ok(report)
}

fn rounds(
    plan: &Plan,
    stage: &mut Stage<'_>,
    report: &mut Report,
    stop: &Stop,
    tell: &mut dyn FnMut(u64),
) -> Result<(), Fault> {
    let mut dice = Dice::new(plan.seed);
    for round in 1..=plan.rounds {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(dice.millis(20, 200));
        let victim = dice.below(2 * CONSOLES.len() + 1);
        let done = if victim == 2 * CONSOLES.len() { kill_hub(stage) } else { kill(stage, victim / 2, victim % 2) };
        done.map_err(|fault| Fault { what: format!("round {round}: {}", fault.what), ..fault })?;
        report.kills[if victim == 2 * CONSOLES.len() { HUB } else { victim % 2 }] += 1;
        report.rounds = round;
        tell(round);
    }
    Ok(())
}

fn kill(stage: &mut Stage<'_>, no: usize, what: usize) -> Result<(), Fault> {
    stage.kill(no, what)?;
    stage.check(no)?;
    stage.start(no, what)
}

fn kill_hub(stage: &mut Stage<'_>) -> Result<(), Fault> {
    stage.end_hub(true)?;
    stage.check_hub()?;
    stage.serve()
}
