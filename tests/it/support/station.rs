//! A hub as a process of its own, with TLS, on the database of a data directory.

use super::{bare, run};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The process; it ends with this value.
pub struct Station {
    dir: PathBuf,
    child: Child,
    /// Its address, `https://localhost:…`.
    pub url: String,
}

impl Station {
    /// Makes the ledger of `dir`, which has a database, and serves it.
    pub fn open(dir: &Path) -> Station {
        said(dir, &["hub", "init", "--name", "localhost"]);
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gongfu"));
        command.arg("--data-dir").arg(dir).args(["--json", "hub", "serve", "--listen", "127.0.0.1:0"]);
        command.env_clear().stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a hub");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its words")).read_line(&mut line).expect("a line");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let url = ready["listen"].as_str().expect("an address").replace("127.0.0.1", "localhost");
        Station { dir: dir.to_path_buf(), child, url }
    }

    /// The authority that signed its certificate.
    pub fn ca(&self) -> String {
        self.dir.join("ca.pem").display().to_string()
    }

    /// A code for a console of this union.
    pub fn code(&self, org: &str) -> String {
        let said = said(&self.dir, &["--json", "hub", "enrol", "--org", org]);
        let made: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        made["code"].as_str().expect("a code").to_owned()
    }

    /// What a subcommand of the hub says; it must work.
    pub fn says(&self, args: &[&str]) -> String {
        said(&self.dir, args)
    }
}

fn said(dir: &Path, args: &[&str]) -> String {
    let mut command = bare();
    command.arg("--data-dir").arg(dir).args(args);
    let (code, out, err) = run(command);
    assert_eq!(code, 0, "{args:?}: {err}");
    out
}

impl Drop for Station {
    fn drop(&mut self) {
        // Gone by itself only when it failed, which the test has seen by then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
