//! Power cuts, full disks, damaged and foreign files: what was acknowledged is there, the rest is a coded error.

mod around;
mod child;
mod contender;
mod delisting;
mod disk;
mod files;
mod kill;
mod rivals;

pub use kill::file_holds;
