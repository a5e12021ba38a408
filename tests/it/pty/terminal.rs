//! The device: left as it was found, quiet when nothing happens, few bytes when something does.

use super::{board, catalog, wood_ears};
use crate::support::pty::{Console, Demo};
use rustix::process::Signal;
use std::time::Duration;

/// The terminal is as the program found it.
fn assert_restored(console: &Console, after: &str) {
    // The last bytes may still be on their way when the program has gone.
    console.until(&format!("the modes to be put back after {after}"), |s| {
        !s.alternate_screen() && !s.hide_cursor() && !s.bracketed_paste()
    });
    console.screen(|s| {
        assert!(!s.alternate_screen(), "{after}: alternate screen");
        assert!(!s.hide_cursor(), "{after}: cursor");
        assert!(!s.bracketed_paste(), "{after}: bracketed paste");
        assert_eq!(s.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "{after}: mouse");
    });
    assert_eq!(console.termios(), console.termios_before(), "{after}");
    let raw = String::from_utf8_lossy(&console.raw(0)).into_owned();
    assert!(raw.rfind("\x1b[?7h") > raw.rfind("\x1b[?7l"), "{after}: wrapping");
}

#[test]
fn leaving_restores_the_terminal_whatever_the_reason() {
    let signals =
        [("SIGTERM", Signal::TERM), ("SIGHUP", Signal::HUP), ("SIGINT", Signal::INT), ("SIGQUIT", Signal::QUIT)];
    for (name, signal) in [("q", None)].into_iter().chain(signals.map(|(n, s)| (n, Some(s)))) {
        let demo = Demo::new();
        let mut console = catalog(&demo, &[], (80, 24));
        assert!(console.screen(|s| s.alternate_screen() && s.hide_cursor() && s.bracketed_paste()));
        assert_ne!(console.termios(), console.termios_before());
        match signal {
            None => drop(console.send("q")),
            Some(signal) => console.signal(signal),
        }
        // As shells count a signal.
        let code = signal.map_or(0, |s| 128 + s.as_raw());
        assert_eq!(i64::from(console.ends()), i64::from(code), "{name}");
        assert_restored(&console, name);
    }
}

#[test]
fn leaving_with_a_question_open_restores_the_terminal_too() {
    let demo = Demo::new();
    let before = demo.audit();
    let (mut console, _) = wood_ears(&demo, &[], (80, 24));
    console.send("s").shows("Enter 确认").rests();
    console.send("半句").shows("半句");
    console.signal(Signal::TERM);
    assert_eq!(console.ends(), 143);
    assert_restored(&console, "SIGTERM");
    assert_eq!(demo.audit(), before);
}

#[test]
fn what_was_confirmed_is_written_before_the_console_ends() {
    for wait in [true, false] {
        let demo = Demo::new();
        let before = demo.audit();
        let (mut console, _) = wood_ears(&demo, &[], (80, 24));
        console.send("s").shows("Enter 确认").rests();
        console.send("抽检").shows("抽检").rests();
        let lock = demo.lock();
        console.send("\r").rests();
        console.send("q").shows("正在写入");
        if wait {
            drop(lock);
            assert_eq!(console.ends(), 0);
            assert_eq!(demo.audit(), before + 1, "it is on the disk");
        } else {
            // Held for longer than the writer waits: the change is lost, and the program says so.
            assert_ne!(console.ends(), 0);
            assert!(console.text().contains("占用"), "{}", console.text());
            drop(lock);
            assert_eq!(demo.audit(), before);
        }
    }
}

#[test]
fn stopped_and_continued_it_shows_the_same() {
    for key in [true, false] {
        let demo = Demo::new();
        let mut console = demo.console(&[], (80, 24)).in_shell().spawn();
        console.shows("现在要办").rests();
        console.send("2").shows("SX610111-").rests();
        let text = console.text();
        if key {
            console.send("\x1a");
        } else {
            console.signal(Signal::TSTP);
        }
        console.waits("the stop", Console::is_stopped);
        console.until("the shell's screen", |s| !s.alternate_screen());
        assert_restored(&console, "a stop");
        let from = console.written();
        // Continued in the background it leaves the terminal to the shell, and can still be ended from there.
        console.signal(Signal::CONT);
        console.waits("going on", |c| !c.is_stopped());
        assert!(console.screen(|s| !s.alternate_screen()));
        console.send("\n");
        console.until("the screen again", |s| s.alternate_screen() && !s.contents().is_empty());
        console.rests();
        assert_eq!(console.text(), text);
        assert!(console.written() > from + 500, "everything is written again");
        assert!(console.screen(|s| s.hide_cursor() && s.bracketed_paste()));
        console.send("jq");
        assert_eq!(console.ends(), 0);
        assert_restored(&console, "the end");
    }
}

#[test]
fn where_nobody_could_continue_it_it_does_not_stop() {
    // As `ssh -t host gongfu` starts it: the one command of the session.
    for key in [true, false] {
        let demo = Demo::new();
        let mut console = board(&demo, &[], (80, 24));
        if key {
            console.send("\x1a");
        } else {
            console.signal(Signal::TSTP);
        }
        console.shows("不能挂起");
        assert!(!console.is_stopped() && console.screen(|s| s.alternate_screen()));
        console.send("q");
        assert_eq!(console.ends(), 0);
    }
}

#[test]
fn a_console_continued_in_the_background_can_be_ended() {
    let demo = Demo::new();
    let mut console = demo.console(&[], (80, 24)).in_shell().spawn();
    console.shows("现在要办").rests();
    console.send("\x1a");
    console.waits("the stop", Console::is_stopped);
    // `kill %1` of a shell: the signal, then a continuation.
    console.signal(Signal::TERM);
    console.signal(Signal::CONT);
    console.send("\n");
    console.ends();
    assert_restored(&console, "an end in the background");
}

#[test]
fn nothing_is_written_while_nothing_happens() {
    let demo = Demo::new();
    for keys in ["", "2", "3", "5"] {
        let mut console = board(&demo, &[], (120, 40));
        console.send(keys).rests();
        console.settles(Duration::from_millis(700));
        let from = console.written();
        std::thread::sleep(Duration::from_secs(3));
        let idle = console.raw(from);
        assert!(idle.len() <= 60, "after {keys:?}: {:?}", String::from_utf8_lossy(&idle));
    }
}

#[test]
fn frames_keep_to_their_bytes() {
    let demo = Demo::new();
    let mut console = catalog(&demo, &[], (120, 40));
    let first = board(&demo, &[], (120, 40)).written();
    assert!(first <= 9000, "the first frame has {first} bytes");
    for key in ["j"; 20].into_iter().chain(["k"; 20]) {
        let from = console.written();
        console.send(key).rests();
        let step = console.raw(from);
        assert!(!step.is_empty() && step.len() <= 120, "{key}: {:?}", String::from_utf8_lossy(&step));
    }
    let mut console = catalog(&demo, &[], (120, 40));
    for _ in 0..36 {
        console.send("j").rests();
    }
    for _ in 0..10 {
        let from = console.written();
        console.send("j").rests();
        let scroll = console.raw(from);
        assert!(scroll.len() <= 700, "{} {:?}", scroll.len(), String::from_utf8_lossy(&scroll));
    }
    let from = console.written();
    console.send("\x04").rests();
    assert!(console.written() - from <= 4500, "a page has {} bytes", console.written() - from);
}

#[test]
fn settings_are_read_again_when_their_file_is_replaced_and_kept_when_it_is_broken() {
    let demo = Demo::new();
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("c.toml");
    let replace = |text: &str| {
        let new = folder.path().join("c.toml.new");
        std::fs::write(&new, text).expect("a file");
        std::fs::rename(&new, &path).expect("a file");
    };
    replace("theme = \"dark\"\n");
    let config = path.display().to_string();
    let mut console = catalog(&demo, &["--config", &config], (100, 30));
    let plain = |c: &Console| {
        c.screen(|s| {
            (0..30).all(|y| (0..100).all(|x| s.cell(y, x).is_none_or(|c| c.fgcolor() == vt100::Color::Default)))
        })
    };
    assert!(!plain(&console), "there are colours");
    replace("theme = \"mono\"\nnotice_seconds = 600\n[keys]\n\"move.down\" = [\"x\"]\n");
    console.shows("设置已重新读取").rests();
    assert!(plain(&console), "the theme is the new one");
    let first = console.selected();
    console.send("j").rests();
    assert_eq!(console.selected(), first, "the old key is gone");
    console.send("x").rests();
    assert_ne!(console.selected(), first, "the new one works");
    let second = console.selected();
    replace("theme = \"mono\"\nthem = 1\n[keys\n");
    console.shows("仍用原来的").shows("c.toml:3:").rests();
    console.send("x").rests();
    assert_ne!(console.selected(), second, "the last good ones hold");
    replace("[keys]\n\"move.down\" = [\"/\"]\n");
    console.shows("仍用原来的").shows("move.down").rests();
    replace("[keys]\n\"move.down\" = [\"x\"]\n");
    console.shows("设置已重新读取").rests();
    assert!(!plain(&console), "colours again");
}

#[test]
fn another_file_beside_the_settings_is_nobodys_business() {
    let demo = Demo::new();
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("c.toml");
    std::fs::write(&path, "theme = \"dark\"\n").expect("a file");
    let console = catalog(&demo, &["--config", &path.display().to_string()], (100, 30));
    let from = console.written();
    std::fs::write(folder.path().join("other.txt"), "x").expect("a file");
    std::fs::write(&path, "theme = \"dark\"\n").expect("a file");
    std::thread::sleep(Duration::from_millis(800));
    console.rests();
    assert_eq!(String::from_utf8_lossy(&console.raw(from)), "");
}
