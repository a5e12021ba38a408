//! Consoles and a hub: whatever gets lost, comes twice or comes late, all hold the same in the end.

mod desk;
mod disk;
mod first;
mod level;
mod line;
mod merge;
mod rebuild;
mod receipts;
mod shuttle;
mod witness;
