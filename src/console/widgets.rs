//! Drawing helpers over a ratatui buffer: they know cells, not the programme.
//!
//! Each takes what it draws and the styles to draw it with. None keeps state but `field::Field`, which
//! is the text being typed. Chrome is ASCII, Han and full-width forms; braille only on the map.

pub mod bar;
pub mod braille;
pub mod field;
pub mod map;
pub mod table;
