//! A small file system in memory to fill up. Only root can mount one; a test that cannot says that it was skipped.

use std::path::Path;
use std::process::Command;

/// A small file system in memory, unmounted with this value.
pub struct Mounted<'a>(&'a Path);

impl Mounted<'_> {
    pub fn new<'a>(dir: &'a Path, size: &str) -> Option<Mounted<'a>> {
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "gongfu-test"]).arg(dir).output();
        done.is_ok_and(|o| o.status.success()).then_some(Mounted(dir))
    }

    pub fn read_only(&self) -> bool {
        self.again("ro")
    }

    /// Gives it another size.
    pub fn resize(&self, size: &str) -> bool {
        self.again(&format!("size={size}"))
    }

    fn again(&self, how: &str) -> bool {
        let options = format!("remount,{how}");
        Command::new("mount").args(["-o", &options]).arg(self.0).output().is_ok_and(|o| o.status.success())
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        // Lazily: a connection that a failed test left open must not keep it.
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

#[expect(clippy::print_stderr, reason = "a test that was not run says so")]
pub fn skipped(what: &str) {
    eprintln!("SKIPPED: {what}: no file system can be mounted here (needs root and CAP_SYS_ADMIN)");
}
