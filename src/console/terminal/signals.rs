//! The signal thread: turns signals into events and restores the terminal when that cannot wait.

use super::device::Device;
use crate::console::input::{Event, Input};
use signal_hook::consts::{SIGABRT, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

/// Starts the thread; it ends when the handle is closed.
pub(super) fn watch<M>(device: Arc<Device>, to: Sender<M>) -> io::Result<Handle>
where
    M: From<Input> + Send + 'static,
{
    let watched = [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH, SIGABRT];
    let mut signals = Signals::new(watched)?;
    let handle = signals.handle();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut asked = false;
        for signal in signals.forever() {
            for event in events(signal, &device, &mut asked) {
                // The loop has ended: there is nobody to tell.
                let _ = to.send(M::from(Input::notice(Instant::now(), event)));
            }
        }
    })?;
    Ok(handle)
}

fn events(signal: i32, device: &Device, asked: &mut bool) -> Vec<Event> {
    match signal {
        SIGWINCH => resize(device),
        SIGTSTP => match device.stop() {
            Ok(()) => Vec::new(),
            Err(e) if e.kind() == io::ErrorKind::Unsupported => vec![Event::Unstoppable],
            Err(_) if device.enter_again().is_ok_and(|ours| ours) => vec![Event::Resumed],
            Err(_) => Vec::new(),
        },
        SIGCONT => match device.enter_again() {
            Ok(true) => [resize(device), vec![Event::Resumed]].concat(),
            Ok(false) => Vec::new(),
            Err(_) => vec![Event::Gone],
        },
        SIGABRT => {
            device.leave();
            let _ = low_level::emulate_default_handler(signal);
            Vec::new()
        }
        _ if *asked => {
            // Asked twice: the loop does not answer.
            device.leave();
            low_level::exit(128 + signal)
        }
        _ => {
            *asked = true;
            vec![Event::Stop(signal)]
        }
    }
}

fn resize(device: &Device) -> Vec<Event> {
    device.size().map(|size| vec![Event::Resize(size.width, size.height)]).unwrap_or_default()
}
