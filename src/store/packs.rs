//! What a gift pack is made of: the listed entries with what their products say, as [`crate::pack`] takes them.

use crate::pack::product::{Product, is_alcohol, is_pork, measure, season};
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// Every entry that may be in a pack: listed, by code.
///
/// # Errors
/// What SQLite says.
pub fn products(db: &Connection) -> rusqlite::Result<Vec<Product>> {
    let sql = "SELECT e.code, e.name, e.supplier_name, e.county_code, e.category, e.price_fen, e.stock, e.people_helped, e.spec,
            p.season, p.shelf_life_days, hex(e.supplier_id)
        FROM catalog_entry e JOIN product p ON p.id = e.product_id WHERE e.state = 'listed' ORDER BY e.code";
    let mut products: Vec<Product> = db.prepare(sql)?.query_map([], product)?.collect::<rusqlite::Result<_>>()?;
    let bought = bought(db)?;
    let most = bought.values().copied().max().unwrap_or(0).max(1);
    for p in &mut products {
        let here = bought.get(&p.county).copied().unwrap_or(0).clamp(0, most);
        p.lags = i64::try_from(i128::from(most - here) * 1_000 / i128::from(most)).unwrap_or(0);
    }
    Ok(products)
}

/// What has been bought of each county and counts, in fen.
fn bought(db: &Connection) -> rusqlite::Result<HashMap<String, i64>> {
    let sql = "SELECT s.county_code, sum(p.amount_fen) FROM purchase p JOIN supplier s ON s.id = p.supplier_id
        WHERE p.state = 'counted' GROUP BY s.county_code";
    db.prepare(sql)?.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
}

/// The name of each entry's supplier may be another's, too: its id decides.
fn product(r: &Row<'_>) -> rusqlite::Result<Product> {
    let (name, spec, months): (String, String, String) = (r.get(1)?, r.get(8)?, r.get(9)?);
    let holds = measure(&spec);
    Ok(Product {
        code: r.get(0)?,
        supplier: r.get(11)?,
        county: r.get(3)?,
        category: r.get(4)?,
        price: r.get(5)?,
        stock: r.get(6)?,
        people: r.get(7)?,
        lags: 0,
        weight: holds.weight,
        volume: holds.volume,
        season: season(&months),
        keeps: r.get(10)?,
        alcohol: is_alcohol(&name),
        pork: is_pork(&name),
        supplier_name: r.get(2)?,
        name,
    })
}
