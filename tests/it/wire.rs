//! The forms that travel: one of each command as it was when its version was released. A form that changes breaks older consoles.

use crate::support::commands::{Throw, command};
use crate::support::province::Province;
use gongfu::domain::command::Command;
use std::collections::BTreeMap;

/// The word a command begins with.
fn word(line: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(line).expect("JSON");
    json["do"].as_str().expect("a word").to_owned()
}

#[test]
fn every_command_reads_from_and_writes_the_form_that_was_released() {
    let mut province = Province::furnished();
    let mut made: BTreeMap<String, String> = BTreeMap::new();
    for n in 0..4_000 {
        let asked = command(&province.rows, Throw::numbered(n));
        let line = serde_json::to_string(&asked).expect("JSON");
        made.entry(word(&line)).or_insert(line);
        let who = Throw::numbered(n).person(6, &asked);
        let _ = province.ask(who, &asked);
    }
    let text = made.values().map(|l| format!("{l}\n")).collect::<String>();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire/commands.ndjson");
    if std::env::var_os("GONGFU_BLESS").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, &text).expect("written");
    }
    let released = std::fs::read_to_string(&path).expect("the fixture");
    let mut known = Vec::new();
    for line in released.lines() {
        let read: Command = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert_eq!(serde_json::to_string(&read).expect("JSON"), line);
        known.push(word(line));
    }
    for (word, line) in &made {
        assert!(known.contains(word), "{word} is new: add its line to {}: {line}", path.display());
    }
    // As many as there are commands: those that walk an arrow are one.
    let source = include_str!("../../src/domain/command.rs");
    let body = source.split("pub enum Command {").nth(1).and_then(|s| s.split("\n}").next()).expect("the enum");
    let variants = body
        .lines()
        .filter(|l| l.starts_with("    ") && l.trim_start().starts_with(char::is_uppercase) && !l.starts_with("     "));
    assert_eq!(known.len(), variants.count(), "{known:?}");
}

#[test]
fn what_a_newer_version_adds_to_a_line_is_passed_over() {
    let line = r#"{"do":"remind_return","id":"00000000-0000-0000-0000-000000000001","colour":"red"}"#;
    assert!(serde_json::from_str::<Command>(line).is_ok());
    assert!(serde_json::from_str::<Command>(r#"{"do":"fly"}"#).is_err());
}
