//! What a gift pack is made of: the listed entries with what their products say, as [`crate::pack`] takes them.

use super::convert::uuid;
use crate::pack::product::{Product, is_alcohol, is_pork, measure, season};
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// What packs are made of, and one that is to be changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shelf {
    pub products: Vec<Product>,
    /// The entry of each product.
    pub entries: Vec<Uuid>,
    pub pack: Option<Held>,
}

/// A pack as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub id: Uuid,
    pub rev: i64,
    pub code: String,
    pub name: String,
    /// Code of its state.
    pub state: String,
    /// Fen.
    pub price: i64,
    pub items: Vec<Item>,
}

/// An entry in a pack, with what its product says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub entry: Uuid,
    pub pieces: i64,
    /// Code of the entry's state: a pack may only be published with listed ones.
    pub state: String,
    pub product: Product,
}

impl Shelf {
    /// Whether the best pack is the same: what has been bought of a county matters only to who asks for it, and moves all day.
    pub fn is_same(&self, other: &Shelf, bought: bool) -> bool {
        let lags = |p: &Product| if bought { p.lags } else { 0 };
        let same = |a: &Product, b: &Product| *a == Product { lags: a.lags, ..b.clone() } && lags(a) == lags(b);
        self.entries == other.entries
            && self.pack == other.pack
            && self.products.iter().zip(&other.products).all(|(a, b)| same(a, b))
    }
}

impl Held {
    /// What is in it, by single prices, in fen.
    pub fn sum(&self) -> i64 {
        self.items.iter().map(|i| i.product.price * i.pieces).sum()
    }

    /// Codes and pieces.
    pub fn codes(&self) -> Vec<(String, i64)> {
        self.items.iter().map(|i| (i.product.code.clone(), i.pieces)).collect()
    }

    /// Products and pieces.
    pub fn parts(&self) -> Vec<(&Product, i64)> {
        self.items.iter().map(|i| (&i.product, i.pieces)).collect()
    }
}

/// What packs are made of; with a pack, if there is one with this id.
///
/// # Errors
/// What SQLite says.
pub fn shelf(db: &Connection, pack: Option<Uuid>) -> rusqlite::Result<Shelf> {
    let (entries, products) = read(db)?.into_iter().unzip();
    let pack = pack.map(|id| held(db, id)).transpose()?.flatten();
    Ok(Shelf { products, entries, pack })
}

/// Packs that wait for a replacement of something that is no longer listed, by code.
///
/// # Errors
/// What SQLite says.
pub fn waiting(db: &Connection) -> rusqlite::Result<Vec<Uuid>> {
    let sql = "SELECT id FROM gift_pack WHERE state = 'needs_replacement' ORDER BY code";
    db.prepare(sql)?.query_map([], |r| uuid(r, 0))?.collect()
}

/// A pack and what is in it.
///
/// # Errors
/// What SQLite says.
pub fn held(db: &Connection, id: Uuid) -> rusqlite::Result<Option<Held>> {
    let sql = "SELECT rev, code, name, state, price_fen FROM gift_pack WHERE id = ?1";
    let row = db.query_row(sql, [id.as_bytes()], |r| {
        let (rev, code, name, state, price) = (r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?);
        Ok(Held { id, rev, code, name, state, price, items: Vec::new() })
    });
    let Some(mut held) = row.optional()? else { return Ok(None) };
    let sql = format!(
        "SELECT {COLUMNS}, e.id, e.state, i.quantity FROM gift_pack_item i JOIN catalog_entry e ON e.id = i.entry_id
            JOIN product p ON p.id = e.product_id WHERE i.pack_id = ?1 AND i.quantity > 0 ORDER BY e.code"
    );
    let item =
        |r: &Row<'_>| Ok(Item { entry: uuid(r, 12)?, state: r.get(13)?, pieces: r.get(14)?, product: product(r)? });
    held.items = db.prepare(&sql)?.query_map([id.as_bytes()], item)?.collect::<rusqlite::Result<_>>()?;
    Ok(Some(held))
}

/// What [`product`] reads, of `catalog_entry e` and `product p`.
const COLUMNS: &str =
    "e.code, e.name, e.supplier_name, e.county_code, e.category, e.price_fen, e.stock, e.people_helped, e.spec,
    p.season, p.shelf_life_days, hex(e.supplier_id)";

/// Every entry that may be in a pack: listed, by code.
///
/// # Errors
/// What SQLite says.
pub fn products(db: &Connection) -> rusqlite::Result<Vec<Product>> {
    Ok(read(db)?.into_iter().map(|(_, product)| product).collect())
}

fn read(db: &Connection) -> rusqlite::Result<Vec<(Uuid, Product)>> {
    let sql = format!(
        "SELECT {COLUMNS}, e.id FROM catalog_entry e JOIN product p ON p.id = e.product_id
            WHERE e.state = 'listed' ORDER BY e.code"
    );
    let row = |r: &Row<'_>| Ok((uuid(r, 12)?, product(r)?));
    let mut products: Vec<(Uuid, Product)> = db.prepare(&sql)?.query_map([], row)?.collect::<rusqlite::Result<_>>()?;
    let bought = bought(db)?;
    let most = bought.values().copied().max().unwrap_or(0).max(1);
    for (_, p) in &mut products {
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
