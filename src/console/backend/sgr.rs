//! The pen: which colours and attributes the terminal writes with, and the shortest way to change them.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use std::io::Write as _;

use super::grid::VISIBLE_ON_BLANK;

/// Colours and attributes of what is written next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    pub(super) const DEFAULT: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether writing `cell` with this pen looks as the cell asks. A blank shows only its background.
    pub(super) fn suits(self, cell: &Cell) -> bool {
        let blank = cell.symbol() == " "
            && self.bg == cell.bg
            && !cell.modifier.intersects(VISIBLE_ON_BLANK)
            && !self.modifier.intersects(VISIBLE_ON_BLANK);
        blank || self == Self::of(cell)
    }

    /// Appends the shortest sequence that turns `from` (`None`: unknown) into this pen.
    pub(super) fn select(self, from: Option<Self>, out: &mut Vec<u8>) {
        let mut reset = Vec::with_capacity(32);
        self.params_from(Self::DEFAULT, &mut reset);
        let delta = from.map(|from| {
            let mut params = Vec::with_capacity(32);
            self.params_from(from, &mut params);
            params
        });
        out.extend_from_slice(b"\x1b[");
        match delta {
            Some(delta) if delta.len() < reset.len() + 2 || reset.is_empty() && delta.len() <= 1 => {
                out.extend_from_slice(&delta);
            }
            _ if reset.is_empty() => {}
            _ => {
                out.extend_from_slice(b"0;");
                out.extend_from_slice(&reset);
            }
        }
        out.push(b'm');
    }

    fn params_from(self, from: Self, out: &mut Vec<u8>) {
        let mut on = self.modifier - from.modifier;
        let off = from.modifier - self.modifier;
        let intensity = Modifier::BOLD | Modifier::DIM;
        if off.intersects(intensity) {
            // 22 ends both bold and dim: what stays has to be set again.
            param(out, "22");
            on |= self.modifier & intensity;
        }
        for (modifier, _, code) in ATTRIBUTES.iter().filter(|(m, _, code)| off.contains(*m) && *code != "22") {
            let twin = *modifier == Modifier::RAPID_BLINK && off.contains(Modifier::SLOW_BLINK);
            if !twin {
                param(out, code);
            }
            if modifier.intersects(BLINK) {
                on |= self.modifier & BLINK;
            }
        }
        for (_, code, _) in ATTRIBUTES.iter().filter(|(m, ..)| on.contains(*m)) {
            param(out, code);
        }
        if self.fg != from.fg {
            colour(out, self.fg, false);
        }
        if self.bg != from.bg {
            colour(out, self.bg, true);
        }
    }
}

const BLINK: Modifier = Modifier::SLOW_BLINK.union(Modifier::RAPID_BLINK);

/// Attribute, the parameter that turns it on, the one that turns it off.
const ATTRIBUTES: [(Modifier, &str, &str); 9] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::RAPID_BLINK, "6", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

fn param(out: &mut Vec<u8>, text: &str) {
    if !out.is_empty() {
        out.push(b';');
    }
    out.extend_from_slice(text.as_bytes());
}

fn colour(out: &mut Vec<u8>, colour: Color, background: bool) {
    let (base, bright, extended) = if background { (40, 100, 48) } else { (30, 90, 38) };
    let code = match colour {
        Color::Reset => base + 9,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => bright,
        Color::LightRed => bright + 1,
        Color::LightGreen => bright + 2,
        Color::LightYellow => bright + 3,
        Color::LightBlue => bright + 4,
        Color::LightMagenta => bright + 5,
        Color::LightCyan => bright + 6,
        Color::White => bright + 7,
        Color::Indexed(_) | Color::Rgb(..) => extended,
    };
    if !out.is_empty() {
        out.push(b';');
    }
    // Writing to a vector cannot fail.
    let _ = match colour {
        Color::Indexed(index) => write!(out, "{code};5;{index}"),
        Color::Rgb(r, g, b) => write!(out, "{code};2;{r};{g};{b}"),
        _ => write!(out, "{code}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, bg: Color, modifier: Modifier) -> Pen {
        Pen { fg, bg, modifier }
    }

    #[test]
    fn the_shortest_change_is_written() {
        let none = Modifier::empty();
        let plain = Pen::DEFAULT;
        let bold = pen(Color::Reset, Color::Reset, Modifier::BOLD);
        let red = pen(Color::Red, Color::Reset, none);
        let loud = pen(Color::Rgb(1, 2, 3), Color::Blue, Modifier::BOLD | Modifier::UNDERLINED);
        let dim_bold = pen(Color::Reset, Color::Reset, Modifier::BOLD | Modifier::DIM);
        let cases = [
            (None, plain, "\x1b[m"),
            (None, red, "\x1b[0;31m"),
            (Some(plain), bold, "\x1b[1m"),
            (Some(bold), plain, "\x1b[m"),
            (Some(red), plain, "\x1b[m"),
            (Some(loud), red, "\x1b[0;31m"),
            (Some(plain), loud, "\x1b[1;4;38;2;1;2;3;44m"),
            (Some(dim_bold), bold, "\x1b[0;1m"),
            (
                Some(pen(Color::Rgb(9, 9, 9), Color::Reset, Modifier::BOLD)),
                pen(Color::Rgb(9, 9, 9), Color::Reset, none),
                "\x1b[22m",
            ),
        ];
        for (from, to, expected) in cases {
            let mut out = Vec::new();
            to.select(from, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "{from:?} -> {to:?}");
        }
    }
}
