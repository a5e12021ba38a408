//! Values and rules of the programme, pure: no I/O, no clock, no SQL, no terminal.
//!
//! Owns what a person may ask ([`command`]), what then happens ([`decide`]), the rows that exist ([`rows`]), the state
//! machines ([`machine`]) and the rights ([`rights`]). Store, hub and console all call [`decide::decide`]; nobody else
//! may change a row's state.

pub mod actor;
pub mod codes;
pub mod command;
pub mod decide;
pub mod groups;
pub mod machine;
pub mod merge;
pub mod pace;
pub mod producer;
pub mod record;
pub mod refusal;
pub mod rights;
pub mod rows;
pub mod sets;
pub mod value;
pub mod work;
