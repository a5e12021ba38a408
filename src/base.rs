//! Values every layer may use: text, pinyin, clock, ids. No I/O but the clock, no SQL, no terminal.

pub mod glyphs;
pub mod pinyin;
pub mod text;
