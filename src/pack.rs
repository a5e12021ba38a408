//! Gift packs (A12; plan 三（二）4): which products make the best pack under the rules, and the proof that no other is better.
//!
//! Owns the rules as data, the integer program they make, its exact solution and the words on what blocks. Reads no database and no
//! file, and writes nothing: whoever asks brings the products.

pub mod around;
pub mod best;
pub mod block;
pub mod check;
pub mod model;
pub mod product;
pub mod program;
pub mod rules;
pub mod search;
pub mod several;
pub mod words;
pub mod written;

mod certificate;
mod descend;
mod local;
mod quick;
mod sift;
mod simplex;
