//! Colours as numbers: reading, contrast, and the nearest one of fewer.

use ratatui::style::Color;

/// A 24-bit colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
}

/// Names of the sixteen colours in theme files, with what most terminals show for them.
pub(super) const ANSI: [(&str, Color, Rgb); 16] = [
    ("black", Color::Black, Rgb::new(0, 0, 0)),
    ("red", Color::Red, Rgb::new(205, 0, 0)),
    ("green", Color::Green, Rgb::new(0, 205, 0)),
    ("yellow", Color::Yellow, Rgb::new(205, 205, 0)),
    ("blue", Color::Blue, Rgb::new(0, 0, 238)),
    ("magenta", Color::Magenta, Rgb::new(205, 0, 205)),
    ("cyan", Color::Cyan, Rgb::new(0, 205, 205)),
    ("gray", Color::Gray, Rgb::new(229, 229, 229)),
    ("dark-gray", Color::DarkGray, Rgb::new(127, 127, 127)),
    ("light-red", Color::LightRed, Rgb::new(255, 0, 0)),
    ("light-green", Color::LightGreen, Rgb::new(0, 255, 0)),
    ("light-yellow", Color::LightYellow, Rgb::new(255, 255, 0)),
    ("light-blue", Color::LightBlue, Rgb::new(92, 92, 255)),
    ("light-magenta", Color::LightMagenta, Rgb::new(255, 0, 255)),
    ("light-cyan", Color::LightCyan, Rgb::new(0, 255, 255)),
    ("white", Color::White, Rgb::new(255, 255, 255)),
];

/// The names alone.
pub(super) const ANSI_NAMES: [&str; ANSI.len()] = {
    let mut names = [""; ANSI.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = ANSI[i].0;
        i += 1;
    }
    names
};

/// The steps of each part in the cube of 216 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Rgb {
    /// A colour from its parts.
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        // `from_str_radix` takes a sign.
        let clean = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        clean.then_some(Self { r: part(0)?, g: part(2)?, b: part(4)? })
    }

    /// The nearest of the 240 fixed colours of 256; the first 16 are left out because users change them.
    pub fn nearest_256(self) -> Color {
        let step = |value: u8| (0..6_u8).min_by_key(|i| CUBE[usize::from(*i)].abs_diff(value)).unwrap_or(0);
        let (r, g, b) = (step(self.r), step(self.g), step(self.b));
        let cube = Self::new(CUBE[usize::from(r)], CUBE[usize::from(g)], CUBE[usize::from(b)]);
        let level = (0..24_u8).min_by_key(|i| self.distance(Self::gray(*i))).unwrap_or(0);
        if self.distance(Self::gray(level)) < self.distance(cube) {
            Color::Indexed(232 + level)
        } else {
            Color::Indexed(16 + 36 * r + 6 * g + b)
        }
    }

    /// The nearest of the sixteen colours every terminal has.
    pub fn nearest_16(self) -> Color {
        ANSI.iter().min_by_key(|(.., rgb)| self.distance(*rgb)).map_or(Color::Reset, |(_, colour, _)| *colour)
    }

    const fn gray(level: u8) -> Self {
        let value = 8 + 10 * level;
        Self::new(value, value, value)
    }

    /// Squared distance, weighted by how well the eye tells red, green and blue apart ("redmean").
    fn distance(self, other: Self) -> i64 {
        let mean = (i64::from(self.r) + i64::from(other.r)) / 2;
        let part = |a: u8, b: u8| (i64::from(a) - i64::from(b)).pow(2);
        (512 + mean) * part(self.r, other.r) + 1024 * part(self.g, other.g) + (767 - mean) * part(self.b, other.b)
    }

    /// Relative luminance after WCAG 2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.r) + 0.7152 * linear(self.g) + 0.0722 * linear(self.b)
    }
}

/// Contrast of two colours after WCAG 2: 1 for equal ones, 21 for black and white.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
