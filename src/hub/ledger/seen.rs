//! Whether a row is still what a command stands on.
//!
//! A correction stands on the groups of fields it writes, a step on its way on the whole row, and a row that was only looked at
//! on all that is compared of it. An order of an older console has no fingerprints: the revision decides.

use crate::domain::command::Command;
use crate::domain::groups::{Group, Stand, compared, stand};
use crate::domain::rows::Row;
use crate::wire::order::Seen;

/// Whether `row` is as `seen`, as far as `command` stands on it.
pub fn holds(command: &Command, seen: &Seen, row: &Row) -> bool {
    let same = seen.rev == row.meta().rev;
    if command.target() != Some((seen.kind, seen.id)) {
        return same || all(seen, row, compared(row.kind()).map(|(group, _)| group)).unwrap_or(false);
    }
    match stand(command) {
        Stand::Nothing => true,
        // Revisions of orders that were refused here were counted where they were made: another row may have the number since.
        Stand::Whole => same && seen.saw(row, Group::Status).unwrap_or(true),
        Stand::Groups(groups) => all(seen, row, groups.into_iter()).unwrap_or(same),
    }
}

/// Whether every group is as it was seen; `None` when of one nothing is known.
fn all(seen: &Seen, row: &Row, groups: impl Iterator<Item = Group>) -> Option<bool> {
    let mut holds = true;
    for group in groups {
        holds &= seen.saw(row, group)?;
    }
    Some(holds)
}
