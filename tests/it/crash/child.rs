//! What runs in a process of its own: this test binary again, with the task in the environment.

use crate::support::province::people;
use crate::support::storage::{id, raw};
use gongfu::base::clock::Clock;
use gongfu::base::ids::Ids;
use gongfu::domain::command::Command;
use gongfu::domain::machine::Verb;
use gongfu::domain::rows::Kind;
use gongfu::store::{Store, StoreError};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};
use uuid::Uuid;

const TASK: &str = "GONGFU_TEST_TASK";

/// Starts this binary again for `task` in `dir`; its answers come as lines on standard error.
pub fn start(task: &str, dir: &Path) -> Child {
    task_of(task, dir).stdin(Stdio::null()).spawn().expect("a child")
}

fn task_of(task: &str, dir: &Path) -> std::process::Command {
    let binary = std::env::current_exe().expect("this binary");
    let mut command = std::process::Command::new(binary);
    command
        .args(["--exact", "crash::child::a_task_of_another_test", "--nocapture", "--test-threads=1"])
        .env(TASK, format!("{task}:{}", dir.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// As [`start`], with an input.
pub fn start_listening(task: &str, dir: &Path) -> Child {
    task_of(task, dir).stdin(Stdio::piped()).spawn().expect("a child")
}

/// Runs `task` in `dir` as a person without rights; gives its one answer, or `None` when that cannot be done here.
pub fn as_nobody(task: &str, dir: &Path) -> Option<String> {
    let binary = std::env::current_exe().expect("this binary");
    let nobody = || {
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
        command.current_dir("/").stdin(Stdio::null());
        command
    };
    if !nobody().arg("--list").output().is_ok_and(|o| o.status.success()) {
        return None;
    }
    let output = nobody()
        .args(["--exact", "crash::child::a_task_of_another_test", "--nocapture", "--test-threads=1"])
        .env(TASK, format!("{task}:{}", dir.display()))
        .output()
        .expect("a child");
    let text = String::from_utf8(output.stderr).expect("text");
    Some(text.lines().find(|l| l.starts_with(task)).unwrap_or_else(|| panic!("{text}")).to_owned())
}

/// Does the task of the environment; without one there is nothing to do and nothing is claimed.
#[test]
fn a_task_of_another_test() {
    let Ok(task) = std::env::var(TASK) else { return };
    let (task, dir) = task.split_once(':').expect("a task and a directory");
    let (word, number) = task.split_once('=').unwrap_or((task, "0"));
    let number: usize = number.parse().expect("a number");
    match word {
        "write" => write(Path::new(dir), number, usize::MAX),
        "some" => write(Path::new(dir), number, 200),
        "open" => say(&open(Path::new(dir)).map_or_else(|e| format!("error {e:?}"), |_| "open".into())),
        "look" => look(Path::new(dir)),
        "limited" => limited(Path::new(dir), number),
        "contend" => super::contender::contend(Path::new(dir), number),
        "delist" => super::delisting::delist(Path::new(dir)),
        other => panic!("{other}?"),
    }
}

/// As [`start`], without the signal that ends a process which writes beyond a limit.
pub fn start_limited(task: &str, dir: &Path) -> Child {
    let binary = std::env::current_exe().expect("this binary");
    std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(binary)
        .args(["--exact", "crash::child::a_task_of_another_test", "--nocapture", "--test-threads=1"])
        .env(TASK, format!("{task}:{}", dir.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child")
}

/// Writes with files that may grow to `most` bytes: what a quota or a full disk is to the program, without either.
fn limited(dir: &Path, most: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = u64::try_from(most).expect("64 bits");
    setrlimit(Resource::Fsize, Rlimit { current: Some(most), ..getrlimit(Resource::Fsize) }).expect("a limit");
    let store = open(dir).expect("a database");
    let edition = super::files::edition;
    let people = people();
    let mut acknowledged = 0;

    let answer = loop {
        match super::files::code(store.submit_wait(&people[0], vec![edition()])) {
            "ok" if acknowledged < 20_000 => acknowledged += 1,
            other => break other,
        }
    };
    let again = super::files::code(store.submit_wait(&people[0], vec![edition()]));
    let backup = super::files::code(store.backup(&dir.join("copy.db")));
    say(&format!("limited {acknowledged} {answer} {again} {backup}"));
}

/// Opens for looking only and tells the number of audit records, or why not.
fn look(dir: &Path) {
    let seen = Store::open(dir, Clock::Real, Ids::real(Clock::Real), true).and_then(|s| s.connect());
    say(&match seen {
        Ok(db) => format!("look ok {}", crate::support::storage::number(&db, "SELECT count(*) FROM audit")),
        Err(StoreError::Db(e)) => format!("look {}", e.code()),
        Err(other) => format!("look {other:?}"),
    });
}

pub fn say(line: &str) {
    // One write a line: a line that arrives is whole.
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).expect("a parent that reads");
}

fn open(dir: &Path) -> Result<Store, StoreError> {
    Store::open(dir, Clock::Real, Ids::real(Clock::Real), false)
}

/// Suspends, resumes and places, one command after the other, and tells each acknowledged audit number.
fn write(dir: &Path, who: usize, most: usize) {
    let store = open(dir).expect("a database");
    let db = raw(store.path());
    let ids = |sql: &str| -> Vec<Uuid> {
        let mut statement = db.prepare(sql).expect("sql");
        statement.query_map([], |r| Ok(id(r, 0))).expect("rows").map(|r| r.expect("an id")).collect()
    };
    let entries = ids("SELECT id FROM catalog_entry ORDER BY seq");
    let counters = ids("SELECT id FROM counter ORDER BY seq");
    drop(db);
    let people = people();
    for n in 0..most {
        let entry = entries[(n / 3 + who) % entries.len()];
        let step = |verb| Command::Move { kind: Kind::CatalogEntry, id: entry, verb, reason: format!("{who}-{n}") };
        let asked = match n % 3 {
            0 => step(Verb::Suspend),
            1 => step(Verb::Resume),
            _ => Command::PlaceOnShelf { counter: counters[n % counters.len()], entry, quantity: 1 },
        };
        match store.submit_wait(&people[who % 2], vec![asked]) {
            Ok(done) => say(&format!("done {}", done.audit_no)),
            Err(StoreError::Refused(refusal)) => say(&format!("refused {}", refusal.code)),
            Err(other) => return say(&format!("error {other:?}")),
        }
    }
}
