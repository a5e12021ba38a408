//! Ctrl-C during long work: it ends at once, says so, and leaves nothing half made.

use crate::support::bare;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts a subcommand, interrupts it when `begun` holds, and gives its exit code and stderr.
pub fn interrupted(args: &[&str], temporary: &Path, begun: impl Fn() -> bool) -> (Option<i32>, String) {
    let mut command = Command::new(bare().get_program());
    command.args(args).env("TMPDIR", temporary).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program");
    let end = Instant::now() + Duration::from_secs(60);
    while !begun() {
        assert!(Instant::now() < end, "it never began");
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(pid, Signal::INT).expect("a signal that arrives");
    let out = child.wait_with_output().expect("an end");
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

fn names(dir: &Path) -> Vec<String> {
    let read = std::fs::read_dir(dir).expect("a folder");
    read.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_demo_that_is_stopped_leaves_nothing() {
    let temporary = tempfile::tempdir().expect("a folder");
    let kept = temporary.path().join("kept");
    let path = kept.display().to_string();
    let begun = || kept.join("gongfu.db.loading").exists();
    let (code, err) = interrupted(&["demo", "--no-tui", "--scale", "50", "--keep", &path], temporary.path(), begun);
    assert_eq!(code, Some(130), "{err}");
    assert!(err.contains("已停止"), "{err}");
    let left: Vec<String> = names(&kept).into_iter().filter(|n| n.starts_with("gongfu.db")).collect();
    assert!(left.is_empty(), "{left:?}");

    let there = || names(temporary.path()).iter().any(|n| n.starts_with("gongfu-demo-"));
    let (code, err) = interrupted(&["demo", "--no-tui", "--scale", "50"], temporary.path(), there);
    assert_eq!(code, Some(130), "{err}");
    assert_eq!(names(temporary.path()), ["kept"], "the temporary folder goes, too");
}

#[test]
fn databases_are_for_their_owner_only() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("data");
    let mut command = Command::new(bare().get_program());
    command
        .args(["demo", "--no-tui", "--keep", &path.display().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    assert!(command.status().expect("the program").success());
    let mode = |p: &Path| std::fs::metadata(p).expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.join("gongfu.db"))), (0o700, 0o600));
}
