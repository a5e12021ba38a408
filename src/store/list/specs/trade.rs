//! Columns of the lists of 交易: counters, shelves, purchases, orders, partner cities.

use super::{hidden, other, same, shown};
use crate::store::list::{Column, Sort, Ty};

/// Name of the catalog entry a row is about.
const PRODUCT: &str = "coalesce((SELECT e.name FROM catalog_entry e WHERE e.id = t.entry_id), '')";

/// Active, and nobody was there in the last 90 days; never seen counts, too. As the board counts them.
const ASLEEP: &str =
    "(t.state = 'active' AND coalesce(t.last_visit, '') < date(gongfu_now() / 1000 + 28800, 'unixepoch', '-90 days'))";

pub(super) const COUNTERS: &[Column] = &[
    shown(
        other(
            "code",
            "t.code",
            Ty::Code,
            Sort::By("CASE WHEN t.county_code < '60' THEN 'ZH' || t.code ELSE t.code END"),
        ),
        14,
        2,
    ),
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 26, 0),
    shown(same("county", "t.county_code", Ty::Division), 8, 1),
    shown(same("venue", "t.venue_type", Ty::Set("venue")), 14, 4),
    hidden(same("asleep", ASLEEP, Ty::YesNo), 4, 8),
    hidden(same("family", "coalesce(v.family, '')", Ty::Set("family")), 10, 8),
    hidden(same("bank", "t.bank", Ty::Text), 6, 8),
    hidden(same("room", "t.demo_room", Ty::YesNo), 6, 8),
    shown(
        same(
            "products",
            "(SELECT count(*) FROM shelf_line l WHERE l.counter_id = t.id AND l.state = 'sellable')",
            Ty::Count,
        ),
        6,
        4,
    ),
    shown(other("visit", "t.last_visit", Ty::Day, Sort::By("coalesce(t.last_visit, '')")), 10, 3),
    shown(other("keeper", "t.keeper", Ty::Masked, Sort::No), 8, 6),
    hidden(other("phone", "t.phone", Ty::Masked, Sort::No), 12, 8),
    hidden(other("opened", "t.opened_on", Ty::Day, Sort::By("coalesce(t.opened_on, '')")), 10, 9),
    shown(same("state", "t.state", Ty::Set("counter")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PURCHASES: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 15, 1),
    shown(same("day", "t.bought_on", Ty::Day), 10, 1),
    shown(other("buyer", "o.name", Ty::Name, Sort::By("o.name_key")), 24, 0),
    shown(other("supplier", "s.name", Ty::Text, Sort::By("s.name_key")), 24, 3),
    hidden(same("product", PRODUCT, Ty::Name), 20, 6),
    shown(same("quantity", "t.quantity", Ty::Count), 7, 4),
    shown(same("amount", "t.amount_fen", Ty::Money), 12, 0),
    shown(same("channel", "t.channel", Ty::Set("channel")), 8, 4),
    shown(same("kind", "t.kind", Ty::Set("purchase_kind")), 8, 5),
    hidden(same("voucher", "t.voucher_no", Ty::Code), 16, 7),
    hidden(same("evidence", "t.evidence", Ty::Count), 4, 8),
    shown(same("state", "t.state", Ty::Set("purchase")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const PURCHASE_EVIDENCE: &[Column] = &[
    shown(same("purchase", "p.code", Ty::Code), 15, 2),
    shown(same("kind", "t.kind", Ty::Set("proof")), 10, 0),
    shown(same("title", "t.title", Ty::Name), 30, 0),
    shown(same("dated", "t.dated", Ty::Day), 10, 3),
    shown(same("added", "t.added_at", Ty::Instant), 11, 1),
    shown(same("bytes", "t.bytes", Ty::Bytes), 9, 4),
    shown(same("sha256", "t.sha256", Ty::Code), 20, 6),
];

pub(super) const ORDERS: &[Column] = &[
    shown(same("code", "t.code", Ty::Code), 15, 0),
    shown(same("day", "t.ordered_on", Ty::Day), 10, 2),
    shown(other("buyer", "o.name", Ty::Name, Sort::By("o.name_key")), 24, 0),
    shown(same("seller", "t.seller", Ty::Text), 20, 4),
    shown(same("amount", "t.amount_fen", Ty::Money), 12, 1),
    shown(same("held", "t.held", Ty::YesNo), 6, 1),
    shown(same("reason", "t.held_reason", Ty::Text), 20, 5),
    shown(same("state", "t.state", Ty::Set("purchase_order")), 8, 0),
    hidden(same("updated_by", "t.updated_by", Ty::Text), 10, 9),
    hidden(same("updated_at", "t.updated_at", Ty::Instant), 11, 9),
    hidden(same("rev", "t.rev", Ty::Count), 4, 9),
];

pub(super) const ORDERLINES: &[Column] = &[
    shown(same("code", "e.code", Ty::Code), 14, 1),
    shown(other("name", "e.name", Ty::Name, Sort::By("e.name_key")), 24, 0),
    shown(same("quantity", "t.quantity", Ty::Count), 6, 0),
    shown(same("price", "t.price_fen", Ty::Money), 10, 2),
    shown(same("state", "e.state", Ty::Set("catalog_entry")), 8, 0),
];

pub(super) const SHELF: &[Column] = &[
    shown(same("at", "c.code", Ty::Code), 14, 3),
    shown(other("counter", "c.name", Ty::Text, Sort::By("c.name_key")), 24, 0),
    shown(same("county", "c.county_code", Ty::Division), 8, 1),
    shown(other("name", "e.name", Ty::Name, Sort::By("e.name_key")), 22, 1),
    shown(same("entry", "e.code", Ty::Code), 14, 4),
    shown(same("quantity", "t.quantity", Ty::Count), 6, 2),
    shown(same("placed", "t.placed_on", Ty::Day), 10, 3),
    shown(same("state", "t.state", Ty::Set("shelf_line")), 8, 0),
];

pub(super) const VISITS: &[Column] = &[
    shown(same("day", "t.visited_on", Ty::Day), 10, 0),
    shown(other("counter", "c.name", Ty::Name, Sort::By("c.name_key")), 24, 0),
    shown(same("visitor", "t.visitor", Ty::Text), 8, 1),
    shown(same("note", "t.note", Ty::Text), 36, 2),
];

pub(super) const PARTNERS: &[Column] = &[
    shown(other("name", "t.name", Ty::Name, Sort::By("t.name_key")), 26, 0),
    shown(same("county", "t.division_code", Ty::Division), 8, 1),
    shown(same("partner", "p.jiangsu_name", Ty::Text), 10, 0),
    shown(same("city", "p.jiangsu_city", Ty::Text), 10, 2),
    shown(same("since", "p.since_year", Ty::Year), 6, 3),
    shown(same("counters", "(SELECT count(*) FROM counter c WHERE c.county_code = p.jiangsu_code)", Ty::Count), 6, 1),
    shown(
        same(
            "active",
            "(SELECT count(*) FROM counter c WHERE c.county_code = p.jiangsu_code AND c.state = 'active')",
            Ty::Count,
        ),
        8,
        2,
    ),
];
