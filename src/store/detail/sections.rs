//! What hangs on what: one line a relation.

use super::Section;
use crate::domain::rows::Kind;
use crate::store::list::ListKind;

const fn section(id: &'static str, on: Kind, list: ListKind, sql: &'static str) -> Section {
    Section { id, on, list, sql }
}

/// The table, in the order shown.
pub const SECTIONS: &[Section] = &[
    // a product in the catalog
    section(
        "supplier",
        Kind::CatalogEntry,
        ListKind::Suppliers,
        "t.id = (SELECT supplier_id FROM catalog_entry WHERE id = ?1)",
    ),
    section("incidents", Kind::CatalogEntry, ListKind::Incidents, "t.entry_id = ?1"),
    section(
        "packs",
        Kind::CatalogEntry,
        ListKind::Packs,
        "t.id IN (SELECT pack_id FROM gift_pack_item WHERE entry_id = ?1 AND quantity > 0)",
    ),
    section("shelves", Kind::CatalogEntry, ListKind::Shelf, "t.entry_id = ?1"),
    section(
        "orders",
        Kind::CatalogEntry,
        ListKind::Orders,
        "t.id IN (SELECT order_id FROM order_line WHERE entry_id = ?1)",
    ),
    section("purchases", Kind::CatalogEntry, ListKind::Purchases, "t.entry_id = ?1"),
    section("notices", Kind::CatalogEntry, ListKind::Notices, "t.entry_id = ?1"),
    section(
        "product",
        Kind::CatalogEntry,
        ListKind::Products,
        "t.id = (SELECT product_id FROM catalog_entry WHERE id = ?1)",
    ),
    section(
        "siblings",
        Kind::CatalogEntry,
        ListKind::Catalog,
        "t.supplier_id = (SELECT supplier_id FROM catalog_entry WHERE id = ?1) AND t.id <> ?1",
    ),
    section(
        "county",
        Kind::CatalogEntry,
        ListKind::Catalog,
        "t.county_code = (SELECT county_code FROM catalog_entry WHERE id = ?1) AND t.id <> ?1",
    ),
    // a supplier
    section("incidents", Kind::Supplier, ListKind::Incidents, "t.supplier_id = ?1"),
    section("entries", Kind::Supplier, ListKind::Catalog, "t.supplier_id = ?1"),
    section("purchases", Kind::Supplier, ListKind::Purchases, "t.supplier_id = ?1"),
    section("products", Kind::Supplier, ListKind::Products, "t.supplier_id = ?1"),
    // a product
    section("entries", Kind::Product, ListKind::Catalog, "t.product_id = ?1"),
    // a counter
    section("shelf", Kind::Counter, ListKind::Shelf, "t.counter_id = ?1"),
    section("notices", Kind::Counter, ListKind::Notices, "t.counter_id = ?1"),
    section("visits", Kind::Counter, ListKind::Visits, "t.counter_id = ?1"),
    // an incident
    section("entry", Kind::Incident, ListKind::Catalog, "t.id = (SELECT entry_id FROM incident WHERE id = ?1)"),
    section("steps", Kind::Incident, ListKind::Steps, "t.incident_id = ?1"),
    section("evidence", Kind::Incident, ListKind::Evidence, "t.incident_id = ?1"),
    section("notices", Kind::Incident, ListKind::Notices, "t.incident_id = ?1"),
    section(
        "packs",
        Kind::Incident,
        ListKind::Packs,
        "t.id IN (SELECT g.pack_id FROM gift_pack_item g JOIN incident i ON i.entry_id = g.entry_id WHERE i.id = ?1 AND g.quantity > 0)",
    ),
    section(
        "orders",
        Kind::Incident,
        ListKind::Orders,
        "t.id IN (SELECT l.order_id FROM order_line l JOIN incident i ON i.entry_id = l.entry_id WHERE i.id = ?1)",
    ),
    section("shelves", Kind::Incident, ListKind::Shelf, "t.entry_id = (SELECT entry_id FROM incident WHERE id = ?1)"),
    // a removal notice
    section(
        "shelf",
        Kind::RemovalNotice,
        ListKind::Shelf,
        "t.counter_id = (SELECT counter_id FROM removal_notice WHERE id = ?1)",
    ),
    // a pack
    section("items", Kind::GiftPack, ListKind::PackItems, "t.pack_id = ?1 AND t.quantity > 0"),
    section("orders", Kind::GiftPack, ListKind::Orders, "t.pack_id = ?1"),
    // an order
    section("lines", Kind::PurchaseOrder, ListKind::OrderLines, "t.order_id = ?1"),
    // a deadline and what is owed for it
    section("returns", Kind::Deadline, ListKind::Returns, "t.deadline_id = ?1"),
    section(
        "unit_returns",
        Kind::Return,
        ListKind::Returns,
        "t.unit_id = (SELECT unit_id FROM \"return\" WHERE id = ?1)",
    ),
    // an organisation
    section("returns", Kind::Organisation, ListKind::Returns, "t.unit_id = ?1"),
    section("purchases", Kind::Organisation, ListKind::Purchases, "t.buyer_id = ?1"),
    section("members", Kind::Organisation, ListKind::Organisations, "t.parent_id = ?1"),
    // an edition
    section(
        "listed_in",
        Kind::CatalogEdition,
        ListKind::Catalog,
        "t.edition_no = (SELECT number FROM catalog_edition WHERE id = ?1)",
    ),
    // the parties of records that have no name of their own
    section("buyer", Kind::Purchase, ListKind::Organisations, "t.id = (SELECT buyer_id FROM purchase WHERE id = ?1)"),
    section("supplier", Kind::Purchase, ListKind::Suppliers, "t.id = (SELECT supplier_id FROM purchase WHERE id = ?1)"),
    section("entry", Kind::Purchase, ListKind::Catalog, "t.id = (SELECT entry_id FROM purchase WHERE id = ?1)"),
    section(
        "buyer",
        Kind::PurchaseOrder,
        ListKind::Organisations,
        "t.id = (SELECT buyer_id FROM purchase_order WHERE id = ?1)",
    ),
    section("packs", Kind::PurchaseOrder, ListKind::Packs, "t.id = (SELECT pack_id FROM purchase_order WHERE id = ?1)"),
    section(
        "counter",
        Kind::RemovalNotice,
        ListKind::Counters,
        "t.id = (SELECT counter_id FROM removal_notice WHERE id = ?1)",
    ),
    section(
        "incidents",
        Kind::RemovalNotice,
        ListKind::Incidents,
        "t.id = (SELECT incident_id FROM removal_notice WHERE id = ?1)",
    ),
    section(
        "entry",
        Kind::RemovalNotice,
        ListKind::Catalog,
        "t.id = (SELECT entry_id FROM removal_notice WHERE id = ?1)",
    ),
    section("unit", Kind::Return, ListKind::Organisations, "t.id = (SELECT unit_id FROM \"return\" WHERE id = ?1)"),
    section("deadline", Kind::Return, ListKind::Deadlines, "t.id = (SELECT deadline_id FROM \"return\" WHERE id = ?1)"),
];
