//! The console as a person has it: the built binary on a terminal, keys in, screen out.

mod changes;
mod delisting;
mod enrol;
mod finding;
mod hasty;
mod hub;
mod looks;
mod merge;
mod screens;
mod terminal;
mod torture;
mod typing;
mod walks;

use crate::support::pty::{Console, Demo};

/// Both sizes every view must be whole at.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// A console that shows its board.
fn board(demo: &Demo, args: &[&str], size: (u16, u16)) -> Console {
    let console = demo.console(args, size).spawn();
    console.shows("现在要办").rests();
    console
}

/// A console that shows the catalog.
fn catalog(demo: &Demo, args: &[&str], size: (u16, u16)) -> Console {
    let mut console = board(demo, args, size);
    console.send("2").shows("SX610111-").rests();
    console
}

/// A console that shows the eight sorts of wood-ear from Zhashui, the first under the cursor; and that one's code.
fn wood_ears(demo: &Demo, args: &[&str], size: (u16, u16)) -> (Console, String) {
    let mut console = catalog(demo, args, size);
    console.send("/").rests();
    console.send("zsme").shows("8 条").rests();
    console.send("\r").rests();
    let code = code_in(&console.selected());
    assert!(console.selected().contains("柞水木耳"), "{}", console.text());
    (console, code)
}

/// The catalog code in a line.
fn code_in(line: &str) -> String {
    let found = line.split_whitespace().find(|w| w.starts_with("SX"));
    found.unwrap_or_else(|| panic!("no code in {line:?}")).to_owned()
}

/// State and reason of a catalog entry, as another process reads them.
fn state_of(demo: &Demo, code: &str) -> (String, String) {
    let shown = demo.json(&["show", "catalog", code]);
    let text = |name: &str| shown["fields"][name].as_str().expect("a text").to_owned();
    (text("state"), text("state_reason"))
}
