//! The event loop: the one place that touches terminal and store. It waits for a message, lets the app take in all
//! that are there, does what the app asks, and draws once.
//!
//! It wakes for messages and once a minute for the clock; nothing is written while nothing changes.

mod compose;
mod join;
mod orders;

pub use join::Reopen;

use super::Settings;
use super::action::KeyMap;
use super::app::{App, Facts};
use super::backend::sync::{SyncMode, may_ask};
use super::backend::{Finding, Screen, ScreenOptions};
use super::input::{Event, Input, Reader, ReaderOptions};
use super::message::{Effect, Message};
use super::terminal::{Terminal, TerminalError, TtyWriter};
use super::views::Caret;
use crate::base::clock::Clock;
use crate::domain::codes::EvidenceKind;
use crate::domain::rows::Kind;
use crate::setup::evidence;
use crate::sqlite::Stop;
use crate::store::reads::{News, Reads, Request, Slot};
use crate::store::{Connection, Store, StoreError};
use crate::sync::client::Client;
use crate::sync::http::Caller;
use join::Begun;
use ratatui::layout::Rect;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Two drawings take at least this long: a key and its answer are drawn as they come, a flood is drawn together.
const FRAMES: Duration = Duration::from_millis(33);
/// How long a drawing waits for the rows a key asked for: mostly they are there at once and one frame shows both.
const PATIENCE: Duration = Duration::from_millis(6);

/// As good as for ever.
const FOREVER: Duration = Duration::from_secs(86_400);

/// A database that is shown.
pub struct Opened {
    pub store: Store,
    /// A connection to read with.
    pub db: Connection,
    pub facts: Facts,
    /// The way to the hub of an enrolled console.
    pub hub: Option<Caller>,
}

/// Everything a console is started with.
pub struct Launch<'a> {
    pub opened: Opened,
    pub settings: Settings,
    /// The keys of the settings.
    pub keys: KeyMap,
    /// Directories whose files the settings come from; watched for changes.
    pub watch: Vec<PathBuf>,
    /// Reads the settings again.
    pub reload: Box<dyn Fn() -> Result<Settings, String> + Send>,
    /// `TERM`.
    pub term: String,
    /// The data directory, also where it has no database yet.
    pub home: PathBuf,
    /// Opens the database of the data directory once more, when enrolling has made another of it.
    pub reopen: Reopen<'a>,
}

/// Why the console could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Settings(String),
}

/// Runs the console until the person leaves or a signal ends it; gives the signal, if one did.
///
/// # Errors
/// When there is no terminal, the database cannot be read or the settings cannot be used.
pub fn run(launch: Launch<'_>) -> Result<Option<i32>, RunError> {
    let (send, messages) = channel::<Message>();
    let begun = begin(launch.opened, launch.settings.clone(), launch.keys, Rect::ZERO, &send)?;
    let Begun { store, reads, client, mut app, rest } = begun;
    let terminal = Terminal::enter(send.clone())?;
    let reader = Reader::spawn(terminal.input()?, ReaderOptions::default(), send.clone())?;
    let size = terminal.size()?;
    let options = ScreenOptions {
        sync: launch.settings.sync,
        may_ask: launch.settings.sync == SyncMode::Auto && may_ask(&launch.term),
        scrolling: true,
    };
    let screen = Screen::new(terminal.writer(), size, options);
    app.area = Rect::new(0, 0, size.width, size.height);
    watch(launch.watch, launch.settings, launch.reload, send.clone())?;
    let mut desk = Loop {
        app,
        store,
        reads,
        terminal,
        screen,
        send,
        _reader: reader,
        ended: None,
        writing: 0,
        client,
        home: launch.home,
        reopen: launch.reopen,
        joining: None,
    };
    let outcome = desk.carry_out(rest).and_then(|ended| if ended { Ok(()) } else { desk.serve(&messages) });
    // Whatever ended the loop: what was confirmed is written before the program goes.
    desk.finish(&messages)?;
    outcome?;
    Ok(desk.ended)
}

/// Begins to show a database: its readers, what keeps it level with its hub, and the app with the first rows asked for.
fn begin(
    opened: Opened,
    settings: Settings,
    keys: KeyMap,
    area: Rect,
    send: &Sender<Message>,
) -> Result<Begun, RunError> {
    let Opened { store, db, facts, hub } = opened;
    let to_reader = send.clone();
    let tell = move |news: News| {
        // The loop is gone only when the program ends.
        let _ = to_reader.send(Message::News(news));
    };
    let locale = std::sync::Arc::clone(&facts.locale);
    let mut reads = Reads::start(&store, db, &locale, tell)?;
    let client = match hub {
        Some(caller) => {
            let dir = store.path().parent().unwrap_or_else(|| Path::new("."));
            Some(Client::start(dir, caller, store.clock(), reads.looker())?)
        }
        None => None,
    };
    let mut app = App::new(facts, settings, keys, area).map_err(RunError::Settings)?;
    // The rows of the first frame are read while the terminal is made ready.
    let mut rest = Vec::new();
    for effect in app.start() {
        match effect {
            Effect::Ask(slot, request) => ask(&mut reads, &mut app, slot, request),
            other => rest.push(other),
        }
    }
    Ok(Begun { store, reads, client, app, rest })
}

/// Hands a request to the reader; the app knows it by its number.
fn ask(reads: &mut Reads, app: &mut App, slot: Slot, request: Request) {
    let serial = reads.ask(slot, request);
    app.asked(slot, serial);
}

struct Loop<'a> {
    app: App,
    store: Store,
    reads: Reads,
    terminal: Terminal,
    screen: Screen<TtyWriter>,
    send: Sender<Message>,
    _reader: Reader,
    /// The signal that ended it.
    ended: Option<i32>,
    /// Batches the writer has not answered yet.
    writing: usize,
    /// Keeps the database level with the hub.
    client: Option<Client>,
    home: PathBuf,
    reopen: Reopen<'a>,
    /// Ends the attempt to enrol that is under way.
    joining: Option<Stop>,
}

impl Loop<'_> {
    fn serve(&mut self, messages: &Receiver<Message>) -> std::io::Result<()> {
        // The first frame waits for its rows, but never long: an empty frame would be written for nothing.
        let mut due = Instant::now() + Duration::from_millis(120);
        // When the last two frames were drawn.
        let mut drawn: [Option<Instant>; 2] = [None; 2];
        loop {
            let wait = if self.app.dirty { due.saturating_duration_since(Instant::now()) } else { self.until_tick() };
            match messages.recv_timeout(wait) {
                Ok(message) => {
                    let was_clean = !self.app.dirty;
                    if self.take(message)? {
                        return Ok(());
                    }
                    while let Ok(more) = messages.try_recv() {
                        if self.take(more)? {
                            return Ok(());
                        }
                    }
                    let now = Instant::now();
                    let room = drawn[0].map_or(now, |at| (at + FRAMES).max(now));
                    due = match (self.app.is_waiting(), drawn[1]) {
                        (false, _) => room,
                        (true, None) => due,
                        (true, Some(_)) if was_clean => room.max(now + PATIENCE),
                        (true, Some(_)) => due.max(room),
                    };
                    if due > now {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) if self.app.dirty => {}
                Err(RecvTimeoutError::Timeout) => {
                    if self.take(Message::Tick)? {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            if self.app.dirty {
                self.draw()?;
                drawn = [drawn[1], Some(Instant::now())];
            }
        }
    }

    /// Waits until the writer has answered everything it was given, which takes as long as another program holds the
    /// file at most, and shows that it waits.
    ///
    /// # Errors
    /// What was refused or could not be written: nobody would see it on a screen that is gone.
    fn finish(&mut self, messages: &Receiver<Message>) -> Result<(), StoreError> {
        // Whoever leaves, or is cut off, within the undo window has confirmed: an unsafe product does not stay on sale
        // because a line went dead.
        let held = self.app.release_held();
        // Submitting needs no terminal; what else could fail is drawing.
        let _ = self.carry_out(held);
        if self.writing > 0 {
            self.app.tell_writing();
            // The terminal may be gone; what is written does not depend on it.
            let _ = self.draw();
        }
        while self.writing > 0 {
            match messages.recv() {
                Ok(Message::Submitted { result, .. }) => {
                    self.writing -= 1;
                    result?;
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Time to the next minute of the clock, or to the end of a notice.
    fn until_tick(&self) -> Duration {
        let notice = self.app.wakes_at().map(|end| end.saturating_duration_since(Instant::now()));
        pause(self.store.clock(), notice)
    }

    /// Gives a message to the app; true when the console is to end.
    fn take(&mut self, message: Message) -> std::io::Result<bool> {
        let mut found = Vec::new();
        if let Message::Input(input) = &message {
            for event in &input.events {
                match event {
                    Event::Reply(reply) => {
                        if let Some(Finding::AmbiguousWidth(cells)) = self.screen.on_reply(*reply) {
                            found.extend(self.app.measured(cells));
                        }
                    }
                    Event::Resize(width, height) => {
                        self.screen.resize(ratatui::layout::Size::new(*width, *height));
                    }
                    Event::Stop(signal) => self.ended = Some(*signal),
                    _ => {}
                }
            }
        }
        if matches!(message, Message::Submitted { .. }) {
            self.writing = self.writing.saturating_sub(1);
            self.client.iter().for_each(Client::asked);
        }
        if let Message::Joined(Ok(words)) = message {
            let effects = self.begin_anew(words);
            return self.carry_out(effects);
        }
        let mut effects = self.app.update(message);
        effects.extend(found);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> std::io::Result<bool> {
        for effect in effects {
            match effect {
                Effect::Ask(slot, request) => ask(&mut self.reads, &mut self.app, slot, request),
                Effect::WantColumn(kind) => self.reads.want_column(kind),
                Effect::Submit { commands, seen, about, what } => {
                    self.writing += 1;
                    let send = self.send.clone();
                    let seen = seen.iter().map(|s| (s.kind, s.id, s.rev)).collect();
                    self.store.submit(&self.app.facts.actor, commands, seen, move |result| {
                        // The loop is gone only when the program ends; the change is on the disk either way.
                        let _ = send.send(Message::Submitted { what, about, result });
                    });
                }
                Effect::Attach { incident, kind, title, path, what } => {
                    self.attach(incident, kind, title, path, what);
                }
                Effect::Compose { slot, serial, task } => self.compose(slot, serial, task),
                Effect::Enrol(attempt) => self.enrol(attempt),
                Effect::StopEnrolling => self.stop_joining(),
                Effect::Order { n, again } => self.order(n, again),
                Effect::Merge { n, rev, mine, theirs } => self.merge(n, rev, (&mine, &theirs)),
                Effect::Receipts { kind, id } => {
                    let send = self.send.clone();
                    // The loop is gone only when the program ends.
                    let told = move |answer| _ = send.send(Message::Receipts { kind, id, answer });
                    self.client.iter().for_each(|c| c.receipts(kind, id, Box::new(told.clone())));
                }
                Effect::Copy(text) => self.copy(&text)?,
                Effect::Bell => self.screen.out_mut().write_all(b"\x07")?,
                Effect::Repaint => {
                    self.screen.repaint();
                    self.app.dirty = true;
                }
                Effect::Suspend => {
                    if self.terminal.suspend().is_err() {
                        let refused = Input::notice(Instant::now(), Event::Unstoppable);
                        // The loop reads its own channel: it cannot be gone.
                        let _ = self.send.send(refused.into());
                    }
                }
                Effect::Quit => {
                    self.stop_joining();
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Copies a file to the evidence beside the database, then attaches it. On a thread: disks can be slow.
    fn attach(&mut self, incident: Uuid, kind: EvidenceKind, title: String, path: PathBuf, what: String) {
        self.writing += 1;
        let (store, send, actor) = (self.store.clone(), self.send.clone(), self.app.facts.actor.clone());
        let work = move || {
            let about = vec![(Kind::Incident, incident)];
            let result = evidence::attach(&store, &actor, incident, (kind, title), &home(&path));
            // The loop is gone only when the program ends; what is attached is on the disk either way.
            let _ = send.send(Message::Submitted { what, about, result });
        };
        if std::thread::Builder::new().name("attach".into()).spawn(work).is_err() {
            // Without a thread nothing was attached, and the form stays away: the person sees no answer.
            self.writing -= 1;
        }
    }

    /// Inside tmux through tmux, which is allowed to by default; elsewhere by OSC 52.
    fn copy(&mut self, text: &str) -> std::io::Result<()> {
        if std::env::var_os("TMUX").is_some() {
            let child = std::process::Command::new("tmux")
                .args(["load-buffer", "-w", "-"])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn();
            if let Ok(mut child) = child {
                let (send, text) = (self.send.clone(), text.to_owned());
                // A tmux that hangs must not hold the keys up.
                let wait = move || {
                    let given = child.stdin.take().is_some_and(|mut pipe| pipe.write_all(text.as_bytes()).is_ok());
                    let done = child.wait().is_ok_and(|status| status.success()) && given;
                    // The loop is gone only when the program ends.
                    let _ = send.send(Message::Copied { text, done });
                };
                // Without a thread nothing was copied, and nothing is said.
                return std::thread::Builder::new().name("copy".into()).spawn(wait).map(drop);
            }
        }
        let packed = base64(text.as_bytes());
        self.screen.out_mut().write_all(format!("\x1b]52;c;{packed}\x07").as_bytes())?;
        // The loop reads its own channel: it cannot be gone.
        let _ = self.send.send(Message::Copied { text: text.to_owned(), done: true });
        Ok(())
    }

    fn draw(&mut self) -> std::io::Result<()> {
        let app = &mut self.app;
        self.screen
            .draw_parked(|frame| match app.draw(frame) {
                Caret::Parked(at) => Some(at),
                Caret::Typing(_) => None,
            })
            .map(|_| ())
    }
}

/// A path as a person types it: `~/` is the home directory.
fn home(path: &Path) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    path.strip_prefix("~").ok().zip(home).map_or_else(|| path.to_path_buf(), |(rest, home)| home.join(rest))
}

/// How long nothing happens by itself: a clock that stands has no next minute.
fn pause(clock: Clock, notice: Option<Duration>) -> Duration {
    let minute = match clock {
        Clock::Fixed(_) => FOREVER,
        _ => Duration::from_millis((60_000 - clock.now().as_millisecond().rem_euclid(60_000)).unsigned_abs()),
    };
    minute.min(notice.unwrap_or(FOREVER)) + Duration::from_millis(5)
}

/// Base64 with padding, for OSC 52.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_u32, |n, b| (n << 8) | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let sign = SIGNS[((n >> (18 - 6 * i)) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

/// Watches directories, not files: editors save by renaming. Settings are read again a moment after the last change;
/// nothing is said when they are what they were, for other files may lie beside them.
fn watch(
    dirs: Vec<PathBuf>,
    settings: Settings,
    reload: Box<dyn Fn() -> Result<Settings, String> + Send>,
    send: Sender<Message>,
) -> std::io::Result<()> {
    use notify::Watcher;
    let work = move || {
        let (changed, changes) = channel::<()>();
        let told = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|e| !e.kind.is_access()) {
                // The other end is below, for as long as the watcher lives.
                let _ = changed.send(());
            }
        };
        let Ok(mut watcher) = notify::recommended_watcher(told) else { return };
        let watched = dirs.iter().filter(|d| watcher.watch(d, notify::RecursiveMode::NonRecursive).is_ok()).count();
        let mut last = Ok(settings);
        while watched > 0 && changes.recv().is_ok() {
            // An editor writes in several steps: wait until it is quiet.
            while changes.recv_timeout(Duration::from_millis(150)).is_ok() {}
            let now = reload();
            if now == last {
                continue;
            }
            last.clone_from(&now);
            if send.send(Message::Settings(now.map(Box::new))).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("settings".into()).spawn(work).map(drop)
}

#[cfg(test)]
mod tests {
    use super::{FOREVER, base64, pause};
    use crate::base::clock::Clock;
    use std::time::Duration;

    #[test]
    fn a_clock_that_stands_wakes_nobody_and_a_notice_ends_by_its_own_time() {
        let at = "2020-08-20T14:32:59.999+08:00".parse().expect("an instant");
        assert!(pause(Clock::Fixed(at), None) >= FOREVER);
        let notice = Duration::from_secs(4);
        assert!((notice..Duration::from_secs(5)).contains(&pause(Clock::Fixed(at), Some(notice))));
        assert!(pause(Clock::running_from(at), Some(notice)) < Duration::from_millis(20));
    }

    #[test]
    fn base64_as_in_the_rfc() {
        for (plain, packed) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(plain.as_bytes()), packed);
        }
    }
}
