//! The job the console is part of: whether it may be stopped, and whether it has the terminal.
//!
//! Asks the system only; stops nothing itself.

use rustix::process::{Pid, getpgid, getpgrp, getpid, getppid, getsid};
use std::os::fd::AsFd;

/// Ancestors looked at: a script that starts a script that starts the console.
const GENERATIONS: usize = 16;

/// Whether a shell is there that would see the job stop and could continue it: some process of the job has its parent in
/// another job of the same session. Without one a stop would be for ever (the kernel calls such a job orphaned).
pub(super) fn can_be_continued() -> bool {
    let (job, Ok(session)) = (getpgrp(), getsid(None)) else { return false };
    let mut parent = getppid();
    for _ in 0..GENERATIONS {
        let Some(pid) = parent else { return false };
        match (getpgid(Some(pid)), getsid(Some(pid))) {
            (Ok(group), Ok(of)) if group != job => return of == session,
            (Ok(_), Ok(_)) if pid != getpid() => parent = parent_of(pid),
            _ => return false,
        }
    }
    false
}

/// Whether our job is the one the terminal listens to. Where that cannot be asked, it is taken to be.
pub(super) fn is_in_front(terminal: &impl AsFd) -> bool {
    rustix::termios::tcgetpgrp(terminal).map_or(true, |front| front == getpgrp())
}

/// The parent of another process, as far as the system tells.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name in brackets may hold anything: what follows the last one is state and parent.
    let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
    Pid::from_raw(parent)
}
