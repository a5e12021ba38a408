//! Ctrl-C and its kin during long work of a subcommand: the work ends at once and leaves nothing half made.
//!
//! The console has its own way with signals; this is for what runs without it.

use crate::sqlite::Stop;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};
use std::sync::Arc;

/// Exit code of a program that was asked a second time.
const AT_ONCE: i32 = 130;

/// A flag that the first signal sets; the second ends the program where it stands. A system that takes no handler keeps
/// its own way: the program ends at once.
pub(super) fn flag() -> Stop {
    let stop = Stop::default();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let _ = register_conditional_shutdown(signal, AT_ONCE, Arc::clone(&stop));
        let _ = register(signal, Arc::clone(&stop));
    }
    stop
}
