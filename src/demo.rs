//! A whole province of believable data for `gongfu demo`, tests and benches: the same seed and scale give the same rows.
//!
//! Owns what the demo contains. Must obey every rule of the domain (tests hold the invariants) and must not know where
//! the rows go: they are handed to a sink one by one, a row after those it refers to, ids ascending within a kind.

mod catalog;
mod counters;
mod editions;
mod emit;
mod goods;
mod incidents;
mod names;
mod orders;
mod orgs;
mod packs;
mod places;
mod plan;
mod programme;
mod purchases;
mod recalls;
mod rng;
mod shelves;
mod supply;
mod troubles;
mod words;

use crate::domain::rows::{Kind, Row};
use crate::reference::Reference;
use emit::{Desk, Done};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Suppliers, products and catalog entries of one scale step.
pub const SUPPLIERS: u64 = 575;
/// See [`SUPPLIERS`].
pub const ENTRIES: u64 = 1600;
/// Purchases of one scale step, and the most there ever are.
pub const PURCHASES: u64 = 60_000;
/// See [`PURCHASES`].
pub const MAX_PURCHASES: u64 = 2_000_000;

/// The day and time the demo is set in: 2020-08-20 14:32 in Asia/Shanghai.
pub const NOW: Timestamp = Timestamp::constant(1_597_905_120, 0);

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub seed: u64,
    /// Multiplies suppliers, products, catalog entries and, up to [`MAX_PURCHASES`], purchases; everything else stays.
    pub scale: u32,
    /// The instant the province is shown at. Incidents, notices and visits move with it; the programme's days do not,
    /// so it should lie in August 2020.
    pub now: Timestamp,
}

impl Default for Options {
    fn default() -> Options {
        Options { seed: 1, scale: 1, now: NOW }
    }
}

/// How far the work is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub kind: Kind,
    pub done: u64,
    /// Rows there will be, to a few per cent.
    pub expected: u64,
}

/// Rows made, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub rows: BTreeMap<Kind, u64>,
    /// Sum of the counted purchases in fen.
    pub counted_fen: i64,
}

impl Summary {
    /// Rows of one kind.
    pub fn count(&self, kind: Kind) -> u64 {
        self.rows.get(&kind).copied().unwrap_or(0)
    }

    /// Rows of all kinds.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// Makes the province and hands every row to `sink`.
///
/// # Errors
/// The sink's own error, passed through at once; the rows before it have been handed over.
pub fn generate<E>(
    reference: &Reference,
    options: &Options,
    sink: &mut dyn FnMut(Row) -> Result<(), E>,
) -> Result<Summary, E> {
    generate_with(reference, options, sink, &mut |_| {})
}

/// As [`generate`], telling how far it is every few thousand rows.
///
/// # Errors
/// As [`generate`].
pub fn generate_with<E>(
    reference: &Reference,
    options: &Options,
    sink: &mut dyn FnMut(Row) -> Result<(), E>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, E> {
    let mut desk = Desk::new(*options, expected_rows(options), sink, progress);
    write_all(reference, &mut desk)?;
    Ok(desk.into_summary())
}

fn write_all<E>(reference: &Reference, desk: &mut Desk<'_, E>) -> Done<E> {
    let people = orgs::write(reference, desk)?;
    let plan = plan::Plan::new(reference);
    let troubles = troubles::draw(desk, &plan);
    let goods = catalog::write(desk, &people, &plan, &troubles)?;
    editions::write(desk, &people, &troubles, &goods)?;
    let lots = supply::write(desk, &people, &goods, &troubles)?;
    let counters = counters::write(reference, desk, &people)?;
    let shelves = shelves::write(desk, &counters, &goods, &troubles)?;
    let recalls = incidents::write(desk, &people, (&counters, &shelves), (&goods, &lots), &troubles)?;
    let packs = packs::write(desk, &people, &goods, &troubles)?;
    orders::write(desk, &people, &goods, &packs)?;
    programme::write(reference, desk, &people)?;
    purchases::write(desk, &people, (&goods, &lots), recalls)
}

/// What a file of evidence of the demo holds; whoever keeps the rows keeps the files.
pub fn evidence_text(title: &str, id: crate::domain::rows::EvidenceId) -> String {
    format!("演示数据，不是真的材料\n{title}\n{}\n", id.0)
}

/// Purchases at a scale.
pub fn purchases_at(scale: u32) -> u64 {
    (PURCHASES * u64::from(scale.max(1))).min(MAX_PURCHASES)
}

fn expected_rows(options: &Options) -> u64 {
    let scale = u64::from(options.scale.max(1));
    45_000 + ENTRIES + (SUPPLIERS + 2 * ENTRIES) * scale + purchases_at(options.scale)
}

#[cfg(test)]
mod tests;
