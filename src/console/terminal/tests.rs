//! On a real pseudo terminal: what is sent, what the settings are afterwards.

use super::*;
use crate::console::input::Event;
use portable_pty::{MasterPty, PtySize, native_pty_system};
use rustix::termios::{LocalModes, tcgetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The tests change the panic hook and raise signals: one at a time.
static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

struct Bench {
    master: Box<dyn MasterPty + Send>,
    tty: File,
    // Keeps the device open while nobody is on it.
    _slave: Box<dyn portable_pty::SlavePty + Send>,
}

impl Bench {
    fn new() -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let path = pair.master.tty_name().unwrap();
        let tty = File::options().read(true).write(true).open(path).unwrap();
        Self { master: pair.master, tty, _slave: pair.slave }
    }

    fn enter(&self) -> (Terminal, Receiver<Input>) {
        let (to, from) = channel();
        let fd = || OwnedFd::from(self.tty.try_clone().unwrap());
        (Terminal::enter_on(fd(), fd(), to).unwrap(), from)
    }

    fn settings(&self) -> String {
        format!("{:?}", tcgetattr(&self.tty).unwrap())
    }

    /// What came out, read until nothing more comes for a while: the device hands it over in pieces.
    fn output(&self) -> Vec<u8> {
        let mut reader = self.master.try_clone_reader().unwrap();
        let (send, pieces) = std::sync::mpsc::channel();
        // The thread ends with the device; the last piece it waits for never comes.
        thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut all = pieces.recv_timeout(Duration::from_secs(5)).unwrap_or_default();
        while let Ok(more) = pieces.recv_timeout(Duration::from_millis(200)) {
            all.extend(more);
        }
        all
    }
}

fn lock() -> std::sync::MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[test]
fn the_device_is_restored_on_drop() {
    let _one = lock();
    let bench = Bench::new();
    let before = bench.settings();
    let (terminal, _from) = bench.enter();
    assert!(!tcgetattr(&bench.tty).unwrap().local_modes.contains(LocalModes::ECHO));
    assert_eq!(terminal.size().unwrap(), Size::new(80, 24));
    terminal.writer().write_all("好".as_bytes()).unwrap();
    let mut late = terminal.writer();
    drop(terminal);
    assert_eq!(bench.settings(), before);
    assert_eq!(bench.output(), [ENTER, "好".as_bytes(), LEAVE].concat());
    assert!(late.write(b"x").is_err(), "nothing is drawn after the end");
}

#[test]
fn leaving_undoes_every_mode() {
    let mut emulator = vt100::Parser::new(24, 80, 0);
    let fresh = emulator.screen().input_mode_formatted();
    emulator.process(ENTER);
    assert!(emulator.screen().alternate_screen() && emulator.screen().bracketed_paste());
    emulator.process(b"\x1b[?2026h\x1b[1;31m\x1b[3;9r\x1b[?1003h\x1b[?1006h");
    emulator.process(LEAVE);
    let screen = emulator.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bold());
    assert_eq!(screen.input_mode_formatted(), fresh);
    for mode in ["?2026l", "?1004l", "?7h", "[r"] {
        assert!(String::from_utf8_lossy(LEAVE).contains(mode), "{mode}");
    }
}

#[test]
fn a_panic_restores_before_it_speaks() {
    let _one = lock();
    let bench = Bench::new();
    let before = bench.settings();
    let (fd, to) = (|| OwnedFd::from(bench.tty.try_clone().unwrap()), channel::<Input>().0);
    let (input, output) = (fd(), fd());
    let kept: Vec<Terminal> = Vec::new();
    let kept = Arc::new(std::sync::Mutex::new(kept));
    let shelf = Arc::clone(&kept);
    let fate = thread::spawn(move || {
        // Kept alive elsewhere, so that only the hook can have restored the device.
        shelf.lock().unwrap().push(Terminal::enter_on(input, output, to).unwrap());
        panic!("on purpose");
    })
    .join();
    assert!(fate.is_err());
    assert_eq!(bench.settings(), before);
    assert!(bench.output().ends_with(LEAVE));
    kept.lock().unwrap().clear();
}

#[test]
fn stepping_aside_and_back() {
    let _one = lock();
    let bench = Bench::new();
    let before = bench.settings();
    let (terminal, _from) = bench.enter();
    let inside = bench.settings();
    let mut writer = terminal.writer();
    let seen = terminal
        .lend(|| {
            writer.write_all(b"lost").unwrap();
            bench.settings()
        })
        .unwrap();
    assert_eq!(seen, before);
    assert_eq!(bench.settings(), inside);
    assert_eq!(bench.output(), [ENTER, LEAVE, ENTER].concat());
}

#[test]
fn signals_become_events() {
    let _one = lock();
    let bench = Bench::new();
    let (terminal, from) = bench.enter();
    let next = || from.recv_timeout(Duration::from_secs(5)).unwrap().events;
    bench.master.resize(PtySize { rows: 50, cols: 132, pixel_width: 0, pixel_height: 0 }).unwrap();
    signal_hook::low_level::raise(signal_hook::consts::SIGWINCH).unwrap();
    assert_eq!(next(), [Event::Resize(132, 50)]);
    signal_hook::low_level::raise(signal_hook::consts::SIGCONT).unwrap();
    assert_eq!((next(), next()), (vec![Event::Resize(132, 50)], vec![Event::Resumed]));
    signal_hook::low_level::raise(signal_hook::consts::SIGTERM).unwrap();
    assert_eq!(next(), [Event::Stop(signal_hook::consts::SIGTERM)]);
    drop(terminal);
}

#[test]
fn files_are_no_terminals() {
    let null = || OwnedFd::from(File::options().read(true).write(true).open("/dev/null").unwrap());
    let refused = Terminal::enter_on(null(), null(), channel::<Input>().0);
    assert!(matches!(refused, Err(TerminalError::NotATerminal)));
}
