//! The thread that reads the terminal.
//!
//! It sleeps in `poll` until bytes come: no timers while nothing is pending. It can be paused, so
//! that another program may read the terminal.

use super::{Decoder, Event, Input, Pace};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait for the rest of something.
#[derive(Debug, Clone, Copy)]
pub struct ReaderOptions {
    /// After ESC, before it counts as the key.
    pub escape: Duration,
    /// After several keys at once, for the rest of a burst.
    pub gather: Duration,
    /// Inside a paste whose end has not come.
    pub paste: Duration,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self { escape: Duration::from_millis(30), gather: Duration::from_millis(20), paste: Duration::from_secs(5) }
    }
}

/// A handle on the reading thread.
pub struct Reader {
    gate: Arc<Gate>,
    wake: OwnedFd,
}

#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    hold: bool,
    held: bool,
    ended: bool,
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why the thread woke up.
enum Wake {
    Bytes,
    Called,
    Late,
    Lost,
}

impl Reader {
    /// Starts reading `tty`. Every burst is sent as one message; the last one is `Event::Gone`.
    ///
    /// # Errors
    ///
    /// When no pipe or thread can be had.
    pub fn spawn<M>(tty: OwnedFd, options: ReaderOptions, to: Sender<M>) -> io::Result<Self>
    where
        M: From<Input> + Send + 'static,
    {
        let (called, wake) = rustix::pipe::pipe()?;
        let gate = Arc::new(Gate::default());
        let work =
            Work { tty, called, options, gate: Arc::clone(&gate), decoder: Decoder::default(), pace: Pace::default() };
        thread::Builder::new().name("input".to_owned()).spawn(move || work.run(&to))?;
        Ok(Self { gate, wake })
    }

    /// Stops reading until `resume`. Returns once the thread has stopped, or after a second.
    pub fn pause(&self) {
        let mut state = self.gate.lock();
        state.hold = true;
        // A full pipe already wakes the thread.
        let _ = rustix::io::write(&self.wake, b"!");
        let stopped = |state: &mut State| !state.held && !state.ended;
        let waited = self.gate.changed.wait_timeout_while(state, Duration::from_secs(1), stopped);
        drop(waited);
    }

    /// Reads again.
    pub fn resume(&self) {
        self.gate.lock().hold = false;
        self.gate.changed.notify_all();
    }
}

struct Work {
    tty: OwnedFd,
    called: OwnedFd,
    options: ReaderOptions,
    gate: Arc<Gate>,
    decoder: Decoder,
    pace: Pace,
}

impl Work {
    fn run<M: From<Input>>(mut self, to: &Sender<M>) {
        while let Some(input) = self.burst() {
            if !input.events.is_empty() && to.send(M::from(input)).is_err() {
                break;
            }
        }
        // Nobody listens when the console is already ending.
        let _ = to.send(M::from(Input::notice(Instant::now(), Event::Gone)));
        self.gate.lock().ended = true;
        self.gate.changed.notify_all();
    }

    /// Waits for bytes and reads until nothing more belongs to them; `None` when the terminal is lost.
    fn burst(&mut self) -> Option<Input> {
        let mut at = Instant::now();
        let mut events = Vec::new();
        let mut wait = self.decoder.waiting().then_some(self.options.escape);
        let mut first = true;
        loop {
            match self.wait(wait) {
                Wake::Called => self.hold(),
                Wake::Lost => return None,
                Wake::Late if self.decoder.waiting() => {
                    self.decoder.timeout(&mut events);
                    break;
                }
                Wake::Late => break,
                Wake::Bytes => {
                    if std::mem::take(&mut first) {
                        at = Instant::now();
                    }
                    self.read(&mut events)?;
                }
            }
            wait = self.patience(&events, at);
            if wait.is_none() && !events.is_empty() {
                break;
            }
        }
        let keys = events.iter().filter(|event| matches!(event, Event::Key(_))).count();
        let pasted = events.iter().any(|event| matches!(event, Event::Paste(_)));
        let hasty = self.pace.count(at, keys, pasted);
        Some(Input { at, hasty, events })
    }

    /// How long more bytes may take to belong to this burst; `None` when there is nothing to wait for.
    fn patience(&self, events: &[Event], since: Instant) -> Option<Duration> {
        if self.decoder.pasting() {
            return Some(self.options.paste);
        }
        if self.decoder.waiting() {
            return Some(self.options.escape);
        }
        let several = events.iter().filter(|event| matches!(event, Event::Key(_))).count() > 1;
        let left = self.options.gather.saturating_sub(since.elapsed());
        (several && !left.is_zero()).then_some(left)
    }

    fn wait(&self, patience: Option<Duration>) -> Wake {
        let until = patience.map(|patience| Instant::now() + patience);
        loop {
            let timeout = until.map(|until| timespec(until.saturating_duration_since(Instant::now())));
            let mut fds = [
                PollFd::from_borrowed_fd(self.tty.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(self.called.as_fd(), PollFlags::IN),
            ];
            match poll(&mut fds, timeout.as_ref()) {
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(_) => return Wake::Lost,
                Ok(0) => return Wake::Late,
                Ok(_) => {}
            }
            let [tty, called] = [fds[0].revents(), fds[1].revents()];
            if called.contains(PollFlags::IN) {
                return Wake::Called;
            }
            if called.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
                // The console dropped its handle: nobody waits for input.
                return Wake::Lost;
            }
            if tty.contains(PollFlags::IN) {
                return Wake::Bytes;
            }
            if tty.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
                return Wake::Lost;
            }
        }
    }

    /// Reads once; `None` at the end of the terminal.
    fn read(&mut self, events: &mut Vec<Event>) -> Option<()> {
        let mut buffer = [0_u8; 4096];
        match rustix::io::read(&self.tty, &mut buffer) {
            Ok(0) => None,
            Ok(count) => {
                self.decoder.feed(&buffer[..count], events);
                Some(())
            }
            Err(Errno::INTR | Errno::AGAIN) => Some(()),
            Err(_) => None,
        }
    }

    fn hold(&self) {
        let mut drain = [0_u8; 16];
        let _ = rustix::io::read(&self.called, &mut drain);
        let mut state = self.gate.lock();
        while state.hold {
            if !state.held {
                state.held = true;
                self.gate.changed.notify_all();
            }
            state = self.gate.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.held = false;
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec { tv_sec: duration.as_secs() as i64, tv_nsec: i64::from(duration.subsec_nanos()) }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.resume();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};

    fn start() -> (Reader, OwnedFd, Receiver<Input>) {
        let (read, write) = rustix::pipe::pipe().unwrap();
        let (to, from) = channel();
        (Reader::spawn(read, ReaderOptions::default(), to).unwrap(), write, from)
    }

    fn next(from: &Receiver<Input>) -> Input {
        from.recv_timeout(Duration::from_secs(5)).unwrap()
    }

    fn send(to: &OwnedFd, bytes: &[u8]) {
        rustix::io::write(to, bytes).unwrap();
    }

    #[test]
    fn bursts_are_told_from_keys_and_the_end_is_told_once() {
        let (_reader, tty, from) = start();
        send(&tty, b"j");
        let one = next(&from);
        assert!(one.may_change() && one.events.len() == 1);
        send(&tty, b"\x1b");
        assert_eq!(next(&from).events, vec![Event::Key("esc".parse().unwrap())]);
        send(&tty, b"dddd");
        send(&tty, b"dddddd");
        let mut burst = next(&from);
        if burst.events.len() < 10 {
            burst.events.extend(next(&from).events);
        }
        assert_eq!(burst.events.len(), 10);
        drop(tty);
        assert_eq!(next(&from).events, vec![Event::Gone]);
        assert!(from.recv_timeout(Duration::from_secs(5)).is_err(), "the thread ended");
    }

    #[test]
    fn a_paste_is_hasty() {
        let (_reader, tty, from) = start();
        send(&tty, b"\x1b[200~dd");
        thread::sleep(Duration::from_millis(60));
        send(&tty, b"dd\x1b[201~");
        let paste = next(&from);
        assert_eq!(paste.events, vec![Event::Paste("dddd".to_owned())]);
        assert!(!paste.may_change());
    }

    #[test]
    fn nothing_is_read_while_paused() {
        let (reader, tty, from) = start();
        reader.pause();
        send(&tty, b"x");
        assert!(from.recv_timeout(Duration::from_millis(60)).is_err());
        reader.resume();
        assert_eq!(next(&from).events, vec![Event::Key(Chord::char('x'))]);
    }

    use crate::console::keys::Chord;
}
