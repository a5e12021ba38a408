//! The versioned forms in which domain values travel or are kept as text. Nothing else is serialised.

pub mod change;
pub mod checkpoint;
pub mod export;
pub mod journal;
pub mod key;
pub mod order;
pub mod protocol;
pub mod record;
pub mod row;
pub mod sealed;
pub mod seen;
pub mod signed;
