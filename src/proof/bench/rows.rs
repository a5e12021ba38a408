//! The rows that are measured with: the demo's, thinned out to as many as were asked for, in the demo's own mixture.

use crate::demo::{self, Options};
use crate::domain::rows::Row;
use crate::proof::bench::field::unsound;
use crate::proof::fault::Fault;
use crate::reference::Reference;
use crate::setup::DEMO_ORG;

/// Rows of the demo that do not grow with its scale, and those of one step.
const FIXED: u64 = 45_000 + demo::ENTRIES;
const STEP: u64 = demo::SUPPLIERS + 2 * demo::ENTRIES + demo::PURCHASES;

/// Hands on about `many` rows; the union of the demo always comes.
pub(super) fn each(many: u64, sink: &mut dyn FnMut(Row) -> Result<(), Fault>) -> Result<u64, Fault> {
    let tables = Reference::embedded().map_err(|_| unsound("the reference data do not fit"))?;
    let scale = u32::try_from(many.saturating_sub(FIXED).div_ceil(STEP).max(1)).unwrap_or(u32::MAX);
    let there = FIXED + STEP * u64::from(scale);
    // Of 65,536 rows so many.
    let share = (many.saturating_mul(65_536) / there).min(65_536);
    let mut kept = 0;
    let options = Options { scale, ..Options::default() };
    demo::generate(&tables, &options, &mut |row: Row| {
        let tail = row.uuid().as_u128() as u64;
        let lot = crate::base::ids::mix(tail) % 65_536;
        let own = matches!(&row, Row::Organisation(o) if o.code == DEMO_ORG);
        if lot < share || own {
            kept += 1;
            sink(row)?;
        }
        Ok::<(), Fault>(())
    })?;
    Ok(kept)
}
