//! Whose turn it is: one process of a database keeps it level for all, by a lock on a file beside it.
//!
//! Owns that file. The system lets go of the lock when its holder ends, however it ends.

use super::line::Line;
use super::{LOOK, Message, aside};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Result;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

/// Name of the file whose lock says who does it.
const LOCK: &str = "sync.lock";

/// The turn of this process, when no other has it.
pub(in crate::sync) fn turn(dir: &Path) -> Result<Option<File>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(dir.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

/// Waits while another process does the work; questions are asked all the same.
pub(super) fn wait_for_turn(dir: &Path, line: &Line, hear: &Receiver<Message>, stop: &AtomicBool) -> Option<File> {
    while !stop.load(Ordering::Acquire) {
        match turn(dir) {
            Ok(Some(turn)) => return Some(turn),
            Ok(None) => {}
            Err(e) => tracing::warn!(error = %e, "the lock of the exchange cannot be had"),
        }
        let until = Instant::now() + LOOK;
        while let Ok(message) = hear.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if let Message::Question(question) = message {
                aside::ask(&line.runtime, &line.caller, question);
            }
            if stop.load(Ordering::Acquire) {
                break;
            }
        }
    }
    None
}
