//! The store's migrations, in order. A released file is never edited; what comes next gets the next number.

use crate::sqlite::migrate::Step;

/// Every step, oldest first.
pub const STEPS: &[Step] = &[
    Step { name: "0001_start", sql: include_str!("schema/0001_start.sql") },
    Step { name: "0002_suspensions", sql: include_str!("schema/0002_suspensions.sql") },
    Step { name: "0003_proofs", sql: include_str!("schema/0003_proofs.sql") },
    Step { name: "0004_recall", sql: include_str!("schema/0004_recall.sql") },
    Step { name: "0005_followers", sql: include_str!("schema/0005_followers.sql") },
    Step { name: "0006_hub", sql: include_str!("schema/0006_hub.sql") },
    Step { name: "0007_first_load", sql: include_str!("schema/0007_first_load.sql") },
];
