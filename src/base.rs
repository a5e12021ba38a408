//! Values every layer may use: text, pinyin, clock, ids. No I/O but the clock, no SQL, no terminal.

pub mod clock;
pub mod glyphs;
pub mod ids;
pub mod lines;
pub mod locale;
pub mod pinyin;
pub mod text;
