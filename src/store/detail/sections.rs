//! What hangs on what: one line a relation.

use super::{Section, Stands};
use crate::domain::rows::Kind;
use crate::store::list::ListKind;

const fn section(id: &'static str, on: Kind, list: ListKind, sql: &'static str) -> Section {
    Section { id, on, list, sql, stands: Stands::Itself, without: &[] }
}

impl Section {
    /// Its rows stand for records of `kind`; `sql` gives their ids.
    const fn stands_for(self, kind: Kind, sql: &'static str) -> Section {
        Section { stands: Stands::For(kind, sql), ..self }
    }

    /// Its rows say all there is.
    const fn says_all(self) -> Section {
        Section { stands: Stands::Nothing, ..self }
    }

    /// Without columns that repeat the record.
    const fn without(self, columns: &'static [&'static str]) -> Section {
        Section { without: columns, ..self }
    }
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
    section("incidents", Kind::CatalogEntry, ListKind::Incidents, "t.entry_id = ?1")
        .without(&["product", "entry", "county"]),
    section(
        "packs",
        Kind::CatalogEntry,
        ListKind::Packs,
        "t.id IN (SELECT pack_id FROM gift_pack_item WHERE entry_id = ?1 AND quantity > 0)",
    ),
    section("shelves", Kind::CatalogEntry, ListKind::Shelf, "t.entry_id = ?1")
        .stands_for(Kind::Counter, "t.counter_id")
        .without(&["name", "entry"]),
    section(
        "orders",
        Kind::CatalogEntry,
        ListKind::Orders,
        "t.id IN (SELECT order_id FROM order_line WHERE entry_id = ?1)",
    ),
    section("purchases", Kind::CatalogEntry, ListKind::Purchases, "t.entry_id = ?1").without(&["supplier"]),
    section("notices", Kind::CatalogEntry, ListKind::Notices, "t.entry_id = ?1"),
    section("batches", Kind::CatalogEntry, ListKind::Batches, "t.entry_id = ?1").without(&["product"]),
    section("mall", Kind::CatalogEntry, ListKind::Mall, "t.entry_id = ?1").without(&["entry", "product"]),
    section("agreements", Kind::CatalogEntry, ListKind::Agreements, "t.entry_id = ?1").without(&["product"]),
    section(
        "promotions",
        Kind::CatalogEntry,
        ListKind::Promotions,
        "t.id IN (SELECT promotion_id FROM promotion_item WHERE entry_id = ?1)",
    ),
    section("buyers", Kind::CatalogEntry, ListKind::Buyers, "t.entry_id = ?1"),
    section(
        "relistings",
        Kind::CatalogEntry,
        ListKind::Catalog,
        "t.id IN (SELECT id FROM catalog_entry WHERE relisted_from = ?1 UNION ALL SELECT relisted_from FROM catalog_entry WHERE id = ?1)",
    ),
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
    )
    .without(&["supplier"]),
    section(
        "county",
        Kind::CatalogEntry,
        ListKind::Catalog,
        "t.county_code = (SELECT county_code FROM catalog_entry WHERE id = ?1) AND t.id <> ?1",
    )
    .without(&["county"]),
    // a supplier
    section("incidents", Kind::Supplier, ListKind::Incidents, "t.supplier_id = ?1"),
    section("entries", Kind::Supplier, ListKind::Catalog, "t.supplier_id = ?1").without(&["supplier"]),
    section("purchases", Kind::Supplier, ListKind::Purchases, "t.supplier_id = ?1").without(&["supplier"]),
    section("products", Kind::Supplier, ListKind::Products, "t.supplier_id = ?1"),
    // a product
    section("entries", Kind::Product, ListKind::Catalog, "t.product_id = ?1"),
    // a counter
    section("shelf", Kind::Counter, ListKind::Shelf, "t.counter_id = ?1")
        .stands_for(Kind::CatalogEntry, "t.entry_id")
        .without(&["at", "counter", "county"]),
    section("notices", Kind::Counter, ListKind::Notices, "t.counter_id = ?1").without(&["counter", "county"]),
    section("visits", Kind::Counter, ListKind::Visits, "t.counter_id = ?1").says_all().without(&["counter"]),
    // an incident
    section("entry", Kind::Incident, ListKind::Catalog, "t.id = (SELECT entry_id FROM incident WHERE id = ?1)"),
    section("steps", Kind::Incident, ListKind::Steps, "t.incident_id = ?1").says_all().without(&["incident"]),
    section("evidence", Kind::Incident, ListKind::Evidence, "t.incident_id = ?1").without(&["incident"]),
    section("notices", Kind::Incident, ListKind::Notices, "t.incident_id = ?1").without(&["incident"]),
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
    section("shelves", Kind::Incident, ListKind::Shelf, "t.entry_id = (SELECT entry_id FROM incident WHERE id = ?1)")
        .stands_for(Kind::Counter, "t.counter_id")
        .without(&["name", "entry"]),
    section("answers", Kind::Incident, ListKind::Acks, "n.incident_id = ?1").says_all(),
    section("buyers", Kind::Incident, ListKind::Buyers, "t.incident_id = ?1").without(&["incident"]),
    section("batches", Kind::Incident, ListKind::Batches, "t.entry_id = (SELECT entry_id FROM incident WHERE id = ?1)").without(&["product"]),
    section(
        "codes",
        Kind::Incident,
        ListKind::TraceCodes,
        "t.batch_id IN (SELECT b.id FROM batch b JOIN incident i ON i.entry_id = b.entry_id WHERE i.id = ?1)",
    ),
    section("mall", Kind::Incident, ListKind::Mall, "t.entry_id = (SELECT entry_id FROM incident WHERE id = ?1)").without(&["entry", "product"]),
    section("agreements", Kind::Incident, ListKind::Agreements, "t.entry_id = (SELECT entry_id FROM incident WHERE id = ?1)").without(&["product"]),
    section(
        "promotions",
        Kind::Incident,
        ListKind::Promotions,
        "t.id IN (SELECT p.promotion_id FROM promotion_item p JOIN incident i ON i.entry_id = p.entry_id WHERE i.id = ?1)",
    ),
    section(
        "publications",
        Kind::Incident,
        ListKind::Publications,
        "t.edition_id = (SELECT c.id FROM catalog_edition c JOIN incident i ON i.edition_no = c.number WHERE i.id = ?1)",
    ),
    section(
        "siblings",
        Kind::Incident,
        ListKind::Catalog,
        "t.supplier_id = (SELECT supplier_id FROM incident WHERE id = ?1) AND t.id <> (SELECT entry_id FROM incident WHERE id = ?1)",
    )
    .without(&["supplier"]),
    // what a batch, a code, a listing, an agreement, a promotion, a buyer's notice belong to
    section("codes", Kind::Batch, ListKind::TraceCodes, "t.batch_id = ?1").without(&["batch"]),
    section("purchases", Kind::Batch, ListKind::Purchases, "t.batch_id = ?1").without(&["supplier"]),
    section("shelves", Kind::Batch, ListKind::Shelf, "t.entry_id = (SELECT entry_id FROM batch WHERE id = ?1)")
        .stands_for(Kind::Counter, "t.counter_id")
        .without(&["name", "entry"]),
    section("entry", Kind::Batch, ListKind::Catalog, "t.id = (SELECT entry_id FROM batch WHERE id = ?1)"),
    section("batches", Kind::TraceCode, ListKind::Batches, "t.id = (SELECT batch_id FROM trace_code WHERE id = ?1)"),
    section("entry", Kind::MallListing, ListKind::Catalog, "t.id = (SELECT entry_id FROM mall_listing WHERE id = ?1)"),
    section(
        "entry",
        Kind::SalesAgreement,
        ListKind::Catalog,
        "t.id = (SELECT entry_id FROM sales_agreement WHERE id = ?1)",
    ),
    section(
        "supplier",
        Kind::SalesAgreement,
        ListKind::Suppliers,
        "t.id = (SELECT supplier_id FROM sales_agreement WHERE id = ?1)",
    ),
    section(
        "entries",
        Kind::Promotion,
        ListKind::Catalog,
        "t.id IN (SELECT entry_id FROM promotion_item WHERE promotion_id = ?1)",
    ),
    section("buyer", Kind::BuyerNotice, ListKind::Organisations, "t.id = (SELECT buyer_id FROM buyer_notice WHERE id = ?1)"),
    section("entry", Kind::BuyerNotice, ListKind::Catalog, "t.id = (SELECT entry_id FROM buyer_notice WHERE id = ?1)"),
    section(
        "incidents",
        Kind::BuyerNotice,
        ListKind::Incidents,
        "t.id = (SELECT incident_id FROM buyer_notice WHERE id = ?1)",
    ),
    section(
        "purchases",
        Kind::BuyerNotice,
        ListKind::Purchases,
        "t.buyer_id = (SELECT buyer_id FROM buyer_notice WHERE id = ?1) \
         AND t.entry_id = (SELECT entry_id FROM buyer_notice WHERE id = ?1)",
    )
    .without(&["buyer", "supplier"]),
    // a removal notice
    section("answers", Kind::RemovalNotice, ListKind::Acks, "t.notice_id = ?1").says_all().without(&["notice", "counter"]),
    section(
        "shelf",
        Kind::RemovalNotice,
        ListKind::Shelf,
        "t.counter_id = (SELECT counter_id FROM removal_notice WHERE id = ?1)",
    )
    .stands_for(Kind::CatalogEntry, "t.entry_id")
    .without(&["at", "counter", "county"]),
    // a pack
    section("items", Kind::GiftPack, ListKind::PackItems, "t.pack_id = ?1 AND t.quantity > 0")
        .stands_for(Kind::CatalogEntry, "t.entry_id"),
    section("orders", Kind::GiftPack, ListKind::Orders, "t.pack_id = ?1"),
    // an order
    section("lines", Kind::PurchaseOrder, ListKind::OrderLines, "t.order_id = ?1")
        .stands_for(Kind::CatalogEntry, "t.entry_id"),
    // a deadline and what is owed for it
    section("returns", Kind::Deadline, ListKind::Returns, "t.deadline_id = ?1").without(&["form", "due"]),
    section(
        "unit_returns",
        Kind::Return,
        ListKind::Returns,
        "t.unit_id = (SELECT unit_id FROM \"return\" WHERE id = ?1)",
    )
    .without(&["unit", "kind"]),
    // an organisation
    section("returns", Kind::Organisation, ListKind::Returns, "t.unit_id = ?1").without(&["unit", "kind"]),
    section("purchases", Kind::Organisation, ListKind::Purchases, "t.buyer_id = ?1").without(&["buyer"]),
    // the partnership of its area, and the counters over there
    section("partners", Kind::Organisation, ListKind::Partners, "t.id = ?1").says_all().without(&["name", "county"]),
    section(
        "partner_counters",
        Kind::Organisation,
        ListKind::Counters,
        "t.county_code IN (SELECT p.jiangsu_code FROM jiangsu_pair p JOIN organisation o ON o.division_code = p.shaanxi_code \
         WHERE o.id = ?1 AND o.kind IN ('city', 'county'))",
    ),
    section("members", Kind::Organisation, ListKind::Organisations, "t.parent_id = ?1"),
    // an edition
    section(
        "listed_in",
        Kind::CatalogEdition,
        ListKind::Catalog,
        "t.edition_no = (SELECT number FROM catalog_edition WHERE id = ?1)",
    ),
    section("publications", Kind::CatalogEdition, ListKind::Publications, "t.edition_id = ?1").without(&["number"]),
    section(
        "edition",
        Kind::Publication,
        ListKind::Editions,
        "t.id = (SELECT edition_id FROM publication WHERE id = ?1)",
    ),
    // what link rows link, and what steps and papers belong to
    section("counter", Kind::ShelfLine, ListKind::Counters, "t.id = (SELECT counter_id FROM shelf_line WHERE id = ?1)"),
    section("entry", Kind::ShelfLine, ListKind::Catalog, "t.id = (SELECT entry_id FROM shelf_line WHERE id = ?1)"),
    section("packs", Kind::GiftPackItem, ListKind::Packs, "t.id = (SELECT pack_id FROM gift_pack_item WHERE id = ?1)"),
    section(
        "entry",
        Kind::GiftPackItem,
        ListKind::Catalog,
        "t.id = (SELECT entry_id FROM gift_pack_item WHERE id = ?1)",
    ),
    section("orders", Kind::OrderLine, ListKind::Orders, "t.id = (SELECT order_id FROM order_line WHERE id = ?1)"),
    section("entry", Kind::OrderLine, ListKind::Catalog, "t.id = (SELECT entry_id FROM order_line WHERE id = ?1)"),
    section("counter", Kind::Visit, ListKind::Counters, "t.id = (SELECT counter_id FROM visit WHERE id = ?1)"),
    section(
        "incidents",
        Kind::IncidentStep,
        ListKind::Incidents,
        "t.id = (SELECT incident_id FROM incident_step WHERE id = ?1)",
    ),
    section(
        "incidents",
        Kind::Evidence,
        ListKind::Incidents,
        "t.id = (SELECT incident_id FROM evidence WHERE id = ?1)",
    ),
    // the parties of records that have no name of their own
    section("purchase-evidence", Kind::Purchase, ListKind::PurchaseEvidence, "t.purchase_id = ?1")
        .without(&["purchase"]),
    section("batches", Kind::Purchase, ListKind::Batches, "t.id = (SELECT batch_id FROM purchase WHERE id = ?1)"),
    section("adjusted-by", Kind::Purchase, ListKind::Purchases, "t.adjusts = ?1"),
    section("adjusts", Kind::Purchase, ListKind::Purchases, "t.id = (SELECT adjusts FROM purchase WHERE id = ?1)"),
    section(
        "purchases",
        Kind::PurchaseEvidence,
        ListKind::Purchases,
        "t.id = (SELECT purchase_id FROM purchase_evidence WHERE id = ?1)",
    ),
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
