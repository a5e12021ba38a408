//! Moving a write-ahead file into its database while others write on: a first load does not wait for the disk then.
//!
//! Owns the thread and its connection. What it does not manage in time, a commit does.

use crate::sqlite::{self, Use};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// The thread, until the value goes.
pub(super) struct Tidier {
    bell: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Tidier {
    /// Starts for the database at `path`. Where that cannot be, commits do the work.
    pub(super) fn start(path: &Path) -> Tidier {
        let (bell, rung) = sync_channel(1);
        let path = path.to_path_buf();
        let work = move || {
            let db = match sqlite::open(&path, Use::Write) {
                Ok(db) => db,
                Err(e) => return tracing::warn!(error = %e, "the write-ahead file is left to the commits"),
            };
            while rung.recv().is_ok() {
                if let Err(e) = sqlite::tidy(&db) {
                    tracing::debug!(error = %e, "the write-ahead file stays for now");
                }
            }
        };
        let thread = std::thread::Builder::new().name("tidier".into()).spawn(work).ok();
        Tidier { bell: Some(bell), thread }
    }

    /// Something was written.
    pub(super) fn ring(&self) {
        // One that is at work looks again afterwards.
        let _ = self.bell.as_ref().map(|bell| bell.try_send(()));
    }
}

impl Drop for Tidier {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it was logged.
            let _ = thread.join();
        }
    }
}
