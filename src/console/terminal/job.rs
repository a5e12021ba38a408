//! The job the console is part of: whether it may be stopped, and whether it has the terminal.
//!
//! Asks the system only; stops nothing itself.

use nix::unistd::{Pid, getpgid, getpgrp, getpid, getppid, getsid, tcgetpgrp};
use std::os::fd::AsFd;

/// Ancestors looked at: a script that starts a script that starts the console.
const GENERATIONS: usize = 16;

/// What the system answers for a process, job or session that is outside of the container we run in.
const OUTSIDE: Pid = Pid::from_raw(0);

/// Whether a shell is there that would see the job stop and could continue it: some process of the job has its parent in
/// another job of the same session. Without one a stop would be for ever (the kernel calls such a job orphaned). Where the
/// session reaches out of the container nobody can tell, and the answer is no.
pub(super) fn can_be_continued() -> bool {
    let job = getpgrp();
    let Ok(session) = getsid(None) else { return false };
    if session == OUTSIDE {
        return false;
    }
    let mut parent = getppid();
    for _ in 0..GENERATIONS {
        if parent == OUTSIDE {
            return false;
        }
        match (getpgid(Some(parent)), getsid(Some(parent))) {
            (Ok(group), Ok(of)) if group != job => return of == session,
            (Ok(_), Ok(_)) if parent != getpid() => parent = parent_of(parent).unwrap_or(OUTSIDE),
            _ => return false,
        }
    }
    false
}

/// Whether our job is the one the terminal listens to. Where that cannot be asked, it is taken to be.
pub(super) fn is_in_front(terminal: &impl AsFd) -> bool {
    tcgetpgrp(terminal).map_or(true, |front| front == OUTSIDE || front == getpgrp())
}

/// The parent of another process, as far as the system tells.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything: what follows the last one is state and parent.
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok().map(Pid::from_raw)
}
