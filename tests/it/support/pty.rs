//! The built binary in a pseudo-terminal: keys go in, an emulator reads what comes out.
//!
//! Every wait is bounded and ends as soon as the screen says what is waited for; none is a measure of speed.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use vt100::Parser;

/// Longest time anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a console is started.
pub struct Start {
    pub args: Vec<String>,
    pub env: Vec<(&'static str, String)>,
    /// Columns, rows.
    pub size: (u16, u16),
    /// Whether a shell with jobs starts it: it can be stopped then, and a line typed to the shell brings it back.
    pub shell: bool,
}

impl Start {
    /// The arguments on a terminal of 256 colours.
    pub fn new(args: &[&str], size: (u16, u16)) -> Start {
        let args = args.iter().map(|a| (*a).to_owned()).collect();
        Start { args, env: vec![("TERM", "xterm-256color".to_owned())], size, shell: false }
    }

    /// Sets a variable of the environment; nothing of the tester's own is there.
    #[must_use]
    pub fn env(mut self, name: &'static str, value: &str) -> Start {
        self.env.retain(|(n, _)| *n != name);
        self.env.push((name, value.to_owned()));
        self
    }

    /// Has a shell start it.
    #[must_use]
    pub fn in_shell(self) -> Start {
        Start { shell: true, ..self }
    }

    /// Starts it.
    pub fn spawn(self) -> Console {
        Console::spawn(&self)
    }
}

struct Seen {
    parser: Parser,
    raw: Vec<u8>,
    last: Instant,
}

struct Shared {
    seen: Mutex<Seen>,
    more: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running console and its screen.
pub struct Console {
    master: Box<dyn MasterPty + Send>,
    // Kept open, as a shell keeps it: the settings of the device outlive the program.
    _slave: Box<dyn SlavePty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    /// Settings of the device before the program was started.
    before: String,
}

impl Console {
    fn spawn(start: &Start) -> Console {
        let (cols, rows) = start.size;
        let pair = native_pty_system().openpty(size(cols, rows)).expect("a pseudo-terminal");
        let program = assert_cmd::cargo::cargo_bin("gongfu");
        let mut command = if start.shell {
            let mut shell = CommandBuilder::new("/bin/sh");
            shell.args(["-c", "set -m; \"$0\" \"$@\"; read line; fg >/dev/null"]);
            shell.arg(program);
            shell
        } else {
            CommandBuilder::new(program)
        };
        command.env_clear();
        let nowhere = std::env::temp_dir().join("gongfu-no-settings");
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(name, &nowhere);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        start.env.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(std::env::temp_dir());
        command.args(&start.args);
        let before = format!("{:?}", pair.master.get_termios().expect("settings of the device"));
        let child = pair.slave.spawn_command(command).expect("the program");
        let seen = Seen { parser: Parser::new(rows, cols, 0), raw: Vec::new(), last: Instant::now() };
        let shared = Arc::new(Shared { seen: Mutex::new(seen), more: Condvar::new() });
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let to = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut buffer = [0_u8; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                let mut seen = to.lock();
                seen.parser.process(&buffer[..count]);
                seen.raw.extend_from_slice(&buffer[..count]);
                seen.last = Instant::now();
                to.more.notify_all();
            }
        });
        let writer = pair.master.take_writer().expect("a writer");
        Console { master: pair.master, _slave: pair.slave, writer, child, shared, before }
    }

    /// Types bytes, in one write.
    pub fn send(&mut self, keys: impl AsRef<[u8]>) -> &mut Console {
        self.writer.write_all(keys.as_ref()).expect("a terminal that takes keys");
        self.writer.flush().expect("a terminal that takes keys");
        self
    }

    /// Pastes as terminals do.
    pub fn paste(&mut self, text: &str) -> &mut Console {
        self.send(format!("\x1b[200~{text}\x1b[201~"))
    }

    /// Waits until the screen is as `is` wants it.
    pub fn until(&self, what: &str, is: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.shared.lock();
        while !is(seen.parser.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what}, but the screen is\n{}", seen.parser.screen().contents());
            seen = self.shared.more.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until the screen contains a text.
    pub fn shows(&self, text: &str) -> &Console {
        self.until(&format!("{text:?}"), |screen| screen.contents().contains(text));
        self
    }

    /// Waits until the screen does not contain a text.
    pub fn hides(&self, text: &str) -> &Console {
        self.until(&format!("{text:?} to go"), |screen| !screen.contents().contains(text));
        self
    }

    /// Waits until nothing has come for `quiet`.
    pub fn settles(&self, quiet: Duration) -> &Console {
        let end = Instant::now() + PATIENCE;
        let mut seen = self.shared.lock();
        while seen.last.elapsed() < quiet {
            assert!(Instant::now() < end, "it never stops writing");
            let left = quiet.saturating_sub(seen.last.elapsed());
            seen = self.shared.more.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(seen);
        self
    }

    /// Waits until the program has nothing to do and writes nothing: every thread sleeps, longer than it ever waits for
    /// more of a burst. A program that is only slow is waited for.
    pub fn rests(&self) -> &Console {
        let end = Instant::now() + PATIENCE;
        let mut since = Instant::now();
        let mut written = self.written();
        while since.elapsed() < Duration::from_millis(250) {
            assert!(Instant::now() < end, "it never rests");
            std::thread::sleep(Duration::from_millis(10));
            let now = self.written();
            if now != written || self.is_busy() {
                (since, written) = (Instant::now(), now);
            }
        }
        self
    }

    /// Whether a thread of the program runs, or would if it could.
    fn is_busy(&self) -> bool {
        let tasks = self.child.process_id().and_then(|id| std::fs::read_dir(format!("/proc/{id}/task")).ok());
        let stat = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        let state = |stat: String| stat.rsplit(')').next().and_then(|rest| rest.trim_start().chars().next());
        tasks.into_iter().flatten().flatten().any(|task| matches!(state(stat(task)), Some('R' | 'D')))
    }

    /// The screen's text, without the blanks that end its lines.
    pub fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// The screen's lines, as many as it has.
    pub fn lines(&self) -> Vec<String> {
        let seen = self.shared.lock();
        let screen = seen.parser.screen();
        screen.rows(0, screen.size().1).map(|line| line.trim_end().to_owned()).collect()
    }

    /// The first line with a text.
    pub fn line(&self, text: &str) -> String {
        self.lines().into_iter().find(|l| l.contains(text)).unwrap_or_else(|| panic!("{text}\n{}", self.text()))
    }

    /// The line under the cursor of a list.
    pub fn selected(&self) -> String {
        self.lines().into_iter().find(|l| l.starts_with('>')).unwrap_or_default()
    }

    /// Looks at the emulator.
    pub fn screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shared.lock().parser.screen())
    }

    /// Bytes written so far.
    pub fn written(&self) -> usize {
        self.shared.lock().raw.len()
    }

    /// What was written since `from`.
    pub fn raw(&self, from: usize) -> Vec<u8> {
        self.shared.lock().raw[from..].to_vec()
    }

    /// Gives the terminal another size.
    pub fn resize(&self, cols: u16, rows: u16) {
        // The emulator itself cannot be as small as a terminal can.
        self.shared.lock().parser.screen_mut().set_size(rows.max(2), cols.max(4));
        self.master.resize(size(cols, rows)).expect("another size");
    }

    /// The console's process, also where a shell has started it.
    fn process(&self) -> u32 {
        let id = self.child.process_id().expect("a process");
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        children.split_whitespace().next().and_then(|child| child.parse().ok()).unwrap_or(id)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process()).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, signal).expect("a signal that arrives");
    }

    /// Whether the program is stopped, as the shell would see it.
    pub fn is_stopped(&self) -> bool {
        let id = self.process();
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("a process");
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
    }

    /// Waits for something that is not on the screen.
    pub fn waits(&self, what: &str, is: impl Fn(&Console) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is(self) {
            assert!(Instant::now() < end, "waited for {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Settings of the device now.
    pub fn termios(&self) -> String {
        format!("{:?}", self.master.get_termios().expect("settings of the device"))
    }

    /// Settings of the device before the program was started.
    pub fn termios_before(&self) -> &str {
        &self.before
    }

    /// Waits for the end of the program; gives its exit code.
    pub fn ends(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                assert_eq!(status.signal(), None, "it ends by itself");
                self.settles(Duration::from_millis(100));
                return status.exit_code();
            }
            assert!(Instant::now() < end, "it does not end\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// A copy of the demo of this build.
pub struct Demo {
    dir: tempfile::TempDir,
}

impl Demo {
    /// Copies it. The demo itself is made once for a build of the program.
    pub fn new() -> Demo {
        let dir = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let lock = std::fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo.lock")).expect("a lock");
        lock.lock().expect("a lock");
        let master = master();
        for file in std::fs::read_dir(master).expect("the demo").flatten().filter(|f| f.path().is_file()) {
            std::fs::copy(file.path(), dir.path().join(file.file_name())).expect("a copy");
        }
        let demo = Demo { dir };
        demo.made_before(jiff::SignedDuration::ZERO);
        demo
    }

    /// Makes the copy as one that was made this long ago.
    pub fn made_before(&self, ago: jiff::SignedDuration) {
        let made = gongfu::base::clock::Clock::Real.now().checked_sub(ago).expect("an instant");
        let db =
            gongfu::sqlite::open(&self.path().join("gongfu.db"), gongfu::sqlite::Use::Write).expect("a connection");
        gongfu::store::setting::set(&db, gongfu::store::setting::DEMO_SINCE, &made.to_string()).expect("a setting");
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The console on this copy.
    pub fn console(&self, args: &[&str], size: (u16, u16)) -> Start {
        let dir = self.path().display().to_string();
        Start::new(&[&["--data-dir", &dir, "--as", "李静"], args].concat(), size)
    }

    /// The command line on this copy.
    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = super::bare();
        command.args(["--data-dir", &self.path().display().to_string(), "--as", "李静"]).args(args);
        super::run(command)
    }

    /// What the command line answers as JSON.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let (code, out, err) = self.run(&[args, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?} {code}: {e}\n{out}\n{err}"))
    }

    /// Records in the audit; the chain must be whole.
    pub fn audit(&self) -> i64 {
        let verdict = self.json(&["audit", "verify"]);
        assert_eq!(verdict["whole"], true, "{verdict}");
        verdict["records"].as_i64().expect("a number")
    }

    /// Holds the file's write lock, as another program would, until it is dropped.
    pub fn lock(&self) -> rusqlite::Connection {
        let path = self.path().join("gongfu.db");
        let db = gongfu::sqlite::open(&path, gongfu::sqlite::Use::Write).expect("a connection");
        db.execute_batch("BEGIN IMMEDIATE").expect("the lock");
        db
    }

    /// Everything that is stored, as text.
    pub fn dump(&self) -> Vec<u8> {
        std::fs::read(self.path().join("gongfu.db")).expect("the database")
    }
}

/// The folder of the demo of this build, made when it is not there.
fn master() -> std::path::PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    let program = std::fs::metadata(assert_cmd::cargo::cargo_bin("gongfu")).expect("the program");
    let build = format!("{} {:?}", program.len(), program.modified().expect("a time"));
    let stamp = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo.stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|s| s == build) {
        return dir;
    }
    let _ = std::fs::remove_dir_all(&dir);
    let mut command = super::bare();
    command.args(["demo", "--no-tui", "--keep", &dir.display().to_string()]);
    let (code, _, err) = super::run(command);
    assert_eq!(code, 0, "{err}");
    std::fs::write(stamp, build).expect("a stamp");
    dir
}
