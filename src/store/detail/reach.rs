//! What a suspension would touch: counted before it is asked about, so that nobody confirms blindly.

use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

/// How many rows of others follow when entries stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Shelf lines now on sale.
    pub shelves: i64,
    /// Packs that are published or under way.
    pub packs: i64,
    /// Orders not yet shipped.
    pub orders: i64,
}

/// Counts what hangs on the entries.
///
/// # Errors
/// What SQLite says.
pub fn reach(db: &Connection, entries: &[Uuid]) -> rusqlite::Result<Reach> {
    if entries.is_empty() {
        return Ok(Reach::default());
    }
    let marks = vec!["?"; entries.len()].join(",");
    let ids: Vec<Vec<u8>> = entries.iter().map(|id| id.as_bytes().to_vec()).collect();
    let count = |sql: &str| -> rusqlite::Result<i64> {
        db.prepare(&format!("{sql} ({marks})"))?.query_row(params_from_iter(&ids), |r| r.get(0))
    };
    Ok(Reach {
        shelves: count("SELECT count(*) FROM shelf_line WHERE state = 'sellable' AND entry_id IN")?,
        packs: count(
            "SELECT count(DISTINCT i.pack_id) FROM gift_pack_item i JOIN gift_pack p ON p.id = i.pack_id \
             WHERE p.state = 'published' AND i.quantity > 0 AND i.entry_id IN",
        )?,
        orders: count(
            "SELECT count(DISTINCT l.order_id) FROM order_line l JOIN purchase_order o ON o.id = l.order_id \
             WHERE o.state IN ('requested', 'pooled', 'ordered') AND o.held = 0 AND l.entry_id IN",
        )?,
    })
}
