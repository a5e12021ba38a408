//! The tools that prove the exchange: they pass, and what they watch for is caught.

mod bench;
mod kill9;
mod sim;
mod soak;

use assert_cmd::Command;

/// The program, speaking English.
fn gongfu(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("gongfu").expect("the program");
    command.args(["--lang", "en"]).args(args);
    command
}

/// What a tool says with `--json`, when it ends well.
fn document(args: &[&str]) -> serde_json::Value {
    let done = gongfu(&[&["--json"], args].concat()).assert().code(0);
    serde_json::from_slice(&done.get_output().stdout).expect("JSON")
}
