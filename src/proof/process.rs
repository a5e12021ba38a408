//! A process of the product that a tool has started: what it says, how much memory it holds, and its end.

use super::fault::{Fault, Promise};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A running process; it is killed when the value goes.
pub(super) struct Running {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts `binary` on the data directory `dir`; what it says on standard error goes into `errors` there.
    pub(super) fn start(binary: &Path, dir: &Path, args: &[&str]) -> Result<Running, Fault> {
        let errors = File::options().create(true).append(true).open(dir.join("errors.txt"))?;
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("GONGFU_")) {
            command.env_remove(name);
        }
        // No settings of the person who runs the tool.
        command.env("GONGFU_CONFIG", "/dev/null").arg("--data-dir").arg(dir).args(args);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn()?;
        let lines = Arc::new(Mutex::new(Vec::new()));
        let reader = child.stdout.take().map(|out| {
            let lines = Arc::clone(&lines);
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
            })
        });
        Ok(Running { child, lines, reader })
    }

    /// What it has said since the last time.
    pub(super) fn said(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for its first line.
    pub(super) fn first_line(&self) -> Result<String, Fault> {
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(line) = self.said().into_iter().next() {
                return Ok(line);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(Fault::new(Promise::Sound, "a process said nothing"))
    }

    /// Ends it where it stands, and gives what it still said. `false` when it had ended by itself.
    pub(super) fn kill(mut self) -> Result<(Vec<String>, bool), Fault> {
        let alive = self.child.try_wait()?.is_none();
        self.end();
        Ok((self.said(), alive))
    }

    /// Asks it to end, and waits until it has, in good order.
    pub(super) fn end_well(self) -> Result<(), Fault> {
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process(id, Signal::TERM).map_err(std::io::Error::from)?;
        }
        self.wait()
    }

    /// Waits for its end in good order.
    pub(super) fn wait(mut self) -> Result<(), Fault> {
        let status = self.child.wait()?;
        self.end();
        if status.success() {
            Ok(())
        } else {
            Err(Fault::new(Promise::Sound, format!("a process ended with {status}")))
        }
    }

    /// Memory it holds now, and held at most, in bytes; nothing where the system does not say.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let of = |name: &str| {
            let line = status.lines().find_map(|l| l.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok().map(|kb| kb * 1024)
        };
        of("VmRSS:").zip(of("VmHWM:"))
    }

    fn end(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
