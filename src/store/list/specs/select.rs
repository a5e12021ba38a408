//! Columns of the lists of 采选: suppliers, products, the catalog, packs.

use super::{hidden, other, same, shown};
use crate::store::list::{Column, Sort, Ty};

pub(super) const CATALOG: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 14, 1),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 24, 0),
    shown(same("supplier", "t.supplier_name", Ty::Text), 30, 5),
    shown(same("county", "t.county_code", Ty::Division), 8, 2),
    shown(same("category", "t.category", Ty::Set("category")), 8, 6),
    shown(same("spec", "t.spec", Ty::Text), 10, 7),
    shown(same("price", "t.price_fen", Ty::Money), 10, 2),
    shown(same("stock", "t.stock", Ty::Count), 8, 6),
    shown(same("helped", "t.people_helped", Ty::Count), 6, 7),
    shown(same("trace", "t.trace", Ty::Set("trace")), 6, 5),
    shown(same("state", "t.state", Ty::Set("catalog_entry")), 8, 0),
    hidden(same("unit", "t.unit", Ty::Text), 4, 9),
    hidden(same("reason", "t.state_reason", Ty::Text), 20, 9),
    hidden(same("since", "t.state_at", Ty::Instant), 11, 9),
    hidden(other("edition", "t.edition_no", Ty::Count, Sort::By("coalesce(t.edition_no, 0)")), 6, 9),
    hidden(same("review", "t.under_review", Ty::YesNo), 6, 8),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const SUPPLIERS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 14, 1),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 30, 0),
    shown(same("county", "t.county_code", Ty::Division), 8, 2),
    shown(same("kind", "t.kind", Ty::Set("supplier_kind")), 8, 4),
    shown(
        same(
            "entries",
            "(SELECT count(*) FROM catalog_entry e WHERE e.supplier_id = t.id AND e.state IN ('listed','suspended'))",
            Ty::Count,
        ),
        6,
        4,
    ),
    shown(
        same(
            "incidents",
            "(SELECT count(*) FROM incident i WHERE i.supplier_id = t.id AND i.state NOT IN ('closed','unfounded','not_serious'))",
            Ty::Count,
        ),
        6,
        4,
    ),
    shown(same("helped", "t.people_helped", Ty::Count), 8, 5),
    shown(other("contact", "t.contact_name", Ty::Masked, Sort::No), 8, 6),
    shown(other("phone", "t.contact_phone", Ty::Masked, Sort::No), 12, 7),
    shown(same("review", "t.under_review", Ty::YesNo), 6, 6),
    shown(same("state", "t.state", Ty::Set("supplier")), 8, 0),
    hidden(same("credit", "t.credit_code", Ty::Code), 18, 9),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PRODUCTS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 14, 1),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 24, 0),
    shown(same("county", "t.county_code", Ty::Division), 8, 2),
    shown(same("category", "t.category", Ty::Set("category")), 8, 4),
    shown(same("spec", "t.spec", Ty::Text), 10, 5),
    shown(same("directory", "t.directory_no", Ty::Code), 18, 3),
    shown(same("state", "t.directory_state", Ty::Set("directory")), 8, 0),
    shown(same("season", "t.season", Ty::Text), 6, 7),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PACKS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 12, 1),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 24, 0),
    shown(same("occasion", "t.occasion", Ty::Text), 8, 3),
    shown(same("price", "t.price_fen", Ty::Money), 10, 1),
    shown(same("items", "t.items", Ty::Count), 5, 3),
    shown(same("audience", "t.audience", Ty::Text), 10, 5),
    shown(other("until", "t.valid_until", Ty::Day, Sort::By("coalesce(t.valid_until, '')")), 10, 4),
    shown(same("reason", "t.state_reason", Ty::Text), 26, 6),
    shown(same("state", "t.state", Ty::Set("gift_pack")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PACKITEMS: &[Column] = &[
    shown(same("code", "e.code", Ty::Code), 14, 1),
    shown(other("name", "e.name", Ty::Name, Sort::By("e.name_key")), 24, 0),
    shown(same("quantity", "t.quantity", Ty::Count), 6, 0),
    shown(same("price", "t.price_fen", Ty::Money), 10, 2),
    shown(same("state", "e.state", Ty::Set("catalog_entry")), 8, 0),
];

pub(super) const EDITIONS: &[Column] = &[
    shown(same("number", "t.number", Ty::Count), 5, 0),
    shown(same("dated", "t.dated", Ty::Day), 10, 0),
    shown(same("signer", "t.signer", Ty::Name), 8, 2),
    shown(same("listed", "t.listed", Ty::Count), 7, 1),
    shown(same("added", "t.added", Ty::Count), 7, 3),
    shown(same("removed", "t.removed", Ty::Count), 7, 3),
    shown(same("note", "t.note", Ty::Text), 36, 4),
    shown(same("state", "t.state", Ty::Set("catalog_edition")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PUBLICATIONS: &[Column] = &[
    shown(same("number", "d.number", Ty::Count), 5, 0),
    shown(same("dated", "d.dated", Ty::Day), 10, 2),
    shown(same("channel", "t.channel", Ty::Set("channel_place")), 8, 0),
    shown(same("address", "t.address", Ty::Text), 40, 3),
    shown(other("published", "t.published_at", Ty::Instant, Sort::By("coalesce(t.published_at, 0)")), 11, 2),
    shown(same("republish", "t.republish", Ty::YesNo), 8, 1),
    shown(same("state", "t.state", Ty::Set("publication")), 8, 0),
    hidden(same("trouble", "(t.state = 'failed' OR t.republish = 1)", Ty::YesNo), 8, 9),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];
