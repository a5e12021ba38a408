//! A PostgreSQL server of a test's own, to be stopped and started; nobody else's is touched.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A server in a folder of its own, gone with this value.
pub struct Server {
    programs: PathBuf,
    dir: tempfile::TempDir,
    port: u16,
    root: bool,
}

/// Where Debian puts the programs; the newest.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

impl Server {
    /// A server that runs; nothing, and a word about it, where PostgreSQL is not installed.
    pub fn new() -> Option<Server> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os("GONGFU_TEST_ALL").is_none(),
                "GONGFU_TEST_ALL is set, but PostgreSQL is not installed"
            );
            let _ = writeln!(std::io::stderr(), "skipped: PostgreSQL is not installed in /usr/lib/postgresql");
            return None;
        };
        let dir = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let server = Server { programs, dir, port, root: rustix::process::geteuid().is_root() };
        // It refuses to run as root, and must reach its folder.
        let home = server.home();
        std::fs::create_dir(&home).expect("a folder");
        if server.root {
            run(Command::new("chown").arg("postgres").arg(&home));
            run(Command::new("chmod").arg("755").arg(server.dir.path()));
        }
        run(server.program("initdb").args(["-A", "trust", "-U", "postgres"]));
        server.start();
        Some(server)
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("postgres")
    }

    /// One of its programs, on its data.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if self.root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("-D").arg(self.home().join("data")).current_dir(Path::new("/"));
        command
    }

    /// Starts it and waits until it answers.
    pub fn start(&self) {
        let (home, port) = (self.home(), self.port);
        let settings = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=60",
            home.display()
        );
        run(self.program("pg_ctl").arg("-l").arg(home.join("log")).args(["-w", "-o", &settings, "start"]));
    }

    /// Ends it in the middle of whatever it does, as a failing machine would.
    pub fn stop(&self) {
        run(self.program("pg_ctl").args(["-m", "immediate", "stop"]));
    }

    /// A database where others may be made.
    pub fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

fn run(command: &mut Command) {
    // A server keeps what it was given: nobody would see the end of a pipe.
    let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(done.as_ref().is_ok_and(std::process::ExitStatus::success), "{command:?}: {done:?}");
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that is not there any more is as good.
        let _ = self
            .program("pg_ctl")
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}
