//! The terminal device: entering it, leaving it as it was, and surviving signals in between.
//!
//! Whatever ends the console, the device is left with its old settings: on drop, on a panic, on a
//! signal and when stopped by Ctrl-Z. What is drawn is `backend`'s business, what is typed `input`'s.

mod device;
mod job;
mod signals;

pub use device::{ENTER, LEAVE, TtyWriter};

use super::input::Input;
use device::Device;
use ratatui::layout::Size;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

/// Why the console could not start on this terminal.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Input or output is a file or a pipe.
    #[error("the console needs a terminal for input and output")]
    NotATerminal,
    /// The device refused.
    #[error("the terminal cannot be prepared: {0}")]
    Device(#[from] io::Error),
}

/// An entered terminal; dropping it restores the device.
pub struct Terminal {
    device: Arc<Device>,
    signals: signal_hook::iterator::Handle,
}

impl Terminal {
    /// Enters the terminal the program was started on.
    ///
    /// Signals, new sizes and continuation after a stop arrive at `to` as events.
    ///
    /// # Errors
    ///
    /// When standard input or output is no terminal, or the device refuses.
    pub fn enter<M>(to: Sender<M>) -> Result<Self, TerminalError>
    where
        M: From<Input> + Send + 'static,
    {
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Self::enter_on(input, output, to)
    }

    /// Enters the terminal behind these descriptors.
    ///
    /// # Errors
    ///
    /// When they are no terminals, or the device refuses.
    pub fn enter_on<M>(input: OwnedFd, output: OwnedFd, to: Sender<M>) -> Result<Self, TerminalError>
    where
        M: From<Input> + Send + 'static,
    {
        if !rustix::termios::isatty(&input) || !rustix::termios::isatty(&output) {
            return Err(TerminalError::NotATerminal);
        }
        let device = Arc::new(Device::new(input, output)?);
        let signals = signals::watch(Arc::clone(&device), to)?;
        // Made first, so that a failure half-way restores what was done.
        let terminal = Self { device, signals };
        terminal.device.enter()?;
        terminal.restore_before_panics();
        Ok(terminal)
    }

    /// The size now.
    ///
    /// # Errors
    ///
    /// When the terminal is lost.
    pub fn size(&self) -> io::Result<Size> {
        self.device.size()
    }

    /// Where frames go. Writes fail once the terminal was left for good, and go nowhere while stopped.
    pub fn writer(&self) -> TtyWriter {
        TtyWriter::new(Arc::clone(&self.device))
    }

    /// A descriptor for the reading thread.
    ///
    /// # Errors
    ///
    /// When the process has no descriptors left.
    pub fn input(&self) -> io::Result<OwnedFd> {
        self.device.input()
    }

    /// Ctrl-Z: restores the device and stops this job. Once continued, `Event::Resumed` follows.
    ///
    /// # Errors
    ///
    /// `Unsupported` when nobody could continue it, or what the system says; the console goes on.
    pub fn suspend(&self) -> io::Result<()> {
        self.device.stop()
    }

    /// Lends the terminal to another program, such as an editor. The caller pauses the reader around
    /// it and repaints afterwards.
    ///
    /// # Errors
    ///
    /// When the device cannot be entered again.
    pub fn lend<T>(&self, program: impl FnOnce() -> T) -> io::Result<T> {
        self.device.lend();
        let answer = program();
        self.device.enter()?;
        Ok(answer)
    }

    /// A panic of this thread restores the terminal before its message is printed. One of another
    /// thread goes to the log: its message must not run across the screen.
    fn restore_before_panics(&self) {
        let device = Arc::clone(&self.device);
        let owner = thread::current().id();
        let earlier = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == owner {
                device.leave();
            } else if device.is_entered() {
                tracing::error!(%info, "a background thread failed");
                return;
            }
            earlier(info);
        }));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.device.leave();
        self.signals.close();
    }
}

#[cfg(test)]
mod tests;
