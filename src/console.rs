//! The screen half of the product: the terminal, keys, themes, drawing helpers and the views.
//!
//! It shows and asks. It never opens a database, a file of data or a socket, and decides nothing
//! about the programme: that is `domain`. Only `terminal` and `input` touch the terminal device.

pub mod backend;
mod cells;
pub mod input;
pub mod keys;
pub mod terminal;
pub mod theme;
pub mod widgets;
