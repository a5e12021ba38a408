//! Chords that cannot be bound, or only at a price, and why.

use super::{Chord, Key};

/// How bad a binding would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Never reaches us, or is another key: binding it is an error.
    Never(&'static str),
    /// Reaches us on most terminals only: binding it is a warning.
    Unsure(&'static str),
}

/// Whether a chord is spoken for.
pub fn reserved(chord: Chord) -> Option<Reserved> {
    use Reserved::{Never, Unsure};
    if chord.shift && chord.key == Key::Enter || chord.ctrl && !matches!(chord.key, Key::Char(_)) {
        return Some(Unsure("many terminals send the same bytes without the modifier"));
    }
    let Key::Char(c) = chord.key else { return None };
    if !chord.ctrl {
        return None;
    }
    match c {
        'a' => Some(Never("prefix of GNU screen and often of tmux")),
        'b' => Some(Never("prefix of tmux")),
        'c' => Some(Never("always means: leave")),
        's' | 'q' => Some(Never("flow control: terminals and bastion hosts stop or resume output")),
        'z' => Some(Never("always suspends the console")),
        '\\' => Some(Never("always quits at once")),
        'm' | 'j' => Some(Never("the same byte as Enter")),
        'i' => Some(Never("the same byte as Tab")),
        'h' => Some(Never("the same byte as Backspace")),
        '[' => Some(Never("the same byte as Esc")),
        ' ' => Some(Never("switches the input method")),
        ']' => Some(Unsure("escape character of telnet")),
        '^' | '_' => Some(Unsure("takes different keys on different keyboards")),
        _ => None,
    }
}
