//! Where the terminal's cursor is, as far as we know, and the shortest way to move it.

use std::cmp::Ordering;
use std::io::Write as _;

const BACKSPACE: u8 = 8;

/// The cursor: `None` where the terminal may disagree with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct At {
    pub col: Option<u16>,
    pub row: Option<u16>,
}

/// The shortest sequence that brings the cursor from `at` to column `x` of row `y`; empty when it is there.
pub(super) fn shortest(at: At, x: u16, y: u16) -> Vec<u8> {
    // After a glyph the cursor mostly stands where the next one goes.
    if at == (At { col: Some(x), row: Some(y) }) {
        return Vec::new();
    }
    let absolute = position(x, y);
    let Some(row) = at.row else { return absolute };
    let mut best = vertical(row, y);
    best.extend(horizontal(at.col, x));
    if best.len() < absolute.len() { best } else { absolute }
}

fn position(x: u16, y: u16) -> Vec<u8> {
    match (x, y) {
        (0, 0) => b"\x1b[H".to_vec(),
        (0, y) => sequence(y + 1, 'H'),
        (x, y) => {
            let mut out = Vec::with_capacity(12);
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
            out
        }
    }
}

/// Line feeds keep the column: output processing is off while the console runs.
fn vertical(from: u16, to: u16) -> Vec<u8> {
    match to.cmp(&from) {
        Ordering::Equal => Vec::new(),
        Ordering::Greater if to - from <= 4 => vec![b'\n'; usize::from(to - from)],
        Ordering::Greater => sequence(to - from, 'B'),
        Ordering::Less => sequence(from - to, 'A'),
    }
}

fn horizontal(from: Option<u16>, to: u16) -> Vec<u8> {
    let mut best = if to == 0 { vec![b'\r'] } else { sequence(to + 1, 'G') };
    let Some(from) = from else { return best };
    let relative = match to.cmp(&from) {
        Ordering::Equal => Vec::new(),
        Ordering::Greater => sequence(to - from, 'C'),
        Ordering::Less if from - to <= 3 => vec![BACKSPACE; usize::from(from - to)],
        Ordering::Less => sequence(from - to, 'D'),
    };
    if relative.len() < best.len() {
        best = relative;
    }
    best
}

/// `CSI n final`, with the count left out when it is one.
fn sequence(count: u16, last: char) -> Vec<u8> {
    let mut out = Vec::with_capacity(8);
    let _ = if count == 1 { write!(out, "\x1b[{last}") } else { write!(out, "\x1b[{count}{last}") };
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_move_wins() {
        let at = |col, row| At { col, row };
        let cases = [
            (at(None, None), 0, 0, "\x1b[H"),
            (at(None, None), 0, 4, "\x1b[5H"),
            (at(None, None), 9, 4, "\x1b[5;10H"),
            (at(Some(9), Some(4)), 9, 4, ""),
            (at(Some(9), Some(4)), 0, 4, "\r"),
            (at(Some(9), Some(4)), 0, 5, "\r\n"),
            (at(None, Some(4)), 0, 5, "\r\n"),
            (at(Some(9), Some(4)), 9, 5, "\n"),
            (at(Some(9), Some(4)), 8, 4, "\x08"),
            (at(Some(9), Some(4)), 12, 4, "\x1b[3C"),
            (at(Some(3), Some(4)), 100, 4, "\x1b[97C"),
            (at(None, Some(4)), 11, 4, "\x1b[12G"),
            (at(Some(9), Some(14)), 9, 13, "\x1b[A"),
            (at(Some(0), Some(2)), 70, 30, "\x1b[31;71H"),
        ];
        for (from, x, y, expected) in cases {
            let bytes = shortest(from, x, y);
            // Line feeds come before the carriage return: both orders end in the same place.
            let text = String::from_utf8_lossy(&bytes).replace("\n\r", "\r\n");
            assert_eq!(text, expected, "{from:?} -> {x},{y}");
        }
    }
}
