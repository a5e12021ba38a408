//! Measurements of the exchange on real processes, sockets and files, beside the nearest simple thing in the same run.
//!
//! Owns what is measured and how; no figure is a promise here.

mod fanout;
mod field;
mod push;
mod rows;
mod sync;

pub use fanout::{Fanout, fanout};
pub use push::{Pushed, push};
pub use sync::{Synced, sync};

use std::time::Duration;

/// So many a second.
fn rate(n: u64, time: Duration) -> f64 {
    // Counts and seconds of a measurement fit.
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let n = n as f64;
    n / time.as_secs_f64().max(1e-9)
}
