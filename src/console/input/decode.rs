//! Bytes from a terminal into events.
//!
//! It accepts every form an input method uses (characters, a paste, characters after ESC), swallows
//! what it does not know, and keeps what is incomplete until more bytes come or `timeout` is called.

use super::Event;
use crate::console::backend::Reply;
use crate::console::keys::{Chord, Key, is_key_char};

const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";
/// Longer pastes are cut: no field takes more, and a lost end mark must not eat memory.
const PASTE_MOST: usize = 1 << 20;
/// Longer sequences are noise.
const SEQUENCE_MOST: usize = 4096;

/// Decodes a stream that may be cut anywhere.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Vec<u8>,
    paste: Option<Vec<u8>>,
}

/// What the beginning of the pending bytes is.
enum Step {
    /// So many bytes make this event.
    Event(usize, Event),
    /// So many bytes mean nothing to us.
    Skip(usize),
    /// A paste begins after so many bytes.
    Paste(usize),
    /// More bytes are needed.
    More,
}

impl Decoder {
    /// Takes what was read and appends the events it completes.
    pub fn feed(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        self.pending.extend_from_slice(bytes);
        self.run(false, events);
    }

    /// Nothing more came: an ESC on its own was the key, an unfinished paste ends.
    pub fn timeout(&mut self, events: &mut Vec<Event>) {
        if let Some(text) = self.paste.take() {
            let text = [text, std::mem::take(&mut self.pending)].concat();
            events.push(paste(&text));
        }
        self.run(true, events);
        // A sequence cut in the middle is dropped: its rest must not become keys.
        if self.pending.first() == Some(&0x1b) {
            self.pending.clear();
        }
    }

    /// Whether bytes wait for more, so that `timeout` should be called after a pause.
    ///
    /// The first bytes of a cut character wait too, but for as long as it takes.
    pub fn waiting(&self) -> bool {
        self.paste.is_some() || self.pending.first() == Some(&0x1b)
    }

    /// Whether a paste is open: its pauses are those of the link, not of a key.
    pub fn pasting(&self) -> bool {
        self.paste.is_some()
    }

    fn run(&mut self, last: bool, events: &mut Vec<Event>) {
        let mut at = 0;
        loop {
            if let Some(text) = &mut self.paste {
                let rest = &self.pending[at..];
                let Some(end) = find(rest, PASTE_END) else {
                    // The end mark may be cut: keep its longest possible beginning.
                    let keep = (PASTE_END.len() - 1).min(rest.len());
                    let taken = rest.len() - keep;
                    let room = PASTE_MOST.saturating_sub(text.len());
                    text.extend_from_slice(&rest[..taken.min(room)]);
                    at += taken;
                    break;
                };
                let room = PASTE_MOST.saturating_sub(text.len());
                text.extend_from_slice(&rest[..end.min(room)]);
                events.push(paste(text));
                self.paste = None;
                at += end + PASTE_END.len();
            }
            match step(&self.pending[at..], last) {
                Step::Event(used, event) => {
                    at += used;
                    push(events, event);
                }
                Step::Skip(used) => at += used,
                Step::Paste(used) => {
                    at += used;
                    self.paste = Some(Vec::new());
                }
                Step::More => break,
            }
        }
        self.pending.drain(..at);
    }
}

/// Joins text to text, so that what an input method commits at once stays one event.
fn push(events: &mut Vec<Event>, event: Event) {
    match (events.last_mut(), event) {
        (Some(Event::Text(text)), Event::Text(more)) => text.push_str(&more),
        // Full-width punctuation amid committed text belongs to it.
        (Some(Event::Text(text)), Event::Key(chord)) if chord.text().is_some_and(|c| !c.is_ascii()) => {
            text.extend(chord.text());
        }
        (_, event) => events.push(event),
    }
}

fn paste(bytes: &[u8]) -> Event {
    Event::Paste(String::from_utf8_lossy(bytes).into_owned())
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

fn key(used: usize, chord: Chord) -> Step {
    Step::Event(used, Event::Key(chord))
}

fn step(bytes: &[u8], last: bool) -> Step {
    let Some(first) = bytes.first() else { return Step::More };
    match first {
        0x1b => escape(bytes, last),
        0x00..=0x1f | 0x7f => key(1, control(*first)),
        _ => character(bytes),
    }
}

fn control(byte: u8) -> Chord {
    match byte {
        b'\r' | b'\n' => Chord::plain(Key::Enter),
        b'\t' => Chord::plain(Key::Tab),
        0x08 | 0x7f => Chord::plain(Key::Backspace),
        0x00 => Chord::ctrl(' '),
        0x01..=0x1a => Chord::ctrl(char::from(byte - 1 + b'a')),
        _ => Chord::ctrl(char::from(byte + 0x40)),
    }
}

fn character(bytes: &[u8]) -> Step {
    let head = &bytes[..bytes.len().min(4)];
    let c = match std::str::from_utf8(head) {
        Ok(text) => text.chars().next(),
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok().and_then(|text| text.chars().next())
        }
        Err(error) => match error.error_len() {
            Some(bad) => return Step::Skip(bad),
            None => return Step::More,
        },
    };
    let Some(c) = c else { return Step::More };
    let used = c.len_utf8();
    if is_key_char(c) {
        key(used, Chord::char(c))
    } else if c.is_control() {
        Step::Skip(used)
    } else {
        Step::Event(used, Event::Text(c.to_string()))
    }
}

fn escape(bytes: &[u8], last: bool) -> Step {
    let esc = || key(1, Chord::plain(Key::Esc));
    match bytes.get(1) {
        None if last => esc(),
        None => Step::More,
        Some(b'[') => csi(bytes, last),
        Some(b'O') => match bytes.get(2) {
            Some(code) => ss3(*code),
            None if last => key(2, Chord { alt: true, ..Chord::char('O') }),
            None => Step::More,
        },
        Some(b']' | b'P' | b'_' | b'^' | b'X') => string(bytes, last),
        Some(0x1b) => esc(),
        Some(byte @ (0x00..=0x1f | 0x7f)) => key(2, Chord { alt: true, ..control(*byte) }),
        Some(byte) if byte.is_ascii() => key(2, Chord { alt: true, ..Chord::char(char::from(*byte)) }),
        // Some input methods put ESC before what they commit: it is text all the same.
        Some(_) => match character(&bytes[1..]) {
            Step::Event(used, event) => Step::Event(used + 1, event),
            Step::Skip(used) => Step::Skip(used + 1),
            other => other,
        },
    }
}

fn ss3(code: u8) -> Step {
    match code {
        b'P'..=b'S' => key(3, Chord::plain(Key::F(code - b'P' + 1))),
        b'M' => key(3, Chord::plain(Key::Enter)),
        _ => arrow(code).map_or(Step::Skip(3), |k| key(3, Chord::plain(k))),
    }
}

fn arrow(code: u8) -> Option<Key> {
    Some(match code {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'H' => Key::Home,
        b'F' => Key::End,
        _ => return None,
    })
}

/// Answers in string form (OSC, DCS, APC) up to their end mark. Nothing here asks for them.
fn string(bytes: &[u8], last: bool) -> Step {
    let end = bytes.iter().enumerate().skip(2).find_map(|(i, byte)| match byte {
        0x07 => Some(i + 1),
        0x1b if bytes.get(i + 1) == Some(&b'\\') => Some(i + 2),
        _ => None,
    });
    match end {
        Some(end) => Step::Skip(end),
        None if bytes.len() > SEQUENCE_MOST => Step::Skip(bytes.len()),
        None if last && bytes.len() == 2 => key(2, Chord { alt: true, ..Chord::char(char::from(bytes[1])) }),
        None => Step::More,
    }
}

fn csi(bytes: &[u8], last: bool) -> Step {
    let body = &bytes[2..];
    // The Linux console sends `ESC [ [ A` to `E` for F1 to F5.
    if body.first() == Some(&b'[') {
        return match body.get(1) {
            Some(code @ b'A'..=b'E') => key(4, Chord::plain(Key::F(code - b'A' + 1))),
            Some(_) => Step::Skip(4),
            None => Step::More,
        };
    }
    let Some(end) = body.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return match bytes.len() {
            2 if last => key(2, Chord { alt: true, ..Chord::char('[') }),
            n if n > SEQUENCE_MOST => Step::Skip(n),
            _ => Step::More,
        };
    };
    let used = end + 3;
    if !(0x40..=0x7e).contains(&body[end]) {
        // Cut by another control: what came so far is noise, the control counts.
        return Step::Skip(used - 1);
    }
    if bytes.starts_with(PASTE_BEGIN) {
        return Step::Paste(used);
    }
    if body[end] == b'M' && end == 0 {
        // Old mouse reports: three bytes follow.
        return if bytes.len() >= 6 { Step::Skip(6) } else { Step::More };
    }
    meaning(&body[..end], body[end]).map_or(Step::Skip(used), |event| Step::Event(used, event))
}

/// What a complete control sequence means, if anything.
fn meaning(params: &[u8], last: u8) -> Option<Event> {
    let text = std::str::from_utf8(params).ok()?;
    if let Some(report) = text.strip_prefix('?') {
        let (mode, state) = report.strip_suffix('$').filter(|_| last == b'y')?.split_once(';')?;
        return Some(Event::Reply(Reply::Mode(mode.parse().ok()?, state.parse().ok()?)));
    }
    let mut numbers = text.split(';').map(|part| part.split(':').next().unwrap_or_default().parse::<u16>().ok());
    let first = numbers.next().flatten();
    let second = numbers.next().flatten();
    // `CSI 1 ; m R` is F3 with modifiers; our own question is asked on another row.
    if last == b'R' && first != Some(1) && text.contains(';') {
        return Some(Event::Reply(Reply::Cursor { row: first?, col: second? }));
    }
    let bits = second.unwrap_or(1).saturating_sub(1);
    // The kitty protocol reports releases as `;m:3`.
    if text.ends_with(":3") {
        return None;
    }
    let plain = |key| Some(Event::Key(Chord::modified(key, bits)));
    match last {
        b'Z' => Some(Event::Key(Chord::modified(Key::Tab, bits | 1))),
        b'P'..=b'S' => plain(Key::F(last - b'P' + 1)),
        b'~' => plain(tilde(first?)?),
        b'u' => plain(unicode(first?)?),
        _ => plain(arrow(last)?),
    }
}

fn tilde(number: u16) -> Option<Key> {
    Some(match number {
        1 | 7 => Key::Home,
        2 => Key::Insert,
        3 => Key::Delete,
        4 | 8 => Key::End,
        5 => Key::PageUp,
        6 => Key::PageDown,
        11..=15 => Key::F((number - 10) as u8),
        17..=21 => Key::F((number - 11) as u8),
        23 | 24 => Key::F((number - 12) as u8),
        _ => return None,
    })
}

fn unicode(code: u16) -> Option<Key> {
    Some(match code {
        9 => Key::Tab,
        13 => Key::Enter,
        27 => Key::Esc,
        8 | 127 => Key::Backspace,
        _ => Key::Char(char::from_u32(u32::from(code)).filter(|c| !c.is_control())?),
    })
}

#[cfg(test)]
mod tests;
