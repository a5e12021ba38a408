//! The process that takes orders as a console does: one after the other, each told when it is on the disk.

use super::asks;
use super::dice::Dice;
use super::fault::Fault;
use crate::domain::actor::Actor;
use crate::sqlite::Stop;
use crate::store::{Store, StoreError, link, outbox};
use std::sync::atomic::Ordering;
use std::time::Duration;
use uuid::Uuid;

/// Asks for one thing after the other, `pace` between two, until `stop`, or until somebody kills the process; `tell` hears of every
/// order that is on the disk.
///
/// # Errors
/// What is wrong with the database; what `tell` says.
pub fn orders(
    store: &Store,
    actor: &Actor,
    (seed, pace): (u64, Duration),
    stop: &Stop,
    mut tell: impl FnMut(Uuid) -> std::io::Result<()>,
) -> Result<(), Fault> {
    let mut dice = Dice::new(seed);
    let db = store.connect()?;
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(pace);
        let Some(command) = asks::command(&db, actor, &mut dice)? else { continue };
        match store.submit_wait(actor, vec![command]) {
            Ok(_) => {
                // Nobody else takes orders here: the last is this one.
                let n = link::get(&db)?.map_or(0, |l| l.last_n);
                if let Some(item) = outbox::get(&db, n)? {
                    tell(item.order.id)?;
                }
            }
            Err(StoreError::Refused(_)) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}
