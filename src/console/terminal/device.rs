//! One terminal device, its original settings and whether we are on it.
//!
//! Everything here may be called from any thread and waits for nobody: the panic hook and the signal
//! thread use it while the main thread may be stuck in a write.

use super::job;
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, QueueSelector, Termios};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Alternate screen, bracketed paste, no wrapping at the right edge, cursor hidden.
pub const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?7l\x1b[?25l";

/// Undoes every mode the console may have set, in an order that is right from any state: synchronised
/// update, colours, scroll region, mouse, focus reports, paste, wrapping, cursor, alternate screen.
pub const LEAVE: &[u8] = b"\x1b[?2026l\x1b[m\x1b[r\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l\x1b[?25h";

/// Not entered yet, or left for good.
const OUTSIDE: u8 = 0;
/// Drawing.
const ENTERED: u8 = 1;
/// Left until the process is continued.
const STOPPED: u8 = 2;
/// Left while another program has the terminal.
const LENT: u8 = 3;

pub(super) struct Device {
    input: OwnedFd,
    output: OwnedFd,
    original: Termios,
    state: AtomicU8,
}

impl Device {
    pub(super) fn new(input: OwnedFd, output: OwnedFd) -> io::Result<Self> {
        let original = rustix::termios::tcgetattr(&input)?;
        Ok(Self { input, output, original, state: AtomicU8::new(OUTSIDE) })
    }

    /// Raw mode and our modes. Safe to repeat.
    pub(super) fn enter(&self) -> io::Result<()> {
        let mut raw = self.original.clone();
        raw.make_raw();
        rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &raw)?;
        self.state.store(ENTERED, Ordering::SeqCst);
        self.write_all(ENTER)
    }

    /// Enters again after a stop; answers whether the terminal is ours. It is not when the console has
    /// ended, or when the program it was lent to was the one that stopped.
    pub(super) fn enter_again(&self) -> io::Result<bool> {
        // Continued in the background, touching the terminal would only stop us again: `fg` continues us once more.
        let ours = matches!(self.state.load(Ordering::SeqCst), ENTERED | STOPPED) && job::is_in_front(&self.input);
        if ours {
            self.enter()?;
        }
        Ok(ours)
    }

    /// Restores the device for good. Only the first call does anything.
    pub(super) fn leave(&self) {
        if self.state.swap(OUTSIDE, Ordering::SeqCst) == ENTERED {
            self.restore();
        }
    }

    /// Restores the device while another program has it.
    pub(super) fn lend(&self) {
        self.step_aside(LENT);
    }

    fn step_aside(&self, state: u8) {
        let moved = self.state.compare_exchange(ENTERED, state, Ordering::SeqCst, Ordering::SeqCst);
        if moved.is_ok() {
            self.restore();
        }
    }

    /// Restores the device and stops the whole job, as a terminal would; the signal thread enters again on SIGCONT.
    ///
    /// # Errors
    /// `Unsupported` where nobody could continue it, such as the one command of an SSH session; nothing is done then.
    pub(super) fn stop(&self) -> io::Result<()> {
        if !job::can_be_continued() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.step_aside(STOPPED);
        // Not SIGTSTP: that one we have a handler for. A script that started us is of the same job and stops with us.
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP).map_err(Into::into)
    }

    pub(super) fn is_entered(&self) -> bool {
        self.state.load(Ordering::SeqCst) == ENTERED
    }

    pub(super) fn size(&self) -> io::Result<Size> {
        let size = rustix::termios::tcgetwinsize(&self.output)?;
        // Serial lines and some containers report nothing.
        let or = |value: u16, usual: u16| if value == 0 { usual } else { value };
        Ok(Size::new(or(size.ws_col, 80), or(size.ws_row, 24)))
    }

    pub(super) fn input(&self) -> io::Result<OwnedFd> {
        self.input.try_clone()
    }

    /// Errors are ignored: the terminal may be gone, and there is nobody left to tell.
    fn restore(&self) {
        // A terminal that takes nothing must not keep the program from ending.
        if self.writable(300) {
            let _ = self.write_all(LEAVE);
        }
        // What was typed ahead, and late answers of the terminal, are not for the shell.
        let _ = rustix::termios::tcflush(&self.input, QueueSelector::IFlush);
        let _ = rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &self.original);
    }

    fn writable(&self, milliseconds: i64) -> bool {
        let patience = Timespec { tv_sec: 0, tv_nsec: milliseconds * 1_000_000 };
        let mut fds = [PollFd::from_borrowed_fd(self.output.as_fd(), PollFlags::OUT)];
        matches!(poll(&mut fds, Some(&patience)), Ok(count) if count > 0)
    }

    fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.write(bytes)?;
            bytes = bytes.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// One write. Waits when another process made the device non-blocking.
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(&self.output, bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => return Ok(count),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let mut fds = [PollFd::from_borrowed_fd(self.output.as_fd(), PollFlags::OUT)];
                    let _ = poll(&mut fds, None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Frames go in here: a frame is one `write`.
pub struct TtyWriter {
    device: Arc<Device>,
}

impl TtyWriter {
    pub(super) fn new(device: Arc<Device>) -> Self {
        Self { device }
    }
}

impl Write for TtyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.device.state.load(Ordering::SeqCst) {
            ENTERED => self.device.write(bytes),
            // Everything is written again on return.
            STOPPED | LENT => Ok(bytes.len()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
